//! The score from which the blocks of a page stay.
//!
//! A fixed bar of one half is not the best for F1: on a page whose cards are all a little less likely than not, keeping them
//! all is the better bet than keeping none. So the bar is chosen for every page: the one at which the expected F-measure of
//! the words, by the model's own probabilities, is highest. Whole numbers only.

use super::Favor;
use super::blocks::Blocks;
use super::model::SCALE;

/// Scores fall into steps of a sixteenth of log-odds, from -8 to 8.
const STEP: i32 = SCALE / 16;
const STEPS: usize = 2 * 8 * 16 + 1;

/// The probability of each step, of [`ONE`].
static CHANCE: [u32; STEPS] = chances();

/// A probability of one.
const ONE: u64 = 1 << 16;

/// What the probabilities lean down: the model is a little too sure of itself on pages it does not know. Found by
/// cross-validation over the training pages, by domain.
const LEAN: i32 = 3 * SCALE / 10;

/// Below this score (a chance of one in fifteen) no block stays, however poor the page is.
const FLOOR: i32 = -8 * SCALE / 3;

/// 1 / (1 + e^-x) for every step, in fixed point: powers of e^(-1/16) by multiplication.
const fn chances() -> [u32; STEPS] {
    // e^(-1/16) of 2^32.
    const FACTOR: u64 = 4_034_748_382;
    let middle = STEPS / 2;
    let mut out = [0; STEPS];
    let mut power: u64 = 1 << 32;
    let mut k = 0;
    while k <= middle {
        let high = ((ONE << 32) / ((1 << 32) + power)) as u32;
        out[middle + k] = high;
        out[middle - k] = ONE as u32 - high;
        power = (power * FACTOR) >> 32;
        k += 1;
    }
    out
}

fn step(score: i32) -> usize {
    ((score - LEAN).div_euclid(STEP) + (STEPS / 2) as i32).clamp(0, STEPS as i32 - 1) as usize
}

/// The lowest score that stays: where (1 + b²) t / (n + b² e) is highest, with t the expected words of main text among those
/// kept, n the words kept and e the expected words of main text of the page. b is 1, 2 for recall and 1/2 for precision.
#[must_use]
pub fn bar(scores: &[i32], blocks: &Blocks, favor: Favor) -> i32 {
    let mut words = [0_u64; STEPS];
    for (block, score) in blocks.list.iter().zip(scores) {
        words[step(*score)] += u64::from(block.words.max(1));
    }
    let chance = |at: usize| u64::from(CHANCE[at]);
    let expected: u64 = (0..STEPS).map(|at| words[at] * chance(at)).sum();
    // Weights of the kept and of the expected words, so that nothing is divided.
    let (kept_weight, expected_weight) = match favor {
        Favor::Balanced => (1, 1),
        Favor::Recall => (1, 4),
        Favor::Precision => (4, 1),
    };
    let (mut hits, mut kept) = (0_u64, 0_u64);
    let (mut best, mut best_hits, mut best_cost) = (STEPS - 1, 0_u64, 1_u64);
    for at in (0..STEPS).rev().filter(|at| words[*at] > 0) {
        hits += words[at] * chance(at);
        kept += words[at] * ONE;
        let cost = kept_weight * kept + expected_weight * expected;
        if u128::from(hits) * u128::from(best_cost) > u128::from(best_hits) * u128::from(cost) {
            (best, best_hits, best_cost) = (at, hits, cost);
        }
    }
    let lowest = (best as i32 - (STEPS / 2) as i32) * STEP + LEAN;
    lowest.max(FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::{Block, Kind};

    #[test]
    fn chances_are_those_of_the_logistic_curve() {
        assert_eq!(CHANCE[STEPS / 2], 1 << 15);
        // 1 / (1 + e^-1) = 0.731059, 1 / (1 + e^8) = 0.000335.
        assert_eq!(CHANCE[STEPS / 2 + 16], 47_910);
        assert_eq!(CHANCE[0], 22);
        assert!(CHANCE.windows(2).all(|w| w[0] <= w[1]));
    }

    fn page(scores: &[(i32, u32)], favor: Favor) -> Vec<bool> {
        let block = |words: u32| Block {
            node: 0,
            kind: Kind::Paragraph,
            row: 0,
            cell: 0,
            first: 0,
            last: 0,
            start: 0,
            end: 0,
            size: 5 * words,
            link_size: 0,
            words,
            stops: 0,
            commas: 0,
            digits: 0,
            links: 0,
        };
        let blocks = Blocks { text: String::new(), list: scores.iter().map(|s| block(s.1)).collect() };
        let scores: Vec<i32> = scores.iter().map(|s| s.0).collect();
        let bar = bar(&scores, &blocks, favor);
        scores.iter().map(|s| *s >= bar).collect()
    }

    #[test]
    fn doubtful_blocks_stay_where_nothing_is_sure() {
        let sure = [(4000, 100), (-600, 40), (-600, 40)];
        assert_eq!(page(&sure, Favor::Balanced), [true, false, false]);
        let doubtful = [(-600, 40), (-600, 40), (-600, 40), (-6000, 40)];
        assert_eq!(page(&doubtful, Favor::Balanced), [true, true, true, false]);
        assert_eq!(page(&[(4000, 100), (0, 40)], Favor::Recall), [true, true]);
        assert_eq!(page(&[(4000, 100), (600, 40)], Favor::Precision), [true, false]);
        assert_eq!(page(&[(-6000, 10)], Favor::Balanced), [false]);
        assert!(page(&[], Favor::Balanced).is_empty());
    }
}
