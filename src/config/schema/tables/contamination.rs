//! The tables of the step `decontaminate`.

use super::super::Default::{Absent, Bool, Derived, Int, Required, Text};
use super::super::{Key, Kind, Table};
use super::COUNT;
use crate::config::words;

pub(super) static DECONTAMINATE: Table = Table {
    name: "decontaminate",
    doc: "Documents that share n-grams with benchmark items fail, or the shared passages are cut out of them. The sets are read \
          once, before anything else, and stay in memory; `plan` says how much they take. Items with fewer words than one \
          n-gram cannot be found; they are counted.",
    one_of: &[],
    keys: &[
        Key::new("method", Kind::Word(words::ContaminationMethod::WORDS), Text("datatrove"), "whose way"),
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
        Key::new("margin", COUNT, Int(200), "with `cut`: characters that go on each side of an n-gram"),
        Key::new(
            "min-left",
            COUNT,
            Int(200),
            "with `cut`: pieces with fewer characters go as well; a document without a piece fails",
        ),
        Key::new("max-pieces", COUNT, Int(10), "with `cut`: documents that fall into more pieces fail"),
        Key::new("sets", Kind::Tables(&SET), Required, "the benchmark sets")
            .example("[{ name = \"trivia\", paths = [\"../sample-data/papers.jsonl.zst\"], text = \"body\" }]"),
    ],
};

static SET: Table = Table {
    name: "sets",
    doc: "One benchmark set: files, and which fields of an item are its question, its answer, or a text that is both.",
    one_of: &[],
    keys: &[
        Key::new("name", Kind::Name, Required, "unique in the step; what reports call it").example("\"trivia\""),
        Key::new("paths", Kind::Paths, Required, "JSONL and Parquet files").example("[\"trivia.jsonl\"]"),
        Key::new("question", Kind::Text, Absent, "the field with the question").example("\"question\""),
        Key::new("answer", Kind::Text, Absent, "the field with the answer, or with a list of answers")
            .example("\"answer\""),
        Key::new("text", Kind::Text, Absent, "the field with a text; its n-grams are looked for as those of an answer")
            .example("\"text\""),
        Key::new("id", Kind::Text, Text("id"), "the field with the item's id; without it, the number of its record"),
    ],
};
