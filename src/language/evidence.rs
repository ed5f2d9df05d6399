//! How sure a guess is: what a table says of a text, held against what is usual for the guess.

use super::model::{CALIBRATION, DECOY_EVEN, DECOY_STEP, DOUBT, STEP, Scores, TOP, Table, Usual};

/// Features (a word has about two per letter) at which confidence is halved.
const FEW: f32 = 3.0;

/// What confidence is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// Column of the guess.
    pub(super) best: usize,
    /// Number of features, 1 or more.
    features: f32,
    /// Margin over the second-best language, in weight steps.
    margin: f32,
    /// What the guess lacks of the best language of every feature, per feature.
    pub(super) deficit: f32,
    /// Mean fame, as a share of its greatest value.
    fame: f32,
    /// Share of letters among the visible characters.
    letters: f32,
    /// Lead over the nearest decoy, in natural logarithms per feature; [`FAR`] at most, also where there are no decoys.
    pub(super) lead: f32,
}

/// A lead of which more says nothing: e times as likely by the feature.
const FAR: f32 = 1.0;
/// Share of the usual lead below which a guess is doubted: sentences scatter around what is usual. (At .4 a tenth more documents in
/// unseen languages are past a score of .65; at .6 a fifth fewer, but scores of short or repeated texts in known languages fall.)
const USUAL_LEAD: f32 = 0.5;

impl Evidence {
    pub(super) fn of(table: &Table, scores: &Scores, letters: f32) -> Self {
        let n = scores.features.max(1) as f32;
        let (best, second) = table.best_two(scores);
        let top = scores.sums[best] as f32;
        let steps = f32::from(TOP);
        Self {
            best,
            features: n,
            margin: second.map_or(0.0, |other| top - scores.sums[other] as f32),
            deficit: (steps * n - top) / n,
            fame: scores.sums[table.labels.len()] as f32 / n / steps,
            letters,
            lead: table.lead(scores, best).value,
        }
    }

    /// Margin per feature.
    pub(super) fn margin(&self) -> f32 {
        self.margin / self.features
    }

    /// A constant, margin in nats (logarithm), margin and deficit per feature beyond what is usual for the guess, fame, number of
    /// features (logarithm), share of letters; deficit and margin once more times the logarithm: what is unusual weighs more
    /// the longer the text.
    pub(super) fn numbers(&self, usual: Usual) -> [f32; CALIBRATION] {
        let length = libm::logf(self.features);
        let (deficit, margin) = (self.deficit - usual.deficit, self.margin() - usual.margin);
        let nats = libm::logf(1.0 + self.margin * STEP);
        [1.0, nats, margin, deficit, self.fame, length, self.letters, length * deficit, length * margin]
    }

    /// What the lead over the nearest decoy lacks of [`USUAL_LEAD`] of what is usual for the guess, and the same times the logarithm of
    /// the number of features. Both are 0 for nearly all texts of known languages: their scores do not change.
    pub(super) fn doubts(&self, usual: Usual) -> [f32; DOUBT] {
        let lacks = (USUAL_LEAD * usual.lead - self.lead).max(0.0);
        [lacks, lacks * libm::logf(self.features)]
    }
}

/// How far a guess is ahead of the nearest decoy.
pub(super) struct Lead<'t> {
    /// In natural logarithms per feature, [`FAR`] at most.
    pub(super) value: f32,
    /// The decoy; `None` where there are none.
    pub(super) decoy: Option<&'t str>,
}

impl Table {
    /// The lead of a label over the nearest decoy.
    pub(super) fn lead(&self, scores: &Scores, best: usize) -> Lead<'_> {
        let n = scores.features.max(1) as f32;
        let own = (scores.sums[best] as f32 / n - f32::from(TOP)) * STEP;
        let nearest = self.decoys.labels.iter().zip(&scores.decoys).max_by_key(|(_, sum)| **sum);
        let value = nearest.map_or(FAR, |(_, &sum)| {
            let decoy = (sum as f32 / n - f32::from(DECOY_EVEN)) * DECOY_STEP;
            (own - decoy).min(FAR)
        });
        Lead { value, decoy: nearest.map(|(label, _)| label.as_str()) }
    }

    /// How sure the best guess is, 0 to 1. `letters` is the share of letters among the visible characters.
    pub(super) fn confidence(&self, scores: &Scores, letters: f32) -> f32 {
        let seen = Evidence::of(self, scores, letters);
        let x = seen.numbers(self.usual[seen.best]);
        let z = x.iter().zip(&self.calibration).fold(0.0, |sum, (x, w)| sum + x * w);
        let doubts = seen.doubts(self.usual[seen.best]);
        let z = doubts.iter().zip(&self.doubt).fold(z, |sum, (x, w)| sum + x * w);
        // A letter or two prove little, however well they fit: the calibration has seen no such texts.
        let n = scores.features as f32;
        n / (n + FEW) / (1.0 + libm::expf(-z))
    }
}
