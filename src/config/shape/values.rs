//! Values that a key does not take, and what was likely meant.

use super::super::diagnostic::{Finding, did_you_mean, quoted};
use super::super::schema::Kind;
use super::super::tree::{Node, NodeValue};
use super::super::types::Target;
use super::super::values::{SizeError, UNIT_NAMES, is_name, is_sha256, parse_size, size_text, to_name};
use super::{Shape, number_of};

impl Shape<'_> {
    pub(super) fn wrong_type(&mut self, node: &Node, kind: &Kind, name: &str) {
        let message = format!("{} must be {}, not {}", quoted(name), describe(kind), node.kind_word());
        let hint = match (kind, &node.value) {
            (Kind::Texts | Kind::Paths | Kind::Words(_), NodeValue::Text(text)) => Some(format!("write `[{text:?}]`")),
            (Kind::Int(..) | Kind::Float(..), NodeValue::Text(text)) if text.parse::<f64>().is_ok() => {
                Some(format!("write `{text}` without quotes"))
            }
            (Kind::Bool, NodeValue::Text(text)) if matches!(text.as_str(), "true" | "false") => {
                Some(format!("write `{text}` without quotes"))
            }
            (Kind::Table(_), NodeValue::Bool(true)) => Some(format!("write `{name} = {{}}`")),
            (Kind::Tables(table), NodeValue::Table(_)) => Some(format!("write `{}` with two brackets", table.name)),
            (Kind::Int(..), NodeValue::Float(number)) if number.fract() == 0.0 => Some(format!("write `{number}`")),
            _ => None,
        };
        self.findings.push(Finding::error("C003", node.place, message).maybe_hint(hint));
    }

    pub(super) fn version(&mut self, node: &Node, number: i64) {
        if number != 1 {
            let message = format!("config version {number} is unknown to this program");
            self.findings.push(Finding::error("C020", node.place, message).hint("write `version = 1`"));
        }
    }

    pub(super) fn int(&mut self, node: &Node, name: &str, number: i64, low: i64, high: i64) {
        if !(low..=high).contains(&number) {
            self.range(node, name, &number.to_string(), &low.to_string(), &high.to_string());
        }
    }

    pub(super) fn float(&mut self, node: &Node, name: &str, low: f64, high: f64) {
        let number = number_of(node).unwrap_or(f64::NAN);
        if !(low..=high).contains(&number) {
            self.range(node, name, &number.to_string(), &format!("{low:?}"), &format!("{high:?}"));
        }
    }

    pub(super) fn sha256(&mut self, node: &Node, name: &str, text: &str) {
        if !is_sha256(text) {
            let message = format!("`{name}` must be 64 hexadecimal digits, not {} characters", text.chars().count());
            self.findings.push(Finding::error("C019", node.place, message).hint("`sha256sum FILE` prints it"));
        }
    }

    pub(super) fn target(&mut self, node: &Node, name: &str, text: &str) {
        if Target::from_text(text).is_none() {
            let hint =
                did_you_mean(text, ["text", "url"]).unwrap_or_else(|| "for a field write `\"field:NAME\"`".to_owned());
            let message = format!("`{name}` cannot be {}", quoted(text));
            let finding = Finding::error("C004", node.place, message).hint(hint);
            self.findings.push(finding.help("one of `text`, `url`, `field:NAME`"));
        }
    }

    fn range(&mut self, node: &Node, name: &str, number: &str, low: &str, high: &str) {
        let message = format!("{} is {number}, out of range", quoted(name));
        self.findings.push(Finding::error("C006", node.place, message).label(format!("from {low} to {high}")));
    }

    pub(super) fn not_empty(&mut self, node: &Node, name: &str, empty: bool) {
        if empty {
            self.findings.push(Finding::error("C028", node.place, format!("`{name}` is empty")));
        }
    }

    pub(super) fn size(&mut self, node: &Node, name: &str, low: u64, high: u64) {
        let size = match &node.value {
            NodeValue::Int(number) => u64::try_from(*number).map_err(|_| SizeError::NotANumber),
            NodeValue::Text(text) => parse_size(text),
            _ => return,
        };
        match size {
            Ok(bytes) if (low..=high).contains(&bytes) => {}
            Ok(bytes) => self.range(node, name, &size_text(bytes), &size_text(low), &size_text(high)),
            Err(error) => {
                let message = format!("`{name}` is not a size");
                let label = match &error {
                    SizeError::Unit { unit, .. } => format!("{} is no unit", quoted(unit)),
                    SizeError::NotANumber => "expected a number and a unit".to_owned(),
                    SizeError::TooLarge => "over 2^64 bytes".to_owned(),
                };
                let hint = error.repaired().map(|text| format!("did you mean `\"{text}\"`?"));
                self.findings.push(
                    Finding::error("C005", node.place, message)
                        .label(label)
                        .maybe_hint(hint)
                        .help(format!("the units are {UNIT_NAMES}")),
                );
            }
        }
    }

    pub(super) fn name(&mut self, node: &Node, text: &str) {
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

    pub(super) fn word(&mut self, node: &Node, name: &str, text: &str, words: &'static [(&'static str, &'static str)]) {
        if words.iter().any(|(word, _)| *word == text) {
            return;
        }
        let all = words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        self.findings.push(
            Finding::error("C004", node.place, format!("`{name}` cannot be {}", quoted(text)))
                .maybe_hint(did_you_mean(text, words.iter().map(|(word, _)| *word)))
                .help(format!("one of {all}")),
        );
    }

    pub(super) fn list(&mut self, node: &Node, nodes: &[Node], name: &str, kind: &Kind, needed: bool) {
        if needed {
            self.not_empty(node, name, nodes.is_empty());
        }
        for node in nodes {
            self.value(node, kind, name);
        }
    }
}

/// What a key takes, in the words of an error message.
fn describe(kind: &Kind) -> String {
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
            format!("one of {}", words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", "))
        }
        Kind::Words(_) => "a list of words".to_owned(),
        Kind::Texts => "a list of texts".to_owned(),
        Kind::Paths => "a list of paths".to_owned(),
        Kind::OneOrMorePaths => "a path or a list of paths".to_owned(),
        Kind::Lists => "a table of lists".to_owned(),
        Kind::Numbers => "a table of numbers".to_owned(),
        Kind::Table(_) | Kind::Tagged(..) => "a table".to_owned(),
        Kind::Tables(_) => "a list of tables".to_owned(),
        Kind::Either(first, second) => format!("{} or {}", describe(first), describe(second)),
    }
}
