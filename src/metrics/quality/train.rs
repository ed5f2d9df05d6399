//! Trains the quality model: logistic regression over standardised features with a ridge penalty, by Newton's method.
//!
//! Readers keep longer pages more often, and a model would learn that from every feature that goes with length. So
//! training sees the length too, hardly penalised, and the finished model leaves it out: the other weights are what the
//! features say beyond length.

use super::features::{COUNT, Features};
use super::model::{DEVIATION, Model, Weight};

/// Columns of the regression: a constant, the length, the features.
const COLUMNS: usize = COUNT + 2;
/// Penalty on the squared weight of a standardised feature.
const RIDGE: f64 = 20.0;
/// Penalty on the length.
const RIDGE_LENGTH: f64 = 0.5;
/// Newton steps: the loss is convex and the penalty strong, so that a handful reaches the last bit.
const STEPS: usize = 25;

/// A training document.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its features.
    pub features: Features,
    /// Whether the reader kept it.
    pub good: bool,
}

/// Trains a model. `None` without a good and a bad document.
#[must_use]
pub fn train(samples: &[Sample]) -> Option<Model> {
    let good = samples.iter().filter(|sample| sample.good).count();
    if good == 0 || good == samples.len() {
        return None;
    }
    let weight = |place: usize| standard(samples.iter().map(|sample| sample.features.values[place]));
    let mut weights: [Weight; COUNT] = std::array::from_fn(weight);
    let length = standard(samples.iter().map(|sample| sample.features.length));
    let row = |sample: &Sample| {
        let mut row = [1.0; COLUMNS];
        row[1] = length.steps(sample.features.length) as f64 / DEVIATION as f64;
        for (place, weight) in weights.iter().enumerate() {
            row[place + 2] = weight.steps(sample.features.values[place]) as f64 / DEVIATION as f64;
        }
        row
    };
    let rows: Vec<([f64; COLUMNS], bool)> = samples.iter().map(|sample| (row(sample), sample.good)).collect();
    let fitted = newton(&rows);
    for (weight, fitted) in weights.iter_mut().zip(&fitted[2..]) {
        weight.weight = libm::round(fitted * 1024.0) as i32;
    }
    Some(Model { weights, bias: libm::round(fitted[0] * 262_144.0) as i64 })
}

/// Mean and spread of a feature.
fn standard(values: impl Iterator<Item = i64> + Clone) -> Weight {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<i64>() as f64 / n;
    let spread = libm::sqrt(values.map(|value| (value as f64 - mean) * (value as f64 - mean)).sum::<f64>() / n);
    let scale = libm::round(f64::from(1 << 24) / spread.max(1.0)) as i32;
    Weight { mean: libm::round(mean) as i32, scale, weight: 0 }
}

/// The weights of least penalised loss.
fn newton(rows: &[([f64; COLUMNS], bool)]) -> [f64; COLUMNS] {
    let penalty = |column: usize| match column {
        0 => 1e-6,
        1 => RIDGE_LENGTH,
        _ => RIDGE,
    };
    let mut weights = [0.0; COLUMNS];
    for _ in 0..STEPS {
        let mut gradient: [f64; COLUMNS] = std::array::from_fn(|column| penalty(column) * weights[column]);
        let mut hessian = [[0.0; COLUMNS]; COLUMNS];
        for (column, row) in hessian.iter_mut().enumerate() {
            row[column] = penalty(column);
        }
        for (x, good) in rows {
            let z: f64 = x.iter().zip(&weights).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + libm::exp(-z));
            let miss = p - f64::from(u8::from(*good));
            for (i, &xi) in x.iter().enumerate() {
                gradient[i] += miss * xi;
                for (j, &xj) in x.iter().enumerate() {
                    hessian[i][j] += p * (1.0 - p) * xi * xj;
                }
            }
        }
        let step = solve(hessian, gradient);
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight -= step);
    }
    weights
}

/// Solves a positive definite system by elimination; the penalty keeps its pivots away from 0.
fn solve(mut a: [[f64; COLUMNS]; COLUMNS], mut b: [f64; COLUMNS]) -> [f64; COLUMNS] {
    for pivot in 0..COLUMNS {
        let (top, below) = a.split_at_mut(pivot + 1);
        let top = &top[pivot];
        for (row, line) in below.iter_mut().enumerate() {
            let factor = line[pivot] / top[pivot];
            for (value, above) in line.iter_mut().zip(top).skip(pivot) {
                *value -= factor * above;
            }
            b[pivot + 1 + row] -= factor * b[pivot];
        }
    }
    for pivot in (0..COLUMNS).rev() {
        let known: f64 = (pivot + 1..COLUMNS).map(|column| a[pivot][column] * b[column]).sum();
        b[pivot] = (b[pivot] - known) / a[pivot][pivot];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(function: i64, length: i64, good: bool) -> Sample {
        let mut values = [0; COUNT];
        values[0] = function;
        Sample { features: Features { values, length }, good }
    }

    #[test]
    fn what_goes_with_length_alone_gets_no_weight() {
        // Function words tell good from bad at every length; the other feature follows the length.
        let samples: Vec<Sample> = (0..200)
            .map(|at| {
                let (long, good) = (at % 2 == 0, at % 10 < if at % 4 < 2 { 7 } else { 3 });
                let mut one = sample(if good { 2000 } else { 1200 } + at, if long { 3000 } else { 2000 }, good);
                one.features.values[1] = if long { 4000 } else { 100 };
                one
            })
            .collect();
        let model = train(&samples).unwrap();
        assert!(model.weights[0].weight > 500, "{:?}", model.weights[0]);
        assert!(model.weights[1].weight.abs() < 150, "{:?}", model.weights[1]);
        assert!(model.weights[2..].iter().all(|weight| weight.weight == 0));
        assert!(model.probability(&samples[0].features) > 0.5);
    }

    #[test]
    fn one_kind_of_document_trains_nothing() {
        assert_eq!(train(&[]), None);
        assert_eq!(train(&[sample(1, 1, true), sample(2, 2, true)]), None);
    }
}
