//! Stochastic gradient descent over the texts of a corpus, one at a time.

use super::super::matrix::add_dense;
use super::corpus::Corpus;
use super::loss::Output;
use super::options::{BadOption, Options};
use super::vocabulary::{Space, Vocabulary};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Separates the seed of first values from those of the epochs' orders.
const FIRST_VALUES: u64 = 0x6669_7273_7420_7631;

/// A model that was trained, over the words and labels of its corpus.
pub struct Trained<'c> {
    pub(super) options: &'c Options,
    pub(super) vocabulary: Vocabulary<'c>,
    pub(super) tokens: u64,
    /// Input rows, one after the other.
    pub(super) input: Vec<f32>,
    /// Output rows, one after the other.
    pub(super) output: Vec<f32>,
}

/// Why no model can be trained.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoModel {
    /// An option is out of its range.
    #[error(transparent)]
    Option(#[from] BadOption),
    /// A classifier of one label says nothing.
    #[error("the texts to train on have {0} different labels; a classifier needs two or more")]
    Labels(usize),
    /// Steps grew until they were not numbers.
    #[error("training diverged in epoch {epoch}: a weight is not a finite number; lower the rate, which is {rate}")]
    Diverged {
        /// The epoch, from 1 on.
        epoch: u32,
        /// The rate at the beginning.
        rate: f32,
    },
}

/// Trains on the texts of `corpus` that are not held out; `each` is told the number of every epoch that is done, from 1 on, and
/// its mean loss.
///
/// # Errors
/// [`NoModel`].
pub fn train<'c>(
    corpus: &'c Corpus,
    options: &'c Options,
    each: &mut dyn FnMut(u32, f64),
) -> Result<Trained<'c>, NoModel> {
    options.check()?;
    let vocabulary = Vocabulary::new(corpus, options);
    let labels = vocabulary.labels.len();
    if labels < 2 {
        return Err(NoModel::Labels(labels));
    }
    let counts: Vec<i64> = (0..labels).map(|label| vocabulary.label(label).1 as i64).collect();
    let mut input = first_values(vocabulary.rows() * options.dim, options);
    let mut output = Output::new(options.loss, options.dim, &counts);
    let mut order: Vec<u32> =
        (0..corpus.texts.len() as u32).filter(|&text| !corpus.texts[text as usize].held).collect();
    let all = corpus.trained_tokens as f64 * f64::from(options.epochs);
    let (mut done, mut space) = (0_u64, Space::default());
    let (mut hidden, mut gradient) = (vec![0.0; options.dim], vec![0.0; options.dim]);
    for epoch in 1..=options.epochs {
        let seed = options.seed ^ (u64::from(epoch) << 32);
        order.sort_by_cached_key(|&text| (xxh3_64_with_seed(&text.to_le_bytes(), seed), text));
        let (mut loss, mut texts) = (0.0, 0_u64);
        for &text in &order {
            vocabulary.rows_of(text as usize, &mut space);
            let rate = options.rate * (1.0 - done as f64 / all) as f32;
            done += corpus.tokens_of(text as usize).len() as u64;
            if space.rows.is_empty() {
                continue;
            }
            let share = 1.0 / space.rows.len() as f32;
            hidden.fill(0.0);
            add_dense(&input, options.dim, &space.rows, &mut hidden);
            hidden.iter_mut().for_each(|x| *x *= share);
            gradient.fill(0.0);
            let label = vocabulary.place_of_label[corpus.texts[text as usize].label as usize];
            loss += output.step(&hidden, label as usize, rate, &mut gradient);
            gradient.iter_mut().for_each(|x| *x *= share);
            for &row in &space.rows {
                add(&mut input[row as usize * options.dim..][..options.dim], &gradient);
            }
            texts += 1;
        }
        each(epoch, loss / texts.max(1) as f64);
        if !loss.is_finite() || output.weights.iter().any(|x| !x.is_finite()) {
            return Err(NoModel::Diverged { epoch, rate: options.rate });
        }
    }
    if input.iter().any(|x| !x.is_finite()) {
        return Err(NoModel::Diverged { epoch: options.epochs, rate: options.rate });
    }
    Ok(Trained { options, vocabulary, tokens: corpus.trained_tokens, input, output: output.weights })
}

/// Values of the input rows before training: even in -1/dim to 1/dim, as fastText draws them, but hashes of their place.
fn first_values(size: usize, options: &Options) -> Vec<f32> {
    let reach = 1.0 / options.dim as f32;
    let value = |at: usize| {
        let hash = xxh3_64_with_seed(&(at as u64).to_le_bytes(), options.seed ^ FIRST_VALUES);
        ((hash >> 40) as f32 / (1 << 23) as f32 - 1.0) * reach
    };
    (0..size).map(value).collect()
}

/// Lanes of a sum: a fixed number, so that every processor adds in the same order.
const LANES: usize = 8;

/// Dot product.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// `to += by * from`.
pub(super) fn add_scaled(to: &mut [f32], by: f32, from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += by * from);
}

fn add(to: &mut [f32], from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}
