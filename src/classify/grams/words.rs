//! What words say of people: words of our own by kind. Abuse and praise of a group differ in these and not in its name.

use std::sync::LazyLock;

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing that is listed.
    Nothing = 0,
    /// It names a group of people.
    Group = 1,
    /// It praises, or wishes well.
    Praise = 2,
    /// It denies.
    Denial = 4,
}

/// Slots of the table; less than half of them are filled.
const SLOTS: usize = 1 << 13;
/// Longest words of scripts without spaces.
pub(super) const LONGEST_UNSPACED: u32 = 4;

/// Words by their hash. Open addressing; 0 marks an empty slot.
struct Table {
    hashes: Vec<u64>,
    says: Vec<Says>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { hashes: vec![0; SLOTS], says: vec![Says::Nothing; SLOTS] };
    each_word(|word, says| {
        let hash = super::features::hash_of_word(word);
        let at = table.slot(hash);
        (table.hashes[at], table.says[at]) = (hash, says);
    });
    table
});

impl Table {
    /// Where a hash stands, or may be put.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let mut at = (hash >> 51) as usize;
        while self.hashes[at] != hash && self.hashes[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        at
    }
}

/// What the word of a hash says.
#[inline]
pub(super) fn says(hash: u64) -> Says {
    let table = &*TABLE;
    table.says[table.slot(hash)]
}

/// The listed words.
fn each_word(mut each: impl FnMut(&str, Says)) {
    let mut says = Says::Nothing;
    for line in include_str!("words.txt").lines() {
        match line {
            "[group]" => says = Says::Group,
            "[denial]" => says = Says::Denial,
            "[praise]" => says = Says::Praise,
            _ if line.starts_with('#') => {}
            _ => line.split(' ').for_each(|word| each(word, says)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::hash_of_word;
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_word_is_found_and_says_one_thing() {
        let mut listed = BTreeMap::new();
        each_word(|word, says| {
            assert_eq!(listed.insert(word.to_owned(), says), None, "{word}");
            assert!(!word.is_empty() && word == word.to_lowercase() && says != Says::Nothing, "{word}");
        });
        assert!(listed.len() < SLOTS / 2, "{}", listed.len());
        for (word, wanted) in &listed {
            assert_eq!(says(hash_of_word(word)), *wanted, "{word}");
        }
        assert_eq!(says(hash_of_word("bridge")), Says::Nothing);
        let kinds: Vec<Says> = ["frauen", "jamais", "聪明"].map(|word| says(hash_of_word(word))).into();
        assert_eq!(kinds, [Says::Group, Says::Denial, Says::Praise]);
    }
}
