//! Single-byte code pages that the encoding standard of the web does not have: DOS and old Macintosh ones.

use std::sync::LazyLock;

/// One code page per line: its name, the code points of the bytes 0x80..=0xFF (`fffd`: unassigned), and `byte=point` for the
/// control characters that VISCII spends on letters.
/// The assignments are those of the vendors' tables at unicode.org, as Python's codecs hold them.
const TABLES: &str = include_str!("tables.txt");

/// A code page.
#[derive(Debug)]
pub struct CodePage {
    /// Its name, for example `ibm855`.
    pub name: &'static str,
    high: Vec<char>,
    low: Vec<(u8, char)>,
}

static PAGES: LazyLock<Vec<CodePage>> = LazyLock::new(|| {
    TABLES
        .lines()
        .filter_map(|line| {
            let (name, points) = line.split_once(' ')?;
            let point = |hex: &str| char::from_u32(u32::from_str_radix(hex, 16).ok()?);
            let high: Vec<char> = points.split(' ').filter_map(point).collect();
            let low = points.split(' ').filter_map(|p| p.split_once('='));
            let low = low.filter_map(|(byte, p)| Some((u8::from_str_radix(byte, 16).ok()?, point(p)?))).collect();
            (high.len() == 128).then_some(CodePage { name, high, low })
        })
        .collect()
});

impl CodePage {
    /// The code page for a label (`cp855`, `IBM855`, `855`, `csIBM855`, `dos-855`); `None` when there is none.
    #[must_use]
    pub fn for_label(label: &str) -> Option<&'static CodePage> {
        let lower = label.trim().to_ascii_lowercase();
        let bare =
            ["cspc", "csibm", "ibm-", "ibm", "cp-", "cp", "dos-", "oem"].iter().find_map(|p| lower.strip_prefix(p));
        let key = match bare.unwrap_or(&lower) {
            number if number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()) => {
                format!("ibm{number}")
            }
            _ => match lower.as_str() {
                "tcvn5712" | "tcvn-5712" | "tcvn5712-1" | "x-viet-tcvn5712" => "tcvn".to_owned(),
                "viscii1.1-1" | "csviscii" | "x-viet-viscii" => "viscii".to_owned(),
                "kz1048" | "strk1048-2002" | "rk1048" => "kz-1048".to_owned(),
                "pt154" | "cp154" | "csptcp154" | "cyrillic-asian" => "ptcp154".to_owned(),
                "macgreek" | "mac-greek" => "x-mac-greek".to_owned(),
                "macce" | "maccentraleurope" | "x-mac-centraleurroman" | "mac-ce" => "x-mac-ce".to_owned(),
                "macturkish" | "mac-turkish" => "x-mac-turkish".to_owned(),
                "maciceland" | "macicelandic" => "x-mac-icelandic".to_owned(),
                _ => lower.clone(),
            },
        };
        PAGES.iter().find(|p| p.name == key)
    }

    /// Decodes; returns the text and how many bytes are unassigned (they become U+FFFD).
    #[must_use]
    pub fn decode(&self, bytes: &[u8]) -> (String, u64) {
        let mut out = String::with_capacity(bytes.len() + bytes.len() / 2);
        let mut bad = 0;
        for b in bytes {
            let c = if *b < 0x80 { char::from(*b) } else { self.high[usize::from(*b - 0x80)] };
            let c = self.low.iter().find(|(low, _)| low == b).map_or(c, |(_, letter)| *letter);
            bad += u64::from(c == '\u{FFFD}');
            out.push(c);
        }
        (out, bad)
    }
}
