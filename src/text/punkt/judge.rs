//! Whether a sentence ends inside a context.

use super::model::{MODEL, Seen};
use super::tokens::Tokens;
use crate::text::python;

/// The type of every number.
const NUMBER: &str = "##number##";

/// Whether any token of `context` but the last ends a sentence.
pub(super) fn ends_sentence(context: &str) -> bool {
    let mut tokens = Tokens::new(context);
    let Some(mut token) = tokens.next().map(Token::new) else {
        return false;
    };
    for next in tokens {
        let next = Token::new(next);
        if token.ends_sentence_before(&next) {
            return true;
        }
        token = next;
    }
    false
}

/// What a token is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A mark, or a word with a full stop that is no abbreviation.
    End,
    Abbreviation,
    Ellipsis,
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Token<'t> {
    text: &'t str,
    kind: Kind,
}

impl<'t> Token<'t> {
    fn new(text: &'t str) -> Self {
        let kind = match text.strip_suffix('.') {
            Some("") => Kind::End,
            Some(body) if body.bytes().all(|byte| byte == b'.') => Kind::Ellipsis,
            Some(body) if body.ends_with('.') => Kind::Other,
            Some(body) if is_abbreviation(body) => Kind::Abbreviation,
            Some(_) => Kind::End,
            None if matches!(text, "!" | "?") => Kind::End,
            None => Kind::Other,
        };
        Self { text, kind }
    }

    /// The second pass: the token and the one after it.
    fn ends_sentence_before(self, next: &Token<'_>) -> bool {
        let by_itself = self.kind == Kind::End;
        let Some(body) = self.text.strip_suffix('.') else {
            return by_itself;
        };
        let initial = is_initial(body);
        let number = !initial && is_number(self.text);
        let next_type = next.type_without_sentence_stop();
        let pair = format!("{} {next_type}", if number { NUMBER.into() } else { type_without_stop(self.text) });
        if MODEL.collocations.has(&pair) {
            return false;
        }
        let begins = || next.begins_sentence(MODEL.seen(&next_type));
        let may_end = matches!(self.kind, Kind::Abbreviation | Kind::Ellipsis) && !initial;
        if may_end && (begins() == Some(true) || next.is_upper() && MODEL.starters.has(&next_type)) {
            return true;
        }
        if initial || number {
            let begins = begins();
            let never_lower = || next.is_upper() && !MODEL.seen(&next_type).lower;
            if begins == Some(false) || begins.is_none() && initial && never_lower() {
                return false;
            }
        }
        by_itself
    }

    /// Its type, without the full stop if that ends a sentence.
    fn type_without_sentence_stop(&self) -> String {
        if is_number(self.text) {
            NUMBER.to_owned()
        } else if self.kind == Kind::End {
            type_without_stop(self.text)
        } else {
            python::lower(self.text)
        }
    }

    fn is_upper(&self) -> bool {
        self.text.chars().next().is_some_and(python::is_upper)
    }

    /// Whether its spelling tells that it begins a sentence; `None`: the spelling tells nothing.
    fn begins_sentence(&self, seen: Seen) -> Option<bool> {
        if matches!(self.text, ";" | ":" | "," | "." | "!" | "?") {
            return Some(false);
        }
        let first = self.text.chars().next()?;
        if python::is_upper(first) && seen.lower && !seen.upper_inside {
            return Some(true);
        }
        (python::is_lower(first) && !seen.lower_begins).then_some(false)
    }
}

/// Lower case, without the last full stop of more than one character.
fn type_without_stop(token: &str) -> String {
    let token = if token.len() > 1 { token.strip_suffix('.').unwrap_or(token) } else { token };
    python::lower(token)
}

/// Whether a word without its full stop, or what follows the last hyphen in it, is a known abbreviation.
fn is_abbreviation(body: &str) -> bool {
    /// More bytes than any abbreviation has in upper case; the Kelvin sign, which becomes `k`, has three.
    const MOST: usize = 32;
    let last = body.rsplit('-').next().unwrap_or(body);
    last.len() <= MOST && MODEL.abbreviations.has(&python::lower(last))
}

/// One letter (any character of words that is no decimal digit).
fn is_initial(body: &str) -> bool {
    let mut chars = body.chars();
    chars.next().is_some_and(|c| python::is_word(c) && !python::is_decimal(c)) && chars.next().is_none()
}

/// Whether a token is a number: `-?[.,]?\d[\d,.-]*\.?`.
fn is_number(token: &str) -> bool {
    let rest = token.strip_prefix('-').unwrap_or(token);
    let rest = rest.strip_prefix(['.', ',']).unwrap_or(rest);
    let mut chars = rest.chars();
    chars.next().is_some_and(python::is_decimal) && chars.all(|c| matches!(c, ',' | '.' | '-') || python::is_decimal(c))
}
