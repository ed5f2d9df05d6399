//! Trains a [`CharModel`] from labelled texts: naive Bayes over hashed n-grams, then a logistic calibration of the score
//! on texts that the model has not seen. Deterministic: the same samples in the same order give the same bytes.
//!
//! `cargo bench --bench train_language -- <folder of languages>` cross-validates, with `<model.bin>` behind it trains.

use super::calibrate::{Calibration, Seen, Text, noise, push};
use super::embedded::Finding;
use super::features::{Group, each_feature};
use super::model::{ALIGN, CharModel, MAGIC, NARROW, STEP, TOP, WIDE};
use super::survey::{survey, windows};

/// A training text.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The language's code.
    pub label: &'a str,
    /// The text.
    pub text: &'a str,
    /// Whether it is running text: words and word pairs train the tables but do not choose a language's scripts.
    pub sentence: bool,
}

/// Additive smoothing of a feature's count (chosen by cross-validation among 0.01 to 1).
const SMOOTHING: f32 = 0.5;
/// A language takes part in a group when this share of its sentences is written in it.
const GROUP_SHARE: f32 = 0.2;
/// Sets of the cross-validation inside training.
const FOLDS: usize = 5;
/// Sets of languages that are left out in turn, to see what the model says of languages that it does not know.
const ABSENT: usize = 10;

/// Address bits of a group's table: Latin letters carry 50 languages, the others a few.
fn bits(group: Group) -> u32 {
    match group {
        Group::Latin => 15,
        Group::Cyrillic => 14,
        Group::Arabic | Group::Devanagari | Group::Han => 13,
    }
}

/// Trains a model; the bytes are what [`CharModel::from_bytes`] reads. Labels are sorted in each group.
///
/// `None` when a group of scripts has no language with sentences in it, or too many (63 for Latin, 15 for others).
#[must_use]
pub fn train(samples: &[Sample<'_>]) -> Option<Vec<u8>> {
    let mut cleaned = samples.to_vec();
    for _ in 0..CLEANINGS {
        cleaned = clean(&cleaned)?;
    }
    let calibrations = calibrate(&cleaned)?;
    tables(&cleaned, Some(&calibrations))
}

/// Leaves out sentences that a model trained without them takes for another language by a wide margin: web corpora hold
/// English and neighbour languages under every label.
fn clean<'a>(samples: &[Sample<'a>]) -> Option<Vec<Sample<'a>>> {
    let mut kept = Vec::new();
    for fold in 0..FOLDS {
        let (held, seen) = split(samples, fold);
        let model = CharModel::from_bytes(tables(&seen, None)?).ok()?;
        kept.extend(held.into_iter().filter(|(_, sample)| !sample.sentence || !mislabelled(&model, sample)));
    }
    kept.sort_by_key(|(at, _)| *at);
    Some(kept.into_iter().map(|(_, sample)| sample).collect())
}

fn mislabelled(model: &CharModel, sample: &Sample<'_>) -> bool {
    match model.find(sample.text) {
        Some(Finding::Scored(group, scores, _)) => {
            let table = model.table(group);
            let (best, _) = table.best_two(&scores);
            let own = table.labels.iter().position(|label| label == sample.label);
            let own = own.map_or(0, |column| scores.sums[column]);
            (scores.sums[best] - own) as f32 > MISLABELLED * scores.features as f32
        }
        _ => false,
    }
}

/// Passes of cleaning: each one sees more clearly than the one before.
const CLEANINGS: usize = 3;
/// Margin of another language, in weight steps per feature, from which a sentence counts as mislabelled.
const MISLABELLED: f32 = 0.5;

/// The samples of a fold with their places, and all others.
fn split<'a>(samples: &[Sample<'a>], fold: usize) -> (Vec<(usize, Sample<'a>)>, Vec<Sample<'a>>) {
    let (held, seen): (Vec<_>, Vec<_>) = samples.iter().copied().enumerate().partition(|(at, _)| at % FOLDS == fold);
    (held, seen.into_iter().map(|(_, sample)| sample).collect())
}

/// Counts of one language: by feature, and their sum.
struct Counts {
    label: String,
    by_feature: Vec<f32>,
    total: f32,
}

/// The model's bytes; without calibrations its scores mean nothing.
fn tables(samples: &[Sample<'_>], calibrations: Option<&[Calibration; 5]>) -> Option<Vec<u8>> {
    let mut header = MAGIC.to_vec();
    let mut data = Vec::new();
    let blank = Calibration::default();
    for group in Group::ALL {
        let calibration = calibrations.map_or(&blank, |all| &all[group as usize]);
        let counts = count(samples, group);
        let stride = if group == Group::Latin { WIDE } else { NARROW };
        if counts.is_empty() || counts.len() >= stride {
            return None;
        }
        header.extend([counts.len() as u8, stride as u8, bits(group) as u8]);
        for language in &counts {
            header.push(u8::try_from(language.label.len()).ok()?);
            header.extend(language.label.as_bytes());
        }
        header.extend(calibration.weights.iter().flat_map(|number| number.to_le_bytes()));
        for language in &counts {
            let usual = calibration.usual.get(&language.label).copied().unwrap_or_default();
            header.extend([usual.deficit, usual.margin].into_iter().flat_map(f32::to_le_bytes));
        }
        data.push(weights(&counts, group, stride));
    }
    for table in data {
        header.resize(header.len().next_multiple_of(ALIGN), 0);
        header.extend(table);
    }
    Some(header)
}

/// The languages of a group with their feature counts, sorted by label.
fn count(samples: &[Sample<'_>], group: Group) -> Vec<Counts> {
    let mut all: Vec<(Counts, u32, u32)> = Vec::new();
    for sample in samples {
        let at = match all.binary_search_by(|(counts, ..)| counts.label.as_str().cmp(sample.label)) {
            Ok(at) => at,
            Err(at) => {
                let by_feature = vec![0.0; 1 << bits(group)];
                all.insert(at, (Counts { label: sample.label.to_owned(), by_feature, total: 0.0 }, 0, 0));
                at
            }
        };
        let (counts, inside, sentences) = &mut all[at];
        let own = group_of(sample.text) == Some(group);
        *sentences += u32::from(sample.sentence);
        *inside += u32::from(sample.sentence && own);
        if own {
            each_feature(group, sample.text, |hash| {
                counts.by_feature[(hash >> (64 - bits(group))) as usize] += 1.0;
                counts.total += 1.0;
            });
        }
    }
    all.retain(|(_, inside, sentences)| *inside as f32 >= GROUP_SHARE * *sentences as f32 && *inside > 0);
    all.into_iter().map(|(counts, ..)| counts).collect()
}

fn group_of(text: &str) -> Option<Group> {
    survey(&windows(text)).and_then(|seen| Group::of(seen.script))
}

/// Weights of a table: per feature, the best language has [`TOP`] and the others less by their distance in logarithms.
/// The column behind the languages holds the feature's fame: how often its best language uses it, in logarithms.
fn weights(counts: &[Counts], group: Group, stride: usize) -> Vec<u8> {
    let features = 1usize << bits(group);
    let mut table = vec![0; features * stride];
    let english = counts.iter().position(|language| language.label == "en");
    for (feature, row) in table.chunks_exact_mut(stride).enumerate() {
        let chance = |c: &Counts| (c.by_feature[feature] + SMOOTHING) / (c.total + SMOOTHING * features as f32);
        let common = english.map_or(0.0, |at| ENGLISH * chance(&counts[at]));
        let chance = |c: &Counts| (1.0 - ENGLISH) * chance(c) + common;
        let best = counts.iter().map(chance).fold(0.0, f32::max);
        for (weight, language) in row.iter_mut().zip(counts) {
            let steps = libm::logf(chance(language) / best) / STEP;
            *weight = libm::roundf(f32::from(TOP) + steps).max(0.0) as u8;
        }
        let fame = FAME * libm::log2f(1.0 + best * FAME_SCALE);
        row[counts.len()] = libm::roundf(fame).clamp(0.0, f32::from(TOP)) as u8;
    }
    table
}

/// Share of English that every language of its group is taken to contain: names, commands and boilerplate in English say
/// nothing about the language of the text around them.
const ENGLISH: f32 = 0.15;

/// Weight steps of fame per doubling of the expected count in [`FAME_SCALE`] features.
const FAME: f32 = 4.0;
/// Fame begins to rise at a chance of one in this many.
const FAME_SCALE: f32 = 16_384.0;

/// Fits the calibration of each group on texts that the scoring model was not trained on: sentences, word lists and joined
/// sentences of left-out folds (right or wrong), sentences of languages that were left out, one by one and joined (always
/// wrong), and noise.
fn calibrate(samples: &[Sample<'_>]) -> Option<[Calibration; 5]> {
    let mut seen: [Vec<Seen>; 5] = Default::default();
    for fold in 0..FOLDS {
        let (held, others) = split(samples, fold);
        let model = CharModel::from_bytes(tables(&others, None)?).ok()?;
        let held: Vec<Sample<'_>> = held.into_iter().map(|(_, sample)| sample).collect();
        known(&model, &held, &mut seen);
    }
    let mut labels: Vec<&str> = samples.iter().map(|sample| sample.label).collect();
    labels.sort_unstable();
    labels.dedup();
    for part in 0..ABSENT {
        let absent: Vec<&str> = labels.iter().skip(part).step_by(ABSENT).copied().collect();
        let others: Vec<Sample<'_>> = samples.iter().filter(|s| !absent.contains(&s.label)).copied().collect();
        let Some(bytes) = tables(&others, None) else {
            continue;
        };
        let model = CharModel::from_bytes(bytes).ok()?;
        let held: Vec<Sample<'_>> =
            samples.iter().filter(|s| s.sentence && absent.contains(&s.label)).copied().collect();
        for sample in &held {
            push(&model, &Text::of(sample.text, None, ABSENT_WEIGHT), &mut seen);
        }
        documents(&held, |text, _| push(&model, &Text::of(text, None, ABSENT_DOCUMENT_WEIGHT), &mut seen));
    }
    Some(seen.map(|seen| Calibration::of(&seen)))
}

/// Weights of the kinds of examples: running text rules; unknown languages and noise are there to pull scores down. Documents of
/// unknown languages are a tenth as many as sentences and count more.
const ABSENT_WEIGHT: f64 = 0.15;
const ABSENT_DOCUMENT_WEIGHT: f64 = 1.0;
const WORD_WEIGHT: f64 = 0.3;
const NOISE_WEIGHT: f64 = 0.1;
/// Sentences that make a calibration document.
const JOINED: usize = 10;

/// Examples of languages that the model knows, and noise made of them.
fn known(model: &CharModel, held: &[Sample<'_>], seen: &mut [Vec<Seen>; 5]) {
    for (at, sample) in held.iter().enumerate() {
        let weight = if sample.sentence { 1.0 } else { WORD_WEIGHT };
        push(model, &Text { sentence: sample.sentence, ..Text::of(sample.text, Some(sample.label), weight) }, seen);
        if sample.sentence && at % 2 == 0 {
            for text in noise(sample.text, at as u64) {
                push(model, &Text::of(&text, None, NOISE_WEIGHT), seen);
            }
        }
    }
    documents(held, |text, label| push(model, &Text::of(text, Some(label), 1.0), seen));
}

/// Sentences of one language joined to documents.
fn documents(held: &[Sample<'_>], mut each: impl FnMut(&str, &str)) {
    let sentences: Vec<&Sample<'_>> = held.iter().filter(|sample| sample.sentence).collect();
    for document in sentences.chunks(JOINED).filter(|d| d.iter().all(|s| s.label == d[0].label)) {
        let text: Vec<&str> = document.iter().map(|sample| sample.text).collect();
        each(&text.join(" "), document[0].label);
    }
}
