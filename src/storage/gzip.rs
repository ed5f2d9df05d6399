//! Gzip files of our own: for the few outputs whose readers expect them.

use std::io::{self, BufRead, BufReader, Read, Write};

use flate2::{Compression, GzBuilder, write::GzEncoder};

/// A gzip stream of one member. Equal content gives equal bytes: no name and no time is written, and the level is fixed.
pub struct GzipWriter<W: Write>(GzEncoder<W>);

impl<W: Write> GzipWriter<W> {
    /// Begins a stream.
    pub fn new(out: W) -> Self {
        // 255: unknown operating system, on every one.
        Self(GzBuilder::new().mtime(0).operating_system(255).write(out, Compression::new(6)))
    }

    /// Ends the stream and gives the sink back, flushed.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.0.finish()?;
        out.flush()?;
        Ok(out)
    }
}

impl<W: Write> Write for GzipWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// What `each` makes of every line of a gzip file that this program wrote; what passes `limit` decompressed bytes is not read.
///
/// # Errors
/// When reading fails, or the file is no gzip file of UTF-8 lines.
#[allow(clippy::disallowed_types, reason = "a sealed file of our own, and bounded here")]
pub fn lines<T>(file: impl Read, limit: u64, mut each: impl FnMut(&str) -> T) -> io::Result<Vec<T>> {
    let text = flate2::read::GzDecoder::new(file).take(limit);
    BufReader::new(text).lines().map(|line| Ok(each(&line?))).collect()
}
