use std::collections::HashMap;

use serde_json::Value;

use super::added::{Added, Finder};
use super::alphabet::Alphabet;
use super::classes::Classes;
use super::merge::Merges;
use super::pieces::Pool;
use super::split::{Cl100k, Contractions, Gpt2, O200k};
use super::tokens::Tokens;
use super::{Bytes, FastBpe, Pattern};
use crate::tokenize::forms::{self, Form};
use crate::tokenize::vocabulary::{self, id_of};
use crate::tokenize::{TokenizerError, Vocabulary};

/// What the pre-tokenizer of a file asks for.
struct Shape {
    pattern: Pattern,
    digits_apart: bool,
    prefix_space: bool,
}

impl FastBpe {
    /// Builds the encoder if every part of the file is one that it reproduces exactly; `None` leaves the file to the
    /// library.
    ///
    /// # Errors
    /// When the file is no tokenizer at all.
    pub(in crate::tokenize) fn recognise(root: &Value) -> Result<Option<Self>, TokenizerError> {
        let vocabulary = Vocabulary::read(root)?;
        Ok(Self::build(root, vocabulary))
    }

    fn build(root: &Value, vocabulary: Vocabulary) -> Option<Self> {
        let shape = shape(root.get("pre_tokenizer")?)?;
        let nfc = match root.get("normalizer") {
            None | Some(Value::Null) => false,
            Some(normalizer) if kind(single(normalizer, "normalizers")?) == Some("NFC") => true,
            Some(_) => return None,
        };
        if kind(root.get("decoder")?) != Some("ByteLevel") {
            return None;
        }
        let model = root.get("model")?;
        let vocab = vocabulary::ids(model)?;
        let added = added(root.get("added_tokens"), &vocab)?;
        let bytes = Bytes::read(model, &vocab, &added, vocabulary.size())?;
        let search = |normalized: bool| {
            let content = |token: &AddedToken<'_>| match nfc && normalized {
                true => forms::normal(token.content, Form::Nfc),
                false => token.content.to_owned(),
            };
            let chosen = added.iter().filter(|a| a.normalized == normalized);
            finder(one_of_equals(chosen.map(|token| token.search(content(token))).collect()))
        };
        Some(Self {
            bytes,
            pattern: shape.pattern,
            digits_apart: shape.digits_apart,
            prefix_space: shape.prefix_space,
            nfc,
            raw_added: search(false)?,
            normalized_added: search(true)?,
            classes: Classes::get(),
            pool: Pool::default(),
            vocabulary,
        })
    }
}

impl Bytes {
    /// `None` when the model is another one than BPE that knows every byte.
    pub(in crate::tokenize) fn read(
        model: &Value,
        vocab: &HashMap<&str, u32>,
        added: &[AddedToken<'_>],
        size: u32,
    ) -> Option<Self> {
        if !plain_bpe(model) {
            return None;
        }
        let alphabet = Alphabet::new();
        let mut bytes = [0; 256];
        // 0xC0, 0xC1 and 0xF5 to 0xFF never stand in UTF-8; GPT-NeoX has no tokens for them.
        for byte in (0..=255u8).filter(|byte| !matches!(byte, 0xC0 | 0xC1 | 0xF5..)) {
            bytes[usize::from(byte)] = *vocab.get(alphabet.spell(byte).encode_utf8(&mut [0; 4]) as &str)?;
        }
        Some(Self {
            merges: Merges::new(&merges(model.get("merges")?, vocab)?, bytes)?,
            tokens: tokens(model.get("vocab")?, added, &alphabet, size)?,
            whole_tokens: flag(model, "ignore_merges", false)?,
        })
    }
}

/// Whether the model is BPE that marks no place in a word.
pub(in crate::tokenize) fn plain_bpe(model: &Value) -> bool {
    let plain = |field: &str| matches!(model.get(field), None | Some(Value::Null)) || is(model, field, "");
    let bpe = is(model, "type", "BPE") || (model.get("type").is_none() && model.get("merges").is_some());
    bpe && plain("continuing_subword_prefix") && plain("end_of_word_suffix")
}

/// The search for added tokens, if there are any. The outer `None`: two of them cannot be told apart.
#[expect(clippy::option_option)]
pub(in crate::tokenize) fn finder(tokens: Vec<Added>) -> Option<Option<Finder>> {
    match (tokens.is_empty(), distinct(&tokens)) {
        (true, _) => Some(None),
        (false, true) => Finder::new(tokens).map(Some),
        (false, false) => None,
    }
}

/// Of added tokens that are the same once they are normalized, the first by id. Python's `tokenizers` finds any one of them, another
/// one in each process (its order is that of a hash map).
pub(in crate::tokenize) fn one_of_equals(mut tokens: Vec<Added>) -> Vec<Added> {
    tokens.sort_by(|a, b| (&a.content, a.id).cmp(&(&b.content, b.id)));
    tokens.dedup_by(|later, first| later.content == first.content);
    tokens
}

pub(in crate::tokenize) fn kind(part: &Value) -> Option<&str> {
    part.get("type")?.as_str()
}

pub(in crate::tokenize) fn is(part: &Value, field: &str, value: &str) -> bool {
    part.get(field).and_then(Value::as_str) == Some(value)
}

/// A boolean field; `None` when it is of another type.
pub(in crate::tokenize) fn flag(part: &Value, field: &str, default: bool) -> Option<bool> {
    match part.get(field) {
        None | Some(Value::Null) => Some(default),
        Some(value) => value.as_bool(),
    }
}

/// The one member of a `Sequence`, or the part itself.
fn single<'a>(part: &'a Value, members: &str) -> Option<&'a Value> {
    if kind(part) != Some("Sequence") {
        return Some(part);
    }
    match part.get(members)?.as_array()?.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

fn shape(part: &Value) -> Option<Shape> {
    let members = match kind(part)? {
        "Sequence" => part.get("pretokenizers")?.as_array()?.as_slice(),
        _ => std::slice::from_ref(part),
    };
    let (last, before) = members.split_last()?;
    if kind(last) != Some("ByteLevel") {
        return None;
    }
    // The library's defaults for files that leave them out.
    let (prefix_space, use_regex) = (flag(last, "add_prefix_space", true)?, flag(last, "use_regex", true)?);
    let gpt2 = || Pattern::Gpt2(Gpt2 { classes: Classes::get() });
    match before {
        [] if use_regex => Some(Shape { pattern: gpt2(), digits_apart: false, prefix_space }),
        [digits] if kind(digits) == Some("Digits") && use_regex && !prefix_space => {
            flag(digits, "individual_digits", false)?.then(|| Shape {
                pattern: gpt2(),
                digits_apart: true,
                prefix_space,
            })
        }
        [split] if kind(split) == Some("Split") && !use_regex && !prefix_space => {
            // The patterns cover the text, so keeping matches apart and removing what is between them are the same.
            let invert = flag(split, "invert", false)?;
            let covers = (is(split, "behavior", "Isolated") && !invert) || (is(split, "behavior", "Removed") && invert);
            let regex = split.pointer("/pattern/Regex")?.as_str()?;
            let pattern = if covers { pattern(regex)? } else { return None };
            Some(Shape { pattern, digits_apart: false, prefix_space })
        }
        _ => None,
    }
}

/// The pattern that a regular expression is, by its text.
pub(in crate::tokenize) fn pattern(regex: &str) -> Option<Pattern> {
    const SPACES: &str = r"|\s*[\r\n]+|\s+(?!\S)|\s+";
    const FOLDED: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    let classes = Classes::get();
    let gpt2 = [
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    ];
    if gpt2.contains(&regex) {
        return Some(Pattern::Gpt2(Gpt2 { classes }));
    }
    let rest = regex.strip_suffix(SPACES)?;
    if let Some(words) = rest.strip_suffix(r"| ?[^\s\p{L}\p{N}]+[\r\n]*") {
        let (words, digits) = digits(words)?;
        let contractions = match words.strip_suffix(r"|[^\r\n\p{L}\p{N}]?\p{L}+")? {
            FOLDED | r"'(?i:[sdmt]|ll|ve|re)" => Contractions::Folded,
            r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])" => Contractions::Ascii,
            r"(?:'s|'t|'re|'ve|'m|'ll|'d)" => Contractions::Lower,
            _ => return None,
        };
        return Some(Pattern::Cl100k(Cl100k { classes, contractions, digits }));
    }
    let (words, digits) = digits(rest.strip_suffix(r"| ?[^\s\p{L}\p{N}]+[\r\n/]*")?)?;
    let mixed = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+";
    let upper = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*";
    let contractions = match words {
        _ if words == format!("{mixed}|{upper}") => Contractions::None,
        _ if words == format!("{mixed}{FOLDED}?|{upper}{FOLDED}?") => Contractions::Folded,
        _ => return None,
    };
    Some(Pattern::O200k(O200k { classes, contractions, digits }))
}

/// Cuts the alternative for numbers off: how many digits stay together.
fn digits(regex: &str) -> Option<(&str, usize)> {
    let three = regex.strip_suffix(r"|\p{N}{1,3}").map(|rest| (rest, 3));
    three.or_else(|| regex.strip_suffix(r"|\p{N}").map(|rest| (rest, 1)))
}

/// The merges as (left, right, made), from `["a", "b"]` or the older `"a b"`.
pub(in crate::tokenize) fn merges(list: &Value, vocab: &HashMap<&str, u32>) -> Option<Vec<(u32, u32, u32)>> {
    let mut made = String::new();
    let mut merges = Vec::new();
    for entry in list.as_array()? {
        let (left, right) = match entry {
            Value::String(both) => both.split_once(' ').filter(|(_, right)| !right.contains(' '))?,
            Value::Array(pair) => match pair.as_slice() {
                [left, right] => (left.as_str()?, right.as_str()?),
                _ => return None,
            },
            _ => return None,
        };
        made.clear();
        made.push_str(left);
        made.push_str(right);
        merges.push((*vocab.get(left)?, *vocab.get(right)?, *vocab.get(made.as_str())?));
    }
    Some(merges)
}

/// An added token as the file has it.
pub(in crate::tokenize) struct AddedToken<'a> {
    pub(in crate::tokenize) content: &'a str,
    pub(in crate::tokenize) id: u32,
    pub(in crate::tokenize) normalized: bool,
    pub(in crate::tokenize) lstrip: bool,
    pub(in crate::tokenize) rstrip: bool,
    pub(in crate::tokenize) single_word: bool,
}

impl AddedToken<'_> {
    /// The token, searched by `content`.
    pub(in crate::tokenize) fn search(&self, content: String) -> Added {
        let Self { id, lstrip, rstrip, single_word, .. } = *self;
        Added { content, id, lstrip, rstrip, single_word }
    }
}

/// The added tokens, if the library would give them the ids that the file names: the model's id for a token that the
/// model has, else the numbers after the model's vocabulary in order; and if none comes twice.
pub(in crate::tokenize) fn added<'a>(
    list: Option<&'a Value>,
    vocab: &HashMap<&str, u32>,
) -> Option<Vec<AddedToken<'a>>> {
    let mut tokens = Vec::new();
    for entry in list.and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice) {
        let content = entry.get("content")?.as_str()?;
        tokens.push(AddedToken {
            content,
            id: id_of(entry.get("id")?)?,
            normalized: entry.get("normalized")?.as_bool()?,
            lstrip: flag(entry, "lstrip", false)?,
            rstrip: flag(entry, "rstrip", false)?,
            single_word: flag(entry, "single_word", false)?,
        });
    }
    tokens.sort_by_key(|token| token.id);
    let mut next = u32::try_from(vocab.len()).ok()?;
    for token in &tokens {
        let expected = vocab.get(token.content).copied().unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        if token.content.is_empty() || expected != token.id {
            return None;
        }
    }
    let mut contents: Vec<&str> = tokens.iter().map(|token| token.content).collect();
    contents.sort_unstable();
    contents.windows(2).all(|pair| pair[0] != pair[1]).then_some(tokens)
}

fn distinct(tokens: &[Added]) -> bool {
    let mut contents: Vec<&str> = tokens.iter().map(|token| token.content.as_str()).collect();
    contents.sort_unstable();
    contents.windows(2).all(|pair| pair[0] != pair[1])
}

fn tokens(vocab: &Value, added: &[AddedToken<'_>], alphabet: &Alphabet, size: u32) -> Option<Tokens> {
    let (mut model, mut others) = (Vec::new(), Vec::new());
    for (token, id) in vocab.as_object()? {
        match alphabet.bytes(token) {
            Some(bytes) => model.push((id_of(id)?, bytes)),
            // Never made by merges of bytes; it is a token only by being an added one.
            None => others.push((id_of(id)?, token.as_bytes().to_vec())),
        }
    }
    others.extend(added.iter().map(|token| (token.id, token.content.as_bytes().to_vec())));
    Tokens::new(&model, &others, size)
}
