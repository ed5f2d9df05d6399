//! Bytes to text: which charset a page has, and its decoding.
//!
//! Order of trust: a byte order mark; bytes that are valid UTF-8 (or a seven-bit form with escapes); the HTTP header and
//! the page's own declaration, as long as they decode and the text is not far better explained otherwise; detection.
//! Nothing fails: what cannot be decoded becomes U+FFFD and is counted.
//!
//! Detection: charsets of East Asia are told by the share of their commonest characters (`east`), single-byte charsets by
//! the pairs of letters of 42 languages (`pairs`). chardetng is asked where neither says much.

mod double;
mod east;
mod pairs;
mod shifted;
mod sniff;
mod tables;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use pairs::Pairs;
use sniff::Wide;
use tables::CodePage;

/// How the charset was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A byte order mark.
    Bom,
    /// The bytes are valid UTF-8 (ASCII included).
    Utf8,
    /// The HTTP header.
    Header,
    /// A `meta` element or the XML declaration.
    Meta,
    /// The bytes themselves.
    Detected,
}

/// A decoded text.
#[derive(Debug, Clone)]
pub struct DecodedText<'a> {
    /// The text; borrowed when the bytes were UTF-8.
    pub text: Cow<'a, str>,
    /// The name of the charset, as the web standard spells it; `ibm855`, `utf-32le` and such for those it lacks.
    pub encoding: &'static str,
    /// How it was found.
    pub source: Source,
    /// How many times bytes had to be replaced by U+FFFD.
    pub replacements: u64,
}

/// A charset that can be decoded here.
#[derive(Debug, Clone, Copy)]
enum Charset {
    Web(&'static Encoding),
    Page(&'static CodePage),
    Wide(Wide),
    Iso2022Kr,
    Hz,
    Johab,
    EucTw,
}

impl Charset {
    fn for_label(label: &str) -> Option<Self> {
        let lower = label.trim().to_ascii_lowercase();
        match lower.as_str() {
            "utf-32" | "utf32" | "utf-32le" | "ucs-4" => return Some(Self::Wide(Wide::Utf32Le)),
            "utf-32be" => return Some(Self::Wide(Wide::Utf32Be)),
            "iso-2022-kr" | "csiso2022kr" => return Some(Self::Iso2022Kr),
            "hz-gb-2312" | "hz" => return Some(Self::Hz),
            "johab" | "cp1361" | "ms1361" => return Some(Self::Johab),
            "euc-tw" | "x-euc-tw" | "euctw" | "cns11643" => return Some(Self::EucTw),
            _ => {}
        }
        // Common names that the web standard does not list.
        let web = match lower.as_str() {
            "maccyrillic" | "mac-cyrillic" | "x-mac-ukrainian" => "x-mac-cyrillic",
            "macroman" | "mac-roman" | "x-macroman" => "macintosh",
            "utf_8" | "utf-8mb4" | "utf8mb4" | "utf-8;" => "utf-8",
            "cp932" | "ms932" | "windows-932" | "shift-jis" | "sjis" => "shift_jis",
            "cp949" | "uhc" | "ms949" => "euc-kr",
            "cp936" | "ms936" => "gbk",
            "cp950" | "ms950" => "big5",
            "cp874" => "windows-874",
            "win-1251" | "win1251" | "cp-1251" => "windows-1251",
            other => other,
        };
        match Encoding::for_label_no_replacement(web.as_bytes()) {
            Some(found) => Some(Self::Web(found)),
            None => CodePage::for_label(&lower).map(Self::Page),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Web(web) => web.name(),
            Self::Page(page) => page.name,
            Self::Wide(Wide::Utf16Le) => "UTF-16LE",
            Self::Wide(Wide::Utf16Be) => "UTF-16BE",
            Self::Wide(Wide::Utf32Le) => "UTF-32LE",
            Self::Wide(Wide::Utf32Be) => "UTF-32BE",
            Self::Iso2022Kr => "ISO-2022-KR",
            Self::Hz => "HZ-GB-2312",
            Self::Johab => "Johab",
            Self::EucTw => "EUC-TW",
        }
    }

    fn decode<'a>(self, bytes: &'a [u8]) -> (Cow<'a, str>, u64) {
        match self {
            Self::Web(web) => by_web(web, bytes),
            Self::Page(page) => owned(page.decode(bytes)),
            Self::Wide(Wide::Utf16Le) => by_web(encoding_rs::UTF_16LE, bytes),
            Self::Wide(Wide::Utf16Be) => by_web(encoding_rs::UTF_16BE, bytes),
            Self::Wide(wide) => owned(sniff::decode_utf32(bytes, wide == Wide::Utf32Le)),
            Self::Iso2022Kr => {
                owned(by_web(encoding_rs::EUC_KR, &shifted::iso_2022_kr_to_euc(bytes)).into_owned_pair())
            }
            Self::Hz => {
                owned(by_web(encoding_rs::GBK, &shifted::hz_to_euc(bytes)).into_owned_pair())
            }
            Self::Johab => owned(double::decode_johab(bytes)),
            Self::EucTw => owned(by_web(encoding_rs::BIG5, &double::euc_tw_to_big5(bytes)).into_owned_pair()),
        }
    }
}

/// Frees a decoded pair from the bytes it may borrow.
trait IntoOwnedPair {
    fn into_owned_pair(self) -> (String, u64);
}

impl IntoOwnedPair for (Cow<'_, str>, u64) {
    fn into_owned_pair(self) -> (String, u64) {
        (self.0.into_owned(), self.1)
    }
}

fn owned<'a>((text, bad): (String, u64)) -> (Cow<'a, str>, u64) {
    (Cow::Owned(text), bad)
}

fn by_web<'a>(web: &'static Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, u64) {
    let (text, had_errors) = web.decode_without_bom_handling(bytes);
    let bad = if had_errors { text.chars().filter(|c| *c == '\u{FFFD}').count() as u64 } else { 0 };
    (text, bad)
}

/// Decodes the bytes of a page. `header` is the `Content-Type` value (or a bare label); `is_html` allows `meta` elements.
#[must_use]
pub fn decode<'a>(bytes: &'a [u8], header: Option<&str>, is_html: bool) -> DecodedText<'a> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return finish(Charset::Web(encoding_rs::UTF_8), Source::Bom, rest);
    }
    if let Some((wide, mark)) = sniff::wide_mark(bytes) {
        return finish(Charset::Wide(wide), Source::Bom, &bytes[mark..]);
    }
    if let Some(wide) = sniff::wide_by_zeros(bytes).or_else(|| wide_by_text(bytes)) {
        return finish(Charset::Wide(wide), Source::Detected, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(seven) = seven_bit(bytes) {
            return finish(seven, Source::Detected, bytes);
        }
        return DecodedText { text: Cow::Borrowed(text), encoding: "UTF-8", source: Source::Utf8, replacements: 0 };
    }
    let header = header.and_then(sniff::header_label).and_then(|label| Charset::for_label(&label));
    let meta = sniff::declared(bytes, is_html).and_then(|label| Charset::for_label(&label));
    legacy(bytes, header, meta)
}

/// UTF-16 without a mark in scripts whose words are not parted by blanks: bytes that text never has, and letters or common
/// characters of East Asia all over once two bytes are read as one.
fn wide_by_text(bytes: &[u8]) -> Option<Wide> {
    let sample = &bytes[..bytes.len().min(4096) / 2 * 2];
    let controls = sample.iter().filter(|b| **b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)).count();
    if sample.len() < 16 || controls * 12 < sample.len() {
        return None;
    }
    [Wide::Utf16Le, Wide::Utf16Be].into_iter().find(|wide| {
        let (text, _) = Charset::Wide(*wide).decode(sample);
        let (all, common) = east::common(&text);
        let count = text.chars().count() as u64;
        let of_blocks = |low: char, high: char| text.chars().filter(|c| (low..=high).contains(c)).count() as u64;
        let plain = count - all + common + of_blocks('\u{a1}', '\u{6ff}') + of_blocks('\u{900}', '\u{e7f}');
        let controls = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count() as u64;
        plain * 10 >= count * 8 && controls * 50 <= count
    })
}

fn finish(charset: Charset, source: Source, bytes: &[u8]) -> DecodedText<'_> {
    let (text, replacements) = charset.decode(bytes);
    DecodedText { text, encoding: charset.name(), source, replacements }
}

/// The seven-bit form with escape sequences that the bytes have, if any.
fn seven_bit(bytes: &[u8]) -> Option<Charset> {
    if memchr::memchr(0x1B, bytes).is_some() && bytes.is_ascii() {
        if shifted::is_iso_2022_kr(bytes) {
            return Some(Charset::Iso2022Kr);
        }
        let japanese: [&[u8]; 3] = [b"\x1b$B", b"\x1b$@", b"\x1b(J"];
        if japanese.iter().any(|escape| memchr::memmem::find(bytes, escape).is_some()) {
            return Some(Charset::Web(encoding_rs::ISO_2022_JP));
        }
    }
    shifted::is_hz(bytes).then_some(Charset::Hz)
}

/// Bytes that are not valid UTF-8: the declarations as far as they decode, then detection.
fn legacy<'a>(bytes: &'a [u8], header: Option<Charset>, meta: Option<Charset>) -> DecodedText<'a> {
    let high = bytes.iter().filter(|b| **b >= 0x80).count() as u64;
    // A Latin-1 header is often only the server's default: the page's own word counts more.
    let weak_header = header.is_some_and(|h| matches!(h, Charset::Web(e) if e == encoding_rs::WINDOWS_1252));
    let mut order = [(header, Source::Header), (meta, Source::Meta)];
    if weak_header && meta.is_some() {
        order.swap(0, 1);
    }
    let mut best: Option<DecodedText<'a>> = None;
    for (charset, source) in order {
        let Some(charset) = charset else { continue };
        if is_wide(charset) {
            // A page whose declaration can be read byte by byte is not UTF-16.
            continue;
        }
        let decoded = finish(charset, source, bytes);
        if tolerable(&decoded, high) && credible(charset, &decoded.text, bytes) {
            return decoded;
        }
        if best.as_ref().is_none_or(|b| decoded.replacements < b.replacements) {
            best = Some(decoded);
        }
    }
    let utf8 = finish(Charset::Web(encoding_rs::UTF_8), Source::Utf8, bytes);
    if utf8.replacements * 20 <= high {
        return DecodedText { source: Source::Detected, ..utf8 };
    }
    let detected = finish(detect(bytes), Source::Detected, bytes);
    match best {
        Some(declared) if declared.replacements < detected.replacements => declared,
        _ => detected,
    }
}

fn is_wide(charset: Charset) -> bool {
    match charset {
        Charset::Wide(_) => true,
        Charset::Web(e) => e == encoding_rs::UTF_16LE || e == encoding_rs::UTF_16BE,
        _ => false,
    }
}

/// At most one replacement in twenty high bytes (and one is always forgiven: a cut page ends inside a character).
fn tolerable(decoded: &DecodedText<'_>, high: u64) -> bool {
    decoded.replacements * 20 <= high || decoded.replacements <= 1
}

/// Whether the bytes could be what is declared: not when another charset explains them far better.
fn credible(charset: Charset, text: &str, bytes: &[u8]) -> bool {
    if is_eastern(charset) {
        let (all, common) = east::common(head_of(text));
        return all < FEW || common * 10 >= all || !tells(&evidence(bytes), charset);
    }
    !tells(&evidence(bytes), charset)
}

/// The first part of a text, cut between characters.
fn head_of(text: &str) -> &str {
    &text[..text.floor_char_boundary(EAST_WINDOW)]
}

/// Characters below which a share of common ones says little.
const FEW: u64 = 8;

/// What the bytes say by themselves.
struct Evidence {
    pairs: Pairs,
    /// The best charset of East Asia, with characters outside ASCII and the common ones among them.
    east: Option<(Charset, u64, u64)>,
    /// The best single-byte charset with its cost in bits.
    single: Option<(Charset, u64)>,
}

/// Whether the evidence is plainly against `declared`.
fn tells(found: &Evidence, declared: Charset) -> bool {
    if let Some((east, all, common)) = found.east
        && all >= FEW
        && common * 2 >= all
    {
        return !is_eastern(declared) || east.name() != declared.name();
    }
    let Some((_, best)) = found.single else { return false };
    // A charset without readings cannot be judged.
    let Some((_, cost)) = pairs::best(&found.pairs, Some(declared)) else { return is_eastern(declared) };
    found.pairs.total >= 12 && cost > best + 30 + 3 * found.pairs.total
}

fn is_eastern(charset: Charset) -> bool {
    EAST.iter().any(|label| Charset::for_label(label).is_some_and(|east| east.name() == charset.name()))
        || matches!(charset, Charset::Web(web) if web == encoding_rs::GBK || web == encoding_rs::ISO_2022_JP)
}

/// The charsets of East Asia that are told by their text.
const EAST: [&str; 7] = ["gb18030", "big5", "euc-jp", "shift_jis", "euc-kr", "johab", "euc-tw"];
/// How many bytes detection looks at.
const DETECT_WINDOW: usize = 64 * 1024;
/// How many of them are decoded in every charset of East Asia.
const EAST_WINDOW: usize = 8 * 1024;

/// The part of a page that is looked at: from shortly before its first high byte on, for the start is mostly markup.
fn window(bytes: &[u8], len: usize) -> &[u8] {
    let first = bytes.iter().position(|b| *b >= 0x80).unwrap_or(0).saturating_sub(64);
    &bytes[first..bytes.len().min(first + len)]
}

fn evidence(bytes: &[u8]) -> Evidence {
    let pairs = Pairs::of(window(bytes, DETECT_WINDOW));
    let single = pairs::best(&pairs, None);
    // What is well explained as letters of one language needs no second look.
    if single.is_some_and(|(_, cost)| cost < WELL_EXPLAINED * pairs.total) {
        return Evidence { pairs, east: None, single };
    }
    let sample = window(bytes, EAST_WINDOW);
    let mut east: Option<(Charset, u64, u64)> = None;
    for charset in EAST.iter().filter_map(|label| Charset::for_label(label)) {
        let (text, bad) = charset.decode(sample);
        let (all, common) = east::common(&text);
        // A broken character is worth many good ones; the sample may end inside one.
        let common = common.saturating_sub(4 * bad.saturating_sub(1));
        // Shares are compared crosswise, so that no division rounds them.
        if all > 0 && east.is_none_or(|(_, most, best)| common * most > best * all) {
            east = Some((charset, all, common));
        }
    }
    Evidence { pairs, east, single }
}

/// Bits a pair below which a single-byte reading is good; text of East Asia costs 14 and more.
const WELL_EXPLAINED: u64 = 10;

/// Finds the charset from the bytes alone.
fn detect(bytes: &[u8]) -> Charset {
    let found = evidence(bytes);
    if let Some((charset, all, common)) = found.east
        && all >= 3
        && common * 2 >= all
    {
        return charset;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let sample = window(bytes, DETECT_WINDOW);
    detector.feed(sample, sample.last() == bytes.last());
    let guess = Charset::Web(detector.guess(None, Utf8Detection::Deny));
    if is_eastern(guess) && found.east.is_some_and(|(_, all, common)| common * 5 >= all) {
        return guess;
    }
    found.single.map_or(guess, |(charset, _)| charset)
}
