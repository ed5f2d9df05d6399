//! Names of persons: next to a title, an introduction, or a given name that is hardly anything else.
//!
//! There is no list of surnames: a name is one to three words with capitals behind something that announces it. So
//! names without such a word are missed, and a capital behind one that is no name is taken.

use super::scan::{before, letter_at, letter_before, spaced_letter};
use super::{Kind, Span};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// What announces a name. Those with a space at their end are phrases; the others are titles with or without a stop.
const ANNOUNCERS: &[&str] = &[
    "Mr",
    "Mrs",
    "Ms",
    "Miss",
    "Dr",
    "Prof",
    "Professor",
    "Herr",
    "Herrn",
    "Frau",
    "Monsieur",
    "Madame",
    "Mme",
    "Mlle",
    "Señor",
    "Señora",
    "Sr",
    "Sra",
    "Signor",
    "Signora",
    "Sig",
    "Dott",
    "Senhor",
    "Senhora",
    "Pan",
    "Pani",
    "Fru",
    "Mevrouw",
    "Meneer",
    "name is ",
    "Name is ",
    "I'm ",
    "I am ",
    "Dear ",
    "signed by ",
    "mi chiamo ",
    "me llamo ",
    "heiße ",
    "m'appelle ",
];
/// Small words inside of names.
const PARTICLES: &[&str] =
    &["van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "la", "le", "el", "al", "bin", "ter"];
/// Capitals behind an announcer that begin no name.
const OTHERS: &[&str] = &[
    "Sir",
    "Madam",
    "Customer",
    "Friend",
    "Friends",
    "All",
    "Team",
    "Colleague",
    "Colleagues",
    "Mr",
    "Mrs",
    "Ms",
    "Dr",
    "Editor",
    "Reader",
    "Readers",
    "The",
    "A",
    "An",
    "In",
    "On",
    "Not",
    "American",
    "President",
    "Lord",
    "God",
    "Linux",
];
/// Most words of a name.
const WORDS: usize = 4;

static TRIGGERS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(ANNOUNCERS).ok());

/// Every announced name in `bytes`.
pub(super) fn find(bytes: &[u8]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let Some(triggers) = &*TRIGGERS else {
        return spans;
    };
    for hit in triggers.find_iter(bytes) {
        if letter_before(bytes, hit.start())
            || before(bytes, hit.start()).is_some_and(|b| b.is_ascii_digit() || b == b'_')
        {
            continue;
        }
        let phrase = bytes[hit.end() - 1] == b' ';
        let Some(start) = (if phrase { Some(hit.end()) } else { behind_title(bytes, hit.end()) }) else {
            continue;
        };
        if let Some(end) = name_end(bytes, start)
            && spans.last().is_none_or(|last| start >= last.end)
        {
            spans.push(Span { kind: Kind::Person, start, end });
        }
    }
    spans
}

/// Where the name behind a title begins: after a full stop, or none, and a space.
fn behind_title(bytes: &[u8], at: usize) -> Option<usize> {
    let at = at + usize::from(bytes.get(at) == Some(&b'.'));
    match bytes.get(at) {
        Some(b' ') => Some(at + 1),
        Some(0xC2) if bytes.get(at + 1) == Some(&0xA0) => Some(at + 2),
        _ => None,
    }
}

/// The end of the name at `start`: words with capitals and particles between them.
fn name_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut end) = (start, None);
    for words in 0..WORDS {
        let stop = word_end(bytes, at);
        let word = &bytes[at..stop];
        let particle = PARTICLES.iter().any(|known| known.as_bytes() == word);
        if !particle && (!is_name(word) || (words == 0 && OTHERS.iter().any(|known| known.as_bytes() == word))) {
            break;
        }
        if !particle {
            end = Some(stop);
        }
        // An initial has a full stop.
        let dot = usize::from(word.len() == 1 && bytes.get(stop) == Some(&b'.'));
        if bytes.get(stop + dot) != Some(&b' ') {
            break;
        }
        at = stop + dot + 1;
    }
    end.filter(|end| !letter_at(bytes, *end) && !bytes.get(*end).is_some_and(|b| b.is_ascii_digit() || *b == b'_'))
}

/// The end of the word at `at`.
fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len() && end - at < 40 {
        let inner = matches!(bytes[end], b'\'' | b'-') && end > at && letter_at(bytes, end + 1);
        match bytes[end] {
            byte if byte.is_ascii_alphabetic() || inner => end += 1,
            byte if byte >= 0x80 && spaced_letter(&bytes[end..]).is_some() => end += 2,
            _ => break,
        }
    }
    end
}

/// Whether `word` begins with a capital and is not written in capitals throughout (`GmbH` may pass, `NASA` not).
fn is_name(word: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(word) else {
        return false;
    };
    let mut chars = text.chars();
    let capital = chars.next().is_some_and(char::is_uppercase);
    let rest = chars.as_str();
    capital && (rest.is_empty() || rest.chars().any(char::is_lowercase))
}
