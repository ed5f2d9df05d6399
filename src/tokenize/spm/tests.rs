use serde_json::Value;

use crate::tokenize::{Encoder, TokenizerError, load};

const VECTORS: &str = include_str!("../../../tests/golden/tokenize/sentencepiece.json");

macro_rules! model {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../tests/golden/tokenize/", $name, ".model")).as_slice())
    };
}

const MODELS: [(&str, &[u8]); 7] = [
    model!("bpe-rules"),
    model!("bpe-bytes"),
    model!("bpe-suffix"),
    model!("bpe-across"),
    model!("unigram-rules"),
    model!("unigram-bytes"),
    model!("unigram-suffix"),
];

fn encode(encoder: &dyn Encoder, text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    encoder.encode(text, &mut out).unwrap();
    out
}

/// Ids and decoded texts of pip's `sentencepiece`; see the provenance in the file.
#[test]
fn ids_and_texts_are_those_of_sentencepiece() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let texts = vectors["texts"].as_array().unwrap();
    for (name, model) in MODELS {
        let encoder = load(model).unwrap();
        let engine = if name.starts_with("bpe") { "gristmill-bpe" } else { "gristmill-unigram" };
        assert_eq!(encoder.engine(), engine);
        let expected = &vectors["models"][name];
        assert_eq!(expected["ids"].as_array().unwrap().len(), texts.len());
        for (i, text) in texts.iter().enumerate() {
            let text = text.as_str().unwrap();
            let ids = encode(&*encoder, text);
            let wanted: Vec<u32> = serde_json::from_value(expected["ids"][i].clone()).unwrap();
            assert_eq!(ids, wanted, "{name}: {text:?}");
            assert_eq!(encoder.decode(&ids).unwrap(), expected["decoded"][i].as_str().unwrap(), "{name}: {text:?}");
        }
    }
}

/// Cutting before the merges changes nothing: a text gives the same ids whether its words were seen before or not, and long
/// texts without spaces take no longer per byte.
#[test]
fn long_texts_are_linear_and_alike() {
    for (name, model) in MODELS {
        let (used, fresh) = (load(model).unwrap(), load(model).unwrap());
        for unit in ["mill", "a", " ", "水", "磨面粉", "\u{2581}", "grain stone", "\0", "e\u{301}"] {
            let long = unit.repeat((1 << 20) / unit.len());
            encode(&*used, &long);
            let short = format!("the {} mill", unit.repeat(300));
            assert_eq!(encode(&*used, &short), encode(&*fresh, &short), "{name}: {unit:?}");
        }
    }
}

#[test]
fn damaged_and_other_models_are_refused_with_the_reason() {
    let why = |bytes: &[u8]| load(bytes).err().map(|error| error.to_string()).unwrap();
    let (_, model) = MODELS[0];
    assert!(matches!(load(&model[..model.len() / 2]), Err(TokenizerError::Model(_))));
    // One piece `<unk>`, and a trainer that says WORD.
    let one = |trainer: &[u8]| [b"\x0a\x09\x0a\x05<unk>\x18\x02", trainer].concat();
    assert!(why(&one(b"\x12\x02\x18\x03")).contains("WORD model"));
    assert!(why(&one(b"\x12\x02\x18\x09")).contains("unknown type 9"));
    assert!(why(&one(b"\x12\x05\x18\x02\x98\x02\x01")).contains("256 byte pieces"));
    assert!(why(b"\x0a\x05\x0a\x03abc").contains("no unknown piece"));
    let twice = b"\x0a\x09\x0a\x05<unk>\x18\x02\x0a\x05\x0a\x03abc\x0a\x05\x0a\x03abc";
    assert!(why(twice).contains("`abc` comes twice"));
    // Every prefix is refused or read, and nothing panics.
    for end in 0..model.len() {
        let _ = load(&model[..end]);
    }
}
