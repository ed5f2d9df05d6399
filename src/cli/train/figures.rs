//! The figures of a trained classifier, for people and as JSON.

use super::super::terminal;
use super::args::Classifier;
use crate::classify::train::evaluation::{Evaluation, Held, SuggestedBound};
use crate::classify::train::{Corpus, Options};
use crate::storage::SealedFile;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Labels that are shown at most; the JSON report has all.
pub const LISTED: usize = 30;

/// One written model.
#[derive(Serialize)]
struct Model {
    file: String,
    bytes: u64,
    blake3: String,
    #[serde(flatten)]
    figures: Option<Evaluation>,
    /// By label.
    bounds: BTreeMap<String, Vec<SuggestedBound>>,
}

/// Everything that is told of a training.
#[derive(Serialize)]
pub struct Report {
    options: BTreeMap<&'static str, serde_json::Value>,
    texts: u64,
    tokens: u64,
    different_tokens: u64,
    /// The label of the texts of which bounds keep a share; all held-out texts without it.
    share_of: Option<String>,
    models: Vec<Model>,
    #[serde(skip)]
    positive: Option<String>,
    #[serde(skip)]
    trained: BTreeMap<String, u64>,
}

impl Report {
    pub fn new(args: &Classifier, options: &Options, corpus: &Corpus) -> Self {
        let against = !args.good.is_empty();
        Self {
            options: options_json(options),
            texts: corpus.len() as u64,
            tokens: corpus.trained_tokens(),
            different_tokens: corpus.different_tokens() as u64,
            share_of: against.then(|| args.random_label.clone()),
            models: Vec::new(),
            positive: args.positive.clone().or_else(|| against.then(|| args.good_label.clone())),
            trained: corpus.labels().into_iter().map(|(label, trained, _)| (label, trained)).collect(),
        }
    }

    /// Adds a model that was written and what it says of the held-out texts.
    pub fn add(&mut self, path: &str, sealed: &SealedFile, held: &Held) {
        let trained = |label: &str| self.trained.get(label).copied().unwrap_or_default();
        let figures = (!held.is_empty()).then(|| held.figures(&trained));
        let wanted = |label: &&String| match &self.positive {
            Some(positive) => *label == positive,
            None => held.labels.len() == 2,
        };
        let bounds = held.labels.iter().filter(wanted);
        let bounds = bounds.map(|label| (label.clone(), held.bounds(label, self.share_of.as_deref()))).collect();
        let (file, blake3) = (path.to_owned(), sealed.blake3.clone());
        self.models.push(Model { file, bytes: sealed.bytes, blake3, figures, bounds });
    }

    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    pub fn text(&self) -> String {
        let mut out = String::new();
        for model in &self.models {
            let _ = writeln!(out, "{}", terminal::sane(&model.file));
            match &model.figures {
                Some(figures) => tell(&mut out, figures),
                None => out.push_str("  nothing was held out, so nothing is measured\n"),
            }
            for (label, bounds) in model.bounds.iter().filter(|(_, bounds)| !bounds.is_empty()) {
                let of = match &self.share_of {
                    Some(base) => format!("held-out texts labelled {base}"),
                    None => "held-out texts".to_owned(),
                };
                let _ = writeln!(
                    out,
                    "  bounds on the probability of {}, by the share of {} that stays",
                    terminal::sane(label),
                    terminal::sane(&of)
                );
                out.push_str("    share   min-score      stays  precision  recall\n");
                for one in bounds {
                    let _ = writeln!(
                        out,
                        "    {:>5.0} %  {:>9.6}  {:>7.2} %     {:.3}    {:.3}",
                        one.share * 100.0,
                        one.min_score,
                        one.kept * 100.0,
                        one.precision,
                        one.recall
                    );
                }
            }
        }
        out
    }
}

fn options_json(options: &Options) -> BTreeMap<&'static str, serde_json::Value> {
    BTreeMap::from([
        ("dim", options.dim.into()),
        ("epochs", options.epochs.into()),
        ("rate", options.rate.into()),
        ("min_count", options.min_count.into()),
        ("word_ngrams", options.word_ngrams.into()),
        ("minn", options.minn.into()),
        ("maxn", options.maxn.into()),
        ("bucket", options.buckets().into()),
        ("loss", options.loss.name().into()),
        ("seed", options.seed.into()),
    ])
}

fn tell(out: &mut String, figures: &Evaluation) {
    let number = |value: Option<f64>| value.map_or_else(|| "    –".to_owned(), |value| format!("{value:.3}"));
    let _ = writeln!(
        out,
        "  {} held-out texts: accuracy {:.4}, macro F1 {:.4}, calibration error {:.4}",
        terminal::count(figures.texts),
        figures.accuracy,
        figures.macro_f1,
        figures.calibration_error
    );
    let _ = writeln!(out, "  {:<20} {:>8} {:>8}  precision  recall     F1    AUC", "label", "trained", "held out");
    for one in figures.labels.iter().take(LISTED) {
        let _ = writeln!(
            out,
            "  {:<20} {:>8} {:>8}      {}   {}  {}  {}",
            terminal::sane(&one.label),
            one.trained,
            one.held,
            number(one.precision),
            number(one.recall),
            number(one.f1),
            number(one.auc)
        );
    }
    if figures.labels.len() > LISTED {
        let _ = writeln!(out, "  and {} labels more", figures.labels.len() - LISTED);
    }
    out.push_str("  probability of the best label    texts  mean   right\n");
    for bin in figures.reliability.iter().filter(|bin| bin.texts > 0) {
        let (confidence, accuracy) = (number(bin.confidence), number(bin.accuracy));
        let _ = writeln!(out, "    {:.1} to {:.1}  {:>19}  {confidence}  {accuracy}", bin.from, bin.to, bin.texts);
    }
}
