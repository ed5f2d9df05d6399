//! What is written: that something is, and that the mixture can be made.

use super::super::diagnostic::{Finding, did_you_mean, quoted};
use super::super::place::Located;
use super::super::types::{Config, Order, PackMethod, StepKind, TokenFormat};
use super::{Check, all_steps};
use std::collections::BTreeMap;

impl Check<'_> {
    pub(super) fn output(&mut self, config: &Config) {
        let tokenize = all_steps(config).find(|step| matches!(step.kind, StepKind::Tokenize(_)));
        let tokens = config.output.tokens != TokenFormat::None;
        match tokenize {
            Some(step) if !tokens => {
                let message = "a tokenize step, and `tokens = \"none\"`: the tokens are not written";
                self.findings.push(Finding::warning("C044", step.place, message).hint("delete one of the two"));
            }
            None if !config.output.documents => {
                let message = "nothing is written: no tokenize step, and `documents = false`";
                self.findings.push(
                    Finding::warning("C044", config.output.dir.place, message)
                        .hint("write `documents = true` in `[output]`"),
                );
            }
            _ => {}
        }
        if config.output.packing.method != PackMethod::None && (tokenize.is_none() || !tokens) {
            let message = "`packing`, and no tokens are written";
            let finding = Finding::warning("C044", config.output.packing.place, message);
            self.findings.push(finding.hint("add a tokenize step, or delete the table"));
        }
    }

    /// Mixture and validation.
    pub(super) fn mixture(&mut self, config: &Config) {
        let (output, mix) = (&config.output, &config.output.mix);
        self.sources_of_mixture(config, "epochs", &mix.epochs);
        self.sources_of_mixture(config, "weights", &mix.weights);
        let mut clash_at = |place, message: &str, hint: &str| {
            self.findings.push(Finding::error("C018", place, message).hint(hint));
        };
        match (output.order == Order::Curriculum, &output.curriculum.by) {
            (true, None) => clash_at(
                output.curriculum.place,
                "`order = \"curriculum\"`, and nothing says by what",
                "write `curriculum = { by = \"tokens\" }` in `[output]`, or a metric column of the ledger",
            ),
            (false, Some(_)) => clash_at(
                output.curriculum.place,
                "`curriculum` with another order",
                "write `order = \"curriculum\"` in `[output]`, or delete the table",
            ),
            _ => {}
        }
        let mut clash = |message: &str, hint: &str| clash_at(mix.place, message, hint);
        let mixed = !mix.epochs.is_empty() || !mix.weights.is_empty() || mix.language_exponent != 1.0;
        if output.order == Order::Input && (mixed || output.validation > 0.0) {
            clash("a mixture or `validation` with `order = \"input\"`", "write `order = \"shuffle\"` in `[output]`");
        }
        if !mix.epochs.is_empty() && !mix.weights.is_empty() {
            clash("`mix` has both `epochs` and `weights`", "delete one of the two");
        }
        if mix.tokens.is_some() && mix.weights.is_empty() {
            clash("`tokens` of a mixture without `weights`", "add `weights`, or delete `tokens`");
        }
        if !mix.weights.is_empty() {
            let missing = config.sources.iter().find(|source| !mix.weights.contains_key(&source.name.value));
            if let Some(source) = missing {
                let message = format!("`weights` does not name the source {}", quoted(&source.name.value));
                clash(&message, "name every source; 0 leaves one out");
            }
            if mix.weights.values().all(|weight| weight.value <= 0.0) {
                clash("all `weights` are 0", "give at least one source a share");
            }
        }
    }

    fn sources_of_mixture(&mut self, config: &Config, key: &str, numbers: &BTreeMap<String, Located<f64>>) {
        for (name, number) in numbers {
            let mut names = config.sources.iter().map(|source| source.name.value.as_str());
            if !names.clone().any(|one| one == name) {
                let message = format!("no source is called {}", quoted(name));
                let finding = Finding::error("C022", number.place, message);
                self.findings.push(finding.maybe_hint(did_you_mean(name, names.by_ref())));
            }
            if !(number.value >= 0.0 && number.value.is_finite()) {
                let message = format!("{} of `{key}` is {}, below 0", quoted(name), number.value);
                self.findings.push(Finding::error("C006", number.place, message).label("0 or more"));
            }
        }
    }
}
