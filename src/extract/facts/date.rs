//! Dates as pages write them, in many spellings and languages, as `YYYY-MM-DD`.

/// Names of months and their usual short forms, in small letters, by number. The large languages of the web.
const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń января янв ocak januar' január \
     leden ledna ianuarie січня tammikuuta ιανουαρίου tháng1",
    "february feb febr februar feber février fevrier févr fév febrero febbraio fevereiro fev februari lutego luty февраля фев şubat \
     februára únor února februarie лютого helmikuuta φεβρουαρίου",
    "march mar märz maerz mrz mars marzo março marco maart mrt marca marzec марта мар mart březen března martie березня \
     maaliskuuta μαρτίου március",
    "april apr avril avr abril abr aprile kwietnia kwiecień апреля апр nisan duben dubna aprilie квітня huhtikuuta απριλίου április",
    "may mai mayo maggio mag maio mei maja maj мая mayıs květen května травня toukokuuta μαΐου május",
    "june jun juni juin junio giugno giu junho czerwca czerwiec июня июн haziran červen června iunie червня kesäkuuta ιουνίου június",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec июля июл temmuz červenec července iulie липня heinäkuuta \
     ιουλίου július",
    "august aug août aout agosto ago ag augustus sierpnia sierpień августа авг ağustos srpen srpna augusti серпня elokuuta \
     αυγούστου augusztus",
    "september sep sept septembre septiembre setiembre settembre set setembro września wrzesień сентября сен eylül září septembrie \
     вересня syyskuuta σεπτεμβρίου szeptember",
    "october oct oktober okt octobre octubre ottobre ott outubro out października październik октября окт ekim říjen října \
     octombrie жовтня lokakuuta οκτωβρίου október",
    "november nov novembre noviembre novembro listopada listopad ноября ноя kasım listopadu noiembrie листопада marraskuuta νοεμβρίου",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia grudzień декабря дек aralık prosinec \
     prosince decembrie грудня joulukuuta δεκεμβρίου",
];

/// The month that a word names.
fn month(word: &str) -> Option<u32> {
    let lower = word.trim_end_matches('.').to_lowercase();
    if lower.is_empty() || lower.len() > 24 {
        return None;
    }
    let place = MONTHS.iter().position(|names| names.split_ascii_whitespace().any(|name| name == lower))?;
    u32::try_from(place + 1).ok()
}

/// A day that exists, in the years in which web pages can be dated.
fn day(year: u32, month: u32, day: u32) -> Option<String> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let real = (1000..=2100).contains(&year) && (1..=12).contains(&month) && (1..=last).contains(&day);
    real.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// A piece of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// A number, how many digits it has, and the character behind it.
    Number(u32, usize, char),
    /// A month by name.
    Month(u32),
    /// Another word.
    Word,
}

/// The longest text that is read for a date, in bytes.
const LONGEST: usize = 200;
/// Most pieces of a text that are looked at.
const PIECES: usize = 24;

/// The date in a machine-made or human text: ISO 8601 (also compact and with blanks), RFC 2822, `5.3.2024`, `March 5th, 2024`,
/// `5. März 2024`, `5 de marzo de 2024`, `2024年3月5日`. Of `3/5/2024` the order cannot be told: it is read as an American
/// one unless the first number cannot be a month. The first date in the text is taken.
#[must_use]
pub fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if let Some(found) = iso(text) {
        return Some(found);
    }
    let pieces = pieces(text);
    (0..pieces.len()).find_map(|at| at_pieces(&pieces[at..]))
}

/// `2024-03-05…` or `20240305…` at the start.
fn iso(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        let part = bytes.get(range)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    };
    let year = number(0..4)?;
    if bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') {
        return day(year, number(5..7)?, number(8..10)?);
    }
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 8 || digits == 14 {
        return day(year, number(4..6)?, number(6..8)?);
    }
    None
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if out.len() == PIECES {
            break;
        }
        if first.is_ascii_digit() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let value = rest[..digits].parse().unwrap_or(u32::MAX);
            let behind = rest[digits..].chars().next().unwrap_or(' ');
            out.push(Piece::Number(value, digits, behind));
            rest = &rest[digits..];
            // `5th`, `1er`, `3º`: the ending belongs to the number.
            let ending = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            if matches!(&rest[..ending], "st" | "nd" | "rd" | "th" | "er" | "º" | "ª" | "e") {
                rest = &rest[ending..];
            }
        } else if is_cjk_mark(first) {
            rest = &rest[first.len_utf8()..];
        } else if first.is_alphabetic() {
            let end = rest.find(|c: char| !(c.is_alphabetic() || c == '\'')).unwrap_or(rest.len());
            out.push(month(&rest[..end]).map_or(Piece::Word, Piece::Month));
            rest = &rest[end..];
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// The signs behind the numbers of a date in Chinese, Japanese and Korean.
fn is_cjk_mark(c: char) -> bool {
    matches!(c, '年' | '月' | '日' | '号' | '號' | '년' | '월' | '일')
}

/// The date that begins right here.
fn at_pieces(pieces: &[Piece]) -> Option<String> {
    use Piece::{Month, Number, Word};
    match *pieces {
        // 2024年3月5日, 2024/3/5, 2024.3.5, 2024-3-5
        [Number(y, 4, s), Number(m, 1 | 2, t), Number(d, 1 | 2, _), ..] if dated(s, t) => day(y, m, d),
        // 5 March 2024, 5. März 2024, 5 de marzo de 2024 (words between), 5-Mar-24
        [Number(d, 1 | 2, _), Month(m), Number(y, 4, _), ..] => day(y, m, d),
        [Number(d, 1 | 2, _), Month(m), Word, Number(y, 4, _), ..] => day(y, m, d),
        [Number(d, 1 | 2, _), Word, Month(m), Number(y, 4, _), ..] => day(y, m, d),
        [Number(d, 1 | 2, _), Word, Month(m), Word, Number(y, 4, _), ..] => day(y, m, d),
        // March 5, 2024; Mar 5 10:00:00 2024 is left alone
        [Month(m), Number(d, 1 | 2, s), Number(y, 4, _), ..] if s != ':' => day(y, m, d),
        // 2024 March 5
        [Number(y, 4, _), Month(m), Number(d, 1 | 2, _), ..] => day(y, m, d),
        // 5.3.2024, 5/3/2024, 5-3-2024
        [Number(a, 1 | 2, s @ ('.' | '/' | '-')), Number(b, 1 | 2, t), Number(y, 4, _), ..] if s == t => {
            let day_first = s == '.' || s == '-' || a > 12;
            if day_first { day(y, b, a).or_else(|| day(y, a, b)) } else { day(y, a, b) }
        }
        _ => None,
    }
}

/// Whether these stand between year, month and day.
fn dated(first: char, second: char) -> bool {
    matches!((first, second), ('年' | '년', _)) || (first == second && matches!(first, '-' | '/' | '.'))
}

/// The date in the path of an address: `/2024/03/05/`, `/2024-03-05-`, `/20240305`.
#[must_use]
pub fn of_url(url: &str) -> Option<String> {
    let rest = url.find("://").map_or(url, |at| &url[at + 3..]);
    let path = &rest[rest.find('/')?..];
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let parts: Vec<&str> = path.split(['/', '-', '_']).collect();
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| -> Option<u32> {
        (digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let recent = |year: &u32| (1990..=2100).contains(year);
    parts
        .windows(3)
        .find_map(|part| {
            let year = number(part[0], 4..=4).filter(recent)?;
            let month_number = number(part[1], 1..=2).or_else(|| month(part[1]))?;
            day(year, month_number, number(part[2], 1..=2)?)
        })
        .or_else(|| {
            parts.iter().find_map(|part| {
                let digits = part.get(..8).filter(|_| part.len() == 8 || !part.as_bytes()[8].is_ascii_digit())?;
                let year = number(digits.get(..4)?, 4..=4).filter(recent)?;
                day(year, number(&digits[4..6], 2..=2)?, number(&digits[6..8], 2..=2)?)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_many_spellings() {
        for text in [
            "2024-03-05",
            "2024-03-05T10:00:00+01:00",
            "2024-03-05 10:00",
            "20240305",
            "20240305100000",
            "2024/3/5",
            "2024.03.05",
            "2024. 3. 5.",
            "2024年3月5日 10:00",
            "2024년 3월 5일",
            "Tue, 05 Mar 2024 10:00:00 GMT",
            "Tue Mar 5, 2024",
            "March 5, 2024",
            "Mar. 5th, 2024 at 10:00 am",
            "Published on March 5 2024",
            "5 March 2024",
            "5.3.2024",
            "05.03.2024, 10:15 Uhr",
            "05-03-2024",
            "3/5/2024",
            "5. März 2024",
            "Dienstag, 5. Maerz 2024",
            "le 5 mars 2024 à 10h",
            "5 de marzo de 2024",
            "5 de março de 2024",
            "5 marzo 2024",
            "5 maart 2024",
            "5 марта 2024 г.",
            "5 marca 2024",
            "5 Mart 2024",
            "05-Mar-2024",
            "2024 March 5",
        ] {
            assert_eq!(date(text).as_deref(), Some("2024-03-05"), "{text}");
        }
        assert_eq!(date("1er août 2023").as_deref(), Some("2023-08-01"));
        assert_eq!(date("25/12/2023").as_deref(), Some("2023-12-25"));
        assert_eq!(date("12.25.2023").as_deref(), Some("2023-12-25"));
        for text in
            ["", "2024", "2024-13-01", "31.2.2024", "yesterday", "10:00:00", "1.2.3", "may", "5 days ago", "2023-02-29"]
        {
            assert_eq!(date(text), None, "{text}");
        }
        let _ = date(&"1 ".repeat(10_000));
    }

    #[test]
    fn dates_in_addresses() {
        for (url, expected) in [
            ("https://example.org/2024/03/05/flood", Some("2024-03-05")),
            ("https://example.org/news/2024-3-5-flood.html", Some("2024-03-05")),
            ("https://example.org/2024/mar/05/flood", Some("2024-03-05")),
            ("https://example.org/a/20240305_flood", Some("2024-03-05")),
            ("https://example.org/2024/flood", None),
            ("https://example.org/id/20241399", None),
            ("https://example.org/?d=2024-03-05", None),
            ("https://example.org", None),
        ] {
            assert_eq!(of_url(url).as_deref(), expected, "{url}");
        }
    }
}
