//! The language model: tables of small integer weights over hashed features, one table per group of scripts.

use super::detector::Guess;
use super::features::{Group, each_feature};
use std::borrow::Cow;

/// First bytes of a model.
pub(super) const MAGIC: &[u8; 8] = b"gmlang03";
/// Largest weight: four of them add up within a byte.
pub(super) const TOP: u8 = 63;
/// Natural logarithms per weight step.
pub(super) const STEP: f32 = 0.12;
/// Columns of the widest table.
pub(super) const WIDE: usize = 64;
/// Columns of the other tables.
pub(super) const NARROW: usize = 16;
/// Numbers that a calibration has.
pub(super) const CALIBRATION: usize = 9;
/// Numbers that the doubt has which decoys raise.
pub(super) const DOUBT: usize = 2;
/// Natural logarithms per weight step of a decoy.
pub(super) const DECOY_STEP: f32 = 0.24;
/// Weight of a decoy that uses a feature as often as the language that uses it most.
pub(super) const DECOY_EVEN: u8 = 31;
/// Rows that are gathered before they are added: 256 times 63 fits into 16 bits.
const BATCH: usize = 256;
/// Tables start at multiples of this, so that a row lies in one cache line.
pub(super) const ALIGN: usize = 64;

/// One group's table. Column `labels.len()` is the fame of the feature, later columns are empty.
pub(super) struct Table {
    pub(super) labels: Vec<String>,
    /// The same as guesses without a score.
    pub(super) guesses: Vec<Guess>,
    stride: usize,
    bits: u32,
    pub(super) calibration: [f32; CALIBRATION],
    /// Weights of the doubts that decoys raise.
    pub(super) doubt: [f32; DOUBT],
    /// What is usual for each label.
    pub(super) usual: Vec<Usual>,
    start: usize,
    pub(super) decoys: Decoys,
}

/// Languages that are no labels, and where their weights lie. A guess is doubted when one of them comes near it.
pub(super) struct Decoys {
    /// Their names, one for each column.
    pub(super) labels: Vec<String>,
    bits: u32,
    start: usize,
}

/// What sentences of a language look like that the model guesses right.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Usual {
    /// Mean deficit per feature, in weight steps.
    pub(super) deficit: f32,
    /// Mean margin per feature, in weight steps.
    pub(super) margin: f32,
    /// Mean lead over the nearest decoy, in natural logarithms per feature.
    pub(super) lead: f32,
}

/// Why bytes are not a language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a language model of this version: train it again with this version of gristmill")]
pub struct BadModel;

/// A language model: hashed character n-grams and words, one table of 6-bit weights per group of scripts.
pub struct CharModel {
    bytes: Cow<'static, [u8]>,
    pub(super) tables: Vec<Table>,
}

/// What the table says of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scores {
    /// Sum of the weights of each column.
    pub(super) sums: [u32; WIDE],
    /// Number of features.
    pub(super) features: u32,
    /// Sum of the weights of each decoy.
    pub(super) decoys: [u32; WIDE],
}

impl CharModel {
    /// Reads a model that the trainer has written.
    ///
    /// # Errors
    /// [`BadModel`] when the bytes are anything else.
    pub fn from_bytes(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, BadModel> {
        let bytes = bytes.into();
        let tables = parse(&bytes).ok_or(BadModel)?;
        Ok(Self { bytes, tables })
    }

    pub(super) fn table(&self, group: Group) -> &Table {
        &self.tables[group as usize]
    }

    /// Sums the weights of all features of `texts`.
    pub(super) fn score(&self, group: Group, texts: &[&str]) -> Scores {
        let table = self.table(group);
        if table.stride == WIDE { self.sum::<WIDE>(group, texts) } else { self.sum::<NARROW>(group, texts) }
    }

    fn sum<const L: usize>(&self, group: Group, texts: &[&str]) -> Scores {
        let table = self.table(group);
        let rows = |start: usize, bits: u32| Rows::<L> {
            rows: self.bytes[start..start + (L << bits)].as_chunks::<L>().0,
            shift: 32 - bits,
        };
        let own = rows(table.start, table.bits);
        let decoys = (!table.decoys.labels.is_empty()).then(|| rows(table.decoys.start, table.decoys.bits));
        let mut scores = Scores { sums: [0; WIDE], features: 0, decoys: [0; WIDE] };
        let mut batch = [0u32; BATCH];
        let mut filled = 0;
        let mut add = |batch: &[u32]| {
            own.add(batch, &mut scores.sums);
            if let Some(decoys) = &decoys {
                decoys.add(batch, &mut scores.decoys);
            }
            scores.features = scores.features.saturating_add(batch.len() as u32);
        };
        for text in texts {
            each_feature(group, text, |hash| {
                batch[filled] = (hash >> 32) as u32;
                filled += 1;
                if filled == BATCH {
                    add(&batch);
                    filled = 0;
                }
            });
        }
        add(&batch[..filled]);
        scores
    }
}

/// Rows of weights, each at the top bits of a hash of 32.
struct Rows<'m, const L: usize> {
    rows: &'m [[u8; L]],
    shift: u32,
}

impl<const L: usize> Rows<'_, L> {
    #[inline]
    fn row(&self, hash: u32) -> &[u8; L] {
        &self.rows[(hash >> self.shift) as usize]
    }

    /// Adds up to 256 rows, four at a time: their bytes cannot overflow, so the sums are widened once for four.
    fn add(&self, batch: &[u32], totals: &mut [u32; WIDE]) {
        let mut sums = [0u16; L];
        let (fours, rest) = batch.as_chunks::<4>();
        for &[a, b, c, d] in fours {
            let (a, b, c, d) = (self.row(a), self.row(b), self.row(c), self.row(d));
            for i in 0..L {
                let four = a[i].wrapping_add(b[i]).wrapping_add(c[i]).wrapping_add(d[i]);
                sums[i] = sums[i].wrapping_add(u16::from(four));
            }
        }
        for &hash in rest {
            for (sum, &weight) in sums.iter_mut().zip(self.row(hash)) {
                *sum = sum.wrapping_add(u16::from(weight));
            }
        }
        for (total, &sum) in totals.iter_mut().zip(&sums) {
            *total = total.saturating_add(u32::from(sum));
        }
    }
}

impl Table {
    /// Columns of the best and the second-best language; of equal sums the first column.
    pub(super) fn best_two(&self, scores: &Scores) -> (usize, Option<usize>) {
        let (mut best, mut second) = (0, None);
        for column in 1..self.labels.len() {
            if scores.sums[column] > scores.sums[best] {
                second = Some(best);
                best = column;
            } else if second.is_none_or(|other: usize| scores.sums[column] > scores.sums[other]) {
                second = Some(column);
            }
        }
        (best, second)
    }
}

/// The header's tables, checked against the length of the whole.
fn parse(bytes: &[u8]) -> Option<Vec<Table>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut tables = Vec::new();
    for _ in Group::ALL {
        tables.push(table(&mut rest)?);
    }
    let mut at = bytes.len() - rest.len();
    for table in &mut tables {
        at = at.next_multiple_of(ALIGN);
        table.start = at;
        at += table.stride << table.bits;
        if !table.decoys.labels.is_empty() {
            at = at.next_multiple_of(ALIGN);
            table.decoys.start = at;
            at += table.stride << table.decoys.bits;
        }
    }
    (at == bytes.len()).then_some(tables)
}

/// A table as the header describes it: numbers of labels and decoys, bytes of a row, address bits of both, names of both, and the
/// calibration's numbers.
fn table(rest: &mut &[u8]) -> Option<Table> {
    let (&[columns, decoys, stride, bits, decoy_bits], tail) = rest.split_first_chunk::<5>()?;
    let (columns, decoys, stride) = (usize::from(columns), usize::from(decoys), usize::from(stride));
    let fits = (stride == WIDE || stride == NARROW)
        && (1..stride).contains(&columns)
        && decoys <= stride
        && [bits, decoy_bits].iter().all(|bits| (4..=24).contains(bits));
    if !fits {
        return None;
    }
    *rest = tail;
    let labels = (0..columns).map(|_| name(rest)).collect::<Option<Vec<String>>>()?;
    let decoys = (0..decoys).map(|_| name(rest)).collect::<Option<Vec<String>>>()?;
    let calibration = numbers(rest)?;
    let doubt = numbers(rest)?;
    let usual = |_| numbers(rest).map(|[deficit, margin, lead]| Usual { deficit, margin, lead });
    let usual = (0..columns).map(usual).collect::<Option<Vec<Usual>>>()?;
    let guesses = labels.iter().map(|label| Guess::of(label, 0.0)).collect();
    let decoys = Decoys { labels: decoys, bits: u32::from(decoy_bits), start: 0 };
    Some(Table { labels, guesses, stride, bits: u32::from(bits), calibration, doubt, usual, start: 0, decoys })
}

/// A name with its length before it.
fn name(rest: &mut &[u8]) -> Option<String> {
    let (&length, more) = rest.split_first()?;
    let (name, more) = more.split_at_checked(usize::from(length))?;
    *rest = more;
    String::from_utf8(name.to_vec()).ok()
}

fn numbers<const N: usize>(rest: &mut &[u8]) -> Option<[f32; N]> {
    let mut numbers = [0.0; N];
    for number in &mut numbers {
        let (raw, more) = rest.split_first_chunk::<4>()?;
        *number = f32::from_le_bytes(*raw);
        *rest = more;
    }
    Some(numbers)
}
