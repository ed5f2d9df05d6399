//! Small grammars of values: sizes, names, checksums, language codes.

/// Units of sizes, longest first where one ends in another.
const UNITS: &[(&str, u64)] = &[
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

/// The names of all units, for messages.
pub(super) const UNIT_NAMES: &str = "B, KiB, MiB, GiB, TiB, KB, MB, GB, TB";

/// Reads `64MiB`, `1.5 GiB`, `4096`, `10MB` as bytes, rounded down.
///
/// # Errors
/// What is wrong, with the nearest unit where there is one.
pub fn parse_size(text: &str) -> Result<u64, SizeError> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, unit) = (&text[..digits], text[digits..].trim_start());
    let factor = match unit {
        "" => 1,
        _ => match UNITS.iter().find(|(name, _)| *name == unit) {
            Some((_, factor)) => *factor,
            None if number.is_empty() => return Err(SizeError::NotANumber),
            None => {
                return Err(SizeError::Unit { number: number.to_owned(), unit: unit.to_owned() });
            }
        },
    };
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    // 20 and 9 digits keep the product below 2^127.
    if whole.is_empty() || whole.len() > 20 || fraction.len() > 9 || fraction.contains('.') {
        return Err(SizeError::NotANumber);
    }
    let parse = |digits: &str| {
        if digits.is_empty() { Ok(0) } else { digits.parse::<u128>() }
    };
    let (Ok(whole), Ok(part)) = (parse(whole), parse(fraction)) else {
        return Err(SizeError::NotANumber);
    };
    let scale = 10_u128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    let bytes = (whole * scale + part) * u128::from(factor) / scale;
    u64::try_from(bytes).map_err(|_| SizeError::TooLarge)
}

/// Why a text is not a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SizeError {
    /// It does not start with a number.
    NotANumber,
    /// It ends in something that is no unit.
    Unit {
        /// The number before it.
        number: String,
        /// What stands where the unit should.
        unit: String,
    },
    /// Over 2^64 bytes.
    TooLarge,
}

impl SizeError {
    /// The same size with the nearest unit, if the unit is a slip of the fingers.
    #[must_use]
    pub fn repaired(&self) -> Option<String> {
        let Self::Unit { number, unit } = self else {
            return None;
        };
        // One letter, small letters, and `Gib` for `GiB` are frequent: binary units are meant.
        let lower = unit.to_lowercase();
        let binary = match lower.as_str() {
            "k" | "kib" | "ki" => Some("KiB"),
            "m" | "mib" | "mi" => Some("MiB"),
            "g" | "gib" | "gi" => Some("GiB"),
            "t" | "tib" | "ti" => Some("TiB"),
            _ => None,
        };
        let near = binary.or_else(|| super::diagnostic::nearest(unit, UNITS.iter().map(|(name, _)| *name)));
        near.map(|unit| format!("{number}{unit}"))
    }
}

/// Bytes as text in the largest binary unit that divides them: the reverse of [`parse_size`].
#[must_use]
pub fn size_text(bytes: u64) -> String {
    let unit = UNITS[..4].iter().rev().find(|(_, factor)| bytes >= *factor && bytes.is_multiple_of(*factor));
    unit.map_or_else(|| format!("{bytes}B"), |(name, factor)| format!("{}{name}", bytes / factor))
}

/// Whether `text` may name a source or a step: 1 to 64 small letters, digits, `-`, `_`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

/// The nearest text that [`is_name`] allows, if any letter is left.
#[must_use]
pub fn to_name(text: &str) -> Option<String> {
    let mut out = String::new();
    for character in text.chars().flat_map(char::to_lowercase).take(64) {
        if character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_' {
            out.push(character);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_matches('-');
    (!out.is_empty()).then(|| out.to_owned())
}

/// Whether `text` is a SHA-256 in hexadecimal digits.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether `text` has the form of a language code: `en`, `nds`, `zh-hant`, `sr_Cyrl`, `deu_Latn`.
///
/// Two or three small letters, then parts of 2 to 8 letters or digits after `-` or `_` (the forms of fastText's lid.176,
/// of ISO 639-1 and -3, and of FLORES codes).
#[must_use]
pub fn is_language_code(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("1GiB", 1 << 30),
            ("64MiB", 64 << 20),
            ("1.5 KiB", 1536),
            ("4_096", 4096),
            ("10MB", 10_000_000),
            ("7B", 7),
            ("0.5KiB", 512),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "GiB", "1..2GiB", ".5GiB", "-1GiB", "1e3", "99999999999999999999TiB", "1.2.3GiB", "١GiB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
        assert_eq!(parse_size("4GiBB").unwrap_err().repaired().as_deref(), Some("4GiB"));
        assert_eq!(parse_size("4g").unwrap_err().repaired().as_deref(), Some("4GiB"));
        assert_eq!(parse_size("4 parsecs").unwrap_err().repaired(), None);
        for bytes in [0, 1, 1023, 1024, 1536, 1 << 30, u64::MAX] {
            assert_eq!(parse_size(&size_text(bytes)), Ok(bytes));
        }
    }

    #[test]
    fn names_and_codes() {
        assert!(is_name("web-2024_a") && !is_name("Web") && !is_name("") && !is_name("a.b"));
        assert_eq!(to_name("My Crawl (2024).v2").as_deref(), Some("my-crawl-2024-v2"));
        assert_eq!(to_name("日本"), None);
        assert!(is_language_code("en") && is_language_code("zh-hant") && is_language_code("deu_Latn"));
        assert!(
            !is_language_code("EN")
                && !is_language_code("english")
                && !is_language_code("e")
                && !is_language_code("en-")
        );
    }
}
