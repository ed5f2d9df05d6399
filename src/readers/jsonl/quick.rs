//! The quick way through a line of JSON: the whole line is checked as UTF-8 at once, strings are cut out of it, and
//! everything but strings is left to `serde_json`.
//!
//! It reads what it understands and gives up on the rest, so that `super::json` alone decides what is an error. Where both
//! read a line, they read the same.

use std::borrow::Cow;

use serde::de::{Deserialize, IgnoredAny};
use serde_json::Deserializer;

use super::json::{Key, Names, Picked, Scalar};
use crate::document::Value;
use crate::readers::utf8;

use serde::de::DeserializeSeed;

/// Brackets in a nested value, below which its depth is surely within what `serde_json` follows (128).
const BRACKETS: usize = 100;

/// Picks the fields of the object that `line` holds; `None` when the line is unusual or wrong.
pub(super) fn pick(line: &[u8], names: &Names<'_>) -> Option<Picked> {
    // Control bytes are wrong in strings and rare outside of them.
    if line.iter().fold(u8::MAX, |least, &byte| least.min(byte)) < 0x20 {
        return None;
    }
    let mut cursor = Cursor { text: utf8::text(line)?, at: 0 };
    let mut picked = Picked::default();
    cursor.expect(b'{')?;
    if cursor.peek()? == b'}' {
        cursor.at += 1;
        return cursor.end().then_some(picked);
    }
    loop {
        cursor.expect(b'"')?;
        let key = names.key(&cursor.string()?);
        cursor.expect(b':')?;
        match key {
            Key::Text => picked.text = Some(cursor.value()?),
            Key::Id => picked.id = Some(cursor.value()?),
            Key::Url => picked.url = Some(cursor.value()?),
            Key::Date => picked.date = Some(cursor.value()?),
            Key::Carried(name) => picked.metadata.push((name, cursor.value()?)),
            Key::Skipped => cursor.skip()?,
        }
        let next = cursor.peek()?;
        cursor.at += 1;
        match next {
            b',' => {}
            b'}' => return cursor.end().then_some(picked),
            _ => return None,
        }
    }
}

/// A value as `super::json` reads it.
struct Any(Value);

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar.deserialize(deserializer).map(Self)
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at)? {
                b' ' => self.at += 1,
                &byte => return Some(byte),
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Whether only blanks are left.
    fn end(&mut self) -> bool {
        self.peek().is_none()
    }

    fn value(&mut self) -> Option<Value> {
        if self.peek()? == b'"' {
            self.at += 1;
            return Some(Value::Str(self.string()?.into_owned()));
        }
        let from = self.at;
        let Any(value) = self.parse()?;
        let brackets = || memchr::memchr2_iter(b'[', b'{', &self.text.as_bytes()[from..self.at]).count();
        (!matches!(value, Value::Json(_)) || brackets() <= BRACKETS).then_some(value)
    }

    fn skip(&mut self) -> Option<()> {
        self.peek()?;
        self.parse::<IgnoredAny>().map(|_| ())
    }

    /// Leaves the value that begins here to `serde_json`.
    fn parse<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut values = Deserializer::from_str(&self.text[self.at..]).into_iter();
        let value = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(value)
    }

    /// A string whose opening quote is behind.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let mut from = self.at;
        let mut to = stop(self.text.as_bytes(), from)?;
        if self.text.as_bytes()[to] == b'"' {
            self.at = to + 1;
            return Some(Cow::Borrowed(&self.text[from..to]));
        }
        // No longer than what is left of the line.
        let mut out = String::with_capacity(self.text.len() - from);
        loop {
            out.push_str(&self.text[from..to]);
            self.at = to + 1;
            if self.text.as_bytes()[to] == b'"' {
                break;
            }
            out.push(self.escape()?);
            from = self.at;
            to = stop(self.text.as_bytes(), from)?;
        }
        if out.capacity() / 2 > out.len() {
            out.shrink_to_fit();
        }
        Some(Cow::Owned(out))
    }

    /// The character that an escape stands for; its backslash is behind.
    fn escape(&mut self) -> Option<char> {
        let kind = *self.text.as_bytes().get(self.at)?;
        self.at += 1;
        Some(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = self.hex()?;
                if !(0xd800..0xe000).contains(&unit) {
                    return char::from_u32(unit);
                }
                // The second half of a pair must follow.
                let low = self.text.as_bytes().get(self.at..self.at + 2)? == b"\\u" && unit < 0xdc00;
                self.at += 2;
                let second = self.hex().filter(|second| low && (0xdc00..0xe000).contains(second))?;
                return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (second - 0xdc00));
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
    }
}

/// Where the next quote or backslash is, at or behind `from`, eight bytes at a time: escapes are often near, where a
/// search with wider registers spends its time on beginning.
fn stop(bytes: &[u8], from: usize) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 0x80;
    // The lowest byte that is zero is marked for sure; borrows can only mark bytes above it.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let rest = bytes.get(from..)?;
    let (words, tail) = rest.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let hit = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        if hit != 0 {
            return Some(from + 8 * n + hit.trailing_zeros() as usize / 8);
        }
    }
    let at = tail.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(from + rest.len() - tail.len() + at)
}

#[cfg(test)]
mod tests {
    use super::super::json::{Names, slow};
    use super::{pick, stop};
    use crate::readers::{Carry, FieldNames};
    use proptest::prelude::*;

    fn same(line: &str, carry: &Carry) -> Option<bool> {
        let fields = FieldNames::default();
        let names = Names { fields: &fields, carry };
        let quick = pick(line.as_bytes(), &names)?;
        let slow = slow(line.as_bytes(), &names);
        Some(slow.as_ref() == Ok(&quick))
    }

    #[test]
    fn usual_lines_are_read_quickly_and_alike() {
        for line in [
            r#"{}"#,
            r#"{"text":"plain","id":7,"url":null,"date":"2024"}"#,
            r#" { "text" : "a\nb\t\"c\" \\ \/ \u00e9\u4e2d\ud83d\ude00" , "n" : -0.5e3 } "#,
            r#"{"text":"1","text":"2","meta":{"a":[1,2,{"b":"\u0041"}],"c":true},"big":123456789012345678901}"#,
            r#"{"te\u0078t":"escaped key","x":[],"y":{},"z":false,"w":1e400}"#,
        ] {
            assert_eq!(same(line, &Carry::All), (!line.contains("e400")).then_some(true), "{line}");
            assert_eq!(same(line, &Carry::None), Some(true), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_or_unusual_is_left_to_the_slow_way() {
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(127), "]".repeat(127));
        for line in [
            "",
            "{",
            "{}x",
            "[]",
            "\"text\"",
            "{\"text\"}",
            "{\"text\":}",
            "{\"text\":\"a}",
            "{\"text\":\"\\x\"}",
            "{\"a\":1,}",
            "{\"text\":\"\\ud800\"}",
            "{\"text\":\"\\udc00\"}",
            "{\"text\":\"\\ud800\\u0041\"}",
            "{\"text\":\"\\u12\"}",
            "{\"text\":\"tab\tin it\"}",
            "{\"a\":01}",
            "{\"a\":tru}",
            "{,}",
            "{\"a\":1 \"b\":2}",
            &deep,
        ] {
            assert_eq!(same(line, &Carry::All), None, "{line}");
        }
        let names = Names { fields: &FieldNames::default(), carry: &Carry::All };
        assert!(pick(b"{\"text\":\"\xff\"}", &names).is_none());
    }

    #[test]
    fn the_next_stop_is_where_a_plain_search_finds_it() {
        let text: Vec<u8> = (0..200u32).map(|n| b"ab\"\\\x22\xa2\x21\x5b\x5d"[(n * n % 9) as usize]).collect();
        for from in 0..=text.len() {
            let plain = text[from..].iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|at| at + from);
            assert_eq!(stop(&text, from), plain);
        }
        assert_eq!((stop(b"0123456789", 0), stop(b"", 0), stop(b"", 1)), (None, None, None));
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".{0,40}".prop_map(Into::into),
            "[\"\\\\/\u{8}\u{c}\n\r\tx\u{1}😀]{0,20}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::hash_map("[a-z\"\\\\]{0,5}", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn both_ways_read_the_same(
            values in prop::collection::vec(("text|id|url|date|.{0,6}", json()), 0..8),
            hurt in prop::option::of((0usize..300, any::<char>())),
        ) {
            let fields: Vec<String> = values
                .iter()
                .map(|(name, value)| format!("{}:{value}", serde_json::Value::from(name.as_str())))
                .collect();
            let mut line = format!("{{{}}}", fields.join(","));
            for carry in [Carry::All, Carry::None, Carry::List(vec!["a".into(), String::new()])] {
                prop_assert_eq!(same(&line, &carry), Some(true));
            }
            if let Some((at, c)) = hurt {
                let at = line.floor_char_boundary(at);
                line.insert(at, c);
                // Either it gives up, or both read the same.
                prop_assert_ne!(same(&line, &Carry::All), Some(false));
                prop_assert_ne!(same(&line, &Carry::None), Some(false));
            }
        }
    }
}
