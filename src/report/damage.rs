//! What was set aside or replaced: damaged records, records that are no documents, personal data.

use super::numbers::{bytes, of, percent};
use super::page::Page;
use super::table::{Cell, From, Table, Weight, drawn, left, right};
use crate::ledger::Stats;
use crate::plan::Plan;
use std::collections::BTreeMap;

/// Rows shown per table.
const ROWS: usize = 100;

fn table(head: &'static str, caption: &'static str, from: From, counts: &BTreeMap<String, u64>) -> Table {
    let mut table = Table::new(caption, from, &[left(head), right("count", ""), drawn("share", "share of this table")]);
    table.columns[2].plain = true;
    let whole: u64 = counts.values().sum();
    let mut sorted: Vec<(&String, u64)> = counts.iter().map(|(name, &number)| (name, number)).collect();
    sorted.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    for (name, number) in sorted {
        let cells = vec![Cell::Document(name.clone()), Cell::Count(number), Cell::Bar(number, whole)];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}

/// Faults of the readers and of the steps, by kind.
pub fn kinds(stats: &Stats) -> Table {
    let mut all = stats.tally.faults.clone();
    for step in &stats.tally.steps {
        for (kind, count) in &step.quarantined {
            *all.entry(kind.clone()).or_default() += count;
        }
    }
    table(
        "fault",
        "Damaged records by kind, those set aside by steps included.",
        From::Stats("tally.faults, tally.steps[].quarantined"),
        &all,
    )
}

/// Faults by file.
pub fn files(stats: &Stats) -> Table {
    table("file", "Damaged records by input file.", From::Stats("tally.faulty_files"), &stats.tally.faulty_files)
}

/// Records that are no documents.
pub fn others(stats: &Stats) -> Table {
    table(
        "kind",
        "Records that are no documents: passed over, not damaged.",
        From::Stats("tally.others"),
        &stats.tally.others,
    )
}

/// Personal data replaced.
pub fn pii(stats: &Stats) -> Table {
    table(
        "kind",
        "Spans of personal data that were replaced. The values are stored nowhere.",
        From::Stats("tally.pii"),
        &stats.tally.pii,
    )
}

/// Draws the personal data.
pub fn draw_pii(page: &mut Page, _plan: &Plan, stats: &Stats) {
    if stats.tally.pii.is_empty() {
        page.paragraph("quiet", "Nothing was replaced.");
        return;
    }
    pii(stats).draw(page);
}

/// Draws the section.
pub fn draw(page: &mut Page, _plan: &Plan, stats: &Stats) {
    let damaged = stats.totals.faults + stats.totals.quarantined;
    if damaged == 0 {
        page.paragraph("quiet", "No record was damaged.");
    } else {
        let intro = format!(
            "{} set aside ({} of all records); {} of the inputs were passed over. The records are in quarantine/ of the run directory.",
            of(damaged, "record"),
            percent(damaged, stats.totals.records),
            bytes(stats.tally.lost_bytes)
        );
        page.paragraph("", &intro);
        for table in [kinds(stats), files(stats)] {
            if !table.rows.is_empty() {
                table.draw(page);
            }
        }
    }
    if !stats.tally.others.is_empty() {
        others(stats).draw(page);
    }
}
