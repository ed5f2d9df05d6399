//! From a tree that was held against the schema to the typed config.
//!
//! Values that did not pass are replaced by defaults with no place, so that the checks of meaning can go on over the
//! rest; such a config is never handed out.

mod names;
mod steps;

pub(super) use names::{StepNames, derived_name, filter_stem};

use super::place::{Located, Place};
use super::schema::{self, Default, Kind, ROOT, Table};
use super::shape::number_of;
use super::tree::{Field, Fields, Node, NodeValue};
use super::types::{
    Carry, Config, Curriculum, Format, Limits, Mix, Order, Output, PackMethod, Packing, RecordLimits, ReportOptions,
    Source, Test, TestExpect, TestInput, TokenFormat,
};
use super::values::{parse_size, to_name};
use std::collections::BTreeMap;
use steps::step;

/// The entries of one table, with the defaults of the schema behind them.
#[derive(Clone, Copy)]
struct Reader<'a> {
    table: &'static Table,
    fields: Option<&'a Fields>,
    place: Place,
}

impl<'a> Reader<'a> {
    fn of(table: &'static Table, node: &'a Node) -> Self {
        Self { table, fields: node.as_table(), place: node.place }
    }

    fn node(&self, key: &str) -> Option<&'a Node> {
        self.fields?.get(key).map(|field| &field.node)
    }

    /// Where a key's value stands; the table itself where it is not given.
    fn place_of(&self, key: &str) -> Place {
        self.node(key).map_or(self.place, |node| node.place)
    }

    fn default(&self, key: &str) -> Default {
        self.table.key(key).map_or(Default::Absent, |key| key.default)
    }

    fn inner(&self, key: &str) -> Reader<'a> {
        let table = match self.table.key(key).map(|key| key.kind) {
            Some(Kind::Tagged(tag, variants)) => {
                let fields = self.node(key).and_then(Node::as_table);
                schema::variant(variants, fields.and_then(|fields| fields.get(tag)).and_then(|f| f.node.as_text()))
            }
            kind => kind.and_then(|kind| kind.table()).unwrap_or(&ROOT),
        };
        match self.node(key) {
            Some(node) => Reader::of(table, node),
            None => Reader { table, fields: None, place: Place::NOWHERE },
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

    /// A table from names to numbers, each with the place of name and number.
    fn numbers(&self, key: &str) -> BTreeMap<String, Located<f64>> {
        let fields = self.node(key).and_then(Node::as_table).into_iter().flatten();
        let number = |(name, field): (&String, &Field)| {
            let (key, node) = (field.key, &field.node);
            let place = Place { end: node.place.end.max(key.end), ..key };
            Some((name.clone(), Located::new(number_of(node)?, place)))
        };
        fields.filter_map(number).collect()
    }

    /// A number that the schema keeps below 2^32.
    fn small(&self, key: &str) -> u32 {
        u32::try_from(self.int(key)).unwrap_or(u32::MAX)
    }

    fn float(&self, key: &str) -> f64 {
        self.node(key).and_then(number_of).unwrap_or(match self.default(key) {
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
        node.as_text().map(|text| Located::new(text.to_owned(), node.place))
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
        self.written(key).and_then(|text| from_word(&text.value)).or(default).unwrap_or(fallback)
    }

    /// A path, or several.
    fn paths(&self, key: &str) -> Vec<Located<String>> {
        self.node(key).map(paths_of).unwrap_or_default()
    }

    fn texts(&self, key: &str) -> Vec<Located<String>> {
        if let Some(nodes) = self.node(key).and_then(Node::as_list) {
            let text = |node: &Node| Some(Located::new(node.as_text()?.to_owned(), node.place));
            return nodes.iter().filter_map(text).collect();
        }
        match self.default(key) {
            Default::List(words) => words.iter().map(|word| Located::new((*word).to_owned(), Place::NOWHERE)).collect(),
            _ => Vec::new(),
        }
    }
}

/// The paths of a node that holds one or several.
fn paths_of(node: &Node) -> Vec<Located<String>> {
    let path = |node: &Node| Some(Located::new(node.as_text()?.to_owned(), node.place));
    match node.as_list() {
        Some(nodes) => nodes.iter().filter_map(path).collect(),
        None => path(node).into_iter().collect(),
    }
}

/// Builds the config. `stem` names the run if nothing else does.
pub(super) fn config(fields: &Fields, stem: &str) -> Config {
    let root = Reader { table: &ROOT, fields: Some(fields), place: Place::new(0, 0..0) };
    let mut names = StepNames::new(fields);
    let output = root.inner("output");
    Config {
        version: 1,
        name: root.written("name").map_or_else(|| to_name(stem).unwrap_or_else(|| "run".to_owned()), |name| name.value),
        seed: root.int("seed"),
        sources: root.tables("source").iter().map(|reader| source(reader, &mut names)).collect(),
        steps: root.tables("step").iter().filter_map(|reader| step(reader, "", &mut names)).collect(),
        output: Output {
            dir: output.text("dir"),
            dir_from_cli: false,
            tokens: output.word("tokens", TokenFormat::from_word, TokenFormat::None),
            shard_tokens: output.int("shard-tokens"),
            order: output.word("order", Order::from_word, Order::Input),
            validation: output.float("validation"),
            documents: output.bool("documents"),
            mix: mix(&output.inner("mix")),
            curriculum: curriculum(&output.inner("curriculum")),
            packing: packing(&output.inner("packing")),
        },
        limits: limits(&root.inner("limits")),
        report: report(&root.inner("report")),
        tests: root.tables("test").iter().map(test).collect(),
    }
}

fn mix(reader: &Reader<'_>) -> Mix {
    Mix {
        epochs: reader.numbers("epochs"),
        weights: reader.numbers("weights"),
        tokens: reader.node("tokens").map(|_| reader.int("tokens")),
        language_exponent: reader.float("language-exponent"),
        max_epochs: reader.float("max-epochs"),
        place: reader.place,
    }
}

fn curriculum(reader: &Reader<'_>) -> Curriculum {
    Curriculum {
        by: reader.written("by").map(|by| by.value),
        descending: reader.bool("descending"),
        place: reader.place,
    }
}

fn packing(reader: &Reader<'_>) -> Packing {
    Packing {
        method: reader.word("method", PackMethod::from_word, PackMethod::None),
        length: reader.small("length"),
        window_tokens: reader.int("window-tokens"),
        pad: reader.node("pad").map(|_| reader.small("pad")),
        place: reader.place,
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
        source_loss: reader.float("source-loss"),
    }
}

fn source(reader: &Reader<'_>, names: &mut StepNames) -> Source {
    let fields = reader.inner("fields");
    let carry = match reader.node("carry").map(|node| &node.value) {
        Some(NodeValue::List(_)) => Carry::Only(reader.texts("carry").into_iter().map(|name| name.value).collect()),
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
        http_status: reader.texts("http-status"),
        media_types: reader.texts("media-types"),
        min_bytes: reader.size("min-bytes"),
        max_bytes: reader.size("max-bytes"),
        steps: reader.tables("step").iter().filter_map(|reader| step(reader, &name.value, names)).collect(),
        name,
        place: reader.place,
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
        input: TestInput { text: text("text"), html: text("html"), url: text("url") },
        expect: TestExpect { kept, language: expect.written("language"), dropped_by: expect.written("dropped-by") },
        place: reader.place,
    }
}
