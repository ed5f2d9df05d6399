//! Path patterns: one spelling for equal octets, `*` and `$`, and whether a path matches.

/// A pattern of an `Allow` or `Disallow` line, in the one spelling of [`normalise`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    /// The octets; `*` stands for any run of them. A final `$` is cut off.
    octets: Box<[u8]>,
    /// The path must end where the pattern ends.
    anchored: bool,
}

impl Pattern {
    /// Reads the value of a line. `None` when it can match no path: it begins with neither `/` nor `*`.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        if !matches!(value.first(), Some(b'/' | b'*')) {
            return None;
        }
        let (value, anchored) = match value.strip_suffix(b"$") {
            Some(rest) => (rest, true),
            None => (value, false),
        };
        let mut octets = normalise(value, true);
        octets.dedup_by(|next, kept| *next == b'*' && *kept == b'*');
        Some(Self { octets: octets.into(), anchored })
    }

    /// Its octets, the measure of how specific it is.
    pub(super) fn len(&self) -> usize {
        self.octets.len() + usize::from(self.anchored)
    }

    /// Whether a path in the spelling of [`normalise`] matches. Each part between two `*` is searched once, from where the
    /// one before it ended: linear in path and pattern.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let mut parts = self.octets.split(|&octet| octet == b'*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = path.strip_prefix(first) else { return false };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return !self.anchored || rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if self.anchored && parts.peek().is_none() {
                return rest.ends_with(part);
            }
            let Some(at) = memchr::memmem::find(rest, part) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}

impl std::fmt::Display for Pattern {
    /// As it is compared: ASCII without blanks or controls.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for &octet in &self.octets {
            write!(f, "{}", char::from(octet))?;
        }
        f.write_str(if self.anchored { "$" } else { "" })
    }
}

/// One spelling for paths that mean the same: escapes of unreserved characters are undone, all octets outside printable ASCII
/// are escaped, hexadecimal digits are capitals. In a path `*` and `$` are escaped, so that `%2A` and `%24` in a pattern
/// stand for themselves. `:` is written plainly, and so is `/` behind the first `?`: RFC 9309 wants the escaped and the
/// plain address in a query to be equal.
pub(super) fn normalise(text: &[u8], is_pattern: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut in_query = false;
    let mut at = 0;
    while at < text.len() {
        let (octet, escaped, step) = match text.get(at..at + 3) {
            Some([b'%', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (digit(*high) << 4 | digit(*low), true, 3)
            }
            _ => (text[at], false, 1),
        };
        at += step;
        let plain = match octet {
            _ if octet.is_ascii_alphanumeric() => true,
            b'-' | b'.' | b'_' | b'~' | b':' => true,
            b'/' => !escaped || in_query,
            b'*' => !escaped && is_pattern,
            // A `%` that begins no escape stands for itself, as `%25` does.
            b'$' | b'%' => false,
            _ => !escaped && octet.is_ascii_graphic(),
        };
        in_query |= octet == b'?' && !escaped;
        if plain {
            out.push(octet);
        } else {
            out.extend([b'%', HEX[usize::from(octet >> 4)], HEX[usize::from(octet & 15)]]);
        }
    }
    out
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn digit(hex: u8) -> u8 {
    match hex {
        b'0'..=b'9' => hex - b'0',
        _ => (hex | 0x20) - b'a' + 10,
    }
}
