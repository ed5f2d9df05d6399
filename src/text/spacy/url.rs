//! spaCy's URL test on one chunk without white space.
//!
//! The language is: optional scheme, optional user part, then an IPv4 address that is not private or a
//! dotted host name, then an optional port and an optional path. It is decided here from the positions
//! of a few delimiters, in one pass over the host part for each place where a host may begin.

use crate::text::chars::{self, ALNUM_ONLY, ALPHA, DECIMAL, SPACY_LOWER};

/// Whether spaCy 3.8 takes all of `chunk` as a URL. `chunk` holds no white space.
pub(super) fn is_url(chunk: &str) -> bool {
    // Each accepted string has a dotted host.
    if !chunk.as_bytes().contains(&b'.') {
        return false;
    }
    if is_host_and_rest(chunk) {
        return true;
    }
    if let Some(rest) = after_scheme(chunk)
        && is_host_and_rest(rest)
    {
        return true;
    }
    // The user part is one or more arbitrary characters before any `@`.
    chunk.match_indices('@').any(|(at, _)| at > 0 && is_host_and_rest(&chunk[at + 1..]))
}

/// What follows `[\w+\-.]{2,}://`.
fn after_scheme(chunk: &str) -> Option<&str> {
    let colon = chunk.find(':')?;
    let rest = chunk[colon..].strip_prefix("://")?;
    let scheme = &chunk[..colon];
    let legal = |c: char| c == '_' || c == '+' || c == '-' || c == '.' || chars::is(c, ALPHA | ALNUM_ONLY);
    (scheme.chars().nth(1).is_some() && scheme.chars().all(legal)).then_some(rest)
}

/// A host or address, an optional port, an optional path, and nothing more.
fn is_host_and_rest(text: &str) -> bool {
    let end = text.bytes().position(|b| matches!(b, b':' | b'/' | b'?' | b'#' | b'@')).unwrap_or(text.len());
    let (host, rest) = text.split_at(end);
    is_rest(rest) && (is_host(host) || is_address(host))
}

/// `(?::\d{2,5})?(?:[/?#]\S*)?` to the end.
fn is_rest(rest: &str) -> bool {
    let Some(port) = rest.strip_prefix(':') else {
        return rest.is_empty() || rest.starts_with(['/', '?', '#']);
    };
    let digits = port.char_indices().take(6).take_while(|&(_, c)| chars::is(c, DECIMAL)).last();
    let Some((at, last)) = digits else {
        return false;
    };
    let (number, path) = port.split_at(at + last.len_utf8());
    (2..=5).contains(&number.chars().count()) && (path.is_empty() || path.starts_with(['/', '?', '#']))
}

/// Labels that end with a dot, then a top-level name of 2 to 63 lower-case or uncased letters.
fn is_host(host: &str) -> bool {
    let Some((labels, top)) = host.rsplit_once('.') else {
        return false;
    };
    let mut n_top = 0;
    for c in top.chars() {
        n_top += 1;
        if n_top > 63 || !chars::is(c, SPACY_LOWER) {
            return false;
        }
    }
    n_top >= 2 && labels.split('.').all(is_label)
}

/// 1 to 64 characters, the first and last of them alphanumeric or U+00A1 to U+FFFF, those between also
/// `_` or `-`.
fn is_label(label: &str) -> bool {
    let outer = |c: char| c.is_ascii_alphanumeric() || ('\u{a1}'..='\u{ffff}').contains(&c);
    let mut n = 0;
    let mut last = '-';
    for c in label.chars() {
        n += 1;
        let inner = c == '_' || c == '-';
        if n > 64 || !(outer(c) || inner && n > 1) {
            return false;
        }
        last = c;
    }
    n > 0 && outer(last)
}

/// An IPv4 address in dotted notation that is not in a private, loopback or reserved network.
fn is_address(host: &str) -> bool {
    let mut parts = host.split('.');
    let (Some(a), Some(b), Some(c), Some(d), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    first_octet(a) && middle_octet(b) && middle_octet(c) && last_octet(d) && !is_private(a, b)
}

/// Networks 10, 127, 169.254, 192.168 and 172.16 to 172.31; both octets are valid.
fn is_private(a: &str, b: &str) -> bool {
    match a {
        "10" | "127" => true,
        "169" => b == "254",
        "192" => b == "168",
        "172" => match octet(b) {
            Some(['1', '6'..='9', '\0']) | Some(['3', '0'..='1', '\0']) => true,
            Some(['2', c, '\0']) => chars::is(c, DECIMAL),
            _ => false,
        },
        _ => false,
    }
}

/// The one to three characters of an octet, NUL where there is none.
fn octet(part: &str) -> Option<[char; 3]> {
    let mut out = ['\0'; 3];
    let mut n = 0;
    for c in part.chars() {
        *out.get_mut(n)? = c;
        n += 1;
    }
    (n > 0).then_some(out)
}

/// `[1-9]\d?|1\d\d|2[01]\d|22[0-3]`, where `\d` is any decimal digit of Unicode.
fn first_octet(part: &str) -> bool {
    let digit = |c| chars::is(c, DECIMAL);
    match octet(part) {
        Some(['1'..='9', '\0', '\0']) => true,
        Some(['1'..='9', b, '\0']) => digit(b),
        Some(['1', b, c]) => digit(b) && digit(c),
        Some(['2', '0' | '1', c]) => digit(c),
        Some(['2', '2', '0'..='3']) => true,
        _ => false,
    }
}

/// `1?\d{1,2}|2[0-4]\d|25[0-5]`.
fn middle_octet(part: &str) -> bool {
    let digit = |c| chars::is(c, DECIMAL);
    match octet(part) {
        Some([a, '\0', '\0']) => digit(a),
        Some([a, b, '\0']) => digit(a) && digit(b),
        Some(['1', b, c]) => digit(b) && digit(c),
        Some(['2', '0'..='4', c]) => digit(c),
        Some(['2', '5', '0'..='5']) => true,
        _ => false,
    }
}

/// `[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]`.
fn last_octet(part: &str) -> bool {
    let digit = |c| chars::is(c, DECIMAL);
    match octet(part) {
        Some(['1'..='9', '\0', '\0']) => true,
        Some(['1'..='9', b, '\0']) => digit(b),
        Some(['1', b, c]) => digit(b) && digit(c),
        Some(['2', '0'..='4', c]) => digit(c),
        Some(['2', '5', '0'..='4']) => true,
        _ => false,
    }
}
