//! A robots.txt file: lines, groups, and the rules that apply to some agents.

use super::pattern::{Pattern, normalise};

/// Bytes of a file that are read; RFC 9309 wants at least 500 KiB. A line cut by the limit is left out: half of
/// `Disallow: /private` would forbid the whole site.
pub const MAX_BYTES: usize = 500 << 10;

/// One `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    /// Whether it allows.
    pub(super) allow: bool,
    /// Which paths.
    pub(super) pattern: Pattern,
    /// Its line, from 1.
    pub(super) line: u32,
}

/// The rules of one file that apply to the agents asked for, the most specific first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct RuleSet {
    /// For the agents of each list (by place among those asked for): what it obeys. Agents that may fetch all are absent.
    pub(super) groups: Vec<(Vec<u16>, Vec<Rule>)>,
}

impl RuleSet {
    /// Whether every agent may fetch everything.
    #[must_use]
    pub fn allows_all(&self) -> bool {
        self.groups.is_empty()
    }

    /// The first agent that may not fetch a path, with the rule that says so.
    pub(super) fn forbidding(&self, path: &[u8]) -> Option<(u16, &Rule)> {
        let of_group = |(agents, rules): &'_ (Vec<u16>, Vec<Rule>)| {
            let place = rules.iter().position(|rule| rule.pattern.matches(path))?;
            (!rules[place].allow).then_some((*agents.first()?, place))
        };
        let found = self.groups.iter().filter_map(|group| of_group(group).map(|hit| (hit, group)));
        found.min_by_key(|((agent, _), _)| *agent).map(|((agent, place), group)| (agent, &group.1[place]))
    }

    /// Bytes of memory that it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let rule = |rule: &Rule| std::mem::size_of::<Rule>() + rule.pattern.len();
        self.groups.iter().map(|(agents, rules)| 48 + 2 * agents.len() + rules.iter().map(rule).sum::<usize>()).sum()
    }
}

/// The product token of a user agent, in small letters: letters, `-` and `_` at its start. `None` when there are none.
#[must_use]
pub fn product_token(agent: &str) -> Option<String> {
    let end = agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_')).unwrap_or(agent.len());
    (end > 0).then(|| agent[..end].to_ascii_lowercase())
}

/// Whom a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Everybody without a group of their own.
    All,
    /// The agent at this place among those asked for.
    Agent(u16),
}

/// A group: whom it is for, and its rules.
#[derive(Debug, Default)]
struct Group {
    /// Those asked for, each once; empty: the group is nobody's.
    agents: Vec<For>,
    rules: Vec<Rule>,
}

/// What a line says.
enum Line<'a> {
    Agent(&'a [u8]),
    Rule { allow: bool, value: &'a [u8] },
    Other,
}

/// The rules of a file for `agents` (product tokens in small letters). An agent obeys all groups that name it; only if there is
/// none, those for `*`.
#[must_use]
pub fn rules_for(body: &[u8], agents: &[String]) -> RuleSet {
    let groups = groups(body, agents);
    let mut out: Vec<(Vec<usize>, Vec<u16>)> = Vec::new();
    for agent in (0..agents.len()).filter_map(|agent| u16::try_from(agent).ok()) {
        let with = |who: For| -> Vec<usize> {
            (0..groups.len()).filter(|&group| groups[group].agents.contains(&who)).collect()
        };
        let own = with(For::Agent(agent));
        let own = if own.is_empty() { with(For::All) } else { own };
        match out.iter_mut().find(|(known, _)| *known == own) {
            Some((_, agents)) => agents.push(agent),
            None => out.push((own, vec![agent])),
        }
    }
    let merged = out.into_iter().filter_map(|(own, agents)| {
        let mut rules: Vec<Rule> = own.iter().flat_map(|&group| groups[group].rules.iter().cloned()).collect();
        // The most octets first; of equally many, the line that allows; of equal lines, the first one.
        rules.sort_by_key(|rule| (std::cmp::Reverse(rule.pattern.len()), !rule.allow, rule.line));
        rules.iter().any(|rule| !rule.allow).then_some((agents, rules))
    });
    RuleSet { groups: merged.collect() }
}

fn groups(body: &[u8], agents: &[String]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // Agent lines in a row share a group; a rule ends the row, other lines (a sitemap, a delay) do not.
    let mut in_agents = false;
    for (number, line) in lines(body) {
        match read(line) {
            Line::Agent(value) => {
                if !in_agents {
                    groups.push(Group::default());
                }
                in_agents = true;
                if let (Some(group), Some(who)) = (groups.last_mut(), who(value, agents))
                    && !group.agents.contains(&who)
                {
                    group.agents.push(who);
                }
            }
            Line::Rule { allow, value } => {
                in_agents = false;
                // Rules before the first agent belong to nobody; a rule without a path says nothing.
                if let Some(group) = groups.last_mut().filter(|group| !group.agents.is_empty())
                    && let Some(pattern) = Pattern::parse(value)
                {
                    group.rules.push(Rule { allow, pattern, line: number });
                }
            }
            Line::Other => {}
        }
    }
    groups
}

/// Whom an agent line names; `None` for agents that are not asked for.
fn who(value: &[u8], agents: &[String]) -> Option<For> {
    if value == b"*" || (value.starts_with(b"*") && value[1].is_ascii_whitespace()) {
        return Some(For::All);
    }
    let token = product_token(&String::from_utf8_lossy(value))?;
    let place = agents.iter().position(|agent| *agent == token)?;
    u16::try_from(place).ok().map(For::Agent)
}

/// The lines of a file with their numbers; `\n`, `\r` and `\r\n` end one.
fn lines(body: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let cut = body.len() > MAX_BYTES;
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut rest = &body[..body.len().min(MAX_BYTES)];
    let mut number = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        number += 1;
        let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else {
            let last = std::mem::take(&mut rest);
            return (!cut).then_some((number, last));
        };
        let line = &rest[..end];
        let both = rest[end..].starts_with(b"\r\n");
        rest = &rest[end + 1 + usize::from(both)..];
        Some((number, line))
    })
}

/// Reads a line: `key: value`, a comment behind `#`. Misspelt keys that are common are understood.
fn read(line: &[u8]) -> Line<'_> {
    let line = &line[..memchr::memchr(b'#', line).unwrap_or(line.len())];
    let line = line.trim_ascii();
    // A missing colon is forgiven where a blank stands in its place.
    let Some(end) = memchr::memchr(b':', line).or_else(|| line.iter().position(u8::is_ascii_whitespace)) else {
        return Line::Other;
    };
    let (key, value) = (line[..end].trim_ascii().to_ascii_lowercase(), line[end + 1..].trim_ascii());
    match key.as_slice() {
        b"user-agent" | b"useragent" | b"user agent" => Line::Agent(value),
        b"allow" => Line::Rule { allow: true, value },
        b"disallow" | b"dissallow" | b"dissalow" | b"disalow" | b"diasllow" | b"disallaw" => {
            Line::Rule { allow: false, value }
        }
        _ => Line::Other,
    }
}

/// The path and query of an address, as patterns are compared with it.
pub(super) fn path_of(url: &str) -> Vec<u8> {
    let rest = url.find("://").map_or(url, |at| &url[at + 3..]);
    let rest = &rest[..rest.find('#').unwrap_or(rest.len())];
    let path = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
    let mut out = if path.starts_with('/') { Vec::new() } else { vec![b'/'] };
    out.extend(normalise(path.as_bytes(), false));
    out
}
