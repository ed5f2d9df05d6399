//! Signing in datatrove's way: shingles as joined text, hashed one by one.

use super::config::ShingleHash;
use super::{BLOCK, MinHash, Work};
use crate::dedup::frame::{u32_at, u64_at};
use sha1::{Digest, Sha1};
use xxhash_rust::xxh64::xxh64;

/// One document on its way through the datatrove family.
pub(super) struct Adder<'m, 'w> {
    pub owner: &'m MinHash,
    pub hash: ShingleHash,
    pub constants: (&'m [u64], &'m [u64]),
    pub work: &'w mut Work,
}

impl Adder<'_, '_> {
    pub fn start(&mut self, separator: Option<u8>) {
        self.work.window.start(self.owner.config.ngram, separator);
    }

    pub fn token(&mut self, token: &[u8]) {
        self.work.window.push(token);
        if self.work.window.is_full() {
            self.shingle();
        }
    }

    fn shingle(&mut self) {
        let work = &mut *self.work;
        work.window.join(&mut work.bytes);
        let h = shingle_hash(self.hash, &work.bytes);
        work.block64.push(h);
        if work.block64.len() == BLOCK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let mask = if self.hash == ShingleHash::Sha1_32 { u64::from(u32::MAX) } else { u64::MAX };
        self.owner.runner.minima61(self.constants, mask, &self.work.block64, &mut self.work.signature);
        self.work.block64.clear();
    }

    /// Closes the document and returns its number of tokens.
    pub fn finish(mut self) -> usize {
        let seen = self.work.window.seen();
        if seen > 0 && !self.work.window.is_full() {
            self.shingle();
        }
        self.flush();
        seen
    }
}

fn shingle_hash(hash: ShingleHash, bytes: &[u8]) -> u64 {
    match hash {
        ShingleHash::XxHash64 => xxh64(bytes, 0),
        ShingleHash::Sha1_64 => u64_at(&Sha1::digest(bytes), 0),
        ShingleHash::Sha1_32 => u32_at(&Sha1::digest(bytes), 0).into(),
    }
}
