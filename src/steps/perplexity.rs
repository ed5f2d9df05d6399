//! The perplexity step: how well an n-gram model foresees a text, bounds on it, and CCNet's buckets.

use super::{Edit, Judge, Outcome, Yields};
use crate::classify::kenlm::Model;
use crate::document::{Bound, Document, Reason, Row, Value};
use crate::language::{Tag, TagMap};
use crate::text::{TextView, ccnet_into, python};
use crate::tokenize::{Encoder, Piece, Pieces};
use std::cell::RefCell;
use std::sync::Arc;

/// What is done to a text before the model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CCNet's normal form of the whole text, which has no line feeds, as one line.
    CcNet,
    /// Each line in CCNet's normal form.
    CcNetLines,
    /// The text as it is: each line by itself. With a tokenizer the whole text is one line, as line feeds are spaces to the tokenizers of
    /// CCNet and of those who follow it.
    Plain,
}

/// A bucket of CCNet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Below the first cut-off.
    Head,
    /// Below the second.
    Middle,
    /// The rest.
    Tail,
    /// Without cut-offs, or without a perplexity.
    All,
}

impl Bucket {
    /// All of them.
    pub const EVERY: [Self; 4] = [Self::Head, Self::Middle, Self::Tail, Self::All];

    /// Its name, as in the names of CCNet's files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Middle => "middle",
            Self::Tail => "tail",
            Self::All => "all",
        }
    }

    /// The rule of documents in a bucket that is not kept.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Head => "bucket-head",
            Self::Middle => "bucket-middle",
            Self::Tail => "bucket-tail",
            Self::All => "bucket-all",
        }
    }
}

/// The rule behind `min-perplexity`.
pub const LOW: &str = "low-perplexity";
/// The rule behind `max-perplexity`.
pub const HIGH: &str = "high-perplexity";
/// The metadata field that holds the bucket, as in CCNet's documents.
const FIELD: &str = "bucket";

/// The model of a language, with its tokenizer.
pub struct Scorer {
    model: Arc<Model>,
    /// The tokenizer, and the model's number of each of its tokens.
    pieces: Option<(Arc<dyn Encoder>, Vec<u32>)>,
}

/// What a scorer says of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// 10 to the power of the mean negative log10 of a word; ends of lines are words.
    pub perplexity: f64,
    /// Share of the words that the model does not know, 0 to 1; ends of lines are left out.
    pub unknown: f64,
}

/// Room for one text.
#[derive(Default)]
struct Space {
    pieces: Pieces,
    words: Vec<u32>,
}

thread_local! {
    /// It never influences a result.
    static SPACE: RefCell<Space> = RefCell::default();
}

/// Sums over lines.
#[derive(Default)]
struct Sums {
    log10: f64,
    length: u64,
    words: u64,
    unknown: u64,
}

impl Scorer {
    /// A scorer of words, or of the pieces of a tokenizer.
    #[must_use]
    pub fn new(model: Arc<Model>, encoder: Option<Arc<dyn Encoder>>) -> Self {
        let pieces = encoder.map(|encoder| {
            let mut numbers = vec![0; encoder.vocab_size() as usize];
            for (token, id) in encoder.tokens() {
                if let Some(number) = numbers.get_mut(id as usize) {
                    *number = model.index(token.as_bytes());
                }
            }
            (encoder, numbers)
        });
        Self { model, pieces }
    }

    /// The score of a text; `None` where it has nothing that is scored.
    ///
    /// # Errors
    /// When the tokenizer refuses the text, in one line.
    pub fn score(&self, text: &str, form: Form) -> Result<Option<Score>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let mut sums = Sums::default();
        SPACE.with_borrow_mut(|space| {
            each_line(text, form, self.pieces.is_some(), |line| self.line(space, line, &mut sums))
        })?;
        if sums.length == 0 || form == Form::CcNet && sums.words == 0 {
            return Ok(None);
        }
        // CCNet and those who follow it keep one decimal, and compare it with the cut-offs.
        let perplexity = round1(10_f64.powf(-sums.log10 / sums.length as f64));
        Ok(Some(Score { perplexity, unknown: sums.unknown as f64 / sums.words.max(1) as f64 }))
    }

    fn line(&self, space: &mut Space, line: &str, sums: &mut Sums) -> Result<(), String> {
        let Space { pieces, words } = space;
        let (score, length) = match &self.pieces {
            None => {
                let score = self.model.score_line(self.model.words_of(line), true, true);
                // The reference scores words between ASCII white space and counts those between any.
                let mut length = 0;
                python::each_word(line, |_| length += 1);
                (score, length)
            }
            Some((encoder, numbers)) => {
                let pieces = pieces.of(encoder.as_ref(), line).map_err(|error| error.to_string())?;
                words.clear();
                let mut length = 0;
                for piece in pieces {
                    match piece {
                        // White space in it parts words, as if the pieces had been joined by spaces.
                        Piece::Unknown(surface) => {
                            words.extend(self.model.words_of(surface));
                            python::each_word(surface, |_| length += 1);
                        }
                        Piece::Token(id) => {
                            words.push(numbers.get(id as usize).copied().unwrap_or(0));
                            length += 1;
                        }
                    }
                }
                (self.model.score_line(words.iter().copied(), true, true), length)
            }
        };
        sums.log10 += f64::from(score.log10);
        sums.length += length + 1;
        sums.words += score.words;
        sums.unknown += score.unknown;
        Ok(())
    }
}

/// Visits the lines that a model sees of a text, in training as in scoring; `has_tokenizer`: its words are a tokenizer's pieces.
///
/// # Errors
/// The first of `each`.
pub fn each_line<E>(
    text: &str,
    form: Form,
    has_tokenizer: bool,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut normal = String::new();
    match form {
        Form::CcNet => {
            ccnet_into(text, &mut normal);
            if normal.is_empty() { Ok(()) } else { each(&normal) }
        }
        Form::CcNetLines => text.split('\n').try_for_each(|line| {
            normal.clear();
            ccnet_into(line, &mut normal);
            each(&normal)
        }),
        Form::Plain if has_tokenizer => each(text),
        Form::Plain => text.split('\n').try_for_each(each),
    }
}

/// Python's `round(value, 1)`: the nearest decimal of the exact value, of two equally near ones the even.
fn round1(value: f64) -> f64 {
    format!("{value:.1}").parse().unwrap_or(value)
}

/// A model in its place in the plan.
pub struct PerplexityStep {
    /// The scorers, by language; under `any` that of the others.
    pub scorers: TagMap<Scorer>,
    /// The cut-offs of head and middle, by language, under `any` those of the others; `None` without buckets.
    pub cutoffs: Option<TagMap<(f64, f64)>>,
    /// What is done to a text.
    pub form: Form,
    /// Buckets whose documents stay.
    pub keep: Vec<Bucket>,
    /// Documents with a lower perplexity fail.
    pub min: Option<f64>,
    /// Documents with a higher perplexity fail.
    pub max: Option<f64>,
    /// Metric column of the perplexity; the share of unknown words stands after it.
    pub column: usize,
    /// Name of the step, for tags.
    pub name: Arc<str>,
}

/// The tag of what holds for all other languages.
const ANY: &str = "any";

fn of<'m, T>(map: &'m TagMap<T>, language: Option<&str>) -> Option<&'m T> {
    language.and_then(|language| map.get(&Tag::of(language))).or_else(|| map.get(&Tag::of(ANY)))
}

impl PerplexityStep {
    /// Measures, and tells the outcome and the bucket.
    fn judge(&self, text: &str, row: &mut Row) -> (Outcome, Option<Bucket>) {
        let scorer = of(&self.scorers, row.language.as_deref());
        let score = match scorer.map(|scorer| scorer.score(text, self.form)) {
            None => None,
            Some(Ok(score)) => score,
            Some(Err(detail)) => {
                return (Outcome::refused(detail), None);
            }
        };
        if let Some(score) = score {
            row.metrics[self.column] = score.perplexity;
            row.metrics[self.column + 1] = score.unknown;
        }
        let value = score.map(|score| score.perplexity);
        let bucket = self.cutoffs.as_ref().map(|cutoffs| bucket(of(cutoffs, row.language.as_deref()), value));
        (self.outcome(value, bucket), bucket.map(|(bucket, _)| bucket))
    }

    fn outcome(&self, value: Option<f64>, bucket: Option<(Bucket, Option<Bound>)>) -> Outcome {
        let reason = |rule: &str, bound| {
            let (rule, metric) = (Arc::from(rule), Arc::from("perplexity"));
            // As in CCNet, -1 stands for a perplexity that is not there.
            Outcome::drop(Reason { rule, metric, value: value.unwrap_or(-1.0), bound })
        };
        match (self.min, self.max, value) {
            (Some(least), _, Some(value)) if value < least => return reason(LOW, Some(Bound::Below(least))),
            (_, Some(most), Some(value)) if value > most => return reason(HIGH, Some(Bound::Above(most))),
            _ => {}
        }
        match bucket {
            Some((bucket, bound)) if !self.keep.contains(&bucket) => reason(bucket.rule(), bound),
            _ => Outcome::Keep,
        }
    }
}

/// The bucket of a perplexity, and the bound that put it there.
fn bucket(cutoffs: Option<&(f64, f64)>, perplexity: Option<f64>) -> (Bucket, Option<Bound>) {
    match (cutoffs, perplexity) {
        (Some(&(head, _)), Some(value)) if value < head => (Bucket::Head, Some(Bound::Below(head))),
        (Some(&(_, middle)), Some(value)) if value < middle => (Bucket::Middle, Some(Bound::Below(middle))),
        (Some(&(_, middle)), Some(_)) => (Bucket::Tail, Some(Bound::AtLeast(middle))),
        _ => (Bucket::All, None),
    }
}

impl Judge for PerplexityStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        self.judge(view.text(), row).0
    }
}

/// With buckets: each document is marked with its own, in the ledger's tags and in its metadata.
impl Edit for PerplexityStep {
    fn apply(&self, document: &mut Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        let (outcome, bucket) = self.judge(&document.text, row);
        if let Some(bucket) = bucket {
            row.tags.push(Arc::from(format!("{}/{}", self.name, bucket.name())));
            document.metadata.retain(|(name, _)| name != FIELD);
            document.metadata.push((FIELD.to_owned(), Value::Str(bucket.name().to_owned())));
        }
        outcome
    }
}
