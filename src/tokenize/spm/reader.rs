use super::{Kind, ModelFile};
use crate::tokenize::EncodeError;

/// Turns ids into text as `sentencepiece` does: control symbols are invisible, the unknown piece has a surface of its own, the
/// mark that was set before the text goes.
pub(in crate::tokenize) struct Reader {
    pieces: Vec<(Kind, Box<str>)>,
    unknown_surface: Box<str>,
    /// A mark at the beginning goes.
    strip: bool,
    /// All marks at the beginning go.
    squeeze: bool,
}

impl Reader {
    pub(in crate::tokenize) fn new(file: &ModelFile) -> Self {
        Self {
            pieces: file.pieces.iter().map(|piece| (piece.kind, piece.text.as_str().into())).collect(),
            unknown_surface: file.unknown_surface.as_str().into(),
            strip: file.normalizer.prefix || file.normalizer.squeeze,
            squeeze: file.normalizer.squeeze,
        }
    }

    /// The text of ids.
    ///
    /// # Errors
    /// When an id is none of the vocabulary.
    pub(in crate::tokenize) fn text(&self, ids: &[u32]) -> Result<String, EncodeError> {
        let (mut text, mut bytes) = (String::new(), Vec::new());
        let (mut at_start, mut stripped) = (true, false);
        for id in ids {
            let (kind, piece) = self.pieces.get(*id as usize).ok_or(EncodeError::UnknownId(*id))?;
            if *kind == Kind::Byte {
                bytes.push(u8::from_str_radix(&piece[3..5], 16).unwrap_or(0));
                continue;
            }
            flush(&mut bytes, &mut text);
            at_start &= !stripped && text.is_empty();
            stripped = false;
            match kind {
                Kind::Control => {}
                Kind::Unknown => text.push_str(&self.unknown_surface),
                _ => {
                    let cut = piece.strip_prefix('\u{2581}').filter(|_| at_start && self.strip);
                    stripped = cut.is_some() && !self.squeeze;
                    text.push_str(&cut.unwrap_or(piece).replace('\u{2581}', " "));
                }
            }
        }
        flush(&mut bytes, &mut text);
        Ok(text)
    }
}

/// Bytes that are UTF-8 as they are, each other one as U+FFFD.
fn flush(bytes: &mut Vec<u8>, text: &mut String) {
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let good = match std::str::from_utf8(rest) {
            Ok(good) => good,
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
        };
        text.push_str(good);
        rest = &rest[good.len()..];
        if let Some((_, after)) = rest.split_first() {
            text.push(char::REPLACEMENT_CHARACTER);
            rest = after;
        }
    }
    bytes.clear();
}
