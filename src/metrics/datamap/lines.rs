//! The line edits of datamap-rs, in the order of `configs/dclm/dclm_config.yaml`.
//!
//! They are DCLM's, with these differences: nothing is stripped, lengths are bytes, words are `unicode_words`, phrases are
//! compared with case, and a phrase inside a line becomes one space together with a white-space character at each side.
//! The configuration limits phrases to lines of ten words under a key that the program does not know, so that no limit
//! holds; its own regular expression for counters is passed over in the same way in favour of the built-in one.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::Splitter;

/// Which of the line edits are on, and their bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct DatamapLines {
    /// Lines go whose upper-case characters, over their bytes, are a greater share.
    pub max_uppercase: f64,
    /// The same for ASCII digits.
    pub max_digits: f64,
    /// Lines go that are nothing but a number and a word such as "likes".
    pub counters: bool,
    /// Lines with fewer words go, but empty lines stay.
    pub min_words: usize,
    /// "items in cart", "Read more..." at the end and "Sign-in" at the start are cut out, and lines of which nothing is left
    /// go.
    pub phrases: bool,
}

impl Default for DatamapLines {
    /// The values of the configuration.
    fn default() -> Self {
        Self { max_uppercase: 0.5, max_digits: 0.999_999, counters: true, min_words: 2, phrases: true }
    }
}

/// A text after the line edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edited<'t> {
    lines: Vec<Cow<'t, str>>,
    /// Words (UAX #29) that the edits took away, less those that came about where a phrase was cut out. No word reaches over
    /// a line feed, so that only lines that went or changed are split.
    pub removed_words: i64,
}

/// The text after the line edits; `None` when the program drops the page because no line is left.
#[must_use]
pub fn edit_lines(text: &str, rules: &DatamapLines) -> Option<String> {
    Edited::new(text, rules).map(|edited| edited.lines.join("\n"))
}

impl<'t> Edited<'t> {
    /// Edits the lines of a text; `None` when the program drops the page because no line is left.
    pub(super) fn new(text: &'t str, rules: &DatamapLines) -> Option<Self> {
        let lines = text.split('\n').map(Cow::Borrowed).collect();
        let mut edited = Self { lines, removed_words: 0 };
        edited.retain(|line| within(line, uppercase, rules.max_uppercase));
        edited.retain(|line| within(line, |line| line.bytes().filter(u8::is_ascii_digit).count(), rules.max_digits));
        // No line at all is joined to an empty text, which the program splits into one empty line again.
        if rules.counters && !edited.lines.is_empty() {
            edited.retain(|line| !is_counter(line));
            if edited.lines.is_empty() {
                return None;
            }
        }
        edited.retain(|line| line.is_empty() || words_at_least(line, rules.min_words));
        if edited.lines.iter().all(|line| line.is_empty()) {
            return None;
        }
        if rules.phrases {
            edited.cut_phrase(|line| replace_all(line, "items in cart"));
            edited.cut_phrase(without_read_more);
            edited.cut_phrase(|line| {
                let rest = line.strip_prefix("Sign-in")?;
                Some(rest.strip_prefix(char::is_whitespace).unwrap_or(rest).to_owned())
            });
        }
        Some(edited)
    }

    /// Keeps the lines that `keep` names.
    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        let removed = &mut self.removed_words;
        self.lines.retain(|line| {
            let stays = keep(line);
            if !stays {
                *removed += count_words(line);
            }
            stays
        });
    }

    /// Cuts a phrase out of all lines, by Rust's line ends. Lines of which nothing but white space is left go, those that never
    /// were more included; empty lines stay.
    fn cut_phrase(&mut self, without: impl Fn(&str) -> Option<String>) {
        // Rust has no line behind the last line feed, and takes a carriage return before one for part of it.
        if let Some((last, others)) = self.lines.split_last_mut() {
            for line in others.iter_mut().filter(|line| line.ends_with('\r')) {
                match line {
                    Cow::Borrowed(text) => *text = &text[..text.len() - 1],
                    Cow::Owned(text) => drop(text.pop()),
                }
            }
            if last.is_empty() {
                self.lines.pop();
            }
        }
        let removed = &mut self.removed_words;
        self.lines.retain_mut(|line| {
            let was_empty = line.is_empty();
            if let Some(cut) = without(line) {
                *removed += count_words(line) - count_words(&cut);
                *line = Cow::Owned(cut);
            }
            // What goes now has no words.
            was_empty || !line.trim().is_empty()
        });
    }
}

/// The words of a part of a text.
fn count_words(part: &str) -> i64 {
    i64::try_from(Splitter::Uax29.split(part).len()).unwrap_or(i64::MAX)
}

/// Upper-case characters.
fn uppercase(line: &str) -> usize {
    if line.is_ascii() {
        return line.bytes().filter(u8::is_ascii_uppercase).count();
    }
    line.chars().filter(|c| c.is_uppercase()).count()
}

/// The line without "Read more" and any three characters at its end, and one white-space character before.
fn without_read_more(line: &str) -> Option<String> {
    const TAIL: usize = 3;
    let start = line.char_indices().rev().nth(TAIL - 1)?.0;
    line[..start].strip_suffix("Read more").map(|rest| without_last_space(rest).to_owned())
}

/// Whether what `count` counts is at most the share `max` of the line's bytes, in single precision; true for empty lines.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn within(line: &str, count: impl Fn(&str) -> usize, max: f64) -> bool {
    line.is_empty() || count(line) as f32 / line.len() as f32 <= max as f32
}

/// Whether a line has at least `least` words.
fn words_at_least(line: &str, least: usize) -> bool {
    // No word reaches over a space or tab, so that few lines need to be split.
    let parts = line.split([' ', '\t']).filter(|part| part.chars().any(char::is_alphanumeric));
    parts.take(least).count() == least || Splitter::Uax29.split(line).len() >= least
}

/// Whether a line is a counter, by Rust's classes of characters.
fn is_counter(line: &str) -> bool {
    static COUNTER: LazyLock<Regex> = LazyLock::new(|| {
        let counted =
            "likes|shares|comments|retweets|reposts|quotes|bookmarks|upvotes|downvotes|downloads|views|followers";
        let pattern = format!(r"^\W*\d[,.\d]*[kmb]?\s+(?:{counted})\W*$");
        Regex::new(&pattern).expect("a fixed pattern always compiles")
    });
    // Most lines have no digit at all.
    line.bytes().any(|byte| byte.is_ascii_digit() || byte >= 0x80) && COUNTER.is_match(&line.to_lowercase())
}

/// The line with every `phrase`, and one white-space character at each side of it, replaced by a space.
fn replace_all(line: &str, phrase: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(phrase) {
        out.push_str(without_last_space(&rest[..at]));
        out.push(' ');
        rest = &rest[at + phrase.len()..];
        rest = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
    }
    if rest.len() == line.len() {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

/// A text without the white-space character at its end, if there is one.
fn without_last_space(text: &str) -> &str {
    text.strip_suffix(char::is_whitespace).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str) -> Option<String> {
        edit_lines(text, &DatamapLines::default())
    }

    #[test]
    fn lines_go_and_nothing_is_stripped() {
        assert_eq!(
            edited(" two words \nTWO WORDS\n12\n\n3 likes\none\nend of it\n").as_deref(),
            Some(" two words \n\nend of it")
        );
        assert_eq!(edited("3 likes"), None);
        assert_eq!(edited("one\n\n"), None);
        assert_eq!(edited("ÄÖÜ ÄÖÜß").as_deref(), Some("ÄÖÜ ÄÖÜß"), "six capitals in 15 bytes");
    }

    #[test]
    fn phrases_are_cut_out_of_lines_of_any_length() {
        let long = "a b c d e f g h i j k l ";
        assert_eq!(edited(&format!("{long}Read more...")).as_deref(), Some(long.trim_end()));
        assert_eq!(edited("3  items in cart  here, Items in cart").as_deref(), Some("3   here, Items in cart"));
        assert_eq!(edited("Sign-in now\r\nread more...\nit is so").as_deref(), Some("now\nread more...\nit is so"));
        assert_eq!(edited("a b\nSign-in\n").as_deref(), Some("a b"));
    }
}
