use super::bad;
use crate::tokenize::TokenizerError;

/// A value of the wire format.
enum Field<'a> {
    Number(u64),
    Fixed([u8; 4]),
    Bytes(&'a [u8]),
    /// Eight bytes, which no field here has.
    Other,
}

/// The fields of a message, one after the other (Protocol Buffers encoding).
struct Fields<'a> {
    rest: &'a [u8],
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

impl<'a> Fields<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    fn read(&mut self) -> Option<(u64, Field<'a>)> {
        let tag = number(&mut self.rest)?;
        let field = match tag & 7 {
            0 => Field::Number(number(&mut self.rest)?),
            1 => self.take(8).map(|_| Field::Other)?,
            2 => {
                let length = usize::try_from(number(&mut self.rest)?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Fixed(self.take(4)?.try_into().ok()?),
            _ => return None,
        };
        Some((tag >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), TokenizerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let left = self.rest.len();
        let read = self.read();
        if read.is_none() {
            self.rest = &[];
        }
        Some(read.ok_or_else(|| bad(&format!("it is damaged, {left} bytes before an end"))))
    }
}

/// What a piece is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tokenize) enum Kind {
    /// A part of text.
    Normal,
    /// What stands for unknown text.
    Unknown,
    /// `<s>` and the like: not found in text.
    Control,
    /// A part of text that always is one token.
    UserDefined,
    /// Not used.
    Unused,
    /// One byte.
    Byte,
}

/// One entry of the vocabulary; its id is its place.
pub(in crate::tokenize) struct Piece {
    pub(in crate::tokenize) text: String,
    pub(in crate::tokenize) score: f32,
    pub(in crate::tokenize) kind: Kind,
}

/// How the text is normalized.
pub(in crate::tokenize) struct Spec {
    /// Rules of substitution, in the program's own form.
    pub(in crate::tokenize) charsmap: Vec<u8>,
    pub(in crate::tokenize) prefix: bool,
    pub(in crate::tokenize) squeeze: bool,
    /// Spaces become U+2581.
    pub(in crate::tokenize) escape: bool,
}

/// The parts of a `.model` file that encoding and decoding need; defaults as `sentencepiece_model.proto` states them.
pub(in crate::tokenize) struct ModelFile {
    pub(in crate::tokenize) pieces: Vec<Piece>,
    pub(in crate::tokenize) algorithm: u64,
    pub(in crate::tokenize) byte_fallback: bool,
    /// The mark stands behind words.
    pub(in crate::tokenize) suffix: bool,
    pub(in crate::tokenize) unknown_surface: String,
    pub(in crate::tokenize) normalizer: Spec,
}

fn text(bytes: &[u8]) -> Result<String, TokenizerError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| bad("a piece is not UTF-8"))
}

fn piece(bytes: &[u8]) -> Result<Piece, TokenizerError> {
    let mut piece = Piece { text: String::new(), score: 0.0, kind: Kind::Normal };
    for field in (Fields { rest: bytes }) {
        match field? {
            (1, Field::Bytes(bytes)) => piece.text = text(bytes)?,
            (2, Field::Fixed(bytes)) => piece.score = f32::from_le_bytes(bytes),
            (3, Field::Number(kind)) => {
                piece.kind = match kind {
                    1 => Kind::Normal,
                    2 => Kind::Unknown,
                    3 => Kind::Control,
                    4 => Kind::UserDefined,
                    5 => Kind::Unused,
                    6 => Kind::Byte,
                    other => return Err(bad(&format!("a piece is of the unknown type {other}"))),
                }
            }
            _ => {}
        }
    }
    if piece.text.is_empty() {
        return Err(bad("a piece is empty"));
    }
    Ok(piece)
}

fn trainer(file: &mut ModelFile, bytes: &[u8]) -> Result<(), TokenizerError> {
    for field in (Fields { rest: bytes }) {
        match field? {
            (3, Field::Number(value)) => file.algorithm = value,
            (24, Field::Number(value)) => file.suffix = value != 0,
            (35, Field::Number(value)) => file.byte_fallback = value != 0,
            (44, Field::Bytes(bytes)) => file.unknown_surface = text(bytes)?,
            _ => {}
        }
    }
    Ok(())
}

fn normalizer(spec: &mut Spec, bytes: &[u8]) -> Result<(), TokenizerError> {
    for field in (Fields { rest: bytes }) {
        match field? {
            (2, Field::Bytes(bytes)) => spec.charsmap = bytes.to_vec(),
            (3, Field::Number(value)) => spec.prefix = value != 0,
            (4, Field::Number(value)) => spec.squeeze = value != 0,
            (5, Field::Number(value)) => spec.escape = value != 0,
            _ => {}
        }
    }
    Ok(())
}

impl ModelFile {
    /// Reads the file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, TokenizerError> {
        let spec = || Spec { charsmap: Vec::new(), prefix: true, squeeze: true, escape: true };
        let (mut file, mut back) = (
            Self {
                pieces: Vec::new(),
                algorithm: 1,
                byte_fallback: false,
                suffix: false,
                unknown_surface: " \u{2047} ".to_owned(),
                normalizer: spec(),
            },
            spec(),
        );
        for field in (Fields { rest: bytes }) {
            match field? {
                (1, Field::Bytes(bytes)) => file.pieces.push(piece(bytes)?),
                (2, Field::Bytes(bytes)) => trainer(&mut file, bytes)?,
                (3, Field::Bytes(bytes)) => normalizer(&mut file.normalizer, bytes)?,
                (5, Field::Bytes(bytes)) => normalizer(&mut back, bytes)?,
                _ => {}
            }
        }
        if !back.charsmap.is_empty() {
            return Err(bad("it denormalizes text, which is not supported"));
        }
        file.check()?;
        Ok(file)
    }

    /// What `sentencepiece` itself demands.
    fn check(&self) -> Result<(), TokenizerError> {
        self.unknown()?;
        self.bytes()?;
        let mut known = std::collections::HashSet::new();
        let twice = self.pieces.iter().find(|piece| {
            let reserved = matches!(piece.kind, Kind::Unknown | Kind::Control | Kind::Byte);
            !known.insert((reserved, piece.text.as_str()))
        });
        match twice {
            Some(piece) => Err(bad(&format!("the piece `{}` comes twice", piece.text))),
            None => Ok(()),
        }
    }

    /// The id of the one unknown piece.
    pub(in crate::tokenize) fn unknown(&self) -> Result<u32, TokenizerError> {
        let mut found = (0u32..).zip(&self.pieces).filter(|(_, piece)| piece.kind == Kind::Unknown);
        match (found.next(), found.next()) {
            (Some((id, _)), None) => Ok(id),
            (None, _) => Err(bad("it has no unknown piece")),
            (Some(_), Some(_)) => Err(bad("it has two unknown pieces")),
        }
    }

    /// The ids of the bytes, when unknown characters become bytes.
    pub(in crate::tokenize) fn bytes(&self) -> Result<Option<[u32; 256]>, TokenizerError> {
        let mut ids = [None; 256];
        for (id, piece) in (0u32..).zip(&self.pieces).filter(|(_, piece)| piece.kind == Kind::Byte) {
            let byte = piece.byte().ok_or_else(|| bad(&format!("the byte piece `{}` is none", piece.text)))?;
            ids[usize::from(byte)] = Some(id);
        }
        match (self.byte_fallback, ids.iter().any(Option::is_some)) {
            (false, true) => Err(bad("it has byte pieces, but says that it does not use them")),
            (false, false) => Ok(None),
            (true, _) => {
                let mut all = [0; 256];
                for (to, id) in all.iter_mut().zip(ids) {
                    *to = id.ok_or_else(|| bad("it has not all of the 256 byte pieces"))?;
                }
                Ok(Some(all))
            }
        }
    }
}

impl Piece {
    /// The byte that a byte piece names.
    pub(super) fn byte(&self) -> Option<u8> {
        let digits = self.text.strip_prefix("<0x")?.strip_suffix('>').filter(|digits| digits.len() == 2)?;
        u8::from_str_radix(digits, 16).ok().filter(|byte| self.text == format!("<0x{byte:02X}>"))
    }

    /// The piece with spaces for marks; `None` for one with a space where text has marks only, which never matches.
    pub(in crate::tokenize) fn spelled(&self, escaped: bool) -> Option<String> {
        match escaped {
            true if self.text.contains(' ') => None,
            true => Some(self.text.replace('\u{2581}', " ")),
            false => Some(self.text.clone()),
        }
    }
}
