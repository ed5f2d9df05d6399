//! Numbers of words.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use super::characters::Specials;
use super::{METRICS, WORDS, set_share};
use crate::metrics::lists::{Role, WordList};
use crate::metrics::ngrams::Counts;
use crate::metrics::{Settings, Sink, Subject};
use crate::text::python;

/// Words in a run that is compared.
const RUN: usize = 10;

/// Measures the numbers of words.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    let specials = Specials::get();
    if sink.wants(WORDS..WORDS + 1) {
        sink.set_count(WORDS, tokens(text).filter(|token| !strip(token, specials).is_empty()).count());
    }
    if !sink.wants(WORDS + 1..METRICS.len()) {
        return;
    }
    let language = settings.language_of(subject.language);
    let stop = settings.lists.get(Role::StopWords, language);
    let flagged = settings.lists.get(Role::BadWords, language);
    let listed = |list: Option<&WordList>, word: &str| list.is_some_and(|list| list.position(word).is_some());
    let (mut hashes, mut stops, mut flags) = (Vec::new(), 0, 0);
    for token in tokens(text) {
        let lower = lower(token);
        // Lower case first: some letters are special in one case only.
        let word = strip(&lower, specials);
        if !word.is_empty() {
            hashes.push(xxh3_64(word.as_bytes()));
            stops += usize::from(listed(stop, word));
            flags += usize::from(listed(flagged, word));
        }
    }
    if sink.wants(WORDS + 1..WORDS + 2) && u32::try_from(text.len()).is_ok() {
        set_share(sink, WORDS + 1, repeated(&hashes), (hashes.len() + 1).saturating_sub(RUN));
    }
    if stop.is_some() {
        set_share(sink, WORDS + 2, stops, hashes.len());
    }
    if flagged.is_some() {
        set_share(sink, WORDS + 3, flags, hashes.len());
    }
}

/// The parts of a text between spaces, tabs and line feeds. Other white space does not part words.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '\t']).filter(|token| !token.is_empty())
}

/// A token in lower case.
fn lower(token: &str) -> Cow<'_, str> {
    if !token.is_ascii() {
        Cow::Owned(python::lower(token))
    } else if token.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(token.to_ascii_lowercase())
    } else {
        Cow::Borrowed(token)
    }
}

/// A token without special characters at its ends.
fn strip<'t>(token: &'t str, specials: &Specials) -> &'t str {
    token.trim_matches(|c| specials.has(c))
}

/// How many runs of words occur more than once, every copy counted.
fn repeated(hashes: &[u64]) -> usize {
    if hashes.len() < RUN {
        return 0;
    }
    let mut counts = Counts::of_pairs(hashes);
    (2..RUN).for_each(|_| counts.grow());
    counts.repeated().map(|(_, count)| count).sum()
}
