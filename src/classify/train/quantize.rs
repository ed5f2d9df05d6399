//! Product quantization of the input rows (Jégou et al. 2011; Joulin et al. 2016, "FastText.zip").

use super::kmeans::{self, CENTROIDS};
use super::save::Out;
use super::sgd::Trained;

/// How a model is quantized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuantizeOptions {
    /// Rows that stay, those of the greatest norm; 0 for all.
    pub cutoff: usize,
    /// Columns that share a code.
    pub dsub: usize,
    /// Whether norms have codes of their own.
    pub qnorm: bool,
}

impl QuantizeOptions {
    /// Rows that a model must have, as many as a code has values.
    pub const LEAST_ROWS: usize = CENTROIDS;
}

impl Default for QuantizeOptions {
    /// fastText's default of 2 columns a code; norms apart, as its command line recommends.
    fn default() -> Self {
        Self { cutoff: 0, dsub: 2, qnorm: true }
    }
}

/// The rows that stay: words in the order of the vocabulary, then n-grams by falling norm.
pub(super) struct Pruned {
    pub(super) rows: Vec<u32>,
    words: usize,
}

impl Pruned {
    pub(super) fn words(&self) -> &[u32] {
        &self.rows[..self.words]
    }

    pub(super) fn buckets(&self) -> &[u32] {
        &self.rows[self.words..]
    }
}

/// The `cutoff` rows of the greatest norm, the row of the end of text always; `None` when all stay.
pub(super) fn prune(trained: &Trained<'_>, cutoff: usize) -> Option<Pruned> {
    let (dim, rows) = (trained.options.dim, trained.vocabulary.rows());
    if cutoff == 0 || cutoff >= rows {
        return None;
    }
    let words = trained.vocabulary.words.len();
    let end = (0..words).find(|&word| trained.vocabulary.word(word).0 == super::super::dictionary::EOS);
    let norm = |row: u32| norm(&trained.input[row as usize * dim..][..dim]);
    let mut order: Vec<(f32, u32)> = (0..rows as u32).map(|row| (norm(row), row)).collect();
    if let Some(end) = end {
        order[end].0 = f32::INFINITY;
    }
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    order.truncate(cutoff);
    let (mut kept, buckets): (Vec<u32>, Vec<u32>) =
        order.into_iter().map(|(_, row)| row).partition(|&row| (row as usize) < words);
    kept.sort_unstable();
    let words = kept.len();
    kept.extend(buckets);
    Some(Pruned { rows: kept, words })
}

fn norm(row: &[f32]) -> f32 {
    libm::sqrtf(row.iter().map(|x| x * x).sum())
}

/// A product quantizer with the codes of its rows.
struct Codes {
    dim: usize,
    dsub: usize,
    centroids: Vec<f32>,
    codes: Vec<u8>,
}

impl Codes {
    /// Rows of `dim` columns, cut into pieces of `dsub`; the last one may be shorter.
    fn of(rows: &[f32], dim: usize, dsub: usize, seed: u64) -> Self {
        let dsub = dsub.min(dim);
        let (count, pieces) = (rows.len() / dim, dim.div_ceil(dsub));
        let mut out = Self { dim, dsub, centroids: Vec::new(), codes: vec![0; count * pieces] };
        for piece in 0..pieces {
            let width = dsub.min(dim - piece * dsub);
            let points: Vec<f32> =
                rows.chunks_exact(dim).flat_map(|row| &row[piece * dsub..][..width]).copied().collect();
            let centroids = kmeans::centroids(&points, width, seed.wrapping_add(piece as u64));
            kmeans::nearest(&points, width, &centroids, |point, code| out.codes[point * pieces + piece] = code);
            out.centroids.extend(centroids);
        }
        out
    }

    fn save_quantizer(&self, out: &mut Out) {
        let pieces = self.dim.div_ceil(self.dsub);
        for value in [self.dim, pieces, self.dsub, self.dim - (pieces - 1) * self.dsub] {
            out.i32(value as i32);
        }
        out.floats(&self.centroids);
    }
}

/// A quantized matrix.
pub(super) struct Quantized {
    rows: usize,
    codes: Codes,
    norms: Option<Codes>,
}

impl Quantized {
    /// `None` for fewer rows than there are codes.
    pub(super) fn of(rows: &[f32], dim: usize, options: &QuantizeOptions, seed: u64) -> Option<Self> {
        let count = rows.len() / dim;
        if count < CENTROIDS {
            return None;
        }
        if !options.qnorm {
            return Some(Self { rows: count, codes: Codes::of(rows, dim, options.dsub, seed), norms: None });
        }
        let norms: Vec<f32> = rows.chunks_exact(dim).map(norm).collect();
        let mut units = rows.to_vec();
        for (row, &norm) in units.chunks_exact_mut(dim).zip(&norms).filter(|(_, norm)| **norm > 0.0) {
            row.iter_mut().for_each(|x| *x /= norm);
        }
        let codes = Codes::of(&units, dim, options.dsub, seed);
        Some(Self { rows: count, codes, norms: Some(Codes::of(&norms, 1, 1, seed)) })
    }

    pub(super) fn save(&self, out: &mut Out) {
        out.flag(self.norms.is_some());
        out.i64(self.rows as i64);
        out.i64(self.codes.dim as i64);
        out.i32(self.codes.codes.len() as i32);
        out.bytes(&self.codes.codes);
        self.codes.save_quantizer(out);
        if let Some(norms) = &self.norms {
            out.bytes(&norms.codes);
            norms.save_quantizer(out);
        }
    }
}
