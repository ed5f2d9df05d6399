//! datatrove's files between its MinHash stages, read and written: signatures (`bucket_BBB/RRRRR.minhash.sig`) and pairs
//! (`BBBBB_WW.dups`). They let a deduplication that was begun there go on here, and the other way round.
//!
//! A signature file holds, for one band ("bucket") of the documents of one task, records of the band's rows and the number
//! of the document among those of the task (u32), little-endian, sorted. A pair file holds two (task, document) each of
//! four u32. Neither has a header or a checksum: lengths and order are all that can be checked, and both are.

use crate::dedup::error::DedupError;
use crate::dedup::frame::{u32_at, u64_at};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::{self, Read, Write};

/// Name in errors.
const NAME: &str = "signature file";
/// Bytes per read of a signature file.
const READ: usize = 64 * 1024;

/// The form of a signature file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureForm {
    /// Rows of a band.
    pub rows: usize,
    /// Whether rows are cut to 32 bits.
    pub narrow: bool,
}

impl SignatureForm {
    /// Bytes of a record.
    #[must_use]
    pub fn record(self) -> usize {
        self.rows * self.row() + 4
    }

    fn row(self) -> usize {
        if self.narrow { 4 } else { 8 }
    }

    /// Appends a record.
    pub fn put(self, rows: &[u64], document: u32, out: &mut Vec<u8>) {
        for row in rows {
            // A narrow row has 32 bits by construction.
            out.extend_from_slice(&row.to_le_bytes()[..self.row()]);
        }
        out.extend_from_slice(&document.to_le_bytes());
    }

    fn rows_of(self, record: &[u8]) -> impl Iterator<Item = u64> + '_ {
        (0..self.rows).map(move |row| match self.narrow {
            true => u32_at(record, 4 * row).into(),
            false => u64_at(record, 8 * row),
        })
    }

    /// Sorts whole records by rows, then document, as numbers.
    #[must_use]
    pub fn sorted(self, records: &[u8]) -> Vec<u8> {
        let mut order: Vec<&[u8]> = records.chunks_exact(self.record()).collect();
        order.sort_unstable_by(|one, other| {
            let document = |record: &[u8]| u32_at(record, record.len() - 4);
            self.rows_of(one).cmp(self.rows_of(other)).then_with(|| document(one).cmp(&document(other)))
        });
        order.concat()
    }
}

/// One signature file on its way through [`merge`].
struct Signatures<'r> {
    task: u32,
    name: String,
    form: SignatureForm,
    input: Box<dyn Read + 'r>,
    buffer: Vec<u8>,
    at: usize,
    last: Vec<u64>,
}

impl Signatures<'_> {
    /// The next record: its rows go to `rows`, its document comes back.
    fn next(&mut self, rows: &mut Vec<u64>) -> Result<Option<u32>, DedupError> {
        let size = self.form.record();
        if self.buffer.len() - self.at < size && !self.fill(size)? {
            return Ok(None);
        }
        let record = &self.buffer[self.at..self.at + size];
        self.at += size;
        rows.clear();
        rows.extend(self.form.rows_of(record));
        if *rows < self.last {
            return Err(DedupError::damaged(NAME, format!("{} is out of order", self.name)));
        }
        self.last.clone_from(rows);
        Ok(Some(u32_at(record, size - 4)))
    }

    /// Reads on; false at the end.
    fn fill(&mut self, size: usize) -> io::Result<bool> {
        self.buffer.drain(..self.at);
        self.at = 0;
        while self.buffer.len() < size {
            let had = self.buffer.len();
            self.buffer.resize(READ.max(size), 0);
            let got = self.input.read(&mut self.buffer[had..])?;
            self.buffer.truncate(had + got);
            if got == 0 {
                let whole = self.buffer.is_empty();
                let cut = || io::Error::new(io::ErrorKind::InvalidData, format!("{} ends inside a record", self.name));
                return if whole { Ok(false) } else { Err(cut()) };
            }
        }
        Ok(true)
    }
}

/// A signature file: the number of its task, its name for messages, its bytes.
pub type SignatureFile<'r> = (u32, String, Box<dyn Read + 'r>);

/// Merges the signature files of one band, given in the order of their names, and writes each two neighbours with equal rows
/// as a pair: what datatrove's `MinhashDedupBuckets` writes with one worker a bucket. Returns the number of pairs. Memory:
/// 64 KiB a file.
///
/// # Errors
/// When a file ends inside a record or is out of order, or when `out` fails.
pub fn merge(files: Vec<SignatureFile<'_>>, form: SignatureForm, out: &mut dyn Write) -> Result<u64, DedupError> {
    let mut files: Vec<Signatures<'_>> = files
        .into_iter()
        .map(|(task, name, input)| Signatures { task, name, form, input, buffer: Vec::new(), at: 0, last: Vec::new() })
        .collect();
    let mut heap: BinaryHeap<Reverse<(Vec<u64>, usize, u32)>> = BinaryHeap::with_capacity(files.len());
    for (place, file) in files.iter_mut().enumerate() {
        let mut rows = Vec::with_capacity(form.rows);
        if let Some(document) = file.next(&mut rows)? {
            heap.push(Reverse((rows, place, document)));
        }
    }
    let (mut last, mut last_of, mut pairs) = (Vec::new(), None, 0);
    while let Some(mut top) = heap.peek_mut() {
        let Reverse((rows, place, document)) = &mut *top;
        let (file, now) = (&mut files[*place], *document);
        if let Some((task, before)) = last_of.filter(|_| last == *rows) {
            for number in [task, before, file.task, now] {
                out.write_all(&u32::to_le_bytes(number))?;
            }
            pairs += 1;
        }
        last_of = Some((file.task, now));
        last.clone_from(rows);
        match file.next(rows)? {
            Some(next) => *document = next,
            None => drop(PeekMut::pop(top)),
        }
    }
    out.flush()?;
    Ok(pairs)
}

/// Reads a pair file: ((task, document), (task, document)).
///
/// # Errors
/// When it cannot be read or ends inside a pair.
pub fn read_pairs(input: &mut dyn Read, mut each: impl FnMut((u32, u32), (u32, u32))) -> Result<(), DedupError> {
    let mut input = io::BufReader::with_capacity(READ, input);
    let mut pair = [0; 16];
    loop {
        let mut had = 0;
        while had < pair.len() {
            match input.read(&mut pair[had..])? {
                0 if had == 0 => return Ok(()),
                0 => return Err(DedupError::damaged("pair file", "it ends inside a pair")),
                got => had += got,
            }
        }
        each((u32_at(&pair, 0), u32_at(&pair, 4)), (u32_at(&pair, 8), u32_at(&pair, 12)));
    }
}
