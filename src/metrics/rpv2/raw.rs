//! The signals of the raw text: WordPunct words, lines, sentences.

use super::round::round8;
use crate::metrics::chars::{count_byte, count_chars, count_substrings};
use crate::metrics::lists::Role;
use crate::metrics::{Settings, Sink, Subject, ratio};
use crate::text::{LineRule, SentenceRule, Splitter, python};

/// Places in the family's table.
pub(super) const SENTENCES: usize = 0;
pub(super) const SYMBOLS: usize = 1;
pub(super) const NO_ALPHA: usize = 2;
pub(super) const CAPITALS: usize = 3;
pub(super) const STOP_WORDS: usize = 4;
pub(super) const BRACKETS: usize = 5;
pub(super) const DOMAIN: usize = 6;
pub(super) const ELLIPSIS: usize = 7;
pub(super) const TERMINAL: usize = 8;
pub(super) const BULLETS: usize = 9;
pub(super) const UPPER: usize = 10;

/// What begins a line that RedPajama v2 takes for a list item.
const BULLET_MARKS: [char; 10] = ['•', '‣', '▶', '◀', '◦', '■', '□', '▪', '▫', '–'];

/// Measures the signals of the raw text.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    if sink.wants(SENTENCES..SENTENCES + 1) {
        sink.set_count(SENTENCES, subject.view.sentences(SentenceRule::RedPajama).len());
    }
    if sink.wants(SYMBOLS..STOP_WORDS + 1) {
        words(subject, settings, sink);
    }
    if sink.wants(BRACKETS..BRACKETS + 1) {
        let brackets = count_byte(text, b'{') + count_byte(text, b'}');
        sink.set(BRACKETS, if text.is_empty() { 0.0 } else { round8(ratio(brackets, subject.view.n_chars())) });
    }
    if sink.wants(DOMAIN..DOMAIN + 1)
        && let (Some(list), Some(url)) = (settings.lists.get(Role::UrlDomains, None), subject.url)
    {
        let listed = list.hashed().is_some_and(|list| list.find_text(net_location(url)).is_some());
        sink.set_count(DOMAIN, usize::from(listed));
    }
    if sink.wants(ELLIPSIS..UPPER + 1) {
        lines(subject, sink);
    }
}

/// The signals of WordPunct words.
fn words(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    let words = subject.view.words(Splitter::NltkWordPunct);
    let share = |count: usize| round8(ratio(count, words.len()));
    let symbols: usize = ["#", "...", "…"].iter().map(|symbol| count_substrings(text, symbol)).sum();
    sink.set(SYMBOLS, share(symbols));
    let with_letter = words.iter().filter(|word| word.bytes().any(|byte| byte.is_ascii_alphabetic())).count();
    sink.set(NO_ALPHA, round8(1.0 - ratio(with_letter, words.len())));
    sink.set(CAPITALS, share(words.iter().filter(|word| python::is_upper_text(word)).count()));
    if let Some(stop) = settings.lists.get(Role::StopWords, settings.language_of(subject.language)) {
        // Nothing left by normalisation gives 0 without looking at the words.
        let empty = text.chars().all(|c| c.is_ascii_punctuation() || python::is_space(c));
        let count = words.iter().filter(|word| stop.position(word).is_some()).count();
        sink.set(STOP_WORDS, if empty { 0.0 } else { share(count) });
    }
}

/// The signals of raw lines, as shares of all lines.
#[allow(clippy::cast_precision_loss)]
fn lines(subject: &Subject<'_, '_>, sink: &mut Sink) {
    let lines = subject.view.lines(LineRule::NewlineKept);
    let (mut ellipsis, mut terminal, mut bullets, mut upper) = (0, 0, 0, 0.0);
    let with_upper = sink.wants(UPPER..UPPER + 1);
    for line in lines {
        let cut = python::rstrip(line);
        ellipsis += usize::from(cut.ends_with("...") || cut.ends_with('…'));
        terminal += usize::from(cut.ends_with(['.', '!', '?', '”']));
        bullets += usize::from(python::lstrip(line).starts_with(BULLET_MARKS));
        if with_upper {
            let capitals = if line.is_ascii() {
                line.bytes().filter(u8::is_ascii_uppercase).count()
            } else {
                line.chars().filter(|c| python::is_upper(*c)).count()
            };
            upper += round8(ratio(capitals, count_chars(line)));
        }
    }
    sink.set(ELLIPSIS, round8(ratio(ellipsis, lines.len())));
    sink.set_ratio(TERMINAL, terminal, lines.len());
    sink.set_ratio(BULLETS, bullets, lines.len());
    sink.set(UPPER, upper / lines.len() as f64);
}

/// What Python's `urlparse` calls `netloc`: between `//` and the next `/`, `?` or `#`.
fn net_location(url: &str) -> &str {
    let scheme = url.find(':').filter(|&at| {
        let name = &url[..at];
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    let rest = scheme.map_or(url, |at| &url[at + 1..]);
    let Some(rest) = rest.strip_prefix("//") else { return "" };
    &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())]
}
