//! The classify step, through whole runs: the stored score is the model's, bounds decide, the model is part of the plan.

use crate::small::{output, rows, run};
use gristmill::classify::FastText;
use gristmill::ledger::LedgerRow;
use gristmill::plan::Plan;
use gristmill::steps::{ClassifyStep, Combine, Level, Prepare};
use gristmill::storage::{Folder, Medium, Memory};
use std::sync::Arc;

const BUDGET: usize = 64 << 20;
const TEXTS: [&str; 6] = [
    "knead the dough\nand bake the loaf in the oven",
    "simmer the broth with carrot and onion",
    "steep the leaf. pour it from the kettle into a cup",
    "grill the salmon fillet",
    "flour yeast oven crust",
    "a bowl of soup\u{2028}stock ladle",
];

fn model(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/fasttext");
    std::fs::read(folder.join(name)).unwrap()
}

fn world(name: &str) -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let line = |text: &&str| format!("{}\n", serde_json::json!({ "text": text }));
    files.put("in/a.jsonl", TEXTS.iter().map(line).collect::<String>().as_bytes()).unwrap();
    let many: String = (0..200).map(|n| line(&TEXTS[n % 6]).replace("}", &format!(", \"id\": \"{n}\"}}"))).collect();
    files.put("in/b.jsonl", many.as_bytes()).unwrap();
    files.put("model.bin", &model(name)).unwrap();
    memory
}

fn config(classify: &str, threads: usize) -> String {
    format!(
        "version = 1\n[[source]]\nname = \"s\"\npaths = [\"in/*\"]\n[[step]]\nclassify = {{ model = \"model.bin\", {classify} }}\n\
         [output]\ndir = \"out\"\ntokens = \"none\"\n[limits]\nunit-bytes = \"1KiB\"\nthreads = {threads}\n"
    )
}

/// What the model says of a prepared text: the sum over labels.
fn said(text: &str, labels: &[&str]) -> f64 {
    let model = FastText::from_bytes(&model("softmax.bin")).unwrap();
    let mut found = Vec::new();
    model.predict(text, 99, 0.0, &mut found);
    let of = |&(label, p): &(u32, f32)| {
        let name = model.labels()[label as usize].strip_prefix("__label__").unwrap();
        if labels.contains(&name) { f64::from(p) } else { 0.0 }
    };
    found.iter().map(of).sum::<f64>().min(1.0)
}

fn scores(memory: &Memory, classify: &str) -> Vec<f64> {
    run(memory, &config(classify, 2), 2, BUDGET).unwrap();
    let score = |row: &LedgerRow| row.metrics.iter().find(|(name, _)| name == "classify/score").unwrap().1;
    rows(memory).iter().take(TEXTS.len()).map(score).collect()
}

#[test]
fn the_score_is_what_the_model_says_of_the_prepared_text() {
    let expect = |classify: &str, of: &dyn Fn(&str) -> f64| {
        let found = scores(&world("softmax.bin"), classify);
        for (text, score) in TEXTS.iter().zip(&found) {
            assert_eq!(*score, of(text), "{classify}: {text:?}");
        }
    };
    expect("labels = [\"bread\"]", &|text| said(&text.replace('\n', " "), &["bread"]));
    expect("labels = [\"__label__bread\", \"soup\"]", &|text| said(&text.replace('\n', " "), &["bread", "soup"]));
    expect("labels = [\"bread\"], prepare = \"dclm\"", &|text| {
        said(&text.replace(['\n', '\u{2028}'], " "), &["bread"])
    });
    expect("labels = [\"bread\"], prepare = \"datatrove\"", &|text| said(&text.replace('\n', ""), &["bread"]));
    expect("labels = [\"bread\"], level = \"line\"", &|text| {
        let lines: Vec<f64> = text.split('\n').map(|line| said(line, &["bread"])).collect();
        lines.iter().sum::<f64>() / lines.len() as f64
    });
    expect("labels = [\"bread\"], level = \"sentence\", combine = \"max\"", &|text| {
        text.split_inclusive(". ")
            .flat_map(|part| part.split('\n'))
            .map(|one| said(one.trim(), &["bread"]))
            .fold(0.0, f64::max)
    });
}

/// What datatrove, DCLM and Dolma say of the same texts (`tests/scripts/compare_classify.py --golden`).
#[test]
fn prepared_texts_score_as_the_programs_say() {
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&model("prepare.json")).unwrap();
    let two = Arc::new(FastText::from_bytes(&model("two.bin")).unwrap());
    let hq = two.labels().iter().position(|label| label == "__label__hq").unwrap() as u32;
    let (mut compared, mut differ) = (0, 0);
    for (name, prepare) in [
        ("datatrove", Prepare::Joined),
        ("dclm", Prepare::Lines),
        ("spaces", Prepare::Spaces),
        ("words", Prepare::Words),
    ] {
        let (level, combine) = (Level::Document, Combine::Mean);
        let (model, labels) = (Arc::clone(&two), vec![hq]);
        let step = ClassifyStep { model, labels, prepare, level, combine, min_score: None, max_score: None, column: 0 };
        for row in &rows {
            let ours = step.score(row["text"].as_str().unwrap()).unwrap();
            let theirs = row[name].as_f64().unwrap();
            assert!((ours - theirs.clamp(0.0, 1.0)).abs() < 1e-4, "{name}: {ours} {row}");
            compared += 1;
            differ += u32::from((theirs - row["spaces"].as_f64().unwrap()).abs() > 1e-3);
        }
    }
    assert!(compared == 4 * rows.len() && differ > 40, "the texts tell the preparations apart: {differ}");
}

#[test]
fn bounds_decide_and_the_ledger_names_them() {
    let memory = world("softmax.bin");
    run(&memory, &config("labels = [\"bread\"], min-score = 0.2, max-score = 0.9", 2), 2, BUDGET).unwrap();
    let (mut low, mut high, mut kept) = (0, 0, 0);
    for row in rows(&memory) {
        let score = row.metrics.iter().find(|(name, _)| name == "classify/score").unwrap().1;
        match row.rule.as_deref() {
            Some("low-score") => {
                assert!(score < 0.2 && row.value == Some(score));
                low += 1;
            }
            Some("high-score") => {
                assert!(score > 0.9);
                high += 1;
            }
            None => {
                assert!((0.2..=0.9).contains(&score));
                kept += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(low > 0 && high > 0 && low + high + kept == 206, "{low} {high} {kept}");
}

#[test]
fn the_same_bytes_at_any_thread_count_and_budget_and_another_run_for_another_model() {
    let mut first = None;
    for (threads, budget) in [(1, BUDGET), (2, 16 << 20), (7, BUDGET)] {
        let memory = world("softmax.bin");
        run(&memory, &config("labels = [\"tea\"], min-score = 0.5", 0), threads, budget).unwrap();
        let made = output(&memory);
        assert!(*first.get_or_insert_with(|| made.clone()) == made, "{threads} threads");
    }
    let fingerprint = |name: &str| {
        let memory = world(name);
        run(&memory, &config("labels = [\"tea\"]", 1), 1, BUDGET).unwrap();
        serde_json::from_slice::<Plan>(&output(&memory)["plan.json"]).unwrap().fingerprint()
    };
    assert_eq!(fingerprint("softmax.bin"), fingerprint("softmax.bin"));
    assert_ne!(fingerprint("softmax.bin"), fingerprint("ova.bin"));
}

#[test]
fn wrong_labels_checksums_and_models_are_refused_with_what_is_there() {
    let refused = |memory: &Memory, classify: &str| {
        let error = run(memory, &config(classify, 1), 1, BUDGET).unwrap_err();
        format!("{error:?}")
    };
    let memory = world("softmax.bin");
    let said = refused(&memory, "labels = [\"cake\"]");
    assert!(said.contains("`model.bin` has no label `cake`; it has __label__bread"), "{said}");
    let said = refused(&memory, "labels = [\"tea\", \"__label__tea\"]");
    assert!(said.contains("twice"), "{said}");
    let said = refused(&memory, "labels = []");
    assert!(said.contains("__label__bread"), "{said}");
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let said = refused(&memory, &format!("labels = [\"tea\"], sha256 = \"{hash}\""));
    assert!(said.contains("has sha256"), "{said}");
    Folder::new(Arc::new(memory.clone()), "").remove("model.bin").unwrap();
    let said = refused(&memory, "labels = [\"tea\"]");
    assert!(said.contains("does not exist"), "{said}");
    Folder::new(Arc::new(memory.clone()), "").put("model.bin", b"no model").unwrap();
    let said = refused(&memory, "labels = [\"tea\"]");
    assert!(said.contains("not a fastText model"), "{said}");
}
