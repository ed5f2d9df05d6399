//! The sample data against their own list of expectations: records, documents and faults of every file.

use crate::cli::{Dir, code, gristmill, said};
use gristmill::document::FaultKind;
use gristmill::readers::{Decoded, InputSpec, Item, decode, open};
use gristmill::storage::source::{ByteSource, MemorySource};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

#[derive(Default, Debug)]
struct Found {
    documents: u64,
    faults: BTreeMap<String, u64>,
}

fn read(path: &Path) -> Found {
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(std::fs::read(path).unwrap()));
    let mut spec = InputSpec::new("sample", path.to_str().unwrap());
    if path.ends_with("papers.jsonl.zst") {
        spec.fields.text = "body".into();
    }
    let (mut reader, mut found) = (open(&spec, &source).unwrap(), Found::default());
    while let Some(item) = reader.next_item().unwrap() {
        assert!(reader.position() <= source.len(), "{}: a reader stands behind the end", path.display());
        let fault = match item {
            Item::Record(record) => match decode(&spec, record) {
                Decoded::Document(_) => {
                    found.documents += 1;
                    continue;
                }
                Decoded::Other { .. } => continue,
                Decoded::Fault(fault) => fault,
            },
            Item::Other { .. } => continue,
            Item::Fault(fault) => fault,
        };
        *found.faults.entry(fault.kind.code().to_owned()).or_default() += 1;
    }
    found
}

/// How many: `3`, `2-5`, or nothing at all.
fn range(text: &str) -> (u64, u64) {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    (low.parse().unwrap(), high.parse().unwrap())
}

/// Whether the faults are those of the column: `a|b:2` two of kind a or b, `a:1;b:2` both, `none|a:1` perhaps one.
fn faults_fit(column: &str, found: &BTreeMap<String, u64>) -> bool {
    let mut named: Vec<&str> = Vec::new();
    let fits = column.split(';').filter(|part| *part != "none").all(|part| {
        let (kinds, count) = part.split_once(':').unwrap();
        let optional = kinds.split('|').any(|kind| kind == "none");
        let (low, high) = range(count);
        let have: u64 = kinds.split('|').filter_map(|kind| found.get(kind)).sum();
        named.extend(kinds.split('|'));
        have <= high && (have >= low || optional)
    });
    fits && found.keys().all(|kind| named.contains(&kind.as_str()))
}

#[test]
fn every_file_reads_as_its_maker_expects() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let expect = std::fs::read_to_string(root.join("EXPECT.tsv")).unwrap();
    let header: Vec<&str> = expect.lines().next().unwrap().split('\t').collect();
    let column = |name: &str| header.iter().position(|one| *one == name).unwrap();
    let (file_at, documents_at, faults_at) = (column("file"), column("documents"), column("faults"));
    let (mut wrong, mut files) = (Vec::new(), 0);
    let mut named = std::collections::BTreeSet::new();
    for line in expect.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let (file, documents, faults) = (fields[file_at], fields[documents_at], fields[faults_at]);
        let path = root.join(file);
        if !path.is_file() || file == "tokenizer.json" {
            continue;
        }
        files += 1;
        let found = read(&path);
        if let Ok(expected) = documents.parse::<u64>()
            && expected != found.documents
        {
            wrong.push(format!("{file}: {documents} documents expected, {} found", found.documents));
        }
        if let Ok((low, high)) = documents.split_once('-').map_or(Err(()), |_| Ok(range(documents)))
            && !(low..=high).contains(&found.documents)
        {
            wrong.push(format!("{file}: {documents} documents expected, {} found", found.documents));
        }
        // Faults of extraction are found by later steps, not by readers.
        if !faults_fit(faults, &found.faults) && !faults.starts_with("none|over-budget") {
            wrong.push(format!("{file}: faults {faults} expected, {:?} found", found.faults));
        }
        named.extend(found.faults.into_keys());
    }
    // Each kind of damage that a reader can meet has a file.
    let elsewhere = ["bad-charset", "over-budget", "panic"];
    for kind in FaultKind::ALL.iter().map(|kind| kind.code()).filter(|code| !elsewhere.contains(code)) {
        if !named.contains(kind) {
            wrong.push(format!("no file has damage of kind {kind}"));
        }
    }
    assert!(files > 40, "{files} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A whole run over the damaged files: the quarantine names each fault that the readers tell of, under its file; the report
/// names every kind; the counts are verified.
#[test]
fn a_run_over_damaged_files_names_every_loss() {
    let dir = Dir::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/hostile");
    let config = dir.write(
        "hostile.toml",
        &format!(
            "version = 1\n[[source]]\nname = \"h\"\npaths = [{:?}]\n[[step]]\nextract = {{}}\n[limits]\nmax-fault-ratio = 1.0\n\
             [output]\ndir = {:?}\ntokens = \"none\"\n",
            root.to_str().unwrap(),
            dir.path("out")
        ),
    );
    let run = gristmill(&["run", &config]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let mut quarantined: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for entry in std::fs::read_dir(dir.path("out/quarantine")).unwrap() {
        for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let name = line["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            if line["step"] == "read" {
                *quarantined.entry(name).or_default().entry(line["fault"].as_str().unwrap().to_owned()).or_default() +=
                    1;
            }
        }
    }
    let report = std::fs::read_to_string(dir.path("out/report.html")).unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let found = read(&path).faults;
        assert_eq!(quarantined.remove(name).unwrap_or_default(), found, "{name}");
        for kind in found.keys() {
            assert!(report.contains(kind.as_str()), "the report does not name {kind} of {name}");
        }
        files += 1;
    }
    assert!(files > 50 && quarantined.is_empty(), "{files} files, {quarantined:?}");
    let verify = gristmill(&["verify", &dir.path("out")]);
    assert_eq!(code(&verify), 0, "{}", said(&verify));
}
