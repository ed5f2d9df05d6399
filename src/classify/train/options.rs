//! What a classifier is trained with.

/// How labels are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainLoss {
    /// Softmax: probabilities of all labels add up to 1.
    Softmax,
    /// Hierarchical softmax over a Huffman tree of the labels: as fast for hundreds of labels as for two.
    Hierarchical,
    /// An independent sigmoid per label.
    OneVsAll,
}

impl TrainLoss {
    /// fastText's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Softmax => "softmax",
            Self::Hierarchical => "hs",
            Self::OneVsAll => "ova",
        }
    }

    /// `loss_name` of the file format.
    pub(super) fn code(self) -> i32 {
        match self {
            Self::Hierarchical => 1,
            Self::Softmax => 3,
            Self::OneVsAll => 4,
        }
    }
}

/// Options of training. The defaults are fastText's for `supervised`.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Length of the text vector.
    pub dim: usize,
    /// Passes over the texts.
    pub epochs: u32,
    /// Step at the beginning; it falls to 0 in a straight line over the tokens.
    pub rate: f32,
    /// Words that come less often have no row of their own.
    pub min_count: u64,
    /// Longest word n-grams; 1 for none.
    pub word_ngrams: usize,
    /// Shortest character n-grams.
    pub minn: usize,
    /// Longest character n-grams; 0 for none.
    pub maxn: usize,
    /// Rows that n-grams share by hash.
    pub bucket: usize,
    /// How labels are scored.
    pub loss: TrainLoss,
    /// Seed of first values and of the order of texts.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dim: 100,
            epochs: 5,
            rate: 0.1,
            min_count: 1,
            word_ngrams: 1,
            minn: 0,
            maxn: 0,
            bucket: 2_000_000,
            loss: TrainLoss::Softmax,
            seed: 0,
        }
    }
}

/// An option that no model can be trained with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{name}` is {value}; it must be {must}")]
pub struct BadOption {
    /// The option's name.
    pub name: &'static str,
    /// What was given.
    pub value: f64,
    /// What is possible.
    pub must: &'static str,
}

impl Options {
    /// Rows of n-grams that the model has: none without n-grams, as in fastText.
    #[must_use]
    pub fn buckets(&self) -> usize {
        if self.word_ngrams > 1 || self.maxn > 0 { self.bucket } else { 0 }
    }

    /// Whether a model can be trained with these options.
    ///
    /// # Errors
    /// The first option that is out of its range.
    pub fn check(&self) -> Result<(), BadOption> {
        let ngrams = self.word_ngrams > 1 || self.maxn > 0;
        let checks = [
            ("dim", self.dim as f64, (1..=4096).contains(&self.dim), "from 1 to 4096"),
            ("epochs", f64::from(self.epochs), (1..=10_000).contains(&self.epochs), "from 1 to 10000"),
            ("rate", f64::from(self.rate), self.rate > 0.0 && self.rate <= 100.0, "above 0, at most 100"),
            ("word-ngrams", self.word_ngrams as f64, (1..=16).contains(&self.word_ngrams), "from 1 to 16"),
            ("maxn", self.maxn as f64, self.maxn <= 32, "from 0 to 32"),
            ("minn", self.minn as f64, self.maxn == 0 || self.minn <= self.maxn, "at most `maxn`"),
            ("bucket", self.bucket as f64, !ngrams || (1..1 << 31).contains(&self.bucket), "from 1 to 2147483647"),
        ];
        match checks.into_iter().find(|check| !check.2) {
            Some((name, value, _, must)) => Err(BadOption { name, value, must }),
            None => Ok(()),
        }
    }

    /// Bytes of a model over so many words and labels, in memory and in a `.bin` file but for its dictionary.
    #[must_use]
    pub fn model_bytes(&self, words: usize, labels: usize) -> usize {
        (words + self.buckets() + labels).saturating_mul(self.dim).saturating_mul(4)
    }
}
