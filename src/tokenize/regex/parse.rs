use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::program::NO_BOUND;

/// What one character must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    Char(char),
    /// In a set: its bit.
    Set(u32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    TextStart,
    TextEnd,
    LastLineEnd,
    LineStart,
    LineEnd,
    Boundary,
    Inside,
}

#[derive(Debug)]
pub(super) enum Node {
    Unit(Unit),
    Run { unit: Unit, min: u32, max: u32, greed: Greed },
    Group(Vec<Vec<Node>>),
    Loop { body: Vec<Vec<Node>>, min: u32, max: u32, greed: Greed },
    Atomic(Vec<Vec<Node>>),
    Look { body: Vec<Vec<Node>>, ahead: bool, negative: bool },
    Place(Place),
}

/// Larger counts are refused: groups are unrolled.
const MOST_REPEATS: u32 = 1000;
/// Deeper groups are refused.
const DEEPEST: u32 = 64;

/// Reads Oniguruma's Ruby syntax, which Python's `tokenizers` uses, as far as it means the same here. Every method gives `None`
/// for the rest.
pub(super) struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: u32,
    pub(super) sets: Vec<ClassUnicode>,
}

/// The class that `syntax` stands for.
fn class(syntax: &str) -> Option<ClassUnicode> {
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
pub(super) fn word_class() -> Option<ClassUnicode> {
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

fn negate(mut class: ClassUnicode) -> ClassUnicode {
    class.negate();
    class
}

impl Parser {
    pub(super) fn new(pattern: &str) -> Self {
        Self { chars: pattern.chars().collect(), at: 0, depth: 0, sets: Vec::new() }
    }

    pub(super) fn whole(&mut self) -> Option<Vec<Vec<Node>>> {
        let body = self.alternatives(false)?;
        (self.at == self.chars.len()).then_some(body)
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        self.at += 1;
        self.chars.get(self.at - 1).copied()
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(i, char)| self.chars.get(self.at + i) == Some(&char));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    /// The bit of a set.
    pub(super) fn set_bit(&mut self, set: ClassUnicode) -> Option<u32> {
        let at = self.sets.iter().position(|known| *known == set).unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        });
        (at < 32).then(|| 1 << at)
    }

    fn set(&mut self, set: ClassUnicode, fold: bool) -> Option<Unit> {
        let set = if fold { folded(set)? } else { set };
        Some(Unit::Set(self.set_bit(set)?))
    }

    fn alternatives(&mut self, fold: bool) -> Option<Vec<Vec<Node>>> {
        let mut all = vec![Vec::new()];
        while let Some(char) = self.peek() {
            match char {
                ')' => break,
                '|' => {
                    self.at += 1;
                    all.push(Vec::new());
                }
                _ => {
                    let node = self.repeated(fold)?;
                    all.last_mut()?.push(node);
                }
            }
        }
        let foldable = |nodes: &Vec<Node>| !fold || nodes.windows(2).all(|pair| !folds_together(pair, &self.sets));
        all.iter().all(foldable).then_some(all)
    }

    fn repeated(&mut self, fold: bool) -> Option<Node> {
        let mut node = self.atom(fold)?;
        let mut counted = false;
        while let Some((min, max, braces)) = self.count()? {
            // What a second sign means is sure only behind braces, which have no possessive form: `{1,3}+`.
            if counted && !matches!(node, Node::Run { .. }) {
                return None;
            }
            let greed = match self.peek() {
                Some('?') if !braces || min < max => {
                    self.at += 1;
                    Greed::Lazy
                }
                Some('?') => return None,
                Some('+') if !braces => {
                    self.at += 1;
                    Greed::Possessive
                }
                _ => Greed::Greedy,
            };
            node = match node {
                Node::Run { unit, min: 1, greed: Greed::Greedy, .. }
                    if counted && (min, max) == (1, NO_BOUND) && greed != Greed::Lazy =>
                {
                    Node::Run { unit, min: 1, max: NO_BOUND, greed }
                }
                Node::Unit(unit) => Node::Run { unit, min, max, greed },
                Node::Group(body) => Node::Loop { body, min, max, greed },
                _ => return None,
            };
            if !braces && matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
                return None;
            }
            counted = true;
        }
        Some(node)
    }

    /// A sign of repetition, and whether it is in braces. The outer `None`: one that is not read.
    #[expect(clippy::option_option)]
    fn count(&mut self) -> Option<Option<(u32, u32, bool)>> {
        let counts = match self.peek() {
            Some('*') => (0, NO_BOUND),
            Some('+') => (1, NO_BOUND),
            Some('?') => (0, 1),
            Some('{') => {
                let close = self.chars[self.at..].iter().position(|char| *char == '}')?;
                let inside: String = self.chars[self.at + 1..self.at + close].iter().collect();
                self.at += close + 1;
                let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n <= MOST_REPEATS);
                let (min, max) = match inside.split_once(',') {
                    None => (number(&inside)?, number(&inside)?),
                    Some((min, "")) => (number(min)?, NO_BOUND),
                    Some(("", max)) => (0, number(max)?),
                    Some((min, max)) => (number(min)?, number(max)?),
                };
                return (min <= max && max > 0).then_some(Some((min, max, true)));
            }
            _ => return Some(None),
        };
        self.at += 1;
        Some(Some((counts.0, counts.1, false)))
    }

    fn atom(&mut self, fold: bool) -> Option<Node> {
        match self.next()? {
            '(' => self.group(fold),
            '[' => {
                let class = self.class()?;
                Some(Node::Unit(self.set(class, fold)?))
            }
            '.' => Some(Node::Unit(self.set(negate(class(r"\n")?), false)?)),
            '^' => Some(Node::Place(Place::LineStart)),
            '$' => Some(Node::Place(Place::LineEnd)),
            '\\' => match self.peek()? {
                'A' => self.place(Place::TextStart),
                'z' => self.place(Place::TextEnd),
                'Z' => self.place(Place::LastLineEnd),
                'b' => self.place(Place::Boundary),
                'B' => self.place(Place::Inside),
                _ => match self.escape()? {
                    Ok(char) => self.literal(char, fold),
                    Err(class) => Some(Node::Unit(self.set(class, fold)?)),
                },
            },
            '*' | '+' | '?' | '{' | '}' | ']' => None,
            char => self.literal(char, fold),
        }
    }

    fn place(&mut self, place: Place) -> Option<Node> {
        self.at += 1;
        Some(Node::Place(place))
    }

    fn literal(&mut self, char: char, fold: bool) -> Option<Node> {
        if !fold || !char.is_ascii_alphabetic() {
            return (!fold || char.is_ascii()).then_some(Node::Unit(Unit::Char(char)));
        }
        let one = ClassUnicode::new([ClassUnicodeRange::new(char, char)]);
        Some(Node::Unit(self.set(one, true)?))
    }

    fn group(&mut self, fold: bool) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let look = |ahead: bool, negative: bool| Some((ahead, negative));
        let (mut atomic, mut inside, mut looks) = (false, fold, None);
        if self.eat("?:") {
        } else if self.eat("?=") {
            looks = look(true, false);
        } else if self.eat("?!") {
            looks = look(true, true);
        } else if self.eat("?<=") {
            looks = look(false, false);
        } else if self.eat("?<!") {
            looks = look(false, true);
        } else if self.eat("?>") {
            atomic = true;
        } else if self.eat("?i:") {
            inside = true;
        } else if self.peek() == Some('?') {
            return None;
        }
        let body = self.alternatives(inside)?;
        if self.next() != Some(')') {
            return None;
        }
        self.depth -= 1;
        Some(match looks {
            Some((ahead, negative)) => Node::Look { body, ahead, negative },
            None if atomic => Node::Atomic(body),
            None => Node::Group(body),
        })
    }

    /// What stands behind a backslash: a character or a class.
    fn escape(&mut self) -> Option<Result<char, ClassUnicode>> {
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
    fn class(&mut self) -> Option<ClassUnicode> {
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

/// A set with the other cases of its members, which must be ASCII: others fold to several characters.
fn folded(mut set: ClassUnicode) -> Option<ClassUnicode> {
    if !set.is_ascii() {
        return None;
    }
    set.try_case_fold_simple().ok()?;
    Some(set)
}

/// Whether two neighbours, in any case, are also spelled as one character (`ss` as `ß`, and the ligatures).
fn folds_together(pair: &[Node], sets: &[ClassUnicode]) -> bool {
    let has = |node: &Node, wanted: char| match node {
        Node::Unit(unit) | Node::Run { unit, .. } => match unit {
            Unit::Char(char) => char.eq_ignore_ascii_case(&wanted),
            Unit::Set(bit) => sets
                .get(bit.trailing_zeros() as usize)
                .is_some_and(|set| set.ranges().iter().any(|range| range.start() <= wanted && wanted <= range.end())),
        },
        Node::Place(_) => false,
        _ => true,
    };
    let joined = [('s', 's'), ('f', 'f'), ('f', 'i'), ('f', 'l'), ('s', 't')];
    joined.iter().any(|(left, right)| has(&pair[0], *left) && has(&pair[1], *right))
}
