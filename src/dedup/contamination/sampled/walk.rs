//! Following items left and right from a hit.

use super::Index;

/// An item that is followed from a hit.
#[derive(Debug)]
pub(super) struct Followed {
    /// Number of the entry.
    pub entry: u32,
    /// N-grams seen, by rising number.
    pub grams: Vec<u32>,
    /// Its first and last n-gram in the document.
    pub first: usize,
    pub last: usize,
    misses: u32,
    is_lost: bool,
}

/// Follows the items of an n-gram that begins at `hit`. Gives them with the last n-gram that was looked at.
pub(super) fn walk(index: &Index, tokens: &[u32], hit: usize, gram: u32) -> (Vec<Followed>, usize) {
    let new = |&entry| Followed { entry, grams: vec![gram], first: hit, last: hit, misses: 0, is_lost: false };
    let mut followed: Vec<Followed> = index.entries_with(gram).iter().map(new).collect();
    for at in (0..hit).rev() {
        if !step(index, tokens, at, &mut followed, |one| one.first = at) {
            break;
        }
    }
    for one in &mut followed {
        (one.misses, one.is_lost) = (0, false);
    }
    let mut end = hit;
    for at in hit + 1..=tokens.len() - index.rules.ngram {
        end = at;
        if !step(index, tokens, at, &mut followed, |one| one.last = at) {
            break;
        }
    }
    (followed, end)
}

/// One n-gram further. An n-gram that an item has again is neither a miss nor an end to misses. Gives whether any item is still
/// followed.
fn step(
    index: &Index,
    tokens: &[u32],
    at: usize,
    followed: &mut [Followed],
    mut reach: impl FnMut(&mut Followed),
) -> bool {
    let gram = index.grams.find(&tokens[at..at + index.rules.ngram]);
    let entries = gram.map_or(&[][..], |gram| index.entries_with(gram));
    let mut any = false;
    for one in followed.iter_mut().filter(|one| !one.is_lost) {
        match gram.filter(|_| entries.binary_search(&one.entry).is_ok()) {
            Some(gram) => {
                if let Err(place) = one.grams.binary_search(&gram) {
                    one.grams.insert(place, gram);
                    one.misses = 0;
                }
                reach(one);
            }
            None => {
                one.misses += 1;
                one.is_lost = one.misses >= index.rules.max_misses;
            }
        }
        any |= !one.is_lost;
    }
    any
}
