//! stub
use super::{Context, Failure};
use crate::ledger::UnitRecord;
pub const STAGE: &str = "shards";
pub fn name(unit: u32) -> String { format!("shard-{unit:05}") }
pub fn plan(_context: &Context<'_>) -> Result<Vec<u32>, Failure> { Ok(vec![]) }
pub fn compute(_context: &Context<'_>, _shards: &[u32], _unit: u32) -> Result<UnitRecord, Failure> { unreachable!() }
