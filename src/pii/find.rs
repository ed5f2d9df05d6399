//! Finding: one pass of all matchers, and the reading again beside what was found until nothing more is.

use super::{
    Kind, card, coordinates, crypto, email, iban, ip, mac, national, person, phone, scan, secret, ssn, street,
};
use std::collections::BTreeMap;

/// One value found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub kind: Kind,
    /// The byte it starts at; a character border.
    pub start: usize,
    /// The byte after its last; a character border.
    pub end: usize,
}

/// How far, in bytes, a matcher may look from the byte that set it off, and so how far from a span
/// a stretch has to be read again. The longest reader is e-mail: 64 bytes of local part, `@`, and
/// 253 of domain, with the few bytes around them that settle the borders.
const REACH: usize = 384;

/// Finds the values of the chosen kinds.
#[derive(Clone, Debug)]
pub struct Detector {
    kinds: [bool; Kind::ALL.len()],
}

impl Detector {
    /// A detector of these kinds; their order and repetitions mean nothing.
    pub fn new(kinds: &[Kind]) -> Self {
        Detector { kinds: Kind::ALL.map(|kind| kinds.contains(&kind)) }
    }

    /// The values in `text`: sorted, never overlapping, at character borders.
    pub fn find(&self, text: &str) -> Vec<Span> {
        let bytes = text.as_bytes();
        let spans = self.pass(bytes);
        let more = self.between(bytes, &spans);
        if more.is_empty() {
            return spans;
        }
        self.settle(bytes, spans, more)
    }

    /// What comes to light between the spans of a first pass when they count as ends of the text.
    fn between(&self, bytes: &[u8], spans: &[Span]) -> Vec<Span> {
        let mut more = Vec::new();
        if let (Some(first), Some(last)) = (spans.first(), spans.last()) {
            self.beside(bytes, 0, first.start, (false, true), &mut more);
            for pair in spans.windows(2) {
                self.beside(bytes, pair[0].end, pair[1].start, (true, true), &mut more);
            }
            self.beside(bytes, last.end, bytes.len(), (true, false), &mut more);
        }
        more
    }

    /// Reads on beside whatever is new until nothing is. Every new span costs a bounded stretch.
    fn settle(&self, bytes: &[u8], spans: Vec<Span>, more: Vec<Span>) -> Vec<Span> {
        let both = spans.into_iter().chain(more.iter().copied());
        let mut all: BTreeMap<usize, Span> = both.map(|span| (span.start, span)).collect();
        let mut fresh = more;
        let mut found = Vec::new();
        while let Some(span) = fresh.pop() {
            let left = all.range(..span.start).next_back().map_or(0, |(_, s)| s.end);
            let right = all.range(span.end..).next().map_or(bytes.len(), |(at, _)| *at);
            self.beside(bytes, left, span.start, (false, true), &mut found);
            self.beside(bytes, span.end, right, (true, false), &mut found);
            all.extend(found.iter().map(|span| (span.start, *span)));
            fresh.append(&mut found);
        }
        all.into_values().collect()
    }

    /// Reads the stretch `start..end` between two spans where it lies next to a new one, which is
    /// at its start, at its end, or both.
    fn beside(&self, bytes: &[u8], start: usize, end: usize, fresh: (bool, bool), more: &mut Vec<Span>) {
        if end - start <= 4 * REACH {
            self.read(bytes, (start, end), (start, end), more);
            return;
        }
        if fresh.0 {
            self.read(bytes, (start, start + 2 * REACH), (start, start + REACH), more);
        }
        if fresh.1 {
            self.read(bytes, (end - 2 * REACH, end), (end - REACH, end), more);
        }
    }

    /// One pass over a stretch that keeps what touches a part of it.
    fn read(&self, bytes: &[u8], (start, end): (usize, usize), (from, to): (usize, usize), more: &mut Vec<Span>) {
        let moved = self.pass(&bytes[start..end]).into_iter().map(|span| Span {
            kind: span.kind,
            start: span.start + start,
            end: span.end + start,
        });
        more.extend(moved.filter(|span| span.end > from && span.start < to));
    }

    /// One pass of all kinds, settled by precedence. Both ends of `bytes` count as ends of a text.
    fn pass(&self, bytes: &[u8]) -> Vec<Span> {
        let mut found: [Vec<Span>; Kind::ALL.len()] = Default::default();
        let on = |kind: Kind| self.kinds[kind as usize];
        if on(Kind::Secret) || on(Kind::Credentials) {
            let (secrets, logins) = secret::find(bytes, on(Kind::Secret), on(Kind::Credentials));
            found[Kind::Secret as usize] = secrets;
            found[Kind::Credentials as usize] = logins;
        }
        if on(Kind::Email) {
            found[Kind::Email as usize] = email::find(bytes);
        }
        if on(Kind::Ip) {
            found[Kind::Ip as usize] = ip::find_v6(bytes);
        }
        if on(Kind::Person) {
            found[Kind::Person as usize] = person::find(bytes);
        }
        self.numbers(bytes, &mut found);
        let mut settled: Vec<Span> = Vec::new();
        for list in found {
            if !list.is_empty() {
                settled = merge(settled, &list);
            }
        }
        settled
    }

    /// The kinds that are set off by a run of digits, in one walk over the runs.
    fn numbers(&self, bytes: &[u8], found: &mut [Vec<Span>; Kind::ALL.len()]) {
        type At = fn(&[u8], usize, usize) -> Option<(usize, usize)>;
        const MATCHERS: [(Kind, At); 10] = [
            (Kind::Crypto, crypto::at),
            (Kind::Iban, iban::at),
            (Kind::Card, card::at),
            (Kind::Ip, ip::v4_at),
            (Kind::Mac, mac::at),
            (Kind::Ssn, ssn::at),
            (Kind::NationalId, national::at),
            (Kind::Coordinates, coordinates::at),
            (Kind::Phone, phone::at),
            (Kind::Street, street::at),
        ];
        if !MATCHERS.iter().any(|&(kind, _)| self.kinds[kind as usize]) {
            return;
        }
        let mut v4 = Vec::new();
        let mut from = 0;
        while let Some(start) = scan::find_digit(bytes, from) {
            let end = scan::digits_end(bytes, start);
            for (kind, at) in MATCHERS {
                if !self.kinds[kind as usize] {
                    continue;
                }
                let list = match kind {
                    Kind::Ip => &mut v4,
                    _ => &mut found[kind as usize],
                };
                if list.last().is_some_and(|last: &Span| start < last.end) {
                    continue;
                }
                if let Some((start, end)) = at(bytes, start, end)
                    && list.last().is_none_or(|last| start >= last.end)
                {
                    list.push(Span { kind, start, end });
                }
            }
            from = end;
        }
        if !v4.is_empty() {
            let v6 = std::mem::take(&mut found[Kind::Ip as usize]);
            found[Kind::Ip as usize] = merge(v6, &v4);
        }
    }
}

/// Adds to `settled` those of `list` that overlap none of it; both are sorted and free of overlap.
fn merge(settled: Vec<Span>, list: &[Span]) -> Vec<Span> {
    if settled.is_empty() {
        return list.to_vec();
    }
    let mut out = Vec::with_capacity(settled.len() + list.len());
    let mut next = 0;
    for span in list {
        while next < settled.len() && settled[next].end <= span.start {
            out.push(settled[next]);
            next += 1;
        }
        if settled.get(next).is_none_or(|s| span.end <= s.start) {
            out.push(*span);
        }
    }
    out.extend_from_slice(&settled[next..]);
    out
}
