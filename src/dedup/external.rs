//! External sort: any number of fixed-size records within a memory budget.
//!
//! Records fill a buffer of the budget; a full buffer is sorted and becomes a run in scratch space; at the end the runs are
//! merged (in several passes if their read buffers would not fit the budget). The order is the total order of the record,
//! so the output depends neither on the budget nor on the order of the input. Runs carry a checksum: scratch disks rot too.

use super::error::DedupError;
use super::record::Record;
use super::{Scratch, ScratchFile};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::SeekFrom;
use xxhash_rust::xxh3::Xxh3;

/// Smallest memory budget of a sort in bytes; below it a merge would do nothing but seek.
pub const MIN_BUDGET: usize = 64 * 1024;
/// Read buffer per run that a merge would like to have: one request of a disk or an object store.
const RUN_BUFFER: usize = 64 * 1024;
/// Largest read buffer per run: more gains nothing.
const MAX_RUN_BUFFER: usize = 1 << 20;
/// Most runs merged at once (open files).
const MAX_FAN_IN: usize = 512;
/// Bytes gathered before a write.
const WRITE_BUFFER: usize = 16 * 1024;

/// Collects records and gives them back in order, without duplicates.
pub struct Sorter<'s, R> {
    buffer: Vec<R>,
    capacity: usize,
    budget: usize,
    runs: Vec<Run>,
    scratch: &'s mut dyn Scratch,
}

struct Run {
    file: Box<dyn ScratchFile>,
    records: u64,
    check: u64,
}

impl<'s, R: Record> Sorter<'s, R> {
    /// A sorter that keeps to `budget` bytes of memory.
    ///
    /// # Errors
    /// When `budget` is below [`MIN_BUDGET`].
    pub fn new(budget: usize, scratch: &'s mut dyn Scratch) -> Result<Self, DedupError> {
        if budget < MIN_BUDGET {
            let detail = format!("{budget} bytes are too few to sort in; give at least {MIN_BUDGET}");
            return Err(DedupError::Setting { name: "memory budget", detail });
        }
        // A quarter stays free: growing the buffer holds the old one (a quarter at most) beside the new one.
        let capacity = (budget - budget / 4) / size_of::<R>();
        Ok(Self { buffer: Vec::new(), capacity, budget, runs: Vec::new(), scratch })
    }

    /// Adds a record.
    ///
    /// # Errors
    /// When scratch space fails.
    pub fn push(&mut self, record: R) -> Result<(), DedupError> {
        if self.buffer.len() == self.buffer.capacity() {
            self.make_room()?;
        }
        self.buffer.push(record);
        Ok(())
    }

    fn make_room(&mut self) -> Result<(), DedupError> {
        let len = self.buffer.len();
        if len >= self.capacity {
            return self.spill();
        }
        let wanted = if len * 8 >= self.capacity { self.capacity } else { (len * 2).max(256).min(self.capacity) };
        self.buffer.reserve_exact(wanted - len);
        Ok(())
    }

    fn spill(&mut self) -> Result<(), DedupError> {
        self.buffer.sort_unstable();
        self.buffer.dedup();
        let mut run = RunWriter::new(self.scratch)?;
        for record in &self.buffer {
            run.push(record)?;
        }
        self.runs.push(run.finish()?);
        self.buffer.clear();
        Ok(())
    }

    /// Ends the input; the records come back sorted and each once.
    ///
    /// # Errors
    /// When scratch space fails or gives back other bytes than it took.
    pub fn finish(mut self) -> Result<Sorted<R>, DedupError> {
        if self.runs.is_empty() {
            self.buffer.sort_unstable();
            self.buffer.dedup();
            return Ok(Sorted(Inner::Memory(self.buffer.into_iter())));
        }
        self.spill()?;
        drop(std::mem::take(&mut self.buffer));
        let fan_in = (self.budget / RUN_BUFFER).clamp(2, MAX_FAN_IN);
        // Passes of the same shape whatever the data: oldest runs first, merged runs to the end.
        while self.runs.len() > fan_in {
            let rest = self.runs.split_off(fan_in);
            let group = std::mem::replace(&mut self.runs, rest);
            let mut merge = Merge::<R>::new(group, self.budget)?;
            let mut run = RunWriter::new(self.scratch)?;
            while let Some(record) = merge.next()? {
                run.push(&record)?;
            }
            self.runs.push(run.finish()?);
        }
        Ok(Sorted(Inner::Merge(Merge::new(self.runs, self.budget)?)))
    }
}

/// Records in order, each once.
pub struct Sorted<R>(Inner<R>);

enum Inner<R> {
    Memory(std::vec::IntoIter<R>),
    Merge(Merge<R>),
}

impl<R: Record> Sorted<R> {
    /// Records that are sorted already, each once.
    pub(super) fn from_sorted(records: Vec<R>) -> Self {
        Self(Inner::Memory(records.into_iter()))
    }

    /// The next record, or `None` at the end.
    ///
    /// # Errors
    /// When scratch space fails or gives back other bytes than it took.
    #[expect(
        clippy::should_implement_trait,
        reason = "a fallible next: `?` reads better than `transpose` at every caller"
    )]
    pub fn next(&mut self) -> Result<Option<R>, DedupError> {
        match &mut self.0 {
            Inner::Memory(records) => Ok(records.next()),
            Inner::Merge(merge) => merge.next(),
        }
    }
}

struct RunWriter {
    file: Box<dyn ScratchFile>,
    buffer: Vec<u8>,
    hash: Xxh3,
    records: u64,
}

impl RunWriter {
    fn new(scratch: &mut dyn Scratch) -> Result<Self, DedupError> {
        let buffer = Vec::with_capacity(WRITE_BUFFER + 64);
        Ok(Self { file: scratch.create()?, buffer, hash: Xxh3::new(), records: 0 })
    }

    fn push<R: Record>(&mut self, record: &R) -> Result<(), DedupError> {
        record.put(&mut self.buffer);
        self.records += 1;
        if self.buffer.len() >= WRITE_BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), DedupError> {
        self.hash.update(&self.buffer);
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Run, DedupError> {
        self.flush()?;
        self.file.flush()?;
        self.file.seek(SeekFrom::Start(0))?;
        Ok(Run { file: self.file, records: self.records, check: self.hash.digest() })
    }
}

struct RunReader {
    run: Run,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes not yet read from the file.
    left: u64,
    hash: Xxh3,
    per_read: usize,
}

impl RunReader {
    fn next<R: Record>(&mut self) -> Result<Option<R>, DedupError> {
        if self.at == self.buffer.len() && !self.fill()? {
            return Ok(None);
        }
        let record = R::get(&self.buffer[self.at..self.at + R::SIZE]);
        self.at += R::SIZE;
        Ok(Some(record))
    }

    fn fill(&mut self) -> Result<bool, DedupError> {
        if self.left == 0 {
            return Ok(false);
        }
        // Bounded by `per_read`, which is a usize.
        let take = self.left.min(self.per_read as u64) as usize;
        self.buffer.resize(take, 0);
        self.at = 0;
        self.run.file.read_exact(&mut self.buffer)?;
        self.hash.update(&self.buffer);
        self.left -= take as u64;
        if self.left == 0 && self.hash.digest() != self.run.check {
            return Err(DedupError::damaged("scratch run", "it gives back other bytes than were written"));
        }
        Ok(true)
    }
}

struct Merge<R> {
    readers: Vec<RunReader>,
    heap: BinaryHeap<Reverse<(R, usize)>>,
    last: Option<R>,
}

impl<R: Record> Merge<R> {
    fn new(runs: Vec<Run>, budget: usize) -> Result<Self, DedupError> {
        let share = (budget / runs.len().max(1)).min(MAX_RUN_BUFFER);
        let per_read = (share / R::SIZE).max(1) * R::SIZE;
        let mut readers: Vec<_> = runs
            .into_iter()
            .map(|run| {
                let left = run.records * R::SIZE as u64;
                RunReader { run, buffer: Vec::new(), at: 0, left, hash: Xxh3::new(), per_read }
            })
            .collect();
        let mut heap = BinaryHeap::with_capacity(readers.len());
        for (number, reader) in readers.iter_mut().enumerate() {
            if let Some(record) = reader.next()? {
                heap.push(Reverse((record, number)));
            }
        }
        Ok(Self { readers, heap, last: None })
    }

    fn next(&mut self) -> Result<Option<R>, DedupError> {
        while let Some(mut top) = self.heap.peek_mut() {
            let Reverse((record, number)) = *top;
            match self.readers[number].next()? {
                Some(next) => *top = Reverse((next, number)),
                None => {
                    PeekMut::pop(top);
                }
            }
            if self.last != Some(record) {
                self.last = Some(record);
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}
