//! Edits of the text that no metric looks at: one file each.

pub mod addresses;
pub mod newlines;
