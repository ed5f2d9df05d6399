use std::fmt;

/// Identity of a document: the first 128 bits of a BLAKE3 hash over (source name, file, offset).
///
/// It depends on where a document stands, never on run, thread or machine, so the same input gives the same id in every
/// run. Shown as 32 lower-case hexadecimal digits; every verb accepts any unambiguous prefix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct DocId(pub [u8; 16]);

impl DocId {
    /// The id of the record at `offset` of `file` read by the source called `source`.
    #[must_use]
    pub fn of(source: &str, file: &str, offset: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        // Lengths first, so that no two (source, file) pairs run together.
        hasher.update(&(source.len() as u64).to_le_bytes());
        hasher.update(source.as_bytes());
        hasher.update(&(file.len() as u64).to_le_bytes());
        hasher.update(file.as_bytes());
        hasher.update(&offset.to_le_bytes());
        let mut out = [0; 16];
        out.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(out)
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocId({self})")
    }
}
