use super::*;
use crate::dedup::{DedupError, Layout};

const DCLM: Ngrams = Ngrams { stretch: Stretch::Paragraph, words: 13, min_words: 13 };
const LAYOUT: Layout = Layout { partitions: 3, tag: 11 };

fn grams(ngrams: Ngrams, text: &str) -> Grams {
    let mut out = Grams::default();
    ngrams.of(text, &mut Vec::new(), &mut out);
    out
}

/// One run of BFF over the texts of the golden file.
#[derive(serde::Deserialize)]
struct Run {
    setting: (String, usize, usize, f64),
    left: Vec<Option<String>>,
    spans: Vec<Vec<(usize, usize)>>,
    seen: Vec<u64>,
}

#[derive(serde::Deserialize)]
struct Golden {
    texts: Vec<String>,
    runs: Vec<Run>,
}

#[test]
fn the_same_as_bff() {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/bff.json")).unwrap();
    for run in &golden.runs {
        let (remove, words, min_words, threshold) =
            (run.setting.0.as_str(), run.setting.1, run.setting.2, run.setting.3);
        let stretch = if remove == "document" { Stretch::Document } else { Stretch::Paragraph };
        let ngrams = Ngrams { stretch, words, min_words };
        let rule = Rule { threshold, halvings: 30, shards: 1 };
        let all: u64 = golden.texts.iter().map(|text| grams(ngrams, text).hashes.len() as u64).sum();
        let mut filter = Bloom::new(all, rule.halvings).unwrap();
        let mut cut = 0;
        for (number, text) in golden.texts.iter().enumerate() {
            let verdict = rule.judge(&grams(ngrams, text), &[], &mut filter).verdict;
            let (mut left, gone) = ngrams.without(text, verdict.gone.iter().map(|gone| gone.stretch));
            if remove == "old-both" && share(verdict.seen, verdict.grams) > threshold {
                left.clear();
            }
            let left = Some(left).filter(|left| !left.trim().is_empty());
            assert_eq!(left, run.left[number], "{remove} {words}, text {number}");
            // What BFF annotates has no blank documents.
            if !text.trim().is_empty() {
                let spans: Vec<(usize, usize)> = gone.iter().map(|range| (range.start, range.end)).collect();
                assert_eq!(spans, run.spans[number], "{remove} {words}, text {number}");
                assert_eq!(verdict.seen, run.seen[number], "{remove} {words}, text {number}");
            }
            cut += gone.len();
        }
        assert!(cut > 5, "{remove}: {cut}");
    }
}

#[test]
fn stretches_begin_at_newlines_and_cover_the_text() {
    let stretches =
        |ngrams: Ngrams, text| ngrams.stretches(text).map(|range| text[range].to_owned()).collect::<Vec<_>>();
    assert_eq!(stretches(DCLM, "a\n\nb\r\nc\n"), ["a", "\n", "\nb\r", "\nc", "\n"]);
    assert_eq!(stretches(DCLM, "\na"), ["", "\na"]);
    assert_eq!(stretches(DCLM, ""), [""]);
    assert_eq!(stretches(Ngrams { stretch: Stretch::Document, ..DCLM }, "a\nb"), ["a\nb"]);
    assert_eq!(DCLM.without("a\nb\nc", [0, 2].into_iter()), ("\nb".to_owned(), vec![0..1, 3..5]));
}

#[test]
fn short_stretches_are_one_gram_or_none() {
    let pairs = Ngrams { words: 3, min_words: 2, ..DCLM };
    let found = grams(pairs, "one\ntwo words\n\nnow three words\nfour, and five");
    assert_eq!(found.runs, [(1, 1), (3, 1), (4, 2)]);
    // White space and the place in the text do not count; the words do.
    assert_eq!(grams(pairs, "two \t words").hashes[0], found.hashes[0]);
    assert_ne!(grams(pairs, "twowords").hashes.first(), found.hashes.first());
    assert_ne!(grams(pairs, "words two").hashes[0], found.hashes[0]);
}

#[test]
fn only_more_than_the_threshold_goes_and_what_goes_is_not_remembered() {
    let rule = Rule { threshold: 0.5, halvings: 20, shards: 1 };
    let mut filter = Bloom::new(100, 20).unwrap();
    let one = |hashes: &[u64]| Grams { hashes: hashes.to_vec(), runs: vec![(7, hashes.len() as u32)] };
    let mut judge = |hashes: &[u64]| rule.judge(&one(hashes), &[], &mut filter);
    assert_eq!(judge(&[1, 2, 2]).verdict.seen, 0, "within one stretch");
    assert_eq!(judge(&[1, 2, 3, 4]).verdict.gone, [], "a half is not more than a half");
    assert_eq!(judge(&[1, 2, 5]).verdict.gone, [Gone { stretch: 7, grams: 3, seen: 2, earlier: None }]);
    let stays = Judged { verdict: Verdict { grams: 1, ..Verdict::default() }, added: 1, for_earlier: 0 };
    assert_eq!(judge(&[5]), stays);
    assert_eq!(rule.judge(&Grams::default(), &[], &mut filter), Judged::default());
}

#[test]
fn what_earlier_runs_have_stood_before_and_the_run_that_has_the_most_is_told() {
    let rule = Rule { threshold: 0.5, halvings: 20, shards: 1 };
    let filter = |hashes: std::ops::Range<u64>| {
        let mut filter = Bloom::new(200, 20).unwrap();
        hashes.for_each(|n| filter.add(xxh3_64(&n.to_le_bytes())));
        filter
    };
    let (earlier, mut own) = ([filter(0..10), filter(5..100), filter(50..100)], filter(0..0));
    // Stretches from one number to another.
    let mut judge = |stretches: &[(u64, u64)]| {
        let hashes = stretches.iter().flat_map(|&(from, to)| from..to).map(|n| xxh3_64(&n.to_le_bytes())).collect();
        let runs = (0..).zip(stretches).map(|(number, (from, to))| (number, (to - from) as u32)).collect();
        rule.judge(&Grams { hashes, runs }, &earlier, &mut own)
    };
    let most = |run, seen| Some(Most { run, seen });
    // The first of two that have as many.
    let found = judge(&[(0, 4), (60, 70), (95, 105)]);
    let gone = |stretch, grams, seen, earlier| Gone { stretch, grams, seen, earlier };
    assert_eq!(found.verdict.gone, [gone(0, 4, 4, most(0, 4)), gone(1, 10, 10, most(1, 10))]);
    assert_eq!((found.verdict.seen, found.verdict.earlier), (19, most(1, 15)));
    // Half of the last stretch is no more than a half: it stays, and all of it is remembered.
    assert_eq!((found.added, found.for_earlier), (10, 2));
    // Now this run alone would do.
    let again = judge(&[(95, 105)]);
    assert_eq!((again.verdict.gone, again.for_earlier), (vec![gone(0, 10, 10, most(1, 5))], 0));
    assert_eq!(judge(&[(200, 204)]).verdict.earlier, None);
}

#[test]
fn false_positives_come_at_the_rate_that_the_size_promises() {
    assert_eq!([0.5, 0.26, 0.25, 0.01, 1e-6, 1e-9].map(Rule::halvings_of), [1, 2, 2, 7, 20, 30]);
    assert_eq!(Bloom::bytes(0, 7), 128);
    // 10,280 bits, which 11 blocks hold.
    assert_eq!(Bloom::bytes(1000, 7), 11 * 128);
    for (halvings, most) in [(1, 0.52), (4, 0.065), (7, 0.0085), (20, 0.000_02)] {
        let hash = |n: u64| xxh3_64(&n.to_le_bytes());
        let mut filter = Bloom::new(100_000, halvings).unwrap();
        (0..100_000).for_each(|n| filter.add(hash(n)));
        assert!((0..100_000).all(|n| filter.has(hash(n))));
        let taken = (100_000..300_000).filter(|&n| filter.has(hash(n))).count();
        assert!((taken as f64) < most * 200_000.0 + 1.0, "2^-{halvings}: {taken}");
        let hashes: Vec<u64> = (99_000..101_000).map(hash).collect();
        let marks = hashes.chunks(Bloom::TOGETHER).map(|some| filter.marks(some).count_ones() as usize);
        assert_eq!(marks.sum::<usize>(), hashes.iter().filter(|&&hash| filter.has(hash)).count());
        assert_eq!(filter.marks(&[hash(7), hash(300_000), hash(8)]) & 0b101, 0b101);
        let (set, all) = filter.filled();
        assert!((0.35..0.51).contains(&(set as f64 / all as f64)), "2^-{halvings}: {set} of {all}");
    }
}

/// Rate of a full filter in blocks of 1,024 bits.
fn rate(probes: u32, hundredths: u32) -> f64 {
    let load = 102_400.0 / f64::from(hundredths);
    let (mut sum, mut chance) = (0.0, (-load).exp());
    for hashes in 0..4000 {
        let clear = (1.0 - 1.0 / 1024.0_f64).powf(f64::from(hashes) * f64::from(probes));
        sum += chance * (1.0 - clear).powf(f64::from(probes));
        chance *= load / f64::from(hashes + 1);
    }
    sum
}

#[test]
fn the_shapes_are_as_small_as_their_rates_allow() {
    for (halvings, (probes, hundredths)) in (1..).zip(bloom::SHAPES) {
        let asked = 0.5_f64.powi(halvings);
        assert!(rate(probes, hundredths) <= asked, "2^-{halvings}");
        assert!(rate(probes, hundredths - 2) > asked, "2^-{halvings}: {hundredths} hundredths are too many");
        for other in [probes - 1, probes + 1].into_iter().filter(|&other| other > 0) {
            assert!(rate(other, hundredths - 2) > asked, "2^-{halvings}: {other} bits set are better");
        }
    }
}

#[test]
fn the_hashes_of_a_filter_stay_what_they_are() {
    let mut filter = Bloom::new(1000, 7).unwrap();
    (0..1000_u64).for_each(|n| filter.add(xxh3_64(&n.to_le_bytes())));
    let (set, _) = filter.filled();
    assert_eq!((set, grams(DCLM, "a b c d e f g h i j k l m").hashes[0]), (5_179, 5_327_459_443_712_245_924));
}

fn written(documents: &[(u32, Grams)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = GramWriter::new(4, LAYOUT, &mut out).unwrap();
    for (index, grams) in documents {
        writer.push(*index, (&grams.hashes, &grams.runs), &mut out).unwrap();
    }
    let all: usize = documents.iter().map(|(_, grams)| grams.hashes.len()).sum();
    assert_eq!(writer.finish(&mut out).unwrap(), all as u64);
    out
}

fn read(bytes: &[u8]) -> Result<Vec<(u32, Grams)>, DedupError> {
    let mut reader = GramReader::open(4, LAYOUT, bytes)?;
    let mut out = Vec::new();
    while let Some((index, grams)) = reader.next_document()? {
        out.push((index, grams.clone()));
    }
    Ok(out)
}

#[test]
fn files_give_back_what_was_written_and_tell_of_damage() {
    let of = |text| grams(Ngrams { words: 2, min_words: 1, ..DCLM }, text);
    let documents = vec![(0, of("a b c\nd")), (3, of("x\n\ny z")), (4, of("one two"))];
    let with_empty = [documents.clone(), vec![(5, Grams::default())]].concat();
    let bytes = written(&with_empty);
    assert_eq!(read(&bytes).unwrap(), documents);
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x40;
        assert!(read(&broken).is_err(), "byte {at}");
        assert!(read(&bytes[..at]).is_err(), "cut at {at}");
    }
    assert!(GramReader::open(5, LAYOUT, bytes.as_slice()).is_err(), "another unit");
    assert!(VerdictReader::open(4, LAYOUT, bytes.as_slice()).is_err(), "another kind");
    let most = |run, seen| Some(Most { run, seen });
    let gone = vec![
        Gone { stretch: 2, grams: 9, seen: 8, earlier: most(0, 7) },
        Gone { stretch: 5, grams: 1, seen: 1, earlier: None },
    ];
    let verdicts = [
        (1, Verdict { grams: 12, seen: 9, earlier: most(3, 8), gone }),
        (6, Verdict { grams: 3, ..Verdict::default() }),
    ];
    let mut out = Vec::new();
    let mut writer = VerdictWriter::new(4, LAYOUT, &mut out).unwrap();
    verdicts.iter().for_each(|(index, verdict)| writer.push(*index, verdict, &mut out).unwrap());
    assert_eq!(writer.finish(&mut out).unwrap(), 2);
    let mut reader = VerdictReader::open(4, LAYOUT, out.as_slice()).unwrap();
    assert_eq!(reader.take_before(1).unwrap(), []);
    assert_eq!(reader.take_before(6).unwrap(), verdicts[..1]);
    assert_eq!(reader.take_before(u32::MAX).unwrap(), verdicts[1..]);
}

#[test]
fn a_filter_comes_back_from_its_file_and_damage_is_seen() {
    let filled = |hashes: u64| {
        let mut filter = Bloom::new(hashes, 20).unwrap();
        (0..hashes).for_each(|n| filter.add(xxh3_64(&n.to_le_bytes())));
        filter
    };
    let written = |filter: &Bloom| {
        let mut out = Vec::new();
        write_filter(filter, 2, LAYOUT, &mut out).unwrap();
        out
    };
    // More than one piece, and less than one.
    let (big, small) = (filled(600_000), filled(30));
    for filter in [&big, &small] {
        let bytes = written(filter);
        let read = read_filter(2, LAYOUT, 20, bytes.as_slice()).unwrap();
        assert_eq!(written(&read), bytes);
        assert_eq!(read.filled(), filter.filled());
        assert!((0..30_u64).all(|n| read.has(xxh3_64(&n.to_le_bytes()))));
    }
    assert!(written(&big).len() > 2 << 20);
    let bytes = written(&small);
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x10;
        assert!(read_filter(2, LAYOUT, 20, broken.as_slice()).is_err(), "byte {at}");
        let cut = read_filter(2, LAYOUT, 20, &bytes[..at]).unwrap_err().to_string();
        assert!(cut.contains("it ends too early"), "cut at {at}: {cut}");
    }
    let told =
        |shard, layout, halvings, bytes: &[u8]| read_filter(shard, layout, halvings, bytes).unwrap_err().to_string();
    assert!(told(2, LAYOUT, 20, &[bytes.clone(), vec![0]].concat()).contains("stands behind its end"));
    assert!(told(1, LAYOUT, 20, &bytes).contains("shard 2 where the plan has 1"));
    assert!(told(2, LAYOUT, 7, &bytes).contains("bits for each n-gram"));
    assert!(told(2, Layout { tag: 12, ..LAYOUT }, 20, &bytes).contains("plan tag"));
    // Pieces that changed places.
    let (mut swapped, piece) = (written(&big), (1 << 20) + 8);
    let (_, pieces) = swapped.split_at_mut(72);
    let (first, others) = pieces.split_at_mut(piece);
    first.swap_with_slice(&mut others[..piece]);
    assert!(told(2, LAYOUT, 20, &swapped).contains("piece 0 fails"));
}
