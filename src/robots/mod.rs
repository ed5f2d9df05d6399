//! The Robots Exclusion Protocol (RFC 9309): what a site lets which agent fetch, and a compact table of it for many hosts.
//!
//! Pure: the captures come from elsewhere. [`Builder`] takes them in any order and gives the same [`Table`].

mod file;
mod pattern;
mod table;

#[cfg(test)]
mod tests;

pub use file::{MAX_BYTES, RuleSet, product_token, rules_for};
pub use table::{Answer, Builder, Finding, Table, authority, is_robots_url, stamp};
