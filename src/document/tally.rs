//! Counters that add up. Merging is associative and commutative, so units can be counted anywhere in any order.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An amount of documents and what is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flow {
    /// Documents.
    pub documents: u64,
    /// Bytes: of the body before extraction, of UTF-8 text after it.
    pub bytes: u64,
    /// Tokens, known after the tokenize step only.
    pub tokens: u64,
}

impl Flow {
    /// Adds `other`.
    pub fn add(&mut self, other: Self) {
        self.documents += other.documents;
        self.bytes += other.bytes;
        self.tokens += other.tokens;
    }
}

/// What a dedup step of pieces cut out of the documents that it looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trim {
    /// Documents.
    pub documents: u64,
    /// Those that lose something.
    pub touched: u64,
    /// Pieces that go.
    pub pieces: u64,
    /// Characters of the documents.
    pub chars: u64,
    /// Characters that go.
    pub cut_chars: u64,
}

impl Trim {
    /// Adds `other`.
    pub fn add(&mut self, other: Self) {
        self.documents += other.documents;
        self.touched += other.touched;
        self.pieces += other.pieces;
        self.chars += other.chars;
        self.cut_chars += other.cut_chars;
    }
}

/// What documents share with one benchmark set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    /// Numbers of the items that they share n-grams with, among all items of the step.
    pub items: BTreeSet<u32>,
    /// Documents.
    pub documents: u64,
    /// Characters that go: of the whole document, or those cut out.
    pub chars: u64,
}

impl Contact {
    /// Adds `other`.
    pub fn add(&mut self, other: &Self) {
        self.items.extend(&other.items);
        self.documents += other.documents;
        self.chars += other.chars;
    }
}

/// The few sums of a [`Tally`] that progress and limits ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Records read.
    pub records: u64,
    /// Documents read.
    pub documents: u64,
    /// Damaged records and documents set aside.
    pub set_aside: u64,
    /// Documents dropped, by step of the plan.
    pub dropped: Vec<u64>,
    /// Tokens of the documents that stay.
    pub tokens: u64,
}

impl Counts {
    /// The sums of a tally.
    #[must_use]
    pub fn of(tally: &Tally) -> Self {
        Self {
            records: tally.records,
            documents: tally.documents,
            set_aside: tally.fault_records() + tally.quarantined_documents(),
            dropped: tally.steps.iter().map(StepTally::dropped_documents).collect(),
            tokens: tally.sources.values().map(|group| group.kept.tokens).sum(),
        }
    }

    /// Adds `other`.
    pub fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.documents += other.documents;
        self.set_aside += other.set_aside;
        self.tokens += other.tokens;
        self.dropped.resize(self.dropped.len().max(other.dropped.len()), 0);
        for (sum, count) in self.dropped.iter_mut().zip(&other.dropped) {
            *sum += count;
        }
    }
}

/// What one step did. Conservation: `entered = left + dropped + quarantined` in documents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StepTally {
    /// What came in.
    pub entered: Flow,
    /// What went on.
    pub left: Flow,
    /// What was dropped, by rule: the rule that decided (first in the filter's order).
    pub dropped: BTreeMap<String, Flow>,
    /// How often each rule tripped at all, first or not.
    pub tripped: BTreeMap<String, u64>,
    /// Documents that this rule alone dropped: no other rule of the same filter tripped.
    pub alone: BTreeMap<String, u64>,
    /// Documents set aside, by fault kind.
    pub quarantined: BTreeMap<String, u64>,
    /// Documents passed over because the step's `when` does not hold.
    pub passed_over: u64,
    /// For dedup steps, by source: what entered (as `read`) and what left (as `kept`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, Group>,
    /// What was cut out of documents as copies, by source; documents that the step then dropped count as well.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trims: BTreeMap<String, Trim>,
    /// What documents share with benchmark sets, by set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contacts: BTreeMap<String, Contact>,
}

impl StepTally {
    /// Documents dropped over all rules.
    #[must_use]
    pub fn dropped_documents(&self) -> u64 {
        self.dropped.values().map(|flow| flow.documents).sum()
    }

    /// Documents set aside over all kinds.
    #[must_use]
    pub fn quarantined_documents(&self) -> u64 {
        self.quarantined.values().sum()
    }

    /// What was cut out of documents, over all sources.
    #[must_use]
    pub fn trimmed(&self) -> Trim {
        let mut sum = Trim::default();
        self.trims.values().for_each(|trim| sum.add(*trim));
        sum
    }

    /// Whether `entered = left + dropped + quarantined`.
    #[must_use]
    pub fn conserved(&self) -> bool {
        self.entered.documents == self.left.documents + self.dropped_documents() + self.quarantined_documents()
    }

    fn merge(&mut self, other: &Self) {
        self.entered.add(other.entered);
        self.left.add(other.left);
        for (rule, &flow) in &other.dropped {
            self.dropped.entry(rule.clone()).or_default().add(flow);
        }
        add_counts(&mut self.tripped, &other.tripped);
        add_counts(&mut self.alone, &other.alone);
        add_counts(&mut self.quarantined, &other.quarantined);
        self.passed_over += other.passed_over;
        for (source, group) in &other.sources {
            let sum = self.sources.entry(source.clone()).or_default();
            sum.read.add(group.read);
            sum.kept.add(group.kept);
        }
        for (source, &trim) in &other.trims {
            self.trims.entry(source.clone()).or_default().add(trim);
        }
        for (set, contact) in &other.contacts {
            self.contacts.entry(set.clone()).or_default().add(contact);
        }
    }
}

fn add_counts(into: &mut BTreeMap<String, u64>, from: &BTreeMap<String, u64>) {
    for (key, count) in from {
        *into.entry(key.clone()).or_default() += count;
    }
}

/// How a metric is cut into bins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Bins {
    /// Fifty equal bins between 0 and 1.
    Unit,
    /// Four bins per power of two; zero and below share bin `i32::MIN`.
    Log,
}

impl Bins {
    /// Bins of [`Bins::Unit`].
    pub const UNIT_BINS: i32 = 50;
    /// Bins per power of two of [`Bins::Log`].
    pub const PER_OCTAVE: i32 = 4;

    /// The bin of a value. Exact arithmetic on the bits, so that every machine bins alike.
    #[must_use]
    pub fn of(self, value: f64) -> i32 {
        match self {
            #[allow(clippy::cast_possible_truncation, reason = "clamped to 0..UNIT_BINS")]
            Self::Unit => ((value * f64::from(Self::UNIT_BINS)).floor() as i32).clamp(0, Self::UNIT_BINS - 1),
            Self::Log if value <= 0.0 => i32::MIN,
            Self::Log => {
                let bits = value.to_bits();
                let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1023;
                let quarter = i32::try_from((bits >> 50) & 0b11).unwrap_or(0);
                exponent * Self::PER_OCTAVE + quarter
            }
        }
    }

    /// The lower edge of a bin.
    #[must_use]
    pub fn lower(self, bin: i32) -> f64 {
        match self {
            Self::Unit => f64::from(bin) / f64::from(Self::UNIT_BINS),
            Self::Log if bin == i32::MIN => 0.0,
            Self::Log => {
                let (octave, quarter) = (bin.div_euclid(Self::PER_OCTAVE), bin.rem_euclid(Self::PER_OCTAVE));
                (1.0 + f64::from(quarter) / f64::from(Self::PER_OCTAVE)) * f64::powi(2.0, octave)
            }
        }
    }
}

/// Counts of a metric per bin: documents that are kept in the end, and all that were measured.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// `bin -> (measured, kept)`.
    pub bins: BTreeMap<i32, (u64, u64)>,
}

impl Histogram {
    /// Counts one document.
    pub fn count(&mut self, bin: i32, kept: bool) {
        let entry = self.bins.entry(bin).or_default();
        entry.0 += 1;
        entry.1 += u64::from(kept);
    }

    fn merge(&mut self, other: &Self) {
        for (&bin, &(measured, kept)) in &other.bins {
            let entry = self.bins.entry(bin).or_default();
            entry.0 += measured;
            entry.1 += kept;
        }
    }
}

/// Documents of one kind (a language, a domain, a source): how many came, how many stayed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Group {
    /// What was read.
    pub read: Flow,
    /// What was kept.
    pub kept: Flow,
}

/// A document shown in the report for a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Its id; the examples with the smallest ids are shown, so every run shows the same.
    pub id: String,
    /// Where it came from.
    pub url: Option<String>,
    /// The measured value.
    pub value: f64,
    /// The beginning of its text, scrubbed of personal data.
    pub snippet: String,
}

/// Everything that one unit counts. All units merged are `stats.json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Records that the readers saw: `documents + others + faults`.
    pub records: u64,
    /// Documents that entered the chain.
    pub documents: u64,
    /// Stored bytes of the inputs.
    pub stored_bytes: u64,
    /// Records that are no documents, by kind (`request`, `media:image/png`).
    pub others: BTreeMap<String, u64>,
    /// Damaged input set aside by the readers, by fault kind.
    pub faults: BTreeMap<String, u64>,
    /// Stored bytes passed over with those faults.
    pub lost_bytes: u64,
    /// Damaged records by input file.
    pub faulty_files: BTreeMap<String, u64>,
    /// One entry per step of the plan.
    pub steps: Vec<StepTally>,
    /// By source name.
    pub sources: BTreeMap<String, Group>,
    /// By language label.
    pub languages: BTreeMap<String, Group>,
    /// By host name of the URL.
    pub domains: BTreeMap<String, Group>,
    /// One histogram per metric column.
    pub metrics: Vec<Histogram>,
    /// Tokens per kept document.
    pub token_lengths: Histogram,
    /// Examples per `step/rule`, by ascending id.
    pub examples: BTreeMap<String, Vec<Example>>,
    /// PII spans replaced, by kind.
    pub pii: BTreeMap<String, u64>,
}

impl Tally {
    /// A tally for a plan with so many steps and metric columns.
    #[must_use]
    pub fn new(steps: usize, metrics: usize) -> Self {
        Self {
            steps: vec![StepTally::default(); steps],
            metrics: vec![Histogram::default(); metrics],
            ..Self::default()
        }
    }

    /// Damaged records over all kinds.
    #[must_use]
    pub fn fault_records(&self) -> u64 {
        self.faults.values().sum()
    }

    /// Documents set aside by steps.
    #[must_use]
    pub fn quarantined_documents(&self) -> u64 {
        self.steps.iter().map(StepTally::quarantined_documents).sum()
    }

    /// What the last step let through; without steps, what was read.
    #[must_use]
    pub fn kept(&self) -> Flow {
        let of_sources = || {
            self.sources.values().fold(Flow::default(), |mut sum, source| {
                sum.add(source.kept);
                sum
            })
        };
        self.steps.last().map_or_else(of_sources, |step| step.left)
    }

    /// The laws of conservation; each broken one as a sentence. `names` are the step names.
    #[must_use]
    pub fn broken_laws(&self, names: &[String]) -> Vec<String> {
        let mut broken = Vec::new();
        let others: u64 = self.others.values().sum();
        let accounted = self.documents + others + self.fault_records();
        if self.records != accounted {
            broken.push(format!(
                "read: {} records, but {} documents + {others} others + {} faults = {accounted}",
                self.records,
                self.documents,
                self.fault_records()
            ));
        }
        let mut inflow = self.documents;
        for (step, name) in self.steps.iter().zip(names) {
            if step.entered.documents != inflow {
                broken.push(format!("{name}: {inflow} documents came, {} entered", step.entered.documents));
            }
            if !step.conserved() {
                broken.push(format!(
                    "{name}: {} entered, but {} left + {} dropped + {} quarantined",
                    step.entered.documents,
                    step.left.documents,
                    step.dropped_documents(),
                    step.quarantined_documents()
                ));
            }
            inflow = step.left.documents;
        }
        broken
    }

    /// Adds another unit's counts. `examples` is how many examples a rule keeps.
    pub fn merge(&mut self, other: &Self, examples: usize) {
        self.records += other.records;
        self.documents += other.documents;
        self.stored_bytes += other.stored_bytes;
        self.lost_bytes += other.lost_bytes;
        add_counts(&mut self.others, &other.others);
        add_counts(&mut self.faults, &other.faults);
        add_counts(&mut self.faulty_files, &other.faulty_files);
        add_counts(&mut self.pii, &other.pii);
        for (into, from) in self.steps.iter_mut().zip(&other.steps) {
            into.merge(from);
        }
        for (into, from) in self.metrics.iter_mut().zip(&other.metrics) {
            into.merge(from);
        }
        self.token_lengths.merge(&other.token_lengths);
        for (into, from) in [
            (&mut self.sources, &other.sources),
            (&mut self.languages, &other.languages),
            (&mut self.domains, &other.domains),
        ] {
            for (key, group) in from {
                let entry = into.entry(key.clone()).or_default();
                entry.read.add(group.read);
                entry.kept.add(group.kept);
            }
        }
        for (rule, from) in &other.examples {
            for example in from {
                keep_example(self.examples.entry(rule.clone()).or_default(), example.clone(), examples);
            }
        }
    }

    /// Offers an example for a rule; the smallest ids stay.
    pub fn offer_example(&mut self, rule: &str, id: &str, limit: usize, make: impl FnOnce() -> Example) {
        let list = self.examples.entry(rule.to_owned()).or_default();
        if list.len() < limit || list.last().is_some_and(|last| id < last.id.as_str()) {
            keep_example(list, make(), limit);
        }
    }
}

fn keep_example(list: &mut Vec<Example>, example: Example, limit: usize) {
    let at = list.partition_point(|held| held.id < example.id);
    list.insert(at, example);
    list.truncate(limit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_holds_the_values_from_its_lower_edge_on() {
        for bins in [Bins::Unit, Bins::Log] {
            for value in [0.001, 0.3, 0.5, 0.999, 1.0, 1.3, 7.0, 123_456.0] {
                if matches!(bins, Bins::Unit) && value > 1.0 {
                    continue;
                }
                let bin = bins.of(value);
                assert!(bins.lower(bin) <= value, "{bins:?} {value}");
                assert!(
                    value < bins.lower(bin + 1) || (value >= 1.0 && matches!(bins, Bins::Unit)),
                    "{bins:?} {value}"
                );
            }
        }
        assert_eq!(Bins::Log.of(0.0), i32::MIN);
    }

    fn sample(seed: u64) -> Tally {
        let mut tally = Tally::new(1, 1);
        tally.records = seed;
        tally.others.insert(format!("k{}", seed % 3), seed);
        tally.metrics[0].count(i32::try_from(seed % 5).unwrap(), seed.is_multiple_of(2));
        for n in 0..seed % 4 {
            let id = format!("{:04}", (seed * 7 + n * 13) % 100);
            tally.offer_example("r", &id.clone(), 3, || Example { id, url: None, value: 0.0, snippet: String::new() });
        }
        tally
    }

    #[test]
    fn merging_is_associative_and_commutative() {
        let (a, b, c) = (sample(5), sample(7), sample(11));
        let join = |parts: &[&Tally]| {
            let mut sum = Tally::new(1, 1);
            parts.iter().for_each(|part| sum.merge(part, 3));
            sum
        };
        let left = join(&[&join(&[&a, &b]), &c]);
        assert_eq!(left, join(&[&a, &join(&[&b, &c])]));
        assert_eq!(left, join(&[&c, &b, &a]));
        assert_eq!(left.examples["r"].len(), 3);
    }

    #[test]
    fn a_lost_document_breaks_a_law() {
        let mut tally = Tally::new(1, 0);
        tally.records = 3;
        tally.documents = 3;
        tally.steps[0].entered.documents = 3;
        tally.steps[0].left.documents = 3;
        assert_eq!(tally.broken_laws(&["a".into()]), Vec::<String>::new());
        tally.steps[0].left.documents = 2;
        assert_eq!(tally.broken_laws(&["a".into()]).len(), 1);
        tally.records = 4;
        assert_eq!(tally.broken_laws(&["a".into()]).len(), 2);
    }
}
