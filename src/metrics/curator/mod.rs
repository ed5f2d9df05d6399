//! The numbers of NeMo Curator's heuristic filters (`nemo_curator/stages/text/filters/heuristic`, version 1.3).
//!
//! Words are those of Python `split`, "sentences" are lines that are not blank, paragraphs lie between two line feeds.
//! Where there is nothing to divide by, the program raises `ZeroDivisionError`; here the number is not measurable.

mod boilerplate;
mod characters;
mod lines;
mod ngrams;
mod urls;
mod words;

use super::{MetricDef, Role, Settings, Sink, Subject};

/// Place of the first metric of each part of the family.
const URLS: usize = 4;
const WORDS: usize = 6;
const BOILERPLATE: usize = 12;
const LINES: usize = 13;
const TOP: usize = 20;
const DUP: usize = 23;

/// A metric of the most frequent n-gram.
const fn top(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of characters",
        "characters that go when the most frequent n-gram (the first of equally frequent ones), joined by single spaces, is cut from the text wherever it stands; 1 with fewer words than n",
    )
}

/// A metric of repeated n-grams.
const fn dup(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of characters",
        "characters of second and later copies of n-grams, spaces included, overlaps counted once; 1 with fewer words than n",
    )
}

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::share(
        "nonalnum_char_ratio@curator",
        "share of characters",
        "characters that are not ASCII letters, digits, line feeds or one of `?!,.`; 1 in an empty text",
    ),
    MetricDef::share("digit_char_ratio@curator", "share of characters", "ASCII digits; 1 in an empty text"),
    MetricDef::share(
        "white_space_char_ratio@curator",
        "share of characters",
        "spaces, tabs, line feeds, carriage returns and backspaces; 1 in an empty text",
    ),
    MetricDef::share(
        "parenthesis_char_ratio@curator",
        "share of characters",
        "round, square, curly and angle (`⟨⟩`) brackets; 1 in an empty text",
    ),
    MetricDef::share(
        "url_char_ratio@curator",
        "share of characters",
        "characters of `http://` and `https://` addresses; 1 in an empty text",
    ),
    MetricDef::flag("porn_url@curator", "whether an address in the text holds `porn`"),
    MetricDef::share(
        "symbol_word_ratio@curator",
        "share of words",
        "words that are an ellipsis, or with more runs of `#` than half their characters",
    ),
    MetricDef::count("words@curator", "words", "words of Python split"),
    MetricDef::ratio("mean_word_chars@curator", "code points", "mean length of the words"),
    MetricDef::count("max_word_chars@curator", "code points", "length of the longest word"),
    MetricDef::share("alpha_word_ratio@curator", "share of words", "words with an alphabetic character (Unicode)"),
    MetricDef::count("stop_words@curator", "words", "occurrences of stop words in exactly their case")
        .needs(Role::StopWords),
    MetricDef::share(
        "boilerplate_paragraph_ratio@curator",
        "share of paragraphs",
        "paragraphs with a phrase about cookies, privacy or terms of use; 1 with `lorem ipsum` anywhere",
    ),
    MetricDef::share("unique_line_ratio@curator", "share of lines", "different lines among all lines"),
    MetricDef::share(
        "unique_line_char_ratio@curator",
        "share of characters",
        "characters of different lines among those of all lines",
    ),
    MetricDef::share("unique_paragraph_ratio@curator", "share of paragraphs", "different paragraphs among all"),
    MetricDef::share(
        "unique_paragraph_char_ratio@curator",
        "share of characters",
        "characters of different paragraphs among those of all paragraphs",
    ),
    MetricDef::share(
        "no_end_mark_line_ratio@curator",
        "share of lines",
        "lines that, stripped, end with none of `.`, `?`, `!`, `\"` and `'`",
    ),
    MetricDef::share(
        "ellipsis_line_ratio@curator",
        "share of lines",
        "lines that, stripped, end with an ellipsis or `read more`",
    ),
    MetricDef::share(
        "bullet_line_ratio@curator",
        "share of lines",
        "lines that, stripped, start with one of 12 round bullets; `-` and `*` are none",
    ),
    top("top_ngram_char_ratio.2@curator"),
    top("top_ngram_char_ratio.3@curator"),
    top("top_ngram_char_ratio.4@curator"),
    dup("dup_ngram_char_ratio.5@curator"),
    dup("dup_ngram_char_ratio.6@curator"),
    dup("dup_ngram_char_ratio.7@curator"),
    dup("dup_ngram_char_ratio.8@curator"),
    dup("dup_ngram_char_ratio.9@curator"),
    dup("dup_ngram_char_ratio.10@curator"),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    if sink.wants(0..URLS) {
        characters::measure(view, sink);
    }
    if sink.wants(URLS..WORDS) {
        urls::measure(view, sink);
    }
    if sink.wants(WORDS..BOILERPLATE) {
        words::measure(subject, settings, sink);
    }
    if sink.wants(BOILERPLATE..LINES) {
        boilerplate::measure(view, sink);
    }
    if sink.wants(LINES..TOP) {
        lines::measure(view, sink);
    }
    if sink.wants(TOP..METRICS.len()) && u32::try_from(view.text().len()).is_ok() {
        ngrams::measure(view, sink);
    }
}

/// Sets `part` of all characters; 1 in an empty text, which the program thus drops.
fn set_char_share(sink: &mut Sink, place: usize, part: usize, chars: usize) {
    if chars == 0 {
        sink.set(place, 1.0);
    } else {
        sink.set_ratio(place, part, chars);
    }
}
