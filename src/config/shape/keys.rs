//! Keys that the schema does not have, and what was likely meant.

use super::super::diagnostic::{Finding, nearest, quoted};
use super::super::place::Place;
use super::super::schema::{Kind, ROOT, STEP_KINDS, Table};
use super::super::tree::Node;
use super::Shape;

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

impl Shape<'_> {
    pub(super) fn unknown_key(&mut self, name: &str, place: Place, node: &Node, table: &'static Table) {
        let finding = Finding::error("C002", place, format!("unknown key {}{}", quoted(name), table.within()));
        let hint = not_built(name, table)
            .or_else(|| nearest(name, table.names()).map(|near| format!("did you mean `{near}`?")))
            .or_else(|| step_type_hint(name, node, table))
            .or_else(|| {
                let ours = OTHER_WORDS.iter().find(|(word, ours)| *word == name && table.key(ours).is_some())?.1;
                Some(format!("the key is called `{ours}`"))
            })
            .or_else(|| match home_of(name)? {
                "" => Some(format!("`{name}` belongs at the top of the file, before the first `[table]`")),
                home => Some(format!("`{name}` belongs in `{home}`")),
            });
        let known = table.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        self.findings.push(finding.maybe_hint(hint).help(format!("the keys here are {known}")));
    }
}

/// Keys that other tables of the same kind have, and this one cannot have yet: why, and the way out.
fn not_built(name: &str, table: &'static Table) -> Option<String> {
    (table.name == SUBSTRING && matches!(name, "index" | "save-index")).then(|| {
        "`substring` compares texts byte by byte and cannot look into an earlier run, which would have to keep all of its texts for \
         that; read the earlier inputs again, as a source before the new one, or use `method = \"lines\"` or `\"sentences\"`, which \
         take both keys"
            .to_owned()
    })
}

/// The table of dedup of equal spans.
const SUBSTRING: &str = "substring dedup";

/// `type = "filter"` is how other tools say it.
fn step_type_hint(name: &str, node: &Node, table: &'static Table) -> Option<String> {
    let is_step = table.one_of == STEP_KINDS;
    let kind = node.as_text().and_then(|text| nearest(text, STEP_KINDS.iter().copied()))?;
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
                Kind::Tagged(_, variants) => waiting.extend(variants.iter().map(|(_, table)| *table)),
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
