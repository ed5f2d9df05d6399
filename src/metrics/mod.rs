//! Metrics: pure functions from a document to named numbers.
//!
//! A *family* is one file: a table of [`MetricDef`]s and one function that measures all of them from one pass. A new
//! metric is one entry in its family's table; a new family is one file and one line in `FAMILIES`.
//!
//! **Names.** `measure[.parameter][@implementation]`, for example `top_ngram_char_ratio.3@datatrove`. The part after
//! `@` names the program whose arithmetic is reproduced to the last bit; without it the definition is gristmill's own.
//!
//! **Not measurable** is NaN (no lines, no URL, too few words for an n-gram). A rule never trips on NaN.

mod bad_words;
mod c4;
mod c4_utils;
mod char_runs;
mod chars;
mod concatenation;
mod counts;
mod curator;
mod data_juicer;
mod datamap;
mod datatrove_0_2;
mod dclm;
mod dolma;
mod dolma_taggers;
mod fineweb;
mod gopher;
mod hash_list;
mod language;
mod language_shares;
mod list_reading;
mod lists;
mod massive_text;
mod ngrams;
mod page;
mod prose;
pub mod quality;
mod repetition;
mod roots;
mod rpv2;
mod settings;
mod size;
mod top_ngrams;
mod toxic_text;
mod toxicity;
mod url;
mod word_list;
mod writing;

pub use c4::{C4Lines, C4Scan, KeptLine as C4KeptLine, PageDrop, scan_lines as c4_scan_lines};
pub use datamap::{DatamapLines, edit_lines as datamap_edit_lines};
pub use dclm::{DclmC4Lines, DclmLines, edit_c4_lines as dclm_edit_c4_lines, edit_lines as dclm_edit_lines};
pub use hash_list::HashList;
pub use list_reading::{ListPart, Reading, ReadingError, read_list};
pub use lists::{Lists, Role};
pub use roots::RootsWords;
pub use settings::Settings;
pub use toxic_text::remove_toxic_sentences;
pub use word_list::{ListError, WordList};

use std::sync::LazyLock;

use crate::document::Value;
use crate::text::TextView;

/// What a metric may look at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a, 't> {
    /// The text, analysed lazily and shared by all metrics.
    pub view: &'a TextView<'t>,
    /// Where the page was fetched from, if known.
    pub url: Option<&'a str>,
    /// The language code and its score in 0..=1, if identified.
    pub language: Option<(&'a str, f64)>,
    /// The page title, if known.
    pub title: Option<&'a str>,
    /// What else is known of the document: carried fields, HTTP headers, facts of the page.
    pub metadata: &'a [(String, Value)],
}

impl<'a, 't> Subject<'a, 't> {
    /// The value of a metadata field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'a Value> {
        self.metadata.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// A subject that is only a text.
    #[must_use]
    pub fn of_text(view: &'a TextView<'t>) -> Self {
        Self { view, url: None, language: None, title: None, metadata: &[] }
    }
}

/// What a metric is: everything that is known without a document.
#[derive(Debug, Clone, Copy)]
pub struct MetricDef {
    /// The stable name; see the module documentation for its grammar.
    pub name: &'static str,
    /// One sentence: what is counted, over what.
    pub doc: &'static str,
    /// The unit of the number: `words`, `share of lines`, …
    pub unit: &'static str,
    /// The least and greatest value that can occur (both inclusive; infinity where there is no end).
    pub range: (f64, f64),
    /// Whether only whole numbers occur.
    pub integer: bool,
    /// The list without which there is nothing to measure.
    pub list: Option<Role>,
}

impl MetricDef {
    /// A count: whole, from 0 without end.
    const fn count(name: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { name, doc, unit, range: (0.0, f64::INFINITY), integer: true, list: None }
    }

    /// A share of a whole: 0 to 1.
    const fn share(name: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { name, doc, unit, range: (0.0, 1.0), integer: false, list: None }
    }

    /// A ratio of unlike things, from 0 without end.
    const fn ratio(name: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { name, doc, unit, range: (0.0, f64::INFINITY), integer: false, list: None }
    }

    /// Yes (1) or no (0).
    const fn flag(name: &'static str, doc: &'static str) -> Self {
        Self { name, doc, unit: "yes or no", range: (0.0, 1.0), integer: true, list: None }
    }

    /// The place, from 1, of the part of a list that has something; 0: none has it.
    const fn part(name: &'static str, list: Role, doc: &'static str) -> Self {
        let range = (0.0, f64::INFINITY);
        Self { name, doc, unit: "place of the list", range, integer: true, list: Some(list) }
    }

    /// The same metric, which needs a list.
    const fn needs(mut self, list: Role) -> Self {
        self.list = Some(list);
        self
    }
}

/// A metric, by its place in [`registry`]. Ids are not stable between versions: names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricId(u16);

impl MetricId {
    /// The place in [`registry`].
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// What the metric is.
    #[must_use]
    pub fn def(self) -> &'static MetricDef {
        &registry()[self.index()]
    }

    /// Whether it is measured on the text, and not on the address alone.
    #[must_use]
    pub fn reads_text(self) -> bool {
        families().all(|(family, ids)| family != "url" || !ids.contains(&self))
    }

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.def().name
    }
}

/// Metrics that are measured together.
struct Family {
    name: &'static str,
    metrics: &'static [MetricDef],
    measure: fn(&Subject<'_, '_>, &Settings, &mut Sink),
}

/// All families. A new family is one line here.
const FAMILIES: &[Family] = &[
    Family { name: "size", metrics: size::METRICS, measure: size::measure },
    Family { name: "gopher", metrics: gopher::METRICS, measure: gopher::measure },
    Family { name: "repetition", metrics: repetition::METRICS, measure: repetition::measure },
    Family { name: "fineweb", metrics: fineweb::METRICS, measure: fineweb::measure },
    Family { name: "c4", metrics: c4::METRICS, measure: c4::measure },
    Family { name: "c4-utils", metrics: c4_utils::METRICS, measure: c4_utils::measure },
    Family { name: "bad-words", metrics: bad_words::METRICS, measure: bad_words::measure },
    Family { name: "datatrove-0.2", metrics: datatrove_0_2::METRICS, measure: datatrove_0_2::measure },
    Family { name: "dclm", metrics: dclm::METRICS, measure: dclm::measure },
    Family { name: "dclm-c4", metrics: dclm::c4::METRICS, measure: dclm::c4::measure },
    Family { name: "datamap", metrics: datamap::METRICS, measure: datamap::measure },
    Family { name: "dolma", metrics: dolma::METRICS, measure: dolma::measure },
    Family { name: "language", metrics: language::METRICS, measure: language::measure },
    Family { name: "language-shares", metrics: language_shares::METRICS, measure: language_shares::measure },
    Family { name: "language-shares-a", metrics: language_shares::FIRST, measure: language_shares::measure_first },
    Family { name: "language-shares-l", metrics: language_shares::SECOND, measure: language_shares::measure_second },
    Family { name: "writing", metrics: writing::METRICS, measure: writing::measure },
    Family { name: "curator", metrics: curator::METRICS, measure: curator::measure },
    Family { name: "data-juicer", metrics: data_juicer::METRICS, measure: data_juicer::measure },
    Family { name: "dolma-taggers", metrics: dolma_taggers::METRICS, measure: dolma_taggers::measure },
    Family { name: "rpv2", metrics: rpv2::METRICS, measure: rpv2::measure },
    Family { name: "roots", metrics: roots::METRICS, measure: roots::measure },
    Family { name: "massive-text", metrics: massive_text::METRICS, measure: massive_text::measure },
    Family { name: "prose", metrics: prose::METRICS, measure: prose::measure },
    Family { name: "quality", metrics: quality::METRICS, measure: quality::measure },
    Family { name: "page", metrics: page::METRICS, measure: page::measure },
    Family { name: "url", metrics: url::METRICS, measure: url::measure },
    Family { name: "toxicity", metrics: toxicity::METRICS, measure: toxicity::measure },
    Family { name: "toxic-text", metrics: toxic_text::METRICS, measure: toxic_text::measure },
];

/// The greatest number of metrics in one family: they are asked for by the bits of a `u64`.
const FAMILY_MAX: usize = 64;

/// Where a family writes its numbers, by place in its own table.
struct Sink {
    wanted: u64,
    values: [f64; FAMILY_MAX],
}

impl Sink {
    /// Whether any metric of `places` is asked for.
    fn wants(&self, places: std::ops::Range<usize>) -> bool {
        places.into_iter().any(|place| self.wanted & (1 << place) != 0)
    }

    /// Sets the number at `place`.
    fn set(&mut self, place: usize, value: f64) {
        self.values[place] = value;
    }

    /// Sets a count.
    #[allow(clippy::cast_precision_loss)]
    fn set_count(&mut self, place: usize, value: usize) {
        self.values[place] = value as f64;
    }

    /// Sets `part / whole`; not measurable when `whole` is 0.
    fn set_ratio(&mut self, place: usize, part: usize, whole: usize) {
        self.values[place] = ratio(part, whole);
    }
}

/// `part / whole` in double precision, as Python divides; NaN when `whole` is 0.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { f64::NAN } else { part as f64 / whole as f64 }
}

/// All metrics, family by family.
#[must_use]
pub fn registry() -> &'static [MetricDef] {
    static ALL: LazyLock<Vec<MetricDef>> =
        LazyLock::new(|| FAMILIES.iter().flat_map(|family| family.metrics).copied().collect());
    &ALL
}

/// The families with their metrics, in registry order.
pub fn families() -> impl Iterator<Item = (&'static str, Vec<MetricId>)> {
    let mut ids = all();
    FAMILIES.iter().map(move |family| (family.name, ids.by_ref().take(family.metrics.len()).collect()))
}

/// The metric of that name.
#[must_use]
pub fn find(name: &str) -> Option<MetricId> {
    let place = registry().iter().position(|def| def.name == name)?;
    u16::try_from(place).ok().map(MetricId)
}

/// All metric ids in registry order.
pub fn all() -> impl Iterator<Item = MetricId> {
    (0..registry().len()).filter_map(|place| u16::try_from(place).ok().map(MetricId))
}

/// The known metric whose name is nearest to a mistyped `name`, if any is near.
#[must_use]
pub fn suggest(name: &str) -> Option<&'static str> {
    nearest(name, registry().iter().map(|def| def.name))
}

/// The candidate nearest to a mistyped `word`, if one is near: a slip or two of the finger (Damerau-Levenshtein), else a
/// Jaro-Winkler similarity above 0.8. Of equally near ones the first.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let slips = strsim::damerau_levenshtein(word, candidate);
        let near = slips <= 1 || (slips == 2 && candidate.len() > 5);
        let score = if near {
            2.0 - f64::from(u8::try_from(slips).unwrap_or(u8::MAX)) / 10.0
        } else {
            strsim::jaro_winkler(word, candidate)
        };
        if score > 0.8 && best.is_none_or(|(top, _)| score > top) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A fixed choice of metrics, ready to be computed for many documents.
#[derive(Debug, Clone, Default)]
pub struct MetricSet {
    ids: Vec<MetricId>,
    families: Vec<Part>,
}

/// What a [`MetricSet`] asks of one family.
#[derive(Debug, Clone)]
struct Part {
    family: usize,
    wanted: u64,
    /// Place in the family, place in the output row.
    slots: Vec<(usize, usize)>,
}

impl MetricSet {
    /// The set of `ids`, each once, in the order of first mention.
    pub fn new(ids: impl IntoIterator<Item = MetricId>) -> Self {
        let mut set = Self::default();
        for id in ids {
            if !set.ids.contains(&id) {
                set.ids.push(id);
            }
        }
        let mut first = 0;
        for (family, of) in FAMILIES.iter().enumerate() {
            let mut part = Part { family, wanted: 0, slots: Vec::new() };
            for (slot, id) in set.ids.iter().enumerate() {
                if (first..first + of.metrics.len()).contains(&id.index()) {
                    part.wanted |= 1 << (id.index() - first);
                    part.slots.push((id.index() - first, slot));
                }
            }
            first += of.metrics.len();
            if part.wanted != 0 {
                set.families.push(part);
            }
        }
        set
    }

    /// The metrics, in output order.
    #[must_use]
    pub fn ids(&self) -> &[MetricId] {
        &self.ids
    }

    /// The place of a metric in the output row.
    #[must_use]
    pub fn position(&self, id: MetricId) -> Option<usize> {
        self.ids.iter().position(|&own| own == id)
    }

    /// Measures all metrics of the set; `out` becomes one number for each of [`MetricSet::ids`].
    pub fn compute(&self, subject: &Subject<'_, '_>, settings: &Settings, out: &mut Vec<f64>) {
        out.clear();
        out.resize(self.ids.len(), f64::NAN);
        for part in &self.families {
            let mut sink = Sink { wanted: part.wanted, values: [f64::NAN; FAMILY_MAX] };
            (FAMILIES[part.family].measure)(subject, settings, &mut sink);
            for &(place, slot) in &part.slots {
                out[slot] = sink.values[place];
            }
        }
    }
}

/// Measures `ids` (each once) with `settings`. For many documents make one [`MetricSet`].
#[must_use]
pub fn compute(ids: &[MetricId], subject: &Subject<'_, '_>, settings: &Settings) -> Vec<f64> {
    let mut out = Vec::new();
    MetricSet::new(ids.iter().copied()).compute(subject, settings, &mut out);
    out
}

#[cfg(test)]
mod tests;
