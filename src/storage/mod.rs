//! The only door to storage: files now, object stores behind the same trait later.
//!
//! Every byte that is read or written passes here. [`Medium`] is what the program asks for; [`Folder`] gives it over
//! [`Files`], of which there are two: [`Real`] (the only user of `std::fs`) and [`Memory`], the twin that forgets what was
//! not synced and fails or crashes at the k-th call.
//!
//! A result file is *sealed*: written under a temporary name, synced, renamed without replacing, its folder synced. So a
//! file under its final name is complete and never changes.

pub mod capped;
mod door;
mod error;
mod files;
pub mod gzip;
mod lz4;
mod memory;
mod real;
pub mod segments;
pub mod source;
pub mod zip;

pub use door::{Folder, Medium, Pending, SealedFile};
pub(crate) use error::Named;
pub use error::StorageError;
pub use files::{Files, Lock, NewFile, RangedFile, ScratchFile, Stat};
pub use memory::{Memory, Trouble};
pub use real::Real;

#[cfg(test)]
mod tests;
