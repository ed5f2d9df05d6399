//! The tables of the step `decontaminate`: one for n-grams, one for sampled overlap.

use super::super::Default::{Absent, Bool, Derived, Float, Int, Required, Text};
use super::super::{Key, Kind, Table};
use super::steps::HASH;
use super::{COUNT, SHARE};
use crate::config::words;

/// The tables by method.
pub(super) const METHODS: &[(&str, &Table)] =
    &[("datatrove", &DECONTAMINATE), ("gpt3", &DECONTAMINATE), ("decon", &SAMPLED)];

const METHOD: Key = Key::new("method", Kind::Word(words::ContaminationMethod::WORDS), Text("datatrove"), "whose way");

const MARGIN: Key =
    Key::new("margin", COUNT, Int(200), "with `cut`: characters that go on each side of what is shared");

const MIN_LEFT: Key = Key::new(
    "min-left",
    COUNT,
    Int(200),
    "with `cut`: pieces with fewer characters go as well; a document without a piece fails",
);

const MAX_PIECES: Key = Key::new("max-pieces", COUNT, Int(10), "with `cut`: documents that fall into more pieces fail");

const SETS: &str = "[{ name = \"trivia\", paths = [\"../sample-data/papers.jsonl.zst\"], text = \"body\" }]";

static DECONTAMINATE: Table = Table {
    name: "decontaminate",
    doc: "Documents that share n-grams with benchmark items fail, or the shared passages are cut out of them. The sets are read \
          once, before anything else, and stay in memory; `plan` says how much they take. Items with fewer words than one \
          n-gram cannot be found; they are counted.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new("ngram", Kind::Int(1, 1000), Derived("12, 13 for `gpt3`"), "words in an n-gram").example("12"),
        Key::new(
            "question-ngrams",
            Kind::Bool,
            Derived("false, true for `gpt3`"),
            "look for n-grams within the question as well; those within the answer always are",
        )
        .example("false"),
        Key::new(
            "across-ngrams",
            Kind::Bool,
            Bool(true),
            "look for n-grams that begin in the question and end in its answer",
        ),
        Key::new(
            "action",
            Kind::Word(words::Remedy::WORDS),
            Derived("drop, cut for `gpt3`"),
            "what becomes of a document that shares an n-gram; words as datatrove has them have no place in the text, so \
             with `datatrove` there is `drop` alone",
        )
        .example("\"drop\""),
        MARGIN,
        MIN_LEFT,
        MAX_PIECES,
        Key::new("sets", Kind::Tables(&SET), Required, "the benchmark sets").example(SETS),
    ],
};

/// Lengths in tokens, of which there is at least one.
const TOKENS: Kind = Kind::Int(1, 1000);

static SAMPLED: Table = Table {
    name: "decontaminate",
    doc: "Sampled overlap, with the defaults of decon's own config. Every so many tokens an n-gram is looked up among the \
          questions; from a hit an item is followed left and right; its answer is looked for behind it, its passage before it. \
          What was found, weighed by how rare it is, makes a score. Items that are too short are counted.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new(
            "tokenizer",
            Kind::Path,
            Required,
            "a tokenizer file, or `uniseg`: segments of text by UAX #29. decon's own default is `cl100k_base.tiktoken`",
        )
        .example("\"../sample-data/tokenizer.json\""),
        Key::new("sha256", Kind::Sha256, Absent, "refuse a tokenizer file with another checksum").example(HASH),
        Key::new("ngram", TOKENS, Int(5), "tokens in an n-gram of a question"),
        Key::new("sample-every", TOKENS, Int(10), "an n-gram is looked up every so many tokens"),
        Key::new("max-misses", TOKENS, Int(11), "n-grams without something new of an item that end a match"),
        Key::new("min-score", SHARE, Float(0.8), "the score from which on an item counts as found"),
        Key::new("perfect-to", COUNT, Int(20), "items with at most so many tokens must be found without fault"),
        Key::new(
            "full-from",
            COUNT,
            Int(50),
            "from so many tokens on `min-score` is enough; between the two it falls in a straight line",
        ),
        Key::new("short-answer", COUNT, Int(3), "answers with at most so many tokens are looked for as a whole"),
        Key::new("short-answer-window", COUNT, Int(50), "in so many tokens behind the question"),
        Key::new("answer-ngram", TOKENS, Int(3), "tokens in an n-gram of a longer answer"),
        Key::new(
            "answer-window",
            COUNT,
            Int(100),
            "it is looked for in so many tokens behind the question, or in twice its own number if that is more",
        ),
        Key::new(
            "passage-window",
            COUNT,
            Int(100),
            "a passage is looked for in so many tokens before the question, or in twice its own number if that is more",
        ),
        Key::new("passage-ngram", TOKENS, Int(4), "tokens in an n-gram of a passage"),
        Key::new("passage-misses", COUNT, Int(2), "more n-grams in a row that the passage does not have end it"),
        Key::new("min-item-tokens", COUNT, Int(20), "items with fewer tokens are not looked for"),
        Key::new("min-item-words", COUNT, Int(4), "items with fewer different words are not looked for"),
        Key::new(
            "action",
            Kind::Word(words::Remedy::WORDS),
            Text("drop"),
            "what becomes of a document that holds an item",
        ),
        MARGIN,
        MIN_LEFT,
        MAX_PIECES,
        Key::new("sets", Kind::Tables(&SAMPLED_SET), Required, "the benchmark sets").example(SETS),
    ],
};

const SET_NAME: Key =
    Key::new("name", Kind::Name, Required, "unique in the step; what reports call it").example("\"trivia\"");

const SET_PATHS: Key =
    Key::new("paths", Kind::Paths, Required, "JSONL and Parquet files").example("[\"trivia.jsonl\"]");

const SET_QUESTION: Key =
    Key::new("question", Kind::Text, Absent, "the field with the question").example("\"question\"");

const SET_ANSWER: Key = Key::new("answer", Kind::Text, Absent, "the field with the answer, or with a list of answers")
    .example("\"answer\"");

const SET_ID: Key =
    Key::new("id", Kind::Text, Text("id"), "the field with the item's id; without it, the number of its record");

static SET: Table = Table {
    name: "sets",
    doc: "One benchmark set: files, and which fields of an item are its question, its answer, or a text that is both.",
    one_of: &[],
    keys: &[
        SET_NAME,
        SET_PATHS,
        SET_QUESTION,
        SET_ANSWER,
        Key::new("text", Kind::Text, Absent, "the field with a text; its n-grams are looked for as those of an answer")
            .example("\"text\""),
        SET_ID,
    ],
};

static SAMPLED_SET: Table = Table {
    name: "sets",
    doc: "One benchmark set: files, and which fields of an item are its question, its answer and its passage, or a text that is \
          looked for as a question.",
    one_of: &[],
    keys: &[
        SET_NAME,
        SET_PATHS,
        SET_QUESTION,
        SET_ANSWER,
        Key::new(
            "passage",
            Kind::Text,
            Absent,
            "the field with the passage that the question is about; empty if an item has none",
        )
        .example("\"passage\""),
        Key::new(
            "text",
            Kind::Text,
            Absent,
            "the field with a text that is looked for as a question without an answer",
        )
        .example("\"text\""),
        SET_ID,
    ],
};
