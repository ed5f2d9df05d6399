//! Numbers of American countries.

use super::Scheme;
use super::checks::{last, luhn, number, same, value, weighted, ymd};

/// The schemes.
pub(super) const SCHEMES: &[Scheme] = &[
    Scheme { name: "us-itin", plain: &["999-99-9999"], named: &[], words: &[], check: itin },
    Scheme {
        name: "br-cpf",
        plain: &["999.999.999-99"],
        named: &["99999999999", "999999999-99"],
        words: &["cpf", "cpfs", "contribuinte"],
        check: |n| !same(n) && brazilian(n, 9, &[10, 9, 8, 7, 6, 5, 4, 3, 2], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]),
    },
    Scheme {
        name: "br-cnpj",
        plain: &["99.999.999/9999-99"],
        named: &["99999999999999"],
        words: &["cnpj"],
        check: |n| {
            let weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
            !same(n) && brazilian(n, 12, &weights[1..], &weights)
        },
    },
    Scheme {
        name: "ca-sin",
        plain: &[],
        named: &["999-999-999", "999 999 999", "999999999"],
        words: &["sin", "insurance", "nas", "social"],
        check: |n| !matches!(n[0], b'0' | b'8') && !same(n) && luhn(n),
    },
    Scheme {
        name: "mx-curp",
        plain: &["AAAA999999AAAAAA99", "AAAA999999AAAAAAA9"],
        named: &[],
        words: &[],
        check: curp,
    },
    Scheme {
        name: "ar-cuit",
        plain: &["99-99999999-9"],
        named: &["99999999999"],
        words: &["cuit", "cuil"],
        check: |n| {
            let rest = weighted(&n[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
            matches!(number(&n[..2]), 20 | 23 | 24 | 27 | 30 | 33 | 34)
                && [0, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1][rest as usize] == last(n)
        },
    },
    Scheme {
        name: "cl-rut",
        plain: &["99.999.999-9", "99.999.999-A", "9.999.999-9", "9.999.999-A"],
        named: &["99999999-9", "99999999-A", "9999999-9", "9999999-A"],
        words: &["rut", "run"],
        check: |n| {
            let (check, body) = (n[n.len() - 1], &n[..n.len() - 1]);
            let sum: u32 = body.iter().rev().zip((2..=7).cycle()).map(|(digit, weight)| value(*digit) * weight).sum();
            b"0K987654321"[(sum % 11) as usize] == check
        },
    },
];

/// Internal Revenue Service: 9 first, and which middle groups have been given out.
fn itin(n: &[u8]) -> bool {
    n[0] == b'9' && matches!(number(&n[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// Two check digits, each 11 less the weighted remainder, 0 above 9.
fn brazilian(n: &[u8], body: usize, first: &[u32], second: &[u32]) -> bool {
    let check = |sum: u32| if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
    check(weighted(&n[..body], first)) == value(n[body]) && check(weighted(&n[..=body], second)) == value(n[body + 1])
}

/// The register's instruction: name letters, date, sex, state, consonants, and a digit modulo 10. Ñ, which the alphabet
/// has between N and O, does not occur.
fn curp(n: &[u8]) -> bool {
    let sign = |byte: u8| value(byte) + u32::from(byte > b'N');
    let sum: u32 = n[..17].iter().zip((2..=18).rev()).map(|(byte, weight)| sign(*byte) * weight).sum();
    ymd(&n[4..]) && matches!(n[10], b'H' | b'M' | b'X') && (10 - sum % 10) % 10 == last(n)
}
