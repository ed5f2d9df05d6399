//! Right configs: what they mean, their canonical form, overrides, the reference, the schema, the built-in chain.

use gristmill::config::schema::{ROOT, Table};
use gristmill::config::{
    Carry, Dedup, EndOfText, FilterRef, Format, Keep, ListFrom, Mode, Overrides, PiiKind, StepKind, Target, builtin,
    canonical, canonical_toml, fingerprint_form, json_schema, parse_with, reference, to_json,
};

use super::*;

fn valid(text: &str) -> Config {
    let (config, found) = check(text);
    assert_eq!(render(&found, false), "", "{text}");
    config.expect("no errors")
}

fn with(overrides: &[&str], out: Option<&str>) -> (Option<Config>, Vec<Diagnostic>) {
    let set = overrides.iter().map(|text| (*text).to_owned()).collect();
    parse_with("c.toml", VALID, &Overrides { set, out: out.map(str::to_owned) }, &Small)
}

#[test]
fn values_arrive() {
    let config = valid(VALID);
    assert_eq!((config.name.as_str(), config.seed), ("web-en", 7));
    let books = &config.sources[1];
    assert_eq!((books.format, books.fields.text.as_str(), books.fields.url.as_str()), (Format::Jsonl, "body", "url"));
    assert_eq!(books.carry, Carry::Only(vec!["title".into(), "year".into()]));
    let StepKind::Filter(filter) = &books.steps[0].kind else { panic!("a filter") };
    assert!(matches!(&filter.filter, FilterRef::Path(path) if path.value == "mine.toml"));
    assert_eq!(filter.bounds["long"].value, 4000.5);
    let names: Vec<&str> = config.steps.iter().map(|step| step.name.value.as_str()).collect();
    let expected =
        "extract language url gopher-quality german-quality gopher-repetition exact-dedup minhash-dedup pii tokenize";
    assert_eq!(names.join(" "), expected);
    assert_eq!(books.steps[0].name.value, "books-mine");
    assert_eq!(config.steps[4].mode, Mode::Tag);
    assert!(config.steps[4].when.holds(Some("de"), "web") && !config.steps[4].when.holds(Some("de"), "books"));
    assert!(!config.steps[4].when.holds(None, "web"));
    let StepKind::Filter(short) = &config.steps[5].kind else { panic!("a filter") };
    assert!(matches!(&short.filter, FilterRef::Name(name) if name.value == "gopher-repetition@datatrove-0.10"));
    let StepKind::Dedup(Dedup::Exact(exact)) = &config.steps[6].kind else { panic!("exact") };
    assert_eq!((&exact.on.value, &exact.keep), (&Target::Field("title".into()), &Keep::SourcePriority));
    let StepKind::Dedup(Dedup::Minhash(minhash)) = &config.steps[7].kind else { panic!("minhash") };
    assert_eq!((minhash.ngram, minhash.bands, minhash.rows), (5, 20, 8));
    assert!(matches!(&minhash.keep, Keep::Best(metric) if metric.value == "words"));
    let StepKind::Pii(pii) = &config.steps[8].kind else { panic!("pii") };
    assert_eq!((&pii.kinds, pii.drop_above), (&vec![PiiKind::Email, PiiKind::Ip], Some(20)));
    let StepKind::Tokenize(tokenize) = &config.steps[9].kind else { panic!("tokenize") };
    assert_eq!(tokenize.end_of_text.value, EndOfText::Token("<|endoftext|>".into()));
    assert_eq!((config.limits.memory, config.limits.unit_bytes), (4 << 30, 64 << 20));
    assert_eq!((config.limits.record.bytes, config.limits.record.expansion), (3 << 19, 200));
    assert_eq!(config.output.shard_tokens, 1_000_000);
    assert_eq!(config.tests[0].expect.kept.as_ref().map(|kept| kept.value), Some(false));
}

#[test]
fn places_point_at_the_value() {
    let config = valid(VALID);
    let place = config.sources[1].paths[1].place;
    assert_eq!(&VALID[place.start as usize..place.end as usize], "\"pages.jsonl\"");
    let place = config.steps[4].place;
    assert_eq!(&VALID[place.start as usize..place.end as usize], "filter");
    assert!(!config.steps[0].name.place.is_written());
}

#[test]
fn the_name_comes_from_the_file() {
    let text = VALID.replace("name = \"web-en\"\n", "");
    let name = |file: &str| parse(file, &text, &Small).0.expect("no errors").name;
    assert_eq!(name("configs/My Crawl.v2.toml"), "my-crawl-v2");
    assert_eq!(name("日本.toml"), "run");
}

#[test]
fn the_canonical_form_parses_to_itself() {
    let config = valid(VALID);
    let toml = canonical_toml(&config);
    let again = valid(&toml);
    assert_eq!(canonical(&again), canonical(&config));
    assert_eq!(fingerprint_form(&again), fingerprint_form(&config));
    assert_eq!(canonical_toml(&again), toml);
    assert!(toml.contains("\n[limits.record]\nbytes = \"1536KiB\"\n"), "{toml}");
}

#[test]
fn lists_arrive_and_come_back_from_the_canonical_form() {
    let text = VALID.replace(
        "url = { block-domains = \"lists/domains.txt\" }",
        "url = { block-domains = [\"lists/domains.txt\"], block-categories = { folder = \"ut1\", categories = [\"adult\"] } }\n\
         [[step]]\n\
         filter = { name = \"c4@a-1\", lists = { bad-words = { en = \"tok.json\", \"fr-CA\" = [\"tok.json\", \"mine.toml\"] }, \
         bad-words-allowed = \"mine.toml\" } }",
    );
    let config = valid(&text);
    let StepKind::Filter(filter) = &config.steps[3].kind else { panic!("a filter") };
    let paths = |role: &str, language: &str| match &filter.lists[role][language] {
        ListFrom::Paths(paths) => paths.iter().map(|path| path.value.clone()).collect::<Vec<_>>().join(" "),
        ListFrom::Categories(_) => panic!("paths"),
    };
    assert_eq!(paths("bad-words", "fr-CA"), "tok.json mine.toml");
    assert_eq!(paths("bad-words-allowed", "any"), "mine.toml");
    let StepKind::Url(url) = &config.steps[2].kind else { panic!("a url step") };
    assert_eq!(url.block_categories.as_ref().map(|one| one.categories.len()), Some(1));
    let again = valid(&canonical_toml(&config));
    assert_eq!(canonical(&again), canonical(&config));
    assert_eq!(canonical_toml(&again), canonical_toml(&config));
    let alone =
        valid(&text.replace("block-domains = [\"lists/domains.txt\"]", "block-domains = \"lists/domains.txt\""));
    assert_eq!(fingerprint_form(&alone), fingerprint_form(&config));
}

#[test]
fn the_canonical_form_ignores_order_and_spelling() {
    let one = "version = 1\n[[source]]\nname = \"a\"\npaths = [\"books/\"]\n[limits]\nunit-bytes = \"1GiB\"\n[output]\ndir = \"o\"\n[[step]]\nfilter = \"gopher-quality\"\n";
    let two = "version = 1\nname = \"c\"\nseed = 0\noutput = { dir = 'o' }\nlimits.unit-bytes = 1_073_741_824\n[[step]]\n[step.filter]\nname = \"gopher-quality@datatrove-0.10\"\n[[source]]\npaths = [\"books/\"]\nname = \"a\"\n";
    assert_eq!(canonical(&valid(one)), canonical(&valid(two)));
}

/// Every key that the config serialises is one that the schema knows, and every default is there.
#[test]
fn the_canonical_form_has_every_key() {
    fn keys(table: &Table, value: &serde_json::Value, path: &str) {
        use gristmill::config::schema::{Default, Kind};
        let object = value.as_object().expect(path);
        for name in object.keys() {
            assert!(table.key(name).is_some(), "{path}.{name} is not in the schema");
        }
        for key in table.keys {
            let there = object.get(key.name);
            assert!(there.is_some() || matches!(key.default, Default::Absent), "{path}.{} is missing", key.name);
            match (key.kind, there) {
                (Kind::Table(inner), Some(value)) => keys(inner, value, key.name),
                (Kind::Tables(inner), Some(value)) => {
                    value.as_array().expect(path).iter().for_each(|value| keys(inner, value, key.name));
                }
                (Kind::Tagged(tag, variants), Some(value)) => {
                    keys(gristmill::config::schema::variant(variants, value[tag].as_str()), value, key.name);
                }
                (kind, Some(value)) if value.is_object() && kind.table().is_some() => {
                    keys(kind.table().expect(path), value, key.name);
                }
                _ => {}
            }
        }
    }
    let config = valid(VALID);
    let value = serde_json::to_value(&config).expect("serialises");
    keys(&ROOT, &value, "root");
    let text: serde_json::Value = serde_json::from_str(&canonical(&config)).expect("is JSON");
    assert_eq!(text, value, "the canonical text leaves something out");
}

#[test]
fn the_fingerprint_ignores_what_changes_nothing() {
    let base = fingerprint_form(&valid(VALID));
    let form = |set: &[&str], out| fingerprint_form(&with(set, out).0.expect("no errors"));
    for same in ["limits.memory=8GiB", "limits.threads=3", "limits.max-fault-ratio=1", "output.dir=elsewhere"] {
        assert_eq!(form(&[same], None), base, "{same}");
    }
    assert_eq!(form(&[], Some("/tmp/x")), base);
    for other in
        ["seed=8", "limits.unit-bytes=1MiB", "limits.record.expansion=3", "step.pii.mode=off", "report.top-domains=1"]
    {
        assert_ne!(form(&[other], None), base, "{other}");
    }
}

#[test]
fn overrides_reach_everything() {
    let (config, found) = with(
        &[
            "limits.memory = 8GiB",
            "step.gopher-repetition.filter.bounds.duplicate-lines=0.25",
            "step.books-mine.mode=off",
            "source.books.carry=false",
            "source.books.step.books-mine.filter.bounds.long=9",
            "step.minhash-dedup.dedup.bands=10",
            "step.minhash-dedup.dedup.bands=11",
            "source.web.paths=[\"books/\", \"data/a.wet.gz\"]",
            "source.web.format=auto",
            "source.books.paths=['pages.jsonl']",
            "name=\"other\"",
        ],
        Some("somewhere"),
    );
    assert_eq!(render(&found, false), "");
    let config = config.expect("no errors");
    assert_eq!((config.limits.memory, config.name.as_str()), (8 << 30, "other"));
    let StepKind::Filter(filter) = &config.steps[5].kind else { panic!("a filter") };
    assert_eq!(filter.bounds["duplicate-lines"].value, 0.25);
    assert_eq!(config.sources[1].steps[0].mode, Mode::Off);
    assert_eq!(config.sources[1].carry, Carry::None);
    let StepKind::Dedup(Dedup::Minhash(minhash)) = &config.steps[7].kind else { panic!("minhash") };
    assert_eq!(minhash.bands, 11);
    assert_eq!(config.sources[0].paths.len(), 2);
    assert_eq!((config.output.dir.value.as_str(), config.output.dir_from_cli), ("somewhere", true));
}

#[test]
fn wrong_overrides_show_themselves() {
    let (config, found) = with(
        &[
            "limits.memory=8GiBB",
            "limit.memory=8GiB",
            "step.gopher-qualty.mode=off",
            "step.pii=3",
            "step.pii",
            "step.tokenize.tokenize.tokenizer=\"x",
            "seed.x=1",
            "step.gopher-quality.filter.bounds.too-few-wrds=3",
        ],
        None,
    );
    assert!(config.is_none());
    let expected = r#"
error[C005]: `memory` is not a size
 --> --set:1:15
  |
1 | limits.memory=8GiBB
  |               ^^^^^ `GiBB` is no unit
  |
  = hint: did you mean `"8GiB"`?
  = help: the units are B, KiB, MiB, GiB, TiB, KB, MB, GB, TB

error[C025]: unknown key `limit`
 --> --set:1:1
  |
1 | limit.memory=8GiB
  | ^^^^^
  |
  = hint: did you mean `limits`?
  = help: the keys here are `version`, `name`, `seed`, `source`, `step`, `output`, `limits`, `report`, `test`

error[C025]: no step is called `gopher-qualty`
 --> --set:1:6
  |
1 | step.gopher-qualty.mode=off
  |      ^^^^^^^^^^^^^
  |
  = hint: did you mean `gopher-quality`?
  = help: there are `books-mine`, `extract`, `language`, `url`, `gopher-quality`, `german-quality`, `gopher-repetition`, `exact-dedup`, `minhash-dedup`, `pii`, `tokenize`

error[C025]: the path ends before it names a value
 --> --set:1:6
  |
1 | step.pii=3
  |      ^^^
  |
  = hint: name the member and its key: `step.NAME.KEY=VALUE`

error[C025]: `step.pii` sets nothing
 --> --set:1:1
  |
1 | step.pii
  | ^^^^^^^^
  |
  = hint: write `--set limits.memory=8GiB`

error[C025]: `"x` is not a TOML value
 --> --set:1:34
  |
1 | step.tokenize.tokenize.tokenizer="x
  |                                  ^^
  |
  = hint: quote the whole argument for the shell: `--set 'a.b=["x"]'`

error[C025]: `seed` has no keys of its own
 --> --set:1:6
  |
1 | seed.x=1
  |      ^

error[C013]: filter `gopher-quality@datatrove-0.10` has no rule `too-few-wrds`
 --> --set:1:35
  |
1 | step.gopher-quality.filter.bounds.too-few-wrds=3
  |                                   ^^^^^^^^^^^^^^
  |
  = hint: did you mean `too-few-words`?
  = help: `gristmill filters show gopher-quality@datatrove-0.10` lists its rules
"#;
    assert_eq!(render(&found, false).trim(), expected.trim());
}

#[test]
fn out_stands_in_for_the_output_table() {
    let text = VALID.replace("dir = \"out/web-en\"\n", "");
    assert!(parse("c.toml", &text, &Small).0.is_none());
    let overrides = Overrides { set: Vec::new(), out: Some("o".into()) };
    let (config, found) = parse_with("c.toml", &text, &overrides, &Small);
    assert_eq!(render(&found, false), "");
    assert_eq!(config.expect("no errors").output.dir.value, "o");
}

#[test]
fn the_reference_has_no_finding() {
    let text = reference();
    let (config, found) = check(&text);
    assert_eq!(render(&found, false), "", "{text}");
    assert_eq!(config.expect("no errors").steps.len(), 18);
    // Every key of every table is in it.
    fn names(table: &'static Table, text: &str) {
        for key in table.keys {
            let line = |prefix: &str| text.contains(&format!("\n{prefix}{} = ", key.name));
            let header = text.contains(&format!("[{}]", key.name)) || text.contains(&format!(".{}]", key.name));
            assert!(line("") || line("# ") || header || text.contains(&format!(" {} = ", key.name)), "{}", key.name);
            assert!(!key.doc.is_empty() && !key.doc.ends_with('.'), "{}", key.name);
            if let Some(inner) = key.kind.table() {
                names(inner, text);
            }
        }
    }
    names(&ROOT, &text);
}

/// Keys that the reference shows in comments are right in form too.
#[test]
fn the_comments_of_the_reference_are_right_in_form() {
    let text = reference();
    let lines: Vec<&str> = text.lines().collect();
    let mut tried = 0;
    for (index, line) in lines.iter().enumerate() {
        let Some(key) = line.strip_prefix("# ").filter(|line| line.contains(" = ") && !line.contains(": ")) else {
            continue;
        };
        let mut changed = lines.clone();
        changed[index] = key;
        let (_, found) = check(&changed.join("\n"));
        // Those above the first step belong to steps, and stand below another table there.
        let form = |d: &&Diagnostic| ["C001", "C003", "C004", "C005", "C006", "C011", "C019", "C028"].contains(&d.code);
        assert_eq!(found.iter().find(form).map(|d| &d.message), None, "{key}");
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn the_builtin_chain_has_no_finding() {
    let inputs = ["books/".to_owned(), "data/*.warc.gz".to_owned()];
    let config = valid(&builtin(&inputs, "o", Some("tok.json")));
    assert_eq!(config.steps.len(), 9);
    let config = valid(&builtin(&inputs, "a \"quoted\" \\ path", None));
    assert_eq!((config.steps.len(), config.output.dir.value.as_str()), (8, "a \"quoted\" \\ path"));
}

#[test]
fn the_json_schema_follows_the_table() {
    let schema = json_schema();
    assert_eq!(schema["required"], serde_json::json!(["version", "source"]));
    let step = &schema["properties"]["step"]["items"];
    assert_eq!(step["oneOf"].as_array().map(Vec::len), Some(11));
    assert_eq!(step["properties"]["dedup"]["anyOf"][1]["properties"]["bands"]["default"], 14);
    assert_eq!(step["properties"]["extract"]["properties"]["favor"]["enum"][1], "precision");
    assert_eq!(step["additionalProperties"], false);
    assert_eq!(schema["properties"]["limits"]["properties"]["memory"]["default"], "1GiB");
}

#[test]
fn findings_as_json() {
    let (_, found) = check(&VALID.replace("\"4GiB\"", "\"4GiBB\""));
    let json = to_json(&found);
    let start = VALID.find("\"4GiB\"").expect("is there");
    assert_eq!(
        json,
        serde_json::json!([{
            "code": "C005", "severity": "error", "file": "c.toml",
            "span": { "start": start, "end": start + 7 }, "line": 61, "column": 10,
            "message": "`memory` is not a size", "label": "`GiBB` is no unit",
            "hint": "did you mean `\"4GiB\"`?", "help": "the units are B, KiB, MiB, GiB, TiB, KB, MB, GB, TB",
        }])
    );
}

#[test]
fn colour_is_only_escapes() {
    let (_, found) = check(&VALID.replace("\"4GiB\"", "\"4GiBB\""));
    let coloured = render(&found, true);
    assert!(coloured.contains("\u{1b}["));
    assert!(!render(&found, false).contains('\u{1b}'));
}

#[test]
fn the_reference_file_is_fresh() {
    let file = include_str!("../../../configs/full-reference.toml");
    assert_eq!(file, reference(), "write `gristmill::config::reference()` to configs/full-reference.toml");
}

/// Rules that hold in some languages only are not compared with others; a rule that is off is not either.
#[test]
fn rules_that_cannot_meet_are_not_compared() {
    let base = VALID
        .split("[[step]]")
        .next()
        .expect("a part before")
        .replace("paths = [\"data/*.warc.gz\"]\nformat = \"warc\"", "paths = [\"data/*.warc.gz\"]");
    let end = "\n[output]\ndir = \"o\"\n";
    let steps = |first: &str| format!("{base}[[step]]\n{first}\n[[step]]\nfilter = {{ path = \"mine.toml\" }}\n{end}");
    let clash = check(&steps("filter = \"gopher-quality\"")).1;
    assert_eq!(clash.iter().map(|d| d.code).collect::<Vec<_>>(), ["C018"]);
    for apart in [
        "filter = { name = \"gopher-quality\", off = [\"too-few-words\"] }",
        "mode = \"tag\"\nfilter = \"gopher-quality\"",
        "when = { source = [\"web\"] }\nfilter = \"gopher-quality\"",
    ] {
        assert_eq!(render(&check(&steps(apart)).1, false), "", "{apart}");
    }
}

/// Presets and a similarity stand in for keys that are not given; a key beside them goes before; the canonical form says all.
#[test]
fn presets_fill_in_what_is_not_given() {
    let minhash = |keys: &str| {
        let text = format!(
            "version = 1\n[[source]]\nname = \"a\"\npaths = [\"books/\"]\n[output]\ndir = \"o\"\n[[step]]\n\
             dedup = {{ method = \"minhash\"{keys} }}\n"
        );
        let config = valid(&text);
        assert_eq!(canonical(&valid(&canonical_toml(&config))), canonical(&config));
        match &config.steps[0].kind {
            StepKind::Dedup(Dedup::Minhash(minhash)) => minhash.clone(),
            _ => panic!("minhash"),
        }
    };
    let plain = minhash("");
    assert_eq!((plain.bands, plain.rows, plain.ngram, plain.min_similarity), (14, 8, 5, 0.75));
    let fineweb = minhash(", preset = \"fineweb-14x8\"");
    assert_eq!((fineweb.bands, fineweb.rows, fineweb.hash.word()), (14, 8, "sha1-64"));
    assert_eq!((fineweb.min_similarity, fineweb.short.word()), (0.0, "exempt"));
    let nemotron = minhash(", preset = \"nemotron-cc-20x13\", min-similarity = 0.8");
    assert_eq!((nemotron.bands, nemotron.rows, nemotron.ngram, nemotron.lower), (20, 13, 24, false));
    assert_eq!((nemotron.shingle.word(), nemotron.min_similarity), ("char", 0.8));
    let olmo = minhash(", preset = \"olmo3-26x11\", tokenizer = \"tok.json\"");
    assert_eq!((olmo.bands, olmo.rows, olmo.shingle.word(), &olmo.keep), (26, 11, "token", &Keep::Newest));
    let derived = minhash(", similarity = 0.8");
    assert_eq!((derived.bands, derived.rows, derived.min_similarity), (26, 8, 0.8));
    let other = minhash(", similarity = 0.8, bands = 20, verify = \"containment\", keep = \"longest\"");
    assert_eq!((other.bands, other.rows, other.verify.word()), (20, 8, "containment"));
}

/// Every preset has the bands and rows that its name says.
#[test]
fn presets_are_what_they_are_called() {
    use gristmill::config::{MinhashPreset, presets::preset};
    for (word, _) in MinhashPreset::WORDS {
        let values = preset(MinhashPreset::from_word(word).expect("a word of its own"));
        assert!(word.ends_with(&format!("-{}x{}", values.bands, values.rows)), "{word}");
    }
}
