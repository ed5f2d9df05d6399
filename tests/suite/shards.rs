//! Real documents into token runs, shards and lineage, and back: by our own check and by Megatron's reader.

use std::fmt::Write as _;
use std::num::NonZeroU64;
use std::path::Path;

use gristmill::document::DocId;
use gristmill::shards::{
    LineageRecord, LineageWriter, MegatronWriter, RunIndex, RunWriter, plan_shards, verify_megatron,
};
use gristmill::tokenize;

use crate::tokens::{corpus, data, tokenizer_json};

/// Set to the folder that tests/scripts/setup_megatron.sh filled, to read the shards with Megatron itself.
const PYLIB: &str = "GRISTMILL_PYLIB";

#[test]
fn shards_of_real_documents() {
    let Some(data) = data() else { return };
    let corpus = corpus(&data);
    let texts: Vec<&String> = corpus.values().step_by(97).collect();
    let folder = std::env::temp_dir().join(format!("gristmill-shards-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, eot) in [
        ("hf:allenai+dolma/tests/data/tokenizer/gpt-neo-test-tokenizer.json", None),
        ("hf:microsoft+onnxruntime-extensions/test/data/tokenizer/roberta-base/tokenizer.json", Some("</s>")),
        ("tiktoken:o200k_base", None),
    ] {
        shards_with(&tokenizer_json(&data, name), eot, &texts, &folder);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn shards_with(tokenizer: &[u8], eot: Option<&str>, texts: &[&String], folder: &Path) {
    let encoder = tokenize::load(tokenizer).unwrap();
    let (end, _) = tokenize::end_of_text(&*encoder, eot).unwrap();
    // Units of 100 documents, each a JSONL file and a token run.
    let mut runs = Vec::new();
    for (unit, texts) in texts.chunks(100).enumerate() {
        let (mut jsonl, mut offsets) = (String::new(), Vec::new());
        let mut run = RunWriter::new(Vec::new(), encoder.vocab_size()).unwrap();
        for (i, text) in texts.iter().enumerate() {
            offsets.push(jsonl.len() as u64);
            writeln!(jsonl, "{}", serde_json::json!({ "text": text })).unwrap();
            let mut ids = Vec::new();
            encoder.encode(text, &mut ids).unwrap();
            ids.push(end);
            run.push(i as u64, &ids).unwrap();
        }
        std::fs::write(folder.join(format!("{unit}.jsonl")), jsonl).unwrap();
        let (bytes, _) = run.finish().unwrap();
        let index =
            RunIndex::read(bytes.len() as u64, |at, n| Ok(bytes[at as usize..at as usize + n].to_vec())).unwrap();
        runs.push((bytes, index, offsets));
    }
    let lengths: Vec<(u64, Vec<u32>)> = runs.iter().enumerate().map(|(u, run)| (u as u64, run.1.n_tokens())).collect();
    let plan = plan_shards(&lengths, NonZeroU64::new(200_000).unwrap());
    assert!(plan.len() > 2);
    std::fs::write(folder.join("tokenizer.json"), tokenizer).unwrap();
    for shard in &plan {
        let mut writer = MegatronWriter::new(Vec::new(), encoder.vocab_size());
        let mut lineage = LineageWriter::new(Vec::new()).unwrap();
        for part in &shard.parts {
            let (bytes, index, offsets) = &runs[part.unit as usize];
            assert_eq!(part.first_token, writer.tokens());
            let (from, length) = index.byte_range(part.first_doc as usize, part.n_docs as usize).unwrap();
            let mut reader =
                index.documents_from(&bytes[from as usize..(from + length) as usize], part.first_doc as usize);
            let mut ids = Vec::new();
            for _ in 0..part.n_docs {
                let document = reader.read_next(&mut ids).unwrap().unwrap();
                let token_start = writer.tokens();
                writer.push(&ids).unwrap();
                let (file, offset) = (format!("{}.jsonl", part.unit), offsets[document.ordinal as usize]);
                let id = DocId::of("corpus", &file, offset);
                let record = LineageRecord {
                    token_start,
                    token_end: writer.tokens(),
                    document: id,
                    source: "corpus".into(),
                    file: file.into(),
                    offset,
                };
                lineage.push(record).unwrap();
            }
        }
        let (bin, idx, counts) = writer.finish(Vec::new()).unwrap();
        assert_eq!((counts.documents, counts.tokens), (shard.n_docs, shard.n_tokens));
        let facts = verify_megatron(&bin[..], &idx[..], encoder.vocab_size(), Some(end)).unwrap();
        assert_eq!((facts.documents, facts.tokens), (shard.n_docs, shard.n_tokens));
        std::fs::write(folder.join("shard.bin"), bin).unwrap();
        std::fs::write(folder.join("shard.idx"), idx).unwrap();
        std::fs::write(folder.join("shard.lineage.parquet"), lineage.finish().unwrap()).unwrap();
        read_with_megatron(folder, end);
    }
}

fn read_with_megatron(folder: &Path, end: u32) {
    let Some(pylib) = std::env::var_os(PYLIB) else { return };
    let output = std::process::Command::new("/usr/bin/python3")
        .env("PYTHONPATH", pylib)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/read_megatron.py"))
        .arg(folder.join("shard"))
        .arg("--lineage")
        .arg(folder.join("shard.lineage.parquet"))
        .arg("--tokenizer")
        .arg(folder.join("tokenizer.json"))
        .args(["--end-of-text", &end.to_string(), "--jsonl"])
        .arg(folder)
        .output()
        .unwrap();
    eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
}
