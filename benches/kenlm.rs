//! Lines scored by an n-gram model, in MB per CPU second: `cargo bench --bench kenlm -- MODEL TEXT [ROUNDS]`.
//! `tests/scripts/kenlm_speed.py` runs it beside KenLM's Python module, and compares the sums.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, reason = "a measuring program prints its figures")]

use gristmill::classify::kenlm::Model;

/// CPU seconds of this process (Linux: fields 14 and 15 of its `stat`, in hundredths).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("a number")).sum::<f64>() / 100.0
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [path, text, rounds @ ..] = wanted.as_slice() else {
        println!("usage: cargo bench --bench kenlm -- MODEL TEXT [ROUNDS]");
        return;
    };
    let model = Model::from_bytes(std::fs::read(path).expect("a model")).expect("a model that is read");
    let text = std::fs::read_to_string(text).expect("a text");
    let rounds: u32 = rounds.first().map_or(4, |rounds| rounds.parse().expect("a number"));
    let from = cpu();
    let mut sum = 0.0;
    for _ in 0..rounds {
        sum = text.split('\n').map(|line| f64::from(model.score_line(model.words_of(line), true, true).log10)).sum();
    }
    let spent = cpu() - from;
    let size = text.len() as f64 * f64::from(rounds) / 1e6;
    println!("gristmill ({}): sum {sum:.6}, {spent:.2} CPU s, {:.1} MB/s", model.kind(), size / spent);
}
