//! The names of steps, given and derived.

use std::collections::{BTreeMap, BTreeSet};

use super::super::schema;
use super::super::tree::{Fields, Node};
use super::super::values::{is_name, to_name};

/// What a step is called when its writer gave it no name: the kind; for filters, the filter's name without its version;
/// for dedups, the method and the kind.
pub(in crate::config) fn derived_name(fields: &Fields) -> String {
    let inner = |key: &str, name: &str| fields.get(key)?.node.as_table()?.get(name)?.node.as_text();
    let kind = schema::STEP_KINDS.iter().find(|kind| fields.contains_key(**kind)).copied().unwrap_or("step");
    let special = match kind {
        "filter" => {
            let short = fields.get("filter").and_then(|field| field.node.as_text());
            let name = short.or_else(|| inner("filter", "name")).or_else(|| inner("filter", "path"));
            name.and_then(|name| to_name(filter_stem(name)))
        }
        "dedup" => inner("dedup", "method").and_then(to_name).map(|method| format!("{method}-dedup")),
        _ => None,
    };
    special.unwrap_or_else(|| kind.to_owned())
}

/// `gopher-quality` of `gopher-quality@datatrove-0.10` and of `my/gopher-quality.toml`.
pub(in crate::config) fn filter_stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    let file = file.strip_suffix(".toml").unwrap_or(file);
    file.split('@').next().unwrap_or(file)
}

/// Hands out names to steps without one: `language`, `language-2`, … never one that is taken.
pub(in crate::config) struct StepNames {
    taken: BTreeSet<String>,
    next: BTreeMap<String, u32>,
}

impl StepNames {
    /// Takes note of every name that is given in the tree.
    pub(in crate::config) fn new(fields: &Fields) -> Self {
        let mut taken = BTreeSet::new();
        for steps in step_lists(fields) {
            for node in steps {
                if let Some(name) = node.as_table().and_then(|fields| fields.get("name")?.node.as_text()) {
                    taken.insert(name.to_owned());
                }
            }
        }
        Self { taken, next: BTreeMap::new() }
    }

    /// The name of the next step that would be called `base`, within a source (`web-extract`) or shared.
    pub(in crate::config) fn derive(&mut self, source: &str, base: &str) -> String {
        let base = if source.is_empty() || !is_name(source) { base.to_owned() } else { format!("{source}-{base}") };
        let counter = self.next.entry(base.clone()).or_insert(1);
        loop {
            let name = if *counter == 1 { base.clone() } else { format!("{base}-{counter}") };
            *counter += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// All lists of steps: those of the sources, then the shared one.
fn step_lists(fields: &Fields) -> Vec<&[Node]> {
    let sources = fields.get("source").and_then(|field| field.node.as_list()).unwrap_or_default();
    let own = sources.iter().filter_map(|node| node.as_table()?.get("step")?.node.as_list());
    own.chain(fields.get("step").and_then(|field| field.node.as_list())).collect()
}
