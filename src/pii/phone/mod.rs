//! Telephone numbers.
//!
//! International numbers (`+` or `00`) are checked against the country's plan. National ones are
//! taken when they are written as a number of that kind is written (North America, and the plans
//! with a trunk zero), and in weaker forms next to a word such as "tel" or "fax". Dates, prices,
//! parts of identifiers and long rows of digits are left alone.

mod chain;
mod plans;
mod shapes;

use super::context;
use super::scan::{after, before, digit_after, letter_at, letter_before};
use chain::{Chain, Separator};

/// Words before a number that make it a telephone number.
const BEFORE: &[&str] = &[
    "tel",
    "tell",
    "tele",
    "telephone",
    "telefon",
    "telefono",
    "teléfono",
    "telefone",
    "téléphone",
    "telephones",
    "telefoon",
    "telefonnummer",
    "tlf",
    "tfn",
    "tél",
    "phone",
    "phones",
    "ph",
    "mobile",
    "mobil",
    "mo",
    "cell",
    "cellphone",
    "celular",
    "móvil",
    "movil",
    "portable",
    "handy",
    "gsm",
    "fax",
    "telefax",
    "facsimile",
    "faks",
    "call",
    "calling",
    "dial",
    "whatsapp",
    "sms",
    "text",
    "hotline",
    "helpline",
    "appelez",
    "rufen",
    "ring",
    "pager",
    "landline",
    "voicemail",
    "cel",
    "desk",
    "тел",
    "телефон",
    "факс",
    "โทร",
    "โทรศัพท์",
    "แฟกซ์",
    "电话",
    "電話",
    "传真",
    "傳真",
    "手机",
    "전화",
    "팩스",
    "携帯",
];
/// Words after a number that make it a telephone number.
const AFTER: &[&str] =
    &["fax", "mobile", "mobil", "cell", "phone", "tel", "office", "voice", "home", "pager", "handy", "telefon"];
/// Words before a number in groups that make it a telephone number; of a number in one piece they say little.
const SOFT: &[&str] =
    &["contact", "reach", "reached", "answer", "answering", "message", "messages", "texted", "kontakt", "contacto"];
/// Words before a number that make it something else.
const OTHERS: &[&str] =
    &["isbn", "issn", "doi", "rfc", "version", "build", "invoice", "order", "serial", "id", "pmid", "ean"];

/// The number at the run of digits that starts at `start`.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    // Cheap refusals first: years, quantities, prices.
    if end - start < 7 && !matches!(after(bytes, end, 0), Some(b' ' | b'-' | b'.' | b'/' | b')' | b'(' | 0xC2 | 0xE2)) {
        return None;
    }
    let lead = lead(bytes, start)?;
    let chain = Chain::read(bytes, start);
    if chain.count(chain.groups) < 7 || shapes::is_date(&chain) {
        return None;
    }
    let mut context = None;
    for groups in (1..=chain.groups).rev() {
        let count = chain.count(groups);
        if count < 7 {
            break;
        }
        if !chain_ends(bytes, &chain, groups) {
            continue;
        }
        let digits = &chain.digits[..count];
        let strong = match lead.plus {
            true => plans::international(digits),
            false => !is_crowded(bytes, &lead, &chain, groups) && shapes::is_strong(&chain, groups, lead.paren),
        };
        let fits = strong
            || (!lead.plus
                && shapes::is_weak(&chain, groups, lead.paren)
                && *context.get_or_insert_with(|| has_word(bytes, lead.start, &chain)));
        if fits && (lead.plus || !is_other(bytes, lead.start)) {
            return Some((lead.start, extension_end(bytes, chain.ends[groups - 1])));
        }
    }
    None
}

/// What stands before the first digit.
struct Lead {
    /// Where the number starts with it.
    start: usize,
    /// Whether there is a `+`.
    plus: bool,
    /// Whether the first group is in parentheses.
    paren: bool,
}

/// Reads what stands before the first digit; nothing when no number may start here.
fn lead(bytes: &[u8], digit: usize) -> Option<Lead> {
    let mut lead = Lead { start: digit, plus: false, paren: false };
    for _ in 0..2 {
        match before(bytes, lead.start) {
            Some(b'+') if !lead.plus => lead.plus = true,
            Some(b'(') if !lead.paren => lead.paren = true,
            _ => break,
        }
        lead.start -= 1;
    }
    let digit_two_before = lead.start.checked_sub(2).is_some_and(|i| bytes[i].is_ascii_digit());
    let open = match before(bytes, lead.start) {
        None => true,
        Some(b'_' | b'#' | b'$' | b'%' | b'@' | b'\\' | b'+' | b'~' | b'^' | b'*' | b'&') => false,
        Some(b'-' | b'/') => lead.plus && !digit_two_before,
        Some(b'.') => letter_before(bytes, lead.start - 1),
        Some(b',' | b':' | b')') => !digit_two_before,
        // A currency sign: ¢ £ ¤ ¥ (C2 A2..A5), € and its neighbours (E2 82 A0..BF).
        Some(0xA2..=0xA5) if lead.start >= 2 && bytes[lead.start - 2] == 0xC2 => false,
        Some(0xA0..=0xBF) if lead.start >= 3 && bytes[lead.start - 3..lead.start - 1] == [0xE2, 0x82] => false,
        Some(byte) => !byte.is_ascii_digit() && !letter_before(bytes, lead.start),
    };
    open.then_some(lead)
}

/// Whether the groups are parted by spaces alone and another group of digits stands behind a space
/// beside them: then they are more likely a part of a long number or of a row of numbers.
fn is_crowded(bytes: &[u8], lead: &Lead, chain: &Chain, groups: usize) -> bool {
    let spaced = chain.inner(groups).iter().all(|s| *s == Separator::Space);
    let before = lead.start.checked_sub(2).is_some_and(|i| bytes[i].is_ascii_digit()) && bytes[lead.start - 1] == b' ';
    spaced && (before || groups < chain.groups)
}

/// Whether a number may end after the first `groups` groups.
fn chain_ends(bytes: &[u8], chain: &Chain, groups: usize) -> bool {
    let end = chain.ends[groups - 1];
    if groups < chain.groups || chain.goes_on {
        // Another group follows; only a space parts it.
        return chain.separators[groups - 1] == Separator::Space && groups < chain.groups;
    }
    match after(bytes, end, 0) {
        Some(b'-') => !after(bytes, end, 1).is_some_and(|b| b.is_ascii_alphanumeric()) || word_follows(bytes, end),
        Some(b'.' | b'/' | b':' | b',') => !after(bytes, end, 1).is_some_and(|b| b.is_ascii_alphanumeric()),
        Some(b'_' | b'%' | b'@' | b'=' | b'*') => false,
        _ => extension_end(bytes, end) > end || (!digit_after(bytes, end, 0) && !letter_at(bytes, end)),
    }
}

/// Whether a word for telephones follows.
fn word_follows(bytes: &[u8], at: usize) -> bool {
    context::word_after(bytes, at, |word| context::is_in(AFTER, word))
}

/// Whether a word next to the number makes it a telephone number.
fn has_word(bytes: &[u8], start: usize, chain: &Chain) -> bool {
    let grouped = chain.groups > 1;
    context::word_before(bytes, start, |word| context::is_in(BEFORE, word) || (grouped && context::is_in(SOFT, word)))
        || (chain.groups > 1 && word_follows(bytes, chain.ends[chain.groups - 1]))
}

/// Whether a word before the number makes it something else.
fn is_other(bytes: &[u8], start: usize) -> bool {
    context::word_before(bytes, start, |word| context::is_in(OTHERS, word))
}

/// The end of an extension after the number: `x123`, `ext. 123`, at most five digits; else `end`.
fn extension_end(bytes: &[u8], end: usize) -> usize {
    let mut at = end;
    while at < end + 2 && matches!(after(bytes, at, 0), Some(b' ' | b',')) {
        at += 1;
    }
    let rest = &bytes[at..];
    let word = [b"extension".as_slice(), b"ext", b"x"]
        .into_iter()
        .find(|word| rest.len() > word.len() && rest[..word.len()].eq_ignore_ascii_case(word));
    let Some(word) = word else {
        return end;
    };
    at += word.len();
    while at < bytes.len() && matches!(bytes[at], b'.' | b' ' | b':') && at < end + 14 {
        at += 1;
    }
    let digits = (0..6).take_while(|n| digit_after(bytes, at, *n)).count();
    let stop = at + digits;
    match (1..=5).contains(&digits) && !letter_at(bytes, stop) {
        true => stop,
        false => end,
    }
}
