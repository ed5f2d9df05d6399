//! Duplicates: how many, and in how big clusters.

use super::numbers::{count, percent};
use super::page::Page;
use super::svg::{self, Anchor};
use super::table::{Cell, From, Table, Weight, left, right};
use crate::document::Trim;
use crate::ledger::Stats;
use crate::plan::Plan;
use std::collections::BTreeMap;

/// Width of the chart.
const WIDTH: f64 = 640.0;
/// Height of a bar of the chart.
const BAR: f64 = 20.0;
/// Where bars start.
const LEFT: f64 = 130.0;
/// Rows and charts shown.
const STEPS: usize = 10;
/// Rows of sources shown.
const SOURCES: usize = 60;

fn fact(facts: &BTreeMap<String, u64>, name: &str) -> u64 {
    facts.get(name).copied().unwrap_or_default()
}

/// The table of dedup steps.
pub fn table(plan: &Plan, stats: &Stats) -> Table {
    let columns = [
        left("step"),
        left("what is compared"),
        right("pairs", "edges found between documents"),
        right("clusters", "groups of two or more documents"),
        right("in clusters", "documents in them"),
        right("surplus", "documents in clusters beyond one each"),
        right("of read", "surplus, of all documents read"),
        right("for earlier", "documents dropped for one that an earlier run kept, where the step is given an index"),
        right("biggest", "documents in the biggest cluster"),
        right("biggest bucket", "documents that share one key"),
    ];
    let mut table = Table::new("Each cluster keeps one document.", From::Stats("dedup"), &columns);
    for (step, facts) in stats.dedup.iter().filter(|(_, facts)| !facts.contains_key("cuts")) {
        let summary = plan.steps.iter().find(|one| one.name == *step).map_or("", |one| &one.summary);
        let surplus = fact(facts, "members").saturating_sub(fact(facts, "clusters"));
        let cells = vec![
            Cell::Document(step.clone()),
            Cell::Document(summary.to_owned()),
            Cell::Count(fact(facts, "edges")),
            Cell::Count(fact(facts, "clusters")),
            Cell::Count(fact(facts, "members")),
            Cell::Count(surplus),
            Cell::Share(surplus, stats.totals.documents),
            facts.get("removed-for-earlier").map_or(Cell::Empty, |&count| Cell::Count(count)),
            Cell::Count(fact(facts, "biggest")),
            Cell::Count(fact(facts, "biggest-bucket")),
        ];
        table.row(STEPS, Weight::Plain, cells);
    }
    table
}

/// The table of steps that cut copies out of documents: one row for each source that loses something, and the sum.
pub fn cut_table(plan: &Plan, stats: &Stats) -> Table {
    let columns = [
        left("step"),
        left("source"),
        right("documents", "documents that the step looked at"),
        right("touched", "documents that lose something"),
        right("pieces", "lines, paragraphs, sentences or spans that were cut out as copies"),
        right("characters", "characters cut out with them"),
        right("of all", "share of the characters of the documents looked at"),
        right("different", "different pieces, or n-grams, that were compared"),
        right("for earlier", "pieces cut for what an earlier run kept, where the step is given an index"),
        right("most shared", "documents that share one piece"),
    ];
    let mut table = Table::new(
        "Copies that were cut out of documents; those of documents that the step then dropped are counted as well.",
        From::Stats("tally.steps"),
        &columns,
    );
    let row = |step: &str, source: &str, trim: Trim, facts: [Cell; 3]| {
        let [different, earlier, shared] = facts;
        vec![
            Cell::Document(step.to_owned()),
            Cell::Document(source.to_owned()),
            Cell::Count(trim.documents),
            Cell::Share(trim.touched, trim.documents),
            Cell::Count(trim.pieces),
            Cell::Count(trim.cut_chars),
            Cell::Share(trim.cut_chars, trim.chars),
            different,
            earlier,
            shared,
        ]
    };
    for (step, tally) in plan.steps.iter().zip(&stats.tally.steps).filter(|(_, tally)| !tally.trims.is_empty()) {
        let of_step = |name| {
            let found = stats.dedup.get(&step.name).and_then(|facts| facts.get(name));
            found.map_or(Cell::Empty, |&count| Cell::Count(count))
        };
        let sum = [of_step("keys"), of_step("cuts-for-earlier"), of_step("biggest-bucket")];
        table.row(SOURCES, Weight::Sum, row(&step.name, "all", tally.trimmed(), sum));
        let mut sources: Vec<_> = tally.trims.iter().filter(|(_, trim)| trim.pieces > 0).collect();
        sources.sort_by_key(|(_, trim)| std::cmp::Reverse(trim.cut_chars));
        for (source, &trim) in sources {
            table.row(SOURCES, Weight::Part, row(&step.name, source, trim, [const { Cell::Empty }; 3]));
        }
    }
    table
}

/// Whether a step cuts copies out of documents.
pub fn cuts(stats: &Stats) -> bool {
    stats.tally.steps.iter().any(|tally| !tally.trims.is_empty())
}

/// Whether a step finds duplicates among whole documents.
pub fn clusters(stats: &Stats) -> bool {
    stats.dedup.values().any(|facts| !facts.contains_key("cuts"))
}

/// Cluster sizes: `(least size, most, clusters)`, from the smallest to the biggest that occurs.
pub fn sizes(facts: &BTreeMap<String, u64>) -> Vec<(u64, u64, u64)> {
    let class =
        |name: &str| name.strip_prefix("size-").and_then(|class| class.parse::<u32>().ok()).filter(|&class| class < 63);
    let mut out: Vec<(u64, u64, u64)> = facts
        .iter()
        .filter_map(|(name, &clusters)| class(name).map(|class| (1 << class, (2 << class) - 1, clusters)))
        .collect();
    out.sort_unstable();
    let from = out.iter().position(|&(.., clusters)| clusters > 0).unwrap_or(out.len());
    out.drain(..from);
    let to = out.iter().rposition(|&(.., clusters)| clusters > 0).map_or(0, |last| last + 1);
    out.truncate(to);
    out
}

/// Grows as the logarithm to the base 2 of `number + 1` and straight between powers of two, which needs no logarithm.
fn log_like(number: u64) -> f64 {
    let number = u128::from(number) + 1;
    let octave = number.ilog2();
    let base = 1_u128 << octave;
    #[allow(clippy::cast_precision_loss, reason = "drawn in pixels")]
    let inside = (number - base) as f64 / base as f64;
    f64::from(octave) + inside
}

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    if !clusters(stats) && !cuts(stats) {
        page.paragraph("quiet", "The plan has no dedup step.");
        return;
    }
    if clusters(stats) {
        table(plan, stats).draw(page);
    }
    if cuts(stats) {
        cut_table(plan, stats).draw(page);
    }
    for step in plan.steps.iter().filter(|step| stats.dedup.contains_key(&step.name)).take(STEPS) {
        for note in &step.notes {
            page.html("<p class=\"source\">").document(&step.name).html(": ").document(note).html("</p>\n");
        }
    }
    for (step, facts) in stats.dedup.iter().take(STEPS) {
        let sizes = sizes(facts);
        if !sizes.is_empty() {
            page.html("<h3>Cluster sizes: ").document(step).html("</h3>\n");
            draw_sizes(page, &sizes);
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "few bars")]
fn draw_sizes(page: &mut Page, sizes: &[(u64, u64, u64)]) {
    let all: u64 = sizes.iter().map(|&(.., clusters)| clusters).sum();
    let top = sizes.iter().map(|&(.., clusters)| log_like(clusters)).fold(1.0, f64::max);
    svg::open(page, "sizes", WIDTH, sizes.len() as f64 * BAR + 6.0, "Clusters by size; bars grow with the logarithm");
    for (at, &(least, most, clusters)) in sizes.iter().enumerate() {
        let y = at as f64 * BAR;
        let width = (WIDTH - LEFT - 160.0) * log_like(clusters) / top;
        let size = if least == most { count(least) } else { format!("{}–{}", count(least), count(most)) };
        svg::label(page, "tick", Anchor::End, LEFT - 8.0, y + 14.0, &size);
        svg::rect(page, "drop", LEFT, y + 3.0, width, BAR - 6.0);
        let tells = format!("{} ({})", count(clusters), percent(clusters, all));
        svg::label(page, "branch", Anchor::Start, LEFT + width + 8.0, y + 14.0, &tells);
    }
    svg::close(page);
    page.html(
        "<p class=\"source\">Clusters by number of documents; the length of bars grows with the logarithm.</p>\n",
    );
}
