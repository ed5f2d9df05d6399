//! A row of digit groups with separators, as telephone numbers are written.

use crate::pii::scan::digit_after;

/// Most groups in a number.
pub(super) const GROUPS: usize = 8;
/// Most digits in a number with its international prefix (E.164 has 15; `00` or `011` before).
pub(super) const DIGITS: usize = 18;

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// A space or a no-break space.
    Space,
    /// A hyphen of any kind.
    Hyphen,
    /// A full stop.
    Dot,
    /// A slash.
    Slash,
    /// A closing parenthesis, with what may follow it.
    Close,
    /// An opening parenthesis, with a space before or none.
    Open,
}

/// The groups from one run of digits on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    /// The digits' values.
    pub digits: [u8; DIGITS],
    /// How many digits each group has.
    pub sizes: [usize; GROUPS],
    /// Where each group ends.
    pub ends: [usize; GROUPS],
    /// What stands after each group but the last; `Space` where unused.
    pub separators: [Separator; GROUPS],
    /// How many groups there are.
    pub groups: usize,
    /// Whether another group follows that did not fit.
    pub goes_on: bool,
}

impl Chain {
    /// The chain that begins at the digit at `start`.
    pub fn read(bytes: &[u8], start: usize) -> Chain {
        let mut chain = Chain {
            digits: [0; DIGITS],
            sizes: [0; GROUPS],
            ends: [start; GROUPS],
            separators: [Separator::Space; GROUPS],
            groups: 0,
            goes_on: false,
        };
        let mut count = 0;
        let mut at = start;
        loop {
            let size = (0..=DIGITS).take_while(|n| digit_after(bytes, at, *n)).count();
            if chain.groups == GROUPS || count + size > DIGITS {
                chain.goes_on = true;
                break;
            }
            for byte in &bytes[at..at + size] {
                chain.digits[count] = byte - b'0';
                count += 1;
            }
            at += size;
            chain.sizes[chain.groups] = size;
            chain.ends[chain.groups] = at;
            chain.groups += 1;
            let Some((separator, next)) = separator(bytes, at) else {
                break;
            };
            chain.separators[chain.groups - 1] = separator;
            at = next;
        }
        chain
    }

    /// How many digits the first `groups` groups have.
    pub fn count(&self, groups: usize) -> usize {
        self.sizes[..groups].iter().sum()
    }

    /// The separators inside the first `groups` groups.
    pub fn inner(&self, groups: usize) -> &[Separator] {
        &self.separators[..groups.saturating_sub(1)]
    }
}

/// The separator at `at` that a digit follows, and where the digit stands.
fn separator(bytes: &[u8], at: usize) -> Option<(Separator, usize)> {
    let rest = &bytes[at..];
    let (separator, len) = match rest {
        [b' ', b'(', ..] => (Separator::Open, 2),
        [b'(', ..] => (Separator::Open, 1),
        [b')', b' ' | b'-' | b'/' | b'.', ..] => (Separator::Close, 2),
        [b')', ..] => (Separator::Close, 1),
        [b' ', ..] => (Separator::Space, 1),
        [b'-', ..] => (Separator::Hyphen, 1),
        [b'.', ..] => (Separator::Dot, 1),
        [b'/', ..] => (Separator::Slash, 1),
        [0xC2, 0xA0, ..] => (Separator::Space, 2),
        [0xE2, 0x80, 0x90..=0x93, ..] => (Separator::Hyphen, 3),
        _ => return None,
    };
    digit_after(bytes, at, len).then_some((separator, at + len))
}
