use aho_corasick::{AhoCorasick, MatchKind};

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
}

impl Finder {
    /// `None` when there is nothing to find, or when the tokens cannot be told apart as the library would.
    pub(in crate::tokenize) fn new(tokens: Vec<Added>) -> Option<Self> {
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(tokens.iter().map(|t| &t.content))
            .ok()?;
        Some(Self { search, tokens })
    }

    /// Calls `text` for every stretch between added tokens and `token` for every added token, in order.
    pub(in crate::tokenize) fn split<T>(
        &self,
        whole: &str,
        sink: &mut T,
        text: fn(&mut T, &str),
        token: fn(&mut T, u32),
    ) {
        let mut done = 0;
        for found in self.search.find_iter(whole) {
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
