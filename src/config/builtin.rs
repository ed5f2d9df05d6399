//! The chain of `gristmill run --input FILES --out DIR`, which needs no config file.

use super::canonical::toml_text;

/// A config text for these inputs (paths and patterns as typed), output folder, and tokenizer if there is one.
///
/// Filters stand by their full names: a short one would become ambiguous when another version joins the library.
/// The chain: main text, language, Gopher quality and repetition, exact and near duplicates, personal data, and tokens
/// if a tokenizer is named. The text is what `--dry-run` and plan.json show; it parses like any config.
#[must_use]
pub fn builtin(inputs: &[String], out: &str, tokenizer: Option<&str>) -> String {
    let paths: Vec<String> = inputs.iter().map(|path| toml_text(path)).collect();
    let mut text =
        format!("version = 1\nname = \"builtin\"\n\n[[source]]\nname = \"input\"\npaths = [{}]\n\n", paths.join(", "));
    for step in [
        "extract = {}",
        "language = { min-score = 0.3 }",
        "filter = \"web-multilingual\"",
        // Without the rules that `web-multilingual` has with the same metric and bound.
        "filter = { name = \"gopher-repetition@datatrove-0.10\", \
            off = [\"duplicate-paragraphs\", \"duplicate-lines\", \"duplicate-line-chars\"] }\n\
            when = { language = [\"en\"] }",
        "filter = { name = \"gopher-quality@datatrove-0.10\", off = [\"too-many-bullets\", \"too-many-cut-lines\"] }\n\
            when = { language = [\"en\"] }",
        "dedup = { method = \"exact\" }",
        "dedup = { method = \"minhash\" }",
        "pii = {}",
    ] {
        text.push_str(&format!("[[step]]\n{step}\n\n"));
    }
    if let Some(tokenizer) = tokenizer {
        text.push_str(&format!("[[step]]\ntokenize = {{ tokenizer = {} }}\n\n", toml_text(tokenizer)));
    }
    text.push_str(&format!("[output]\ndir = {}\n", toml_text(out)));
    if tokenizer.is_none() {
        text.push_str("tokens = \"none\"\n");
    }
    text
}
