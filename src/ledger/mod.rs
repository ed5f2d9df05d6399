//! What a run directory records: unit records, intermediates, the manifest, the lock; and the check of all of it.

mod directory;
mod folders;
mod index;
mod manifest;
mod part;
mod record;
mod rows;
mod stats;
mod verify;
mod verify_shards;

pub use directory::{LOG, PLAN, RunDirectory, Waits};
pub use folders::{VALIDATION, chunk_layout, folder_indexes};
pub use index::{DESCRIPTION, INDEX, Index, VERSION, run_name};
pub use manifest::{MANIFEST, Manifest, Totals};
pub use part::{Block, PartReader, PartWriter};
pub use record::{StageFiles, StageRecord, UnitRecord, record_key};
pub use rows::{LedgerCut, LedgerRow, each_placed_row, each_row, row_at};
pub use stats::{OrderStats, STATS, ShardStats, SourceTokens, Stats};
pub use verify::{Checked, Problem, verify};
