//! Python's `round` to the eight digits that RedPajama v2 keeps.

/// `round(value, 8)`: the nearest number of eight decimals, of two equally near ones the even; then the nearest double.
pub(super) fn round8(value: f64) -> f64 {
    const SCALE: f64 = 1e8;
    let scaled = value * SCALE;
    let below = scaled.floor();
    let part = scaled - below;
    // The product is off by less than 1e-3, so that away from the middle the side is certain; and a whole number over
    // 10^8 is the double nearest to that decimal.
    if scaled.abs() < 1e12 && (part - 0.5).abs() > 1e-3 {
        return (if part < 0.5 { below } else { below + 1.0 }) / SCALE;
    }
    format!("{value:.8}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::round8;

    #[test]
    fn rounds_as_python_does() {
        // Pairs from CPython 3.11; 2^-9 and its multiples are ties.
        for (value, rounded) in [
            (0.001_953_125, 0.001_953_12),
            (0.005_859_375, 0.005_859_38),
            (1.0 / 3.0, 0.333_333_33),
            (2.0 / 3.0, 0.666_666_67),
            (0.123_456_785, 0.123_456_78),
            (0.123_456_775, 0.123_456_78),
            (54_321.001_953_125, 54_321.001_953_12),
            (0.0, 0.0),
            (7.0, 7.0),
        ] {
            assert_eq!(round8(value).to_bits(), f64::to_bits(rounded), "{value}");
        }
    }
}
