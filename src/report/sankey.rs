//! The flow of documents as a drawing: a stream from top to bottom whose width is the number of documents, and a branch to the
//! right for everything that leaves it.

use super::facts;
use super::numbers::{count, percent, ratio};
use super::page::Page;
use super::svg::{self, Anchor, Path};
use crate::document::StepTally;
use crate::ledger::Stats;
use crate::plan::Plan;

/// Width of the drawing.
const WIDTH: f64 = 1000.0;
/// Left edge of the stream; names of steps stand before it.
const LEFT: f64 = 215.0;
/// Width of the stream when every document is in it.
const STREAM: f64 = 280.0;
/// Where branches end.
const END: f64 = 600.0;
/// Room that a branch takes at least, for its label.
const SLOT: f64 = 19.0;
/// Height of a step where nothing leaves.
const STEP: f64 = 44.0;
/// Branches per step; the rest is drawn as one.
const BRANCHES: usize = 5;
/// Steps drawn; the table has all.
const STEPS: usize = 60;
/// Characters of a name on the left.
const NAME: usize = 26;
/// Characters of a label on the right.
const LABEL: usize = 40;

/// Something that leaves the stream.
struct Branch {
    name: String,
    documents: u64,
    quarantined: bool,
}

fn branches(step: &str, tally: &StepTally) -> Vec<Branch> {
    let dropped = tally.dropped.iter().map(|(name, flow)| (name, flow.documents, false));
    let aside = tally.quarantined.iter().map(|(name, &documents)| (name, documents, true));
    let mut all: Vec<Branch> = dropped
        .chain(aside)
        .filter(|&(_, documents, _)| documents > 0)
        .map(|(name, documents, quarantined)| Branch {
            name: shorten(facts::short_name(step, name), LABEL),
            documents,
            quarantined,
        })
        .collect();
    all.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.name.cmp(&b.name)));
    if all.len() > BRANCHES {
        let rest = all.split_off(BRANCHES - 1);
        let documents = rest.iter().map(|branch| branch.documents).sum();
        all.push(Branch { name: format!("{} others", rest.len()), documents, quarantined: false });
    }
    all
}

/// Text cut to so many characters.
pub fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// Draws it.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    let all = stats.tally.documents;
    let steps: Vec<_> =
        facts::steps(plan, stats).take(STEPS).map(|(step, tally)| (step, tally, branches(&step.name, tally))).collect();
    let heights = steps.iter().map(|(_, _, branches)| height(branches, all));
    let total = STEP + heights.sum::<f64>() + 40.0;
    page.html("<div class=\"scroll\">");
    svg::open(page, "flow", WIDTH, total, "Documents through the steps; the table below has the same numbers");
    svg::label(page, "name", Anchor::End, LEFT - 14.0, 19.0, "read");
    svg::label(page, "small", Anchor::End, LEFT - 14.0, 34.0, &count(all));
    svg::rect(page, "keep", LEFT, 10.0, width(all, all), STEP - 10.0);
    let mut top = STEP;
    for (step, tally, branches) in &steps {
        let name = if step.mode == "tag" { format!("{} (tag)", step.name) } else { step.name.clone() };
        svg::label(page, "name", Anchor::End, LEFT - 14.0, top + 12.0, &shorten(&name, NAME));
        svg::label(
            page,
            "small",
            Anchor::End,
            LEFT - 14.0,
            top + 27.0,
            &format!("{} in", count(tally.entered.documents)),
        );
        draw_step(page, tally, branches, all, top);
        top += height(branches, all);
    }
    let kept = stats.totals.kept;
    svg::rect(page, "node", LEFT, top, width(kept, all).max(2.0), 5.0);
    svg::label(page, "name", Anchor::End, LEFT - 14.0, top + 10.0, "kept");
    svg::label(
        page,
        "kept",
        Anchor::Start,
        LEFT,
        top + 26.0,
        &format!("{} documents ({})", count(kept), percent(kept, all)),
    );
    svg::close(page);
    page.html("</div>\n");
    if plan.steps.len() > STEPS {
        page.paragraph("source", &format!("{} more steps are in the table only.", plan.steps.len() - STEPS));
    }
}

fn width(documents: u64, all: u64) -> f64 {
    let width = STREAM * ratio(documents, all);
    if documents > 0 { width.max(0.8) } else { width }
}

fn height(branches: &[Branch], all: u64) -> f64 {
    let slots: f64 = branches.iter().map(|branch| width(branch.documents, all).max(SLOT) + 3.0).sum();
    (slots + 14.0).max(STEP)
}

fn draw_step(page: &mut Page, tally: &StepTally, branches: &[Branch], all: u64, top: f64) {
    let stays = width(tally.left.documents, all);
    if tally.left.documents > 0 {
        svg::rect(page, "keep", LEFT, top, stays, height(branches, all));
    }
    let mut right = LEFT + width(tally.entered.documents, all).max(stays);
    let mut slot = top + 8.0;
    for branch in branches {
        let thick = width(branch.documents, all);
        // The rightmost part turns away first, so that branches never cross.
        let left = (right - thick).max(LEFT);
        let room = thick.max(SLOT);
        let (upper, lower) = (slot + (room - thick) / 2.0, slot + (room + thick) / 2.0);
        let class = if branch.quarantined { "aside" } else { "drop" };
        let tells = format!("{}: {}", branch.name, count(branch.documents));
        let turn = right + 26.0;
        let mut path = Path::default();
        path.start(right, top).curve((right, upper), (right, upper), (turn, upper)).level(END).upright(lower);
        path.line(turn, lower).curve((left, lower), (left, lower), (left, top));
        path.draw(page, class, &tells);
        let text = format!("{}  {} ({})", branch.name, count(branch.documents), percent(branch.documents, all));
        svg::label(page, "branch", Anchor::Start, END + 10.0, slot + room / 2.0 + 4.0, &text);
        right = left;
        slot += room + 3.0;
    }
    svg::rect(page, "node", LEFT, top - 1.5, width(tally.entered.documents, all), 3.0);
}
