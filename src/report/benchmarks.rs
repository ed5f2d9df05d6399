//! Benchmark sets: which of their items stand in documents.

use super::page::Page;
use super::table::{Cell, From, Table, Weight, left, right};
use crate::ledger::Stats;
use crate::plan::Plan;

/// Rows shown.
const SETS: usize = 200;

/// The table of sets.
pub fn table(plan: &Plan, stats: &Stats) -> Table {
    let columns = [
        left("step"),
        left("set"),
        right("items", "items of the set"),
        right("not looked for", "items that are too short: for one n-gram, or with `decon` for its `min-item` bounds"),
        right(
            "hit",
            "items found in documents: by n-grams, of which one of several items counts for the first, or with `decon` by a score",
        ),
        right(
            "documents",
            "documents that items of the set were found in; one with items of several sets counts for each",
        ),
        right("characters", "characters that go with them"),
    ];
    let mut table = Table::new("Items of benchmarks that stand in documents.", From::Stats("tally.steps"), &columns);
    for (step, tally) in plan.steps.iter().zip(&stats.tally.steps) {
        for set in &step.sets {
            let contact = tally.contacts.get(&set.name).cloned().unwrap_or_default();
            let cells = vec![
                Cell::Document(step.name.clone()),
                Cell::Document(set.name.clone()),
                Cell::Count(set.items),
                Cell::Count(set.without),
                Cell::Share(contact.items.len() as u64, set.items),
                Cell::Count(contact.documents),
                Cell::Count(contact.chars),
            ];
            table.row(SETS, Weight::Plain, cells);
        }
    }
    table
}

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    if plan.steps.iter().all(|step| step.sets.is_empty()) {
        page.paragraph("quiet", "The plan has no step `decontaminate`.");
        return;
    }
    table(plan, stats).draw(page);
}
