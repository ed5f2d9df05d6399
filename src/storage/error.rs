use super::address::{is_url, masked};
use std::io;

/// A failure of the world: the disk is full, a permission is missing, a file has gone. Never bad data.
///
/// The run stops cleanly on it and goes on when the same command is typed again.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`: {}{}", masked(path), masked(&source.to_string()), hint(path, source))]
pub struct StorageError {
    /// What was tried, as a verb phrase: `write`, `open`, `seal`.
    pub action: &'static str,
    /// The file it was tried on.
    pub path: String,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl StorageError {
    /// Wraps a system error with what was tried on which file.
    pub fn new(action: &'static str, path: impl Into<String>, source: io::Error) -> Self {
        Self { action, path: path.into(), source }
    }
}

/// The way out for the errors that people meet most.
fn hint(path: &str, source: &io::Error) -> &'static str {
    // An error inside says its own way out.
    if source.get_ref().is_some_and(|inner| inner.is::<StorageError>()) {
        return "";
    }
    match source.kind() {
        io::ErrorKind::PermissionDenied if is_url(path) => {
            " (check, and where they expired renew, the credentials in the environment or the profile)"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            " (free some space and run the same command again: it goes on where it stopped)"
        }
        io::ErrorKind::PermissionDenied => " (check the owner and mode of the file and its folder)",
        io::ErrorKind::ReadOnlyFilesystem => " (choose another `output.dir`)",
        _ => "",
    }
}

/// Turns an `io::Result` into one that names the action and the file.
pub(crate) trait Named<T> {
    /// Adds what was tried and on which file.
    fn named(self, action: &'static str, path: &str) -> Result<T, StorageError>;
}

impl<T> Named<T> for io::Result<T> {
    fn named(self, action: &'static str, path: &str) -> Result<T, StorageError> {
        self.map_err(|source| StorageError::new(action, path, source))
    }
}
