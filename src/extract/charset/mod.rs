//! Bytes to text: which charset a page has, and its decoding.
//!
//! Order of trust: a byte order mark; bytes that are valid UTF-8 (or a seven-bit form with escapes); the HTTP header and
//! the page's own declaration, as long as they decode and the text is not far better explained otherwise; detection.
//! Nothing fails: what cannot be decoded becomes U+FFFD and is counted.
//!
//! Detection: charsets of East Asia are told by the share of their commonest characters (`east`), single-byte charsets by
//! the pairs of letters of 42 languages (`pairs`), see `detect`. Bytes that no charset explains are read as UTF-8, so that
//! the flood of U+FFFD shows that they are no text.
//!
//! Not decoded: UTF-7 (the web bans it; such a page is read as the ASCII it is), ISO-2022-CN, and fonts that draw other
//! letters in place of Latin ones.

mod detect;
mod double;
mod east;
mod pairs;
mod shifted;
mod sniff;
mod tables;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use detect::Evidence;
use encoding_rs::Encoding;
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
            Self::Hz => owned(by_web(encoding_rs::GBK, &shifted::hz_to_euc(bytes)).into_owned_pair()),
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
    if let Some(wide) = sniff::wide_by_zeros(bytes).or_else(|| detect::wide_by_text(bytes)) {
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

/// Bytes that are not valid UTF-8: the declarations as far as they are credible, then detection.
fn legacy<'a>(bytes: &'a [u8], header: Option<Charset>, meta: Option<Charset>) -> DecodedText<'a> {
    let high = bytes.iter().filter(|b| **b >= 0x80).count() as u64;
    // A Latin-1 header is often only the server's default: the page's own word counts more.
    let weak_header = header.is_some_and(|h| matches!(h, Charset::Web(e) if e == encoding_rs::WINDOWS_1252));
    let mut order = [(header, Source::Header), (meta, Source::Meta)];
    if weak_header && meta.is_some() {
        order.swap(0, 1);
    }
    let utf8 = finish(Charset::Web(encoding_rs::UTF_8), Source::Detected, bytes);
    let valid = utf8.text.chars().filter(|c| !c.is_ascii()).count() as u64 - utf8.replacements;
    // Other charsets give a sequence that is valid in UTF-8 by chance only.
    if valid >= 4 && valid > 10 * utf8.replacements {
        return utf8;
    }
    let evidence = Evidence::of(bytes);
    for (charset, source) in order {
        // A page whose declaration can be read byte by byte is not UTF-16.
        let Some(charset) = charset.filter(|charset| !is_wide(*charset)) else { continue };
        let decoded = finish(charset, source, bytes);
        if tolerable(&decoded, high) && !evidence.is_against(charset) {
            return decoded;
        }
    }
    // A page of UTF-8 into which something else was pasted.
    if valid > 2 * utf8.replacements {
        return utf8;
    }
    evidence.verdict().map_or(utf8, |charset| finish(charset, Source::Detected, bytes))
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
