//! The program as people type it: exit codes, messages, files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own for each test, removed at the end.
pub struct Dir(PathBuf);

impl Dir {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gristmill-cli-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        self.path(name)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn gristmill(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gristmill"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A text that no rule of the built-in chain minds.
fn varied(n: usize) -> String {
    let topic = |k: usize| crate::small::TOPICS[(n + k) % 8];
    format!(
        "{}. It was {} days later when somebody noticed. {}, wrote the clerk at desk {n}. {}; the register of {} says so. {}, or that is what {} visitors were told.",
        topic(0),
        n + 2,
        topic(3),
        topic(6),
        1700 + n,
        topic(1),
        n * 3 + 5
    )
}

fn small(dir: &Dir) -> String {
    let mut lines = String::new();
    for n in 0..30 {
        let text = varied(n);
        lines.push_str(&format!("{{\"id\":\"doc-{n}\",\"text\":\"{text}\",\"url\":\"https://site.example/{n}\"}}\n"));
    }
    lines.push_str("{\"text\":\"\\u001b]52;c;aGk=\\u0007 hostile\",\"id\":\"hostile\",\"url\":\"https://evil.example/\\u001b[31m\"}\n");
    dir.write("in/a.jsonl", &lines);
    dir.write(
        "c.toml",
        "version = 1\n[[source]]\nname = \"a\"\npaths = [\"in/*.jsonl\"]\n\n[[step]]\nlanguage = { keep = [\"en\"], min-score = 0.2 }\n\n\
         [[step]]\nfilter = { name = \"gopher-quality@datatrove-0.10\", bounds = { too-few-words = 40 } }\n\n\
         [[step]]\ndedup = { method = \"minhash\" }\n\n[[step]]\npii = {}\n\n[[step]]\ntokenize = { tokenizer = \"embedded\" }\n\n[output]\ndir = \"out\"\n",
    )
}

#[test]
fn help_lists_every_exit_code_and_only_what_exists() {
    let help = gristmill(&["--help"]);
    assert_eq!(code(&help), 0);
    let text = printed(&help);
    for line in
        ["0  done", "3  more bad input", "4  environment", "5  refused", "70  a bug", "130  Ctrl-C, 143 SIGTERM"]
    {
        assert!(text.contains(line), "{line}\n{text}");
    }
    for verb in ["run", "check", "plan", "test", "why", "verify", "stats", "report", "init", "completions"] {
        assert!(text.contains(&format!("\n  {verb}")), "{verb}");
        assert_eq!(code(&gristmill(&[verb, "--help"])), 0);
    }
}

#[test]
fn usage_errors_are_two_and_write_nothing() {
    assert_eq!(code(&gristmill(&["runn"])), 2);
    assert_eq!(code(&gristmill(&["run"])), 2);
    let missing = gristmill(&["run", "no-such-file.toml"]);
    assert_eq!(code(&missing), 2, "{}", said(&missing));
    assert!(said(&missing).contains("`no-such-file.toml`"));
    let dir = Dir::new();
    let config = dir.write("c.toml", "version = 1\n[[source]]\nname = \"a\"\npaths = [\"nothing/*.gz\"]\n[[step]]\nfilterr = 1\n[output]\ndir = \"out\"\n");
    let wrong = gristmill(&["run", &config]);
    assert_eq!(code(&wrong), 2);
    let text = said(&wrong);
    assert!(text.contains("c.toml:4:") && text.contains("c.toml:6:"), "both errors with their places:\n{text}");
    assert!(!Path::new(&dir.path("out")).exists());
}

#[test]
fn a_run_can_be_asked_why_verified_and_damaged() {
    let dir = Dir::new();
    let config = small(&dir);
    let run = gristmill(&["run", &config]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(said(&run).contains("Finished c in"), "{}", said(&run));
    let out = dir.path("out");
    let kept = gristmill(&["why", &out, "doc-3"]);
    assert_eq!(code(&kept), 0, "{}", said(&kept));
    assert!(
        printed(&kept).contains("https://site.example/3") && printed(&kept).contains("Kept:"),
        "{}",
        printed(&kept)
    );
    let hostile = gristmill(&["why", &out, "hostile"]);
    assert_eq!(code(&hostile), 0, "{}", said(&hostile));
    let text = printed(&hostile);
    assert!(!text.contains('\u{1b}') && text.contains("Not kept"), "{text}");
    assert_eq!(code(&gristmill(&["why", &out, "no-such-document"])), 1);
    assert_eq!(code(&gristmill(&["verify", &out])), 0);
    assert!(printed(&gristmill(&["stats", &out, "--format", "json"])).contains("\"totals\""));
    let shard = dir.path("out/tokens/shard-00000.bin");
    let mut bytes = std::fs::read(&shard).unwrap();
    bytes[5] ^= 1;
    std::fs::write(&shard, bytes).unwrap();
    let damaged = gristmill(&["verify", &out]);
    assert_eq!(code(&damaged), 1);
    assert!(said(&damaged).contains("shard-00000.bin"), "{}", said(&damaged));
}

#[test]
fn another_plan_is_refused_with_five_and_overwrite_needs_the_path() {
    let dir = Dir::new();
    let config = small(&dir);
    assert_eq!(code(&gristmill(&["run", &config])), 0);
    let other = gristmill(&["run", &config, "--set", "output.shard-tokens=777"]);
    assert_eq!(code(&other), 5, "{}", said(&other));
    assert!(said(&other).contains("777"), "{}", said(&other));
    let wrong = gristmill(&["run", &config, "--set", "output.shard-tokens=777", "--overwrite", "elsewhere"]);
    assert_eq!(code(&wrong), 2);
    let right = gristmill(&["run", &config, "--set", "output.shard-tokens=777", "--overwrite", &dir.path("out")]);
    assert_eq!(code(&right), 0, "{}", said(&right));
}

#[test]
fn the_built_in_chain_needs_no_config() {
    let dir = Dir::new();
    small(&dir);
    let (input, out) = (dir.path("in"), dir.path("built-in"));
    let run = gristmill(&["run", "--input", &input, "--out", &out]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(Path::new(&dir.path("built-in/tokens/shard-00000.idx")).exists(), "{}", said(&run));
    assert_eq!(code(&gristmill(&["verify", &out])), 0);
}

#[test]
fn plan_check_init_and_test_answer() {
    let dir = Dir::new();
    let config = small(&dir);
    let plan = gristmill(&["plan", &config]);
    assert!(printed(&plan).contains("too-few-words") && printed(&plan).contains("phase 1"), "{}", printed(&plan));
    assert!(printed(&gristmill(&["plan", &config, "--full"])).contains("max-fault-ratio"));
    assert_eq!(code(&gristmill(&["check", &config])), 0);
    let fresh = dir.path("fresh.toml");
    assert_eq!(code(&gristmill(&["init", &fresh])), 0);
    assert_eq!(code(&gristmill(&["init", &fresh])), 2, "an existing file is never replaced");
    let tests = gristmill(&["test"]);
    assert_eq!(code(&tests), 0, "{}", said(&tests));
    assert!(said(&tests).contains(", 0 failed"), "{}", said(&tests));
    assert!(printed(&gristmill(&["filters", "list"])).contains("gopher-quality@datatrove-0.10"));
    assert!(printed(&gristmill(&["completions", "bash"])).contains("_gristmill"));
    assert_eq!(code(&gristmill(&["explain", "C012"])), 0);
}
