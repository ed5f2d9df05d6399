use std::borrow::Cow;

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use super::{Kind, ModelFile, bad};
use crate::tokenize::{EncodeError, TokenizerError, utf8};

/// A rule is looked for among this many prefixes of the text, as the program does.
const MOST_PREFIXES: usize = 32;

/// The rules of substitution: a double array (Darts-clone's layout) from text to a place in `replacements`, where what it
/// becomes stands, ended by a zero byte.
struct Rules {
    units: Vec<u32>,
    replacements: Vec<u8>,
    /// For an ASCII character and the byte after it (128: beyond ASCII or the end): some rule may begin so.
    begins: Vec<bool>,
}

fn offset(unit: u32) -> u32 {
    (unit >> 10) << ((unit & 1 << 9) >> 6)
}

fn label(unit: u32) -> u32 {
    unit & (1 << 31 | 0xFF)
}

impl Rules {
    fn read(blob: &[u8]) -> Result<Option<Self>, TokenizerError> {
        if blob.is_empty() {
            return Ok(None);
        }
        let damaged = || bad("its rules of normalization are damaged");
        let (size, rest) = blob.split_first_chunk().ok_or_else(damaged)?;
        let (trie, replacements) = rest.split_at_checked(u32::from_le_bytes(*size) as usize).ok_or_else(damaged)?;
        let (units, odd) = trie.as_chunks();
        let units: Vec<u32> = units.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
        if units.is_empty() || !odd.is_empty() || std::str::from_utf8(replacements).is_err() {
            return Err(damaged());
        }
        let mut rules = Self { units, replacements: replacements.to_vec(), begins: Vec::new() };
        rules.begins = (0..128u8).flat_map(|first| rules.followers(first)).collect();
        Ok(Some(rules))
    }

    /// The unit of the child by `byte`, and where its own children are.
    #[inline]
    fn step(&self, node: u32, byte: u8) -> Option<(u32, u32)> {
        let at = node ^ u32::from(byte);
        let unit = *self.units.get(at as usize)?;
        (label(unit) == u32::from(byte)).then(|| (unit, at ^ offset(unit)))
    }

    fn followers(&self, first: u8) -> [bool; 129] {
        let Some((unit, node)) = self.step(offset(self.units[0]), first) else { return [false; 129] };
        if unit >> 8 & 1 == 1 {
            return [true; 129];
        }
        let mut begins = [false; 129];
        for byte in 0..=255u8 {
            begins[usize::from(byte.min(128))] |= self.step(node, byte).is_some();
        }
        begins
    }

    /// The longest rule for the beginning of `text`: its length, and what it becomes.
    fn longest(&self, text: &[u8]) -> Option<(usize, &[u8])> {
        let mut node = offset(self.units[0]);
        let (mut found, mut n) = (None, 0);
        for (i, byte) in text.iter().enumerate() {
            let Some((unit, next)) = self.step(node, *byte) else { break };
            node = next;
            if unit >> 8 & 1 == 1 && n < MOST_PREFIXES {
                let value = self.units.get(node as usize)? & !(1 << 31);
                found = Some((i + 1, value as usize));
                n += 1;
            }
        }
        let (length, at) = found?;
        let rest = self.replacements.get(at..)?;
        Some((length, &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())]))
    }
}

/// The normalizer of a model. It writes the mark U+2581 as a space where spaces become marks.
pub(in crate::tokenize) struct Normalizer {
    rules: Option<Rules>,
    /// User-defined symbols are kept as they are.
    symbols: Option<AhoCorasick>,
    /// Whether a user-defined symbol begins with this byte.
    starts: [bool; 256],
    prefix: bool,
    suffix: bool,
    squeeze: bool,
    escape: bool,
}

impl Normalizer {
    pub(in crate::tokenize) fn new(file: &ModelFile) -> Result<Self, TokenizerError> {
        let spec = &file.normalizer;
        let symbols: Vec<&str> =
            file.pieces.iter().filter(|piece| piece.kind == Kind::UserDefined).map(|piece| &*piece.text).collect();
        if symbols.iter().any(|symbol| symbol.contains('\0')) {
            return Err(bad("a user-defined symbol holds a zero byte"));
        }
        let mut starts = [false; 256];
        symbols.iter().for_each(|symbol| starts[usize::from(symbol.as_bytes()[0])] = true);
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .build(&symbols)
            .map_err(|error| bad(&format!("its user-defined symbols cannot be searched: {error}")))?;
        Ok(Self {
            rules: Rules::read(&spec.charsmap)?,
            symbols: (!symbols.is_empty()).then_some(search),
            starts,
            prefix: spec.prefix,
            suffix: file.suffix,
            squeeze: spec.squeeze,
            escape: spec.escape,
        })
    }

    /// Whether only spaces are handled.
    fn plain(&self) -> bool {
        self.rules.is_none() && self.symbols.is_none() && !self.squeeze
    }

    /// What the beginning of `text` becomes, and its length.
    #[inline]
    fn step<'a>(&'a self, text: &'a [u8]) -> (&'a [u8], usize) {
        if self.starts[usize::from(text[0])]
            && let Some(symbols) = &self.symbols
            && let Some(found) = symbols.find(Input::new(text).anchored(Anchored::Yes))
        {
            return (&text[..found.end()], found.end());
        }
        if let Some((length, becomes)) = self.rules.as_ref().and_then(|rules| rules.longest(text)) {
            return (becomes, length);
        }
        let length = utf8::length(text[0]).min(text.len());
        (&text[..length], length)
    }

    /// How many bytes from the start of `text` stay as they are: ASCII without spaces, symbols and rules.
    #[inline]
    fn run(&self, text: &[u8]) -> usize {
        let stays = |i: usize, byte: u8| {
            let next = usize::from(text.get(i + 1).copied().unwrap_or(128).min(128));
            byte < 128
                && byte != b' '
                && !self.starts[usize::from(byte)]
                && self.rules.as_ref().is_none_or(|rules| !rules.begins[usize::from(byte) * 129 + next])
        };
        text.iter().enumerate().position(|(i, byte)| !stays(i, *byte)).unwrap_or(text.len())
    }

    /// The normalized text, with spaces for marks.
    ///
    /// # Errors
    /// When a rule makes of text what is none.
    pub(in crate::tokenize) fn apply<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, EncodeError> {
        if text.is_empty() {
            return Ok(Cow::Borrowed(""));
        }
        if self.plain() && !self.prefix {
            return Ok(if self.escape { super::super::spaced::unmarked(text) } else { Cow::Borrowed(text) });
        }
        let mut out = Vec::with_capacity(text.len() + 1);
        let mut rest = text.as_bytes();
        if self.squeeze {
            while !rest.is_empty() {
                let (becomes, length) = self.step(rest);
                if becomes != b" " {
                    break;
                }
                rest = &rest[length..];
            }
            if rest.is_empty() {
                return Ok(Cow::Borrowed(""));
            }
        }
        if self.prefix && !self.suffix {
            out.push(b' ');
        }
        match self.plain() {
            true => out.extend_from_slice(rest),
            false => self.substitute(rest, &mut out),
        }
        let not_text = |_| EncodeError::Library("a rule of normalization cuts a character".to_owned());
        let mut out = String::from_utf8(out).map_err(not_text)?;
        if self.escape
            && let Cow::Owned(other) = super::super::spaced::unmarked(&out)
        {
            out = other;
        }
        if self.squeeze {
            out.truncate(out.trim_end_matches(' ').len());
        }
        if self.prefix && self.suffix {
            out.push(' ');
        }
        Ok(Cow::Owned(out))
    }

    fn substitute(&self, mut rest: &[u8], out: &mut Vec<u8>) {
        let mut after_space = self.squeeze;
        while !rest.is_empty() {
            let run = self.run(rest);
            if run > 0 {
                out.extend_from_slice(&rest[..run]);
                rest = &rest[run..];
                after_space = false;
                continue;
            }
            let (mut becomes, length) = self.step(rest);
            while after_space && becomes.first() == Some(&b' ') {
                becomes = &becomes[1..];
            }
            if let Some(last) = becomes.last() {
                out.extend_from_slice(becomes);
                after_space = self.squeeze && *last == b' ';
            }
            rest = &rest[length..];
        }
    }
}
