//! A made-up run with plausible, consistent numbers. Every text passes through a hook, so that tests can plant hostile ones.

use gristmill::document::{Bins, Example, Flow, Group, Histogram, StepTally, Tally};
use gristmill::ledger::{ShardStats, Stats, Totals};
use gristmill::plan::{
    FORMAT, Input, InputRange, MetricColumn, Order, Phase, Plan, PlannedOutput, PlannedRule, PlannedSource, PlannedStep,
};
use gristmill::shards::ShardFormat;
use std::collections::BTreeMap;

/// What becomes of a text.
pub type Hook<'a> = &'a dyn Fn(&str) -> String;

/// (rule, metric, sign, bound, hit first, hit at all, alone), per thousand of what entered the step for the last three.
type Rule = (&'static str, &'static str, &'static str, &'static str, u64, u64, u64);
/// (name, kind, mode, summary, rules).
type Step = (&'static str, &'static str, &'static str, &'static str, &'static [Rule]);

const STEPS: &[Step] = &[
    (
        "url",
        "url",
        "drop",
        "4,510,338 domains, 0 addresses, 812 words, 96 soft words, 41 substrings",
        &[
            ("blocked-domain", "blocked_domains", ">", "0", 11, 11, 11),
            ("blocked-url", "blocked_urls", ">", "0", 0, 0, 0),
            ("blocked-word", "blocked_words", ">", "0", 4, 4, 4),
            ("soft-words", "soft_words", ">", "1", 2, 2, 2),
        ],
    ),
    (
        "extract",
        "extract",
        "drop",
        "HTML to main text, balanced",
        &[("too-few-characters", "characters", "<", "100", 148, 148, 148)],
    ),
    (
        "language",
        "language",
        "drop",
        "embedded model, keeps en, de, nb",
        &[
            ("language-not-kept", "language", "", "", 471, 471, 471),
            ("low-language-score", "language/score", "<", "0.65", 38, 38, 38),
        ],
    ),
    (
        "gopher-quality",
        "filter",
        "drop",
        "Gopher quality rules (Rae et al. 2021)",
        &[
            ("gopher-quality/too-few-words", "gopher-quality/word_count", "<", "50", 121, 121, 60),
            ("gopher-quality/too-many-words", "gopher-quality/word_count", ">", "100000", 0, 0, 0),
            ("gopher-quality/short-words", "gopher-quality/mean_word_length", "<", "3", 9, 22, 4),
            ("gopher-quality/long-words", "gopher-quality/mean_word_length", ">", "10", 6, 15, 3),
            ("gopher-quality/symbol-heavy", "gopher-quality/symbol_word_ratio", ">", "0.1", 17, 31, 9),
            ("gopher-quality/bullet-heavy", "gopher-quality/bullet_line_ratio", ">", "0.9", 3, 5, 1),
            ("gopher-quality/ellipsis-heavy", "gopher-quality/ellipsis_line_ratio", ">", "0.3", 12, 14, 10),
            ("gopher-quality/few-alphabetic-words", "gopher-quality/alphabetic_word_ratio", "<", "0.8", 64, 91, 22),
            ("gopher-quality/few-stop-words", "gopher-quality/stop_words", "<", "2", 19, 140, 0),
        ],
    ),
    (
        "gopher-repetition",
        "filter",
        "drop",
        "Gopher repetition rules (Rae et al. 2021)",
        &[
            ("gopher-repetition/duplicate-lines", "gopher-repetition/duplicate_line_ratio", ">", "0.3", 57, 57, 31),
            ("gopher-repetition/top-2-gram", "gopher-repetition/top_2_gram_ratio", ">", "0.2", 22, 44, 11),
        ],
    ),
    (
        "toxicity",
        "filter",
        "tag",
        "Words on a list",
        &[("toxicity/bad-words", "toxicity/bad_words", ">", "3", 0, 13, 13)],
    ),
    (
        "exact",
        "dedup",
        "drop",
        "equal texts, keeps the first",
        &[("exact-duplicate", "cluster_size", ">", "1", 61, 61, 61)],
    ),
    (
        "near",
        "dedup",
        "drop",
        "14 x 8 bands, 5-grams, keeps the longest",
        &[("near-duplicate", "cluster_size", ">", "1", 183, 183, 183)],
    ),
    ("pii", "pii", "drop", "email, phone, ip replaced by `<{kind}>`", &[]),
    ("tokenize", "tokenize", "drop", "tokenizer.json, 50257 ids, `<|endoftext|>` = 50256, engine fast", &[]),
];

const SNIPPETS: &[&str] = &[
    "Home » Products » Category » Product\n\nAdd to basket   Add to wish list   Compare\n★★★★★ (0 reviews)\n\nIn stock – delivery 2 to 4 days",
    "The council met on Tuesday to decide on the bridge. After three hours it agreed to postpone.\n\nRead more …\nRead more …\nRead more …",
    "Wir verwenden Cookies, um Ihnen die bestmögliche Nutzung unserer Website zu ermöglichen. Mehr dazu in unserer Datenschutzerklärung.",
    "# tags: summer, beach, #sun, #sea, #sand, #holiday, #2019, #throwback, #love, #instagood, #photooftheday, #beautiful",
    "مرحبا بالعالم – نص قصير من اليمين إلى اليسار مع English words in between and numbers 12345.",
];

fn parts(number: u64, per_thousand: u64) -> u64 {
    number * per_thousand / 1000
}

fn flow(documents: u64, bytes_each: u64, tokens: bool) -> Flow {
    let bytes = documents * bytes_each;
    Flow { documents, bytes, tokens: if tokens { bytes * 10 / 43 } else { 0 } }
}

fn planned(hook: Hook<'_>) -> Vec<PlannedStep> {
    let rule = |&(name, metric, sign, bound, ..): &Rule| PlannedRule {
        name: hook(name),
        metric: hook(metric),
        trips: if bound.is_empty() { hook("not in en, de, nb") } else { hook(&format!("{sign} {bound}")) },
        bound: bound.to_owned(),
    };
    STEPS
        .iter()
        .map(|&(name, kind, mode, summary, rules)| PlannedStep {
            notes: Vec::new(),
            name: hook(name),
            kind: hook(kind),
            mode: mode.to_owned(),
            summary: hook(summary),
            alert_above: String::new(),
            sets: Vec::new(),
            rules: rules.iter().map(rule).collect(),
        })
        .collect()
}

fn columns(hook: Hook<'_>) -> Vec<MetricColumn> {
    let mut seen = Vec::new();
    for (_, metric, _, bound, ..) in STEPS.iter().flat_map(|step| step.4) {
        let unit = bound.parse::<f64>().is_ok_and(|bound| bound > 0.0 && bound < 1.0);
        if metric.contains('/') && !seen.contains(&(*metric, unit)) {
            seen.push((metric, unit));
        }
    }
    seen.into_iter()
        .map(|(name, unit)| MetricColumn {
            name: hook(name),
            doc: hook("what this number says of a document, in one line"),
            bins: if unit { Bins::Unit } else { Bins::Log },
        })
        .collect()
}

/// A hump over the bins, and a heap at zero for some.
fn histogram(seed: i32, bins: Bins, documents: u64) -> Histogram {
    let mut histogram = Histogram::default();
    let (from, to, middle) = match bins {
        Bins::Unit => (0, Bins::UNIT_BINS, 4 + seed * 7 % 42),
        Bins::Log => (4, 64, 20 + seed * 5 % 30),
    };
    for bin in from..to {
        let far = u64::from((bin - middle).unsigned_abs());
        let measured = documents / (9 + far * far * far / 3);
        let kept = if bin > middle + 6 { measured / 9 } else { measured * 3 / 4 };
        if measured > 0 {
            histogram.bins.insert(bin, (measured, kept));
        }
    }
    if bins == Bins::Log && seed % 3 == 0 {
        histogram.bins.insert(i32::MIN, (documents / 3, documents / 4));
    }
    histogram
}

fn examples(hook: Hook<'_>, rule: &str, metric_seed: u32) -> Vec<Example> {
    (0..20)
        .map(|at: u32| Example {
            id: hook(&format!("{:032x}", u128::from(at + 1) * 0x0713_5a3b_9e21_77f1_0d42_9c3a_u128)),
            url: (at % 5 != 4).then(|| hook(&format!("https://www.example.org/{rule}/page-{at}?q=a&b=c"))),
            value: f64::from(at * 7 + metric_seed) / 64.0,
            snippet: hook(SNIPPETS[at as usize % SNIPPETS.len()]),
        })
        .collect()
}

/// Counts a step; returns what left it.
fn count_step(hook: Hook<'_>, tally: &mut Tally, at: usize, entered: Flow, examples_wanted: bool) -> Flow {
    let (step, _, mode, _, rules) = STEPS[at];
    let documents = entered.documents;
    let each = entered.bytes / documents.max(1);
    let mut counts = StepTally { entered, ..StepTally::default() };
    let mut gone = 0;
    for &(rule, _, _, _, first, all, alone) in rules {
        if all > 0 {
            counts.tripped.insert(hook(rule), parts(documents, all));
        }
        if alone > 0 {
            counts.alone.insert(hook(rule), parts(documents, alone));
        }
        if first > 0 && mode == "drop" {
            let dropped = parts(documents, first);
            counts.dropped.insert(hook(rule), flow(dropped, each * 3 / 5, false));
            gone += dropped;
            if examples_wanted {
                let key = format!("{}/{}", hook(step), hook(rule));
                tally.examples.insert(key, examples(hook, rule, u32::try_from(first).expect("a small number")));
            }
        }
    }
    if step == "extract" {
        counts.quarantined.insert(hook("over-budget"), 37);
        counts.passed_over = parts(documents, 12);
        gone += 37;
    }
    counts.left = match step {
        "extract" => flow(documents - gone, 3_412, false),
        "tokenize" => flow(documents - gone, each, true),
        _ => flow(documents - gone, each, false),
    };
    let left = counts.left;
    tally.steps[at] = counts;
    left
}

fn groups(hook: Hook<'_>, names: &[(&str, u64, u64)], read: Flow, kept: Flow) -> BTreeMap<String, Group> {
    let part = |flow: Flow, share: u64| Flow {
        documents: parts(flow.documents, share),
        bytes: parts(flow.bytes, share),
        tokens: parts(flow.tokens, share),
    };
    names
        .iter()
        .map(|&(name, came, stayed)| (hook(name), Group { read: part(read, came), kept: part(kept, stayed) }))
        .collect()
}

fn domains(hook: Hook<'_>, read: Flow, kept: Flow) -> BTreeMap<String, Group> {
    let names: Vec<(String, u64, u64)> =
        (0..60).map(|at| (format!("www.site-{at:02}.example"), 60 / (at + 1) + 2, 80 / (at + 1) + 1)).collect();
    let names: Vec<(&str, u64, u64)> =
        names.iter().map(|(name, came, stayed)| (name.as_str(), *came, *stayed)).collect();
    groups(hook, &names, read, kept)
}

fn counted(pairs: &[(&str, u64)], hook: Hook<'_>) -> BTreeMap<String, u64> {
    pairs.iter().map(|&(name, count)| (hook(name), count)).collect()
}

fn plan(hook: Hook<'_>) -> Plan {
    let inputs: Vec<Input> = (0..24)
        .map(|at| Input {
            source: at % 2,
            file: hook(&format!("crawl/CC-MAIN-20240518-{at:05}.warc.gz")),
            key: String::new(),
            bytes: 1_073_741_824 + u64::from(at) * 7_001,
            modified: 0,
        })
        .collect();
    let units =
        inputs.iter().zip(0..).map(|(input, at)| vec![InputRange { input: at, range: None, bytes: input.bytes }]);
    Plan {
        format: FORMAT,
        program: hook("0.1.0"),
        name: hook("web-en"),
        config: serde_json::json!({
            "version": 1, "name": hook("web-en"), "seed": 24301,
            "input": { "paths": [hook("crawl/*.warc.gz")], "format": "warc" },
            "limits": { "max-fault-ratio": 0.01 },
            "step": STEPS.iter().map(|step| serde_json::json!({ "name": hook(step.0), "kind": step.1 })).collect::<Vec<_>>(),
        }),
        references: vec![(hook("gopher-quality"), "4f".repeat(32)), (hook("models/tokenizer.json"), "a1".repeat(32))],
        sources: vec![PlannedSource { name: hook("crawl") }, PlannedSource { name: hook("news") }],
        units: units.collect(),
        inputs,
        steps: planned(hook),
        metrics: columns(hook),
        phases: vec![Phase { steps: 0..8, barrier: vec![6, 7] }, Phase { steps: 8..10, barrier: Vec::new() }],
        partitions: 64,
        output: PlannedOutput {
            tokens: Some(ShardFormat::Megatron),
            documents: false,
            shard_tokens: 50_000_000,
            order: Order::Input,
            packing: None,
        },
        examples: 20,
        top_domains: 100,
        source_loss: 0.5,
    }
}

fn tally(hook: Hook<'_>, plan: &Plan) -> Tally {
    let documents = 1_204_332;
    let mut tally = Tally::new(plan.steps.len(), plan.metrics.len());
    tally.documents = documents;
    tally.others =
        counted(&[("request", 1_251_002), ("metadata", 1_250_114), ("media:image/png", 8_120), ("warcinfo", 24)], hook);
    tally.faults = counted(&[("truncated", 3), ("bad-http", 912), ("bad-charset", 5_310), ("bomb", 2)], hook);
    tally.faulty_files = counted(
        &[("crawl/CC-MAIN-20240518-00003.warc.gz", 4_127), ("crawl/CC-MAIN-20240518-00011.warc.gz", 2_100)],
        hook,
    );
    tally.lost_bytes = 91_442_180;
    tally.stored_bytes = plan.input_bytes();
    tally.records = documents + tally.others.values().sum::<u64>() + tally.faults.values().sum::<u64>();
    let read = flow(documents, 71_300, false);
    let mut current = read;
    for at in 0..STEPS.len() {
        current = count_step(hook, &mut tally, at, current, true);
    }
    tally.languages = groups(
        hook,
        &[("en", 398, 871), ("de", 71, 94), ("nb", 9, 34), ("fr", 62, 0), ("zh", 51, 0), ("ru", 48, 0)],
        read,
        current,
    );
    let rare = Group { read: flow(900, 3_000, false), kept: flow(17, 3_000, true) };
    tally.languages.insert(hook("nn"), rare);
    tally.sources = groups(hook, &[("crawl", 920, 997), ("news", 80, 3)], read, current);
    tally.domains = domains(hook, read, current);
    for (at, column) in plan.metrics.iter().enumerate() {
        tally.metrics[at] = histogram(i32::try_from(at).expect("few columns"), column.bins, documents);
    }
    tally.token_lengths = histogram(5, Bins::Log, current.documents);
    tally.pii = counted(&[("email", 81_220), ("phone", 20_344), ("ip", 3_119)], hook);
    tally
}

/// The run, with every text changed by `hook`.
pub fn run(hook: Hook<'_>) -> (Plan, Stats) {
    let plan = plan(hook);
    let tally = tally(hook, &plan);
    let kept = tally.kept();
    let shards: Vec<ShardStats> = (0..6)
        .map(|at| ShardStats {
            name: hook(&format!("{at:05}")),
            tokens: if at == 5 { kept.tokens - 5 * (kept.tokens / 6 + 9) } else { kept.tokens / 6 + 9 },
            documents: kept.documents / 6,
            bytes: kept.tokens / 3,
            packing: None,
            different_ids: 900,
            lengths: BTreeMap::new(),
        })
        .collect();
    let totals = Totals {
        records: tally.records,
        others: tally.others.values().sum(),
        faults: tally.faults.values().sum(),
        documents: tally.documents,
        kept: kept.documents,
        dropped: tally.steps.iter().map(StepTally::dropped_documents).sum(),
        quarantined: tally.quarantined_documents(),
        tokens: kept.tokens,
        shards: shards.len() as u64,
    };
    let facts = |pairs: &[(&str, u64)]| pairs.iter().map(|&(name, count)| (name.to_owned(), count)).collect();
    let exact = facts(&[
        ("edges", 30_111),
        ("clusters", 9_804),
        ("members", 31_020),
        ("biggest", 4_002),
        ("biggest-bucket", 4_002),
        ("size-00", 0),
        ("size-01", 8_123),
        ("size-02", 1_310),
        ("size-03", 301),
        ("size-04", 61),
        ("size-05", 0),
        ("size-06", 7),
        ("size-07", 1),
        ("size-11", 1),
    ]);
    let near = facts(&[
        ("edges", 210_877),
        ("clusters", 22_412),
        ("members", 81_077),
        ("biggest", 14_730),
        ("biggest-bucket", 14_730),
        ("size-01", 17_201),
        ("size-02", 4_100),
        ("size-03", 850),
        ("size-04", 190),
        ("size-05", 51),
        ("size-06", 14),
        ("size-07", 4),
        ("size-08", 1),
        ("size-13", 1),
    ]);
    let stats = Stats {
        format: plan.format,
        program: plan.program.clone(),
        name: plan.name.clone(),
        fingerprint: plan.fingerprint(),
        totals,
        domains_seen: 48_112,
        tally,
        dedup: [(hook("exact"), exact), (hook("near"), near)].into(),
        vocab_size: 50_257,
        end_of_text: Some(50_256),
        shards,
        order: None,
        written: BTreeMap::new(),
        different_ids: 50_000,
    };
    (plan, stats)
}

/// The run as it is.
pub fn plausible() -> (Plan, Stats) {
    run(&str::to_owned)
}
