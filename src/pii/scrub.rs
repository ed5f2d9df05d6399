//! Putting tags in the place of values.

use super::scan::is_barrier;
use super::{Detector, Kind};

/// What stands in the place of a value: one tag for each kind.
///
/// Every value of a kind gets the same tag, wherever it stands and whatever came before, so the
/// result does not depend on how documents are spread over units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    tags: [String; Kind::ALL.len()],
}

/// Why a template cannot make tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// The first or the last character, spaces apart, is none of `<>[]{}|`. Text next to a tag without
    /// them could join with it or with text beyond it and become a value again.
    Open,
    /// A placeholder that is not `{kind}`.
    Unknown(String),
    /// The tag of this kind holds a value itself.
    Value(Kind),
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TemplateError::Open => {
                f.write_str("a replacement begins and ends with one of `< > [ ] { } |`, as in `<{kind}>`")
            }
            TemplateError::Unknown(name) => {
                write!(f, "`{{{name}}}` is no placeholder of a replacement; the only one is `{{kind}}`")
            }
            TemplateError::Value(kind) => write!(
                f,
                "the replacement for `{}` would be found and replaced again; choose words without numbers and addresses",
                kind.word()
            ),
        }
    }
}

impl std::error::Error for TemplateError {}

impl Replacement {
    /// Tags from a template such as `<{kind}>`, where `{kind}` stands for [`Kind::word`].
    pub fn new(template: &str) -> Result<Self, TemplateError> {
        let tags = Kind::ALL.map(|kind| template.replace("{kind}", kind.word()));
        let trimmed = tags[0].trim_matches(' ').as_bytes();
        let closed = |byte: Option<&u8>| byte.copied().is_some_and(is_barrier);
        if !closed(trimmed.first()) || !closed(trimmed.last()) {
            return Err(TemplateError::Open);
        }
        if let Some(name) = placeholder(&template.replace("{kind}", "")) {
            return Err(TemplateError::Unknown(name.to_owned()));
        }
        let detector = Detector::new(&Kind::ALL);
        for (kind, tag) in Kind::ALL.into_iter().zip(&tags) {
            if !detector.find(tag).is_empty() {
                return Err(TemplateError::Value(kind));
            }
        }
        Ok(Replacement { tags })
    }

    /// The tag for values of `kind`.
    pub fn tag(&self, kind: Kind) -> &str {
        &self.tags[kind as usize]
    }
}

/// The first `{word}` of small letters in `text`.
fn placeholder(text: &str) -> Option<&str> {
    text.match_indices('{').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let name = &rest[..rest.find('}')?];
        let word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        word.then_some(name)
    })
}

/// A text with tags in the place of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scrubbed {
    /// The text.
    pub text: String,
    /// How many values of each kind were replaced, in the order of [`Kind::ALL`]; kinds without any
    /// are left out.
    pub counts: Vec<(Kind, u32)>,
}

/// Puts tags in the place of the values that `detector` finds in `text`. Nothing when there are
/// none: then nothing is copied. The same detector finds nothing in the result.
pub fn scrub(detector: &Detector, replacement: &Replacement, text: &str) -> Option<Scrubbed> {
    let spans = detector.find(text);
    if spans.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 8 * spans.len());
    let mut counts = [0_u32; Kind::ALL.len()];
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.start]);
        out.push_str(replacement.tag(span.kind));
        counts[span.kind as usize] = counts[span.kind as usize].saturating_add(1);
        at = span.end;
    }
    out.push_str(&text[at..]);
    let counts = Kind::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect();
    Some(Scrubbed { text: out, counts })
}
