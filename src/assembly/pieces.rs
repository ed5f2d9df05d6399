//! Dedup of lines, paragraphs and sentences, from the config.

use crate::config::{self, Dedup, PiecesDedup, Repeats, Scope, Sentences, SubstringDedup, Untouched};
use crate::dedup::cuts::Rule;
use crate::dedup::pieces::{Compare, Pieces, Unit};
use crate::dedup::substring::Substring;
use crate::document::{Bins, Bound};
use crate::plan::{MetricColumn, PlannedRule};
use crate::steps::{Cutter, Left, Measure, Mode, PiecesStep};
use std::sync::Arc;

/// Pieces of a document that are long enough to be compared, for the estimate of disk need: a line or sentence of text is about
/// a hundred bytes, and a document about forty of them.
pub const KEYS_EACH: u32 = 40;

/// The step, its metric columns, what it does in one line, and its rules as people read them.
pub struct Made {
    /// Yields keys and cuts.
    pub step: PiecesStep,
    /// Who keeps a piece; `None`: each document is looked at alone, and there is no barrier.
    pub rule: Option<Rule>,
    /// From `column` on.
    pub metrics: Vec<MetricColumn>,
    /// One line.
    pub summary: String,
    /// In the order of judging.
    pub rules: Vec<PlannedRule>,
}

/// The share of its characters from which on a source that loses more raises an alert; `None` for dedup of whole documents.
pub fn alert_above(dedup: &Dedup) -> Option<f64> {
    match dedup {
        Dedup::Lines(one) | Dedup::Paragraphs(one) | Dedup::Sentences(one) => Some(one.alert_above),
        Dedup::Substring(one) => Some(one.pieces.alert_above),
        Dedup::Overlap(one) => Some(one.alert_above),
        Dedup::Exact(_) | Dedup::Minhash(_) => None,
    }
}

/// Builds step `index`, whose metric columns begin at `column`.
pub fn make((index, name): (u16, &str), mode: Mode, dedup: &Dedup, one: &PiecesDedup, column: usize) -> Made {
    let sentences = rule_of(one.sentences);
    let (unit, mut word) = match dedup {
        Dedup::Sentences(_) => (Unit::Sentence(sentences), "sentences"),
        Dedup::Paragraphs(_) => (Unit::Paragraph, "paragraphs"),
        _ => (Unit::Line, "lines"),
    };
    let pieces = Pieces {
        unit,
        compare: compare(one),
        span: one.span as usize,
        min_chars: one.min_chars as usize,
        min_words: one.min_words as usize,
    };
    let mut cutter = Cutter::Pieces(pieces);
    if let Dedup::Substring(spans) = dedup {
        (cutter, word) = (Cutter::Substring(substring(spans)), "spans");
    }
    let rules: Vec<Left> =
        rules([one.min_left_chars, one.min_left_words, one.min_left_sentences], one.max_cut).collect();
    let mut measures = vec![Measure::CutPieces, Measure::CutChars, Measure::CutShare];
    for rule in &rules {
        if !measures.contains(&rule.measure) {
            measures.push(rule.measure);
        }
    }
    let corpus = one.scope == Scope::Corpus;
    Made {
        rule: corpus.then_some(Rule { min_documents: one.min_documents, copies: one.copies }),
        metrics: measures.iter().map(|&measure| metric(name, measure)).collect(),
        summary: match dedup {
            Dedup::Substring(spans) => span_summary(spans),
            _ => summary(word, one),
        },
        rules: rules.iter().map(|rule| planned(name, rule)).collect(),
        step: PiecesStep {
            step: index,
            cutter,
            repeats: one.repeats == Repeats::Cut,
            corpus,
            judge_all: one.untouched == Untouched::Judge,
            only_tell: mode == Mode::Tag,
            sentences,
            rules,
            measures,
            column,
        },
    }
}

/// Anchors of a document, for the estimate of disk need, by the length of windows: one to a quarter of it.
pub fn anchors_each(one: &SubstringDedup) -> u32 {
    (16_000 / one.min_bytes.max(1)).max(1)
}

/// Which spans a step cuts.
pub fn substring(one: &SubstringDedup) -> Substring {
    let within = match one.cut {
        config::SpanCut::Chars => None,
        config::SpanCut::Lines => Some(Unit::Line),
        config::SpanCut::Sentences => Some(Unit::Sentence(rule_of(one.pieces.sentences))),
    };
    Substring { min_bytes: one.min_bytes as usize, min_words: one.pieces.min_words as usize, within }
}

fn span_summary(one: &SubstringDedup) -> String {
    let what = match one.cut {
        config::SpanCut::Chars => "equal spans",
        config::SpanCut::Lines => "lines in equal spans",
        config::SpanCut::Sentences => "sentences in equal spans",
    };
    format!("{what} of {} bytes and more, cut out but for the first copy", one.min_bytes)
}

fn rule_of(sentences: Sentences) -> crate::text::SentenceRule {
    match sentences {
        Sentences::SpacyEn => crate::text::SentenceRule::SpacyEn,
        Sentences::Punkt => crate::text::SentenceRule::Punkt,
        Sentences::Uax29 => crate::text::SentenceRule::Uax29,
    }
}

fn compare(one: &PiecesDedup) -> Compare {
    match one.compare {
        config::Compare::Bytes => Compare::Bytes,
        config::Compare::Lower => Compare::Lower,
        config::Compare::Normalized => Compare::Normalized,
        config::Compare::CcNet => Compare::CcNet,
        config::Compare::Simplified => Compare::Simplified,
    }
}

/// Rules on what cutting leaves of a document, in datatrove's order: words before sentences. 0 is no bound, nor is a share of 1.
pub(super) fn rules([chars, words, sentences]: [u32; 3], max_cut: f64) -> impl Iterator<Item = Left> {
    let below = |rule: &str, measure, least: u32| {
        (least > 0).then(|| Left { rule: Arc::from(rule), measure, bound: Bound::Below(f64::from(least)) })
    };
    let share = (max_cut < 1.0).then(|| Left {
        rule: Arc::from("too-much-cut"),
        measure: Measure::CutShare,
        bound: Bound::Above(max_cut),
    });
    let least = [
        below("too-few-chars-left", Measure::LeftChars, chars),
        below("too-few-words-left", Measure::LeftWords, words),
        below("too-few-sentences-left", Measure::LeftSentences, sentences),
    ];
    least.into_iter().flatten().chain(share)
}

pub(super) fn metric(step: &str, measure: Measure) -> MetricColumn {
    let bins = if matches!(measure, Measure::CutShare | Measure::Overlap | Measure::OverlapEarlier) {
        Bins::Unit
    } else {
        Bins::Log
    };
    MetricColumn { name: format!("{step}/{}", measure.name()), doc: measure.doc().to_owned(), bins }
}

pub(super) fn planned(step: &str, rule: &Left) -> PlannedRule {
    let (sign, bound) = (rule.bound.sign(), rule.bound.number());
    PlannedRule {
        name: rule.rule.to_string(),
        metric: format!("{step}/{}", rule.measure.name()),
        trips: format!("{sign} {bound}"),
        bound: bound.to_string(),
    }
}

fn summary(word: &str, one: &PiecesDedup) -> String {
    let what = if one.span == 1 { format!("equal {word}") } else { format!("{} equal {word} in a row", one.span) };
    let whose = match (one.scope, one.copies) {
        (Scope::Document, _) => "within each document".to_owned(),
        (Scope::Corpus, 0) => format!("cut out of all documents that share them, from {} on", one.min_documents),
        (Scope::Corpus, 1) => "cut out but for the first document's".to_owned(),
        (Scope::Corpus, copies) => format!("cut out but for the first {copies} documents'"),
    };
    format!("{what}, compared as {}, {whose}", one.compare.word())
}
