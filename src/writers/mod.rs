//! What is written beside tokens: kept documents and ledger rows as Parquet, damaged records as JSON lines.

mod documents;
mod ledger_rows;
mod quarantine;
mod table;

pub use documents::{documents_batch, documents_schema};
pub use ledger_rows::{ledger_batch, ledger_schema};
pub use quarantine::{QuarantineEntry, quarantine_line};
pub use table::TableWriter;
