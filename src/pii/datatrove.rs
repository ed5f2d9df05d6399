//! The replacement of personal data that datatrove's `PIIFormatter` does, for runs that follow FineWeb.
//!
//! The same patterns and the same test for public addresses; its placeholders too, but always the
//! first of each list, where datatrove takes them in turn and so makes a document depend on those
//! before it. Unlike [`super::scrub`] it finds addresses inside version numbers and longer digits.

use core::net::Ipv4Addr;

use regex::Regex;

use super::{Kind, Scrubbed};

/// The pattern for e-mail addresses of datatrove's `pipeline/formatters/pii.py`.
const EMAIL: &str = concat!(
    r"\b[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*",
    r"@(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?",
    r"|\[(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}",
    r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?|[A-Za-z0-9-]*[A-Za-z0-9]:)])",
);
/// The pattern for IPv4 addresses there.
const IP: &str =
    concat!(r"(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}", r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)",);
/// The first placeholder for e-mail addresses there.
pub const EMAIL_PLACEHOLDER: &str = "email@example.com";
/// The first placeholder for IPv4 addresses there.
pub const IP_PLACEHOLDER: &str = "22.214.171.124";

/// datatrove's formatter.
#[derive(Clone, Debug)]
pub struct Datatrove {
    email: Regex,
    ip: Regex,
}

impl Default for Datatrove {
    fn default() -> Self {
        Self::new()
    }
}

impl Datatrove {
    /// The formatter with both kinds on and only public addresses taken, as datatrove has it.
    pub fn new() -> Self {
        Datatrove {
            email: Regex::new(EMAIL).expect("the pattern is a constant that a test compiles"),
            ip: Regex::new(IP).expect("the pattern is a constant that a test compiles"),
        }
    }

    /// The text with placeholders, first for e-mail and then for IPv4 addresses; nothing when there
    /// are none. A placeholder is itself an address, so a second pass finds it again and puts the
    /// same in its place.
    pub fn scrub(&self, text: &str) -> Option<Scrubbed> {
        let (emails, first) = replace(&self.email, text, EMAIL_PLACEHOLDER, |_| true);
        let (ips, second) = replace(&self.ip, first.as_deref().unwrap_or(text), IP_PLACEHOLDER, is_global);
        let out = second.or(first)?;
        let counts = [(Kind::Email, emails), (Kind::Ip, ips)];
        Some(Scrubbed { text: out, counts: counts.into_iter().filter(|(_, count)| *count > 0).collect() })
    }
}

/// How many matches of `pattern` hold, and the text with `placeholder` in their place if any does.
fn replace(pattern: &Regex, text: &str, placeholder: &str, holds: impl Fn(&str) -> bool) -> (u32, Option<String>) {
    let mut out = String::new();
    let mut count = 0_u32;
    let mut at = 0;
    for found in pattern.find_iter(text).filter(|found| holds(found.as_str())) {
        out.push_str(&text[at..found.start()]);
        out.push_str(placeholder);
        count = count.saturating_add(1);
        at = found.end();
    }
    if count == 0 {
        return (0, None);
    }
    out.push_str(&text[at..]);
    (count, Some(out))
}

/// Whether Python's `ipaddress.ip_address(text).is_global` holds: the text has no leading zeros, and
/// the address lies in none of the networks that module lists as private, nor in 100.64.0.0/10.
/// Multicast counts as global there.
fn is_global(text: &str) -> bool {
    let Ok(address) = text.parse::<Ipv4Addr>() else {
        return false;
    };
    match address.octets() {
        [0 | 10 | 127 | 240..=255, ..] => false,
        [100, 64..=127, ..] | [169, 254, ..] | [172, 16..=31, ..] | [192, 168, ..] => false,
        [192, 0, 0, host] => host == 9 || host == 10,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18 | 19, ..] => false,
        _ => true,
    }
}
