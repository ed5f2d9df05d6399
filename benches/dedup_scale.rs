//! Near-dedup of many synthetic documents within a memory budget: `cargo bench --bench dedup_scale -- 50000000 512`
//! (documents, MiB). One thread. Writes about 240 bytes a document below the temporary folder, and removes them.
//!
//! The documents exist as band keys alone, 14 each, as map units would write them. A third belongs to planted clusters whose
//! members share most bands; one in 5,000 shares a band with a cluster that is not its own, so that components hold several
//! clusters and verification has something to undo. At the end every verdict is held against what was planted.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use gristmill::dedup::cluster::{self, Compare, EdgeSource, Keep, Verify, cluster_within, one_by_one};
use gristmill::dedup::exchange::ExchangeWriter;
use gristmill::dedup::minhash::mix;
use gristmill::dedup::reduce::{ExchangeSource, NoneEarlier, reduce_from};
use gristmill::dedup::{DedupError, Layout, RangeRead, Scratch, ScratchFile, fates, ordinal, split_ordinal};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

const BANDS: u64 = 14;
const PARTITIONS: u32 = 128;
/// Documents per map unit.
const UNIT: u64 = 1_000_000;

/// The synthetic corpus.
#[derive(Clone, Copy)]
struct Corpus {
    documents: u64,
    clusters: u64,
}

impl Corpus {
    /// The planted cluster of a document, if it is in one.
    fn cluster(self, document: u64) -> Option<u64> {
        let random = mix(document ^ 0x5ca1e);
        (random % 100 < 35).then(|| mix(random) % self.clusters)
    }

    fn key(self, document: u64, band: u64) -> u64 {
        let random = mix(mix(document ^ 0xbad) + band);
        let of_cluster = |cluster: u64| mix(mix(cluster ^ 0xc105) ^ (band << 56));
        match self.cluster(document) {
            // One document in 5,000 has a band that leads astray; the first never does.
            Some(_) if band > 0 && random.is_multiple_of(5_000 * BANDS) => of_cluster(mix(random) % self.clusters),
            // Half of the bands agree, and the first always does.
            Some(cluster) if band == 0 || random & 1 << 40 == 0 => of_cluster(cluster),
            _ => mix(mix(document) ^ (band << 56) ^ 0x0a10_4e00),
        }
    }

    fn ordinal(self, document: u64) -> u64 {
        ordinal((document / UNIT) as u32, (document % UNIT) as u32)
    }

    fn document(self, ordinal: u64) -> u64 {
        let (unit, index) = split_ordinal(ordinal);
        u64::from(unit) * UNIT + u64::from(index)
    }
}

/// Sketches that say the planted cluster; documents without one differ from all others.
impl Compare for Corpus {
    fn sketch(&self, document: u64) -> Result<Vec<u32>, DedupError> {
        let document = self.document(document);
        let id = self.cluster(document).map_or(document | 1 << 62, |cluster| cluster);
        Ok(vec![id as u32, (id >> 32) as u32])
    }

    fn alike(&self, stays: &[u32], goes: &[u32], least: f64) -> Option<f64> {
        Some(f64::from(u8::from(stays == goes))).filter(|&similarity| similarity >= least)
    }
}

/// Files of the run, with the bytes that went to scratch space.
struct Folder {
    path: PathBuf,
    scratch: std::rc::Rc<std::cell::Cell<u64>>,
}

struct Counted(File, std::sync::Arc<std::sync::atomic::AtomicU64>);

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Counted {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.0.write(buffer)?;
        self.1.fetch_add(written as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Scratch files that vanish when they are dropped.
struct Space<'a>(&'a Path, std::sync::Arc<std::sync::atomic::AtomicU64>);

impl Scratch for Space<'_> {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        let path = self.0.join("scratch");
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(path)?;
        Ok(Box::new(Counted(file, std::sync::Arc::clone(&self.1))))
    }
}

struct OnDisk(File);

impl RangeRead for OnDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }
}

struct Units<'a>(&'a Path, usize);

impl ExchangeSource for Units<'_> {
    fn count(&self) -> usize {
        self.1
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        Ok(Box::new(OnDisk(File::open(self.0.join(format!("keys-{place}")))?)))
    }
}

struct Edges<'a>(&'a Path);

impl EdgeSource for Edges<'_> {
    fn open(&self, partition: u32) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(BufReader::new(File::open(self.0.join(format!("edges-{partition}")))?)))
    }
}

fn status(field: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").expect("the benchmark runs on Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(field)).expect("a field of the status file");
    line.trim_matches([':', ' ', '\t', 'k', 'B']).parse::<f64>().expect("a number") / 1024.0
}

fn cpu() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("the benchmark runs on Linux");
    text.split(' ').next().and_then(|field| field.parse::<f64>().ok()).expect("a number") / 1e9
}

/// Figures of one stage: printed when it ends.
struct Stage(&'static str, Instant, f64);

impl Stage {
    fn begin(name: &'static str) -> Self {
        // Asks the kernel to forget the peak so far.
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self(name, Instant::now(), cpu())
    }

    fn end(self, folder: &Folder, start: &str) {
        let written: u64 = fs::read_dir(&folder.path)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(start))
            .map(|entry| entry.metadata().unwrap().len())
            .sum();
        println!(
            "{:10} {:7.1} s, {:7.1} CPU s, files {:8.1} MB, through scratch {:8.1} MB, peak {:5.0} MiB",
            self.0,
            self.1.elapsed().as_secs_f64(),
            cpu() - self.2,
            written as f64 / 1e6,
            folder.scratch.replace(0) as f64 / 1e6,
            status("VmHWM")
        );
    }
}

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let documents = numbers.first().copied().unwrap_or(1_000_000);
    let budget = usize::try_from(numbers.get(1).copied().unwrap_or(512)).unwrap() << 20;
    let corpus = Corpus { documents, clusters: (documents / 20).max(1) };
    let path = std::env::temp_dir().join(format!("gristmill-scale-{}", std::process::id()));
    fs::create_dir_all(&path).expect("a temporary folder");
    println!("{documents} documents, {BANDS} bands, {PARTITIONS} partitions, {} MiB", budget >> 20);
    let folder = Folder { path, scratch: std::rc::Rc::default() };
    let layout = Layout { partitions: PARTITIONS, tag: 1 };
    let units = documents.div_ceil(UNIT);
    write_keys(corpus, units, layout, budget, &folder);
    reduce_all(units as usize, layout, budget, &folder);
    cluster_all(corpus, units as u32, layout, budget, &folder);
    fs::remove_dir_all(folder.path).expect("the folder is ours");
}

fn space(folder: &Folder) -> (Space<'_>, std::sync::Arc<std::sync::atomic::AtomicU64>) {
    let count = std::sync::Arc::default();
    (Space(&folder.path, std::sync::Arc::clone(&count)), count)
}

fn add(folder: &Folder, count: &std::sync::atomic::AtomicU64) {
    folder.scratch.set(folder.scratch.get() + count.load(std::sync::atomic::Ordering::Relaxed));
}

fn write_keys(corpus: Corpus, units: u64, layout: Layout, budget: usize, folder: &Folder) {
    let stage = Stage::begin("map");
    for unit in 0..units {
        let (mut scratch, count) = space(folder);
        // The share of a map unit in a run: an eighth.
        let mut writer = ExchangeWriter::<u64>::new(unit as u32, layout, budget / 8, &mut scratch).unwrap();
        for document in unit * UNIT..((unit + 1) * UNIT).min(corpus.documents) {
            for band in 0..BANDS {
                writer.push(corpus.key(document, band), (document % UNIT) as u32).unwrap();
            }
        }
        let mut out = BufWriter::new(File::create(folder.path.join(format!("keys-{unit}"))).unwrap());
        writer.finish(&mut out).unwrap();
        add(folder, &count);
    }
    stage.end(folder, "keys-");
}

fn reduce_all(units: usize, layout: Layout, budget: usize, folder: &Folder) {
    let stage = Stage::begin("reduce");
    let (mut records, mut edges, mut forest) = (0, 0, 0);
    for partition in 0..layout.partitions {
        let (mut scratch, count) = space(folder);
        let mut out = BufWriter::new(File::create(folder.path.join(format!("edges-{partition}"))).unwrap());
        let source = Units(&folder.path, units);
        let stats =
            reduce_from::<u64>(&source, layout, partition, (budget / 2, &mut scratch), &mut NoneEarlier, &mut out)
                .unwrap();
        records += stats.records;
        edges += stats.edges;
        forest += stats.forest;
        add(folder, &count);
    }
    stage.end(folder, "edges-");
    println!("           {records} records, {edges} edges, {forest} in the forests");
}

fn cluster_all(corpus: Corpus, units: u32, layout: Layout, budget: usize, folder: &Folder) {
    // What was planted: the first document of each cluster, and how many it has. 12 bytes for each of documents / 20.
    let mut first = vec![u64::MAX; corpus.clusters as usize];
    let mut sizes = vec![0_u32; corpus.clusters as usize];
    for document in 0..corpus.documents {
        if let Some(cluster) = corpus.cluster(document) {
            first[cluster as usize] = first[cluster as usize].min(document);
            sizes[cluster as usize] += 1;
        }
    }
    let planted: u64 = sizes.iter().filter(|&&size| size > 1).map(|&size| u64::from(size)).sum();
    let stage = Stage::begin("cluster");
    let (mut scratch, count) = space(folder);
    let (mut unit, mut members, mut wrong, mut all) = (0, Vec::new(), 0_u64, 0_u64);
    let out = BufWriter::new(File::create(folder.path.join("fates-0")).unwrap());
    let mut fates = fates::FatesWriter::new(layout, out);
    let mut write = |members: &mut Vec<_>| fates.section(members.drain(..)).unwrap();
    let verify = Verify { compare: &corpus, spread: &one_by_one, threshold: 0.75, max_leaders: 256, settled: u64::MAX };
    let room: (usize, &mut dyn Scratch) = (budget / 2, &mut scratch);
    let stats = cluster_within(
        cluster::Edges::Files(&Edges(&folder.path)),
        layout,
        Keep::First,
        Some(verify),
        room,
        &mut |member| {
            while unit < split_ordinal(member.document).0 {
                write(&mut members);
                unit += 1;
            }
            let cluster = corpus.cluster(corpus.document(member.document));
            let right = cluster.is_some_and(|cluster| {
                member.survivor == corpus.ordinal(first[cluster as usize])
                    && member.cluster_size == sizes[cluster as usize]
            });
            wrong += u64::from(!right);
            all += 1;
            members.push(member);
            Ok(())
        },
    )
    .unwrap();
    (unit..units).for_each(|_| write(&mut members));
    drop(fates.finish().unwrap());
    add(folder, &count);
    stage.end(folder, "fates-");
    println!(
        "           {} components, the biggest of {:?}; {} clusters, {} removed; beyond the limit of survivors {}",
        stats.components, stats.biggest_component, stats.clusters, stats.removed, stats.beyond_leaders
    );
    println!("           planted in clusters {planted}, found {all}, wrong {wrong}");
    assert!(wrong == 0 && all == planted, "what was planted was not found");
}
