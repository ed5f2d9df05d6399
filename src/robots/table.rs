//! The rules of many hosts in little memory.

use std::collections::BTreeMap;

use super::file::{RuleSet, path_of};

/// What a request for robots.txt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A file, with what it says to the agents. A file that says nothing, and an answer of 400 to 499, allow all.
    Rules(RuleSet),
    /// Another host's file holds: an HTTP redirect to the robots.txt of this authority.
    Redirect(String),
    /// The server failed (500 to 599).
    Unreachable(u16),
}

/// What is known of a host so far.
#[derive(Debug, Clone)]
enum Known {
    Set(u32),
    Redirect(u64),
    Unreachable(u16),
}

/// Collects captures of robots.txt. Which one holds does not depend on the order of adding: of a host's captures the latest, of
/// equally late ones the last in the input; one that says that the server failed holds only where there is no other.
#[derive(Debug, Default)]
pub struct Builder {
    hosts: BTreeMap<u64, ((bool, u64, u64), Known)>,
    sets: BTreeMap<RuleSet, u32>,
    captures: u64,
}

/// Redirects that are followed, as RFC 9309 asks for.
const HOPS: usize = 5;

/// Stands for a file that allows all.
const ALLOWS_ALL: u32 = u32::MAX;

impl Builder {
    /// Adds the capture of an authority's file: when it was made (see [`stamp`]), and its place in the input.
    pub fn add(&mut self, authority: &str, stamp: u64, order: u64, answer: Answer) {
        self.captures += 1;
        let host = hash(authority);
        let rank = (!matches!(answer, Answer::Unreachable(_)), stamp, order);
        let known = match answer {
            // From one scheme to the other of the same host: the other capture says what holds.
            Answer::Redirect(target) if hash(&target) == host => return,
            Answer::Redirect(target) => Known::Redirect(hash(&target)),
            Answer::Unreachable(status) => Known::Unreachable(status),
            Answer::Rules(set) if set.allows_all() => Known::Set(ALLOWS_ALL),
            Answer::Rules(set) => {
                let next = u32::try_from(self.sets.len()).unwrap_or(ALLOWS_ALL);
                Known::Set(*self.sets.entry(set).or_insert(next))
            }
        };
        match self.hosts.get_mut(&host) {
            Some(held) if held.0 > rank => {}
            Some(held) => *held = (rank, known),
            None => drop(self.hosts.insert(host, (rank, known))),
        }
    }

    /// The table for `agents`, those that the rule sets were made for. `unreachable`: hosts whose server failed forbid all.
    #[must_use]
    pub fn finish(self, agents: Vec<String>, unreachable: bool) -> Table {
        let mut table = Table { agents, captures: self.captures, ..Table::default() };
        let mut by_number: Vec<&RuleSet> = self.sets.keys().collect();
        by_number.sort_by_key(|set| self.sets[*set]);
        let mut renumbered: BTreeMap<u32, u32> = BTreeMap::new();
        for (host, (_, known)) in &self.hosts {
            match self.resolve(known) {
                Some(Known::Set(number)) if *number != ALLOWS_ALL => {
                    let new = *renumbered.entry(*number).or_insert_with(|| {
                        table.sets.push(by_number[*number as usize].clone());
                        (table.sets.len() - 1) as u32
                    });
                    table.hosts.push(*host);
                    table.which.push(new);
                }
                Some(Known::Unreachable(status)) if unreachable => {
                    table.hosts.push(*host);
                    table.which.push(FAILED | u32::from(*status));
                }
                _ => {}
            }
        }
        table
    }

    fn resolve<'k>(&'k self, known: &'k Known) -> Option<&'k Known> {
        let mut known = known;
        for _ in 0..=HOPS {
            match known {
                Known::Redirect(host) => known = &self.hosts.get(host)?.1,
                _ => return Some(known),
            }
        }
        None
    }
}

/// Marks the status of a server that failed among the numbers of rule sets.
const FAILED: u32 = 1 << 31;

/// Why an address must not be used.
#[derive(Debug, PartialEq, Eq)]
pub enum Finding {
    /// A line of the file forbids it.
    Disallowed {
        /// Place of the agent among those of the table.
        agent: usize,
        /// The line, from 1.
        line: u32,
        /// Its pattern, in the spelling in which it is compared: printable ASCII.
        pattern: String,
    },
    /// The server failed with this status when its file was asked for.
    Unreachable(u16),
}

/// Rules by host, for those hosts alone that forbid something: 12 bytes a host, and each different set of rules once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    agents: Vec<String>,
    /// Hashes of authorities, sorted.
    hosts: Vec<u64>,
    /// For each host the number of its rules, or [`FAILED`] and a status.
    which: Vec<u32>,
    sets: Vec<RuleSet>,
    captures: u64,
}

impl Table {
    /// Why an address must not be used, if so. The file itself may always be fetched.
    #[must_use]
    pub fn judge(&self, url: &str) -> Option<Finding> {
        let place = self.hosts.binary_search(&hash(&authority(url)?)).ok()?;
        if is_robots_url(url) {
            return None;
        }
        let which = self.which[place];
        if which & FAILED != 0 {
            return Some(Finding::Unreachable((which & 0xffff) as u16));
        }
        let (agent, rule) = self.sets[which as usize].forbidding(&path_of(url))?;
        Some(Finding::Disallowed { agent: usize::from(agent), line: rule.line, pattern: rule.pattern.to_string() })
    }

    /// The agents, in the order of the config.
    #[must_use]
    pub fn agents(&self) -> &[String] {
        &self.agents
    }

    /// Hosts that forbid something.
    #[must_use]
    pub fn hosts(&self) -> usize {
        self.hosts.len()
    }

    /// Captures that it was made from.
    #[must_use]
    pub fn captures(&self) -> u64 {
        self.captures
    }

    /// Bytes of memory that it takes, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.hosts.len() * 12 + self.sets.iter().map(RuleSet::bytes).sum::<usize>()
    }

    /// BLAKE3 of its content: equal tables judge alike.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut text = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        self.agents.iter().for_each(|agent| text(agent));
        for set in &self.sets {
            for (agents, rules) in &set.groups {
                text(&format!("{agents:?}"));
                for rule in rules {
                    text(&format!("{} {} {}", rule.line, rule.allow, rule.pattern));
                }
            }
            text("");
        }
        for (host, which) in self.hosts.iter().zip(&self.which) {
            hasher.update(&host.to_le_bytes());
            hasher.update(&which.to_le_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

fn hash(authority: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(authority.as_bytes())
}

/// The host of a web address in small letters, with its port if that is neither 80 nor 443: http and https share their rules.
/// `None` for addresses of other schemes.
#[must_use]
pub fn authority(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next().unwrap_or_default().to_lowercase();
    let (host, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name.to_owned(), port.to_owned()),
        _ => (host, String::new()),
    };
    let host = host.trim_end_matches('.');
    if host.is_empty() {
        return None;
    }
    Some(if matches!(port.as_str(), "" | "80" | "443") { host.to_owned() } else { format!("{host}:{port}") })
}

/// Whether an address is that of a site's robots.txt.
#[must_use]
pub fn is_robots_url(url: &str) -> bool {
    let rest = url.find("://").map_or(url, |at| &url[at + 3..]);
    rest.find('/').is_some_and(|at| {
        let path = &rest[at..];
        let end = path.find(['?', '#']).unwrap_or(path.len());
        &path[..end] == "/robots.txt"
    })
}

/// A date of capture as a number that orders: the first 14 digits (`2024-05-01T10:00:00Z` and `20240501100000` alike), 0 for
/// none.
#[must_use]
pub fn stamp(date: &str) -> u64 {
    let digits = date.bytes().filter(u8::is_ascii_digit).map(|digit| u64::from(digit - b'0'));
    digits.chain(std::iter::repeat(0)).take(14).fold(0, |sum, digit| sum * 10 + digit)
}
