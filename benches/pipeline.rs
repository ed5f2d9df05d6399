//! Where the time of a whole run goes: documents and bytes per second and core, step by step and end to end.
//!
//! `GRISTMILL_DATA=... cargo bench --bench pipeline [-- CONFIG]`: without a config, the built-in chain runs over the packaged
//! crawl pages and over the 8-corpus. One thread; CPU seconds of the whole process.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a measuring program looks at files as users do"
)]

use gristmill::assembly::{Place, assemble, read_config};
use gristmill::config::{Overrides, builtin};
use gristmill::engine::{self, Machine, Progress, Signals};
use gristmill::ledger::Stats;
use gristmill::steps::StepClock;
use gristmill::storage::{Folder, Medium, Real};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Nanoseconds of this thread's CPU: what one step of one document cost.
fn thread_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

fn measure(name: &str, text: &str, base: &str) {
    let place = Place { files: Arc::new(Real), base: base.to_owned() };
    let dir = std::env::temp_dir().join(format!("gristmill-bench-{}", std::process::id()));
    let overrides = Overrides { set: Vec::new(), out: Some(dir.to_str().unwrap().to_owned()) };
    let (config, findings) = read_config(&place, name, text, &overrides);
    let Some(config) = config else { panic!("{}", gristmill::config::render(&findings, false)) };
    let program = assemble(&place, &config, thread_nanoseconds, gristmill::report::html).unwrap();
    let out = Folder::new(Arc::new(Real), dir.to_str().unwrap());
    out.remove_folder("").unwrap();
    let (progress, clock) = (Progress::default(), StepClock::new(program.plan.steps.len()));
    let before = cpu();
    let machine = Machine { threads: 1, memory: 1 << 30, keep_work: false };
    let signals = Signals::none();
    let attempt = engine::Attempt {
        program: &program,
        machine,
        out: &out,
        signals: &signals,
        progress: &progress,
        clock: &clock,
        log: &|_, _| (),
    };
    attempt.run().unwrap();
    let seconds = cpu() - before;
    let stats: Stats = serde_json::from_slice(&out.read("stats.json").unwrap()).unwrap();
    let read: u64 = stats.tally.sources.values().map(|group| group.read.bytes).sum();
    let mb = |bytes: u64| bytes as f64 / 1e6;
    println!("\n{name}: {} documents, {:.1} MB of bodies, {:.2} CPU s", stats.totals.documents, mb(read), seconds);
    println!(
        "  end to end           {:>9.0} documents/s {:>8.1} MB/s   ({} kept, {} tokens)",
        stats.totals.documents as f64 / seconds,
        mb(read) / seconds,
        stats.totals.kept,
        stats.totals.tokens
    );
    let mut in_steps = 0.0;
    for ((step, tally), spent) in program.plan.steps.iter().zip(&stats.tally.steps).zip(&clock.nanoseconds) {
        let spent = spent.load(Ordering::Relaxed) as f64 / 1e9;
        in_steps += spent;
        let seen = tally.entered.documents - tally.passed_over;
        println!(
            "  {:<20} {:>9.0} documents/s {:>8.1} MB/s   {:>5.1} % of the time",
            step.name,
            seen as f64 / spent.max(1e-9),
            mb(tally.entered.bytes) / spent.max(1e-9),
            100.0 * spent / seconds
        );
    }
    println!("  reading, writing and the rest {:>40.1} % of the time", 100.0 * (seconds - in_steps) / seconds);
    out.remove_folder("").unwrap();
}

fn main() {
    let configs: Vec<String> = std::env::args().skip(1).filter(|arg| arg.ends_with(".toml")).collect();
    for path in &configs {
        let base = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        measure(path, &std::fs::read_to_string(path).unwrap(), base);
    }
    if !configs.is_empty() {
        return;
    }
    let Ok(data) = std::env::var("GRISTMILL_DATA") else {
        println!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let pages = format!("{data}/1-crawl-packaged/PACKAGED-real-html-public.warc.gz");
    let corpus = format!("{data}/8-corpus/*.zst");
    for (name, input) in [("crawl pages", pages), ("8-corpus", corpus)] {
        measure(name, &builtin(&[input], "unused", Some("embedded")), "");
    }
}
