use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The bound of a rule, as it is compared with a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Bound {
    /// Drop when the value is strictly greater.
    Above(f64),
    /// Drop when the value is strictly less.
    Below(f64),
    /// Drop when the value is greater or equal.
    AtLeast(f64),
    /// Drop when the value is less or equal.
    AtMost(f64),
}

impl Bound {
    /// Whether `value` trips the rule. NaN (not measured) never does.
    #[must_use]
    pub fn trips(self, value: f64) -> bool {
        match self {
            Self::Above(bound) => value > bound,
            Self::Below(bound) => value < bound,
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    /// The number that the value is compared with.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Self::Above(bound) | Self::Below(bound) | Self::AtLeast(bound) | Self::AtMost(bound) => bound,
        }
    }

    /// How the trip reads: `> 0.3`, `< 50`, and so on.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Above(_) => ">",
            Self::Below(_) => "<",
            Self::AtLeast(_) => ">=",
            Self::AtMost(_) => "<=",
        }
    }
}

/// Why a rule decided: "rule R: metric M was 0.31, bound 0.10".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule, as `filter/rule` or the step's own word (`exact-duplicate`).
    pub rule: Arc<str>,
    /// The metric that was measured.
    pub metric: Arc<str>,
    /// The measured value.
    pub value: f64,
    /// The bound that it was compared with, if the rule has one.
    pub bound: Option<Bound>,
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// It goes on.
    Keep,
    /// It is out.
    Drop(Reason),
}
