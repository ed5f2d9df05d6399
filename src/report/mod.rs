//! stub
use crate::ledger::Stats;
use crate::plan::Plan;
/// stub
pub fn html(_plan: &Plan, _stats: &Stats) -> String {
    "stub".into()
}
/// stub
pub fn text(_plan: &Plan, _stats: &Stats) -> String {
    "stub".into()
}
