//! How a file appears whole on a file system: under a temporary name first, synced, renamed. Its name survives a power cut once its folder
//! is synced, which serves all files that were renamed there before.

use super::door::parent;
use super::files::NewFile;
use std::io::{self, Write};

/// The calls of a file system that publishing is made of.
pub(super) trait FileSystem: Clone + Send + Sync + 'static {
    /// A file open for writing.
    type File: Write + Send;
    /// Creates (or empties) a file.
    fn create_raw(&self, path: &str) -> io::Result<Self::File>;
    /// Makes what was written survive a power cut. After an error the file must be given up: a second sync may lie.
    fn sync(&self, file: &mut Self::File) -> io::Result<()>;
    /// Renames unless the target exists. `false`: it exists, and nothing was changed.
    fn rename_new(&self, from: &str, to: &str) -> io::Result<bool>;
    /// Renames over whatever stands at the target.
    fn rename_over(&self, from: &str, to: &str) -> io::Result<()>;
    /// Makes the names in a folder survive a power cut.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;
    /// Removes a file; one that is not there is no error.
    fn remove_raw(&self, path: &str) -> io::Result<()>;
}

/// A file under its temporary name.
pub(super) struct Renamed<F: FileSystem> {
    system: F,
    file: Option<F::File>,
    /// Empty once nothing stands there any more.
    temporary: String,
    path: String,
}

impl<F: FileSystem> Renamed<F> {
    /// Begins a file that will appear under `path`.
    pub(super) fn create(system: &F, path: &str) -> io::Result<Self> {
        let temporary = format!("{path}.{}.tmp", super::files::unique());
        let file = Some(system.create_raw(&temporary)?);
        Ok(Self { system: system.clone(), file, temporary, path: path.to_owned() })
    }

    /// Content first, then the name: after a power cut a name never points at missing bytes.
    fn finish(&mut self, rename: impl Fn(&F, &str, &str) -> io::Result<bool>) -> io::Result<bool> {
        let mut file = self.file.take().ok_or_else(|| io::Error::other("the file is already published"))?;
        self.system.sync(&mut file)?;
        drop(file);
        let first = rename(&self.system, &self.temporary, &self.path)?;
        if !first {
            self.system.remove_raw(&self.temporary)?;
        }
        self.temporary.clear();
        Ok(first)
    }

    /// Writes a whole file over whatever stands at `path`.
    pub(super) fn replace(system: &F, path: &str, content: &[u8]) -> io::Result<()> {
        let mut new = Self::create(system, path)?;
        new.write_all(content)?;
        new.finish(|system, from, to| system.rename_over(from, to).map(|()| true))?;
        system.sync_folder(parent(path))
    }
}

impl<F: FileSystem> Write for Renamed<F> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.file.as_mut().ok_or_else(|| io::Error::other("the file is already published"))?.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl<F: FileSystem> NewFile for Renamed<F> {
    fn publish(mut self: Box<Self>) -> io::Result<bool> {
        self.finish(F::rename_new)
    }
}

impl<F: FileSystem> Drop for Renamed<F> {
    fn drop(&mut self) {
        if !self.temporary.is_empty() {
            drop(self.file.take());
            // Best effort: a left-over `.tmp` is swept at the next start.
            let _ = self.system.remove_raw(&self.temporary);
        }
    }
}
