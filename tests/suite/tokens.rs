//! Token ids against ids that public tools gave, and the own engine against the library, on real data.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use gristmill::tokenize::{self, Encoder};

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
pub fn tokenizer_file(data: &Path, name: &str) -> Vec<u8> {
    let dir = data.join("4-tokenizers");
    let ranks = |file: &str| std::fs::read(dir.join(file)).unwrap();
    match name {
        "tiktoken:llama-3" => ranks("revbucket+tokshuf-rust/meta-llama-3-8B.tiktoken"),
        openai if openai.starts_with("tiktoken:") => {
            let name = openai.trim_start_matches("tiktoken:");
            ranks(&format!("zurawiki+tiktoken-rs/tiktoken-rs/assets/{name}.tiktoken"))
        }
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
        let json = tokenizer_file(&data, name);
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
        "hf:allenai+dolma/tests/data/tokenizer/llama-test-tokenizer.json",
        "tiktoken:cl100k_base",
        "tiktoken:llama-3",
        "tiktoken:o200k_base",
    ] {
        let json = tokenizer_file(&data, name);
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

/// Every file of the kit's tokenizers loads with the engine that it should, also those of older versions, or is refused with the
/// reason. Two are damaged (`merges` of another type, merges of spaces), as Python's 0.23.3 says; others are parts beside one.
#[test]
fn every_tokenizer_file_loads_or_says_why_not() {
    let Some(data) = data() else { return };
    let (own, library) = (Ok("gristmill-bpe"), Ok("tokenizers"));
    let pair = Err("merges = \"vocab.bpe\"");
    let settings = Err("no usable `model.vocab`");
    let expected: BTreeMap<&str, Result<&str, &str>> = BTreeMap::from([
        ("allenai+dolma/tests/data/tokenizer/gpt-neo-test-tokenizer.json", own),
        ("allenai+dolma/tests/data/tokenizer/llama-test-tokenizer.json", own),
        ("onnx/added-tokens/tokenizer.json", Err("`merges` must be an array")),
        ("onnx/added-tokens/tokenizer_config.json", settings),
        ("onnx/llama2/special_tokens_map.json", settings),
        ("onnx/llama2/tokenizer.json", Err("legacy merge")),
        ("onnx/llama2/tokenizer_config.json", settings),
        ("onnx/phi-2/tokenizer.json", own),
        ("onnx/phi-2/tokenizer_config.json", settings),
        ("onnx/tokenizer/roberta-base/merges.txt", Err("neither a SentencePiece model, a rank file nor JSON")),
        ("onnx/tokenizer/roberta-base/tokenizer.json", own),
        // It has one number and nothing else.
        ("onnx/tokenizer/roberta-base/tokenizer_config.json", pair),
        ("onnx/tokenizer/roberta-base/vocab.json", pair),
        ("onnx/tokenizer/t5-small/tokenizer.json", library),
        ("onnx/tokenizer/t5-small/tokenizer_config.json", settings),
        ("revbucket+tokshuf-rust/EleutherAI_gpt-neox-20b.tiktoken", Err("how text is cut is not known")),
        ("revbucket+tokshuf-rust/meta-llama-3-8B.tiktoken", own),
        ("openai/cl100k_base.tiktoken", own),
        ("openai/encoder.json", pair),
        ("openai/o200k_base.tiktoken", own),
        ("openai/p50k_base.tiktoken", own),
        ("openai/r50k_base.tiktoken", own),
        ("openai/vocab.bpe", Err("neither a SentencePiece model, a rank file nor JSON")),
    ]);
    let dir = data.join("4-tokenizers");
    let (mut folders, mut files) = (vec![dir.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { &mut folders } else { &mut files }.push(entry);
        }
    }
    let mut seen = 0;
    for file in files {
        let name = file.strip_prefix(&dir).unwrap().to_str().unwrap();
        let short = name
            .replace("microsoft+onnxruntime-extensions/test/data", "onnx")
            .replace("zurawiki+tiktoken-rs/tiktoken-rs/assets", "openai");
        let expected = expected.get(short.as_str()).unwrap_or_else(|| panic!("no expectation for {short}"));
        match (tokenize::load(&std::fs::read(&file).unwrap()), expected) {
            (Ok(encoder), Ok(engine)) => {
                assert_eq!(encoder.engine(), *engine, "{short}");
                let ids = encode(&*encoder, "Hello, world");
                assert!(!ids.is_empty() && ids.iter().all(|id| *id < encoder.vocab_size()), "{short}");
            }
            (Err(error), Err(why)) => assert!(error.to_string().contains(why), "{short}: {error}"),
            (found, _) => {
                panic!("{short}: {:?}", found.map(|encoder| encoder.engine()).map_err(|error| error.to_string()))
            }
        }
        seen += 1;
    }
    assert_eq!(seen, expected.len());
}

/// Rank files whose vocabulary is published are known by their content; others need a pattern. GPT-2's pair of files gives the
/// ids of its rank file.
#[test]
fn rank_files_and_gpt2s_pair_load() {
    use gristmill::tokenize::{Beside, RankPattern, load_beside};
    let Some(data) = data() else { return };
    let file = |name: &str| std::fs::read(data.join("4-tokenizers").join(name)).unwrap();
    let openai = |name: &str| file(&format!("zurawiki+tiktoken-rs/tiktoken-rs/assets/{name}"));
    let text = "Hello <|endoftext|> world, 12345 times:   it's\n\nso.";
    let special = |file: &[u8], token: &str| tokenize::load(file).unwrap().token_id(token);
    assert_eq!(special(&openai("r50k_base.tiktoken"), "<|endoftext|>"), Some(50_256));
    assert_eq!(special(&openai("p50k_base.tiktoken"), "<|endoftext|>"), Some(50_256));
    assert_eq!(special(&openai("cl100k_base.tiktoken"), "<|fim_prefix|>"), Some(100_258));
    assert_eq!(special(&openai("o200k_base.tiktoken"), "<|endofprompt|>"), Some(200_018));
    let llama = file("revbucket+tokshuf-rust/meta-llama-3-8B.tiktoken");
    assert_eq!(special(&llama, "<|end_of_text|>"), Some(128_001));
    assert_eq!(special(&llama, "<|reserved_special_token_250|>"), Some(128_255));
    for (name, end) in [("p50k_base", 50_256), ("cl100k_base", 100_257), ("o200k_base", 199_999)] {
        let file = openai(&format!("{name}.tiktoken"));
        let (own, library) = (tokenize::load(&file).unwrap(), tokenize::load_with_library(&file).unwrap());
        assert_eq!(own.engine(), "gristmill-bpe", "{name}");
        assert_eq!(
            (encode(&*own, "<|endoftext|>"), encode(&*library, "<|endoftext|>")),
            (vec![end], vec![end]),
            "{name}"
        );
    }
    let neox = file("revbucket+tokshuf-rust/EleutherAI_gpt-neox-20b.tiktoken");
    let error = tokenize::load(&neox).err().unwrap().to_string();
    assert!(error.contains("none of r50k_base") && error.contains("`pattern = \"gpt2\"`"), "{error}");
    let named = load_beside(&neox, Beside { pattern: Some(RankPattern::Gpt2), ..Beside::default() }).unwrap();
    assert_eq!(named.token_id("<|endoftext|>"), Some(0));
    assert_eq!(named.decode(&encode(&*named, text)).unwrap(), text);

    let (vocab, merges) = (openai("encoder.json"), openai("vocab.bpe"));
    let error = tokenize::load(&vocab).err().unwrap().to_string();
    assert!(error.contains("merges = \"vocab.bpe\""), "{error}");
    let pair = load_beside(&vocab, Beside { merges: Some(&merges), ..Beside::default() }).unwrap();
    let ranks = tokenize::load(&openai("r50k_base.tiktoken")).unwrap();
    assert_eq!((pair.engine(), pair.vocab_size()), ("gristmill-bpe", 50_257));
    for text in corpus(&data).values().step_by(101).map(String::as_str).chain([text]) {
        assert_eq!(encode(&*pair, text), encode(&*ranks, text));
    }
    let roberta = "microsoft+onnxruntime-extensions/test/data/tokenizer/roberta-base";
    let merges = file(&format!("{roberta}/merges.txt"));
    let pair =
        load_beside(&file(&format!("{roberta}/vocab.json")), Beside { merges: Some(&merges), ..Beside::default() });
    assert_eq!(pair.unwrap().token_id("</s>"), Some(2));
}
