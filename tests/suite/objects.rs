//! Runs with inputs and outputs on an object store (in memory; `tests/scripts/s3_test.sh` has a server): the same bytes as on files.

use crate::small::{self, CONFIG, attempt_at, world};
use gristmill::assembly::Place;
use gristmill::engine::{Failure, Signals, Summary};
use gristmill::ledger::verify;
use gristmill::storage::{Anywhere, Files, Folder, Medium, Objects};
use std::collections::BTreeMap;
use std::sync::Arc;

const ROOT: &str = "s3://bucket";

/// The small world as objects.
fn objects() -> Arc<dyn Files> {
    let files: Arc<dyn Files> = Arc::new(Anywhere::with(Objects::in_memory(&[
        ROOT,
        "https://host/?sig=topsecret",
        "https://host/?sig=another",
    ])));
    let job = Folder::new(Arc::clone(&files), &format!("{ROOT}/job"));
    for (name, bytes) in world().snapshot() {
        job.put(&name, &bytes).unwrap();
    }
    files
}

fn run(files: &Arc<dyn Files>, base: &str, config: &str, signals: &Signals) -> Result<Summary, Failure> {
    let place = Place { files: Arc::clone(files), base: base.to_owned() };
    attempt_at(&place, config, 2, 64 << 20, signals, |attempt| attempt.run())
}

/// All objects below a folder, without the log.
fn output(medium: &dyn Medium, folder: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for (name, stat) in medium.list(folder).unwrap() {
        let key = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if stat.folder {
            output(medium, &key, found);
        } else {
            found.insert(key.clone(), medium.read(&key).unwrap());
        }
    }
}

fn output_of(files: &Arc<dyn Files>, address: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    output(&Folder::new(Arc::clone(files), address), "", &mut found);
    found
}

#[test]
fn a_job_on_an_object_store_writes_the_bytes_of_a_job_on_files() {
    let local = world();
    small::run(&local, CONFIG, 2, 64 << 20).unwrap();
    let files = objects();
    run(&files, &format!("{ROOT}/job"), CONFIG, &Signals::none()).unwrap();
    let (there, here) = (output_of(&files, &format!("{ROOT}/job/out")), small::output(&local));
    assert_eq!(there.keys().collect::<Vec<_>>(), here.keys().collect::<Vec<_>>());
    for (name, bytes) in &here {
        assert!(there[name] == *bytes, "`{name}` differs");
    }
    let out = Folder::new(Arc::clone(&files), &format!("{ROOT}/job/out"));
    assert_eq!(verify(&out).unwrap().problems, []);
    // The same command again finds it finished.
    assert!(run(&files, &format!("{ROOT}/job"), CONFIG, &Signals::none()).unwrap().already);
}

#[test]
fn an_interrupted_job_goes_on() {
    let files = objects();
    let (base, out) = (format!("{ROOT}/job"), format!("{ROOT}/job/out"));
    let place = Place { files: Arc::clone(&files), base: base.clone() };
    // One unit is computed, and the process goes.
    attempt_at(&place, CONFIG, 1, 64 << 20, &Signals::none(), |attempt| attempt.unit("map-0", 1)).unwrap();
    let before = output_of(&files, &out);
    let unit: Vec<&String> = before.keys().filter(|key| key.starts_with("work/map-0/00001.")).collect();
    assert!(unit.len() > 2, "{before:?}");
    run(&files, &base, CONFIG, &Signals::none()).unwrap();
    let local = world();
    small::run(&local, CONFIG, 2, 64 << 20).unwrap();
    assert!(output_of(&files, &out) == small::output(&local));
}

#[test]
fn signatures_are_shown_nowhere_and_signing_again_is_the_same_run() {
    let files = objects();
    let lines = world().snapshot()["in/a.jsonl"].clone();
    let config = |signature: &str| {
        let address = format!("https://host/a.jsonl?sig={signature}");
        CONFIG.replace("\"in/a.jsonl\", \"in/b.jsonl\"", &format!("\"{address}\""))
    };
    for signature in ["topsecret", "another"] {
        let signed = Folder::new(Arc::clone(&files), "");
        signed.put(&format!("https://host/a.jsonl?sig={signature}"), &lines).unwrap();
    }
    let base = format!("{ROOT}/job");
    run(&files, &base, &config("topsecret"), &Signals::none()).unwrap();
    let found = output_of(&files, &format!("{base}/out"));
    for (name, bytes) in &found {
        assert!(memchr::memmem::find(bytes, b"topsecret").is_none(), "`{name}` has the signature");
    }
    assert!(memchr::memmem::find(&found["plan.json"], b"https://host/a.jsonl?sig=***").is_some());
    assert!(run(&files, &base, &config("another"), &Signals::none()).unwrap().already);
    // A complaint about the config shows the line, and not the signature.
    let broken = config("topsecret").replace("a.jsonl?sig", "none.jsonl?sig");
    let Err(Failure::Refused(said)) = run(&files, &base, &broken, &Signals::none()) else { panic!("it was accepted") };
    assert!(said.contains("none.jsonl?sig=***") && !said.contains("topsecret"), "{said}");
}

#[test]
fn addresses_in_a_config_name_the_files() {
    let files = objects();
    let config = CONFIG
        .replace("\"in/a.jsonl\", \"in/b.jsonl\"", "\"s3://bucket/job/in/?.jsonl\"")
        .replace("\"in/*.html\"", "\"s3://bucket/job/**/*.html\"")
        .replace("\"out\"", "\"s3://bucket/elsewhere\"");
    run(&files, "", &config, &Signals::none()).unwrap();
    let out = Folder::new(Arc::clone(&files), "s3://bucket/elsewhere");
    let plan: serde_json::Value = serde_json::from_slice(&out.read("plan.json").unwrap()).unwrap();
    let inputs: Vec<&str> =
        plan["inputs"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(inputs[..2], ["s3://bucket/job/in/a.jsonl", "s3://bucket/job/in/b.jsonl"]);
    assert_eq!(inputs.len(), 12);
    // The same documents, under other names.
    let local = world();
    small::run(&local, CONFIG, 2, 64 << 20).unwrap();
    let tokens = |found: &BTreeMap<String, Vec<u8>>| -> Vec<Vec<u8>> {
        found.iter().filter(|(key, _)| key.ends_with(".bin")).map(|(_, bytes)| bytes.clone()).collect()
    };
    let (there, here) = (tokens(&output_of(&files, "s3://bucket/elsewhere")), tokens(&small::output(&local)));
    assert!(!here.is_empty() && there == here);
}
