//! Classes of characters, by name and in brackets.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::Parser;

/// The class that `syntax` stands for.
pub(super) fn class(syntax: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(syntax).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        // A class of one character is read as that character.
        HirKind::Literal(literal) => {
            let mut chars = std::str::from_utf8(&literal.0).ok()?.chars();
            let char = chars.next().filter(|_| chars.clone().next().is_none())?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(char, char)]))
        }
        _ => None,
    }
}

/// `\w` of Oniguruma: without the joiners that other engines count as parts of words, and with the superscripts and fractions of
/// Latin 1 (found by asking Python's `tokenizers` for every character).
pub(in crate::tokenize::regex) fn word_class() -> Option<ClassUnicode> {
    class(r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}²³¹¼½¾]")
}

/// Properties whose members Oniguruma and the Unicode standard count alike: general categories and scripts, and those that the
/// own patterns use. POSIX names mean other sets there.
fn property(name: &str, negated: bool) -> Option<ClassUnicode> {
    const POSIX: [&str; 15] = [
        "alnum", "alpha", "ascii", "any", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
        "upper", "word", "xdigit",
    ];
    let plain = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    if !plain || POSIX.contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    class(&format!(r"\{}{{{name}}}", if negated { 'P' } else { 'p' }))
}

pub(super) fn negate(mut class: ClassUnicode) -> ClassUnicode {
    class.negate();
    class
}

/// A set with the other cases of its members, which must be ASCII: others fold to several characters.
pub(super) fn folded(mut set: ClassUnicode) -> Option<ClassUnicode> {
    if !set.is_ascii() {
        return None;
    }
    set.try_case_fold_simple().ok()?;
    Some(set)
}

impl Parser {
    /// What stands behind a backslash: a character or a class.
    pub(super) fn escape(&mut self) -> Option<Result<char, ClassUnicode>> {
        let char = self.next()?;
        let of = |syntax: &str| class(syntax).map(Err);
        match char {
            'n' => Some(Ok('\n')),
            'r' => Some(Ok('\r')),
            't' => Some(Ok('\t')),
            'f' => Some(Ok('\x0C')),
            'v' => Some(Ok('\x0B')),
            's' => of(r"\s"),
            'S' => of(r"\S"),
            'd' => of(r"\p{Nd}"),
            'D' => of(r"\P{Nd}"),
            'w' => word_class().map(Err),
            'W' => word_class().map(|class| Err(negate(class))),
            'p' | 'P' => {
                if self.next() != Some('{') {
                    return None;
                }
                let close = self.chars[self.at..].iter().position(|char| *char == '}')?;
                let name: String = self.chars[self.at..self.at + close].iter().collect();
                self.at += close + 1;
                property(&name, char == 'P').map(Err)
            }
            'u' => self.hex(4).map(Ok),
            'x' if self.eat("{") => {
                let close = self.chars[self.at..].iter().position(|char| *char == '}')?;
                let char = self.hex(close)?;
                self.at += 1;
                Some(Ok(char))
            }
            char if char.is_ascii_punctuation() || char == ' ' => Some(Ok(char)),
            _ => None,
        }
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let digits: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        self.at += digits.len();
        let plain = !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_hexdigit());
        char::from_u32(u32::from_str_radix(&digits, 16).ok().filter(|_| plain)?)
    }

    /// The inside of brackets.
    pub(super) fn class(&mut self) -> Option<ClassUnicode> {
        let negated = self.eat("^");
        let mut all = ClassUnicode::empty();
        let mut first = true;
        loop {
            let low = match self.next()? {
                ']' if !first => break,
                // Sets in sets, and an empty set.
                '[' | ']' => return None,
                '&' if self.peek() == Some('&') => return None,
                '\\' => match self.escape()? {
                    Ok(char) => char,
                    Err(class) => {
                        all.union(&class);
                        // A class begins no range.
                        if self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']') {
                            return None;
                        }
                        first = false;
                        continue;
                    }
                },
                char => char,
            };
            first = false;
            let mut high = low;
            if self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|char| *char != ']') {
                self.at += 1;
                high = match self.next()? {
                    '\\' => self.escape()?.ok()?,
                    '[' | ']' => return None,
                    char => char,
                };
            }
            if low > high {
                return None;
            }
            all.push(ClassUnicodeRange::new(low, high));
        }
        Some(if negated { negate(all) } else { all })
    }
}
