//! What stands in the place of a value, kind by kind.

use super::scan::is_barrier;
use super::{Detector, Kind, Replacement, Scrubbed, reserved, scrub};

/// What is put in the place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The kind's tag.
    Tag,
    /// The kind's tag with a keyed hash of the value in it: the same value has the same token wherever it stands.
    Pseudonym,
    /// A value of the same form that is reserved for examples and names nobody; a tag where there is no such value.
    Reserved,
    /// An asterisk for each letter and digit; the signs between them stay.
    Mask,
}

/// A detector and what it puts in the place of what it finds.
///
/// The same key gives the same result everywhere. Scrubbing a scrubbed text changes nothing: values that
/// [`Action::Reserved`] puts are known and left, and what comes to light beside a new value is scrubbed too.
#[derive(Clone)]
pub struct Scrubber {
    detector: Detector,
    tags: Replacement,
    actions: [Action; Kind::ALL.len()],
    key: [u8; 32],
}

impl std::fmt::Debug for Scrubber {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scrubber").field("tags", &self.tags).field("actions", &self.actions).finish_non_exhaustive()
    }
}

/// How often values are put before only tags are: what then still comes to light would go on for ever.
const ROUNDS: usize = 4;
/// Letters of a pseudonym: no vowels, so that they spell nothing, and no digits, so that no matcher reads them.
const LETTERS: &[u8; 16] = b"bcdfghjklmnpqrst";

impl Scrubber {
    /// Looks for what `detector` finds, and does with each kind what `action` says. `key` keys the hashes of pseudonyms and
    /// chooses among reserved values.
    #[must_use]
    pub fn new(detector: Detector, tags: Replacement, action: impl Fn(Kind) -> Action, key: [u8; 32]) -> Self {
        Scrubber { detector, tags, actions: Kind::ALL.map(action), key }
    }

    /// The text with the values replaced; nothing when there is nothing to replace.
    #[must_use]
    pub fn scrub(&self, text: &str) -> Option<Scrubbed> {
        if self.actions.iter().all(|action| *action == Action::Tag) {
            return scrub(&self.detector, &self.tags, text);
        }
        let mut counts = [0_u32; Kind::ALL.len()];
        let mut out: Option<String> = None;
        let mut rounds = 0;
        // Tags part their neighbours and hold no values, so that from the round on from which there are only tags every
        // round leaves less text in which anything can be found.
        while let Some(next) = self.round(out.as_deref().unwrap_or(text), rounds >= ROUNDS, &mut counts) {
            out = Some(next);
            rounds += 1;
        }
        let counts = Kind::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect();
        out.map(|text| Scrubbed { text, counts })
    }

    /// Puts something in the place of all values but those that are what would be put there; nothing when there are none.
    fn round(&self, text: &str, tags_only: bool, counts: &mut [u32; Kind::ALL.len()]) -> Option<String> {
        let mut out = String::new();
        let mut at = 0;
        let mut changed = false;
        for span in self.detector.find(text) {
            let value = &text[span.start..span.end];
            let action = if tags_only { Action::Tag } else { self.actions[span.kind as usize] };
            if action == Action::Reserved && reserved::is_reserved(span.kind, value) {
                continue;
            }
            out.push_str(&text[at..span.start]);
            self.put(span.kind, value, action, &mut out);
            counts[span.kind as usize] = counts[span.kind as usize].saturating_add(1);
            at = span.end;
            changed = true;
        }
        out.push_str(&text[at..]);
        changed.then_some(out)
    }

    /// Writes what stands for `value`.
    fn put(&self, kind: Kind, value: &str, action: Action, out: &mut String) {
        let tag = self.tags.tag(kind);
        match action {
            Action::Tag => out.push_str(tag),
            Action::Mask => out.extend(value.chars().map(|c| if c.is_alphanumeric() { '*' } else { c })),
            Action::Pseudonym => {
                // Before the bracket that closes the tag.
                let inner = tag.trim_end_matches(|c: char| c == ' ' || u8::try_from(c).is_ok_and(is_barrier));
                out.push_str(inner);
                out.push(':');
                let letters = self.hash(kind, value).to_be_bytes().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
                out.extend(letters.map(|half| char::from(LETTERS[usize::from(half)])));
                out.push_str(&tag[inner.len()..]);
            }
            Action::Reserved => match reserved::value(kind, value, self.hash(kind, value)) {
                Some(other) => out.push_str(&other),
                None => out.push_str(tag),
            },
        }
    }

    /// The keyed hash of a value; spellings of the same value have the same.
    fn hash(&self, kind: Kind, value: &str) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(kind.word().as_bytes()).update(&[0]).update(normal(kind, value).as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        u64::from_be_bytes(first)
    }
}

/// One spelling for all of a value: addresses in small letters, numbers without what stands between their signs.
fn normal(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Email | Kind::Ip => value.to_lowercase(),
        Kind::Iban | Kind::Card | Kind::Mac | Kind::Ssn | Kind::NationalId | Kind::Phone => {
            value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        }
        _ => value.to_owned(),
    }
}
