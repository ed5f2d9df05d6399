//! The numbers of ROOTS' filtering (`preprocessing/training/01b_oscar_cleaning_and_filtering/filtering.py`,
//! bigscience-workshop/data-preparation).
//!
//! The text is measured after the words that ROOTS takes out are gone ([`RootsWords`]), if the filter has that edit.
//! Words are cut at space, line feed and tab alone, stripped of special characters, and dropped when nothing is left.
//! Chinese words are pieces of a `SentencePiece` model there, so that in Chinese no metric of words is measurable here.
//! Vietnamese words are compared with lists alone and in pairs.

mod edit;
mod special;

pub use edit::RootsWords;

use std::borrow::Cow;

use super::char_runs::CharRuns;
use super::chars::{count_chars, split_at_blanks};
use super::lists::Role;
use super::ngrams::Counts;
use super::word_list::WordList;
use super::{MetricDef, Settings, Sink, Subject, ratio};
use crate::text::{Distinct, python};
use special::{is_special, strip_special};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("words@roots", "words", "words that are not only special characters"),
    repetition(
        "char_repetition_ratio.10@roots",
        "occurrences of the most frequent runs of 10 characters, as many of those that repeat as the root of the number of different ones, over all runs; 0 in shorter texts",
    ),
    repetition("char_repetition_ratio.3@roots", "the same with runs of 3 characters"),
    repetition(
        "word_repetition_ratio.5@roots",
        "occurrences of lower-cased sequences of 5 words that repeat, over all such; 0 with fewer words",
    ),
    repetition("word_repetition_ratio.7@roots", "the same with sequences of 7 words"),
    MetricDef::share(
        "special_char_ratio@roots",
        "share of characters",
        "characters of ROOTS' set (ASCII punctuation, digits and white space, other signs, emoji) among all; 0 for an empty text",
    ),
    MetricDef::share(
        "stop_word_ratio@roots",
        "share of words",
        "lower-cased words in the list `stop-words`; 0 without words",
    ),
    MetricDef::share(
        "flagged_word_ratio@roots",
        "share of words",
        "lower-cased words in the list `bad-words`; 0 without words",
    ),
];

/// A share of n-grams.
const fn repetition(name: &'static str, doc: &'static str) -> MetricDef {
    MetricDef::share(name, "share of n-grams", doc)
}

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let language = settings.language_of(subject.language);
    let text = subject.view.text();
    let text = settings.roots.as_ref().map_or(Cow::Borrowed(text), |edit| edit.apply(text, language));
    let chinese = primary(language) == Some("zh");
    if sink.wants(0..1) && !chinese {
        sink.set_count(0, split_at_blanks(&text).filter(|word| !strip_special(word).is_empty()).count());
    }
    if u32::try_from(text.len()).is_ok() {
        match (sink.wants(1..2), sink.wants(2..3)) {
            (true, true) => {
                let [long, short] = CharRuns::of(&text, [10, 3]);
                sink.set(1, char_repetition(long));
                sink.set(2, char_repetition(short));
            }
            (true, false) => sink.set(1, CharRuns::of(&text, [10]).map(char_repetition)[0]),
            (false, true) => sink.set(2, CharRuns::of(&text, [3]).map(char_repetition)[0]),
            (false, false) => {}
        }
    }
    let lists = [(6, Role::StopWords), (7, Role::BadWords)];
    let lists = lists.map(|(place, role)| (place, settings.lists.get(role, language)));
    if (sink.wants(3..5) || lists.iter().any(|(_, list)| list.is_some())) && !chinese {
        let lower = python::lower(&text);
        let words: Vec<&str> = split_at_blanks(&lower).map(strip_special).filter(|word| !word.is_empty()).collect();
        let words = Distinct::new(&lower, &words);
        word_repetition(&words, sink);
        let pairs = primary(language) == Some("vi");
        for (place, list) in lists {
            if let Some(list) = list {
                sink.set(place, listed(&words, list, pairs));
            }
        }
    }
    if sink.wants(5..6) {
        let special = text.chars().filter(|c| is_special(*c)).count();
        sink.set(5, if text.is_empty() { 0.0 } else { ratio(special, count_chars(&text)) });
    }
}

/// The code that the tables of ROOTS know a language by.
fn primary(language: Option<&str>) -> Option<&str> {
    language.map(|code| crate::language::Tag::of(code).language)
}

/// The share of runs of characters that belong to the most frequent ones.
#[allow(clippy::cast_precision_loss)]
fn char_repetition(runs: CharRuns) -> f64 {
    let all = runs.all;
    if all == 0 { 0.0 } else { runs.most_frequent() as f64 / all as f64 }
}

/// The shares of sequences of words that repeat.
fn word_repetition(words: &Distinct<'_>, sink: &mut Sink) {
    if !sink.wants(3..5) {
        return;
    }
    let mut counts = Counts::of_words(words);
    for n in 3..=7 {
        counts.grow();
        if n == 5 || n == 7 {
            let repeated = counts.repeated().map(|(_, count)| count).sum();
            let all = (words.ids().len() + 1).saturating_sub(n);
            sink.set(if n == 5 { 3 } else { 4 }, if all == 0 { 0.0 } else { ratio(repeated, all) });
        }
    }
}

/// The share of words in a list, pairs of words as well where asked for; at most 1.
fn listed(words: &Distinct<'_>, list: &WordList, pairs: bool) -> f64 {
    let all = words.ids().len();
    if all == 0 {
        return 0.0;
    }
    let mut count: usize = words.iter().filter(|(word, _)| list.position(word).is_some()).map(|(_, count)| count).sum();
    if pairs {
        let mut joined = String::new();
        for pair in words.ids().windows(2) {
            joined.clear();
            joined.push_str(words.words()[pair[0] as usize]);
            joined.push(' ');
            joined.push_str(words.words()[pair[1] as usize]);
            count += usize::from(list.position(&joined).is_some());
        }
    }
    ratio(count, all).min(1.0)
}
