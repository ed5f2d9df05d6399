//! The part of YAML that published threshold files use: one mapping of keys to numbers and (nested) lists.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::ImportError;

/// A value with its line and column, both from 1.
#[derive(Debug)]
pub(super) struct Node {
    pub line: usize,
    pub column: usize,
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    /// A scalar, and whether it stands in quotes.
    Scalar(String, bool),
    List(Vec<Node>),
    /// Keys with their values, in the order of the file.
    Map(Vec<(Node, Node)>),
}

/// Deeper nesting than any threshold file has.
const DEEPEST: usize = 8;

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Node, ImportError> {
    let mut parser = Parser::new_from_str(text);
    let node = loop {
        let (event, span) = next(&mut parser)?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd | Event::DocumentEnd => {
                return Err(at(&span, "the file is empty").hint("a threshold file begins with `dup_line_frac: …`"));
            }
            event => break node(&mut parser, event, &span, 0)?,
        }
    };
    // A second document would be lost.
    loop {
        match next(&mut parser)? {
            (Event::StreamEnd, _) => return Ok(node),
            (Event::DocumentEnd | Event::Nothing, _) => {}
            (_, span) => return Err(at(&span, "a second document in the file")),
        }
    }
}

type Events<'t> = Parser<'t, saphyr_parser::StrInput<'t>>;

fn next<'t>(parser: &mut Events<'t>) -> Result<(Event<'t>, Span), ImportError> {
    match parser.next_event() {
        Some(Ok(event)) => Ok(event),
        Some(Err(error)) => {
            let message = format!("not YAML: {}", error.info());
            Err(ImportError::new(error.marker().line(), error.marker().col() + 1, message))
        }
        None => Err(ImportError::new(0, 0, "the file ends too early".to_owned())),
    }
}

fn node(parser: &mut Events<'_>, event: Event<'_>, span: &Span, depth: usize) -> Result<Node, ImportError> {
    if depth > DEEPEST {
        return Err(at(span, "lists or mappings are nested too deep"));
    }
    let kind = match event {
        Event::Scalar(text, style, _, None) => Kind::Scalar(text.into_owned(), style != ScalarStyle::Plain),
        Event::Scalar(..) => return Err(at(span, "tags (`!!…`) are not read")),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                let (event, span) = next(parser)?;
                if event == Event::SequenceEnd {
                    break Kind::List(items);
                }
                items.push(node(parser, event, &span, depth + 1)?);
            }
        }
        Event::MappingStart(..) => {
            let mut entries = Vec::new();
            loop {
                let (event, span) = next(parser)?;
                if event == Event::MappingEnd {
                    break Kind::Map(entries);
                }
                let key = node(parser, event, &span, depth + 1)?;
                let (event, span) = next(parser)?;
                entries.push((key, node(parser, event, &span, depth + 1)?));
            }
        }
        Event::Alias(_) => return Err(at(span, "aliases (`*…`) are not read")),
        _ => return Err(at(span, "a value is missing")),
    };
    Ok(Node { line: span.start.line(), column: span.start.col() + 1, kind })
}

fn at(span: &Span, message: &str) -> ImportError {
    ImportError::new(span.start.line(), span.start.col() + 1, message.to_owned())
}

impl Node {
    /// An error at this value.
    pub fn wrong(&self, message: impl Into<String>) -> ImportError {
        ImportError::new(self.line, self.column, message.into())
    }

    /// What it is, for messages.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Scalar(text, _) => format!("`{text}`"),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
        }
    }

    /// A finite number, not in quotes.
    pub fn number(&self, key: &str) -> Result<f64, ImportError> {
        let parsed = match &self.kind {
            Kind::Scalar(text, false) if text.bytes().all(|byte| b"+-.eE0123456789".contains(&byte)) => {
                text.parse::<f64>().ok().filter(|number| number.is_finite())
            }
            _ => None,
        };
        parsed.ok_or_else(|| {
            self.wrong(format!("`{key}` takes a number, found {}", self.describe())).hint("write it without quotes")
        })
    }

    /// A whole number from 0.
    pub fn count(&self, key: &str) -> Result<usize, ImportError> {
        match &self.kind {
            Kind::Scalar(text, false) if text.parse::<usize>().is_ok() => Ok(text.parse().unwrap_or_default()),
            _ => Err(self.wrong(format!("`{key}` takes a whole number, found {}", self.describe()))),
        }
    }

    /// A word. What YAML 1.1 reads as a truth value, a number or nothing must stand in quotes, else the word is lost in
    /// the program that the file is written for.
    pub fn word(&self, key: &str) -> Result<&str, ImportError> {
        const NOT_WORDS: [&str; 12] = ["yes", "no", "true", "false", "on", "off", "null", "~", "", "=", ".nan", ".inf"];
        let Kind::Scalar(text, quoted) = &self.kind else {
            return Err(self.wrong(format!("`{key}` takes words, found {}", self.describe())));
        };
        // `nan` is a word, `.nan` is none.
        let number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && text.parse::<f64>().is_ok();
        let lost = number || NOT_WORDS.contains(&text.to_lowercase().as_str());
        if !quoted && lost {
            let error = self.wrong(format!("`{key}`: YAML does not read `{text}` as a word"));
            return Err(error.hint(format!("write '{text}' in quotes")));
        }
        Ok(text)
    }

    /// The items of a list.
    pub fn items(&self, key: &str) -> Result<&[Node], ImportError> {
        match &self.kind {
            Kind::List(items) => Ok(items),
            _ => Err(self.wrong(format!("`{key}` takes a list, found {}", self.describe()))),
        }
    }
}
