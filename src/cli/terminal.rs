//! Printing: data to standard output, everything else to standard error; crawl text only through the sanitiser.

use std::io::{self, IsTerminal, Write};

/// Prints data. A closed pipe ends quietly, as `| head` expects.
pub fn data(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            message("error", &format!("cannot write to standard output: {error}"));
            super::ENVIRONMENT
        }
        _ => 0,
    }
}

/// Prints a message for people: `error: …`, `hint: …`.
pub fn message(kind: &str, text: &str) {
    let _ = writeln!(io::stderr().lock(), "{kind}: {text}");
}

/// Says what was asked for and cannot be, and the way out; the exit code of a usage error.
pub fn refused(message: &str, hint: &str) -> u8 {
    self::message("error", message);
    self::message("hint", hint);
    super::USAGE
}

/// Says what failed in the world around; the exit code.
pub fn failed(error: &dyn std::fmt::Display) -> u8 {
    message("error", &error.to_string());
    super::ENVIRONMENT
}

/// Prints a line for people.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether standard error is a terminal that takes colours and a moving line.
pub fn is_live() -> bool {
    io::stderr().is_terminal()
}

/// Whether to colour messages: on a terminal, unless `NO_COLOR` is set.
pub fn colour() -> bool {
    is_live() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Text of documents made harmless for a terminal: control characters, escape sequences, bidirectional and zero-width
/// characters become visible escapes.
pub fn sane(text: &str) -> String {
    crate::report::escape::plain(text)
}

/// A count with thousands separated.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An amount of bytes for people.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn bytes(number: u64) -> String {
    let mut value = number as f64;
    for unit in ["bytes", "KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 || unit == "TiB" {
            return if unit == "bytes" { format!("{number} bytes") } else { format!("{value:.1} {unit}") };
        }
        value /= 1024.0;
    }
    format!("{number} bytes")
}

/// A share in percent.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / whole as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_a_terminal_gets_through() {
        let hostile = "a\u{1b}]52;c;aGk=\u{7}\u{202e}b\u{200b}\r\n\u{9b}31m";
        let sane = sane(hostile);
        assert!(sane.chars().all(|c| !c.is_control() && c != '\u{202e}' && c != '\u{200b}'), "{sane}");
        assert!(sane.starts_with("a\\u{1b}]52"));
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!((count(0).as_str(), count(1_234_567).as_str()), ("0", "1,234,567"));
        assert_eq!((bytes(12).as_str(), bytes(3 << 20).as_str()), ("12 bytes", "3.0 MiB"));
        assert_eq!((percent(1, 4).as_str(), percent(1, 0).as_str()), ("25.0 %", "–"));
    }
}
