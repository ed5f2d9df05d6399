//! Decontamination against benchmark sets, through the whole engine.

use crate::small::{directory, output, rows, run, text};
use gristmill::ledger::{STATS, Stats, verify};
use gristmill::plan::Plan;
use gristmill::storage::{Folder, Medium, Memory, Trouble};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use std::collections::BTreeMap;
use std::sync::Arc;

const BUDGET: usize = 64 << 20;

/// A question and an answer of the first set: each has its own n-grams, and some reach across.
const QUESTION: &str = "Which of the three keepers wound the clock of the lighthouse on the night of the great storm?";
const ANSWER: &str = "It was the youngest of them, who had never been told that the key was kept under the stairs.";

/// Thirteen words of the second set's only long item.
const VERSE: &str = "seven grey geese went over the marsh before the bell had rung for noon";

fn jsonl(values: &[serde_json::Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// Documents: clean ones, and one for each way of being contaminated.
fn documents() -> Vec<String> {
    let mut out: Vec<String> = (0..20).map(text).collect();
    out[3] = format!("{} {ANSWER} {}", text(103), text(104));
    out[7] = format!("{} {QUESTION} {}", text(107), text(108));
    out[11] =
        format!("{} Storm?\n\nIt WAS the youngest of them, who had: never been told that {}", text(111), text(112));
    out[14] = format!("{} on the night of the great storm? It was the youngest of them {}", text(114), text(115));
    out[17] = format!("{}\n{VERSE}\n{}", text(117), text(118));
    out
}

fn world() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let lines: Vec<_> =
        (0..).zip(documents()).map(|(n, text)| serde_json::json!({ "id": format!("d{n}"), "text": text })).collect();
    files.put("in/a.jsonl", jsonl(&lines[..12]).as_bytes()).unwrap();
    files.put("in/b.jsonl", jsonl(&lines[12..]).as_bytes()).unwrap();
    let trivia = [
        serde_json::json!({ "key": "t-1", "q": "Too short?", "a": ["yes"] }),
        serde_json::json!({ "key": "t-2", "q": QUESTION, "a": ["No one.", ANSWER] }),
    ];
    files.put("sets/trivia.jsonl", jsonl(&trivia).as_bytes()).unwrap();
    let verses = [serde_json::json!({ "text": "short" }), serde_json::json!({ "text": format!("They say {VERSE}.") })];
    files.put("sets/verses.jsonl", jsonl(&verses).as_bytes()).unwrap();
    memory
}

const SETS: &str = "sets = [{ name = \"trivia\", paths = [\"sets/trivia.jsonl\"], question = \"q\", answer = \"a\", id = \"key\" }, \
                    { name = \"verses\", paths = [\"sets/v*.jsonl\"], text = \"text\" }]";

fn config(keys: &str, mode: &str) -> String {
    format!(
        "version = 1\n[[source]]\nname = \"web\"\npaths = [\"in/*\"]\n[[step]]\ndecontaminate = {{ {keys}, {SETS} }}\n{mode}\n\
         [output]\ndir = \"out\"\ntokens = \"none\"\ndocuments = true\n[limits]\nunit-bytes = \"4KiB\"\n"
    )
}

/// Document, rule, what was measured, and its value, of every drop.
fn drops(memory: &Memory) -> Vec<(String, String, String, f64)> {
    let dropped = rows(memory).into_iter().filter(|row| row.verdict == "drop");
    dropped.map(|row| (row.source_id.unwrap(), row.rule.unwrap(), row.metric.unwrap(), row.value.unwrap())).collect()
}

fn ran(keys: &str, mode: &str) -> Memory {
    let memory = world();
    run(&memory, &config(keys, mode), 2, BUDGET).unwrap();
    assert_eq!(verify(&directory(&memory)).unwrap().problems, []);
    memory
}

fn stats(memory: &Memory) -> Stats {
    serde_json::from_slice(&output(memory)[STATS]).unwrap()
}

fn dropped(keys: &str) -> Vec<String> {
    drops(&ran(keys, "")).into_iter().map(|(document, ..)| document).collect()
}

#[test]
fn which_parts_of_an_item_are_found_is_what_the_keys_say() {
    // 12 words: the answer; with the question's; and those across. datatrove's words are the same without marks.
    assert_eq!(dropped("across-ngrams = false"), ["d3", "d11", "d17"]);
    assert_eq!(dropped("across-ngrams = false, question-ngrams = true"), ["d3", "d7", "d11", "d17"]);
    assert_eq!(dropped("across-ngrams = true"), ["d3", "d11", "d14", "d17"]);
    assert_eq!(dropped("method = \"gpt3\", action = \"drop\""), ["d3", "d7", "d11", "d14", "d17"]);
    assert_eq!(dropped("ngram = 100"), [""; 0]);
}

#[test]
fn a_drop_names_set_item_and_overlap() {
    let memory = ran("ngram = 12", "");
    let all = drops(&memory);
    let (document, rule, metric, value) = &all[0];
    // 19 words of the answer.
    assert_eq!((document.as_str(), rule.as_str(), *value), ("d3", "contaminated:trivia", 8.0));
    assert_eq!(metric, "12-grams shared with trivia, the first with item `t-2` of trivia (record 2)");
    let (document, rule, metric, value) = &all[3];
    assert_eq!((document.as_str(), rule.as_str(), *value), ("d17", "contaminated:verses", 3.0));
    assert!(metric.contains("item `2` of verses (record 2)"), "{metric}");
    let plan: Plan = serde_json::from_slice(&output(&memory)["plan.json"]).unwrap();
    assert!(plan.references.iter().any(|(name, _)| name == "benchmark sets of `decontaminate`"));
    let sets: Vec<_> = plan.steps[0].sets.iter().map(|set| (set.name.as_str(), set.items, set.without)).collect();
    assert_eq!(sets, [("trivia", 2, 1), ("verses", 2, 1)]);
    let contacts = &stats(&memory).tally.steps[0].contacts;
    assert_eq!(contacts["trivia"].items.iter().copied().collect::<Vec<_>>(), [1]);
    assert_eq!((contacts["trivia"].documents, contacts["verses"].documents), (3, 1));
    let verse = documents()[17].chars().count() as u64;
    assert_eq!(contacts["verses"].chars, verse);
    let page = String::from_utf8(output(&memory)["report.html"].clone()).unwrap();
    assert!(page.contains("Items of benchmarks that stand in documents."));
}

const DECON: &str = "method = \"decon\", tokenizer = \"uniseg\"";
const DECON_CUT: &str = "method = \"decon\", tokenizer = \"uniseg\", action = \"cut\", margin = 10, min-left = 30";

/// The world of [`world`] with other documents, and a set with passages.
fn decon_world() -> (Memory, Vec<String>) {
    let memory = world();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let verse = "Seven grey geese -- went over the MARSH before the bell had rung for noon, they say";
    let texts = vec![
        text(1),
        format!("{} {} {ANSWER} {}", text(2), QUESTION.replace("the night", "the very night"), text(3)),
        format!("{} {QUESTION} {}", text(4), text(5)),
        format!("{} {verse}. Who went over? {}", text(6), text(7)),
        format!("{} {}\nA: {ANSWER}\n{} {verse} {}", text(8), QUESTION.to_uppercase(), text(9), text(10)),
    ];
    let lines: Vec<_> =
        (0..).zip(&texts).map(|(n, text)| serde_json::json!({ "id": format!("d{n}"), "text": text })).collect();
    for (name, content) in [
        ("in/a.jsonl", jsonl(&lines[..2])),
        ("in/b.jsonl", jsonl(&lines[2..])),
        (
            "sets/verses.jsonl",
            jsonl(&[
                serde_json::json!({ "text": "short" }),
                serde_json::json!({ "text": format!("{VERSE}, they say") }),
                serde_json::json!({ "text": text(40) }),
            ]),
        ),
    ] {
        files.remove(name).unwrap();
        files.put(name, content.as_bytes()).unwrap();
    }
    (memory, texts)
}

#[test]
fn sampled_overlap_names_the_item_with_its_score_and_forgives_words_put_in() {
    let (memory, _) = decon_world();
    run(&memory, &config(DECON, ""), 2, BUDGET).unwrap();
    assert_eq!(verify(&directory(&memory)).unwrap().problems, []);
    let all = drops(&memory);
    let named: Vec<_> =
        all.iter().map(|(document, rule, metric, _)| (document.as_str(), rule.as_str(), metric.as_str())).collect();
    assert_eq!(
        named,
        [
            ("d1", "contaminated:trivia", "overlap score of item `t-2` of trivia (record 2)"),
            ("d3", "contaminated:verses", "overlap score of item `2` of verses (record 2)"),
            ("d4", "contaminated:trivia", "overlap score of item `t-2` of trivia (record 2)"),
        ],
        "a question without its answer is not enough"
    );
    assert!(all[0].3 > 0.8 && all[0].3 < 1.0 && all[2].3 == 1.0, "{all:?}");
    let d4 = rows(&memory).into_iter().find(|row| row.source_id.as_deref() == Some("d4")).unwrap();
    assert_eq!((d4.also.as_deref(), d4.bound), (Some("contaminated:verses"), Some(f64::from(0.8_f32))));
    let plan: Plan = serde_json::from_slice(&output(&memory)["plan.json"]).unwrap();
    let sets: Vec<_> = plan.steps[0].sets.iter().map(|set| (set.name.as_str(), set.items, set.without)).collect();
    assert_eq!(sets, [("trivia", 2, 1), ("verses", 3, 1)]);
    assert_eq!(stats(&memory).tally.steps[0].contacts["verses"].documents, 2);
}

#[test]
fn sampled_overlap_cuts_where_the_parts_stand() {
    let (memory, all) = decon_world();
    run(&memory, &config(DECON_CUT, ""), 2, BUDGET).unwrap();
    let texts = kept(&memory);
    assert_eq!((drops(&memory), texts.len()), (Vec::new(), 5));
    assert_eq!(texts["d2"], all[2], "a document below the bound stays as it is");
    for words in ["STORM", "stairs", "geese", "noon"] {
        assert!(all[4].contains(words) && !texts["d4"].contains(words), "{words}: {}", texts["d4"]);
    }
    let kept_words = texts["d4"].split_whitespace().count();
    assert!(kept_words > text(8).split_whitespace().count() * 2, "the rest stays: {}", texts["d4"]);
    let memory = decon_world().0;
    run(&memory, &config(DECON_CUT, "mode = \"tag\""), 2, BUDGET).unwrap();
    assert_eq!(kept(&memory)["d4"], all[4]);
    let d4 = rows(&memory).into_iter().find(|row| row.source_id.as_deref() == Some("d4")).unwrap();
    assert_eq!(d4.tags.as_deref(), Some("decontaminate/contaminated:trivia#2,decontaminate/contaminated:verses#2"));
}

#[test]
fn items_of_sampled_overlap_may_lack_an_answer_but_not_all_of_them() {
    let said = |content: &str| {
        let (memory, _) = decon_world();
        let files = Folder::new(Arc::new(memory.clone()), "");
        files.remove("sets/trivia.jsonl").unwrap();
        files.put("sets/trivia.jsonl", content.as_bytes()).unwrap();
        run(&memory, &config(DECON, ""), 2, BUDGET).map(|_| drops(&memory)).map_err(|error| error.to_string())
    };
    let alone = serde_json::json!({ "key": "t-1", "q": QUESTION }).to_string();
    assert!(said(&alone).unwrap_err().contains("no item of set `trivia` has a field `a`"));
    let both = format!("{alone}\n{}", serde_json::json!({ "key": "t-2", "q": "Too short?", "a": "yes" }));
    let drops: Vec<String> = said(&both).unwrap().into_iter().map(|(document, ..)| document).collect();
    assert_eq!(drops, ["d1", "d2", "d3", "d4"], "the question alone is the item");
}

#[test]
fn a_set_whose_answers_are_empty_lists_is_one_of_questions() {
    let ran = |keys: &str, sets: &str| {
        let (memory, _) = decon_world();
        let files = Folder::new(Arc::new(memory.clone()), "");
        files.remove("sets/trivia.jsonl").unwrap();
        let item = |key: &str, question: &str| serde_json::json!({ "key": key, "q": question, "a": [] });
        files.put("sets/trivia.jsonl", jsonl(&[item("t-1", QUESTION), item("t-2", "Too short?")]).as_bytes()).unwrap();
        run(&memory, &config(keys, "").replace(SETS, sets), 2, BUDGET).unwrap();
        memory
    };
    let alone = format!("{} }}]", SETS.split("}, ").next().unwrap());
    for keys in ["method = \"gpt3\", action = \"drop\"", "question-ngrams = true"] {
        let dropped: Vec<String> = drops(&ran(keys, &alone)).into_iter().map(|(document, ..)| document).collect();
        assert_eq!(dropped, ["d1", "d2", "d4"], "{keys}");
    }
    let memory = ran(&format!("{DECON}, min-item-tokens = 10"), SETS);
    let plan: Plan = serde_json::from_slice(&output(&memory)["plan.json"]).unwrap();
    let set = &plan.steps[0].sets[0];
    assert_eq!((set.name.as_str(), set.items, set.without), ("trivia", 2, 1), "the question is looked for");
}

/// Texts of the kept documents, by their own id.
fn kept(memory: &Memory) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (name, bytes) in output(memory).into_iter().filter(|(name, _)| name.starts_with("documents/")) {
        let reader =
            SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap_or_else(|error| panic!("{name}: {error}"));
        for row in reader.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let column = |name: &str| row.get_column_iter().position(|(one, _)| one == name).unwrap();
            let text = row.get_string(column("text")).unwrap().clone();
            out.insert(row.get_string(column("source_id")).unwrap().clone(), text);
        }
    }
    out
}

#[test]
fn cutting_takes_the_passage_with_its_margin_and_leaves_the_rest() {
    let memory = ran("method = \"gpt3\", margin = 10, min-left = 30", "");
    let (texts, all) = (kept(&memory), documents());
    assert_eq!(drops(&memory), []);
    let (before, after) = all[17].split_once(VERSE).unwrap();
    let left = format!("{}\n\n{}", &before[..before.len() - 10], &after[10..]);
    assert_eq!(texts["d17"], left);
    assert_eq!(texts["d0"], all[0], "a clean document stays as it is");
    let row = rows(&memory).into_iter().find(|row| row.source_id.as_deref() == Some("d17")).unwrap();
    assert_eq!(row.tags.as_deref(), Some("decontaminate/contaminated:verses#2"));
    let lost = (all[17].len() - left.len() + 2) as u64;
    assert_eq!(stats(&memory).tally.steps[0].contacts["verses"].chars, lost);
}

#[test]
fn a_document_of_which_too_little_or_too_much_is_left_goes() {
    let reasons = |keys: &str| {
        let rules = drops(&ran(&format!("method = \"gpt3\", {keys}"), "")).into_iter();
        rules.map(|(document, rule, ..)| (document, rule)).collect::<Vec<_>>()
    };
    let contaminated = ["d3", "d7", "d11", "d14", "d17"];
    let all = |rule: &str| contaminated.map(|document| (document.to_owned(), rule.to_owned()));
    assert_eq!(reasons("margin = 100000"), all("nothing-left"));
    assert_eq!(reasons("margin = 0, min-left = 100000"), all("nothing-left"));
    assert_eq!(reasons("margin = 0, min-left = 0, max-pieces = 1"), all("too-many-pieces"));
}

#[test]
fn tag_mode_tells_and_changes_nothing() {
    for method in ["datatrove", "gpt3"] {
        let memory = ran(&format!("method = \"{method}\""), "mode = \"tag\"");
        assert_eq!(drops(&memory), []);
        let texts = kept(&memory);
        assert!(documents().iter().enumerate().all(|(n, text)| texts[&format!("d{n}")] == *text), "{method}");
        let row = rows(&memory).into_iter().find(|row| row.source_id.as_deref() == Some("d17")).unwrap();
        assert!(row.tags.unwrap().contains("decontaminate/contaminated:verses#2"), "{method}");
    }
}

#[test]
fn threads_memory_and_crashes_do_not_show() {
    for keys in ["ngram = 12", "method = \"gpt3\", margin = 10, min-left = 30", DECON, DECON_CUT] {
        let config = config(keys, "");
        let clean = {
            let memory = world();
            run(&memory, &config, 1, BUDGET).unwrap();
            output(&memory)
        };
        for (threads, bytes) in [(2, BUDGET), (7, BUDGET), (2, 16 << 20), (7, 512 << 20)] {
            let memory = world();
            run(&memory, &config, threads, bytes).unwrap();
            assert!(output(&memory) == clean, "{keys}: {threads} threads, {bytes} bytes");
        }
        let counting = world().with_trouble(Trouble::None);
        run(&counting, &config, 1, BUDGET).unwrap();
        let calls = counting.calls();
        for k in (0..20).map(|n| 1 + n * calls / 20) {
            let broken = world().settled().with_trouble(Trouble::CrashAt(k));
            assert!(run(&broken, &config, 1, BUDGET).is_err(), "the crash at call {k} was not felt");
            let left = broken.after_crash();
            run(&left, &config, 2, BUDGET).unwrap_or_else(|error| panic!("crash at {k}: {error}"));
            assert!(output(&left) == clean, "crash at call {k}");
        }
    }
}

#[test]
fn what_a_set_says_is_part_of_the_plan_and_where_it_lies_is_not_content() {
    let (memory, config) = (world(), config("ngram = 12", ""));
    run(&memory, &config, 2, BUDGET).unwrap();
    let files = Folder::new(Arc::new(memory.clone()), "");
    files.remove("sets/trivia.jsonl").unwrap();
    files.put("sets/trivia.jsonl", b"{\"key\":\"t-1\",\"q\":\"Other?\",\"a\":\"words\"}\n").unwrap();
    let other = run(&memory, &config, 2, BUDGET);
    assert!(other.is_err(), "the run directory holds a run over other items");
}

#[test]
fn a_set_that_cannot_be_read_whole_stops_the_run() {
    let said = |content: &str| {
        let memory = world();
        let files = Folder::new(Arc::new(memory.clone()), "");
        files.remove("sets/trivia.jsonl").unwrap();
        files.put("sets/trivia.jsonl", content.as_bytes()).unwrap();
        run(&memory, &config("ngram = 12", ""), 2, BUDGET).unwrap_err().to_string()
    };
    let good = "{\"key\":1,\"q\":\"a\",\"a\":\"b\"}\n";
    for (bad, why) in [
        ("{\"q\":\"a\"}", "there is no field `a`"),
        ("{\"q\":7,\"a\":\"b\"}", "field `q` is not a string"),
        ("{\"q\":\"a\",\"a\":{\"b\":1}}", "neither a text"),
        ("{\"q\":", "record 2"),
    ] {
        let said = said(&format!("{good}{bad}\n"));
        assert!(said.contains("`sets/trivia.jsonl`, record 2") && said.contains(why), "{bad}: {said}");
    }
}

#[test]
fn parquet_sets_are_read_like_lines() {
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("key", Arc::new(StringArray::from(vec!["t-1", "t-2"]))),
        ("q", Arc::new(StringArray::from(vec!["Too short?", QUESTION]))),
        ("a", Arc::new(StringArray::from(vec!["yes", ANSWER]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let memory = world();
    Folder::new(Arc::new(memory.clone()), "").put("sets/trivia.parquet", &bytes).unwrap();
    run(&memory, &config("ngram = 12", "").replace("trivia.jsonl", "trivia.parquet"), 2, BUDGET).unwrap();
    assert_eq!(drops(&memory), drops(&ran("ngram = 12", "")));
}

#[test]
fn configs_that_cannot_work_say_where_and_what_to_do() {
    let said = |step: &str| {
        let config = config("ngram = 12", "");
        let start = config.find("decontaminate =").unwrap();
        let line = config[start..].lines().next().unwrap();
        let config = config.replace(line, step);
        run(&world(), &config, 1, BUDGET).unwrap_err().to_string()
    };
    let set = "{ name = \"one\", paths = [\"sets/verses.jsonl\"], text = \"text\" }";
    for (step, code, place, words) in [
        (
            format!("decontaminate = {{ action = \"cut\", sets = [{set}] }}"),
            "C018",
            "small.toml:6:28",
            "`method = \"gpt3\"`",
        ),
        (format!("decontaminate = {{ sets = [{set}, {set}] }}"), "C010", "small.toml:6:", "another name"),
        ("decontaminate = { sets = [] }".to_owned(), "C028", "small.toml:6:26", "add one to `sets`"),
        ("decontaminate = {}".to_owned(), "C007", "small.toml:6:", "`sets` is missing"),
        (
            format!("decontaminate = {{ sets = [{}] }}", set.replace(", text = \"text\"", "")),
            "C007",
            "small.toml:6:",
            "question = ",
        ),
        (
            format!("decontaminate = {{ sets = [{}] }}", set.replace("verses", "absent")),
            "C014",
            "small.toml:6:",
            "absent.jsonl",
        ),
        (
            format!("decontaminate = {{ method = \"gtp3\", sets = [{set}] }}"),
            "C004",
            "small.toml:6:28",
            "did you mean `gpt3`?",
        ),
    ] {
        let said = said(&step);
        assert!(said.contains(code) && said.contains(place) && said.contains(words), "{step}\n{said}");
    }
}
