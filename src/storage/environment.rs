//! What the environment says about storage: credentials, endpoints, a place for scratch files. Never shown, never written.

use std::collections::BTreeMap;

/// Environment variables, taken once when the program begins. There is no way to print them.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The given variables.
    #[must_use]
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// A variable that is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The variables whose names begin so.
    #[cfg(feature = "object-store")]
    pub(super) fn beginning<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = self.0.iter().filter(move |(name, value)| name.starts_with(prefix) && !value.is_empty());
        named.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The folder for scratch files where the output has no folder of its own: `GRISTMILL_SCRATCH`, `TMPDIR`, or `/tmp`.
    #[cfg(feature = "object-store")]
    pub(super) fn scratch(&self) -> &str {
        self.get("GRISTMILL_SCRATCH").or_else(|| self.get("TMPDIR")).unwrap_or("/tmp")
    }
}
