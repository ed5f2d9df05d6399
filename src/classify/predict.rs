use super::FastText;
use super::dictionary::{EOS, Token};
use super::matrix::Matrix;
use super::model::Loss;
use super::subword::{WordNgrams, hash};

/// Prefix that makes an unknown token a label (the trainer's default; the file does not carry it).
pub(super) const LABEL_PREFIX: &[u8] = b"__label__";
/// Rows collected before they are summed.
const PENDING: usize = 256;
/// Sigmoid table of the binary losses: 512 steps over [-8, 8] (`SIGMOID_TABLE_SIZE`, `MAX_SIGMOID`).
const SIGMOID_STEPS: f32 = 512.0;
const SIGMOID_MAX: f32 = 8.0;

/// Working space of a prediction; keep one per thread and no call allocates.
#[derive(Default)]
pub struct Scratch {
    hidden: Vec<f32>,
    spare: Vec<f32>,
    rows: Vec<u32>,
    spelled: Vec<u8>,
    grams: WordNgrams,
    scores: Vec<f32>,
    stack: Vec<(u32, f32)>,
    best: Vec<(f32, u32)>,
}

impl FastText {
    /// The best `k` labels of `text` whose probability is at least `threshold`, best first, as (index into
    /// [`FastText::labels`], probability). `out` is cleared first.
    ///
    /// Line feeds count as spaces (the C++ command line would cut there). Probabilities are those that the C++ library
    /// prints: it adds 1e-5 before it takes logarithms, so a sure label has a little more than 1. A text equal to
    /// nothing that the model knows gives no labels. As in the reference, a token `</s>` ends the text.
    pub fn predict(&self, text: &str, k: usize, threshold: f32, out: &mut Vec<(u32, f32)>) {
        self.predict_with(&mut Scratch::default(), text, k, threshold, out);
    }

    /// [`FastText::predict`] with working space that is used again from call to call.
    pub fn predict_with(&self, s: &mut Scratch, text: &str, k: usize, threshold: f32, out: &mut Vec<(u32, f32)>) {
        out.clear();
        if k == 0 || !self.text_vector(text.as_bytes(), s) {
            return;
        }
        s.best.clear();
        match self.loss {
            Loss::Hierarchical => self.descend(s, k, threshold),
            Loss::Softmax | Loss::Negative | Loss::OneVsAll => {
                self.score_all(s);
                for (label, &p) in s.scores.iter().enumerate() {
                    if p >= threshold {
                        keep_best(&mut s.best, k, log(p), label as u32);
                    }
                }
            }
        }
        out.extend(s.best.iter().map(|&(score, label)| (label, libm::expf(score))));
    }

    /// The mean of the rows of all tokens into `s.hidden`; false when there are none.
    fn text_vector(&self, text: &[u8], s: &mut Scratch) -> bool {
        s.hidden.clear();
        s.hidden.resize(self.input.cols, 0.0);
        s.rows.clear();
        s.grams.clear();
        let mut count = 0;
        let mut ended = false;
        for token in tokens(text) {
            self.add_token(token, s, &mut count);
            ended = token == EOS;
            if ended {
                break;
            }
        }
        if !ended {
            self.add_token(EOS, s, &mut count);
        }
        flush(&self.input, s, &mut count);
        if count == 0 {
            return false;
        }
        let scale = (1.0 / count as f64) as f32;
        s.hidden.iter_mut().for_each(|x| *x *= scale);
        true
    }

    fn add_token(&self, token: &[u8], s: &mut Scratch, count: &mut u64) {
        let h = hash(token);
        match self.dictionary.find(token, h) {
            Token::Label => return,
            Token::Word(word) => match self.dictionary.prepared(word) {
                Some(rows) => s.rows.extend_from_slice(rows),
                None => {
                    s.rows.push(word);
                    self.add_subwords(token, s, count);
                }
            },
            Token::Unknown if token.starts_with(LABEL_PREFIX) => return,
            Token::Unknown if token == EOS => {}
            Token::Unknown => self.add_subwords(token, s, count),
        }
        if let Some(modulo) = self.dictionary.modulo.filter(|_| self.word_ngrams > 1) {
            let Scratch { grams, rows, .. } = s;
            grams.push(h, self.word_ngrams, modulo, |bucket| rows.extend(self.dictionary.row(bucket)));
        }
        if s.rows.len() >= PENDING {
            flush(&self.input, s, count);
        }
    }

    fn add_subwords(&self, token: &[u8], s: &mut Scratch, count: &mut u64) {
        let Scratch { hidden, spare, rows, spelled, .. } = s;
        self.dictionary.subwords(token, spelled, |row| {
            rows.push(row);
            // Text without spaces is one long word: do not let the list grow with it.
            if rows.len() >= PENDING {
                self.input.add_rows(rows, hidden, spare);
                *count += rows.len() as u64;
                rows.clear();
            }
        });
    }

    /// Probabilities of all labels into `s.scores`.
    fn score_all(&self, s: &mut Scratch) {
        s.scores.clear();
        for label in 0..self.output.rows {
            s.scores.push(self.output.dot(label, &s.hidden, &mut s.spare));
        }
        if self.loss != Loss::Softmax {
            s.scores.iter_mut().for_each(|x| *x = sigmoid(*x));
            return;
        }
        let max = s.scores.iter().copied().fold(f32::MIN, f32::max);
        let mut z = 0.0;
        for x in &mut s.scores {
            *x = libm::expf(*x - max);
            z += *x;
        }
        s.scores.iter_mut().for_each(|x| *x /= z);
    }

    /// Hierarchical softmax: from the root down, leaving out subtrees that cannot reach the best `k`.
    fn descend(&self, s: &mut Scratch, k: usize, threshold: f32) {
        let labels = self.output.rows;
        let floor = log(threshold);
        s.stack.clear();
        s.stack.push((self.tree.len() as u32 - 1, 0.0));
        while let Some((at, score)) = s.stack.pop() {
            let full = s.best.len() == k;
            if score < floor || (full && s.best.last().is_some_and(|&(worst, _)| score < worst)) {
                continue;
            }
            let node = self.tree[at as usize];
            if node.left < 0 {
                keep_best(&mut s.best, k, score, at);
                continue;
            }
            let dot = self.output.dot(at as usize - labels, &s.hidden, &mut s.spare);
            let right = (1.0 / f64::from(1.0 + libm::expf(-dot))) as f32;
            let left = (1.0 - f64::from(right)) as f32;
            let mut children = [(node.left as u32, score + log(left)), (node.right as u32, score + log(right))];
            // The likelier child is looked at first: good labels early cut more of the tree off.
            if left >= right {
                children.swap(0, 1);
            }
            s.stack.extend(children);
        }
    }
}

/// The tokens of a text: what stands between the white space of `Dictionary::readWord`.
pub(super) fn tokens(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | 0x0B | 0x0C | 0)).filter(|token| !token.is_empty())
}

/// Sums the collected rows.
fn flush(input: &Matrix, s: &mut Scratch, count: &mut u64) {
    input.add_rows(&s.rows, &mut s.hidden, &mut s.spare);
    *count += s.rows.len() as u64;
    s.rows.clear();
}

/// `std_log`: the reference's guard against log(0).
fn log(p: f32) -> f32 {
    libm::log(f64::from(p) + 1e-5) as f32
}

/// The reference's sigmoid table, computed instead of looked up.
fn sigmoid(x: f32) -> f32 {
    if x < -SIGMOID_MAX {
        0.0
    } else if x > SIGMOID_MAX {
        1.0
    } else {
        let step = ((x + SIGMOID_MAX) * SIGMOID_STEPS / SIGMOID_MAX / 2.0) as i64;
        let at = (step * 2 * 8) as f32 / SIGMOID_STEPS - SIGMOID_MAX;
        (1.0 / (1.0 + f64::from(libm::expf(-at)))) as f32
    }
}

/// Inserts a candidate into the list of at most `k`, best first; of equal scores the lower label stands first.
fn keep_best(best: &mut Vec<(f32, u32)>, k: usize, score: f32, label: u32) {
    let at = best.partition_point(|&(s, l)| s > score || (s == score && l < label));
    if at >= k {
        return;
    }
    if best.len() == k {
        best.pop();
    }
    best.insert(at, (score, label));
}
