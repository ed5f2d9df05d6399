//! Texts that nobody would write: never a panic, always an end.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use gristmill::config::{Overrides, canonical_toml, parse_with, to_json};

use super::*;

/// A small generator of numbers; the tests must be the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as usize
    }
}

const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\"",
    "'",
    "\"\"\"",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "#",
    "-",
    "_",
    "1",
    "0x",
    "1e999",
    "nan",
    "inf",
    "-0",
    "9223372036854775808",
    "1979-05-27",
    "true",
    "日本",
    "\u{202e}",
    "\\u0000",
    "[[step]]\n",
    "[[source]]\n",
    "[source.step]\n",
    "step.name = 1\n",
    "filter = ",
    "dedup = ",
    "extract = {}\n",
    "{}",
    "[]",
    "[[]]",
    "name = \"a\"\n",
    "**",
    "é",
];

fn mutate(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(4) {
        let at = dice.below(chars.len() + 1);
        let to = (at + dice.below(30)).min(chars.len());
        match dice.below(5) {
            0 => drop(chars.drain(at..to)),
            1 => drop(chars.splice(at..at, PIECES[dice.below(PIECES.len())].chars())),
            2 => drop(chars.splice(at..to, PIECES[dice.below(PIECES.len())].chars())),
            3 => {
                let part: Vec<char> = chars[at..to].to_vec();
                let there = dice.below(chars.len() + 1);
                chars.splice(there..there, part);
            }
            _ => {
                // Whole lines change places: keys under other headers.
                let text: String = chars.iter().collect();
                let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
                let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
                if !lines.is_empty() {
                    lines.swap(a, b);
                }
                chars = lines.concat().chars().collect();
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn mutations_never_panic() {
    let mut dice = Dice(1);
    let (mut sound, mut slowest) = (0, Duration::ZERO);
    for _ in 0..5_000 {
        let text = mutate(VALID, &mut dice);
        let start = Instant::now();
        let (config, found) = check(&text);
        slowest = slowest.max(start.elapsed());
        let rendered = render(&found, false);
        assert!(!rendered.contains('\u{1b}') && !rendered.contains('\0') && !rendered.contains('\u{202e}'), "{text:?}");
        assert_eq!(to_json(&found).as_array().map(Vec::len), Some(found.len()));
        for finding in &found {
            assert!(finding.span.start <= finding.span.end && finding.span.end <= text.len());
            assert!(finding.line >= 1 && finding.column >= 1, "{finding:?}");
        }
        if let Some(config) = config {
            sound += 1;
            let toml = canonical_toml(&config);
            let again = check(&toml).0.unwrap_or_else(|| panic!("{toml}"));
            assert_eq!(canonical_toml(&again), toml);
        } else {
            assert!(!found.is_empty());
        }
    }
    // The mutations must reach both sides, or they test nothing.
    assert!((50..4_500).contains(&sound), "{sound}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

#[test]
fn mutated_overrides_never_panic() {
    let mut dice = Dice(2);
    for _ in 0..1_000 {
        let set = ["step.gopher-quality.filter.bounds.too-few-words=30", "source.books.fields={ text = \"a\" }"];
        let set = vec![mutate(set[dice.below(2)], &mut dice)];
        let (config, found) = parse_with("c.toml", VALID, &Overrides { set, out: None }, &Small);
        assert_eq!(render(&found, false).is_empty(), found.is_empty());
        assert!(config.is_some() || !found.is_empty());
    }
}

/// Runs on a small stack, so that recursion over the input would show.
fn quick(what: &str, text: String) -> Vec<Diagnostic> {
    let name = what.to_owned();
    let work = move || {
        let start = Instant::now();
        let (_, found) = check(&text);
        let json = to_json(&found);
        let took = start.elapsed();
        assert!(took < LIMIT, "{name}: {took:?}");
        drop(json);
        found
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
    thread.join().unwrap_or_else(|_| panic!("{what} panicked"))
}

/// Each text takes well under a second of one core (benches/config.rs prints how long). The limit is wide because the
/// machine may be busy; work that grows with the square of these sizes would take minutes.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn deep_nesting_ends() {
    for (open, close) in [("[", "]"), ("{ a = ", " }"), ("[{ a = ", " }]")] {
        let deep = format!("x = {}1{}", open.repeat(50_000), close.repeat(50_000));
        assert!(!quick("nested values", deep).is_empty());
        let half = format!("x = {}", open.repeat(100_000));
        assert!(!quick("unclosed values", half).is_empty());
    }
    assert!(!quick("a long path", format!("{}a = 1", "a.".repeat(100_000)),).is_empty());
    assert!(!quick("a long header", format!("[{}a]\nb = 1", "a.".repeat(100_000)),).is_empty());
    let path = "a.".repeat(78);
    let nested = format!("[{path}a]\n{path}a = {}1{}", format!("{{ {path}a = ").repeat(79), " }".repeat(79));
    assert!(!quick("paths within values", nested).is_empty());
}

#[test]
fn many_steps_end() {
    let mut text = VALID.to_owned();
    for _ in 0..100_000 {
        text.push_str("[[step]]\nurl = { max-length = 100 }\n");
    }
    let found = quick("100,000 steps", text.clone());
    assert_eq!(found.len(), 1, "{:?}", found.first());
    let mut filters =
        VALID.replace("tokenize = { tokenizer = \"tok.json\", end-of-text = \"<|endoftext|>\" }", "url = {}");
    for number in 0..100_000 {
        let _ = write!(
            filters,
            "[[step]]\nwhen = {{ source = [\"web\"] }}\nfilter = {{ name = \"gopher-quality\", bounds = {{ too-few-words = {number} }} }}\n"
        );
    }
    assert!(quick("100,000 filters", filters).len() >= 99_999);
}

#[test]
fn many_mistakes_end() {
    let keys: String = (0..50_000).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "key{number} = {number}");
        text
    });
    assert!(quick("unknown keys", keys).len() >= 50_000);
    assert!(!quick("one line of brackets", "[".repeat(200_000)).is_empty());
    assert!(!quick("one line of quotes", "\"".repeat(200_000)).is_empty());
    let words = format!("version = 1\n[[step]]\npii = {{ kinds = [{}] }}", "\"x\", ".repeat(50_000));
    assert!(quick("wrong words on one line", words).len() >= 50_000);
    let paths = format!(
        "version = 1\n[[source]]\nname = \"a\"\npaths = [{}]\n[output]\ndir = \"o\"",
        "\"*x\", ".repeat(50_000)
    );
    assert!(quick("patterns on one line", paths).len() >= 50_000);
    let long = format!("{} = 1\nversion = \"{}\"", "k".repeat(1 << 20), "v".repeat(1 << 20));
    let found = quick("long key and value", long);
    assert!(render(&found, false).len() < 10_000);
}

/// Nothing in a config reaches the terminal as an order to it, and no message is as long as its cause.
#[test]
fn messages_are_tame() {
    let evil = "\\u001b]52;c;x\\u0007\\u202e\\u200b\\r\\n".repeat(1_000);
    for text in [
        format!("version = 1\n[[step]]\nfilter = {{ path = \"{evil}\" }}\n[[step]]\nfilter = \"{evil}/\"\n"),
        format!("version = 1\n[[step]]\npii = {{ kinds = \"{evil}\", \"{evil}\" = 1 }}\n"),
        format!("version = 1\n[[step]]\nfilter = {{ name = \"gopher-quality\", bounds = {{ \"{evil}\" = nan }} }}\n"),
        format!("version = 1\n[[test]]\nname = \"{evil}\"\nexpect = {{ kept = true, dropped-by = \"{evil}\" }}\n"),
        format!("\"{evil}\" = 1\nversion = 1\n[\"{evil}\"]\n\"{evil}\".\"{evil}\" = 2\n"),
    ] {
        let (_, found) = check(&text);
        assert!(!found.is_empty());
        let plain = render(&found, false) + &to_json(&found).to_string();
        let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}');
        assert!(
            !plain.contains(bad),
            "{:?}",
            &plain[plain.find(bad).unwrap_or(0)..].chars().take(80).collect::<String>()
        );
        for finding in &found {
            let texts = [Some(&finding.message), finding.label.as_ref(), finding.hint.as_ref(), finding.help.as_ref()];
            assert!(texts.into_iter().flatten().all(|text| text.len() < 2_100), "{}", finding.code);
        }
    }
}
