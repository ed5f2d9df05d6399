use super::ModelError;

/// A cursor over the bytes of a model. Every read is checked against what is left, so no length in the file can make
/// the loader allocate more than a small multiple of the file's own size.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: usize, part: &'static str) -> Result<&'a [u8], ModelError> {
        if n > self.rest.len() {
            return Err(ModelError::Truncated { part, needed: (n - self.rest.len()) as u64 });
        }
        let (head, tail) = self.rest.split_at(n);
        self.rest = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], ModelError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N, part)?);
        Ok(out)
    }

    pub(super) fn u8(&mut self, part: &'static str) -> Result<u8, ModelError> {
        Ok(self.array::<1>(part)?[0])
    }

    pub(super) fn i32(&mut self, part: &'static str) -> Result<i32, ModelError> {
        Ok(i32::from_le_bytes(self.array(part)?))
    }

    pub(super) fn i64(&mut self, part: &'static str) -> Result<i64, ModelError> {
        Ok(i64::from_le_bytes(self.array(part)?))
    }

    /// A one-byte boolean.
    pub(super) fn flag(&mut self, field: &'static str) -> Result<bool, ModelError> {
        match self.u8(field)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(ModelError::Field { field, value: i64::from(other) }),
        }
    }

    /// A 32-bit count that must lie in `low..=high`.
    pub(super) fn count(&mut self, field: &'static str, low: i32, high: i32) -> Result<usize, ModelError> {
        let value = self.i32(field)?;
        check(field, i64::from(value), i64::from(low), i64::from(high))
    }

    /// A 64-bit count that must lie in `low..=high`.
    pub(super) fn count64(&mut self, field: &'static str, low: i64, high: i64) -> Result<usize, ModelError> {
        let value = self.i64(field)?;
        check(field, value, low, high)
    }

    /// `n` little-endian floats. NaN and infinities are refused: one of them would poison every score.
    pub(super) fn floats(&mut self, n: usize, part: &'static str) -> Result<Vec<f32>, ModelError> {
        let bytes = n.checked_mul(4).ok_or(ModelError::Field { field: part, value: i64::MAX })?;
        let raw = self.take(bytes, part)?;
        let out: Vec<f32> = raw.chunks_exact(4).map(|c| f32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
        match out.iter().position(|x| !x.is_finite()) {
            Some(_) => Err(ModelError::Field { field: part, value: i64::MIN }),
            None => Ok(out),
        }
    }

    /// A string up to the next zero byte, without it.
    pub(super) fn c_string(&mut self, part: &'static str) -> Result<&'a [u8], ModelError> {
        let end = self.rest.iter().position(|&b| b == 0).ok_or(ModelError::Truncated { part, needed: 1 })?;
        let word = self.take(end, part)?;
        self.take(1, part)?;
        Ok(word)
    }
}

fn check(field: &'static str, value: i64, low: i64, high: i64) -> Result<usize, ModelError> {
    if (low..=high).contains(&value)
        && let Ok(n) = usize::try_from(value)
    {
        return Ok(n);
    }
    Err(ModelError::Field { field, value })
}
