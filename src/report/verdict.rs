//! The head of the report: what came out, in one paragraph, and what it was made by.

use super::alerts::{self, Level};
use super::numbers::{bytes, count, of, percent, short};
use super::page::Page;
use crate::ledger::Stats;
use crate::plan::Plan;

/// The paragraph.
pub fn sentence(plan: &Plan, stats: &Stats) -> String {
    let totals = &stats.totals;
    let mut out = format!(
        "This run read {} from {} ({}) in {} and kept {}",
        of(totals.documents, "document"),
        of(plan.inputs.len() as u64, "file"),
        bytes(plan.input_bytes()),
        of(plan.sources.len() as u64, "source"),
        count(totals.kept),
    );
    if totals.documents > 0 {
        out += &format!(" ({})", percent(totals.kept, totals.documents));
    }
    if totals.shards > 0 {
        out += &format!(": {} tokens in {}", short(totals.tokens), of(totals.shards, "shard"));
    }
    out += &format!(". It dropped {} ({})", of(totals.dropped, "document"), percent(totals.dropped, totals.documents));
    let damaged = totals.faults + totals.quarantined;
    if damaged > 0 {
        out += &format!(" and set aside {} ({})", of(damaged, "damaged record"), percent(damaged, totals.records));
    }
    if totals.others > 0 {
        out += &format!(". A further {} were no documents", of(totals.others, "record"));
    }
    out + "."
}

/// Whether the counts can be trusted, in words.
pub fn state(plan: &Plan, stats: &Stats) -> (bool, &'static str) {
    let sound = alerts::find(plan, stats).iter().all(|alert| alert.level != Level::Error);
    (sound, if sound { "finished, all counts add up" } else { "the counts do not add up" })
}

/// What the run was made by: label and text.
pub fn identity(plan: &Plan, stats: &Stats) -> Vec<(&'static str, String)> {
    let seed = plan.config.get("seed").map_or_else(|| "–".to_owned(), |seed| seed.to_string());
    vec![
        ("Program", format!("gristmill {}", stats.program)),
        ("Plan fingerprint", stats.fingerprint.clone()),
        ("Seed", seed),
        ("Directory format", stats.format.to_string()),
    ]
}

/// Draws the head.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    let (sound, words) = state(plan, stats);
    page.html("<header id=\"verdict\">\n<p class=\"kicker\">gristmill report</p>\n<h1>").document(&stats.name);
    page.html("</h1>\n<p class=\"state ").html(if sound { "good" } else { "bad" }).html("\">").html(words);
    page.html("</p>\n<p class=\"lead\">").text(&sentence(plan, stats)).html("</p>\n<dl class=\"tiles\">\n");
    for (label, number, exact) in tiles(stats) {
        page.html("<div title=\"")
            .text(&exact)
            .html("\"><dt>")
            .html(label)
            .html("</dt><dd>")
            .text(&number)
            .html("</dd></div>\n");
    }
    page.html("</dl>\n<dl class=\"identity\">\n");
    for (label, value) in identity(plan, stats) {
        page.html("<div><dt>").html(label).html("</dt><dd>").document(&value).html("</dd></div>\n");
    }
    page.html("</dl>\n</header>\n");
}

fn tiles(stats: &Stats) -> [(&'static str, String, String); 5] {
    let totals = &stats.totals;
    let exact = |number: u64| (short(number), count(number));
    let (read, kept, tokens) = (exact(totals.documents), exact(totals.kept), exact(totals.tokens));
    let damaged = exact(totals.faults + totals.quarantined);
    let share = percent(totals.kept, totals.documents);
    [
        ("documents read", read.0, read.1),
        ("documents kept", kept.0, kept.1.clone()),
        ("share kept", share, format!("{} of {}", kept.1, count(totals.documents))),
        ("tokens", tokens.0, tokens.1),
        ("set aside", damaged.0, damaged.1),
    ]
}
