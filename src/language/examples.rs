//! The texts that the calibration learns from, each seen by a model that was not trained on it.

use super::calibrate::{Calibration, Seen, Text, noise, push, random};
use super::decoys::Decoys;
use super::embedded::Finding;
use super::evidence::Evidence;
use super::model::CharModel;
use super::train::{FOLDS, Sample, group_of, split, tables};

/// Sets of languages that are left out in turn, to see what the model says of languages that it does not know.
const ABSENT: usize = 10;

/// Fits the calibration of each group on texts that the scoring model was not trained on: sentences, word lists and joined
/// sentences of left-out folds with names and without (right or wrong), sentences of languages that were left out, one by one and joined
/// (always wrong), and noise.
pub(super) fn calibrate(samples: &[Sample<'_>], foreign: &[Sample<'_>], decoys: &Decoys) -> Option<[Calibration; 5]> {
    let mut seen: [Vec<Seen>; 5] = Default::default();
    for fold in 0..FOLDS {
        let (held, others) = split(samples, fold);
        let (strange, beside) = split(foreign, fold);
        let model = CharModel::from_bytes(tables(&others, &beside, decoys, None)?).ok()?;
        familiar(&model, &bare(held), &mut seen);
        unknown(&model, &bare(strange), true, &mut seen);
    }
    let known = labels(samples);
    let mut strangers = labels(foreign);
    strangers.retain(|label| !known.contains(label));
    for part in 0..ABSENT {
        let absent: Vec<&str> =
            [&known, &strangers].iter().flat_map(|all| all.iter().skip(part).step_by(ABSENT)).copied().collect();
        let (held, others): (Vec<_>, Vec<_>) = samples.iter().copied().partition(|s| absent.contains(&s.label));
        let (strange, beside): (Vec<_>, Vec<_>) = foreign.iter().copied().partition(|s| absent.contains(&s.label));
        let Some(bytes) = tables(&others, &beside, decoys, None) else {
            continue;
        };
        let model = CharModel::from_bytes(bytes).ok()?;
        unknown(&model, &held, false, &mut seen);
        unknown(&model, &strange, true, &mut seen);
    }
    Some(seen.map(|seen| Calibration::of(&seen)))
}

pub(super) fn bare<'a>(held: Vec<(usize, Sample<'a>)>) -> Vec<Sample<'a>> {
    held.into_iter().map(|(_, sample)| sample).collect()
}

/// The labels of samples, sorted.
fn labels<'a>(samples: &[Sample<'a>]) -> Vec<&'a str> {
    let mut labels: Vec<&str> = samples.iter().map(|sample| sample.label).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Examples of languages that may be none of the model's labels.
fn unknown(model: &CharModel, held: &[Sample<'_>], foreign: bool, seen: &mut [Vec<Seen>; 5]) {
    for sample in held.iter().filter(|sample| sample.sentence) {
        push(model, &Text { foreign, ..Text::of(sample.text, Some(sample.label), ABSENT_WEIGHT) }, seen);
    }
    documents(held, |text, label| {
        push(model, &Text { foreign, ..Text::of(text, Some(label), ABSENT_DOCUMENT_WEIGHT) }, seen)
    });
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
fn familiar(model: &CharModel, held: &[Sample<'_>], seen: &mut [Vec<Seen>; 5]) {
    for (at, sample) in held.iter().enumerate() {
        let weight = if sample.sentence { 1.0 } else { WORD_WEIGHT };
        push(model, &Text { sentence: sample.sentence, ..Text::of(sample.text, Some(sample.label), weight) }, seen);
        if sample.sentence && at % 2 == 0 {
            for text in noise(sample.text, at as u64) {
                push(model, &Text::of(&text, None, NOISE_WEIGHT), seen);
            }
        }
    }
    let mut words: [Vec<&str>; 5] = Default::default();
    for sample in held.iter().filter(|sample| !sample.sentence) {
        group_of(sample.text).into_iter().for_each(|group| words[group as usize].push(sample.text));
    }
    let mut seed = 0;
    for held in [held, &alike(model, held)] {
        documents(held, |text, label| {
            push(model, &Text::of(text, Some(label), 1.0), seen);
            seed += 1;
            let words = group_of(text).map_or(&[][..], |group| &words[group as usize]);
            push(model, &Text::of(&with_names(text, words, seed), Some(label), 1.0), seen);
        });
    }
}

/// One word in so many is another one in a document with names. (At 6 the model is surer still of real documents, 98 % of PowerShell's
/// pages have .65 instead of 94, and of those in unseen languages, 10.2 % instead of 8.1.)
const NAMES: usize = 9;

/// A text with names: words of any language of the script stand in place of its own. Real documents are full of names, terms and
/// commands, which sentences of a corpus are not.
fn with_names(text: &str, words: &[&str], seed: u64) -> String {
    let mut random = random(seed);
    let mut out = String::new();
    for word in text.split_whitespace() {
        let named = random(NAMES) == 0 && !words.is_empty();
        out.push_str(if named { words[random(words.len())] } else { word });
        out.push(' ');
    }
    out
}

/// Sentences by language and by how unusual they are. A document is about one thing: what is unusual in it comes again and again, as
/// names do, where sentences drawn at random even out.
fn alike<'a>(model: &CharModel, held: &[Sample<'a>]) -> Vec<Sample<'a>> {
    let deficit = |sample: &Sample<'_>| match model.find(sample.text) {
        Some(Finding::Scored(group, scores, survey)) => Evidence::of(model.table(group), &scores, survey.share).deficit,
        _ => 0.0,
    };
    let sentences = held.iter().filter(|sample| sample.sentence);
    let mut sorted: Vec<(f32, Sample<'a>)> = sentences.map(|sample| (deficit(sample), *sample)).collect();
    sorted.sort_by(|a, b| a.1.label.cmp(b.1.label).then(a.0.total_cmp(&b.0)));
    sorted.into_iter().map(|(_, sample)| sample).collect()
}

/// Sentences of one language joined to documents.
pub(super) fn documents<'a>(held: &[Sample<'a>], mut each: impl FnMut(&str, &'a str)) {
    let sentences: Vec<&Sample<'a>> = held.iter().filter(|sample| sample.sentence).collect();
    for document in sentences.chunks(JOINED).filter(|d| d.iter().all(|s| s.label == d[0].label)) {
        let text: Vec<&str> = document.iter().map(|sample| sample.text).collect();
        each(&text.join(" "), document[0].label);
    }
}
