//! Numbers as people read them, in fixed forms.

/// A count with its thousands set apart.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count in three digits: `9.84 B`. Exact below a million.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn short(number: u64) -> String {
    let value = number as f64;
    for (unit, name) in [(1e12, "T"), (1e9, "B"), (1e6, "M")] {
        if value >= unit {
            return format!("{:.2} {name}", value / unit);
        }
    }
    count(number)
}

/// An amount of bytes: `1.02 TiB`.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn bytes(number: u64) -> String {
    let mut value = number as f64;
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            return if unit == "B" { format!("{number} B") } else { format!("{value:.1} {unit}") };
        }
        value /= 1024.0;
    }
    format!("{value:.1} PiB")
}

/// A share in percent. Never says 0 % or 100 % of something that is not.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let value = 100.0 * part as f64 / whole as f64;
    match value {
        _ if part == 0 => "0 %".to_owned(),
        _ if part < whole && value >= 99.95 => "> 99.9 %".to_owned(),
        value if value >= 1.0 => format!("{value:.1} %"),
        value if value >= 0.1 => format!("{value:.2} %"),
        value if value >= 0.01 => format!("{value:.3} %"),
        value if value >= 0.0001 => format!("{value:.4} %"),
        _ => "< 0.0001 %".to_owned(),
    }
}

/// `part / whole` between 0 and 1, for drawing.
#[allow(clippy::cast_precision_loss, reason = "drawn in pixels")]
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).min(1.0) }
}

/// A quotient with two decimals.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn quotient(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.2}", part as f64 / whole as f64) }
}

/// A measured value: whole numbers as counts, others with up to four decimals, very small and very big ones with a power of ten.
pub fn value(number: f64) -> String {
    let size = number.abs();
    if number.is_nan() {
        return "–".to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{number:.3e}");
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let fixed = format!("{size:.4}");
    let trimmed = fixed.trim_end_matches('0').trim_end_matches('.');
    let (whole, rest) = trimmed.split_at(trimmed.find('.').unwrap_or(trimmed.len()));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    format!("{sign}{whole}{rest}")
}

/// `1 document`, `2 documents`: the count with its noun.
pub fn of(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", count(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([count(0), count(999), count(1_234_567)], ["0", "999", "1,234,567"]);
        assert_eq!([short(999_999), short(9_840_000_000), short(1_000_000)], ["999,999", "9.84 B", "1.00 M"]);
        assert_eq!([bytes(12), bytes(3 << 20), bytes(u64::MAX)], ["12 B", "3.0 MiB", "16384.0 PiB"]);
        assert_eq!([of(1, "shard"), of(2000, "shard")], ["1 shard", "2,000 shards"]);
        assert_eq!(
            [value(0.0), value(-0.0), value(1234.5), value(-0.3), value(1e-9), value(f64::NAN), value(1e300)],
            ["0", "0", "1,234.5", "-0.3", "1.000e-9", "–", "1.000e300"]
        );
    }

    #[test]
    fn a_share_never_claims_all_or_nothing() {
        assert_eq!([percent(0, 5), percent(5, 5), percent(1, 0)], ["0 %", "100.0 %", "–"]);
        assert_eq!([percent(999_999, 1_000_000), percent(1, 1_000_000_000)], ["> 99.9 %", "< 0.0001 %"]);
        assert_eq!([percent(1, 4), percent(1, 25_000), percent(5, 1000)], ["25.0 %", "0.0040 %", "0.50 %"]);
    }
}
