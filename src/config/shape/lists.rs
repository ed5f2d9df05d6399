//! `lists` of a filter: roles, languages, and where each list comes from.

use super::super::diagnostic::{Finding, did_you_mean, quoted};
use super::super::schema::{CATEGORIES, Kind};
use super::super::tree::{Fields, Node, NodeValue};
use super::Shape;
use crate::metrics::Role;

impl Shape<'_> {
    /// Checks `{ ROLE = …, … }`.
    pub(super) fn lists(&mut self, fields: &Fields) {
        for (name, field) in fields {
            if Role::find(name).is_none() {
                let names = || Role::ALL.iter().map(|role| role.name());
                let known = names().map(quoted).collect::<Vec<_>>().join(", ");
                self.findings.push(
                    Finding::error("C002", field.key, format!("unknown key {} in `lists`", quoted(name)))
                        .maybe_hint(did_you_mean(name, names()))
                        .help(format!("the roles of lists are {known}")),
                );
                continue;
            }
            match &field.node.value {
                NodeValue::Table(languages) if !is_categories(languages) => {
                    for (language, field) in languages {
                        self.list_from(&field.node, language);
                    }
                }
                _ => self.list_from(&field.node, name),
            }
        }
    }

    /// Checks one list: a path, paths, or categories.
    fn list_from(&mut self, node: &Node, name: &str) {
        match &node.value {
            NodeValue::Table(_) => self.value(node, &Kind::Table(&CATEGORIES), name),
            _ => self.value(node, &Kind::OneOrMorePaths, name),
        }
    }
}

/// Whether a table says where one list comes from, rather than naming languages.
pub(in crate::config) fn is_categories(fields: &Fields) -> bool {
    fields.contains_key("folder") || fields.contains_key("categories")
}
