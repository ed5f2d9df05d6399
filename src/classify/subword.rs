/// Start value and factor of 32-bit FNV-1a, as `Dictionary::hash` uses them.
const FNV_START: u32 = 2_166_136_261;
const FNV_PRIME: u32 = 16_777_619;

/// One step of the hash. The reference casts through `int8_t`, so bytes above 127 are sign-extended.
#[inline]
fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ (byte as i8 as u32)).wrapping_mul(FNV_PRIME)
}

/// Hash of a word.
pub(super) fn hash(word: &[u8]) -> u32 {
    word.iter().fold(FNV_START, |h, &b| step(h, b))
}

/// `n % d` by two multiplications (Lemire, Kaser, Kurz: "Faster remainder by direct computation", 2019); exact for all
/// 32-bit values.
#[derive(Clone, Copy)]
pub(super) struct Modulo {
    d: u32,
    magic: u64,
}

impl Modulo {
    /// `d` must not be 0.
    pub(super) fn new(d: u32) -> Self {
        Self { d, magic: (u64::MAX / u64::from(d)).wrapping_add(1) }
    }

    #[inline]
    pub(super) fn of(self, n: u32) -> u32 {
        let low = self.magic.wrapping_mul(u64::from(n));
        ((u128::from(low) * u128::from(self.d)) >> 64) as u32
    }

    /// The same for 64-bit values.
    pub(super) fn of_long(self, n: u64) -> u32 {
        (n % u64::from(self.d)) as u32
    }
}

/// Calls `emit` with the bucket of every character n-gram (`minn..=maxn` characters) of `word`, which stands between `<`
/// and `>`; those single marks are no n-grams. Order as `Dictionary::computeSubwords`.
#[inline]
pub(super) fn each_bucket(word: &[u8], minn: usize, maxn: usize, modulo: Modulo, mut emit: impl FnMut(u32)) {
    for start in 0..word.len() {
        if word[start] & 0xC0 == 0x80 {
            continue;
        }
        let mut h = FNV_START;
        let mut end = start;
        for n in 1..=maxn {
            if end >= word.len() {
                break;
            }
            h = step(h, word[end]);
            end += 1;
            while end < word.len() && word[end] & 0xC0 == 0x80 {
                h = step(h, word[end]);
                end += 1;
            }
            if n >= minn && !(n == 1 && (start == 0 || end == word.len())) {
                emit(modulo.of(h));
            }
        }
    }
}

/// Factor of the word n-gram hash (`Dictionary::addWordNgrams`).
const NGRAM_FACTOR: u64 = 116_049_371;

/// The word n-grams of a text, word by word: running hashes of those that start at the last words, oldest first.
#[derive(Default)]
pub(super) struct WordNgrams(Vec<u64>);

impl WordNgrams {
    /// Forgets the text before.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the hash of the next word, and calls `emit` with the bucket of each n-gram of 2 to `longest` words that ends with it, the
    /// longest first. `longest` must be 2 or more.
    pub(super) fn push(&mut self, hash: u32, longest: usize, modulo: Modulo, mut emit: impl FnMut(u32)) {
        let word = hash as i32 as i64 as u64; // the reference keeps hashes as int32 and widens them with their sign
        for gram in &mut self.0 {
            *gram = gram.wrapping_mul(NGRAM_FACTOR).wrapping_add(word);
            emit(modulo.of_long(*gram));
        }
        if self.0.len() + 1 >= longest {
            self.0.remove(0);
        }
        self.0.push(word);
    }
}
