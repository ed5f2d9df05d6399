//! Filters that look words and addresses up in lists: golden verdicts of the programs that they reproduce, lists by
//! path in configs and filter files, and what becomes of them in a run.

use crate::small::{output, rows, run};
use gristmill::engine::Failure;
use gristmill::filters::{Filter, ListFile, find_in_library};
use gristmill::metrics::{Lists, Role, Subject};
use gristmill::storage::{Folder, Medium, Memory};
use gristmill::text::TextView;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/filters").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A library filter with one-file lists: role, language, content.
fn filter(name: &str, lists: &[(Role, &str, String)]) -> Filter {
    let mut filter = Filter::parse(name, find_in_library(name).unwrap()).unwrap();
    for (role, language, text) in lists {
        filter.add_list(*role, language, &[ListFile { label: String::new(), text: text.clone() }]).unwrap();
    }
    filter
}

/// Entries of a golden file's list, a line each.
fn lines(list: &Value) -> String {
    let entries = list.as_array().unwrap().iter().map(|entry| entry.as_str().unwrap());
    entries.fold(String::new(), |text, entry| text + entry + "\n")
}

/// The first rule that drops.
fn first<'f>(filter: &'f Filter, subject: &Subject<'_, '_>) -> Option<&'f gristmill::filters::Rule> {
    filter.apply(subject).judgement.first().map(|rule| &filter.rules[rule])
}

#[test]
fn addresses_fare_as_with_datatrove_and_dclm() {
    let golden = golden("url.json");
    let list = |name: &str| lines(&golden["lists"][name]);
    let shared = [
        (Role::UrlDomains, Lists::ANY, list("domains")),
        (Role::UrlWords, Lists::ANY, list("words")),
        (Role::UrlSoftWords, Lists::ANY, list("soft")),
        (Role::UrlSubwords, Lists::ANY, list("subwords")),
    ];
    let mut datatrove = filter("url@datatrove-0.10", &shared);
    datatrove.add_list(Role::UrlUrls, Lists::ANY, &[ListFile { label: String::new(), text: list("urls") }]).unwrap();
    let dclm = filter("url-banlists@dclm-2025-09", &shared);
    let view = TextView::new("x");
    let (mut dropped, mut kept) = (0, 0);
    for case in golden["cases"].as_array().unwrap() {
        let url = case["url"].as_str().unwrap();
        let subject = Subject { url: Some(url), ..Subject::of_text(&view) };
        let ours = [
            first(&datatrove, &subject).map(|rule| rule.reason.as_deref().unwrap().to_owned()),
            first(&dclm, &subject).map(|rule| rule.name.to_string()),
        ];
        for (ours, theirs) in ours.into_iter().zip([&case["datatrove"], &case["dclm"]]) {
            // Where the reference raises, the document stays.
            assert_eq!(ours.as_deref(), theirs.as_str(), "{url:?}");
            *(if ours.is_some() { &mut dropped } else { &mut kept }) += 1;
        }
    }
    assert!(dropped > 50 && kept > 100, "{dropped} dropped, {kept} kept");
}

#[test]
fn texts_fare_as_with_c4s_own_program_and_datatrove() {
    let golden = golden("c4.json");
    let lists: Vec<(Role, &str, String)> = golden["lists"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(language, list)| (Role::BadWords, language.as_str(), lines(list)))
        .collect();
    let names = ["c4@c4-utils", "mc4-paragraphs@c4-utils", "c4-paragraph@datatrove-0.10"];
    let names = names.into_iter().chain(["c4-badwords@c4-utils", "c4-badwords@datatrove-0.10"]);
    let mut dropped = 0;
    for name in names {
        // C4's own program knows the English list alone.
        let english = [(Role::BadWords, Lists::ANY, lines(&golden["lists"]["en"]))];
        let filter = filter(name, if name == "c4@c4-utils" { &english } else { &lists });
        for case in golden["cases"].as_array().unwrap() {
            let (text, language) = (case["text"].as_str().unwrap(), case["language"].as_str().unwrap());
            let view = TextView::new(text);
            let subject = Subject { language: Some((language, 1.0)), ..Subject::of_text(&view) };
            let outcome = filter.apply(&subject);
            let reason = first(&filter, &subject).map(|rule| rule.reason.as_deref().unwrap());
            let theirs = &case["results"][name];
            assert_eq!(reason, theirs[0].as_str(), "{name}, {language}: {text:?}");
            assert_eq!(outcome.text.as_deref(), theirs[1].as_str(), "{name}, {language}: {text:?}");
            dropped += usize::from(reason.is_some());
        }
    }
    assert!(dropped > 100, "{dropped}");
}

#[test]
fn published_lists_of_bad_words_are_read_and_found() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA") else {
        eprintln!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let folder = Path::new(&data).join("3-toxicity/LDNOOBW+List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words");
    let mut languages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let language = path.file_name().unwrap().to_str().unwrap().to_owned();
        if language.contains(".md") || language == "LICENSE" {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for name in ["c4-badwords@c4-utils", "c4-badwords@datatrove-0.10"] {
            let filter = filter(name, &[(Role::BadWords, &language, text.clone())]);
            for word in text.lines().map(str::trim) {
                let page = format!("Here {word}, there.");
                let view = TextView::new(&page);
                let subject = Subject { language: Some((&language, 1.0)), ..Subject::of_text(&view) };
                // Entries with capitals are never found; allowed ones drop nothing.
                let findable = word == word.to_lowercase() && !["sm", "グロ", "女の子", "性"].contains(&word);
                if findable {
                    assert!(first(&filter, &subject).is_some(), "{name} {language} {word}");
                }
            }
        }
        languages += 1;
    }
    assert!(languages >= 27, "{languages}");
}

const CONFIG: &str = r#"
version = 1
[[source]]
name = "web"
paths = ["in/a.jsonl"]
[[step]]
url = { block-domains = "lists/domains.txt", block-categories = { folder = "lists/ut1", categories = ["games", "adult"] } }
[[step]]
filter = { name = "c4-badwords@datatrove-0.10", lists = { bad-words = { en = ["lists/en.gz", "lists/more.zst"] } } }
[[step]]
filter = { path = "own/mine.toml" }
[output]
dir = "out"
tokens = "none"
"#;

/// A world with lists beside the config, packed in all ways.
fn world() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let gzip = |text: &str| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let mut inputs = String::new();
    for (id, url, text) in [
        ("plain", "https://www.example.org/", "Nothing to see here."),
        ("domain", "https://www.Bad.example/", "Nothing to see here."),
        ("adult", "https://lewd.example/", "Nothing to see here."),
        ("both", "https://fun.example/", "Nothing to see here."),
        ("below", "https://www.example.net/lewd/1.html", "Nothing to see here."),
        ("word", "https://www.example.org/", "What a Zonk."),
        ("more", "https://www.example.org/", "What a grumbo."),
        ("mine", "https://mine.example/", "Nothing to see here."),
    ] {
        inputs.push_str(&serde_json::json!({ "id": id, "url": url, "text": text }).to_string());
        inputs.push('\n');
    }
    let mine = "title = \"mine\"\n[lists]\nurl-hosts = { path = \"hosts.txt.zst\" }\n\
        [[rule]]\nname = \"host\"\nmetric = \"url_listed_host\"\nabove = 0\n";
    let all: [(&str, Vec<u8>); 9] = [
        ("in/a.jsonl", inputs.into_bytes()),
        ("lists/domains.txt", b"# ours\nbad.example\n".to_vec()),
        ("lists/ut1/games/domains", b"fun.example\n".to_vec()),
        ("lists/ut1/adult/domains.gz", gzip("lewd.example\nfun.example\n")),
        ("lists/ut1/adult/urls", b"www.example.net/lewd\n".to_vec()),
        ("lists/en.gz", gzip("zonk\n")),
        ("lists/more.zst", zstd::encode_all(&b"grumbo\n"[..], 3).unwrap()),
        ("own/mine.toml", mine.as_bytes().to_vec()),
        ("own/hosts.txt.zst", zstd::encode_all(&b"mine.example\n"[..], 3).unwrap()),
    ];
    for (name, content) in all {
        files.put(name, &content).unwrap();
    }
    memory
}

#[test]
fn lists_by_path_decide_and_the_reason_names_the_category() {
    let memory = world();
    run(&memory, CONFIG, 2, 64 << 20).unwrap();
    let rows = rows(&memory);
    let why = |id: &str| {
        let row = rows.iter().find(|row| row.source_id.as_deref() == Some(id)).unwrap();
        (row.rule.as_deref(), row.metric.as_deref(), row.value, row.also.as_deref())
    };
    assert_eq!(why("plain"), (None, None, None, None));
    // The list without a label is the first of three.
    assert_eq!(why("domain"), (Some("url/blocked-domain"), Some("url_listed_domain"), Some(1.0), None));
    assert_eq!(why("adult").0, Some("url/blocked-domain:adult"));
    assert_eq!((why("both").0, why("both").2), (Some("url/blocked-domain:games"), Some(2.0)));
    assert_eq!(why("below"), (Some("url/blocked-url:adult"), Some("url_listed_url"), Some(1.0), None));
    for id in ["word", "more"] {
        assert_eq!(
            why(id),
            (Some("c4-badwords@datatrove-0.10/bad-word"), Some("bad_word@c4"), Some(1.0), None),
            "{id}"
        );
    }
    assert_eq!(why("mine").0, Some("own/mine.toml/host"));
}

#[test]
fn the_plan_knows_every_list_and_changes_with_it() {
    let plan = |memory: &Memory| {
        run(memory, CONFIG, 1, 64 << 20).unwrap();
        serde_json::from_slice::<gristmill::plan::Plan>(&output(memory)["plan.json"]).unwrap()
    };
    let first = plan(&world());
    let named = |name: &str| first.references.iter().any(|(own, _)| own == name);
    for name in [
        "lists/domains.txt",
        "lists/ut1/games/domains",
        "lists/ut1/adult/domains.gz",
        "lists/ut1/adult/urls",
        "lists/en.gz",
        "lists/more.zst",
        "own/mine.toml",
        "own/hosts.txt.zst",
    ] {
        assert!(named(name), "{name} in {:?}", first.references);
        let other = world();
        let files = Folder::new(Arc::new(other.clone()), "");
        let mut content = files.read(name).unwrap();
        if content.starts_with(&[0x1f, 0x8b]) || content.starts_with(&[0x28, 0xb5]) {
            content = zstd::encode_all(&b"another.example\n"[..], 3).unwrap();
        } else if name.ends_with(".toml") {
            content.extend_from_slice(b"why = \"it is mine\"\n");
        } else {
            content.extend_from_slice(b"another.example\n");
        }
        files.replace(name, &content).unwrap();
        assert_ne!(plan(&other).fingerprint(), first.fingerprint(), "{name}");
    }
    let rules = first.steps.iter().flat_map(|step| &step.rules).map(|rule| rule.name.as_str());
    let rules: Vec<&str> = rules.collect();
    for rule in ["url/blocked-domain:adult", "url/blocked-domain:games", "url/blocked-url:adult", "url/too-long"] {
        assert!(rules.contains(&rule), "{rule} in {rules:?}");
    }
    assert!(!rules.iter().any(|rule| rule.contains("blocked-word")), "rules without a list are not applied: {rules:?}");
}

#[test]
fn lists_that_cannot_be_used_are_told_before_the_run() {
    let complaint = |name: &str, content: &[u8], config: &str| {
        let memory = world();
        let files = Folder::new(Arc::new(memory.clone()), "");
        if !name.is_empty() {
            files.replace(name, content).unwrap();
        }
        match run(&memory, config, 1, 64 << 20) {
            Err(Failure::Refused(why)) => why,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("{name}: nothing was refused"),
        }
    };
    for (name, content, expected) in [
        ("lists/en.gz", &b"zonk\n\nx\n"[..], "list `lists/en.gz` cannot be used: line 2: blank"),
        ("lists/more.zst", &[0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2][..], "`lists/more.zst` cannot be unpacked"),
        ("lists/domains.txt", &[0xff, 0xfe][..], "`lists/domains.txt` is not UTF-8"),
        ("own/hosts.txt.zst", &[0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2][..], "error[C027]"),
    ] {
        let found = complaint(name, content, CONFIG);
        assert!(found.contains(expected), "{name}: {found}");
    }
    let alone =
        CONFIG.replace(", block-categories = { folder = \"lists/ut1\", categories = [\"games\", \"adult\"] }", "");
    let found = complaint("lists/domains.txt", b"# nothing\n", &alone);
    assert!(found.contains("list `lists/domains.txt` cannot be used: it has no entry"), "{found}");
    let without = CONFIG.replace(", lists = { bad-words = { en = [\"lists/en.gz\", \"lists/more.zst\"] } }", "");
    assert!(complaint("", b"", &without).contains("error[C031]"));
    let missing = CONFIG.replace("\"adult\"]", "\"adult\", \"gone\"]");
    assert!(complaint("", b"", &missing).contains("category `gone` does not exist"));
}
