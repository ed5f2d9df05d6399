//! E-mail addresses: `local@domain`, as RFC 5321 limits them and as people write them.

use super::scan::{self, spaced_letter};
use super::{Kind, Span};

/// The longest local part, in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL: usize = 64;
/// The longest domain, in bytes (RFC 1035, 2.3.4).
const DOMAIN: usize = 253;
/// The longest label of a domain, in bytes (RFC 1035, 2.3.4).
const LABEL: usize = 63;

/// Endings of file names that stand after an `@` in the names of images for dense screens
/// (`logo@2x.png`) and of assets with a version; none is a top-level domain.
const FILES: &[&str] = &["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "json"];

/// Every address in `bytes`.
pub(super) fn find(bytes: &[u8]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for at in memchr::memchr_iter(b'@', bytes) {
        let floor = spans.last().map_or(0, |last| last.end);
        if let Some((start, end)) = around(bytes, at, floor) {
            spans.push(Span { kind: Kind::Email, start, end });
        }
    }
    spans
}

/// The address around the `@` at `at`, starting no earlier than `floor`.
fn around(bytes: &[u8], at: usize, floor: usize) -> Option<(usize, usize)> {
    let start = local_start(bytes, at, floor)?;
    let end = domain_end(bytes, at + 1)?;
    // A remote of git, `git@host:path`, is nobody's mailbox.
    let remote = &bytes[start..at] == b"git" && bytes.get(end) == Some(&b':');
    (!remote).then_some((start, end))
}

/// Where the local part before `at` starts: atoms of letters, digits and `_ % + - '`, with single
/// dots between them. Quoted local parts and the rarer signs of RFC 5322 (`! # $ & * / = ? ^ ~` and
/// the backquote) are left outside, since in running text they are nearly always something else.
fn local_start(bytes: &[u8], at: usize, floor: usize) -> Option<usize> {
    let mut start = at;
    while start > floor {
        let byte = bytes[start - 1];
        let step = match byte {
            b'.' if start < at && bytes[start] != b'.' => 1,
            b'\'' if start < at && scan::letter_at(bytes, start) && scan::letter_before(bytes, start - 1) => 1,
            b'_' | b'%' | b'+' | b'-' => 1,
            _ if byte.is_ascii_alphanumeric() => 1,
            _ if byte >= 0x80 && start >= floor + 2 && spaced_letter(&bytes[start - 2..]).is_some() => 2,
            _ => break,
        };
        start -= step;
        if at - start > LOCAL {
            return None;
        }
    }
    // What an address cannot or, outside of quotes, does not start with.
    while start < at && matches!(bytes[start], b'.' | b'-' | b'%' | b'+' | b'\'') {
        start += 1;
    }
    let named = bytes[start..at].iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
    (named && bytes[at - 1] != b'.').then_some(start)
}

/// Where the domain that starts at `start` ends: labels of letters, digits and inner hyphens, the
/// last of them a possible top-level domain. Shortened label by label until it is one.
fn domain_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut end = None;
    let mut labels = 0;
    let mut at = start;
    while at - start <= DOMAIN {
        let label_end = label_end(bytes, at)?;
        let label = trim_hyphens(&bytes[at..label_end]);
        if label.is_empty() || label_end - at > LABEL || bytes[at] == b'-' {
            break;
        }
        labels += 1;
        let whole = label.len() == label_end - at;
        let stop = at + label.len();
        if labels > 1 && stop - start <= DOMAIN && is_top_level(label) {
            end = Some(stop);
        } else if labels > 1 && (!whole || bytes.get(label_end) != Some(&b'.')) {
            // The last label is no top-level domain: `logo@2x.png`, `package@1.2.3`.
            return end.filter(|_| !is_file(label) && !label[0].is_ascii_digit());
        }
        if !whole || bytes.get(label_end) != Some(&b'.') {
            break;
        }
        at = label_end + 1;
    }
    end
}

/// The end of the run of label characters that starts at `at`, looked for no farther than a label
/// can be long.
fn label_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    while let Some(&byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            end += 1;
        } else if byte >= 0x80 && spaced_letter(&bytes[end..]).is_some() {
            end += 2;
        } else {
            break;
        }
        if end - at > LABEL + 1 {
            return None;
        }
    }
    Some(end)
}

/// The label without hyphens at its end.
fn trim_hyphens(label: &[u8]) -> &[u8] {
    let end = label.iter().rposition(|b| *b != b'-').map_or(0, |i| i + 1);
    &label[..end]
}

/// Whether `label` can be a top-level domain: two to 24 letters, or an encoded one (`xn--`).
fn is_top_level(label: &[u8]) -> bool {
    let letters = label.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80);
    let encoded = label.len() > 4 && label[..4].eq_ignore_ascii_case(b"xn--");
    (2..=24).contains(&label.len()) && (letters || encoded) && !is_file(label)
}

/// Whether `label` is an ending of file names.
fn is_file(label: &[u8]) -> bool {
    FILES.iter().any(|ending| ending.as_bytes().eq_ignore_ascii_case(label))
}
