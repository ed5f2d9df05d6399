//! How much a decoded text looks like text, to choose among single-byte code pages that decode everything.

/// The ten commonest Russian letters; they make up two thirds of any Russian, Bulgarian or Ukrainian text.
const COMMON_CYRILLIC: &str = "оеаинтсрвл";

/// A score per non-ASCII character, about -100 to 100: letters of one script in sensible company count for the text,
/// symbols inside words, capitals inside words and mixed scripts against it.
#[must_use]
pub fn score(text: &str) -> i64 {
    let mut sum = 0_i64;
    let mut count = 0_i64;
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii() {
            let after = chars.peek().copied().unwrap_or(' ');
            sum += one(before, c, after);
            count += 1;
        }
        before = c;
    }
    if count == 0 { 0 } else { sum / count }
}

fn one(before: char, c: char, after: char) -> i64 {
    if c == '\u{FFFD}' || ('\u{80}'..='\u{9f}').contains(&c) {
        return -300;
    }
    if !c.is_alphabetic() {
        let inside = before.is_alphabetic() && after.is_alphabetic();
        return match c {
            '\u{a0}' | '–' | '—' | '„' | '“' | '”' | '«' | '»' | '…' | '№' => 10,
            '’' | '‘' => 20,
            '\u{2500}'..='\u{25ff}' => -100,
            _ if inside => -100,
            _ => -20,
        };
    }
    let mut s = 40;
    let cyrillic = is_cyrillic(c);
    for near in [before, after] {
        if near.is_alphabetic() && !near.is_ascii() && is_cyrillic(near) != cyrillic {
            s -= 60;
        }
        if near.is_ascii_alphabetic() && (cyrillic || is_far(c)) {
            s -= 60;
        }
    }
    if c.is_uppercase() && before.is_lowercase() {
        s -= 100;
    }
    if cyrillic {
        if COMMON_CYRILLIC.contains(c) {
            s += 60;
        }
        // The letters beside the Russian and Bulgarian alphabet are rare even where they are used.
        if !('\u{410}'..='\u{44f}').contains(&c) {
            s -= 40;
        }
    } else if !is_far(c) {
        s += if "äöüßéèàáíóúñçãõåøæêôâîëïűőąćęłńśźżčďěňřšťůžığş".contains(c)
        {
            40
        } else {
            -20
        };
    }
    s
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{4ff}').contains(&c)
}

/// Neither Latin nor a Latin letter with a mark.
fn is_far(c: char) -> bool {
    c > '\u{24f}'
}
