//! One histogram per metric, with the bounds of the rules that look at it.

use super::histogram::{self, Mark};
use super::numbers::{count, of, value};
use super::page::Page;
use crate::document::{Bins, Histogram};
use crate::ledger::Stats;
use crate::plan::{MetricColumn, Plan};
use std::collections::BTreeMap;

/// Bytes of HTML for all histograms together.
const BUDGET: usize = 700_000;

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    let marks = marks(plan);
    let (measured, silent): (Vec<_>, Vec<_>) =
        plan.metrics.iter().zip(&stats.tally.metrics).partition(|(_, histogram)| !histogram.bins.is_empty());
    if measured.is_empty() {
        page.paragraph("quiet", "Nothing was measured.");
        return;
    }
    page.html("<p>Each plot: all documents that were measured, and <b class=\"keep\">those kept in the end</b>; the \
               <b class=\"drop\">rest</b> was dropped, here or later. A dashed line is a rule's bound, the shaded side is \
               where it trips. A rule sees only what the rules of earlier steps let through.</p>\n<div class=\"plots\">\n");
    let start = page.len();
    for (at, (column, histogram)) in measured.iter().enumerate() {
        if page.len() - start > BUDGET {
            let rest = of((measured.len() - at) as u64, "more metric");
            page.paragraph("source", &format!("{rest} left out to keep the file small."));
            break;
        }
        let none = Vec::new();
        draw_plot(page, column, histogram, marks.get(column.name.as_str()).unwrap_or(&none));
    }
    page.html("</div>\n");
    if !silent.is_empty() {
        page.paragraph(
            "source",
            &format!("{} never measured, since no document came so far.", of(silent.len() as u64, "metric")),
        );
    }
    page.html("<p class=\"source\">Quantiles are lower edges of bins (fifty between 0 and 1, or four per power of two). <span>Same \
               numbers: <code>gristmill stats RUN --format json</code>, key <code>tally.metrics</code></span></p>\n");
}

/// Bounds by metric, in the order of the rules.
fn marks(plan: &Plan) -> BTreeMap<&str, Vec<Mark<'_>>> {
    let mut marks: BTreeMap<&str, Vec<Mark<'_>>> = BTreeMap::new();
    for rule in plan.steps.iter().flat_map(|step| &step.rules) {
        if let Some(bound) = rule.bound.parse().ok().filter(|bound: &f64| bound.is_finite()) {
            marks.entry(&rule.metric).or_default().push(Mark { bound, trips: &rule.trips });
        }
    }
    marks
}

fn draw_plot(page: &mut Page, column: &MetricColumn, histogram: &Histogram, marks: &[Mark<'_>]) {
    let (measured, kept) = histogram::sums(histogram);
    page.html("<figure>\n<figcaption><b>")
        .document(&column.name)
        .html("</b> ")
        .document(&column.doc)
        .html("</figcaption>\n");
    histogram::draw(page, column.bins, histogram, marks);
    page.html("<p class=\"quantiles\">").text(&quantiles("all", measured, column.bins, histogram, |counts| counts.0));
    page.html("<br>")
        .text(&quantiles("kept", kept, column.bins, histogram, |counts| counts.1))
        .html("</p>\n</figure>\n");
}

/// `kept 1,234 · p1 0.02 · p50 0.5 · p99 0.98`.
pub fn quantiles(name: &str, sum: u64, bins: Bins, histogram: &Histogram, pick: impl Fn((u64, u64)) -> u64) -> String {
    let mut out = format!("{name} {}", count(sum));
    for hundredth in [1, 50, 99] {
        if let Some(number) = histogram::quantile(bins, histogram, hundredth, &pick).filter(|_| sum > 0) {
            out += &format!(" · p{hundredth} {}", value(number));
        }
    }
    out
}
