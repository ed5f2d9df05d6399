//! Draws a made-up run's report: prints its size and the time taken; with a path as argument, writes it there for a look.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, reason = "figures are what it is for")]

#[path = "../tests/suite/report/sample.rs"]
mod sample;

use std::time::Instant;

fn main() {
    let (plan, stats) = sample::plausible();
    let start = Instant::now();
    let html = gristmill::report::html(&plan, &stats);
    let drawn = start.elapsed();
    let text = gristmill::report::text(&plan, &stats, None);
    println!("html {} bytes in {drawn:?}, text {} bytes", html.len(), text.len());
    if let Some(path) = std::env::args().nth(1).filter(|path| path.ends_with(".html")) {
        std::fs::write(&path, html).expect("the path given can be written");
        println!("{text}");
    }
}
