//! The confidence of a guess: logistic regression over what a model says of texts that it was not trained on, and the noise that it
//! learns to distrust.

use super::embedded::Finding;
use super::evidence::Evidence;
use super::model::{CALIBRATION, CharModel, DOUBT, Usual};
use std::collections::BTreeMap;

/// The calibration of a group: weights of the evidence, and what is usual by label.
#[derive(Default)]
pub(super) struct Calibration {
    pub(super) weights: [f32; CALIBRATION],
    /// Weights of the doubts that decoys raise.
    pub(super) doubt: [f32; DOUBT],
    pub(super) usual: BTreeMap<String, Usual>,
}

/// What a model said of a text, before it is known what is usual for its guess.
pub(super) struct Seen {
    evidence: Evidence,
    guess: String,
    right: bool,
    weight: f64,
    /// Whether it is one sentence: what is usual is taken from those.
    sentence: bool,
    /// Whether it is a text beside the samples of the model's labels.
    foreign: bool,
}

impl Calibration {
    /// Fits to what was seen of a group: first the confidence, without what stands beside the samples, then the doubts.
    pub(super) fn of(seen: &[Seen]) -> Self {
        let mut sums: BTreeMap<String, [f64; 4]> = BTreeMap::new();
        for one in seen.iter().filter(|one| one.right && one.sentence) {
            let sum = sums.entry(one.guess.clone()).or_default();
            let terms = [one.evidence.deficit, one.evidence.margin(), one.evidence.lead, 1.0];
            sum.iter_mut().zip(terms).for_each(|(sum, term)| *sum += f64::from(term));
        }
        let mean = |[deficit, margin, lead, n]: [f64; 4]| Usual {
            deficit: (deficit / n) as f32,
            margin: (margin / n) as f32,
            lead: (lead / n) as f32,
        };
        let usual: BTreeMap<String, Usual> = sums.into_iter().map(|(label, sum)| (label, mean(sum))).collect();
        let own = |one: &Seen| usual.get(&one.guess).copied().unwrap_or_default();
        let example = |one: &Seen| Example {
            x: one.evidence.numbers(own(one)),
            offset: 0.0,
            right: one.right,
            weight: one.weight,
        };
        let examples: Vec<_> = seen.iter().filter(|one| !one.foreign).map(example).collect();
        let weights = fit(&examples);
        let doubt = |one: &Seen| {
            let numbers = one.evidence.numbers(own(one));
            let offset = numbers.iter().zip(&weights).fold(0.0, |sum, (x, w)| sum + x * w);
            Example { x: one.evidence.doubts(own(one)), offset, right: one.right, weight: one.weight }
        };
        let doubts: Vec<_> = seen.iter().map(doubt).collect();
        let doubt = fit(&doubts);
        Self { weights, doubt, usual }
    }
}

/// A text to calibrate with.
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    /// Its language, if the model can know it.
    pub(super) label: Option<&'a str>,
    pub(super) weight: f64,
    /// Whether it is one sentence.
    pub(super) sentence: bool,
    /// Whether it stands beside the samples of the model's labels.
    pub(super) foreign: bool,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str, label: Option<&'a str>, weight: f64) -> Self {
        Self { text, label, weight, sentence: false, foreign: false }
    }
}

/// Adds what the model says of a text to what was seen of its group.
pub(super) fn push(model: &CharModel, of: &Text<'_>, seen: &mut [Vec<Seen>; 5]) {
    if let Some(Finding::Scored(group, scores, survey)) = model.find(of.text) {
        let table = model.table(group);
        let evidence = Evidence::of(table, &scores, survey.share);
        let guess = table.labels[evidence.best].clone();
        let right = of.label.is_some_and(|label| guess == label);
        seen[group as usize].push(Seen {
            evidence,
            guess,
            right,
            weight: of.weight,
            sentence: of.sentence,
            foreign: of.foreign,
        });
    }
}

/// Evidence, and whether the guess was right.
struct Example<const N: usize> {
    x: [f32; N],
    /// What is settled already, as a logarithm of odds.
    offset: f32,
    right: bool,
    weight: f64,
}

/// Newton steps; the log-likelihood is flat after half as many.
const ROUNDS: usize = 25;
/// Ridge on all numbers, as if each had been seen once at 0: keeps them finite when a group has no wrong examples.
const RIDGE: f64 = 1.0;

/// The weights that make `1 / (1 + exp(-w.x))` the chance of being right (maximum likelihood with a small ridge).
fn fit<const N: usize>(examples: &[Example<N>]) -> [f32; N] {
    let mut w = [0.0f64; N];
    for _ in 0..ROUNDS {
        let mut gradient = w.map(|w| -RIDGE * w);
        let mut hessian = [[0.0f64; N]; N];
        for (i, row) in hessian.iter_mut().enumerate() {
            row[i] = RIDGE;
        }
        for example in examples {
            let x = example.x.map(f64::from);
            let z = x.iter().zip(&w).map(|(x, w)| x * w).sum::<f64>() + f64::from(example.offset);
            let p = 1.0 / (1.0 + libm::exp(-z));
            let miss = (f64::from(u8::from(example.right)) - p) * example.weight;
            let curve = (p * (1.0 - p)).max(1e-6) * example.weight;
            for i in 0..N {
                gradient[i] += miss * x[i];
                for j in 0..N {
                    hessian[i][j] += curve * x[i] * x[j];
                }
            }
        }
        let step = solve(hessian, gradient);
        // A bounded step keeps Newton's method from leaping where the likelihood is nearly flat.
        let longest = step.iter().fold(1.0, |a: f64, b| a.max(b.abs() / 4.0));
        w.iter_mut().zip(step).for_each(|(w, s)| *w += s / longest);
    }
    w.map(|w| w as f32)
}

/// Gauss elimination without pivoting: the matrix is positive definite.
fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for i in 0..N {
        for j in i + 1..N {
            let factor = a[j][i] / a[i][i];
            let upper = a[i];
            a[j].iter_mut().zip(upper).skip(i).for_each(|(below, above)| *below -= factor * above);
            b[j] -= factor * b[i];
        }
    }
    for i in (0..N).rev() {
        for j in i + 1..N {
            b[i] -= a[i][j] * b[j];
        }
        b[i] /= a[i][i];
    }
    b
}

/// Numbers below a bound, the same for the same seed. (Numerical Recipes' 64-bit linear congruential generator; its high bits are good
/// enough here.)
pub(super) fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    }
}

/// Texts that are in no language, made of one that is: its letters shuffled over its words, and its words joined by
/// signs as in program code.
pub(super) fn noise(text: &str, seed: u64) -> [String; 2] {
    let mut random = random(seed);
    let mut chars: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (0..chars.len()).filter(|&i| chars[i].is_alphabetic()).collect();
    for i in (1..places.len()).rev() {
        chars.swap(places[i], places[random(i + 1)]);
    }
    const SIGNS: [&str; 12] = ["(", "_", ".", " = ", ");\n", "::", " {\n  ", "->", "[0]", ", ", " 1 ", "\"] "];
    let mut code = String::new();
    for word in text.split_whitespace() {
        code.push_str(word);
        code.push_str(SIGNS[random(SIGNS.len())]);
    }
    [chars.into_iter().collect(), code]
}
