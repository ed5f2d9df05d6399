//! The url step: rules on the address of a document.

use super::{Judge, Outcome, Yields};
use crate::document::{Bound, Document, Reason, Row};
use crate::text::TextView;
use std::collections::HashSet;
use std::sync::Arc;

/// Rules on addresses. Empty lists never match.
#[derive(Debug, Default)]
pub struct UrlStep {
    /// Domains, with everything under them, lower-cased.
    pub domains: HashSet<String>,
    /// Whole addresses.
    pub urls: HashSet<String>,
    /// Words of which one is enough, lower-cased.
    pub words: HashSet<String>,
    /// Words of which more than `max_soft_words` are needed, lower-cased.
    pub soft_words: HashSet<String>,
    /// How many soft words an address may have.
    pub max_soft_words: u32,
    /// Strings in the letters and digits of the address, lower-cased.
    pub substrings: Vec<String>,
    /// Longest address in bytes; 0 means any.
    pub max_length: u32,
    /// Whether documents without an address are dropped.
    pub drop_missing: bool,
}

/// Entries of a list file: one per line, `#` begins a comment line, lower-cased.
#[must_use]
pub fn list_entries(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_lowercase).collect()
}

fn drop(rule: &str, metric: &str, value: f64, bound: Bound) -> Outcome {
    Outcome::drop(Reason { rule: Arc::from(rule), metric: Arc::from(metric), value, bound: Some(bound) })
}

/// Host part of an address, lower-cased.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

impl UrlStep {
    fn in_domains(&self, host: &str) -> bool {
        if self.domains.is_empty() {
            return false;
        }
        let mut rest = host;
        loop {
            if self.domains.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => return false,
            }
        }
    }

    fn check(&self, url: &str) -> Outcome {
        #[allow(clippy::cast_precision_loss, reason = "no address has 2^53 bytes")]
        let length = url.len() as f64;
        if self.max_length > 0 && length > f64::from(self.max_length) {
            return drop("too-long", "url_bytes", length, Bound::Above(f64::from(self.max_length)));
        }
        let lower = url.to_lowercase();
        if self.in_domains(host(&lower)) {
            return drop("blocked-domain", "blocked_domains", 1.0, Bound::Above(0.0));
        }
        if self.urls.contains(&lower) {
            return drop("blocked-url", "blocked_urls", 1.0, Bound::Above(0.0));
        }
        let words = || lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        if words().any(|word| self.words.contains(word)) {
            return drop("blocked-word", "blocked_words", 1.0, Bound::Above(0.0));
        }
        let soft = u32::try_from(words().filter(|word| self.soft_words.contains(*word)).count()).unwrap_or(u32::MAX);
        if soft > self.max_soft_words {
            let bound = Bound::Above(f64::from(self.max_soft_words));
            return drop("soft-words", "soft_words", f64::from(soft), bound);
        }
        if !self.substrings.is_empty() {
            let letters: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
            if self.substrings.iter().any(|one| letters.contains(one.as_str())) {
                return drop("blocked-substring", "blocked_substrings", 1.0, Bound::Above(0.0));
            }
        }
        Outcome::Keep
    }
}

impl Judge for UrlStep {
    fn look(&self, _view: &TextView<'_>, document: &Document, _row: &mut Row, _yields: &mut Yields) -> Outcome {
        match &document.url {
            Some(url) => self.check(url),
            None if self.drop_missing => drop("no-url", "urls", 0.0, Bound::Below(1.0)),
            None => Outcome::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(step: &UrlStep, url: &str) -> Option<String> {
        match step.check(url) {
            Outcome::Drop { reason, .. } => Some(reason.rule.to_string()),
            _ => None,
        }
    }

    #[test]
    fn each_rule_trips_on_its_own_case_alone() {
        let set = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let step = UrlStep {
            domains: set(&["bad.example"]),
            urls: set(&["https://ok.example/spam"]),
            words: set(&["casino"]),
            soft_words: set(&["bonus", "free"]),
            max_soft_words: 1,
            substrings: vec!["viagra".into()],
            max_length: 60,
            drop_missing: false,
        };
        assert_eq!(rule(&step, "https://ok.example/a"), None);
        assert_eq!(rule(&step, "http://user@www.BAD.example:80/x").as_deref(), Some("blocked-domain"));
        assert_eq!(rule(&step, "http://notbad.example/x"), None);
        assert_eq!(rule(&step, "https://ok.example/spam").as_deref(), Some("blocked-url"));
        assert_eq!(rule(&step, "https://ok.example/best-casino").as_deref(), Some("blocked-word"));
        assert_eq!(rule(&step, "https://ok.example/casinos"), None);
        assert_eq!(rule(&step, "https://ok.example/free"), None);
        assert_eq!(rule(&step, "https://ok.example/free/bonus").as_deref(), Some("soft-words"));
        assert_eq!(rule(&step, "https://ok.example/v-i-a-g-r-a").as_deref(), Some("blocked-substring"));
        assert_eq!(rule(&step, &format!("https://ok.example/{}", "x".repeat(60))).as_deref(), Some("too-long"));
    }
}
