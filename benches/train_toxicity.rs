//! Trains the embedded toxicity model: `cargo bench --bench train_toxicity -- <samples.jsonl> [<model.bin>]`.
//!
//! The samples are made by `tests/scripts/toxicity_samples.py`. Without an output file each of five folds is held out in turn, no
//! template in both parts, and the figures printed are of the held-out samples of all: F1 and false-positive rate at several
//! bounds, AUC, the false-positive rate by functional case, and the rate on plain corpora that training has not seen (five times each).
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, reason = "a measuring program prints its figures")]

use gristmill::classify::grams::Grams;
use gristmill::classify::grams::train::{Sample, train};
use gristmill::classify::train::figures::auc;
use std::collections::BTreeMap;
use std::time::Instant;

/// 1 MiB of weights.
const BITS: u32 = 20;
/// Folds of the samples; those that are never held out have a number below.
const FOLDS: i64 = 5;
const BOUNDS: [f64; 5] = [0.5, 0.6, 0.7, 0.8, 0.9];

struct Row {
    text: String,
    positive: bool,
    set: String,
    fold: i64,
    case: String,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let path = arguments.first().expect("usage: train_toxicity <samples.jsonl> [<model.bin>]");
    let rows: Vec<Row> = std::fs::read_to_string(path)
        .expect("the samples can be read")
        .lines()
        .map(|line| {
            let one: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
            let text = |key: &str| one[key].as_str().expect("a text").to_owned();
            Row {
                text: text("text"),
                positive: one["label"] == 1,
                set: text("set"),
                fold: one["fold"].as_i64().expect("a fold"),
                case: text("case"),
            }
        })
        .collect();
    let out = arguments.get(1);
    let mut sets = Sets::new();
    let mut last = Vec::new();
    for fold in if out.is_some() { -1..0 } else { 0..FOLDS } {
        let held = |row: &&Row| row.fold == fold && fold >= 0 || row.set.starts_with("held-");
        let (test, seen): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(held);
        last = train(&samples(&seen), BITS);
        judge(&Grams::from_bytes(&last).expect("a model just made"), &test, &mut sets);
        if let Some(out) = out {
            std::fs::write(out, &last).expect("the model can be written");
            println!("{} samples, {} bytes written", seen.len(), last.len());
        }
    }
    figures(&sets);
    speed(&Grams::from_bytes(&last).expect("a model just made"), &rows);
}

/// Both labels of a set count alike, and every set by its size; plain text counts half, sentences of our own a bit less, Chinese
/// posts more, tweets less.
fn samples<'a>(rows: &[&'a Row]) -> Vec<Sample<'a>> {
    let mut counts: BTreeMap<&str, [f32; 2]> = BTreeMap::new();
    for row in rows {
        counts.entry(&row.set).or_default()[usize::from(row.positive)] += 1.0;
    }
    let weight = |row: &Row| {
        let [bad, good] = counts[row.set.as_str()];
        let all = bad + good;
        let own = if row.positive { good } else { bad };
        match row.set.as_str() {
            set if set.starts_with("plain-") => 0.5,
            set if set.starts_with("own-") => 0.4,
            "tweets" => 0.35 * all / own,
            "cold" => 0.65 * all / own,
            _ => 0.5 * all / own,
        }
    };
    rows.iter().map(|row| Sample { text: &row.text, positive: row.positive, weight: weight(row) }).collect()
}

/// Probabilities and labels by set.
type Sets = BTreeMap<String, Vec<(f64, bool)>>;

fn judge(model: &Grams<'_>, test: &[&Row], sets: &mut Sets) {
    for row in test {
        let p = model.probability(&row.text).unwrap_or(0.0);
        sets.entry(row.set.clone()).or_default().push((p, row.positive));
        if row.set.starts_with("hatecheck") {
            sets.entry("hatecheck, all".to_owned()).or_default().push((p, row.positive));
            let kind = if row.positive { "hateful" } else { "not hateful" };
            sets.entry(format!("  {kind}: {}", row.case)).or_default().push((p, row.positive));
        }
    }
}

fn figures(sets: &Sets) {
    println!("bounds {BOUNDS:?}: F1 / false-positive rate, or the share above the bound where there is one label");
    for (set, rows) in sets {
        let positives = rows.iter().filter(|(_, positive)| *positive).count();
        let mut line = format!("{set} ({} texts, {positives} toxic):", rows.len());
        for bound in BOUNDS {
            let above = |wanted: bool| rows.iter().filter(|(p, own)| *p > bound && *own == wanted).count() as f64;
            let (hits, wrong) = (above(true), above(false));
            let negatives = (rows.len() - positives) as f64;
            if positives > 0 && negatives > 0.0 {
                let f1 = 2.0 * hits / (hits + wrong + positives as f64);
                line += &format!(" {f1:.3}/{:.3}", wrong / negatives);
            } else {
                line += &format!(" {:.4}", (hits + wrong) / rows.len() as f64);
            }
        }
        let (scores, labels): (Vec<f64>, Vec<bool>) = rows.iter().copied().unzip();
        let area = auc(&scores, &labels);
        println!("{line}{}", if area.is_nan() { String::new() } else { format!(" AUC {area:.3}") });
    }
}

fn speed(model: &Grams<'_>, rows: &[Row]) {
    let bytes: usize = rows.iter().map(|row| row.text.len()).sum();
    let start = Instant::now();
    let sum: f64 = rows.iter().filter_map(|row| model.probability(&row.text)).sum();
    let seconds = start.elapsed().as_secs_f64();
    println!("{:.0} MB/s (mean score {:.3})", bytes as f64 / 1e6 / seconds, sum / rows.len() as f64);
}
