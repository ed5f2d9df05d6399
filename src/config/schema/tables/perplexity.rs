//! The tables of the step `perplexity`.

use super::super::Default::{Absent, Int, List, Required, Text};
use super::super::{Key, Kind, Table};
use super::steps::HASH;
use crate::config::words;

/// A perplexity: a word is never surer than 1.
const PERPLEXITY: Kind = Kind::Float(1.0, f64::MAX);
/// A row of a table of percentiles.
const PERCENTILE: Kind = Kind::Int(0, 100);

pub(super) static PERPLEXITY_STEP: Table = Table {
    name: "perplexity",
    doc: "How well a KenLM n-gram model foresees a text: 10 to the power of the mean negative log10 of a word, as a number in the \
          ledger beside the share of words that the model does not know. With cut-offs each document is put into a bucket: a tag \
          `STEP/head` in the ledger and the metadata field `bucket`. Documents of a language without a model are not measured.",
    one_of: &[],
    keys: &[
        Key::new("models", Kind::Tables(&MODEL), Required, "the models, one for each language")
            .example("[{ model = \"../tests/golden/kenlm/trie.bin\", head = 200.0, middle = 400.0 }]"),
        Key::new("prepare", Kind::Word(words::PerplexityPrepare::WORDS), Text("ccnet"), "what is done to a text first"),
        Key::new(
            "cutoffs",
            Kind::Path,
            Absent,
            "a CSV file with a column for each language and a row for each percentile, as CCNet's `cutoff.csv`; a model's own \
             `head` and `middle` win",
        )
        .example("\"../tests/golden/kenlm/cutoff.csv\""),
        Key::new("head-percentile", PERCENTILE, Int(30), "the row of `cutoffs` below which is the head"),
        Key::new("middle-percentile", PERCENTILE, Int(60), "the row of `cutoffs` below which is the middle"),
        Key::new(
            "keep",
            Kind::Words(words::Bucket::WORDS),
            List(&["head", "middle", "tail", "all"]),
            "buckets whose documents stay; others fail",
        )
        .example("[\"head\", \"middle\", \"all\"]"),
        Key::new("min-perplexity", PERPLEXITY, Absent, "documents with a lower perplexity fail").example("5.0"),
        Key::new("max-perplexity", PERPLEXITY, Absent, "documents with a higher perplexity fail").example("2000.0"),
    ],
};

static MODEL: Table = Table {
    name: "models",
    doc: "The model of a language.",
    one_of: &[],
    keys: &[
        Key::new("language", Kind::Text, Text("any"), "the language; `any`: all that have no model of their own")
            .example("\"en\""),
        Key::new("model", Kind::Path, Required, "the path of an `.arpa` file (plain, gzip, zstd) or a KenLM binary file (probing, trie)")
            .example("\"../tests/golden/kenlm/trie.bin\""),
        Key::new("sha256", Kind::Sha256, Absent, "refuse a model file with another checksum").example(HASH),
        Key::new(
            "tokenizer",
            Kind::Path,
            Absent,
            "the path of the tokenizer whose pieces are the model's words, as CCNet's `.sp.model`; without one, words stand \
             between white space",
        )
        .example("\"../tests/golden/tokenize/unigram-rules.model\""),
        Key::new("head", PERPLEXITY, Absent, "the cut-off below which is the head").example("200.0"),
        Key::new("middle", PERPLEXITY, Absent, "the cut-off below which is the middle").example("400.0"),
    ],
};
