//! Web addresses in the text: `https?://`, then a run of address characters and percent escapes.

use memchr::memmem;

use super::{URLS, set_char_share};
use crate::metrics::Sink;
use crate::text::TextView;

/// Measures the share of addresses and whether one is pornographic by its name.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let (mut chars, mut porn) = (0, false);
    each_url(view.text(), |url| {
        // Address characters are ASCII.
        chars += url.len();
        porn |= url.contains("porn");
    });
    set_char_share(sink, URLS, chars, view.n_chars());
    sink.set(URLS + 1, f64::from(u8::from(porn)));
}

/// Calls `found` with each address, from the left; none overlaps another.
fn each_url<'t>(text: &'t str, mut found: impl FnMut(&'t str)) {
    let bytes = text.as_bytes();
    let mut free = 0;
    for start in memmem::find_iter(bytes, "http") {
        if start < free {
            continue;
        }
        let scheme = start + 4 + usize::from(bytes.get(start + 4) == Some(&b's'));
        if !bytes[scheme..].starts_with(b"://") {
            continue;
        }
        let end = run_end(bytes, scheme + 3);
        if end > scheme + 3 {
            found(&text[start..end]);
            free = end;
        }
    }
}

/// Where the run of address characters from `at` on ends.
fn run_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at += match bytes[at..] {
            [byte, ..] if byte.is_ascii_alphanumeric() || b"$-_@.&+/:=?#~!*(),".contains(&byte) => 1,
            [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => 3,
            _ => return at,
        };
    }
}
