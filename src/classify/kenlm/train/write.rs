//! The `.arpa` file.

use super::adjust::Gram;
use super::estimate::Weight;
use crate::classify::interner::Interner;
use std::fmt::Write;

/// Appends a number as KenLM writes it: the shortest that is read back the same, with an exponent below 10^-6.
fn number(out: &mut String, value: f32) {
    // Writing to a string cannot fail.
    let _ = if value != 0.0 && value.abs() < 1e-6 { write!(out, "{value:e}") } else { write!(out, "{value}") };
}

/// The file: n-grams that are not pruned, each length sorted from the last word to the first.
pub(super) fn arpa(words: &Interner, orders: &[Vec<Gram>], weights: &[Vec<Weight>], counts: &[u64]) -> String {
    let mut out = String::from("\\data\\\n");
    for (at, count) in counts.iter().enumerate() {
        let _ = writeln!(out, "ngram {}={count}", at + 1);
    }
    for (at, (grams, weights)) in orders.iter().zip(weights).enumerate() {
        let _ = write!(out, "\n\\{}-grams:\n", at + 1);
        for (gram, weight) in grams.iter().zip(weights).filter(|(gram, _)| !gram.pruned) {
            number(&mut out, weight.prob);
            for (place, &word) in gram.key[..=at].iter().rev().enumerate() {
                out.push(if place == 0 { '\t' } else { ' ' });
                out.push_str(&String::from_utf8_lossy(words.entry(word)));
            }
            if at + 1 < orders.len() {
                out.push('\t');
                number(&mut out, weight.backoff);
            }
            out.push('\n');
        }
    }
    out.push_str("\n\\end\\\n");
    out
}
