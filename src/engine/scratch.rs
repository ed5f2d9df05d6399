//! Scratch files and the memory of sorters inside a unit.

use super::{Context, names};
use crate::dedup::{Scratch, ScratchFile};
use crate::storage::Medium;
use std::io::{self, Write};

/// Share of the memory budget that one exchange file's sorter may take.
const SORTER_SHARE: usize = 8;
/// Bytes gathered before a write of many small pieces.
pub(super) const WRITE_BUFFER: usize = 1 << 18;
/// Least memory of a sorter.
const SORTER_LEAST: usize = 4 << 20;

/// Scratch files in the run directory.
pub struct WorkScratch<'a>(pub &'a dyn Medium);

impl Scratch for WorkScratch<'_> {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        struct Adapter(Box<dyn crate::storage::ScratchFile>);
        impl io::Read for Adapter {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.read(buffer)
            }
        }
        impl Write for Adapter {
            fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
                self.0.write(buffer)
            }
            fn flush(&mut self) -> io::Result<()> {
                self.0.flush()
            }
        }
        impl io::Seek for Adapter {
            fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
                self.0.seek(to)
            }
        }
        match self.0.scratch(names::WORK) {
            Ok(file) => Ok(Box::new(Adapter(file))),
            Err(error) => Err(io::Error::new(error.source.kind(), error)),
        }
    }
}

/// Memory of a sorter inside a map unit.
pub(super) fn sorter_budget(context: &Context<'_>) -> usize {
    (context.memory / SORTER_SHARE / context.side_by_side).max(SORTER_LEAST)
}
