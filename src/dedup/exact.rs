//! Keys of exact duplicates: 128 bits of XXH3 over content, normalised content, a field or a URL.
//!
//! XXH3 and not BLAKE3: the keys must be equal on every machine and spread well, and at 10^10 documents the chance of any
//! accidental collision is 10^-19. They do not withstand someone who crafts collisions, who could only make the second of
//! two documents of their own vanish, or one whose exact bytes they know.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// Seed of all exact keys ("gmexact" in ASCII): keys of ours are not plain XXH3 values that others publish.
const SEED: u64 = 0x67_6d65_7861_6374;

/// The key of bytes as they are.
#[must_use]
pub fn content_key(bytes: &[u8]) -> u128 {
    xxh3_128_with_seed(bytes, SEED)
}

/// The key of a text after [`normalise`]; `buffer` is reused and holds the normalised text afterwards.
#[must_use]
pub fn normalised_key(text: &str, buffer: &mut String) -> u128 {
    normalise(text, buffer);
    content_key(buffer.as_bytes())
}

/// The key of a URL after [`normalise_url`]; `buffer` is reused and holds the normalised URL afterwards.
#[must_use]
pub fn url_key(url: &str, buffer: &mut String) -> u128 {
    normalise_url(url, buffer);
    content_key(buffer.as_bytes())
}

/// Unicode NFC, lower case (each character by itself: no final sigma), whitespace runs as one space, ends trimmed.
pub fn normalise(text: &str, out: &mut String) {
    out.clear();
    out.reserve(text.len());
    if text.is_ascii() {
        // The white space of `char::is_whitespace`, which has vertical tabs as well.
        for word in text.split([' ', '\n', '\t', '\r', '\x0b', '\x0c']).filter(|word| !word.is_empty()) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
        out.make_ascii_lowercase();
        return;
    }
    // Lower-casing can take a text out of NFC and NFC can make cased letters, hence one before and one after.
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => lower_and_collapse(text.chars(), out),
        _ => lower_and_collapse(text.nfc(), out),
    }
    if is_nfc_quick(out.chars()) != IsNormalized::Yes {
        *out = out.nfc().collect();
    }
}

fn lower_and_collapse(chars: impl Iterator<Item = char>, out: &mut String) {
    let mut gap = false;
    for c in chars {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) && !out.is_empty() {
            out.push(' ');
        }
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
}

/// A URL without what rarely tells pages apart: surrounding space and angle brackets (wget), scheme `http` or `https`,
/// `www.`, user name, default port, fragment; host in lower case without final dot; `%xx` of unreserved characters decoded,
/// other escapes in upper case (RFC 3986, 6.2.2); an empty path is `/`. Path, its final slash and query stay: they can name
/// other pages. A string of another shape (no `http` URL) is only trimmed.
pub fn normalise_url(url: &str, out: &mut String) {
    out.clear();
    let url = url.trim();
    let url = url.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(url);
    let Some((rest, port)) = strip_scheme(url) else {
        out.push_str(url);
        return;
    };
    let rest = rest.split_once('#').map_or(rest, |(page, _)| page);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.strip_suffix(port).unwrap_or(host);
    let host = host.strip_suffix(':').unwrap_or(host).to_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    out.push_str(host.strip_prefix("www.").unwrap_or(host));
    if !path.starts_with('/') {
        out.push('/');
    }
    unescape(path, out);
}

/// What follows `http://` or `https://`, and the default port of the scheme with its colon.
fn strip_scheme(url: &str) -> Option<(&str, &'static str)> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme.eq_ignore_ascii_case("https") {
        Some((rest, ":443"))
    } else {
        scheme.eq_ignore_ascii_case("http").then_some((rest, ":80"))
    }
}

fn unescape(path: &str, out: &mut String) {
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let byte = after.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(char::from(byte));
                rest = &after[2..];
            }
            Some(_) => {
                out.push('%');
                out.push_str(&after[..2].to_ascii_uppercase());
                rest = &after[2..];
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}
