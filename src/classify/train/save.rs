//! Writes the file format of fastText 0.9 (version 12).

use super::super::model::{MAGIC, SUPERVISED};
use super::super::predict::LABEL_PREFIX;
use super::quantize::{Pruned, QuantizeOptions, Quantized, prune};
use super::sgd::Trained;

/// The format version that is written.
const VERSION: i32 = 12;
/// `ws`, `neg`, `lrUpdateRate` and `t` of the argument block: they play no part in a classifier; fastText's defaults.
const WINDOW: i32 = 5;
const NEGATIVES: i32 = 5;
const UPDATE_RATE: i32 = 100;
const SAMPLING: f64 = 1e-4;

/// Bytes in the making.
#[derive(Default)]
pub(super) struct Out(Vec<u8>);

impl Out {
    pub(super) fn i32(&mut self, value: i32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn i64(&mut self, value: i64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.0.push(u8::from(value));
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn floats(&mut self, values: &[f32]) {
        self.0.reserve(values.len() * 4);
        values.iter().for_each(|value| self.0.extend(value.to_le_bytes()));
    }
}

impl Trained<'_> {
    /// The bytes of a `.bin` file.
    #[must_use]
    pub fn dense(&self) -> Vec<u8> {
        let mut out = Out::default();
        out.0.reserve(self.input.len() * 4);
        self.head(&mut out, None);
        out.flag(false);
        self.matrix(&mut out, &self.input, self.vocabulary.rows());
        out.flag(false);
        self.matrix(&mut out, &self.output, self.vocabulary.labels.len());
        out.0
    }

    /// The bytes of a `.ftz` file: input rows product-quantized, after those of small norm were left out if `options` asks for
    /// it. Without rows to quantize (fewer than 256) the error says how many there are.
    ///
    /// # Errors
    /// The number of rows.
    pub fn quantized(&self, options: &QuantizeOptions) -> Result<Vec<u8>, usize> {
        let pruned = prune(self, options.cutoff);
        let rows = pruned.as_ref().map_or(self.vocabulary.rows(), |pruned| pruned.rows.len());
        let input = match &pruned {
            Some(pruned) => Quantized::of(&self.rows_at(&pruned.rows), self.options.dim, options, self.options.seed),
            None => Quantized::of(&self.input, self.options.dim, options, self.options.seed),
        };
        let input = input.ok_or(rows)?;
        let mut out = Out::default();
        self.head(&mut out, pruned.as_ref());
        out.flag(true);
        input.save(&mut out);
        out.flag(false);
        self.matrix(&mut out, &self.output, self.vocabulary.labels.len());
        Ok(out.0)
    }

    fn rows_at(&self, rows: &[u32]) -> Vec<f32> {
        let dim = self.options.dim;
        rows.iter().flat_map(|&row| &self.input[row as usize * dim..][..dim]).copied().collect()
    }

    fn head(&self, out: &mut Out, pruned: Option<&Pruned>) {
        let o = self.options;
        let small = |value: usize| value as i32; // every option was checked against its range
        let (dim, bucket) = (small(o.dim), small(o.buckets()));
        let min_count = i32::try_from(o.min_count).unwrap_or(i32::MAX);
        out.i32(MAGIC);
        out.i32(VERSION);
        for value in [dim, WINDOW, o.epochs as i32, min_count, NEGATIVES, small(o.word_ngrams), o.loss.code()] {
            out.i32(value);
        }
        for value in [SUPERVISED, bucket, small(o.minn), small(o.maxn), UPDATE_RATE] {
            out.i32(value);
        }
        out.bytes(&SAMPLING.to_le_bytes());
        self.dictionary(out, pruned);
    }

    fn dictionary(&self, out: &mut Out, pruned: Option<&Pruned>) {
        let vocabulary = &self.vocabulary;
        let every: Vec<u32>;
        let words = match pruned {
            Some(pruned) => pruned.words(),
            None => {
                every = (0..vocabulary.words.len() as u32).collect();
                &every
            }
        };
        let labels = vocabulary.labels.len();
        for size in [words.len() + labels, words.len(), labels] {
            out.i32(size as i32);
        }
        out.i64(self.tokens as i64);
        out.i64(pruned.map_or(-1, |pruned| pruned.buckets().len() as i64));
        let mut entry = |prefix: &[u8], (bytes, count): (&[u8], u64), kind: u8| {
            out.bytes(prefix);
            out.bytes(bytes);
            out.bytes(&[0]);
            out.i64(count as i64);
            out.bytes(&[kind]);
        };
        words.iter().for_each(|&word| entry(b"", vocabulary.word(word as usize), 0));
        (0..labels).for_each(|label| entry(LABEL_PREFIX, vocabulary.label(label), 1));
        for (place, &row) in pruned.map_or(&[][..], Pruned::buckets).iter().enumerate() {
            out.i32((row as usize - vocabulary.words.len()) as i32);
            out.i32(place as i32);
        }
    }

    fn matrix(&self, out: &mut Out, values: &[f32], rows: usize) {
        out.i64(rows as i64);
        out.i64(self.options.dim as i64);
        out.floats(values);
    }
}
