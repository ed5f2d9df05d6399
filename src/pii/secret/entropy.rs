//! How random a value looks.

/// Shannon's entropy of the signs of `value`, in bits a sign.
pub(super) fn bits(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    value.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = value.len() as f64;
    counts.iter().filter(|count| **count > 0).fold(0.0, |sum, count| {
        let share = f64::from(*count) / all;
        sum - share * libm::log2(share)
    })
}

/// Whether `value` is more likely drawn than written: letters and digits, at least 3 bits a sign, figures in more places
/// than one, and no run of small letters as long as a word in every part.
pub(super) fn is_random(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let changes = value.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    let dots = value.iter().filter(|byte| matches!(byte, b'.' | b'/')).count();
    digits >= 2 && letters >= 4 && changes >= 4 && dots * 8 <= value.len() && bits(value) >= 3.0
}
