//! Figures of the deduplication kernels: `cargo bench --bench dedup`. CPU time of the thread, one thread.
//! Signatures over real text need GRISTMILL_DATA; the reduce part writes about 600 MB below the temporary folder.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use gristmill::dedup::cluster::{EdgeSource, Keep, cluster};
use gristmill::dedup::exchange::ExchangeWriter;
use gristmill::dedup::minhash::{Config, Family, MinHash, Path, ShingleHash, Work, mix};
use gristmill::dedup::reduce::reduce;
use gristmill::dedup::sketch::Bottom;
use gristmill::dedup::{Layout, RangeRead, Scratch, ScratchFile, exact};
use gristmill::document::{DocId, Document, Origin, Row};
use gristmill::steps::{ExactStep, Judge, MinHashStep, Preference, Target, Units, Yields};
use gristmill::text::{
    LettersAndDigits, Printed, Splitter, TextView, python, shingle_words, similarity_words, simplify,
};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Read};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use xxhash_rust::xxh3::xxh3_64;

/// Seconds this thread has been on a processor.
fn cpu() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("the benchmark runs on Linux");
    let nanoseconds: f64 = text.split(' ').next().and_then(|field| field.parse().ok()).expect("a number");
    nanoseconds / 1e9
}

fn status(field: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").expect("the benchmark runs on Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(field)).expect("a field of the status file");
    line.trim_matches([':', ' ', '\t', 'k', 'B']).parse::<f64>().expect("a number") / 1024.0
}

fn main() {
    paths();
    texts();
    shuffle();
}

fn paths() {
    let words: Vec<String> = (0..200_000_u64).map(|i| format!("w{:05}", mix(i) % 50_000)).collect();
    let mut work = Work::default();
    for (name, family) in [
        ("fast", Family::Fast { seed: 1 }),
        ("datatrove xxh64", Family::Datatrove(ShingleHash::XxHash64)),
        ("datatrove sha1", Family::Datatrove(ShingleHash::Sha1_64)),
    ] {
        let one = gristmill::dedup::minhash::Shape { bands: 1, rows: 1 };
        let full = Config { family, ..Config::default() };
        for path in Path::ALL.into_iter().filter(|path| path.available()) {
            let mut measure = |config: Config| {
                let hasher =
                    MinHash::new(config).and_then(|hasher| hasher.with_path(path)).expect("a good configuration");
                // Many rounds: the kernel brings the CPU time up to date only every few milliseconds.
                let start = cpu();
                let mut rounds = 0;
                while cpu() - start < 0.5 {
                    black_box(hasher.sign_words(words.iter().map(String::as_str), &mut work));
                    rounds += 1;
                }
                (cpu() - start) / f64::from(rounds) / words.len() as f64 * 1e9
            };
            let all = measure(full);
            let hashing = measure(Config { shape: one, ..full });
            println!(
                "{name:16} {path:?}: {all:6.1} ns per shingle for 112 permutations, of which about {:5.1} permutations",
                all - hashing
            );
        }
    }
}

/// Real documents as they stand: (name of the set, texts).
fn corpora(data: &std::path::Path) -> Vec<(&'static str, Vec<String>)> {
    let read = |name: &str| {
        let file = File::open(data.join(format!("8-corpus/{name}.jsonl.zst"))).expect("the corpus");
        let mut text = String::new();
        zstd::Decoder::new(file).and_then(|mut file| file.read_to_string(&mut text)).expect("zstd");
        let value = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
        let texts = text.split('\n').filter(|line| !line.is_empty()).map(value);
        texts.map(|value| value["text"].as_str().unwrap_or_default().to_owned()).collect::<Vec<String>>()
    };
    vec![
        ("English documentation and books", [read("powershell-docs"), read("classic-books-a")].concat()),
        ("documentation in 6 languages", read("tensorflow-docs-l10n")),
        ("very short pages in 39 languages", read("tldr")),
    ]
}

fn texts() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from) else {
        println!("signatures over text: skipped, GRISTMILL_DATA is not set");
        return;
    };
    for (name, documents) in corpora(&data) {
        let bytes: usize = documents.iter().map(String::len).sum();
        println!("\n{name}: {} documents, {:.0} MB", documents.len(), bytes as f64 / 1e6);
        kernels(&documents, bytes);
        steps(&documents, bytes);
    }
}

fn rate(documents: &[String], bytes: usize, name: &str, mut each: impl FnMut(&str)) {
    let start = cpu();
    let mut rounds = 0;
    while rounds == 0 || cpu() - start < 0.5 {
        documents.iter().for_each(|text| each(text));
        rounds += 1;
    }
    println!("{name:58} {:7.0} MB/s", bytes as f64 * f64::from(rounds) / 1e6 / (cpu() - start));
}

/// The parts of the step, one by one.
fn kernels(documents: &[String], bytes: usize) {
    let mut lower = String::new();
    rate(documents, bytes, "lower case", |text| {
        python::lower_into(text, &mut lower);
        black_box(&lower);
    });
    rate(documents, bytes, "cutting into letters and digits", |text| {
        black_box(shingle_words(text).count());
    });
    rate(documents, bytes, "cutting, hash of each word", |text| {
        black_box(shingle_words(text).fold(0, |sum, word| sum ^ xxh3_64(word.as_bytes())));
    });
    let mut work = Work::default();
    let shape = |bands, rows| gristmill::dedup::minhash::Shape { bands, rows };
    let mut sign = |name: &str, config: Config| {
        let hasher = MinHash::new(config).expect("a good configuration");
        let mut keys = Vec::new();
        rate(documents, bytes, name, |text| {
            keys.clear();
            hasher.sign_words_of::<LettersAndDigits>(text, &mut work);
            hasher.band_keys(&work.signature, &mut keys);
            black_box(&keys);
        });
    };
    sign("cutting, hash, signature of 1 x 1", Config { shape: shape(1, 1), ..Config::default() });
    sign("cutting, hash, signature of 14 x 8, bands", Config::default());
    sign("cutting, hash, signature of 26 x 11, bands", Config { shape: shape(26, 11), ..Config::default() });
    let mut sketch = Bottom::default();
    rate(documents, bytes, "cutting at white space", |text| {
        black_box(similarity_words(text).count());
    });
    rate(documents, bytes, "cutting at white space, hash, sketch of 512", |text| {
        sketch.fill_words::<Printed>(512, 5, text);
        black_box(sketch.values());
    });
    rate(documents, bytes, "datatrove's words: simplified, split as spaCy does", |text| {
        black_box(Splitter::SpacyEn.split(&simplify(text)).len());
    });
    rate(documents, bytes, "exact key", |text| {
        black_box(exact::content_key(text.as_bytes()));
    });
    let mut buffer = String::new();
    rate(documents, bytes, "normalised exact key", |text| {
        black_box(exact::normalised_key(text, &mut buffer));
    });
}

/// The steps of a chain as they run, lower case and all.
fn steps(documents: &[String], bytes: usize) {
    let documents_of = |text: &String| Document {
        id: DocId::default(),
        origin: Origin { file: "bench".into(), offset: 0 },
        source_id: None,
        url: None,
        date: None,
        markup: None,
        text: text.clone(),
        metadata: Vec::new(),
    };
    let documents: Vec<Document> = documents.iter().map(documents_of).collect();
    let mut row = Row::default();
    let mut run = |name: &str, step: &dyn Judge| {
        let start = cpu();
        let mut rounds = 0;
        while rounds == 0 || cpu() - start < 0.5 {
            for document in &documents {
                let mut yields = Yields::default();
                step.look(&TextView::new(&document.text), document, &mut row, &mut yields);
                black_box(yields);
            }
            rounds += 1;
        }
        println!("{name:58} {:7.0} MB/s", bytes as f64 * f64::from(rounds) / 1e6 / (cpu() - start));
    };
    let preference = Preference::First;
    let near = |config: Config, units: Units, sketch: usize| MinHashStep {
        step: 0,
        minhash: MinHash::new(config).expect("a good configuration"),
        units,
        lower: true,
        sketch,
        preference: preference.clone(),
    };
    let olmo = gristmill::dedup::minhash::Shape { bands: 26, rows: 11 };
    let fast = Config::default();
    run("step: 14 x 8, not verified", &near(fast, Units::Words, 0));
    run("step: 14 x 8, verified", &near(fast, Units::Words, 512));
    run("step: 26 x 11, not verified", &near(Config { shape: olmo, ..fast }, Units::Words, 0));
    run("step: 26 x 11, verified", &near(Config { shape: olmo, ..fast }, Units::Words, 512));
    run("step: 24-character shingles, not verified", &near(Config { ngram: 24, ..fast }, Units::Characters, 0));
    run("step: datatrove, xxh64", &near(Config::datatrove(ShingleHash::XxHash64), Units::SimplifiedWords, 0));
    run("step: datatrove, sha1-64", &near(Config::datatrove(ShingleHash::Sha1_64), Units::SimplifiedWords, 0));
    for (name, normalize) in [("step: exact", false), ("step: exact, normalised", true)] {
        let step = ExactStep { step: 0, target: Target::Text, normalize, preference: preference.clone() };
        run(name, &step);
    }
}

struct OnDisk(File);

impl RangeRead for OnDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(buf, offset)
    }
}

struct Folder(PathBuf, u32);

impl Scratch for Folder {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        self.1 += 1;
        let path = self.0.join(format!("run-{}", self.1));
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(path)?;
        Ok(Box::new(file))
    }
}

struct Edges(PathBuf);

impl EdgeSource for Edges {
    fn open(&self, partition: u32) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.0.join(format!("edges-{partition}")))?))
    }
}

/// 20 million records of 40 map units in one partition, as one partition unit would see them.
fn shuffle() {
    const UNITS: u32 = 40;
    const RECORDS: u64 = 20_000_000;
    let folder = std::env::temp_dir().join(format!("gristmill-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let mut scratch = Folder(folder.clone(), 0);
    let layout = Layout { partitions: 1, tag: 7 };
    let per_unit = (RECORDS / u64::from(UNITS)) as u32;
    let start = cpu();
    for unit in 0..UNITS {
        let mut writer = ExchangeWriter::<u64>::new(unit, layout, 16 << 20, &mut scratch).expect("a good budget");
        for index in 0..per_unit {
            // About one record in four shares its key with another.
            let key = mix(mix(u64::from(unit) << 32 | u64::from(index)) % (RECORDS * 2));
            writer.push(key, index).expect("scratch");
        }
        let mut out = BufWriter::new(File::create(folder.join(format!("unit-{unit}"))).expect("a file"));
        writer.finish(&mut out).expect("a disk");
    }
    let seconds = cpu() - start;
    println!("exchange writer: {:.2} CPU s for 20 M records, peak so far {:.0} MiB", seconds, status("VmHWM"));
    for budget in [32 << 20, 256 << 20, 1 << 30] {
        // Ask the kernel to forget the peak.
        let forgotten = fs::write("/proc/self/clear_refs", "5").is_ok();
        let inputs: Vec<OnDisk> =
            (0..UNITS).map(|unit| OnDisk(File::open(folder.join(format!("unit-{unit}"))).expect("a file"))).collect();
        let inputs: Vec<&dyn RangeRead> = inputs.iter().map(|input| input as &dyn RangeRead).collect();
        let before = status("VmRSS");
        let start = cpu();
        let mut out = BufWriter::new(File::create(folder.join("edges-0")).expect("a file"));
        let stats = reduce::<u64>(&inputs, layout, 0, budget, &mut scratch, &mut out).expect("good files");
        drop(out);
        println!(
            "reduce, budget {:4} MiB: {:.2} CPU s, {:.1} M records/s, peak {:.0} MiB above {:.0}{}; {stats:?}",
            budget >> 20,
            cpu() - start,
            RECORDS as f64 / 1e6 / (cpu() - start),
            status("VmHWM") - before,
            before,
            if forgotten { "" } else { " (peak of the whole process)" }
        );
    }
    let start = cpu();
    let clusters = cluster(&Edges(folder.clone()), layout, Keep::First, None).expect("good files");
    println!("cluster: {:.2} CPU s, {:?}", cpu() - start, clusters.stats);
    fs::remove_dir_all(folder).expect("the folder is ours");
}
