//! Reads benchmark sets into what finds their items, before the first document.

use super::inputs::{self, InputFile};
use super::{AssemblyError, Place};
use crate::config::{
    BenchmarkSet, Config, ContaminationMethod, Decontaminate, Located, Remedy as RemedyWord, SampledOverlap,
};
use crate::dedup::contamination::sampled::{self, Added, Rules, Tokens};
use crate::dedup::contamination::{Builder, Form, Grams, Spared};
use crate::document::{Document, Value};
use crate::plan::PlannedSet;
use crate::readers::{Carry, Decoded, FieldNames, InputSpec, Item, Payload, decode, open};
use crate::steps::{BenchmarkItem, Finder, Remedy};
use crate::storage::Named;
use crate::storage::source::ByteSource;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The finder and what belongs to it.
pub struct Read {
    /// What finds items.
    pub finder: Finder,
    /// Items by number.
    pub items: Vec<BenchmarkItem>,
    /// Sets as the report counts them.
    pub sets: Vec<PlannedSet>,
    /// What the sets say, by content: other items are another run.
    pub fingerprint: String,
}

/// How a step's words are compared, if it compares words.
pub fn form(step: &Decontaminate) -> Form {
    match step.method {
        ContaminationMethod::Datatrove => Form::Simplified,
        ContaminationMethod::Gpt3 | ContaminationMethod::Decon => Form::Plain,
    }
}

/// What becomes of a document.
pub fn remedy(step: &Decontaminate) -> Remedy {
    match step.action {
        RemedyWord::Drop => Remedy::Drop,
        RemedyWord::Cut => {
            let spared = Spared { margin: step.margin as usize, min_chars: step.min_left as usize };
            Remedy::Cut(spared, step.max_pieces as usize)
        }
    }
}

/// Reads all sets, in the order of the config and of the files.
///
/// # Errors
/// When the world fails, or a record of a set cannot be used: half a benchmark would find half of what it should.
pub fn read(
    place: &Place,
    config: &Config,
    step: &Decontaminate,
    tokens: Option<Tokens>,
) -> Result<Read, AssemblyError> {
    let grams = Grams { words: step.ngram as usize, question: step.question_ngrams, across: step.across_ngrams };
    let mut reader = Reader {
        place,
        config,
        intake: match (&step.sampled, tokens) {
            (Some(one), Some(tokens)) => {
                Intake::Sampled(Box::new(sampled::Builder::new(rules(step.ngram, one), tokens)))
            }
            _ => Intake::Grams(Builder::new(form(step), grams)),
        },
        seen: BTreeSet::new(),
        lenient: step.sampled.is_some(),
        has_answer: false,
        has_passage: false,
        items: Vec::new(),
        content: blake3::Hasher::new(),
    };
    let mut sets = Vec::new();
    for (set, number) in step.sets.iter().zip(0..) {
        let mut planned = PlannedSet { name: set.name.value.clone(), items: 0, without: 0 };
        reader.content.update(set.name.value.as_bytes()).update(&[0xff]);
        for pattern in &set.paths {
            for (path, stat) in inputs::expand(place, &pattern.value)? {
                reader.file(set, number, (&path, stat.bytes), &mut planned)?;
            }
        }
        for (field, has) in [(&set.answer, reader.has_answer), (&set.passage, reader.has_passage)] {
            // Without being lenient, the first item without the field was refused.
            if let (Some(field), false) = (field, has || planned.items == 0 || !reader.lenient) {
                let what = format!("no item of set `{}` has a field `{}`", set.name.value, field.value);
                return Err(AssemblyError::Reference(what));
            }
        }
        (reader.has_answer, reader.has_passage) = (false, false);
        sets.push(planned);
    }
    let fingerprint = reader.content.finalize().to_hex().to_string();
    let finder = match reader.intake {
        Intake::Grams(builder) => Finder::Grams(builder.finish()),
        Intake::Sampled(builder) => Finder::Sampled(Box::new(builder.finish())),
    };
    Ok(Read { finder, items: reader.items, sets, fingerprint })
}

/// The numbers of sampled overlap.
fn rules(ngram: u32, one: &SampledOverlap) -> Rules {
    Rules {
        ngram: ngram as usize,
        sample_every: one.sample_every as usize,
        max_misses: one.max_misses,
        #[allow(clippy::cast_possible_truncation, reason = "decon scores in 32-bit floats")]
        min_score: one.min_score as f32,
        perfect_to: one.perfect_to as usize,
        full_from: one.full_from as usize,
        short_answer: one.short_answer as usize,
        short_answer_window: one.short_answer_window as usize,
        answer_ngram: one.answer_ngram as usize,
        answer_window: one.answer_window as usize,
        passage_window: one.passage_window as usize,
        passage_ngram: one.passage_ngram as usize,
        passage_misses: one.passage_misses as usize,
        min_tokens: one.min_item_tokens as usize,
        min_words: one.min_item_words as usize,
    }
}

/// What takes items in.
enum Intake {
    Grams(Builder),
    Sampled(Box<sampled::Builder>),
}

struct Reader<'a> {
    place: &'a Place,
    config: &'a Config,
    intake: Intake,
    /// Set and text of the items of sampled overlap, by hash: equal ones count once, as in decon.
    seen: BTreeSet<(u32, [u8; 32])>,
    /// Whether items may lack an answer or a passage.
    lenient: bool,
    /// Whether any item of the set had the fields.
    has_answer: bool,
    has_passage: bool,
    items: Vec<BenchmarkItem>,
    content: blake3::Hasher,
}

fn refused(path: &str, record: u32, why: &str) -> AssemblyError {
    AssemblyError::Reference(format!("`{path}`, record {record}: {why}"))
}

impl Reader<'_> {
    fn file(
        &mut self,
        set: &BenchmarkSet,
        number: u32,
        (path, bytes): (&str, u64),
        planned: &mut PlannedSet,
    ) -> Result<(), AssemblyError> {
        let fields = Fields::of(set);
        let key = self.place.resolve(path);
        let spec = InputSpec {
            limits: inputs::caps(self.config),
            fields: FieldNames {
                text: fields.first.to_owned(),
                id: set.id.clone(),
                url: String::new(),
                date: String::new(),
            },
            carry: Carry::List(fields.others.iter().map(|name| (*name).to_owned()).collect()),
            ..InputSpec::new("benchmark", path)
        };
        let source: Arc<dyn ByteSource> = Arc::new(InputFile::new(self.place, &key, bytes));
        let named = |error: crate::readers::ReadFailure| error.source;
        let mut records = open(&spec, &source).map_err(named).named("read", &key)?;
        let mut record = 0;
        while let Some(item) = records.next_item().map_err(named).named("read", &key)? {
            let raw = match item {
                Item::Record(raw) => raw,
                Item::Fault(fault) => return Err(refused(path, record + 1, &fault.detail)),
                Item::Other { .. } => continue,
            };
            record += 1;
            if !matches!(raw.payload, Payload::Line(_) | Payload::Row(_)) {
                return Err(refused(path, record, "a benchmark set is JSONL or Parquet"));
            }
            let document = match decode(&spec, raw) {
                Decoded::Document(document) => document,
                Decoded::Fault(fault) => return Err(refused(path, record, &fault.detail)),
                _ => return Err(refused(path, record, "it is no item")),
            };
            self.item(set, number, record, &document, planned).map_err(|why| refused(path, record, &why))?;
        }
        Ok(())
    }

    fn item(
        &mut self,
        set: &BenchmarkSet,
        number: u32,
        record: u32,
        document: &Document,
        planned: &mut PlannedSet,
    ) -> Result<(), String> {
        let texts = |name: &Option<Located<String>>| match name {
            Some(name) => texts_of(document, set, &name.value),
            None => Ok(Vec::new()),
        };
        // Sampled overlap takes items without an answer or a passage among others.
        let optional = |name: &Option<Located<String>>| match name {
            Some(name) if self.lenient && lacks(document, &name.value) => Ok(Vec::new()),
            name => texts(name),
        };
        let question = texts(&set.question)?.join("\n");
        let (answers, passage) = (optional(&set.answer)?, optional(&set.passage)?.join("\n"));
        // A field that is there and says nothing is the set's own way to have none.
        let has = |name: &Option<Located<String>>| name.as_ref().is_some_and(|name| !lacks(document, &name.value));
        self.has_answer |= has(&set.answer);
        self.has_passage |= has(&set.passage);
        let item = u32::try_from(self.items.len()).map_err(|_| "the sets have more than 2^32 items".to_owned())?;
        let is_found = self.take(item, number, Parts { question, passage, answers, texts: texts(&set.text)? })?;
        let label = document.source_id.clone().unwrap_or_else(|| record.to_string());
        self.content.update(label.as_bytes()).update(&[0xfd]);
        self.items.push(BenchmarkItem { set: number, record, label: label.into() });
        planned.items += 1;
        planned.without += u64::from(!is_found);
        Ok(())
    }

    /// Takes an item in; gives whether it can be found.
    fn take(&mut self, item: u32, set: u32, parts: Parts) -> Result<bool, String> {
        let Parts { question, passage, mut answers, texts } = parts;
        let builder = match &mut self.intake {
            Intake::Grams(builder) => builder,
            Intake::Sampled(builder) => {
                // A question with each of its answers, and each text as a question.
                if answers.is_empty() && !question.is_empty() {
                    answers.push(String::new());
                }
                let asked =
                    answers.iter().map(|answer| sampled::Item { question: &question, answer, passage: &passage });
                let told = texts.iter().map(|text| sampled::Item { question: text, ..Default::default() });
                let mut is_found = false;
                for one in asked.chain(told) {
                    let mut whole = blake3::Hasher::new();
                    for part in [one.question, one.answer, one.passage] {
                        whole.update(part.as_bytes()).update(&[0xff]);
                    }
                    let whole = *whole.finalize().as_bytes();
                    self.content.update(&whole).update(&[0xfc]);
                    is_found |= !self.seen.insert((set, whole))
                        || builder.add(item, one).map_err(|error| error.to_string())? == Added::Sought;
                }
                return Ok(is_found);
            }
        };
        answers.extend(texts);
        if answers.is_empty() {
            // A question alone.
            answers.push(String::new());
        }
        let mut grams = 0;
        for answer in &answers {
            self.content.update(question.as_bytes()).update(&[0xfe]).update(answer.as_bytes()).update(&[0xff]);
            let added = builder.add(item, &question, answer);
            grams += added.map_err(|_| "the sets have more than 2^32 words".to_owned())?;
        }
        Ok(grams > 0)
    }
}

/// What an item says.
struct Parts {
    question: String,
    passage: String,
    answers: Vec<String>,
    texts: Vec<String>,
}

/// Names of the fields of a set: readers know one of them as the text.
struct Fields<'a> {
    first: &'a str,
    others: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    fn of(set: &'a BenchmarkSet) -> Self {
        let mut all =
            [&set.question, &set.text, &set.answer, &set.passage].into_iter().flatten().map(|name| name.value.as_str());
        Self { first: all.next().unwrap_or_default(), others: all.collect() }
    }
}

/// Whether a field beside the first is not there.
fn lacks(document: &Document, name: &str) -> bool {
    let value = document.metadata.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    matches!(value, None | Some(Value::Null))
}

/// The texts of a field: one, or those of a list.
fn texts_of(document: &Document, set: &BenchmarkSet, name: &str) -> Result<Vec<String>, String> {
    if Fields::of(set).first == name {
        return Ok(vec![document.text.clone()]);
    }
    let value = document.metadata.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    let wrong = || format!("field `{name}` is neither a text nor a number nor a list of them");
    let scalar = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Ok(text.clone()),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        _ => Err(wrong()),
    };
    match value {
        None | Some(Value::Null) => Err(format!("there is no field `{name}`")),
        Some(Value::Str(text)) => Ok(vec![text.clone()]),
        Some(Value::Int(number)) => Ok(vec![number.to_string()]),
        Some(Value::Float(number)) => Ok(vec![number.to_string()]),
        Some(Value::Bool(_)) => Err(wrong()),
        Some(Value::Json(json)) => match serde_json::from_str(json) {
            Ok(serde_json::Value::Array(list)) => list.iter().map(scalar).collect(),
            _ => Err(wrong()),
        },
    }
}
