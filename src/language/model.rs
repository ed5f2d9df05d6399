//! The language model: tables of small integer weights over hashed features, one table per group of scripts.

use super::detector::Guess;
use super::features::{Group, each_feature};
use std::borrow::Cow;

/// First bytes of a model.
pub(super) const MAGIC: &[u8; 8] = b"gmlang02";
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
/// Rows that are gathered before they are added: 256 times 63 fits into 16 bits.
const BATCH: usize = 256;
/// Features (a word has about two per letter) at which confidence is halved.
const FEW: f32 = 3.0;
/// Tables start at multiples of this, so that a row lies in one cache line.
pub(super) const ALIGN: usize = 64;

/// One group's table. Column `labels.len()` is the fame of the feature, later columns are empty.
pub(super) struct Table {
    pub(super) labels: Vec<String>,
    /// The same as guesses without a score.
    pub(super) guesses: Vec<Guess>,
    stride: usize,
    bits: u32,
    calibration: [f32; CALIBRATION],
    /// What is usual for each label.
    usual: Vec<Usual>,
    start: usize,
}

/// What sentences of a language look like that the model guesses right.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Usual {
    /// Mean deficit per feature, in weight steps.
    pub(super) deficit: f32,
    /// Mean margin per feature, in weight steps.
    pub(super) margin: f32,
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
        let data = &self.bytes[table.start..table.start + (table.stride << table.bits)];
        if table.stride == WIDE {
            sum::<WIDE>(data, table.bits, group, texts)
        } else {
            sum::<NARROW>(data, table.bits, group, texts)
        }
    }
}

fn sum<const L: usize>(data: &[u8], bits: u32, group: Group, texts: &[&str]) -> Scores {
    let (rows, _) = data.as_chunks::<L>();
    let mut scores = Scores { sums: [0; WIDE], features: 0 };
    let mut batch = [0u32; BATCH];
    let mut filled = 0;
    for text in texts {
        each_feature(group, text, |hash| {
            batch[filled] = (hash >> (64 - bits)) as u32;
            filled += 1;
            if filled == BATCH {
                add_rows(rows, &batch, &mut scores);
                filled = 0;
            }
        });
    }
    add_rows(rows, &batch[..filled], &mut scores);
    scores
}

/// Adds up to 256 rows, four at a time: their bytes cannot overflow, so the sums are widened once for four.
fn add_rows<const L: usize>(rows: &[[u8; L]], batch: &[u32], scores: &mut Scores) {
    let mut sums = [0u16; L];
    let (fours, rest) = batch.as_chunks::<4>();
    for &[a, b, c, d] in fours {
        let (a, b) = (&rows[a as usize], &rows[b as usize]);
        let (c, d) = (&rows[c as usize], &rows[d as usize]);
        for i in 0..L {
            let four = a[i].wrapping_add(b[i]).wrapping_add(c[i]).wrapping_add(d[i]);
            sums[i] = sums[i].wrapping_add(u16::from(four));
        }
    }
    for &row in rest {
        for (sum, &weight) in sums.iter_mut().zip(&rows[row as usize]) {
            *sum = sum.wrapping_add(u16::from(weight));
        }
    }
    for (total, &sum) in scores.sums.iter_mut().zip(&sums) {
        *total = total.saturating_add(u32::from(sum));
    }
    scores.features = scores.features.saturating_add(batch.len() as u32);
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

    /// How sure the best guess is, 0 to 1. `letters` is the share of letters among the visible characters.
    pub(super) fn confidence(&self, scores: &Scores, letters: f32) -> f32 {
        let seen = Evidence::of(self, scores, letters);
        let x = seen.numbers(self.usual[seen.best]);
        let z = x.iter().zip(&self.calibration).fold(0.0, |sum, (x, w)| sum + x * w);
        // A letter or two prove little, however well they fit: the calibration has seen no such texts.
        let n = scores.features as f32;
        n / (n + FEW) / (1.0 + libm::expf(-z))
    }
}

/// What confidence is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// Column of the guess.
    pub(super) best: usize,
    /// Number of features, 1 or more.
    features: f32,
    /// Margin over the second-best language, in weight steps.
    margin: f32,
    /// What the guess lacks of the best language of every feature, per feature.
    pub(super) deficit: f32,
    /// Mean fame, as a share of its greatest value.
    fame: f32,
    /// Share of letters among the visible characters.
    letters: f32,
}

impl Evidence {
    pub(super) fn of(table: &Table, scores: &Scores, letters: f32) -> Self {
        let n = scores.features.max(1) as f32;
        let (best, second) = table.best_two(scores);
        let top = scores.sums[best] as f32;
        let steps = f32::from(TOP);
        Self {
            best,
            features: n,
            margin: second.map_or(0.0, |other| top - scores.sums[other] as f32),
            deficit: (steps * n - top) / n,
            fame: scores.sums[table.labels.len()] as f32 / n / steps,
            letters,
        }
    }

    /// Margin per feature.
    pub(super) fn margin(&self) -> f32 {
        self.margin / self.features
    }

    /// A constant, margin in nats (logarithm), margin and deficit per feature beyond what is usual for the guess, fame, number of
    /// features (logarithm), share of letters; deficit and margin once more times the logarithm: what is unusual weighs more
    /// the longer the text.
    pub(super) fn numbers(&self, usual: Usual) -> [f32; CALIBRATION] {
        let length = libm::logf(self.features);
        let (deficit, margin) = (self.deficit - usual.deficit, self.margin() - usual.margin);
        let nats = libm::logf(1.0 + self.margin * STEP);
        [1.0, nats, margin, deficit, self.fame, length, self.letters, length * deficit, length * margin]
    }
}

/// The header's tables, checked against the length of the whole.
fn parse(bytes: &[u8]) -> Option<Vec<Table>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut tables = Vec::new();
    for _ in Group::ALL {
        let (&[columns, stride, bits], tail) = rest.split_first_chunk::<3>()?;
        let (columns, stride, bits) = (usize::from(columns), usize::from(stride), u32::from(bits));
        let fits = (stride == WIDE || stride == NARROW) && columns > 0 && columns < stride && (4..=24).contains(&bits);
        if !fits {
            return None;
        }
        let mut tail = tail;
        let mut labels = Vec::new();
        for _ in 0..columns {
            let (&length, more) = tail.split_first()?;
            let (label, more) = more.split_at_checked(usize::from(length))?;
            labels.push(String::from_utf8(label.to_vec()).ok()?);
            tail = more;
        }
        let mut numbers = [0.0; CALIBRATION + 2 * WIDE];
        let numbers = &mut numbers[..CALIBRATION + 2 * columns];
        for number in numbers.iter_mut() {
            let (raw, more) = tail.split_first_chunk::<4>()?;
            *number = f32::from_le_bytes(*raw);
            tail = more;
        }
        rest = tail;
        let (head, pairs) = numbers.split_first_chunk::<CALIBRATION>()?;
        let calibration = *head;
        let usual = pairs.chunks_exact(2).map(|pair| Usual { deficit: pair[0], margin: pair[1] }).collect();
        let guesses = labels.iter().map(|label| Guess::of(label, 0.0)).collect();
        tables.push(Table { labels, guesses, stride, bits, calibration, usual, start: 0 });
    }
    let mut at = bytes.len() - rest.len();
    for table in &mut tables {
        at = at.next_multiple_of(ALIGN);
        table.start = at;
        at += table.stride << table.bits;
    }
    (at == bytes.len()).then_some(tables)
}
