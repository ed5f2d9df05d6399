//! How much of a page is connected prose: whole sentences that stand one after the other. gristmill's own.
//!
//! A *sentence* ends at a word with a final mark, closing quotes and brackets aside, or where its paragraph does. A
//! line goes on in the next one when that begins with a small letter, or when it is as long as wrapped lines
//! are and has no mark at its end; any other line break, as between the items of a menu, ends the sentence. A sentence
//! is *whole* when it begins with a letter that is not small, ends with a final mark that is no ellipsis, and has 5 to
//! 60 words; what came before in the text counts once. Words are what stands between white space; in scripts without
//! spaces two characters count as a word.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::chars::{beyond_ascii, count_bytes};
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{is_terminal_punctuation, python};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count(
        "whole_sentences",
        "sentences",
        "sentences that begin with a capital (or a letter of a script without \
        case), have 5 to 60 words and end with a final mark",
    ),
    MetricDef::count("whole_sentence_words", "words", "words of the whole sentences"),
    MetricDef::share("whole_sentence_word_ratio", "share of words", "words of the whole sentences, over all words"),
    MetricDef::count(
        "longest_prose_words",
        "words",
        "words of the longest run of whole sentences; pieces of one or two \
        words between them do not end a run",
    ),
    MetricDef::share("uppercase_ratio", "share of letters", "capitals among the letters"),
    MetricDef::share(
        "prose_score",
        "score",
        "r / (r + 50) × max(0, 1 − 5 u), where r is longest_prose_words and u is \
        uppercase_ratio: near 1 for a long passage of plain prose, 0 where no sentence is whole",
    ),
];

/// Fewest words of a whole sentence: below are cries, captions and abbreviations.
const MIN_WORDS: usize = 5;
/// Most words of a whole sentence: above are lists that happen to end with a full stop.
const MAX_WORDS: usize = 60;
/// Pieces of fewer words (`Dr.`, `Yes!`) do not end a run.
const PASSED_OVER: usize = 3;
/// Lengths in bytes of lines that a program may have wrapped.
const WRAPPED: std::ops::RangeInclusive<usize> = 45..=130;

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, _: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    let prose = if sink.wants(0..4) || sink.wants(5..6) { Prose::of(text) } else { Prose::default() };
    sink.set_count(0, prose.whole);
    sink.set_count(1, prose.whole_words);
    sink.set_ratio(2, prose.whole_words, prose.words);
    sink.set_count(3, prose.longest);
    if sink.wants(4..6) {
        let (letters, capitals) = letters(text);
        let ratio = super::ratio(capitals, letters);
        sink.set(4, ratio);
        sink.set(5, if letters == 0 { 0.0 } else { score(prose.longest, ratio) });
    }
}

/// `prose_score`.
#[allow(clippy::cast_precision_loss)]
fn score(longest: usize, capitals: f64) -> f64 {
    let run = longest as f64;
    run / (run + 50.0) * (1.0 - 5.0 * capitals).max(0.0)
}

/// Numbers of letters (Python `isalpha`) and of capitals.
fn letters(text: &str) -> (usize, usize) {
    let mut letters = count_bytes(text, |byte| byte.is_ascii_alphabetic());
    let mut capitals = count_bytes(text, |byte| byte.is_ascii_uppercase());
    for c in beyond_ascii(text).filter(|&c| python::is_alpha(c)) {
        letters += 1;
        capitals += usize::from(c.is_uppercase());
    }
    (letters, capitals)
}

/// What a pass over the text has found.
#[derive(Debug, Default)]
struct Prose {
    /// All words.
    words: usize,
    /// Whole sentences.
    whole: usize,
    /// Their words.
    whole_words: usize,
    /// Words of the run of whole sentences that is going on.
    run: usize,
    /// The longest run so far.
    longest: usize,
    /// Hashes of the whole sentences so far.
    seen: HashSet<u64>,
}

/// The sentence that is being read.
#[derive(Debug, Default)]
struct Sentence {
    words: usize,
    begins_well: bool,
    /// Depends on the pieces and their order.
    hash: u64,
}

impl Prose {
    fn of(text: &str) -> Self {
        let (mut prose, mut sentence) = (Self::default(), Sentence::default());
        // Whether the line before goes on whatever the next one begins with.
        let mut open = false;
        for line in text.split('\n').map(python::strip) {
            let goes_on = line.chars().next().is_some_and(|c| c.is_lowercase() || open && python::is_alpha(c));
            if !goes_on {
                prose.end(&mut sentence, false);
            }
            python::each_word(line, |word| prose.word(word, &mut sentence));
            open = WRAPPED.contains(&line.len()) && sentence.words > 0 && !line.ends_with(':');
        }
        prose.end(&mut sentence, false);
        prose
    }

    /// Takes in what stands between two white spaces.
    fn word(&mut self, word: &str, sentence: &mut Sentence) {
        if word.is_ascii() {
            sentence.take(word, 1);
            if let Some(end) = Ending::of(word) {
                self.end(sentence, end == Ending::Mark);
            }
            return;
        }
        // Marks of full width end a sentence wherever they stand, as no space follows them.
        for part in word.split_inclusive(['。', '！', '？', '｡', '．']) {
            sentence.take(part, words_in(part));
            if let Some(end) = Ending::of(part) {
                self.end(sentence, end == Ending::Mark);
            }
        }
    }

    /// Ends the sentence, which had a final mark or had none.
    fn end(&mut self, sentence: &mut Sentence, marked: bool) {
        let Sentence { words, begins_well, hash } = std::mem::take(sentence);
        self.words += words;
        let whole = marked && begins_well && (MIN_WORDS..=MAX_WORDS).contains(&words);
        if whole && self.seen.insert(hash) {
            self.whole += 1;
            self.whole_words += words;
            self.run += words;
            self.longest = self.longest.max(self.run);
        } else if !whole && words >= PASSED_OVER {
            self.run = 0;
        }
    }
}

impl Sentence {
    /// Appends a piece that counts as so many words.
    fn take(&mut self, piece: &str, words: usize) {
        if self.words == 0 {
            let first = piece.trim_start_matches(is_opening).chars().next();
            self.begins_well = first.is_some_and(|c| python::is_alpha(c) && !c.is_lowercase());
        }
        self.words += words;
        self.hash = self.hash.rotate_left(7) ^ xxh3_64(piece.as_bytes());
    }
}

/// How a word ends a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Mark,
    Ellipsis,
}

impl Ending {
    fn of(word: &str) -> Option<Self> {
        // Most words end in a letter.
        if word.as_bytes().last().is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        let bare = word.trim_end_matches(is_closing);
        let last = bare.chars().next_back()?;
        match last {
            '…' => Some(Self::Ellipsis),
            '.' if bare.ends_with("..") => Some(Self::Ellipsis),
            _ => is_terminal_punctuation(last).then_some(Self::Mark),
        }
    }
}

/// Quotes and brackets that may stand before a sentence.
fn is_opening(c: char) -> bool {
    matches!(c, '"' | '\'' | '(' | '[' | '*' | '“' | '‘' | '„' | '«' | '»' | '¿' | '¡' | '「' | '『' | '（' | '《')
}

/// Quotes and brackets that may stand after a final mark.
fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '*' | '”' | '’' | '“' | '«' | '»' | '」' | '』' | '）' | '》')
}

/// Words that a piece without white space counts as: two characters of a script without spaces are a word.
fn words_in(piece: &str) -> usize {
    let unspaced = piece.chars().filter(|&c| is_unspaced(c)).count();
    unspaced.div_ceil(2).max(1)
}

/// Whether the script of `c` puts no spaces between words: Han, Kana, Thai, Lao, Myanmar, Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff
        | 0x2_0000..=0x3_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{compute, find};
    use crate::text::TextView;

    fn number(name: &str, text: &str) -> f64 {
        let view = TextView::new(text);
        compute(&[find(name).unwrap()], &Subject::of_text(&view), &Settings::default())[0]
    }

    #[test]
    fn sentences_are_whole_when_they_begin_and_end_as_prose_does() {
        let whole = |text: &str| number("whole_sentence_words", text);
        assert_eq!(whole("The ferry leaves at eight."), 5.0);
        assert_eq!(whole("“The ferry leaves at eight!”"), 5.0);
        assert_eq!(whole("The ferry leaves early."), 0.0, "four words");
        assert_eq!(whole("the ferry leaves at eight."), 0.0, "begins small");
        assert_eq!(whole("The ferry leaves at eight"), 0.0, "no mark");
        assert_eq!(whole("The ferry leaves at eight..."), 0.0, "ellipsis");
        assert_eq!(whole("Dr. Weber leaves the ferry at eight."), 6.0, "`Dr.` is a piece of its own");
        assert_eq!(whole(&format!("The{}.", " ferry".repeat(59))), 60.0);
        assert_eq!(whole(&format!("The{}.", " ferry".repeat(60))), 0.0, "too long");
        assert_eq!(
            whole("渡し船は朝八時に港を出る。夕方に戻る。"),
            6.0,
            "12 characters are 6 words, then 5 are too few"
        );
    }

    #[test]
    fn lines_go_on_where_a_program_wrapped_them() {
        let whole = |text: &str| number("whole_sentence_words", text);
        assert_eq!(whole("The ferry\nleaves at eight."), 5.0, "a small letter goes on");
        assert_eq!(whole("News today\nThe ferry leaves at eight."), 5.0, "a heading does not");
        assert_eq!(whole("The ferry leaves the harbour and is back before the\nMonday market opens again."), 14.0);
        assert_eq!(whole("The ferry leaves the harbour and is back before the\n\nMonday market opens again."), 0.0);
    }

    #[test]
    fn the_longest_run_passes_over_short_pieces_only() {
        let run = |text: &str| number("longest_prose_words", text);
        let (one, two, three) = ("The ferry leaves at eight.", "The bus leaves at nine.", "The last train is late.");
        assert_eq!(run(&format!("{one} {two}\n\nNews\n{three}")), 15.0);
        assert_eq!(run(&format!("{one} {two}\n\nAll the news today\n{three}")), 10.0);
        assert_eq!(run(&format!("{one} {two} {one} {three}")), 15.0, "a copy adds nothing");
    }

    #[test]
    fn the_score_falls_with_capitals_and_rises_with_prose() {
        let score = |text: &str| number("prose_score", text);
        assert_eq!(score(""), 0.0);
        assert_eq!(score("Home | News | Contact"), 0.0);
        let one = score("The ferry leaves the harbour at eight in the morning.");
        assert_eq!(number("uppercase_ratio", "The ferry leaves the harbour at eight in the morning."), 1.0 / 43.0);
        assert_eq!(one, 10.0 / 60.0 * (1.0 - 5.0 / 43.0));
        let many: String =
            (b'A'..b'J').map(|c| format!("{}ohn leaves the harbour at eight. ", char::from(c))).collect();
        assert!(score(&many) > 2.0 * one);
    }
}
