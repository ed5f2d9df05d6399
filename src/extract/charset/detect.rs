//! What the bytes of a page say about their charset.

use std::cell::OnceCell;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::pairs::{self, Pairs};
use super::sniff::Wide;
use super::{Charset, east};

/// How many bytes are looked at.
const WINDOW: usize = 64 * 1024;
/// How many of them are decoded in every charset of East Asia.
const EAST_WINDOW: usize = 8 * 1024;
/// The charsets of East Asia that are told by their text.
const EAST: [&str; 7] = ["gb18030", "big5", "euc-jp", "shift_jis", "euc-kr", "johab", "euc-tw"];
/// Characters below which a share of common ones says little.
const FEW: u64 = 8;
/// Pairs below which their costs cannot speak against a declaration.
const FEW_PAIRS: u64 = 12;
/// Bits a pair below which a single-byte reading is surely good; text of East Asia costs 14 and more.
const WELL_EXPLAINED: u64 = 10;
/// Bits a pair, in halves, above which nothing is explained: noise costs 13.7 and more, the worst real text 11.6.
const UNEXPLAINED_HALVES: u64 = 27;
/// Pairs that it takes to call bytes noise.
const NOISE_PAIRS: u64 = 100;

/// Characters of a sample in one charset of East Asia.
#[derive(Debug, Clone, Copy)]
struct East {
    charset: Charset,
    /// Characters outside ASCII.
    all: u64,
    /// The common ones among them, less a fine for broken ones.
    common: u64,
}

impl East {
    fn is_strong(self, least: u64) -> bool {
        self.all >= least && self.common * 2 >= self.all
    }
}

/// What the bytes say. The costly parts are found when they are asked for.
pub(super) struct Evidence<'a> {
    bytes: &'a [u8],
    pairs: Pairs,
    single: OnceCell<Option<(Charset, u64)>>,
    east: OnceCell<Option<East>>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let pairs = Pairs::of(window(bytes, WINDOW));
        Self { bytes, pairs, single: OnceCell::new(), east: OnceCell::new() }
    }

    /// The best single-byte charset with its cost in bits.
    fn single(&self) -> Option<(Charset, u64)> {
        *self.single.get_or_init(|| pairs::best(&self.pairs, None))
    }

    /// The best charset of East Asia; none is looked for where letters of one language explain everything.
    fn east(&self) -> Option<East> {
        *self.east.get_or_init(|| {
            if self.single().is_some_and(|(_, cost)| cost < WELL_EXPLAINED * self.pairs.total) {
                return None;
            }
            let sample = window(self.bytes, EAST_WINDOW);
            let mut best: Option<East> = None;
            for charset in EAST.iter().filter_map(|label| Charset::for_label(label)) {
                let (text, bad) = charset.decode(sample);
                let (all, common) = east::common(&text);
                // A broken character outweighs many good ones; the sample may end inside one.
                let common = common.saturating_sub(4 * bad.saturating_sub(1));
                // Shares are compared crosswise, so that no division rounds them.
                if all > 0 && best.is_none_or(|best| common * best.all > best.common * all) {
                    best = Some(East { charset, all, common });
                }
            }
            best
        })
    }

    /// Whether no charset explains the bytes.
    fn is_noise(&self) -> bool {
        let poor = |(_, cost)| cost * 2 > UNEXPLAINED_HALVES * self.pairs.total;
        self.pairs.total >= NOISE_PAIRS && self.single().is_some_and(poor)
    }

    /// Whether the bytes speak plainly against `declared`.
    pub(super) fn is_against(&self, declared: Charset) -> bool {
        let own = pairs::best(&self.pairs, Some(declared));
        if own.is_some_and(|(_, cost)| cost < WELL_EXPLAINED * self.pairs.total) {
            return false;
        }
        let mut share = (1, 0);
        if is_eastern(declared) {
            share = east::common(&declared.decode(window(self.bytes, EAST_WINDOW)).0);
            if share.0 < FEW || share.1 * 2 >= share.0 {
                return false;
            }
        }
        if let Some(east) = self.east().filter(|east| east.is_strong(FEW)) {
            // GBK is a part of GB 18030.
            let same = east.charset.name() == declared.name() || is_gb(east.charset) && is_gb(declared);
            return !same && east.common * share.0 > 2 * share.1 * east.all;
        }
        let Some((_, best)) = self.single() else { return false };
        match own {
            Some((_, cost)) => {
                let far = cost > best + 30 + 3 * self.pairs.total;
                self.pairs.total >= FEW_PAIRS && far || self.is_noise()
            }
            // A charset without readings cannot be judged by pairs.
            None => is_eastern(declared) && best < WELL_EXPLAINED * self.pairs.total,
        }
    }

    /// The charset, or `None` where none explains the bytes.
    pub(super) fn verdict(&self) -> Option<Charset> {
        if let Some(east) = self.east().filter(|east| east.is_strong(3)) {
            return Some(east.charset);
        }
        let single = self.single();
        if let Some((charset, _)) = single.filter(|(_, cost)| *cost < WELL_EXPLAINED * self.pairs.total) {
            return Some(charset);
        }
        let guess = self.guess();
        if is_eastern(guess) {
            let likely = self.east().is_some_and(|east| east.common * 5 >= east.all);
            if likely || self.is_noise() && guess.decode(self.bytes).1 <= 1 {
                return Some(guess);
            }
        }
        single.map(|(charset, _)| charset).filter(|_| !self.is_noise())
    }

    /// What chardetng takes the bytes for.
    fn guess(&self) -> Charset {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let sample = window(self.bytes, WINDOW);
        detector.feed(sample, true);
        Charset::Web(detector.guess(None, Utf8Detection::Deny))
    }
}

fn is_eastern(charset: Charset) -> bool {
    let web =
        [encoding_rs::BIG5, encoding_rs::EUC_JP, encoding_rs::SHIFT_JIS, encoding_rs::EUC_KR, encoding_rs::ISO_2022_JP];
    match charset {
        Charset::Web(found) => web.contains(&found) || is_gb(charset),
        Charset::Johab | Charset::EucTw => true,
        _ => false,
    }
}

fn is_gb(charset: Charset) -> bool {
    matches!(charset, Charset::Web(found) if found == encoding_rs::GBK || found == encoding_rs::GB18030)
}

/// The part of a page that is looked at: from shortly before its first high byte on, for the start is mostly markup.
fn window(bytes: &[u8], len: usize) -> &[u8] {
    let first = bytes.iter().position(|b| *b >= 0x80).unwrap_or(0).saturating_sub(64);
    &bytes[first..bytes.len().min(first + len)]
}

/// UTF-16 without a mark in scripts whose words are not parted by blanks: bytes that text never has, and letters or common
/// characters of East Asia all over once two bytes are read as one.
pub(super) fn wide_by_text(bytes: &[u8]) -> Option<Wide> {
    let sample = &bytes[..bytes.len().min(4096) / 2 * 2];
    let controls = sample.iter().filter(|b| **b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)).count();
    if sample.len() < 16 || controls == 0 {
        return None;
    }
    [Wide::Utf16Le, Wide::Utf16Be].into_iter().find(|wide| {
        let (text, _) = Charset::Wide(*wide).decode(sample);
        let (all, common) = east::common(&text);
        let count = text.chars().count() as u64;
        let of_blocks = |low: char, high: char| text.chars().filter(|c| (low..=high).contains(c)).count() as u64;
        let plain = count - all + common + of_blocks('\u{a1}', '\u{6ff}') + of_blocks('\u{900}', '\u{e7f}');
        let controls = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count() as u64;
        plain * 2 >= count && controls * 50 <= count
    })
}
