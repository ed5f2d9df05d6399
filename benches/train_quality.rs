//! Trains the default quality model and prints it as `weights.rs`:
//! `cargo bench --bench train_quality -- <human_quality.jsonl>` (lines with `text` and `label`, 1 for kept).
//!
//! Before it come the figures: ten-fold cross-validation by documents with ten divisions, AUC over all and within thirds of
//! the length, the correlation with the logarithm of the length, the AUC of the length alone, calibration and speed.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, reason = "a measuring program prints its figures")]

use gristmill::classify::train::figures::{auc, correlation};
use gristmill::metrics::quality::MODEL;
use gristmill::metrics::quality::features::{Features, NAMES};
use gristmill::metrics::quality::train::{Sample, train};
use std::time::Instant;

const FOLDS: usize = 10;
const DIVISIONS: u64 = 10;

fn main() {
    let path = std::env::args().skip(1).find(|a| a != "--bench").expect("usage: train_quality <human_quality.jsonl>");
    let text = std::fs::read_to_string(path).expect("the labelled documents can be read");
    let mut texts = Vec::new();
    let mut samples = Vec::new();
    for line in text.lines() {
        let one: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
        let text = one["text"].as_str().expect("a text").to_owned();
        let features = Features::of(&text).expect("a text with words");
        samples.push(Sample { features, good: one["label"].as_i64() == Some(1) });
        texts.push(text);
    }
    let good: Vec<bool> = samples.iter().map(|sample| sample.good).collect();
    let lengths: Vec<f64> = samples.iter().map(|sample| sample.features.length as f64).collect();
    println!("{} documents, {} kept", good.len(), good.iter().filter(|&&g| g).count());
    println!("AUC of the length alone: {:.3}", auc(&lengths, &good));
    let (mut sum, mut least, mut mean) = (0.0, 1.0_f64, vec![0.0; samples.len()]);
    for division in 0..DIVISIONS {
        let held = held_out(&samples, division);
        let one = auc(&held, &good);
        sum += one;
        least = least.min(one);
        mean.iter_mut().zip(&held).for_each(|(mean, held)| *mean += held / DIVISIONS as f64);
    }
    println!(
        "AUC in cross-validation: {:.3} (mean of {DIVISIONS} divisions; least {least:.3})",
        sum / DIVISIONS as f64
    );
    println!(
        "correlation of the held-out log-odds with the logarithm of the length: {:.3}",
        correlation(&mean, &lengths)
    );
    let label: Vec<f64> = good.iter().map(|&good| f64::from(u8::from(good))).collect();
    println!("correlation of the labels with it: {:.3}", correlation(&label, &lengths));
    thirds(&mean, &good, &lengths);
    calibration(&mean, &good);
    speed(&texts);
    print_model(&samples);
}

/// Scores of every document by a model that has not seen it; folds keep the shares of labels.
fn held_out(samples: &[Sample], division: u64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let key = |&at: &usize| {
        let hash = xxhash_rust::xxh3::xxh3_64_with_seed(&(at as u64).to_le_bytes(), division);
        (samples[at].good, hash)
    };
    order.sort_by_key(key);
    let mut scores = vec![0.0; samples.len()];
    for fold in 0..FOLDS {
        let seen = order.iter().enumerate().filter(|(place, _)| place % FOLDS != fold);
        let seen: Vec<Sample> = seen.map(|(_, &at)| samples[at]).collect();
        let model = train(&seen).expect("both labels");
        for &at in order.iter().skip(fold).step_by(FOLDS) {
            scores[at] = model.score(&samples[at].features) as f64 / 262_144.0;
        }
    }
    scores
}

fn thirds(scores: &[f64], good: &[bool], lengths: &[f64]) {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| lengths[a].total_cmp(&lengths[b]));
    for (part, name) in order.chunks(order.len().div_ceil(3)).zip(["short", "middle", "long"]) {
        let pick = |values: &[f64]| part.iter().map(|&at| values[at]).collect::<Vec<f64>>();
        let own: Vec<bool> = part.iter().map(|&at| good[at]).collect();
        let kept = own.iter().filter(|&&g| g).count();
        println!(
            "{name} third: {} documents, {kept} kept, AUC {:.3}, of the length alone {:.3}",
            part.len(),
            auc(&pick(scores), &own),
            auc(&pick(lengths), &own)
        );
    }
}

fn calibration(scores: &[f64], good: &[bool]) {
    for low in 0..5 {
        let inside = |score: f64| ((1.0 / (1.0 + (-score).exp())) * 5.0).min(4.0) as usize == low;
        let of: Vec<bool> = scores.iter().zip(good).filter(|(s, _)| inside(**s)).map(|(_, &g)| g).collect();
        let kept = of.iter().filter(|&&g| g).count();
        println!(
            "held-out score {:.1} to {:.1}: {kept} of {} kept",
            low as f64 / 5.0,
            (low + 1) as f64 / 5.0,
            of.len()
        );
    }
}

fn speed(texts: &[String]) {
    let bytes: usize = texts.iter().map(String::len).sum();
    let (mut passes, start) = (0, Instant::now());
    let mut sum = 0.0;
    while start.elapsed().as_secs() < 2 {
        sum += texts.iter().filter_map(|text| Features::of(text)).map(|f| MODEL.probability(&f)).sum::<f64>();
        passes += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:.0} MB/s (mean score {:.3})",
        (bytes * passes) as f64 / 1e6 / seconds,
        sum / (passes * texts.len()) as f64
    );
}

fn print_model(samples: &[Sample]) {
    let model = train(samples).expect("both labels");
    println!("//! Written by `cargo bench --bench train_quality`; see the folder's `mod.rs`.\n");
    println!(
        "use super::model::{{Model, Weight}};\n\n/// The default model.\npub const MODEL: Model = Model {{\n    weights: ["
    );
    for (weight, name) in model.weights.iter().zip(NAMES) {
        let (mean, scale, weight) = (weight.mean, weight.scale, weight.weight);
        println!("        // {name}\n        Weight {{ mean: {mean}, scale: {scale}, weight: {weight} }},");
    }
    println!("    ],\n    bias: {},\n}};", model.bias);
}
