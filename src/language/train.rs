//! Trains a [`CharModel`] from labelled texts: naive Bayes over hashed n-grams, then a logistic calibration of the score
//! on texts that the model has not seen. Deterministic: the same samples in the same order give the same bytes.
//!
//! `cargo bench --bench train_language -- <folder of languages>` cross-validates, with `<model.bin>` behind it trains.

use super::calibrate::Calibration;
use super::decoys::{Beside, Decoys};
use super::embedded::Finding;
use super::examples::calibrate;
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
pub(super) const FOLDS: usize = 5;

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
    train_beside(samples, &[])
}

/// Trains a model as [`train`] does that also knows of languages which are none of its labels: `foreign` are running texts.
///
/// Languages without a label become decoys, as many as a row has columns, the ones first that the model would be surest of. Texts
/// under one of the labels are a measure for them: what a decoy shares with those says nothing (decoys are often known from one
/// kind of text alone). The labels, and which of them a text gets, are as without `foreign`.
#[must_use]
pub fn train_beside(samples: &[Sample<'_>], foreign: &[Sample<'_>]) -> Option<Vec<u8>> {
    let mut cleaned = samples.to_vec();
    for _ in 0..CLEANINGS {
        cleaned = clean(&cleaned)?;
    }
    let mut decoys = Decoys::default();
    let mut calibrations = calibrate(&cleaned, foreign, &decoys)?;
    if !foreign.is_empty() {
        let model = CharModel::from_bytes(tables(&cleaned, &[], &decoys, Some(&calibrations))?).ok()?;
        decoys = Decoys::choose(&model, &cleaned, foreign)?;
        calibrations = calibrate(&cleaned, foreign, &decoys)?;
    }
    tables(&cleaned, foreign, &decoys, Some(&calibrations))
}

/// Bytes of a row.
pub(super) fn stride(group: Group) -> usize {
    if group == Group::Latin { WIDE } else { NARROW }
}

/// Address bits of a group's decoys: half the rows, since they are known from less text.
fn decoy_bits(group: Group) -> u32 {
    bits(group) - 1
}

/// Leaves out sentences that a model trained without them takes for another language by a wide margin: web corpora hold
/// English and neighbour languages under every label.
fn clean<'a>(samples: &[Sample<'a>]) -> Option<Vec<Sample<'a>>> {
    let mut kept = Vec::new();
    for fold in 0..FOLDS {
        let (held, seen) = split(samples, fold);
        let model = CharModel::from_bytes(tables(&seen, &[], &Decoys::default(), None)?).ok()?;
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
pub(super) fn split<'a>(samples: &[Sample<'a>], fold: usize) -> (Vec<(usize, Sample<'a>)>, Vec<Sample<'a>>) {
    let (held, seen): (Vec<_>, Vec<_>) = samples.iter().copied().enumerate().partition(|(at, _)| at % FOLDS == fold);
    (held, seen.into_iter().map(|(_, sample)| sample).collect())
}

/// Counts of one language: by feature, and their sum.
pub(super) struct Counts {
    pub(super) label: String,
    pub(super) by_feature: Vec<f32>,
    total: f32,
}

impl Counts {
    /// Features of all its texts.
    pub(super) fn total(&self) -> f32 {
        self.total
    }

    /// The chance of a feature in this language, `common` of it being English's share.
    pub(super) fn chance(&self, feature: usize, common: f32) -> f32 {
        (1.0 - ENGLISH) * self.own(feature) + common
    }

    /// The chance by its own texts alone.
    fn own(&self, feature: usize) -> f32 {
        let features = self.by_feature.len() as f32;
        (self.by_feature[feature] + SMOOTHING) / (self.total + SMOOTHING * features)
    }
}

/// The chance in a language of a feature that it was not seen to use in `total` features of text, without English's share.
pub(super) fn unmet(total: f32, features: usize) -> f32 {
    (1.0 - ENGLISH) * SMOOTHING / (total + SMOOTHING * features as f32)
}

/// What English adds to the chance of a feature in every language of its group.
pub(super) fn common(counts: &[Counts]) -> impl Fn(usize) -> f32 {
    let english = counts.iter().find(|language| language.label == "en");
    move |feature| english.map_or(0.0, |english| ENGLISH * english.own(feature))
}

/// The model's bytes; without calibrations its scores mean nothing.
pub(super) fn tables(
    samples: &[Sample<'_>],
    foreign: &[Sample<'_>],
    decoys: &Decoys,
    calibrations: Option<&[Calibration; 5]>,
) -> Option<Vec<u8>> {
    let mut header = MAGIC.to_vec();
    let mut data = Vec::new();
    let blank = Calibration::default();
    for group in Group::ALL {
        let calibration = calibrations.map_or(&blank, |all| &all[group as usize]);
        let counts = count(samples, group, bits(group));
        let stride = stride(group);
        if counts.is_empty() || counts.len() >= stride {
            return None;
        }
        let known = || count(samples, group, decoy_bits(group));
        let beside = Beside::of(foreign, decoys, group, decoy_bits(group), known);
        let sizes = [counts.len(), beside.decoys.len(), stride, bits(group) as usize, decoy_bits(group) as usize];
        header.extend(sizes.map(|size| size as u8));
        for language in counts.iter().chain(&beside.decoys) {
            header.push(u8::try_from(language.label.len()).ok()?);
            header.extend(language.label.as_bytes());
        }
        header.extend(calibration.weights.iter().chain(&calibration.doubt).flat_map(|number| number.to_le_bytes()));
        for language in &counts {
            let usual = calibration.usual.get(&language.label).copied().unwrap_or_default();
            header.extend([usual.deficit, usual.margin, usual.lead].into_iter().flat_map(f32::to_le_bytes));
        }
        data.push(weights(&counts, group, stride));
        data.extend(beside.weights(stride));
    }
    for table in data {
        header.resize(header.len().next_multiple_of(ALIGN), 0);
        header.extend(table);
    }
    Some(header)
}

/// The languages of a group with their feature counts, sorted by label.
pub(super) fn count(samples: &[Sample<'_>], group: Group, bits: u32) -> Vec<Counts> {
    let mut all: Vec<(Counts, u32, u32)> = Vec::new();
    for sample in samples {
        let at = match all.binary_search_by(|(counts, ..)| counts.label.as_str().cmp(sample.label)) {
            Ok(at) => at,
            Err(at) => {
                let by_feature = vec![0.0; 1 << bits];
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
                counts.by_feature[(hash >> (64 - bits)) as usize] += 1.0;
                counts.total += 1.0;
            });
        }
    }
    all.retain(|(_, inside, sentences)| *inside as f32 >= GROUP_SHARE * *sentences as f32 && *inside > 0);
    all.into_iter().map(|(counts, ..)| counts).collect()
}

pub(super) fn group_of(text: &str) -> Option<Group> {
    survey(&windows(text)).and_then(|seen| Group::of(seen.script))
}

/// Weights of a table: per feature, the best language has [`TOP`] and the others less by their distance in logarithms.
/// The column behind the languages holds the feature's fame: how often its best language uses it, in logarithms.
fn weights(counts: &[Counts], group: Group, stride: usize) -> Vec<u8> {
    let features = 1usize << bits(group);
    let mut table = vec![0; features * stride];
    let common = common(counts);
    for (feature, row) in table.chunks_exact_mut(stride).enumerate() {
        let chance = |language: &Counts| language.chance(feature, common(feature));
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
