//! The JSON schema of the config, for editors.

use serde_json::{Map, Value, json};

use super::schema::{CATEGORIES, Default, Key, Kind, ROOT, Table};
use crate::metrics::Role;

/// The schema, in the 2020-12 draft.
#[must_use]
pub fn schema() -> Value {
    let mut schema = table(&ROOT);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("gristmill config");
    schema
}

fn table(table: &'static Table) -> Value {
    let properties: Map<String, Value> = table.keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> =
        table.keys.iter().filter(|key| key.default == Default::Required).map(|key| key.name).collect();
    let mut out = json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if !table.one_of.is_empty() {
        out["oneOf"] = table.one_of.iter().map(|name| json!({ "required": [name] })).collect();
    }
    out
}

fn property(key: &Key) -> Value {
    let mut out = kind(&key.kind);
    out["description"] = json!(key.doc);
    let default = match key.default {
        Default::Bool(flag) => json!(flag),
        Default::Int(number) => json!(number),
        Default::Float(number) => json!(number),
        Default::Text(text) => json!(text),
        Default::List(words) => json!(words),
        Default::Required | Default::Absent | Default::Table | Default::Derived(_) => return out,
    };
    out["default"] = default;
    out
}

fn kind(of: &Kind) -> Value {
    let text = || json!({ "type": "string", "minLength": 1 });
    let words = |words: &[(&str, &str)]| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        json!({ "enum": words })
    };
    match of {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Int(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Kind::Float(low, high) => json!({ "type": "number", "minimum": low, "maximum": high }),
        Kind::Size(low, high) => json!({ "anyOf": [
            { "type": "integer", "minimum": low, "maximum": high },
            { "type": "string", "pattern": "^[0-9][0-9_]*(\\.[0-9]+)? *([KMGT]i?B|B)?$" },
        ] }),
        Kind::Version => json!({ "const": 1 }),
        Kind::Text | Kind::Path => text(),
        Kind::Name => json!({ "type": "string", "pattern": "^[a-z0-9_-]{1,64}$" }),
        Kind::Sha256 => json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{64}$" }),
        Kind::Target => json!({ "type": "string", "pattern": "^(text|url|field:.+)$" }),
        Kind::Word(list) => words(list),
        Kind::Words(list) => json!({ "type": "array", "items": words(list), "minItems": 1 }),
        Kind::Texts => json!({ "type": "array", "items": text() }),
        Kind::Paths => json!({ "type": "array", "items": text(), "minItems": 1 }),
        Kind::OneOrMorePaths => vec![kind(&Kind::Path), kind(&Kind::Paths)].into_any_of(),
        Kind::Lists => lists(),
        Kind::Numbers => json!({ "type": "object", "additionalProperties": { "type": "number" } }),
        Kind::Table(inner) => table(inner),
        Kind::Tables(inner) => json!({ "type": "array", "items": table(inner) }),
        Kind::Tagged(tag, variants) => variants
            .iter()
            .map(|(word, inner)| {
                let mut out = table(inner);
                out["properties"][*tag] = json!({ "const": word, "description": inner.doc });
                out
            })
            .collect::<Vec<_>>()
            .into_any_of(),
        Kind::Either(first, second) => vec![kind(first), kind(second)].into_any_of(),
    }
}

/// Roles; under each a list, or lists by language.
fn lists() -> Value {
    let one = vec![kind(&Kind::OneOrMorePaths), table(&CATEGORIES)].into_any_of();
    let by_language = json!({ "type": "object", "additionalProperties": one });
    let role = vec![one.clone(), by_language].into_any_of();
    let roles: Map<String, Value> = Role::ALL.iter().map(|one| (one.name().to_owned(), role.clone())).collect();
    json!({ "type": "object", "properties": roles, "additionalProperties": false })
}

trait IntoAnyOf {
    fn into_any_of(self) -> Value;
}

impl IntoAnyOf for Vec<Value> {
    fn into_any_of(self) -> Value {
        json!({ "anyOf": self })
    }
}
