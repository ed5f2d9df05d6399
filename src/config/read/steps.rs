//! The typed steps.

use std::collections::{BTreeMap, BTreeSet};

use super::super::place::{Located, Place};
use super::super::presets;
use super::super::schema::{self, Kind};
use super::super::shape::accepts;
use super::super::shape::is_categories;
use super::super::tree::{Fields, Node};
use super::super::types::{
    BenchmarkSet, Bucket, Categories, Classify, ClassifyCombine, ClassifyLevel, ClassifyPrepare, Compare,
    ContaminationMethod, Decontaminate, Dedup, EndOfText, ExactDedup, Extract, Favor, FilterRef, FilterStep, Keep,
    Language, LanguagePer, ListFrom, MinhashDedup, MinhashHash, MinhashPreset, Missing, Mode, OverlapDedup,
    OverlapPreset, OverlapRemove, Perplexity, PerplexityModel, PerplexityPrepare, PiecesDedup, PiecesPreset, Pii,
    PiiAction, PiiKind, PiiPreset, RankPattern, Remedy, Repeats, Robots, SampledOverlap, Scope, Sentences, Shingle,
    Short, SpanCut, Step, StepKind, SubstringDedup, Target, Tokenize, Unreachable, Untouched, UrlRules, Verify, When,
};
use super::{Reader, StepNames, derived_name, paths_of};
use crate::dedup::minhash::shape_finding;
use crate::metrics::{Lists, Role};

pub(super) fn step(reader: &Reader<'_>, source: &str, names: &mut StepNames) -> Option<Step> {
    let kind = step_kind(reader)?;
    let when = reader.inner("when");
    Some(Step {
        name: match reader.written("name") {
            Some(name) => name,
            None => Located::new(names.derive(source, &derived_name(reader.fields?)), Place::NOWHERE),
        },
        mode: reader.word("mode", Mode::from_word, Mode::Drop),
        when: When { language: when.texts("language"), source: when.texts("source") },
        place: reader.fields?.get(kind.word()).map_or(reader.place, |field| field.key),
        kind,
    })
}

/// The kind of a step; of several (an error reported elsewhere), the first in the order of the schema.
fn step_kind(reader: &Reader<'_>) -> Option<StepKind> {
    let word = schema::STEP_KINDS.iter().find(|word| {
        let key = reader.table.key(word);
        reader.node(word).is_some_and(|node| {
            key.is_some_and(|key| match key.kind {
                Kind::Either(first, second) => accepts(first, &node.value) || accepts(second, &node.value),
                kind => accepts(&kind, &node.value),
            })
        })
    })?;
    let inner = reader.inner(word);
    Some(match *word {
        "extract" => StepKind::Extract(Extract {
            favor: inner.word("favor", Favor::from_word, Favor::Balanced),
            min_chars: inner.small("min-chars"),
            links: inner.bool("links"),
            tables: inner.bool("tables"),
            comments: inner.bool("comments"),
            markdown: inner.bool("markdown"),
        }),
        "language" => StepKind::Language(Language {
            model: inner.text("model"),
            sha256: checksum(&inner),
            keep: inner.texts("keep"),
            min_score: inner.float("min-score"),
            unknown_below: inner.float("unknown-below"),
            per: inner.word("per", LanguagePer::from_word, LanguagePer::Document),
            part_min_score: inner.float("part-min-score"),
            min_own_share: inner
                .node("min-own-share")
                .map(|node| Located::new(inner.float("min-own-share"), node.place)),
            max_languages: inner
                .node("max-languages")
                .map(|node| Located::new(inner.small("max-languages"), node.place)),
        }),
        "url" => StepKind::Url(UrlRules {
            block_domains: inner.paths("block-domains"),
            block_hosts: inner.paths("block-hosts"),
            block_urls: inner.paths("block-urls"),
            block_categories: inner.node("block-categories").map(categories),
            block_words: inner.paths("block-words"),
            block_soft_words: inner.paths("block-soft-words"),
            max_soft_words: inner.small("max-soft-words"),
            block_substrings: inner.paths("block-substrings"),
            max_length: inner.small("max-length"),
            missing: inner.word("missing", Missing::from_word, Missing::Keep),
        }),
        "robots" => StepKind::Robots(Robots {
            agents: inner.texts("agents"),
            paths: inner.texts("paths"),
            unreachable: inner.word("unreachable", Unreachable::from_word, Unreachable::Disallow),
        }),
        "filter" => StepKind::Filter(filter(reader, &inner)),
        "classify" => StepKind::Classify(classify(&inner)),
        "perplexity" => StepKind::Perplexity(perplexity(&inner)),
        "decontaminate" => StepKind::Decontaminate(decontaminate(&inner)),
        "dedup" => StepKind::Dedup(dedup(&inner)),
        "pii" => StepKind::Pii(pii(&inner)),
        _ => StepKind::Tokenize(Tokenize {
            tokenizer: inner.text("tokenizer"),
            sha256: checksum(&inner),
            merges: inner.written("merges"),
            pattern: inner.written("pattern").and_then(|word| RankPattern::from_word(&word.value)),
            end_of_text: {
                let text = inner.text("end-of-text");
                let value = match text.value.as_str() {
                    "auto" => EndOfText::Auto,
                    "none" => EndOfText::None,
                    _ => EndOfText::Token(text.value),
                };
                Located::new(value, text.place)
            },
        }),
    })
}

fn checksum(reader: &Reader<'_>) -> Option<Located<String>> {
    reader.written("sha256").map(|hash| Located::new(hash.value.to_ascii_lowercase(), hash.place))
}

fn classify(reader: &Reader<'_>) -> Classify {
    let bound = |key: &str| reader.node(key).map(|_| reader.float(key));
    Classify {
        model: reader.text("model"),
        sha256: checksum(reader),
        labels: reader.texts("labels"),
        prepare: reader.word("prepare", ClassifyPrepare::from_word, ClassifyPrepare::Spaces),
        level: reader.word("level", ClassifyLevel::from_word, ClassifyLevel::Document),
        combine: reader.word("combine", ClassifyCombine::from_word, ClassifyCombine::Mean),
        min_score: bound("min-score"),
        max_score: bound("max-score"),
    }
}

fn perplexity(reader: &Reader<'_>) -> Perplexity {
    let number = |reader: &Reader<'_>, key: &str| reader.node(key).map(|_| reader.float(key));
    let model = |reader: &Reader<'_>| PerplexityModel {
        language: reader.text("language"),
        model: reader.text("model"),
        sha256: checksum(reader),
        tokenizer: reader.written("tokenizer"),
        head: number(reader, "head"),
        middle: number(reader, "middle"),
        place: reader.place,
    };
    Perplexity {
        models: reader.tables("models").iter().map(model).collect(),
        prepare: reader.word("prepare", PerplexityPrepare::from_word, PerplexityPrepare::CcNet),
        cutoffs: reader.written("cutoffs"),
        head_percentile: reader.small("head-percentile"),
        middle_percentile: reader.small("middle-percentile"),
        keep: reader.texts("keep").iter().filter_map(|word| Bucket::from_word(&word.value)).collect(),
        min_perplexity: number(reader, "min-perplexity"),
        max_perplexity: number(reader, "max-perplexity"),
        models_place: reader.node("models").map(|node| node.place),
    }
}

fn filter(step: &Reader<'_>, reader: &Reader<'_>) -> FilterStep {
    let filter = match (step.written("filter"), reader.written("path")) {
        (Some(short), _) => FilterRef::Name(short),
        (None, Some(path)) if reader.node("name").is_none() => FilterRef::Path(path),
        _ => FilterRef::Name(reader.text("name")),
    };
    FilterStep {
        filter,
        bounds: reader.numbers("bounds"),
        off: reader.texts("off"),
        lists: reader.node("lists").and_then(Node::as_table).map(lists).unwrap_or_default(),
        reads_text: true,
    }
}

/// Lists by role and language. A list that stands for a role itself serves every language.
fn lists(roles: &Fields) -> BTreeMap<String, BTreeMap<String, ListFrom>> {
    let of_role = |node: &Node| match node.as_table() {
        Some(languages) if !is_categories(languages) => {
            languages.iter().map(|(language, field)| (language.clone(), list_from(&field.node))).collect()
        }
        _ => BTreeMap::from([(Lists::ANY.to_owned(), list_from(node))]),
    };
    let known = roles.iter().filter(|(role, _)| Role::find(role).is_some());
    known.map(|(role, field)| (role.clone(), of_role(&field.node))).collect()
}

fn list_from(node: &Node) -> ListFrom {
    if node.as_table().is_some() { ListFrom::Categories(categories(node)) } else { ListFrom::Paths(paths_of(node)) }
}

fn categories(node: &Node) -> Categories {
    let reader = Reader::of(&schema::CATEGORIES, node);
    Categories { folder: reader.text("folder"), categories: reader.texts("categories") }
}

/// A dedup of lines, paragraphs or sentences. What is not written is the preset's.
fn pieces(reader: &Reader<'_>, is_sentences: bool) -> PiecesDedup {
    use PiecesPreset::{C4, CcNet, Datatrove, Own};
    let preset = reader.word("preset", PiecesPreset::from_word, Own);
    let small = |key, default| if reader.node(key).is_some() { reader.small(key) } else { default };
    let compare = match preset {
        Own => Compare::Normalized,
        C4 => Compare::Lower,
        CcNet => Compare::CcNet,
        Datatrove => Compare::Simplified,
    };
    let sentences = if preset == C4 { Sentences::Punkt } else { Sentences::SpacyEn };
    let untouched = if preset == C4 { Untouched::Judge } else { Untouched::Keep };
    PiecesDedup {
        preset,
        compare: reader.word("compare", Compare::from_word, compare),
        span: reader.small("span"),
        min_chars: small("min-chars", if is_sentences { 1 } else { [0, 30][usize::from(preset == Own)] }),
        min_words: reader.small("min-words"),
        scope: reader.word("scope", Scope::from_word, Scope::Corpus),
        min_documents: reader.small("min-documents"),
        copies: small("copies", u32::from(preset != CcNet)),
        repeats: reader.word("repeats", Repeats::from_word, Repeats::Cut),
        sentences: reader.word("sentences", Sentences::from_word, sentences),
        untouched: reader.word("untouched", Untouched::from_word, untouched),
        min_left_chars: reader.small("min-left-chars"),
        min_left_words: small("min-left-words", if preset == Datatrove { 50 } else { 0 }),
        min_left_sentences: small("min-left-sentences", if matches!(preset, C4 | Datatrove) { 3 } else { 0 }),
        max_cut: match reader.node("max-cut") {
            None if preset == Own => 0.8,
            None => 1.0,
            Some(_) => reader.float("max-cut"),
        },
        alert_above: reader.float("alert-above"),
        index: reader.paths("index"),
        save_index: reader.bool("save-index"),
    }
}

/// A dedup by n-grams. What is not written is the preset's.
fn overlap(reader: &Reader<'_>) -> OverlapDedup {
    let preset = reader.word("preset", OverlapPreset::from_word, OverlapPreset::Own);
    let given = |key: &str| reader.node(key).is_some();
    let ngram = reader.small("ngram");
    OverlapDedup {
        preset,
        remove: reader.word("remove", OverlapRemove::from_word, OverlapRemove::OldBoth),
        ngram,
        min_ngram: if given("min-ngram") { reader.small("min-ngram") } else { ngram },
        threshold: reader.float("threshold"),
        false_positives: match (given("false-positives"), preset) {
            (true, _) => reader.float("false-positives"),
            (false, OverlapPreset::DclmBff) => 0.01,
            (false, OverlapPreset::Own) => 1e-6,
        },
        shards: reader.small("shards"),
        min_left_chars: reader.small("min-left-chars"),
        max_cut: reader.float("max-cut"),
        alert_above: reader.float("alert-above"),
        index: reader.paths("index"),
        save_index: reader.bool("save-index"),
        threshold_place: reader.place_of("threshold"),
        min_ngram_place: reader.place_of("min-ngram"),
    }
}

/// What is not written is the method's.
fn sampled(reader: &Reader<'_>) -> SampledOverlap {
    SampledOverlap {
        tokenizer: reader.text("tokenizer"),
        sha256: checksum(reader),
        sample_every: reader.small("sample-every"),
        max_misses: reader.small("max-misses"),
        min_score: reader.float("min-score"),
        perfect_to: reader.small("perfect-to"),
        full_from: reader.small("full-from"),
        short_answer: reader.small("short-answer"),
        short_answer_window: reader.small("short-answer-window"),
        answer_ngram: reader.small("answer-ngram"),
        answer_window: reader.small("answer-window"),
        passage_window: reader.small("passage-window"),
        passage_ngram: reader.small("passage-ngram"),
        passage_misses: reader.small("passage-misses"),
        min_item_tokens: reader.small("min-item-tokens"),
        min_item_words: reader.small("min-item-words"),
        full_place: reader.place_of("full-from"),
    }
}

fn decontaminate(reader: &Reader<'_>) -> Decontaminate {
    let method = reader.word("method", ContaminationMethod::from_word, ContaminationMethod::Datatrove);
    let (is_gpt3, is_decon) = (method == ContaminationMethod::Gpt3, method == ContaminationMethod::Decon);
    let given = |key: &str| reader.node(key).is_some();
    let set = |reader: &Reader<'_>| BenchmarkSet {
        name: reader.text("name"),
        paths: reader.paths("paths"),
        question: reader.written("question"),
        answer: reader.written("answer"),
        passage: reader.written("passage"),
        text: reader.written("text"),
        id: reader.text("id").value,
        place: reader.place,
    };
    Decontaminate {
        method,
        ngram: if given("ngram") || is_decon { reader.small("ngram") } else { [12, 13][usize::from(is_gpt3)] },
        question_ngrams: if given("question-ngrams") { reader.bool("question-ngrams") } else { is_gpt3 },
        across_ngrams: reader.bool("across-ngrams"),
        action: reader.word("action", Remedy::from_word, if is_gpt3 { Remedy::Cut } else { Remedy::Drop }),
        margin: reader.small("margin"),
        min_left: reader.small("min-left"),
        max_pieces: reader.small("max-pieces"),
        sets: reader.tables("sets").iter().map(set).collect(),
        sampled: is_decon.then(|| sampled(reader)),
        sets_place: reader.node("sets").map(|node| node.place),
        action_place: reader.place_of("action"),
    }
}

fn dedup(reader: &Reader<'_>) -> Dedup {
    match reader.text("method").value.as_str() {
        "lines" => return Dedup::Lines(pieces(reader, false)),
        "paragraphs" => return Dedup::Paragraphs(pieces(reader, false)),
        "sentences" => return Dedup::Sentences(pieces(reader, true)),
        "overlap" => return Dedup::Overlap(overlap(reader)),
        "substring" => {
            return Dedup::Substring(SubstringDedup {
                min_bytes: reader.small("min-bytes"),
                cut: reader.word("cut", SpanCut::from_word, SpanCut::Chars),
                pieces: pieces(reader, false),
            });
        }
        _ => {}
    }
    let keep = match reader.node("keep") {
        Some(node) if node.as_table().is_some() => Keep::Best(reader.inner("keep").text("best")),
        _ => match reader.text("keep").value.as_str() {
            "longest" => Keep::Longest,
            "newest" => Keep::Newest,
            "source-priority" => Keep::SourcePriority,
            _ => Keep::First,
        },
    };
    if reader.text("method").value == "minhash" {
        Dedup::Minhash(minhash(reader, keep))
    } else {
        let on = reader.text("on");
        Dedup::Exact(ExactDedup {
            on: Located::new(Target::from_text(&on.value).unwrap_or(Target::Text), on.place),
            normalize: reader.bool("normalize"),
            keep,
            index: reader.paths("index"),
            save_index: reader.bool("save-index"),
        })
    }
}

/// Keys that are not given come from the preset; bands, rows and the least similarity from the similarity asked for.
fn minhash(reader: &Reader<'_>, keep: Keep) -> MinhashDedup {
    let given = |key: &str| reader.node(key).is_some();
    let preset = given("preset").then(|| MinhashPreset::from_word(&reader.text("preset").value)).flatten();
    let mut base = preset.map_or(presets::DEFAULT, presets::preset);
    let similarity = given("similarity").then(|| reader.float("similarity"));
    if let Some(target) = similarity
        && let Ok(shape) = shape_finding(target)
    {
        // A shape has at most 256 bands and rows.
        base.bands = u32::try_from(shape.bands).unwrap_or(base.bands);
        base.rows = u32::try_from(shape.rows).unwrap_or(base.rows);
        base.min_similarity = target;
    }
    let small = |key: &str, or: u32| if given(key) { reader.small(key) } else { or };
    MinhashDedup {
        preset,
        similarity,
        ngram: small("ngram", base.ngram),
        bands: small("bands", base.bands),
        rows: small("rows", base.rows),
        shingle: if given("shingle") { reader.word("shingle", Shingle::from_word, base.shingle) } else { base.shingle },
        tokenizer: reader.written("tokenizer"),
        lower: if given("lower") { reader.bool("lower") } else { base.lower },
        hash: if given("hash") { reader.word("hash", MinhashHash::from_word, base.hash) } else { base.hash },
        keep: if base.newest && !given("keep") { Keep::Newest } else { keep },
        verify: reader.word("verify", Verify::from_word, Verify::Jaccard),
        min_similarity: if given("min-similarity") { reader.float("min-similarity") } else { base.min_similarity },
        short: if given("short") { reader.word("short", Short::from_word, base.short) } else { base.short },
        index: reader.paths("index"),
        save_index: reader.bool("save-index"),
    }
}

fn pii(reader: &Reader<'_>) -> Pii {
    let kinds: BTreeSet<PiiKind> =
        reader.texts("kinds").iter().filter_map(|kind| PiiKind::from_word(&kind.value)).collect();
    let actions = reader.inner("actions");
    let action = |kind: PiiKind| {
        actions.node(kind.word()).map(|_| (kind, actions.word(kind.word(), PiiAction::from_word, PiiAction::Tag)))
    };
    let all = PiiKind::WORDS.iter().filter_map(|(word, _)| PiiKind::from_word(word));
    Pii {
        kinds: kinds.into_iter().collect(),
        replace: reader.text("replace").value,
        action: reader.word("action", PiiAction::from_word, PiiAction::Tag),
        actions: all.filter_map(action).collect(),
        preset: reader.node("preset").map(|_| reader.word("preset", PiiPreset::from_word, PiiPreset::Datatrove)),
        key_file: reader.written("key-file"),
        drop_density: reader.node("drop-density").map(|_| reader.float("drop-density")),
        drop_above: reader.node("drop-above").map(|_| reader.small("drop-above")),
    }
}
