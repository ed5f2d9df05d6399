//! `.arpa` files: text, an n-gram a line, a section for each length.

use super::bits::Bytes;
use super::building::{Building, set, stored};
use super::probing::{LONGEST, MIDDLE, Probing, UNIGRAM, WORD};
use super::table::Growing;
use super::{LmError, MAX_ORDER, SIGN, hash};

/// Lines of the file, numbered.
struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        self.number += 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// The next line that is not blank.
    fn filled(&mut self, wanted: &str) -> Result<&'a [u8], LmError> {
        loop {
            match self.next() {
                Some(line) if line.trim_ascii().is_empty() => {}
                Some(line) => return Ok(line),
                None => return Err(self.wrong(format!("the file ends where {wanted} should stand"))),
            }
        }
    }

    fn wrong(&self, what: impl Into<String>) -> LmError {
        LmError::Line { line: self.number, what: what.into() }
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned()
}

/// The counts of n-grams at the head of the file.
fn counts(lines: &mut Lines<'_>) -> Result<Vec<u64>, LmError> {
    loop {
        // Comments may stand before, as in KenLM.
        let line = lines.filled("`\\data\\`").map_err(|_| LmError::NotAModel)?;
        if line.trim_ascii() == b"\\data\\" {
            break;
        }
        if !line.starts_with(b"#") {
            return Err(LmError::NotAModel);
        }
    }
    let mut counts = Vec::new();
    while let Some(line) = lines.next() {
        let text = line.trim_ascii();
        if text.is_empty() {
            break;
        }
        let wanted = format!("ngram {}=", counts.len() + 1);
        let count = text.strip_prefix(wanted.as_bytes()).and_then(|rest| std::str::from_utf8(rest).ok());
        let Some(count) = count.and_then(|count| count.trim().parse().ok()) else {
            return Err(lines.wrong(format!("`{}` where `{wanted}…` should stand", shown(text))));
        };
        counts.push(count);
    }
    if !(2..=MAX_ORDER).contains(&counts.len()) {
        return Err(LmError::Order(counts.len() as u64));
    }
    Ok(counts)
}

/// A line: log10 of the probability, the words, the back-off where there is one.
struct Entry<'a> {
    prob: f32,
    words: [&'a [u8]; MAX_ORDER],
    backoff: Option<f32>,
}

/// A log10 that may stand in a model.
fn number(field: &[u8]) -> Option<f32> {
    let value: f32 = std::str::from_utf8(field).ok()?.parse().ok()?;
    (!value.is_nan() && value < f32::INFINITY).then_some(value)
}

fn entry<'a>(lines: &Lines<'_>, line: &'a [u8], order: usize) -> Result<Entry<'a>, LmError> {
    let mut fields = line.split(|byte| matches!(byte, b'\0' | b'\t' | b'\r' | b' ')).filter(|field| !field.is_empty());
    let wrong = |what: &str| lines.wrong(format!("`{}` {what}", shown(line)));
    let prob = fields.next().and_then(number).ok_or_else(|| wrong("does not begin with a number"))?;
    if prob > 0.0 {
        return Err(wrong("has a probability above 1"));
    }
    let mut words: [&[u8]; MAX_ORDER] = [&[]; MAX_ORDER];
    for word in &mut words[..order] {
        *word = fields.next().ok_or_else(|| wrong(&format!("has less than {order} words")))?;
    }
    let backoff = match fields.next() {
        None => None,
        Some(field) => {
            let value = number(field).filter(|value| value.is_finite());
            Some(value.ok_or_else(|| wrong(&format!("has no back-off behind its {order} words")))?)
        }
    };
    if fields.next().is_some() {
        return Err(wrong(&format!("has more than {order} words")));
    }
    Ok(Entry { prob, words, backoff })
}

/// Reads a file: its order, and its tables.
pub(super) fn load(bytes: &[u8]) -> Result<(usize, Probing), LmError> {
    let mut lines = Lines { rest: bytes, number: 0 };
    let counts = counts(&mut lines)?;
    let order = counts.len();
    for (at, &count) in counts.iter().enumerate() {
        // A number, and as many words, of one character each.
        let needed = count.saturating_mul(2 * (at as u64 + 1) + 2);
        if needed > bytes.len() as u64 {
            return Err(LmError::Truncated { part: "n-grams", needed, found: bytes.len() as u64 });
        }
    }
    let words = u32::try_from(counts[0] + 1);
    let words = words.map_err(|_| LmError::Field { field: "the number of words", value: counts[0].to_string() })?;
    let mut building = Building {
        vocabulary: Growing::new(counts[0], WORD),
        unigrams: vec![0; words as usize * UNIGRAM],
        words: 1,
        middles: counts[1..order - 1].iter().map(|&count| Growing::new(count, MIDDLE)).collect(),
        longest: Growing::new(counts[order - 1], LONGEST),
    };
    unigrams(&mut lines, counts[0], &mut building)?;
    for (at, &count) in counts.iter().enumerate().skip(1) {
        ngrams(&mut lines, at + 1, count, at + 1 == order, &mut building)?;
    }
    let end = lines.filled("`\\end\\`")?;
    if end.trim_ascii() != b"\\end\\" {
        return Err(lines.wrong(format!("`{}` where `\\end\\` should stand", shown(end))));
    }
    let tables = Probing {
        vocabulary: building.vocabulary.finish(),
        unigrams: Bytes::new(building.unigrams),
        unigrams_at: 0,
        words: building.words,
        middles: building.middles.into_iter().map(Growing::finish).collect(),
        longest: building.longest.finish(),
    };
    Ok((order, tables))
}

fn header(lines: &mut Lines<'_>, order: usize) -> Result<(), LmError> {
    let wanted = format!("\\{order}-grams:");
    let line = lines.filled(&format!("`{wanted}`"))?;
    if line.trim_ascii() == wanted.as_bytes() {
        return Ok(());
    }
    Err(lines.wrong(format!("`{}` where `{wanted}` should stand", shown(line))))
}

fn next<'a>(lines: &mut Lines<'a>, order: usize) -> Result<&'a [u8], LmError> {
    lines.next().ok_or_else(|| lines.wrong(format!("the file ends inside its {order}-grams")))
}

fn unigrams(lines: &mut Lines<'_>, count: u64, building: &mut Building) -> Result<(), LmError> {
    header(lines, 1)?;
    let mut unknown = false;
    for _ in 0..count {
        let line = next(lines, 1)?;
        let entry = entry(lines, line, 1)?;
        let word = entry.words[0];
        let number = if word == b"<unk>" || word == b"<UNK>" {
            unknown = true;
            0
        } else {
            let number = building.words;
            if building.vocabulary.insert(hash::word(word), &number.to_le_bytes()) {
                return Err(lines.wrong(format!("`{}` is listed twice", shown(word))));
            }
            building.words += 1;
            number
        };
        let value = building.unigram(number);
        set(value, 0, f32::from_bits(entry.prob.to_bits() | SIGN));
        set(value, 4, stored(entry.backoff));
    }
    if !unknown {
        Probing::default_unknown(&mut building.unigrams);
    }
    for marker in ["<s>", "</s>"] {
        if building.index(marker.as_bytes()) == 0 {
            return Err(lines.wrong(format!("no `{marker}` is among its words")));
        }
    }
    Ok(())
}

fn ngrams(lines: &mut Lines<'_>, order: usize, count: u64, last: bool, building: &mut Building) -> Result<(), LmError> {
    header(lines, order)?;
    let mut ids = [0; MAX_ORDER];
    for _ in 0..count {
        let line = next(lines, order)?;
        let entry = entry(lines, line, order)?;
        if last && entry.backoff.is_some_and(|value| value != 0.0) {
            return Err(lines.wrong(format!("`{}` has a back-off, and nothing is longer", shown(line))));
        }
        for (id, word) in ids.iter_mut().zip(entry.words[..order].iter().rev()) {
            *id = building.index(word);
            if *id == 0 && *word != b"<unk>" && *word != b"<UNK>" {
                return Err(lines.wrong(format!("`{}` is not among the words", shown(word))));
            }
        }
        if !building.add(&ids[..order], entry.prob, entry.backoff) {
            return Err(lines.wrong(format!("its first {} words are no n-gram of the model", order - 1)));
        }
    }
    Ok(())
}
