//! Rank files (`.tiktoken`) and GPT-2's pair of files, as the `tokenizer.json` that means the same.
//!
//! A rank file lists tokens and their ranks; the text is cut by a pattern that the file does not hold, and byte pairs are merged
//! by the rank of the token they make. As merges: every cut of a token into two tokens, ordered by (rank of the token, rank of
//! the left, rank of the right), whole tokens before merges. So the published conversions of these files do it.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

use super::TokenizerError;
use super::fast::Alphabet;

/// How text is cut before byte pairs are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankPattern {
    /// GPT-2's, also of r50k and p50k.
    Gpt2,
    /// cl100k's, also of Llama 3.
    Cl100k,
    /// o200k's.
    O200k,
}

const CL100K: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const O200K: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// GPT-2's own (`encoder.py`).
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

impl RankPattern {
    /// The pattern itself.
    pub(super) fn regex(self) -> &'static str {
        match self {
            Self::Gpt2 => GPT2,
            Self::Cl100k => CL100K,
            Self::O200k => O200K,
        }
    }

    /// The pattern of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "gpt2" => Some(Self::Gpt2),
            "cl100k" => Some(Self::Cl100k),
            "o200k" => Some(Self::O200k),
            _ => None,
        }
    }

    fn pre_tokenizer(self) -> Value {
        let bytes = |use_regex: bool| json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": use_regex});
        let pattern = match self {
            Self::Gpt2 => return bytes(true),
            Self::Cl100k => CL100K,
            Self::O200k => O200K,
        };
        json!({"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": false}, bytes(false)]})
    }
}

/// A published vocabulary: what tells it, its pattern, and its special tokens (tiktoken's `openai_public.py`; Llama 3's
/// `tokenizer.py`), which stand in no rank file.
struct Known {
    name: &'static str,
    /// Ranks that merge.
    ranks: u32,
    /// SHA-256 over length and bytes of each of these tokens in order of rank, first 16 digits.
    fingerprint: &'static str,
    pattern: RankPattern,
    special: &'static [(&'static str, u32)],
}

const KNOWN: &[Known] = &[
    Known {
        name: "r50k_base",
        ranks: 50_256,
        fingerprint: "8f840680a7767169",
        pattern: RankPattern::Gpt2,
        special: &[("<|endoftext|>", 50_256)],
    },
    Known {
        name: "p50k_base",
        ranks: 50_281,
        fingerprint: "12b6ea5aeec14ea5",
        pattern: RankPattern::Gpt2,
        special: &[("<|endoftext|>", 50_256)],
    },
    Known {
        name: "cl100k_base",
        ranks: 100_256,
        fingerprint: "55f6fd85a5e8178f",
        pattern: RankPattern::Cl100k,
        special: &[
            ("<|endoftext|>", 100_257),
            ("<|fim_prefix|>", 100_258),
            ("<|fim_middle|>", 100_259),
            ("<|fim_suffix|>", 100_260),
            ("<|endofprompt|>", 100_276),
        ],
    },
    Known {
        name: "o200k_base",
        ranks: 199_998,
        fingerprint: "064eccd25b4396db",
        pattern: RankPattern::O200k,
        special: &[("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)],
    },
    Known {
        name: "llama-3",
        ranks: 128_000,
        fingerprint: "f6ddf805eb131745",
        pattern: RankPattern::Cl100k,
        special: &[
            ("<|begin_of_text|>", 128_000),
            ("<|end_of_text|>", 128_001),
            ("<|start_header_id|>", 128_006),
            ("<|end_header_id|>", 128_007),
            ("<|eot_id|>", 128_009),
        ],
    },
];

fn bad(what: String) -> TokenizerError {
    TokenizerError::Ranks(what)
}

/// Tokens and ranks, by rank.
type Ranks = Vec<(Vec<u8>, u32)>;

/// Whether the bytes look like a rank file: the first line is base64 and a number.
pub(super) fn is_rank_file(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    std::str::from_utf8(line).is_ok_and(|line| parse_line(line).is_some())
}

fn parse_line(line: &str) -> Option<(Vec<u8>, u32)> {
    let (token, rank) = line.trim_end().split_once(' ')?;
    Some((base64(token)?, rank.parse().ok().filter(|rank| *rank < 1 << 31)?))
}

fn parse(file: &[u8]) -> Result<Ranks, TokenizerError> {
    let text = std::str::from_utf8(file).map_err(|error| bad(format!("it is not UTF-8: {error}")))?;
    let mut ranks = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let one = parse_line(line);
        ranks.push(one.ok_or_else(|| bad(format!("line {number} is not a token in base64 and a rank")))?);
    }
    ranks.sort_unstable_by_key(|(_, rank)| *rank);
    match ranks.windows(2).find(|pair| pair[0].1 == pair[1].1) {
        Some(pair) => Err(bad(format!("two tokens have the rank {}", pair[0].1))),
        None => Ok(ranks),
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (!out.is_empty()).then_some(out)
}

fn fingerprint(ranks: &[(Vec<u8>, u32)], below: u32) -> String {
    let mut hash = Sha256::new();
    for (token, _) in ranks.iter().take_while(|(_, rank)| *rank < below) {
        hash.update((token.len() as u64).to_le_bytes());
        hash.update(token);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The `tokenizer.json` of a rank file. Its pattern is `pattern`, or that of the published vocabulary that it holds.
///
/// # Errors
/// When the file is damaged, or holds no known vocabulary and no pattern is given.
pub(super) fn from_ranks(file: &[u8], pattern: Option<RankPattern>) -> Result<Value, TokenizerError> {
    let ranks = parse(file)?;
    // A vocabulary may begin as another does (Llama 3 as cl100k): what follows must be special tokens.
    let ends = |known: &Known| {
        let mut rest = ranks.iter().filter(|(_, rank)| *rank >= known.ranks);
        rest.all(|(token, _)| token.starts_with(b"<|") && token.ends_with(b"|>"))
    };
    let known = KNOWN.iter().find(|known| ends(known) && fingerprint(&ranks, known.ranks) == known.fingerprint);
    let Some(pattern) = pattern.or(known.map(|known| known.pattern)) else {
        let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
        return Err(bad(format!(
            "it is none of {}, so how text is cut is not known; give `pattern = \"gpt2\"`, `\"cl100k\"` or `\"o200k\"`",
            names.join(", ")
        )));
    };
    let by_token: HashMap<&[u8], u32> = ranks.iter().map(|(token, rank)| (token.as_slice(), *rank)).collect();
    let alphabet = Alphabet::new();
    let spell = |bytes: &[u8]| -> String { bytes.iter().map(|byte| alphabet.spell(*byte)).collect() };
    let (mut merges, mut vocab) = (Vec::new(), serde_json::Map::new());
    let mut special: Vec<(String, u32)> = Vec::new();
    for (token, rank) in &ranks {
        let mut cuts: Vec<(u32, u32, usize)> = (1..token.len())
            .filter_map(|at| Some((*by_token.get(&token[..at])?, *by_token.get(&token[at..])?, at)))
            .collect();
        cuts.sort_unstable();
        // Some files list special tokens among the ranks: longer than a byte, and no two tokens make them.
        if token.len() > 1 && cuts.is_empty() && known.is_none_or(|known| *rank >= known.ranks) {
            special.push((String::from_utf8_lossy(token).into_owned(), *rank));
            continue;
        }
        merges.extend(cuts.into_iter().map(|(_, _, at)| json!([spell(&token[..at]), spell(&token[at..])])));
        vocab.insert(spell(token), (*rank).into());
    }
    for &(name, id) in known.map_or(&[][..], |known| known.special) {
        if !special.iter().any(|(_, listed)| *listed == id) {
            special.push((name.to_owned(), id));
        }
    }
    // An added token keeps an id that leaves a gap only if the model has it as well.
    vocab.extend(special.iter().map(|(name, id)| (name.clone(), (*id).into())));
    Ok(file_of(pattern, vocab, merges, &special, true))
}

/// The `tokenizer.json` of GPT-2's pair: tokens with ids (`encoder.json`, `vocab.json`), and merges (`vocab.bpe`, `merges.txt`).
/// Tokens that are longer than a byte and that no merge makes are special.
///
/// # Errors
/// When one of the two is damaged.
pub(super) fn from_pair(vocab: &serde_json::Map<String, Value>, merges: &[u8]) -> Result<Value, TokenizerError> {
    let text = std::str::from_utf8(merges).map_err(|error| bad(format!("the merges are not UTF-8: {error}")))?;
    let lines = (1..)
        .zip(text.lines())
        .filter(|(number, line)| !(line.is_empty() || *number == 1 && line.starts_with("#version")));
    let (mut list, mut made) = (Vec::new(), std::collections::HashSet::new());
    for (number, line) in lines {
        let (left, right) = line
            .split_once(' ')
            .filter(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains(' '))
            .ok_or_else(|| bad(format!("line {number} of the merges is not two tokens")))?;
        made.insert(format!("{left}{right}"));
        list.push(json!([left, right]));
    }
    let mut special = Vec::new();
    for (token, id) in vocab {
        let id = super::vocabulary::id_of(id).ok_or_else(|| bad(format!("the id of `{token}` is not a number")))?;
        if token.chars().count() > 1 && !made.contains(token) {
            special.push((token.clone(), id));
        }
    }
    Ok(file_of(RankPattern::Gpt2, vocab.clone(), list, &special, false))
}

pub(super) fn file_of(
    pattern: RankPattern,
    vocab: serde_json::Map<String, Value>,
    merges: Vec<Value>,
    special: &[(String, u32)],
    whole_tokens: bool,
) -> Value {
    let added = |(content, id): &(String, u32)| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
            "special": true})
    };
    json!({
        "version": "1.0", "truncation": null, "padding": null, "normalizer": null,
        "pre_tokenizer": pattern.pre_tokenizer(), "post_processor": null,
        "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "added_tokens": special.iter().map(added).collect::<Vec<_>>(),
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": whole_tokens,
            "vocab": vocab, "merges": merges},
    })
}
