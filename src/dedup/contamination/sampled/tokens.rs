//! Cleaned texts to tokens.

use super::super::words::{UNKNOWN, Words};
use crate::text::{each_segment, python};
use crate::tokenize::{EncodeError, Encoder};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whose tokens.
pub enum Tokens {
    /// Segments of UAX #29, spaces too: decon's `uniseg`. Those of items are numbered.
    Segments(SegmentNumbers),
    /// Those of a tokenizer file.
    File(Arc<dyn Encoder>),
}

/// Segments by number.
#[derive(Debug, Default)]
pub struct SegmentNumbers(Words);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Segments(_) => "Segments",
            Self::File(_) => "File",
        })
    }
}

impl Tokens {
    /// Tokens of an item; new segments get numbers.
    pub(super) fn of_item(&mut self, clean: &str) -> Result<Vec<u32>, EncodeError> {
        let mut out = Vec::with_capacity(clean.len() / 4 + 8);
        match self {
            Self::Segments(SegmentNumbers(words)) => each_segment(clean, |segment| out.push(words.add(segment))),
            Self::File(encoder) => encoder.encode(clean, &mut out)?,
        }
        Ok(out)
    }

    /// Tokens of a document; segments that no item has share one number.
    pub(super) fn of_document(&self, clean: &str) -> Result<Vec<u32>, EncodeError> {
        let mut out = Vec::with_capacity(clean.len() / 4 + 8);
        match self {
            Self::Segments(SegmentNumbers(words)) => each_segment(clean, |segment| out.push(words.find(segment))),
            Self::File(encoder) => encoder.encode(clean, &mut out)?,
        }
        Ok(out)
    }

    /// The number that tokens share which no item can have.
    pub(super) const UNKNOWN: u32 = UNKNOWN;

    /// Tokens that are more than white space. Segments all count, spaces too, as decon counts them.
    pub(super) fn count(&self, tokens: &[u32]) -> Result<usize, EncodeError> {
        let Self::File(encoder) = self else { return Ok(tokens.len()) };
        let mut times: BTreeMap<u32, usize> = BTreeMap::new();
        for &token in tokens {
            *times.entry(token).or_default() += 1;
        }
        let mut count = 0;
        for (token, times) in times {
            let text = encoder.decode(&[token])?;
            // Python's white space: decon's lists of tokens were made with it.
            count += if text.is_empty() || !text.chars().all(python::is_space) { times } else { 0 };
        }
        Ok(count)
    }

    /// Where in `clean` its tokens begin, for the numbers of tokens in `wanted` (rising; one behind the last is the end). `None`
    /// when the tokens do not give the text back.
    pub(super) fn places(&self, clean: &str, tokens: &[u32], wanted: &[usize]) -> Option<Vec<usize>> {
        let Self::File(encoder) = self else {
            let mut starts = Vec::with_capacity(tokens.len() + 1);
            let mut at = 0;
            each_segment(clean, |segment| {
                starts.push(at);
                at += segment.len();
            });
            starts.push(at);
            return wanted.iter().map(|&token| starts.get(token).copied()).collect();
        };
        (encoder.decode(tokens).ok()? == clean).then_some(())?;
        let (mut out, mut base, mut from) = (Vec::with_capacity(wanted.len()), 0, 0);
        for &token in wanted {
            // Tokens may begin within a character: what is decoded of it differs, and the place is where it begins.
            let part = encoder.decode(tokens.get(from..token)?).ok()?;
            let shared = part.bytes().zip(clean.as_bytes().get(base..)?).take_while(|(a, b)| a == *b).count();
            let place = (base..=base + shared).rev().find(|&at| clean.is_char_boundary(at))?;
            if place == base + part.len() {
                (base, from) = (place, token);
            }
            out.push(place);
        }
        Some(out)
    }
}

impl Tokens {
    /// Nothing numbered yet.
    #[must_use]
    pub fn segments() -> Self {
        Self::Segments(SegmentNumbers::default())
    }

    /// Bytes of memory, but for a tokenizer's.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Segments(SegmentNumbers(words)) => words.bytes(),
            Self::File(_) => 0,
        }
    }
}
