//! The linear model over whole numbers.

use super::features::{COUNT, Features};

/// A feature's part in the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Mean over the training documents.
    pub mean: i32,
    /// Reciprocal of the spread: 2^24 divided by the standard deviation.
    pub scale: i32,
    /// Weight of a standard deviation, times 1024.
    pub weight: i32,
}

/// A trained model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// One weight for each feature.
    pub weights: [Weight; COUNT],
    /// The constant, times 1024 times 256.
    pub bias: i64,
}

/// Features further from the mean than this many standard deviations count as this far: no single oddity decides.
const REACH: i64 = 5 * DEVIATION / 2;
/// A standard deviation in steps.
pub const DEVIATION: i64 = 256;

impl Weight {
    /// How far a feature is from the mean, in 256ths of a standard deviation.
    #[must_use]
    pub fn steps(&self, value: i64) -> i64 {
        (((value - i64::from(self.mean)) * i64::from(self.scale)) >> 16).clamp(-REACH, REACH)
    }
}

impl Model {
    /// The log-odds, times 1024 times 256, that a reader would keep the document.
    #[must_use]
    pub fn score(&self, features: &Features) -> i64 {
        let part = |(weight, &value): (&Weight, &i64)| weight.steps(value) * i64::from(weight.weight);
        self.bias + self.weights.iter().zip(&features.values).map(part).sum::<i64>()
    }

    /// The score as a probability.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "scores stay below 2^40")]
    pub fn probability(&self, features: &Features) -> f64 {
        1.0 / (1.0 + libm::exp(-(self.score(features) as f64) / 262_144.0))
    }
}
