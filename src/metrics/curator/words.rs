//! Numbers of the words of Python `split`.

use super::WORDS;
use crate::metrics::chars::count_chars;
use crate::metrics::lists::Role;
use crate::metrics::{Settings, Sink, Subject};
use crate::text::Splitter;

/// Words that stand for words left out. The program's other marks hold a space, so that no word equals them.
const ELLIPSES: [&str; 6] = ["...", "[...]", "…", "(...)", "[…]", "-»"];

/// Measures the numbers of words.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let words = subject.view.words(Splitter::Whitespace);
    let stop = settings.lists.get(Role::StopWords, settings.language_of(subject.language));
    let (mut symbols, mut chars, mut longest, mut alphabetic, mut stops) = (0, 0, 0, 0, 0);
    for word in words {
        let length = if word.is_ascii() { word.len() } else { count_chars(word) };
        chars += length;
        longest = longest.max(length);
        symbols += usize::from(is_symbol(word, length));
        alphabetic += usize::from(is_alphabetic(word));
        stops += usize::from(stop.is_some_and(|stop| stop.position(word).is_some()));
    }
    sink.set_ratio(WORDS, symbols, words.len());
    sink.set_count(WORDS + 1, words.len());
    sink.set_ratio(WORDS + 2, chars, words.len());
    if !words.is_empty() {
        sink.set_count(WORDS + 3, longest);
    }
    sink.set_ratio(WORDS + 4, alphabetic, words.len());
    if stop.is_some() {
        sink.set_count(WORDS + 5, stops);
    }
}

/// Whether a word is an ellipsis, or has more runs of `#` than half its characters: `#` and `#a#`, but not `##`.
fn is_symbol(word: &str, chars: usize) -> bool {
    if !word.contains('#') {
        return ELLIPSES.contains(&word);
    }
    let mut before = 0;
    let starts_run = |&byte: &u8| std::mem::replace(&mut before, byte) != b'#' && byte == b'#';
    2 * word.as_bytes().iter().copied().filter(starts_run).count() > chars
}

/// Whether a word has a character of the Unicode property Alphabetic, which is what `[[:alpha:]]` of the Python module
/// `regex` means. Like that module, Rust has the tables of the latest Unicode version.
fn is_alphabetic(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_alphabetic()) || word.chars().any(char::is_alphabetic)
}
