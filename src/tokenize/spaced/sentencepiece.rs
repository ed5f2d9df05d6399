use std::collections::{BTreeSet, HashMap};

use super::characters::{Characters, Unknown};
use super::words::{Junctions, Words};
use super::{Back, Form, SpacedBpe};
use crate::tokenize::fast::recognise::finder;
use crate::tokenize::fast::{Added, MAX_IDS, Merges, Pool, Ranked};
use crate::tokenize::spm::{Kind, ModelFile, Normalizer, Reader, bad};
use crate::tokenize::{TokenizerError, Vocabulary};

impl SpacedBpe {
    /// Builds the encoder of a SentencePiece BPE model. Its merges are all ways to make a piece of two others, or of characters;
    /// their order is that of the scores.
    ///
    /// # Errors
    /// When the model has what this encoder does not reproduce.
    pub(in crate::tokenize) fn from_sentencepiece(file: &ModelFile) -> Result<Self, TokenizerError> {
        if file.pieces.iter().any(|piece| piece.kind == Kind::Unused) {
            return Err(bad("it is a BPE model with unused pieces, whose text depends on the order of merges"));
        }
        let escaped = file.normalizer.escape;
        let spelled: Vec<Option<String>> = file.pieces.iter().map(|piece| piece.spelled(escaped)).collect();
        let mut by_text: HashMap<&str, u32> = HashMap::new();
        for (id, (piece, text)) in (0u32..).zip(file.pieces.iter().zip(&spelled)) {
            let joins = matches!(piece.kind, Kind::Normal | Kind::UserDefined);
            if let Some(text) = text.as_deref().filter(|_| joins) {
                by_text.insert(text, id);
            }
            let one = text.as_deref().is_some_and(|text| text.chars().count() == 1);
            if piece.kind == Kind::Control && one {
                return Err(bad("a control symbol is one character; `sentencepiece` fails on text with it"));
            }
        }
        let chars: BTreeSet<char> = by_text.keys().flat_map(|text| text.chars()).collect();
        let ghosts = file.pieces.len() as u32;
        let unknown_chars: Vec<char> = file
            .pieces
            .iter()
            .filter(|piece| piece.kind == Kind::Unknown)
            .filter_map(|piece| piece.text.chars().next().filter(|_| piece.text.chars().count() == 1))
            .collect();
        let (mut symbols, mut ghost_chars) = (Vec::new(), Vec::new());
        for char in chars {
            let known = by_text.get(char.encode_utf8(&mut [0; 4]) as &str).copied();
            // A character that is spelled as the unknown piece is unknown, but takes part in merges.
            let symbol = known.filter(|_| !unknown_chars.contains(&char)).unwrap_or_else(|| {
                ghost_chars.push(char);
                ghosts + ghost_chars.len() as u32 - 1
            });
            symbols.push((char, symbol));
        }
        let (merges, ties, junctions) = merges(file, &by_text, &symbols)?;
        let merges = Merges::ranked(&merges, ties)
            .ok_or_else(|| bad(&format!("it has more than {MAX_IDS} pieces and characters")))?;
        let unknown = match file.bytes()? {
            Some(bytes) => Unknown::Bytes(Box::new(bytes)),
            None => Unknown::Token(file.unknown()?),
        };
        let fuse = if let Unknown::Token(id) = unknown { Some(id) } else { None };
        let frozen = file.pieces.iter().zip(&spelled).zip(0u32..).filter_map(|((piece, text), id)| {
            let content = text.clone().filter(|_| piece.kind == Kind::UserDefined)?;
            Some(Added { content, id, lstrip: false, rstrip: false, single_word: false })
        });
        let frozen = finder(frozen.collect()).ok_or_else(|| bad("two user-defined symbols are the same"))?;
        Ok(Self {
            vocabulary: Vocabulary::of(file.pieces.iter().map(|piece| &*piece.text)),
            model: Characters::new(&symbols, merges, unknown, escaped, ghosts, ghost_chars),
            words: Words { junctions, single: false },
            form: Form::SentencePiece { normalizer: Box::new(Normalizer::new(file)?), symbols: frozen, fuse },
            back: Back::SentencePiece(Reader::new(file)),
            pool: Pool::default(),
        })
    }
}

type Found = (Vec<Ranked>, bool, Junctions);

/// Every way to make a piece of two symbols, with the place of the piece's score among all as rank.
fn merges(file: &ModelFile, by_text: &HashMap<&str, u32>, symbols: &[(char, u32)]) -> Result<Found, TokenizerError> {
    let mut scores: Vec<f32> = by_text.values().map(|id| file.pieces[*id as usize].score).collect();
    if scores.iter().any(|score| score.is_nan()) {
        return Err(bad("a score is not a number"));
    }
    scores.sort_unstable_by(|a, b| b.total_cmp(a));
    // 0 and -0 are equal.
    scores.dedup_by(|a, b| a == b);
    let of_char: HashMap<char, u32> = symbols.iter().copied().collect();
    let symbol = |text: &str| match by_text.get(text) {
        Some(id) if text.chars().count() > 1 => Some(*id),
        _ => {
            let mut chars = text.chars();
            chars.next().filter(|_| chars.next().is_none()).and_then(|char| of_char.get(&char).copied())
        }
    };
    let (mut found, mut junctions, mut made_at) = (Vec::new(), Junctions::new(), vec![None; scores.len()]);
    let mut ties = false;
    let mut pieces: Vec<(&str, u32)> = by_text.iter().map(|(text, id)| (*text, *id)).collect();
    pieces.sort_unstable_by_key(|(_, id)| *id);
    for (text, id) in pieces {
        let score = file.pieces[id as usize].score;
        let rank = scores.partition_point(|other| *other > score);
        let before = found.len();
        for (at, right) in text.char_indices().skip(1) {
            if let (Some(a), Some(b)) = (symbol(&text[..at]), symbol(&text[at..])) {
                found.push((a, b, id, rank as u32));
                let left = text[..at].chars().next_back().unwrap_or_default();
                junctions.add(left, right);
            }
        }
        if found.len() > before && made_at[rank].replace(id).is_some() {
            ties = true;
        }
    }
    Ok((found, ties, junctions))
}
