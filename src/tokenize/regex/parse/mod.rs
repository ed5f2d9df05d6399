//! Reads regular expressions: what one says as a tree.

mod classes;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::program::NO_BOUND;
pub(super) use classes::word_class;
use classes::{class, folded, negate};

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
