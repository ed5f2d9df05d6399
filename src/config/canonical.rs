//! The config in full, every default filled in, keys in the order of the schema: for `plan --full`, plan.json and the
//! fingerprint.

use serde_json::Value;

use super::schema::{Effect, Key, Kind, ROOT, Table, variant};
use super::types::Config;
use super::values::size_text;

/// The config as JSON text on one line. Equal configs give equal texts, whatever order their files are written in.
#[must_use]
pub fn canonical(config: &Config) -> String {
    let mut out = String::new();
    json_table(&to_value(config), &ROOT, &|_| true, &mut out);
    out
}

/// [`canonical`] without the keys that change neither output nor records ([`Effect::Nothing`]: `limits.memory`,
/// `limits.threads`, `limits.max-fault-ratio`, `output.dir`, `[[test]]`). Two configs with equal forms make the same run;
/// hash it together with the contents of the files that the config names.
#[must_use]
pub fn fingerprint_form(config: &Config) -> String {
    let mut out = String::new();
    json_table(&to_value(config), &ROOT, &|key| key.effect == Effect::Output, &mut out);
    out
}

/// The config as a TOML text that parses to the same config.
#[must_use]
pub fn canonical_toml(config: &Config) -> String {
    let mut out = String::new();
    toml_table(&to_value(config), &ROOT, "", &mut out);
    out
}

pub(super) fn to_value(config: &Config) -> Value {
    serde_json::to_value(config).expect("a config has text keys and finite numbers only")
}

fn json_table(value: &Value, table: &Table, keep: &dyn Fn(&Key) -> bool, out: &mut String) {
    out.push('{');
    let mut first = true;
    for key in table.keys.iter().filter(|key| keep(key)) {
        let Some(inner) = value.get(key.name) else {
            continue;
        };
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        out.push('"');
        out.push_str(key.name);
        out.push_str("\":");
        json_value(inner, &key.kind, keep, out);
    }
    out.push('}');
}

fn json_value(value: &Value, kind: &Kind, keep: &dyn Fn(&Key) -> bool, out: &mut String) {
    match (table_of(value, kind), kind, value) {
        (Some(table), _, Value::Object(_)) => json_table(value, table, keep, out),
        (_, Kind::Tables(table), Value::Array(values)) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                json_table(value, table, keep, out);
            }
            out.push(']');
        }
        // Texts, numbers, lists of texts; and bounds, whose keys come sorted out of a BTreeMap.
        _ => out.push_str(&value.to_string()),
    }
}

/// The table that an object of this kind is written by.
fn table_of(value: &Value, kind: &Kind) -> Option<&'static Table> {
    match kind {
        Kind::Tagged(tag, variants) => Some(variant(variants, value.get(*tag).and_then(Value::as_str))),
        _ => kind.table(),
    }
}

/// Writes the keys of a table, then the tables below it that have headers of their own.
fn toml_table(value: &Value, table: &Table, path: &str, out: &mut String) {
    let below = |key: &Key| matches!(key.kind, Kind::Table(inner) | Kind::Tables(inner) if inner.has_header());
    for key in table.keys.iter().filter(|key| !below(key)) {
        if let Some(inner) = value.get(key.name) {
            out.push_str(&format!("{} = {}\n", key.name, toml_value(inner, &key.kind)));
        }
    }
    for key in table.keys.iter().filter(|key| below(key)) {
        let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        match (&key.kind, value.get(key.name)) {
            (Kind::Table(inner), Some(value)) => {
                out.push_str(&format!("\n[{path}]\n"));
                toml_table(value, inner, &path, out);
            }
            (Kind::Tables(inner), Some(Value::Array(values))) => {
                for value in values {
                    out.push_str(&format!("\n[[{path}]]\n"));
                    toml_table(value, inner, &path, out);
                }
            }
            _ => {}
        }
    }
}

/// A value on one line.
fn toml_value(value: &Value, kind: &Kind) -> String {
    match value {
        Value::Object(object) => {
            let mut parts = Vec::new();
            match table_of(value, kind) {
                Some(table) => {
                    for key in table.keys {
                        if let Some(inner) = object.get(key.name) {
                            parts.push(format!("{} = {}", key.name, toml_value(inner, &key.kind)));
                        }
                    }
                }
                None => parts.extend(
                    object
                        .iter()
                        .map(|(name, inner)| format!("{} = {}", toml_key(name), toml_value(inner, &Kind::Text))),
                ),
            }
            if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(|value| toml_value(value, &Kind::Text)).collect();
            format!("[{}]", values.join(", "))
        }
        Value::String(text) => toml_text(text),
        Value::Number(number) => match (kind, number.as_u64()) {
            (Kind::Size(..), Some(bytes)) => toml_text(&size_text(bytes)),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// A key as TOML writes it: bare where it can be.
fn toml_key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare { name.to_owned() } else { toml_text(name) }
}

/// A TOML basic string.
pub(super) fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
