//! The tables of a model while its n-grams come in, shorter ones first.

use super::probing::UNIGRAM;
use super::table::Growing;
use super::{MAX_ORDER, NO_EXTENSION, SIGN, hash};

/// The back-off as it is stored: 0 says that the n-gram is no context, until one is found.
pub(super) fn stored(backoff: Option<f32>) -> f32 {
    backoff.filter(|&value| value != 0.0).unwrap_or(NO_EXTENSION)
}

fn float(value: &[u8], at: usize) -> f32 {
    super::bits::f32_at(value, at)
}

pub(super) fn set(value: &mut [u8], at: usize, to: f32) {
    value[at..at + 4].copy_from_slice(&to.to_le_bytes());
}

/// Notes that a longer n-gram ends with this one: its probability loses the sign.
fn mark_end(value: &mut [u8]) {
    let prob = float(value, 0).abs();
    set(value, 0, prob);
}

/// Notes that a longer n-gram begins with this one.
fn mark_context(value: &mut [u8]) {
    if float(value, 4) == 0.0 {
        set(value, 4, 0.0);
    }
}

/// The tables while they are filled.
pub(super) struct Building {
    pub(super) vocabulary: Growing,
    pub(super) unigrams: Vec<u8>,
    /// Words, the unknown one among them.
    pub(super) words: u32,
    pub(super) middles: Vec<Growing>,
    pub(super) longest: Growing,
}

impl Building {
    /// The number of a word; 0 for one that the model does not know.
    pub(super) fn index(&mut self, word: &[u8]) -> u32 {
        if word == b"<unk>" || word == b"<UNK>" {
            return 0;
        }
        self.vocabulary.find(hash::word(word)).map_or(0, |value| super::bits::u32_at(value, 0))
    }

    /// The entry of a word.
    pub(super) fn unigram(&mut self, word: u32) -> &mut [u8] {
        let at = word as usize * UNIGRAM;
        &mut self.unigrams[at..at + UNIGRAM]
    }

    /// The n-gram of an order of 2 and more that is not the longest.
    fn middle(&mut self, order: usize, key: u64) -> Option<&mut [u8]> {
        self.middles.get_mut(order - 2)?.find(key)
    }

    /// Adds an n-gram. `ids`: its words, the last first. False when what it has before its last word is no n-gram of the model.
    pub(super) fn add(&mut self, ids: &[u32], prob: f32, backoff: Option<f32>) -> bool {
        let order = ids.len();
        let prob = f32::from_bits(prob.to_bits() | SIGN);
        let mut keys = [0; MAX_ORDER + 1];
        keys[1] = u64::from(ids[0]);
        for at in 1..order {
            keys[at + 1] = hash::extend(keys[at], ids[at]);
        }
        match self.middles.get_mut(order - 2) {
            Some(table) => {
                let mut value = [0; 8];
                set(&mut value, 0, prob);
                set(&mut value, 4, stored(backoff));
                table.insert(keys[order], &value);
            }
            None => {
                self.longest.insert(keys[order], &prob.to_le_bytes());
            }
        }
        self.bridge(ids, &keys);
        self.context(ids).map(mark_context).is_some()
    }

    /// The entry of what an n-gram has but for its last word, which is the first of `ids`.
    fn context(&mut self, ids: &[u32]) -> Option<&mut [u8]> {
        match ids.len() {
            2 => Some(self.unigram(ids[1])),
            order => {
                let key = ids[2..].iter().fold(u64::from(ids[1]), |key, &word| hash::extend(key, word));
                self.middle(order - 1, key)
            }
        }
    }

    /// Marks what the n-gram ends with. Where the file has left out an n-gram that it ends with, that is put in with the probability
    /// that it has by backing off, so that the search can go through it.
    fn bridge(&mut self, ids: &[u32], keys: &[u64; MAX_ORDER + 1]) {
        let order = ids.len();
        let mut known = order - 1;
        while known > 1 && self.middle(known, keys[known]).is_none() {
            known -= 1;
        }
        let mut prob = match known {
            1 => -float(self.unigram(ids[0]), 0).abs(),
            _ => self.middle(known, keys[known]).map_or(0.0, |value| -float(value, 0).abs()),
        };
        for missing in known + 1..order {
            if let Some(value) = self.context(&ids[..missing]) {
                mark_context(value);
                prob += float(value, 4);
            }
            let mut value = [0; 8];
            set(&mut value, 0, prob);
            set(&mut value, 4, NO_EXTENSION);
            self.middles[missing - 2].insert(keys[missing], &value);
        }
        for (shorter, &key) in keys.iter().enumerate().take(order).skip(known) {
            match shorter {
                1 => mark_end(self.unigram(ids[0])),
                _ => self.middle(shorter, key).map(mark_end).unwrap_or_default(),
            }
        }
    }
}
