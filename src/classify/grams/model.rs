//! A linear model over hashed features, in whole numbers: the same score on every processor.

use super::features::{Kind, each_feature};

/// First bytes of a model; the number is that of the features.
const MAGIC: &[u8; 8] = b"gmgram02";
/// Length of the header: magic, bits, bias, step.
pub(super) const HEADER: usize = 20;

/// A model: 2^bits weights of one byte.
pub struct Grams<'m> {
    bits: u32,
    /// The constant of the log-odds, times 65,536.
    bias: i32,
    /// Log-odds of a weight of 1, times 65,536.
    step: i32,
    weights: &'m [u8],
}

/// Why bytes are not a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a model of hashed features, or a damaged one")]
pub struct BadGrams;

impl<'m> Grams<'m> {
    /// A model out of its bytes.
    ///
    /// # Errors
    /// [`BadGrams`] when they are anything else.
    pub fn from_bytes(bytes: &'m [u8]) -> Result<Self, BadGrams> {
        let (header, weights) = bytes.split_at_checked(HEADER).ok_or(BadGrams)?;
        let rest = header.strip_prefix(MAGIC).ok_or(BadGrams)?;
        let number = |at: usize| {
            let four = rest.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
            four.map(i32::from_le_bytes).ok_or(BadGrams)
        };
        let (bits, bias, step) = (number(0)?, number(4)?, number(8)?);
        let bits = u32::try_from(bits).ok().filter(|bits| (8..=24).contains(bits)).ok_or(BadGrams)?;
        if weights.len() != 1 << bits || !(1..=1 << 20).contains(&step) {
            return Err(BadGrams);
        }
        Ok(Self { bits, bias, step, weights })
    }

    /// The header of a model.
    pub(super) fn header(bits: u32, bias: i32, step: i32) -> Vec<u8> {
        [MAGIC.as_slice(), &bits.to_le_bytes(), &bias.to_le_bytes(), &step.to_le_bytes()].concat()
    }

    /// The log-odds of a passage, times 65,536; `None` when it has no feature.
    #[must_use]
    pub fn score(&self, passage: &str) -> Option<i64> {
        let (mut sum, mut norm) = (0_i64, 0_u64);
        each_feature(passage, |hash, kind| {
            let weight = self.weights[(hash >> (64 - self.bits)) as usize] as i8;
            sum += i64::from(i32::from(weight) * kind.halves());
            norm += NORM[kind as usize];
        });
        if norm == 0 {
            return None;
        }
        // The features have length 1 together: sum / (2 * sqrt(norm / 4)), with 8 bits behind the point.
        let root = i64::try_from((norm << 16).isqrt()).unwrap_or(i64::MAX);
        Some(i64::from(self.bias) + sum * i64::from(self.step) * 256 / root)
    }

    /// The probability of a passage.
    #[must_use]
    pub fn probability(&self, passage: &str) -> Option<f64> {
        self.score(passage).map(probability)
    }
}

/// Squares of the factors of the kinds of features, in quarters.
const NORM: [u64; 2] = {
    let mut norm = [0; 2];
    norm[Kind::Whole as usize] = 4;
    norm[Kind::Part as usize] = 1;
    norm
};

/// Log-odds, times 65,536, as a probability.
#[allow(clippy::cast_precision_loss, reason = "scores stay below 2^53")]
fn probability(score: i64) -> f64 {
    1.0 / (1.0 + libm::exp(-(score as f64) / 65_536.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_models_are_refused() {
        let mut bytes = Grams::header(8, 0, 100);
        bytes.extend([0; 256]);
        assert!(Grams::from_bytes(&bytes).is_ok());
        assert!(Grams::from_bytes(&bytes[..275]).is_err());
        assert!(Grams::from_bytes(&bytes[..5]).is_err());
        bytes[0] = b'x';
        assert!(Grams::from_bytes(&bytes).is_err());
    }

    #[test]
    fn the_score_is_the_normed_sum() {
        let mut bytes = Grams::header(8, 65_536, 65_536);
        bytes.extend([10; 256]);
        let model = Grams::from_bytes(&bytes).unwrap();
        // One word of two letters: one feature of weight 10.
        assert_eq!(model.score("ab"), Some(65_536 + 10 * 65_536));
        // Two words: three features, 30 / sqrt(3).
        let two = model.score("ab cd").unwrap() as f64 / 65_536.0;
        assert!((two - 1.0 - 30.0 / 3.0_f64.sqrt()).abs() < 0.05, "{two}");
        assert_eq!(model.score("--"), None);
    }
}
