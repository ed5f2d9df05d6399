//! Globally routable IP addresses.
//!
//! Addresses that name nobody are left alone: what the IANA registries of special-purpose addresses
//! (RFC 6890 and its updates) keep for private networks, loopback, documentation, multicast and the
//! like. Version numbers and object identifiers are not addresses.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::context;
use super::scan::{after, before, digit_after, letter_before};
use super::{Kind, Span};

/// Longest text of an IPv6 address: six groups of four and a dotted IPv4 address.
const V6: usize = 45;

/// Words before a dotted quad that make it a version.
const VERSIONS: &[&str] =
    &["v", "ver", "vers", "version", "versions", "versión", "versão", "release", "build", "rev", "revision", "section"];

/// Words before four single figures that make them an address.
const ADDRESSES: &[&str] = &[
    "ip",
    "ips",
    "ipv",
    "ipaddress",
    "address",
    "addresses",
    "addr",
    "adresse",
    "dirección",
    "dns",
    "host",
    "hosts",
    "hostname",
    "server",
    "nameserver",
    "resolver",
    "client",
    "gateway",
    "proxy",
    "peer",
    "remote",
    "ping",
    "traceroute",
    "whois",
    "ssh",
];

/// The IPv4 address at the run of digits `start..end`.
pub(super) fn v4_at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if end - start > 3 || bytes.get(end) != Some(&b'.') || !v4_starts(bytes, start) {
        return None;
    }
    let mut octets = [0; 4];
    let mut at = start;
    for (i, octet) in octets.iter_mut().enumerate() {
        if i > 0 {
            if bytes.get(at) != Some(&b'.') {
                return None;
            }
            at += 1;
        }
        (*octet, at) = octet_at(bytes, at)?;
    }
    let address = Ipv4Addr::from(octets);
    let version = context::word_before_tight(bytes, start, is_version)
        || (octets.iter().all(|octet| *octet < 10) && !is_named(bytes, start, at, octets));
    (v4_ends(bytes, at) && is_global_v4(address) && !is_network(octets) && !version).then_some((start, at))
}

/// Whether the octets are those of a whole network (`8.0.0.0`) or its broadcast address, or begin the
/// object identifiers of the internet (1.3.6.1) or of certificate extensions (2.5.29).
fn is_network(octets: [u8; 4]) -> bool {
    octets[1..] == [0; 3] || octets[1..] == [255; 3] || octets == [1, 3, 6, 1] || octets[..3] == [2, 5, 29]
}

/// Whether four single figures, which mostly number a version or a section, are an address here: all
/// the same (`8.8.8.8`), in a URL or after `@`, with a port, or after a word that says so.
fn is_named(bytes: &[u8], start: usize, end: usize, octets: [u8; 4]) -> bool {
    octets == [octets[0]; 4]
        || octets == [8, 8, 4, 4]
        || bytes[..start].ends_with(b"//")
        || matches!(before(bytes, start), Some(b'@' | b'['))
        || (after(bytes, end, 0) == Some(b':') && digit_after(bytes, end, 1))
        || context::word_before(bytes, start, |word| context::is_in(ADDRESSES, word))
}

/// A number of 0 to 255 without leading zeros, and its end.
fn octet_at(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut value = 0_u16;
    let mut end = at;
    while digit_after(bytes, end, 0) {
        value = value * 10 + u16::from(bytes[end] - b'0');
        end += 1;
        if end - at > 3 {
            return None;
        }
    }
    let padded = end - at > 1 && bytes[at] == b'0';
    match u8::try_from(value) {
        Ok(octet) if end > at && !padded => Some((octet, end)),
        _ => None,
    }
}

/// Whether an address may start at `at`: not in a word, a longer dotted number, or the version of a
/// product (`Name/1.2.3.4`, `name-1.2.3.4`).
fn v4_starts(bytes: &[u8], at: usize) -> bool {
    match before(bytes, at) {
        Some(b'.' | b'_' | b'-' | b'+' | b'$' | b'#' | b'~' | b'^') => false,
        Some(b',') => !at.checked_sub(2).is_some_and(|i| bytes[i].is_ascii_digit()),
        Some(b'/') => !letter_before(bytes, at - 1),
        // `name==1.2.3.4` pins a version; C2 A7 is the section sign.
        Some(b'=') => !bytes[..at].ends_with(b"=="),
        Some(0xA7) => !bytes[..at].ends_with(&[0xC2, 0xA7]),
        Some(_) => !letter_before(bytes, at),
        None => true,
    }
}

/// Whether an address may end at `at`.
fn v4_ends(bytes: &[u8], at: usize) -> bool {
    match after(bytes, at, 0) {
        Some(b'.' | b',') => !digit_after(bytes, at, 1),
        Some(b'-') => !after(bytes, at, 1).is_some_and(|b| b.is_ascii_alphanumeric()),
        Some(b'_' | b'+' | b'%') => false,
        _ => !super::scan::letter_at(bytes, at),
    }
}

/// Whether `word` says that a version follows.
fn is_version(word: &[u8]) -> bool {
    let tail = word.len().saturating_sub(7);
    context::is_in(VERSIONS, word) || word[tail..].eq_ignore_ascii_case(b"version")
}

/// Whether the address is globally routable: none of the blocks that the IANA IPv4 special-purpose
/// registry marks as not globally reachable, no multicast, nothing of the reserved class E.
pub(super) fn is_global_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        [0 | 10 | 127 | 224..=255, ..] => false,
        [100, 64..=127, ..] | [169, 254, ..] | [172, 16..=31, ..] | [192, 168, ..] => false,
        [192, 0, 0, host] => host == 9 || host == 10,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => false,
        [198, 18 | 19, ..] => false,
        _ => true,
    }
}

/// Every IPv6 address in `bytes`.
pub(super) fn find_v6(bytes: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(offset) = memchr::memchr(b':', &bytes[from..]) {
        let colon = from + offset;
        from = colon + 1;
        let start = hex_start(bytes, colon);
        // Cheap refusals first: prose, clocks and ports come this way.
        if start == colon && after(bytes, colon, 1) != Some(b':') {
            continue;
        }
        let (end, colons) = v6_run(bytes, start);
        from = end.max(from);
        if colons < 2 || end - start > V6 || !v6_borders(bytes, start, end) {
            continue;
        }
        if let Some(end) = v6_end(&bytes[start..end]).map(|len| start + len) {
            spans.push(Span { kind: Kind::Ip, start, end });
        }
    }
    spans
}

/// The start of the hexadecimal digits before `colon`, at most four and one to see that they end.
fn hex_start(bytes: &[u8], colon: usize) -> usize {
    let mut start = colon;
    while start > 0 && colon - start < 5 && bytes[start - 1].is_ascii_hexdigit() {
        start -= 1;
    }
    start
}

/// The end of the run of address characters, and how many colons are in it.
fn v6_run(bytes: &[u8], start: usize) -> (usize, usize) {
    let mut end = start;
    let mut colons = 0;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b':' => colons += 1,
            b'.' => {}
            _ if byte.is_ascii_hexdigit() => {}
            _ => break,
        }
        end += 1;
    }
    (end, colons)
}

/// Whether no word or longer number goes on at either side.
fn v6_borders(bytes: &[u8], start: usize, end: usize) -> bool {
    let left = match before(bytes, start) {
        Some(b'.' | b':' | b'_' | b'-' | b'$' | b'@') => false,
        Some(byte) => !byte.is_ascii_alphanumeric() && !letter_before(bytes, start),
        None => true,
    };
    left && !matches!(after(bytes, end, 0), Some(b'_' | b'-')) && !super::scan::letter_at(bytes, end)
}

/// The length of the routable address that `run` is, without the full stop or colon of a sentence.
fn v6_end(run: &[u8]) -> Option<usize> {
    let mut len = run.len();
    while len > 0 && run[len - 1] == b'.' {
        len -= 1;
    }
    if run[..len].ends_with(b":") && !run[..len].ends_with(b"::") {
        len -= 1;
    }
    let text = std::str::from_utf8(&run[..len]).ok()?;
    let address: Ipv6Addr = text.parse().ok()?;
    is_person_v6(text, address).then_some(len)
}

/// Whether `text` is written as an address and the address is globally routable.
///
/// `a::b` is a path in many programming languages and eight pairs are a hardware address, so short
/// forms have to lie in the block that is handed out (2000::/3) and to name three groups, and other
/// full forms to have twenty digits.
fn is_person_v6(text: &str, address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return text.contains('.') && is_global_v4(mapped);
    }
    let groups = text.split(':').filter(|group| !group.is_empty()).count();
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let unicast = (0x2000..0x4000).contains(&address.segments()[0]) && groups >= 3;
    (unicast || (groups == 8 && digits >= 20)) && is_global_v6(address)
}

/// Whether the address is globally routable: outside of what the IANA IPv6 special-purpose registry
/// keeps for loopback, mapping, discard, protocols, documentation, and local use, and no multicast.
fn is_global_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x0000 | 0x0064 | 0x0100, ..] => false,
        [0x2001, second, ..] if second < 0x0200 => false,
        [0x2001, 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] | [0x5f00, ..] => false,
        [first, ..] => first < 0xfc00,
    }
}
