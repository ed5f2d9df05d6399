//! Packing: documents become sequences of one length.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How documents come into sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A document that is longer than a sequence is cut into pieces of that length; pieces are packed by best-fit decreasing
    /// (Ding et al. 2024, "Fewer Truncations Improve Language Modeling").
    BestFit,
    /// Documents follow each other and are cut wherever a sequence ends.
    Concatenate,
}

/// What packing is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packing {
    /// How.
    pub method: Method,
    /// Tokens of a sequence, at least 1.
    pub length: u32,
    /// Tokens that are packed together by best fit; see [`Packing::window`].
    pub window: u64,
    /// The token that fills what stays free.
    pub pad: u32,
}

/// Sequences that a window holds at least, so that there is something to choose from.
const LEAST_SEQUENCES: u64 = 16;

impl Packing {
    /// Tokens after which a window is packed.
    #[must_use]
    pub fn window(&self) -> u64 {
        self.window.max(LEAST_SEQUENCES * u64::from(self.length))
    }

    /// Bytes that one [`Packer`] holds, about.
    #[must_use]
    pub fn memory(&self) -> u64 {
        match self.method {
            // A piece's record is small beside its ids; a quarter more is generous for documents of 60 tokens and longer.
            Method::BestFit => (self.window() + u64::from(self.length)) * 5,
            Method::Concatenate => u64::from(self.length) * 8,
        }
    }
}

/// What packing came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PackCounts {
    /// Sequences.
    pub sequences: u64,
    /// Pieces of documents in them.
    pub pieces: u64,
    /// Places that no token fills.
    pub padding: u64,
    /// Documents that are in more than one piece.
    pub cut: u64,
    /// Documents that are longer than a sequence: no method can leave them whole.
    pub longer: u64,
}

impl PackCounts {
    /// Adds what another shard came to.
    pub fn add(&mut self, other: &Self) {
        self.sequences += other.sequences;
        self.pieces += other.pieces;
        self.padding += other.padding;
        self.cut += other.cut;
        self.longer += other.longer;
    }
}

/// A piece of a document in a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<O> {
    /// Where it starts in the sequence.
    pub start: u32,
    /// Its tokens.
    pub n_tokens: u32,
    /// Where it starts in its document.
    pub document_token: u32,
    /// Where the document comes from.
    pub origin: O,
}

/// One sequence: pieces without gaps, then padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence<O> {
    /// As many ids as the packing's length.
    pub ids: Vec<u32>,
    /// The pieces in order.
    pub pieces: Vec<Piece<O>>,
}

/// A piece that waits for its sequence.
#[derive(Clone, Copy)]
struct Held<O> {
    at: usize,
    n_tokens: u32,
    document_token: u32,
    origin: O,
}

/// Packs a stream of documents. What comes out depends on the documents and their order alone; memory is that of a window.
///
/// Sequences of a window stand in the order of their first pieces, and pieces of a sequence in the order of the documents. The
/// sequence that is least full at the end of a window goes on into the next one, so that windows cost no padding.
pub struct Packer<O> {
    packing: Packing,
    ids: Vec<u32>,
    held: Vec<Held<O>>,
    sequence: Sequence<O>,
    counts: PackCounts,
    documents: u64,
    tokens: u64,
}

impl<O: Copy> Packer<O> {
    /// Starts.
    #[must_use]
    pub fn new(packing: Packing) -> Self {
        let sequence = Sequence { ids: Vec::new(), pieces: Vec::new() };
        let (ids, held, counts) = (Vec::new(), Vec::new(), PackCounts::default());
        Self { packing, ids, held, sequence, counts, documents: 0, tokens: 0 }
    }

    /// Adds a document. One without tokens leaves no trace.
    ///
    /// # Errors
    /// Those of `emit`, which takes finished sequences.
    pub fn push<E>(
        &mut self,
        ids: &[u32],
        origin: O,
        emit: &mut impl FnMut(&Sequence<O>) -> Result<(), E>,
    ) -> Result<(), E> {
        let length = self.packing.length.max(1) as usize;
        let (mut rest, mut from, mut pieces) = (ids, 0, 0u64);
        while !rest.is_empty() {
            let room = match self.packing.method {
                Method::BestFit => length,
                Method::Concatenate => length - self.ids.len(),
            };
            let (piece, after) = rest.split_at(room.min(rest.len()));
            #[allow(clippy::cast_possible_truncation, reason = "a run holds documents below 2^31 tokens")]
            let (n_tokens, document_token) = (piece.len() as u32, from as u32);
            self.held.push(Held { at: self.ids.len(), n_tokens, document_token, origin });
            self.ids.extend_from_slice(piece);
            (rest, from, pieces) = (after, from + piece.len(), pieces + 1);
            match self.packing.method {
                Method::BestFit if self.ids.len() as u64 >= self.packing.window() => self.pack(false, emit)?,
                Method::Concatenate if self.ids.len() == length => self.cut(emit)?,
                _ => {}
            }
        }
        self.documents += u64::from(pieces > 0);
        self.tokens += ids.len() as u64;
        self.counts.cut += u64::from(pieces > 1);
        self.counts.longer += u64::from(ids.len() > length);
        Ok(())
    }

    /// Packs what is left.
    ///
    /// # Errors
    /// Those of `emit`.
    pub fn finish<E>(&mut self, emit: &mut impl FnMut(&Sequence<O>) -> Result<(), E>) -> Result<(), E> {
        match self.packing.method {
            _ if self.held.is_empty() => Ok(()),
            Method::BestFit => self.pack(true, emit),
            Method::Concatenate => self.cut(emit),
        }
    }

    /// What it came to so far: counts, documents, tokens.
    #[must_use]
    pub fn counts(&self) -> (PackCounts, u64, u64) {
        (self.counts, self.documents, self.tokens)
    }

    /// Emits all that is held as one sequence.
    fn cut<E>(&mut self, emit: &mut impl FnMut(&Sequence<O>) -> Result<(), E>) -> Result<(), E> {
        let all: Vec<usize> = (0..self.held.len()).collect();
        self.emit(&all, emit)?;
        self.ids.clear();
        self.held.clear();
        Ok(())
    }

    fn pack<E>(&mut self, last: bool, emit: &mut impl FnMut(&Sequence<O>) -> Result<(), E>) -> Result<(), E> {
        let lengths: Vec<u32> = self.held.iter().map(|piece| piece.n_tokens).collect();
        let mut bins = best_fit(&lengths, self.packing.length);
        let mut carried = Vec::new();
        if !last {
            // Of equally empty ones the last.
            let emptiest = (0..bins.len()).max_by_key(|&bin| (bins[bin].free, bin));
            if let Some(bin) = emptiest.filter(|&bin| bins[bin].free > 0) {
                carried = bins.swap_remove(bin).pieces;
            }
        }
        for bin in &mut bins {
            bin.pieces.sort_unstable();
        }
        bins.sort_unstable_by(|a, b| a.pieces.cmp(&b.pieces));
        for bin in &bins {
            self.emit(&bin.pieces, emit)?;
        }
        carried.sort_unstable();
        let (mut ids, mut held) = (Vec::new(), Vec::new());
        for piece in carried.into_iter().map(|piece| self.held[piece]) {
            let at = ids.len();
            ids.extend_from_slice(&self.ids[piece.at..piece.at + piece.n_tokens as usize]);
            held.push(Held { at, ..piece });
        }
        self.ids.clear();
        self.ids.extend_from_slice(&ids);
        self.held = held;
        Ok(())
    }

    fn emit<E>(&mut self, pieces: &[usize], emit: &mut impl FnMut(&Sequence<O>) -> Result<(), E>) -> Result<(), E> {
        let sequence = &mut self.sequence;
        sequence.ids.clear();
        sequence.pieces.clear();
        for &Held { at, n_tokens, document_token, origin } in pieces.iter().map(|&piece| &self.held[piece]) {
            #[allow(clippy::cast_possible_truncation, reason = "at most the length of a sequence")]
            let start = sequence.ids.len() as u32;
            sequence.ids.extend_from_slice(&self.ids[at..at + n_tokens as usize]);
            sequence.pieces.push(Piece { start, n_tokens, document_token, origin });
        }
        self.counts.sequences += 1;
        self.counts.pieces += pieces.len() as u64;
        self.counts.padding += (self.packing.length as usize - sequence.ids.len()) as u64;
        sequence.ids.resize(self.packing.length as usize, self.packing.pad);
        emit(sequence)
    }
}

/// A sequence that is being filled.
struct Bin {
    free: u32,
    pieces: Vec<usize>,
}

/// Best-fit decreasing: pieces by falling length (equal ones in order), each into the sequence with the least room that is
/// enough (of equal ones the oldest), else into a new one. n log n.
fn best_fit(lengths: &[u32], length: u32) -> Vec<Bin> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&piece| std::cmp::Reverse(lengths[piece]));
    let (mut bins, mut open): (Vec<Bin>, BTreeSet<(u32, usize)>) = (Vec::new(), BTreeSet::new());
    for piece in order {
        let wanted = lengths[piece];
        let bin = match open.range((wanted, 0)..).next().copied() {
            Some(place) => {
                open.remove(&place);
                place.1
            }
            None => {
                bins.push(Bin { free: length, pieces: Vec::new() });
                bins.len() - 1
            }
        };
        bins[bin].free -= wanted;
        bins[bin].pieces.push(piece);
        if bins[bin].free > 0 {
            open.insert((bins[bin].free, bin));
        }
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    type Out = Vec<Sequence<usize>>;

    fn packed(method: Method, length: u32, window: u64, documents: &[Vec<u32>]) -> (Out, PackCounts) {
        let mut packer = Packer::new(Packing { method, length, window, pad: 0 });
        let mut out = Vec::new();
        let mut emit = |sequence: &Sequence<usize>| -> Result<(), Infallible> {
            out.push(sequence.clone());
            Ok(())
        };
        for (n, ids) in documents.iter().enumerate() {
            packer.push(ids, n, &mut emit).unwrap();
        }
        packer.finish(&mut emit).unwrap();
        let (counts, documents_seen, tokens) = packer.counts();
        assert_eq!(documents_seen as usize, documents.iter().filter(|ids| !ids.is_empty()).count());
        assert_eq!(tokens as usize, documents.iter().map(Vec::len).sum::<usize>());
        (out, counts)
    }

    fn documents(lengths: &[u32]) -> Vec<Vec<u32>> {
        (1..).zip(lengths).map(|(n, &length)| (0..length).map(|k| n * 1000 + k).collect()).collect()
    }

    /// Documents put together again from their pieces.
    fn whole(sequences: &Out, n: usize) -> Vec<Vec<u32>> {
        let mut pieces: Vec<(usize, u32, Vec<u32>)> = Vec::new();
        for sequence in sequences {
            let mut end = 0;
            for piece in &sequence.pieces {
                assert_eq!(piece.start, end, "no gap between pieces");
                end += piece.n_tokens;
                let ids = sequence.ids[piece.start as usize..end as usize].to_vec();
                pieces.push((piece.origin, piece.document_token, ids));
            }
            assert!(sequence.ids[end as usize..].iter().all(|id| *id == 0));
        }
        pieces.sort();
        let mut out = vec![Vec::new(); n];
        for (document, from, ids) in pieces {
            assert_eq!(out[document].len(), from as usize);
            out[document].extend(ids);
        }
        out
    }

    #[test]
    fn best_fit_fills_gaps_and_cuts_only_what_is_longer() {
        let documents = documents(&[3, 7, 25, 5, 2, 8]);
        let (sequences, counts) = packed(Method::BestFit, 10, 1, &documents);
        assert_eq!(whole(&sequences, 6), documents);
        // 25 = 10 + 10 + 5; 8 + 2, 7 + 3, 5 + 5.
        assert_eq!((counts.sequences, counts.padding), (5, 0));
        assert_eq!((counts.cut, counts.longer, counts.pieces), (1, 1, 8));
        // By their first documents.
        let firsts: Vec<usize> = sequences.iter().map(|sequence| sequence.pieces[0].origin).collect();
        assert_eq!(firsts, [0, 2, 2, 2, 4]);
    }

    #[test]
    fn concatenation_leaves_only_the_end_free() {
        let documents = documents(&[3, 7, 25, 5, 2, 8, 0, 1]);
        let (sequences, counts) = packed(Method::Concatenate, 10, 1, &documents);
        assert_eq!(whole(&sequences, 8), documents);
        assert_eq!((counts.sequences, counts.padding), (6, 9));
        assert_eq!((counts.cut, counts.longer), (1, 1));
        let (_, counts) = packed(Method::Concatenate, 10, 1, &self::documents(&[6, 6, 6]));
        assert_eq!((counts.cut, counts.longer, counts.padding), (1, 0, 2));
    }

    #[test]
    fn windows_lose_nothing_and_cost_no_padding() {
        let mut state = 1u32;
        let lengths: Vec<u32> = (0..3000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                1 + (state >> 16) % 90
            })
            .collect();
        let documents = documents(&lengths);
        let sum: u64 = lengths.iter().map(|n| u64::from(*n)).sum();
        for window in [1, 5_000, 1_000_000] {
            let (sequences, counts) = packed(Method::BestFit, 64, window, &documents);
            assert_eq!(whole(&sequences, documents.len()), documents, "window {window}");
            assert_eq!(counts.sequences * 64, sum + counts.padding);
            assert_eq!(counts.cut, counts.longer, "best fit cuts nothing else");
            // Documents of 1 to 90 tokens in 64: 1.8 % in the smallest window, and far less beyond.
            assert!(counts.padding * 1000 < sum * if window > 1 { 5 } else { 25 }, "{window}: {counts:?} of {sum}");
        }
    }

    /// The rule read literally, by looking at every sequence.
    #[test]
    fn best_fit_is_best_fit() {
        let lengths = [5, 9, 3, 3, 8, 1, 2, 7, 4, 6, 10, 1, 2];
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|&piece| (10 - lengths[piece], piece));
        let mut bins: Vec<(u32, Vec<usize>)> = Vec::new();
        for piece in order {
            let fits =
                (0..bins.len()).filter(|&bin| bins[bin].0 >= lengths[piece]).min_by_key(|&bin| (bins[bin].0, bin));
            let bin = fits.unwrap_or_else(|| {
                bins.push((10, Vec::new()));
                bins.len() - 1
            });
            bins[bin].0 -= lengths[piece];
            bins[bin].1.push(piece);
        }
        let found: Vec<(u32, Vec<usize>)> =
            best_fit(&lengths, 10).into_iter().map(|bin| (bin.free, bin.pieces)).collect();
        assert_eq!(found, bins);
    }
}
