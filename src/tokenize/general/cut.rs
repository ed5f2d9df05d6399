use serde_json::Value;
use unicode_categories::UnicodeCategories;

use crate::tokenize::fast::recognise::{flag, is, kind};
use crate::tokenize::fast::{Pattern, pattern};
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

/// The pre-tokenizers of a file; `None` when there is one that is not reproduced.
pub(super) fn cutters(part: Option<&Value>) -> Option<Cutters> {
    let mut all = Cutters::default();
    match part {
        None | Some(Value::Null) => {}
        Some(part) => read(part, &mut all)?,
    }
    Some(all)
}

/// `\w+|[^\w\s]+` as the `regex` crate reads it, where joiners are parts of words.
const WORDS: &str = r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d\s]+";

fn is_punctuation(char: char) -> bool {
    char.is_ascii_punctuation() || char.is_punctuation()
}

fn read(part: &Value, all: &mut Cutters) -> Option<()> {
    // What comes after would see the spelling of bytes.
    if all.bytes {
        return None;
    }
    let find = |what: Find, behavior: Behavior| Cutter::Find { what, behavior, invert: false };
    let cutter = match kind(part)? {
        "Sequence" => return part.get("pretokenizers")?.as_array()?.iter().try_for_each(|member| read(member, all)),
        "ByteLevel" => {
            all.bytes = true;
            if flag(part, "add_prefix_space", true)? {
                all.list.push(Cutter::Space);
            }
            if !flag(part, "use_regex", true)? {
                return Some(());
            }
            find(Find::Cover(Box::new(Pattern::gpt2())), Behavior::Isolated)
        }
        "Split" => split(part)?,
        "Digits" => {
            let apart = flag(part, "individual_digits", false)?;
            let behavior = if apart { Behavior::Isolated } else { Behavior::Contiguous };
            find(Find::Char(char::is_numeric), behavior)
        }
        "Punctuation" => {
            let given = part.get("behavior").map_or(Some(Behavior::Isolated), behavior)?;
            find(Find::Char(is_punctuation), given)
        }
        "WhitespaceSplit" => find(Find::Char(char::is_whitespace), Behavior::Removed),
        "Whitespace" => {
            let what = Find::Pattern(Box::new(Regex::new(WORDS)?));
            Cutter::Find { what, behavior: Behavior::Removed, invert: true }
        }
        "BertPreTokenizer" => {
            all.list.push(find(Find::Char(char::is_whitespace), Behavior::Removed));
            find(Find::Char(is_punctuation), Behavior::Isolated)
        }
        "CharDelimiterSplit" => find(Find::This(single(part.get("delimiter")?)?), Behavior::Removed),
        "FixedLength" => {
            let length = part.get("length").map_or(Some(5), Value::as_u64)?;
            Cutter::Fixed(usize::try_from(length).ok().filter(|length| *length > 0)?)
        }
        "Metaspace" => marks(part)?,
        _ => return None,
    };
    all.list.push(cutter);
    Some(())
}

fn single(value: &Value) -> Option<char> {
    let mut chars = value.as_str()?.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn behavior(value: &Value) -> Option<Behavior> {
    Some(match value.as_str()? {
        "Removed" => Behavior::Removed,
        "Isolated" => Behavior::Isolated,
        "MergedWithPrevious" => Behavior::Previous,
        "MergedWithNext" => Behavior::Next,
        "Contiguous" => Behavior::Contiguous,
        _ => return None,
    })
}

fn split(part: &Value) -> Option<Cutter> {
    let what = match (part.pointer("/pattern/String"), part.pointer("/pattern/Regex")) {
        (Some(text), None) => Find::Text(text.as_str().filter(|text| !text.is_empty())?.to_owned()),
        (None, Some(regex)) => match pattern(regex.as_str()?) {
            Some(pattern) => Find::Cover(Box::new(pattern)),
            None => Find::Pattern(Box::new(Regex::new(regex.as_str()?)?)),
        },
        _ => return None,
    };
    Some(Cutter::Find { what, behavior: behavior(part.get("behavior")?)?, invert: flag(part, "invert", false)? })
}

fn marks(part: &Value) -> Option<Cutter> {
    let mut prepend = match part.get("prepend_scheme") {
        None => Prepend::Always,
        Some(_) if is(part, "prepend_scheme", "always") => Prepend::Always,
        Some(_) if is(part, "prepend_scheme", "first") => Prepend::First,
        Some(_) if is(part, "prepend_scheme", "never") => Prepend::Never,
        Some(_) => return None,
    };
    if !flag(part, "add_prefix_space", true)? {
        // A scheme that says otherwise is an error there, and the older form has none.
        if part.get("prepend_scheme").is_some() && prepend != Prepend::Never {
            return None;
        }
        prepend = Prepend::Never;
    }
    Some(Cutter::Marks { mark: single(part.get("replacement")?)?, prepend, split: flag(part, "split", true)? })
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
