//! Decoys: languages that the model tells apart from its labels but never names. Whatever is written in one of them would
//! else get the label that is nearest.

use super::detector::Detector;
use super::embedded::Finding;
use super::evidence::Lead;
use super::examples::{bare, documents};
use super::features::Group;
use super::model::{CharModel, DECOY_EVEN, DECOY_STEP, TOP};
use super::train::{Counts, FOLDS, Sample, common, count, group_of, split, stride, tables, unmet};
use std::collections::BTreeMap;

/// Labels of the languages that are decoys, by group.
#[derive(Default)]
pub(super) struct Decoys([Vec<String>; 5]);

/// Share of the sentences of a language from which on a decoy that comes before it is left out: it is the same language by another
/// name, or its text is.
const NEAR: f32 = 0.01;
/// The same among the foreign texts under the language's label, which are fewer.
const NEAR_FOREIGN: f32 = 0.05;

/// A decoy that does not use a feature is held to as much text as this share of what the largest language has. It has a tenth of that,
/// and its greater chance to use what it was not seen to use would speak for it in commands, names and rare words. (With .6
/// of the usual lead, at 1: a fifth more documents in unseen languages are past a score of .65; without this bound: 116 of 1,420 Italian pages of
/// tldr fall below .3, and ten with it.)
const UNMET: f32 = 0.5;

impl Decoys {
    /// The foreign languages whose documents a model without decoys is surest of, as many as a row has columns, without those that
    /// are too near to a label.
    pub(super) fn choose(model: &CharModel, samples: &[Sample<'_>], foreign: &[Sample<'_>]) -> Option<Self> {
        let mut near = Vec::new();
        loop {
            let decoys = Self::surest(model, foreign, &near);
            let more = decoys.too_near(samples, foreign)?;
            if more.is_empty() {
                return Some(decoys);
            }
            near.extend(more);
        }
    }

    fn surest(model: &CharModel, foreign: &[Sample<'_>], near: &[String]) -> Self {
        let mut sure: [BTreeMap<&str, (f32, f32)>; 5] = Default::default();
        documents(foreign, |text, label| {
            let Some((group, guess)) = group_of(text).zip(model.detect(text)) else {
                return;
            };
            if !near.iter().chain(&model.table(group).labels).any(|other| other == label) {
                let sum = sure[group as usize].entry(label).or_default();
                *sum = (sum.0 + guess.score, sum.1 + 1.0);
            }
        });
        Self(Group::ALL.map(|group| {
            let means = sure[group as usize].iter().map(|(label, (sum, n))| (sum / n, *label));
            let mut order: Vec<(f32, &str)> = means.collect();
            order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            order.iter().take(stride(group)).map(|(_, label)| (*label).to_owned()).collect()
        }))
    }

    /// Decoys that come before the right label in too many texts of a language, seen by models that were not trained on those.
    fn too_near(&self, samples: &[Sample<'_>], foreign: &[Sample<'_>]) -> Option<Vec<String>> {
        let mut all: BTreeMap<(&str, bool), f32> = BTreeMap::new();
        let mut taken: BTreeMap<(String, &str, bool), f32> = BTreeMap::new();
        for fold in 0..FOLDS {
            let (held, others) = split(samples, fold);
            let (strange, beside) = split(foreign, fold);
            let model = CharModel::from_bytes(tables(&others, &beside, self, None)?).ok()?;
            let own = bare(held).into_iter().filter(|sample| sample.sentence).map(|sample| (sample, false));
            for (sample, foreign) in own.chain(bare(strange).into_iter().map(|sample| (sample, true))) {
                let Some(Finding::Scored(group, scores, _)) = model.find(sample.text) else {
                    continue;
                };
                let table = model.table(group);
                if !table.labels.iter().any(|label| label == sample.label) {
                    continue;
                }
                *all.entry((sample.label, foreign)).or_default() += 1.0;
                if let Lead { value: ..0.0, decoy: Some(decoy) } = table.lead(&scores, table.best_two(&scores).0) {
                    *taken.entry((decoy.to_owned(), sample.label, foreign)).or_default() += 1.0;
                }
            }
        }
        let limit = |foreign: bool| if foreign { NEAR_FOREIGN } else { NEAR };
        let near = taken.into_iter().filter(|((_, label, foreign), n)| n / all[&(*label, *foreign)] > limit(*foreign));
        Some(near.map(|((decoy, ..), _)| decoy).collect())
    }
}

/// What the foreign texts say of the features of a group.
pub(super) struct Beside {
    /// The decoys.
    pub(super) decoys: Vec<Counts>,
    /// The samples of the labels.
    known: Vec<Counts>,
    /// Foreign texts under the labels.
    measure: Vec<Counts>,
}

impl Beside {
    /// Counts foreign texts; `known` counts the samples of the labels and is asked only where there are decoys.
    pub(super) fn of(
        foreign: &[Sample<'_>],
        decoys: &Decoys,
        group: Group,
        bits: u32,
        known: impl Fn() -> Vec<Counts>,
    ) -> Self {
        let chosen = &decoys.0[group as usize];
        if chosen.is_empty() {
            return Self { decoys: Vec::new(), known: Vec::new(), measure: Vec::new() };
        }
        let known = known();
        let of = |labels: Vec<&str>| {
            let kept: Vec<Sample<'_>> =
                foreign.iter().filter(|sample| labels.contains(&sample.label)).copied().collect();
            count(&kept, group, bits)
        };
        let decoys = of(chosen.iter().map(String::as_str).collect());
        let measure = of(known.iter().map(|language| language.label.as_str()).collect());
        Self { decoys, known, measure }
    }

    /// How much more often than the labels a decoy uses a feature, in logarithms: than the one that uses it most, in its samples
    /// or in foreign texts. `None` without decoys.
    pub(super) fn weights(&self, stride: usize) -> Option<Vec<u8>> {
        let features = self.decoys.first()?.by_feature.len();
        let mut table = vec![0; features * stride];
        let common = common(&self.known);
        let unmet = unmet(UNMET * self.known.iter().map(Counts::total).fold(0.0, f32::max), features);
        for (feature, row) in table.chunks_exact_mut(stride).enumerate() {
            let chance = |language: &Counts| language.chance(feature, common(feature));
            let met = self.measure.iter().filter(|language| language.by_feature[feature] > 0.0);
            let best = self.known.iter().chain(met).map(chance).fold(0.0, f32::max);
            for (weight, decoy) in row.iter_mut().zip(&self.decoys) {
                let most = if decoy.by_feature[feature] > 0.0 { 1.0 } else { unmet + common(feature) };
                let steps = libm::logf(chance(decoy).min(most) / best) / DECOY_STEP;
                *weight = libm::roundf(f32::from(DECOY_EVEN) + steps).clamp(0.0, f32::from(TOP)) as u8;
            }
        }
        Some(table)
    }
}

#[cfg(test)]
mod tests {
    use crate::language::train::{Sample, train, train_beside};
    use crate::language::{CharModel, Detector};

    /// Forty sentences of made-up words on `stem`.
    fn sentences(stem: &str) -> Vec<String> {
        (0..40).map(|i| format!("{stem}{} {stem}o {stem}a{} est", i % 7, i % 5)).collect()
    }

    #[test]
    fn decoys_lower_scores_and_are_never_named() {
        let known = ["en the", "de und", "ru что", "uk щоі", "ar الم", "fa گچپ", "hi है", "mr आहे", "ja のは", "zh 的是"];
        let texts: Vec<(&str, Vec<String>)> = known.iter().map(|pair| (&pair[..2], sentences(&pair[3..]))).collect();
        let samples: Vec<Sample<'_>> = texts
            .iter()
            .flat_map(|(label, texts)| texts.iter().map(|text| Sample { label, text, sentence: true }))
            .collect();
        // German with a word of its own in every sentence, against German of another kind.
        let with = |word: &str| sentences("und").into_iter().map(|text| format!("{text} {word}")).collect::<Vec<_>>();
        let (strange, formal) = (with("kolu"), with("formal"));
        let foreign = [("xx", &strange), ("de", &formal)];
        let beside: Vec<Sample<'_>> = foreign
            .into_iter()
            .flat_map(|(label, texts)| texts.iter().map(move |text| Sample { label, text, sentence: true }))
            .collect();
        let bare = CharModel::from_bytes(train(&samples).expect("a model")).expect("a whole model");
        let bytes = train_beside(&samples, &beside).expect("a model");
        assert_eq!(bytes, train_beside(&samples, &beside).expect("a model"));
        let doubting = CharModel::from_bytes(bytes).expect("a whole model");
        assert_eq!(bare.labels(), doubting.labels());
        let (before, after) = (bare.detect(&strange[3]), doubting.detect(&strange[3]));
        let (before, after) = (before.expect("letters"), after.expect("letters"));
        assert_eq!((&*before.label, &*after.label), ("de", "de"));
        assert!(before.score > 0.1 && after.score < before.score / 2.0, "{before:?} {after:?}");
        for (label, texts) in &texts {
            let (before, after) = (bare.detect(&texts[3]), doubting.detect(&texts[3]));
            assert_eq!((before.as_ref(), &*before.as_ref().expect("letters").label), (after.as_ref(), *label));
        }
    }
}
