//! The parameters of NLTK's English model.

use std::sync::LazyLock;

/// Written by `tests/scripts/punkt_english.py`; its head says from what and under which licence.
const ENGLISH: &str = include_str!("english.txt");

/// NLTK's English model.
pub(super) static MODEL: LazyLock<Model> = LazyLock::new(|| Model::parse(ENGLISH));

/// Sorted words, run together.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    /// Where each word ends.
    ends: Vec<usize>,
    /// The mark behind each word, 0 for none.
    marks: Vec<u8>,
}

impl Words {
    /// Appends the word of one row.
    fn push_row(&mut self, row: &str) {
        let (shared, rest) = row.split_at(row.len().min(1));
        let shared = shared.chars().next().and_then(|digit| digit.to_digit(36)).unwrap_or(0) as usize;
        let start = self.word(self.ends.len().wrapping_sub(1)).map_or(0, |before| self.text.len() - before.len());
        let prefix = self.text.get(start..start + shared).unwrap_or_default().to_owned();
        let word = rest.trim_end_matches(['!', '?']);
        self.text.push_str(&prefix);
        self.text.push_str(word);
        self.ends.push(self.text.len());
        self.marks.push(rest.as_bytes().get(word.len()).copied().unwrap_or(0));
    }

    /// The word at a place.
    fn word(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        self.text.get(start..end)
    }

    /// The mark of a word that is there.
    fn mark(&self, word: &str) -> Option<u8> {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.word(middle).unwrap_or_default().cmp(word) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(self.marks[middle]),
            }
        }
        None
    }

    /// Whether the word is there.
    pub fn has(&self, word: &str) -> bool {
        self.mark(word).is_some()
    }

    /// How many words there are.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.ends.len()
    }
}

/// In which spelling a word was seen in training, as far as the algorithm asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// In lower case.
    pub lower: bool,
    /// Inside a sentence with a capital.
    pub upper_inside: bool,
    /// In lower case at the beginning of a sentence, and never with a capital.
    pub lower_begins: bool,
}

/// The parameters.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// Abbreviations without their last full stop, in lower case.
    pub abbreviations: Words,
    /// Words that often begin a sentence.
    pub starters: Words,
    /// Pairs `first second` of which the first, with a full stop, does not end a sentence.
    pub collocations: Words,
    words: Words,
}

impl Model {
    fn parse(text: &str) -> Self {
        let mut model = Self::default();
        let mut list = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(head) = line.strip_prefix('[') {
                list = Some(match head.split(' ').next() {
                    Some("abbreviations") => &mut model.abbreviations,
                    Some("starters") => &mut model.starters,
                    Some("collocations") => &mut model.collocations,
                    _ => &mut model.words,
                });
            } else if let Some(list) = &mut list {
                list.push_row(line);
            }
        }
        model
    }

    /// How the word (in lower case) was seen.
    pub fn seen(&self, word: &str) -> Seen {
        match self.words.mark(word) {
            None => Seen::default(),
            Some(mark) => Seen { lower: true, upper_inside: mark == b'!', lower_begins: mark == b'?' },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_have_the_lengths_that_their_heads_name() {
        let length = |name: &str| -> usize {
            let head = ENGLISH.lines().find_map(|line| line.strip_prefix('[')?.strip_prefix(name)).unwrap();
            head.trim_matches([' ', ']']).parse().unwrap()
        };
        assert_eq!(MODEL.abbreviations.len(), length("abbreviations"));
        assert_eq!(MODEL.starters.len(), length("starters"));
        assert_eq!(MODEL.collocations.len(), length("collocations"));
        assert_eq!(MODEL.words.len(), length("words"));
        for list in [&MODEL.abbreviations, &MODEL.starters, &MODEL.collocations, &MODEL.words] {
            assert!((1..list.len()).all(|place| list.word(place - 1) < list.word(place)), "sorted");
        }
        assert!(MODEL.abbreviations.has("u.s") && !MODEL.abbreviations.has("us"));
        assert!(MODEL.collocations.has("##number## international"));
        assert_eq!(MODEL.seen("xyzzy"), Seen::default());
        assert!(MODEL.seen("the").lower);
    }
}
