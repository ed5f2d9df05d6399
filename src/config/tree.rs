//! A config text as a tree of values with places: what TOML says, before anything knows what it means.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::parser::{Event, EventKind, RecursionGuard};

use super::diagnostic::Finding;
use super::place::Place;

/// Values nested deeper than this are not looked into. The schema needs seven levels.
const DEEPEST: usize = 12;

/// Inline nesting that the TOML reader follows at most; deeper texts are refused by it.
const DEEPEST_INLINE: u32 = 80;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: NodeValue,
}

/// A TOML value.
#[derive(Debug, Clone)]
pub(super) enum NodeValue {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Date,
    List(Vec<Node>),
    Table(Fields),
    /// Nested too deep to matter.
    Deep,
    /// Could not be read, and that is reported already.
    Lost,
}

/// The entries of a table by key.
pub(super) type Fields = BTreeMap<String, Field>;

/// One entry of a table.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) key: Place,
    pub(super) node: Node,
}

impl Node {
    /// What the value is, in the words of an error message.
    pub(super) fn kind_word(&self) -> &'static str {
        match &self.value {
            NodeValue::Text(_) => "text",
            NodeValue::Int(_) => "a whole number",
            NodeValue::Float(_) => "a number with a point",
            NodeValue::Bool(_) => "true or false",
            NodeValue::Date => "a date",
            NodeValue::List(_) => "a list",
            NodeValue::Table(_) => "a table",
            NodeValue::Deep => "a deeply nested value",
            NodeValue::Lost => "a lost value",
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_table(&self) -> Option<&Fields> {
        match &self.value {
            NodeValue::Table(fields) => Some(fields),
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            NodeValue::List(nodes) => Some(nodes),
            _ => None,
        }
    }
}

/// Parses text number `text` as a TOML document. All syntax errors are added to `findings`; the tree holds what could
/// be read all the same.
pub(super) fn parse_document(source: &str, text: u32, findings: &mut Vec<Finding>) -> Fields {
    note_newer_syntax(source, text, findings);
    let (mut document, errors) = DeTable::parse_recoverable(source);
    syntax_errors(&errors, source, text, findings);
    let mut out = Fields::new();
    convert_table(document.get_mut(), text, 0, findings, &mut out);
    out
}

/// Parses one TOML value, for overrides. `offset` is where the value starts in text number `text`.
pub(super) fn parse_value(source: &str, text: u32, offset: usize, findings: &mut Vec<Finding>) -> Option<Node> {
    let mut value = DeValue::parse(source).ok()?;
    let mut node = convert(&mut value, text, 0, findings);
    shift(&mut node, offset);
    Some(node)
}

fn shift(node: &mut Node, offset: usize) {
    let shifted = |place: Place| Place::new(place.text, place.start as usize + offset..place.end as usize + offset);
    node.place = shifted(node.place);
    match &mut node.value {
        NodeValue::List(nodes) => nodes.iter_mut().for_each(|node| shift(node, offset)),
        NodeValue::Table(fields) => {
            for field in fields.values_mut() {
                field.key = shifted(field.key);
                shift(&mut field.node, offset);
            }
        }
        _ => {}
    }
}

fn syntax_errors(errors: &[toml::de::Error], source: &str, text: u32, findings: &mut Vec<Finding>) {
    let mut last = None;
    for error in errors {
        let span = error.span().unwrap_or(source.len()..source.len());
        // A reader that recovers stumbles again over the same place; the first message is the cause.
        if last == Some(span.start) {
            continue;
        }
        last = Some(span.start);
        let duplicate = error.message().starts_with("duplicate key");
        let finding = if duplicate {
            let key = source.get(span.clone()).unwrap_or_default();
            let message = format!("{} is given twice", super::diagnostic::quoted(key));
            Finding::error("C010", Place::new(text, span), message).hint("delete one of the two")
        } else {
            Finding::error("C001", Place::new(text, span), error.message())
        };
        findings.push(finding);
    }
}

/// Moves the tree out of the TOML reader's form. Depth is bounded by [`DEEPEST`].
fn convert(value: &mut Spanned<DeValue<'_>>, text: u32, depth: usize, findings: &mut Vec<Finding>) -> Node {
    let place = Place::new(text, value.span());
    let value = match value.get_mut() {
        deep if depth > DEEPEST => {
            dismantle(std::mem::replace(deep, DeValue::Boolean(false)));
            NodeValue::Deep
        }
        DeValue::String(string) => NodeValue::Text(std::mem::take(string).into_owned()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) => NodeValue::Int(number),
            Err(_) => {
                let message = format!("{} does not fit into 64 bits", super::diagnostic::quoted(integer.as_str()));
                findings.push(Finding::error("C006", place, message));
                NodeValue::Lost
            }
        },
        DeValue::Float(float) => NodeValue::Float(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => NodeValue::Bool(*flag),
        DeValue::Datetime(_) => NodeValue::Date,
        DeValue::Array(nodes) => {
            NodeValue::List(nodes.iter_mut().map(|node| convert(node, text, depth + 1, findings)).collect())
        }
        DeValue::Table(table) => {
            let mut fields = Fields::new();
            convert_table(table, text, depth + 1, findings, &mut fields);
            NodeValue::Table(fields)
        }
    };
    Node { place, value }
}

/// Drops a value level by level: dotted keys in inline tables nest thousands of levels deep, and to drop those from the outside
/// takes a stack as deep.
fn dismantle(value: DeValue<'_>) {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            DeValue::Array(nodes) => left.extend(nodes.into_iter().map(Spanned::into_inner)),
            DeValue::Table(table) => left.extend(table.into_iter().map(|(_, value)| value.into_inner())),
            _ => {}
        }
    }
}

fn convert_table(table: &mut DeTable<'_>, text: u32, depth: usize, findings: &mut Vec<Finding>, out: &mut Fields) {
    for (key, value) in std::mem::take(table) {
        let mut value = value;
        let field = Field { key: Place::new(text, key.span()), node: convert(&mut value, text, depth, findings) };
        out.insert(key.into_inner().into_owned(), field);
    }
}

/// Warns of line breaks and trailing commas in inline tables: TOML 1.1 allows them, but editors and Python's `tomllib`
/// refuse the file.
fn note_newer_syntax(source: &str, text: u32, findings: &mut Vec<Finding>) {
    let source = toml_parser::Source::new(source);
    let tokens = source.lex().into_vec();
    let mut events: Vec<Event> = Vec::with_capacity(tokens.len());
    let mut guard = RecursionGuard::new(&mut events, DEEPEST_INLINE);
    toml_parser::parser::parse_document(&tokens, &mut guard, &mut ());
    // Open brackets: Some(start) for an inline table not yet complained about, None otherwise.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut comma: Option<Event> = None;
    for event in events {
        match event.kind() {
            EventKind::InlineTableOpen => open.push(Some(event.span().start())),
            EventKind::ArrayOpen => open.push(None),
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                if let (Some(Some(_)), Some(comma)) = (open.pop(), comma) {
                    let place = Place::new(text, comma.span().start()..comma.span().end());
                    findings.push(
                        Finding::warning(
                            "C048",
                            place,
                            "a comma after the last key of an inline table is not TOML 1.0",
                        )
                        .hint("delete the comma"),
                    );
                }
            }
            EventKind::Newline => {
                if let Some(Some(start)) = open.last_mut().map(Option::take) {
                    findings.push(
                        Finding::warning(
                            "C048",
                            Place::new(text, start..start + 1),
                            "an inline table over several lines is not TOML 1.0",
                        )
                        .label("opened here")
                        .hint("write it on one line, or as a `[table]` of its own"),
                    );
                }
            }
            _ => {}
        }
        match event.kind() {
            EventKind::ValueSep => comma = Some(event),
            EventKind::Whitespace | EventKind::Newline | EventKind::Comment => {}
            _ => comma = None,
        }
    }
}
