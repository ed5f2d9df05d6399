//! Files anywhere: local paths and addresses side by side.

use super::address;
use super::environment::Environment;
use super::files::{Files, Lock, NewFile, RangedFile, ScratchFile, Stat};
#[cfg(feature = "object-store")]
use super::objects::Objects;
use super::real::Real;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

/// Local files for paths, object stores and web servers for addresses (`s3://…`).
#[derive(Clone)]
pub struct Anywhere {
    elsewhere: Arc<dyn Files>,
}

impl Anywhere {
    /// Everything that the environment gives access to. Nothing is connected to before an address is opened.
    #[must_use]
    #[cfg(feature = "object-store")]
    pub fn new(environment: Environment) -> Self {
        Self::with(Objects::new(environment))
    }

    /// Local files alone.
    #[must_use]
    #[cfg(not(feature = "object-store"))]
    pub fn new(_environment: Environment) -> Self {
        Self { elsewhere: Arc::new(Real) }
    }

    /// Local files, and these objects for addresses.
    #[must_use]
    #[cfg(feature = "object-store")]
    pub fn with(objects: Objects) -> Self {
        Self { elsewhere: Arc::new(objects) }
    }

    fn of(&self, path: &str) -> io::Result<&dyn Files> {
        let Some(scheme) = address::scheme(path) else { return Ok(&Real) };
        if !address::STORES.contains(&scheme) && !address::READ_ONLY.contains(&scheme) {
            let known = address::STORES.iter().chain(&address::READ_ONLY).map(|one| format!("{one}://"));
            let known: Vec<String> = known.collect();
            return Err(unsupported(format!("addresses begin with one of {}", known.join(", "))));
        }
        if cfg!(feature = "object-store") {
            Ok(self.elsewhere.as_ref())
        } else {
            Err(unsupported("this build opens local files only; build it with `--features object-store`".to_owned()))
        }
    }
}

fn unsupported(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, what)
}

impl Files for Anywhere {
    fn list(&self, folder: &str) -> io::Result<Vec<(String, Stat)>> {
        self.of(folder)?.list(folder)
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        self.of(path)?.stat(path)
    }

    fn open(&self, path: &str, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        self.of(path)?.open(path, offset)
    }

    fn open_ranged(&self, path: &str) -> io::Result<Box<dyn RangedFile>> {
        self.of(path)?.open_ranged(path)
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn NewFile>> {
        self.of(path)?.create(path)
    }

    fn settle(&self, folder: &str) -> io::Result<()> {
        self.of(folder)?.settle(folder)
    }

    fn replace(&self, path: &str, content: &[u8]) -> io::Result<()> {
        self.of(path)?.replace(path, content)
    }

    fn create_folders(&self, folder: &str) -> io::Result<()> {
        self.of(folder)?.create_folders(folder)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.of(path)?.remove(path)
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.of(path)?.remove_folder(path)
    }

    fn lock(&self, path: &str, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        self.of(path)?.lock(path, holder)
    }

    fn lock_shared(&self, path: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        self.of(path)?.lock_shared(path)
    }

    fn lock_outlives(&self, path: &str) -> Duration {
        self.of(path).map_or(Duration::ZERO, |files| files.lock_outlives(path))
    }

    fn free(&self, path: &str) -> Option<u64> {
        self.of(path).ok()?.free(path)
    }

    fn scratch(&self, folder: &str) -> io::Result<Box<dyn ScratchFile>> {
        self.of(folder)?.scratch(folder)
    }

    fn append(&self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        self.of(path)?.append(path)
    }
}
