//! Pieces to ids, a block at a time. The loops are compiled for two instruction sets, hence the unsafe code.
#![allow(unsafe_code)]

use std::sync::{Mutex, PoisonError};

use super::block::{BLOCK, Block, LONG};
use super::memo::{self, EIGHT, INLINE, Limits, Memo, Packed};
use super::merge::Work;
use super::split::{self, Plain, Split, Starts};

/// Turns one piece into tokens, without memory.
pub(in crate::tokenize) trait Model {
    /// Appends the tokens of `piece` to `ids`. They depend on the piece alone.
    fn tokens(&self, piece: &[u8], work: &mut Work, ids: &mut Vec<u32>);
}

/// A memo, and space to work in.
pub(in crate::tokenize) struct Scratch {
    memo: Memo,
    block: Block,
    work: Work,
    ids: Vec<u32>,
    line: Line,
    /// Short stretches of text one after the other, whose pieces wait in the block.
    waiting: Vec<u8>,
    /// Which of the pieces that wait, none of whose bytes are there, stand for a given token.
    given: Vec<(u8, Packed)>,
}

/// Longest stretch that waits for others, so that blocks are full.
const STRETCH: usize = 512;
/// The key of a piece is read as so many bytes.
const BEHIND: [u8; 16] = [0; 16];

/// Scratches that no call uses right now. Boxed, because a block is large to move.
#[derive(Default)]
pub(in crate::tokenize) struct Pool {
    idle: Mutex<Vec<Box<Scratch>>>,
}

impl Pool {
    /// Lends a scratch for the time of `call`.
    pub(in crate::tokenize) fn lend<T>(&self, call: impl FnOnce(&mut Scratch) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = idle.unwrap_or_else(|| Box::new(Scratch::new(Limits::default())));
        let done = call(&mut scratch);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        done
    }
}

impl Scratch {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            memo: Memo::new(limits),
            block: Block::new(),
            work: Work::default(),
            ids: Vec::new(),
            line: Line::new(),
            waiting: Vec::new(),
            given: Vec::new(),
        }
    }

    /// What a model could not do since this was last asked.
    pub(in crate::tokenize) fn failed(&mut self) -> Option<String> {
        self.work.failed.take()
    }

    /// Appends the ids of `text[at..end]` to `out`, cut by `split`. One scratch serves one model.
    pub(in crate::tokenize) fn pieces<S: Split, M: Model>(
        &mut self,
        model: &M,
        split: &S,
        text: &[u8],
        mut at: usize,
        end: usize,
        out: &mut Vec<u32>,
    ) {
        self.finish(model, out);
        while at < end {
            (self.block.n, at) = cut(split, text, at, end, (0, &mut self.block.starts));
            self.block.starts[self.block.n] = at;
            self.emit(model, text, out);
        }
        self.block.n = 0;
    }

    /// As [`Self::pieces`], but the ids may come as late as with [`Self::finish`].
    pub(super) fn stretch<S: Split, M: Model>(&mut self, model: &M, split: &S, text: &[u8], out: &mut Vec<u32>) {
        if text.len() > STRETCH {
            return self.pieces(model, split, text, 0, text.len(), out);
        }
        let mut at = self.waiting.len();
        self.waiting.extend_from_slice(text);
        while at < self.waiting.len() {
            if self.block.n >= split::BLOCK {
                at -= self.give(model, out);
            }
            let block = &mut self.block;
            (block.n, at) = cut(split, &self.waiting, at, self.waiting.len(), (block.n, &mut block.starts));
            block.starts[block.n] = at;
        }
    }

    /// Appends a token that stands between stretches.
    pub(super) fn token<M: Model>(&mut self, model: &M, id: u32, out: &mut Vec<u32>) {
        let Some(packed) = memo::single(id) else {
            self.finish(model, out);
            return out.push(id);
        };
        if self.block.n >= split::BLOCK {
            self.give(model, out);
        }
        let (n, at) = (self.block.n, self.waiting.len());
        self.given.push((n as u8, packed));
        self.block.starts[n..n + 2].fill(at);
        self.block.n += 1;
    }

    /// Appends what waits.
    #[inline]
    pub(super) fn finish<M: Model>(&mut self, model: &M, out: &mut Vec<u32>) {
        if self.block.n > 0 {
            self.give(model, out);
        }
    }

    /// Appends the ids of the pieces that wait; gives how many bytes have gone.
    fn give<M: Model>(&mut self, model: &M, out: &mut Vec<u32>) -> usize {
        let mut text = std::mem::take(&mut self.waiting);
        let (length, gone) = (text.len(), self.block.starts[self.block.n]);
        text.extend_from_slice(&BEHIND);
        self.emit(model, &text, out);
        text.truncate(length);
        text.drain(..gone);
        self.waiting = text;
        self.given.clear();
        self.block.n = 0;
        gone
    }

    /// Writes the ids of the pieces of the block.
    fn emit<M: Model>(&mut self, model: &M, text: &[u8], out: &mut Vec<u32>) {
        #[cfg(target_arch = "x86_64")]
        if wide() {
            // SAFETY: the processor can do what it is compiled for.
            return unsafe { self.emit_wide(model, text, out) };
        }
        self.emit_by(model, text, out);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn emit_wide<M: Model>(&mut self, model: &M, text: &[u8], out: &mut Vec<u32>) {
        self.emit_by(model, text, out);
    }

    #[inline(always)]
    fn emit_by<M: Model>(&mut self, model: &M, text: &[u8], out: &mut Vec<u32>) {
        self.memo.look_up(&mut self.block, text);
        for (i, packed) in &self.given {
            self.block.ids[usize::from(*i)] = *packed;
        }
        // In a register: the count in memory would be waited for piece after piece.
        let mut n = 0;
        for i in 0..self.block.n.min(BLOCK) {
            let packed = self.block.ids[i];
            match self.line.put(n, packed, &self.memo) {
                Some(more) => n = more,
                None => {
                    self.line.flush(n, out);
                    n = 0;
                    self.other(model, text, i, out);
                }
            }
        }
        self.line.flush(n, out);
    }

    /// Writes the ids of a piece of which the look-up of its block gave more than fit a line, or none: a new one, a very long one, one in its
    /// second set, or one that came up for the first time, or was forgotten, earlier in the block.
    #[inline(never)]
    fn other<M: Model>(&mut self, model: &M, text: &[u8], i: usize, out: &mut Vec<u32>) {
        if self.known(self.block.ids[i], out) {
            return;
        }
        let (piece, key) = (&text[self.block.starts[i]..self.block.starts[i + 1]], self.block.key(i));
        if piece.len() > LONG {
            return self.make(model, piece, out);
        }
        if self.known(self.memo.get(key, piece), out) {
            return;
        }
        self.make(model, piece, out);
        // What the model refused has no tokens to remember.
        if self.work.failed.is_none() {
            self.memo.put(key, piece, &self.ids);
        }
    }

    /// Appends these ids, if they are known.
    fn known(&self, packed: Packed, out: &mut Vec<u32>) -> bool {
        if let Some((count, three)) = memo::inline(packed) {
            out.extend_from_slice(&three[..count]);
            return true;
        }
        let Some((ids, count)) = self.memo.outside(packed) else { return false };
        out.extend(ids[..count].iter().map(|bytes| u32::from_le_bytes(*bytes)));
        true
    }

    /// The tokens of a piece, to the scratch and to the output.
    fn make<M: Model>(&mut self, model: &M, piece: &[u8], out: &mut Vec<u32>) {
        self.ids.clear();
        model.tokens(piece, &mut self.work, &mut self.ids);
        out.extend_from_slice(&self.ids);
    }
}

/// Whether the processor can do what the wide forms of the loops are compiled for: x86-64-v3, which most have had since 2013. All forms
/// do the same.
#[cfg(target_arch = "x86_64")]
#[inline]
fn wide() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// [`Split::starts`] in the form for this processor.
fn cut<S: Split>(split: &S, text: &[u8], at: usize, end: usize, known: Starts<'_>) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use super::split::{Halves, Whole};
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn halves<S: Split>(
            split: &S,
            eyes: Halves,
            text: &[u8],
            (at, end): (usize, usize),
            known: Starts<'_>,
        ) -> (usize, usize) {
            split.starts(eyes, text, at, end, known)
        }
        #[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn whole<S: Split>(
            split: &S,
            eyes: Whole,
            text: &[u8],
            (at, end): (usize, usize),
            known: Starts<'_>,
        ) -> (usize, usize) {
            split.starts(eyes, text, at, end, known)
        }
        match (wide(), Whole::get(), Halves::get()) {
            // SAFETY: the processor can do what it is compiled for.
            (true, Some(eyes), _) => return unsafe { whole(split, eyes, text, (at, end), known) },
            // SAFETY: as above.
            (true, _, Some(eyes)) => return unsafe { halves(split, eyes, text, (at, end), known) },
            _ => {}
        }
    }
    split.starts(Plain, text, at, end, known)
}

/// Ids that wait for being appended together.
struct Line {
    ids: [u32; 2 * LINE],
}

/// Ids of a block, unless a piece has more than [`EIGHT`].
const LINE: usize = (EIGHT * BLOCK).next_power_of_two();

impl Line {
    fn new() -> Self {
        Self { ids: [0; 2 * LINE] }
    }

    /// Puts the ids of a piece behind the `n` that are there and gives how many there are then. `None`: they are not known or forgotten, or
    /// more than [`EIGHT`].
    #[inline(always)]
    fn put(&mut self, n: usize, packed: Packed, memo: &Memo) -> Option<usize> {
        let line = &mut self.ids[n % LINE..];
        // All three are written and those that are there are counted: cheaper than to ask which.
        if let Some((count, three)) = memo::inline(packed) {
            line[..INLINE].copy_from_slice(&three);
            return Some(n + count);
        }
        let (ids, count) = memo.outside(packed).filter(|(_, count)| *count <= EIGHT)?;
        for (id, bytes) in line[..EIGHT].iter_mut().zip(ids) {
            *id = u32::from_le_bytes(*bytes);
        }
        Some(n + count)
    }

    #[inline(always)]
    fn flush(&self, n: usize, out: &mut Vec<u32>) {
        out.extend_from_slice(&self.ids[..n]);
    }
}
