//! The replacement of personal data that Dolma 1.5 to 1.7 did, for runs that follow it: the tagger
//! `pii_regex_with_counts_fast_v2` and the mixer's span replacement.
//!
//! Its patterns take white space along (an address counts with the mark before and the space behind it, a number with
//! the space before it), look at one line at a time, and want white space behind an e-mail address, so that one at the
//! very end of a text stays. Every dotted quad is an address for it, and every ten digits in groups a telephone number.

use super::{Kind, Scrubbed};
use regex::{Captures, Regex};

/// White space of Python's `\s` over text: that of Unicode and the separators U+001C to U+001F.
const EMAIL: &str =
    r"[.\s\x1c-\x1f@,?!;:)(]*([^\s\x1c-\x1f@]+@[^\s\x1c-\x1f@,?!;:)(]+?)[.\s\x1c-\x1f@,?!;:)(]?[\s\x1c-\x1f]";
const PHONE: &str = r"[\s\x1c-\x1f]+\(?(\d{3})\)?[-. ]*(\d{3})[-. ]?(\d{4})";
const IP: &str = r"(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)";

/// Texts with more question marks are left as they are.
const QUESTIONS: usize = 10_000;

/// Dolma's tagger and mixer.
#[derive(Clone, Debug)]
pub struct Dolma {
    patterns: [(Kind, &'static str, Regex); 3],
}

impl Default for Dolma {
    fn default() -> Self {
        Self::new()
    }
}

impl Dolma {
    /// Documents with more finds are dropped by Dolma's mixer configurations.
    pub const DROP_ABOVE: u32 = 5;

    /// The tagger with its three kinds.
    pub fn new() -> Self {
        let pattern = |text: &str| Regex::new(text).expect("the pattern is a constant that a test compiles");
        Dolma {
            patterns: [
                (Kind::Email, " |||EMAIL_ADDRESS||| ", pattern(EMAIL)),
                (Kind::Phone, " |||PHONE_NUMBER||| ", pattern(PHONE)),
                (Kind::Ip, " |||IP_ADDRESS||| ", pattern(IP)),
            ],
        }
    }

    /// The text with Dolma's tags; nothing when nothing is found.
    pub fn scrub(&self, text: &str) -> Option<Scrubbed> {
        let spans = self.spans(text);
        if spans.is_empty() {
            return None;
        }
        let mut counts = [0_u32; 3];
        spans.iter().for_each(|(_, _, which)| counts[*which] += 1);
        let counts = self.patterns.iter().zip(counts).filter(|(_, count)| *count > 0);
        let counts = counts.map(|((kind, _, _), count)| (*kind, count)).collect();
        Some(Scrubbed { text: self.mixed(text, spans), counts })
    }

    /// Start, end and number of the pattern of every find.
    fn spans(&self, text: &str) -> Vec<(usize, usize, usize)> {
        let mut spans = Vec::new();
        if text.bytes().filter(|byte| *byte == b'?').count() > QUESTIONS {
            return spans;
        }
        // What each pattern cannot do without.
        let signs: [fn(u8) -> bool; 3] = [|b| b == b'@', |b| b.is_ascii_digit() || b >= 0x80, |b| b == b'.'];
        for (which, (kind, _, pattern)) in self.patterns.iter().enumerate() {
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                if line.bytes().any(signs[which]) {
                    let holds = |found: &Captures<'_>| {
                        *kind != Kind::Email || is_address(found.get(1).map_or("", |m| m.as_str()))
                    };
                    let found = pattern.captures_iter(line).filter(holds).filter_map(|found| found.get(0));
                    spans.extend(found.map(|found| (start + found.start(), start + found.end(), which)));
                }
                start += line.len();
            }
        }
        spans
    }

    /// The mixer's walk: spans in order of their start, those that begin inside of one are passed over with it.
    fn mixed(&self, text: &str, mut spans: Vec<(usize, usize, usize)>) -> String {
        spans.sort_by_key(|span| span.0);
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end, which) in spans {
            if start < at {
                continue;
            }
            out.push_str(&text[at..start]);
            out.push_str(self.patterns[which].1);
            at = end;
        }
        out.push_str(&text[at..]);
        out
    }
}

/// Whether there is a full stop behind the first `@`, and more than a parenthesis before it.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| local.trim() != "(" && domain.contains('.'))
}
