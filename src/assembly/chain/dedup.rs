//! Dedup steps as objects: keys for the chain, and what the barrier must know.

use super::super::{AssemblyError, index, near, overlap, pieces};
use super::{Builder, Made, refused, rule};
use crate::config::{self, Dedup, Keep, MinhashHash, Shingle, StepKind, Target as ConfigTarget};
use crate::dedup::Layout;
use crate::engine::{DedupStep, EarlierRun, KeyKind, SavedIndex, Verification};
use crate::plan::{MetricColumn, PlannedStep};
use crate::steps::{AnchorsStep, ExactStep, MinHashStep, Mode, Preference, Step, Target, Units, When, Work};
use std::sync::Arc;

/// A dedup of whole documents: what it compares, how it is verified, what it is called.
struct Whole {
    keys: KeyKind,
    keys_each: u32,
    rule_name: &'static str,
    verify: Option<Verification>,
    summary: String,
    work: Work,
    /// What an index of it depends on.
    parameters: index::Parameters,
}

impl Builder<'_> {
    fn preference(&self, keep: &Keep) -> Result<Preference, AssemblyError> {
        Ok(match keep {
            Keep::First => Preference::First,
            Keep::Longest => Preference::Longest,
            Keep::Newest => Preference::Newest,
            Keep::SourcePriority => Preference::Source(self.config.sources.len()),
            Keep::Best(metric) => {
                let name = &metric.value;
                let fits = |column: &MetricColumn| column.name == *name || column.name.ends_with(&format!("/{name}"));
                let column = self.metrics.iter().position(fits).ok_or_else(|| {
                    refused(&format!("no step before this dedup measures `{name}`; add a filter that has a rule on it"))
                })?;
                Preference::Metric(column)
            }
        })
    }

    pub(super) fn dedup(
        &mut self,
        index: u16,
        name: &str,
        mode: Mode,
        when: &When,
        one: &Dedup,
    ) -> Result<Made, AssemblyError> {
        let (whole, preference) = match one {
            Dedup::Exact(exact) => self.exact(index, exact)?,
            Dedup::Minhash(minhash) => self.minhash(index, minhash)?,
            Dedup::Lines(pieces) | Dedup::Paragraphs(pieces) | Dedup::Sentences(pieces) => {
                return self.pieces((index, name), mode, when, one, pieces);
            }
            Dedup::Overlap(overlap) => return self.overlap((index, name), mode, when, one, overlap),
            Dedup::Substring(spans) => return self.pieces((index, name), mode, when, one, &spans.pieces),
        };
        let Whole { keys, keys_each, rule_name, verify, mut summary, work, parameters } = whole;
        let (paths, save) = match one {
            Dedup::Exact(one) => (&one.index, one.save_index),
            Dedup::Minhash(one) => (&one.index, one.save_index),
            _ => (&Vec::new(), false),
        };
        let (earlier, save) = self.indexes((index, name), (paths, save), &parameters, &mut summary)?;
        let ranked = preference != Preference::First;
        let barrier = self.barrier_step((index, name), mode, when, one, (keys, keys_each), rule_name);
        self.dedups.push(DedupStep { ranked, verify, earlier, save, ..barrier });
        let planned = match verify {
            Some(verify) => rule(rule_name, verify.measure.word(), ">=", verify.threshold),
            None => rule(rule_name, "cluster_size", ">", 1.0),
        };
        Ok((work, summary, vec![planned]))
    }

    /// What the barrier must know of a step without ranks, verification and indexes.
    fn barrier_step(
        &self,
        (step, name): (u16, &str),
        mode: Mode,
        when: &When,
        dedup: &Dedup,
        (keys, keys_each): (KeyKind, u32),
        rule: &str,
    ) -> DedupStep {
        DedupStep {
            step,
            mode,
            when: when.clone(),
            keys,
            keys_each,
            layout: Layout { partitions: self.config.limits.partitions, tag: tag(step, name, dedup) },
            ranked: false,
            verify: None,
            rule: Arc::from(rule),
            earlier: Vec::new(),
            save: None,
        }
    }

    /// The indexes that a step looks its keys up in, and the one that it saves.
    fn indexes(
        &mut self,
        (index, name): (u16, &str),
        (paths, save): (&[config::Located<String>], bool),
        parameters: &index::Parameters,
        summary: &mut String,
    ) -> Result<(Vec<EarlierRun>, Option<SavedIndex>), AssemblyError> {
        let (earlier, noted) = index::open(self.place, name, paths, parameters)?;
        self.references.extend(noted);
        let save = save.then(|| index::saved(index, name, parameters));
        for run in &earlier {
            summary.push_str(&format!(", against {}", run.run));
        }
        if let Some(save) = &save {
            self.notes.push(format!("what it keeps is saved in index/{}", save.folder));
        }
        Ok((earlier, save))
    }

    fn exact(&self, step: u16, one: &config::ExactDedup) -> Result<(Whole, Preference), AssemblyError> {
        let preference = self.preference(&one.keep)?;
        let target = match &one.on.value {
            ConfigTarget::Text => Target::Text,
            ConfigTarget::Url => Target::Url,
            ConfigTarget::Field(name) => Target::Field(name.clone()),
        };
        let summary = format!("equal {}, keeps {}", describe(&target), keep_word(&one.keep));
        let step = ExactStep { step, target, normalize: one.normalize, preference: preference.clone() };
        let work = Work::Keys(Box::new(step));
        let (keys, rule_name, parameters) = (KeyKind::Exact, "exact-duplicate", index::exact_parameters(one));
        Ok((Whole { keys, keys_each: 1, rule_name, verify: None, summary, work, parameters }, preference))
    }

    fn minhash(&mut self, step: u16, one: &config::MinhashDedup) -> Result<(Whole, Preference), AssemblyError> {
        let preference = self.preference(&one.keep)?;
        let verify = near::verification(one);
        let units = self.units(one)?;
        let tokenizer = self.references.last().map(|(_, hash)| hash.as_str());
        let parameters = index::minhash_parameters(one, self.config.seed, tokenizer);
        let step = MinHashStep {
            step,
            minhash: near::minhash(one, self.config.seed)?,
            units,
            lower: one.lower,
            sketch: verify.map_or(0, |verify| verify.sketch),
            preference: preference.clone(),
        };
        self.notes = vec![near::curve(one)];
        let summary = format!("{}, keeps {}", near::summary(one), keep_word(&one.keep));
        let work = Work::Keys(Box::new(step));
        let (keys, rule_name) = (KeyKind::Bands, "near-duplicate");
        Ok((Whole { keys, keys_each: one.bands, rule_name, verify, summary, work, parameters }, preference))
    }

    /// What shingles are made of; token shingles take the tokenizer of the step or that of the run.
    fn units(&mut self, one: &config::MinhashDedup) -> Result<Units, AssemblyError> {
        Ok(match (one.shingle, one.hash) {
            (Shingle::Char, _) => Units::Characters,
            (Shingle::SpaceWord, _) => Units::SpaceWords,
            (Shingle::Word, MinhashHash::Fast) => Units::Words,
            (Shingle::Word, _) => Units::SimplifiedWords,
            (Shingle::Token, _) => {
                let of_run = self.config.steps.iter().find_map(|step| match &step.kind {
                    StepKind::Tokenize(one) => Some((one.tokenizer.value.as_str(), one.sha256.as_ref(), Some(one))),
                    _ => None,
                });
                let own = one.tokenizer.as_ref().map(|path| (path.value.as_str(), None, None));
                let (path, sha256, beside) =
                    own.or(of_run).ok_or_else(|| refused("token shingles need a tokenizer"))?;
                Units::Tokens(self.encoder(path, sha256, beside)?)
            }
        })
    }

    /// The first round of a dedup of spans, a step of its own in the plan: it learns which places may be copies, and drops nothing.
    pub(super) fn anchors(&mut self, step: &config::Step, mode: Mode, when: &When) -> Result<(), AssemblyError> {
        let StepKind::Dedup(dedup @ Dedup::Substring(one)) = &step.kind else { return Ok(()) };
        let index = self.next_index()?;
        let name = format!("{}-anchors", step.name.value);
        let spans = pieces::substring(one);
        let made = |work| Step { index, name: Arc::from(name.as_str()), mode, when: when.clone(), work };
        self.steps.push(made(Work::Keys(Box::new(AnchorsStep { step: index, spans }))));
        self.cutters.push(made(Work::Edit(Box::new(AnchorsStep { step: index, spans }))));
        self.planned.push(PlannedStep {
            name: name.clone(),
            kind: step.kind.word().to_owned(),
            mode: step.mode.word().to_owned(),
            summary: format!("places where spans of {} bytes may be copies; drops nothing", one.min_bytes),
            notes: Vec::new(),
            rules: Vec::new(),
            alert_above: String::new(),
            sets: Vec::new(),
        });
        let keys = (KeyKind::Anchors, pieces::anchors_each(one));
        self.dedups.push(self.barrier_step((index, &name), mode, when, dedup, keys, "anchors"));
        Ok(())
    }

    /// A dedup by n-grams: its hashes here, its cuts as the first step of the next phase.
    fn overlap(
        &mut self,
        (index, name): (u16, &str),
        mode: Mode,
        when: &When,
        dedup: &Dedup,
        one: &config::OverlapDedup,
    ) -> Result<Made, AssemblyError> {
        let (parameters, mut against) = (index::overlap_parameters(one), String::new());
        let (earlier, save) = self.indexes((index, name), (&one.index, one.save_index), &parameters, &mut against)?;
        let overlap::Made { step, rule, metrics, summary, rules } =
            overlap::make((index, name), mode, one, &earlier, self.metrics.len());
        self.metrics.extend(metrics);
        self.notes.insert(0, overlap::filter_note(&rule, &earlier));
        let work = Work::Edit(Box::new(step.clone()));
        self.cutters.push(Step { index, name: Arc::from(name), mode, when: when.clone(), work });
        let keys = (KeyKind::Ngrams(rule), overlap::GRAMS_EACH);
        let barrier = self.barrier_step((index, name), mode, when, dedup, keys, "seen-before");
        self.dedups.push(DedupStep { earlier, save, ..barrier });
        Ok((Work::Keys(Box::new(step)), summary + &against, rules))
    }

    /// A dedup of pieces: its keys here, its cuts as the first step of the next phase; without a barrier, cuts alone.
    fn pieces(
        &mut self,
        (index, name): (u16, &str),
        mode: Mode,
        when: &When,
        dedup: &Dedup,
        one: &config::PiecesDedup,
    ) -> Result<Made, AssemblyError> {
        let pieces::Made { step, rule, metrics, mut summary, rules } =
            pieces::make((index, name), mode, dedup, one, self.metrics.len());
        self.metrics.extend(metrics);
        let Some(rule) = rule else { return Ok((Work::Edit(Box::new(step)), summary, rules)) };
        let parameters = index::pieces_parameters(dedup, one);
        let (earlier, save) = self.indexes((index, name), (&one.index, one.save_index), &parameters, &mut summary)?;
        let work = Work::Edit(Box::new(step.clone()));
        self.cutters.push(Step { index, name: Arc::from(name), mode, when: when.clone(), work });
        let keys = match dedup {
            Dedup::Substring(spans) => (KeyKind::Spans(spans.min_bytes as usize), pieces::anchors_each(spans)),
            _ => (KeyKind::Pieces(rule), pieces::KEYS_EACH),
        };
        let barrier = self.barrier_step((index, name), mode, when, dedup, keys, "copied-pieces");
        self.dedups.push(DedupStep { earlier, save, ..barrier });
        Ok((Work::Keys(Box::new(step)), summary, rules))
    }
}

/// What files of a dedup step carry, so that those of another step or plan are refused.
fn tag(index: u16, name: &str, dedup: &Dedup) -> u64 {
    let described = serde_json::to_string(dedup).unwrap_or_default();
    xxhash_rust::xxh3::xxh3_64(format!("{index}:{name}:{described}").as_bytes())
}

fn describe(target: &Target) -> String {
    match target {
        Target::Text => "texts".to_owned(),
        Target::Url => "addresses".to_owned(),
        Target::Field(name) => format!("`{name}` fields"),
    }
}

fn keep_word(keep: &Keep) -> String {
    match keep {
        Keep::First => "the first".to_owned(),
        Keep::Longest => "the longest".to_owned(),
        Keep::Newest => "the newest".to_owned(),
        Keep::SourcePriority => "the one from the first source".to_owned(),
        Keep::Best(metric) => format!("the best by `{}`", metric.value),
    }
}
