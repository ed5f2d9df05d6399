//! LZ4 frames (the frame format 1.6.x), decoded piece by piece: input in, output out, nothing read ahead.
//!
//! Blocks are decompressed by `lz4_flex`; frames are taken apart here, because their ends matter and its reader hides them.

use lz4_flex::block::decompress_into_with_dict;
use xxhash_rust::xxh32::{Xxh32, xxh32};

use super::capped::Damage;
use crate::document::FaultKind;

/// Magic bytes of a frame.
pub(super) const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// How far back a linked block may refer, in bytes.
const WINDOW: usize = 64 << 10;

/// What the decoder waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// The magic number.
    Magic,
    /// The two descriptor bytes.
    Descriptor,
    /// The rest of the head: its checksum, and a content size before it.
    Head,
    /// The size of a skippable frame.
    SkipSize,
    /// That many bytes of a skippable frame.
    Skip(u32),
    /// The size of the next block.
    BlockSize,
    /// A block, stored as it is or compressed, with its checksum where blocks have one.
    Block { stored: bool },
    /// The checksum of all output.
    ContentSum,
    /// Nothing: the frame has ended.
    End,
}

/// A decoder of one frame at a time.
pub(super) struct Lz4Decoder {
    want: Want,
    /// Input that waits for `need` bytes to be whole.
    held: Vec<u8>,
    need: usize,
    linked: bool,
    block_sum: bool,
    content_sum: bool,
    block_max: usize,
    descriptor: [u8; 2],
    /// The output of the last blocks, of which `given` bytes were handed out.
    output: Vec<u8>,
    given: usize,
    sum: Xxh32,
}

impl Lz4Decoder {
    pub(super) fn new() -> Self {
        Self {
            want: Want::Magic,
            held: Vec::new(),
            need: 4,
            linked: false,
            block_sum: false,
            content_sum: false,
            block_max: 0,
            descriptor: [0; 2],
            output: Vec::new(),
            given: 0,
            sum: Xxh32::new(0),
        }
    }

    /// Makes ready for the next frame.
    pub(super) fn restart(&mut self) {
        self.held.clear();
        self.output.clear();
        self.given = 0;
        self.sum.reset(0);
        self.wait(Want::Magic, 4);
    }

    /// Decodes a piece into the capacity that `out` has to spare: bytes taken, bytes written, and whether the frame ended.
    pub(super) fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, usize, Result<bool, Damage>) {
        let mut took = 0;
        loop {
            let ready = &self.output[self.given..];
            if !ready.is_empty() {
                let len = ready.len().min(out.capacity() - out.len());
                out.extend_from_slice(&ready[..len]);
                self.given += len;
                return (took, len, Ok(false));
            }
            if self.want == Want::End {
                return (took, 0, Ok(true));
            }
            let len = (self.need - self.held.len()).min(input.len() - took);
            if let Want::Skip(left) = &mut self.want {
                // What is skipped is not held.
                let len = (*left as usize).min(input.len() - took);
                *left -= len as u32;
                took += len;
                if *left > 0 {
                    return (took, 0, Ok(false));
                }
                self.want = Want::End;
                continue;
            }
            self.held.extend_from_slice(&input[took..took + len]);
            took += len;
            if self.held.len() < self.need {
                return (took, 0, Ok(false));
            }
            if let Err(damage) = self.advance() {
                return (took, 0, Err(damage));
            }
        }
    }

    fn wait(&mut self, want: Want, need: usize) {
        self.want = want;
        self.need = need;
        self.held.clear();
    }

    fn number(&self) -> u32 {
        self.held.last_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// Goes on with the piece that is whole now.
    fn advance(&mut self) -> Result<(), Damage> {
        match self.want {
            Want::Magic if self.held == MAGIC => self.wait(Want::Descriptor, 2),
            Want::Magic => self.wait(Want::SkipSize, 4),
            Want::SkipSize => {
                let size = self.number();
                self.wait(Want::Skip(size), 0);
            }
            Want::Descriptor => self.descriptor()?,
            Want::Head => self.head()?,
            Want::BlockSize => self.block_size()?,
            Want::Block { stored } => self.block(stored)?,
            Want::ContentSum => {
                if self.number() != self.sum.digest() {
                    return Err(bad("the checksum of the content differs"));
                }
                self.wait(Want::End, 0);
            }
            Want::Skip(_) | Want::End => {}
        }
        Ok(())
    }

    fn descriptor(&mut self) -> Result<(), Damage> {
        let [flags, sizes] = [self.held[0], self.held[1]];
        if flags >> 6 != 1 || flags & 0b10 != 0 || sizes & 0x8f != 0 {
            return Err(bad("the frame descriptor has reserved bits"));
        }
        if flags & 1 != 0 {
            return Err(bad("the frame needs a dictionary"));
        }
        self.block_max = match sizes >> 4 {
            4 => 64 << 10,
            5 => 256 << 10,
            6 => 1 << 20,
            7 => 4 << 20,
            _ => return Err(bad("the frame descriptor has an unknown block size")),
        };
        self.descriptor = [flags, sizes];
        self.linked = flags & 0x20 == 0;
        self.block_sum = flags & 0x10 != 0;
        self.content_sum = flags & 4 != 0;
        self.wait(Want::Head, if flags & 8 != 0 { 9 } else { 1 });
        Ok(())
    }

    fn head(&mut self) -> Result<(), Damage> {
        let (sum, rest) = self.held.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
        if (xxh32(&[&self.descriptor, rest].concat(), 0) >> 8) as u8 != sum {
            return Err(bad("the checksum of the frame's head differs"));
        }
        self.wait(Want::BlockSize, 4);
        Ok(())
    }

    fn block_size(&mut self) -> Result<(), Damage> {
        let word = self.number();
        if word == 0 {
            let next = if self.content_sum { Want::ContentSum } else { Want::End };
            self.wait(next, if self.content_sum { 4 } else { 0 });
            return Ok(());
        }
        let size = (word & 0x7fff_ffff) as usize;
        if size > self.block_max {
            return Err(bad("a block is longer than the frame allows"));
        }
        self.wait(Want::Block { stored: word >> 31 == 1 }, size + if self.block_sum { 4 } else { 0 });
        Ok(())
    }

    fn block(&mut self, stored: bool) -> Result<(), Damage> {
        let size = self.need - if self.block_sum { 4 } else { 0 };
        let block = &self.held[..size];
        if self.block_sum && xxh32(block, 0) != self.number() {
            return Err(bad("the checksum of a block differs"));
        }
        // Only the window behind the block is kept, and only where blocks may look back.
        let keep = if self.linked { self.output.len().min(WINDOW) } else { 0 };
        let past = self.output.len() - keep;
        self.output.drain(..past);
        if stored {
            self.output.extend_from_slice(block);
        } else {
            self.output.resize(keep + self.block_max, 0);
            let (window, room) = self.output.split_at_mut(keep);
            let len = decompress_into_with_dict(block, room, window).map_err(|error| bad(&error.to_string()))?;
            self.output.truncate(keep + len);
        }
        self.given = keep;
        self.sum.update(&self.output[keep..]);
        self.wait(Want::BlockSize, 4);
        Ok(())
    }
}

fn bad(detail: &str) -> Damage {
    Damage::new(FaultKind::BadCompression, format!("invalid lz4 data: {detail}"))
}
