//! Paragraphs with phrases of cookie banners, privacy notes and terms of use.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use xxhash_rust::xxh3::xxh3_64;

use super::BOILERPLATE;
use crate::metrics::Sink;
use crate::text::{ParagraphRule, TextView, python};

/// The filler text that makes the whole page boilerplate.
const FILLER: &str = "lorem ipsum";
/// Phrases of which one makes a paragraph boilerplate.
const PHRASES: [&str; 9] = [
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "privacy overview",
    "use of cookies",
    "use cookies",
    "privacy & cookies policy",
    "privacy and cookies policy",
];

/// A long notice that the program looks for word by word, known here by how it begins, its length in bytes and the
/// XXH3-64 of its lower case. (It looks for two more that hold one of the phrases, and so decide nothing.)
struct Notice {
    begins: &'static str,
    bytes: usize,
    hash: u64,
}

/// The notices of widespread cookie banners. No beginning overlaps a phrase, so that the finder cannot pass over one.
const NOTICES: [Notice; 3] = [
    Notice { begins: "necessary cookies are", bytes: 242, hash: 0x5cd6_54ef_b7cb_b166 },
    Notice { begins: "any cookies that may", bytes: 302, hash: 0x1b2f_55a7_7d36_62ed },
    Notice { begins: "if you continue to browse", bytes: 113, hash: 0x8ee4_6dbc_3364_24f1 },
];

/// Finds [`PHRASES`], then the beginnings of [`NOTICES`], then [`FILLER`], by these numbers.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let begins = NOTICES.iter().map(|notice| notice.begins);
    let patterns = PHRASES.iter().copied().chain(begins).chain([FILLER]);
    AhoCorasick::builder().ascii_case_insensitive(true).build(patterns).ok()
});

/// Measures the share of paragraphs.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let Some(finder) = &*FINDER else { return };
    // Of the characters outside ASCII only the Kelvin sign is an ASCII letter in lower case.
    let text = view.text();
    let text = if text.contains('\u{212a}') { Cow::Owned(python::lower(text)) } else { Cow::Borrowed(text) };
    let bytes = text.as_bytes();
    let (mut paragraphs, mut end) = (0, 0);
    for found in finder.find_iter(&*text) {
        let pattern = found.pattern().as_usize();
        if pattern == PHRASES.len() + NOTICES.len() {
            sink.set(BOILERPLATE, 1.0);
            return;
        }
        let notice = pattern.checked_sub(PHRASES.len()).map(|place| &NOTICES[place]);
        // The rest of a paragraph with a hit is of interest for the filler alone.
        if found.start() >= end && notice.is_none_or(|notice| notice.stands_at(bytes, found.start())) {
            paragraphs += 1;
            end = paragraph_end(bytes, found.end());
        }
    }
    sink.set_ratio(BOILERPLATE, paragraphs, view.paragraphs(ParagraphRule::DoubleNewline).len());
}

/// Where the paragraph goes on to after its part before `at`.
fn paragraph_end(bytes: &[u8], at: usize) -> usize {
    memchr::memmem::find(&bytes[at..], b"\n\n").map_or(bytes.len(), |length| at + length)
}

impl Notice {
    /// Whether the whole notice stands at `start`.
    fn stands_at(&self, bytes: &[u8], start: usize) -> bool {
        let here = bytes.get(start..start + self.bytes);
        here.is_some_and(|here| xxh3_64(&here.to_ascii_lowercase()) == self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_known_by_its_words_in_any_case() {
        let words = "this place is watched by a cat";
        let notice = Notice { begins: "this place", bytes: words.len(), hash: xxh3_64(words.as_bytes()) };
        assert!(notice.stands_at(b"now This PLACE is watched by a cat.", 4));
        assert!(!notice.stands_at(b"now this place is watched by a cow.", 4));
        assert!(!notice.stands_at(b"now this place is watched by", 4));
    }
}
