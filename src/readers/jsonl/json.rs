//! Picks fields out of a JSON object in one pass, without a tree.

use std::fmt;

use serde_json::Deserializer;
use serde_json::error::Category;

use super::quick;
use crate::document::Value;
use crate::readers::{Carry, FieldNames};

use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What was picked.
#[derive(Debug, Default, PartialEq)]
pub(in crate::readers) struct Picked {
    pub(in crate::readers) text: Option<Value>,
    pub(in crate::readers) id: Option<Value>,
    pub(in crate::readers) url: Option<Value>,
    pub(in crate::readers) date: Option<Value>,
    pub(in crate::readers) metadata: Vec<(String, Value)>,
}

/// Which field is which.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    /// Those that mean something.
    pub(super) fields: &'a FieldNames,
    /// Those that are carried along.
    pub(super) carry: &'a Carry,
}

impl Names<'_> {
    /// What the field `name` is.
    pub(super) fn key(&self, name: &str) -> Key {
        let fields = self.fields;
        if name == fields.text {
            Key::Text
        } else if name == fields.id {
            Key::Id
        } else if name == fields.url {
            Key::Url
        } else if name == fields.date {
            Key::Date
        } else if self.carry.wants(name) {
            Key::Carried(name.to_owned())
        } else {
            Key::Skipped
        }
    }
}

/// Picks the fields of the object that `line` holds. The error never quotes the line.
pub(in crate::readers) fn pick(line: &[u8], fields: &FieldNames, carry: &Carry) -> Result<Picked, String> {
    let names = Names { fields, carry };
    quick::pick(line, &names).map_or_else(|| slow(line, &names), Ok)
}

/// The way that knows every line and every error.
pub(super) fn slow(line: &[u8], names: &Names<'_>) -> Result<Picked, String> {
    let mut deserializer = Deserializer::from_slice(line);
    let picked = deserializer.deserialize_map(Object { names });
    picked.and_then(|picked| deserializer.end().map(|()| picked)).map_err(|error| match error.classify() {
        // The only errors whose message could quote the line.
        Category::Data => "the line is not a JSON object".to_owned(),
        _ => error.to_string(),
    })
}

struct Object<'a> {
    names: &'a Names<'a>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Picked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Picked, A::Error> {
        let mut picked = Picked::default();
        while let Some(key) = map.next_key_seed(Name { names: self.names })? {
            match key {
                Key::Text => picked.text = Some(map.next_value_seed(Scalar)?),
                Key::Id => picked.id = Some(map.next_value_seed(Scalar)?),
                Key::Url => picked.url = Some(map.next_value_seed(Scalar)?),
                Key::Date => picked.date = Some(map.next_value_seed(Scalar)?),
                Key::Carried(name) => picked.metadata.push((name, map.next_value_seed(Scalar)?)),
                Key::Skipped => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(picked)
    }
}

/// What a field is.
pub(super) enum Key {
    /// The text.
    Text,
    /// The identifier.
    Id,
    /// The address.
    Url,
    /// The date.
    Date,
    /// Carried along under this name.
    Carried(String),
    /// Passed over.
    Skipped,
}

struct Name<'a> {
    names: &'a Names<'a>,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Key;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        Ok(self.names.key(name))
    }
}

/// Any value; nested ones become compact JSON text.
pub(super) struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or_else(|_| Value::Json(value.to_string()), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Str(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Str(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Value, A::Error> {
        let mut out = String::new();
        Compact(&mut out).visit_seq(seq)?;
        Ok(Value::Json(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        let mut out = String::new();
        Compact(&mut out).visit_map(map)?;
        Ok(Value::Json(out))
    }
}

/// Writes a value as compact JSON, fields in the order of the input. The parser bounds the depth (128).
struct Compact<'o>(&'o mut String);

impl<'de> DeserializeSeed<'de> for Compact<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Compact<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push_str("null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.push_str(&value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.push_str(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // The shortest text that reads back as the same number, with a point or an exponent.
        self.0.push_str(&format!("{value:?}"));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        quote(self.0, value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.push('[');
        let mut first = true;
        loop {
            let mark = self.0.len();
            if !first {
                self.0.push(',');
            }
            if seq.next_element_seed(Compact(self.0))?.is_none() {
                self.0.truncate(mark);
                break;
            }
            first = false;
        }
        self.0.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.push('{');
        let mut first = true;
        loop {
            let mark = self.0.len();
            if !first {
                self.0.push(',');
            }
            if map.next_key_seed(Compact(self.0))?.is_none() {
                self.0.truncate(mark);
                break;
            }
            self.0.push(':');
            map.next_value_seed(Compact(self.0))?;
            first = false;
        }
        self.0.push('}');
        Ok(())
    }
}

/// Appends `text` as a JSON string.
pub(in crate::readers) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}
