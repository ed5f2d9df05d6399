//! Tokens: how long documents are, how they are packed.

use super::histogram;
use super::metrics::quantiles;
use super::numbers::{count, percent, quotient, short, value};
use super::page::Page;
use super::table::{Cell, From, Table, Weight, left, right};
use crate::document::Bins;
use crate::ledger::Stats;
use crate::plan::Plan;
use crate::shards::mix::Share;
use std::collections::BTreeMap;

/// Shards listed.
const ROWS: usize = 200;

/// The table of shards.
pub fn shards(stats: &Stats) -> Table {
    let columns = [
        left("shard"),
        right("documents", ""),
        right("tokens", ""),
        right("bytes", "bytes of the data file"),
        right("tokens/document", "mean"),
        right("different ids", ""),
        right("padding", "share of the places of packed sequences that no token fills"),
    ];
    let mut table = Table::new("Token shards, in order.", From::Stats("shards"), &columns);
    for shard in &stats.shards {
        let cells = vec![
            Cell::Document(shard.name.clone()),
            Cell::Count(shard.documents),
            Cell::Count(shard.tokens),
            Cell::Bytes(shard.bytes),
            Cell::Words(quotient(shard.tokens, shard.documents)),
            Cell::Count(shard.different_ids),
            Cell::Share(shard.packing.map_or(0, |packing| packing.padding), shard.places()),
        ];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}

/// The table of sources as the shards hold them.
pub fn sources(stats: &Stats) -> Table {
    let columns = [
        left("source"),
        right("documents", "as often as they are written"),
        right("tokens", ""),
        right("share", "of all tokens written"),
        right("tokens/document", "mean"),
        right("median length", "the bin of the tokens of the middle document begins here"),
        right("bytes/token", "of its kept documents, each once"),
    ];
    let mut table = Table::new("Sources in the token shards.", From::Stats("written"), &columns);
    let all: u64 = stats.written.values().map(|one| one.tokens).sum();
    for (name, one) in &stats.written {
        let kept = stats.tally.sources.get(name).map(|group| group.kept).unwrap_or_default();
        let cells = vec![
            Cell::Document(name.clone()),
            Cell::Count(one.documents),
            Cell::Count(one.tokens),
            Cell::Share(one.tokens, all),
            Cell::Words(quotient(one.tokens, one.documents)),
            Cell::Words(median(&one.lengths, one.documents)),
            Cell::Words(quotient(kept.bytes, kept.tokens)),
        ];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}

/// Where the bin of the middle document begins.
fn median(lengths: &BTreeMap<i32, u64>, documents: u64) -> String {
    let mut seen = 0;
    let bin = lengths.iter().find(|(_, n)| {
        seen += **n;
        2 * seen >= documents
    });
    bin.map_or_else(|| "–".to_owned(), |(bin, _)| value(Bins::Log.lower(*bin)))
}

/// The table of the mixture: what each source and language gives, and how often.
pub fn mixture(plan: &Plan, stats: &Stats) -> Table {
    let columns = [
        left("source"),
        left("language"),
        right("tokens", "of its kept documents, each once"),
        right("epochs", "how often they are written, in the mean; documents held out are written once"),
        right("share", "of all tokens written"),
    ];
    let mut table = Table::new("Mixture.", From::Stats("order.shares"), &columns);
    let shares = stats.order.as_ref().map_or(&[][..], |order| &order.shares);
    let written = |one: &Share| (one.tokens as f64 * one.epochs.value()) as u64;
    let all: u64 = shares.iter().map(written).sum();
    for one in shares {
        let source = plan.sources.get(one.group.source as usize).map_or("", |source| source.name.as_str());
        let cells = vec![
            Cell::Document(source.to_owned()),
            Cell::Document(one.group.language.clone()),
            Cell::Count(one.tokens),
            Cell::Words(format!("{:.3}", one.epochs.value())),
            Cell::Share(written(one), all),
        ];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}

/// Tokens per parameter of a model for which so many tokens are compute-optimal (Hoffmann et al. 2022, the 20 of its abstract's
/// 70 billion parameters and 1.4 trillion tokens).
const CHINCHILLA: u64 = 20;

/// The facts in one line.
pub fn sentence(stats: &Stats) -> String {
    let kept = stats.tally.kept();
    let end = stats
        .end_of_text
        .map_or_else(|| "no end-of-document token".to_owned(), |id| format!("end-of-document token {id}"));
    format!(
        "{} tokens, {} per document, {} bytes of text per token; vocabulary of {} ids, {} of them not \
         used, {end}. {}.",
        short(stats.totals.tokens),
        quotient(kept.tokens, kept.documents),
        quotient(kept.bytes, kept.tokens),
        count(u64::from(stats.vocab_size)),
        percent(u64::from(stats.vocab_size).saturating_sub(stats.different_ids), u64::from(stats.vocab_size)),
        planning(stats),
    )
}

/// What the tokens are enough for.
pub fn planning(stats: &Stats) -> String {
    let (tokens, parameters) = (stats.totals.tokens, stats.totals.tokens / CHINCHILLA);
    format!(
        "{} tokens are compute-optimal for a model of {} parameters (20 tokens each)",
        short(tokens),
        short(parameters)
    )
}

/// How sequences came out, in one line; `None` where they are not packed.
pub fn packing(plan: &Plan, stats: &Stats) -> Option<String> {
    let (packing, counts) = (plan.output.packing.as_ref()?, stats.packing()?);
    let places = counts.sequences * u64::from(packing.length);
    let documents: u64 = stats.shards.iter().map(|shard| shard.documents).sum();
    Some(format!(
        "{} sequences of {} tokens: {} padding; {} of documents are cut ({} are longer than a sequence), {} pieces per sequence",
        count(counts.sequences),
        count(packing.length.into()),
        percent(counts.padding, places),
        percent(counts.cut, documents),
        percent(counts.longer, documents),
        quotient(counts.pieces, counts.sequences),
    ))
}

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    if stats.vocab_size == 0 && stats.shards.is_empty() {
        page.paragraph("quiet", "The plan has no tokenize step.");
        return;
    }
    page.paragraph("", &sentence(stats));
    if let Some(line) = packing(plan, stats) {
        page.paragraph("", &format!("{line}."));
    }
    let lengths = &stats.tally.token_lengths;
    if !lengths.bins.is_empty() {
        let all = histogram::sums(lengths).0;
        page.html(
            "<div class=\"plots\"><figure>\n<figcaption><b>tokens per document</b> kept documents</figcaption>\n",
        );
        histogram::draw(page, Bins::Log, lengths, &[]);
        page.html("<p class=\"quantiles\">").text(&quantiles("kept", all, Bins::Log, lengths, |counts| counts.0));
        page.html("</p>\n</figure></div>\n");
    }
    sources(stats).draw(page);
    if stats.order.is_some() {
        mixture(plan, stats).draw(page);
    }
    shards(stats).draw(page);
}
