//! Shares of a text by language.

use super::labels;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Share from which a language counts as one of the text's.
const NOTABLE: f64 = 0.1;

/// Amounts of text by language, of whatever the caller counts: bytes, characters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shares {
    by: BTreeMap<Arc<str>, usize>,
    /// What has letters and no label.
    unsure: usize,
    /// What has letters.
    all: usize,
}

impl Shares {
    /// Adds a piece of the text that has letters; `None`: nobody is sure of its language.
    pub fn add(&mut self, label: Option<&Arc<str>>, amount: usize) {
        self.all += amount;
        match label {
            Some(label) => *self.by.entry(Arc::clone(label)).or_default() += amount,
            None => self.unsure += amount,
        }
    }

    fn share(&self, amount: usize) -> Option<f64> {
        (self.all > 0).then(|| amount as f64 / self.all as f64)
    }

    /// Labels and their shares of what has letters, 0 to 1, in the order of the labels.
    pub fn each(&self) -> impl Iterator<Item = (&str, f64)> {
        self.by.iter().filter_map(|(label, &amount)| Some((&**label, self.share(amount)?)))
    }

    /// The share of a label, letter by letter; `None` without letters.
    #[must_use]
    pub fn label(&self, label: &str) -> Option<f64> {
        self.share(self.by.get(label).copied().unwrap_or(0))
    }

    /// The share of a language, by any of its codes; `None` without letters.
    #[must_use]
    pub fn language(&self, code: &str) -> Option<f64> {
        let own = self.by.iter().filter(|(label, _)| labels::matches(code, label));
        self.share(own.map(|(_, amount)| amount).sum())
    }

    /// The share without a label; `None` without letters.
    #[must_use]
    pub fn unsure(&self) -> Option<f64> {
        self.share(self.unsure)
    }

    /// Languages with a tenth or more.
    #[must_use]
    pub fn languages(&self) -> usize {
        self.each().filter(|(_, share)| *share >= NOTABLE).count()
    }
}
