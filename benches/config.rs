//! How long configs take to read and check: a usual one, and hostile ones. Prints wall times, the
//! fastest of five runs each; on a busy machine, go by the user time of the whole.

#![allow(clippy::print_stdout)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use std::fmt::Write as _;
use std::time::Instant;

use gristmill::config::{FileKind, FilterInfo, Inputs, World, builtin, parse, render};

/// Every file is there; no filter has rules.
struct Easy;

impl World for Easy {
    fn inputs(&self, _: &str) -> Inputs {
        Inputs::Files(1)
    }
    fn file(&self, _: &str) -> FileKind {
        FileKind::File
    }
    fn filter_names(&self) -> Vec<String> {
        vec!["gopher-quality@datatrove-0.10".to_owned(), "gopher-repetition@datatrove-0.10".to_owned()]
    }
    fn filter(&self, full_name: &str) -> Option<FilterInfo> {
        Some(FilterInfo { name: full_name.to_owned(), reads_text: true, ..FilterInfo::default() })
    }
    fn filter_at(&self, path: &str) -> Result<FilterInfo, String> {
        Ok(FilterInfo { name: path.to_owned(), reads_text: true, ..FilterInfo::default() })
    }
    fn splitter_fits(&self, _: &str, _: &str) -> bool {
        true
    }

    fn metrics(&self) -> Vec<String> {
        Vec::new()
    }
}

fn main() {
    let usual = builtin(&["a".to_owned()], "o", Some("t"));
    let mut steps = builtin(&["a".to_owned()], "o", None);
    let mut keys = usual.clone();
    for number in 0..100_000 {
        steps.push_str("[[step]]\nurl = { max-length = 100 }\n");
        let _ = writeln!(keys, "key{number} = 1");
    }
    let brackets = format!("x = {}", "[".repeat(1_000_000));
    for (name, text) in [
        ("the built-in chain", &usual),
        ("100,000 steps", &steps),
        ("100,000 unknown keys", &keys),
        ("1,000,000 brackets", &brackets),
    ] {
        let (mut best, mut findings, mut shown) = (f64::MAX, 0, 0.0_f64);
        for _ in 0..5 {
            let start = Instant::now();
            let (_, found) = parse("c.toml", text, &Easy);
            best = best.min(start.elapsed().as_secs_f64());
            findings = found.len();
            let start = Instant::now();
            let few = &found[..found.len().min(1_000)];
            assert_eq!(render(few, false).is_empty(), few.is_empty());
            shown = start.elapsed().as_secs_f64();
        }
        println!(
            "{name:24} {:9} bytes  parse and check {:9.3} ms  {findings:7} findings  render (first 1,000) {:8.3} ms",
            text.len(),
            best * 1e3,
            shown * 1e3
        );
    }
}
