//! A small world for the tests: some files, two filters, three metrics.

use gristmill::config::{FileKind, FilterInfo, Inputs, ListInfo, RuleInfo, World};
use gristmill::document::Bound;

/// The world that all tests of the config share.
pub struct Small;

impl World for Small {
    fn inputs(&self, pattern: &str) -> Inputs {
        match pattern {
            "data/*.warc.gz" => Inputs::Files(3),
            "books/" | "pages.jsonl" | "data/a.wet.gz" => Inputs::Files(1),
            "../sample-data/web.warc.gz" => Inputs::Files(2),
            "../sample-data/papers.jsonl.zst" => Inputs::Files(1),
            "secret/" => Inputs::Failed("permission denied".to_owned()),
            _ if pattern.contains('*') => Inputs::Files(0),
            _ => Inputs::Missing,
        }
    }

    fn file(&self, path: &str) -> FileKind {
        match path {
            "tok.json"
            | "lid.bin"
            | "lists/domains.txt"
            | "mine.toml"
            | "stricter.toml"
            | "broken.toml"
            | "../sample-data/tokenizer.json"
            | "../tests/golden/fasttext/softmax.bin"
            | "../tests/golden/kenlm/trie.bin" => FileKind::File,
            "lists" | "ut1" | "ut1/adult" => FileKind::Folder,
            _ => FileKind::Missing,
        }
    }

    fn filter_names(&self) -> Vec<String> {
        ["c4@a-1", "c4@b-2", "gopher-quality@datatrove-0.10", "gopher-repetition@datatrove-0.10", "web-multilingual"]
            .map(str::to_owned)
            .into()
    }

    fn filter(&self, full_name: &str) -> Option<FilterInfo> {
        let rules = match full_name {
            "gopher-quality@datatrove-0.10" => vec![
                rule("too-few-words", "words", Some(Bound::Below(50.0)), Some((0.0, f64::INFINITY))),
                rule("too-many-words", "words", Some(Bound::Above(100_000.0)), Some((0.0, f64::INFINITY))),
                rule("symbol-heavy", "symbol_word_ratio", Some(Bound::Above(0.1)), Some((0.0, 1.0))),
                rule("trim-lines", "lines", None, None),
                rule("too-many-bullets", "bullets", Some(Bound::Above(0.9)), Some((0.0, 1.0))),
                rule("too-many-cut-lines", "cut_lines", Some(Bound::Above(0.3)), Some((0.0, 1.0))),
            ],
            "gopher-repetition@datatrove-0.10" => vec![
                rule("duplicate-lines", "duplicate_line_ratio", Some(Bound::Above(0.3)), Some((0.0, 1.0))),
                rule("duplicate-line-chars", "duplicate_line_char_ratio", Some(Bound::Above(0.2)), Some((0.0, 1.0))),
                rule("duplicate-paragraphs", "duplicate_paragraph_ratio", Some(Bound::Above(0.3)), Some((0.0, 1.0))),
            ],
            // Another splitter: another number, which no English filter covers.
            "web-multilingual" => {
                vec![rule(
                    "duplicate-lines",
                    "duplicate_line_ratio by uax29",
                    Some(Bound::Above(0.3)),
                    Some((0.0, 1.0)),
                )]
            }
            // Each has a metric of its own, so that neither makes rules of the other pointless.
            "c4@a-1" | "c4@b-2" => vec![rule("bad-word", full_name, Some(Bound::Above(0.0)), Some((0.0, 1.0)))],
            _ => vec![rule("duplicate-lines", "duplicate_line_ratio", Some(Bound::Above(0.3)), Some((0.0, 1.0)))],
        };
        let needs = |given| ListInfo { role: "bad-words".to_owned(), rules: vec!["bad-word".to_owned()], given };
        let lists = match full_name {
            "c4@a-1" => vec![needs(false)],
            "c4@b-2" => vec![needs(true)],
            _ => Vec::new(),
        };
        let splitter = full_name.starts_with("gopher").then(|| "spacy-en".to_owned());
        let name = full_name.to_owned();
        Some(FilterInfo { name, rules, lists, splitter, reads_text: true, ..FilterInfo::default() })
    }

    fn filter_at(&self, path: &str) -> Result<FilterInfo, String> {
        match path {
            "mine.toml" => Ok(FilterInfo {
                name: "mine".to_owned(),
                rules: vec![rule("long", "words", Some(Bound::Above(40.0)), Some((0.0, f64::INFINITY)))],
                reads_text: true,
                ..FilterInfo::default()
            }),
            "stricter.toml" => Ok(FilterInfo {
                name: "stricter".to_owned(),
                rules: vec![
                    rule("few", "words", Some(Bound::Below(40.0)), Some((0.0, f64::INFINITY))),
                    rule("fewer", "words", Some(Bound::Below(60.0)), Some((0.0, f64::INFINITY))),
                    rule("symbols", "symbol_word_ratio", Some(Bound::AtLeast(0.1)), Some((0.0, 1.0))),
                ],
                warnings: vec!["line 7, column 9: rule `few` can never fire".to_owned()],
                reads_text: true,
                ..FilterInfo::default()
            }),
            _ => Err("line 3: expected `=`".to_owned()),
        }
    }

    fn metrics(&self) -> Vec<String> {
        ["duplicate_line_ratio", "symbol_word_ratio", "words"].map(str::to_owned).into()
    }

    fn splitter_fits(&self, splitter: &str, language: &str) -> bool {
        splitter != "spacy-en" || !["ja", "th", "zh"].contains(&language)
    }
}

fn rule(name: &str, metric: &str, bound: Option<Bound>, range: Option<(f64, f64)>) -> RuleInfo {
    RuleInfo { name: name.to_owned(), metric: metric.to_owned(), bound, everywhere: true, range }
}
