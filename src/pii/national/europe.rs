//! Numbers of European countries.

use super::Scheme;
use super::checks::{date, dmy, last, luhn, mod11_10, number, same, value, weighted, ymd};

/// The schemes.
pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        name: "gb-nino",
        plain: &["AA 99 99 99 A"],
        named: &["AA999999A", "AA 999999 A", "AA999999"],
        words: &["nino", "ni", "insurance", "national", "nin"],
        check: nino,
    },
    Scheme {
        name: "gb-nhs",
        plain: &[],
        named: &["999 999 9999", "9999999999", "999-999-9999"],
        words: &["nhs", "health", "patient"],
        check: |n| !same(n) && (11 - weighted(&n[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last(n),
    },
    Scheme {
        name: "de-tax-id",
        plain: &[],
        named: &["99999999999", "99 999 999 999", "99 999999999"],
        words: &[
            "steuer",
            "steuerid",
            "steuernummer",
            "steueridentifikationsnummer",
            "identifikationsnummer",
            "idnr",
            "tin",
            "tax",
            "idnummer",
        ],
        check: german_tax,
    },
    Scheme {
        name: "fr-nir",
        plain: &[
            "999999999999999",
            "9 99 99 99 999 999 99",
            "9 99 99 9A 999 999 99",
            "999999A99999999",
            "9999999999999 99",
        ],
        named: &[],
        words: &[],
        check: nir,
    },
    Scheme {
        name: "es-dni",
        plain: &["99999999A", "99999999-A", "99.999.999-A", "99999999 A"],
        named: &[],
        words: &[],
        check: |n| !same(&n[..8]) && SPANISH[(number(&n[..8]) % 23) as usize] == n[8],
    },
    Scheme { name: "es-nie", plain: &["A9999999A", "A-9999999-A", "A9999999-A"], named: &[], words: &[], check: nie },
    Scheme { name: "it-codice-fiscale", plain: &["AAAAAA99A99A999A"], named: &[], words: &[], check: codice_fiscale },
    Scheme {
        name: "pl-pesel",
        plain: &[],
        named: &["99999999999"],
        words: &["pesel", "pesela", "ewidencyjny"],
        check: pesel,
    },
    Scheme {
        name: "nl-bsn",
        plain: &[],
        named: &["999999999", "9999.99.999", "9999 99 999"],
        words: &["bsn", "burgerservicenummer", "sofinummer", "sofi", "burgerservice"],
        check: |n| {
            let sum = weighted(&n[..8], &[9, 8, 7, 6, 5, 4, 3, 2]);
            !same(n) && sum % 11 == last(n)
        },
    },
    Scheme {
        name: "se-personnummer",
        plain: &["999999-9999", "999999+9999", "99999999-9999"],
        named: &["9999999999", "999999999999"],
        words: &["personnummer", "personnr", "pnr", "personal", "samordningsnummer"],
        check: swedish,
    },
    Scheme {
        name: "fi-hetu",
        plain: &["999999-999A", "999999-9999", "999999A999A", "999999A9999", "999999+999A", "999999+9999"],
        named: &[],
        words: &[],
        check: finnish,
    },
    Scheme {
        name: "no-fodselsnummer",
        plain: &["99999999999", "999999 99999"],
        named: &[],
        words: &[],
        check: norwegian,
    },
    Scheme {
        name: "dk-cpr",
        plain: &[],
        named: &["999999-9999", "9999999999"],
        words: &["cpr", "cpr-nr", "personnummer", "cprnr"],
        check: dmy,
    },
    Scheme {
        name: "is-kennitala",
        plain: &[],
        named: &["999999-9999", "9999999999"],
        words: &["kennitala", "kt"],
        check: |n| {
            let rest = weighted(&n[..8], &[3, 2, 7, 6, 5, 4, 3, 2]) % 11;
            dmy(n) && matches!(n[9], b'9' | b'0') && (11 - rest) % 11 == value(n[8])
        },
    },
    Scheme {
        name: "be-rijksregister",
        plain: &["99.99.99-999.99"],
        named: &["99999999999"],
        words: &["rijksregisternummer", "rijksregister", "national", "registre", "insz", "niss", "nrn"],
        check: belgian,
    },
    Scheme {
        name: "cz-rodne-cislo",
        plain: &["999999/9999"],
        named: &["9999999999"],
        words: &["rodné", "rodne", "číslo", "rč"],
        check: czech,
    },
    Scheme { name: "ro-cnp", plain: &[], named: &["9999999999999"], words: &["cnp", "personal"], check: romanian },
    Scheme { name: "bg-egn", plain: &[], named: &["9999999999"], words: &["егн", "egn"], check: bulgarian },
    Scheme { name: "hr-oib", plain: &[], named: &["99999999999"], words: &["oib"], check: mod11_10 },
    Scheme {
        name: "ee-lt-code",
        plain: &[],
        named: &["99999999999"],
        words: &["isikukood", "asmens", "kodas", "ik", "personal"],
        check: baltic,
    },
    Scheme {
        name: "pt-nif",
        plain: &[],
        named: &["999999999", "999 999 999"],
        words: &["nif", "contribuinte", "fiscal"],
        check: |n| {
            let rest = weighted(&n[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            n[0] != b'0' && (11 - rest) % 11 % 10 == last(n)
        },
    },
    Scheme {
        name: "ch-ahv",
        plain: &["999.9999.9999.99", "9999999999999"],
        named: &[],
        words: &[],
        check: |n| n.starts_with(b"756") && weighted(n, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10),
    },
    Scheme {
        name: "ie-pps",
        plain: &[],
        named: &["9999999A", "9999999AA"],
        words: &["pps", "ppsn", "psc"],
        check: |n| {
            let extra = n.get(8).map_or(0, |letter| if *letter == b'W' { 0 } else { value(*letter) - 9 });
            let rest = (weighted(&n[..7], &[8, 7, 6, 5, 4, 3, 2]) + extra * 9) % 23;
            b"WABCDEFGHIJKLMNOPQRSTUV"[rest as usize] == n[7] && n.get(8).is_none_or(|b| b"ABCDEFGHIW".contains(b))
        },
    },
    Scheme {
        name: "gr-amka",
        plain: &[],
        named: &["99999999999"],
        words: &["amka", "αμκα"],
        check: |n| dmy(n) && luhn(n),
    },
    Scheme {
        name: "tr-kimlik",
        plain: &[],
        named: &["99999999999"],
        words: &["kimlik", "tckn", "tc"],
        check: |n| {
            let d = |i: usize| value(n[i]);
            let odd = d(0) + d(2) + d(4) + d(6) + d(8);
            let even = d(1) + d(3) + d(5) + d(7);
            n[0] != b'0' && (odd * 7 + 90 - even) % 10 == d(9) && (odd + even + d(9)) % 10 == d(10)
        },
    },
];

/// The check letters of Spain, by the remainder modulo 23.
const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// HM Revenue and Customs: which letters prefix and suffix may have.
fn nino(n: &[u8]) -> bool {
    let bad = [b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ"];
    !b"DFIQUV".contains(&n[0])
        && !b"DFIOQUV".contains(&n[1])
        && !bad.iter().any(|prefix| n.starts_with(*prefix))
        && n.get(8).is_none_or(|suffix| b"ABCD".contains(suffix))
}

/// One digit stands twice or three times among the first ten, the others once at most; ISO 7064 MOD 11,10.
fn german_tax(n: &[u8]) -> bool {
    let count = |digit: u8| n[..10].iter().filter(|d| **d == digit).count();
    let counts: Vec<usize> = (b'0'..=b'9').map(count).filter(|c| *c > 1).collect();
    n[0] != b'0' && matches!(counts[..], [2 | 3]) && mod11_10(n)
}

/// Sex, year, month, department, commune, order and a key modulo 97; Corsica's departments count as 19 and 18.
fn nir(n: &[u8]) -> bool {
    let tail = number(&n[7..13]);
    let body = match n[6] {
        b'A' => (number(&n[..5]) * 100 + 19) * 1_000_000 + tail,
        b'B' => (number(&n[..5]) * 100 + 18) * 1_000_000 + tail,
        b'0'..=b'9' => number(&n[..13]),
        _ => return false,
    };
    let month = number(&n[3..5]);
    let corsican = !n[6].is_ascii_digit();
    matches!(n[0], b'1' | b'2')
        && (1..=12).contains(&month)
        && (!corsican || n[5] == b'2')
        && n[13..].iter().all(u8::is_ascii_digit)
        && 97 - body % 97 == number(&n[13..])
}

/// X, Y and Z count as 0, 1 and 2 before the seven digits.
fn nie(n: &[u8]) -> bool {
    let lead = match n[0] {
        b'X' => 0,
        b'Y' => 1,
        b'Z' => 2,
        _ => return false,
    };
    SPANISH[((lead * 10_000_000 + number(&n[1..8])) % 23) as usize] == n[8]
}

/// The decree of 23 December 1976: month letters, day (40 more for women), and a check letter.
fn codice_fiscale(n: &[u8]) -> bool {
    const ODD: [u32; 36] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
        10, 22, 25, 24, 23,
    ];
    let Some(month) = b"ABCDEHLMPRST".iter().position(|letter| *letter == n[8]) else {
        return false;
    };
    let day = number(&n[9..11]) % 40;
    let sum: u32 = n[..15]
        .iter()
        .enumerate()
        .map(|(i, sign)| {
            let value = value(*sign);
            match i % 2 {
                0 => ODD[value as usize],
                _ if value > 9 => value - 10,
                _ => value,
            }
        })
        .sum();
    date(number(&n[6..8]), month as u64 + 1, day) && number(&n[9..11]) < 72 && sum % 26 == value(n[15]) - 10
}

/// A date whose month tells the century, and a weighted check digit.
fn pesel(n: &[u8]) -> bool {
    let sum = weighted(&n[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    date(number(&n[..2]), number(&n[2..4]) % 20, number(&n[4..6])) && (10 - sum % 10) % 10 == last(n)
}

/// The date (60 days more in a coordination number) and Luhn's digit over the last ten.
fn swedish(n: &[u8]) -> bool {
    let short = &n[n.len() - 10..];
    let day = number(&short[4..6]);
    let century = n.len() == 10 || matches!(&n[..2], b"18" | b"19" | b"20");
    let real = date(number(&short[..2]), number(&short[2..4]), if day > 60 { day - 60 } else { day });
    century && real && luhn(short)
}

/// A date, a letter for the century where no sign stands, and a check sign modulo 31.
fn finnish(n: &[u8]) -> bool {
    let Some((check, body)) = n.split_last() else {
        return false;
    };
    let digits: Vec<u8> = body.iter().filter(|sign| sign.is_ascii_digit()).copied().collect();
    let century = body.len() == 9 || b"ABCDEFUVWXY".contains(&body[6]);
    let person = number(&digits[6..]);
    let sign = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[(number(&digits) % 31) as usize];
    century && dmy(n) && person >= 2 && sign == *check
}

/// A date (day and month raised in numbers of other registers) and two check digits modulo 11.
fn norwegian(n: &[u8]) -> bool {
    let lower = |value: u64, by: u64| if value > by { value - by } else { value };
    let real = date(number(&n[4..6]), lower(number(&n[2..4]), 40), lower(number(&n[..2]), 40));
    let first = weighted(&n[..9], &[3, 7, 6, 1, 8, 9, 4, 5, 2]);
    let second = weighted(&n[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    // Which numbers a year's children were given, by century.
    let century = match (number(&n[6..9]), number(&n[4..6])) {
        (0..=499, _) => true,
        (500..=749, year) => !(40..=53).contains(&year),
        (750..=899, year) => year < 40,
        (_, _) => true,
    };
    real && century && (11 - first % 11) % 11 == value(n[9]) && (11 - second % 11) % 11 == value(n[10])
}

/// A date and 97 less the remainder, with a 2 before the number of those born from 2000 on.
fn belgian(n: &[u8]) -> bool {
    let body = number(&n[..9]);
    let check = number(&n[9..]);
    let month = number(&n[2..4]);
    let real = date(number(&n[..2]), month, number(&n[4..6]));
    real && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
}

/// A date (month raised for women, and when a day's numbers run out) and a number that 11 divides.
fn czech(n: &[u8]) -> bool {
    let month = number(&n[2..4]) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let rest = number(&n[..9]) % 11 % 10;
    date(number(&n[..2]), month, number(&n[4..6])) && rest == u64::from(last(n))
}

/// Sex and century, date, county, order, and a weighted digit modulo 11.
fn romanian(n: &[u8]) -> bool {
    let rest = weighted(&n[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let county = number(&n[7..9]);
    n[0] != b'0'
        && ymd(&n[1..])
        && ((1..=48).contains(&county) || matches!(county, 51 | 52 | 70 | 80..=83))
        && (if rest == 10 { 1 } else { rest }) == last(n)
}

/// A date whose month tells the century, and a weighted digit modulo 11.
fn bulgarian(n: &[u8]) -> bool {
    let month = match number(&n[2..4]) {
        month @ 41.. => month - 40,
        month @ 21.. => month - 20,
        month => month,
    };
    let sum = weighted(&n[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]);
    date(number(&n[..2]), month, number(&n[4..6])) && sum % 11 % 10 == last(n)
}

/// Sex and century, date, order, and a digit of two rounds of weights modulo 11 (Estonia and Lithuania).
fn baltic(n: &[u8]) -> bool {
    let first = weighted(&n[..10], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(&n[..10], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let check = if first == 10 { second % 10 } else { first };
    matches!(n[0], b'1'..=b'8') && ymd(&n[1..]) && check == last(n)
}
