//! Tests over the sources themselves: who may import what, who may touch the world.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Code lines of all modules, by path below `src`: comments, and tests beside the code, are left out.
fn modules() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let mut out = BTreeMap::new();
    for path in paths {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let is_test = name.ends_with("tests.rs") && !name.starts_with("assembly/") || name.contains("/tests/");
        if is_test {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        out.insert(name, lines.join("\n"));
    }
    assert!(out.len() > 80, "the sources were found");
    out
}

const PURE: [&str; 10] =
    ["text/", "document/", "extract/", "language/", "classify/", "metrics/", "pii/", "dedup/", "tokenize/", "robots/"];

fn complain(found: &[String]) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

fn uses(prefixes: &[&str], forbidden: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, code) in modules() {
        if !prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        for (number, line) in (1..).zip(code.lines()) {
            for word in forbidden.iter().filter(|word| line.contains(**word)) {
                found.push(format!("src/{name} (code line {number}) uses `{word}`: {}", line.trim()));
            }
        }
    }
    found
}

#[test]
fn pure_modules_touch_nothing_of_the_world() {
    let world = ["std::fs", "std::env", "std::time", "std::thread", "std::net", "std::process", "rayon"];
    let mut found = uses(&PURE, &world);
    // The library's Unigram trainer sums by thread share: it is given a single thread, so that its sums repeat.
    found.retain(|one| !(one.starts_with("src/tokenize/train/unigram.rs ") && one.contains("`rayon`")));
    complain(&found);
}

#[test]
fn pure_modules_import_nothing_above_them() {
    let above =
        ["storage", "readers", "writers", "ledger", "plan", "engine", "assembly", "steps", "cli", "report", "config"];
    let forbidden: Vec<String> = above.iter().map(|one| format!("crate::{one}")).collect();
    let forbidden: Vec<&str> = forbidden.iter().map(String::as_str).collect();
    complain(&uses(&PURE, &forbidden));
    complain(&uses(&["filters/"], &forbidden));
}

#[test]
fn only_storage_touches_files_and_decompressors() {
    let outside: Vec<String> = uses(&[""], &["std::fs", "fs::File", "flate2::", "brotli_decompressor::"])
        .into_iter()
        .filter(|line| !line.starts_with("src/storage/"))
        .collect();
    complain(&outside);
}

#[test]
fn only_storage_is_asynchronous_and_speaks_to_the_network() {
    let words = ["tokio::", "object_store::", "reqwest::", "rustls::", "std::net", "async fn", ".await"];
    let outside: Vec<String> =
        uses(&[""], &words).into_iter().filter(|line| !line.starts_with("src/storage/objects/")).collect();
    complain(&outside);
}

#[test]
fn the_report_knows_no_engine_and_the_engine_no_concrete_part() {
    complain(&uses(&["report/"], &["crate::engine", "crate::assembly", "crate::cli", "crate::storage"]));
    let parts = [
        "readers", "filters", "extract", "language", "classify", "metrics", "pii", "tokenize", "config", "cli",
        "report",
    ];
    let forbidden: Vec<String> = parts.iter().map(|one| format!("crate::{one}")).collect();
    complain(&uses(&["engine/"], &forbidden.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn only_the_command_line_prints_and_tells_the_time() {
    let outside: Vec<String> =
        uses(&[""], &["println!", "eprintln!", "print!(", "SystemTime", "Instant::", "std::env::"])
            .into_iter()
            .filter(|line| !line.starts_with("src/cli/"))
            .collect();
    complain(&outside);
}

#[test]
fn nothing_random_and_no_hash_order() {
    let mut found = uses(&[""], &["rand::", "thread_rng", "RandomState", "getrandom"]);
    // Names of files that are not sealed yet: they must differ between machines, and are gone when a run is finished.
    found.retain(|one| !one.starts_with("src/storage/files.rs "));
    complain(&found);
}

#[test]
fn every_module_says_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let silent: Vec<String> = paths
        .iter()
        .filter(|path| path.ends_with("mod.rs") && !path.ends_with("tests/mod.rs"))
        .filter(|path| !std::fs::read_to_string(path).unwrap().starts_with("//!"))
        .map(|path| path.display().to_string())
        .collect();
    complain(&silent);
}
