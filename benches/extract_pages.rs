//! Quality and speed of the extractor on a folder of pages with their texts: `ground-truth/NAME.json` (fields `ground_truth.main_content`
//! and `_internal.page_type.primary`) and `html/NAME.html.gz`, as the Web Content Extraction Benchmark (WCXB) has them.
//!
//! `cargo bench --bench extract_pages -- FOLDER` prints the F1 of words by page type and language, counted as that benchmark's
//! `evaluate.py` counts: a bag of `\w+` words of the lower-cased text per page, the mean over pages; and the mean over types.
//! `-- --texts OUT < LIST` writes the text of every page named in LIST to OUT as JSON lines and prints the CPU time.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use gristmill::extract::{Options, Page, charset, extract};
use gristmill::text::python::is_word;
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufWriter, Read, Write};
use std::path::Path;

fn cpu() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

fn bytes_of(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_none_or(|e| e != "gz") {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    plain
}

/// Decodes and extracts one page; the CPU seconds go to `spent`.
fn page_of(bytes: &[u8], spent: &mut f64) -> Page {
    let start = cpu();
    let page = extract(&charset::decode(bytes, None, true).text, &Options::default()).unwrap_or_default();
    *spent += cpu() - start;
    page
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match args.as_slice() {
        [flag, out] if flag == "--texts" => texts(out),
        [folder] => score(Path::new(folder)),
        _ => eprintln!("give FOLDER, or --texts OUT with a list of files on standard input"),
    }
}

fn texts(out: &str) {
    let mut out = BufWriter::new(std::fs::File::create(out).unwrap());
    let (mut pages, mut spent) = (0, 0.0);
    for path in std::io::stdin().lock().lines() {
        let path = path.unwrap();
        let page = page_of(&bytes_of(Path::new(&path)), &mut spent);
        serde_json::to_writer(&mut out, &serde_json::json!({"file": path, "text": page.text})).unwrap();
        out.write_all(b"\n").unwrap();
        pages += 1;
    }
    println!("{}", serde_json::json!({"pages": pages, "cpu_seconds": spent}));
}

/// Counts of the words (`\w+` of Python's `re`).
fn words(text: &str) -> HashMap<String, u32> {
    let mut out = HashMap::new();
    for word in text.to_lowercase().split(|c: char| !is_word(c)).filter(|w| !w.is_empty()) {
        *out.entry(word.to_owned()).or_insert(0) += 1;
    }
    out
}

/// Precision, recall and F1.
fn word_score(got: &str, want: &str) -> [f64; 3] {
    let (got, want) = (words(got), words(want));
    let (g, w): (u32, u32) = (got.values().sum(), want.values().sum());
    if g == 0 || w == 0 {
        return if g == w { [1.0; 3] } else { [0.0; 3] };
    }
    let shared: u32 = got.iter().map(|(word, n)| want.get(word).copied().unwrap_or(0).min(*n)).sum();
    if shared == 0 {
        return [0.0; 3];
    }
    let (p, r) = (f64::from(shared) / f64::from(g), f64::from(shared) / f64::from(w));
    [p, r, 2.0 * p * r / (p + r)]
}

/// Sums of precision, recall and F1, and pages.
type Sums = BTreeMap<String, ([f64; 3], u32)>;

fn score(folder: &Path) {
    let mut names: Vec<_> =
        std::fs::read_dir(folder.join("ground-truth")).unwrap().map(|f| f.unwrap().path()).collect();
    names.sort();
    let (mut sums, mut spent, mut size) = (Sums::new(), 0.0, 0);
    for name in &names {
        let gold: serde_json::Value = serde_json::from_slice(&std::fs::read(name).unwrap()).unwrap();
        let stem = name.file_stem().unwrap().to_string_lossy();
        let bytes = bytes_of(&folder.join(format!("html/{stem}.html.gz")));
        size += bytes.len();
        let page = page_of(&bytes, &mut spent);
        let scores = word_score(&page.text, gold["ground_truth"]["main_content"].as_str().unwrap_or(""));
        let kind = match gold["_internal"]["page_type"]["primary"].as_str().unwrap_or("article") {
            "category" => "collection",
            kind => kind,
        };
        let language = page.language.unwrap_or_default().to_ascii_lowercase();
        let language = language.split('-').next().filter(|l| !l.is_empty()).unwrap_or("none").to_owned();
        for key in ["all pages".to_owned(), format!("type {kind}"), format!("lang {language}")] {
            let (sum, pages) = sums.entry(key).or_default();
            sum.iter_mut().zip(scores).for_each(|(to, s)| *to += s);
            *pages += 1;
        }
    }
    report(&sums);
    let pages = names.len() as f64;
    println!(
        "speed: {:.0} pages/s, {:.1} MB/s (decode + extract, {:.1} MB, {spent:.2} CPU-s)",
        pages / spent,
        size as f64 / 1e6 / spent,
        size as f64 / 1e6
    );
}

fn report(sums: &Sums) {
    for (key, (sum, pages)) in sums {
        let [p, r, f] = sum.map(|s| s / f64::from(*pages));
        println!("{key:<20} pages {pages:>4}  P {p:.4} R {r:.4} F1 {f:.4}");
    }
    let types: Vec<f64> =
        sums.iter().filter(|(k, _)| k.starts_with("type ")).map(|(_, (s, n))| s[2] / f64::from(*n)).collect();
    println!("mean over {} types: F1 {:.4}", types.len(), types.iter().sum::<f64>() / types.len() as f64);
}
