use std::borrow::Cow;

use serde_json::Value;
use unicode_categories::UnicodeCategories;

use crate::tokenize::fast::recognise::{flag, kind};
use crate::tokenize::forms::{self, Form};
use crate::tokenize::regex::{Endless, Frames, Regex};

/// A normalizer of a `tokenizer.json`.
pub(super) enum Step {
    Form(Form),
    Lower,
    Strip {
        left: bool,
        right: bool,
    },
    /// Without combining marks.
    Accents,
    Nmt,
    Bert {
        clean: bool,
        chinese: bool,
        accents: bool,
        lower: bool,
    },
    Replace {
        what: What,
        by: String,
    },
    Prepend(String),
}

/// What is replaced.
pub(super) enum What {
    Text(String),
    Pattern(Box<Regex>),
}

/// The normalizers of a file; `None` when there is one that is not reproduced.
pub(super) fn steps(part: Option<&Value>) -> Option<Vec<Step>> {
    let mut all = Vec::new();
    match part {
        None | Some(Value::Null) => {}
        Some(part) => read(part, &mut all)?,
    }
    Some(all)
}

fn read(part: &Value, all: &mut Vec<Step>) -> Option<()> {
    let text = |field: &str| Some(part.get(field)?.as_str()?.to_owned());
    all.push(match kind(part)? {
        "Sequence" => return part.get("normalizers")?.as_array()?.iter().try_for_each(|member| read(member, all)),
        "NFC" => Step::Form(Form::Nfc),
        "NFD" => Step::Form(Form::Nfd),
        "NFKC" => Step::Form(Form::Nfkc),
        "NFKD" => Step::Form(Form::Nfkd),
        "Lowercase" => Step::Lower,
        "Strip" => Step::Strip { left: part.get("strip_left")?.as_bool()?, right: part.get("strip_right")?.as_bool()? },
        "StripAccents" => Step::Accents,
        "Nmt" => Step::Nmt,
        "BertNormalizer" => {
            let lower = part.get("lowercase")?.as_bool()?;
            Step::Bert {
                clean: part.get("clean_text")?.as_bool()?,
                chinese: part.get("handle_chinese_chars")?.as_bool()?,
                accents: flag(part, "strip_accents", lower)?,
                lower,
            }
        }
        "Replace" => {
            let what = match (part.pointer("/pattern/String"), part.pointer("/pattern/Regex")) {
                (Some(text), None) => What::Text(text.as_str().filter(|text| !text.is_empty())?.to_owned()),
                (None, Some(regex)) => What::Pattern(Box::new(Regex::new(regex.as_str()?)?)),
                _ => return None,
            };
            Step::Replace { what, by: text("content")? }
        }
        "Prepend" => Step::Prepend(text("prepend")?),
        _ => return None,
    });
    Some(())
}

/// Text on its way, and how many bytes at its beginning come from the first character of the document.
pub(super) struct Normal<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) first: usize,
}

impl Normal<'_> {
    /// The bytes of the first character will be so many.
    fn become_prefix(&mut self, length: impl Fn(&str) -> usize) {
        self.first = self.text.get(..self.first).map_or(0, length);
    }

    fn filter(&mut self, keep: impl Fn(char) -> bool) {
        if self.text.chars().all(&keep) {
            return;
        }
        self.become_prefix(|text| text.chars().filter(|char| keep(*char)).map(char::len_utf8).sum());
        self.text = Cow::Owned(self.text.chars().filter(|char| keep(*char)).collect());
    }

    fn map(&mut self, becomes: impl Fn(char) -> char) {
        if self.text.chars().any(|char| becomes(char) != char) {
            self.become_prefix(|text| text.chars().map(|char| becomes(char).len_utf8()).sum());
            self.text = Cow::Owned(self.text.chars().map(becomes).collect());
        }
    }

    fn form(&mut self, form: Form) {
        if !self.text.is_ascii() {
            let normal = match form {
                Form::Nfc => match forms::nfc(&self.text) {
                    Cow::Borrowed(_) => return,
                    Cow::Owned(normal) => normal,
                },
                _ => forms::normal(&self.text, form),
            };
            // Where it has become one with what follows, that has the place of the first character.
            self.become_prefix(|text| {
                let alone = forms::normal(text, form);
                let joined = || normal.chars().next().map_or(0, char::len_utf8);
                if normal.starts_with(&alone) { alone.len() } else { joined() }
            });
            self.text = Cow::Owned(normal);
        }
    }

    /// Lower case character by character, whatever stands beside.
    fn lower(&mut self) {
        if self.text.is_ascii() {
            if self.text.bytes().any(|byte| byte.is_ascii_uppercase()) {
                self.text = Cow::Owned(self.text.to_ascii_lowercase());
            }
            return;
        }
        self.become_prefix(|text| text.chars().flat_map(char::to_lowercase).map(char::len_utf8).sum());
        self.text = Cow::Owned(self.text.chars().flat_map(char::to_lowercase).collect());
    }

    fn strip(&mut self, left: bool, right: bool) {
        let mut kept: &str = &self.text;
        if left {
            kept = kept.trim_start();
            self.first = self.first.saturating_sub(self.text.len() - kept.len());
        }
        if right {
            kept = kept.trim_end();
        }
        if kept.len() < self.text.len() {
            self.text = Cow::Owned(kept.to_owned());
        }
    }

    fn replace(&mut self, what: &What, by: &str, frames: &mut Frames) -> Result<(), Endless> {
        let mut out = String::new();
        let (mut done, mut first) = (0, 0);
        let mut each = |start: usize, stop: usize| {
            // What is written has the place of the last character that it stands for.
            first += start.min(self.first).saturating_sub(done.min(self.first));
            first += if stop <= self.first { by.len() } else { 0 };
            out.push_str(&self.text[done..start]);
            out.push_str(by);
            done = stop;
        };
        match what {
            What::Text(what) => {
                self.text.match_indices(what.as_str()).for_each(|(at, found)| each(at, at + found.len()));
            }
            What::Pattern(regex) => regex.matches(self.text.as_bytes(), 0, self.text.len(), frames, each)?,
        }
        if done > 0 || !out.is_empty() {
            out.push_str(&self.text[done..]);
            self.text = Cow::Owned(out);
            self.first = first + self.first.saturating_sub(done);
        }
        Ok(())
    }

    /// BERT's own: everything that BERT counts as a control character goes, the rest of white space becomes spaces.
    fn clean(&mut self) {
        let stays = |char: char| matches!(char, '\t' | '\n' | '\r') || !char.is_other();
        self.filter(|char| char != '\0' && char != '\u{FFFD}' && stays(char));
        self.map(|char| if char.is_whitespace() { ' ' } else { char });
    }

    fn chinese(&mut self) {
        if !self.text.chars().any(is_chinese) {
            return;
        }
        let mut out = String::with_capacity(self.text.len() * 2);
        self.become_prefix(|text| text.len() + 2 * text.chars().filter(|char| is_chinese(*char)).count());
        for char in self.text.chars() {
            match is_chinese(char) {
                true => out.extend([' ', char, ' ']),
                false => out.push(char),
            }
        }
        self.text = Cow::Owned(out);
    }

    pub(super) fn apply(&mut self, step: &Step, frames: &mut Frames) -> Result<(), Endless> {
        match step {
            Step::Form(form) => self.form(*form),
            Step::Lower => self.lower(),
            Step::Strip { left, right } => self.strip(*left, *right),
            Step::Accents => self.filter(|char| !forms::is_mark(char)),
            Step::Nmt => {
                self.filter(|char| !is_nmt_control(char));
                self.map(|char| if is_nmt_space(char) { ' ' } else { char });
            }
            Step::Bert { clean, chinese, accents, lower } => {
                if *clean {
                    self.clean();
                }
                if *chinese {
                    self.chinese();
                }
                if *accents {
                    self.form(Form::Nfd);
                    self.filter(|char| !char.is_mark_nonspacing());
                }
                if *lower {
                    self.lower();
                }
            }
            Step::Replace { what, by } => self.replace(what, by, frames)?,
            Step::Prepend(prefix) if self.text.is_empty() || prefix.is_empty() => {}
            Step::Prepend(prefix) => {
                self.first += if self.first > 0 { prefix.len() } else { 0 };
                self.text = Cow::Owned(format!("{prefix}{}", self.text));
            }
        }
        Ok(())
    }
}

/// The ideographs that BERT sets apart (`tokenization.py` of BERT; the sixth range begins at U+2B920 in `tokenizers`).
fn is_chinese(char: char) -> bool {
    matches!(
        u32::from(char),
        0x4E00..=0x9FFF
            | 0x3400..=0x4DBF
            | 0x20000..=0x2A6DF
            | 0x2A700..=0x2B73F
            | 0x2B740..=0x2B81F
            | 0x2B920..=0x2CEAF
            | 0xF900..=0xFAFF
            | 0x2F800..=0x2FA1F
    )
}

/// SentencePiece's `nmt` rules: what goes away.
fn is_nmt_control(char: char) -> bool {
    matches!(u32::from(char), 0x01..=0x08 | 0x0B | 0x0E..=0x1F | 0x7F | 0x8F | 0x9F)
}

/// SentencePiece's `nmt` rules: what becomes a space.
fn is_nmt_space(char: char) -> bool {
    matches!(
        u32::from(char),
        0x09 | 0x0A | 0x0C | 0x0D | 0x1680 | 0x200B..=0x200F | 0x2028 | 0x2029 | 0x2581 | 0xFEFF | 0xFFFD
    )
}
