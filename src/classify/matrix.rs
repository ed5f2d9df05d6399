use super::ModelError;
use super::reader::Reader;

/// Above this many floats a quantized matrix stays packed and its rows are decoded as they are used (64 MiB).
const DECODE_LIMIT: usize = 16 << 20;
/// Centroids per sub-quantizer: codes are one byte (`ProductQuantizer::ksub_`).
const KSUB: usize = 256;
/// Largest row length that is believed. Published models have 10 to 300.
const MAX_DIM: i64 = 1 << 16;

/// A product quantizer: a row is cut into pieces of `dsub` floats, each one of 256 centroids.
struct Quantizer {
    dim: usize,
    pieces: usize,
    dsub: usize,
    last: usize,
    centroids: Vec<f32>,
}

impl Quantizer {
    fn load(r: &mut Reader<'_>) -> Result<Self, ModelError> {
        let limit = i32::try_from(MAX_DIM).expect("65536 fits");
        let dim = r.count("quantizer dim", 1, limit)?;
        let pieces = r.count("quantizer nsubq", 1, limit)?;
        let dsub = r.count("quantizer dsub", 1, limit)?;
        let last = r.count("quantizer lastdsub", 1, limit)?;
        if (pieces - 1) * dsub + last != dim {
            return Err(ModelError::Field { field: "quantizer dim", value: dim as i64 });
        }
        let centroids = r.floats(dim * KSUB, "quantizer centroids")?;
        Ok(Self { dim, pieces, dsub, last, centroids })
    }

    /// The centroid of `piece` that `code` names.
    fn centroid(&self, piece: usize, code: u8) -> &[f32] {
        let code = usize::from(code);
        if piece + 1 == self.pieces {
            let at = piece * KSUB * self.dsub + code * self.last;
            &self.centroids[at..at + self.last]
        } else {
            let at = (piece * KSUB + code) * self.dsub;
            &self.centroids[at..at + self.dsub]
        }
    }
}

/// A product-quantized matrix; with `norms`, each row is its unit vector times a quantized norm.
pub(super) struct Quantized {
    codes: Vec<u8>,
    pq: Quantizer,
    norms: Option<(Vec<u8>, Quantizer)>,
}

impl Quantized {
    fn row_into(&self, row: usize, out: &mut [f32]) {
        let norm = match &self.norms {
            Some((codes, pq)) => pq.centroid(0, codes[row])[0],
            None => 1.0,
        };
        let codes = &self.codes[row * self.pq.pieces..][..self.pq.pieces];
        for ((piece, &code), part) in codes.iter().enumerate().zip(out.chunks_mut(self.pq.dsub)) {
            for (x, c) in part.iter_mut().zip(self.pq.centroid(piece, code)) {
                *x = norm * c;
            }
        }
    }
}

enum Store {
    Dense(Vec<f32>),
    Packed(Quantized),
}

/// A matrix of `rows` x `cols` floats, as read from the file or decoded from its product quantization.
pub(super) struct Matrix {
    pub(super) rows: usize,
    pub(super) cols: usize,
    store: Store,
}

impl Matrix {
    /// Reads a `DenseMatrix`.
    pub(super) fn dense(r: &mut Reader<'_>) -> Result<Self, ModelError> {
        let rows = r.count64("matrix rows", 0, i64::from(i32::MAX))?;
        let cols = r.count64("matrix columns", 1, MAX_DIM)?;
        let data = r.floats(rows.saturating_mul(cols), "matrix")?;
        Ok(Self { rows, cols, store: Store::Dense(data) })
    }

    /// Reads a `QuantMatrix`.
    pub(super) fn quantized(r: &mut Reader<'_>) -> Result<Self, ModelError> {
        let qnorm = r.flag("qnorm")?;
        let rows = r.count64("matrix rows", 0, i64::from(i32::MAX))?;
        let cols = r.count64("matrix columns", 1, MAX_DIM)?;
        let size = r.count("code size", 0, i32::MAX)?;
        let codes = r.take(size, "codes")?.to_vec();
        let pq = Quantizer::load(r)?;
        if pq.dim != cols || rows.checked_mul(pq.pieces) != Some(size) {
            return Err(ModelError::Field { field: "code size", value: size as i64 });
        }
        let norms = if qnorm {
            let codes = r.take(rows, "norm codes")?.to_vec();
            let npq = Quantizer::load(r)?;
            if npq.dim != 1 {
                return Err(ModelError::Field { field: "norm quantizer dim", value: npq.dim as i64 });
            }
            Some((codes, npq))
        } else {
            None
        };
        let packed = Quantized { codes, pq, norms };
        if rows.saturating_mul(cols) > DECODE_LIMIT {
            return Ok(Self { rows, cols, store: Store::Packed(packed) });
        }
        let mut data = vec![0.0; rows * cols];
        for (row, out) in data.chunks_exact_mut(cols).enumerate() {
            packed.row_into(row, out);
        }
        Ok(Self { rows, cols, store: Store::Dense(data) })
    }

    /// `sum += row` for each of `rows`, in their order. All must be below `self.rows`.
    pub(super) fn add_rows(&self, rows: &[u32], sum: &mut [f32], spare: &mut Vec<f32>) {
        match &self.store {
            Store::Dense(data) => add_dense(data, self.cols, rows, sum),
            Store::Packed(packed) => {
                spare.resize(self.cols, 0.0);
                for &row in rows {
                    packed.row_into(row as usize, spare);
                    sum.iter_mut().zip(spare.iter()).for_each(|(s, x)| *s += x);
                }
            }
        }
    }

    /// Dot product of a row with `vector`, summed from the left as the reference does.
    pub(super) fn dot(&self, row: usize, vector: &[f32], spare: &mut Vec<f32>) -> f32 {
        let row = match &self.store {
            Store::Dense(data) => &data[row * self.cols..][..self.cols],
            Store::Packed(packed) => {
                spare.resize(self.cols, 0.0);
                packed.row_into(row, spare);
                &spare[..]
            }
        };
        row.iter().zip(vector).fold(0.0, |sum, (a, b)| sum + a * b)
    }
}

/// Sums 16 columns at a time, so that the running sums stay in registers over all `rows`.
pub(super) fn add_dense(data: &[f32], cols: usize, rows: &[u32], sum: &mut [f32]) {
    const LANES: usize = 16;
    let mut start = 0;
    while start + LANES <= cols {
        let mut acc = [0.0f32; LANES];
        acc.copy_from_slice(&sum[start..start + LANES]);
        for &row in rows {
            let part = &data[row as usize * cols + start..][..LANES];
            for (a, x) in acc.iter_mut().zip(part) {
                *a += x;
            }
        }
        sum[start..start + LANES].copy_from_slice(&acc);
        start += LANES;
    }
    if start < cols {
        for &row in rows {
            let part = &data[row as usize * cols + start..(row as usize + 1) * cols];
            sum[start..].iter_mut().zip(part).for_each(|(s, x)| *s += x);
        }
    }
}
