//! The items that a document holds.

use super::walk::{Followed, walk};
use super::{Index, Tokens, clean, parts, score};
use crate::tokenize::EncodeError;
use std::collections::BTreeMap;
use std::ops::Range;

/// A part of an item in a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// How much of it was found, weighed by rarity: 0 to 1, or a little more where parts of items repeat.
    pub share: f32,
    /// Where it stands, in tokens of the cleaned document.
    pub tokens: Vec<Range<usize>>,
}

/// An item that a document holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The caller's number.
    pub item: u32,
    /// How much of it was found, all parts together: `min_score` to 1.
    pub score: f32,
    /// Its question.
    pub question: Piece,
    /// Its answer, if it has one.
    pub answer: Option<Piece>,
    /// Its passage, if it has one.
    pub passage: Option<Piece>,
}

impl Found {
    fn start(&self) -> usize {
        self.question.tokens.first().map_or(0, |span| span.start)
    }

    fn spans(&self) -> impl Iterator<Item = &Range<usize>> {
        let parts = [Some(&self.question), self.answer.as_ref(), self.passage.as_ref()];
        parts.into_iter().flatten().flat_map(|piece| &piece.tokens)
    }
}

impl Index {
    /// The items that a text holds, in the order of the text; and, if `places` are wanted, the bytes where they stand, rising.
    ///
    /// # Errors
    /// When the tokenizer refuses the text.
    pub fn search(&self, text: &str, places: bool) -> Result<(Vec<Found>, Vec<Range<usize>>), EncodeError> {
        let clean = clean(text);
        let tokens = self.tokens.of_document(&clean)?;
        let found = self.find(&tokens);
        let spans = if places && !found.is_empty() {
            // Without places everything is the item's.
            self.places(text, &clean, &tokens, &found).unwrap_or_else(|| std::iter::once(0..text.len()).collect())
        } else {
            Vec::new()
        };
        Ok((found, spans))
    }

    /// The items that tokens hold.
    fn find(&self, tokens: &[u32]) -> Vec<Found> {
        let n = self.rules.ngram;
        // decon's least.
        if tokens.len() < n * 2 {
            return Vec::new();
        }
        let mut out = Vec::new();
        let mut at = 0;
        while at <= tokens.len() - n {
            let gram = self.grams.find(&tokens[at..at + n]).map(|gram| (gram, self.entries_with(gram).len()));
            match gram {
                Some((gram, entries)) if (1..=self.common()).contains(&entries) => {
                    let (followed, end) = walk(self, tokens, at, gram);
                    let mut best: BTreeMap<(usize, u32), Found> = BTreeMap::new();
                    for found in followed.iter().filter_map(|one| self.judge(tokens, one)) {
                        let key = (found.start(), found.item);
                        if best.get(&key).is_none_or(|other| other.score < found.score) {
                            best.insert(key, found);
                        }
                    }
                    out.extend(best.into_values());
                    at = end + 1;
                }
                Some((_, 1..)) => at += 1,
                _ => at += self.rules.sample_every,
            }
        }
        // Walks to the left may reach the same place twice.
        out.sort_by(|a, b| (a.start(), a.item).cmp(&(b.start(), b.item)).then(b.score.total_cmp(&a.score)));
        out.dedup_by_key(|found| (found.start(), found.item));
        out
    }

    /// The score of an item that was followed, if it is high enough.
    fn judge(&self, tokens: &[u32], one: &Followed) -> Option<Found> {
        let (rules, entry) = (&self.rules, &self.entries[one.entry as usize]);
        let sum: f32 =
            one.grams.iter().map(|&gram| score::idf(self.total(), self.entries_with(gram).len() as u32)).sum();
        let question = if entry.idf > 0.0 { sum / entry.idf } else { 0.0 };
        let least = score::least_question(rules);
        if question < least || question < score::required(entry.tokens as usize, rules, least) {
            return None;
        }
        let end = one.last + rules.ngram;
        // N-grams of the question that its end repeats may belong to the answer.
        let excess = (end - one.first).saturating_sub(entry.tokens as usize);
        let behind = (end - 1).saturating_sub(excess) + 1;
        let answer = entry.answer.as_ref().map(|part| parts::answer(self, part, tokens, behind));
        let passage = entry.passage.as_ref().map(|part| parts::passage(self, part, tokens, one.first));
        let share = |seen: &Option<parts::Seen>, size: Option<u32>| Some((seen.as_ref()?.0, size? as usize));
        let shares = score::Shares {
            question,
            question_grams: entry.grams.len(),
            question_tokens: entry.tokens as usize,
            answer: share(&answer, entry.answer.as_ref().map(|part| part.unique)),
            passage: share(&passage, entry.passage.as_ref().map(|part| part.tokens)),
        };
        let score = score::score(&shares, rules);
        let piece = |(share, tokens)| Piece { share, tokens };
        let answer = answer.map(piece);
        let first = answer.as_ref().and_then(|piece| piece.tokens.first());
        let end = first.filter(|span| span.start < end && excess > 0).map_or(end, |span| span.start.max(one.first));
        let question = piece((question, std::iter::once(one.first..end).collect()));
        (score >= rules.min_score).then_some(Found {
            item: entry.item,
            score,
            question,
            answer,
            passage: passage.map(piece),
        })
    }

    /// The bytes of a text where items stand, joined, rising.
    fn places(&self, text: &str, clean: &str, tokens: &[u32], found: &[Found]) -> Option<Vec<Range<usize>>> {
        let mut spans: Vec<Range<usize>> = found.iter().flat_map(Found::spans).cloned().collect();
        spans.sort_by_key(|span| (span.start, span.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        let borders: Vec<usize> = joined.iter().flat_map(|span| [span.start, span.end]).collect();
        let places = self.tokens.places(clean, tokens, &borders)?;
        let origins = clean::origins(text);
        let byte = |pair: &[usize]| clean::original(text, clean, &origins, pair[0]..pair[1]);
        Some(places.chunks_exact(2).filter_map(byte).collect())
    }
}

const _: () = assert!(Tokens::UNKNOWN == u32::MAX, "no item has it, so no n-gram with it is found");
