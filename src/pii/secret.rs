//! Secrets: keys and tokens that their issuers mark with a prefix, values that are assigned to names such as `api_key`
//! and look random, and private keys between PEM lines; user names and passwords in URLs.

mod entropy;

use super::scan::{after, before, is_barrier};
use super::{Kind, Span};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// Letters of which a token is made.
#[derive(Clone, Copy)]
enum Alphabet {
    /// Letters and digits.
    Alnum,
    /// Capitals and digits.
    Upper,
    /// Hexadecimal digits in small letters.
    Hex,
    /// Letters, digits, `-` and `_` (base64url).
    Url,
    /// The same and full stops.
    Dotted,
}

/// A prefix by which an issuer marks its tokens, and what follows: how many signs at least and at most, of which kind.
/// From the issuers' documentation, as far as they tell the form.
const PREFIXES: &[(&str, usize, usize, Alphabet)] = &[
    ("AKIA", 16, 16, Alphabet::Upper),                // Amazon Web Services, long-term
    ("ASIA", 16, 16, Alphabet::Upper),                // Amazon Web Services, temporary
    ("ghp_", 36, 251, Alphabet::Alnum),               // GitHub, personal
    ("gho_", 36, 251, Alphabet::Alnum),               // GitHub, OAuth
    ("ghu_", 36, 251, Alphabet::Alnum),               // GitHub, user to server
    ("ghs_", 36, 251, Alphabet::Alnum),               // GitHub, server to server
    ("ghr_", 36, 251, Alphabet::Alnum),               // GitHub, refresh
    ("github_pat_", 82, 82, Alphabet::Url),           // GitHub, fine-grained
    ("glpat-", 20, 64, Alphabet::Url),                // GitLab
    ("xoxb-", 20, 120, Alphabet::Url),                // Slack, bot
    ("xoxp-", 20, 120, Alphabet::Url),                // Slack, user
    ("xoxa-", 20, 120, Alphabet::Url),                // Slack, app
    ("xoxr-", 20, 120, Alphabet::Url),                // Slack, refresh
    ("xapp-", 20, 200, Alphabet::Url),                // Slack, app level
    ("sk_live_", 16, 128, Alphabet::Alnum),           // Stripe
    ("rk_live_", 16, 128, Alphabet::Alnum),           // Stripe, restricted
    ("sk_test_", 16, 128, Alphabet::Alnum),           // Stripe, test
    ("sk-proj-", 40, 250, Alphabet::Url),             // OpenAI
    ("sk-ant-", 40, 250, Alphabet::Url),              // Anthropic
    ("sk-", 40, 60, Alphabet::Alnum),                 // OpenAI, older
    ("AIza", 35, 35, Alphabet::Url),                  // Google
    ("ya29.", 20, 250, Alphabet::Url),                // Google, OAuth
    ("GOCSPX-", 28, 28, Alphabet::Url),               // Google, client secret
    ("SG.", 60, 72, Alphabet::Dotted),                // SendGrid
    ("npm_", 36, 36, Alphabet::Alnum),                // npm
    ("pypi-AgEIcHlwaS5vcmc", 50, 250, Alphabet::Url), // PyPI
    ("hf_", 34, 40, Alphabet::Alnum),                 // Hugging Face
    ("dop_v1_", 64, 64, Alphabet::Hex),               // DigitalOcean
    ("shpat_", 32, 32, Alphabet::Hex),                // Shopify
    ("shpss_", 32, 32, Alphabet::Hex),                // Shopify
    ("dckr_pat_", 27, 40, Alphabet::Url),             // Docker
    ("AGE-SECRET-KEY-1", 58, 58, Alphabet::Upper),    // age
];

/// Words that a value is assigned to, in the three usual cases; `api_key`, `secretKey` and others end with them.
const NAMES: [[&str; 3]; 5] = [
    ["key", "Key", "KEY"],
    ["token", "Token", "TOKEN"],
    ["secret", "Secret", "SECRET"],
    ["password", "Password", "PASSWORD"],
    ["passwd", "Passwd", "PASSWD"],
];
/// Parts of names of keys; a bare `key = …` names a key of a table as often.
const OWNERS: &[&str] = &["api", "access", "secret", "private", "auth", "account", "client", "encryption", "signing"];

/// Longest JSON web token that is looked at, in bytes.
const JWT: usize = 4096;
/// Longest private key, in bytes: RSA of 16,384 bits.
const PEM: usize = 16 * 1024;
/// Longest value of an assignment.
const ASSIGNED: usize = 160;
/// Longest user name and longest password in a URL.
const USERINFO: usize = 64;

/// What sets a search off, by pattern number: the prefixes, the names, then these.
const OTHERS: [&str; 3] = ["eyJ", "-----BEGIN ", "://"];

static TRIGGERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let prefixes = PREFIXES.iter().map(|prefix| prefix.0);
    let patterns = prefixes.chain(NAMES.iter().flatten().copied()).chain(OTHERS);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()
});

/// Secrets and credentials in `bytes`, each kind if it is asked for.
pub(super) fn find(bytes: &[u8], secrets: bool, credentials: bool) -> (Vec<Span>, Vec<Span>) {
    let (mut keys, mut logins): (Vec<Span>, Vec<Span>) = (Vec::new(), Vec::new());
    let Some(triggers) = &*TRIGGERS else {
        return (keys, logins);
    };
    let names = PREFIXES.len();
    let others = names + NAMES.len() * 3;
    for hit in triggers.find_iter(bytes) {
        let pattern = hit.pattern().as_usize();
        let (start, end) = (hit.start(), hit.end());
        let login = pattern == others + 2;
        let found = match pattern.checked_sub(others) {
            _ if (login && !credentials) || (!login && !secrets) => None,
            None if pattern < names => prefixed(bytes, start, end, pattern),
            None => assigned(bytes, start, end, pattern - names),
            Some(0) => web_token(bytes, start),
            Some(1) => private_key(bytes, start, end),
            Some(_) => userinfo(bytes, start, end),
        };
        let list = if login { &mut logins } else { &mut keys };
        let Some((start, end)) = found else {
            continue;
        };
        if list.last().is_none_or(|last| start >= last.end) {
            list.push(Span { kind: if login { Kind::Credentials } else { Kind::Secret }, start, end });
        }
    }
    (keys, logins)
}

/// Whether `byte` is of the alphabet.
fn is_of(alphabet: Alphabet, byte: u8) -> bool {
    match alphabet {
        Alphabet::Alnum => byte.is_ascii_alphanumeric(),
        Alphabet::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        Alphabet::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
        Alphabet::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
        Alphabet::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
    }
}

/// The token whose prefix is `start..end`: as long as its issuer makes them, and not a word drawn out (`xxxxxxxx`).
fn prefixed(bytes: &[u8], start: usize, end: usize, pattern: usize) -> Option<(usize, usize)> {
    let (_, least, most, alphabet) = PREFIXES[pattern];
    let bordered = !before(bytes, start).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if !bordered {
        return None;
    }
    let len = bytes[end..].iter().take(most + 1).take_while(|byte| is_of(alphabet, **byte)).count();
    let goes_on = after(bytes, end, len).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let value = &bytes[end..end + len];
    ((least..=most).contains(&len) && !goes_on && entropy::bits(value) >= 2.5).then_some((start, end + len))
}

/// The value assigned to the name that ends with `start..end`: 16 signs or more, letters and digits mixed, as uneven as
/// random ones are. Passwords are taken from eight signs on if they stand between quotation marks.
fn assigned(bytes: &[u8], start: usize, end: usize, name: usize) -> Option<(usize, usize)> {
    let mut at = end;
    // The mark that closes a name in JSON, spaces, the sign of assignment, spaces, a mark that opens.
    at += usize::from(matches!(after(bytes, at, 0), Some(b'"' | b'\'')));
    at += spaces(bytes, at);
    match after(bytes, at, 0) {
        Some(b':' | b'=') => at += 1,
        _ => return None,
    }
    at += usize::from(after(bytes, at, 0) == Some(b'>'));
    at += spaces(bytes, at);
    let quote = after(bytes, at, 0).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    at += usize::from(quote.is_some());
    // `PublicKeyToken` of .NET assemblies and their like are there for everyone to see.
    let public = bytes[start.saturating_sub(12)..start].to_ascii_lowercase();
    if (name < 3 && !is_owned(bytes, start)) || memchr::memmem::find(&public, b"public").is_some() {
        return None;
    }
    let is_sign =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'=' | b'.' | b'~');
    let len = bytes[at..].iter().take(ASSIGNED + 1).take_while(|byte| is_sign(**byte)).count();
    let value = bytes[at..at + len].trim_ascii_end();
    let value = value.strip_suffix(b".").unwrap_or(value);
    let closed = quote.is_none_or(|mark| after(bytes, at, len) == Some(mark));
    let opened = matches!(after(bytes, at, len), Some(b'(' | b'$'));
    let long = (16..=ASSIGNED).contains(&value.len());
    (closed && !opened && long && entropy::is_random(value)).then_some((at, at + value.len()))
}

/// Up to three spaces at `at`.
fn spaces(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take(3).take_while(|byte| **byte == b' ').count()
}

/// Whether the name before `at` says whose key it is (`api_key`, `secretKey`).
fn is_owned(bytes: &[u8], at: usize) -> bool {
    let head = &bytes[..at];
    let head = head.strip_suffix(b"_").or(head.strip_suffix(b"-")).or(head.strip_suffix(b" ")).unwrap_or(head);
    OWNERS.iter().any(|owner| {
        head.len() >= owner.len() && head[head.len() - owner.len()..].eq_ignore_ascii_case(owner.as_bytes())
    })
}

/// A JSON web token: three parts of base64url with full stops between, the first two objects (`{"` is `eyJ`). What stands
/// beside it plays no part, so that it is found in the first pass whatever else is.
fn web_token(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let part = |at: usize| bytes[at..].iter().take(JWT + 1).take_while(|b| is_of(Alphabet::Url, **b)).count();
    let head = start + part(start);
    let body = head + 1;
    if head - start < 10 || after(bytes, head, 0) != Some(b'.') || !bytes[body..].starts_with(b"eyJ") {
        return None;
    }
    let tail = body + part(body) + 1;
    if tail - body < 11 || after(bytes, tail, 0).is_none() || bytes[tail - 1] != b'.' {
        return None;
    }
    let end = tail + part(tail);
    (end - tail >= 10 && end - start <= JWT).then_some((start, end))
}

/// A private key between its PEM lines (RFC 7468), or from the first to where the lines of base64 end.
fn private_key(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let label = bytes[end..].iter().take(40).take_while(|b| b.is_ascii_uppercase() || **b == b' ').count();
    let named = &bytes[end..end + label];
    let dashes = end + label;
    if !(named.ends_with(b"PRIVATE KEY") || named.ends_with(b"PRIVATE KEY BLOCK"))
        || !bytes[dashes..].starts_with(b"-----")
    {
        return None;
    }
    let first = dashes + 5;
    let is_body = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n\t \\\":,.-()".contains(&byte);
    let mut body = bytes[first..].iter().take(PEM).take_while(|byte| is_body(**byte)).count();
    if let Some(at) = memchr::memmem::find(&bytes[first..first + body], b"-----END ") {
        let close = first + at + 9 + label;
        if bytes.get(first + at + 9..close) == Some(named) && bytes[close..].starts_with(b"-----") {
            return (at >= 16).then_some((start, close + 5));
        }
        body = at;
    }
    // No last line: the long lines of base64 right behind the first.
    let mut stop = first;
    for line in bytes[first..first + body].split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        let figures = text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        if !text.is_empty() && (!figures || text.len() < 24) {
            break;
        }
        stop += line.len();
    }
    let stop = first + bytes[first..stop].trim_ascii_end().len();
    (stop - first >= 40).then_some((start, stop))
}

/// `user:password` between the `//` that ends at `end` and an `@`.
fn userinfo(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if !before(bytes, start).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let is_part = |byte: u8| byte.is_ascii_graphic() && !is_barrier(byte) && !b"/@:?#\"'`\\,;()*$".contains(&byte);
    let part = |at: usize| bytes[at..].iter().take(USERINFO + 1).take_while(|byte| is_part(**byte)).count();
    let user = part(end);
    if user > USERINFO || after(bytes, end, user) != Some(b':') {
        return None;
    }
    let secret = end + user + 1;
    let len = part(secret);
    let host = after(bytes, secret, len + 1).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte >= 0x80);
    let closed = (1..=USERINFO).contains(&len) && after(bytes, secret, len) == Some(b'@') && host;
    closed.then_some((end, secret + len))
}
