//! Addresses of cryptocurrencies that carry a checksum: Bitcoin's and Litecoin's (Base58Check; Bech32 of BIP-173 and
//! BIP-350) and Ethereum's (EIP-55).

mod keccak;

use super::context;
use super::scan::{after, before, letter_before};
use keccak::keccak256;
use sha2::{Digest, Sha256};

/// Figures of Base58, in order of their value.
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Figures of Bech32, in order of their value.
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Human-readable parts of Bech32 addresses.
const PARTS: [&[u8]; 3] = [b"bc", b"tb", b"ltc"];
/// Words before an address of Ethereum in letters of one case, which has no checksum.
const WORDS: &[&str] = &["eth", "ethereum", "wallet", "address", "ether", "erc"];
/// Longest address (BIP-173).
const LONGEST: usize = 90;

/// The address that begins at or, with its letters, before the run of digits `start..end`.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    match bytes[start] {
        b'0' if end == start + 1 && after(bytes, end, 0) == Some(b'x') => ethereum(bytes, start),
        b'1' if before(bytes, start).is_some_and(|b| matches!(b | 0x20, b'c' | b'b')) => bech32(bytes, start),
        b'1' | b'3' => base58(bytes, start),
        _ => None,
    }
}

/// The end of the run of letters and digits at `start`, if nothing of a word stands before it and it is no longer than
/// an address.
fn token_end(bytes: &[u8], start: usize) -> Option<usize> {
    let joined = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if letter_before(bytes, start) || before(bytes, start).is_some_and(joined) {
        return None;
    }
    let len = bytes[start..].iter().take(LONGEST + 1).take_while(|byte| joined(**byte)).count();
    (len <= LONGEST && !super::scan::letter_at(bytes, start + len)).then_some(start + len)
}

fn base58(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let end = token_end(bytes, start)?;
    let text = &bytes[start..end];
    // Pay to a hash of a public key (version 0) or of a script (5).
    let valid = (26..=35).contains(&text.len()) && decode58(text).is_some_and(|raw| matches!(raw[0], 0 | 5));
    valid.then_some((start, end))
}

/// The 25 bytes of a Base58Check text of an address, if its last four are the start of the double SHA-256 of the rest.
fn decode58(text: &[u8]) -> Option<[u8; 25]> {
    let mut raw = [0_u8; 25];
    for byte in text {
        let mut carry = BASE58.iter().position(|figure| figure == byte)? as u32;
        for slot in raw.iter_mut().rev() {
            carry += u32::from(*slot) * 58;
            *slot = (carry & 0xFF) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    let sum = Sha256::digest(Sha256::digest(&raw[..21]));
    // As many leading ones as leading zero bytes.
    let ones = text.iter().take_while(|byte| **byte == b'1').count();
    let zeros = raw.iter().take_while(|byte| **byte == 0).count();
    (sum[..4] == raw[21..] && ones == zeros).then_some(raw)
}

fn bech32(bytes: &[u8], one: usize) -> Option<(usize, usize)> {
    let part = PARTS
        .into_iter()
        .find(|part| one.checked_sub(part.len()).is_some_and(|first| bytes[first..one].eq_ignore_ascii_case(part)))?;
    let start = one - part.len();
    let end = token_end(bytes, start)?;
    let text = &bytes[start..end];
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    let data = &text[part.len() + 1..];
    if mixed || data.len() < 14 {
        return None;
    }
    let mut state = 1_u32;
    let expanded = part.iter().map(|b| b >> 5).chain([0]).chain(part.iter().map(|b| b & 31));
    for value in expanded {
        state = polymod(state, value);
    }
    for byte in data {
        let value = BECH32.iter().position(|figure| *figure == byte.to_ascii_lowercase())?;
        state = polymod(state, value as u8);
    }
    // The constants of BIP-173 and BIP-350.
    matches!(state, 1 | 0x2BC8_30A3).then_some((start, end))
}

/// One step of the checksum of BIP-173.
fn polymod(state: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];
    let top = state >> 25;
    let next = (state & 0x01FF_FFFF) << 5 ^ u32::from(value);
    GENERATOR.iter().enumerate().fold(next, |sum, (i, one)| if top >> i & 1 == 1 { sum ^ one } else { sum })
}

fn ethereum(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let end = token_end(bytes, start)?;
    let digits = bytes[start..end].strip_prefix(b"0x")?;
    if digits.len() != 40 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let lower = digits.iter().any(u8::is_ascii_lowercase);
    let upper = digits.iter().any(u8::is_ascii_uppercase);
    let valid = match lower && upper {
        true => is_eip55(digits),
        false => context::word_before(bytes, start, |word| context::is_in(WORDS, word)),
    };
    (valid && digits.iter().any(|digit| *digit != digits[0])).then_some((start, end))
}

/// Whether each letter is a capital just where the hash of the address has a half-byte of 8 or more.
fn is_eip55(digits: &[u8]) -> bool {
    let hash = keccak256(&digits.to_ascii_lowercase());
    digits.iter().enumerate().all(|(i, digit)| {
        let half = hash[i / 2] >> (4 * (1 - i % 2)) & 0xF;
        digit.is_ascii_digit() || digit.is_ascii_uppercase() == (half >= 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_ethereum() {
        // The empty text, and "abc": known answers of Keccak with its first padding.
        assert_eq!(keccak256(b"")[..4], [0xC5, 0xD2, 0x46, 0x01]);
        assert_eq!(keccak256(b"abc")[..4], [0x4E, 0x03, 0x65, 0x7A]);
    }
}
