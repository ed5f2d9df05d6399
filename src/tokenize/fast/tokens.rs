use xxhash_rust::xxh3::xxh3_64;

/// The bytes of every id, and the ids of model tokens by their bytes.
pub(super) struct Tokens {
    bytes: Vec<u8>,
    /// Start of each id's bytes; one more entry than ids. Ids that do not exist have none.
    starts: Vec<u32>,
    exists: Vec<bool>,
    /// Open addressing: half of the hash, and the id plus one; 0 is empty.
    slots: Vec<u64>,
    longest: usize,
}

impl Tokens {
    /// `model` and `added` are (id, bytes). An added token's bytes win over those of the model for reading ids back, and
    /// only model tokens are found by their bytes. `None` when the bytes do not fit 32-bit offsets.
    pub(super) fn new(model: &[(u32, Vec<u8>)], added: &[(u32, Vec<u8>)], size: u32) -> Option<Self> {
        let mut by_id: Vec<Option<&[u8]>> = vec![None; size as usize];
        for (id, bytes) in model.iter().chain(added) {
            by_id[*id as usize] = Some(bytes);
        }
        let mut tokens = Self { bytes: Vec::new(), starts: vec![0], exists: Vec::new(), slots: Vec::new(), longest: 0 };
        for bytes in by_id {
            tokens.bytes.extend_from_slice(bytes.unwrap_or_default());
            tokens.starts.push(u32::try_from(tokens.bytes.len()).ok()?);
            tokens.exists.push(bytes.is_some());
        }
        tokens.slots = vec![0; (model.len() * 2).next_power_of_two()];
        let mask = tokens.slots.len() - 1;
        for (id, bytes) in model {
            // An added token that took the id of a model token has the same spelling, but not always the same bytes.
            if tokens.get(*id) != Some(bytes) {
                return None;
            }
            let hash = xxh3_64(bytes);
            let mut slot = hash as usize & mask;
            while tokens.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            tokens.slots[slot] = hash >> 32 << 32 | u64::from(id + 1);
            tokens.longest = tokens.longest.max(bytes.len());
        }
        Some(tokens)
    }

    /// The bytes of an id.
    pub(super) fn get(&self, id: u32) -> Option<&[u8]> {
        let at = id as usize;
        let exists = *self.exists.get(at)?;
        exists.then(|| &self.bytes[self.starts[at] as usize..self.starts[at + 1] as usize])
    }

    /// The model token with exactly these bytes.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<u32> {
        if bytes.len() > self.longest {
            return None;
        }
        let (mask, hash) = (self.slots.len() - 1, xxh3_64(bytes));
        let mut slot = hash as usize & mask;
        loop {
            let entry = self.slots[slot];
            let id = (entry as u32).checked_sub(1)?;
            // The half of the hash first: the bytes of the token lie elsewhere.
            if entry >> 32 == hash >> 32 && self.get(id) == Some(bytes) {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
    }
}
