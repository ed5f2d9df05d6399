//! Holds a tree against the schema: unknown keys, wrong types, wrong words, values out of range, keys that miss.
//!
//! Walks on after each finding, so that all are reported at once. The depth is that of the schema.

use super::diagnostic::{Finding, did_you_mean, nearest, quoted};
use super::place::Place;
use super::schema::{self, Default, Key, Kind, ROOT, STEP_KINDS, Table};
use super::tree::{Fields, Node, NodeValue};
use super::values::{SizeError, UNIT_NAMES, is_name, is_sha256, parse_size, to_name};

/// Words of other tools, and of older drafts, with ours.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("input", "source"),
    ("inputs", "source"),
    ("sources", "source"),
    ("steps", "step"),
    ("tests", "test"),
    ("scrub", "pii"),
    ("vocab", "tokenizer"),
    ("chain", "name"),
    ("files", "paths"),
    ("path", "paths"),
    ("glob", "paths"),
    ("threshold", "bounds"),
    ("languages", "keep"),
    ("workers", "threads"),
    ("also", "documents"),
];

/// The walk over one tree.
pub(super) struct Shape<'a> {
    pub(super) findings: &'a mut Vec<Finding>,
    /// The tree is a repaired one: what misses may only have been lost.
    pub(super) repaired: bool,
}

impl Shape<'_> {
    /// Checks the whole config.
    pub(super) fn root(&mut self, fields: &Fields) {
        self.table(fields, &ROOT, Place::new(0, 0..0));
    }

    /// Checks the entries of a table that stands at `place`.
    fn table(&mut self, fields: &Fields, table: &'static Table, place: Place) {
        for (name, field) in fields {
            match table.key(name) {
                Some(key) => self.value(&field.node, &key.kind, key.name),
                None => self.unknown_key(name, field.key, &field.node, table),
            }
        }
        if self.repaired {
            return;
        }
        for key in table.keys {
            match fields.get(key.name) {
                None if key.default == Default::Required => self.missing(key, table, place),
                // A table whose keys all have defaults may be absent, but not if one of them has none.
                None if key.default == Default::Table => {
                    if let Kind::Table(inner) = key.kind {
                        self.table(&Fields::new(), inner, place);
                    }
                }
                _ => {}
            }
        }
        self.choice(fields, table, place);
    }

    fn missing(&mut self, key: &Key, table: &'static Table, place: Place) {
        let (what, example) = match key.kind {
            Kind::Tables(inner) => {
                let needed = inner
                    .keys
                    .iter()
                    .filter(|key| key.default == Default::Required);
                let needed = needed
                    .map(|key| format!("`{}`", key.name))
                    .collect::<Vec<_>>()
                    .join(" and ");
                (
                    inner.name,
                    format!("add a table `{}` with {needed}", inner.name),
                )
            }
            _ => (key.name, format!("add `{} = {}`", key.name, key.example)),
        };
        let message = format!("`{what}` is missing{}", table.within());
        self.findings.push(
            Finding::error("C007", place, message)
                .hint(example)
                .help(key.doc),
        );
    }

    /// Exactly one of the table's alternatives must be there.
    fn choice(&mut self, fields: &Fields, table: &'static Table, place: Place) {
        let given: Vec<&str> = table
            .one_of
            .iter()
            .copied()
            .filter(|name| fields.contains_key(*name))
            .collect();
        if table.one_of.is_empty() || given.len() == 1 {
            return;
        }
        let all = table
            .one_of
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        if given.is_empty() {
            // A misspelt kind is reported already; that none is left is its consequence.
            if fields.keys().any(|name| table.key(name).is_none()) {
                return;
            }
            let message = format!("`{}` says nothing of what it is", table.name);
            self.findings
                .push(Finding::error("C008", place, message).hint(format!("add one of {all}")));
            return;
        }
        let mut places: Vec<(Place, &str)> = given
            .iter()
            .map(|name| (fields[*name].key, *name))
            .collect();
        places.sort();
        let first = places[0].1;
        for (place, name) in &places[1..] {
            let message = format!("`{}` has both `{first}` and `{name}`", table.name);
            let hint = if table.one_of == STEP_KINDS {
                format!("put `{name}` into a `{}` of its own", table.name)
            } else {
                "delete one of the two".to_owned()
            };
            self.findings.push(
                Finding::error("C009", *place, message)
                    .label("the second")
                    .hint(hint),
            );
        }
    }

    fn unknown_key(&mut self, name: &str, place: Place, node: &Node, table: &'static Table) {
        let finding = Finding::error(
            "C002",
            place,
            format!("unknown key {}{}", quoted(name), table.within()),
        );
        let hint = nearest(name, table.names())
            .map(|near| format!("did you mean `{near}`?"))
            .or_else(|| step_type_hint(name, node, table))
            .or_else(|| {
                let ours = OTHER_WORDS
                    .iter()
                    .find(|(word, ours)| *word == name && table.key(ours).is_some())?
                    .1;
                Some(format!("the key is called `{ours}`"))
            })
            .or_else(|| match home_of(name)? {
                "" => Some(format!(
                    "`{name}` belongs at the top of the file, before the first `[table]`"
                )),
                home => Some(format!("`{name}` belongs in `{home}`")),
            });
        let known = table
            .names()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        self.findings.push(
            finding
                .maybe_hint(hint)
                .help(format!("the keys here are {known}")),
        );
    }

    /// Checks one value.
    fn value(&mut self, node: &Node, kind: &Kind, name: &str) {
        match (kind, &node.value) {
            (_, NodeValue::Lost) | (Kind::Bool, NodeValue::Bool(_)) => {}
            (Kind::Int(low, high), NodeValue::Int(number)) => {
                if number < low || number > high {
                    self.range(
                        node,
                        name,
                        &number.to_string(),
                        &low.to_string(),
                        &high.to_string(),
                    );
                }
            }
            (Kind::Version, NodeValue::Int(1)) => {}
            (Kind::Version, NodeValue::Int(number)) => {
                let message = format!("config version {number} is unknown to this program");
                self.findings
                    .push(Finding::error("C020", node.place, message).hint("write `version = 1`"));
            }
            (Kind::Float(low, high), NodeValue::Float(_) | NodeValue::Int(_)) => {
                let number = number_of(node).unwrap_or(f64::NAN);
                if !(*low..=*high).contains(&number) {
                    self.range(
                        node,
                        name,
                        &number.to_string(),
                        &format!("{low:?}"),
                        &format!("{high:?}"),
                    );
                }
            }
            (Kind::Size(low, high), NodeValue::Int(_) | NodeValue::Text(_)) => {
                self.size(node, name, *low, *high)
            }
            (Kind::Text | Kind::Path, NodeValue::Text(text)) => {
                self.not_empty(node, name, text.trim().is_empty())
            }
            (Kind::Name, NodeValue::Text(text)) => self.name(node, text),
            (Kind::Sha256, NodeValue::Text(text)) => {
                if !is_sha256(text) {
                    let message = format!(
                        "`{name}` must be 64 hexadecimal digits, not {} characters",
                        text.chars().count()
                    );
                    self.findings.push(
                        Finding::error("C019", node.place, message)
                            .hint("`sha256sum FILE` prints it"),
                    );
                }
            }
            (Kind::Target, NodeValue::Text(text)) => {
                if super::types::Target::from_text(text).is_none() {
                    let hint = did_you_mean(text, ["text", "url"])
                        .unwrap_or_else(|| "for a field write `\"field:NAME\"`".to_owned());
                    let message = format!("`{name}` cannot be {}", quoted(text));
                    self.findings.push(
                        Finding::error("C004", node.place, message)
                            .hint(hint)
                            .help("one of `text`, `url`, `field:NAME`"),
                    );
                }
            }
            (Kind::Word(words), NodeValue::Text(text)) => self.word(node, name, text, words),
            (Kind::Words(words), NodeValue::List(nodes)) => {
                self.list(node, nodes, name, &Kind::Word(words), true)
            }
            (Kind::Texts, NodeValue::List(nodes)) => {
                self.list(node, nodes, name, &Kind::Text, false)
            }
            (Kind::Paths, NodeValue::List(nodes)) => {
                self.list(node, nodes, name, &Kind::Path, true)
            }
            (Kind::Numbers, NodeValue::Table(fields)) => {
                for (name, field) in fields {
                    self.value(&field.node, &Kind::Float(f64::MIN, f64::MAX), name);
                }
            }
            (Kind::Table(table), NodeValue::Table(fields)) => self.table(fields, table, node.place),
            (Kind::Tables(table), NodeValue::List(nodes)) => {
                for node in nodes {
                    self.value(node, &Kind::Table(table), name);
                }
            }
            (Kind::Tagged(tag, variants), NodeValue::Table(fields)) => {
                let word = fields.get(*tag).and_then(|field| field.node.as_text());
                self.table(fields, schema::variant(variants, word), node.place);
            }
            (Kind::Either(first, second), _) => {
                let fits = |kind: &Kind| accepts(kind, &node.value);
                if fits(first) {
                    self.value(node, first, name);
                } else if fits(second) {
                    self.value(node, second, name);
                } else {
                    self.wrong_type(node, kind, name);
                }
            }
            _ => self.wrong_type(node, kind, name),
        }
    }

    fn wrong_type(&mut self, node: &Node, kind: &Kind, name: &str) {
        let message = format!(
            "{} must be {}, not {}",
            quoted(name),
            describe(kind),
            node.kind_word()
        );
        let hint = match (kind, &node.value) {
            (Kind::Texts | Kind::Paths | Kind::Words(_), NodeValue::Text(text)) => {
                Some(format!("write `[{text:?}]`"))
            }
            (Kind::Int(..) | Kind::Float(..), NodeValue::Text(text))
                if text.parse::<f64>().is_ok() =>
            {
                Some(format!("write `{text}` without quotes"))
            }
            (Kind::Bool, NodeValue::Text(text)) if matches!(text.as_str(), "true" | "false") => {
                Some(format!("write `{text}` without quotes"))
            }
            (Kind::Table(_), NodeValue::Bool(true)) => Some(format!("write `{name} = {{}}`")),
            (Kind::Tables(table), NodeValue::Table(_)) => {
                Some(format!("write `{}` with two brackets", table.name))
            }
            (Kind::Int(..), NodeValue::Float(number)) if number.fract() == 0.0 => {
                Some(format!("write `{number}`"))
            }
            _ => None,
        };
        self.findings
            .push(Finding::error("C003", node.place, message).maybe_hint(hint));
    }

    fn range(&mut self, node: &Node, name: &str, number: &str, low: &str, high: &str) {
        let message = format!("`{name}` is {number}, out of range");
        self.findings.push(
            Finding::error("C006", node.place, message).label(format!("from {low} to {high}")),
        );
    }

    fn not_empty(&mut self, node: &Node, name: &str, empty: bool) {
        if empty {
            self.findings.push(Finding::error(
                "C028",
                node.place,
                format!("`{name}` is empty"),
            ));
        }
    }

    fn size(&mut self, node: &Node, name: &str, low: u64, high: u64) {
        let size = match &node.value {
            NodeValue::Int(number) => u64::try_from(*number).map_err(|_| SizeError::NotANumber),
            NodeValue::Text(text) => parse_size(text),
            _ => return,
        };
        use super::values::size_text;
        match size {
            Ok(bytes) if (low..=high).contains(&bytes) => {}
            Ok(bytes) => self.range(
                node,
                name,
                &size_text(bytes),
                &size_text(low),
                &size_text(high),
            ),
            Err(error) => {
                let message = format!("`{name}` is not a size");
                let label = match &error {
                    SizeError::Unit { unit, .. } => format!("{} is no unit", quoted(unit)),
                    SizeError::NotANumber => "expected a number and a unit".to_owned(),
                    SizeError::TooLarge => "over 2^64 bytes".to_owned(),
                };
                let hint = error
                    .repaired()
                    .map(|text| format!("did you mean `\"{text}\"`?"));
                self.findings.push(
                    Finding::error("C005", node.place, message)
                        .label(label)
                        .maybe_hint(hint)
                        .help(format!("the units are {UNIT_NAMES}")),
                );
            }
        }
    }

    fn name(&mut self, node: &Node, text: &str) {
        if !is_name(text) {
            let message = format!("{} cannot be a name", quoted(text));
            let hint = to_name(text).map(|name| format!("write `\"{name}\"`"));
            self.findings.push(
                Finding::error("C011", node.place, message)
                    .maybe_hint(hint)
                    .help("names are 1 to 64 small letters, digits, `-` and `_`"),
            );
        }
    }

    fn word(
        &mut self,
        node: &Node,
        name: &str,
        text: &str,
        words: &'static [(&'static str, &'static str)],
    ) {
        if words.iter().any(|(word, _)| *word == text) {
            return;
        }
        let all = words
            .iter()
            .map(|(word, _)| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ");
        self.findings.push(
            Finding::error(
                "C004",
                node.place,
                format!("`{name}` cannot be {}", quoted(text)),
            )
            .maybe_hint(did_you_mean(text, words.iter().map(|(word, _)| *word)))
            .help(format!("one of {all}")),
        );
    }

    fn list(&mut self, node: &Node, nodes: &[Node], name: &str, kind: &Kind, needed: bool) {
        if needed {
            self.not_empty(node, name, nodes.is_empty());
        }
        for node in nodes {
            self.value(node, kind, name);
        }
    }
}

/// The number of a node, whole or not.
pub(super) fn number_of(node: &Node) -> Option<f64> {
    match node.value {
        // Bounds over 2^53 lose digits; no metric reaches them.
        #[allow(clippy::cast_precision_loss)]
        NodeValue::Int(number) => Some(number as f64),
        NodeValue::Float(number) => Some(number),
        _ => None,
    }
}

/// Whether a value is of the TOML type that `kind` is written in.
pub(super) fn accepts(kind: &Kind, value: &NodeValue) -> bool {
    match value {
        NodeValue::Text(_) => matches!(
            kind,
            Kind::Text
                | Kind::Name
                | Kind::Path
                | Kind::Sha256
                | Kind::Target
                | Kind::Word(_)
                | Kind::Size(..)
        ),
        NodeValue::Int(_) => matches!(
            kind,
            Kind::Int(..) | Kind::Float(..) | Kind::Size(..) | Kind::Version
        ),
        NodeValue::Float(_) => matches!(kind, Kind::Float(..)),
        NodeValue::Bool(_) => matches!(kind, Kind::Bool),
        NodeValue::List(_) => matches!(
            kind,
            Kind::Words(_) | Kind::Texts | Kind::Paths | Kind::Tables(_)
        ),
        NodeValue::Table(_) => matches!(kind, Kind::Table(_) | Kind::Tagged(..) | Kind::Numbers),
        NodeValue::Date | NodeValue::Deep | NodeValue::Lost => false,
    }
}

/// What a key takes, in the words of an error message.
pub(super) fn describe(kind: &Kind) -> String {
    match kind {
        Kind::Bool => "true or false".to_owned(),
        Kind::Int(..) | Kind::Version => "a whole number".to_owned(),
        Kind::Float(..) => "a number".to_owned(),
        Kind::Size(..) => "a size such as `\"64MiB\"`".to_owned(),
        Kind::Text | Kind::Target => "text".to_owned(),
        Kind::Name => "a name".to_owned(),
        Kind::Path => "a path".to_owned(),
        Kind::Sha256 => "a checksum in hexadecimal digits".to_owned(),
        Kind::Word(words) => {
            format!(
                "one of {}",
                words
                    .iter()
                    .map(|(word, _)| format!("`{word}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        Kind::Words(_) => "a list of words".to_owned(),
        Kind::Texts => "a list of texts".to_owned(),
        Kind::Paths => "a list of paths".to_owned(),
        Kind::Numbers => "a table of numbers".to_owned(),
        Kind::Table(_) | Kind::Tagged(..) => "a table".to_owned(),
        Kind::Tables(_) => "a list of tables".to_owned(),
        Kind::Either(first, second) => format!("{} or {}", describe(first), describe(second)),
    }
}

/// `type = "filter"` is how other tools say it.
fn step_type_hint(name: &str, node: &Node, table: &'static Table) -> Option<String> {
    let is_step = table.one_of == STEP_KINDS;
    let kind = node
        .as_text()
        .and_then(|text| nearest(text, STEP_KINDS.iter().copied()))?;
    (is_step && matches!(name, "type" | "kind" | "step"))
        .then(|| format!("the kind is the key: write `{kind} = {{ … }}`"))
}

/// The one table that knows a key of this name, if there is exactly one.
fn home_of(name: &str) -> Option<&'static str> {
    let mut homes = Vec::new();
    let mut waiting: Vec<&'static Table> = vec![&ROOT];
    while let Some(table) = waiting.pop() {
        if table.key(name).is_some() {
            homes.push(table.name);
        }
        for key in table.keys {
            match key.kind {
                // The steps of a source are the same tables as the shared ones.
                Kind::Tables(inner) if inner.one_of != STEP_KINDS || std::ptr::eq(table, &ROOT) => {
                    waiting.push(inner);
                }
                Kind::Tagged(_, variants) => {
                    waiting.extend(variants.iter().map(|(_, table)| *table))
                }
                kind => waiting.extend(kind.table()),
            }
        }
    }
    homes.dedup();
    match homes[..] {
        [home] => Some(home),
        _ => None,
    }
}
