//! The report of a finished run: a pure function of the plan and of what was counted. No clock, no file, no script.
//!
//! Everything that came from a document, a file name or a config reaches the page through [`escape`] alone; the page
//! builder takes markup as string literals only, so that nothing else can.

mod alerts;
mod benchmarks;
mod damage;
mod duplicates;
pub mod escape;
mod examples;
mod facts;
mod flow;
mod groups;
mod histogram;
mod metrics;
mod numbers;
mod page;
mod repeat;
mod rules;
mod sankey;
mod svg;
mod table;
mod terminal;
mod time;
mod tokens;
mod verdict;

pub use time::Times;
pub use tokens::{packing, planning};

#[cfg(test)]
mod tests;

use crate::ledger::Stats;
use crate::plan::Plan;
use page::Page;

/// The look of the page.
const STYLE: &str = include_str!("style.css");

/// Sections in order: anchor, heading, and what draws it.
type Section = (&'static str, &'static str, fn(&mut Page, &Plan, &Stats));

const SECTIONS: [Section; 14] = [
    ("alerts", "Alerts", alerts::draw),
    ("inputs", "Inputs", groups::draw_sources),
    ("flow", "Flow", flow::draw),
    ("rules", "Rules", rules::draw),
    ("metrics", "Metrics", metrics::draw),
    ("examples", "Examples", examples::draw),
    ("languages", "Languages", groups::draw_languages),
    ("domains", "Domains", groups::draw_domains),
    ("duplicates", "Duplicates", duplicates::draw),
    ("benchmarks", "Benchmarks", benchmarks::draw),
    ("pii", "Personal data", damage::draw_pii),
    ("tokens", "Tokens", tokens::draw),
    ("damage", "Damage", damage::draw),
    ("repeat", "Repeat it", repeat::draw),
];

/// The report as one HTML file: offline, without scripts, below 3 MB whatever was counted; long lists say what they leave out.
///
/// Equal arguments give equal bytes.
#[must_use]
pub fn html(plan: &Plan, stats: &Stats) -> String {
    html_with_times(plan, stats, None)
}

/// The same page with the time that each step took, which is another one for each run of a plan.
#[must_use]
pub fn html_with_times(plan: &Plan, stats: &Stats, times: Option<&Times>) -> String {
    let mut page = Page::default();
    page.html("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .html("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n")
        .html("<meta name=\"referrer\" content=\"no-referrer\">\n")
        .html("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .html("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
        .text(&stats.name)
        .html(" – gristmill report</title>\n<style>\n")
        .html(STYLE)
        .html("</style>\n</head>\n<body>\n<nav aria-label=\"Sections\"><a href=\"#verdict\">Verdict</a>");
    for (anchor, title, _) in SECTIONS {
        page.html("<a href=\"#").html(anchor).html("\">").html(title).html("</a>");
    }
    page.html("<a href=\"#time\">Time</a></nav>\n<main>\n");
    verdict::draw(&mut page, plan, stats);
    for (anchor, title, draw) in SECTIONS {
        page.html("<section id=\"").html(anchor).html("\">\n<h2>").html(title).html("</h2>\n");
        draw(&mut page, plan, stats);
        page.html("</section>\n");
    }
    page.html("<section id=\"time\">\n<h2>Time</h2>\n");
    time::draw(&mut page, times);
    page.html("</section>\n</main>\n</body>\n</html>\n");
    page.finish()
}

/// The numbers as plain text for `gristmill stats RUN`: aligned, at most [`terminal::WIDTH`] columns wide.
#[must_use]
pub fn text(plan: &Plan, stats: &Stats, times: Option<&Times>) -> String {
    terminal::text(plan, stats, times)
}
