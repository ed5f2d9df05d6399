//! The tables themselves.

use super::Default::{
    Absent, Bool, Derived, Float, Int, List, Required, Table as AllDefaults, Text,
};
use super::{Key, Kind, Table};
use crate::config::words;

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
        Key::new(
            "version",
            Kind::Version,
            Required,
            "the form of this file; always 1",
        )
        .example("1"),
        Key::new(
            "name",
            Kind::Name,
            Derived("the file's name without its ending"),
            "what the run is called",
        )
        .example("\"reference\""),
        Key::new(
            "seed",
            Kind::Int(0, MOST),
            Int(0),
            "the seed of every random choice (samples, examples)",
        ),
        Key::new(
            "source",
            Kind::Tables(&SOURCE),
            Required,
            "what is read; one table per source",
        ),
        Key::new(
            "step",
            Kind::Tables(&STEP),
            List(&[]),
            "the shared steps, in the order of work",
        ),
        Key::new(
            "output",
            Kind::Table(&OUTPUT),
            AllDefaults,
            "what is written and where",
        ),
        Key::new(
            "limits",
            Kind::Table(&LIMITS),
            AllDefaults,
            "what a run may use",
        ),
        Key::new(
            "report",
            Kind::Table(&REPORT),
            AllDefaults,
            "what the report shows",
        ),
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
        Key::new("name", Kind::Name, Required, "unique among the sources; part of every document's id").example("\"web\""),
        Key::new(
            "paths",
            Kind::Paths,
            Required,
            "files, folders and patterns (`*` and `?` within a name, `**` for any folders), relative to this file",
        )
        .example("[\"../sample-data/crawl/*.warc.gz\"]"),
        Key::new("format", Kind::Word(words::Format::WORDS), Text("auto"), "how the files are read"),
        Key::new("fields", Kind::Table(&FIELDS), AllDefaults, "which fields hold what; for jsonl and parquet"),
        Key::new(
            "carry",
            Kind::Either(&Kind::Bool, &Kind::Texts),
            Bool(true),
            "which other fields go along as metadata: all, none, or those named",
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
        Key::new(
            "id",
            Kind::Text,
            Text("id"),
            "the input's own identifier; may be missing in the data",
        ),
        Key::new(
            "url",
            Kind::Text,
            Text("url"),
            "the address; may be missing in the data",
        ),
        Key::new(
            "date",
            Kind::Text,
            Text("date"),
            "the date of capture; may be missing in the data",
        ),
    ],
};

/// The keys of a step that say what kind it is.
pub const STEP_KINDS: &[&str] = &[
    "extract", "language", "url", "filter", "dedup", "pii", "tokenize",
];

static STEP: Table = Table {
    name: "[[step]]",
    doc: "One step of the chain. Exactly one of its kinds is given.",
    one_of: STEP_KINDS,
    keys: &[
        Key::new(
            "name",
            Kind::Name,
            Derived("the kind, or the filter's name"),
            "unique; what reports and `--set` call it",
        )
        .example("\"my-step\""),
        Key::new(
            "mode",
            Kind::Word(words::Mode::WORDS),
            Text("drop"),
            "what becomes of documents that fail",
        ),
        Key::new(
            "when",
            Kind::Table(&WHEN),
            Absent,
            "which documents the step looks at; the others pass",
        ),
        Key::new(
            "extract",
            Kind::Table(&EXTRACT),
            Absent,
            "HTML to main text; documents that are text already pass",
        ),
        Key::new(
            "language",
            Kind::Table(&LANGUAGE),
            Absent,
            "tell the language, keep some",
        ),
        Key::new(
            "url",
            Kind::Table(&URL),
            Absent,
            "drop documents by their address",
        ),
        Key::new(
            "filter",
            Kind::Either(&Kind::Text, &Kind::Table(&FILTER)),
            Absent,
            "the rules of a filter file; `filter = \"name\"` is the short form",
        ),
        Key::new(
            "dedup",
            Kind::Tagged("method", &[("exact", &EXACT), ("minhash", &MINHASH)]),
            Absent,
            "drop duplicates, within the whole run",
        ),
        Key::new(
            "pii",
            Kind::Table(&PII),
            Absent,
            "replace personal data in the text",
        ),
        Key::new(
            "tokenize",
            Kind::Table(&TOKENIZE),
            Absent,
            "text to tokens; the last step, at most once",
        ),
    ],
};

static WHEN: Table = Table {
    name: "when",
    doc: "Which documents a step looks at: all conditions given must hold.",
    one_of: &[],
    keys: &[
        Key::new(
            "language",
            Kind::Texts,
            List(&[]),
            "codes of languages, as the language step before found them",
        )
        .example("[\"en\"]"),
        Key::new("source", Kind::Texts, List(&[]), "names of sources").example("[\"web\"]"),
    ],
};

static EXTRACT: Table = Table {
    name: "extract",
    doc: "Main text of HTML pages.",
    one_of: &[],
    keys: &[
        Key::new(
            "favor",
            Kind::Word(words::Favor::WORDS),
            Text("balanced"),
            "what to prefer where a choice must be made",
        ),
        Key::new("min-chars", COUNT, Int(0), "shorter texts fail"),
        Key::new(
            "links",
            Kind::Bool,
            Bool(false),
            "keep link targets, as `[text](target)`",
        ),
        Key::new("tables", Kind::Bool, Bool(true), "keep tables"),
        Key::new(
            "comments",
            Kind::Bool,
            Bool(false),
            "keep readers' comments",
        ),
        Key::new(
            "markdown",
            Kind::Bool,
            Bool(false),
            "mark headings, lists and code as Markdown",
        ),
    ],
};

static LANGUAGE: Table = Table {
    name: "language",
    doc: "The language of each document.",
    one_of: &[],
    keys: &[
        Key::new(
            "model",
            Kind::Path,
            Text("embedded"),
            "`embedded`, or the path of a fastText model (.bin, .ftz)",
        ),
        Key::new(
            "sha256",
            Kind::Sha256,
            Absent,
            "refuse a model file with another checksum",
        )
        .example(HASH),
        Key::new(
            "keep",
            Kind::Texts,
            List(&[]),
            "codes of the languages to keep; none named means all",
        ),
        Key::new(
            "min-score",
            SHARE,
            Float(0.5),
            "the least score of the best language",
        ),
    ],
};

/// The SHA-256 of nothing at all: an example only.
const HASH: &str = "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"";

static URL: Table = Table {
    name: "url",
    doc: "Documents whose address matches fail. Lists are text files with one entry per line; `#` starts a comment.",
    one_of: &[],
    keys: &[
        Key::new(
            "block-domains",
            Kind::Path,
            Absent,
            "list of domains, with everything under them",
        )
        .example("\"lists/domains.txt\""),
        Key::new("block-urls", Kind::Path, Absent, "list of whole addresses")
            .example("\"lists/urls.txt\""),
        Key::new(
            "block-words",
            Kind::Path,
            Absent,
            "list of words; one in the address is enough",
        )
        .example("\"lists/words.txt\""),
        Key::new(
            "block-soft-words",
            Kind::Path,
            Absent,
            "list of words; more than `max-soft-words` are needed",
        )
        .example("\"lists/soft-words.txt\""),
        Key::new(
            "max-soft-words",
            COUNT,
            Int(1),
            "how many words of `block-soft-words` an address may have",
        ),
        Key::new(
            "block-substrings",
            Kind::Path,
            Absent,
            "list of strings, looked for in the letters and digits of the address",
        )
        .example("\"lists/substrings.txt\""),
        Key::new(
            "max-length",
            Kind::Int(0, u32::MAX as i64),
            Int(2048),
            "longest address in bytes; 0 means any",
        ),
        Key::new(
            "missing",
            Kind::Word(words::Missing::WORDS),
            Text("keep"),
            "documents without an address",
        ),
    ],
};

static FILTER: Table = Table {
    name: "filter",
    doc: "The rules of one filter file.",
    one_of: &["name", "path"],
    keys: &[
        Key::new(
            "name",
            Kind::Text,
            Absent,
            "a filter that comes with gristmill: `gristmill filters list`",
        )
        .example("\"gopher-quality\""),
        Key::new("path", Kind::Path, Absent, "a filter file of your own")
            .example("\"my-filter.toml\""),
        Key::new(
            "bounds",
            Kind::Numbers,
            AllDefaults,
            "other bounds for rules of the filter, by the rules' names",
        )
        .example("{ too-few-words = 30 }"),
        Key::new(
            "off",
            Kind::Texts,
            List(&[]),
            "rules of the filter that are not applied",
        ),
    ],
};

static EXACT: Table = Table {
    name: "exact dedup",
    doc: "Documents that are equal.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new(
            "on",
            Kind::Target,
            Text("text"),
            "what is compared: `text`, `url` or `field:NAME`",
        ),
        Key::new(
            "normalize",
            Kind::Bool,
            Bool(false),
            "ignore case, punctuation and runs of white space",
        ),
        KEEP,
    ],
};

static MINHASH: Table = Table {
    name: "minhash dedup",
    doc: "Documents that are nearly equal: MinHash with locality-sensitive hashing.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new("ngram", Kind::Int(1, 64), Int(5), "units per shingle"),
        Key::new(
            "bands",
            Kind::Int(1, 1024),
            Int(14),
            "bands of the signature; one equal band makes a candidate pair",
        ),
        Key::new("rows", Kind::Int(1, 256), Int(8), "hashes per band"),
        Key::new(
            "shingle",
            Kind::Word(words::Shingle::WORDS),
            Text("word"),
            "what a shingle is made of",
        ),
        Key::new(
            "hash",
            Kind::Word(words::MinhashHash::WORDS),
            Text("xxh64"),
            "the hash of a shingle",
        ),
        Key::new(
            "min-similarity",
            SHARE,
            Float(0.0),
            "least share of equal hashes of a pair; 0 trusts the bands",
        ),
        KEEP,
        Key::new(
            "short",
            Kind::Word(words::Short::WORDS),
            Text("whole-text"),
            "documents too short for one shingle",
        ),
    ],
};

const METHOD: Key = Key::new(
    "method",
    Kind::Word(&[
        ("exact", "equal documents"),
        ("minhash", "nearly equal documents"),
    ]),
    Required,
    "how duplicates are found",
)
.example("\"exact\"");

static KEEP_WORDS: Kind = Kind::Word(&[
    ("first", "the first one read"),
    (
        "longest",
        "the one with the most text; the first of several",
    ),
    (
        "newest",
        "the one with the latest date; the first of several",
    ),
    (
        "source-priority",
        "the one from the source that stands first in the config; the first of several",
    ),
]);
static KEEP_BEST: Kind = Kind::Table(&BEST);
const KEEP: Key = Key::new(
    "keep",
    Kind::Either(&KEEP_WORDS, &KEEP_BEST),
    Text("first"),
    "which of several duplicates stays; `{ best = \"METRIC\" }`: the one with the highest value",
);

static BEST: Table = Table {
    name: "keep",
    doc: "The duplicate with the highest value of a metric stays.",
    one_of: &[],
    keys: &[Key::new("best", Kind::Text, Required, "the metric").example("\"words\"")],
};

static PII: Table = Table {
    name: "pii",
    doc: "Personal data in the text are replaced.",
    one_of: &[],
    keys: &[
        Key::new(
            "kinds",
            Kind::Words(words::PiiKind::WORDS),
            List(&["email", "ip", "phone", "card", "iban"]),
            "what is looked for",
        ),
        Key::new(
            "replace",
            Kind::Text,
            Text("<{kind}>"),
            "what is put in its place; `{kind}` is the kind's word",
        ),
        Key::new(
            "drop-above",
            COUNT,
            Absent,
            "documents with more finds than this fail",
        )
        .example("50"),
    ],
};

static TOKENIZE: Table = Table {
    name: "tokenize",
    doc: "Text to tokens.",
    one_of: &[],
    keys: &[
        Key::new("tokenizer", Kind::Path, Required, "a `tokenizer.json` file")
            .example("\"../sample-data/tokenizer.json\""),
        Key::new(
            "sha256",
            Kind::Sha256,
            Absent,
            "refuse a tokenizer file with another checksum",
        )
        .example(HASH),
        Key::new(
            "end-of-text",
            Kind::Text,
            Text("auto"),
            "put after each document: `auto` finds the tokenizer's own, `none`, or the token's text",
        ),
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
            "the run directory; `--out` goes before it",
        )
        .example("\"../out/reference\"")
        .no_effect(),
        Key::new(
            "tokens",
            Kind::Word(words::TokenFormat::WORDS),
            Text("megatron"),
            "the form of the token shards",
        ),
        Key::new(
            "shard-tokens",
            Kind::Int(1, MOST),
            Int(100_000_000),
            "tokens per shard; a document is never cut",
        ),
        Key::new(
            "documents",
            Kind::Bool,
            Bool(true),
            "write the kept documents as Parquet",
        ),
    ],
};

static LIMITS: Table = Table {
    name: "[limits]",
    doc: "What a run may use.",
    one_of: &[],
    keys: &[
        Key::new(
            "memory",
            Kind::Size(64 * MIB, 1 << 50),
            Text("1GiB"),
            "memory budget",
        )
        .no_effect(),
        Key::new("threads", Kind::Int(0, 4096), Int(0), "0 means all cores").no_effect(),
        Key::new(
            "unit-bytes",
            Kind::Size(MIB, 1 << 50),
            Text("64MiB"),
            "input bytes per unit; changes how the run is cut and what the ledger's files are called",
        ),
        Key::new(
            "partitions",
            Kind::Int(1, 65_536),
            Int(16),
            "parts of the exchange between dedup's two halves",
        ),
        Key::new(
            "max-fault-ratio",
            SHARE,
            Float(0.01),
            "more damaged records than this share: the run stops with exit code 3; 1.0 means never",
        )
        .no_effect(),
        Key::new(
            "record",
            Kind::Table(&RECORD),
            AllDefaults,
            "limits of one record; over them it is quarantined",
        ),
    ],
};

static RECORD: Table = Table {
    name: "[limits.record]",
    doc: "Limits of one record: what is over them is quarantined, so they change the output.",
    one_of: &[],
    keys: &[
        Key::new(
            "bytes",
            Kind::Size(KIB, 4 * GIB),
            Text("16MiB"),
            "bytes of a record after decompression",
        ),
        Key::new(
            "expansion",
            Kind::Int(1, 1_000_000),
            Int(200),
            "decompressed size over compressed size",
        ),
        Key::new(
            "html-nodes",
            Kind::Int(1, 1_000_000_000),
            Int(500_000),
            "elements and texts of a page",
        ),
        Key::new(
            "html-depth",
            Kind::Int(1, 100_000),
            Int(512),
            "elements inside one another",
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
        Key::new(
            "top-domains",
            Kind::Int(0, 10_000),
            Int(50),
            "how many domains are listed",
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
        Key::new(
            "expect",
            Kind::Table(&TEST_EXPECT),
            Required,
            "what must become of it",
        )
        .no_effect(),
    ],
};

static TEST_INPUT: Table = Table {
    name: "input",
    doc: "A document.",
    one_of: &["text", "html"],
    keys: &[
        Key::new("text", Kind::Text, Absent, "plain text")
            .example("\"too short\"")
            .no_effect(),
        Key::new("html", Kind::Text, Absent, "an HTML page")
            .example("\"<p>too short</p>\"")
            .no_effect(),
        Key::new("url", Kind::Text, Absent, "its address")
            .example("\"https://example.org/\"")
            .no_effect(),
    ],
};

static TEST_EXPECT: Table = Table {
    name: "expect",
    doc: "What must become of a document. At least one key is given.",
    one_of: &[],
    keys: &[
        Key::new("kept", Kind::Bool, Absent, "whether it is kept")
            .example("false")
            .no_effect(),
        Key::new("language", Kind::Text, Absent, "the code of its language")
            .example("\"en\"")
            .no_effect(),
        Key::new(
            "dropped-by",
            Kind::Text,
            Absent,
            "the rule that drops it, as `filter/rule`",
        )
        .example("\"gopher-quality/too-few-words\"")
        .no_effect(),
    ],
};
