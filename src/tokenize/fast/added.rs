use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, Match, MatchKind, StartKind};

/// An added token of the file, as far as this engine handles them.
pub(in crate::tokenize) struct Added {
    /// What is searched: the content, normalized when the token says so.
    pub(in crate::tokenize) content: String,
    pub(in crate::tokenize) id: u32,
    pub(in crate::tokenize) lstrip: bool,
    pub(in crate::tokenize) rstrip: bool,
    /// Only where no letter, digit or the like stands on either side.
    pub(in crate::tokenize) single_word: bool,
}

/// Finds added tokens in text, leftmost first and of those the longest, as Python's `tokenizers` 0.23 does.
pub(in crate::tokenize) struct Finder {
    search: AhoCorasick,
    tokens: Vec<Added>,
    /// The different first two bytes of tokens, where these are few and all tokens have two.
    pairs: Option<Vec<Pair>>,
}

/// More pairs than this are not looked for one by one.
const MAX_PAIRS: usize = 6;
/// More tokens than this are found by an automaton that is smaller and slower.
const MAX_QUICK: usize = 64;
/// Bytes that are looked at together.
const CHUNK: usize = 16;
type Chunk = [u8; CHUNK];

/// Two bytes, each in all places of a chunk.
struct Pair(Chunk, Chunk);

impl Pair {
    fn new([first, second]: [u8; 2]) -> Self {
        Self([first; CHUNK], [second; CHUNK])
    }

    /// Whether they stand at the beginning of `text`.
    fn begins(&self, text: &[u8]) -> bool {
        text.starts_with(&[self.0[0], self.1[0]])
    }
}

/// A bit for each place where a pair stands: its first byte `here`, its second one `next`.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[allow(unsafe_code)]
fn hits(here: &Chunk, next: &Chunk, pairs: &[Pair]) -> u32 {
    #[inline]
    #[target_feature(enable = "sse2")]
    fn sse2(here: &Chunk, next: &Chunk, pairs: &[Pair]) -> u32 {
        use std::arch::x86_64::{
            __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_setzero_si128,
        };
        let load = |bytes: &Chunk| -> __m128i {
            let whole = u128::from_le_bytes(*bytes);
            _mm_set_epi64x((whole >> 64) as i64, whole as i64)
        };
        let (here, next) = (load(here), load(next));
        let mut all = _mm_setzero_si128();
        for Pair(first, second) in pairs {
            let both = _mm_and_si128(_mm_cmpeq_epi8(here, load(first)), _mm_cmpeq_epi8(next, load(second)));
            all = _mm_or_si128(all, both);
        }
        _mm_movemask_epi8(all) as u32
    }
    // SAFETY: SSE2 is a part of x86-64.
    unsafe { sse2(here, next, pairs) }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn hits(here: &Chunk, next: &Chunk, pairs: &[Pair]) -> u32 {
    let stands = |i: usize| pairs.iter().any(|pair| here[i] == pair.0[i] && next[i] == pair.1[i]);
    (0..CHUNK).filter(|i| stands(*i)).fold(0, |bits, i| bits | 1 << i)
}

/// The first place from `at` where one of `pairs` stands.
#[inline]
fn pair(text: &[u8], mut at: usize, pairs: &[Pair]) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    match wide(text, at, pairs) {
        Ok(place) => return Some(place),
        Err(seen) => at = seen,
    }
    while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk::<{ CHUNK + 1 }>) {
        let (Some(here), Some(next)) = (bytes.first_chunk(), bytes.last_chunk()) else { break };
        let found = hits(here, next, pairs);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += CHUNK;
    }
    (at..text.len()).find(|at| pairs.iter().any(|pair| pair.begins(&text[*at..])))
}

/// The first place from `at` where one of `pairs` stands, or up to where none does, 32 bytes at a time where the processor can.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn wide(text: &[u8], at: usize, pairs: &[Pair]) -> Result<usize, usize> {
    #[target_feature(enable = "avx2")]
    fn avx2(text: &[u8], mut at: usize, pairs: &[Pair]) -> Result<usize, usize> {
        use std::arch::x86_64::{
            __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
            _mm256_set1_epi8, _mm256_setzero_si256,
        };
        // SAFETY: 32 bytes are read, which is what there are.
        let load = |bytes: &[u8; 32]| -> __m256i { unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) } };
        while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk::<33>) {
            let (Some(here), Some(next)) = (bytes.first_chunk(), bytes.last_chunk()) else { break };
            let (here, next, mut all) = (load(here), load(next), _mm256_setzero_si256());
            for Pair([first, ..], [second, ..]) in pairs {
                let is = |bytes: __m256i, byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8));
                all = _mm256_or_si256(all, _mm256_and_si256(is(here, *first), is(next, *second)));
            }
            let found = _mm256_movemask_epi8(all);
            if found != 0 {
                return Ok(at + found.trailing_zeros() as usize);
            }
            at += 32;
        }
        Err(at)
    }
    // SAFETY: the processor has AVX2.
    if is_x86_feature_detected!("avx2") { unsafe { avx2(text, at, pairs) } } else { Err(at) }
}

impl Finder {
    /// `None` when there is nothing to find, or when the tokens cannot be told apart as the library would.
    pub(in crate::tokenize) fn new(tokens: Vec<Added>) -> Option<Self> {
        let pairs: Option<BTreeSet<[u8; 2]>> =
            tokens.iter().map(|token| token.content.as_bytes().first_chunk().copied()).collect();
        let pairs = pairs.filter(|pairs| pairs.len() <= MAX_PAIRS);
        let pairs: Option<Vec<Pair>> = pairs.map(|pairs| pairs.into_iter().map(Pair::new).collect());
        let quick = pairs.is_some() && tokens.len() <= MAX_QUICK;
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(if pairs.is_some() { StartKind::Anchored } else { StartKind::Unanchored })
            .kind(quick.then_some(AhoCorasickKind::DFA))
            .build(tokens.iter().map(|t| &t.content))
            .ok()?;
        Some(Self { search, tokens, pairs })
    }

    /// The next token from `at`.
    fn next(&self, whole: &str, mut at: usize) -> Option<Match> {
        let Some(pairs) = &self.pairs else { return self.search.find(Input::new(whole).range(at..)) };
        loop {
            let place = pair(whole.as_bytes(), at, pairs)?;
            let here = Input::new(whole).range(place..).anchored(Anchored::Yes);
            match self.search.find(here) {
                Some(found) => return Some(found),
                None => at = place + 1,
            }
        }
    }

    /// Calls `text` for every stretch between added tokens and `token` for every added token, in order.
    pub(in crate::tokenize) fn split<T>(
        &self,
        whole: &str,
        sink: &mut T,
        text: fn(&mut T, &str),
        token: fn(&mut T, u32),
    ) {
        let (mut done, mut from) = (0, 0);
        while let Some(found) = self.next(whole, from) {
            from = found.end();
            let (mut start, mut stop) = (found.start(), found.end());
            let added = &self.tokens[found.pattern().as_usize()];
            if added.single_word {
                let word = regex_syntax::is_word_character;
                if whole[..start].ends_with(word) || whole[stop..].starts_with(word) {
                    continue;
                }
            }
            if added.lstrip {
                start = whole[..start].trim_end().len().max(done);
            }
            if added.rstrip {
                stop = whole.len() - whole[stop..].trim_start().len();
            }
            if done < start {
                text(sink, &whole[done..start]);
            }
            // What the token before has swallowed is no token.
            if start < stop {
                token(sink, added.id);
            }
            done = stop;
        }
        if done < whole.len() {
            text(sink, &whole[done..]);
        }
    }
}
