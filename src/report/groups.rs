//! Sources, languages and domains: how much came, how much stayed.

use super::facts;
use super::numbers::{count, of};
use super::page::Page;
use super::table::{Cell, From, Table, Weight, drawn, left, right};
use crate::document::Group;
use crate::ledger::Stats;
use crate::plan::Plan;
use std::collections::BTreeMap;

/// Rows shown per table.
const ROWS: usize = 200;

type Groups<'a> = Vec<(&'a String, &'a Group)>;

/// Groups with the most kept first; equal ones by name.
fn ordered<'a>(stats: &Stats, groups: &'a BTreeMap<String, Group>) -> Groups<'a> {
    let mut out: Groups<'a> = groups.iter().collect();
    let key = |group: &Group| (facts::weight(stats, group.kept), group.kept.documents, group.read.documents);
    out.sort_by(|(a, x), (b, y)| key(y).cmp(&key(x)).then(a.cmp(b)));
    out
}

fn table(
    head: &'static str,
    caption: &'static str,
    from: From,
    stats: &Stats,
    groups: &BTreeMap<String, Group>,
) -> Table {
    let columns = [
        left(head),
        right("read", "documents read"),
        right("kept", "documents kept"),
        right("kept of read", "share of its own documents"),
        right("bytes kept", "bytes of text"),
        right("tokens kept", ""),
        right("bytes/token", "bytes of text per token"),
        drawn("share of output", "share of all kept tokens, or of kept bytes where there are no tokens"),
    ];
    let mut table = Table::new(caption, from, &columns);
    let whole = facts::weight(stats, stats.tally.kept());
    for (name, group) in ordered(stats, groups) {
        let cells = vec![
            Cell::Document(name.clone()),
            Cell::Count(group.read.documents),
            Cell::Count(group.kept.documents),
            Cell::Share(group.kept.documents, group.read.documents),
            Cell::Bytes(group.kept.bytes),
            Cell::known(group.kept.tokens),
            Cell::Words(super::numbers::quotient(group.kept.bytes, group.kept.tokens)),
            Cell::Bar(facts::weight(stats, group.kept), whole),
        ];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}

/// Languages.
pub fn languages(stats: &Stats) -> Table {
    table(
        "language",
        "Languages as the language step named them.",
        From::Stats("tally.languages"),
        stats,
        &stats.tally.languages,
    )
}

/// Domains.
pub fn domains(stats: &Stats) -> Table {
    table(
        "domain",
        "Domains with the most kept text; the ledger's rows have all.",
        From::Stats("tally.domains"),
        stats,
        &stats.tally.domains,
    )
}

/// Sources.
pub fn sources(stats: &Stats) -> Table {
    table("source", "Documents by source.", From::Stats("tally.sources"), stats, &stats.tally.sources)
}

/// Draws the inputs.
pub fn draw_sources(page: &mut Page, plan: &Plan, stats: &Stats) {
    sources(stats).draw(page);
    let columns = [left("source"), left("file"), right("bytes", "stored bytes")];
    let mut files = Table::new("Input files, in order of reading.", From::Plan("inputs"), &columns);
    for input in &plan.inputs {
        let source = plan.sources.get(input.source as usize).map_or(String::new(), |source| source.name.clone());
        let cells = vec![Cell::Document(source), Cell::Document(input.file.clone()), Cell::Bytes(input.bytes)];
        files.row(ROWS, Weight::Plain, cells);
    }
    page.html("<details><summary>").text(&of(plan.inputs.len() as u64, "input file")).html("</summary>\n");
    files.draw(page);
    page.html("</details>\n");
}

/// Draws the languages.
pub fn draw_languages(page: &mut Page, _plan: &Plan, stats: &Stats) {
    if stats.tally.languages.is_empty() {
        page.paragraph("quiet", "No step names languages.");
        return;
    }
    languages(stats).draw(page);
}

/// Draws the domains.
pub fn draw_domains(page: &mut Page, _plan: &Plan, stats: &Stats) {
    let (seen, listed) = (stats.domains_seen, stats.tally.domains.len());
    if listed == 0 {
        page.paragraph("quiet", "No document has an address.");
        return;
    }
    let noun = facts::weight_noun(stats);
    let (whole, held) =
        stats.tally.domains.values().fold((facts::weight(stats, stats.tally.kept()), 0), |(whole, held), group| {
            (whole, held + facts::weight(stats, group.kept))
        });
    let share = super::numbers::percent(held, whole);
    let intro = format!(
        "{} seen; the {} listed ones hold {share} of the kept {noun}.",
        of(seen, "domain"),
        count(listed as u64)
    );
    page.paragraph("", &intro);
    domains(stats).draw(page);
}
