//! NLTK 3.8.1 `word_tokenize` for English: Punkt sentences, each cut by `NLTKWordTokenizer`, an improved Treebank
//! tokenizer.
//!
//! The tokenizer is 25 substitutions one after the other, most of which put spaces around something; what is left
//! between white space are the words. Here the spaces are marks between the bytes of a *chunk* (a run without white
//! space), set in the same order. Words are slices of the text, with one exception, NLTK's own: a double quote
//! becomes two backticks where it opens and two apostrophes where it closes, and two apostrophes become two backticks
//! where they open.

mod contractions;
mod passes;

use super::python;
use passes::Cutter;

/// NLTK's opening quote.
const OPENING: &str = "``";
/// NLTK's closing quote.
const CLOSING: &str = "''";

/// The words of a text whose Punkt sentences are given.
pub(super) fn words<'t>(text: &'t str, sentences: &[&'t str]) -> Vec<&'t str> {
    let mut cutter = Cutter::default();
    let mut words = Vec::with_capacity(text.len() / 5);
    for sentence in sentences {
        sentence_words(sentence, &mut cutter, &mut words);
    }
    words
}

/// What stands beside a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// The sentence begins or ends here.
    Nothing,
    /// The space of ASCII.
    Space,
    /// Other white space.
    OtherSpace,
}

impl Beside {
    fn of(byte: Option<&u8>) -> Self {
        match byte {
            None => Beside::Nothing,
            Some(b' ') => Beside::Space,
            Some(_) => Beside::OtherSpace,
        }
    }
}

/// One run without white space and what a pass asks of its surroundings.
#[derive(Debug, Clone, Copy)]
struct Chunk<'t> {
    text: &'t str,
    before: Beside,
    after: Beside,
    /// Where in it the full stop stands that ends the sentence.
    last_stop: Option<usize>,
    /// Which special bytes it has.
    kinds: u16,
}

/// Appends the words of one sentence.
fn sentence_words<'t>(sentence: &'t str, cutter: &mut Cutter, words: &mut Vec<&'t str>) {
    let bytes = sentence.as_bytes();
    let last_stop = last_stop(sentence);
    let mut at = 0;
    while at < bytes.len() {
        let space = python::space_len(bytes, at);
        if space > 0 {
            at += space;
            continue;
        }
        let (end, kinds) = chunk_end(bytes, at);
        let text = &sentence[at..end];
        if kinds == 0 && !may_contract(text) {
            words.push(text);
        } else {
            let after = match Beside::of(bytes.get(end)) {
                // The full stop and what closes after it are followed by a space from then on.
                Beside::Nothing if last_stop.is_some() => Beside::Space,
                after => after,
            };
            let before = Beside::of(at.checked_sub(1).and_then(|before| bytes.get(before)));
            let last_stop = last_stop.filter(|stop| (at..end).contains(stop)).map(|stop| stop - at);
            cutter.cut(&Chunk { text, before, after, last_stop, kinds }, words);
        }
        at = end;
    }
}

/// Whether a chunk without special bytes may hold a contraction: it is one, or other characters may stand beside one.
#[inline]
fn may_contract(chunk: &str) -> bool {
    if chunk.is_ascii() {
        return matches!(chunk.len(), 5 | 6) && contractions::contraction(chunk).is_some();
    }
    chunk.bytes().any(|byte| matches!(byte | 0x20, b'c' | b'g' | b'l' | b'w'))
}

/// The full stop that ends a sentence: after it only closing quotes, brackets and spaces, before it any character but
/// another full stop.
fn last_stop(sentence: &str) -> Option<usize> {
    let text = python::rstrip(sentence);
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices().rev() {
        let after_space = at > 0 && bytes[at - 1] == b' ';
        match c {
            '.' => return (at > 0 && bytes[at - 1] != b'.').then_some(at),
            // These have become opening quotes by now.
            '"' if after_space => return None,
            '\'' if after_space && bytes.get(at + 1) == Some(&b'\'') => return None,
            ']' | ')' | '}' | '>' | '"' | '\'' | '»' | '”' | '’' | ' ' => {}
            _ => return None,
        }
    }
    None
}

/// `` ` ``.
const TICK: u16 = 1;
/// `"`.
const QUOTE: u16 = 1 << 1;
/// `'`.
const APOSTROPHE: u16 = 1 << 2;
/// `:` and `,`.
const COLON: u16 = 1 << 3;
/// `.`.
const STOP: u16 = 1 << 4;
/// `; @ # $ % & ? !`.
const MARK: u16 = 1 << 5;
/// `*` and brackets.
const BRACKET: u16 = 1 << 6;
/// `-`.
const DASH: u16 = 1 << 7;
/// First byte of `« » ‘ ’ “ ” „` and others.
const WIDE: u16 = 1 << 8;
/// May begin white space.
const SPACE: u16 = 1 << 9;

/// Kinds of each byte.
static KINDS: [u16; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'`' => TICK,
            b'"' => QUOTE,
            b'\'' => APOSTROPHE,
            b':' | b',' => COLON,
            b'.' => STOP,
            b';' | b'@' | b'#' | b'$' | b'%' | b'&' | b'?' | b'!' => MARK,
            b'*' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' => BRACKET,
            b'-' => DASH,
            9..=13 | 28..=32 | 0xe1 | 0xe3 => SPACE,
            0xc2 | 0xe2 => WIDE | SPACE,
            _ => 0,
        };
        b += 1;
    }
    table
};

/// End of the chunk that begins at byte `at`, and the kinds of its bytes joined.
#[inline]
fn chunk_end(bytes: &[u8], mut at: usize) -> (usize, u16) {
    let mut kinds = 0;
    while at < bytes.len() {
        let kind = KINDS[usize::from(bytes[at])];
        if kind & SPACE != 0 && python::space_len(bytes, at) > 0 {
            break;
        }
        kinds |= kind;
        at += 1;
    }
    (at, kinds & !SPACE)
}

#[cfg(test)]
mod tests {
    use crate::text::{Splitter, TextView};

    #[test]
    fn quotes_stops_and_contractions() {
        let words = |text: &str| TextView::new(text).words(Splitter::NltkWords).join(" ");
        assert_eq!(words("\"I can't,\" he said. \"Don't!\""), "`` I ca n't , '' he said . `` Do n't ! ''");
        assert_eq!(words("x::a 1,2 3:x, y... z.. U.S. end."), "x : :a 1,2 3 : x , y ... z .. U.S. end .");
        assert_eq!(
            words("cannot Gimme wanna wanna! d'ye more'n 'tis 'Twas"),
            "can not Gim me wan na wan na ! d 'ye more 'n 't is 'T was"
        );
        assert_eq!(words("x's's 'a' ''b'' (\"c\") ---d a--b"), "x's 's ' a ' `` b '' ( `` c '' ) -- -d a -- b");
    }
}
