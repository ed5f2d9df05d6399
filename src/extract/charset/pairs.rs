//! Which single-byte charset and language explain the pairs of neighbouring bytes best.
//!
//! Each language has costs in bits for the pairs of its letters (`pairs.txt`, counted by `tests/scripts/train_charset.py`).
//! Every pair of bytes with a high byte is read in every charset: all candidates explain the same pairs, so that their
//! sums compare as likelihoods do.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Charset;

/// Costs of the pairs of letters: `language cost pairs`, see the module.
const PAIRS: &str = include_str!("pairs.txt");

/// Charsets, how many bits they cost beforehand (rare ones must explain more), and the languages written in them. Where two
/// say the same the first wins.
const CANDIDATES: [(&str, u64, &str); 49] = [
    ("windows-1252", 0, "en de fr es it pt nl sv da nb fi is ca eu ga sq af et"),
    ("windows-1250", 2, "pl cs sk hu hr sl bs ro sq de"),
    ("windows-1251", 0, "ru uk bg sr mk be mn"),
    ("windows-1253", 0, "el"),
    ("windows-1254", 3, "tr az"),
    ("windows-1255", 0, "he"),
    ("windows-1256", 0, "ar fa ur"),
    ("windows-1257", 3, "lt lv et"),
    ("windows-1258", 2, "vi"),
    ("windows-874", 0, "th"),
    ("iso-8859-2", 2, "pl cs sk hu hr sl bs ro sq de"),
    ("koi8-u", 3, "uk ru bg be"),
    ("koi8-r", 4, "ru bg"),
    ("iso-8859-5", 4, "ru uk bg sr mk be"),
    ("iso-8859-7", 2, "el"),
    ("iso-8859-6", 4, "ar"),
    ("iso-8859-8", 4, "he"),
    ("iso-8859-15", 14, "fr de fi et es it pt nl en"),
    ("iso-8859-13", 7, "lt lv et"),
    ("iso-8859-4", 7, "lt lv et"),
    ("iso-8859-16", 9, "ro hr"),
    ("iso-8859-3", 9, "eo tr"),
    ("iso-8859-14", 9, "cy ga"),
    ("iso-8859-10", 11, "is nb et lt"),
    ("ibm866", 6, "ru uk be bg"),
    ("ibm855", 10, "ru bg sr mk be"),
    ("x-mac-cyrillic", 6, "ru uk bg sr mk be"),
    ("kz-1048", 9, "kk"),
    ("ptcp154", 10, "kk az"),
    ("macintosh", 12, "en de fr es it pt nl sv da nb fi is ca eu ga sq af"),
    ("x-mac-ce", 12, "pl cs sk hu sl hr"),
    ("x-mac-greek", 12, "el"),
    ("x-mac-turkish", 12, "tr"),
    ("ibm850", 13, "en de fr es it pt nl sv da nb fi is ca eu ga sq af"),
    ("ibm437", 13, "en de fr es it sv fi"),
    ("ibm852", 13, "pl cs sk hu hr sl bs ro sq de"),
    ("ibm857", 13, "tr"),
    ("ibm775", 13, "lt lv et"),
    ("ibm737", 12, "el"),
    ("ibm869", 13, "el"),
    ("ibm862", 12, "he"),
    ("ibm720", 13, "ar"),
    ("ibm860", 15, "pt"),
    ("ibm865", 15, "da nb"),
    ("ibm861", 15, "is"),
    ("ibm863", 15, "fr"),
    ("x-mac-icelandic", 15, "is"),
    ("viscii", 12, "vn"),
    ("tcvn", 12, "vn"),
];

/// A pair of known letters that the language was not seen to put together.
const UNSEEN: u8 = 15;

/// What a character is to a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// ASCII that is no letter.
    Blank,
    /// A letter of the alphabet, by its number from 1.
    Letter(u8),
    /// An ASCII letter that the language does not use.
    Stray,
    /// Another letter.
    Foreign,
    /// Signs that stand before a word.
    Opening,
    /// Signs that stand behind a word.
    Closing,
    /// Quotes, dashes and what else is common in print.
    Mark,
    /// Box drawings, mathematical signs and the like.
    Rare,
    /// Unassigned bytes and control characters.
    Broken,
}

/// What a byte stands for in a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Symbol {
    class: Class,
    /// `Some(true)` for a capital, `Some(false)` for a small letter.
    capital: Option<bool>,
}

/// What is known of a language.
#[derive(Default)]
struct Language {
    /// Its letters by number, from 1; 0 stands for everything that is no letter.
    letters: BTreeMap<char, u8>,
    /// Costs by the numbers of both, in rows of [`WIDTH`].
    costs: Vec<u8>,
}

/// More than the letters of any language here.
const WIDTH: usize = 256;

impl Language {
    /// The number of a letter, a new one for a new letter.
    fn number(&mut self, c: char) -> usize {
        let next = u8::try_from(self.letters.len() + 1).unwrap_or(u8::MAX);
        if c == '_' { 0 } else { usize::from(*self.letters.entry(c).or_insert(next)) }
    }

    fn symbol(&self, c: char) -> Symbol {
        let sign = |class| Symbol { class, capital: None };
        if c == '\u{FFFD}' || c.is_control() && !c.is_ascii() {
            return sign(Class::Broken);
        }
        let joining = ('\u{300}'..='\u{36f}').contains(&c) || is_joining_mark(c);
        if !c.is_alphabetic() && !joining || matches!(c, 'ª' | 'º' | 'ƒ' | 'µ' | 'ˆ') {
            return sign(match c {
                _ if c.is_ascii() => Class::Blank,
                '„' | '‚' | '¿' | '¡' => Class::Opening,
                '”' | '…' | '™' | '®' | '°' | '²' | '³' | '¹' | '½' | '¼' | '¾' | 'º' | 'ª' | '،' | '؟' | '؛' => {
                    Class::Closing
                }
                '\u{a0}' | '±' | '×' | '«' | '»' | '\u{2018}' | '\u{2019}' | '“' | '–' | '—' | '•' | '·' | '©'
                | '№' | '€' | '´' | '£' | '§' | '\u{200c}' | '\u{200f}' => Class::Mark,
                _ => Class::Rare,
            });
        }
        let mut lower = c.to_lowercase();
        let low = lower.next().filter(|_| lower.next().is_none()).unwrap_or(c);
        let class = match self.letters.get(&low) {
            Some(number) => Class::Letter(*number),
            None if low.is_ascii() => Class::Stray,
            None => Class::Foreign,
        };
        let capital = c.is_uppercase().then_some(true).or(c.is_lowercase().then_some(false));
        Symbol { class, capital }
    }

    /// The cost of a pair in bits. Those of single letters are counted, those of signs are judged: they were chosen on the
    /// training half of the sentences.
    fn cost(&self, a: Symbol, b: Symbol) -> u8 {
        use Class::{Broken, Closing, Foreign, Letter, Mark, Opening, Rare, Stray};
        let case = match (a.capital, b.capital) {
            (Some(true), Some(true)) => 3,
            (Some(false), Some(true)) => 11,
            (_, Some(true)) => 2,
            (Some(true), Some(false)) => 1,
            _ => 0,
        };
        let is_letter = |class| matches!(class, Letter(_) | Stray | Foreign);
        let latin = self.letters.contains_key(&'e');
        case + match (a.class, b.class) {
            (Broken, _) | (_, Broken) => 26,
            (Rare, other) | (other, Rare) => {
                if is_letter(other) {
                    20
                } else {
                    13
                }
            }
            (before, Opening) => {
                if is_letter(before) {
                    17
                } else {
                    8
                }
            }
            (Closing, behind) => {
                if is_letter(behind) {
                    16
                } else {
                    8
                }
            }
            (Opening, _) | (_, Closing) => 8,
            (Mark, other) | (other, Mark) => {
                if is_letter(other) {
                    10
                } else {
                    8
                }
            }
            (Foreign, _) | (_, Foreign) => {
                if latin {
                    16
                } else {
                    19
                }
            }
            (Stray, _) | (_, Stray) => 20,
            (a, b) => {
                let number = |class| match class {
                    Letter(number) => usize::from(number),
                    _ => 0,
                };
                self.costs.get(number(a) * WIDTH + number(b)).copied().unwrap_or(UNSEEN)
            }
        }
    }
}

/// Vowel signs and points of Thai, Arabic and Hebrew, which are letters to a pair.
fn is_joining_mark(c: char) -> bool {
    matches!(c, '\u{e31}'..='\u{e4e}' | '\u{5b0}'..='\u{5c2}' | '\u{64b}'..='\u{652}')
}

fn languages() -> BTreeMap<&'static str, Language> {
    let mut out: BTreeMap<&str, Language> = BTreeMap::new();
    for line in PAIRS.lines() {
        let mut cells = line.splitn(3, ' ');
        if let (Some(name), Some(cost), Some(pairs)) = (cells.next(), cells.next(), cells.next())
            && let Ok(cost) = cost.parse()
        {
            let language = out.entry(name).or_default();
            language.costs.resize(WIDTH * WIDTH, UNSEEN);
            let mut chars = pairs.chars();
            while let (Some(a), Some(b)) = (chars.next(), chars.next()) {
                let at = language.number(a) * WIDTH + language.number(b);
                language.costs[at] = cost;
            }
        }
    }
    out
}

/// A charset read as one language: a number for each byte, and what pairs of numbers cost.
struct Reading {
    charset: Charset,
    prior: u64,
    symbols: Box<[u8; 256]>,
    costs: Vec<u8>,
    width: usize,
}

static READINGS: LazyLock<Vec<Reading>> = LazyLock::new(|| {
    let languages = languages();
    let mut out = Vec::new();
    for (label, prior, names) in CANDIDATES {
        let Some(charset) = Charset::for_label(label) else { continue };
        out.extend(names.split(' ').filter_map(|name| languages.get(name)).map(|known| reading(charset, prior, known)));
    }
    out
});

fn reading(charset: Charset, prior: u64, language: &Language) -> Reading {
    let mut kinds: Vec<Symbol> = Vec::new();
    let mut symbols = Box::new([0; 256]);
    for (byte, number) in (0_u8..=255).zip(symbols.iter_mut()) {
        let (text, _) = charset.decode(std::slice::from_ref(&byte));
        let symbol = language.symbol(text.chars().next().unwrap_or('\u{FFFD}'));
        let at = kinds.iter().position(|kind| *kind == symbol).unwrap_or_else(|| {
            kinds.push(symbol);
            kinds.len() - 1
        });
        *number = u8::try_from(at).unwrap_or(u8::MAX);
    }
    let costs = kinds.iter().flat_map(|a| kinds.iter().map(|b| language.cost(*a, *b))).collect();
    Reading { charset, prior, symbols, costs, width: kinds.len() }
}

/// How often each pair of bytes with a high byte stands in a text.
pub struct Pairs {
    pairs: Vec<(u8, u8, u32)>,
    /// How many there are.
    pub total: u64,
}

impl Pairs {
    /// Counts the pairs of `bytes`; white space stands at both ends.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut codes = Vec::new();
        let mut before = b' ';
        for &byte in bytes.iter().chain(b" ") {
            if (before | byte) >= 0x80 {
                codes.push(u16::from(before) << 8 | u16::from(byte));
            }
            before = byte;
        }
        let total = codes.len() as u64;
        codes.sort_unstable();
        let runs = codes.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len() as u32)));
        let mut pairs: Vec<(u8, u8, u32)> = runs.map(|(code, n)| ((code >> 8) as u8, code as u8, n)).collect();
        // The commonest first, so that bad readings are given up early.
        pairs.sort_unstable_by_key(|&(a, b, count)| (std::cmp::Reverse(count), a, b));
        Self { pairs, total }
    }

    fn cost(&self, reading: &Reading, stop: u64) -> u64 {
        let mut sum = reading.prior;
        for &(a, b, count) in &self.pairs {
            let (a, b) = (reading.symbols[usize::from(a)], reading.symbols[usize::from(b)]);
            let cost = reading.costs[usize::from(a) * reading.width + usize::from(b)];
            sum += u64::from(cost) * u64::from(count);
            if sum >= stop {
                break;
            }
        }
        sum
    }
}

/// The charset that explains the pairs at the lowest cost in bits, with that cost; `named`, if given, is the only candidate.
pub fn best(pairs: &Pairs, named: Option<Charset>) -> Option<(Charset, u64)> {
    let mut found: Option<(Charset, u64)> = None;
    for reading in READINGS.iter().filter(|reading| named.is_none_or(|named| named.name() == reading.charset.name())) {
        let stop = found.map_or(u64::MAX, |(_, cost)| cost);
        let cost = pairs.cost(reading, stop);
        if cost < stop {
            found = Some((reading.charset, cost));
        }
    }
    found
}
