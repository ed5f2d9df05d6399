//! The quality signals of RedPajama-Data-v2 (`app/src/core/quality_signals`, togethercomputer/RedPajama-Data).
//!
//! Raw words are those of NLTK's `WordPunctTokenizer` before version 3.10, which searches with another engine and takes
//! combining marks for word characters; normalised ones are those of a text without ASCII punctuation, in lower case,
//! decomposed. Lines keep their line feed; blank ones count. Signals that the reference rounds are rounded to eight
//! digits as there. Where it stores one number for each line, the metric here is their sum or mean: over all lines, in
//! their order, not rounded again. Signals that need a trained model (palm, wikiref, importance weights) are not here.

mod normal;
mod raw;
mod round;
mod words;

use super::{MetricDef, Role, Settings, Sink, Subject};

/// A metric of the most frequent n-gram.
const fn top(name: &'static str, doc: &'static str) -> MetricDef {
    MetricDef::ratio(name, "share of characters", doc)
}

/// A metric of repeated n-grams.
const fn dup(name: &'static str, doc: &'static str) -> MetricDef {
    MetricDef::share(name, "share of characters", doc)
}

/// This family's table, in the order of the places in `raw` and `words`.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count(
        "sentences@rpv2",
        "sentences",
        "`rps_doc_num_sentences`: runs up to `.`, `!` or `?` that begin at a word border",
    ),
    MetricDef::ratio(
        "symbols_per_word@rpv2",
        "per word",
        "`rps_doc_symbol_to_word_ratio`: `#`, `...` and `…` together, per raw word",
    ),
    MetricDef::share(
        "nonalpha_word_ratio@rpv2",
        "share of words",
        "`rps_doc_frac_no_alph_words`: raw words without a letter a to z",
    ),
    MetricDef::share(
        "caps_word_ratio@rpv2",
        "share of words",
        "`rps_doc_frac_all_caps_words`: raw words in upper case",
    ),
    MetricDef::share(
        "stop_word_ratio@rpv2",
        "share of words",
        "`rps_doc_stop_word_fraction`: raw words that are stop words, in exactly their case; 0 when normalisation leaves nothing",
    ),
    MetricDef::share(
        "curly_bracket_ratio@rpv2",
        "share of characters",
        "`rps_doc_curly_bracket`: `{` and `}` among all characters; 0 for an empty text",
    ),
    MetricDef::flag(
        "listed_domain@rpv2",
        "`rps_doc_ut1_blacklist` as yes or no: the URL's network location is an entry of the list `url-domains`",
    )
    .needs(Role::UrlDomains),
    MetricDef::share(
        "ellipsis_line_ratio@rpv2",
        "share of lines",
        "`rps_doc_frac_lines_end_with_ellipsis`: lines that end with `...` or `…`, white space aside",
    ),
    MetricDef::share(
        "terminal_line_ratio@rpv2",
        "share of lines",
        "mean of `rps_lines_ending_with_terminal_punctution_mark`: lines that end with `.`, `!`, `?` or `”`",
    ),
    MetricDef::share(
        "bullet_line_ratio@rpv2",
        "share of lines",
        "mean of `rps_lines_start_with_bulletpoint`: lines that begin with one of ten bullets or an en dash",
    ),
    MetricDef::share(
        "mean_line_upper_ratio@rpv2",
        "share of characters",
        "mean of `rps_lines_uppercase_letter_fraction`: upper-case characters of a line, its line feed among all",
    ),
    MetricDef::count("words@rpv2", "words", "`rps_doc_word_count`: normalised words"),
    MetricDef::ratio("mean_word_chars@rpv2", "code points", "`rps_doc_mean_word_length`: of normalised words"),
    MetricDef::share(
        "unique_word_ratio@rpv2",
        "share of words",
        "`rps_doc_frac_unique_words`: different words, over all normalised words",
    ),
    MetricDef::ratio("unigram_entropy@rpv2", "nats", "`rps_doc_unigram_entropy`: entropy of the normalised words"),
    MetricDef::count(
        "bad_words@rpv2",
        "words",
        "`rps_doc_ldnoobw_words`: occurrences of entries of the list `bad-words`, phrases included, among normalised words",
    ),
    MetricDef::share(
        "lorem_ipsum_ratio@rpv2",
        "per character",
        "`rps_doc_lorem_ipsum`: occurrences of \"lorem ipsum\" per character of the normalised text; 0 when that is empty",
    ),
    MetricDef::count(
        "javascript_words@rpv2",
        "words",
        "sum of `rps_lines_javascript_counts`: normalised words that are \"javascript\"",
    ),
    MetricDef::ratio(
        "mean_line_words@rpv2",
        "words",
        "mean of `rps_lines_num_words`: normalised words of a line, blank lines included",
    ),
    MetricDef::share(
        "mean_line_numeric_ratio@rpv2",
        "share of characters",
        "mean of `rps_lines_numerical_chars_fraction`: numeric characters of a normalised line; 0 for a blank one",
    ),
    top(
        "top_ngram_char_ratio.2@rpv2",
        "`rps_doc_frac_chars_top_2gram`: length of the most frequent n-gram (the first of equally frequent ones) times its count, over the characters of all normalised words; 0 when nothing repeats",
    ),
    top("top_ngram_char_ratio.3@rpv2", "`rps_doc_frac_chars_top_3gram`: as for 2"),
    top("top_ngram_char_ratio.4@rpv2", "`rps_doc_frac_chars_top_4gram`: as for 2"),
    dup(
        "dup_ngram_char_ratio.5@rpv2",
        "`rps_doc_frac_chars_dupe_5grams`: characters of normalised words that are part of any repeated n-gram, over those of all; 0 with too few words",
    ),
    dup("dup_ngram_char_ratio.6@rpv2", "`rps_doc_frac_chars_dupe_6grams`: as for 5"),
    dup("dup_ngram_char_ratio.7@rpv2", "`rps_doc_frac_chars_dupe_7grams`: as for 5"),
    dup("dup_ngram_char_ratio.8@rpv2", "`rps_doc_frac_chars_dupe_8grams`: as for 5"),
    dup("dup_ngram_char_ratio.9@rpv2", "`rps_doc_frac_chars_dupe_9grams`: as for 5"),
    dup("dup_ngram_char_ratio.10@rpv2", "`rps_doc_frac_chars_dupe_10grams`: as for 5"),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    raw::measure(subject, settings, sink);
    if sink.wants(words::WORDS..words::END) {
        words::measure(subject, settings, sink);
    }
}
