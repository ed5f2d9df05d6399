//! A first look at a text: which part of it is read, in which script it is, how much of it is letters.

use super::features::decode;
use super::script::{self, SCRIPTS, Script};

/// Bytes of a text that are looked at, at most.
pub(super) const LOOK: usize = 4096;
/// Windows in which they lie, evenly over the text from its start to its end: pages begin with menus and licences.
pub(super) const WINDOWS: usize = 8;

/// The whole text when it is short, else eight windows of 512 bytes; cut at characters.
pub(super) fn windows(text: &str) -> [&str; WINDOWS] {
    let mut out = [""; WINDOWS];
    if text.len() <= LOOK {
        out[0] = text;
        return out;
    }
    let size = LOOK / WINDOWS;
    let step = (text.len() - size) / (WINDOWS - 1);
    for (at, window) in out.iter_mut().enumerate() {
        let start = text.ceil_char_boundary(at * step);
        *window = &text[start..text.floor_char_boundary(start + size)];
    }
    out
}

/// What the first look says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Survey {
    /// The script that decides.
    pub(super) script: Script,
    /// Its characters.
    pub(super) letters: u32,
    /// Share of the visible characters (not whitespace) that are letters of any script.
    pub(super) share: f32,
}

/// How much a letter of a script counts. Latin counts least, because names, links and code stand in Latin letters in
/// texts of every language: 39 of the 400 Urdu training sentences have more Latin letters than Arabic ones, and half of
/// the Korean pages of the TensorFlow documentation have three times as many Latin letters as Hangul. A Han, kana or
/// Hangul character says as much as several letters.
fn weight(script: Script) -> u64 {
    match script {
        Script::Other => 0,
        Script::Latin => 1,
        Script::Han | Script::Kana | Script::Hangul => 10,
        _ => 3,
    }
}

/// ASCII letters, and the other visible ASCII characters.
fn ascii(bytes: &[u8]) -> (u32, u32) {
    let (mut letters, mut visible) = (0, 0);
    // Blocks of 128, so that the counts of a block fit into bytes and the loop into vector registers.
    for block in bytes.chunks(128) {
        let (mut l, mut v) = (0u8, 0u8);
        for &byte in block {
            l += u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
            v += u8::from(byte.wrapping_sub(b'!') < 0x7F - b'!');
        }
        letters += u32::from(l);
        visible += u32::from(v);
    }
    (letters, visible - letters)
}

/// Looks at the windows of a text; `None` when they have no letters.
pub(super) fn survey(windows: &[&str]) -> Option<Survey> {
    let mut counts = [0u32; SCRIPTS];
    let mut visible = 0u32;
    for text in windows {
        let (letters, others) = ascii(text.as_bytes());
        counts[Script::Latin as usize] += letters;
        visible += letters + others;
        let mut bytes = text.as_bytes();
        while let Some(at) = bytes.iter().position(|&byte| byte >= 0x80) {
            let (code, length) = decode(&bytes[at..]);
            let script = char::from_u32(code as u32).map_or(Script::Other, script::of);
            counts[script as usize] += 1;
            visible += 1;
            bytes = &bytes[at + length..];
        }
    }
    // Japanese is kana and Han together.
    let han = counts[Script::Han as usize] + counts[Script::Kana as usize];
    let mut best = (Script::Other, 0, 0);
    let mut letters = 0;
    for script in script::ALL {
        let own = counts[script as usize];
        letters += own;
        let own = if script == Script::Han { han } else { own };
        let weighted = u64::from(own) * weight(script);
        if script != Script::Kana && weighted > best.1 {
            best = (script, weighted, own);
        }
    }
    (best.1 > 0).then(|| Survey { script: best.0, letters: best.2, share: letters as f32 / visible.max(1) as f32 })
}

/// The language of a script that one supported language is written in, and how sure that is for a long text (a
/// judgement: how much is written in other languages of the script, as Tigrinya, Yiddish, Dzongkha or Assamese).
pub(super) fn only_language(script: Script) -> Option<(&'static str, f32)> {
    Some(match script {
        Script::Greek => ("el", 0.99),
        Script::Armenian => ("hy", 0.99),
        Script::Hebrew => ("he", 0.97),
        Script::Ethiopic => ("am", 0.85),
        Script::Bengali => ("bn", 0.96),
        Script::Gurmukhi => ("pa", 0.99),
        Script::Gujarati => ("gu", 0.99),
        Script::Oriya => ("or", 0.99),
        Script::Tamil => ("ta", 0.99),
        Script::Telugu => ("te", 0.99),
        Script::Kannada => ("kn", 0.99),
        Script::Malayalam => ("ml", 0.99),
        Script::Sinhala => ("si", 0.99),
        Script::Thai => ("th", 0.99),
        Script::Lao => ("lo", 0.99),
        Script::Tibetan => ("bo", 0.85),
        Script::Myanmar => ("my", 0.95),
        Script::Georgian => ("ka", 0.99),
        Script::Hangul => ("ko", 0.99),
        Script::Khmer => ("km", 0.99),
        Script::Mongolian => ("mn", 0.95),
        _ => return None,
    })
}

/// Letters of such a script that its supported language does not use and others do: the digraphs of Yiddish, two letters of
/// Assamese, those of Mon, Karen and Shan beside Burmese, a row of Tigrinya. (Source: names in the Unicode code charts.)
fn foreign_letters(script: Script) -> &'static [(u32, u32)] {
    match script {
        Script::Hebrew => &[(0x05F0, 0x05F2), (0xFB1F, 0xFB1F), (0xFB2E, 0xFB2F)],
        Script::Bengali => &[(0x09F0, 0x09F1)],
        Script::Ethiopic => &[(0x1250, 0x125D)],
        Script::Myanmar => &[(0x105A, 0x1099), (0xA9E0, 0xA9FE), (0xAA60, 0xAA7F)],
        _ => &[],
    }
}

/// One foreign letter in so many says that the text is in another language. Tigrinya has one in 200, a quoted name is rarer.
const FOREIGN_LETTER: usize = 500;

/// Whether a text in the script of one supported language is in another one of that script by its letters.
pub(super) fn has_foreign_letters(script: Script, letters: u32, windows: &[&str]) -> bool {
    let foreign = foreign_letters(script);
    if foreign.is_empty() {
        return false;
    }
    let is_foreign = |c: &char| foreign.iter().any(|&(first, last)| (first..=last).contains(&u32::from(*c)));
    let found = windows.iter().flat_map(|window| window.chars()).filter(is_foreign).count();
    found > 0 && found * FOREIGN_LETTER >= letters as usize
}
