//! The confidence of a guess: logistic regression over what a model says of texts that it was not trained on, and the noise that it
//! learns to distrust.

use super::embedded::Finding;
use super::model::{CALIBRATION, CharModel, Evidence, Usual};
use std::collections::BTreeMap;

/// The calibration of a group: weights of the evidence, and what is usual by label.
#[derive(Default)]
pub(super) struct Calibration {
    pub(super) weights: [f32; CALIBRATION],
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
}

impl Calibration {
    /// Fits to what was seen of a group.
    pub(super) fn of(seen: &[Seen]) -> Self {
        let mut sums: BTreeMap<String, (f64, f64, f64)> = BTreeMap::new();
        for one in seen.iter().filter(|one| one.right && one.sentence) {
            let sum = sums.entry(one.guess.clone()).or_default();
            sum.0 += f64::from(one.evidence.deficit);
            sum.1 += f64::from(one.evidence.margin());
            sum.2 += 1.0;
        }
        let mean = |(deficit, margin, n): (f64, f64, f64)| Usual {
            deficit: (deficit / n) as f32,
            margin: (margin / n) as f32,
        };
        let usual: BTreeMap<String, Usual> = sums.into_iter().map(|(label, sum)| (label, mean(sum))).collect();
        let example = |one: &Seen| {
            let own = usual.get(&one.guess).copied().unwrap_or_default();
            Example { x: one.evidence.numbers(own), right: one.right, weight: one.weight }
        };
        let examples: Vec<Example> = seen.iter().map(example).collect();
        Self { weights: fit(&examples), usual }
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
}

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str, label: Option<&'a str>, weight: f64) -> Self {
        Self { text, label, weight, sentence: false }
    }
}

/// Adds what the model says of a text to what was seen of its group.
pub(super) fn push(model: &CharModel, of: &Text<'_>, seen: &mut [Vec<Seen>; 5]) {
    if let Some(Finding::Scored(group, scores, survey)) = model.find(of.text) {
        let table = model.table(group);
        let evidence = Evidence::of(table, &scores, survey.share);
        let guess = table.labels[evidence.best].clone();
        let right = of.label.is_some_and(|label| guess == label);
        seen[group as usize].push(Seen { evidence, guess, right, weight: of.weight, sentence: of.sentence });
    }
}

/// Evidence, and whether the guess was right.
struct Example {
    x: [f32; CALIBRATION],
    right: bool,
    weight: f64,
}

/// Newton steps; the log-likelihood is flat after half as many.
const ROUNDS: usize = 25;
/// Ridge on all numbers, as if each had been seen once at 0: keeps them finite when a group has no wrong examples.
const RIDGE: f64 = 1.0;

/// The weights that make `1 / (1 + exp(-w.x))` the chance of being right (maximum likelihood with a small ridge).
fn fit(examples: &[Example]) -> [f32; CALIBRATION] {
    let mut w = [0.0f64; CALIBRATION];
    for _ in 0..ROUNDS {
        let mut gradient = w.map(|w| -RIDGE * w);
        let mut hessian = [[0.0f64; CALIBRATION]; CALIBRATION];
        for (i, row) in hessian.iter_mut().enumerate() {
            row[i] = RIDGE;
        }
        for example in examples {
            let x = example.x.map(f64::from);
            let z: f64 = x.iter().zip(&w).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + libm::exp(-z));
            let miss = (f64::from(u8::from(example.right)) - p) * example.weight;
            let curve = (p * (1.0 - p)).max(1e-6) * example.weight;
            for i in 0..CALIBRATION {
                gradient[i] += miss * x[i];
                for j in 0..CALIBRATION {
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
fn solve(mut a: [[f64; CALIBRATION]; CALIBRATION], mut b: [f64; CALIBRATION]) -> [f64; CALIBRATION] {
    for i in 0..CALIBRATION {
        for j in i + 1..CALIBRATION {
            let factor = a[j][i] / a[i][i];
            let upper = a[i];
            a[j].iter_mut().zip(upper).skip(i).for_each(|(below, above)| *below -= factor * above);
            b[j] -= factor * b[i];
        }
    }
    for i in (0..CALIBRATION).rev() {
        for j in i + 1..CALIBRATION {
            b[i] -= a[i][j] * b[j];
        }
        b[i] /= a[i][i];
    }
    b
}

/// Texts that are in no language, made of one that is: its letters shuffled over its words, and its words joined by
/// signs as in program code.
pub(super) fn noise(text: &str, seed: u64) -> [String; 2] {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    // Numerical Recipes' 64-bit linear congruential generator; the high bits are good enough here.
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
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
