//! Licences by the addresses and words in which pages name them.

/// What a licence asks for, as far as its kind tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// It is a licence or dedication of Creative Commons.
    pub creative_commons: bool,
    /// No commercial use.
    pub noncommercial: bool,
    /// No changed copies.
    pub noderivatives: bool,
}

impl Terms {
    /// The terms of a kind that [`kind`] gives.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        let has = |part: &str| kind.split('-').any(|one| one == part);
        let creative_commons = kind == "CC0-1.0" || kind.starts_with("CC-");
        Self {
            creative_commons,
            noncommercial: creative_commons && has("NC"),
            noderivatives: creative_commons && has("ND"),
        }
    }
}

/// The longest text that is looked at: prose that mentions a licence names none.
const LONGEST: usize = 300;

/// Other licences: what their addresses or names contain, in small letters, and their SPDX identifier.
const OTHERS: &[(&str, &str)] = &[
    ("opensource.org/licenses/mit", "MIT"),
    ("opensource.org/license/mit", "MIT"),
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("gnu.org/licenses/fdl", "GFDL-1.3"),
    ("gnu.org/copyleft/fdl", "GFDL-1.3"),
    ("gnu.org/licenses/agpl", "AGPL-3.0"),
    ("gnu.org/licenses/lgpl", "LGPL-3.0"),
    ("gnu.org/licenses/gpl", "GPL-3.0"),
    ("gnu.org/licenses/old-licenses/gpl-2.0", "GPL-2.0"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/3", "OGL-UK-3.0"),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/2", "OGL-UK-2.0"),
    ("opendatacommons.org/licenses/by", "ODC-By-1.0"),
    ("opendatacommons.org/licenses/odbl", "ODbL-1.0"),
    ("opendatacommons.org/licenses/pddl", "PDDL-1.0"),
    ("govdata.de/dl-de/by-2-0", "DL-DE-BY-2.0"),
    ("unlicense.org", "Unlicense"),
];

/// Identifiers that stand alone.
const NAMES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MPL-2.0",
    "GPL-2.0",
    "GPL-3.0",
    "LGPL-2.1",
    "LGPL-3.0",
    "AGPL-3.0",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "AGPL-3.0-only",
    "Unlicense",
    "ODbL-1.0",
    "ODC-By-1.0",
    "PDDL-1.0",
    "GFDL-1.3",
    "OGL-UK-3.0",
];

/// The kind of a licence that an address or a short text names, in SPDX spelling: `CC-BY-SA-4.0`, `CC0-1.0`, `MIT`. National
/// versions of Creative Commons licences have the kind of the international one; a licence without a version has none
/// (`CC-BY`). `None` where it is not known.
#[must_use]
pub fn kind(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if lower.contains("creativecommons.org/") {
        return creative_commons(&lower);
    }
    if let Some(name) = NAMES.iter().find(|name| name.eq_ignore_ascii_case(text)) {
        return Some((*name).to_owned());
    }
    let other = OTHERS.iter().find(|(part, _)| lower.contains(part)).map(|(_, kind)| (*kind).to_owned());
    other.or_else(|| in_words(&lower))
}

/// The kind of a Creative Commons licence by its address.
#[must_use]
pub fn creative_commons(address: &str) -> Option<String> {
    let lower = address.to_ascii_lowercase();
    let at = lower.find("creativecommons.org/")?;
    let mut parts = lower[at..].split(['/', '?', '#']).skip(1).filter(|part| !part.is_empty());
    let (first, code) = (parts.next()?, parts.next()?);
    let version = parts.next().filter(|part| is_version(part));
    match (first, code) {
        ("publicdomain", "zero") => Some("CC0-1.0".to_owned()),
        ("publicdomain", "mark") => Some("CC-PDM-1.0".to_owned()),
        ("licenses", "publicdomain") => Some("CC-PDDC".to_owned()),
        ("licenses", _) => spell(code.split('-'), version),
        _ => None,
    }
}

fn is_version(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'9', b'.', b'0'..=b'9'])
}

/// `CC-BY-NC-SA-4.0` from the conditions in any order; `None` when one is unknown or there is none.
fn spell<'p>(conditions: impl Iterator<Item = &'p str>, version: Option<&str>) -> Option<String> {
    const ORDER: [(&str, &str); 4] = [("by", "BY"), ("nc", "NC"), ("nd", "ND"), ("sa", "SA")];
    let mut has = [false; 4];
    for condition in conditions {
        has[ORDER.iter().position(|(small, _)| *small == condition)?] = true;
    }
    if has == [false; 4] {
        return None;
    }
    let mut out = String::from("CC");
    for ((_, name), _) in ORDER.iter().zip(has).filter(|(_, has)| *has) {
        out.push('-');
        out.push_str(name);
    }
    if let Some(version) = version {
        out.push('-');
        out.push_str(version);
    }
    Some(out)
}

/// `CC BY-SA 4.0`, `Creative Commons Attribution-ShareAlike 4.0 International`.
fn in_words(lower: &str) -> Option<String> {
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    if words.contains(&"cc0") {
        return Some("CC0-1.0".to_owned());
    }
    let at = words.iter().position(|word| *word == "cc" || *word == "creative")?;
    let mut rest = &words[at + 1..];
    if words[at] == "creative" {
        rest = rest.strip_prefix(&["commons"])?;
    } else if !matches!(rest.first(), Some(&("by" | "nc" | "nd" | "sa"))) {
        // A carbon copy.
        return None;
    }
    let version = rest.iter().copied().find(|word| is_version(word));
    let conditions = rest.iter().filter_map(|word| match *word {
        "by" | "attribution" => Some("by"),
        "nc" | "noncommercial" => Some("nc"),
        "nd" | "noderivatives" | "noderivs" => Some("nd"),
        "sa" | "sharealike" => Some("sa"),
        _ => None,
    });
    // `Non Commercial`, `Share Alike` and `No Derivatives` are written apart, too.
    let pairs = rest.windows(2).filter_map(|pair| match pair {
        ["non", "commercial"] => Some("nc"),
        ["share", "alike"] => Some("sa"),
        ["no", "derivatives" | "derivs" | "derivative"] => Some("nd"),
        _ => None,
    });
    spell(conditions.chain(pairs), version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_address_and_words() {
        for (text, expected) in [
            ("https://creativecommons.org/licenses/by-sa/4.0/", Some("CC-BY-SA-4.0")),
            ("http://creativecommons.org/licenses/by-nc-nd/3.0/de/deed.en", Some("CC-BY-NC-ND-3.0")),
            ("//CreativeCommons.org/licenses/by/2.5", Some("CC-BY-2.5")),
            ("https://creativecommons.org/licenses/by-nd-nc/1.0/", Some("CC-BY-NC-ND-1.0")),
            ("https://creativecommons.org/publicdomain/zero/1.0/", Some("CC0-1.0")),
            ("https://creativecommons.org/publicdomain/mark/1.0/", Some("CC-PDM-1.0")),
            ("https://creativecommons.org/licenses/sampling+/1.0/", None),
            ("https://creativecommons.org/about/", None),
            ("CC BY-SA 4.0", Some("CC-BY-SA-4.0")),
            ("cc-by", Some("CC-BY")),
            ("Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International", Some("CC-BY-NC-SA-4.0")),
            ("Creative Commons: Attribution, Non Commercial, No Derivatives 3.0", Some("CC-BY-NC-ND-3.0")),
            ("Licensed under CC0.", Some("CC0-1.0")),
            ("mit", Some("MIT")),
            ("https://www.apache.org/licenses/LICENSE-2.0.html", Some("Apache-2.0")),
            ("Copyright 2024 The Mill Times", None),
            ("cc the editor by mail", None),
            ("by", None),
            ("", None),
        ] {
            assert_eq!(kind(text).as_deref(), expected, "{text}");
        }
        assert_eq!(kind(&"CC BY ".repeat(100)), None);
    }

    #[test]
    fn terms_of_kinds() {
        let terms = |kind: &str| {
            let terms = Terms::of(kind);
            (terms.creative_commons, terms.noncommercial, terms.noderivatives)
        };
        assert_eq!(terms("CC-BY-NC-ND-4.0"), (true, true, true));
        assert_eq!(terms("CC-BY-4.0"), (true, false, false));
        assert_eq!(terms("CC0-1.0"), (true, false, false));
        assert_eq!(terms("MIT"), (false, false, false));
    }
}
