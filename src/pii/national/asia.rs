//! Numbers of countries of Asia, Africa and Oceania.

use super::Scheme;
use super::checks::{date, last, luhn, number, same, value, verhoeff, weighted, ymd};

/// The schemes.
pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        name: "in-aadhaar",
        plain: &[],
        named: &["9999 9999 9999", "999999999999", "9999-9999-9999"],
        words: &["aadhaar", "aadhar", "adhaar", "uid", "uidai", "आधार"],
        check: |n| {
            let palindrome = n.iter().eq(n.iter().rev());
            n[0] >= b'2' && !palindrome && verhoeff(n)
        },
    },
    Scheme {
        name: "in-pan",
        plain: &[],
        named: &["AAAAA9999A"],
        words: &["pan", "permanent", "tax"],
        check: |n| b"ABCFGHJLPTK".contains(&n[3]) && &n[5..9] != b"0000",
    },
    Scheme {
        name: "cn-resident",
        plain: &["999999999999999999", "99999999999999999A"],
        named: &[],
        words: &[],
        check: |n| {
            let sum = weighted(&n[..17], &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
            let year = number(&n[6..10]);
            (11..=82).contains(&number(&n[..2]))
                && (1850..=2100).contains(&year)
                && date(year, number(&n[10..12]), number(&n[12..14]))
                && b"10X98765432"[(sum % 11) as usize] == n[17]
        },
    },
    Scheme {
        name: "kr-rrn",
        plain: &["999999-9999999"],
        named: &["9999999999999"],
        words: &["rrn", "주민등록번호", "resident"],
        check: |n| {
            let sum = weighted(&n[..12], &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
            ymd(n) && (11 - sum % 11) % 10 == last(n)
        },
    },
    Scheme {
        name: "jp-my-number",
        plain: &[],
        named: &["999999999999", "9999 9999 9999", "9999-9999-9999"],
        words: &["マイナンバー", "個人番号", "mynumber", "individual"],
        check: |n| {
            let rest = weighted(&n[..11], &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
            !same(n) && (if rest <= 1 { 0 } else { 11 - rest }) == last(n)
        },
    },
    Scheme {
        name: "tw-id",
        plain: &[],
        named: &["A999999999"],
        words: &["身分證", "身份證", "identity", "national"],
        check: |n| {
            // Letters in the order of their values from 10 on.
            let Some(place) = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|letter| *letter == n[0]) else {
                return false;
            };
            let lead = place as u32 + 10;
            let sum = lead / 10 + lead % 10 * 9 + weighted(&n[1..], &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
            matches!(n[1], b'1' | b'2' | b'8' | b'9') && sum.is_multiple_of(10)
        },
    },
    Scheme {
        name: "hk-id",
        plain: &["A999999(9)", "A999999(A)", "AA999999(9)", "AA999999(A)"],
        named: &[],
        words: &[],
        check: |n| {
            let Some((check, body)) = n.split_last() else {
                return false;
            };
            let pad = if body.len() == 7 { 36 * 9 } else { 0 };
            let sum: u32 = body.iter().rev().zip(2..).map(|(sign, weight)| value(*sign) * weight).sum();
            (*check == b'A' || check.is_ascii_digit()) && (pad + sum + value(*check)).is_multiple_of(11)
        },
    },
    Scheme {
        name: "sg-nric",
        plain: &["A9999999A"],
        named: &[],
        words: &[],
        check: |n| {
            let sum = weighted(&n[1..8], &[2, 7, 6, 5, 4, 3, 2]);
            let letter = |table: &[u8; 11], add: u32| table[((sum + add) % 11) as usize] == n[8];
            match n[0] {
                b'S' => letter(b"JZIHGFEDCBA", 0),
                b'T' => letter(b"JZIHGFEDCBA", 4),
                b'F' => letter(b"XWUTRQPNMLK", 0),
                b'G' => letter(b"XWUTRQPNMLK", 4),
                _ => false,
            }
        },
    },
    Scheme {
        name: "th-pin",
        plain: &["9-9999-99999-99-9"],
        named: &["9999999999999"],
        words: &["บัตรประชาชน", "ประจำตัวประชาชน", "thai", "citizen"],
        check: |n| {
            let sum = weighted(&n[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
            matches!(n[0], b'1'..=b'8') && (11 - sum % 11) % 10 == last(n)
        },
    },
    Scheme {
        name: "il-id",
        plain: &[],
        named: &["999999999"],
        words: &["teudat", "zehut", "זהות", "ת.ז"],
        check: |n| !same(n) && luhn(n),
    },
    Scheme {
        name: "za-id",
        plain: &[],
        named: &["9999999999999", "999999 9999 99 9"],
        words: &["identity", "said", "identiteitsnommer"],
        check: |n| ymd(n) && matches!(n[10], b'0' | b'1' | b'2') && luhn(n),
    },
    Scheme {
        name: "au-tfn",
        plain: &[],
        named: &["999 999 999", "999999999", "99 999 999"],
        words: &["tfn", "tax"],
        check: |n| {
            let weights: &[u32] = if n.len() == 9 { &[1, 4, 3, 7, 5, 8, 6, 9, 10] } else { &[10, 7, 8, 4, 6, 3, 5, 1] };
            !same(n) && weighted(n, weights).is_multiple_of(11)
        },
    },
];
