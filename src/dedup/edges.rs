//! The edge file: what one partition unit hands to the cluster unit.
//!
//! Header, then sorted distinct pairs (a u64, b u64) with a < b, then the tail with the checksum of the pairs (`frame`).

use super::Layout;
use super::error::DedupError;
use super::external::Sorted;
use super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail};
use super::record::Record;
use std::io::{ErrorKind, Read, Write};
use xxhash_rust::xxh3::Xxh3;

const KIND: Kind = Kind { magic: *b"\x89gmedge\n", name: "edge file", record: 16 };
const CHUNK: usize = 64 * 1024;

/// Two documents that share a key: the smallest ordinal of the bucket first.
pub type Edge = (u64, u64);

/// Writes sorted edges as the file of one partition; returns their number.
pub(super) fn write(
    layout: Layout,
    partition: u32,
    mut edges: Sorted<Edge>,
    out: &mut dyn Write,
) -> Result<u64, DedupError> {
    let header = Header { layout, part: partition }.encode(KIND);
    out.write_all(&header)?;
    let mut buffer = Vec::with_capacity(CHUNK + 16);
    let mut hash = Xxh3::new();
    let mut count = 0;
    while let Some(edge) = edges.next()? {
        edge.put(&mut buffer);
        count += 1;
        if buffer.len() >= CHUNK {
            hash.update(&buffer);
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    hash.update(&buffer);
    out.write_all(&buffer)?;
    out.write_all(&encode_tail(&header, count, hash.digest()))?;
    out.flush()?;
    Ok(count)
}

/// Reads the edge file of `partition`, giving every edge in order. Returns how many there were.
///
/// The checksum is complete after the last edge: what `each` did must be thrown away when this fails.
///
/// # Errors
/// When it cannot be read, is damaged or belongs to another plan or partition, or when `each` fails.
pub fn read(
    layout: Layout,
    partition: u32,
    input: &mut dyn Read,
    mut each: impl FnMut(Edge) -> Result<(), DedupError>,
) -> Result<u64, DedupError> {
    let mut header = [0; HEADER];
    input.read_exact(&mut header).map_err(short)?;
    let Header { part, .. } = Header::decode(&header, KIND, layout)?;
    if part != partition {
        let (expected, found) = (partition.into(), part.into());
        return Err(DedupError::Mismatch { file: KIND.name, what: "partition", expected, found });
    }
    let mut hash = Xxh3::new();
    let (mut count, mut last) = (0, None);
    let tail = Tailed::new(KIND).read(input, |chunk| {
        hash.update(chunk);
        for bytes in chunk.chunks_exact(16) {
            let edge = Edge::get(bytes);
            if edge.0 >= edge.1 || last >= Some(edge) {
                return Err(DedupError::damaged(KIND.name, format!("edge {count} is out of order")));
            }
            last = Some(edge);
            count += 1;
            each(edge)?;
        }
        Ok(())
    })?;
    if decode_tail(&tail, &header, KIND)? != (count, hash.digest()) {
        return Err(DedupError::damaged(KIND.name, "the edges fail their checksum"));
    }
    Ok(count)
}

fn short(error: std::io::Error) -> DedupError {
    match error.kind() {
        ErrorKind::UnexpectedEof => DedupError::damaged(KIND.name, "it ends inside the header"),
        _ => error.into(),
    }
}

/// Reads a stream of records that ends in a tail, without knowing its length.
pub(super) struct Tailed {
    kind: Kind,
    buffer: Vec<u8>,
}

impl Tailed {
    /// A reader of records of that kind.
    pub fn new(kind: Kind) -> Self {
        Self { kind, buffer: Vec::new() }
    }

    /// Gives whole records to `each` and returns the tail.
    pub fn read(
        mut self,
        input: &mut dyn Read,
        mut each: impl FnMut(&[u8]) -> Result<(), DedupError>,
    ) -> Result<[u8; TAIL], DedupError> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let got = match input.read(&mut chunk) {
                Ok(0) => break,
                Ok(got) => got,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            self.buffer.extend_from_slice(&chunk[..got]);
            let whole = self.buffer.len().saturating_sub(TAIL) / self.kind.record * self.kind.record;
            each(&self.buffer[..whole])?;
            self.buffer.drain(..whole);
        }
        <[u8; TAIL]>::try_from(self.buffer.as_slice())
            .map_err(|_| DedupError::damaged(self.kind.name, "its length fits no number of records: it is cut"))
    }
}
