//! How much of a text is words from a list of insults, obscenities and slurs.
//!
//! A word list knows words, not meaning: quotation, reclaimed words and counter-speech count like abuse, and abuse in
//! plain words does not count. It is a cheap first sieve; a classifier is the second.

use super::lists::{Role, Seen};
use super::word_list::WordList;
use super::{MetricDef, Settings, Sink, Subject};

/// This family's table. The list is that of the document's language, else the one for any language.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("toxic_words", "words", "occurrences of entries of the list `toxic`").needs(Role::Toxic),
    MetricDef::count("toxic_distinct", "entries", "different entries of the list `toxic` that occur")
        .needs(Role::Toxic),
    MetricDef::ratio("toxic_word_ratio", "per word", "occurrences of entries of the list, per word").needs(Role::Toxic),
    MetricDef::ratio(
        "toxic_severity_ratio",
        "per word",
        "occurrences weighted by a third of their severity (1 coarse, 2 obscene or insulting, 3 slur), per word",
    )
    .needs(Role::Toxic),
    MetricDef::ratio("toxic_slur_ratio", "per word", "occurrences of entries of severity 3, per word")
        .needs(Role::Toxic),
];

/// Words of more bytes are not compared with the list.
const LONGEST: usize = 64;

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let Some(list) = settings.lists.get(Role::Toxic, settings.language_of(subject.language)) else {
        return;
    };
    let mut tally = Tally { seen: Seen::new(list), list, words: 0, severity: 0, slurs: 0 };
    let mut units = 0;
    let mut folded = String::new();
    for (word, count) in subject.view.distinct(settings.splitter_for(subject.language)).iter() {
        units += units_of(word) * count;
        if word.len() <= LONGEST {
            tally.look_up(word, count, &mut folded);
        }
    }
    if let Some(finder) = list.inside() {
        for found in finder.find_iter(subject.view.text()) {
            tally.add(list.inside_place(found.pattern().as_usize()), 1);
        }
    }
    sink.set_count(0, tally.words);
    sink.set_count(1, tally.seen.distinct());
    sink.set_ratio(2, tally.words, units);
    sink.set_ratio(3, tally.severity, 3 * units);
    sink.set_ratio(4, tally.slurs, units);
}

/// What was found so far.
struct Tally<'l> {
    seen: Seen<'l>,
    list: &'l WordList,
    words: usize,
    severity: usize,
    slurs: usize,
}

impl Tally<'_> {
    /// Counts the entry at `place`, which occurs `count` times.
    fn add(&mut self, place: usize, count: usize) {
        let severity = self.list.entries()[place].severity;
        self.words += count;
        self.severity += usize::from(severity) * count;
        self.slurs += if severity >= 3 { count } else { 0 };
        self.seen.mark(place);
    }

    /// Counts a word that occurs `count` times, if it, or what it likely stands for, is in the list.
    fn look_up(&mut self, word: &str, count: usize, folded: &mut String) {
        if is_plain(word) && !self.list.may_begin(&lower_pair(word)) {
            return;
        }
        let disguised = fold(word, folded);
        let found = self.list.position(folded).or_else(|| self.list.position_of_start(folded)).or_else(|| {
            if disguised {
                undisguise(folded);
                self.list.position(folded).or_else(|| self.list.position_of_start(folded))
            } else {
                None
            }
        });
        if let Some(place) = found {
            self.add(place, count);
        }
    }
}

/// Whether a word is ASCII letters alone, none three times in a row: it stands for nothing else.
fn is_plain(word: &str) -> bool {
    let bytes = word.as_bytes();
    let triple = |three: &[u8]| three[0] == three[1] && three[1] == three[2];
    bytes.iter().all(u8::is_ascii_alphabetic) && !bytes.windows(3).any(triple)
}

/// The first two bytes in lower case.
fn lower_pair(word: &str) -> [u8; 2] {
    let byte = |at: usize| word.as_bytes().get(at).map_or(0, u8::to_ascii_lowercase);
    [byte(0), byte(1)]
}

/// Lower-cases `word` into `out`; whether it has letters and also characters that may stand for other ones.
fn fold(word: &str, out: &mut String) -> bool {
    out.clear();
    let (mut letters, mut marks, mut run, mut last) = (false, false, 0_usize, '\0');
    for c in word.chars() {
        letters |= c.is_alphabetic();
        marks |= matches!(c, '0' | '1' | '3' | '4' | '5' | '7' | '@' | '$' | '!' | '*' | '.' | '-' | '_');
        run = if c == last { run + 1 } else { 1 };
        marks |= run > 2;
        last = c;
        out.extend(c.to_lowercase());
    }
    letters && marks
}

/// Puts letters for the digits and signs that stand for them, drops signs put between letters, and makes one letter of
/// three or more.
fn undisguise(word: &mut String) {
    let mut plain = String::with_capacity(word.len());
    let (mut run, mut last) = (0_usize, '\0');
    for c in word.chars() {
        let c = match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            '*' | '.' | '-' | '_' => continue,
            other => other,
        };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run == 3 {
            plain.pop();
        }
        if run < 3 {
            plain.push(c);
        }
    }
    *word = plain;
}

/// How many words a token counts for: none without a letter or digit; in scripts written without spaces one for two
/// characters (about the mean length of words in Chinese and Japanese); else one.
fn units_of(word: &str) -> usize {
    if word.is_ascii() {
        return usize::from(word.bytes().any(|byte| byte.is_ascii_alphanumeric()));
    }
    let unspaced = word.chars().filter(|&c| is_unspaced(c)).count();
    if unspaced > 0 { unspaced.div_ceil(2) } else { usize::from(word.chars().any(char::is_alphanumeric)) }
}

/// Thai, Lao, Myanmar, Khmer, kana and Han: scripts written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{20000}'..='\u{3ffff}')
}
