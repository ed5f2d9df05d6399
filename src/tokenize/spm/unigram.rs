use yada::DoubleArray;
use yada::builder::DoubleArrayBuilder;

use super::{Kind, ModelFile, Normalizer, Reader, bad};
use crate::tokenize::{EncodeError, Encoder, TokenizerError, Vocabulary, utf8};

/// Below the lowest score by this much: the score of an unknown character (`unigram_model.cc`).
const UNKNOWN_PENALTY: f32 = 10.0;

/// A sum beyond this is taken off all sums, so that they stay precise.
const TOO_FAR: f32 = 100_000.0;

/// The Unigram model of SentencePiece: the cut of the text whose pieces have the highest sum of scores.
///
/// Sums are kept and compared in 32 bits from the start of the text, and begin anew when they are beyond [`TOO_FAR`], as in
/// `sentencepiece` 0.2.3 (versions before do not begin anew): which of two nearly equal cuts wins depends on it, and so on all that
/// comes before. Therefore pieces are not remembered.
pub(super) struct Unigram {
    vocabulary: Vocabulary,
    normalizer: Normalizer,
    reader: Reader,
    trie: DoubleArray<Vec<u8>>,
    /// By id.
    scores: Vec<f32>,
    unknown: u32,
    unknown_score: f32,
    bytes: Option<Box<[u32; 256]>>,
    escape: bool,
}

/// The best way to a place.
#[derive(Clone, Copy)]
struct Best {
    score: f32,
    /// Length of the last piece; 0: no way yet.
    length: u32,
    id: u32,
}

const NO_WAY: Best = Best { score: 0.0, length: 0, id: 0 };

impl Unigram {
    pub(super) fn new(file: &ModelFile) -> Result<Self, TokenizerError> {
        let normal = file.pieces.iter().filter(|piece| piece.kind == Kind::Normal).map(|piece| piece.score);
        if normal.clone().any(f32::is_nan) {
            return Err(bad("a score is not a number"));
        }
        let lowest = normal.fold(f32::MAX, f32::min);
        let (mut keys, mut scores) = (Vec::new(), vec![0.0; file.pieces.len()]);
        for (id, piece) in (0u32..).zip(&file.pieces) {
            scores[id as usize] = match piece.kind {
                // Longer ones win against shorter ones, and all against scores below 0.
                Kind::UserDefined => (0.1 * (piece.text.len() as f64 - 1.0)) as f32,
                _ => piece.score,
            };
            if matches!(piece.kind, Kind::Normal | Kind::UserDefined) {
                if piece.text.contains('\0') {
                    return Err(bad("a piece holds a zero byte"));
                }
                keys.extend(piece.spelled(file.normalizer.escape).map(|text| (text, id)));
            }
        }
        keys.sort_unstable();
        if keys.is_empty() {
            return Err(bad("it has no pieces"));
        }
        let unbuilt = |_| bad("its pieces cannot be indexed");
        let trie = DoubleArrayBuilder::build(&keys).map_err(|_| bad("its pieces cannot be indexed"))?;
        Ok(Self {
            vocabulary: Vocabulary::of(file.pieces.iter().map(|piece| &*piece.text)),
            normalizer: Normalizer::new(file)?,
            reader: Reader::new(file),
            trie: DoubleArray::new(trie).map_err(unbuilt)?,
            scores,
            unknown: file.unknown()?,
            unknown_score: lowest - UNKNOWN_PENALTY,
            bytes: file.bytes()?.map(Box::new),
            escape: file.normalizer.escape,
        })
    }

    /// Cuts `text`. Wherever no piece reaches over a place, what is before it is settled, and the space is used again.
    fn cut(&self, text: &[u8], out: &mut Vec<u32>, unknown: &mut impl FnMut(bool, &[u8])) {
        let mut best = vec![NO_WAY];
        let (mut base, mut at, mut furthest) = (0, 0, 0);
        let mut path = Vec::new();
        // No piece holds a zero byte, and the double array finds anything behind one.
        let zero_from = |from: usize| memchr::memchr(0, &text[from..]).map_or(text.len(), |found| from + found);
        let mut stop = zero_from(0);
        while at < text.len() {
            if at > stop {
                stop = zero_from(at);
            }
            if at == furthest && at > base {
                let score = best[at - base].score;
                self.settle(&text[base..at], &best, &mut path, out, unknown);
                best.clear();
                best.push(Best { score, ..NO_WAY });
                base = at;
            }
            let mut here = best[at - base].score;
            if here.abs() > TOO_FAR {
                best[at - base..].iter_mut().filter(|way| way.length > 0).for_each(|way| way.score -= here);
                (best[at - base].score, here) = (0.0, 0.0);
            }
            let length = utf8::length(text[at]);
            let mut reach = |length: usize, id: u32, score: f32| {
                let end = at - base + length;
                if best.len() <= end {
                    best.resize(end + 1, NO_WAY);
                }
                furthest = furthest.max(at + length);
                let (score, target) = (score + here, &mut best[end]);
                if target.length == 0 || score > target.score {
                    *target = Best { score, length: length as u32, id };
                }
            };
            let mut single = false;
            for (id, found) in self.trie.common_prefix_search(&text[at..stop]) {
                reach(found, id, self.scores[id as usize]);
                single |= found == length;
            }
            if !single {
                reach(length, self.unknown, self.unknown_score);
            }
            at += length;
        }
        self.settle(&text[base..], &best, &mut path, out, unknown);
    }

    fn settle(
        &self,
        text: &[u8],
        best: &[Best],
        path: &mut Vec<(usize, Best)>,
        out: &mut Vec<u32>,
        unknown: &mut impl FnMut(bool, &[u8]),
    ) {
        path.clear();
        let mut end = text.len();
        while end > 0 {
            let last = best[end];
            if last.length == 0 {
                break;
            }
            path.push((end, last));
            end -= last.length as usize;
        }
        for (end, last) in path.iter().rev() {
            match &self.bytes {
                Some(bytes) if last.id == self.unknown => {
                    for byte in &text[end - last.length as usize..*end] {
                        match *byte {
                            b' ' if self.escape => out.extend("\u{2581}".bytes().map(|byte| bytes[usize::from(byte)])),
                            byte => out.push(bytes[usize::from(byte)]),
                        }
                    }
                }
                _ => {
                    if last.id == self.unknown {
                        unknown(out.last() == Some(&self.unknown), &text[end - last.length as usize..*end]);
                    }
                    out.push(last.id);
                }
            }
        }
    }
}

impl Encoder for Unigram {
    fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<(), EncodeError> {
        if text.len() > (u32::MAX / 4) as usize {
            return Err(EncodeError::TooLong(text.len()));
        }
        let before = out.len();
        self.cut(self.normalizer.apply(text)?.as_bytes(), out, &mut |_, _| {});
        if self.bytes.is_none() {
            super::fuse(out, before, self.unknown);
        }
        Ok(())
    }

    fn encode_with_surfaces(
        &self,
        text: &str,
        out: &mut Vec<u32>,
        surfaces: &mut Vec<String>,
    ) -> Result<Option<u32>, EncodeError> {
        if self.bytes.is_some() || text.len() > (u32::MAX / 4) as usize {
            return self.encode(text, out).map(|()| None);
        }
        let mut ids = Vec::new();
        // Neighbours become one token, so one surface as well.
        self.cut(self.normalizer.apply(text)?.as_bytes(), &mut ids, &mut |follows, bytes| {
            let piece = String::from_utf8_lossy(bytes);
            let piece = if self.escape { piece.replace(' ', "\u{2581}") } else { piece.into_owned() };
            match surfaces.last_mut() {
                Some(last) if follows => last.push_str(&piece),
                _ => surfaces.push(piece),
            }
        });
        super::fuse(&mut ids, 0, self.unknown);
        out.append(&mut ids);
        Ok(Some(self.unknown))
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    fn decode(&self, ids: &[u32]) -> Result<String, EncodeError> {
        self.reader.text(ids)
    }

    fn engine(&self) -> &'static str {
        "gristmill-unigram"
    }
}
