//! Numbers of words.

use super::characters::Specials;
use super::{WORDS, set_share};
use crate::metrics::chars::split_at_blanks;
use crate::metrics::lists::Role;
use crate::metrics::ngrams::Counts;
use crate::metrics::{Settings, Sink, Subject};
use crate::text::{Distinct, python};

/// Words in a run that is compared.
const RUN: usize = 10;

/// Measures the numbers of words.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    let specials = Specials::get();
    if sink.wants(WORDS..WORDS + 1) {
        sink.set_count(WORDS, split_at_blanks(text).filter(|token| !strip(token, specials).is_empty()).count());
    }
    let language = settings.language_of(subject.language);
    let lists = [(WORDS + 2, Role::StopWords), (WORDS + 3, Role::BadWords)];
    let lists = lists.map(|(place, role)| (place, settings.lists.get(role, language)));
    if !sink.wants(WORDS + 1..WORDS + 2) && lists.iter().all(|(_, list)| list.is_none()) {
        return;
    }
    // Lower case first: some letters are special in one case only. A sigma at the end of a token is a final one in the
    // whole text too: what parts tokens ends words.
    let lower = if text.is_ascii() { text.to_ascii_lowercase() } else { python::lower(text) };
    let words: Vec<&str> =
        split_at_blanks(&lower).map(|token| strip(token, specials)).filter(|word| !word.is_empty()).collect();
    let words = Distinct::new(&lower, &words);
    let all = words.ids().len();
    if sink.wants(WORDS + 1..WORDS + 2) && u32::try_from(text.len()).is_ok() {
        set_share(sink, WORDS + 1, repeated(&words), (all + 1).saturating_sub(RUN));
    }
    for (place, list) in lists {
        if let Some(list) = list {
            let listed = words.iter().filter(|(word, _)| list.position(word).is_some());
            set_share(sink, place, listed.map(|(_, count)| count).sum(), all);
        }
    }
}

/// A token without special characters at its ends.
fn strip<'t>(token: &'t str, specials: &Specials) -> &'t str {
    // Most begin and end with an ASCII letter, and none of those is special.
    match token.as_bytes() {
        [first, .., last] if first.is_ascii_alphabetic() && last.is_ascii_alphabetic() => token,
        _ => token.trim_matches(|c| specials.has(c)),
    }
}

/// How many runs of words occur more than once, every copy counted.
fn repeated(words: &Distinct<'_>) -> usize {
    if words.ids().len() < RUN {
        return 0;
    }
    let mut counts = Counts::of_words(words);
    (2..RUN).for_each(|_| counts.grow());
    counts.repeated().map(|(_, count)| count).sum()
}
