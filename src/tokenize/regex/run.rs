use super::masks::Masks;
use super::parse::{Place, Unit};
use super::program::Op;
use super::{Endless, Regex};

/// Steps of one attempt; a pattern that needs more is taken for one that never ends.
const MOST_STEPS: u32 = 1 << 28;

/// What is searched.
pub(super) struct Text<'a> {
    pub(super) text: &'a [u8],
    pub(super) from: usize,
    pub(super) end: usize,
}

/// A way that has not been tried: go on at `op` from `at`, or from any character down to `low`.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    op: u32,
    at: u32,
    low: u32,
}

/// Space for ways that have not been tried.
#[derive(Default)]
pub(in crate::tokenize) struct Frames {
    list: Vec<Frame>,
}

impl Unit {
    /// Whether a character whose sets are `bits` is one of these.
    #[inline(always)]
    pub(super) fn takes(self, char: char, bits: u32) -> bool {
        match self {
            Self::Char(own) => own == char,
            Self::Set(mask) => bits & mask != 0,
        }
    }

    /// The length of the character at `at`, if it is one of these.
    #[inline(always)]
    fn step(self, masks: &Masks, text: &Text<'_>, at: usize) -> Option<usize> {
        if at >= text.end {
            return None;
        }
        match self {
            Self::Char(own) if own.is_ascii() => (u32::from(text.text[at]) == u32::from(own)).then_some(1),
            Self::Char(own) => {
                let (mut space, length) = ([0; 4], own.len_utf8());
                let spelled = own.encode_utf8(&mut space).as_bytes();
                (text.text[at..text.end].starts_with(spelled)).then_some(length)
            }
            Self::Set(mask) => {
                let (bits, length) = masks.at(text.text, at);
                (bits & mask != 0).then_some(length)
            }
        }
    }
}

/// One character back from `at`.
fn back(text: &Text<'_>, mut at: usize) -> usize {
    at -= 1;
    while at > text.from && text.text[at] & 0xC0 == 0x80 {
        at -= 1;
    }
    at
}

impl Regex {
    /// The end of the match of the program at `op` that begins at `at`.
    pub(super) fn run(
        &self,
        text: &Text<'_>,
        op: u32,
        at: usize,
        frames: &mut Frames,
    ) -> Result<Option<usize>, Endless> {
        let base = frames.list.len();
        let done = self.attempt(text, op, at, base, frames);
        frames.list.truncate(base);
        done
    }

    fn attempt(
        &self,
        text: &Text<'_>,
        mut op: u32,
        mut at: usize,
        base: usize,
        frames: &mut Frames,
    ) -> Result<Option<usize>, Endless> {
        for _ in 0..MOST_STEPS {
            let goes_on = match &self.ops[op as usize] {
                Op::Done => return Ok(Some(at)),
                Op::Unit(unit) => match unit.step(&self.masks, text, at) {
                    Some(length) => {
                        at += length;
                        true
                    }
                    None => false,
                },
                Op::Run { unit, min, max, keep } => match self.many(text, *unit, (*min, *max), at) {
                    Some((low, high)) => {
                        if low < high && !keep && !matches!(self.ops[op as usize + 1], Op::Done) {
                            frames.list.push(Frame { op: op + 1, at: high as u32, low: low as u32 });
                        }
                        at = high;
                        true
                    }
                    None => false,
                },
                Op::Split(first, second) => {
                    frames.list.push(Frame { op: *second, at: at as u32, low: u32::MAX });
                    op = *first;
                    continue;
                }
                Op::Jump(to) => {
                    op = *to;
                    continue;
                }
                Op::Look { back: None, negative, after } => {
                    let found = self.run(text, op + 1, at, frames)?.is_some() != *negative;
                    op = after - 1;
                    found
                }
                Op::Look { back: Some(n), negative, after } => {
                    let mut from = Some(at);
                    for _ in 0..*n {
                        from = from.filter(|from| *from > text.from).map(|from| back(text, from));
                    }
                    let found = match from {
                        Some(from) => self.run(text, op + 1, from, frames)?.is_some(),
                        None => false,
                    };
                    op = after - 1;
                    found != *negative
                }
                Op::Atomic { after } => match self.run(text, op + 1, at, frames)? {
                    Some(stop) => {
                        (op, at) = (after - 1, stop);
                        true
                    }
                    None => false,
                },
                Op::Place(place) => self.is_at(text, *place, at),
            };
            if goes_on {
                op += 1;
                continue;
            }
            match self.next_way(text, base, frames) {
                Some(way) => (op, at) = way,
                None => return Ok(None),
            }
        }
        Err(Endless)
    }

    /// Where `min` of them end, and where as many as possible end.
    #[inline]
    fn many(&self, text: &Text<'_>, unit: Unit, (min, max): (u32, u32), mut at: usize) -> Option<(usize, usize)> {
        let (mut n, mut low) = (0, at);
        while n < max {
            let Some(length) = unit.step(&self.masks, text, at) else { break };
            at += length;
            n += 1;
            if n == min {
                low = at;
            }
        }
        (n >= min).then_some((low, at))
    }

    /// Takes the last way that has not been tried.
    fn next_way(&self, text: &Text<'_>, base: usize, frames: &mut Frames) -> Option<(u32, usize)> {
        if frames.list.len() <= base {
            return None;
        }
        let frame = frames.list.pop()?;
        if frame.low == u32::MAX {
            return Some((frame.op, frame.at as usize));
        }
        let at = back(text, frame.at as usize);
        if at > frame.low as usize {
            frames.list.push(Frame { at: at as u32, ..frame });
        }
        Some((frame.op, at))
    }

    fn is_at(&self, text: &Text<'_>, place: Place, at: usize) -> bool {
        let before = || at > text.from;
        let line_ends = |at: usize| at == text.end || text.text[at] == b'\n';
        let word = |at: usize| self.masks.at(text.text, at).0 & self.word != 0;
        let between = || (before() && word(back(text, at))) != (at < text.end && word(at));
        match place {
            Place::TextStart => !before(),
            Place::TextEnd => at == text.end,
            Place::LastLineEnd => at == text.end || (at + 1 == text.end && text.text[at] == b'\n'),
            // A line break at the very end begins no line.
            Place::LineStart => !before() || (text.text[at - 1] == b'\n' && at < text.end),
            Place::LineEnd => line_ends(at),
            Place::Boundary => between(),
            Place::Inside => !between(),
        }
    }
}
