//! One gradient step over the output rows of a text.

use super::super::tree;
use super::options::TrainLoss;
use super::sgd::{add_scaled, dot};

/// The output rows and how they score.
pub(super) struct Output {
    pub(super) weights: Vec<f32>,
    dim: usize,
    kind: TrainLoss,
    /// Of each label from the leaf up: the inner node and whether the label is in its right branch.
    paths: Vec<Vec<(usize, bool)>>,
    scores: Vec<f32>,
}

impl Output {
    pub(super) fn new(kind: TrainLoss, dim: usize, label_counts: &[i64]) -> Self {
        let labels = label_counts.len();
        let paths = if kind == TrainLoss::Hierarchical { paths(label_counts) } else { Vec::new() };
        Self { weights: vec![0.0; labels * dim], dim, kind, paths, scores: vec![0.0; labels] }
    }

    /// Steps the output rows towards `label`, adds the step of the text vector to `gradient`; gives the loss.
    pub(super) fn step(&mut self, hidden: &[f32], label: usize, rate: f32, gradient: &mut [f32]) -> f64 {
        match self.kind {
            TrainLoss::Softmax => self.softmax(hidden, label, rate, gradient),
            TrainLoss::OneVsAll => {
                (0..self.scores.len()).map(|one| self.binary(hidden, one, one == label, rate, gradient)).sum()
            }
            TrainLoss::Hierarchical => {
                let path = std::mem::take(&mut self.paths[label]);
                let loss = path.iter().map(|&(node, right)| self.binary(hidden, node, right, rate, gradient)).sum();
                self.paths[label] = path;
                loss
            }
        }
    }

    fn softmax(&mut self, hidden: &[f32], label: usize, rate: f32, gradient: &mut [f32]) -> f64 {
        let mut max = f32::MIN;
        for (score, row) in self.scores.iter_mut().zip(self.weights.chunks_exact(self.dim)) {
            *score = dot(row, hidden);
            max = max.max(*score);
        }
        let mut sum = 0.0;
        for score in &mut self.scores {
            *score = libm::expf(*score - max);
            sum += *score;
        }
        let mut loss = 0.0;
        let rows = self.weights.chunks_exact_mut(self.dim);
        for ((place, score), row) in self.scores.iter().enumerate().zip(rows) {
            let p = score / sum;
            let target = if place == label { 1.0 } else { 0.0 };
            if place == label {
                loss = nats(p);
            }
            let alpha = rate * (target - p);
            add_scaled(gradient, alpha, row);
            add_scaled(row, alpha, hidden);
        }
        loss
    }

    fn binary(&mut self, hidden: &[f32], row: usize, positive: bool, rate: f32, gradient: &mut [f32]) -> f64 {
        let row = &mut self.weights[row * self.dim..][..self.dim];
        let p = 1.0 / (1.0 + libm::expf(-dot(row, hidden)));
        let alpha = rate * (if positive { 1.0 } else { 0.0 } - p);
        add_scaled(gradient, alpha, row);
        add_scaled(row, alpha, hidden);
        nats(if positive { p } else { 1.0 - p })
    }
}

/// The loss of a probability, with the reference's guard against the logarithm of 0.
fn nats(p: f32) -> f64 {
    -libm::log(f64::from(p) + 1e-5)
}

fn paths(label_counts: &[i64]) -> Vec<Vec<(usize, bool)>> {
    let labels = label_counts.len();
    let nodes = tree::build(label_counts);
    let mut parents = vec![None; nodes.len()];
    for (at, node) in nodes.iter().enumerate().skip(labels) {
        parents[node.left as usize] = Some((at, false));
        parents[node.right as usize] = Some((at, true));
    }
    let climb = |label: usize| {
        let mut path = Vec::new();
        let mut at = label;
        while let Some((parent, right)) = parents[at] {
            path.push((parent - labels, right));
            at = parent;
        }
        path
    };
    (0..labels).map(climb).collect()
}
