//! Writing systems: which script the letters of a text are in.

/// A script, or a group that is written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Script {
    /// No letter of a script that is told apart here.
    Other,
    /// Latin with all its extensions.
    Latin,
    /// Greek and Coptic.
    Greek,
    /// Cyrillic.
    Cyrillic,
    /// Armenian.
    Armenian,
    /// Hebrew.
    Hebrew,
    /// Arabic with its supplements and presentation forms.
    Arabic,
    /// Ethiopic.
    Ethiopic,
    /// Devanagari.
    Devanagari,
    /// Bengali.
    Bengali,
    /// Gurmukhi.
    Gurmukhi,
    /// Gujarati.
    Gujarati,
    /// Odia.
    Oriya,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Kannada.
    Kannada,
    /// Malayalam.
    Malayalam,
    /// Sinhala.
    Sinhala,
    /// Thai.
    Thai,
    /// Lao.
    Lao,
    /// Tibetan.
    Tibetan,
    /// Burmese.
    Myanmar,
    /// Georgian.
    Georgian,
    /// Hangul.
    Hangul,
    /// Khmer.
    Khmer,
    /// Traditional Mongolian.
    Mongolian,
    /// Hiragana and Katakana.
    Kana,
    /// Han characters and Bopomofo.
    Han,
}

/// Number of [`Script`] values.
pub const SCRIPTS: usize = Script::Han as usize + 1;

/// Ranges of code points, whole Unicode blocks (Unicode 16 `Blocks.txt`), except that Latin-1 begins at its letters.
const RANGES: &[(u32, u32, Script)] = &[
    (0x00C0, 0x02AF, Script::Latin),
    (0x0370, 0x03FF, Script::Greek),
    (0x0400, 0x052F, Script::Cyrillic),
    (0x0530, 0x058F, Script::Armenian),
    (0x0590, 0x05FF, Script::Hebrew),
    (0x0600, 0x06FF, Script::Arabic),
    (0x0750, 0x077F, Script::Arabic),
    (0x0870, 0x08FF, Script::Arabic),
    (0x0900, 0x097F, Script::Devanagari),
    (0x0980, 0x09FF, Script::Bengali),
    (0x0A00, 0x0A7F, Script::Gurmukhi),
    (0x0A80, 0x0AFF, Script::Gujarati),
    (0x0B00, 0x0B7F, Script::Oriya),
    (0x0B80, 0x0BFF, Script::Tamil),
    (0x0C00, 0x0C7F, Script::Telugu),
    (0x0C80, 0x0CFF, Script::Kannada),
    (0x0D00, 0x0D7F, Script::Malayalam),
    (0x0D80, 0x0DFF, Script::Sinhala),
    (0x0E00, 0x0E7F, Script::Thai),
    (0x0E80, 0x0EFF, Script::Lao),
    (0x0F00, 0x0FFF, Script::Tibetan),
    (0x1000, 0x109F, Script::Myanmar),
    (0x10A0, 0x10FF, Script::Georgian),
    (0x1100, 0x11FF, Script::Hangul),
    (0x1200, 0x139F, Script::Ethiopic),
    (0x1780, 0x17FF, Script::Khmer),
    (0x1800, 0x18AF, Script::Mongolian),
    (0x1C80, 0x1C8F, Script::Cyrillic),
    (0x1C90, 0x1CBF, Script::Georgian),
    (0x1D00, 0x1DBF, Script::Latin),
    (0x1E00, 0x1EFF, Script::Latin),
    (0x1F00, 0x1FFF, Script::Greek),
    (0x2C60, 0x2C7F, Script::Latin),
    (0x2D80, 0x2DDF, Script::Ethiopic),
    (0x2DE0, 0x2DFF, Script::Cyrillic),
    (0x2E80, 0x2FDF, Script::Han),
    (0x3040, 0x30FF, Script::Kana),
    (0x3100, 0x312F, Script::Han),
    (0x3130, 0x318F, Script::Hangul),
    (0x31A0, 0x31BF, Script::Han),
    (0x31F0, 0x31FF, Script::Kana),
    (0x3400, 0x4DBF, Script::Han),
    (0x4E00, 0x9FFF, Script::Han),
    (0xA640, 0xA69F, Script::Cyrillic),
    (0xA720, 0xA7FF, Script::Latin),
    (0xA8E0, 0xA8FF, Script::Devanagari),
    (0xA960, 0xA97F, Script::Hangul),
    (0xAA60, 0xAA7F, Script::Myanmar),
    (0xAB30, 0xAB6F, Script::Latin),
    (0xAC00, 0xD7FF, Script::Hangul),
    (0xF900, 0xFAFF, Script::Han),
    (0xFB50, 0xFDFF, Script::Arabic),
    (0xFE70, 0xFEFF, Script::Arabic),
];

/// Script of every 16 code points of the basic plane; all ranges but Latin-1's start fall on such steps.
static TABLE: [Script; 4096] = {
    let mut table = [Script::Other; 4096];
    let mut i = 0;
    while i < RANGES.len() {
        let (low, high, script) = RANGES[i];
        let mut at = low / 16;
        while at <= high / 16 {
            table[at as usize] = script;
            at += 1;
        }
        i += 1;
    }
    table
};

/// The script of a character; `Other` for digits, punctuation and what has no script here.
#[must_use]
#[inline]
pub fn of(c: char) -> Script {
    let code = c as u32;
    if code < 0xC0 {
        return if c.is_ascii_alphabetic() || matches!(code, 0xAA | 0xBA) { Script::Latin } else { Script::Other };
    }
    if code < 0x1_0000 {
        return if matches!(code, 0xD7 | 0xF7) { Script::Other } else { TABLE[(code >> 4) as usize] };
    }
    match code {
        0x2_0000..=0x3_FFFF => Script::Han,
        0x1_B000..=0x1_B16F => Script::Kana,
        _ => Script::Other,
    }
}

/// Characters of each script, by `script as usize`; `[Script::Other as usize]` counts everything that is no letter of a
/// known script.
#[must_use]
pub fn count(text: &str) -> [u32; SCRIPTS] {
    let mut counts = [0u32; SCRIPTS];
    for c in text.chars() {
        let slot = &mut counts[of(c) as usize];
        *slot = slot.saturating_add(1);
    }
    counts
}

/// The script with the most letters and its share of the letters of all known scripts (0 to 1); `None` without letters.
/// Han, Kana and Hangul characters count twice, because one says as much as two or more letters. Of equal scripts the
/// first of [`Script`]'s order.
#[must_use]
pub fn dominant(text: &str) -> Option<(Script, f32)> {
    let counts = count(text);
    let mut best = (Script::Other, 0u64);
    let mut total = 0;
    for (script, &n) in ALL.iter().zip(&counts[1..]) {
        let dense = matches!(script, Script::Han | Script::Kana | Script::Hangul);
        let weight = u64::from(n) * if dense { 2 } else { 1 };
        total += weight;
        if weight > best.1 {
            best = (*script, weight);
        }
    }
    (total > 0).then(|| (best.0, best.1 as f32 / total as f32))
}

/// All scripts but `Other`, in order.
pub const ALL: [Script; SCRIPTS - 1] = [
    Script::Latin,
    Script::Greek,
    Script::Cyrillic,
    Script::Armenian,
    Script::Hebrew,
    Script::Arabic,
    Script::Ethiopic,
    Script::Devanagari,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Oriya,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Sinhala,
    Script::Thai,
    Script::Lao,
    Script::Tibetan,
    Script::Myanmar,
    Script::Georgian,
    Script::Hangul,
    Script::Khmer,
    Script::Mongolian,
    Script::Kana,
    Script::Han,
];

impl Script {
    /// ISO 15924 code (`Latn`); `Zyyy` for [`Script::Other`], `Jpan` for kana, `Hani` for Han.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Other => "Zyyy",
            Self::Latin => "Latn",
            Self::Greek => "Grek",
            Self::Cyrillic => "Cyrl",
            Self::Armenian => "Armn",
            Self::Hebrew => "Hebr",
            Self::Arabic => "Arab",
            Self::Ethiopic => "Ethi",
            Self::Devanagari => "Deva",
            Self::Bengali => "Beng",
            Self::Gurmukhi => "Guru",
            Self::Gujarati => "Gujr",
            Self::Oriya => "Orya",
            Self::Tamil => "Taml",
            Self::Telugu => "Telu",
            Self::Kannada => "Knda",
            Self::Malayalam => "Mlym",
            Self::Sinhala => "Sinh",
            Self::Thai => "Thai",
            Self::Lao => "Laoo",
            Self::Tibetan => "Tibt",
            Self::Myanmar => "Mymr",
            Self::Georgian => "Geor",
            Self::Hangul => "Hang",
            Self::Khmer => "Khmr",
            Self::Mongolian => "Mong",
            Self::Kana => "Jpan",
            Self::Han => "Hani",
        }
    }
}
