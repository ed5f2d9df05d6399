//! The report: hostile text never becomes markup, bytes are the same each time, size is bounded, nothing is missing.

mod sample;

use gristmill::document::{Bins, Example, Histogram, Tally};
use gristmill::ledger::{Stats, Totals};
use gristmill::plan::{MetricColumn, Plan};
use gristmill::report::{escape, html, text};
use std::collections::BTreeSet;

/// Texts that have broken other reports.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=http://evil.example/x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "</bdi></td></tr></table></pre></svg><iframe src=http://evil.example>",
    "--><!-- <![CDATA[ ]]>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<svg/onload=alert(1)><math><mi//xlink:href=\"data:x\">",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;b&#62;",
    "\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}\u{0}\u{1b}[31m\u{7}\r\n\u{2028}\u{2029}",
    "`;${alert(1)}{{7*7}}\\\"",
    "<<script>script>",
];

/// The largest report that is allowed.
const LARGEST: usize = 3_000_000;

/// A start tag: its name and its attributes with their values.
type Tag = (String, Vec<(String, String)>);

/// Reads tags as a browser's tokenizer would: `<` and a letter open one, quotes hold values together.
fn tags(page: &str) -> Vec<Tag> {
    let bytes = page.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = page[at..].find('<').map(|found| found + at) {
        at = open + 1;
        if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            let (tag, end) = tag(page, at);
            at = end;
            if tag.0 == "style" {
                at += page[at..].find("</style").expect("style ends");
            }
            out.push(tag);
        }
    }
    out
}

fn tag(page: &str, start: usize) -> (Tag, usize) {
    let bytes = page.as_bytes();
    let mut at = start;
    let word = |at: &mut usize| {
        let from = *at;
        while !b" \t\n/>=".contains(&bytes[*at]) {
            *at += 1;
        }
        page[from..*at].to_ascii_lowercase()
    };
    let name = word(&mut at);
    let mut attributes = Vec::new();
    while bytes[at] != b'>' {
        if b" \t\n/".contains(&bytes[at]) {
            at += 1;
            continue;
        }
        let attribute = word(&mut at);
        let mut value = String::new();
        if bytes[at] == b'=' {
            at += 1;
            assert_eq!(bytes[at], b'"', "all values are quoted: {}", &page[start..at + 1]);
            let end = at + 1 + page[at + 1..].find('"').expect("quotes close");
            value = page[at + 1..end].to_owned();
            at = end + 1;
        }
        attributes.push((attribute, value));
    }
    ((name, attributes), at)
}

/// What markup a page has: every element and attribute name.
fn vocabulary(page: &str) -> BTreeSet<(String, String)> {
    let names = |(tag, attributes): Tag| {
        let with = attributes.into_iter().map(|(attribute, _)| attribute).chain([String::new()]);
        with.map(move |attribute| (tag.clone(), attribute)).collect::<Vec<_>>()
    };
    tags(page).into_iter().flat_map(names).collect()
}

fn empty() -> (Plan, Stats) {
    let (mut plan, mut stats) = sample::plausible();
    plan.inputs.clear();
    plan.units.clear();
    plan.sources.clear();
    stats.totals = Totals::default();
    stats.tally = Tally::new(plan.steps.len(), plan.metrics.len());
    stats.dedup.clear();
    stats.shards.clear();
    stats.domains_seen = 0;
    stats.fingerprint = plan.fingerprint();
    (plan, stats)
}

#[test]
fn hostile_text_changes_no_markup() {
    let (plan, stats) = sample::plausible();
    let benign = vocabulary(&html(&plan, &stats));
    let count = tags(&html(&plan, &stats)).len();
    for payload in HOSTILE {
        let (plan, stats) = sample::run(&|name| format!("{name}{payload}"));
        let page = html(&plan, &stats);
        assert_eq!(vocabulary(&page), benign, "{payload:?}");
        assert_eq!(tags(&page).len(), count, "{payload:?}");
        assert!(!page.contains("=\"http"), "{payload:?}");
        for (tag, attributes) in tags(&page) {
            for (name, value) in attributes {
                assert!(!name.starts_with("on"), "{tag} {name}");
                let local = !matches!(name.as_str(), "src" | "href" | "action") || value.starts_with('#');
                assert!(local, "{tag} {name}={value}");
            }
        }
        assert!(page.chars().all(|c| c == '\n' || c == '\t' || !escape::is_hidden(c)), "{payload:?}");
        let plain = text(&plan, &stats, None);
        assert!(plain.chars().all(|c| c == '\n' || !escape::is_hidden(c)), "{payload:?}");
    }
}

#[test]
fn every_position_shows_its_text() {
    let mark = "<planted>";
    let (plan, stats) = sample::run(&|name| format!("{mark}{name}"));
    let page = html(&plan, &stats);
    assert!(!page.contains(mark));
    for shown in [
        "web-en",
        "crawl",
        "news",
        "gopher-quality",
        "symbol-heavy",
        "www.site-00.example",
        "bad-http",
        "request",
        "email",
        "00000",
        "https://www.example.org/",
        "The council met",
        "CC-MAIN-20240518-00003.warc.gz",
        "models/tokenizer.json",
        "over-budget",
        "de",
        "equal texts, keeps the first",
        "&gt; 0.1",
    ] {
        assert!(page.contains(&format!("&lt;planted&gt;{shown}")) || page.contains(&format!("/{shown}")), "{shown}");
    }
}

#[test]
fn a_page_asks_for_nothing() {
    let (plan, stats) = sample::plausible();
    let page = html(&plan, &stats);
    assert!(page.starts_with("<!doctype html>"));
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    let forbidden = [
        "script", "link", "img", "iframe", "object", "embed", "form", "input", "base", "video", "audio", "use", "image",
    ];
    for (tag, _) in tags(&page) {
        assert!(!forbidden.contains(&tag.as_str()), "{tag}");
    }
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("there is a style");
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains('<'));
}

#[test]
fn links_lead_somewhere() {
    let (plan, stats) = sample::plausible();
    let all = tags(&html(&plan, &stats));
    let attributes = || all.iter().flat_map(|(_, attributes)| attributes);
    let ids: Vec<&String> = attributes().filter(|(name, _)| name == "id").map(|(_, value)| value).collect();
    let unique: BTreeSet<&String> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "ids are unique");
    let links: Vec<&String> = attributes().filter(|(name, _)| name == "href").map(|(_, value)| value).collect();
    assert!(links.len() > 20);
    for link in links {
        assert!(unique.contains(&link[1..].to_owned()), "{link}");
    }
}

#[test]
fn elements_are_closed_in_order() {
    let (plan, stats) = sample::plausible();
    for page in [html(&plan, &stats), html(&empty().0, &empty().1)] {
        let mut open: Vec<String> = Vec::new();
        let body = &page[page.find("<body>").expect("there is a body")..];
        for piece in body.split('<').skip(1) {
            let word = piece.split([' ', '>', '\n']).next().unwrap_or_default();
            let void = matches!(word, "br") || piece.split('>').next().is_some_and(|inside| inside.ends_with('/'));
            match word.strip_prefix('/') {
                Some("html") => {}
                Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed), "{piece}"),
                None if void => {}
                None => open.push(word.to_owned()),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn an_empty_run_has_a_report() {
    let (plan, stats) = empty();
    let page = html(&plan, &stats);
    assert!(page.contains("No document was read."));
    assert!(page.contains("No record was damaged."));
    assert!(!page.contains("NaN") && !page.contains("inf\""));
    assert!(text(&plan, &stats, None).contains("read 0 documents"));
    let mut bare = plan.clone();
    bare.steps.clear();
    bare.metrics.clear();
    let stats = Stats { tally: Tally::default(), vocab_size: 0, fingerprint: bare.fingerprint(), ..stats };
    assert!(html(&bare, &stats).contains("Nothing was measured."));
}

#[test]
fn huge_counts_are_drawn() {
    let (plan, stats) = sample::plausible();
    let mut value = serde_json::to_value(&stats).unwrap();
    scale(&mut value["tally"]);
    scale(&mut value["totals"]);
    scale(&mut value["dedup"]);
    value["tally"]["metrics"] = serde_json::to_value(&stats.tally.metrics).unwrap();
    let huge: Stats = serde_json::from_value(value).unwrap();
    let page = html(&plan, &huge);
    assert!(page.contains("1,204,332,000,000 documents"), "counts are exact");
    assert!(!page.contains("NaN") && !page.contains("do not add up"));
    assert!(text(&plan, &huge, None).lines().all(|line| line.chars().count() <= 120));
}

/// Multiplies every count by a million.
fn scale(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) => {
            if let Some(count) = number.as_u64() {
                *value = (count * 1_000_000).into();
            }
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(scale),
        serde_json::Value::Object(all) => all.values_mut().for_each(scale),
        _ => {}
    }
}

#[test]
fn equal_numbers_give_equal_bytes() {
    let (plan, stats) = sample::plausible();
    let again: Stats = serde_json::from_slice(&stats.to_bytes()).unwrap();
    let replanned: Plan = serde_json::from_slice(&serde_json::to_vec(&plan).unwrap()).unwrap();
    assert_eq!(html(&plan, &stats), html(&replanned, &again));
    assert_eq!(text(&plan, &stats, None), text(&replanned, &again, None));
}

#[test]
fn a_big_run_stays_below_three_megabytes_and_says_what_it_leaves_out() {
    let long = "<x>".repeat(100);
    let (mut plan, mut stats) = sample::run(&|name| format!("{name}{long}"));
    let (filter, step) = (plan.steps[3].rules[0].name.clone(), plan.steps[3].name.clone());
    plan.metrics = (0..300)
        .map(|at| MetricColumn {
            name: format!("filter/metric-{at:03}"),
            doc: "what it is ".repeat(9),
            bins: Bins::Log,
        })
        .collect();
    let spread = |seed: u64| {
        (0..100).map(move |bin: i32| {
            (bin * 2 - 40, (1 + (seed * 7_919 + u64::from(bin.unsigned_abs()) * 104_729) % 99_991, 1))
        })
    };
    stats.tally.metrics = (0..300).map(|seed| Histogram { bins: spread(seed).collect() }).collect();
    let rule = plan.steps[3].rules[0].clone();
    plan.steps[3].rules = (0..500)
        .map(|at| gristmill::plan::PlannedRule { name: format!("{filter}/r{at:03}"), ..rule.clone() })
        .collect();
    let kept = stats.tally.kept();
    for at in 0..500 {
        let example = |n: u32| Example {
            id: format!("{n:032x}"),
            url: Some(format!("https://www.example.org/{}", "<path>/".repeat(40))),
            value: 0.5,
            snippet: "\u{202e}<b>&\"'".repeat(200),
        };
        stats.tally.examples.insert(format!("{step}/{filter}/r{at:03}"), (0..20).map(example).collect());
        stats.tally.steps[3].dropped.insert(format!("{filter}/r{at:03}"), kept);
    }
    for at in 0..5_000 {
        stats.tally.faulty_files.insert(format!("{}{at}", "<file>".repeat(60)), 1);
        stats
            .tally
            .domains
            .insert(format!("{}{at}.example", "<d>".repeat(60)), stats.tally.sources.values().next().unwrap().clone());
        plan.references.push((format!("{}{at}", "<r>".repeat(60)), "0".repeat(64)));
    }
    plan.config = serde_json::json!({ "step": vec!["<step>"; 100_000] });
    stats.shards = vec![stats.shards[0].clone(); 10_000];
    let page = html(&plan, &stats);
    assert!(page.len() < LARGEST && page.len() > LARGEST / 2, "{}", page.len());
    for said in ["more rows are not shown", "of this rule left out", "more characters)", "more alerts are not shown"] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.contains("filter/metric-299") || page.contains("more metrics left out"));
}

#[test]
fn text_is_at_most_120_columns_wide() {
    for tail in [
        "",
        " with a very long tail of words that goes on and on",
        "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    ] {
        let (plan, stats) = sample::run(&|name| format!("{name}{tail}"));
        for line in text(&plan, &stats, None).lines() {
            let columns: usize = line.chars().map(|c| if u32::from(c) > 0x2e80 { 2 } else { 1 }).sum();
            assert!(columns <= 120, "{columns}: {line}");
        }
    }
}

#[test]
fn times_are_told_where_a_log_is_and_never_sealed() {
    let (plan, stats) = sample::plausible();
    let log = "{\"event\":\"run.end\",\"seconds\":8.0,\"step_seconds\":{\"<near>\":1.5,\"near\":4.5}}\n";
    let times = gristmill::report::Times::read(log);
    let said = text(&plan, &stats, times.as_ref());
    assert!(said.lines().any(|line| line.split_whitespace().eq(["near", "4.500", "75.0", "%"])), "{said}");
    let page = gristmill::report::html_with_times(&plan, &stats, times.as_ref());
    assert!(page.contains("&lt;near&gt;") && page.contains("25.0 %") && !page.contains("<near>"));
    let sealed = html(&plan, &stats);
    assert!(sealed.contains("Not in a sealed report") && !sealed.contains("4.500"));
}

#[test]
fn alerts_name_what_is_odd() {
    let (plan, mut stats) = sample::plausible();
    let said = text(&plan, &stats, None);
    for sentence in [
        "`blocked-url`",
        "Source `news` keeps only 0.82 %",
        "Domain `www.site-00.example` gives 8.1 %",
        "Step `near`: the biggest cluster holds 14,730 documents",
        "6,264 records (0.17 % of all records) were damaged",
        "`few-stop-words` tripped on 69,332 documents, but other rules",
        "often wrong guesses: `nn`",
    ] {
        assert!(said.replace("\n    ", " ").contains(sentence), "{sentence}");
    }
    assert!(!said.contains("dropped 47.1 %") && !said.contains("uneven"));
    stats.shards[2].tokens /= 3;
    stats.tally.steps[2].left.documents -= 1;
    stats.fingerprint = "0".repeat(64);
    let said = text(&plan, &stats, None);
    for sentence in ["Shards are uneven", "The counts do not add up", "The plan is not the one"] {
        assert!(said.contains(sentence), "{sentence}");
    }
    assert!(html(&plan, &stats).contains("class=\"state bad\""));
}

#[test]
fn tables_agree_with_the_counts() {
    let (plan, stats) = sample::plausible();
    let said = text(&plan, &stats, None);
    let row = |start: &str| {
        said.lines().find(|line| line.trim_start().starts_with(start)).map(str::to_owned).expect("the row is there")
    };
    let near = &stats.tally.steps[7].dropped["near-duplicate"];
    assert_eq!(near.documents, 58_704);
    assert!(row("dropped by near-duplicate").contains("58,704"));
    let words: Vec<String> = row("gopher-quality ").split_whitespace().map(str::to_owned).collect();
    assert!(words.len() >= 2, "{words:?}");
    let symbol = row("symbol-heavy");
    for number in ["8,418", "15,352", "4,457", "> 0.1"] {
        assert!(symbol.contains(number), "{symbol}");
    }
}
