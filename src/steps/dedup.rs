//! The dedup steps' first half: what is compared, and who is preferred. The second half is the barrier.

use super::{Judge, Keys, Outcome, Yields};
use crate::dedup::exact;
use crate::dedup::minhash::{MinHash, Work, char_hash, token_hash};
use crate::dedup::sketch::Bottom;
use crate::document::{Document, Row, Value};
use crate::text::{LettersAndDigits, Printed, Splitter, TextView, python};
use crate::tokenize::{EncodeError, Encoder};
use std::cell::RefCell;
use std::sync::Arc;

/// What an exact step compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The text.
    Text,
    /// The address.
    Url,
    /// A carried field.
    Field(String),
}

/// Who stays among duplicates; the highest rank wins, ties go to the first one read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preference {
    /// The first one read.
    First,
    /// The one with the most bytes of text.
    Longest,
    /// The one with the latest date.
    Newest,
    /// The one whose source stands first in the config, of so many sources.
    Source(usize),
    /// The one with the highest value in this metric column.
    Metric(usize),
}

impl Preference {
    /// Rank of a document. Only the upper 63 bits are compared.
    fn rank(&self, document: &Document, row: &Row, source: Option<usize>) -> u64 {
        match self {
            Self::First => 0,
            Self::Longest => (document.text.len() as u64) << 1,
            Self::Newest => date_rank(document.date.as_deref()) << 1,
            Self::Source(count) => (count - source.unwrap_or(*count)) as u64 * 2,
            Self::Metric(column) => ordered(row.metrics.get(*column).copied().unwrap_or(f64::NAN)),
        }
    }
}

/// Bits that sort as the numbers do; NaN is below all.
fn ordered(value: f64) -> u64 {
    if value.is_nan() {
        return 0;
    }
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The first 14 digits of a date (`2024-05-01T12:00:00Z`, `20240501120000`), padded on the right; 0 without one.
fn date_rank(date: Option<&str>) -> u64 {
    let digits = date.unwrap_or_default().bytes().filter(u8::is_ascii_digit);
    digits.chain(std::iter::repeat(b'0')).take(14).fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

/// Keys for exact dedup.
pub struct ExactStep {
    /// Index in the plan.
    pub step: u16,
    /// What is compared.
    pub target: Target,
    /// Whether case, punctuation and runs of white space are ignored.
    pub normalize: bool,
    /// Who stays.
    pub preference: Preference,
}

impl ExactStep {
    fn key(&self, document: &Document) -> Option<u128> {
        let mut buffer = String::new();
        let text: &str = match &self.target {
            Target::Text => &document.text,
            Target::Url => {
                let url = document.url.as_deref()?;
                return Some(if self.normalize {
                    exact::url_key(url, &mut buffer)
                } else {
                    exact::content_key(url.as_bytes())
                });
            }
            Target::Field(name) => {
                match document.metadata.iter().find(|(field, _)| field == name).map(|(_, value)| value) {
                    Some(Value::Str(text) | Value::Json(text)) => text,
                    Some(Value::Int(number)) => return Some(exact::content_key(number.to_string().as_bytes())),
                    Some(Value::Float(number)) => return Some(exact::content_key(number.to_string().as_bytes())),
                    Some(Value::Bool(flag)) => return Some(exact::content_key(flag.to_string().as_bytes())),
                    // A document without the field has no duplicate.
                    Some(Value::Null) | None => return None,
                }
            }
        };
        Some(if self.normalize {
            exact::normalised_key(text, &mut buffer)
        } else {
            exact::content_key(text.as_bytes())
        })
    }
}

impl Judge for ExactStep {
    fn look(&self, _view: &TextView<'_>, document: &Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        if let Some(key) = self.key(document) {
            #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
            let hashes = vec![(key >> 64) as u64, key as u64];
            let rank = self.preference.rank(document, row, yields.source);
            yields.keys.push((self.step, Keys { hashes, rank, ..Keys::default() }));
        }
        Outcome::Keep
    }
}

/// What shingles are made of.
#[derive(Clone)]
pub enum Units {
    /// Words of the simplified text, split as spaCy's English tokenizer does: datatrove's way.
    SimplifiedWords,
    /// Runs of letters and digits ([`LettersAndDigits`]): the fast way.
    Words,
    /// What stands between white space ([`Printed`]).
    SpaceWords,
    /// Characters.
    Characters,
    /// Token ids of the text as it stands.
    Tokens(Arc<dyn Encoder>),
}

/// Keys for near dedup.
pub struct MinHashStep {
    /// Index in the plan.
    pub step: u16,
    /// Signatures.
    pub minhash: MinHash,
    /// What shingles are made of.
    pub units: Units,
    /// Whether texts are compared in lower case (simplified words always are, tokens never).
    pub lower: bool,
    /// Values of the sketch by which candidates are verified; 0 for none.
    pub sketch: usize,
    /// Who stays.
    pub preference: Preference,
}

/// Buffers, one set per worker thread.
#[derive(Default)]
struct Buffers {
    work: Work,
    bottom: Bottom,
    lower: String,
    tokens: Vec<u32>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

impl MinHashStep {
    /// Signs a text and takes its sketch; `Ok(None)` where it has no signature.
    fn keys(&self, text: &str, rank: u64, buffers: &mut Buffers) -> Result<Option<Keys>, EncodeError> {
        let Buffers { work, bottom, lower, tokens } = buffers;
        let sketched = self.sketch > 0;
        let text = if self.reads_lower(sketched) {
            python::lower_into(text, lower);
            lower.as_str()
        } else {
            text
        };
        let signed = match &self.units {
            Units::SimplifiedWords => {
                let simple = crate::text::simplify(text);
                self.minhash.sign_words(Splitter::SpacyEn.split(&simple), work)
            }
            Units::Words => self.minhash.sign_words_of::<LettersAndDigits>(text, work),
            Units::SpaceWords => self.minhash.sign_words_of::<Printed>(text, work),
            Units::Characters => self.minhash.sign_chars(text, work),
            Units::Tokens(encoder) => {
                tokens.clear();
                encoder.encode(text, tokens)?;
                self.minhash.sign_tokens(tokens, work)
            }
        };
        if !signed {
            return Ok(None);
        }
        let mut hashes = Vec::with_capacity(self.minhash.config().shape.bands);
        self.minhash.band_keys(&work.signature, &mut hashes);
        if sketched {
            self.sketch(text, tokens, bottom);
        }
        let sketch = if sketched { bottom.halves() } else { Vec::new() };
        Ok(Some(Keys { hashes, rank, sketch, ..Keys::default() }))
    }

    /// Whether anything reads the text in lower case. Simplified words make their own, and lower case twice is the same.
    fn reads_lower(&self, sketched: bool) -> bool {
        match self.units {
            Units::SimplifiedWords => sketched && self.lower,
            Units::Tokens(_) => false,
            _ => self.lower,
        }
    }

    /// The sketch of a text. Candidates are found by letters and digits alone, so that punctuation cannot hide one, and
    /// verified by all that is printed: pages that differ in a symbol on every line are not copies.
    fn sketch(&self, text: &str, tokens: &[u32], sketch: &mut Bottom) {
        let n = self.minhash.config().ngram;
        match self.units {
            Units::Characters => sketch.fill(self.sketch, n, text.chars().map(char_hash)),
            Units::Tokens(_) => sketch.fill(self.sketch, n, tokens.iter().map(|&id| token_hash(id))),
            _ => sketch.fill_words::<Printed>(self.sketch, n, text),
        }
    }
}

impl Judge for MinHashStep {
    fn look(&self, view: &TextView<'_>, document: &Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        let rank = self.preference.rank(document, row, yields.source);
        match BUFFERS.with_borrow_mut(|buffers| self.keys(view.text(), rank, buffers)) {
            Ok(Some(keys)) => {
                yields.keys.push((self.step, keys));
                Outcome::Keep
            }
            Ok(None) => Outcome::Keep,
            Err(error) => Outcome::refused(error),
        }
    }
}
