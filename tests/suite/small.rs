//! A small world in memory: inputs, config and run directory, for tests of the whole engine.

use gristmill::assembly::{Place, assemble, output_dir, read_config};
use gristmill::config::Overrides;
use gristmill::engine::{self, Failure, Machine, Progress, Signals, Summary};
use gristmill::ledger::{LedgerRow, each_row, verify};
use gristmill::steps::StepClock;
use gristmill::storage::{Files, Folder, Medium, Memory, Trouble};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The config of the small world: three sources, two barriers' worth of dedup, every kind of step.
pub const CONFIG: &str = r#"
version = 1
name = "small"

[[source]]
name = "lines"
paths = ["in/a.jsonl", "in/b.jsonl"]
[[source]]
name = "pages"
paths = ["in/*.html"]

[[step]]
extract = {}
[[step]]
language = { min-score = 0.0 }
[[step]]
filter = { name = "gopher-quality@datatrove-0.10", bounds = { too-few-words = 20 } }
mode = "tag"
[[step]]
name = "exact"
dedup = { method = "exact" }
[[step]]
name = "near"
dedup = { method = "minhash", keep = "longest" }
[[step]]
pii = {}
[[step]]
tokenize = { tokenizer = "embedded" }

[output]
dir = "out"
shard-tokens = 1500

[limits]
unit-bytes = "4KiB"
partitions = 3
max-fault-ratio = 1.0
"#;

/// Sentences without their end.
pub const TOPICS: [&str; 8] = [
    "The harbour master wrote that the tide had turned before the last of the boats came home",
    "In the valley below the mill the farmers have planted barley and oats for the winter",
    "Nobody at the meeting could say why the bridge had been closed to heavy carts",
    "A library without windows is a strange place, but the readers of this town like it",
    "When the train stopped at the border, the guards asked to see every single suitcase",
    "She measured the depth of the well with a rope and a stone and wrote the number down",
    "The recipe asks for three eggs, a cup of milk and patience while the dough is resting",
    "Old maps of the coast show an island that no ship has been able to find again",
];

/// The text of document `n`: distinct for distinct numbers.
pub fn text(n: usize) -> String {
    let mut out = String::new();
    for k in 0..4 {
        let topic = TOPICS[(n + k * 3) % TOPICS.len()];
        out.push_str(&format!("{topic}, and that was in the year {} of page {n}.", 1800 + n * 7 + k));
        out.push(if k % 2 == 1 { '\n' } else { ' ' });
    }
    if n % 9 == 4 {
        out.push_str(&format!("Write to reader{n}@example.org for more of it.\n"));
    }
    out
}

/// The inputs, as files in memory.
pub fn world() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    for (name, numbers) in [("a", 0..24), ("b", 12..36)] {
        let mut lines = String::new();
        for n in numbers {
            let text = serde_json::Value::from(text(n));
            lines.push_str(&format!(
                "{{\"id\":\"{name}{n}\",\"text\":{text},\"url\":\"https://site{}.example/{n}\"}}\n",
                n % 5
            ));
            if n % 11 == 3 {
                lines.push_str("{\"text\": broken\n");
            }
        }
        files.put(&format!("in/{name}.jsonl"), lines.as_bytes()).unwrap();
    }
    for n in 30..40 {
        let body = text(n).replace('\n', "</p><p>");
        let extra = if n % 2 == 0 { " And one sentence more, so that it is only nearly the same." } else { "" };
        let page = format!(
            "<html><head><title>Page {n}</title></head><body><article><h1>Page {n}</h1><p>{body}{extra}</p></article></body></html>"
        );
        files.put(&format!("in/{n}.html"), page.as_bytes()).unwrap();
    }
    memory
}

/// Runs `config` over the files of `memory`.
pub fn run(memory: &Memory, config: &str, threads: usize, bytes: usize) -> Result<Summary, Failure> {
    run_with(memory, config, threads, bytes, &Signals::none())
}

/// [`run`] with signals.
pub fn run_with(
    memory: &Memory,
    config: &str,
    threads: usize,
    bytes: usize,
    signals: &Signals,
) -> Result<Summary, Failure> {
    attempt(memory, config, threads, bytes, signals, |attempt| attempt.run())
}

/// Does `job` with an attempt at `config` over the files of `memory`.
pub fn attempt<T>(
    memory: &Memory,
    config: &str,
    threads: usize,
    bytes: usize,
    signals: &Signals,
    job: impl FnOnce(&engine::Attempt<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let place = Place { files: Arc::new(memory.clone()), base: String::new() };
    attempt_at(&place, config, threads, bytes, signals, job)
}

/// Does `job` with an attempt at `config` as it would stand at `place`.
pub fn attempt_at<T>(
    place: &Place,
    config: &str,
    threads: usize,
    bytes: usize,
    signals: &Signals,
    job: impl FnOnce(&engine::Attempt<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let files: Arc<dyn Files> = Arc::clone(&place.files);
    let (config, findings) = read_config(place, "small.toml", config, &Overrides::default());
    let Some(config) = config else {
        // A made-up failure of the medium shows up as a finding about a missing input.
        let said = gristmill::config::render(&findings, false);
        return Err(Failure::Refused(said));
    };
    let program = match assemble(place, &config, || 0, gristmill::report::html) {
        Ok(program) => program,
        Err(gristmill::assembly::AssemblyError::Storage(error)) => return Err(error.into()),
        Err(other) => return Err(Failure::Refused(format!("{other:?}"))),
    };
    let out = Folder::new(files, &output_dir(place, &config));
    let machine = Machine { threads, memory: bytes, keep_work: false };
    let (progress, clock) = (Progress::default(), StepClock::new(program.plan.steps.len()));
    job(&engine::Attempt {
        program: &program,
        machine,
        out: &out,
        signals,
        progress: &progress,
        clock: &clock,
        log: &|_, _| (),
    })
}

/// The run directory of a world, without the log.
pub fn output(memory: &Memory) -> BTreeMap<String, Vec<u8>> {
    let inside = |(name, bytes): (String, Vec<u8>)| Some((name.strip_prefix("out/")?.to_owned(), bytes));
    memory.snapshot().into_iter().filter_map(inside).filter(|(name, _)| name != "run.log.jsonl").collect()
}

/// The run directory as a medium.
pub fn directory(memory: &Memory) -> Folder {
    Folder::new(Arc::new(memory.clone()), "out")
}

/// The ledger of a world's run.
pub fn rows(memory: &Memory) -> Vec<LedgerRow> {
    let mut rows = Vec::new();
    each_row(&directory(memory), |row| {
        rows.push(row);
        true
    })
    .unwrap();
    rows
}

/// A value of a row, if it was measured.
pub fn metric(row: &LedgerRow, name: &str) -> Option<f64> {
    let found = row.metrics.iter().find(|(column, _)| column == name).map(|(_, value)| *value);
    found.filter(|value| !value.is_nan())
}

/// The ledger of a run that `verify` finds in order, each row with its text if it was kept.
pub fn rows_and_texts(memory: &Memory) -> Vec<(LedgerRow, Option<String>)> {
    assert_eq!(verify(&directory(memory)).unwrap().problems, []);
    let mut texts = HashMap::new();
    for (_, bytes) in output(memory).into_iter().filter(|(name, _)| name.starts_with("documents/")) {
        use arrow_array::cast::AsArray;
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes));
        for batch in reader.unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let column = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
            for (id, text) in column("id").iter().zip(column("text").iter()) {
                texts.insert(id.unwrap().to_owned(), text.unwrap().to_owned());
            }
        }
    }
    rows(memory).into_iter().map(|row| (texts.remove(&row.id), row)).map(|(text, row)| (row, text)).collect()
}

/// What a run left, as a test looks at it.
pub type Left<'a> = &'a dyn Fn(&Memory) -> BTreeMap<String, Vec<u8>>;

/// That a run leaves `clean` at other thread counts and budgets as well, and after a power cut at each of `cuts` storage calls; at most
/// `unfelt` of them may come when the run is over.
pub fn same_bytes(
    world: &dyn Fn() -> Memory,
    config: &str,
    (left, clean): (Left<'_>, &BTreeMap<String, Vec<u8>>),
    budget: usize,
    (cuts, unfelt): (u64, u64),
) {
    for (threads, budget) in [(1, budget), (7, budget), (2, 1 << 20), (3, 1 << 30)] {
        let memory = world();
        run(&memory, config, threads, budget).unwrap();
        assert!(left(&memory) == *clean, "{threads} threads, {budget} bytes");
    }
    let counting = world().with_trouble(Trouble::None);
    run(&counting, config, 1, budget).unwrap();
    let calls = counting.calls();
    let mut felt = 0;
    for k in (0..cuts).map(|n| 1 + n * calls / cuts) {
        let broken = world().settled().with_trouble(Trouble::CrashAt(k));
        if run(&broken, config, 1, budget).is_ok() {
            continue;
        }
        felt += 1;
        let after = broken.after_crash();
        run(&after, config, 2, budget).unwrap_or_else(|error| panic!("crash at {k}: {error}"));
        assert!(left(&after) == *clean, "crash at call {k}");
    }
    assert!(felt + unfelt >= cuts, "{felt} of {cuts} crashes were felt");
}

/// The ids of each sample of a shard with a table of places (MDS, LitData), as bytes; `arrays`: each begins with its lengths.
pub fn samples(bytes: &[u8], arrays: bool) -> Vec<&[u8]> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let sample = |n: usize| {
        let sample = &bytes[word(4 + 4 * n)..word(8 + 4 * n)];
        // Bytes of what follows (4), dimensions and how many bytes the length takes (1), the length.
        if arrays { &sample[5 + (1 << (sample[4] & 3))..] } else { sample }
    };
    (0..word(0)).map(sample).collect()
}

/// Replaces a file of a finished run and gives the manifest its checksum: what `verify` then finds, it finds by the content.
pub fn forge(out: &dyn Medium, key: &str, content: &[u8]) {
    use gristmill::ledger::{MANIFEST, Manifest};
    out.replace(key, content).unwrap();
    let mut manifest = Manifest::from_bytes(&out.read(MANIFEST).unwrap()).unwrap();
    let file = manifest.files.iter_mut().find(|file| file.path == key).unwrap();
    file.bytes = content.len() as u64;
    file.blake3 = blake3::hash(content).to_hex().to_string();
    out.replace(MANIFEST, &manifest.to_bytes()).unwrap();
}
