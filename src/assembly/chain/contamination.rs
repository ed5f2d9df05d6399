//! The step `decontaminate` as an object.

use super::super::{AssemblyError, contamination};
use super::{Builder, Made, rule};
use crate::config::{Decontaminate, SampledOverlap};
use crate::dedup::contamination::sampled::Tokens;
use crate::document::Bins;
use crate::plan::{MetricColumn, PlannedRule};
use crate::steps::{ContaminationStep, Finder, Mode, NOTHING_LEFT, Remedy, TOO_MANY_PIECES, Work, contaminated_rule};
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn decontaminate(
        &mut self,
        index: u16,
        name: &str,
        mode: Mode,
        one: &Decontaminate,
    ) -> Result<Made, AssemblyError> {
        let tokens = one.sampled.as_ref().map(|sampled| self.tokens_of(sampled)).transpose()?;
        let contamination::Read { finder, items, sets, fingerprint } =
            contamination::read(self.place, self.config, one, tokens)?;
        // What the items say is part of the plan: other items are another run.
        self.references.push((format!("benchmark sets of `{name}`"), fingerprint));
        let remedy = contamination::remedy(one);
        let column = self.metrics.len();
        let (shared, about, bound) = match &finder {
            Finder::Grams(_) => ("shared_ngrams", "n-grams of the document that benchmark items have as well", 1.0),
            Finder::Sampled(index) => {
                let least = f64::from(index.rules().min_score);
                (
                    "overlap_score",
                    "the highest score of a benchmark item that the document holds; 0 if there is none",
                    least,
                )
            }
        };
        let (shared, cut) = (format!("{name}/{shared}"), format!("{name}/contaminated_chars"));
        let metric = |name: &str, doc: &str| MetricColumn { name: name.into(), doc: doc.into(), bins: Bins::Log };
        self.metrics.push(metric(&shared, about));
        let rules: Vec<PlannedRule> = match remedy {
            Remedy::Drop => sets.iter().map(|set| rule(&contaminated_rule(&set.name), &shared, ">=", bound)).collect(),
            Remedy::Cut(spared, most) => {
                self.metrics.push(metric(&cut, "characters cut out with them"));
                #[allow(clippy::cast_precision_loss, reason = "both are below 2^32")]
                let (most, least) = (most as f64, spared.min_chars.max(1) as f64);
                vec![rule(TOO_MANY_PIECES, "pieces", ">", most), rule(NOTHING_LEFT, "longest_piece", "<", least)]
            }
        };
        self.notes = sets
            .iter()
            .map(|set| format!("{}: {} items, {} of them too short to be found", set.name, set.items, set.without))
            .collect();
        let summary = summary(&finder, one, sets.len());
        let step = ContaminationStep {
            step: index,
            name: Arc::from(name),
            finder,
            items,
            sets: sets.iter().map(|set| Arc::from(set.name.as_str())).collect(),
            remedy,
            only_tell: mode == Mode::Tag,
            column,
        };
        self.sets = sets;
        let work = if remedy == Remedy::Drop { Work::Judge(Box::new(step)) } else { Work::Edit(Box::new(step)) };
        Ok((work, summary, rules))
    }

    /// Whose tokens sampled overlap compares.
    fn tokens_of(&mut self, one: &SampledOverlap) -> Result<Tokens, AssemblyError> {
        if one.tokenizer.value == SampledOverlap::SEGMENTS {
            return Ok(Tokens::segments());
        }
        Ok(Tokens::File(self.encoder(&one.tokenizer.value, one.sha256.as_ref(), None)?))
    }
}

fn summary(finder: &Finder, one: &Decontaminate, sets: usize) -> String {
    let (what, bytes) = match finder {
        Finder::Grams(table) => {
            let words = contamination::form(one).about();
            (format!("{} {}-grams of {words} of {sets} benchmark sets", table.grams(), table.words()), table.bytes())
        }
        Finder::Sampled(index) => {
            let tokens = one.sampled.as_ref().map_or("", |sampled| &sampled.tokenizer.value);
            let n = index.rules().ngram;
            (format!("{} items of {sets} benchmark sets by {n}-grams of {tokens}", index.len()), index.bytes())
        }
    };
    format!("{what}, {} MiB in memory; {} what shares one", bytes.div_ceil(1 << 20), one.action.word())
}
