//! Rules: what each one costs, and whether it is needed.

use super::facts;
use super::numbers::count;
use super::page::Page;
use super::table::{Cell, Column, From, Table, Weight, drawn, left, right};
use crate::ledger::Stats;
use crate::plan::Plan;

/// Rows shown.
const ROWS: usize = 500;

/// The table of all rules.
pub fn table(plan: &Plan, stats: &Stats) -> Table {
    let mut table = Table::new(
        "Share: documents dropped by the rule, of those that its step judged. Rules in tag mode trip but drop nothing.",
        From::Stats("tally.steps"),
        &[
            left("step"),
            left("rule"),
            left("trips at"),
            right("hit first", "documents that this rule dropped: the first rule of the step that tripped"),
            right("hit at all", "documents on which this rule tripped, first or not"),
            right("only this rule", "documents on which no other rule of the step tripped"),
            Column { plain: false, ..right("bytes dropped", "bytes of the documents that it dropped") },
            Column { plain: true, ..drawn("share", "dropped, of the documents that the step judged") },
            drawn("examples", "documents that it dropped"),
        ],
    );
    let mut last = None;
    for rule in facts::rules(plan, stats) {
        // The step is named once, at its first rule.
        let first = last.replace(rule.step.name.as_str()) != Some(rule.step.name.as_str());
        let tag = if rule.step.mode == "tag" { " (tag)" } else { "" };
        let step = if first { format!("{}{tag}", rule.step.name) } else { String::new() };
        let cells = vec![
            Cell::Document(step),
            Cell::Document(rule.short_name().to_owned()),
            Cell::Code(rule.trips().to_owned()),
            Cell::Count(rule.dropped.documents),
            Cell::Count(rule.tripped),
            Cell::Count(rule.alone),
            Cell::Bytes(rule.dropped.bytes),
            Cell::Bar(rule.dropped.documents, rule.judged),
            Cell::Examples(rule.number, rule.examples.len()),
        ];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    let table = table(plan, stats);
    if table.rows.is_empty() {
        page.paragraph("quiet", "The plan has no rules.");
        return;
    }
    let silent = facts::rules(plan, stats).iter().filter(|rule| rule.tripped == 0).count();
    let rules = table.rows.len() + table.more;
    page.paragraph("", &format!("{} rules, {} of them never tripped.", count(rules as u64), count(silent as u64)));
    table.draw(page);
}
