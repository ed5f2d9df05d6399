//! Canonical decomposition as CPython 3.11 has it.

use unicode_normalization::UnicodeNormalization;

use super::chars::{self, ASSIGNED};

/// Appends Python's `unicodedata.normalize("NFD", text)` to `out`.
///
/// ASCII never changes and stops reordering, so only the runs between ASCII are looked at; a character unassigned in
/// Unicode 14.0 neither decomposes nor reorders there, whatever the crate's tables say.
pub fn nfd_into(text: &str, out: &mut String) {
    let inert = |c: char| c.is_ascii() || !chars::is(c, ASSIGNED);
    let mut rest = text;
    while !rest.is_empty() {
        let kept = rest.find(|c| !inert(c)).unwrap_or(rest.len());
        out.push_str(&rest[..kept]);
        rest = &rest[kept..];
        let run = rest.find(inert).unwrap_or(rest.len());
        out.extend(rest[..run].nfd());
        rest = &rest[run..];
    }
}
