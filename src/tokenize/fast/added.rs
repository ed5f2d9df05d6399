use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, Anchored, Input, Match, MatchKind, StartKind};

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
    pairs: Option<Vec<[u8; 2]>>,
}

/// More pairs than this are not looked for one by one.
const MAX_PAIRS: usize = 6;
/// Bytes that are looked at together.
const CHUNK: usize = 32;

/// The chunk that begins at `at`.
fn chunk(text: &[u8], at: usize) -> Option<&[u8; CHUNK]> {
    text.get(at..)?.first_chunk()
}

/// The first place from `at` where one of `pairs` stands.
#[inline]
fn pair(text: &[u8], mut at: usize, pairs: &[[u8; 2]]) -> Option<usize> {
    while let Some((here, next)) = chunk(text, at).zip(chunk(text, at + 1)) {
        // All bytes of the chunk, without branches: that goes many at a time.
        let stands = |[first, second]: [u8; 2]| {
            let both = here.iter().zip(next).map(|(one, two)| u8::from(*one == first) & u8::from(*two == second));
            both.fold(0, |any, hit| any | hit) != 0
        };
        if pairs.iter().any(|pair| stands(*pair)) {
            return (at..at + CHUNK).find(|at| pairs.iter().any(|pair| text[*at..*at + 2] == *pair));
        }
        at += CHUNK;
    }
    (at..text.len().saturating_sub(1)).find(|at| pairs.iter().any(|pair| text[*at..*at + 2] == *pair))
}

impl Finder {
    /// `None` when there is nothing to find, or when the tokens cannot be told apart as the library would.
    pub(in crate::tokenize) fn new(tokens: Vec<Added>) -> Option<Self> {
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Both)
            .build(tokens.iter().map(|t| &t.content))
            .ok()?;
        let pairs: Option<BTreeSet<[u8; 2]>> =
            tokens.iter().map(|token| token.content.as_bytes().first_chunk().copied()).collect();
        let pairs = pairs.filter(|pairs| pairs.len() <= MAX_PAIRS).map(|pairs| pairs.into_iter().collect());
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
