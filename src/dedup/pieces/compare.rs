//! The form in which pieces are compared.

use crate::dedup::exact::normalise;
use crate::text::{python, simplify};

/// What makes two pieces equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// The same bytes: Dolma's paragraphs.
    Bytes,
    /// The same after Python's `strip().lower()`: C4.
    Lower,
    /// The same after [`normalise`]: Unicode NFC, lower case, runs of white space as one space.
    Normalized,
    /// The same after `strip()`, `lower()`, every decimal digit a `0`, and without control characters and 33 marks of
    /// punctuation, none of them ASCII: CCNet.
    CcNet,
    /// The same after datatrove's `simplify_text`.
    Simplified,
}

/// What CCNet leaves out of a line beside U+0000 to U+001F and U+007F to U+009F. Its fullwidth digit one (`１`) is a digit
/// and has become `0` before.
const CC_NET_MARKS: &str = "，。、„”“«»」「《》´∶：？！（）；–—．～’…━〈〉【】％►";

impl Compare {
    /// Appends the piece in this form. `buffer` is for its own use.
    pub(super) fn append(self, piece: &str, buffer: &mut String, out: &mut String) {
        match self {
            Self::Bytes => out.push_str(piece),
            Self::Lower => lower(python::strip(piece), out),
            Self::Normalized => {
                normalise(piece, buffer);
                out.push_str(buffer);
            }
            Self::CcNet => cc_net(python::strip(piece), out),
            Self::Simplified => out.push_str(&simplify(piece)),
        }
    }
}

fn lower(piece: &str, out: &mut String) {
    if piece.is_ascii() {
        let start = out.len();
        out.push_str(piece);
        out[start..].make_ascii_lowercase();
    } else {
        out.push_str(&python::lower(piece));
    }
}

fn cc_net(piece: &str, out: &mut String) {
    if piece.is_ascii() {
        out.extend(piece.bytes().filter(|byte| !byte.is_ascii_control()).map(|byte| match byte {
            b'0'..=b'9' => '0',
            byte => char::from(byte.to_ascii_lowercase()),
        }));
        return;
    }
    for c in python::lower(piece).chars() {
        if python::is_decimal(c) {
            out.push('0');
        } else if !c.is_control() && (c.is_ascii() || !CC_NET_MARKS.contains(c)) {
            out.push(c);
        }
    }
}
