//! What a `tokenizer.json` says of pre-tokenizers.

use serde_json::Value;
use unicode_categories::UnicodeCategories;

use super::cut::{Behavior, Cutter, Cutters, Find, Prepend};
use crate::tokenize::fast::recognise::{flag, is, kind};
use crate::tokenize::fast::{Pattern, pattern};
use crate::tokenize::regex::Regex;

/// The pre-tokenizers of a file; `None` when there is one that is not reproduced.
pub(super) fn cutters(part: Option<&Value>) -> Option<Cutters> {
    let mut all = Cutters::default();
    match part {
        None | Some(Value::Null) => {}
        Some(part) => read(part, &mut all)?,
    }
    Some(all)
}

/// `\w+|[^\w\s]+` as the `regex` crate reads it, where joiners are parts of words.
const WORDS: &str = r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d\s]+";

fn is_punctuation(char: char) -> bool {
    char.is_ascii_punctuation() || char.is_punctuation()
}

fn read(part: &Value, all: &mut Cutters) -> Option<()> {
    // What comes after would see the spelling of bytes.
    if all.bytes {
        return None;
    }
    let find = |what: Find, behavior: Behavior| Cutter::Find { what, behavior, invert: false };
    let cutter = match kind(part)? {
        "Sequence" => return part.get("pretokenizers")?.as_array()?.iter().try_for_each(|member| read(member, all)),
        "ByteLevel" => {
            all.bytes = true;
            if flag(part, "add_prefix_space", true)? {
                all.list.push(Cutter::Space);
            }
            if !flag(part, "use_regex", true)? {
                return Some(());
            }
            find(Find::Cover(Box::new(Pattern::gpt2())), Behavior::Isolated)
        }
        "Split" => split(part)?,
        "Digits" => {
            let apart = flag(part, "individual_digits", false)?;
            let behavior = if apart { Behavior::Isolated } else { Behavior::Contiguous };
            find(Find::Char(char::is_numeric), behavior)
        }
        "Punctuation" => {
            let given = part.get("behavior").map_or(Some(Behavior::Isolated), behavior)?;
            find(Find::Char(is_punctuation), given)
        }
        "WhitespaceSplit" => find(Find::Char(char::is_whitespace), Behavior::Removed),
        "Whitespace" => {
            let what = Find::Pattern(Box::new(Regex::new(WORDS)?));
            Cutter::Find { what, behavior: Behavior::Removed, invert: true }
        }
        "BertPreTokenizer" => {
            all.list.push(find(Find::Char(char::is_whitespace), Behavior::Removed));
            find(Find::Char(is_punctuation), Behavior::Isolated)
        }
        "CharDelimiterSplit" => find(Find::This(single(part.get("delimiter")?)?), Behavior::Removed),
        "FixedLength" => {
            let length = part.get("length").map_or(Some(5), Value::as_u64)?;
            Cutter::Fixed(usize::try_from(length).ok().filter(|length| *length > 0)?)
        }
        "Metaspace" => marks(part)?,
        _ => return None,
    };
    all.list.push(cutter);
    Some(())
}

fn single(value: &Value) -> Option<char> {
    let mut chars = value.as_str()?.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn behavior(value: &Value) -> Option<Behavior> {
    Some(match value.as_str()? {
        "Removed" => Behavior::Removed,
        "Isolated" => Behavior::Isolated,
        "MergedWithPrevious" => Behavior::Previous,
        "MergedWithNext" => Behavior::Next,
        "Contiguous" => Behavior::Contiguous,
        _ => return None,
    })
}

fn split(part: &Value) -> Option<Cutter> {
    let what = match (part.pointer("/pattern/String"), part.pointer("/pattern/Regex")) {
        (Some(text), None) => Find::Text(text.as_str().filter(|text| !text.is_empty())?.to_owned()),
        (None, Some(regex)) => match pattern(regex.as_str()?) {
            Some(pattern) => Find::Cover(Box::new(pattern)),
            None => Find::Pattern(Box::new(Regex::new(regex.as_str()?)?)),
        },
        _ => return None,
    };
    Some(Cutter::Find { what, behavior: behavior(part.get("behavior")?)?, invert: flag(part, "invert", false)? })
}

fn marks(part: &Value) -> Option<Cutter> {
    let mut prepend = match part.get("prepend_scheme") {
        None => Prepend::Always,
        Some(_) if is(part, "prepend_scheme", "always") => Prepend::Always,
        Some(_) if is(part, "prepend_scheme", "first") => Prepend::First,
        Some(_) if is(part, "prepend_scheme", "never") => Prepend::Never,
        Some(_) => return None,
    };
    if !flag(part, "add_prefix_space", true)? {
        // A scheme that says otherwise is an error there, and the older form has none.
        if part.get("prepend_scheme").is_some() && prepend != Prepend::Never {
            return None;
        }
        prepend = Prepend::Never;
    }
    Some(Cutter::Marks { mark: single(part.get("replacement")?)?, prepend, split: flag(part, "split", true)? })
}
