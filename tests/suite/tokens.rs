//! Token ids against ids that public tools gave, and the own engine against the library, on real data.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use gristmill::tokenize::{self, Encoder};

use crate::tiktoken;

pub fn data() -> Option<PathBuf> {
    let path = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    path
}

fn zst_lines(path: &Path) -> Vec<serde_json::Value> {
    let mut text = String::new();
    zstd::Decoder::new(std::fs::File::open(path).unwrap()).unwrap().read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every document of the corpus, by id; text only.
pub fn corpus(data: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(data.join("8-corpus")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "zst")) {
        for row in zst_lines(file) {
            all.insert(row["id"].as_str().unwrap().to_owned(), row["text"].as_str().unwrap().to_owned());
        }
    }
    all
}

/// The tokenizer file that a row of the peers' outputs names.
pub fn tokenizer_json(data: &Path, name: &str) -> Vec<u8> {
    let dir = data.join("4-tokenizers");
    let ranks = |file: &str| std::fs::read(dir.join(file)).unwrap();
    let openai = "zurawiki+tiktoken-rs/tiktoken-rs/assets";
    match name {
        "tiktoken:r50k_base" => tiktoken::to_json(&ranks(&format!("{openai}/r50k_base.tiktoken")), u32::MAX, None),
        "tiktoken:cl100k_base" => {
            tiktoken::to_json(&ranks(&format!("{openai}/cl100k_base.tiktoken")), u32::MAX, Some(tiktoken::CL100K))
        }
        "tiktoken:o200k_base" => {
            tiktoken::to_json(&ranks(&format!("{openai}/o200k_base.tiktoken")), u32::MAX, Some(tiktoken::O200K))
        }
        "tiktoken:llama-3" => tiktoken::to_json(
            &ranks("revbucket+tokshuf-rust/meta-llama-3-8B.tiktoken"),
            128_000,
            Some(tiktoken::CL100K),
        ),
        other => {
            let path = other.strip_prefix("hf:").unwrap();
            let (repo, rest) = path.split_once('/').unwrap();
            let (repo, rest) = match dir.join(repo).exists() {
                true => (repo.to_owned(), rest),
                false => panic!("no such tokenizer {other}"),
            };
            std::fs::read(dir.join(repo).join(rest)).unwrap()
        }
    }
}

fn encode(encoder: &dyn Encoder, text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    encoder.encode(text, &mut out).unwrap();
    out
}

/// The ids of Python `tokenizers` and `tiktoken` for nine tokenizers (7-peer-outputs/token-ids-first3000chars).
#[test]
fn ids_of_public_tools() {
    let Some(data) = data() else { return };
    let corpus = corpus(&data);
    let rows = zst_lines(&data.join("7-peer-outputs/token-ids-first3000chars.jsonl.zst"));
    let mut by_tokenizer: BTreeMap<&str, Vec<&serde_json::Value>> = BTreeMap::new();
    for row in &rows {
        by_tokenizer.entry(row["tokenizer"].as_str().unwrap()).or_default().push(row);
    }
    let mut wrong = 0;
    for (name, rows) in by_tokenizer {
        let json = tokenizer_json(&data, name);
        for encoder in [tokenize::load(&json).unwrap(), tokenize::load_with_library(&json).unwrap()] {
            let (mut equal, mut missing, mut different) = (0, 0, Vec::new());
            for row in &rows {
                let id = row["id"].as_str().unwrap();
                let Some(text) = corpus.get(id) else {
                    missing += 1;
                    continue;
                };
                let text: String = text.chars().take(3000).collect();
                assert_eq!(text.chars().count() as u64, row["chars"].as_u64().unwrap(), "{id}");
                let expected: Vec<u32> =
                    row["ids"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as u32).collect();
                match encode(&*encoder, &text) == expected {
                    true => equal += 1,
                    false => different.push(id),
                }
            }
            eprintln!(
                "{name} with {}: {equal} equal, {} different, {missing} not here",
                encoder.engine(),
                different.len()
            );
            assert!(equal > 0);
            wrong += different.len();
            if let Some(id) = different.first() {
                eprintln!("  first: {id}");
            }
        }
    }
    assert_eq!(wrong, 0);
}

/// The own engine against the library over a sample of whole documents.
#[test]
fn own_engine_equals_the_library_on_whole_documents() {
    let Some(data) = data() else { return };
    let corpus = corpus(&data);
    for name in [
        "hf:allenai+dolma/tests/data/tokenizer/gpt-neo-test-tokenizer.json",
        "hf:microsoft+onnxruntime-extensions/test/data/phi-2/tokenizer.json",
        "hf:microsoft+onnxruntime-extensions/test/data/tokenizer/roberta-base/tokenizer.json",
        "tiktoken:cl100k_base",
        "tiktoken:llama-3",
        "tiktoken:o200k_base",
    ] {
        let json = tokenizer_json(&data, name);
        let (own, library) = (tokenize::load(&json).unwrap(), tokenize::load_with_library(&json).unwrap());
        assert_eq!(own.engine(), "gristmill-bpe", "{name}");
        let (mut bytes, mut different) = (0, Vec::new());
        for (id, text) in corpus.iter().step_by(23) {
            let (ours, theirs) = (encode(&*own, text), encode(&*library, text));
            if ours != theirs || own.decode(&ours).unwrap() != library.decode(&theirs).unwrap() {
                different.push(id);
            }
            bytes += text.len();
        }
        assert!(different.is_empty(), "{name}: {} documents, first {:?}", different.len(), different.first());
        eprintln!("{name}: {:.1} MB equal", bytes as f64 / 1e6);
    }
}

/// The tokenizer files of the kit load, also those of older versions, and take the engine that they should. Two are damaged
/// (`merges` of another type, merges of spaces) and refused, as Python's 0.23.3 refuses them.
#[test]
fn every_tokenizer_file_loads() {
    let Some(data) = data() else { return };
    let dir = data.join("4-tokenizers");
    let (onnx, dolma) = ("microsoft+onnxruntime-extensions/test/data", "allenai+dolma/tests/data/tokenizer");
    for (file, engine) in [
        (format!("{onnx}/phi-2/tokenizer.json"), "gristmill-bpe"),
        (format!("{onnx}/tokenizer/roberta-base/tokenizer.json"), "gristmill-bpe"),
        (format!("{onnx}/tokenizer/t5-small/tokenizer.json"), "tokenizers"),
        (format!("{dolma}/gpt-neo-test-tokenizer.json"), "gristmill-bpe"),
        (format!("{dolma}/llama-test-tokenizer.json"), "tokenizers"),
    ] {
        let encoder =
            tokenize::load(&std::fs::read(dir.join(&file)).unwrap()).map_err(|e| format!("{file}: {e}")).unwrap();
        assert_eq!(encoder.engine(), engine, "{file}");
        let ids = encode(&*encoder, "Hello, world");
        assert!(ids.iter().all(|id| *id < encoder.vocab_size()), "{file}");
    }
    for (file, why) in [("added-tokens", "`merges` must be an array"), ("llama2", "legacy merge")] {
        let damaged = std::fs::read(dir.join(format!("{onnx}/{file}/tokenizer.json"))).unwrap();
        let error = tokenize::load(&damaged).err().map(|e| e.to_string()).unwrap();
        assert!(error.contains(why), "{error}");
    }
}
