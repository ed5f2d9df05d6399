//! Figures of a classifier on held-out texts.

/// Area under the ROC curve: the chance that a good text has a higher score than a bad one, ties counting half. NaN
/// without texts of both kinds.
#[must_use]
pub fn auc(scores: &[f64], good: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len().min(good.len())).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut below, mut wins, mut at) = (0_usize, 0.0, 0);
    while at < order.len() {
        let tie = order[at..].iter().take_while(|&&one| scores[one] == scores[order[at]]).count();
        let goods = order[at..at + tie].iter().filter(|&&one| good[one]).count();
        let bads = tie - goods;
        wins += goods as f64 * (below as f64 + bads as f64 / 2.0);
        below += bads;
        at += tie;
    }
    let goods = order.len() - below;
    if goods == 0 || below == 0 { f64::NAN } else { wins / (goods as f64 * below as f64) }
}

/// Pearson's correlation; NaN where one side does not vary.
#[must_use]
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len()) as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut both, mut own_a, mut own_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        both += (x - mean_a) * (y - mean_b);
        own_a += (x - mean_a) * (x - mean_a);
        own_b += (y - mean_b) * (y - mean_b);
    }
    both / libm::sqrt(own_a * own_b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auc_counts_pairs_and_halves_ties() {
        assert_eq!(auc(&[1.0, 2.0, 3.0, 4.0], &[false, false, true, true]), 1.0);
        assert_eq!(auc(&[1.0, 2.0, 3.0, 4.0], &[false, true, false, true]), 0.75);
        assert_eq!(auc(&[1.0, 1.0, 1.0], &[true, false, true]), 0.5);
        assert!(auc(&[1.0], &[true]).is_nan());
    }

    #[test]
    fn correlation_is_one_on_a_line() {
        assert!((correlation(&[1.0, 2.0, 4.0], &[3.0, 5.0, 9.0]) - 1.0).abs() < 1e-12);
        assert!((correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]) + 1.0).abs() < 1e-12);
    }
}
