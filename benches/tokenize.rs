//! MB/s of text per CPU second: the own engine and the `tokenizers` crate, on real text.
//!
//! `GRISTMILL_DATA=... cargo bench --bench tokenize [-- MEGABYTES WORD...]`; only what has one of the
//! words in its name is measured. Cold: first pass of a fresh encoder. Hot: best of two
//! later passes over the same text. One thread.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::Read;
use std::path::Path;

use gristmill::tokenize::{self, Encoder};

/// Seconds that this thread has run.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn texts(data: &Path, files: &[&str], limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    for file in files {
        let (mut json, mut size) = (String::new(), 0);
        let source = std::fs::File::open(data.join(format!("8-corpus/{file}.jsonl.zst"))).unwrap();
        zstd::Decoder::new(source).unwrap().read_to_string(&mut json).unwrap();
        for line in json.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = row["text"].as_str().unwrap().to_owned();
            size += text.len();
            all.push(text);
            if size > limit / files.len() {
                break;
            }
        }
    }
    all
}

fn pass(texts: &[String], mut encode: impl FnMut(&str, &mut Vec<u32>)) -> (f64, usize) {
    let (mut out, mut tokens) = (Vec::new(), 0);
    let start = cpu();
    for text in texts {
        out.clear();
        encode(text, &mut out);
        tokens += out.len();
    }
    (cpu() - start, tokens)
}

fn wanted(what: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|a| !a.starts_with('-') && a.parse::<usize>().is_err()).peekable();
    words.peek().is_none() || words.any(|word| what.contains(&word))
}

fn line(what: &str, texts: &[String], mut encode: impl FnMut(&str, &mut Vec<u32>)) {
    if !wanted(what) {
        return;
    }
    let bytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
    let (cold, tokens) = pass(texts, &mut encode);
    let hot = (0..2).map(|_| pass(texts, &mut encode).0).fold(f64::MAX, f64::min);
    println!("{what:<44} {:>7.1} {:>7.1}   {tokens:>9} tokens, {bytes:.1} MB", bytes / cold, bytes / hot);
}

fn main() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA").map(std::path::PathBuf::from) else {
        return println!("skipped: GRISTMILL_DATA is not set");
    };
    let megabytes = std::env::args().filter_map(|a| a.parse::<usize>().ok()).next().unwrap_or(12);
    let limit = megabytes << 20;
    let corpora = [
        ("english", texts(&data, &["classic-books-a", "spamassassin-a"], limit)),
        (
            "multilingual",
            texts(&data, &["tldr", "aozora-a", "thaigov-a", "masakhane-a", "tensorflow-docs-l10n"], limit),
        ),
        ("code and docs", texts(&data, &["learnxinyminutes", "powershell-docs"], limit)),
    ];
    let dir = data.join("4-tokenizers");
    let openai = dir.join("zurawiki+tiktoken-rs/tiktoken-rs/assets");
    let ranks = |path: std::path::PathBuf| std::fs::read(path).unwrap();
    let tokenizers = [
        ("gpt2 (r50k)", ranks(openai.join("r50k_base.tiktoken"))),
        ("cl100k", ranks(openai.join("cl100k_base.tiktoken"))),
        ("llama-3", ranks(dir.join("revbucket+tokshuf-rust/meta-llama-3-8B.tiktoken"))),
        ("o200k", ranks(openai.join("o200k_base.tiktoken"))),
        ("phi-2", ranks(dir.join("microsoft+onnxruntime-extensions/test/data/phi-2/tokenizer.json"))),
        ("gpt-neox", ranks(dir.join("allenai+dolma/tests/data/tokenizer/gpt-neo-test-tokenizer.json"))),
    ];
    println!("{:<44} {:>7} {:>7}   MB per CPU second", "", "cold", "hot");
    for (name, json) in &tokenizers {
        for (corpus, texts) in &corpora {
            let start = cpu();
            let own = tokenize::load(json).unwrap();
            let loading = cpu() - start;
            let run = |encoder: &dyn Encoder, text: &str, out: &mut Vec<u32>| encoder.encode(text, out).unwrap();
            let what = |engine: &str| format!("{name} · {corpus} · {engine}");
            line(&what(own.engine()), texts, |text, out| run(&*own, text, out));
            if own.engine() != "tokenizers" {
                let library = tokenize::load_with_library(json).unwrap();
                line(&what("tokenizers rc"), texts, |text, out| run(&*library, text, out));
            }
            if *corpus == "english" {
                println!("  loaded in {loading:.2} CPU s");
            }
        }
    }
}
