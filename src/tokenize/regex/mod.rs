//! The regular expressions of tokenizer files, as Oniguruma matches them (the leftmost match, alternatives in order, by
//! backtracking), without recursion over the text. What is not sure to mean the same is not read.

mod masks;
mod parse;
mod program;
mod run;

#[cfg(test)]
mod tests;

use crate::tokenize::utf8;
use masks::Masks;
use parse::{Node, Parser};
use program::Op;
pub(super) use run::Frames;

/// A compiled pattern.
pub(super) struct Regex {
    masks: Masks,
    ops: Vec<Op>,
    /// Where each alternative of the whole pattern begins.
    entries: Vec<u32>,
    /// For an ASCII character, the alternatives (bits) that a match from it may take. All ones for patterns with more than 32.
    starts: [u32; 128],
    starts_beyond: u32,
    word: u32,
}

/// More alternatives than this are all tried.
const MOST_FILTERED: usize = 32;

impl Regex {
    /// `None` when the pattern has what this engine does not reproduce.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let mut parser = Parser::new(pattern);
        let alternatives = parser.whole()?;
        let word = parser.set_bit(parse::word_class()?)?;
        let masks = Masks::new(&parser.sets);
        let (mut ops, mut entries) = (Vec::new(), Vec::new());
        for alternative in &alternatives {
            entries.push(ops.len() as u32);
            program::sequence(alternative, &mut ops)?;
            ops.push(Op::Done);
        }
        let mut starts = [u32::MAX; 128];
        let all = if entries.len() < 32 { (1 << entries.len()) - 1 } else { u32::MAX };
        if alternatives.len() <= MOST_FILTERED {
            for (byte, bits) in starts.iter_mut().enumerate() {
                let first = masks.ascii(byte);
                let takes = |nodes: &Vec<Node>| program::may_start(nodes, char::from(byte as u8), first);
                *bits = (0u32..).zip(&alternatives).fold(0, |bits, (i, nodes)| bits | u32::from(takes(nodes)) << i);
            }
        }
        Some(Self { masks, ops, entries, starts, starts_beyond: all, word })
    }

    /// Gives the matches in `text[from..end]`, one after the other, to `each`; text before `from` is not seen. An empty match
    /// right behind the last one is passed over.
    ///
    /// # Errors
    /// When the search does not come to an end in a reasonable number of steps.
    pub(super) fn matches(
        &self,
        text: &[u8],
        from: usize,
        end: usize,
        frames: &mut Frames,
        mut each: impl FnMut(usize, usize),
    ) -> Result<(), Endless> {
        let (mut at, mut last) = (from, usize::MAX);
        while at <= end {
            let Some((start, stop)) = self.find(text, from, at, end, frames)? else { break };
            if start == stop && stop == last {
                at += if at < end { utf8::length(text[at]) } else { 1 };
                continue;
            }
            (at, last) = (stop, stop);
            each(start, stop);
        }
        Ok(())
    }

    fn find(
        &self,
        text: &[u8],
        from: usize,
        mut at: usize,
        end: usize,
        frames: &mut Frames,
    ) -> Result<Option<(usize, usize)>, Endless> {
        let whole = run::Text { text, from, end };
        loop {
            let mut bits = match text[..end].get(at) {
                Some(&byte) if byte < 0x80 => self.starts[usize::from(byte)],
                _ => self.starts_beyond,
            };
            if self.entries.len() <= MOST_FILTERED {
                while bits != 0 {
                    let entry = self.entries[bits.trailing_zeros() as usize];
                    if let Some(stop) = self.run(&whole, entry, at, frames)? {
                        return Ok(Some((at, stop)));
                    }
                    bits &= bits - 1;
                }
            } else {
                for entry in &self.entries {
                    if let Some(stop) = self.run(&whole, *entry, at, frames)? {
                        return Ok(Some((at, stop)));
                    }
                }
            }
            if at >= end {
                return Ok(None);
            }
            at += utf8::length(text[at]);
        }
    }
}

/// A pattern that tries too many ways on some text.
#[derive(Debug)]
pub(super) struct Endless;
