use super::alerts::{self, Level};
use super::{escape, histogram};
use crate::document::{Bins, Histogram};

#[test]
fn markup_becomes_entities_and_unseen_characters_visible() {
    assert_eq!(escape::text("<a href='x'>\"&"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
    assert_eq!(escape::text("a\u{202e}b\u{200b}\0\n\u{2028}"), "a\\u{202e}b\\u{200b}\\u{0}\\u{a}\\u{2028}");
    assert_eq!(escape::lines("a\n\tb\r"), "a\n\tb\\u{d}");
    assert_eq!(escape::document("x", 10), "<bdi>x</bdi>");
    assert_eq!(escape::plain("<\u{1b}[31m"), "<\\u{1b}[31m");
}

#[test]
fn every_hidden_character_is_caught_in_every_form() {
    for c in (0..=0x0010_ffff_u32).filter_map(char::from_u32).filter(|&c| escape::is_hidden(c)) {
        let one = c.to_string();
        for out in [escape::text(&one), escape::plain(&one), escape::document(&one, 99)] {
            assert!(!out.contains(c), "{c:?}");
        }
    }
    // Control and format characters that reorder text, from the Unicode data files.
    for c in [
        '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{7f}', '\u{9b}',
        '\u{feff}',
    ] {
        assert!(escape::is_hidden(c), "{c:?}");
    }
    assert!("aé漢😀ا\u{301}\u{fe0f}".chars().all(|c| !escape::is_hidden(c)));
}

#[test]
fn a_long_text_is_cut_between_characters_and_says_so() {
    let cut = escape::document(&"<".repeat(1000), 100);
    assert_eq!(cut, format!("<bdi>{} … (975 more characters)</bdi>", "&lt;".repeat(25)));
    assert_eq!(escape::document("ééé", 5), "<bdi>éé … (1 more characters)</bdi>");
}

#[test]
fn quantiles_are_lower_edges_of_bins() {
    let mut histogram = Histogram::default();
    for value in 0..100 {
        histogram.count(Bins::Unit.of(f64::from(value) / 100.0), value < 50);
    }
    let all = |hundredth| histogram::quantile(Bins::Unit, &histogram, hundredth, |counts| counts.0);
    assert_eq!((all(1), all(50), all(99)), (Some(0.0), Some(0.48), Some(0.98)));
    assert_eq!(histogram::quantile(Bins::Unit, &histogram, 99, |counts| counts.1), Some(0.48));
    assert_eq!(histogram::quantile(Bins::Unit, &Histogram::default(), 50, |counts| counts.0), None);
}

#[test]
fn levels_sort_worst_first() {
    assert!(Level::Error < Level::Warning && Level::Warning < Level::Note);
    assert_eq!(alerts::Level::Error.word(), "error");
}
