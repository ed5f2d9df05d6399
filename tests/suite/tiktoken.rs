//! tiktoken rank files as `tokenizer.json`, the way the model publishers convert them: every split of a token into two
//! tokens is a merge, ordered by (rank of the token, rank of left, rank of right), and whole tokens go before merges.

use std::collections::HashMap;

/// cl100k and Llama 3, as the published `tokenizer.json` files spell it.
pub const CL100K: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// o200k.
pub const O200K: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// A `tokenizer.json` for the first `limit` ranks (special tokens that stand in the file follow them); without a pattern
/// the GPT-2 one of the `ByteLevel` pre-tokenizer.
pub fn to_json(ranks: &[u8], limit: u32, pattern: Option<&str>) -> Vec<u8> {
    let ranks: Vec<(Vec<u8>, u32)> = parse(ranks).into_iter().filter(|(_, rank)| *rank < limit).collect();
    let by_token: HashMap<&[u8], u32> = ranks.iter().map(|(token, rank)| (token.as_slice(), *rank)).collect();
    let mut merges = Vec::new();
    for (token, _) in &ranks {
        let mut local: Vec<(u32, u32, usize)> = (1..token.len())
            .filter_map(|at| Some((*by_token.get(&token[..at])?, *by_token.get(&token[at..])?, at)))
            .collect();
        local.sort_unstable();
        merges.extend(local.into_iter().map(|(_, _, at)| [spell(&token[..at]), spell(&token[at..])]));
    }
    let vocab: serde_json::Map<String, serde_json::Value> =
        ranks.iter().map(|(token, rank)| (spell(token), (*rank).into())).collect();
    let end = ranks.iter().map(|(_, rank)| rank + 1).max().unwrap();
    let bytes = |use_regex: bool| serde_json::json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": use_regex});
    let pre = match pattern {
        None => bytes(true),
        Some(pattern) => serde_json::json!({"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": false}, bytes(false)]}),
    };
    serde_json::to_vec(&serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "normalizer": null, "pre_tokenizer": pre,
        "post_processor": null, "decoder": bytes(true),
        "added_tokens": [{"id": end, "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true}],
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": true,
            "vocab": vocab, "merges": merges},
    }))
    .unwrap()
}

fn parse(file: &[u8]) -> Vec<(Vec<u8>, u32)> {
    let mut ranks: Vec<(Vec<u8>, u32)> = std::str::from_utf8(file)
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (token, rank) = line.split_once(' ').unwrap();
            (base64(token), rank.trim().parse().unwrap())
        })
        .collect();
    ranks.sort_unstable_by_key(|(_, rank)| *rank);
    ranks
}

fn base64(text: &str) -> Vec<u8> {
    let (mut bits, mut n, mut out) = (0u32, 0, Vec::new());
    for byte in text.bytes().filter(|b| *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        n += 6;
        if n >= 8 {
            n -= 8;
            out.push((bits >> n) as u8);
            bits &= (1 << n) - 1;
        }
    }
    out
}

/// GPT-2's printable spelling of bytes.
fn spell(token: &[u8]) -> String {
    token.iter().map(|byte| byte_char(*byte)).collect()
}

fn byte_char(byte: u8) -> char {
    let plain = |b: u8| matches!(b, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF);
    match plain(byte) {
        true => char::from(byte),
        false => char::from_u32(256 + (0..byte).filter(|b| !plain(*b)).count() as u32).unwrap(),
    }
}
