//! Near-duplicate detection on real documents, against all-pairs Jaccard, and on what datatrove computed.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use gristmill::dedup::cluster::{Compare, EdgeSource, Keep, Verify, cluster, one_by_one};
use gristmill::dedup::exchange::ExchangeWriter;
use gristmill::dedup::minhash::{Config, Family, MinHash, ShingleHash, Work, collision_probability, estimate};
use gristmill::dedup::reduce::reduce;
use gristmill::dedup::sketch::{Bottom, jaccard, jaccard_from};
use gristmill::dedup::{DedupError, Layout, MemoryScratch, RangeRead};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Read};
use std::path::PathBuf;
use xxhash_rust::xxh3::xxh3_64;

fn data() -> Option<PathBuf> {
    let path = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    path
}

fn lines(path: PathBuf) -> Vec<String> {
    let mut text = String::new();
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    zstd::Decoder::new(file).unwrap().read_to_string(&mut text).unwrap();
    text.split('\n').filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Documents of a corpus file that stand in one of its pairs: (id, lower-cased text), in file order.
pub struct Corpus {
    pub documents: Vec<(String, String)>,
    /// Pairs of document numbers with their exact Jaccard similarity (four decimals).
    pub pairs: Vec<(usize, usize, f64)>,
}

/// The pair lists define a word as a piece of `text.lower().split()` and a shingle as 5 of them, and so does this test.
pub fn corpus(name: &str, data: &std::path::Path) -> Corpus {
    let table = lines(data.join(format!("3-neardup/exact-jaccard-{name}.tsv.zst")));
    let rows: Vec<(f64, &str, &str)> = table
        .iter()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap();
            (field().parse().unwrap(), field(), field())
        })
        .collect();
    let wanted: BTreeSet<&str> = rows.iter().flat_map(|&(_, one, other)| [one, other]).collect();
    let mut documents = Vec::new();
    for line in lines(data.join(format!("8-corpus/{name}.jsonl.zst"))) {
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        let id = value["id"].as_str().unwrap();
        if wanted.contains(id) {
            documents.push((id.to_owned(), value["text"].as_str().unwrap().to_lowercase()));
        }
    }
    let number: HashMap<&str, usize> = documents.iter().enumerate().map(|(at, (id, _))| (id.as_str(), at)).collect();
    let pairs = rows.iter().filter_map(|&(j, one, other)| Some((*number.get(one)?, *number.get(other)?, j))).collect();
    Corpus { documents, pairs }
}

const NAMES: [&str; 3] = ["powershell-docs", "spamassassin-a", "tldr"];

/// Band keys and sketch of every document.
fn sign(corpus: &Corpus, hasher: &MinHash, k: usize) -> Vec<(Vec<u64>, Vec<u64>, Vec<u64>)> {
    let (mut work, mut sketch) = (Work::default(), Bottom::default());
    let mut one = |(_, text): &(String, String)| {
        assert!(hasher.sign_words(text.split_whitespace(), &mut work));
        let mut keys = Vec::new();
        hasher.band_keys(&work.signature, &mut keys);
        sketch.fill(k, 5, text.split_whitespace().map(|word| xxh3_64(word.as_bytes())));
        (keys, work.signature.clone(), sketch.values().to_vec())
    };
    corpus.documents.iter().map(&mut one).collect()
}

/// Seeds of the class averages: pairs of one cluster share shingles and so their luck, but not under another seed.
const SEEDS: u64 = 4;

#[derive(Default)]
struct Class {
    pairs: f64,
    found: f64,
    expected: f64,
    /// Sums of the errors of both estimates of J.
    signature_error: f64,
    sketch_error: f64,
}

/// Adds the pairs of a corpus to their classes (tenths of J) and returns (found, expected) among pairs with J >= 0.8.
fn count(corpus: &Corpus, hasher: &MinHash, classes: &mut BTreeMap<usize, Class>) -> (f64, f64) {
    let signed = sign(corpus, hasher, 128);
    let mut sums = (0.0, 0.0);
    for &(one, other, j) in &corpus.pairs {
        let (one, other) = (&signed[one], &signed[other]);
        let met = f64::from(u8::from(one.0.iter().zip(&other.0).any(|(x, y)| x == y)));
        let chance = collision_probability(j, hasher.config().shape);
        let class = classes.entry((j * 10.0) as usize).or_default();
        class.pairs += 1.0;
        class.found += met;
        class.expected += chance;
        class.signature_error += estimate(&one.1, &other.1) - j;
        class.sketch_error += jaccard(&one.2, &other.2, 128) - j;
        if j >= 0.8 {
            sums = (sums.0 + met, sums.1 + chance);
        }
    }
    sums
}

#[test]
fn recall_on_real_near_duplicates_follows_the_s_curve() {
    let Some(data) = data() else { return };
    let corpora = NAMES.map(|name| corpus(name, &data));
    let mut classes = BTreeMap::new();
    for seed in 1..=SEEDS {
        let config = Config { family: Family::Fast { seed }, ..Config::default() };
        let hasher = MinHash::new(config).unwrap();
        let sums = corpora.iter().map(|corpus| count(corpus, &hasher, &mut classes));
        let (found, expected) = sums.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        eprintln!("seed {seed}, J >= 0.8: found {found}, S-curve {expected:.1}, ratio {:.4}", found / expected);
        assert!(expected > 1_000.0);
        assert!(found >= 0.99 * expected, "seed {seed}: {found} of {expected}");
    }
    for (class, sums) in &classes {
        let mean = |sum: f64| sum / sums.pairs;
        let (found, expected) = (mean(sums.found), mean(sums.expected));
        let (bias, sketch_bias) = (mean(sums.signature_error), mean(sums.sketch_error));
        eprintln!(
            "J {:.1}: {} pairs, found {found:.4}, S-curve {expected:.4}, bias {bias:+.4}, of sketches {sketch_bias:+.4}",
            *class as f64 / 10.0,
            sums.pairs / SEEDS as f64,
        );
        assert!((found - expected).abs() < 0.04, "class {class}: {found} against {expected}");
        assert!(bias.abs() < 0.02 && sketch_bias.abs() < 0.02, "class {class}: {bias} {sketch_bias}");
    }
}

struct Edges(Vec<Vec<u8>>);

impl EdgeSource for Edges {
    fn open(&self, partition: u32) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0[partition as usize].as_slice()))
    }
}

struct Sketches<'a>(&'a (dyn Fn(u64) -> Vec<u32> + Sync));

impl Compare for Sketches<'_> {
    fn sketch(&self, document: u64) -> Result<Vec<u32>, DedupError> {
        Ok((self.0)(document))
    }

    fn alike(&self, stays: &[u32], goes: &[u32], least: f64) -> Option<f64> {
        jaccard_from(stays, goes, 256, least)
    }
}

/// The whole way over real documents, with sketches checked before removal: nobody goes for a document unlike itself.
#[test]
fn verified_clusters_of_real_documents_are_alike() {
    let Some(data) = data() else { return };
    let corpus = corpus("powershell-docs", &data);
    let hasher = MinHash::new(Config::default()).unwrap();
    let signed = sign(&corpus, &hasher, 256);
    let layout = Layout { partitions: 5, tag: 1 };
    let unit_size = corpus.documents.len().div_ceil(3);
    let files: Vec<Vec<u8>> = signed
        .chunks(unit_size)
        .zip(0..)
        .map(|(documents, unit)| {
            let mut scratch = MemoryScratch;
            let mut writer = ExchangeWriter::new(unit, layout, 1 << 20, &mut scratch).unwrap();
            for ((keys, ..), index) in documents.iter().zip(0..) {
                keys.iter().for_each(|&key| writer.push(key, index).unwrap());
            }
            let mut out = Vec::new();
            writer.finish(&mut out).unwrap();
            out
        })
        .collect();
    let inputs: Vec<&dyn RangeRead> = files.iter().map(|file| file as &dyn RangeRead).collect();
    let edges = (0..layout.partitions).map(|partition| {
        let mut out = Vec::new();
        reduce::<u64>(&inputs, layout, partition, 1 << 20, &mut MemoryScratch, &mut out).unwrap();
        out
    });
    let edges = Edges(edges.collect());
    let number = |ordinal: u64| (ordinal >> 32) as usize * unit_size + (ordinal & 0xffff_ffff) as usize;
    let sketches = Sketches(&|ordinal| signed[number(ordinal)].2.iter().map(|value| (value >> 32) as u32).collect());
    let verify = Verify { compare: &sketches, spread: &one_by_one, threshold: 0.7, max_leaders: 64, settled: u64::MAX };
    let plain = cluster(&edges, layout, Keep::First, None).unwrap();
    let checked = cluster(&edges, layout, Keep::First, Some(verify)).unwrap();
    let truth: HashMap<(usize, usize), f64> =
        corpus.pairs.iter().map(|&(one, other, j)| ((one.min(other), one.max(other)), j)).collect();
    let unlike = |clusters: &gristmill::dedup::cluster::Clusters| {
        let removed = clusters.members().filter(|member| member.document != member.survivor);
        removed.filter(|m| truth.get(&(number(m.survivor), number(m.document))).is_none_or(|&j| j < 0.6)).count()
    };
    eprintln!(
        "plain: {} removed, {} of them unlike their survivor; verified: {} removed, {} unlike",
        plain.stats.removed,
        unlike(&plain),
        checked.stats.removed,
        unlike(&checked)
    );
    assert!(checked.stats.removed > 1_000);
    // 0.1 below the threshold is more than three standard errors of a sketch of 256.
    assert!(unlike(&checked) * 200 < checked.stats.removed as usize, "{} unlike", unlike(&checked));
}

/// All texts of the vectors that datatrove computed, where they lie beside the data.
#[test]
fn datatrove_vectors() {
    let Some(data) = data() else { return };
    let Ok(text) = std::fs::read_to_string(data.join("../vectors/datatrove_v0.10_vectors.json")) else {
        eprintln!("skipped: no vectors beside GRISTMILL_DATA");
        return;
    };
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut work = Work::default();
    let mut signatures = 0;
    for (name, case) in vectors["texts"].as_object().unwrap() {
        let words: Vec<&str> =
            case["words_of_simplified"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        for (hash, field) in
            [(ShingleHash::Sha1_64, "sha1_64"), (ShingleHash::XxHash64, "xxh64"), (ShingleHash::Sha1_32, "sha1_32")]
        {
            let hasher = MinHash::new(Config::datatrove(hash)).unwrap();
            let signed = hasher.sign_words(words.iter().copied(), &mut work);
            let expected = &case[field]["signature_14x8"];
            assert_eq!(signed, expected.is_array(), "{name} {field}");
            if let Some(bands) = expected.as_array() {
                let rows = bands.iter().flat_map(|band| band.as_array().unwrap()).map(|row| row.as_u64().unwrap());
                assert_eq!(work.signature, rows.collect::<Vec<_>>(), "{name} {field}");
                signatures += 1;
            }
        }
    }
    assert!(signatures >= 20, "{signatures}");
}
