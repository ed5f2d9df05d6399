use super::ShardError;

/// How many bytes an id takes in token files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Unsigned 16-bit little-endian.
    Two,
    /// 32-bit little-endian. Megatron, MDS and LitData read it as signed, others as unsigned; ids are below 2^31, so both agree.
    Four,
}

impl Width {
    /// The width for a vocabulary: two bytes as long as every id fits (65,536 ids, 0 to 65,535).
    #[must_use]
    pub fn of(vocab_size: u32) -> Self {
        match vocab_size <= 1 << 16 {
            true => Self::Two,
            false => Self::Four,
        }
    }

    /// Bytes per id.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
        }
    }

    /// Appends `ids` to `out`. `document` is named in the error.
    ///
    /// # Errors
    /// When an id is not below `vocab_size`.
    pub fn put(self, ids: &[u32], vocab_size: u32, document: u64, out: &mut Vec<u8>) -> Result<(), ShardError> {
        if let Some(&id) = ids.iter().find(|id| **id >= vocab_size) {
            return Err(ShardError::IdOutOfRange { id, document, vocab_size });
        }
        match self {
            // The check above and `Width::of` leave no id above 65,535 here.
            Self::Two => out.extend(ids.iter().flat_map(|id| (*id as u16).to_le_bytes())),
            Self::Four => out.extend(ids.iter().flat_map(|id| id.to_le_bytes())),
        }
        Ok(())
    }

    /// Appends the ids that `bytes` hold to `out`; a rest shorter than an id is left out.
    pub fn get(self, bytes: &[u8], out: &mut Vec<u32>) {
        match self {
            Self::Two => out.extend(bytes.chunks_exact(2).map(|b| u32::from(u16::from_le_bytes([b[0], b[1]])))),
            Self::Four => out.extend(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
        }
    }
}
