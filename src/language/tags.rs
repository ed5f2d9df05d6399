//! Which language tags mean the same: `de`, `deu`, `deu_Latn` and `de-AT` are German, `zh-Hans` and `cmn_Hani` Chinese.
//!
//! Filter files, word lists and configs name languages by whatever code their writer knows; documents carry the label of
//! a model. Both are read into a [`Tag`], and [`Tag::fits`] compares them everywhere in the same way.

use super::labels;

/// A language tag, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'t> {
    /// The tag as it was written.
    pub whole: &'t str,
    /// The ISO 639-1 code where there is one, else the primary subtag.
    pub language: &'t str,
    /// ISO 15924 code of the script, if the tag names it.
    pub script: Option<&'t str>,
    /// Country code, if the tag names it.
    pub region: Option<&'t str>,
}

impl<'t> Tag<'t> {
    /// Takes a tag apart.
    #[must_use]
    pub fn of(whole: &'t str) -> Self {
        let bare = whole.strip_prefix("__label__").unwrap_or(whole);
        let mut parts = bare.split(['-', '_']);
        let primary = parts.next().unwrap_or(bare);
        let language = labels::find(bare).map_or(primary, |language| language.code);
        let (mut script, mut region) = (None, None);
        for part in parts {
            match part.len() {
                4 if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => script = script.or(Some(part)),
                2 | 3 => region = region.or(Some(part)),
                _ => {}
            }
        }
        Self { whole, language, script, region }
    }

    /// How well this tag, written by a person, fits the tag of a document: 0 is best, `None` not at all.
    ///
    /// Languages must be equal (`no` and its two written forms fit each other). A script or region that this tag names
    /// must be the document's; a document that names no script is taken to be in the language's usual one, or in
    /// whichever the file has.
    #[must_use]
    pub fn fits(&self, document: &Tag<'_>) -> Option<u8> {
        if self.whole == document.whole {
            return Some(0);
        }
        let far = match (self.language, document.language) {
            (own, other) if own == other => 0,
            ("no", "nb" | "nn") | ("nb" | "nn", "no") => 8,
            _ => return None,
        };
        if let Some(region) = self.region
            && !document.region.is_some_and(|other| other.eq_ignore_ascii_case(region))
        {
            return None;
        }
        let near = match (self.script, document.script) {
            (Some(own), Some(other)) if same_script(own, other) => 1,
            (Some(_), Some(_)) => return None,
            (None, _) => 2,
            (Some(own), None) if same_script(own, usual_script(self.language)) => 3,
            (Some(_), None) => 4,
        };
        // A region that both name is nearer than a tag without one.
        Some(far + near * 2 - u8::from(self.region.is_some()))
    }
}

/// Equal scripts. Han stands for both of its written forms, Korean for Hangul.
fn same_script(own: &str, other: &str) -> bool {
    let is = |script: &str, names: &[&str]| names.iter().any(|name| script.eq_ignore_ascii_case(name));
    own.eq_ignore_ascii_case(other)
        || (is(own, &["Hani"]) && is(other, &["Hans", "Hant"]))
        || (is(own, &["Hans", "Hant"]) && is(other, &["Hani"]))
        || (is(own, &["Hang", "Kore"]) && is(other, &["Hang", "Kore"]))
}

/// The script that a language is mostly written in today, for ISO 639-1 codes; Latin for all others.
fn usual_script(language: &str) -> &'static str {
    match USUAL.binary_search_by_key(&language, |&(code, _)| code) {
        Ok(at) => USUAL[at].1,
        Err(_) => "Latn",
    }
}

/// Languages with a script other than Latin (source: CLDR, likely subtags). Sorted.
const USUAL: &[(&str, &str)] = &[
    ("ab", "Cyrl"),
    ("am", "Ethi"),
    ("ar", "Arab"),
    ("as", "Beng"),
    ("av", "Cyrl"),
    ("ba", "Cyrl"),
    ("be", "Cyrl"),
    ("bg", "Cyrl"),
    ("bn", "Beng"),
    ("bo", "Tibt"),
    ("ce", "Cyrl"),
    ("cu", "Cyrl"),
    ("cv", "Cyrl"),
    ("dv", "Thaa"),
    ("dz", "Tibt"),
    ("el", "Grek"),
    ("fa", "Arab"),
    ("gu", "Gujr"),
    ("he", "Hebr"),
    ("hi", "Deva"),
    ("hy", "Armn"),
    ("ii", "Yiii"),
    ("iu", "Cans"),
    ("ja", "Jpan"),
    ("ka", "Geor"),
    ("kk", "Cyrl"),
    ("km", "Khmr"),
    ("kn", "Knda"),
    ("ko", "Kore"),
    ("ks", "Arab"),
    ("kv", "Cyrl"),
    ("ky", "Cyrl"),
    ("lo", "Laoo"),
    ("mk", "Cyrl"),
    ("ml", "Mlym"),
    ("mn", "Cyrl"),
    ("mr", "Deva"),
    ("my", "Mymr"),
    ("ne", "Deva"),
    ("oj", "Cans"),
    ("or", "Orya"),
    ("os", "Cyrl"),
    ("pa", "Guru"),
    ("ps", "Arab"),
    ("ru", "Cyrl"),
    ("sa", "Deva"),
    ("sd", "Arab"),
    ("si", "Sinh"),
    ("sr", "Cyrl"),
    ("ta", "Taml"),
    ("te", "Telu"),
    ("tg", "Cyrl"),
    ("th", "Thai"),
    ("ti", "Ethi"),
    ("tt", "Cyrl"),
    ("ug", "Arab"),
    ("uk", "Cyrl"),
    ("ur", "Arab"),
    ("yi", "Hebr"),
    ("zh", "Hani"),
];

/// Values by language tag, found by the tag of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct TagMap<T> {
    /// Sorted by tag, each tag once.
    entries: Vec<(String, T)>,
    /// Language and place in `entries`, sorted.
    by_language: Vec<(String, usize)>,
}

impl<T> Default for TagMap<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), by_language: Vec::new() }
    }
}

impl<T> TagMap<T> {
    /// The map with these entries; of equal tags the last stays.
    pub fn new(entries: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut sorted: std::collections::BTreeMap<String, T> = std::collections::BTreeMap::new();
        for (tag, value) in entries {
            sorted.insert(tag, value);
        }
        let entries: Vec<(String, T)> = sorted.into_iter().collect();
        let mut by_language: Vec<(String, usize)> = Vec::new();
        for (place, (whole, _)) in entries.iter().enumerate() {
            let tag = Tag::of(whole);
            by_language.push((tag.language.to_owned(), place));
            // Norwegian is looked for under all three of its codes.
            let others: &[&str] = match tag.language {
                "no" => &["nb", "nn"],
                "nb" | "nn" => &["no"],
                _ => &[],
            };
            by_language.extend(others.iter().map(|other| ((*other).to_owned(), place)));
        }
        by_language.sort();
        Self { entries, by_language }
    }

    /// The value for a document: that of the tag that fits best; of equally good ones the first by code.
    #[must_use]
    pub fn get(&self, document: &Tag<'_>) -> Option<&T> {
        if let Ok(place) = self.entries.binary_search_by(|(whole, _)| whole.as_str().cmp(document.whole)) {
            return Some(&self.entries[place].1);
        }
        let start = self.by_language.partition_point(|(language, _)| language.as_str() < document.language);
        let mut best: Option<(u8, usize)> = None;
        for (_, place) in self.by_language[start..].iter().take_while(|(language, _)| language == document.language) {
            let rank = Tag::of(&self.entries[*place].0).fits(document);
            if let Some(rank) = rank
                && best.is_none_or(|(least, _)| rank < least)
            {
                best = Some((rank, *place));
            }
        }
        best.map(|(_, place)| &self.entries[place].1)
    }

    /// The entries, sorted by tag.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().map(|(tag, value)| (tag.as_str(), value))
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(own: &str, document: &str) -> bool {
        Tag::of(own).fits(&Tag::of(document)).is_some()
    }

    #[test]
    fn codes_of_the_same_language_fit() {
        for (own, document) in [
            ("de", "deu_Latn"),
            ("deu", "de"),
            ("deu_Latn", "de"),
            ("deu_Latn", "deu"),
            ("de", "de-AT"),
            ("ger", "__label__deu_Latn"),
            ("zh", "zh-Hans"),
            ("zh-Hans", "zh"),
            ("zh-Hans", "zho_Hans"),
            ("zh-Hans", "cmn_Hani"),
            ("cmn_Hani", "zh-Hant"),
            ("ko", "kor_Hang"),
            ("kor_Hang", "ko"),
            ("pt", "pt_BR"),
            ("pt-BR", "pt-br"),
            ("aai_Latn", "aai"),
            ("no", "nb"),
            ("nob_Latn", "no"),
            ("swh_Latn", "sw"),
        ] {
            assert!(fits(own, document), "{own} for {document}");
        }
        for (own, document) in [
            ("de", "nl"),
            ("zh-Hans", "zh-Hant"),
            ("uzn_Cyrl", "uzn_Latn"),
            ("pt-BR", "pt-PT"),
            ("pt-BR", "pt"),
            ("nb", "nn"),
            ("aai_Latn", "aak"),
            ("swc_Latn", "swh_Latn"),
        ] {
            assert!(!fits(own, document), "{own} for {document}");
        }
    }

    #[test]
    fn the_nearest_tag_decides() {
        let map = |tags: &[&str]| TagMap::new(tags.iter().map(|tag| ((*tag).to_owned(), (*tag).to_owned())));
        let got = |tags: &[&str], document: &str| map(tags).get(&Tag::of(document)).cloned();
        let uzbek = ["uzn_Cyrl", "uzn_Latn"];
        assert_eq!(got(&uzbek, "uz").as_deref(), Some("uzn_Latn"), "the usual script");
        assert_eq!(got(&uzbek, "uz-Cyrl").as_deref(), Some("uzn_Cyrl"));
        assert_eq!(got(&["tam_Latn", "tam_Taml"], "ta").as_deref(), Some("tam_Taml"));
        assert_eq!(got(&["tam_Latn"], "ta").as_deref(), Some("tam_Latn"), "the only one there is");
        assert_eq!(got(&["tam_Latn"], "tam_Taml"), None);
        assert_eq!(got(&["pt", "pt-BR"], "pt_BR").as_deref(), Some("pt-BR"));
        assert_eq!(got(&["pt", "pt-BR"], "pt").as_deref(), Some("pt"));
        assert_eq!(got(&["no", "nob_Latn"], "nb").as_deref(), Some("nob_Latn"));
        assert_eq!(got(&["no"], "nn").as_deref(), Some("no"));
        assert_eq!(got(&["zh", "zh-Hant"], "zho_Hant").as_deref(), Some("zh-Hant"));
        assert_eq!(got(&["de"], "fr"), None);
        assert!(USUAL.is_sorted());
    }
}
