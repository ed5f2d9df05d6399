//! Words joined into one string, so that every n-gram is a slice.

/// Words joined with a separator; n-grams are slices of the joined text, none is copied.
#[derive(Debug, Clone)]
pub struct Joined {
    text: String,
    /// Byte offset of each word's start, then the end of the last word plus the separator.
    starts: Vec<usize>,
    separator: usize,
}

impl Joined {
    /// Joins `words` with `separator` between them.
    pub fn new(words: &[&str], separator: &str) -> Self {
        let bytes: usize = words.iter().map(|w| w.len() + separator.len()).sum();
        let mut text = String::with_capacity(bytes);
        let mut starts = Vec::with_capacity(words.len() + 1);
        for word in words {
            starts.push(text.len());
            text.push_str(word);
            text.push_str(separator);
        }
        starts.push(text.len());
        Joined { text, starts, separator: separator.len() }
    }

    /// Number of words.
    pub fn n_words(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many n-grams of `n` words there are: `n_words - n + 1`, or 0 when there are too few words or
    /// `n` is 0.
    pub fn n_ngrams(&self, n: usize) -> usize {
        if n == 0 {
            return 0;
        }
        (self.n_words() + 1).saturating_sub(n)
    }

    /// The n-gram of `n` words that starts at word `i`, joined with the separator; `""` when it does
    /// not lie inside the text.
    pub fn ngram(&self, i: usize, n: usize) -> &str {
        if n == 0 || i.saturating_add(n) > self.n_words() {
            return "";
        }
        &self.text[self.starts[i]..self.starts[i + n] - self.separator]
    }

    /// All n-grams of `n` words from left to right, repeats included.
    pub fn ngrams(&self, n: usize) -> impl ExactSizeIterator<Item = &str> {
        (0..self.n_ngrams(n)).map(move |i| self.ngram(i, n))
    }
}

/// Hashes of all n-grams of `n` words from the hashes of their words, left to right.
///
/// The combination is a polynomial in an odd multiplier modulo 2^64, finished with the xor-shift
/// multiply of SplitMix64 (Steele, Lea, Flood 2014), so that equal word sequences and only (up to 64-bit
/// collisions) those have equal hashes. Cost: one pass, independent of `n`.
pub fn ngram_hashes<T: Copy + Into<u64>>(words: &[T], n: usize) -> Vec<u64> {
    /// 2^64 divided by the golden ratio, odd: SplitMix64's increment.
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    if n == 0 || words.len() < n {
        return Vec::new();
    }
    let top = (0..n - 1).fold(1_u64, |p, _| p.wrapping_mul(BASE));
    let mut rolling = 0_u64;
    let mut out = Vec::with_capacity(words.len() - n + 1);
    for (i, &word) in words.iter().enumerate() {
        if i >= n {
            rolling = rolling.wrapping_sub(words[i - n].into().wrapping_mul(top));
        }
        rolling = rolling.wrapping_mul(BASE).wrapping_add(word.into());
        if i + 1 >= n {
            out.push(mix(rolling));
        }
    }
    out
}

/// A bijection of 64 bits that spreads every input bit: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
#[inline]
#[must_use]
pub fn mix(mut h: u64) -> u64 {
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}
