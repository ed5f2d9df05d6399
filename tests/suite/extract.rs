//! The extractor and the charset detection on real pages.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use super::extract_data as data;
use gristmill::extract::charset::{self, DecodedText};
use gristmill::extract::{Options, extract};
use std::path::Path;

/// The name that `decode` reports for a directory of the encoding samples, and how encoding_rs spells it.
fn truth(directory: &str) -> &str {
    match directory {
        "MacRoman" => "macintosh",
        "MacCyrillic" => "x-mac-cyrillic",
        "CP949" => "euc-kr",
        "CP932" => "shift_jis",
        "UTF-16" => "utf-16le",
        "ascii" => "utf-8",
        // GBK contains GB2312; windows-874 contains TIS-620.
        other => {
            let cut = ["iso-8859-", "windows-"].iter().any(|p| other.starts_with(p));
            if cut && other.matches('-').count() > other.starts_with("iso").into() {
                let keep = if other.starts_with("iso") { 3 } else { 2 };
                let end = other.match_indices('-').nth(keep - 1).map_or(other.len(), |(at, _)| at);
                &other[..end]
            } else {
                other
            }
        }
    }
}

/// Whether the decoding equals that of the true encoding. Encodings that encoding_rs lacks (IBM855, UTF-32, ISO-2022-KR, Johab,
/// EUC-TW) count as right when the reported name is the true one and nothing was replaced.
fn is_right(directory: &str, bytes: &[u8], got: &DecodedText<'_>) -> bool {
    let label = truth(directory);
    match encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) => encoding.decode(bytes).0 == got.text,
        None => got.encoding.eq_ignore_ascii_case(label) && got.replacements == 0,
    }
}

/// Right and all, over the encoding samples; `blind` hides every declaration.
fn encodings(root: &Path, blind: bool) -> (u32, u32, Vec<String>) {
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    let tests = root.join("2-encodings/chardet+chardet/tests");
    let mut directories: Vec<_> = std::fs::read_dir(tests).unwrap().map(|d| d.unwrap().path()).collect();
    directories.sort();
    for directory in directories {
        let name = directory.file_name().unwrap().to_string_lossy().into_owned();
        let mut files: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        for file in files {
            let mut bytes = std::fs::read(&file).unwrap();
            if blind {
                hide(&mut bytes, b"encoding");
                hide(&mut bytes, b"charset");
            }
            let got = charset::decode(&bytes, None, true);
            all += 1;
            if is_right(&name, &bytes, &got) {
                right += 1;
            } else {
                wrong.push(format!(
                    "{name}/{}: {} {:?}",
                    file.file_name().unwrap().to_string_lossy(),
                    got.encoding,
                    got.source
                ));
            }
        }
    }
    (right, all, wrong)
}

fn hide(bytes: &mut [u8], word: &[u8]) {
    for at in 0..bytes.len().saturating_sub(word.len()) {
        if bytes[at..at + word.len()].eq_ignore_ascii_case(word) {
            bytes[at] = b'x';
        }
    }
}

#[test]
fn real_encodings() {
    let Some(root) = data::root() else { return };
    let (right, all, wrong) = encodings(&root, false);
    eprintln!("with declarations: {right} of {all}; wrong: {wrong:#?}");
    assert!(all > 0 && right * 100 >= all * 99, "{right} of {all}: {wrong:#?}");
    let (right, all, wrong) = encodings(&root, true);
    eprintln!("without declarations: {right} of {all}; wrong: {wrong:#?}");
    assert!(right * 100 >= all * 99, "{right} of {all}: {wrong:#?}");
}

fn text_of(page: &data::RealPage) -> String {
    let decoded = charset::decode(&page.body, None, true);
    extract(&decoded.text, &Options::default()).unwrap().text
}

/// Trafilatura's own metric on the public pages of its evaluation. The model was trained on the tune half; of the held half
/// (by a hash of the file name) only the totals were seen while models were compared.
#[test]
fn segments_of_real_pages() {
    let Some(root) = data::root() else { return };
    let gold = data::gold(&root);
    let (mut held, mut tune) = (data::Score::default(), data::Score::default());
    for page in data::pages(&root).iter().filter(|p| p.source == "trafilatura") {
        let Some(gold) = gold.get(page.name()) else {
            continue;
        };
        let half = if data::is_held(page.name()) { &mut held } else { &mut tune };
        half.add(&text_of(page), gold);
    }
    eprintln!("held {:.4} tune {:.4}", held.f1(), tune.f1());
    assert!(held.pages > 300 && held.f1() > 0.925, "{held:?} F1 {:.4}", held.f1());
    assert!(tune.pages > 300 && tune.f1() > 0.95, "{tune:?} F1 {:.4}", tune.f1());
}

/// Mean F1 of words on Mozilla readability's test pages, held half.
#[test]
fn words_of_readability_pages() {
    let Some(root) = data::root() else { return };
    let mut scores = Vec::new();
    for page in data::pages(&root).iter().filter(|p| p.source == "readability" && data::is_held(&p.path)) {
        if let Some(gold) = data::readability_gold(&root, page) {
            scores.push(data::word_score(&text_of(page), &gold).2);
        }
    }
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    eprintln!("readability held: {mean:.4} over {} pages", scores.len());
    assert!(scores.len() > 50 && mean > 0.93, "{mean:.4} over {} pages", scores.len());
}

#[test]
fn hostile_pages_give_the_same_text_twice_and_keep_the_budget() {
    for (name, shape) in data::HOSTILE {
        let html = shape(2000);
        let few = Options { max_nodes: 1500, max_bytes: 30_000, ..Options::default() };
        let (first, second) = (extract(&html, &Options::default()), extract(&html, &Options::default()));
        assert_eq!(first, second, "{name}");
        if html.len() > few.max_bytes {
            assert!(extract(&html, &few).is_err(), "{name}");
        }
    }
}
