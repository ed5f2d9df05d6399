//! What sites and pages say of their use, through whole runs: robots.txt captures, headers, metadata, the filter over them.

use crate::small::{output, rows, run, text};
use gristmill::ledger::{LedgerRow, Stats};
use gristmill::plan::Plan;
use gristmill::storage::{Folder, Medium, Memory};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use std::io::Write;
use std::sync::Arc;

const BUDGET: usize = 64 << 20;

/// A response: address, date, status line with headers, body.
fn response(url: &str, date: &str, head: &str, body: &str) -> Vec<u8> {
    let block = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{url}>\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n\
         WARC-Identified-Payload-Type: text/html\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n\
         {block}\r\n\r\n",
        block.len()
    )
    .into_bytes()
}

fn page(url: &str, n: usize, head: &str, inside: &str) -> Vec<u8> {
    let body = format!(
        "<html lang=en><head><title>Page {n}</title>{inside}</head><body><article><h1>Page {n}</h1><p>{}</p></article></body></html>",
        text(n)
    );
    response(url, "2024-05-01T10:00:00Z", &format!("{head}\r\nContent-Type: text/html; charset=utf-8"), &body)
}

fn robots(host: &str, date: &str, status: &str, body: &str) -> Vec<u8> {
    response(&format!("https://{host}/robots.txt"), date, &format!("{status}\r\nContent-Type: text/plain"), body)
}

fn gzip(records: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for record in records {
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        member.write_all(record).unwrap();
        out.extend(member.finish().unwrap());
    }
    out
}

/// Captures in two files: of `a` the later one forbids less, `c` failed, `d` leads to `a`.
fn captures() -> [Vec<Vec<u8>>; 2] {
    [
        vec![
            robots(
                "a.example",
                "2024-05-02T00:00:00Z",
                "200 OK",
                "User-agent: *\nDisallow: /private/\nAllow: /private/not\n",
            ),
            robots("b.example", "2024-05-01T00:00:00Z", "200 OK", "User-agent: ccbot\nDisallow: /*?\n"),
            robots("c.example", "2024-05-01T00:00:00Z", "503 Busy", ""),
        ],
        vec![
            robots("a.example", "2024-05-01T00:00:00Z", "200 OK", "User-agent: *\nDisallow: /\n"),
            robots("d.example", "2024-05-01T00:00:00Z", "301 Moved\r\nLocation: https://a.example/robots.txt", ""),
            robots("e.example", "2024-05-01T00:00:00Z", "404 Not Found", "User-agent: *\nDisallow: /\n"),
        ],
    ]
}

const PAGES: [&str; 9] = [
    "https://a.example/open",
    "https://a.example/private/1",
    "http://a.example/private/nothing",
    "https://b.example/x?y",
    "https://b.example/x",
    "https://c.example/x",
    "https://d.example/private/2",
    "https://e.example/x",
    "https://f.example/x",
];

/// A world whose captures stand beside the pages.
fn world() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let pages: Vec<Vec<u8>> = PAGES.iter().enumerate().map(|(n, url)| page(url, n, "200 OK", "")).collect();
    files.put("in/1.warc.gz", &gzip(&pages[..5])).unwrap();
    files.put("in/2.warc", &pages[5..].concat()).unwrap();
    let [first, second] = captures();
    files.put("robotstxt/1.warc.gz", &gzip(&first)).unwrap();
    files.put("robotstxt/2.warc", &second.concat()).unwrap();
    memory
}

fn config(robots: &str) -> String {
    format!(
        "version = 1\n[[source]]\nname = \"web\"\npaths = [\"in/*\"]\n[[step]]\nrobots = {{ {robots} }}\n[[step]]\nextract = {{}}\n\
         [output]\ndir = \"out\"\ntokens = \"none\"\n[limits]\nunit-bytes = \"1KiB\"\nmax-fault-ratio = 1.0\n"
    )
}

const BESIDE: &str = "paths = [\"robotstxt/*\"]";

/// Address, rule, what was measured, and its value, of every drop.
fn drops(memory: &Memory) -> Vec<(String, String, String, f64)> {
    let dropped = rows(memory).into_iter().filter(|row| row.verdict == "drop");
    dropped.map(|row| (row.url.unwrap(), row.rule.unwrap(), row.metric.unwrap(), row.value.unwrap())).collect()
}

fn expected() -> Vec<(String, String, String, f64)> {
    let line = |pattern: &str| format!("the line of `Disallow: {pattern}` in robots.txt");
    let row = |url: &str, rule: &str, metric: &str, value| (url.to_owned(), rule.to_owned(), metric.to_owned(), value);
    vec![
        row(PAGES[1], "disallowed:gristmill", &line("/private/"), 2.0),
        row(PAGES[3], "disallowed:CCBot", &line("/*?"), 2.0),
        row(PAGES[5], "unreachable", "the HTTP status of robots.txt", 503.0),
        row(PAGES[6], "disallowed:gristmill", &line("/private/"), 2.0),
    ]
}

#[test]
fn captures_in_other_files_are_honoured() {
    let memory = world();
    let summary = run(&memory, &config(BESIDE), 2, BUDGET).unwrap();
    assert_eq!(drops(&memory), expected());
    assert_eq!(summary.manifest.totals.documents, 9, "the files of captures are no inputs");
    let plan: Plan = serde_json::from_slice(&output(&memory)["plan.json"]).unwrap();
    assert!(plan.references.iter().any(|(name, _)| name == "robots.txt of `robots`"), "{:?}", plan.references);
    assert!(plan.steps[0].summary.starts_with("4 hosts forbid"));
    let allowed = world();
    run(&allowed, &config(&format!("{BESIDE}, unreachable = \"allow\", agents = [\"CCBot\"]")), 2, BUDGET).unwrap();
    let rules: Vec<String> = drops(&allowed).into_iter().map(|(_, rule, ..)| rule).collect();
    assert_eq!(rules, ["disallowed:CCBot"; 3]);
}

#[test]
fn captures_among_the_inputs_are_honoured() {
    let memory = world();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let [first, second] = captures();
    files.put("in/0.warc.gz", &gzip(&second)).unwrap();
    files.put("in/3.warc.gz", &gzip(&first)).unwrap();
    files.put("in/4.jsonl", b"{\"text\":\"no archive\"}\n").unwrap();
    run(&memory, &config(""), 2, BUDGET).unwrap();
    assert_eq!(drops(&memory), expected());
    let captured = |row: &LedgerRow| row.url.as_deref().is_some_and(|url| url.ends_with("/robots.txt"));
    assert!(!rows(&memory).iter().any(captured), "instructions for crawlers are no documents");
    let stats: Stats = serde_json::from_slice(&output(&memory)["stats.json"]).unwrap();
    assert_eq!(stats.tally.others["robots.txt"], 3);
}

#[test]
fn the_same_bytes_at_any_thread_count_and_another_run_for_other_captures() {
    let mut first = None;
    for threads in [1, 7] {
        let memory = world();
        run(&memory, &format!("{}threads = {threads}\n", config(BESIDE)), threads, BUDGET).unwrap();
        let made = output(&memory);
        let first = first.get_or_insert_with(|| made.clone());
        assert!(*first == made, "{threads} threads");
    }
    let fingerprint = |memory: &Memory| {
        run(memory, &config(BESIDE), 2, BUDGET).unwrap();
        serde_json::from_slice::<Plan>(&output(memory)["plan.json"]).unwrap().fingerprint()
    };
    let (same, other) = (world(), world());
    let files = Folder::new(Arc::new(other.clone()), "");
    files.remove("robotstxt/2.warc").unwrap();
    let changed = captures()[1].concat();
    let changed = String::from_utf8(changed).unwrap().replace("404 Not Found", "200 Now Found");
    files.put("robotstxt/2.warc", changed.as_bytes()).unwrap();
    assert_ne!(fingerprint(&same), fingerprint(&other));
}

/// The metadata of the kept documents, by address.
fn metadata(memory: &Memory) -> Vec<(String, serde_json::Value)> {
    let mut out = Vec::new();
    for (name, bytes) in output(memory) {
        if !name.starts_with("documents/") {
            continue;
        }
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        for row in reader.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let place = |name: &str| row.get_column_iter().position(|(column, _)| column == name).unwrap();
            let url = row.get_string(place("url")).unwrap().clone();
            out.push((url, serde_json::from_str(row.get_string(place("metadata")).unwrap()).unwrap()));
        }
    }
    out
}

/// Pages that say different things of their use.
fn spoken() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let with = |url: &str, n: usize, head: &str, inside: &str| page(url, n, head, inside);
    let records = [
        with(
            "https://a.example/1/x.html",
            1,
            "200 OK\r\nX-Robots-Tag: max-image-preview:none\r\nContent-Language: en\r\nLast-Modified: Tue, 05 Mar 2024 10:00:00 GMT",
            "<link rel=canonical href='../y'><link rel=license href='//creativecommons.org/licenses/by-sa/4.0/'>\
             <meta property=og:site_name content='The Mill'><meta name=author content='Anna Miller'>\
             <script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"datePublished\":\"2024-03-01\",\"dateModified\":\"2024-03-02T01:00\"}</script>",
        ),
        with("https://a.example/2", 2, "200 OK\r\nX-Robots-Tag: noai\r\nx-robots-tag: otherbot: nofollow", ""),
        with("https://a.example/3", 3, "200 OK", "<meta name=robots content='index, noai'>"),
        with("https://a.example/4", 4, "200 OK\r\ntdm-reservation: 1", ""),
        with("https://a.example/5", 5, "200 OK", "<meta name=tdm-reservation content=1>"),
        with("https://a.example/6", 6, "200 OK", "<meta name=googlebot content='noindex'>"),
        with("https://a.example/7", 7, "203 Changed", ""),
        with("https://a.example/8", 8, "404 Not Found", ""),
        response(
            "https://a.example/9",
            "2024-05-01T10:00:00Z",
            "200 OK\r\nContent-Type: application/json",
            &format!("{:?}", text(9)),
        ),
        response(
            "https://a.example/10",
            "2024-05-01T10:00:00Z",
            "200 OK\r\nContent-Type: text/plain",
            &text(10).repeat(20),
        ),
    ];
    files.put("in/pages.warc.gz", &gzip(&records)).unwrap();
    memory
}

fn plain_config(source: &str, steps: &str) -> String {
    format!(
        "version = 1\n[[source]]\nname = \"web\"\npaths = [\"in/*\"]\n{source}\n[[step]]\nextract = {{}}\n{steps}\n\
         [output]\ndir = \"out\"\ntokens = \"none\"\n[limits]\nmax-fault-ratio = 1.0\n"
    )
}

#[test]
fn facts_and_headers_are_metadata() {
    let memory = spoken();
    run(&memory, &plain_config("", ""), 2, BUDGET).unwrap();
    let (_, facts) = metadata(&memory).into_iter().find(|(url, _)| url.ends_with("x.html")).unwrap();
    let expected = serde_json::json!({
        "warc_payload_type": "text/html", "http_status": 200, "http_content_type": "text/html; charset=utf-8",
        "http_content_language": "en", "http_last_modified": "Tue, 05 Mar 2024 10:00:00 GMT",
        "http_x_robots_tag": "max-image-preview:none", "title": "Page 1", "author": "Anna Miller", "published": "2024-03-01",
        "modified": "2024-03-02", "html_language": "en", "canonical_url": "https://a.example/y", "site_name": "The Mill",
        "page_type": "NewsArticle", "license": "https://creativecommons.org/licenses/by-sa/4.0/", "license_kind": "CC-BY-SA-4.0",
    });
    assert_eq!(facts, expected);
    let (_, two) = metadata(&memory).into_iter().find(|(url, _)| url.ends_with("/2")).unwrap();
    assert_eq!(two["http_x_robots_tag"], "noai, otherbot: nofollow");
    let named = spoken();
    run(&named, &plain_config("carry = [\"http_status\"]", ""), 2, BUDGET).unwrap();
    let (_, facts) = metadata(&named).into_iter().find(|(url, _)| url.ends_with("/2")).unwrap();
    assert_eq!(facts, serde_json::json!({"http_status": 200, "title": "Page 2", "html_language": "en"}));
}

#[test]
fn pages_that_opt_out_go() {
    let memory = spoken();
    run(&memory, &plain_config("", "[[step]]\nfilter = \"opt-outs@1\""), 2, BUDGET).unwrap();
    let dropped: Vec<(String, String)> = drops(&memory)
        .into_iter()
        .map(|(url, rule, ..)| {
            (url.rsplit('/').next().unwrap().to_owned(), rule.rsplit('/').next().unwrap().to_owned())
        })
        .collect();
    let pairs: Vec<(&str, &str)> = dropped.iter().map(|(url, rule)| (url.as_str(), rule.as_str())).collect();
    assert_eq!(pairs, [("2", "noai"), ("3", "noai"), ("4", "tdm-reserved"), ("5", "tdm-reserved"), ("6", "noindex")]);
}

#[test]
fn status_media_type_and_length_decide_what_is_read() {
    let others = |source: &str| {
        let memory = spoken();
        run(&memory, &plain_config(source, ""), 2, BUDGET).unwrap();
        let stats: Stats = serde_json::from_slice(&output(&memory)["stats.json"]).unwrap();
        let mut read: Vec<String> =
            rows(&memory).into_iter().map(|row| row.url.unwrap().replace("https://a.example/", "")).collect();
        read.sort();
        (read.join(" "), format!("{:?}", stats.tally.others))
    };
    let (read, other) = others("");
    assert_eq!(read, "1/x.html 10 2 3 4 5 6");
    for kind in ["http-status:203", "http-status:404", "media:json"] {
        assert!(other.contains(kind), "{other}");
    }
    assert_eq!(others("http-status = [\"2xx\", \"404\"]").0, "1/x.html 10 2 3 4 5 6 7 8");
    assert_eq!(others("media-types = [\"application/json\"]").0, "9");
    let (read, other) =
        others("max-bytes = 5000\nmin-bytes = \"1 KiB\"\nmedia-types = [\"text/plain\", \"text/html\"]");
    assert!(!read.contains("10"), "{read}");
    assert!(other.contains("body:too-long") && other.contains("body:too-short"), "{other}");
}
