//! The check of packed shards: pieces against sequences and documents, data against pieces.

use super::verify::{MAX_PROBLEMS, Problem, ShardFacts, outcome};
use super::{LineageRecord, Width};

/// What a packed shard must keep to.
#[derive(Debug, Clone, Copy)]
pub struct PackedLayout {
    /// Tokens of a sequence.
    pub length: u32,
    /// The token that fills what stays free.
    pub pad: u32,
    /// Ids are below this.
    pub vocab_size: u32,
    /// The last token of every document.
    pub end_of_text: Option<u32>,
}

/// Reads a packed shard sequence by sequence.
pub struct PackedCheck<'a> {
    layout: PackedLayout,
    pieces: &'a [LineageRecord],
    /// Whether a piece is the last one of its document.
    last: Vec<bool>,
    next: usize,
    facts: ShardFacts,
    sequences: u64,
    problems: Vec<Problem>,
}

/// The first thing that is wrong with the places of pieces: they ascend, none crosses the end of its sequence, and nothing but the
/// end of a sequence stays free.
fn misplaced(pieces: &[LineageRecord], length: u64) -> Option<u64> {
    let mut end = 0;
    let wrong = pieces.iter().position(|piece| {
        let (start, before) = (piece.token_start, std::mem::replace(&mut end, piece.token_end));
        let follows = start == before || start == before.next_multiple_of(length);
        !follows || piece.token_end <= start || start / length != (piece.token_end - 1) / length
    });
    wrong.map(|at| at as u64)
}

/// Which pieces end their documents; `None` when the pieces of a document do not make it whole, each copy once.
fn last_pieces(pieces: &[LineageRecord]) -> Option<Vec<bool>> {
    let end = |piece: &LineageRecord| piece.document_token + piece.token_end - piece.token_start;
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_unstable_by_key(|&at| (pieces[at].document, pieces[at].document_token, at));
    let mut last = vec![false; pieces.len()];
    for group in order.chunk_by(|&a, &b| pieces[a].document == pieces[b].document) {
        let tokens = group.iter().map(|&at| end(&pieces[at])).max().unwrap_or(0);
        // Copies may be cut at different places. Of all of them, a piece starts wherever one ends, unless it is the last.
        let starts = group.iter().map(|&at| pieces[at].document_token).filter(|&at| at > 0);
        let mut ends: Vec<u64> = group.iter().map(|&at| end(&pieces[at])).filter(|&at| at < tokens).collect();
        ends.sort_unstable();
        let copies = group.iter().filter(|&&at| pieces[at].document_token == 0).count();
        if copies == 0 || copies != group.len() - ends.len() || !starts.eq(ends) {
            return None;
        }
        group.iter().for_each(|&at| last[at] = end(&pieces[at]) == tokens);
    }
    Some(last)
}

impl<'a> PackedCheck<'a> {
    /// Checks the places of the pieces, which are the rows of the shard's lineage.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(layout: PackedLayout, pieces: &'a [LineageRecord]) -> Result<Self, Vec<Problem>> {
        if let Some(document) = misplaced(pieces, u64::from(layout.length.max(1))) {
            return Err(vec![Problem::BadEntry { document }]);
        }
        let Some(last) = last_pieces(pieces) else {
            return Err(vec![Problem::BadHeader("the pieces of a document do not make it whole".into())]);
        };
        let documents = pieces.iter().filter(|piece| piece.document_token == 0).count() as u64;
        let tokens = pieces.iter().map(|piece| piece.token_end - piece.token_start).sum();
        let facts = ShardFacts { documents, tokens, width: Width::of(layout.vocab_size), max_id: 0 };
        Ok(Self { layout, pieces, last, next: 0, facts, sequences: 0, problems: Vec::new() })
    }

    /// Sequences that the pieces fill.
    #[must_use]
    pub fn expected(&self) -> u64 {
        self.pieces.last().map_or(0, |piece| piece.token_end.div_ceil(u64::from(self.layout.length.max(1))))
    }

    /// Checks the next sequence. `false`: enough is known.
    pub fn sequence(&mut self, ids: &[u32]) -> bool {
        let (length, number) = (u64::from(self.layout.length), self.sequences);
        self.sequences += 1;
        if ids.len() as u64 != length {
            self.problems.push(Problem::BadSequence { sequence: number });
            return false;
        }
        self.facts.max_id = ids.iter().fold(self.facts.max_id, |max, id| max.max(*id));
        let (first, base, mut end) = (self.next, number * length, 0);
        while let Some(piece) = self.pieces.get(self.next).filter(|piece| piece.token_start < base + length) {
            #[allow(clippy::cast_possible_truncation, reason = "below the length of a sequence")]
            let range = (piece.token_start - base) as usize..(piece.token_end - base) as usize;
            end = range.end;
            let document = self.next as u64;
            let outside = ids[range].iter().find(|id| **id >= self.layout.vocab_size);
            self.problems.extend(outside.map(|&id| Problem::IdOutOfRange { document, id }));
            let ended = self.layout.end_of_text.is_none_or(|id| ids[end - 1] == id);
            if self.last[self.next] && !ended {
                self.problems.push(Problem::NoEndOfText { document });
            }
            self.next += 1;
        }
        if first == self.next || ids[end..].iter().any(|id| *id != self.layout.pad) {
            self.problems.push(Problem::BadSequence { sequence: number });
        }
        self.problems.len() <= MAX_PROBLEMS
    }

    /// The facts, once all sequences were given.
    ///
    /// # Errors
    /// All problems that were found, at most [`MAX_PROBLEMS`] of them.
    pub fn finish(mut self) -> Result<ShardFacts, Vec<Problem>> {
        let expected = self.expected();
        if self.problems.is_empty() && self.sequences != expected {
            self.problems.push(Problem::BadSequence { sequence: self.sequences.min(expected) });
        }
        outcome(self.facts, self.problems)
    }
}

/// Where documents and padding end, as datatrove's index has it for packed shards.
#[must_use]
pub fn packed_ends(pieces: &[LineageRecord], length: u64) -> Vec<u64> {
    let mut ends = Vec::new();
    let mut end = 0;
    for piece in pieces {
        if piece.token_start > end {
            ends.push(piece.token_start);
        }
        end = piece.token_end;
        ends.push(end);
    }
    if !end.is_multiple_of(length.max(1)) {
        ends.push(end.next_multiple_of(length));
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DocId;

    fn piece(document: u64, token_start: u64, token_end: u64, document_token: u64) -> LineageRecord {
        let (source, file) = ("s".into(), "f".into());
        let document = DocId::of("s", "f", document);
        LineageRecord { token_start, token_end, document_token, document, source, file, offset: 0 }
    }

    const LAYOUT: PackedLayout = PackedLayout { length: 4, pad: 7, vocab_size: 10, end_of_text: Some(0) };

    fn check(pieces: &[LineageRecord], data: &[[u32; 4]]) -> Result<ShardFacts, Vec<Problem>> {
        let mut check = PackedCheck::new(LAYOUT, pieces)?;
        data.iter().all(|ids| check.sequence(ids));
        check.finish()
    }

    #[test]
    fn sound_pieces_pass_and_every_flaw_is_named() {
        let pieces = [piece(1, 0, 4, 0), piece(1, 4, 6, 4), piece(2, 8, 9, 0)];
        let data = [[1, 2, 3, 4], [5, 0, 7, 7], [0, 7, 7, 7]];
        let facts = check(&pieces, &data).unwrap();
        assert_eq!((facts.documents, facts.tokens, facts.max_id), (2, 7, 7));
        assert_eq!(packed_ends(&pieces, 4), [4, 6, 8, 9, 12]);
        for (sequence, at, id) in [(0, 1, 10), (1, 1, 3), (1, 3, 0), (2, 0, 5)] {
            let mut bad = data;
            bad[sequence][at] = id;
            assert!(check(&pieces, &bad).is_err(), "{id} at {at} of {sequence}");
        }
        assert!(check(&pieces, &data[..2]).is_err());
        assert!(check(&pieces, &[data.as_slice(), &data[2..]].concat()).is_err());
        for wrong in [
            [piece(1, 0, 4, 0), piece(1, 4, 6, 3), piece(2, 8, 9, 0)],
            [piece(1, 0, 4, 0), piece(1, 5, 7, 4), piece(2, 8, 9, 0)],
            [piece(1, 0, 3, 0), piece(1, 3, 6, 3), piece(2, 8, 9, 0)],
            [piece(1, 0, 4, 0), piece(1, 4, 6, 4), piece(2, 8, 9, 1)],
            [piece(1, 0, 4, 0), piece(1, 4, 6, 4), piece(1, 8, 9, 4)],
        ] {
            assert!(check(&wrong, &data).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn copies_may_be_cut_at_different_places() {
        let pieces = [piece(1, 0, 3, 0), piece(1, 3, 4, 0), piece(1, 4, 6, 1)];
        check(&pieces, &[[1, 2, 0, 1], [2, 0, 7, 7]]).unwrap();
        let pieces = [piece(1, 0, 3, 0), piece(1, 3, 4, 0), piece(1, 4, 5, 2)];
        assert!(check(&pieces, &[[1, 2, 0, 1], [0, 7, 7, 7]]).is_err());
    }
}
