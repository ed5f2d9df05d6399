//! The tables of dedup of lines, paragraphs and sentences. Their keys are the same; the defaults differ.

use super::super::Default::{Absent, Bool, Derived, Float, Int, Text};
use super::super::{Key, Kind, Table};
use super::steps::{METHOD, SAVE_INDEX};
use super::{COUNT, SHARE};
use crate::config::words;

pub(super) static LINES: Table = Table {
    name: "lines dedup",
    doc: "Lines that stand in other documents as well, or before in the same one, are cut out; documents that lose too \
          much are dropped.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new("preset", Kind::Word(LINE_PRESETS), Text("gristmill"), "whose defaults the keys below have"),
        COMPARE,
        span(Int(1)),
        min_chars("30, 0 with a preset"),
        MIN_WORDS,
        SCOPE,
        MIN_DOCUMENTS,
        copies("1, 0 for `ccnet`"),
        REPEATS,
        sentences("spacy-en, punkt for `c4`"),
        untouched("keep, judge for `c4`"),
        MIN_LEFT_CHARS,
        min_left_words("0"),
        min_left_sentences("0, 3 for `c4`"),
        MAX_CUT,
        ALERT_ABOVE,
        INDEX,
        SAVE_INDEX,
    ],
};

pub(super) static PARAGRAPHS: Table = Table {
    name: "paragraphs dedup",
    doc: "As `lines`, for paragraphs: lines in a row that are not blank.",
    one_of: &[],
    keys: &[
        METHOD,
        COMPARE,
        span(Int(1)),
        min_chars("30"),
        MIN_WORDS,
        SCOPE,
        MIN_DOCUMENTS,
        copies("1"),
        REPEATS,
        sentences("spacy-en"),
        untouched("keep"),
        MIN_LEFT_CHARS,
        min_left_words("0"),
        min_left_sentences("0"),
        MAX_CUT,
        ALERT_ABOVE,
        INDEX,
        SAVE_INDEX,
    ],
};

pub(super) static SENTENCES: Table = Table {
    name: "sentences dedup",
    doc: "As `lines`, for sentences, three in a row.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new("preset", Kind::Word(SENTENCE_PRESETS), Text("gristmill"), "whose defaults the keys below have"),
        COMPARE,
        span(Int(3)),
        min_chars("1"),
        MIN_WORDS,
        SCOPE,
        MIN_DOCUMENTS,
        copies("1"),
        REPEATS,
        sentences("spacy-en"),
        untouched("keep"),
        MIN_LEFT_CHARS,
        min_left_words("0, 50 for `datatrove`"),
        min_left_sentences("0, 3 for `datatrove`"),
        MAX_CUT,
        ALERT_ABOVE,
        INDEX,
        SAVE_INDEX,
    ],
};

pub(super) static SUBSTRING: Table = Table {
    name: "substring dedup",
    doc: "Spans of bytes that stand in an earlier document as well, or before in the same one, are cut out, wherever they begin \
          and end; documents that lose too much are dropped.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new(
            "min-bytes",
            Kind::Int(16, 65_536),
            Int(100),
            "the least length of a span; every one of so many bytes is found",
        ),
        Key::new("cut", Kind::Word(words::SpanCut::WORDS), Text("chars"), "how much of a span goes"),
        MIN_WORDS,
        REPEATS,
        sentences("spacy-en"),
        untouched("keep"),
        MIN_LEFT_CHARS,
        min_left_words("0"),
        min_left_sentences("0"),
        MAX_CUT,
        ALERT_ABOVE,
    ],
};

pub(super) static OVERLAP: Table = Table {
    name: "overlap dedup",
    doc: "Paragraphs are cut out if more than a share of their n-grams stood in paragraphs that stayed, in earlier documents or \
          before in the same one; documents go by all of their n-grams. The order is that of the sources, their files, and the \
          documents in them.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new(
            "preset",
            Kind::Word(words::OverlapPreset::WORDS),
            Text("gristmill"),
            "whose defaults the keys below have",
        ),
        Key::new("remove", Kind::Word(words::OverlapRemove::WORDS), Text("old-both"), "what goes for its n-grams"),
        Key::new(
            "ngram",
            Kind::Int(1, 1024),
            Int(13),
            "words of an n-gram: what stands between the word borders of UAX #29 and is not white space",
        ),
        Key::new(
            "min-ngram",
            Kind::Int(1, 1024),
            Derived("the same as `ngram`"),
            "a paragraph of fewer words than `ngram` is one n-gram if it has so many; one of even fewer is never cut",
        )
        .example("13"),
        Key::new("threshold", SHARE, Float(0.8), "what has a greater share of n-grams that stood before goes"),
        Key::new(
            "false-positives",
            Kind::Float(1e-9, 0.5),
            Derived("0.000001, 0.01 for `dclm-bff`"),
            "rate at which new n-grams are taken for seen ones at most; the power of a half below it decides the size of the \
             filter: 10 bits an n-gram for 0.01, 34 for 0.000001",
        )
        .example("0.000001"),
        Key::new(
            "shards",
            Kind::Int(1, 65_536),
            Int(1),
            "so many filters, each for its own share of the map units: documents are compared within those alone, side by side",
        ),
        MIN_LEFT_CHARS,
        Key::new(
            "max-cut",
            SHARE,
            Float(1.0),
            "documents that lose a greater share of their characters are dropped",
        ),
        ALERT_ABOVE,
        Key::new(
            "index",
            Kind::OneOrMorePaths,
            Absent,
            "folders of indexes that earlier runs saved: what they kept stands before all of this run; a shard asks the filter \
             of the same shard",
        )
        .example("\"../earlier/index/overlap\""),
        Key::new(
            "save-index",
            Kind::Bool,
            Bool(false),
            "save the filters of this step, in the folder `index/STEP` of the run directory, for the `index` of later runs",
        ),
    ],
};

const LINE_PRESETS: &[(&str, &str)] =
    &[words::PiecesPreset::WORDS[0], words::PiecesPreset::WORDS[1], words::PiecesPreset::WORDS[2]];
const SENTENCE_PRESETS: &[(&str, &str)] = &[words::PiecesPreset::WORDS[0], words::PiecesPreset::WORDS[3]];

const COMPARE: Key = Key::new(
    "compare",
    Kind::Word(words::Compare::WORDS),
    Derived("normalized, or the preset's"),
    "the form in which they are compared",
)
.example("\"normalized\"");

const fn span(default: super::super::Default) -> Key {
    Key::new("span", Kind::Int(1, 64), default, "so many in a row are compared together, and go together")
}

const fn min_chars(default: &'static str) -> Key {
    let doc = "those with fewer characters, in the form that is compared, are never cut";
    Key::new("min-chars", COUNT, Derived(default), doc).example("30")
}

const MIN_WORDS: Key = Key::new("min-words", COUNT, Int(0), "those with fewer words are never cut");

const SCOPE: Key = Key::new("scope", Kind::Word(words::Scope::WORDS), Text("corpus"), "what they are compared with");

const MIN_DOCUMENTS: Key =
    Key::new("min-documents", Kind::Int(2, 65_536), Int(2), "what fewer documents have is left alone");

const fn copies(default: &'static str) -> Key {
    let doc = "so many documents keep what they share, the first ones; 0: none does";
    Key::new("copies", Kind::Int(0, 65_536), Derived(default), doc).example("1")
}

const REPEATS: Key =
    Key::new("repeats", Kind::Word(words::Repeats::WORDS), Text("cut"), "what stood in the same document before");

const fn sentences(default: &'static str) -> Key {
    Key::new("sentences", Kind::Word(words::Sentences::WORDS), Derived(default), "how sentences are found and counted")
        .example("\"spacy-en\"")
}

const fn untouched(default: &'static str) -> Key {
    let doc = "which documents are held against the bounds on what is left";
    Key::new("untouched", Kind::Word(words::Untouched::WORDS), Derived(default), doc).example("\"keep\"")
}

const MIN_LEFT_CHARS: Key =
    Key::new("min-left-chars", COUNT, Int(1), "documents with fewer characters left are dropped");

const fn min_left_words(default: &'static str) -> Key {
    Key::new("min-left-words", COUNT, Derived(default), "documents with fewer words left are dropped").example("50")
}

const fn min_left_sentences(default: &'static str) -> Key {
    Key::new("min-left-sentences", COUNT, Derived(default), "documents with fewer sentences left are dropped")
        .example("3")
}

const MAX_CUT: Key = Key::new(
    "max-cut",
    SHARE,
    Derived("0.8, 1.0 with a preset"),
    "documents that lose a greater share of their characters are dropped",
)
.example("0.8");

const INDEX: Key = Key::new(
    "index",
    Kind::OneOrMorePaths,
    Absent,
    "folders of indexes that earlier runs saved: their documents stand before all of this run, and lose nothing",
)
.example("\"../earlier/index/lines\"");

const ALERT_ABOVE: Key = Key::new(
    "alert-above",
    SHARE,
    Float(0.5),
    "a source that loses a greater share of its characters is an alert in the report",
);
