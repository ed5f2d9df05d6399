//! Reads the real pages and their gold data; shared by the suite and the bench.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::print_stderr)]

#[path = "hostile_pages.rs"]
mod hostile_pages;

pub use hostile_pages::HOSTILE;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The data folder, when there is one.
pub fn root() -> Option<PathBuf> {
    let root = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from);
    if root.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    root
}

/// One page of the packaged crawl.
pub struct RealPage {
    pub source: String,
    pub path: String,
    pub body: Vec<u8>,
}

impl RealPage {
    /// The file name without its folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// All pages of the packaged crawl, in its order.
pub fn pages(root: &Path) -> Vec<RealPage> {
    let folder = root.join("1-crawl-packaged");
    let packed = std::fs::read(folder.join("PACKAGED-real-html-public.warc.gz")).unwrap();
    let mut warc = Vec::new();
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut warc).unwrap();
    let index = std::fs::read_to_string(folder.join("PACKAGED-real-html-public.index.tsv")).unwrap();
    let mut rows = index.lines();
    let mut out = Vec::new();
    let mut at = 0;
    while at < warc.len() {
        let head = at + find(&warc[at..], b"\r\n\r\n").unwrap();
        let header = String::from_utf8_lossy(&warc[at..head]).to_ascii_lowercase();
        let length = header.split("content-length:").nth(1).unwrap().lines().next().unwrap().trim();
        let end = head + 4 + length.parse::<usize>().unwrap();
        if header.contains("warc-type: response") {
            let http = &warc[head + 4..end];
            let body = find(http, b"\r\n\r\n").unwrap() + 4;
            let row: Vec<&str> = rows.next().unwrap().split('\t').collect();
            assert_eq!(row[4].parse::<usize>().unwrap(), http.len() - body, "{}", row[2]);
            out.push(RealPage { source: row[1].to_owned(), path: row[2].to_owned(), body: http[body..].to_vec() });
        }
        at = end + 4;
    }
    out
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// The gold segments of one page.
#[derive(Debug, Clone)]
pub struct Gold {
    pub with: Vec<String>,
    pub without: Vec<String>,
    pub region: String,
}

/// Gold segments by file name (trafilatura's evaluation).
pub fn gold(root: &Path) -> BTreeMap<String, Gold> {
    let text = std::fs::read_to_string(root.join("2-html/adbar+trafilatura/tests/evaldata.json")).unwrap();
    let all: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let strings =
        |v: &serde_json::Value| v.as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect();
    all.values()
        .map(|v| {
            let region = v.get("region").and_then(|r| r.as_str()).unwrap_or("").to_owned();
            let gold = Gold { with: strings(&v["with"]), without: strings(&v["without"]), region };
            (v["file"].as_str().unwrap().to_owned(), gold)
        })
        .collect()
}

/// Counts over segments, as trafilatura's own evaluation counts them: a `with` segment found in the output is a true positive,
/// a missing one a false negative; a `without` segment found is a false positive, a missing one a true negative.
#[derive(Debug, Default, Clone, Copy)]
pub struct Score {
    pub pages: u32,
    pub tp: u32,
    pub fn_: u32,
    pub fp: u32,
    pub tn: u32,
}

impl Score {
    pub fn add(&mut self, text: &str, gold: &Gold) {
        self.pages += 1;
        for s in &gold.with {
            *(if text.contains(s.as_str()) { &mut self.tp } else { &mut self.fn_ }) += 1;
        }
        for s in &gold.without {
            *(if text.contains(s.as_str()) { &mut self.fp } else { &mut self.tn }) += 1;
        }
    }
    pub fn precision(&self) -> f64 {
        f64::from(self.tp) / f64::from((self.tp + self.fp).max(1))
    }
    pub fn recall(&self) -> f64 {
        f64::from(self.tp) / f64::from((self.tp + self.fn_).max(1))
    }
    pub fn f1(&self) -> f64 {
        f64::from(2 * self.tp) / f64::from((2 * self.tp + self.fp + self.fn_).max(1))
    }
}

/// Whether a page belongs to the held half: by a hash of its name, so that tuning never looks at it.
pub fn is_held(name: &str) -> bool {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) & 1 == 1
}

/// The words of a text: maximal runs of letters and digits, lower-cased; each ideograph or kana is a word of its own.
pub fn words(text: &str) -> BTreeMap<String, u32> {
    let mut out = BTreeMap::new();
    let mut word = String::new();
    for c in text.chars() {
        let alone = matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
        if alone || !c.is_alphanumeric() {
            if !word.is_empty() {
                *out.entry(std::mem::take(&mut word)).or_insert(0) += 1;
            }
            if alone {
                *out.entry(c.to_string()).or_insert(0) += 1;
            }
        } else {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        *out.entry(word).or_insert(0) += 1;
    }
    out
}

/// Precision and recall of the bag of words.
pub fn word_score(got: &str, want: &str) -> (f64, f64, f64) {
    let (got, want) = (words(got), words(want));
    let shared: u32 = got.iter().map(|(w, n)| want.get(w).copied().unwrap_or(0).min(*n)).sum();
    let (g, w): (u32, u32) = (got.values().sum(), want.values().sum());
    let p = if g == 0 { 0.0 } else { f64::from(shared) / f64::from(g) };
    let r = if w == 0 { 1.0 } else { f64::from(shared) / f64::from(w) };
    (p, r, if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) })
}

/// The text of gold HTML: inline elements joined, all others apart.
pub fn plain(html: &str) -> String {
    use gristmill::extract::dom::{Dom, Limits};
    let limits = Limits { bytes: 1 << 26, nodes: 1 << 22, depth: 256 };
    let dom = Dom::parse(html, limits).unwrap();
    let mut out = String::new();
    for (i, node) in dom.nodes.iter().enumerate() {
        if !node.tag.is_inline() {
            out.push(' ');
        }
        out.push_str(dom.text(i));
    }
    out
}

/// The gold text of one of readability's test pages.
pub fn readability_gold(root: &Path, page: &RealPage) -> Option<String> {
    let expected = page.path.replace("source.html", "expected.html");
    let html = std::fs::read_to_string(root.join("2-html/mozilla+readability").join(expected)).ok()?;
    Some(plain(&html))
}

/// CPU seconds of extraction, the best of three runs.
pub fn seconds(html: &str) -> f64 {
    let cpu = || {
        let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
    };
    let once = || {
        let start = cpu();
        let _ = gristmill::extract::extract(html, &gristmill::extract::Options::default());
        cpu() - start
    };
    (0..3).map(|_| once()).fold(f64::MAX, f64::min)
}
