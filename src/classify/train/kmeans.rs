//! k-means with 256 centroids over short vectors.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Centroids: a code is one byte.
pub(super) const CENTROIDS: usize = 256;
/// Points that centroids are fitted to at most, chosen by hash (256 a centroid, as fastText).
const SAMPLE: usize = 256 * CENTROIDS;
/// Rounds at most (as fastText).
const ROUNDS: usize = 25;
/// How far the two halves of a split cluster are pushed apart.
const SPLIT: f32 = 1e-4;

/// Fits 256 centroids to points of `width` columns, of which there are 256 or more. Lloyd's rounds from chosen points, until no
/// point changes its centroid; a centroid without points takes half of the fullest one's.
pub(super) fn centroids(points: &[f32], width: usize, seed: u64) -> Vec<f32> {
    let mut order: Vec<u32> = (0..(points.len() / width) as u32).collect();
    let key = |point: &u32| (xxh3_64_with_seed(&point.to_le_bytes(), seed), *point);
    if order.len() > SAMPLE {
        order.select_nth_unstable_by_key(SAMPLE, key);
        order.truncate(SAMPLE);
    }
    order.sort_by_cached_key(key);
    let sample: Vec<f32> =
        order.iter().flat_map(|&point| &points[point as usize * width..][..width]).copied().collect();
    let mut centroids = sample[..CENTROIDS * width].to_vec();
    let mut codes = vec![0_u8; order.len()];
    for round in 0..ROUNDS {
        let mut changed = round == 0;
        nearest(&sample, width, &centroids, |point, code| {
            changed |= codes[point] != code;
            codes[point] = code;
        });
        if !changed {
            break;
        }
        means(&sample, width, &codes, &mut centroids);
    }
    centroids
}

fn means(points: &[f32], width: usize, codes: &[u8], centroids: &mut [f32]) {
    let mut counts = [0_u32; CENTROIDS];
    let mut sums = vec![0.0_f64; CENTROIDS * width];
    for (point, &code) in points.chunks_exact(width).zip(codes) {
        counts[usize::from(code)] += 1;
        let sum = &mut sums[usize::from(code) * width..][..width];
        sum.iter_mut().zip(point).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    for (at, (centroid, sum)) in centroids.chunks_exact_mut(width).zip(sums.chunks_exact(width)).enumerate() {
        let count = f64::from(counts[at].max(1));
        if counts[at] > 0 {
            centroid.iter_mut().zip(sum).for_each(|(x, sum)| *x = (sum / count) as f32);
        }
    }
    for empty in 0..CENTROIDS {
        if counts[empty] > 0 {
            continue;
        }
        let fullest = (0..CENTROIDS).max_by_key(|&at| (counts[at], CENTROIDS - at)).unwrap_or_default();
        for column in 0..width {
            let value = centroids[fullest * width + column];
            let push = if column % 2 == 0 { SPLIT } else { -SPLIT };
            centroids[empty * width + column] = value + push;
            centroids[fullest * width + column] = value - push;
        }
        counts[empty] = counts[fullest] / 2;
        counts[fullest] -= counts[empty];
    }
}

/// Calls `each` with the number and the nearest centroid of every point; of equally near ones the first.
pub(super) fn nearest(points: &[f32], width: usize, centroids: &[f32], mut each: impl FnMut(usize, u8)) {
    // |p - c|² = |p|² - 2pc + |c|²: per column all centroids side by side, so that one instruction looks at several.
    let mut columns = vec![[0.0_f32; CENTROIDS]; width];
    let mut squares = [0.0_f32; CENTROIDS];
    for (at, centroid) in centroids.chunks_exact(width).enumerate() {
        for (column, &x) in columns.iter_mut().zip(centroid) {
            column[at] = -2.0 * x;
            squares[at] += x * x;
        }
    }
    for (number, point) in points.chunks_exact(width).enumerate() {
        let mut distances = squares;
        for (column, &x) in columns.iter().zip(point) {
            distances.iter_mut().zip(column).for_each(|(distance, c)| *distance += x * c);
        }
        let least = distances.iter().copied().fold(f32::INFINITY, f32::min);
        let code = distances.iter().position(|&distance| distance <= least).unwrap_or_default();
        each(number, code as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_that_are_there_are_found() {
        // 256 places on a grid, 8 points near each.
        let point = |at: usize| {
            let (cluster, wobble) = (at % 256, (at / 256) as f32 * 1e-3);
            [(cluster % 16) as f32 + wobble, (cluster / 16) as f32 - wobble]
        };
        let points: Vec<f32> = (0..2048).flat_map(point).collect();
        let centroids = centroids(&points, 2, 3);
        let mut error = 0.0;
        nearest(&points, 2, &centroids, |at, code| {
            let (p, c) = (&points[at * 2..][..2], &centroids[usize::from(code) * 2..][..2]);
            error += (p[0] - c[0]).powi(2) + (p[1] - c[1]).powi(2);
        });
        // Without learning, 256 chosen points leave about a third of the places at distance 1.
        assert!(error / 2048.0 < 0.25, "{error}");
        assert_eq!(centroids, super::centroids(&points, 2, 3));
    }

    #[test]
    fn a_centroid_without_points_takes_some() {
        // Two values only: 254 centroids would stay empty.
        let points: Vec<f32> = (0..600).map(|at| (at % 2) as f32).collect();
        let centroids = centroids(&points, 1, 0);
        let mut worst = 0.0_f32;
        nearest(&points, 1, &centroids, |at, code| {
            worst = worst.max((points[at] - centroids[usize::from(code)]).abs());
        });
        assert!(centroids.iter().all(|x| x.is_finite()) && worst < 0.05, "{worst}");
    }
}
