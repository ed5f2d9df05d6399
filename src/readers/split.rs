//! Says where a file can be cut, so that units of about equal size can be read apart.

use std::io;
use std::sync::Arc;

use super::records::Dialect;
use super::{Format, InputSpec, ReadFailure, jsonl, parquet, sniff};
use crate::storage::segments::{Codec, SegmentStream, last_byte_before};
use crate::storage::source::ByteSource;

/// Cuts `source` into ranges of about `target` stored bytes. Reading all of them in order gives exactly the records of
/// the whole file. A file that cannot be cut gives one range.
///
/// Plain JSONL is cut anywhere (a line belongs to the range in which it starts), compressed WARC, ARC and JSONL at
/// members or frames that begin a record, Parquet at row groups (its ranges count rows).
///
/// # Errors
/// When the medium fails.
pub fn split(spec: &InputSpec, source: &Arc<dyn ByteSource>, target: u64) -> Result<Vec<(u64, u64)>, ReadFailure> {
    cuts(spec, source, target.max(1)).map_err(|error| ReadFailure::new(spec, 0, error))
}

fn cuts(spec: &InputSpec, source: &Arc<dyn ByteSource>, target: u64) -> io::Result<Vec<(u64, u64)>> {
    let found = sniff::sniff(spec, source)?;
    let len = source.len();
    let one = vec![(0, len)];
    match (found.format, found.codec) {
        (Format::Parquet, _) => parquet::split(spec, source, target),
        (Format::Jsonl, Codec::Plain) => {
            let mut ranges: Vec<(u64, u64)> =
                (0..len.div_ceil(target)).map(|n| (n * target, (n + 1) * target)).collect();
            if let Some(last) = ranges.last_mut() {
                last.1 = len;
            }
            Ok(if ranges.is_empty() { one } else { ranges })
        }
        (Format::Warc | Format::Wet, Codec::Gzip | Codec::Zstd | Codec::Lz4) => {
            // A record and its continuations stay in one range.
            let confirm = |bytes: &[u8]| Dialect::Warc.confirms(bytes) && !super::segments::continues(bytes);
            segments(spec, source, found.codec, target, &confirm, false)
        }
        (Format::Arc, Codec::Gzip | Codec::Zstd | Codec::Lz4) => {
            segments(spec, source, found.codec, target, &|bytes| Dialect::Arc.confirms(bytes), false)
        }
        (Format::Jsonl, codec) => segments(spec, source, codec, target, &jsonl::confirms, true),
        _ => Ok(one),
    }
}

/// Tries per cut before the rest of the file stays in one range.
const TRIES: usize = 64;

fn segments(
    spec: &InputSpec,
    source: &Arc<dyn ByteSource>,
    codec: Codec,
    target: u64,
    confirm: &dyn Fn(&[u8]) -> bool,
    lines: bool,
) -> io::Result<Vec<(u64, u64)>> {
    let len = source.len();
    let mut ranges = Vec::new();
    let mut from = 0;
    let mut stream = SegmentStream::open(source, codec, spec.limits, 0)?;
    let mut search = target;
    let mut tries = 0;
    while search < len && tries < TRIES {
        let Some(place) = stream.find(search, confirm)? else {
            break;
        };
        tries += 1;
        // The segment before must end exactly here, and with a line where lines are read: so neither chance hits nor
        // segments that begin inside a record become cuts.
        let last = last_byte_before(source, codec, &spec.limits, place, confirm)?;
        let clean = last.is_some_and(|last| !lines || last == b'\n');
        if clean {
            ranges.push((from, place));
            from = place;
            tries = 0;
            search = place + target;
        } else {
            search = place + 1;
        }
    }
    ranges.push((from, len));
    Ok(ranges)
}
