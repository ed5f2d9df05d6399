//! Bands and rows, and what they catch.

use crate::dedup::error::DedupError;

/// Bands x rows of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Bands; two documents are candidates when at least one band agrees.
    pub bands: usize,
    /// Rows (values) per band.
    pub rows: usize,
}

impl Shape {
    /// Most permutations a signature may have: RefinedWeb's 9,000 fit.
    pub const MAX_PERMUTATIONS: usize = 16_384;

    /// Values per signature.
    #[must_use]
    pub fn permutations(self) -> usize {
        self.bands.saturating_mul(self.rows)
    }

    /// The similarity at which about half of the pairs are caught: `(1 / bands)^(1 / rows)`.
    #[must_use]
    pub fn knee(self) -> f64 {
        (1.0 / self.bands as f64).powf(1.0 / self.rows as f64)
    }

    /// The number of permutations, if it is within bounds.
    pub(super) fn check(self) -> Result<usize, DedupError> {
        let all = self.permutations();
        if all == 0 || all > Self::MAX_PERMUTATIONS {
            let detail = format!(
                "{} bands of {} rows are outside 1..={} permutations",
                self.bands,
                self.rows,
                Self::MAX_PERMUTATIONS
            );
            return Err(DedupError::Setting { name: "bands x rows", detail });
        }
        Ok(all)
    }
}

/// The chance that two documents of Jaccard similarity `s` share at least one band: `1 - (1 - s^rows)^bands`.
#[must_use]
pub fn collision_probability(s: f64, shape: Shape) -> f64 {
    // Products of basic operations, not `powf`: a chosen shape is part of the plan and must not depend on a library of
    // mathematics.
    1.0 - power(1.0 - power(s, shape.rows), shape.bands)
}

/// `base` to a whole power, by squaring.
fn power(mut base: f64, mut exponent: usize) -> f64 {
    let mut out = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            out *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    out
}

/// The chance with which a shape that [`shape_finding`] picks finds a pair of the similarity asked for.
pub const FOUND: f64 = 0.99;
/// Most hashes of a shape that [`shape_finding`] picks.
pub const MOST_HASHES: usize = 256;

/// The shape for documents of similarity `target` and above: the most rows with which at most [`MOST_HASHES`] hashes find a
/// pair of just that similarity with a chance of [`FOUND`], and the fewest bands that do. More rows make the curve steeper,
/// so that fewer pairs below the target have to be verified.
///
/// # Errors
/// When `target` is outside 0.1..=1: no shape within the hashes finds less.
pub fn shape_finding(target: f64) -> Result<Shape, DedupError> {
    let outside = || DedupError::Setting { name: "similarity", detail: format!("{target} is outside 0.1..=1") };
    if !(0.1..=1.0).contains(&target) {
        return Err(outside());
    }
    let fewest = |rows: usize| {
        let finds = |bands: &usize| collision_probability(target, Shape { bands: *bands, rows }) >= FOUND;
        (1..=MOST_HASHES / rows).find(finds).map(|bands| Shape { bands, rows })
    };
    (1..=MOST_HASHES).rev().find_map(fewest).ok_or_else(outside)
}

/// The shape within `permutations` that separates best at similarity `target`: least sum of the areas of false positives
/// (below it) and false negatives (above it), weighed equally, as in datasketch's `optimal_param`. Ties go to fewer bands,
/// then to fewer rows.
///
/// # Errors
/// When `target` is outside 0..=1 or `permutations` outside 1..=[`Shape::MAX_PERMUTATIONS`].
pub fn shape_for_similarity(target: f64, permutations: usize) -> Result<Shape, DedupError> {
    if !(0.0..=1.0).contains(&target) {
        return Err(DedupError::Setting { name: "similarity", detail: format!("{target} is outside 0..=1") });
    }
    Shape { bands: permutations, rows: 1 }.check()?;
    let mut best = (f64::INFINITY, Shape { bands: 1, rows: 1 });
    for bands in 1..=permutations {
        for rows in 1..=permutations / bands {
            let shape = Shape { bands, rows };
            let false_positives = area(0.0, target, |s| collision_probability(s, shape));
            let false_negatives = area(target, 1.0, |s| 1.0 - collision_probability(s, shape));
            let error = (false_positives + false_negatives) / 2.0;
            if error < best.0 {
                best = (error, shape);
            }
        }
    }
    Ok(best.1)
}

/// Integral by midpoints in steps of a thousandth.
fn area(from: f64, to: f64, value: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 0.001;
    // Bounds lie within 0..=1, so there are at most 1,000 steps.
    let steps = ((to - from) / STEP).round() as usize;
    (0..steps).map(|i| value(from + (i as f64 + 0.5) * STEP) * STEP).sum()
}
