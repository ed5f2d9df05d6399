use super::mt19937::datatrove_constants;
use super::*;
use crate::dedup::sketch::Bottom;
use std::collections::BTreeSet;

/// SplitMix64 stream for test data.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }
}

fn words(count: usize, random: &mut Random) -> Vec<String> {
    (0..count).map(|_| format!("w{}", random.next() % 5_000)).collect()
}

fn sign(hasher: &MinHash, words: &[impl AsRef<str>]) -> Option<Vec<u64>> {
    let mut work = Work::default();
    hasher.sign_words(words.iter().map(AsRef::as_ref), &mut work).then_some(work.signature)
}

/// numpy 2.4.6, `RandomState(1).randint(..., dtype=uint64)`, as datatrove a649de79 calls it.
#[test]
fn permutation_constants_are_those_of_numpy() {
    let (a, b) = datatrove_constants(112);
    assert_eq!(a[..3], [775_169_054_918_279_404, 1_758_426_461_858_698_313, 2_109_959_069_025_162]);
    assert_eq!(b[..3], [1_062_448_801_025_099_917, 1_324_811_268_927_594_100, 1_217_488_311_597_731_462]);
    let (a16, b16) = datatrove_constants(16);
    assert_eq!(a16[..], a[..16], "a does not depend on the number of permutations");
    assert_eq!(b16[0] + 1, a[16], "b continues the stream of a, one lower");
}

/// Output of datatrove a649de79 (Python 3.11.7, xxhash 3.8.2) for text `t8` of its vectors: band 0 and band 13.
#[test]
fn datatrove_signatures_are_bit_equal() {
    let words = ["日本語のテキストてす", "mixed", "with", "english", "words", "to", "be", "or", "not", "to", "be"];
    let cases = [(ShingleHash::Sha1_64, SHA64), (ShingleHash::XxHash64, XXH64), (ShingleHash::Sha1_32, SHA32)];
    for (hash, (first, last)) in cases {
        for path in Path::ALL.into_iter().filter(|path| path.available()) {
            let hasher = MinHash::new(Config::datatrove(hash)).unwrap().with_path(path).unwrap();
            let signature = sign(&hasher, &words).unwrap();
            assert_eq!(signature[..8], first, "{hash:?} {path:?}");
            assert_eq!(signature[104..], last, "{hash:?} {path:?}");
        }
    }
}

const SHA64: ([u64; 8], [u64; 8]) = (
    [
        439_638_530_978_554_044,
        22_050_964_959_294_866,
        955_529_436_568_860_067,
        174_819_966_280_217_825,
        89_773_774_549_507_986,
        215_149_316_262_655_693,
        64_603_786_655_375_672,
        121_938_196_809_706_431,
    ],
    [
        222_731_698_027_564_952,
        170_702_408_282_450_351,
        475_185_705_040_371_606,
        245_701_814_945_495_623,
        173_972_199_179_748_756,
        455_099_823_499_915_204,
        40_991_024_912_069_765,
        100_836_908_586_301_651,
    ],
);
const XXH64: ([u64; 8], [u64; 8]) = (
    [
        110_869_868_903_693_816,
        497_469_688_981_620_190,
        1_483_539_955_512_880_074,
        330_696_906_313_537_146,
        281_450_648_304_418_778,
        420_580_312_848_171_074,
        185_511_572_596_087_052,
        587_571_126_437_405_089,
    ],
    [
        269_273_642_703_760_358,
        12_041_386_718_766_461,
        272_604_827_572_465_230,
        554_655_424_052_756_215,
        61_687_927_679_791_752,
        199_568_777_081_351_876,
        829_061_868_250_270,
        149_303_932_470_507_145,
    ],
);
const SHA32: ([u64; 8], [u64; 8]) = (
    [613_228_725, 434_339_763, 165_676_514, 97_704_524, 34_531_966, 500_177_114, 985_473_332, 438_668_132],
    [15_824_346, 45_593_265, 435_624_910, 228_094_912, 484_902_294, 289_822_706, 90_680_909, 463_704_261],
);

#[test]
fn all_paths_agree() {
    let mut random = Random(3);
    for permutations in [1, 7, 16, 112, 260] {
        for count in [1, 4, 5, 40, 3_000] {
            let words = words(count, &mut random);
            for family in [Family::Fast { seed: 9 }, Family::Datatrove(ShingleHash::XxHash64)] {
                let shape = Shape { bands: permutations, rows: 1 };
                let hasher = MinHash::new(Config { shape, family, ..Config::default() }).unwrap();
                let mut seen = BTreeSet::new();
                for path in Path::ALL.into_iter().filter(|path| path.available()) {
                    seen.insert(sign(&hasher.clone().with_path(path).unwrap(), &words));
                }
                assert_eq!(seen.len(), 1, "{permutations} {count} {family:?}");
            }
        }
    }
}

/// The kernel against the definition, one permutation and one shingle at a time.
#[test]
fn the_fast_family_is_what_it_says() {
    let words = ["a", "b", "c", "a", "b", "c", "d"];
    let hasher = MinHash::new(Config { ngram: 3, ..Config::default() }).unwrap();
    let (a, b) = kernel::fast_constants(1, 112);
    let base = 0x9e37_79b9_7f4a_7c15_u64;
    let expected: Vec<u64> = (0..112)
        .map(|k| {
            let shingles = words.windows(3).map(|three| {
                let hash =
                    three.iter().fold(0_u64, |sum, word| sum.wrapping_mul(base).wrapping_add(xxh3_64(word.as_bytes())));
                let h = (mix(hash) >> 32) as u32;
                u64::from(a[k].wrapping_mul(h).wrapping_add(b[k]))
            });
            shingles.min().unwrap()
        })
        .collect();
    assert_eq!(sign(&hasher, &words), Some(expected));
}

#[test]
fn order_counts_and_repetition_does_not() {
    let hasher = MinHash::new(Config { ngram: 2, ..Config::default() }).unwrap();
    assert_ne!(sign(&hasher, &["x", "y"]), sign(&hasher, &["y", "x"]));
    assert_eq!(sign(&hasher, &["x", "y", "x", "y"]), sign(&hasher, &["x", "y", "x", "y", "x", "y"]));
    let chars = |text: &str| {
        let mut work = Work::default();
        hasher.sign_chars(text, &mut work).then_some(work.signature)
    };
    assert_eq!(chars("ababab"), chars("abab"));
    assert_ne!(chars("ab"), chars("ba"));
    assert_eq!(chars(""), None);
}

#[test]
fn short_documents_follow_the_policy() {
    let whole = MinHash::new(Config::default()).unwrap();
    let exempt = MinHash::new(Config { short: Short::Exempt, ..Config::default() }).unwrap();
    let datatrove = MinHash::new(Config::datatrove(ShingleHash::XxHash64)).unwrap();
    let four = ["one", "two", "three", "four"];
    assert_eq!(sign(&exempt, &four), None);
    assert_eq!(sign(&datatrove, &four), None);
    let signed = sign(&whole, &four).unwrap();
    assert_eq!(sign(&whole, &four), Some(signed.clone()));
    assert_ne!(sign(&whole, &four[..3]), Some(signed.clone()));
    // Zero hashes pad neither side: a short document is no shingle of a longer one.
    assert!(estimate(&signed, &sign(&whole, &["one", "two", "three", "four", "five"]).unwrap()) < 0.1);
    assert_eq!(sign(&whole, &[] as &[&str]), None);
    let loose = MinHash::new(Config { short: Short::WholeText, ..*datatrove.config() }).unwrap();
    assert!(sign(&loose, &four).is_some());
}

/// Mean and spread of the Jaccard estimate over pairs with known similarity: no bias, and the variance of 112 independent
/// draws (within the noise of the test).
#[test]
fn the_estimate_is_unbiased() {
    let hasher = MinHash::new(Config { ngram: 1, ..Config::default() }).unwrap();
    let mut random = Random(77);
    for (size, shared) in [(60_usize, 30), (400, 320), (2_000, 1_800), (300, 30)] {
        let truth = shared as f64 / (2 * size - shared) as f64;
        let pairs = 400;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..pairs {
            // Counters, not random names: hashes must do the mixing.
            let start = random.next() % 1_000_000_000;
            let name = |i: usize| format!("{}", start as usize + i);
            let one: Vec<_> = (0..size).map(name).collect();
            let other: Vec<_> = (size - shared..2 * size - shared).map(name).collect();
            let error = estimate(&sign(&hasher, &one).unwrap(), &sign(&hasher, &other).unwrap()) - truth;
            sum += error;
            squares += error * error;
        }
        let mean = sum / pairs as f64;
        let variance = squares / pairs as f64;
        let expected = truth * (1.0 - truth) / 112.0;
        let noise = (expected / pairs as f64).sqrt();
        assert!(mean.abs() < 4.0 * noise, "bias {mean} at {truth}, noise {noise}");
        assert!((0.7..1.35).contains(&(variance / expected)), "variance ratio {} at {truth}", variance / expected);
    }
}

/// How often a pair meets in a band, against the S-curve.
#[test]
fn bands_follow_the_s_curve() {
    let hasher = MinHash::new(Config { ngram: 1, ..Config::default() }).unwrap();
    let mut random = Random(5);
    for (size, shared) in [(200_usize, 165), (200, 178), (200, 120)] {
        let truth = shared as f64 / (2 * size - shared) as f64;
        let expected = collision_probability(truth, hasher.config().shape);
        let pairs = 1_500;
        let met = (0..pairs).filter(|_| {
            let names: Vec<String> = (0..2 * size - shared).map(|_| random.next().to_string()).collect();
            let keys = |words: &[String]| {
                let mut keys = Vec::new();
                hasher.band_keys(&sign(&hasher, words).unwrap(), &mut keys);
                keys
            };
            let (one, other) = (keys(&names[..size]), keys(&names[size - shared..]));
            assert_eq!(one.len(), 14);
            one.iter().zip(&other).any(|(x, y)| x == y)
        });
        let rate = met.count() as f64 / f64::from(pairs);
        let noise = (expected * (1.0 - expected) / f64::from(pairs)).sqrt() + 0.001;
        assert!((rate - expected).abs() < 4.5 * noise, "{rate} against {expected} at {truth}");
    }
}

/// Table of recipes: P(.7), P(.8), P(.9) and the knee, as published parameters give them.
#[test]
fn collision_probabilities() {
    let near = |x: f64, y: f64| assert!((x - y).abs() < 6e-4, "{x} {y}");
    for (bands, rows, knee, at) in [
        (14, 8, 0.719, [0.565, 0.924, 1.0]),
        (26, 11, 0.744, [0.405, 0.903, 1.0]),
        (20, 13, 0.794, [0.177, 0.677, 0.997]),
        (9, 13, 0.844, [0.084, 0.399, 0.929]),
    ] {
        let shape = Shape { bands, rows };
        near(shape.knee(), knee);
        [0.7, 0.8, 0.9].iter().zip(at).for_each(|(&s, p)| near(collision_probability(s, shape), p));
    }
}

/// What datasketch's `optimal_param` gives to the recipes that use it.
#[test]
fn shapes_for_a_similarity() {
    for (target, permutations, bands, rows) in [
        (0.7, 256, 25, 10),
        (0.8, 128, 9, 13),
        (0.7, 240, 24, 10),
        (0.9, 128, 5, 25),
        (0.7, 128, 14, 9),
        (1.0, 128, 1, 128),
    ] {
        assert_eq!(
            shape_for_similarity(target, permutations).unwrap(),
            Shape { bands, rows },
            "{target} {permutations}"
        );
    }
    assert!(shape_for_similarity(1.5, 128).is_err());
    assert!(shape_for_similarity(0.5, 0).is_err());
}

#[test]
fn settings_are_checked() {
    let with = |bands, rows, ngram| MinHash::new(Config { shape: Shape { bands, rows }, ngram, ..Config::default() });
    assert!(with(0, 8, 5).is_err());
    assert!(with(usize::MAX, 2, 5).is_err());
    assert!(with(14, 8, 0).is_err());
    assert!(with(14, 8, 65).is_err());
    assert!(with(450, 20, 64).is_ok());
}

#[test]
fn sketches_estimate_jaccard() {
    let sketch = |from: usize, to: usize| {
        let mut sketch = Bottom::default();
        sketch.fill(128, 1, (from as u64..to as u64).map(mix));
        sketch.values().to_vec()
    };
    let jaccard = |x: &[u64], y: &[u64]| crate::dedup::sketch::jaccard(x, y, 128);
    // Small sets are complete: the estimate is exact.
    assert_eq!(jaccard(&sketch(0, 50), &sketch(10, 60)), 40.0 / 60.0);
    assert_eq!(jaccard(&sketch(0, 50), &sketch(50, 90)), 0.0);
    let big = jaccard(&sketch(0, 5_000), &sketch(1_000, 6_000));
    assert!((big - 4_000.0 / 6_000.0).abs() < 0.13, "{big}");
    assert_eq!(sketch(0, 5_000).len(), 128);
}

/// The definition, hash by hash of the union.
fn jaccard_by_definition(one: &[u64], other: &[u64], k: usize) -> f64 {
    let union: std::collections::BTreeSet<u64> = one.iter().chain(other).copied().collect();
    let first: Vec<u64> = union.into_iter().take(k).collect();
    let shared = first.iter().filter(|hash| one.contains(hash) && other.contains(hash)).count();
    shared as f64 / first.len().max(1) as f64
}

proptest::proptest! {
    #[test]
    fn jaccard_is_told_from_a_least_value_on(
        one in proptest::collection::btree_set(0..60_u64, 0..40),
        other in proptest::collection::btree_set(0..60_u64, 0..40),
        k in 1..40_usize,
        least in proptest::prop_oneof![proptest::strategy::Just(0.0), 0.0..=1.0_f64],
    ) {
        let sketch = |set: std::collections::BTreeSet<u64>| set.into_iter().take(k).collect::<Vec<u64>>();
        let (one, other) = (sketch(one), sketch(other));
        let truth = jaccard_by_definition(&one, &other, k);
        for least in [least, truth] {
            let told = crate::dedup::sketch::jaccard_from(&one, &other, k, least);
            proptest::prop_assert_eq!(told, (truth >= least).then_some(truth));
        }
    }
}

#[test]
fn a_hasher_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<MinHash>();
    fn sent<T: Send>() {}
    sent::<Work>();
}

/// The rule: most rows within 256 hashes that find 99 of 100 pairs at the similarity, with the fewest bands.
#[test]
fn shapes_that_find_a_similarity() {
    for (target, bands, rows) in [(0.5, 35, 3), (0.7, 37, 6), (0.8, 26, 8), (0.9, 18, 14), (1.0, 1, 256)] {
        let shape = shape_finding(target).unwrap();
        assert_eq!(shape, Shape { bands, rows }, "{target}");
        assert!(collision_probability(target, shape) >= FOUND, "{target}");
        assert!(collision_probability(target, Shape { bands: bands - 1, rows }) < FOUND, "{target}");
        let steeper = Shape { bands: 256 / (rows + 1), rows: rows + 1 };
        assert!(rows == 256 || collision_probability(target, steeper) < FOUND, "{target}");
    }
    assert!(shape_finding(0.05).is_err() && shape_finding(f64::NAN).is_err());
}

/// The fast way from a text to signature and sketch, against word by word: words of all lengths, more than a block has.
#[test]
fn words_of_a_text_are_signed_as_one_by_one() {
    use crate::text::{LettersAndDigits, Printed, shingle_words, similarity_words};
    let mut random = Random(11);
    let (mut work, mut sketch, hasher) = (Work::default(), Bottom::default(), MinHash::new(Config::default()).unwrap());
    let datatrove = Config { family: Family::Datatrove(ShingleHash::XxHash64), ..Config::default() };
    let datatrove = MinHash::new(datatrove).unwrap();
    for round in 0..60 {
        let count = [0, 1, 3, 5, 200, 511, 512, 513, 1_024, 3_000][round % 10];
        let mut text = String::new();
        for _ in 0..count {
            let length = [1, 3, 4, 8, 9, 16, 17, 40, 300][(random.next() % 9).min(random.next() % 9) as usize];
            (0..length).for_each(|_| text.push(char::from(b'a' + (random.next() % 4) as u8)));
            text.push_str([" ", ", ", "-", "é", "…\n", "  "][(random.next() % 6) as usize]);
        }
        text.push_str(["", "日本語 x"][round % 2]);
        for hasher in [&hasher, &datatrove] {
            let mut slow = Work::default();
            let signed = hasher.sign_words(shingle_words(&text), &mut slow);
            assert_eq!(hasher.sign_words_of::<LettersAndDigits>(&text, &mut work), signed);
            assert_eq!(work.signature, slow.signature);
            let signed = hasher.sign_words(similarity_words(&text), &mut slow);
            assert_eq!(hasher.sign_words_of::<Printed>(&text, &mut work), signed);
            assert_eq!(work.signature, slow.signature);
        }
        let mut slow = Bottom::default();
        slow.fill(64, 5, similarity_words(&text).map(|word| xxh3_64(word.as_bytes())));
        sketch.fill_words::<Printed>(64, 5, &text);
        assert_eq!(sketch.values(), slow.values());
    }
}

/// The k smallest of the set, by definition: of few and many shingles, of many that are equal, of fewer tokens than a shingle,
/// across the borders of blocks.
#[test]
fn sketches_are_the_smallest_of_the_set() {
    let mut random = Random(7);
    let mut sketch = Bottom::default();
    for round in 0..300 {
        let count = [0, 1, 4, 5, 600, 511, 512, 513, 517, 5_000][round % 10];
        let distinct = [2, 30, 700, u64::MAX][round % 4];
        let (k, n) = ([1, 16, 512, 1_500][round % 3], [1, 2, 5, 64][round / 10 % 4]);
        let tokens: Vec<u64> = (0..count).map(|_| mix(random.next() % distinct)).collect();
        let base = 0x9e37_79b9_7f4a_7c15_u64;
        let sum = |window: &[u64]| window.iter().fold(0, |sum: u64, &one| sum.wrapping_mul(base).wrapping_add(one));
        let mut all: BTreeSet<u64> = tokens.windows(n).map(|window| mix(sum(window))).collect();
        if (1..n).contains(&count) {
            all.insert(mix(sum(&tokens) ^ mix(count as u64)));
        }
        sketch.fill(k, n, tokens.iter().copied());
        let expected: Vec<u64> = all.into_iter().take(k).collect();
        assert_eq!(sketch.values(), expected, "{count} tokens, {distinct} distinct, k = {k}, n = {n}");
    }
}

#[test]
fn sketches_estimate_containment() {
    let sketch = |from: usize, to: usize| {
        let mut sketch = Bottom::default();
        sketch.fill(512, 1, (from as u64..to as u64).map(mix));
        sketch.values().to_vec()
    };
    let containment = |inner: &[u64], outer: &[u64]| crate::dedup::sketch::containment(inner, outer, 512);
    // Small sets are complete: the share is exact, and it is not symmetric.
    assert_eq!(containment(&sketch(0, 40), &sketch(10, 400)), 0.75);
    assert_eq!(containment(&sketch(10, 400), &sketch(0, 40)), 30.0 / 390.0);
    assert_eq!(containment(&[], &sketch(0, 40)), 0.0);
    assert_eq!(containment(&sketch(0, 300), &sketch(0, 9_000)), 1.0);
    let mut worst = 0.0_f64;
    for start in (0..200_000).step_by(20_000) {
        // 3,000 of 4,000 shingles in a document of 8,000: m is about 512 * 4,000 / 9,000 = 227, one deviation 0.029.
        let found = containment(&sketch(start + 5_000, start + 9_000), &sketch(start, start + 8_000));
        worst = worst.max((found - 0.75).abs());
    }
    assert!(worst < 0.1, "{worst}");
}

/// Token ids are shingled as they are: order counts, and the hash is not that of words.
#[test]
fn tokens_are_signed() {
    let mut work = Work::default();
    for family in [Family::Fast { seed: 1 }, Family::Datatrove(ShingleHash::XxHash64)] {
        let hasher = MinHash::new(Config { family, ..Config::default() }).unwrap();
        let mut sign = |tokens: &[u32]| {
            assert!(hasher.sign_tokens(tokens, &mut work));
            work.signature.clone()
        };
        let ids: Vec<u32> = (0..40).collect();
        let other: Vec<u32> = (0..40).rev().collect();
        assert_eq!(sign(&ids), sign(&ids));
        assert_ne!(sign(&ids), sign(&other));
        assert!(estimate(&sign(&ids), &sign(&ids[..36])) > 0.7);
        assert!(!hasher.sign_tokens(&[], &mut work));
    }
}

fn signature_file(form: SignatureForm, records: &[(u64, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    records.iter().for_each(|&(row, document)| form.put(&[row, row / 3], document, &mut out));
    form.sorted(&out)
}

#[test]
fn signature_files_become_pairs_of_neighbours() {
    for narrow in [false, true] {
        let form = SignatureForm { rows: 2, narrow };
        // 256 sorts after 3 as a number, before it as bytes.
        let files = [
            signature_file(form, &[(256, 0), (3, 1), (9, 2)]),
            signature_file(form, &[(9, 7), (3, 5), (9, 6)]),
            Vec::new(),
        ];
        let open = |files: &[Vec<u8>]| -> Vec<SignatureFile<'static>> {
            let one = |(task, file): (u32, &Vec<u8>)| -> SignatureFile<'static> {
                (task * 10, format!("file {task}"), Box::new(std::io::Cursor::new(file.clone())))
            };
            (0..).zip(files).map(one).collect()
        };
        let mut out = Vec::new();
        assert_eq!(merge(open(&files), form, &mut out).unwrap(), 3);
        let mut pairs = Vec::new();
        read_pairs(&mut out.as_slice(), |one, other| pairs.push((one, other))).unwrap();
        assert_eq!(pairs, [((0, 1), (10, 5)), ((0, 2), (10, 6)), ((10, 6), (10, 7))]);
        assert!(read_pairs(&mut &out[..20], |_, _| {}).is_err(), "a pair file that is cut");
        let cut = [files[0][..form.record() + 3].to_vec()];
        assert!(merge(open(&cut), form, &mut Vec::new()).is_err(), "a signature file that is cut");
        let mut turned = files[0].clone();
        turned.rotate_left(form.record());
        assert!(merge(open(&[turned]), form, &mut Vec::new()).is_err(), "a signature file that is not sorted");
    }
}

/// Which root stays is worked out by hand from the rule: the bigger set's, the first one's at equal size.
#[test]
fn pairs_become_clusters_by_the_rule_of_sizes() {
    let mut clusters = PairClusters::default();
    let (a, b, c, d, e) = ((0, 1), (0, 2), (1, 1), (1, 2), (2, 0));
    let index = (u32::MAX, u32::MAX);
    clusters.join(c, d);
    clusters.join(a, c);
    clusters.join(index, e);
    clusters.join(b, e);
    let found: Vec<_> =
        clusters.finish().into_iter().map(|one| ((one.task, one.document), one.removed, one.cluster_size)).collect();
    assert_eq!(
        found,
        [(a, true, 3), (b, true, 3), (c, false, 3), (d, true, 3), (e, true, 3), (index, false, 3)],
        "c is the root of {{c, d}} and stays when the smaller {{a}} joins; the index is always root"
    );
}
