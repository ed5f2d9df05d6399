//! Documents, bytes and tokens through the steps.

use super::facts;
use super::page::Page;
use super::sankey;
use super::table::{Cell, From, Table, Weight, left, right};
use crate::document::Flow;
use crate::ledger::Stats;
use crate::plan::Plan;

/// Rows shown.
const ROWS: usize = 800;

fn row(name: &str, flow: Flow, all: u64, first: u64) -> Vec<Cell> {
    vec![
        Cell::Document(name.to_owned()),
        Cell::Count(flow.documents),
        Cell::Share(flow.documents, all),
        Cell::Share(flow.documents, first),
        if flow.bytes == 0 { Cell::Empty } else { Cell::Bytes(flow.bytes) },
        Cell::known(flow.tokens),
    ]
}

/// The funnel: every step with what entered, what it passed over, dropped, set aside, and what left.
pub fn table(plan: &Plan, stats: &Stats) -> Table {
    let mut table = Table::new(
        "Bytes are markup before extraction and text after it. Tokens are known after the tokenize step.",
        From::Stats("tally.steps"),
        &[
            left("step"),
            right("documents", ""),
            right("of step", "share of the documents that entered the step"),
            right("of read", "share of all documents read"),
            right("bytes", ""),
            right("tokens", ""),
        ],
    );
    let all = stats.tally.documents;
    for (step, tally) in facts::steps(plan, stats) {
        let entered = tally.entered.documents;
        table.row(ROWS, Weight::Sum, row(&format!("{} – entered", step.name), tally.entered, entered, all));
        let only = |documents| Flow { documents, ..Flow::default() };
        if tally.passed_over > 0 {
            table.row(
                ROWS,
                Weight::Part,
                row("passed over (when does not hold)", only(tally.passed_over), entered, all),
            );
        }
        for (rule, &flow) in &tally.dropped {
            let rule = facts::short_name(&step.name, rule);
            table.row(ROWS, Weight::Part, row(&format!("dropped by {rule}"), flow, entered, all));
        }
        for (kind, &documents) in &tally.quarantined {
            table.row(ROWS, Weight::Part, row(&format!("quarantined: {kind}"), only(documents), entered, all));
        }
        table.row(ROWS, Weight::Plain, row("left", tally.left, entered, all));
    }
    table
}

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    sankey::draw(page, plan, stats);
    table(plan, stats).draw(page);
    steps(plan).draw(page);
}

fn steps(plan: &Plan) -> Table {
    let columns = [left("step"), left("kind"), left("mode"), left("what it does"), right("rules", "")];
    let mut table = Table::new("The steps as planned.", From::Plan("steps"), &columns);
    for step in &plan.steps {
        let cells = vec![
            Cell::Document(step.name.clone()),
            Cell::Document(step.kind.clone()),
            Cell::Document(step.mode.clone()),
            Cell::Document(step.summary.clone()),
            Cell::Count(step.rules.len() as u64),
        ];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}
