//! DCLM's line edits after RefinedWeb (`baselines/mappers/modifiers.py`, in the order of `dclm_baseline_refinedweb.yaml`).
//!
//! Seven passes over the lines between line feeds: capitals, digits, counters ("3 likes"), few words, and three phrases
//! that are cut out. Empty lines stay. After each pass but the fourth the whole text is stripped, so that the first line
//! of one pass may begin otherwise in the next; a page of which a pass leaves nothing is removed.

use std::borrow::Cow;

use crate::metrics::chars::count_chars;
use crate::text::python;

/// Which of the line edits are on, and their bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct DclmLines {
    /// Lines go whose share of upper-case code points is greater.
    pub max_uppercase: f64,
    /// Lines go whose share of digits (Python `isdigit`) is greater.
    pub max_digits: f64,
    /// Lines go that are nothing but a number and a word such as "likes".
    pub counters: bool,
    /// Lines with fewer words (Python `split`) go, but empty lines stay.
    pub min_words: usize,
    /// "items in cart", "Read more..." at the end and "Sign-in" at the start are cut out of lines of at most so many words,
    /// and lines of which nothing is left go; 0 switches this off.
    pub phrase_max_words: usize,
}

impl Default for DclmLines {
    /// The values of DCLM-Baseline.
    fn default() -> Self {
        Self { max_uppercase: 0.5, max_digits: 0.999_999, counters: true, min_words: 2, phrase_max_words: 10 }
    }
}

/// The lines of a text on their way through the passes.
pub(super) type Lines<'t> = Vec<Cow<'t, str>>;

/// The text after the line edits; `None` when nothing is left of it.
#[must_use]
pub fn edit_lines(text: &str, rules: &DclmLines) -> Option<String> {
    let mut lines: Lines<'_> = text.split('\n').map(Cow::Borrowed).collect();
    retain(&mut lines, |line| share(line, uppercase) <= rules.max_uppercase)?;
    retain(&mut lines, |line| share(line, digits) <= rules.max_digits)?;
    if rules.counters {
        retain(&mut lines, |line| !is_counter(line))?;
    }
    lines.retain(|line| line.is_empty() || at_least(line, rules.min_words));
    if lines.iter().all(|line| line.is_empty()) && lines.len() < 2 {
        return None;
    }
    if rules.phrase_max_words > 0 {
        for cut in [without_items_in_cart, without_read_more, without_sign_in] {
            cut_phrase(&mut lines, rules.phrase_max_words, cut)?;
        }
    }
    Some(lines.join("\n"))
}

/// Keeps the empty lines and those that `keep` names, then strips the text; `None` when nothing is left.
fn retain(lines: &mut Lines<'_>, keep: impl Fn(&str) -> bool) -> Option<()> {
    lines.retain(|line| line.is_empty() || keep(line));
    strip(lines)
}

/// Strips the text that the lines make up, as Python does; `None` when nothing is left.
pub(super) fn strip(lines: &mut Lines<'_>) -> Option<()> {
    let blank = |line: &Cow<'_, str>| python::strip(line).is_empty();
    let first = lines.iter().position(|line| !blank(line))?;
    let last = lines.iter().rposition(|line| !blank(line))?;
    lines.truncate(last + 1);
    lines.drain(..first);
    if let Some(line) = lines.first_mut() {
        trim(line, python::lstrip);
    }
    if let Some(line) = lines.last_mut() {
        trim(line, python::rstrip);
    }
    Some(())
}

/// Replaces a line by a part of it.
fn trim(line: &mut Cow<'_, str>, part: fn(&str) -> &str) {
    match line {
        Cow::Borrowed(text) => *text = part(text),
        Cow::Owned(text) => *text = part(text).to_owned(),
    }
}

/// The share of code points that `count` counts.
#[allow(clippy::cast_precision_loss)]
fn share(line: &str, count: fn(&str) -> usize) -> f64 {
    count(line) as f64 / count_chars(line) as f64
}

/// Upper-case code points.
fn uppercase(line: &str) -> usize {
    if line.is_ascii() {
        line.bytes().filter(u8::is_ascii_uppercase).count()
    } else {
        line.chars().filter(|&c| python::is_upper(c)).count()
    }
}

/// Digits.
fn digits(line: &str) -> usize {
    if line.is_ascii() {
        line.bytes().filter(u8::is_ascii_digit).count()
    } else {
        line.chars().filter(|&c| python::is_digit(c)).count()
    }
}

/// Whether a line has at least `least` words (Python `split`).
fn at_least(line: &str, least: usize) -> bool {
    least == 0 || line.split(python::is_space).filter(|word| !word.is_empty()).nth(least - 1).is_some()
}

/// What a counter counts.
const COUNTED: [&str; 12] = [
    "likes",
    "shares",
    "comments",
    "retweets",
    "reposts",
    "quotes",
    "bookmarks",
    "upvotes",
    "downvotes",
    "downloads",
    "views",
    "followers",
];

/// Whether a line is a counter: a number, perhaps with `k`, `m` or `b`, white space, a word of [`COUNTED`], in any case,
/// and before and after it no letters or digits.
fn is_counter(line: &str) -> bool {
    let not_word = |c: char| !python::is_word(c);
    // Looked at first because most lines begin with a letter, and lower-casing costs.
    if !line.trim_start_matches(not_word).starts_with(python::is_decimal) {
        return false;
    }
    let lower = python::lower(line);
    let number = lower.trim_start_matches(not_word);
    let unit = number.trim_start_matches(|c| c == ',' || c == '.' || python::is_decimal(c));
    let gap = unit.strip_prefix(['k', 'm', 'b']).unwrap_or(unit);
    let word = gap.trim_start_matches(python::is_space);
    word.len() < gap.len()
        && COUNTED.iter().find_map(|counted| word.strip_prefix(counted)).is_some_and(|rest| rest.chars().all(not_word))
}

/// Cuts a phrase out of lines of at most `max_words` words. Lines of which nothing but white space is left go, those that
/// never were more included; empty lines stay. Strips the text; `None` when nothing is left.
fn cut_phrase(lines: &mut Lines<'_>, max_words: usize, without: fn(&str) -> Option<String>) -> Option<()> {
    lines.retain_mut(|line| {
        // Looked at in this order because words are counted in few lines then.
        let cut = without(line);
        let blank = |line: &str| python::strip(line).is_empty();
        if line.is_empty() || (cut.is_none() && !blank(line)) || at_least(line, max_words + 1) {
            return true;
        }
        if let Some(cut) = cut {
            *line = Cow::Owned(cut);
        }
        !blank(line)
    });
    strip(lines)
}

/// The line without "items in cart", and one white-space character before each.
fn without_items_in_cart(line: &str) -> Option<String> {
    const LAST: &[u8] = b"cart";
    // These four letters have no forms outside ASCII.
    let is_last =
        |at: usize| line.as_bytes()[at..].get(..LAST.len()).is_some_and(|word| word.eq_ignore_ascii_case(LAST));
    if !memchr::memchr2_iter(b'c', b'C', line.as_bytes()).any(is_last) {
        return None;
    }
    let mut out = String::new();
    let (mut from, mut at) = (0, 0);
    while let Some(c) = line[at..].chars().next() {
        let Some(length) = begins(&line[at..], "items in cart") else {
            at += c.len_utf8();
            continue;
        };
        out.push_str(without_last_space(&line[from..at]));
        at += length;
        from = at;
    }
    if from == 0 {
        return None;
    }
    out.push_str(&line[from..]);
    Some(out)
}

/// The line without "Read more" and any three characters at its end, and one white-space character before.
fn without_read_more(line: &str) -> Option<String> {
    const PHRASE: &str = "read more...";
    let start = line.char_indices().rev().nth(PHRASE.len() - 1)?.0;
    begins(&line[start..], PHRASE).map(|_| without_last_space(&line[..start]).to_owned())
}

/// The line without "Sign-in" at its start and one white-space character after.
fn without_sign_in(line: &str) -> Option<String> {
    let rest = &line[begins(line, "sign-in")?..];
    Some(rest.strip_prefix(python::is_space).unwrap_or(rest).to_owned())
}

/// A text without the white-space character at its end, if there is one.
fn without_last_space(text: &str) -> &str {
    text.strip_suffix(python::is_space).unwrap_or(text)
}

/// The length in bytes of the beginning of `text` that matches `phrase` in any case; a full stop in the phrase stands for
/// any character, because DCLM reads its phrases as regular expressions.
fn begins(text: &str, phrase: &str) -> Option<usize> {
    let mut chars = text.chars();
    for wanted in phrase.chars() {
        let c = chars.next()?;
        if wanted != '.' && fold(c) != wanted {
            return None;
        }
    }
    Some(text.len() - chars.as_str().len())
}

/// The lower-case ASCII letter that Python's `re.IGNORECASE` takes a character for. Four characters outside ASCII are
/// taken for one.
fn fold(c: char) -> char {
    match c {
        'İ' | 'ı' => 'i',
        'ſ' => 's',
        '\u{212a}' => 'k',
        _ => c.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str) -> Option<String> {
        edit_lines(text, &DclmLines::default())
    }

    #[test]
    fn lines_go_for_what_they_are_made_of() {
        assert_eq!(
            edited("two words\nTWO WORDS\n12\n\n1 2\nend of it").as_deref(),
            Some("two words\n\n1 2\nend of it")
        );
        assert_eq!(edited("TWO WORDs\nTWo Words two").as_deref(), Some("TWo Words two"));
        assert_eq!(edited("one\n\nword"), None, "an empty line alone is nothing");
        assert_eq!(edited("  \n two words "), Some("two words".to_owned()));
        assert_eq!(edited(""), None);
    }

    #[test]
    fn counters_go() {
        for line in ["3 likes", "* 1.2K  Views!", "1,000m downloads", "٣ followers", "7\u{a0}shares …"] {
            assert!(is_counter(line), "{line}");
        }
        for line in ["3likes", "three likes", "3 likes it", "3K 4 likes", "x 3 likes", "3 like", "-", "", "3 km likes"]
        {
            assert!(!is_counter(line), "{line}");
        }
    }

    #[test]
    fn phrases_are_cut_out_of_short_lines() {
        assert_eq!(edited("3  İTEMS in cart here, items ın cart").as_deref(), Some("3  here,"));
        assert_eq!(edited("the news Read more... ").as_deref(), Some("the news"), "stripped before it is looked at");
        assert_eq!(edited("a b read more???\na b read more..").as_deref(), Some("a b\na b read more.."));
        assert_eq!(edited("sign-in now\nplease Sign-in").as_deref(), Some("now\nplease Sign-in"));
        let long = "a b c d e f g h i read more...";
        assert_eq!(edited(long).as_deref(), Some(long));
    }
}
