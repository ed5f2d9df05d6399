//! Logistic regression for the confidence of a guess, and the noise that it learns to distrust.

use super::model::CALIBRATION;

/// What a model said of a text, and whether it was right.
pub(super) struct Example {
    pub(super) x: [f32; CALIBRATION],
    pub(super) right: bool,
    pub(super) weight: f64,
}

/// Newton steps; the log-likelihood is flat after half as many.
const ROUNDS: usize = 25;
/// Ridge on all numbers, as if each had been seen once at 0: keeps them finite when a group has no wrong examples.
const RIDGE: f64 = 1.0;

/// The weights that make `1 / (1 + exp(-w.x))` the chance of being right (maximum likelihood with a small ridge).
pub(super) fn fit(examples: &[Example]) -> [f32; CALIBRATION] {
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
