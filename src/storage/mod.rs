//! The only door to storage: files, object stores and web servers behind the same trait.
//!
//! Every byte that is read or written passes here. [`Medium`] is what the program asks for; [`Folder`] gives it over
//! [`Files`]: [`Anywhere`], which is [`Real`] (the only user of `std::fs`) for paths and `objects` for addresses such as
//! `s3://…`; and [`Memory`], the twin that forgets what was not synced and fails or crashes at the k-th call.
//!
//! A result file is *sealed*: written under a temporary name, synced, renamed without replacing, its folder synced; on an
//! object store uploaded, and completed only if nothing has its name. So a file under its final name is complete and never
//! changes.

pub mod address;
mod anywhere;
pub mod capped;
mod door;
mod environment;
mod error;
mod files;
pub mod gzip;
mod lz4;
mod memory;
#[cfg(feature = "object-store")]
mod objects;
mod real;
mod renamed;
pub mod segments;
pub mod source;
pub mod zip;

pub use anywhere::Anywhere;
pub use door::{Folder, Medium, Pending, SealedFile};
pub use environment::Environment;
pub(crate) use error::Named;
pub use error::StorageError;
pub use files::{Files, Lock, NewFile, RangedFile, ScratchFile, Stat};
pub use memory::{Memory, Trouble};
#[cfg(feature = "object-store")]
pub use objects::Objects;
pub use real::Real;

#[cfg(test)]
mod tests;
