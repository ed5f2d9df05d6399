use crate::tokenize::fast::Pattern;
use crate::tokenize::regex::{Endless, Frames, Regex};

/// A pre-tokenizer of a `tokenizer.json`.
pub(super) enum Cutter {
    /// Cuts at what is found.
    Find { what: Find, behavior: Behavior, invert: bool },
    /// Pieces of so many characters.
    Fixed(usize),
    /// Writes `mark` for spaces and before pieces, and begins a piece at each mark when `split`.
    Marks { mark: char, prepend: Prepend, split: bool },
    /// A space before each piece that has none.
    Space,
}

/// What is looked for.
pub(super) enum Find {
    Char(fn(char) -> bool),
    This(char),
    Text(String),
    /// Found everywhere, without gaps.
    Cover(Box<Pattern>),
    Pattern(Box<Regex>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behavior {
    Removed,
    Isolated,
    Previous,
    Next,
    Contiguous,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prepend {
    Always,
    First,
    Never,
}

/// What cuts, and whether pieces are spelled byte by byte in the end.
#[derive(Default)]
pub(super) struct Cutters {
    pub(super) list: Vec<Cutter>,
    pub(super) bytes: bool,
}

type Span = (u32, u32);

/// A text and its pieces so far.
#[derive(Default)]
pub(super) struct Cuts {
    pub(super) text: String,
    pub(super) spans: Vec<Span>,
    /// So many bytes at its beginning come from the first character of the document.
    pub(super) first: usize,
    found: Vec<(Span, bool)>,
    before: Vec<Span>,
    other: String,
    frames: Frames,
}

impl Cuts {
    pub(super) fn start(&mut self, text: &str, first: usize) {
        self.first = first;
        self.text.clear();
        self.text.push_str(text);
        self.spans.clear();
        self.spans.push((0, text.len() as u32));
    }

    pub(super) fn apply(&mut self, cutter: &Cutter) -> Result<(), Endless> {
        self.before.clear();
        std::mem::swap(&mut self.spans, &mut self.before);
        match cutter {
            Cutter::Find { what, behavior, invert } => self.find(what, *behavior, *invert)?,
            Cutter::Fixed(length) => {
                for (from, end) in &self.before {
                    let mut at = *from;
                    for char in self.text[*from as usize..*end as usize].chars().collect::<Vec<_>>().chunks(*length) {
                        let next = at + char.iter().map(|char| char.len_utf8() as u32).sum::<u32>();
                        self.spans.push((at, next));
                        at = next;
                    }
                }
            }
            Cutter::Marks { mark, prepend, split } => {
                self.rewrite(|first, piece, out| {
                    let wanted = *prepend == Prepend::Always || (*prepend == Prepend::First && first);
                    if wanted && !piece.starts_with(*mark) && !piece.starts_with(' ') {
                        out.push(*mark);
                    }
                    out.extend(piece.chars().map(|char| if char == ' ' { *mark } else { char }));
                });
                if *split {
                    std::mem::swap(&mut self.spans, &mut self.before);
                    self.spans.clear();
                    self.find(&Find::This(*mark), Behavior::Next, false)?;
                }
            }
            Cutter::Space => self.rewrite(|_, piece, out| {
                if !piece.starts_with(' ') {
                    out.push(' ');
                }
                out.push_str(piece);
            }),
        }
        Ok(())
    }

    /// Writes each piece anew; the function is told whether the document begins with it.
    fn rewrite(&mut self, write: impl Fn(bool, &str, &mut String)) {
        self.other.clear();
        let mut kept = 0;
        for (from, end) in &self.before {
            let (start, first) = (self.other.len() as u32, (*from as usize) < self.first);
            write(first, &self.text[*from as usize..*end as usize], &mut self.other);
            self.spans.push((start, self.other.len() as u32));
            if first {
                kept = start as usize + 1;
            }
        }
        self.first = kept;
        std::mem::swap(&mut self.text, &mut self.other);
    }

    fn find(&mut self, what: &Find, behavior: Behavior, invert: bool) -> Result<(), Endless> {
        let text = self.text.as_bytes();
        for i in 0..self.before.len() {
            let (from, end) = (self.before[i].0 as usize, self.before[i].1 as usize);
            if let Find::Cover(pattern) = what
                && matches!((behavior, invert), (Behavior::Isolated, _) | (Behavior::Removed, true))
            {
                pattern.cut(text, from, end, &mut |start, stop| self.spans.push((start as u32, stop as u32)));
                continue;
            }
            self.found.clear();
            let (found, mut done) = (&mut self.found, from);
            let mut each = |start: usize, stop: usize| {
                if done != start {
                    found.push(((done as u32, start as u32), invert));
                }
                found.push(((start as u32, stop as u32), !invert));
                done = stop;
            };
            let piece = &self.text[from..end];
            match what {
                Find::Char(is) => find_chars(piece, from, is, &mut each),
                Find::This(char) => find_chars(piece, from, &|other| other == *char, &mut each),
                Find::Text(this) => {
                    piece.match_indices(this.as_str()).for_each(|(at, found)| each(from + at, from + at + found.len()))
                }
                Find::Cover(pattern) => pattern.cut(text, from, end, &mut each),
                Find::Pattern(regex) => regex.matches(text, from, end, &mut self.frames, &mut each)?,
            }
            if done != end {
                found.push(((done as u32, end as u32), invert));
            }
            behave(&self.found, behavior, &mut self.spans);
        }
        Ok(())
    }
}

fn find_chars(piece: &str, from: usize, is: &dyn Fn(char) -> bool, each: &mut impl FnMut(usize, usize)) {
    for (at, char) in piece.char_indices().filter(|(_, char)| is(*char)) {
        each(from + at, from + at + char.len_utf8());
    }
}

/// Makes pieces of what was found and what was not. Empty ones are left out.
fn behave(found: &[(Span, bool)], behavior: Behavior, spans: &mut Vec<Span>) {
    let start = spans.len();
    let mut before = false;
    match behavior {
        Behavior::Isolated => spans.extend(found.iter().map(|(span, _)| *span)),
        Behavior::Removed => spans.extend(found.iter().filter(|(_, found)| !found).map(|(span, _)| *span)),
        Behavior::Contiguous | Behavior::Previous => {
            for (span, found) in found {
                let joins = match behavior {
                    Behavior::Contiguous => *found == before,
                    _ => *found && !before,
                };
                match spans[start..].last_mut() {
                    Some(last) if joins => last.1 = span.1,
                    _ => spans.push(*span),
                }
                before = *found;
            }
        }
        Behavior::Next => {
            for (span, found) in found.iter().rev() {
                match spans[start..].last_mut() {
                    Some(last) if *found && !before => last.0 = span.0,
                    _ => spans.push(*span),
                }
                before = *found;
            }
            spans[start..].reverse();
        }
    }
    let mut to = start;
    for at in start..spans.len() {
        if spans[at].0 < spans[at].1 {
            spans[to] = spans[at];
            to += 1;
        }
    }
    spans.truncate(to);
}
