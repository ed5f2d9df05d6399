//! The tables themselves.

mod classify;
mod contamination;
mod perplexity;
mod pieces;
mod steps;
use steps::STEP;
pub use steps::{CATEGORIES, STEP_KINDS};

use super::Default::{Absent, Bool, Derived, Float, Int, List, Required, Table as AllDefaults, Text};
use super::{Key, Kind, Table};
use crate::config::words;
use crate::readers::MEDIA_TYPES;

/// The most a seed or a count may be: the largest TOML integer.
const MOST: i64 = i64::MAX;
/// A count that fits 32 bits.
const COUNT: Kind = Kind::Int(0, u32::MAX as i64);
/// A share.
const SHARE: Kind = Kind::Float(0.0, 1.0);
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// The whole config.
pub static ROOT: Table = Table {
    name: "",
    doc: "The config of a run.",
    one_of: &[],
    keys: &[
        Key::new("version", Kind::Version, Required, "the form of this file; always 1").example("1"),
        Key::new("name", Kind::Name, Derived("the file's name without its ending"), "what the run is called")
            .example("\"reference\""),
        Key::new("seed", Kind::Int(0, MOST), Int(0), "the seed of every random choice (samples, examples)"),
        Key::new("source", Kind::Tables(&SOURCE), Required, "what is read; one table per source"),
        Key::new("step", Kind::Tables(&STEP), List(&[]), "the shared steps, in the order of work"),
        Key::new("output", Kind::Table(&OUTPUT), AllDefaults, "what is written and where"),
        Key::new("limits", Kind::Table(&LIMITS), AllDefaults, "what a run may use"),
        Key::new("report", Kind::Table(&REPORT), AllDefaults, "what the report shows"),
        Key::new(
            "test",
            Kind::Tables(&TEST),
            List(&[]),
            "documents and what must become of them, for `gristmill test`",
        )
        .no_effect(),
    ],
};

static SOURCE: Table = Table {
    name: "[[source]]",
    doc: "A place that documents come from.",
    one_of: &[],
    keys: &[
        Key::new("name", Kind::Name, Required, "unique among the sources; part of every document's id")
            .example("\"web\""),
        Key::new(
            "paths",
            Kind::Paths,
            Required,
            "files, folders and patterns (`*` and `?` within a name, `**` for any folders), relative to this file; or addresses (`s3://bucket/crawl/*.warc.gz`)",
        )
        .example("[\"../sample-data/web.warc.gz\"]"),
        Key::new("format", Kind::Word(words::Format::WORDS), Text("auto"), "how the files are read"),
        Key::new("fields", Kind::Table(&FIELDS), AllDefaults, "which fields hold what; for jsonl and parquet"),
        Key::new(
            "carry",
            Kind::Either(&Kind::Bool, &Kind::Texts),
            Bool(true),
            "which other fields (of archives: which headers) go along as metadata: all, none, or those named",
        ),
        Key::new(
            "http-status",
            Kind::Texts,
            List(&["200"]),
            "HTTP statuses of WARC and ARC records that are read, as `200` or `2xx`; the others are counted, not read",
        ),
        Key::new(
            "media-types",
            Kind::Texts,
            List(&MEDIA_TYPES),
            "media types of WARC and ARC records that are read; those that are not HTML as plain text, and records that name \
             none by what they hold",
        ),
        Key::new(
            "min-bytes",
            Kind::Size(0, 4 * GIB),
            Text("0"),
            "WARC and ARC records with a shorter body are counted, not read",
        ),
        Key::new(
            "max-bytes",
            Kind::Size(0, 4 * GIB),
            Text("0"),
            "WARC and ARC records with a longer body are counted, not read; 0 means any. Over `limits.record.bytes` they are \
             quarantined instead",
        ),
        Key::new("step", Kind::Tables(&STEP), List(&[]), "steps of this source alone, before the shared ones"),
    ],
};

static FIELDS: Table = Table {
    name: "fields",
    doc: "Which field holds what.",
    one_of: &[],
    keys: &[
        Key::new("text", Kind::Text, Text("text"), "the text"),
        Key::new("id", Kind::Text, Text("id"), "the input's own identifier; may be missing in the data"),
        Key::new("url", Kind::Text, Text("url"), "the address; may be missing in the data"),
        Key::new("date", Kind::Text, Text("date"), "the date of capture; may be missing in the data"),
    ],
};

static OUTPUT: Table = Table {
    name: "[output]",
    doc: "What is written and where.",
    one_of: &[],
    keys: &[
        Key::new(
            "dir",
            Kind::Path,
            Required,
            "the run directory, a path or an address (`s3://bucket/run`); `--out` goes before it",
        )
        .example("\"../out/reference\"")
        .no_effect(),
        Key::new("tokens", Kind::Word(words::TokenFormat::WORDS), Text("megatron"), "the form of the token shards"),
        Key::new(
            "shard-tokens",
            Kind::Int(1, MOST),
            Int(100_000_000),
            "tokens per shard; no document is in two of them",
        ),
        Key::new("order", Kind::Word(words::Order::WORDS), Text("input"), "the order of documents in the token shards"),
        Key::new(
            "validation",
            SHARE,
            Float(0.0),
            "share of the documents whose tokens go to shards of their own, by a hash of their id; needs the order `shuffle` or `curriculum`",
        ),
        Key::new("documents", Kind::Bool, Bool(true), "write the kept documents as Parquet"),
        Key::new("mix", Kind::Table(&MIX), AllDefaults, "how much of what is written"),
        Key::new("curriculum", Kind::Table(&CURRICULUM), AllDefaults, "what the order `curriculum` is by"),
        Key::new("packing", Kind::Table(&PACKING), AllDefaults, "sequences of one length"),
    ],
};

static CURRICULUM: Table = Table {
    name: "[output.curriculum]",
    doc: "What documents are ordered by. Shards for validation stay shuffled.",
    one_of: &[],
    keys: &[
        Key::new(
            "by",
            Kind::Text,
            Absent,
            "a metric, by its name or as the ledger names its column, `STEP/METRIC`; or `tokens`",
        )
        .example("\"tokens\""),
        Key::new("descending", Kind::Bool, Bool(false), "the greatest value first"),
    ],
};

static MIX: Table = Table {
    name: "[output.mix]",
    doc: "How much of what the token shards hold; needs the order `shuffle` or `curriculum`.",
    one_of: &[],
    keys: &[
        Key::new("epochs", Kind::Numbers, AllDefaults, "how often the documents of a source are written; others once")
            .example("{ reference = 1.5 }"),
        Key::new(
            "weights",
            Kind::Numbers,
            AllDefaults,
            "shares of the tokens by source, every source named; not with `epochs`",
        )
        .example("{ reference = 1 }"),
        Key::new(
            "tokens",
            Kind::Int(1, MOST),
            Absent,
            "tokens of the whole mixture, with `weights`; without it as many as no source must be repeated for",
        )
        .example("1000000"),
        Key::new(
            "language-exponent",
            SHARE,
            Float(1.0),
            "languages of a source are weighed by their tokens to this power: 1 as they are, 0 all alike",
        ),
        Key::new(
            "max-epochs",
            Kind::Float(0.0, 1e6),
            Float(4.0),
            "nothing is written more often; what the mixture lacks for it is reported",
        ),
    ],
};

static PACKING: Table = Table {
    name: "[output.packing]",
    doc: "Sequences of one length. Where documents begin and end in them stands in `NAME.pieces.npy`, or in the rows of Parquet.",
    one_of: &[],
    keys: &[
        Key::new("method", Kind::Word(words::PackMethod::WORDS), Text("none"), "how documents come into sequences"),
        Key::new("length", Kind::Int(2, 1 << 24), Int(2048), "tokens of a sequence"),
        Key::new(
            "window-tokens",
            Kind::Int(1, 1 << 32),
            Int(4_194_304),
            "tokens that `best-fit` packs together, at least 16 sequences: more leave fewer places free and take 5 bytes of \
             memory each",
        ),
        Key::new(
            "pad",
            Kind::Int(0, i32::MAX as i64),
            Absent,
            "the token that fills free places; without it the end-of-document token",
        )
        .example("0"),
    ],
};

static LIMITS: Table = Table {
    name: "[limits]",
    doc: "What a run may use.",
    one_of: &[],
    keys: &[
        Key::new("memory", Kind::Size(64 * MIB, 1 << 50), Text("1GiB"), "memory budget").no_effect(),
        Key::new("threads", Kind::Int(0, 4096), Int(0), "0 means all cores").no_effect(),
        Key::new(
            "unit-bytes",
            Kind::Size(1 << 10, 1 << 50),
            Text("64MiB"),
            "input bytes per unit; changes how the run is cut and what the ledger's files are called",
        ),
        Key::new("partitions", Kind::Int(1, 65_536), Int(16), "parts of the exchange between dedup's two halves"),
        Key::new(
            "max-fault-ratio",
            SHARE,
            Float(0.01),
            "more damaged records than this share: the run stops with exit code 3; 1.0 means never",
        )
        .no_effect(),
        Key::new("record", Kind::Table(&RECORD), AllDefaults, "limits of one record; over them it is quarantined"),
    ],
};

static RECORD: Table = Table {
    name: "[limits.record]",
    doc: "Limits of one record: what is over them is quarantined, so they change the output.",
    one_of: &[],
    keys: &[
        Key::new("bytes", Kind::Size(KIB, 4 * GIB), Text("16MiB"), "bytes of a record after decompression"),
        Key::new("expansion", Kind::Int(1, 1_000_000), Int(200), "decompressed size over compressed size"),
        Key::new("html-nodes", Kind::Int(1, 1_000_000_000), Int(2_000_000), "elements and texts of a page"),
        Key::new(
            "html-depth",
            Kind::Int(1, 100_000),
            Int(512),
            "elements inside one another; deeper ones are flattened",
        ),
    ],
};

static REPORT: Table = Table {
    name: "[report]",
    doc: "What the report shows.",
    one_of: &[],
    keys: &[
        Key::new(
            "examples-per-rule",
            Kind::Int(0, 1000),
            Int(5),
            "dropped documents shown per rule, the same ones every run",
        ),
        Key::new("top-domains", Kind::Int(0, 10_000), Int(50), "how many domains are listed"),
        Key::new(
            "source-loss",
            SHARE,
            Float(0.5),
            "a source that loses more than this share of its documents to one dedup step raises an alert",
        ),
    ],
};

static TEST: Table = Table {
    name: "[[test]]",
    doc: "A document and what must become of it.",
    one_of: &[],
    keys: &[
        Key::new("name", Kind::Text, Required, "what is shown when it fails")
            .example("\"a short page goes\"")
            .no_effect(),
        Key::new("input", Kind::Table(&TEST_INPUT), Required, "the document").no_effect(),
        Key::new("expect", Kind::Table(&TEST_EXPECT), Required, "what must become of it").no_effect(),
    ],
};

static TEST_INPUT: Table = Table {
    name: "input",
    doc: "A document.",
    one_of: &["text", "html"],
    keys: &[
        Key::new("text", Kind::Text, Absent, "plain text").example("\"too short\"").no_effect(),
        Key::new("html", Kind::Text, Absent, "an HTML page").example("\"<p>too short</p>\"").no_effect(),
        Key::new("url", Kind::Text, Absent, "its address").example("\"https://example.org/\"").no_effect(),
    ],
};

static TEST_EXPECT: Table = Table {
    name: "expect",
    doc: "What must become of a document. At least one key is given.",
    one_of: &[],
    keys: &[
        Key::new("kept", Kind::Bool, Absent, "whether it is kept").example("false").no_effect(),
        Key::new("language", Kind::Text, Absent, "the code of its language").example("\"en\"").no_effect(),
        Key::new("dropped-by", Kind::Text, Absent, "the rule that drops it, as `filter/rule`")
            .example("\"gopher-quality/too-few-words\"")
            .no_effect(),
    ],
};
