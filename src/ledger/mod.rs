//! What a run directory records: unit records, intermediates, the manifest, the lock; and the check of all of it.

mod directory;
mod manifest;
mod part;
mod record;
mod rows;
mod stats;
mod verify;
mod verify_shards;

pub use directory::{LOG, PLAN, RunDirectory};
pub use manifest::{MANIFEST, Manifest, Totals};
pub use part::{Block, PartReader, PartWriter};
pub use record::{UnitRecord, record_key};
pub use rows::{LedgerRow, each_row};
pub use stats::{OrderStats, STATS, ShardStats, Stats};
pub use verify::{Checked, Problem, verify};
