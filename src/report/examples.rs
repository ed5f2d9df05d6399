//! Documents that each rule dropped. The same ones in every run: those with the smallest ids.

use super::facts::{self, RuleFacts};
use super::numbers::{of, value};
use super::page::Page;
use crate::document::Example;
use crate::ledger::Stats;
use crate::plan::Plan;

/// Bytes of HTML for all examples together.
const BUDGET: usize = 700_000;
/// Bytes of HTML of one snippet.
const SNIPPET: usize = 700;
/// Digits of an id that are shown: enough for `why` to find it.
const ID_DIGITS: usize = 12;

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    let rules: Vec<RuleFacts<'_>> =
        facts::rules(plan, stats).into_iter().filter(|rule| !rule.examples.is_empty()).collect();
    if rules.is_empty() {
        page.paragraph("quiet", "No rule dropped a document, or the plan asks for no examples.");
        return;
    }
    let all: u64 = rules.iter().map(|rule| rule.examples.len() as u64).sum();
    let intro = format!(
        "{} of {}, chosen by their ids, personal data replaced. For the whole story of one: ",
        of(all, "dropped document"),
        of(rules.len() as u64, "rule")
    );
    page.html("<p>")
        .text(&intro)
        .html("<code>gristmill why RUN ID</code>, or <code>--format json</code> for programs.</p>\n");
    let start = page.len();
    for (at, rule) in rules.iter().enumerate() {
        if page.len() - start > BUDGET {
            let rest = of((rules.len() - at) as u64, "more rule");
            page.paragraph("source", &format!("The examples of {rest} are left out to keep the file small."));
            break;
        }
        draw_rule(page, rule, BUDGET / rules.len());
    }
    page.html("<p class=\"source\">Same documents: <code>gristmill stats RUN --format json</code>, key <code>tally.examples</code></p>\n");
}

fn draw_rule(page: &mut Page, rule: &RuleFacts<'_>, budget: usize) {
    page.html("<details class=\"examples\" id=\"examples-").number(rule.number).html("\"><summary><code>");
    page.document(&rule.step.name).html("</code> › <code>").document(rule.short_name()).html("</code> <span>");
    page.text(&of(rule.examples.len() as u64, "example")).html("</span></summary>\n");
    let start = page.len();
    for (at, example) in rule.examples.iter().enumerate() {
        if page.len() - start > budget && at > 0 {
            let rest = of((rule.examples.len() - at) as u64, "more example");
            page.paragraph("source", &format!("{rest} of this rule left out to keep the file small."));
            break;
        }
        draw_example(page, rule, example);
    }
    page.html("</details>\n");
}

fn draw_example(page: &mut Page, rule: &RuleFacts<'_>, example: &Example) {
    let id: String = example.id.chars().take(ID_DIGITS).collect();
    page.html("<article>\n<p class=\"facts\">");
    if let Some(planned) = rule.planned {
        page.document(&planned.metric).html(" = ");
    }
    page.html("<b>").text(&value(example.value)).html("</b>");
    if !rule.trips().is_empty() {
        page.html(" <span>drops at</span> ").document(rule.trips());
    }
    page.html("</p>\n<p class=\"url\">");
    match &example.url {
        Some(url) => page.document(url),
        None => page.html("<span>no address</span>"),
    };
    page.html("</p>\n<pre>")
        .document_lines(&example.snippet, SNIPPET)
        .html("</pre>\n<p class=\"why\"><code>gristmill why RUN ");
    page.document(&id).html("</code></p>\n</article>\n");
}
