//! Encodes texts with a tokenizer file, for the comparison scripts of `tests/scripts`.
//!
//! `encode_jsonl ids FILE [library]`: JSON strings on standard input, one a line; on standard output for each the number of ids
//! and the ids, as 32-bit little-endian numbers. `encode_jsonl time FILE [library]`: the same input; seconds to load, CPU seconds of
//! the first pass and of the best of PASSES (environment variable; 3) more, tokens, engine. `encode_jsonl decode FILE`: as `ids`, but what the ids decode
//! to, as a JSON string a line.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead, Write};

use gristmill::tokenize;

/// CPU seconds of this thread.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [mode, file, rest @ ..] = args.as_slice() else {
        return println!("usage: encode_jsonl ids|time|decode FILE [library]");
    };
    let bytes = std::fs::read(file).unwrap();
    let texts: Vec<String> =
        std::io::stdin().lock().lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    let start = cpu();
    let loaded = match rest.iter().any(|word| word == "library") {
        true => tokenize::load_with_library(&bytes),
        false => tokenize::load(&bytes),
    };
    let encoder = match loaded {
        Ok(encoder) => encoder,
        Err(error) => {
            println!("refused: {error}");
            std::process::exit(2);
        }
    };
    let loading = cpu() - start;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut ids = Vec::new();
    if mode == "time" {
        let passes = std::env::var("PASSES").map_or(3, |passes| passes.parse::<usize>().unwrap());
        let mut pass = || {
            let (start, mut tokens) = (cpu(), 0);
            for text in &texts {
                ids.clear();
                encoder.encode(text, &mut ids).unwrap();
                tokens += ids.len();
            }
            (cpu() - start, tokens)
        };
        let (cold, tokens) = pass();
        let hot = (0..passes).map(|_| pass().0).fold(f64::MAX, f64::min);
        let line = serde_json::json!({"load": loading, "cold": cold, "hot": hot, "tokens": tokens, "engine": encoder.engine()});
        writeln!(out, "{line}").unwrap();
        return;
    }
    for text in &texts {
        ids.clear();
        encoder.encode(text, &mut ids).unwrap();
        if mode == "decode" {
            writeln!(out, "{}", serde_json::json!(encoder.decode(&ids).unwrap())).unwrap();
            continue;
        }
        out.write_all(&(ids.len() as u32).to_le_bytes()).unwrap();
        ids.iter().for_each(|id| out.write_all(&id.to_le_bytes()).unwrap());
    }
}
