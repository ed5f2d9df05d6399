use std::collections::HashMap;

use serde_json::Value;

use super::characters::{Characters, Unknown};
use super::words::{Junctions, Words};
use super::{Back, Form, MARK, Marks, Metaspace, Prepend, SpacedBpe, unmarked};
use crate::tokenize::fast::recognise::{added, finder, flag, is, kind, merges, plain_bpe};
use crate::tokenize::fast::{Added, Merges, Pool};
use crate::tokenize::library::Lazy;
use crate::tokenize::{Vocabulary, vocabulary};

/// A space in the vocabulary is none that text can have.
fn ends(token: &str) -> Option<(char, char)> {
    let spell = |char: char| if char == '\u{2581}' { ' ' } else { char };
    Some((spell(token.chars().next()?), spell(token.chars().next_back()?)))
}

impl SpacedBpe {
    /// Builds the encoder if every part of the `tokenizer.json` is one that it reproduces exactly; `None` leaves the file to
    /// the library.
    pub(in crate::tokenize) fn recognise(root: &Value) -> Option<Self> {
        let model = root.get("model")?;
        if !plain_bpe(model) || !flag(model, "byte_fallback", false)? || flag(model, "ignore_merges", false)? {
            return None;
        }
        let normalizer = marks(root.get("normalizer"))?;
        let (metaspace, single) = metaspace(root.get("pre_tokenizer"), normalizer.is_some())?;
        // Where both prepend, versions of the library may differ.
        let doubled = metaspace.as_ref().is_some_and(|metaspace| metaspace.prepend == Prepend::First);
        if doubled && normalizer.is_some_and(|marks| marks.prepend) {
            return None;
        }
        let vocab = vocabulary::ids(model).filter(|_| model["vocab"].is_object())?;
        let mut bytes = Box::new([0; 256]);
        for (byte, id) in bytes.iter_mut().enumerate() {
            *id = *vocab.get(format!("<0x{byte:02X}>").as_str())?;
        }
        let list = merges(model.get("merges")?, &vocab)?;
        let words = Words { junctions: junctions(&list, &vocab, &bytes)?, single };
        let ranked: Vec<_> =
            (0u32..).zip(&list).map(|(rank, (left, right, made))| (*left, *right, *made, rank)).collect();
        let model = Characters::new(
            &symbols(&vocab),
            Merges::ranked(&ranked, false)?,
            Unknown::Bytes(bytes),
            true,
            u32::MAX,
            Vec::new(),
        );
        let form = form(root, &vocab, normalizer, metaspace)?;
        let back = Back::Library(Lazy::new(root));
        Some(Self { vocabulary: Vocabulary::read(root).ok()?, model, words, form, back, pool: Pool::default() })
    }
}

/// The tokens of one character; the mark's is the space's.
fn symbols(vocab: &HashMap<&str, u32>) -> Vec<(char, u32)> {
    let mut symbols: Vec<(char, u32)> = vocab
        .iter()
        .filter_map(|(token, id)| {
            let mut chars = token.chars();
            match (chars.next()?, chars.next()) {
                (' ', None) | (_, Some(_)) => None,
                ('\u{2581}', None) => Some((' ', *id)),
                (char, None) => Some((char, *id)),
            }
        })
        .collect();
    symbols.sort_unstable();
    symbols
}

/// `None` when tokens of bytes are merged: then characters do not tell where text may be cut.
fn junctions(list: &[(u32, u32, u32)], vocab: &HashMap<&str, u32>, bytes: &[u32; 256]) -> Option<Junctions> {
    let by_id: HashMap<u32, &str> = vocab.iter().map(|(token, id)| (*id, *token)).collect();
    if by_id.len() != vocab.len() {
        return None;
    }
    let mut junctions = Junctions::new();
    for (left, right, _) in list {
        if bytes.contains(left) || bytes.contains(right) {
            return None;
        }
        junctions.add(ends(by_id.get(left)?)?.1, ends(by_id.get(right)?)?.0);
    }
    Some(junctions)
}

/// The normalizer: none, or `Replace` of spaces by marks with or without `Prepend` of a mark. The outer `None`: another one.
#[expect(clippy::option_option)]
fn marks(part: Option<&Value>) -> Option<Option<Marks>> {
    let part = match part {
        None | Some(Value::Null) => return Some(None),
        Some(part) => part,
    };
    let members = match kind(part)? {
        "Sequence" => part.get("normalizers")?.as_array()?.as_slice(),
        _ => std::slice::from_ref(part),
    };
    let replaces = |part: &Value| {
        kind(part) == Some("Replace")
            && part.pointer("/pattern/String").and_then(Value::as_str) == Some(" ")
            && is(part, "content", MARK)
    };
    let prepends = |part: &Value| kind(part) == Some("Prepend") && is(part, "prepend", MARK);
    match members {
        [] => Some(None),
        [replace] if replaces(replace) => Some(Some(Marks { prepend: false })),
        [a, b] if (prepends(a) && replaces(b)) || (replaces(a) && prepends(b)) => Some(Some(Marks { prepend: true })),
        _ => None,
    }
}

/// The pre-tokenizer, and whether every mark starts a piece.
fn metaspace(part: Option<&Value>, marked: bool) -> Option<(Option<Metaspace>, bool)> {
    let part = match part {
        // Spaces that stay spaces are none of ours.
        None | Some(Value::Null) => return marked.then_some((None, false)),
        Some(part) => part,
    };
    match kind(part)? {
        // Gemma: no space is left to split at.
        "Split" if marked && part.pointer("/pattern/String").and_then(Value::as_str) == Some(" ") => {
            Some((None, false))
        }
        "Metaspace" if is(part, "replacement", MARK) => {
            let split = flag(part, "split", true)?;
            let prepend = match part.get("prepend_scheme") {
                None | Some(Value::Null) if flag(part, "add_prefix_space", true)? => Prepend::Always,
                None | Some(Value::Null) => Prepend::Never,
                Some(scheme) => match scheme.as_str()? {
                    "always" => Prepend::Always,
                    "first" => Prepend::First,
                    "never" => Prepend::Never,
                    _ => return None,
                },
            };
            // Two fields that contradict each other are an error of the library.
            if part.get("add_prefix_space").is_some() && part.get("prepend_scheme").is_some() {
                return None;
            }
            Some((Some(Metaspace { prepend }), split))
        }
        _ => None,
    }
}

fn form(
    root: &Value,
    vocab: &HashMap<&str, u32>,
    normalizer: Option<Marks>,
    metaspace: Option<Metaspace>,
) -> Option<Form> {
    let added = added(root.get("added_tokens"), vocab)?;
    // In marked text a space is no white space.
    if normalizer.is_some() && added.iter().any(|token| token.normalized && (token.lstrip || token.rstrip)) {
        return None;
    }
    let search = |token: &crate::tokenize::fast::recognise::AddedToken<'_>| -> Added {
        let content = match normalizer.filter(|_| token.normalized) {
            Some(marks) => format!("{}{}", if marks.prepend { " " } else { "" }, unmarked(token.content)),
            None => token.content.to_owned(),
        };
        token.search(content)
    };
    let of =
        |normalized: bool| finder(added.iter().filter(|token| token.normalized == normalized).map(search).collect());
    Some(Form::Library { raw_added: of(false)?, normalizer, normalized_added: of(true)?, metaspace })
}
