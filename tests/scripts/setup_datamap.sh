#!/bin/sh
# Makes a small program out of datamap-rs for tests/scripts/compare_datamap.py: setup_datamap.sh DIR CHECKOUT takes the
# processors of DCLM's recipe out of CHECKOUT/src (a clone of allenai/datamap-rs, commit f771794) unchanged, without the
# rest, whose packages take long to build, and builds DIR/target/release/oracle.
set -eu
dir=$1
checkout=$2
from=$checkout/src
mkdir -p "$dir/src"
cat > "$dir/Cargo.toml" <<'TOML'
[package]
name = "oracle"
version = "0.1.0"
edition = "2021"
[dependencies]
anyhow = "1"
fxhash = "0.2.1"
once_cell = "1"
regex = "1.11"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
unicode-segmentation = "1.12"
[workspace]
TOML
# Lines from one mark to another, the second left out.
between() { awk -v from="$2" -v to="$3" 'index($0, to) == 1 { on = 0 } index($0, from) == 1 { on = 1 } on' "$1"; }
{
    echo '#![allow(unused, dead_code)]'
    echo 'use anyhow::{anyhow, ensure, Error, Result}; use fxhash::{FxHashMap, FxHasher}; use once_cell::sync::OnceCell;'
    echo 'use regex::Regex; use serde::Serialize; use serde_json::{json, Value}; use unicode_segmentation::UnicodeSegmentation;'
    echo 'use std::cmp; use std::collections::{HashMap, HashSet, VecDeque}; use std::hash::{Hash, Hasher};'
    between "$from/utils.rs" 'pub trait FromValue' 'pub fn json_remove'
    between "$from/map_fxn.rs" 'pub trait DataProcessor' '/*====='
    for mark in 'NewlineRemovalModifier FastTextAnnotator' 'PageLenFilter Madlad400SentenceAnnotator'; do
        set -- $mark
        echo '#[derive(Serialize, Debug)]'
        between "$from/map_fxn.rs" "pub struct $1 " "pub struct $2 " |
            awk '{ line[NR] = $0 } END { while (NR && (line[NR] == "" || index(line[NR], "#[deriv") == 1)) NR--; for (i = 1; i <= NR; i++) print line[i] }'
    done
    cat <<'RUST'
/// What the fraction is without collisions of hashes: one value, or one for each n-gram that is most frequent and longest.
fn exact(items: &[&str], n: usize, weighted: bool) -> Vec<f64> {
    let mut places: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
    for (place, gram) in items.windows(n).enumerate() { places.entry(gram.to_vec()).or_default().push(place); }
    let total: usize = items.iter().map(|item| item.len()).sum();
    if items.len() < n { return vec![if n == 1 { 1.0 } else { 0.0 }]; }
    if items.len() == n { return vec![0.0]; }
    let bytes = |gram: &Vec<&str>| gram.iter().map(|item| item.len()).sum::<usize>();
    let covered = |starts: &[&usize]| {
        let all: HashSet<usize> = starts.iter().flat_map(|start| **start..**start + n).collect();
        if n == 1 && !weighted { all.len() as f32 / items.len() as f32 }
        else { all.iter().map(|place| items[*place].len()).sum::<usize>() as f32 / total as f32 }
    };
    let repeated: Vec<_> = places.iter().filter(|(_, starts)| starts.len() > 1).collect();
    if n == 1 || n > 4 {
        return vec![covered(&repeated.iter().flat_map(|(_, starts)| starts.iter()).collect::<Vec<_>>()) as f64];
    }
    let top = repeated.iter().map(|(gram, starts)| (starts.len(), bytes(gram))).max();
    let tops = repeated.iter().filter(|(gram, starts)| Some((starts.len(), bytes(gram))) == top);
    let values: Vec<f64> = tops.map(|(_, starts)| covered(&starts.iter().collect::<Vec<_>>()) as f64).collect();
    if values.is_empty() { vec![0.0] } else { values }
}

/// Reads one JSON string a line; writes which processors of each recipe drop it, the text after the edits and the fractions.
fn main() {
    let make = |name: &str, arguments: Value| -> Box<dyn Fn(Value) -> Option<Value>> {
        macro_rules! made {
            ($kind:ty) => {{
                let it = <$kind>::new(&arguments).unwrap();
                Box::new(move |page| it.process(page).unwrap())
            }};
        }
        match name {
            "newline_removal_modifier" => made!(NewlineRemovalModifier),
            "page_len_filter" => made!(PageLenFilter),
            "word_len_filter" => made!(WordLenFilter),
            "symbol_ratio_filter" => made!(SymbolRatioFilter),
            "bullet_filter" => made!(BulletFilter),
            "ellipsis_line_ratio_filter" => made!(EllipsisLineRatioFilter),
            "alphabetic_word_ratio_filter" => made!(AlphabeticWordRatioFilter),
            "stop_word_filter" => made!(StopWordFilter),
            "massive_web_repetition_filter" => made!(MassiveWebRepetitionFilter),
            "word_count_adder" => made!(WordCountAdder),
            "ratio_line_modifier" => made!(RatioLineModifier),
            "regex_line_modifier" => made!(RegexLineModifier),
            "line_len_modifier" => made!(LineLenModifier),
            "substring_line_modifier" => made!(SubstringLineModifier),
            "word_removal_ratio_filter" => made!(WordRemovalRatioFilter),
            _ => panic!("{name}"),
        }
    };
    let steps: Vec<Value> = serde_json::from_str(&std::env::args().nth(1).expect("steps")).unwrap();
    let steps: Vec<_> = steps.iter().map(|step| make(step["name"].as_str().unwrap(), step["kwargs"].clone())).collect();
    let edits = std::env::args().nth(2).as_deref() == Some("chain");
    for line in std::io::stdin().lines() {
        let text: String = serde_json::from_str(&line.unwrap()).unwrap();
        let out = if edits {
            let mut page = Some(json!({ "text": text }));
            let mut dropped = None;
            for (place, step) in steps.iter().enumerate() {
                page = page.and_then(|page| step(page));
                if page.is_none() { dropped = Some(place); break; }
            }
            json!({ "dropped": dropped, "text": page.map(|page| page["text"].clone()) })
        } else {
            let drops: Vec<bool> = steps.iter().map(|step| step(json!({ "text": text })).is_none()).collect();
            let lines: Vec<&str> = text.split('\n').filter(|part| part.len() > 0).collect();
            let paragraphs: Vec<&str> = text.split("\n\n").filter(|part| part.len() > 0).collect();
            let words: Vec<&str> = text.unicode_words().collect();
            let of = |items, n, weighted| MassiveWebRepetitionFilter::_rep_counter_fraction(items, n, weighted).unwrap() as f64;
            let mut fractions = vec![of(&lines, 1, false), of(&paragraphs, 1, false), of(&lines, 1, true), of(&paragraphs, 1, true)];
            fractions.extend((2..=10).map(|n| of(&words, n, true)));
            let mut exactly = vec![exact(&lines, 1, false), exact(&paragraphs, 1, false), exact(&lines, 1, true), exact(&paragraphs, 1, true)];
            exactly.extend((2..=10).map(|n| exact(&words, n, true)));
            json!({ "drops": drops, "fractions": fractions, "exact": exactly })
        };
        println!("{out}");
    }
}
RUST
} > "$dir/src/main.rs"
cp "$checkout/configs/dclm/dclm_config.yaml" "$dir/"
cargo build --release --quiet --manifest-path "$dir/Cargo.toml"
echo "python3 tests/scripts/compare_datamap.py $dir FILE.jsonl..."
