//! Quality and speed of the extractor on real pages (needs `GRISTMILL_DATA`).
//! `cargo bench --bench extract` prints figures; `-- --misses` also prints every wrong segment of the tune half;
//! `-- --hostile` prints the time of pages made to be slow, at a quarter of a million, half a million and a million pieces.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "../tests/suite/extract_data.rs"]
mod data;

use data::{RealPage, Score};
use gristmill::extract::{Options, charset, extract};
use std::collections::BTreeMap;

fn cpu() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

fn text_of(page: &RealPage) -> String {
    let decoded = charset::decode(&page.body, None, true);
    extract(&decoded.text, &Options::default()).map(|p| p.text).unwrap_or_default()
}

/// Minor page faults of this process so far, and the seconds it spent in the system (proc(5), `stat`, fields 10 and 15).
fn faults() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat.split(' ').map(|field| field.parse().unwrap_or(0.0)).collect();
    let at = |n: usize| fields.get(n - 1).copied().unwrap_or(f64::NAN);
    // The clock of these figures ticks 100 times a second on Linux.
    (at(10), at(15) / 100.0)
}

/// The hostile pages of the suite at full size: CPU seconds of the best run, then for one run of the smallest and of the largest the
/// page faults and the system's share of the seconds.
fn hostile() {
    const RUNS: f64 = 3.0;
    for (name, shape) in data::HOSTILE {
        let [few, half, many] = [250_000, 500_000, 1_000_000].map(|n| {
            let page = shape(n);
            let before = faults();
            let seconds = data::seconds(&page);
            let after = faults();
            (seconds, (after.0 - before.0) / RUNS, (after.1 - before.1) / RUNS)
        });
        println!(
            "hostile {name:<30} {:.3} {:.3} {:.3} s, {:.2} for four times as much; {:.0} and {:.0} page faults, {:.3} and {:.3} s in \
             the system",
            few.0,
            half.0,
            many.0,
            many.0 / few.0,
            few.1,
            many.1,
            few.2,
            many.2
        );
    }
}

fn main() {
    if std::env::args().any(|a| a == "--hostile") {
        return hostile();
    }
    let Some(root) = data::root() else { return };
    let misses = std::env::args().any(|a| a == "--misses");
    let out = std::env::args().skip_while(|a| a != "--out").nth(1);
    let pages = data::pages(&root);
    let start = cpu();
    let texts: Vec<String> = pages.iter().map(text_of).collect();
    let spent = cpu() - start;
    if let Some(out) = out {
        for (p, t) in pages.iter().zip(&texts) {
            let name = format!("{out}/{}__{}.txt", p.source, p.path.replace('/', "_"));
            std::fs::write(name, t).unwrap();
        }
    }
    segments(&root, &pages, &texts, misses);
    readability(&root, &pages, &texts);
    let diverse: Vec<&RealPage> = pages.iter().filter(|p| p.source != "kafka").collect();
    let again = cpu();
    let mut letters = 0;
    for p in &diverse {
        letters += text_of(p).len();
    }
    let web = cpu() - again;
    speed("all pages", pages.iter(), spent);
    speed("without kafka javadoc", diverse.into_iter(), web);
    println!("checksum {letters}");
}

fn speed<'a>(what: &str, pages: impl Iterator<Item = &'a RealPage>, seconds: f64) {
    let (mut n, mut bytes) = (0, 0);
    for p in pages {
        n += 1;
        bytes += p.body.len();
    }
    println!(
        "speed, {what}: {n} pages, {:.1} MB, {seconds:.2} CPU-s: {:.0} pages/s, {:.1} MB/s (decode + extract)",
        bytes as f64 / 1e6,
        f64::from(n) / seconds,
        bytes as f64 / 1e6 / seconds
    );
}

fn line(what: &str, s: &Score) {
    println!(
        "{what:<24} pages {:>4}  tp {:>4} fn {:>4} fp {:>4} tn {:>4}  P {:.4} R {:.4} F1 {:.4}",
        s.pages,
        s.tp,
        s.fn_,
        s.fp,
        s.tn,
        s.precision(),
        s.recall(),
        s.f1()
    );
}

fn segments(root: &std::path::Path, pages: &[RealPage], texts: &[String], misses: bool) {
    let gold = data::gold(root);
    let mut by: BTreeMap<String, Score> = BTreeMap::new();
    for (page, text) in pages.iter().zip(texts).filter(|(p, _)| p.source == "trafilatura") {
        let Some(g) = gold.get(page.name()) else {
            continue;
        };
        let held = data::is_held(page.name());
        let mut keys = vec!["0 all".to_owned(), if held { "1 held" } else { "1 tune" }.to_owned()];
        keys.push(format!("2 region {}", g.region));
        for k in keys {
            by.entry(k).or_default().add(text, g);
        }
        if misses && !held {
            for s in g.with.iter().filter(|s| !text.contains(s.as_str())) {
                println!("FN {} len {} | {}", page.name(), text.len(), s.replace('\n', "\\n"));
            }
            for s in g.without.iter().filter(|s| text.contains(s.as_str())) {
                println!("FP {} len {} | {}", page.name(), text.len(), s.replace('\n', "\\n"));
            }
        }
    }
    println!("trafilatura segments: found `with` = tp, missed = fn; found `without` = fp, absent = tn");
    for (k, s) in &by {
        if s.pages >= 5 {
            line(k, s);
        }
    }
}

fn readability(root: &std::path::Path, pages: &[RealPage], texts: &[String]) {
    let mut sums = [(0.0, 0.0, 0.0, 0.0); 3];
    let mut worst = Vec::new();
    for (page, text) in pages.iter().zip(texts).filter(|(p, _)| p.source == "readability") {
        let Some(want) = data::readability_gold(root, page) else {
            continue;
        };
        let (p, r, f) = data::word_score(text, &want);
        for k in [0, if data::is_held(&page.path) { 2 } else { 1 }] {
            let s: &mut (f64, f64, f64, f64) = &mut sums[k];
            *s = (s.0 + p, s.1 + r, s.2 + f, s.3 + 1.0);
        }
        worst.push((f, p, r, page.path.clone()));
    }
    worst.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (what, s) in ["all", "tune", "held"].iter().zip(sums) {
        println!(
            "readability words {what}: pages {} P {:.4} R {:.4} F1 {:.4} (mean over pages)",
            s.3,
            s.0 / s.3,
            s.1 / s.3,
            s.2 / s.3
        );
    }
    for w in worst.iter().take(12) {
        println!("  worst: F {:.3} P {:.3} R {:.3} {}", w.0, w.1, w.2, w.3);
    }
}
