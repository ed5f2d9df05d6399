//! The step `perplexity`: its files, its languages, its cut-offs.

use super::super::diagnostic::{Finding, quoted};
use super::super::types::{Bucket, Perplexity};
use super::Check;

/// The language of a model for all others.
const ANY: &str = "any";

impl Check<'_> {
    pub(super) fn perplexity(&mut self, one: &Perplexity) {
        if let (true, Some(place)) = (one.models.is_empty(), one.models_place) {
            let message = "this `perplexity` step has no model";
            self.findings.push(Finding::error("C028", place, message).hint("add one to `models`"));
        }
        let languages = one.models.iter().map(|model| (model.language.value.as_str(), model.language.place));
        self.unique("model", languages.filter(|(_, place)| place.is_written()).collect());
        for model in &one.models {
            self.needs_file("model", &model.model);
            if let Some(tokenizer) = &model.tokenizer {
                self.needs_file("tokenizer", tokenizer);
            }
            if model.language.value != ANY {
                self.code(&model.language);
            }
            match (model.head, model.middle) {
                (Some(head), Some(middle)) if head > middle => {
                    let message = format!("`head` is {head}, above `middle`, which is {middle}");
                    self.findings.push(Finding::error("C018", model.place, message).hint("the head is the lower part"));
                }
                (Some(_), None) | (None, Some(_)) => {
                    let message = format!("the model of {} has one cut-off of two", quoted(&model.language.value));
                    self.findings.push(Finding::error("C007", model.place, message).hint("give `head` and `middle`"));
                }
                _ => {}
            }
        }
        match &one.cutoffs {
            Some(path) => {
                self.needs_file("table of cut-offs", path);
                if one.head_percentile > one.middle_percentile {
                    let message = format!(
                        "`head-percentile` is {}, above `middle-percentile`, which is {}",
                        one.head_percentile, one.middle_percentile
                    );
                    self.findings.push(Finding::error("C018", path.place, message).hint("the head is the lower part"));
                }
            }
            None if one.models.iter().all(|model| model.head.is_none()) => {
                let all = [Bucket::Head, Bucket::Middle, Bucket::Tail, Bucket::All];
                if let (false, Some(place)) = (all.iter().all(|bucket| one.keep.contains(bucket)), one.models_place) {
                    let message = "`keep` names buckets, and nothing says where they end";
                    let hint = "give `cutoffs`, or each model `head` and `middle`";
                    self.findings.push(Finding::error("C018", place, message).hint(hint));
                }
            }
            None => {}
        }
    }
}
