//! The table of pieces beside packed shards, in numpy's own form, so that a trainer maps it without a library of ours.
//!
//! `NAME.pieces.npy` is an array of `int32`, a row per piece in the order of the shard, as in the lineage file: number of the
//! sequence, where the piece starts in it, its tokens, and where it starts in its document. With `L` tokens a sequence, the
//! `cu_seqlens` of sequence `i` are the second column of its rows, and `L`; what follows the last piece is padding.

use std::io::Write;

use super::{LineageRecord, ShardError};

/// Bytes of a row.
const ROW: usize = 16;

/// Gathers the table of one shard; 16 bytes a piece are held until it is written, since the length stands in front.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PieceTable {
    rows: Vec<u8>,
}

impl PieceTable {
    /// Adds a piece of a shard whose sequences have `length` tokens.
    ///
    /// # Errors
    /// When a number does not fit 31 bits.
    pub fn push(&mut self, length: u64, piece: &LineageRecord) -> Result<(), ShardError> {
        let length = length.max(1);
        let row = [
            piece.token_start / length,
            piece.token_start % length,
            piece.token_end.saturating_sub(piece.token_start),
            piece.document_token,
        ];
        for number in row {
            let number = i32::try_from(number).map_err(|_| {
                ShardError::Lineage("a shard has more sequences than 31 bits count; write more shards".into())
            })?;
            self.rows.extend_from_slice(&number.to_le_bytes());
        }
        Ok(())
    }

    /// Writes header and rows.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        out.write_all(&self.head())?;
        out.write_all(&self.rows)
    }

    /// Header of version 1.0: the dict is filled with spaces up to a multiple of 64 bytes.
    fn head(&self) -> Vec<u8> {
        let mut dict = format!("{{'descr': '<i4', 'fortran_order': False, 'shape': ({}, 4), }}", self.rows.len() / ROW);
        while (10 + dict.len() + 1) % 64 != 0 {
            dict.push(' ');
        }
        dict.push('\n');
        let mut head = b"\x93NUMPY\x01\x00".to_vec();
        #[allow(clippy::cast_possible_truncation, reason = "at most 128")]
        head.extend_from_slice(&(dict.len() as u16).to_le_bytes());
        head.extend_from_slice(dict.as_bytes());
        head
    }

    /// Whether a file holds this very table.
    #[must_use]
    pub fn is(&self, file: &[u8]) -> bool {
        let head = self.head();
        file.len() == head.len() + self.rows.len() && file.starts_with(&head) && file.ends_with(&self.rows)
    }
}
