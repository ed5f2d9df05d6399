//! Examples for an imported filter: texts made of stop words and made-up words, tried on the filter itself.
//!
//! Bounds differ by language, so no fixed text trips a rule everywhere. Each rule has a way to make a text that it should
//! mind; what the filter says of it is what the example expects. Texts that trip nothing are left out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::fineweb2::{Imported, LanguageBounds};
use super::{paragraph, quote};
use crate::filters::{Example, Expect, Filter, Outcome};
use crate::metrics::Subject;
use crate::text::TextView;

/// So many languages, in the order of their tags, get a plain text as example; each rule's own example is in the first of
/// them that trips it. A file for thousands of languages stays readable, and what no example covers is reported.
const LANGUAGES: usize = 40;

/// Writes the examples behind the rules.
pub(super) fn write(filter: &Filter, languages: &[&LanguageBounds], imported: &mut Imported) {
    let languages = &languages[..languages.len().min(LANGUAGES)];
    for one in languages {
        let words = Words::of(one);
        let plain = made(&format!("plain text in {} stays", one.tag), one, words.prose(120));
        if outcome(filter, &plain).judgement.keeps() {
            append(&mut imported.text, &plain);
        } else {
            imported.without_keep.push(one.tag.clone());
        }
    }
    let mut done: BTreeSet<u16> = BTreeSet::new();
    // First the texts that a rule is the first to mind, then those that it minds after others.
    for first_only in [true, false] {
        for one in languages {
            for (place, rule) in (0_u16..).zip(&filter.rules) {
                if done.contains(&place) {
                    continue;
                }
                let Some(mut example) = candidate(&rule.name, one) else { continue };
                let judgement = outcome(filter, &example).judgement;
                let first = judgement.tripped.first() == Some(&place);
                if first || (!first_only && judgement.tripped.contains(&place)) {
                    let name = rule.name.to_string();
                    example.expect = if first { Expect::DroppedBy(name) } else { Expect::Trips(name) };
                    append(&mut imported.text, &example);
                    done.insert(place);
                }
            }
            if done.len() == filter.rules.len() {
                return;
            }
        }
    }
}

/// What the filter says of an example.
fn outcome(filter: &Filter, example: &Example) -> Outcome {
    let text = example.text.repeat(example.repeat);
    let view = TextView::new(&text);
    let language = example.language.as_deref().map(|code| (code, example.language_score));
    filter.apply(&Subject { language, ..Subject::of_text(&view) })
}

/// An example that is kept, for now.
fn made(name: &str, one: &LanguageBounds, text: String) -> Example {
    Example {
        name: name.to_owned(),
        text,
        repeat: 1,
        url: None,
        language: Some(one.tag.clone()),
        language_score: 1.0,
        metadata: Vec::new(),
        expect: Expect::Kept,
        line: 0,
    }
}

/// An example in TOML.
fn append(out: &mut String, example: &Example) {
    let _ = writeln!(out, "\n[[example]]\nname = {}", quote(&example.name));
    if let Some(language) = &example.language {
        let _ = writeln!(out, "language = {}", quote(language));
    }
    if example.language_score < 1.0 {
        let _ = writeln!(out, "language-score = {}", example.language_score);
    }
    let _ = writeln!(out, "text = {}", paragraph(&example.text));
    if example.repeat > 1 {
        let _ = writeln!(out, "repeat = {}", example.repeat);
    }
    let _ = match &example.expect {
        Expect::DroppedBy(rule) => writeln!(out, "expect = {{ dropped-by = {} }}", quote(rule)),
        Expect::Trips(rule) => writeln!(out, "expect = {{ trips = {} }}", quote(rule)),
        Expect::Kept | Expect::Text(_) => writeln!(out, "expect = {{ kept = true }}"),
    };
}

/// Words of a language: its stop words and words made up in the length that its bounds ask for.
struct Words<'l> {
    stop: Vec<&'l str>,
    length: usize,
}

impl<'l> Words<'l> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to small numbers")]
    fn of(one: &'l LanguageBounds) -> Self {
        let (least, most) = (one.number("min_avg_word_length"), one.number("max_avg_word_length"));
        let length = ((least.max(2.0) + most.clamp(4.0, 16.0)) / 2.0).round() as usize;
        let stop = one.stop_words.iter().map(String::as_str).filter(|word| word.chars().all(char::is_alphabetic));
        Self { stop: stop.collect(), length }
    }

    /// Made-up word number `n`, no two alike: letters that stand for the digits of `n`, then vowels up to the length.
    fn word(&self, n: usize) -> String {
        Self::of_length(n, self.length.max(4))
    }

    fn of_length(n: usize, length: usize) -> String {
        const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
        const VOWELS: &[u8] = b"aeiou";
        let (mut rest, mut out) = (n, String::new());
        while rest > 0 || out.is_empty() {
            out.push(char::from(CONSONANTS[rest % CONSONANTS.len()]));
            rest /= CONSONANTS.len();
            out.push(char::from(VOWELS[rest % VOWELS.len()]));
            rest /= VOWELS.len();
        }
        while out.len() < length {
            out.push(char::from(if out.len() % 2 == 0 { b'x' } else { b'y' }));
        }
        out
    }

    /// `count` words in one line, every fourth a stop word, no made-up word twice.
    fn prose(&self, count: usize) -> String {
        self.prose_from(0, count)
    }

    fn prose_from(&self, start: usize, count: usize) -> String {
        let word = |n: usize| match self.stop.get((n / 4) % self.stop.len().max(1)) {
            Some(stop) if n.is_multiple_of(4) => (*stop).to_owned(),
            _ => self.word(n),
        };
        let all: Vec<String> = (start..start + count).map(word).collect();
        format!("{}.", all.join(" "))
    }

    /// Made-up words only.
    fn unknown(&self, count: usize) -> String {
        let all: Vec<String> = (0..count).map(|n| self.word(n)).collect();
        format!("{}.", all.join(" "))
    }

    /// `phrase` words that come again after every word of the prose.
    fn phrase_all_over(&self, phrase: usize) -> String {
        let phrase: Vec<String> = (900..900 + phrase).map(|n| self.word(n)).collect();
        let all: Vec<String> = (0..60).map(|n| format!("{} {}", self.word(n), phrase.join(" "))).collect();
        format!("{}.", all.join(" "))
    }
}

/// A text that the rule should mind.
fn candidate(rule: &str, one: &LanguageBounds) -> Option<Example> {
    let words = Words::of(one);
    let example = |name: &str, text: String| made(&format!("{name} ({})", one.tag), one, text);
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().join("\n");
    Some(match rule {
        "low-language-score" => {
            let language_score = one.number("language_score") / 2.0;
            Example { language_score, ..example("a text that no language fits well", words.prose(120)) }
        }
        "duplicate-lines" => Example { repeat: 150, ..example("a line again and again", words.prose(6) + "\n") },
        "top-2-gram" => example("two words all over", words.phrase_all_over(2)),
        "top-3-gram" => example("three words all over", words.phrase_all_over(3)),
        "top-4-gram" => example("four words all over", words.phrase_all_over(4)),
        rule if rule.starts_with("duplicate-") && rule.ends_with("-grams") => {
            let n = rule.trim_start_matches("duplicate-").trim_end_matches("-grams");
            let text = words.prose(40) + " ";
            Example { repeat: 3, ..example(&format!("forty words three times, sequences of {n} words"), text) }
        }
        "no-lines" => example("white space only", "  \t ".to_owned()),
        "few-ended-lines" => example("no full stop", words.prose(120).trim_end_matches('.').to_owned()),
        "duplicate-line-chars" => {
            let heading: Vec<String> = (500..504).map(|n| Words::of_length(n, 28)).collect();
            let (heading, body) = (heading.join(" ") + ".", words.prose(60));
            let rest = words.prose_from(400, 20);
            example("a long line of four words twice", format!("{heading}\n{body}\n{heading}\n{rest}"))
        }
        "many-newlines" => {
            let feeds = "\n".repeat(2 + one.number("new_line_ratio").clamp(0.0, 50.0).ceil() as usize);
            let all: Vec<String> = words.prose(120).split(' ').map(|word| format!("{word}.")).collect();
            example("a line feed after every word", all.join(&feeds))
        }
        "too-few-words" => example("a few words", words.prose(40)),
        "too-many-words" => Example { repeat: 1001, ..example("a concatenation", words.prose(101) + " ") },
        "short-words" => {
            let all: Vec<String> = (0..140).map(|n| Words::of_length(n, 0)[..1 + n % 2].to_owned()).collect();
            example("spaced-out letters", format!("{} {}.", words.stop.join(" "), all.join(" ")))
        }
        "long-words" => {
            let long = one.number("max_avg_word_length").clamp(4.0, 60.0) as usize * 2;
            let all: Vec<String> = (0..80).map(|n| Words::of_length(n, long)).collect();
            example("identifiers", format!("{} {}.", words.stop.join(" "), all.join(" ")))
        }
        "too-many-hashes" => example("tags", words.prose(120).replace(' ', " #")),
        "too-many-ellipses" => example("teasers", words.prose(120).replacen(' ', "... ", 60)),
        "too-many-bullets" => example("list items", lines(2, &|n| format!("- {}", words.prose_from(n * 100, 100)))),
        "too-many-cut-lines" => {
            example("cut lines", lines(2, &|n| words.prose_from(n * 100, 100).trim_end_matches('.').to_owned() + "..."))
        }
        "too-few-alphabetic-words" => {
            let all: Vec<String> = (0..400).map(|n| (10_007 * (n + 1)).to_string()).collect();
            example("figures", format!("{} {}.", words.stop.join(" "), all.join(" ")))
        }
        "too-few-stop-words" => example("no stop words", words.unknown(120)),
        _ => return None,
    })
}
