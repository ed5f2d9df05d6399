//! What is needed to get the same output again.

use super::page::Page;
use super::table::{Cell, From, Table, Weight, left};
use crate::ledger::Stats;
use crate::plan::Plan;

/// Bytes of HTML of the config.
const CONFIG: usize = 150_000;
/// References listed.
const ROWS: usize = 300;

/// Files that the config refers to, with their hashes.
fn references(plan: &Plan) -> Table {
    let columns = [left("file"), left("BLAKE3")];
    let mut table =
        Table::new("Filters, lists, models and tokenizers that were used.", From::Plan("references"), &columns);
    for (name, hash) in &plan.references {
        table.row(ROWS, Weight::Plain, vec![Cell::Document(name.clone()), Cell::Code(hash.clone())]);
    }
    table
}

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    page.html("<p>The same config, inputs and program give the same bytes, whatever the machine and the number of threads:</p>\n");
    page.html("<pre class=\"command\">gristmill run CONFIG --out NEW      <span># the same fingerprint means the same output</span>\n");
    page.html("gristmill verify RUN                <span># every byte and every count of this run</span>\n");
    page.html("gristmill report RUN                <span># this page, drawn anew</span></pre>\n");
    page.html("<p>Program <code>")
        .document(&stats.program)
        .html("</code>, plan fingerprint <code>")
        .document(&stats.fingerprint);
    page.html("</code>.</p>\n");
    if !plan.references.is_empty() {
        references(plan).draw(page);
    }
    let config = serde_json::to_string_pretty(&plan.config).unwrap_or_default();
    page.html("<details><summary>The config with every default filled in</summary>\n<pre class=\"config\">");
    page.document_lines(&config, CONFIG).html("</pre>\n</details>\n");
}
