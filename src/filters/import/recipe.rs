//! The rules of fineweb-2-pipeline.py.

/// Where a rule's bound comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// The same number in every language.
    Fixed(f64),
    /// The number under a key of the threshold file. `true`: the program does not look at it when it is 0.
    Key(&'static str, bool),
    /// The bound on the most frequent n-gram, by place in `TOP`.
    Top(usize),
    /// The bound on repeated n-grams, by place in `DUP`.
    Dup(usize),
}

/// One rule of the recipe: name, metric, word for the bound, where its number comes from, reason, why.
pub(super) type Recipe = (&'static str, &'static str, &'static str, Origin, Option<&'static str>, &'static str);

/// All rules in the order of fineweb-2-pipeline.py: language score; Gopher repetition; FineWeb quality; Gopher quality.
/// Rules that it switches off for all languages (paragraphs, characters of Gopher's repeated lines, short lines) are not
/// here.
#[rustfmt::skip]
pub(super) const RECIPE: &[Recipe] = &[
    ("low-language-score", "language_score", "below", Origin::Key("language_score", false), None,
        "What no language fits well is mixed, machine-made or a list of names."),
    ("duplicate-lines", "dup_line_ratio@datatrove", "above", Origin::Key("dup_line_frac", true), Some("dup_line_frac"),
        "Menus and footers repeat their lines."),
    ("top-2-gram", "top_ngram_char_ratio.2@datatrove", "above", Origin::Top(0), Some("top_2_gram"),
        "Two words that come again and again are a keyword list."),
    ("top-3-gram", "top_ngram_char_ratio.3@datatrove", "above", Origin::Top(1), Some("top_3_gram"),
        "Three words that come again and again are a template."),
    ("top-4-gram", "top_ngram_char_ratio.4@datatrove", "above", Origin::Top(2), Some("top_4_gram"),
        "Four words that come again and again are a template."),
    ("duplicate-5-grams", "dup_ngram_char_ratio.5@datatrove", "above", Origin::Dup(0), Some("duplicated_5_n_grams"),
        "Text that repeats itself teaches to repeat."),
    ("duplicate-6-grams", "dup_ngram_char_ratio.6@datatrove", "above", Origin::Dup(1), Some("duplicated_6_n_grams"),
        "Text that repeats itself teaches to repeat."),
    ("duplicate-7-grams", "dup_ngram_char_ratio.7@datatrove", "above", Origin::Dup(2), Some("duplicated_7_n_grams"),
        "Text that repeats itself teaches to repeat."),
    ("duplicate-8-grams", "dup_ngram_char_ratio.8@datatrove", "above", Origin::Dup(3), Some("duplicated_8_n_grams"),
        "Text that repeats itself teaches to repeat."),
    ("duplicate-9-grams", "dup_ngram_char_ratio.9@datatrove", "above", Origin::Dup(4), Some("duplicated_9_n_grams"),
        "Text that repeats itself teaches to repeat."),
    ("duplicate-10-grams", "dup_ngram_char_ratio.10@datatrove", "above", Origin::Dup(5), Some("duplicated_10_n_grams"),
        "Text that repeats itself teaches to repeat."),
    ("no-lines", "nonblank_lines@datatrove", "below", Origin::Fixed(1.0), Some("empty"),
        "There is nothing to learn from."),
    ("few-ended-lines", "terminal_line_ratio@datatrove", "below", Origin::Key("line_punct_thr", false),
        Some("line_punct_ratio"), "Lines of prose end with a full stop; menus and headlines do not."),
    ("duplicate-line-chars", "nonblank_dup_line_char_ratio@datatrove", "above", Origin::Fixed(0.1), Some("char_dup_ratio"),
        "Repeated lines are navigation, not text."),
    ("many-newlines", "newlines_per_word@datatrove", "above", Origin::Key("new_line_ratio", false), Some("list_ratio"),
        "A line feed after every few words is a list or a table."),
    ("too-few-words", "content_words@datatrove", "below", Origin::Fixed(50.0), Some("gopher_short_doc"),
        "Captions, stubs and error pages carry little to learn from."),
    ("too-many-words", "content_words@datatrove", "above", Origin::Fixed(100_000.0), Some("gopher_long_doc"),
        "Very long pages are mostly logs, dumps and concatenations."),
    ("short-words", "mean_word_chars@datatrove", "below", Origin::Key("min_avg_word_length", true),
        Some("gopher_below_avg_threshold"), "Words far shorter than the language has them are codes and fragments."),
    ("long-words", "mean_word_chars@datatrove", "above", Origin::Key("max_avg_word_length", true),
        Some("gopher_above_avg_threshold"), "Words far longer than the language has them are addresses and identifiers."),
    ("too-many-hashes", "hashes_per_word@datatrove", "above", Origin::Fixed(0.1), Some("gopher_too_many_hashes"),
        "A `#` at every tenth word is a cloud of tags."),
    ("too-many-ellipses", "ellipses_per_word@datatrove", "above", Origin::Fixed(0.1), Some("gopher_too_many_ellipsis"),
        "Ellipses at every tenth word are teasers."),
    ("too-many-bullets", "bullet_line_ratio@datatrove", "above", Origin::Fixed(0.9), Some("gopher_too_many_bullets"),
        "Nothing but list items is a list."),
    ("too-many-cut-lines", "ellipsis_line_ratio@datatrove", "above", Origin::Fixed(0.3),
        Some("gopher_too_many_end_ellipsis"), "Lines cut off with an ellipsis are teasers."),
    ("too-few-alphabetic-words", "alpha_word_ratio@datatrove", "below", Origin::Key("max_non_alpha_words_ratio", true),
        Some("gopher_below_alpha_threshold"), "Words without a letter are figures and marks."),
    ("too-few-stop-words", "distinct_stop_words@datatrove", "below", Origin::Fixed(2.0), Some("gopher_enough_stop_words"),
        "Running text has function words."),
];
