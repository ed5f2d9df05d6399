//! Trains a [`super::Grams`] model: logistic regression with AdaGrad steps and a ridge penalty, one text at a time in a
//! fixed shuffle. Deterministic: the same samples in the same order give the same bytes.

use super::features::each_feature;
use super::model::Grams;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A training text.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The text: a sentence or a post.
    pub text: &'a str,
    /// Whether it is of the kind looked for.
    pub positive: bool,
    /// How much it counts.
    pub weight: f32,
}

/// Passes over the samples.
const EPOCHS: u64 = 12;
/// First step of a weight.
const RATE: f32 = 1.0;
/// Ridge penalty of a feature each time that it occurs in a sample of weight 1.
const RIDGE: f32 = 1e-5;
/// Largest quantised weight.
const TOP: f32 = 127.0;
/// Weights beyond this are cut off: 1 in 100,000 is.
const REACH: f32 = 16.0;

/// Trains a model of 2^bits weights; the bytes are what [`Grams::from_bytes`] reads.
#[must_use]
pub fn train(samples: &[Sample<'_>], bits: u32) -> Vec<u8> {
    let features: Vec<Vec<(u32, f32)>> = samples.iter().map(|sample| features(sample.text, bits)).collect();
    let mut weights = vec![0.0_f32; 1 << bits];
    let mut squares = vec![0.0_f32; 1 << bits];
    let (mut bias, mut bias_square) = (0.0_f32, 0.0_f32);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    for epoch in 0..EPOCHS {
        order.sort_by_key(|&at| (xxh3_64_with_seed(&(at as u64).to_le_bytes(), epoch), at));
        for &at in &order {
            let (own, sample) = (&features[at], &samples[at]);
            if own.is_empty() {
                continue;
            }
            let z = own.iter().fold(bias, |z, &(place, value)| z + weights[place as usize] * value);
            let miss = (1.0 / (1.0 + libm::expf(-z)) - f32::from(u8::from(sample.positive))) * sample.weight;
            for &(place, value) in own {
                let (weight, square) = (&mut weights[place as usize], &mut squares[place as usize]);
                let gradient = miss * value + RIDGE * *weight;
                *square += gradient * gradient;
                *weight -= RATE * gradient / (libm::sqrtf(*square) + 1e-6);
            }
            bias_square += miss * miss;
            bias -= RATE * miss / (libm::sqrtf(bias_square) + 1e-6);
        }
    }
    let step = REACH / TOP;
    let mut bytes = Grams::header(bits, libm::roundf(bias * 65_536.0) as i32, libm::roundf(step * 65_536.0) as i32);
    bytes.extend(weights.iter().map(|weight| libm::roundf(weight / step).clamp(-TOP, TOP) as i8 as u8));
    bytes
}

/// The features of a text as places of the table with values whose squares add up to 1.
fn features(text: &str, bits: u32) -> Vec<(u32, f32)> {
    let mut out = Vec::new();
    each_feature(text, |hash, kind| out.push(((hash >> (64 - bits)) as u32, kind.halves() as f32 / 2.0)));
    let norm = libm::sqrtf(out.iter().map(|(_, value)| value * value).sum());
    out.iter_mut().for_each(|(_, value)| *value /= norm);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_tell_are_learned_and_training_repeats_itself() {
        let texts: Vec<(String, bool)> = (0..60)
            .map(|at| (format!("{} ferry {at} leaves", if at % 2 == 0 { "zonk" } else { "calm" }), at % 2 == 0))
            .collect();
        let sample = |(text, positive): &(String, bool)| (text.clone(), *positive);
        let owned: Vec<(String, bool)> = texts.iter().map(sample).collect();
        let samples: Vec<Sample<'_>> =
            owned.iter().map(|(text, positive)| Sample { text, positive: *positive, weight: 1.0 }).collect();
        let bytes = train(&samples, 14);
        assert_eq!(bytes, train(&samples, 14));
        let model = Grams::from_bytes(&bytes).unwrap();
        assert!(model.probability("a zonk bus arrives").unwrap() > 0.6);
        assert!(model.probability("a calm bus arrives").unwrap() < 0.4);
        // Whole numbers agree with the regression's own arithmetic.
        assert!(model.probability("zonk ferry 0 leaves").unwrap() > 0.9);
    }
}
