//! A Parquet file whose bytes depend on its rows alone.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use std::io::{self, Write};

/// Bytes gathered before a row group is closed. It bounds the writer's memory.
const ROW_GROUP_BYTES: usize = 16 << 20;
/// Rows of a row group at most.
const ROW_GROUP_ROWS: usize = 100_000;
/// zstd level: level 3 is where size stops falling quickly for text.
const LEVEL: i32 = 3;

/// Columns in which hardly a value comes twice: a dictionary of them is made and then thrown away.
const DISTINCT: [&str; 5] = ["id", "offset", "source_id", "url", "text"];
/// Nobody looks for a text between two others.
const UNORDERED: &str = "text";

/// Writes one Parquet file.
pub struct TableWriter<W: Write + Send> {
    inner: ArrowWriter<W>,
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a file of this schema.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(out: W, schema: SchemaRef) -> io::Result<Self> {
        let level = ZstdLevel::try_new(LEVEL).map_err(io::Error::other)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(concat!("gristmill ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_column_statistics_enabled(UNORDERED.into(), EnabledStatistics::None);
        let properties = DISTINCT
            .iter()
            .fold(properties, |properties, &column| properties.set_column_dictionary_enabled(column.into(), false));
        let inner = ArrowWriter::try_new(out, schema, Some(properties.build())).map_err(io::Error::other)?;
        Ok(Self { inner })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.inner.write(batch).map_err(unwrap_io)?;
        if self.inner.in_progress_size() >= ROW_GROUP_BYTES {
            self.inner.flush().map_err(unwrap_io)?;
        }
        Ok(())
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> io::Result<W> {
        self.inner.into_inner().map_err(unwrap_io)
    }
}

/// Keeps the kind of an I/O error (disk full) visible through the library's wrapping.
fn unwrap_io(error: parquet::errors::ParquetError) -> io::Error {
    match error {
        parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(io) => *io,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
