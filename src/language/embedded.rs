use super::features::Group;
use super::model::{CharModel, Scores};
use super::survey::{Survey, has_foreign_letters, only_language, survey, windows};
use super::{Detector, Guess, script};
use std::sync::OnceLock;

/// The bytes, placed so that a row of a table lies in one cache line.
#[repr(C, align(64))]
struct Aligned<T: ?Sized>(T);

static BYTES: &Aligned<[u8]> = &Aligned(*include_bytes!("model.bin"));

/// The detector that needs no file: a [`CharModel`] that is part of the program.
///
/// Knows 75 languages by training and nine more by their script, and doubts its guess where one of some 90 others comes near that it
/// does not name. Looks at no more than
/// 4 KiB of a text: eight windows spread evenly over it. Counts and weights are integers, so the answer and its score are the same on every machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Embedded;

impl Embedded {
    fn model() -> &'static CharModel {
        static MODEL: OnceLock<CharModel> = OnceLock::new();
        MODEL.get_or_init(|| {
            CharModel::from_bytes(&BYTES.0).expect("the model in the program is whole: a test reads it")
        })
    }
}

impl Detector for Embedded {
    fn detect(&self, text: &str) -> Option<Guess> {
        Self::model().detect(text)
    }

    fn top(&self, text: &str, k: usize) -> Vec<Guess> {
        Self::model().top(text, k)
    }

    fn labels(&self) -> Vec<String> {
        Self::model().labels()
    }
}

/// What is known of a text before labels are made of it.
#[expect(clippy::large_enum_variant, reason = "lives on the stack for one call")]
pub(super) enum Finding {
    /// The script has one language only.
    Script(&'static str, f32),
    /// Scored by a table.
    Scored(Group, Scores, Survey),
}

impl CharModel {
    /// Scores a text; `None` without letters of a known script.
    pub(super) fn find(&self, text: &str) -> Option<Finding> {
        let windows = windows(text);
        let seen = survey(&windows)?;
        match Group::of(seen.script) {
            Some(group) => Some(Finding::Scored(group, self.score(group, &windows), seen)),
            None => {
                let (label, sure) = only_language(seen.script)?;
                // One letter proves little: the score rises to its end value within some ten letters.
                let n = seen.letters as f32;
                let sure = if has_foreign_letters(seen.script, seen.letters, &windows) { FOREIGN } else { sure };
                Some(Finding::Script(label, sure * n / (n + 0.5)))
            }
        }
    }

    /// The `k` best of a table, best first. The others share what the best leaves, by their distance to it.
    fn ranked(&self, group: Group, scores: &Scores, letters: f32, k: usize) -> Vec<Guess> {
        let table = self.table(group);
        let mut order: Vec<usize> = (0..table.labels.len()).collect();
        order.sort_by_key(|&column| (std::cmp::Reverse(scores.sums[column]), column));
        let best = table.confidence(scores, letters);
        let n = scores.features.max(1) as f32;
        let top = scores.sums[order[0]] as f32;
        let weight = |column: usize| libm::expf((scores.sums[column] as f32 - top) / n * RUNNER_UP);
        let total: f32 = order[1..].iter().map(|&column| weight(column)).sum();
        let left = (1.0 - best) / total.max(1.0);
        let score = |rank: usize, column: usize| {
            if rank == 0 { best } else { (left * weight(column)).min(best) }
        };
        let guess =
            |(rank, &column): (usize, &usize)| Guess { score: score(rank, column), ..table.guesses[column].clone() };
        order.iter().take(k).enumerate().map(guess).collect()
    }
}

/// How sure the language of a script is where letters of another one stand: it is one of the others, or quotes them.
const FOREIGN: f32 = 0.1;

/// How fast the share of the other languages falls with their distance: by e per eighth of a weight step and feature.
const RUNNER_UP: f32 = 8.0;

impl Detector for CharModel {
    fn detect(&self, text: &str) -> Option<Guess> {
        Some(match self.find(text)? {
            Finding::Script(label, score) => Guess::of(label, score),
            Finding::Scored(group, scores, seen) => {
                let table = self.table(group);
                let (best, _) = table.best_two(&scores);
                Guess { score: table.confidence(&scores, seen.share), ..table.guesses[best].clone() }
            }
        })
    }

    fn top(&self, text: &str, k: usize) -> Vec<Guess> {
        match self.find(text).filter(|_| k > 0) {
            Some(Finding::Script(label, score)) => vec![Guess::of(label, score)],
            None => Vec::new(),
            Some(Finding::Scored(group, scores, seen)) => self.ranked(group, &scores, seen.share, k),
        }
    }

    fn labels(&self) -> Vec<String> {
        let by_script =
            script::ALL.iter().filter_map(|&script| only_language(script)).map(|(label, _)| label.to_owned());
        let mut all: Vec<String> = self.tables.iter().flat_map(|table| table.labels.clone()).chain(by_script).collect();
        all.sort();
        all.dedup();
        all
    }
}
