//! The tables of the steps.

use super::super::Default::{Absent, Bool, Derived, Float, Int, List, Required, Table as AllDefaults, Text};
use super::super::{Key, Kind, Table};
use super::classify::CLASSIFY;
use super::contamination::METHODS;
use super::perplexity::PERPLEXITY_STEP;
use super::pieces::{LINES, OVERLAP, PARAGRAPHS, SENTENCES, SUBSTRING};
use super::{COUNT, SHARE};
use crate::config::words;

/// The keys of a step that say what kind it is.
pub const STEP_KINDS: &[&str] = &[
    "extract",
    "language",
    "url",
    "robots",
    "filter",
    "classify",
    "perplexity",
    "decontaminate",
    "dedup",
    "pii",
    "tokenize",
];

pub(super) static STEP: Table = Table {
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
        Key::new("mode", Kind::Word(words::Mode::WORDS), Text("drop"), "what becomes of documents that fail"),
        Key::new("when", Kind::Table(&WHEN), Absent, "which documents the step looks at; the others pass"),
        Key::new("extract", Kind::Table(&EXTRACT), Absent, "HTML to main text; documents that are text already pass"),
        Key::new("language", Kind::Table(&LANGUAGE), Absent, "tell the language, keep some"),
        Key::new("url", Kind::Table(&URL), Absent, "drop documents by their address"),
        Key::new("robots", Kind::Table(&ROBOTS), Absent, "drop documents that the robots.txt of their site forbids"),
        Key::new(
            "filter",
            Kind::Either(&Kind::Text, &Kind::Table(&FILTER)),
            Absent,
            "the rules of a filter file; `filter = \"name\"` is the short form",
        ),
        Key::new(
            "classify",
            Kind::Table(&CLASSIFY),
            Absent,
            "the probability of labels by a fastText model, and bounds on it",
        ),
        Key::new(
            "perplexity",
            Kind::Table(&PERPLEXITY_STEP),
            Absent,
            "how well an n-gram model foresees the text, bounds on it, and CCNet's buckets",
        ),
        Key::new("decontaminate", Kind::Tagged("method", METHODS), Absent, "keep benchmarks out"),
        Key::new(
            "dedup",
            Kind::Tagged(
                "method",
                &[
                    ("exact", &EXACT),
                    ("minhash", &MINHASH),
                    ("lines", &LINES),
                    ("paragraphs", &PARAGRAPHS),
                    ("sentences", &SENTENCES),
                    ("substring", &SUBSTRING),
                    ("overlap", &OVERLAP),
                ],
            ),
            Absent,
            "drop duplicates, or cut them out, within the whole run",
        ),
        Key::new("pii", Kind::Table(&PII), Absent, "replace personal data in the text"),
        Key::new("tokenize", Kind::Table(&TOKENIZE), Absent, "text to tokens; the last step, at most once"),
    ],
};

static WHEN: Table = Table {
    name: "when",
    doc: "Which documents a step looks at: all conditions given must hold.",
    one_of: &[],
    keys: &[
        Key::new("language", Kind::Texts, List(&[]), "codes of languages, as the language step before found them")
            .example("[\"en\"]"),
        Key::new("source", Kind::Texts, List(&[]), "names of sources").example("[\"web\"]"),
    ],
};

static EXTRACT: Table = Table {
    name: "extract",
    doc: "Main text of HTML pages; formulas become TeX between dollar signs, code keeps its blanks. What pages say of themselves \
          (title, author, dates, licence, robots instructions and more) goes along as metadata.",
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
            "keep link targets, as `text (target)`, in Markdown as `[text](target)`",
        ),
        Key::new("tables", Kind::Bool, Bool(true), "keep tables"),
        Key::new("comments", Kind::Bool, Bool(false), "keep readers' comments"),
        Key::new(
            "markdown",
            Kind::Bool,
            Bool(false),
            "write Markdown: headings, emphasis, lists, quotes, tables, code between fences",
        ),
    ],
};

static ROBOTS: Table = Table {
    name: "robots",
    doc: "Documents that the robots.txt captures of the crawl forbid to any of some agents fail (RFC 9309). The captures are \
          read once, before anything else; of several of one host the latest holds. An HTTP answer of 400 to 499 allows all, a \
          redirect to another host's captured robots.txt is followed, and hosts without a capture allow all.",
    one_of: &[],
    keys: &[
        Key::new(
            "agents",
            Kind::Texts,
            List(&["gristmill", "CCBot"]),
            "product tokens that are looked for in `User-agent` lines, without regard to case; `*` groups hold for those that \
             a file does not name",
        ),
        Key::new(
            "paths",
            Kind::Paths,
            Absent,
            "WARC or ARC files with the captures (Common Crawl keeps them in the folders `robotstxt`); without it they are \
             looked for in the inputs, which are then read twice",
        )
        .example("[\"../sample-data/web.warc.gz\"]"),
        Key::new(
            "unreachable",
            Kind::Word(words::Unreachable::WORDS),
            Text("disallow"),
            "what holds for a host whose only captures are server errors (500 to 599)",
        ),
    ],
};

static LANGUAGE: Table = Table {
    name: "language",
    doc: "The language of each document.",
    one_of: &[],
    keys: &[
        Key::new("model", Kind::Path, Text("embedded"), "`embedded`, or the path of a fastText model (.bin, .ftz)"),
        Key::new("sha256", Kind::Sha256, Absent, "refuse a model file with another checksum").example(HASH),
        Key::new("keep", Kind::Texts, List(&[]), "codes of the languages to keep; none named means all"),
        Key::new("min-score", SHARE, Float(0.5), "the least score of the best language"),
        Key::new(
            "unknown-below",
            SHARE,
            Float(0.0),
            "documents with a lower score are labelled `und`: their language is none that the model knows",
        ),
        Key::new(
            "per",
            Kind::Word(words::LanguagePer::WORDS),
            Text("document"),
            "what gets a label; those of lines and paragraphs go into the metadata fields `language_lines` and `language_shares`, and their \
             shares of characters into the ledger",
        )
        .example("\"line\""),
        Key::new("part-min-score", SHARE, Float(0.8), "lines and paragraphs with a lower score have no label"),
        Key::new(
            "min-own-share",
            SHARE,
            Absent,
            "documents fail when a lower share of their characters stands in lines or paragraphs in the language of the document",
        )
        .example("0.5"),
        Key::new(
            "max-languages",
            Kind::Int(1, 1000),
            Absent,
            "documents fail when more languages have a tenth of the characters or more, by line or paragraph",
        )
        .example("3"),
    ],
};

/// The SHA-256 of nothing at all: an example only.
pub(super) const HASH: &str = "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"";

static URL: Table = Table {
    name: "url",
    doc: "Documents whose address matches fail. Lists are text files with one entry per line, plain, .gz or .zst; `#` \
          starts a comment. The same as the filter `url-lists`.",
    one_of: &[],
    keys: &[
        Key::new(
            "block-domains",
            Kind::OneOrMorePaths,
            Absent,
            "list of domains, with everything under them; one path or several, as with all lists here",
        )
        .example("\"lists/domains.txt\""),
        Key::new("block-hosts", Kind::OneOrMorePaths, Absent, "list of host names, without what is under them")
            .example("\"lists/hosts.txt\""),
        Key::new("block-urls", Kind::OneOrMorePaths, Absent, "list of addresses, with everything below them")
            .example("\"lists/urls.txt\""),
        Key::new(
            "block-categories",
            Kind::Table(&CATEGORIES),
            Absent,
            "categories of a collection of lists: domains and addresses; reasons name the category",
        )
        .example("{ folder = \"lists/blacklists\", categories = [\"adult\"] }"),
        Key::new("block-words", Kind::OneOrMorePaths, Absent, "list of words; one in the address is enough")
            .example("\"lists/words.txt\""),
        Key::new(
            "block-soft-words",
            Kind::OneOrMorePaths,
            Absent,
            "list of words; more than `max-soft-words` different ones are needed",
        )
        .example("\"lists/soft-words.txt\""),
        Key::new("max-soft-words", COUNT, Int(1), "how many words of `block-soft-words` an address may have"),
        Key::new(
            "block-substrings",
            Kind::OneOrMorePaths,
            Absent,
            "list of strings, looked for in the letters and digits of the address",
        )
        .example("\"lists/substrings.txt\""),
        Key::new("max-length", Kind::Int(0, u32::MAX as i64), Int(2048), "longest address in bytes; 0 means any"),
        Key::new("missing", Kind::Word(words::Missing::WORDS), Text("keep"), "documents without an address"),
    ],
};

/// Categories of a collection of lists.
pub static CATEGORIES: Table = Table {
    name: "categories",
    doc: "Lists of a collection, as the University of Toulouse publishes them: `FOLDER/CATEGORY/domains` and `urls`.",
    one_of: &[],
    keys: &[
        Key::new("folder", Kind::Path, Required, "the folder of the collection").example("\"lists/blacklists\""),
        Key::new("categories", Kind::Paths, Required, "the categories, as their folders are called")
            .example("[\"adult\", \"gambling\"]"),
    ],
};

static FILTER: Table = Table {
    name: "filter",
    doc: "The rules of one filter file.",
    one_of: &["name", "path"],
    keys: &[
        Key::new("name", Kind::Text, Absent, "a filter that comes with gristmill: `gristmill filters list`")
            .example("\"gopher-quality@datatrove-0.10\""),
        Key::new("path", Kind::Path, Absent, "a filter file of your own").example("\"my-filter.toml\""),
        Key::new("bounds", Kind::Numbers, AllDefaults, "other bounds for rules of the filter, by the rules' names")
            .example("{ too-few-words = 30 }"),
        Key::new("off", Kind::Texts, List(&[]), "rules of the filter that are not applied"),
        Key::new(
            "lists",
            Kind::Lists,
            AllDefaults,
            "lists that the filter needs, by role and language: `{ bad-words = { en = \"lists/en.txt\" } }`; a path alone \
             serves every language; several paths and categories as in the step `url`",
        )
        .example("{ bad-words = { en = \"lists/en.txt\" } }"),
    ],
};

static EXACT: Table = Table {
    name: "exact dedup",
    doc: "Documents that are equal.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new("on", Kind::Target, Text("text"), "what is compared: `text`, `url` or `field:NAME`"),
        Key::new(
            "normalize",
            Kind::Bool,
            Bool(false),
            "ignore case, Unicode form and runs of white space; for addresses, their spelling",
        ),
        KEEP,
        INDEX,
        SAVE_INDEX,
    ],
};

static MINHASH: Table = Table {
    name: "minhash dedup",
    doc: "Documents that are nearly equal: MinHash with locality-sensitive hashing.",
    one_of: &[],
    keys: &[
        METHOD,
        Key::new(
            "preset",
            Kind::Word(words::MinhashPreset::WORDS),
            Absent,
            "published parameters: what the keys below default to; keys given beside it go before",
        )
        .example("\"olmo3-26x11\""),
        Key::new(
            "similarity",
            Kind::Float(0.1, 1.0),
            Absent,
            "picks `bands`, `rows` and `min-similarity` for documents so similar and more: the most rows with which at most \
             256 hashes find 99 of 100 pairs of just that similarity",
        )
        .example("0.8"),
        Key::new("ngram", Kind::Int(1, 64), Int(5), "units per shingle"),
        Key::new("bands", Kind::Int(1, 1024), Int(14), "bands of the signature; one equal band makes a candidate pair"),
        Key::new("rows", Kind::Int(1, 256), Int(8), "hashes per band"),
        Key::new("shingle", Kind::Word(words::Shingle::WORDS), Text("word"), "what a shingle is made of"),
        Key::new(
            "tokenizer",
            Kind::Path,
            Absent,
            "the `tokenizer.json` file of token shingles; without it, that of the step `tokenize`",
        )
        .example("\"../sample-data/tokenizer.json\""),
        Key::new(
            "lower",
            Kind::Bool,
            Bool(true),
            "compare texts in lower case; words of datatrove always are, tokens never",
        ),
        Key::new(
            "hash",
            Kind::Word(words::MinhashHash::WORDS),
            Text("fast"),
            "the hash of a shingle and the family of permutations",
        ),
        KEEP,
        Key::new(
            "verify",
            Kind::Word(words::Verify::WORDS),
            Text("jaccard"),
            "how a candidate is compared with the very document that stays",
        ),
        Key::new(
            "min-similarity",
            SHARE,
            Float(0.75),
            "least similarity by `verify` with the very document that stays; 0: equal bands are proof enough",
        ),
        Key::new(
            "short",
            Kind::Word(words::Short::WORDS),
            Text("whole-text"),
            "documents with fewer units than one shingle; documents without any unit are never duplicates",
        ),
        INDEX,
        SAVE_INDEX,
    ],
};

pub(super) const METHOD: Key = Key::new(
    "method",
    Kind::Word(&[
        ("exact", "equal documents"),
        ("minhash", "nearly equal documents"),
        ("lines", "equal lines, which are cut out of documents"),
        ("paragraphs", "equal paragraphs, likewise"),
        ("sentences", "equal sentences, several in a row, likewise"),
        ("substring", "equal spans, wherever they begin and end, likewise"),
        ("overlap", "paragraphs and documents whose n-grams stood before, likewise"),
    ]),
    Required,
    "how duplicates are found",
)
.example("\"exact\"");

const INDEX: Key = Key::new(
    "index",
    Kind::OneOrMorePaths,
    Absent,
    "folders of indexes that earlier runs saved: documents that one of them has are dropped, and their documents always stay",
)
.example("\"../earlier/index/near\"");
pub(super) const SAVE_INDEX: Key = Key::new(
    "save-index",
    Kind::Bool,
    Bool(false),
    "save what this step keeps, in the folder `index/STEP` of the run directory, for the `index` of later runs",
);

static KEEP_WORDS: Kind = Kind::Word(&[
    ("first", "the first one read"),
    ("longest", "the one with the most text; the first of several"),
    ("newest", "the one with the latest date; the first of several"),
    ("source-priority", "the one from the source that stands first in the config; the first of several"),
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
            List(&["email", "ip", "phone", "card", "iban", "ssn", "national-id", "secret", "credentials"]),
            "what is looked for",
        ),
        Key::new("replace", Kind::Text, Text("<{kind}>"), "what is put in its place; `{kind}` is the kind's word"),
        Key::new("action", ACTION, Text("tag"), "what is put in the place of a value"),
        Key::new("actions", Kind::Table(&PII_ACTIONS), Absent, "the same for some kinds"),
        Key::new(
            "key-file",
            Kind::Path,
            Absent,
            "a file of 16 bytes or more that keys pseudonyms; without it the key comes from the config's seed, so that who \
             has the config can test whether a value is behind a token",
        )
        .example("\"pseudonyms.key\""),
        Key::new(
            "preset",
            Kind::Word(words::PiiPreset::WORDS),
            Absent,
            "do what a published program does; `kinds`, `replace`, `action`, `actions` and `key-file` then have no effect",
        )
        .example("\"dolma\""),
        Key::new("drop-above", COUNT, Absent, "documents with more finds than this fail").example("50"),
        Key::new(
            "drop-density",
            Kind::Float(0.0, 1000.0),
            Absent,
            "documents with more finds per 1,000 characters than this fail",
        )
        .example("5.0"),
    ],
};

const ACTION: Kind = Kind::Word(words::PiiAction::WORDS);

static PII_ACTIONS: Table = Table {
    name: "actions",
    doc: "What is put in the place of values of a kind.",
    one_of: &[],
    keys: &[
        Key::new("email", ACTION, Absent, "of this kind").example("\"pseudonym\""),
        Key::new("ip", ACTION, Absent, "of this kind").example("\"reserved\""),
        Key::new("phone", ACTION, Absent, "of this kind").example("\"reserved\""),
        Key::new("card", ACTION, Absent, "of this kind").example("\"mask\""),
        Key::new("iban", ACTION, Absent, "of this kind").example("\"mask\""),
        Key::new("ssn", ACTION, Absent, "of this kind").example("\"mask\""),
        Key::new("national-id", ACTION, Absent, "of this kind").example("\"mask\""),
        Key::new("crypto", ACTION, Absent, "of this kind").example("\"tag\""),
        Key::new("mac", ACTION, Absent, "of this kind").example("\"reserved\""),
        Key::new("coordinates", ACTION, Absent, "of this kind").example("\"tag\""),
        Key::new("secret", ACTION, Absent, "of this kind").example("\"tag\""),
        Key::new("credentials", ACTION, Absent, "of this kind").example("\"reserved\""),
        Key::new("street", ACTION, Absent, "of this kind").example("\"mask\""),
        Key::new("person", ACTION, Absent, "of this kind").example("\"pseudonym\""),
    ],
};

static TOKENIZE: Table = Table {
    name: "tokenize",
    doc: "Text to tokens.",
    one_of: &[],
    keys: &[
        Key::new(
            "tokenizer",
            Kind::Path,
            Required,
            "a `tokenizer.json`, a `.tiktoken` rank file, or GPT-2's `encoder.json` (`vocab.json`)",
        )
        .example("\"../sample-data/tokenizer.json\""),
        Key::new("sha256", Kind::Sha256, Absent, "refuse a tokenizer file with another checksum").example(HASH),
        Key::new("merges", Kind::Path, Absent, "`vocab.bpe` (`merges.txt`), beside GPT-2's `encoder.json`")
            .example("\"vocab.bpe\""),
        Key::new(
            "pattern",
            Kind::Word(words::RankPattern::WORDS),
            Absent,
            "how a rank file cuts text; the published ones are known",
        )
        .example("\"cl100k\""),
        Key::new(
            "end-of-text",
            Kind::Text,
            Text("auto"),
            "put after each document: `auto` finds the tokenizer's own, `none`, or the token's text",
        ),
    ],
};
