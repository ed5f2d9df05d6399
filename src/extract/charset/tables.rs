//! Single-byte code pages that the encoding standard of the web does not have: DOS and old Macintosh ones.

use std::sync::LazyLock;

/// One code page per line: its name and the code points of the bytes 0x80..=0xFF (`fffd`: unassigned).
/// The assignments are those of the vendors' tables at unicode.org, as Python's codecs hold them.
const TABLES: &str = include_str!("tables.txt");

/// A code page.
#[derive(Debug)]
pub struct CodePage {
    /// Its name, for example `ibm855`.
    pub name: &'static str,
    high: Vec<char>,
}

static PAGES: LazyLock<Vec<CodePage>> = LazyLock::new(|| {
    TABLES
        .lines()
        .filter_map(|line| {
            let (name, points) = line.split_once(' ')?;
            let high: Vec<char> =
                points.split(' ').filter_map(|p| char::from_u32(u32::from_str_radix(p, 16).ok()?)).collect();
            (high.len() == 128).then_some(CodePage { name, high })
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
            bad += u64::from(c == '\u{FFFD}');
            out.push(c);
        }
        (out, bad)
    }
}
