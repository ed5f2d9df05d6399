//! Reading: blocks ahead of the reader, and ranges.

use super::super::files::{RangedFile, Stat};
use super::answer::{again, said};
use super::{Object, locked, stat_of};
use bytes::Bytes;
use object_store::{Error, GetOptions, GetRange, ObjectMeta};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Mutex;
use tokio::task::JoinHandle;

/// The first block; each is twice as long as the one before, up to [`BLOCK`]: who looks at a head pays for a head.
const FIRST: u64 = 256 << 10;
/// The longest block: long enough that a request's latency (tens of ms) is small beside its transfer.
const BLOCK: u64 = 4 << 20;
/// Blocks under way at most: with the one being read, 16 MiB a reader.
const WINDOW: usize = 3;

/// Gets a range. A body that breaks off is asked for again, from where it broke, by the store itself.
async fn get(object: Object, from: u64, to: u64, tag: Option<String>) -> Result<(Bytes, ObjectMeta), Error> {
    let range = Some(GetRange::Bounded(from..to));
    let options = GetOptions { range, if_match: tag, ..GetOptions::default() };
    again(|| {
        let (object, options) = (object.clone(), options.clone());
        async move {
            let got = object.objects().get_opts(&object.key, options).await?;
            let meta = got.meta.clone();
            Ok((got.bytes().await?, meta))
        }
    })
    .await
}

/// Whether a store refuses a range because it begins at the end (status 416), or in an empty object.
fn past_the_end(error: &Error) -> bool {
    let text = error.to_string();
    matches!(error, Error::Generic { .. }) && (text.contains("416") || text.to_ascii_lowercase().contains("range"))
}

fn changed(error: &Error) -> io::Error {
    match error {
        Error::Precondition { .. } => io::Error::other("it was changed while it was being read"),
        error => said(error),
    }
}

/// A sequential reader with blocks under way.
pub(super) struct Ahead {
    object: Object,
    current: Bytes,
    coming: VecDeque<JoinHandle<Result<(Bytes, ObjectMeta), Error>>>,
    /// Where the next block to ask for begins, and how long it will be.
    next: u64,
    length: u64,
    end: u64,
    tag: Option<String>,
    /// How many blocks were read: as many may be under way, up to [`WINDOW`].
    read: usize,
}

impl Ahead {
    /// Gets the first block, so that what is not there is told at once.
    pub(super) fn open(object: Object, offset: u64) -> io::Result<Self> {
        let first = object.wait(get(object.clone(), offset, offset + FIRST, None));
        let (current, meta) = match first {
            Ok(first) => first,
            Err(error) if past_the_end(&error) => match object.head() {
                Ok(Some(meta)) if meta.size <= offset => (Bytes::new(), meta),
                _ => return Err(said(&error)),
            },
            Err(error) => return Err(said(&error)),
        };
        let next = offset + current.len() as u64;
        let coming = VecDeque::with_capacity(WINDOW);
        Ok(Self { object, current, coming, next, length: FIRST, end: meta.size, tag: meta.e_tag, read: 0 })
    }

    fn ask(&mut self) {
        while self.next < self.end && self.coming.len() < self.read.clamp(1, WINDOW) {
            self.length = (self.length * 2).min(BLOCK);
            let to = (self.next + self.length).min(self.end);
            let block = get(self.object.clone(), self.next, to, self.tag.clone());
            self.coming.push_back(self.object.handle.spawn(block));
            self.next = to;
        }
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !buffer.is_empty() {
            self.ask();
            let Some(block) = self.coming.pop_front() else { return Ok(0) };
            let block = self.object.handle.block_on(block).map_err(io::Error::other)?;
            self.current = block.map_err(|error| changed(&error))?.0;
            self.read += 1;
            self.ask();
        }
        let length = buffer.len().min(self.current.len());
        buffer[..length].copy_from_slice(&self.current.split_to(length));
        Ok(length)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.coming.iter().for_each(JoinHandle::abort);
    }
}

/// Short reads get the piece of this length around them, which is kept: an index and what it points to, or neighbours in a table,
/// are one request instead of many.
const PIECE: u64 = 128 << 10;

/// An object read in ranges.
pub(super) struct Ranged {
    object: Object,
    bytes: u64,
    /// The piece that was read last, and where it begins.
    kept: Mutex<(u64, Bytes)>,
}

impl Ranged {
    /// An object of a known length.
    pub(super) fn new(object: Object, bytes: u64) -> Self {
        Self { object, bytes, kept: Mutex::default() }
    }

    /// Fills a short buffer from the piece that is kept, if it lies in it.
    fn kept(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let kept = locked(&self.kept);
        let Some(begin) = offset.checked_sub(kept.0).and_then(|begin| usize::try_from(begin).ok()) else {
            return false;
        };
        let Some(part) = kept.1.get(begin..).and_then(|rest| rest.get(..buffer.len())) else { return false };
        buffer.copy_from_slice(part);
        true
    }

    /// Fills a short buffer, whose range does not cross into the next piece, from the piece around it, and keeps that.
    fn piece(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let begin = offset / PIECE * PIECE;
        let end = (begin + PIECE).min(self.bytes);
        let (piece, _) = self.object.wait(get(self.object.clone(), begin, end, None)).map_err(|error| said(&error))?;
        if piece.len() as u64 != end - begin {
            return Err(io::Error::other("the server sent another length than was asked for"));
        }
        // Another thread may keep its own piece a moment later: this one is read from what came, not from what is kept.
        let start = usize::try_from(offset - begin).map_err(io::Error::other)?;
        buffer.copy_from_slice(&piece[start..start + buffer.len()]);
        *locked(&self.kept) = (begin, piece);
        Ok(())
    }
}

impl RangedFile for Ranged {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let wanted = buffer.len() as u64;
        if wanted == 0 {
            return Ok(());
        }
        if offset.checked_add(wanted).is_none_or(|end| end > self.bytes) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if offset / PIECE == (offset + wanted - 1) / PIECE {
            return if self.kept(offset, buffer) { Ok(()) } else { self.piece(offset, buffer) };
        }
        // A long range comes in blocks, several at once.
        let pieces: Vec<_> = (0..wanted.div_ceil(BLOCK))
            .map(|n| (offset + n * BLOCK, (offset + (n + 1) * BLOCK).min(offset + wanted)))
            .collect();
        let (mut coming, mut asked, mut at) = (VecDeque::new(), pieces.iter(), 0);
        while at < buffer.len() {
            while coming.len() < WINDOW
                && let Some((from, to)) = asked.next()
            {
                coming.push_back(self.object.handle.spawn(get(self.object.clone(), *from, *to, None)));
            }
            let Some(block) = coming.pop_front() else { break };
            let block = self.object.handle.block_on(block).map_err(io::Error::other)?;
            let (block, _) = block.map_err(|error| said(&error))?;
            let Some(place) = buffer.get_mut(at..at + block.len()) else {
                return Err(io::Error::other("the server sent more than was asked for"));
            };
            place.copy_from_slice(&block);
            at += block.len();
            if block.is_empty() {
                return Err(io::Error::other("the server sent less than was asked for"));
            }
        }
        Ok(())
    }
}

/// What a web server knows of a file, asked by its first byte: a signed address is signed for reading, not for `HEAD`.
pub(super) fn stat_by_range(object: &Object) -> io::Result<Option<Stat>> {
    match object.wait(get(object.clone(), 0, 1, None)) {
        Ok((_, meta)) => Ok(Some(stat_of(&meta))),
        Err(Error::NotFound { .. }) => Ok(None),
        // An empty file has no first byte.
        Err(error) if past_the_end(&error) => match object.head() {
            Ok(Some(meta)) if meta.size == 0 => Ok(Some(stat_of(&meta))),
            _ => Err(said(&error)),
        },
        Err(error) => Err(said(&error)),
    }
}
