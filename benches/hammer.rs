//! Mutated inputs through every reader and decoder: no panic, no hang, no memory above the limits.
//!
//! `cargo bench --bench hammer -- [--inputs 1000000] [--seed 1] [--target NAME] [--seconds N] [--prove]`
//! `cargo bench --bench hammer -- --target NAME --replay FILE` runs one input that was kept.
//!
//! Seeds are the files of `sample-data` that fit a target and are small. Mutations are deterministic: the same seed and
//! number give the same input. They flip bits, cut, repeat and join pieces, put in words that the formats know, edit numbers
//! that declare lengths, and work below compression: a gzip, zstd, LZ4 or zip seed is unpacked, mutated and packed again with
//! right checksums. Each input is one call of `fuzz/bodies.rs`, which also states the laws. What fails is written to
//! `target/hammer/` and the command ends with 1. `--prove` plants a bug into every target and asks that it is found.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    unsafe_code,
    reason = "a measuring program with a counting allocator"
)]

#[path = "../fuzz/bodies.rs"]
mod bodies;

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Bytes held now and the most that were held since the last reset.
static HELD: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

struct Counting;

// SAFETY: every call goes to the system allocator unchanged; only sizes are counted beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size() as u64, Ordering::Relaxed) + layout.size() as u64;
        PEAK.fetch_max(held, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as u64, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// More CPU time than this is a hang; a machine that is busy with other work makes none. What waits for good is found by the
/// watchdog.
const HANG: Duration = Duration::from_secs(5);
/// The largest seed, in bytes.
const SEED_BYTES: u64 = 24 << 10;
/// The largest input, in bytes.
const INPUT_BYTES: usize = 256 << 10;

/// Knuth's MMIX generator.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}

/// Words that the formats know.
const WORDS: [&[u8]; 40] = [
    b"WARC/1.0\r\n",
    b"\r\n\r\n",
    b"\n\n",
    b"Content-Length: ",
    b"Content-Length: 18446744073709551615\r\n",
    b"WARC-Type: response\r\n",
    b"WARC-Segment-Number: 2\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip, br, zstd\r\n",
    b"ffffffffffffffff\r\n",
    b"0\r\n\r\n",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"\x5d\x2a\x4d\x18\xff\xff\xff\xff",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"PAR1",
    b"filedesc://x 0.0.0.0 20010101000000 text/plain 9\n",
    b"http://a/ 1.2.3.4 20010101000000 text/html 5\n",
    b"{\"text\":\"",
    b"\\ud800",
    b"\\u0000",
    b"[[[[[[[[[[[[[[[[",
    b"1e999",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0\0\0\0",
    b"<!--",
    b"<script>",
    b"<table><tr><td>",
    b"</p></div>",
    b"&#x110000;",
    b"<meta charset=utf-16>",
    b"\x1b$B",
    b"~{",
    b"\x0e",
    b"<![CDATA[",
];

struct Hammer {
    random: Lcg,
    seeds: Vec<Vec<u8>>,
    /// The seeds without their compression.
    plain: Vec<Vec<u8>>,
}

/// The most of an unpacked seed that is packed again, in bytes.
const PLAIN_BYTES: usize = 128 << 10;

impl Hammer {
    fn input(&mut self) -> Vec<u8> {
        // The shorter of two: damage is as good in a small file, and many more of them go through in an hour.
        let (one, other) = (self.random.below(self.seeds.len()), self.random.below(self.seeds.len()));
        let pick = if self.seeds[one].len() <= self.seeds[other].len() { one } else { other };
        let mut bytes = if self.random.below(2) == 0 {
            self.below_compression(pick)
        } else {
            let seed = self.seeds[pick].clone();
            self.mutated(seed)
        };
        bytes.truncate(INPUT_BYTES);
        bytes
    }

    fn mutated(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        for _ in 0..=self.random.below(5) {
            self.once(&mut bytes);
        }
        bytes
    }

    fn once(&mut self, bytes: &mut Vec<u8>) {
        let at = self.random.below(bytes.len() + 1);
        let scale = self.random.below(10);
        let len = self.random.below(1 << scale).min(bytes.len() - at);
        match self.random.below(12) {
            0 => bytes.truncate(at),
            1 => bytes[at..at + len].iter_mut().for_each(|byte| *byte ^= 0xff),
            2 => drop(bytes.drain(at..at + len)),
            3 => {
                let piece = bytes[at..at + len].to_vec();
                let times = 1 + self.random.below(40);
                bytes.splice(at..at, piece.repeat(times));
            }
            4 | 5 => {
                let word = WORDS[self.random.below(WORDS.len())];
                bytes.splice(at..at, word.iter().copied());
            }
            6 => {
                let other = &self.seeds[self.random.below(self.seeds.len())];
                let from = self.random.below(other.len());
                let piece = other[from..(from + 4096).min(other.len())].to_vec();
                bytes.splice(at..at + len, piece);
            }
            7 | 8 => self.number(bytes, at),
            9 => {
                // Small numbers in binary: sizes, counts, offsets.
                let value = [0, 1, 0x7f, 0x80, 0xff][self.random.below(5)];
                bytes[at..at + len.min(8)].fill(value);
            }
            10 => {
                // The tail holds footers and directories.
                let back = self.random.below(600).min(bytes.len());
                let at = bytes.len() - back;
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = byte.wrapping_add(1 + self.random.below(255) as u8);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.random.below(8);
                }
            }
        }
    }

    /// Edits the next decimal number at or behind `at`.
    fn number(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|n| n + at) else { return };
        let len = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count().min(18);
        let value: u64 = std::str::from_utf8(&bytes[start..start + len]).unwrap_or("0").parse().unwrap_or(0);
        let new = match self.random.below(6) {
            0 => value + 1,
            1 => value.saturating_sub(1),
            2 => value * 2,
            3 => 0,
            4 => u64::MAX,
            _ => self.random.below(100_000) as u64,
        };
        bytes.splice(start..start + len, new.to_string().into_bytes());
    }

    /// Unpacks, mutates, and packs again with right checksums, in any packing that the readers know.
    fn below_compression(&mut self, pick: usize) -> Vec<u8> {
        let plain = self.plain[pick].clone();
        let plain = self.mutated(plain);
        let pieces = 1 + self.random.below(4);
        let step = plain.len() / pieces + 1;
        let kind = self.random.below(4);
        if kind == 3 {
            return zipped(&plain, self.random.below(3));
        }
        let mut packed: Vec<u8> = plain.chunks(step).flat_map(|piece| pack(kind, piece)).collect();
        if self.random.below(8) == 0 {
            self.once(&mut packed);
        }
        packed
    }
}

fn unpacked(seed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if seed.starts_with(&[0x1f, 0x8b]) {
        let _ = flate2::read::MultiGzDecoder::new(seed).take(1 << 20).read_to_end(&mut out);
    } else if seed.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let _ = zstd::Decoder::new(seed).unwrap().take(1 << 20).read_to_end(&mut out);
    } else if seed.starts_with(&[4, 0x22, 0x4d, 0x18]) {
        let _ = lz4_flex::frame::FrameDecoder::new(seed).take(1 << 20).read_to_end(&mut out);
    } else {
        return seed.to_vec();
    }
    out
}

fn pack(kind: usize, piece: &[u8]) -> Vec<u8> {
    match kind {
        0 => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(1));
            encoder.write_all(piece).unwrap();
            encoder.finish().unwrap()
        }
        1 => zstd::encode_all(piece, 1).unwrap(),
        _ => {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
            encoder.write_all(piece).unwrap();
            encoder.finish().unwrap()
        }
    }
}

/// A zip container of one member: stored, deflated, or a gzip file stored.
fn zipped(plain: &[u8], how: usize) -> Vec<u8> {
    let content = if how == 2 { pack(0, plain) } else { plain.to_vec() };
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    let (method, data) = if how == 1 {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(1));
        encoder.write_all(&content).unwrap();
        (8_u16, encoder.finish().unwrap())
    } else {
        (0, content.clone())
    };
    let mut common = vec![20, 0, 0, 0];
    common.extend(method.to_le_bytes());
    common.extend([0; 4]);
    common.extend(crc.sum().to_le_bytes());
    common.extend((data.len() as u32).to_le_bytes());
    common.extend((content.len() as u32).to_le_bytes());
    common.extend([1, 0, 0, 0]);
    let mut out = [b"PK\x03\x04".as_slice(), &common, b"a", &data].concat();
    let directory = out.len() as u32;
    out.extend([b"PK\x01\x02\x14\0".as_slice(), &common, &[0; 10], &[0; 4], b"a"].concat());
    let length = out.len() as u32 - directory;
    out.extend(
        [b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &length.to_le_bytes(), &directory.to_le_bytes(), &[0, 0]]
            .concat(),
    );
    out
}

/// The seeds of a target: small files of the sample data that show it at work.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let fits = |name: &str, head: &[u8]| match target {
        "gzip" => head.starts_with(&[0x1f, 0x8b]),
        "zstd" => name.ends_with(".zst"),
        "lz4" => name.ends_with(".lz4"),
        "warc" => name.contains(".warc") && !name.ends_with(".wacz"),
        "arc" => name.contains("arc") && name.contains(".arc"),
        "wacz" => head.starts_with(b"PK"),
        "jsonl" => name.contains(".jsonl"),
        "parquet" => name.ends_with(".parquet"),
        "html" => name.ends_with(".html") || name.ends_with(".warc"),
        _ => name.ends_with(".html") || name.ends_with(".txt") || name.ends_with(".warc"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let mut files: Vec<PathBuf> = ["", "hostile", "text", "make/texts"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let limit = if target == "parquet" { 64 << 10 } else { SEED_BYTES };
    let mut out = Vec::new();
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !bytes.is_empty() && bytes.len() as u64 <= limit && fits(&name, &bytes) {
            out.push(bytes);
        }
    }
    if matches!(target, "charset" | "html") {
        let more: Vec<Vec<u8>> = out.iter().take(12).flat_map(|bytes| legacy(bytes)).collect();
        out.extend(more);
    }
    assert!(!out.is_empty(), "no seeds for {target}");
    out
}

/// The same text in other charsets.
fn legacy(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
    let labels = ["windows-1251", "windows-1252", "shift_jis", "gb18030", "euc-kr", "big5", "iso-2022-jp", "euc-jp"];
    let web = labels.iter().filter_map(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let mut out: Vec<Vec<u8>> = web.map(|encoding| encoding.encode(&text).0.into_owned()).collect();
    out.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    out
}

#[derive(Default)]
struct Tally {
    inputs: u64,
    bytes: u64,
    documents: u64,
    others: u64,
    faults: BTreeMap<&'static str, u64>,
    findings: u64,
    slowest: Duration,
    peak: u64,
}

struct Options {
    inputs: u64,
    seed: u64,
    seconds: u64,
    target: Option<String>,
    replay: Option<String>,
    prove: bool,
}

fn options() -> Options {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().position(|one| one == name).and_then(|at| arguments.get(at + 1)).cloned();
    let number = |name: &str, default| after(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    Options {
        inputs: number("--inputs", 2_000),
        seed: number("--seed", 1),
        seconds: number("--seconds", u64::MAX),
        target: after("--target"),
        replay: after("--replay"),
        prove: arguments.iter().any(|one| one == "--prove"),
    }
}

/// CPU time of this thread.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// A bug by order: it strikes where a target has done real work, in three ways.
fn planted(target: &str, number: u64, outcome: &bodies::Outcome) {
    // Pages are damaged by no reader: there a document is enough.
    let deep = outcome.documents > 0 && (target == "html" || !outcome.faults.is_empty());
    match (deep, number % 3) {
        (true, 0) => panic!("planted in {target}"),
        (true, 1) => drop(std::hint::black_box(vec![1_u8; (bodies::MEMORY + 16 * bodies::RECORD_BYTES + 1) as usize])),
        (true, _) => {
            let end = cpu() + HANG + Duration::from_millis(50);
            while cpu() < end {
                std::hint::black_box(0);
            }
        }
        _ => {}
    }
}

fn hammer(target: &'static str, options: &Options) -> Tally {
    let seeds = seeds(target);
    let mut plain: Vec<Vec<u8>> = seeds.iter().map(|seed| unpacked(seed)).collect();
    plain.iter_mut().for_each(|bytes| bytes.truncate(PLAIN_BYTES));
    let random = Lcg(options.seed.wrapping_mul(0x9e37_79b9) ^ target.len() as u64);
    let mut hammer = Hammer { random, seeds, plain };
    let mut tally = Tally::default();
    let started = Instant::now();
    let mut kinds = [0_u64; 3];
    for number in 0..options.inputs {
        if started.elapsed().as_secs() >= options.seconds || options.prove && kinds.iter().all(|kind| *kind > 0) {
            break;
        }
        let input = hammer.input();
        let before = HELD.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        let start = cpu();
        watch(target, options.seed, number);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let outcome = bodies::run(target, &input);
            if options.prove {
                planted(target, number, &outcome);
            }
            outcome
        }));
        let spent = cpu().saturating_sub(start);
        let peak = PEAK.load(Ordering::Relaxed).saturating_sub(before);
        tally.inputs += 1;
        tally.bytes += input.len() as u64;
        tally.slowest = tally.slowest.max(spent);
        tally.peak = tally.peak.max(peak);
        let wrong = match &outcome {
            Err(_) => Some((0, "panic".to_owned())),
            Ok(_) if peak > bodies::MEMORY + 16 * bodies::RECORD_BYTES => Some((1, format!("{} MiB", peak >> 20))),
            Ok(_) if spent > HANG => Some((2, format!("{:.1} s", spent.as_secs_f64()))),
            Ok(_) => None,
        };
        if let Some((kind, what)) = wrong {
            kinds[kind] += 1;
            tally.findings += 1;
            if !options.prove {
                keep(target, number, &input, &what);
            }
        }
        if let Ok(outcome) = outcome {
            tally.documents += outcome.documents;
            tally.others += outcome.others;
            for fault in outcome.faults {
                *tally.faults.entry(fault).or_default() += 1;
            }
        }
    }
    if options.prove {
        assert!(kinds.iter().all(|kind| *kind > 0), "{target}: not every planted bug was found: {kinds:?}");
    }
    tally
}

fn keep(target: &str, number: u64, input: &[u8], what: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/hammer");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{target}-{number}.bin"));
    std::fs::write(&path, input).unwrap();
    println!("FINDING {target} input {number} ({what}): {}", path.display());
}

/// What runs now, for the watchdog: a count that goes up with every input.
static BEAT: AtomicU64 = AtomicU64::new(0);

fn watch(target: &str, seed: u64, number: u64) {
    BEAT.fetch_add(1, Ordering::Relaxed);
    if number == 0 {
        eprintln!("{target}: seed {seed}");
    }
}

/// Ends the program when one input takes a minute.
fn watchdog() {
    std::thread::spawn(|| {
        let mut last = (0, Instant::now());
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let beat = BEAT.load(Ordering::Relaxed);
            if beat != last.0 {
                last = (beat, Instant::now());
            } else if beat > 0 && last.1.elapsed() > Duration::from_secs(60) {
                println!("FINDING: input {beat} of this run hangs");
                std::process::exit(1);
            }
        }
    });
}

fn main() {
    let options = options();
    watchdog();
    if let (Some(file), Some(target)) = (&options.replay, &options.target) {
        let input = std::fs::read(file).unwrap();
        let start = cpu();
        let outcome = bodies::run(target, &input);
        println!("{outcome:?}\n{:.3} s", (cpu() - start).as_secs_f64());
        return;
    }
    if options.prove {
        // A planted panic is no news.
        std::panic::set_hook(Box::new(|_| {}));
    }
    gristmill::panics::tell_places(|place| println!("caught at {place}"));
    let mut findings = 0;
    println!(
        "{:<8} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9} {:>8} findings",
        "target", "inputs", "MB", "documents", "faults", "slowest", "peak MiB", "in/s"
    );
    for target in bodies::TARGETS.into_iter().filter(|name| options.target.as_deref().is_none_or(|one| one == *name)) {
        let start = Instant::now();
        let tally = hammer(target, &options);
        let faults: u64 = tally.faults.values().sum();
        println!(
            "{target:<8} {:>9} {:>7} {:>9} {:>9} {:>7.0}ms {:>9.1} {:>8.0} {}",
            tally.inputs,
            tally.bytes >> 20,
            tally.documents,
            faults,
            tally.slowest.as_secs_f64() * 1e3,
            tally.peak as f64 / f64::from(1 << 20),
            tally.inputs as f64 / start.elapsed().as_secs_f64(),
            tally.findings
        );
        println!("         {:?}, {} others", tally.faults, tally.others);
        findings += if options.prove { 0 } else { tally.findings };
    }
    if findings > 0 {
        std::process::exit(1);
    }
}
