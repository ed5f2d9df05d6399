//! Dedup by n-grams, from the config.

use super::pieces::{self, metric, planned};
use crate::config::{OverlapDedup, OverlapRemove};
use crate::dedup::overlap::{Bloom, Ngrams, Rule, Stretch};
use crate::document::Bound;
use crate::engine::EarlierRun;
use crate::plan::{MetricColumn, PlannedRule};
use crate::steps::{Left, Measure, Mode, OverlapStep};
use std::sync::Arc;

/// N-grams of a document, for the estimate of disk need: one for each word and mark.
pub const GRAMS_EACH: u32 = 900;

/// The step, who decides, its metric columns, what it does in one line, and its rules as people read them.
pub struct Made {
    /// Yields hashes and cuts.
    pub step: OverlapStep,
    /// When n-grams count as seen.
    pub rule: Rule,
    /// From `column` on.
    pub metrics: Vec<MetricColumn>,
    /// One line.
    pub summary: String,
    /// In the order of judging.
    pub rules: Vec<PlannedRule>,
}

/// Builds step `index`, whose metric columns begin at `column`.
pub fn make((index, name): (u16, &str), mode: Mode, one: &OverlapDedup, runs: &[EarlierRun], column: usize) -> Made {
    let rules = rules(one);
    let mut measures =
        vec![Measure::Overlap, Measure::CutPieces, Measure::CutChars, Measure::CutShare, Measure::LeftChars];
    if !runs.is_empty() {
        measures.push(Measure::OverlapEarlier);
    }
    let stretch = if one.remove == OverlapRemove::Document { Stretch::Document } else { Stretch::Paragraph };
    Made {
        rule: Rule { threshold: one.threshold, halvings: Rule::halvings_of(one.false_positives), shards: one.shards },
        metrics: measures.iter().map(|&measure| metric(name, measure)).collect(),
        summary: summary(one),
        rules: rules.iter().map(|rule| planned(name, rule)).collect(),
        step: OverlapStep {
            step: index,
            ngrams: Ngrams { stretch, words: one.ngram as usize, min_words: one.min_ngram as usize },
            cut: one.remove != OverlapRemove::Document,
            only_tell: mode == Mode::Tag,
            rules,
            measures,
            column,
            runs: runs.iter().map(|run| Arc::clone(&run.run)).collect(),
        },
    }
}

fn rules(one: &OverlapDedup) -> Vec<Left> {
    let whole = one.remove != OverlapRemove::Paragraph;
    let (rule, bound) = (Arc::from("seen-before"), Bound::Above(one.threshold));
    let seen = whole.then_some(Left { rule, measure: Measure::Overlap, bound });
    seen.into_iter().chain(pieces::rules([one.min_left_chars, 0, 0], one.max_cut)).collect()
}

fn summary(one: &OverlapDedup) -> String {
    let what = match one.remove {
        OverlapRemove::OldBoth => "paragraphs and documents",
        OverlapRemove::Paragraph => "paragraphs",
        OverlapRemove::Document => "documents",
    };
    let apart = if one.shards > 1 { format!(", in {} shards", one.shards) } else { String::new() };
    format!("{what} of whose {}-grams more than {} stood before{apart}", one.ngram, one.threshold)
}

/// What the filter costs, and those of earlier runs.
pub fn filter_note(rule: &Rule, runs: &[EarlierRun]) -> String {
    // Of a byte.
    let hundredths = Bloom::hundredths_each(rule.halvings).div_ceil(8);
    let of_shard = |shard: u32| runs.iter().filter_map(|run| run.filters.get(shard as usize)).sum::<u64>();
    let bytes = (0..rule.shards).map(of_shard).max().unwrap_or(0);
    let beside = if runs.is_empty() {
        String::new()
    } else {
        format!(", and those of earlier runs {} MiB beside it", bytes.div_ceil(1 << 20))
    };
    format!(
        "false positives at 2^-{}{}; the filter takes {}.{:02} bytes of memory for each n-gram of {}{beside}",
        rule.halvings,
        if runs.is_empty() { "" } else { " for each filter that is asked" },
        hundredths / 100,
        hundredths % 100,
        if rule.shards > 1 { "a shard" } else { "the run" },
    )
}
