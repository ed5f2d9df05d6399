use std::sync::{Mutex, PoisonError};

use super::block::{BLOCK, Block, LONG};
use super::memo::{self, INLINE, Memo, Packed};
use super::merge::Work;
use super::split::Split;

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
}

/// Scratches that no call uses right now. Boxed, because a block is large to move.
#[derive(Default)]
pub(in crate::tokenize) struct Pool {
    idle: Mutex<Vec<Box<Scratch>>>,
}

impl Pool {
    /// Lends a scratch for the time of `call`.
    pub(in crate::tokenize) fn lend<T>(&self, call: impl FnOnce(&mut Scratch) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = idle.unwrap_or_else(|| {
            Box::new(Scratch {
                memo: Memo::new(),
                block: Block::new(),
                work: Work::default(),
                ids: Vec::new(),
                line: Line::new(),
            })
        });
        let done = call(&mut scratch);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        done
    }
}

impl Scratch {
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
        while at < end {
            self.block.fill(split, text, at, end);
            self.memo.look_up(&mut self.block, text);
            at = self.block.starts[self.block.n];
            self.emit(model, text, out);
        }
    }

    /// Writes the ids of the pieces of the block.
    #[inline]
    fn emit<M: Model>(&mut self, model: &M, text: &[u8], out: &mut Vec<u32>) {
        for i in 0..self.block.n {
            match self.block.ids[i] {
                0 => {
                    self.line.flush(out);
                    self.piece(model, text, i, out);
                }
                packed => self.line.put(packed, &self.memo, out),
            }
        }
        self.line.flush(out);
    }

    /// Writes the ids of a piece that the look-up of its block did not give: a new one, a very long one, or one that came up for the
    /// first time earlier in the block.
    #[inline(never)]
    fn piece<M: Model>(&mut self, model: &M, text: &[u8], i: usize, out: &mut Vec<u32>) {
        let (piece, key) = (&text[self.block.starts[i]..self.block.starts[i + 1]], self.block.keys[i]);
        if piece.len() > LONG {
            return self.make(model, piece, out);
        }
        match self.memo.get(key, piece) {
            0 => {
                self.make(model, piece, out);
                let before = self.memo.forgotten;
                // What the model refused has no tokens to remember.
                if self.work.failed.is_none() {
                    self.memo.put(key, piece, &self.ids);
                }
                if self.memo.forgotten != before {
                    let outside = self.block.ids.iter_mut().filter(|packed| memo::inline(**packed).is_none());
                    outside.for_each(|packed| *packed = 0);
                }
            }
            packed => {
                self.line.put(packed, &self.memo, out);
                self.line.flush(out);
            }
        }
    }

    /// The tokens of a piece, to the scratch and to the output.
    fn make<M: Model>(&mut self, model: &M, piece: &[u8], out: &mut Vec<u32>) {
        self.ids.clear();
        model.tokens(piece, &mut self.work, &mut self.ids);
        out.extend_from_slice(&self.ids);
    }
}

/// Ids that wait for being appended together.
struct Line {
    ids: [u32; INLINE * BLOCK],
    n: usize,
}

impl Line {
    fn new() -> Self {
        Self { ids: [0; INLINE * BLOCK], n: 0 }
    }

    #[inline(always)]
    fn put(&mut self, packed: Packed, memo: &Memo, out: &mut Vec<u32>) {
        if self.n + INLINE > self.ids.len() {
            self.flush(out);
        }
        match memo::inline(packed) {
            // All three are written and those that are there are counted: cheaper than to ask which.
            Some((count, three)) => {
                self.ids[self.n..self.n + INLINE].copy_from_slice(&three);
                self.n += count;
            }
            None => {
                self.flush(out);
                out.extend_from_slice(memo.outside(packed));
            }
        }
    }

    #[inline]
    fn flush(&mut self, out: &mut Vec<u32>) {
        out.extend_from_slice(&self.ids[..self.n]);
        self.n = 0;
    }
}
