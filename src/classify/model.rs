use super::ModelError;
use super::dictionary::{Dictionary, MAX_NGRAM};
use super::matrix::Matrix;
use super::reader::Reader;
use super::tree::{self, Node};

/// `FASTTEXT_FILEFORMAT_MAGIC_INT32`.
pub(super) const MAGIC: i32 = 793_712_314;
/// `model_name::sup`.
pub(super) const SUPERVISED: i32 = 3;

/// How a model turns a text vector into label scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Hierarchical softmax over a Huffman tree of the labels.
    Hierarchical,
    /// Negative sampling: an independent sigmoid per label.
    Negative,
    /// Softmax.
    Softmax,
    /// One-vs-all: an independent sigmoid per label.
    OneVsAll,
}

/// A fastText classifier in memory. Immutable and shared freely between threads.
pub struct FastText {
    pub(super) dictionary: Dictionary,
    pub(super) word_ngrams: usize,
    pub(super) loss: Loss,
    pub(super) input: Matrix,
    pub(super) output: Matrix,
    pub(super) tree: Vec<Node>,
    labels: Vec<String>,
}

/// The fields of the file's argument block that prediction needs.
struct Args {
    dim: usize,
    word_ngrams: usize,
    loss: Loss,
    bucket: usize,
    minn: usize,
    maxn: usize,
}

impl Args {
    fn load(r: &mut Reader<'_>) -> Result<Self, ModelError> {
        if r.i32("magic number").map_err(|_| ModelError::NotFastText)? != MAGIC {
            return Err(ModelError::NotFastText);
        }
        let version = r.i32("version")?;
        if !(11..=12).contains(&version) {
            return Err(ModelError::Version(version));
        }
        let part = "arguments";
        let dim = r.count("dim", 1, 1 << 16)?;
        r.take(4 * 4, part)?; // ws, epoch, minCount, neg
        let word_ngrams = r.count("wordNgrams", 0, MAX_NGRAM)?;
        let loss = match r.i32("loss")? {
            1 => Loss::Hierarchical,
            2 => Loss::Negative,
            3 => Loss::Softmax,
            4 => Loss::OneVsAll,
            other => {
                return Err(ModelError::Field { field: "loss", value: i64::from(other) });
            }
        };
        let model = r.i32("model")?;
        let bucket = r.count("bucket", 0, i32::MAX)?;
        let minn = r.count("minn", 0, MAX_NGRAM)?;
        let maxn = r.count("maxn", 0, MAX_NGRAM)?;
        r.take(4 + 8, part)?; // lrUpdateRate, t
        if model != SUPERVISED {
            return Err(ModelError::NotSupervised);
        }
        // Supervised models of version 11 did not use subwords whatever the field says (`FastText::loadModel`).
        let maxn = if version == 11 || bucket == 0 { 0 } else { maxn };
        Ok(Self { dim, word_ngrams, loss, bucket, minn, maxn })
    }
}

impl FastText {
    /// Reads a model from the bytes of a `.bin` or `.ftz` file.
    ///
    /// # Errors
    /// [`ModelError`] when the bytes are not a whole supervised fastText model. No length in the file is believed
    /// before it is checked against the bytes that are there.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let r = &mut Reader::new(bytes);
        let args = Args::load(r)?;
        let mut dictionary = Dictionary::load(r, args.minn, args.maxn, args.bucket)?;
        if dictionary.label_counts.is_empty() {
            return Err(ModelError::NotSupervised);
        }
        let quantized = r.flag("quantized")?;
        let input = if quantized { Matrix::quantized(r)? } else { Matrix::dense(r)? };
        let qout = r.flag("qout")?;
        let output = if quantized && qout { Matrix::quantized(r)? } else { Matrix::dense(r)? };

        let uses_buckets = args.bucket > 0 && (args.maxn > 0 || args.word_ngrams > 1);
        if input.cols != args.dim || input.rows < dictionary.rows_needed(args.bucket, uses_buckets) {
            return Err(ModelError::Field { field: "input rows", value: input.rows as i64 });
        }
        if output.cols != args.dim || output.rows != dictionary.label_counts.len() {
            return Err(ModelError::Field { field: "output rows", value: output.rows as i64 });
        }
        dictionary.prepare_words();
        let tree = if args.loss == Loss::Hierarchical { tree::build(&dictionary.label_counts) } else { Vec::new() };
        let labels = (0..output.rows)
            .map(|i| String::from_utf8_lossy(dictionary.entry(dictionary.words + i)).into_owned())
            .collect();
        Ok(Self { dictionary, word_ngrams: args.word_ngrams, loss: args.loss, input, output, tree, labels })
    }

    /// All labels as the file spells them (`__label__en`), in the model's order.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Length of the text vector.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.input.cols
    }

    /// How the model scores labels.
    #[must_use]
    pub fn loss(&self) -> Loss {
        self.loss
    }
}
