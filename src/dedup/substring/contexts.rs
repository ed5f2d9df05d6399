//! What a map unit hands to the second round of equal spans: the contexts of shared anchors.
//!
//! A *context* is what all windows that picked one anchor cover together; its windows are known from its bytes. Documents that
//! share an anchor mostly share the whole context, so it travels as a key, and its bytes once: a record is (document, context),
//! and either names one of the contexts that stand before it in the stream, or brings key and bytes. Which contexts are
//! remembered depends on the records alone.

use super::super::error::DedupError;
use super::super::frame::Kind;
use super::super::packed::{Fields, PackedReader, PackedWriter, put_number};
use super::super::record::Key;
use super::super::{Layout, RangeRead, ordinal};
use std::io::Write;

const CONTEXTS: Kind = Kind { magic: *b"\x89gmctxt\n", name: "context file", record: 0 };
/// Contexts that are remembered: of those whose keys end alike in so many bits the last. 8 MiB.
const REMEMBERED: usize = 1 << 18;

/// Writes the contexts of one map unit. The output is the caller's, handed to every call; it should be buffered.
pub struct ContextWriter {
    layout: Layout,
    file: PackedWriter,
    /// By stream: index of the last document, and contexts written.
    streams: Vec<(u32, u64)>,
    /// A key, and its number in its stream.
    remembered: Vec<(u128, u64)>,
}

impl ContextWriter {
    /// Begins the file of map unit `unit`. Takes some 16 MiB of memory.
    ///
    /// # Errors
    /// When the layout is none, or `out` fails.
    pub fn new(unit: u32, layout: Layout, out: &mut dyn Write) -> Result<Self, DedupError> {
        let file = PackedWriter::new(CONTEXTS, unit, layout, out)?;
        let streams = vec![(0, 0); layout.partitions as usize];
        Ok(Self { layout, file, streams, remembered: vec![(0, u64::MAX); REMEMBERED] })
    }

    /// Adds a context of the document with this index in the unit; documents come by rising index.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn push(&mut self, index: u32, key: u128, context: &[u8], out: &mut dyn Write) -> Result<(), DedupError> {
        let stream = key.partition(self.layout.partitions);
        let (last, written) = &mut self.streams[stream as usize];
        // The lower bits of a key are those of a hash.
        let known = &mut self.remembered[key as usize % REMEMBERED];
        let step = u64::from(index - *last);
        *last = index;
        if known.0 == key && known.1 < *written {
            let back = *written - known.1;
            return self.file.push(stream, |record| [step, back].into_iter().for_each(|n| put_number(n, record)), out);
        }
        *known = (key, *written);
        *written += 1;
        let put = |record: &mut Vec<u8>| {
            [step, 0].into_iter().for_each(|number| put_number(number, record));
            record.extend_from_slice(&key.to_le_bytes());
            put_number(context.len() as u64, record);
            record.extend_from_slice(context);
        };
        self.file.push(stream, put, out)
    }

    /// Ends the file. Returns the number of records.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn finish(self, out: &mut dyn Write) -> Result<u64, DedupError> {
        self.file.finish(out)
    }
}

/// Gives the records of a partition of one map unit's file: document, key, and the bytes where they are brought. Takes 16 bytes of
/// memory for each different context.
pub(super) fn read(
    input: &dyn RangeRead,
    layout: Layout,
    partition: u32,
    mut each: impl FnMut(u64, u128, Option<&[u8]>) -> Result<(), DedupError>,
) -> Result<u64, DedupError> {
    let reader = PackedReader::open(CONTEXTS, input, layout)?;
    let (mut index, mut keys): (u32, Vec<u128>) = (0, Vec::new());
    reader.read(partition, |fields| {
        let Some((step, key, context)) = record(fields, &mut keys) else { return Ok(None) };
        index = index.wrapping_add(step);
        each(ordinal(reader.part, index), key, context).map(Some)
    })
}

/// One record: documents since the last one, key, bytes.
fn record<'a>(fields: &mut Fields<'a>, keys: &mut Vec<u128>) -> Option<(u32, u128, Option<&'a [u8]>)> {
    let (step, back) = (fields.short()?, fields.number()?);
    if back > 0 {
        let place = keys.len().checked_sub(usize::try_from(back).ok()?)?;
        return Some((step, keys[place], None));
    }
    let key = u128::from_le_bytes(fields.bytes(16)?.try_into().ok()?);
    let length = usize::try_from(fields.number()?).ok()?;
    keys.push(key);
    Some((step, key, Some(fields.bytes(length)?)))
}
