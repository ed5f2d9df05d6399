//! The step `decontaminate` as an object.

use super::super::{AssemblyError, contamination};
use super::{Builder, Made, rule};
use crate::config::{ContaminationMethod, Decontaminate};
use crate::document::Bins;
use crate::plan::{MetricColumn, PlannedRule};
use crate::steps::{ContaminationStep, Mode, NOTHING_LEFT, Remedy, TOO_MANY_PIECES, Work, contaminated_rule};
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn decontaminate(
        &mut self,
        index: u16,
        name: &str,
        mode: Mode,
        one: &Decontaminate,
    ) -> Result<Made, AssemblyError> {
        let contamination::Read { table, items, sets, fingerprint } =
            contamination::read(self.place, self.config, one)?;
        // What the items say is part of the plan: other items are another run.
        self.references.push((format!("benchmark sets of `{name}`"), fingerprint));
        let remedy = contamination::remedy(one);
        let column = self.metrics.len();
        let (shared, cut) = (format!("{name}/shared_ngrams"), format!("{name}/contaminated_chars"));
        let metric = |name: &str, doc: &str| MetricColumn { name: name.into(), doc: doc.into(), bins: Bins::Log };
        self.metrics.push(metric(&shared, "n-grams of the document that benchmark items have as well"));
        let rules: Vec<PlannedRule> = match remedy {
            Remedy::Drop => sets.iter().map(|set| rule(&contaminated_rule(&set.name), &shared, ">=", 1.0)).collect(),
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
        let form = match one.method {
            ContaminationMethod::Datatrove => "datatrove's simplified words",
            ContaminationMethod::Gpt3 => "bare lower-case words",
        };
        let summary = format!(
            "{} {}-grams of {form} of {} benchmark sets, {} MiB in memory; {} what shares one",
            table.grams(),
            table.words(),
            sets.len(),
            table.bytes().div_ceil(1 << 20),
            one.action.word(),
        );
        let step = ContaminationStep {
            step: index,
            name: Arc::from(name),
            table,
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
}
