//! From a tree that was held against the schema to the typed config.
//!
//! Values that did not pass are replaced by defaults with no place, so that the checks of meaning can go on over the
//! rest; such a config is never handed out.

use std::collections::{BTreeMap, BTreeSet};

use super::place::{Located, Place};
use super::schema::{self, Default, Kind, ROOT, Table};
use super::shape::{accepts, number_of};
use super::tree::{Fields, Node, NodeValue};
use super::types::{
    Carry, Config, Dedup, EndOfText, ExactDedup, Extract, Favor, FilterRef, FilterStep, Format,
    Keep, Language, Limits, MinhashDedup, MinhashHash, Missing, Mode, Output, Pii, PiiKind,
    RecordLimits, ReportOptions, Shingle, Short, Source, Step, StepKind, Target, Test, TestExpect,
    TestInput, TokenFormat, Tokenize, UrlRules, When,
};
use super::values::{is_name, parse_size, to_name};

/// The entries of one table, with the defaults of the schema behind them.
#[derive(Clone, Copy)]
struct Reader<'a> {
    table: &'static Table,
    fields: Option<&'a Fields>,
    place: Place,
}

impl<'a> Reader<'a> {
    fn of(table: &'static Table, node: &'a Node) -> Self {
        Self {
            table,
            fields: node.as_table(),
            place: node.place,
        }
    }

    fn node(&self, key: &str) -> Option<&'a Node> {
        self.fields?.get(key).map(|field| &field.node)
    }

    fn default(&self, key: &str) -> Default {
        self.table
            .key(key)
            .map_or(Default::Absent, |key| key.default)
    }

    fn inner(&self, key: &str) -> Reader<'a> {
        let table = match self.table.key(key).map(|key| key.kind) {
            Some(Kind::Tagged(tag, variants)) => {
                let fields = self.node(key).and_then(Node::as_table);
                schema::variant(
                    variants,
                    fields
                        .and_then(|fields| fields.get(tag))
                        .and_then(|f| f.node.as_text()),
                )
            }
            kind => kind.and_then(|kind| kind.table()).unwrap_or(&ROOT),
        };
        match self.node(key) {
            Some(node) => Reader::of(table, node),
            None => Reader {
                table,
                fields: None,
                place: Place::NOWHERE,
            },
        }
    }

    /// The tables of a list of tables.
    fn tables(&self, key: &str) -> Vec<Reader<'a>> {
        let Some(Kind::Tables(table)) = self.table.key(key).map(|key| key.kind) else {
            return Vec::new();
        };
        let nodes = self.node(key).and_then(Node::as_list).unwrap_or_default();
        nodes.iter().map(|node| Reader::of(table, node)).collect()
    }

    fn bool(&self, key: &str) -> bool {
        match (self.node(key).map(|node| &node.value), self.default(key)) {
            (Some(NodeValue::Bool(flag)), _) => *flag,
            (_, Default::Bool(flag)) => flag,
            _ => false,
        }
    }

    fn int(&self, key: &str) -> u64 {
        let given = match self.node(key).map(|node| &node.value) {
            Some(NodeValue::Int(number)) => u64::try_from(*number).ok(),
            _ => None,
        };
        given.unwrap_or(match self.default(key) {
            Default::Int(number) => u64::try_from(number).unwrap_or(0),
            _ => 0,
        })
    }

    /// A number that the schema keeps below 2^32.
    fn small(&self, key: &str) -> u32 {
        u32::try_from(self.int(key)).unwrap_or(u32::MAX)
    }

    fn float(&self, key: &str) -> f64 {
        self.node(key)
            .and_then(number_of)
            .unwrap_or(match self.default(key) {
                Default::Float(number) => number,
                _ => 0.0,
            })
    }

    fn size(&self, key: &str) -> u64 {
        let given = match self.node(key).map(|node| &node.value) {
            Some(NodeValue::Int(number)) => u64::try_from(*number).ok(),
            Some(NodeValue::Text(text)) => parse_size(text).ok(),
            _ => None,
        };
        let default = || match self.default(key) {
            Default::Text(text) => parse_size(text).ok(),
            _ => None,
        };
        given.or_else(default).unwrap_or(0)
    }

    /// A text that somebody wrote.
    fn written(&self, key: &str) -> Option<Located<String>> {
        let node = self.node(key)?;
        node.as_text()
            .map(|text| Located::new(text.to_owned(), node.place))
    }

    fn text(&self, key: &str) -> Located<String> {
        self.written(key).unwrap_or_else(|| {
            let text = match self.default(key) {
                Default::Text(text) => text,
                _ => "",
            };
            Located::new(text.to_owned(), Place::NOWHERE)
        })
    }

    fn word<T>(&self, key: &str, from_word: fn(&str) -> Option<T>, fallback: T) -> T {
        let default = match self.default(key) {
            Default::Text(text) => from_word(text),
            _ => None,
        };
        self.written(key)
            .and_then(|text| from_word(&text.value))
            .or(default)
            .unwrap_or(fallback)
    }

    fn texts(&self, key: &str) -> Vec<Located<String>> {
        if let Some(nodes) = self.node(key).and_then(Node::as_list) {
            let text = |node: &Node| Some(Located::new(node.as_text()?.to_owned(), node.place));
            return nodes.iter().filter_map(text).collect();
        }
        match self.default(key) {
            Default::List(words) => words
                .iter()
                .map(|word| Located::new((*word).to_owned(), Place::NOWHERE))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Builds the config. `stem` names the run if nothing else does.
pub(super) fn config(fields: &Fields, stem: &str) -> Config {
    let root = Reader {
        table: &ROOT,
        fields: Some(fields),
        place: Place::new(0, 0..0),
    };
    let mut names = StepNames::new(fields);
    let output = root.inner("output");
    Config {
        version: 1,
        name: root.written("name").map_or_else(
            || to_name(stem).unwrap_or_else(|| "run".to_owned()),
            |name| name.value,
        ),
        seed: root.int("seed"),
        sources: root
            .tables("source")
            .iter()
            .map(|reader| source(reader, &mut names))
            .collect(),
        steps: root
            .tables("step")
            .iter()
            .filter_map(|reader| step(reader, "", &mut names))
            .collect(),
        output: Output {
            dir: output.text("dir"),
            dir_from_cli: false,
            tokens: output.word("tokens", TokenFormat::from_word, TokenFormat::None),
            shard_tokens: output.int("shard-tokens"),
            documents: output.bool("documents"),
        },
        limits: limits(&root.inner("limits")),
        report: report(&root.inner("report")),
        tests: root.tables("test").iter().map(test).collect(),
    }
}

fn limits(reader: &Reader<'_>) -> Limits {
    let record = reader.inner("record");
    Limits {
        memory: reader.size("memory"),
        threads: reader.small("threads"),
        unit_bytes: reader.size("unit-bytes"),
        partitions: reader.small("partitions"),
        max_fault_ratio: reader.float("max-fault-ratio"),
        record: RecordLimits {
            bytes: record.size("bytes"),
            expansion: record.small("expansion"),
            html_nodes: record.small("html-nodes"),
            html_depth: record.small("html-depth"),
        },
    }
}

fn report(reader: &Reader<'_>) -> ReportOptions {
    ReportOptions {
        examples_per_rule: reader.small("examples-per-rule"),
        top_domains: reader.small("top-domains"),
    }
}

fn source(reader: &Reader<'_>, names: &mut StepNames) -> Source {
    let fields = reader.inner("fields");
    let carry = match reader.node("carry").map(|node| &node.value) {
        Some(NodeValue::List(_)) => Carry::Only(
            reader
                .texts("carry")
                .into_iter()
                .map(|name| name.value)
                .collect(),
        ),
        Some(NodeValue::Bool(false)) => Carry::None,
        _ => Carry::All,
    };
    let name = reader.text("name");
    Source {
        paths: reader.texts("paths"),
        format: reader.word("format", Format::from_word, Format::Auto),
        fields: super::types::Fields {
            text: fields.text("text").value,
            id: fields.text("id").value,
            url: fields.text("url").value,
            date: fields.text("date").value,
        },
        carry,
        steps: reader
            .tables("step")
            .iter()
            .filter_map(|reader| step(reader, &name.value, names))
            .collect(),
        name,
        place: reader.place,
    }
}

fn step(reader: &Reader<'_>, source: &str, names: &mut StepNames) -> Option<Step> {
    let kind = step_kind(reader)?;
    let when = reader.inner("when");
    Some(Step {
        name: match reader.written("name") {
            Some(name) => name,
            None => Located::new(
                names.derive(source, &derived_name(reader.fields?)),
                Place::NOWHERE,
            ),
        },
        mode: reader.word("mode", Mode::from_word, Mode::Drop),
        when: When {
            language: when.texts("language"),
            source: when.texts("source"),
        },
        place: reader
            .fields?
            .get(kind.word())
            .map_or(reader.place, |field| field.key),
        kind,
    })
}

/// The kind of a step; of several (an error reported elsewhere), the first in the order of the schema.
fn step_kind(reader: &Reader<'_>) -> Option<StepKind> {
    let word = schema::STEP_KINDS.iter().find(|word| {
        let key = reader.table.key(word);
        reader.node(word).is_some_and(|node| {
            key.is_some_and(|key| match key.kind {
                Kind::Either(first, second) => {
                    accepts(first, &node.value) || accepts(second, &node.value)
                }
                kind => accepts(&kind, &node.value),
            })
        })
    })?;
    let inner = reader.inner(word);
    Some(match *word {
        "extract" => StepKind::Extract(Extract {
            favor: inner.word("favor", Favor::from_word, Favor::Balanced),
            min_chars: inner.small("min-chars"),
            links: inner.bool("links"),
            tables: inner.bool("tables"),
            comments: inner.bool("comments"),
            markdown: inner.bool("markdown"),
        }),
        "language" => StepKind::Language(Language {
            model: inner.text("model"),
            sha256: checksum(&inner),
            keep: inner.texts("keep"),
            min_score: inner.float("min-score"),
        }),
        "url" => StepKind::Url(UrlRules {
            block_domains: inner.written("block-domains"),
            block_urls: inner.written("block-urls"),
            block_words: inner.written("block-words"),
            block_soft_words: inner.written("block-soft-words"),
            max_soft_words: inner.small("max-soft-words"),
            block_substrings: inner.written("block-substrings"),
            max_length: inner.small("max-length"),
            missing: inner.word("missing", Missing::from_word, Missing::Keep),
        }),
        "filter" => StepKind::Filter(filter(reader, &inner)),
        "dedup" => StepKind::Dedup(dedup(&inner)),
        "pii" => StepKind::Pii(pii(&inner)),
        _ => StepKind::Tokenize(Tokenize {
            tokenizer: inner.text("tokenizer"),
            sha256: checksum(&inner),
            end_of_text: {
                let text = inner.text("end-of-text");
                let value = match text.value.as_str() {
                    "auto" => EndOfText::Auto,
                    "none" => EndOfText::None,
                    _ => EndOfText::Token(text.value),
                };
                Located::new(value, text.place)
            },
        }),
    })
}

fn checksum(reader: &Reader<'_>) -> Option<Located<String>> {
    reader
        .written("sha256")
        .map(|hash| Located::new(hash.value.to_ascii_lowercase(), hash.place))
}

fn filter(step: &Reader<'_>, reader: &Reader<'_>) -> FilterStep {
    let filter = match (step.written("filter"), reader.written("path")) {
        (Some(short), _) => FilterRef::Name(short),
        (None, Some(path)) if reader.node("name").is_none() => FilterRef::Path(path),
        _ => FilterRef::Name(reader.text("name")),
    };
    let bounds = reader
        .node("bounds")
        .and_then(Node::as_table)
        .into_iter()
        .flatten();
    FilterStep {
        filter,
        bounds: bounds
            .filter_map(|(rule, field)| {
                // Findings about a bound show the rule's name and the number.
                let (key, node) = (field.key, &field.node);
                let place = Place {
                    end: node.place.end.max(key.end),
                    ..key
                };
                Some((rule.clone(), Located::new(number_of(node)?, place)))
            })
            .collect(),
        off: reader.texts("off"),
    }
}

fn dedup(reader: &Reader<'_>) -> Dedup {
    let keep = match reader.node("keep") {
        Some(node) if node.as_table().is_some() => Keep::Best(reader.inner("keep").text("best")),
        _ => match reader.text("keep").value.as_str() {
            "longest" => Keep::Longest,
            "newest" => Keep::Newest,
            "source-priority" => Keep::SourcePriority,
            _ => Keep::First,
        },
    };
    if reader.text("method").value == "minhash" {
        Dedup::Minhash(MinhashDedup {
            ngram: reader.small("ngram"),
            bands: reader.small("bands"),
            rows: reader.small("rows"),
            shingle: reader.word("shingle", Shingle::from_word, Shingle::Word),
            hash: reader.word("hash", MinhashHash::from_word, MinhashHash::Xxh64),
            min_similarity: reader.float("min-similarity"),
            keep,
            short: reader.word("short", Short::from_word, Short::WholeText),
        })
    } else {
        let on = reader.text("on");
        Dedup::Exact(ExactDedup {
            on: Located::new(
                Target::from_text(&on.value).unwrap_or(Target::Text),
                on.place,
            ),
            normalize: reader.bool("normalize"),
            keep,
        })
    }
}

fn pii(reader: &Reader<'_>) -> Pii {
    let kinds: BTreeSet<PiiKind> = reader
        .texts("kinds")
        .iter()
        .filter_map(|kind| PiiKind::from_word(&kind.value))
        .collect();
    Pii {
        kinds: kinds.into_iter().collect(),
        replace: reader.text("replace").value,
        drop_above: reader
            .node("drop-above")
            .map(|_| reader.small("drop-above")),
    }
}

fn test(reader: &Reader<'_>) -> Test {
    let (input, expect) = (reader.inner("input"), reader.inner("expect"));
    let text = |key| input.written(key).map(|text| text.value);
    let kept = expect.node("kept").and_then(|node| match node.value {
        NodeValue::Bool(flag) => Some(Located::new(flag, node.place)),
        _ => None,
    });
    Test {
        name: reader.text("name"),
        input: TestInput {
            text: text("text"),
            html: text("html"),
            url: text("url"),
        },
        expect: TestExpect {
            kept,
            language: expect.written("language"),
            dropped_by: expect.written("dropped-by"),
        },
        place: reader.place,
    }
}

/// What a step is called when its writer gave it no name: the kind; for filters, the filter's name without its version;
/// for dedups, the method and the kind.
pub(super) fn derived_name(fields: &Fields) -> String {
    let inner = |key: &str, name: &str| fields.get(key)?.node.as_table()?.get(name)?.node.as_text();
    let kind = schema::STEP_KINDS
        .iter()
        .find(|kind| fields.contains_key(**kind))
        .copied()
        .unwrap_or("step");
    let special = match kind {
        "filter" => {
            let short = fields.get("filter").and_then(|field| field.node.as_text());
            let name = short
                .or_else(|| inner("filter", "name"))
                .or_else(|| inner("filter", "path"));
            name.and_then(|name| to_name(filter_stem(name)))
        }
        "dedup" => inner("dedup", "method")
            .and_then(to_name)
            .map(|method| format!("{method}-dedup")),
        _ => None,
    };
    special.unwrap_or_else(|| kind.to_owned())
}

/// `gopher-quality` of `gopher-quality@datatrove-0.10` and of `my/gopher-quality.toml`.
pub(super) fn filter_stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    let file = file.strip_suffix(".toml").unwrap_or(file);
    file.split('@').next().unwrap_or(file)
}

/// Hands out names to steps without one: `language`, `language-2`, … never one that is taken.
pub(super) struct StepNames {
    taken: BTreeSet<String>,
    next: BTreeMap<String, u32>,
}

impl StepNames {
    /// Takes note of every name that is given in the tree.
    pub(super) fn new(fields: &Fields) -> Self {
        let mut taken = BTreeSet::new();
        for steps in step_lists(fields) {
            for node in steps {
                if let Some(name) = node
                    .as_table()
                    .and_then(|fields| fields.get("name")?.node.as_text())
                {
                    taken.insert(name.to_owned());
                }
            }
        }
        Self {
            taken,
            next: BTreeMap::new(),
        }
    }

    /// The name of the next step that would be called `base`, within a source (`web-extract`) or shared.
    pub(super) fn derive(&mut self, source: &str, base: &str) -> String {
        let base = if source.is_empty() || !is_name(source) {
            base.to_owned()
        } else {
            format!("{source}-{base}")
        };
        let counter = self.next.entry(base.clone()).or_insert(1);
        loop {
            let name = if *counter == 1 {
                base.clone()
            } else {
                format!("{base}-{counter}")
            };
            *counter += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// All lists of steps: those of the sources, then the shared one.
fn step_lists(fields: &Fields) -> Vec<&[Node]> {
    let sources = fields
        .get("source")
        .and_then(|field| field.node.as_list())
        .unwrap_or_default();
    let own = sources
        .iter()
        .filter_map(|node| node.as_table()?.get("step")?.node.as_list());
    own.chain(fields.get("step").and_then(|field| field.node.as_list()))
        .collect()
}
