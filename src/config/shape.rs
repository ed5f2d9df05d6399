//! Holds a tree against the schema: unknown keys, wrong types, wrong words, values out of range, keys that miss.
//!
//! Walks on after each finding, so that all are reported at once. The depth is that of the schema.

mod keys;
mod lists;
mod values;

pub(super) use lists::is_categories;

use super::diagnostic::Finding;
use super::place::Place;
use super::schema::{self, Default, Key, Kind, ROOT, STEP_KINDS, Table};
use super::tree::{Fields, Node, NodeValue};

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
                let needed = inner.keys.iter().filter(|key| key.default == Default::Required);
                let needed = needed.map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(" and ");
                (inner.name, format!("add a table `{}` with {needed}", inner.name))
            }
            _ => (key.name, format!("add `{} = {}`", key.name, key.example)),
        };
        let message = format!("`{what}` is missing{}", table.within());
        self.findings.push(Finding::error("C007", place, message).hint(example).help(key.doc));
    }

    /// Exactly one of the table's alternatives must be there.
    fn choice(&mut self, fields: &Fields, table: &'static Table, place: Place) {
        let given: Vec<&str> = table.one_of.iter().copied().filter(|name| fields.contains_key(*name)).collect();
        if table.one_of.is_empty() || given.len() == 1 {
            return;
        }
        let all = table.one_of.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if given.is_empty() {
            // A misspelt kind is reported already; that none is left is its consequence.
            if fields.keys().any(|name| table.key(name).is_none()) {
                return;
            }
            let message = format!("`{}` says nothing of what it is", table.name);
            self.findings.push(Finding::error("C008", place, message).hint(format!("add one of {all}")));
            return;
        }
        let mut places: Vec<(Place, &str)> = given.iter().map(|name| (fields[*name].key, *name)).collect();
        places.sort();
        let first = places[0].1;
        for (place, name) in &places[1..] {
            let message = format!("`{}` has both `{first}` and `{name}`", table.name);
            let hint = if table.one_of == STEP_KINDS {
                format!("put `{name}` into a `{}` of its own", table.name)
            } else {
                "delete one of the two".to_owned()
            };
            self.findings.push(Finding::error("C009", *place, message).label("the second").hint(hint));
        }
    }

    /// Checks one value.
    fn value(&mut self, node: &Node, kind: &Kind, name: &str) {
        match (kind, &node.value) {
            (_, NodeValue::Lost) | (Kind::Bool, NodeValue::Bool(_)) => {}
            (Kind::Int(low, high), NodeValue::Int(number)) => self.int(node, name, *number, *low, *high),
            (Kind::Version, NodeValue::Int(number)) => self.version(node, *number),
            (Kind::Float(low, high), NodeValue::Float(_) | NodeValue::Int(_)) => self.float(node, name, *low, *high),
            (Kind::Size(low, high), NodeValue::Int(_) | NodeValue::Text(_)) => self.size(node, name, *low, *high),
            (Kind::Text | Kind::Path, NodeValue::Text(text)) => self.not_empty(node, name, text.trim().is_empty()),
            (Kind::Name, NodeValue::Text(text)) => self.name(node, text),
            (Kind::Sha256, NodeValue::Text(text)) => self.sha256(node, name, text),
            (Kind::Target, NodeValue::Text(text)) => self.target(node, name, text),
            (Kind::Word(words), NodeValue::Text(text)) => self.word(node, name, text, words),
            (Kind::Words(words), NodeValue::List(nodes)) => self.list(node, nodes, name, &Kind::Word(words), true),
            (Kind::Texts, NodeValue::List(nodes)) => self.list(node, nodes, name, &Kind::Text, false),
            (Kind::Paths, NodeValue::List(nodes)) => self.list(node, nodes, name, &Kind::Path, true),
            (Kind::OneOrMorePaths, NodeValue::Text(_)) => self.value(node, &Kind::Path, name),
            (Kind::OneOrMorePaths, NodeValue::List(_)) => self.value(node, &Kind::Paths, name),
            (Kind::Lists, NodeValue::Table(fields)) => self.lists(fields),
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
                | Kind::OneOrMorePaths
                | Kind::Sha256
                | Kind::Target
                | Kind::Word(_)
                | Kind::Size(..)
        ),
        NodeValue::Int(_) => matches!(kind, Kind::Int(..) | Kind::Float(..) | Kind::Size(..) | Kind::Version),
        NodeValue::Float(_) => matches!(kind, Kind::Float(..)),
        NodeValue::Bool(_) => matches!(kind, Kind::Bool),
        NodeValue::List(_) => {
            matches!(kind, Kind::Words(_) | Kind::Texts | Kind::Paths | Kind::OneOrMorePaths | Kind::Tables(_))
        }
        NodeValue::Table(_) => matches!(kind, Kind::Table(_) | Kind::Tagged(..) | Kind::Numbers | Kind::Lists),
        NodeValue::Date | NodeValue::Deep | NodeValue::Lost => false,
    }
}
