//! The table of the step `classify`.

use super::super::Default::{Absent, Required, Text};
use super::super::{Key, Kind, Table};
use super::SHARE;
use super::steps::HASH;
use crate::config::words;

pub(super) static CLASSIFY: Table = Table {
    name: "classify",
    doc: "The probability that a fastText model gives some labels, as a number in the ledger. Documents below `min-score` or above \
          `max-score` fail; without bounds the number is only stored. A text without a word is not measured and stays.",
    one_of: &[],
    keys: &[
        Key::new("model", Kind::Path, Required, "the path of a fastText classifier (.bin, .ftz)")
            .example("\"../tests/golden/fasttext/softmax.bin\""),
        Key::new("sha256", Kind::Sha256, Absent, "refuse a model file with another checksum").example(HASH),
        Key::new(
            "labels",
            Kind::Texts,
            Required,
            "labels of the model whose probabilities are added, with or without `__label__`",
        )
        .example("[\"bread\"]"),
        Key::new("prepare", Kind::Word(words::ClassifyPrepare::WORDS), Text("spaces"), "what is done to a text first"),
        Key::new("level", Kind::Word(words::ClassifyLevel::WORDS), Text("document"), "what is judged at a time"),
        Key::new(
            "combine",
            Kind::Word(words::ClassifyCombine::WORDS),
            Text("mean"),
            "how the scores of lines and sentences become one",
        ),
        Key::new("min-score", SHARE, Absent, "documents with a lower score fail").example("0.5"),
        Key::new("max-score", SHARE, Absent, "documents with a higher score fail").example("0.9"),
    ],
};
