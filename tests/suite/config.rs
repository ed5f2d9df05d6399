//! The config: what is accepted, what is refused, and how that is told.

mod form;
mod hostile;
mod world;
mod wrong;

use gristmill::config::{Config, Diagnostic, parse, render};
use world::Small;

/// A config with most features and no finding.
const VALID: &str = r#"version = 1
name = "web-en"
seed = 7

[[source]]
name = "web"
paths = ["data/*.warc.gz"]
format = "warc"

[[source]]
name = "books"
paths = ["books/", "pages.jsonl"]
format = "jsonl"
fields = { text = "body", id = "isbn" }
carry = ["title", "year"]

[[source.step]]
filter = { path = "mine.toml", bounds = { long = 4_000.5 } }

[[step]]
extract = { favor = "precision", min-chars = 100 }

[[step]]
language = { model = "lid.bin", keep = ["en", "de"], min-score = 0.65 }

[[step]]
url = { block-domains = "lists/domains.txt" }

[[step]]
filter = { name = "gopher-quality@datatrove-0.10", bounds = { too-few-words = 30 } }

[[step]]
name = "german-quality"
mode = "tag"
when = { language = ["de"], source = ["web"] }
filter = { name = "gopher-quality", bounds = { symbol-heavy = 0.2 }, off = ["trim-lines"] }

[[step]]
filter = "gopher-repetition"

[[step]]
dedup = { method = "exact", on = "field:title", keep = "source-priority" }

[[step]]
[step.dedup]
method = "minhash"
bands = 20
keep = { best = "words" }

[[step]]
pii = { kinds = ["email", "ip"], drop-above = 20 }

[[step]]
tokenize = { tokenizer = "tok.json", end-of-text = "<|endoftext|>" }

[output]
dir = "out/web-en"
shard-tokens = 1_000_000

[limits]
memory = "4GiB"
[limits.record]
bytes = "1.5MiB"

[[test]]
name = "short pages go"
input = { text = "too short", url = "https://example.org/" }
expect = { kept = false, dropped-by = "gopher-quality/too-few-words" }
"#;

fn check(text: &str) -> (Option<Config>, Vec<Diagnostic>) {
    parse("c.toml", text, &Small)
}

/// The rendering of all findings, without the final empty line.
fn shown(text: &str) -> String {
    render(&check(text).1, false).trim_end().to_owned()
}
