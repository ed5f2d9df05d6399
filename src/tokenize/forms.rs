//! The normal forms of Unicode 9, which Python's `tokenizers` uses up to 0.23: what came later stays as it is.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_syntax::hir::{Class, ClassUnicode, HirKind};
use unicode_normalization::UnicodeNormalization;

use super::fast::Classes;

/// A normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

/// The characters of Unicode 9.
fn assigned() -> &'static ClassUnicode {
    static SET: OnceLock<ClassUnicode> = OnceLock::new();
    SET.get_or_init(|| set(r"\p{age:9.0}"))
}

/// The characters of a class in regular expression syntax.
fn set(syntax: &str) -> ClassUnicode {
    match regex_syntax::parse(syntax).expect("the classes here are valid").into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        _ => ClassUnicode::empty(),
    }
}

fn contains(set: &ClassUnicode, char: char) -> bool {
    let ranges = set.ranges();
    let at = ranges.partition_point(|range| range.end() < char);
    ranges.get(at).is_some_and(|range| range.start() <= char)
}

/// Whether Unicode 9 did not have this character.
fn is_newer(char: char) -> bool {
    // Everything before is older, or was never given out.
    char >= '\u{530}' && !contains(assigned(), char)
}

/// Whether Unicode 9 had this as a combining mark (`\p{M}`).
pub(super) fn is_mark(char: char) -> bool {
    static MARKS: OnceLock<ClassUnicode> = OnceLock::new();
    if char < '\u{300}' {
        return false;
    }
    // U+1CF2 and U+1CF3 have become letters since (Unicode 12).
    contains(MARKS.get_or_init(|| set(r"\p{M}")), char) && !is_newer(char) || matches!(char, '\u{1CF2}' | '\u{1CF3}')
}

/// The text in a normal form. A character that was not given out yet combined with nothing and had its place: what is before it and
/// what is after it are normalized apart.
pub(super) fn normal(text: &str, form: Form) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, char)) = rest.char_indices().find(|(_, char)| is_newer(*char)) {
        part(&rest[..at], form, &mut out);
        out.push(char);
        rest = &rest[at + char.len_utf8()..];
    }
    part(rest, form, &mut out);
    out
}

/// [`normal`] with form C: only where characters combine, since nearly all text is in that form.
pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    let classes = Classes::get();
    let (mut out, mut done, mut at) = (String::new(), 0, 0);
    while let Some((run, end)) = classes.combining(text.as_bytes(), at) {
        at = end;
        if classes.in_order(&text[run..end]) {
            continue;
        }
        // The run may join the character before it, and none before that.
        let start = text[..run].char_indices().next_back().map_or(run, |(start, _)| start);
        out.push_str(&text[done..start]);
        out.push_str(&normal(&text[start..end], Form::Nfc));
        done = end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

fn part(text: &str, form: Form, out: &mut String) {
    match form {
        Form::Nfc => out.extend(text.nfc()),
        Form::Nfd => out.extend(text.nfd()),
        Form::Nfkc => out.extend(text.nfkc()),
        Form::Nfkd => out.extend(text.nfkd()),
    }
}
