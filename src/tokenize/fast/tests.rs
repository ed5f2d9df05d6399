use super::classes::{Classes, LETTER, LOWER, NUMBER, SPACE, UPPER};
use super::memo::Limits;
use super::merge::Work;
use super::pieces::{Model, Scratch};
use super::ring::{Full, Ring};
use super::sets::{Set, Sets, TinySet};
use super::split::{Cl100k, Contractions, Eyes, Gpt2, O200k, Plain, STARTS, Split};
#[cfg(target_arch = "x86_64")]
use super::split::{Halves, Whole};
use super::{Added, Finder, cut_by, forms};

/// Counts of the characters that Oniguruma in the Python wheel of `tokenizers` 0.23.3 matches (Unicode 16).
#[test]
fn classes_are_those_of_the_reference() {
    let classes = Classes::get();
    for (class, expected) in [(LETTER, 141_028), (NUMBER, 1911), (SPACE, 25), (UPPER, 141_271), (LOWER, 141_640)] {
        let of = |c: &char| classes.at(c.encode_utf8(&mut [0; 4]).as_bytes(), 0).0 & class != 0;
        assert_eq!(('\0'..=char::MAX).filter(of).count(), expected, "class {class}");
    }
}

/// Tokens that are found by their first two bytes, at every place of a text longer than a chunk, beside others that begin like them.
#[test]
fn added_tokens_are_found_at_every_place() {
    let token = |(id, content): (u32, &&str)| Added {
        content: (*content).into(),
        id,
        lstrip: false,
        rstrip: false,
        single_word: false,
    };
    let contents = ["  ", "    ", "||mail||", "é!"];
    let finder = Finder::new((0..).zip(&contents).map(token).collect()).unwrap();
    for before in 0..100 {
        for (id, content) in (0u32..).zip(&contents) {
            for after in ["", "x", "||ma xy", " y"] {
                let text = format!("{}{content}{after}", "|m ".repeat(40)[..before].trim_end_matches([' ', '|']));
                let (mut ids, mut texts) = (Vec::new(), 0);
                finder.split(
                    &text,
                    &mut (&mut ids, &mut texts),
                    |sink, text| *sink.1 += text.len(),
                    |sink, id| sink.0.push(id),
                );
                assert_eq!(ids, [id], "{text:?}");
                assert_eq!(texts, text.len() - content.len(), "{text:?}");
            }
        }
    }
}

/// Numbers below those asked for: splitmix64 (Steele, Lea, Flood 2014).
fn draws(mut state: u64) -> impl FnMut(usize) -> usize {
    move |most| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ z >> 31) as usize % most
    }
}

/// The pieces by windows, and one by one.
fn both_ways(eyes: impl Eyes, split: &impl Split, text: &str) -> (Vec<usize>, Vec<usize>) {
    let (text, mut windows, mut single) = (text.as_bytes(), Vec::new(), Vec::new());
    let (mut starts, mut at) = ([0; STARTS], 0);
    while at < text.len() {
        let (n, next) = split.starts(eyes, text, at, text.len(), (0, &mut starts));
        windows.extend_from_slice(&starts[..n]);
        at = next;
    }
    cut_by(split, text, 0, text.len(), &mut |start, _| single.push(start));
    (windows, single)
}

fn assert_both_ways(text: &str) {
    assert_both_ways_by(Plain, text);
    #[cfg(target_arch = "x86_64")]
    {
        Halves::get().into_iter().for_each(|eyes| assert_both_ways_by(eyes, text));
        Whole::get().into_iter().for_each(|eyes| assert_both_ways_by(eyes, text));
    }
}

fn assert_both_ways_by(eyes: impl Eyes, text: &str) {
    let classes = Classes::get();
    let check = |name: &str, (windows, single): (Vec<usize>, Vec<usize>)| {
        if windows != single {
            let at = windows
                .iter()
                .zip(&single)
                .position(|(one, other)| one != other)
                .unwrap_or(windows.len().min(single.len()));
            let from = single[at.saturating_sub(8).min(single.len() - 1)];
            panic!(
                "{name}: {:?} {:?} in {:?}",
                windows.get(at),
                single.get(at),
                text[from..].chars().take(80).collect::<String>()
            );
        }
    };
    check("gpt2", both_ways(eyes, &Gpt2 { classes }, text));
    for contractions in [Contractions::None, Contractions::Lower, Contractions::Ascii, Contractions::Folded] {
        for digits in [1, 3] {
            check("cl100k", both_ways(eyes, &Cl100k { classes, contractions, digits }, text));
            check("o200k", both_ways(eyes, &O200k { classes, contractions, digits }, text));
        }
    }
}

/// Bits of texts that the patterns tell apart, put together at random: long enough for windows, and with ends at all places.
#[test]
fn windows_cut_as_the_patterns_do_one_by_one() {
    const ALPHABETS: [&[&str]; 5] = [
        &[
            " ", "  ", "\n", "\r\n", "\t", "a", "b", "the", "A", "ABC", "'", "'s", "'LL", "1", "12", "1234567", ".",
            "/", "//", "-", "!?",
        ],
        &[" ", "a", "Bc", "'s", "'S", "'re", "'ſ", "'v", "s", "'", "\n"],
        &[
            " ", "\u{a0}", "\u{3000}", "\u{85}", "\n", "\t", "a", "だ", "漢", "1", "٣", "½", "、", "「", "👍🏽", "Ж",
            "ж", "é", "ß",
        ],
        &["a", "A", "ǅ", "ʰ", "だ", "\u{301}", "e\u{301}", "ที่", "हिन्दी", " ", ".", "'s", "1", "\n", "/"],
        &["\n", "\r", " ", "/", ".", "\u{2028}", "x", "\u{301}", "  ", "\n\n", "'"],
    ];
    let mut draw = draws(7);
    for round in 0..6000 {
        let bits = ALPHABETS[round % ALPHABETS.len()];
        // Few different ones at a time, so that runs come up.
        let chosen: Vec<&str> = (0..2 + draw(8)).map(|_| bits[draw(bits.len())]).collect();
        let text: String = (0..draw(160)).map(|_| chosen[draw(chosen.len())]).collect();
        assert_both_ways(&text);
    }
}

/// Every byte at every place of a window.
#[cfg(target_arch = "x86_64")]
#[test]
fn all_eyes_see_the_same() {
    let mut draw = draws(5);
    for byte in 0..=255 {
        for place in 0..64 {
            let mut bytes: [u8; 64] = std::array::from_fn(|_| draw(256) as u8);
            bytes[place] = byte;
            let expected = Plain.kinds(&bytes);
            for found in [Halves::get().map(|eyes| eyes.kinds(&bytes)), Whole::get().map(|eyes| eyes.kinds(&bytes))] {
                assert_eq!(found.unwrap_or(expected), expected, "{bytes:?}");
            }
        }
    }
}

/// Two ids for each byte, and their number: pieces of all sorts of lengths, and what is remembered of one cannot be that of another.
struct Doubled;

impl Model for Doubled {
    fn tokens(&self, piece: &[u8], _: &mut Work, ids: &mut Vec<u32>) {
        let first = piece.len() as u32 * 1000;
        ids.extend(piece.iter().map(|byte| first + u32::from(*byte)));
        if !piece.len().is_multiple_of(3) {
            ids.extend(piece.iter().map(|byte| u32::from(*byte)));
        }
    }
}

/// A memo that holds next to nothing, whose ring is overwritten within a block and whose count of words ends again and again.
#[test]
fn ids_do_not_depend_on_what_the_memo_holds() {
    let tiny = Limits { tiny: 2, short: 2, long: 2, ring: 1 << 14, last: 1 << 16 };
    let (split, mut draw) = (Gpt2 { classes: Classes::get() }, draws(11));
    let words: Vec<String> = (0..600)
        .map(|i| {
            let length = [2, 5, 12, 20, 60, 300][i % 6];
            (0..=draw(length)).map(|_| char::from(b'a' + draw(3) as u8)).chain([' ']).collect()
        })
        .collect();
    let text: String = (0..60_000)
        .map(|round| {
            let few = if round % 5 == 0 { words.len() } else { 40 };
            words[draw(few)].as_str()
        })
        .collect();
    let mut expected = Vec::new();
    cut_by(&split, text.as_bytes(), 0, text.len(), &mut |start, end| {
        Doubled.tokens(&text.as_bytes()[start..end], &mut Work::default(), &mut expected);
    });
    let endless = Limits { last: u32::MAX, ..tiny };
    for limits in [tiny, endless, Limits { long: 64, ring: 1 << 20, ..endless }, Limits::default()] {
        let (mut scratch, mut found) = (Scratch::new(limits), Vec::new());
        scratch.pieces(&Doubled, &split, text.as_bytes(), 0, text.len(), &mut found);
        assert!(found == expected, "{limits:?}");
    }
}

#[test]
fn a_ring_keeps_the_newest_records_and_says_which_are_gone() {
    for segment in [1 << 11, 1 << 13] {
        let (size, last) = (1 << 13, 1 << 15);
        let mut ring = Ring::of_segments(segment, size, last);
        let record = |i: u32| (vec![i as u8; i as usize % 50], vec![i; 1 + i as usize % 7]);
        let words = |i: u32| (i as usize % 50).div_ceil(4) + 1 + i as usize % 7;
        let mut places = Vec::new();
        for i in 0.. {
            let (piece, ids) = record(i);
            match ring.put(&piece, &ids) {
                Ok(place) => places.push(place.unwrap()),
                Err(Full) => break,
            }
            if i % 16 != 0 {
                continue;
            }
            let mut kept = 0;
            for (j, place) in (0..).zip(&places) {
                let Some(bytes) = ring.get(*place) else { continue };
                let (piece, ids) = record(j);
                kept += 4 * words(j);
                assert_eq!(bytes[..piece.len()], piece);
                let behind = bytes[piece.len().next_multiple_of(4)..].as_chunks().0;
                assert!(behind.iter().map(|id| u32::from_le_bytes(*id)).take(ids.len()).eq(ids), "{j} after {i}");
            }
            let all: usize = (0..=i).map(words).sum();
            assert!(kept <= size && kept >= (4 * all).min(size - 1024), "{kept} bytes of {all} words");
        }
        let written: usize = (0..).zip(&places).map(|(i, _)| words(i)).sum();
        assert!(written <= last as usize && written * 10 >= last as usize * 8, "{written}");
        ring.clear();
        assert!(places.iter().all(|place| ring.get(*place).is_none()));
        assert!(ring.put(&vec![1; segment / 8], &[]).unwrap().is_none(), "larger than a sixteenth of a segment");
    }
}

#[test]
fn a_table_grows_and_a_piece_finds_room_in_its_second_set() {
    let mut sets = Sets::<TinySet>::new(1 << 13);
    let known = |sets: &Sets<TinySet>, key| sets.find_both(key, |ids| ids);
    let most = (TinySet::WAYS << 13) / 4 * 3;
    for key in 1..=most as u64 {
        sets.put(key, key * 2, key as usize);
        assert_eq!(known(&sets, key), key * 2);
    }
    // Hardly any has room in neither of its sets while the table grows.
    let held = (1..=most as u64).filter(|key| known(&sets, *key) == key * 2).count();
    assert!(held * 100 > most * 97, "{held} of {most}");
    // What comes again does not stand there twice.
    sets.put(7, 1, 0);
    sets.put(7, 2, 0);
    assert_eq!(known(&sets, 7), 2);
    sets.clear();
    assert!((1..=most as u64).all(|key| known(&sets, key) == 0));
}

/// Marks in and out of order, what joins, and characters that are newer than Unicode 9.
#[test]
fn normal_form_c_by_runs_is_that_of_the_whole_text() {
    const BITS: [&str; 22] = [
        "a",
        "e",
        " ",
        "\u{301}",
        "\u{323}",
        "\u{327}",
        "\u{345}",
        "é",
        "ที่",
        "\u{e38}\u{e48}",
        "\u{e48}\u{e38}",
        "क\u{93c}",
        "\u{958}",
        "한",
        "\u{1112}",
        "\u{1161}",
        "\u{11ab}",
        "\u{3099}",
        "か",
        "\u{1df8}",
        "\u{1ac1}",
        "\u{16d63}\u{16d67}",
    ];
    let mut draw = draws(3);
    for _ in 0..20_000 {
        let text: String = (0..draw(12)).map(|_| BITS[draw(BITS.len())]).collect();
        assert_eq!(forms::nfc(&text), forms::normal(&text, forms::Form::Nfc), "{text:?}");
    }
}
