//! Lists of millions of entries, kept as hashes.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

/// Entries as sorted XXH3-64 hashes, in parts (the categories of a collection of lists): 8 bytes an entry and nothing
/// else. The largest published list of adult domains, 4.6 million entries, takes 37 MB.
///
/// Two texts share a hash with a chance of 2^-64: in a run of 10^10 documents with five look-ups each in such a list, the
/// chance of even one false hit is about 1 in 80.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HashList {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    label: Arc<str>,
    hashes: Vec<u64>,
}

impl HashList {
    /// The hash of an entry.
    #[must_use]
    pub fn hash(entry: &str) -> u64 {
        xxh3_64(entry.as_bytes())
    }

    /// Adds a part. Its label is empty where there is only one.
    pub fn push(&mut self, label: &str, mut hashes: Vec<u64>) {
        hashes.sort_unstable();
        hashes.dedup();
        hashes.shrink_to_fit();
        self.parts.push(Part { label: Arc::from(label), hashes });
    }

    /// The place of the first part that has the hash.
    #[must_use]
    pub fn find(&self, hash: u64) -> Option<usize> {
        self.parts.iter().position(|part| part.hashes.binary_search(&hash).is_ok())
    }

    /// The place of the first part that has the text.
    #[must_use]
    pub fn find_text(&self, text: &str) -> Option<usize> {
        self.find(Self::hash(text))
    }

    /// The labels of the parts, in order.
    pub fn labels(&self) -> impl Iterator<Item = &Arc<str>> {
        self.parts.iter().map(|part| &part.label)
    }

    /// How many entries there are, over all parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.hashes.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_that_has_a_text_is_found() {
        let mut list = HashList::default();
        let hashes = |texts: &[&str]| texts.iter().map(|text| HashList::hash(text)).collect();
        list.push("a", hashes(&["x", "y", "x"]));
        list.push("b", hashes(&["y", "z", ""]));
        let found = ["x", "y", "z", "", "w"].map(|text| list.find_text(text));
        assert_eq!(found, [Some(0), Some(0), Some(1), Some(1), None]);
        assert_eq!(list.len(), 5);
        assert_eq!(list.labels().map(|label| &**label).collect::<Vec<_>>(), ["a", "b"]);
    }
}
