//! What a classifier is worth on texts that it was not trained on.

use super::super::{FastText, Scratch};
use super::Corpus;
use super::figures::auc;
use serde::Serialize;

/// Bins of the reliability table, of equal width.
const BINS: usize = 10;
/// Suggested bounds have this many places: a bound is rounded down, and its figures are those of the rounded one.
const PLACES: f64 = 1e6;
/// Shares for which bounds are suggested.
const SHARES: [f64; 7] = [0.01, 0.02, 0.05, 0.10, 0.20, 0.30, 0.50];

/// Held-out texts and what a model says of them.
pub struct Held {
    /// Labels of the model, without `__label__`, in its order.
    pub labels: Vec<String>,
    /// The label of each text by place; `None` for one that the model does not have.
    truth: Vec<Option<usize>>,
    /// Probabilities of all labels, text after text.
    scores: Vec<f32>,
}

/// Figures of one label.
#[derive(Debug, Clone, Serialize)]
pub struct LabelFigures {
    /// The label.
    pub label: String,
    /// Texts that it was trained on.
    pub trained: u64,
    /// Held-out texts that have it.
    pub held: u64,
    /// Of the texts to which the model gives it, the share that has it; null where it gives it to none.
    pub precision: Option<f64>,
    /// Of the texts that have it, the share to which the model gives it; null where there is none.
    pub recall: Option<f64>,
    /// Harmonic mean of both.
    pub f1: Option<f64>,
    /// Area under the ROC curve of its probability, against all other labels; null without texts of both kinds.
    pub auc: Option<f64>,
}

/// One row of the reliability table: texts whose best label has a probability in `from..to`.
#[derive(Debug, Clone, Serialize)]
pub struct Bin {
    /// Least probability.
    pub from: f64,
    /// Greatest probability, which belongs to the last bin only.
    pub to: f64,
    /// Texts in the bin.
    pub texts: u64,
    /// Their mean probability; null without texts.
    pub confidence: Option<f64>,
    /// The share whose best label is right; null without texts.
    pub accuracy: Option<f64>,
}

/// A bound on a label's probability that keeps a share of texts.
#[derive(Debug, Clone, Serialize)]
pub struct SuggestedBound {
    /// The share that was asked for.
    pub share: f64,
    /// The bound, for `min-score`.
    pub min_score: f64,
    /// The share that it keeps: ties may keep more.
    pub kept: f64,
    /// Of all held-out texts that it keeps, the share that has the label.
    pub precision: f64,
    /// Of all held-out texts that have the label, the share that it keeps.
    pub recall: f64,
}

/// All figures of a model.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// Held-out texts.
    pub texts: u64,
    /// The share whose best label is right.
    pub accuracy: f64,
    /// Mean of the labels' F1, over those that held-out texts have.
    pub macro_f1: f64,
    /// Expected calibration error: mean distance of probability and accuracy over the bins, by texts.
    pub calibration_error: f64,
    /// Figures by label.
    pub labels: Vec<LabelFigures>,
    /// The reliability table.
    pub reliability: Vec<Bin>,
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Held {
    /// Lets a model judge the held-out texts of a corpus.
    #[must_use]
    pub fn judge(model: &FastText, corpus: &Corpus) -> Self {
        let bare = |label: &String| label.strip_prefix("__label__").unwrap_or(label).to_owned();
        let labels: Vec<String> = model.labels().iter().map(bare).collect();
        let mut held = Self { labels, truth: Vec::new(), scores: Vec::new() };
        let (mut scratch, mut found) = (Scratch::default(), Vec::new());
        corpus.each_held(|text, label| {
            model.predict_with(&mut scratch, text, held.labels.len(), 0.0, &mut found);
            let first = held.scores.len();
            held.scores.resize(first + held.labels.len(), 0.0);
            // fastText adds 1e-5 before its logarithm: a sure label comes out above 1.
            found.iter().for_each(|&(place, p)| held.scores[first + place as usize] = p.min(1.0));
            held.truth.push(held.labels.iter().position(|own| own == label));
        });
        held
    }

    /// Held-out texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.truth.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.truth.is_empty()
    }

    /// The place of a label and its probability: the best of a text.
    fn best(&self, text: usize) -> (usize, f32) {
        let scores = &self.scores[text * self.labels.len()..][..self.labels.len()];
        scores
            .iter()
            .copied()
            .enumerate()
            .fold((0, -1.0), |best, (place, p)| if p > best.1 { (place, p) } else { best })
    }

    fn column(&self, label: usize) -> Vec<f64> {
        self.scores.chunks_exact(self.labels.len()).map(|scores| f64::from(scores[label])).collect()
    }

    /// All figures; `trained` gives how many texts a label was trained on.
    #[must_use]
    pub fn figures(&self, trained: &dyn Fn(&str) -> u64) -> Evaluation {
        let best: Vec<(usize, f32)> = (0..self.len()).map(|text| self.best(text)).collect();
        let right = |text: usize| self.truth[text] == Some(best[text].0);
        let labels: Vec<LabelFigures> =
            (0..self.labels.len()).map(|label| self.label(label, &best, trained(&self.labels[label]))).collect();
        let reliability: Vec<Bin> = (0..BINS).map(|bin| reliability(bin, &best, &right)).collect();
        let texts = self.len() as u64;
        let gap = |bin: &Bin| bin.texts as f64 * (bin.confidence.unwrap_or(0.0) - bin.accuracy.unwrap_or(0.0)).abs();
        let with: Vec<f64> = labels.iter().filter(|one| one.held > 0).map(|one| one.f1.unwrap_or(0.0)).collect();
        Evaluation {
            texts,
            accuracy: ratio((0..self.len()).filter(|&text| right(text)).count() as u64, texts).unwrap_or(0.0),
            macro_f1: with.iter().sum::<f64>() / with.len().max(1) as f64,
            calibration_error: reliability.iter().map(gap).sum::<f64>() / texts.max(1) as f64,
            labels,
            reliability,
        }
    }

    fn label(&self, label: usize, best: &[(usize, f32)], trained: u64) -> LabelFigures {
        let has: Vec<bool> = self.truth.iter().map(|&truth| truth == Some(label)).collect();
        let held = has.iter().filter(|&&has| has).count() as u64;
        let given = best.iter().filter(|best| best.0 == label).count() as u64;
        let both = best.iter().zip(&has).filter(|(best, has)| best.0 == label && **has).count() as u64;
        let area = auc(&self.column(label), &has);
        LabelFigures {
            label: self.labels[label].clone(),
            trained,
            held,
            precision: ratio(both, given),
            recall: ratio(both, held),
            f1: ratio(2 * both, given + held),
            auc: Some(area).filter(|area| area.is_finite()),
        }
    }

    /// Bounds on the probability of `label` that keep shares of the held-out texts, or of those with the label `base`: of a
    /// sample of the web, where good texts were added to it.
    #[must_use]
    pub fn bounds(&self, label: &str, base: Option<&str>) -> Vec<SuggestedBound> {
        let place = |label: &str| self.labels.iter().position(|own| own == label);
        let Some(label) = place(label) else { return Vec::new() };
        let base = base.and_then(place);
        let scores = self.column(label);
        let in_base = |text: usize| base.is_none_or(|base| self.truth[text] == Some(base));
        let mut counted: Vec<f64> = (0..self.len()).filter(|&text| in_base(text)).map(|text| scores[text]).collect();
        counted.sort_by(|a, b| b.total_cmp(a));
        let has = |text: &usize| self.truth[*text] == Some(label);
        let with = (0..self.len()).filter(has).count() as u64;
        let bound = |&share: &f64| {
            let last = libm::ceil(share * counted.len() as f64) as usize;
            let min_score = libm::floor(counted[last.clamp(1, counted.len()) - 1] * PLACES) / PLACES;
            let kept: Vec<usize> = (0..self.len()).filter(|&text| scores[text] >= min_score).collect();
            let good = kept.iter().filter(|text| has(text)).count() as u64;
            SuggestedBound {
                share,
                min_score,
                kept: kept.iter().filter(|&&text| in_base(text)).count() as f64 / counted.len() as f64,
                precision: ratio(good, kept.len() as u64).unwrap_or(0.0),
                recall: ratio(good, with).unwrap_or(0.0),
            }
        };
        if counted.is_empty() { Vec::new() } else { SHARES.iter().map(bound).collect() }
    }
}

fn reliability(bin: usize, best: &[(usize, f32)], right: &dyn Fn(usize) -> bool) -> Bin {
    let of = |p: f32| ((f64::from(p) * BINS as f64) as usize).min(BINS - 1);
    let members: Vec<usize> = (0..best.len()).filter(|&text| of(best[text].1) == bin).collect();
    let texts = members.len() as u64;
    let sum: f64 = members.iter().map(|&text| f64::from(best[text].1)).sum();
    Bin {
        from: bin as f64 / BINS as f64,
        to: (bin + 1) as f64 / BINS as f64,
        texts,
        confidence: (texts > 0).then(|| sum / texts as f64),
        accuracy: ratio(members.iter().filter(|&&text| right(text)).count() as u64, texts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores of the label `b` of two labels, with whether the text has it.
    fn held(rows: &[(f32, bool)]) -> Held {
        Held {
            labels: vec!["a".to_owned(), "b".to_owned()],
            truth: rows.iter().map(|&(_, b)| Some(usize::from(b))).collect(),
            scores: rows.iter().flat_map(|&(p, _)| [1.0 - p, p]).collect(),
        }
    }

    #[test]
    fn figures_are_those_of_a_table_counted_by_hand() {
        // b is given to 3, of which 2 have it; 1 of 3 with b is missed.
        let held = held(&[(0.92, true), (0.83, true), (0.72, false), (0.18, true), (0.07, false), (0.05, false)]);
        let figures = held.figures(&|_| 7);
        assert!((figures.accuracy - 4.0 / 6.0).abs() < 1e-9);
        let b = &figures.labels[1];
        assert_eq!((b.trained, b.held), (7, 3));
        assert!((b.precision.unwrap() - 2.0 / 3.0).abs() < 1e-9 && (b.recall.unwrap() - 2.0 / 3.0).abs() < 1e-9);
        // Of 9 pairs, 8 are in order.
        assert!((b.auc.unwrap() - 8.0 / 9.0).abs() < 1e-9);
        // .92, .93 and .95 are right; of .83 and .82 one is; .72 is wrong.
        let expected = (2.80 - 3.0_f64).abs() + (1.65 - 1.0_f64).abs() + 0.72;
        assert!((figures.calibration_error - expected / 6.0).abs() < 1e-6, "{figures:?}");
    }

    #[test]
    fn bounds_keep_the_share_they_name() {
        let rows: Vec<(f32, bool)> = (0..100).map(|at| (at as f32 / 100.0, at >= 80)).collect();
        let held = held(&rows);
        let bounds = held.bounds("b", None);
        let ten = bounds.iter().find(|bound| bound.share == 0.10).unwrap();
        assert!((ten.kept - 0.10).abs() < 1e-9 && (ten.min_score - 0.9).abs() < 1e-5, "{ten:?}");
        assert!((ten.precision - 1.0).abs() < 1e-9 && (ten.recall - 0.5).abs() < 1e-9);
        // A tenth of those without the label: 8 of 80, and all 20 with it.
        let of_a = held.bounds("b", Some("a"));
        let ten = of_a.iter().find(|bound| bound.share == 0.10).unwrap();
        assert!((ten.kept - 0.10).abs() < 1e-9 && (ten.recall - 1.0).abs() < 1e-9, "{ten:?}");
        assert!((ten.precision - 20.0 / 28.0).abs() < 1e-9);
        assert!(held.bounds("c", None).is_empty());
    }
}
