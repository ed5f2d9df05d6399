//! The pieces of a text one by one, with the spelling of what the vocabulary does not have.

use super::{EncodeError, Encoder};

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'p> {
    /// A token of the vocabulary, by its id.
    Token(u32),
    /// What stands for the unknown token, spelled as tokens are.
    Unknown(&'p str),
}

/// Working space for the pieces of a text; keep one, and no call allocates.
#[derive(Default)]
pub struct Pieces {
    ids: Vec<u32>,
    surfaces: Vec<String>,
}

impl Pieces {
    /// The pieces of a text, in order. Only encoders that tell surfaces ([`Encoder::encode_with_surfaces`]) give unknown ones.
    ///
    /// # Errors
    /// As [`Encoder::encode`].
    pub fn of(&mut self, encoder: &dyn Encoder, text: &str) -> Result<impl Iterator<Item = Piece<'_>>, EncodeError> {
        self.ids.clear();
        self.surfaces.clear();
        let unknown = encoder.encode_with_surfaces(text, &mut self.ids, &mut self.surfaces)?;
        let mut surfaces = self.surfaces.iter();
        Ok(self.ids.iter().map(move |&id| {
            let surface = if unknown == Some(id) { surfaces.next() } else { None };
            surface.map_or(Piece::Token(id), |surface| Piece::Unknown(surface))
        }))
    }
}
