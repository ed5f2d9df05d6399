//! Answers behind a question, and passages before it.

use super::Index;
use super::index::Part;
use std::collections::BTreeSet;
use std::ops::Range;

/// How much of a part was found, and where in the tokens.
pub(super) type Seen = (f32, Vec<Range<usize>>);

const NOTHING: Seen = (0.0, Vec::new());

/// Looks for an answer from token `from` on.
pub(super) fn answer(index: &Index, part: &Part, tokens: &[u32], from: usize) -> Seen {
    if part.tokens as usize <= index.rules.short_answer {
        return short(index, part, tokens, from);
    }
    let n = index.rules.answer_ngram;
    let window = index.rules.answer_window.max(part.tokens as usize * 2);
    let end = (from + window).min(tokens.len());
    if end < from + n || part.idf == 0.0 {
        return NOTHING;
    }
    let (mut seen, mut sum, mut spans) = (BTreeSet::new(), 0.0_f32, Vec::<Range<usize>>::new());
    for at in from..=end - n {
        let Some(gram) = index.grams.find(&tokens[at..at + n]).filter(|&gram| index.has(&part.grams, gram)) else {
            continue;
        };
        if seen.insert(gram) {
            sum += index.answer_idf(gram);
        }
        match spans.last_mut() {
            // No more than an n-gram's length between them.
            Some(last) if at < last.end + n => last.end = last.end.max(at + n),
            _ => spans.push(at..at + n),
        }
    }
    if spans.is_empty() { NOTHING } else { (share(sum, part.idf), spans) }
}

/// The whole of a short answer, the first time that it begins in the window.
fn short(index: &Index, part: &Part, tokens: &[u32], from: usize) -> Seen {
    let words = index.grams.tokens(part.from, part.tokens);
    let until = (from + index.rules.short_answer_window).min(tokens.len());
    match (from..until).find(|&at| tokens[at..].starts_with(words)) {
        // All its tokens are there: all or, if they tell nothing, none of their weight.
        Some(at) => (if part.idf > 0.0 { 1.0 } else { 0.0 }, std::iter::once(at..at + words.len()).collect()),
        None => NOTHING,
    }
}

/// Looks for a passage before token `question`, from there to the left.
pub(super) fn passage(index: &Index, part: &Part, tokens: &[u32], question: usize) -> Seen {
    let n = index.rules.passage_ngram;
    let window = index.rules.passage_window.max(part.tokens as usize * 2);
    // decon leaves one token between.
    let end = question.saturating_sub(1);
    let start = end.saturating_sub(window);
    if start >= end || end - start < n || part.idf == 0.0 {
        return NOTHING;
    }
    let (mut seen, mut sum, mut misses) = (BTreeSet::new(), 0.0_f32, 0);
    let mut span: Option<Range<usize>> = None;
    for at in (start..=end - n).rev() {
        match index.grams.find(&tokens[at..at + n]).filter(|&gram| index.has(&part.grams, gram)) {
            Some(gram) => {
                if seen.insert(gram) {
                    sum += index.passage_idf(gram);
                }
                span = Some(at..span.map_or(at + n, |span| span.end));
                misses = 0;
            }
            None if span.is_some() => {
                misses += 1;
                if misses > index.rules.passage_misses {
                    break;
                }
            }
            None => {}
        }
    }
    span.map_or(NOTHING, |span| (share(sum, part.idf), std::iter::once(span).collect()))
}

fn share(sum: f32, of: f32) -> f32 {
    if of > 0.0 { sum / of } else { 0.0 }
}
