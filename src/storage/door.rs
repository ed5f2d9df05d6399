//! The door: what the rest of the program may ask of storage.

use super::error::{Named, StorageError};
use super::files::{Files, Lock, NewFile, RangedFile, ScratchFile, Stat};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

/// A sealed file as records and the manifest name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFile {
    /// Path below the run directory.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
    /// BLAKE3 of the content, 64 hexadecimal digits.
    pub blake3: String,
}

/// A file that nobody sees until it is sealed. Dropping it unsealed leaves nothing under the final name.
pub trait Pending: Write + Send {
    /// Publishes the file under its name if no file has that name yet. Its content is durable, its name once [`Medium::settle`] was
    /// called for its folder: one call serves all files of a unit.
    ///
    /// If another attempt was first, its file stays and this one is thrown away: units are pure, so both are equal.
    ///
    /// # Errors
    /// When the system cannot write, sync or rename.
    fn seal(self: Box<Self>) -> Result<SealedFile, StorageError>;
}

/// A place for files: a run directory, the inputs, a bucket. Keys are `/`-separated paths below its root.
///
/// On an object store `list` goes by prefix, reads are ranged, and `create` + `seal` is an upload that is completed by
/// put-if-absent.
pub trait Medium: Send + Sync {
    /// Names in a folder, sorted; empty for a folder that does not exist.
    ///
    /// # Errors
    /// When the system refuses.
    fn list(&self, folder: &str) -> Result<Vec<(String, Stat)>, StorageError>;
    /// What is known of a key; `None` if nothing is there.
    ///
    /// # Errors
    /// When the system refuses.
    fn stat(&self, key: &str) -> Result<Option<Stat>, StorageError>;
    /// Opens for sequential reading from `offset` on.
    ///
    /// # Errors
    /// When it is not there or the system refuses.
    fn open(&self, key: &str, offset: u64) -> Result<Box<dyn Read + Send>, StorageError>;
    /// Opens for ranged reading.
    ///
    /// # Errors
    /// When it is not there or the system refuses.
    fn open_ranged(&self, key: &str) -> Result<Box<dyn RangedFile>, StorageError>;
    /// Begins a file that becomes visible when it is sealed.
    ///
    /// # Errors
    /// When the system refuses.
    fn create(&self, key: &str) -> Result<Box<dyn Pending>, StorageError>;
    /// Makes the names of all files that were sealed in a folder survive a power cut.
    ///
    /// # Errors
    /// When the system refuses.
    fn settle(&self, folder: &str) -> Result<(), StorageError>;
    /// Replaces a whole small file atomically: for what may be rebuilt (reports), never for results.
    ///
    /// # Errors
    /// When the system refuses.
    fn replace(&self, key: &str, content: &[u8]) -> Result<(), StorageError>;
    /// Removes a file; one that is not there is no error.
    ///
    /// # Errors
    /// When the system refuses.
    fn remove(&self, key: &str) -> Result<(), StorageError>;
    /// Removes a folder and all in it; one that is not there is no error.
    ///
    /// # Errors
    /// When the system refuses.
    fn remove_folder(&self, key: &str) -> Result<(), StorageError>;
    /// Takes a lock for this process; `Err(holder)` names who has it.
    ///
    /// # Errors
    /// When the system refuses.
    fn lock(&self, key: &str, holder: &str) -> Result<Result<Box<dyn Lock>, String>, StorageError>;
    /// Takes a lock together with others that do the same; `Err(holder)` names who has it alone.
    ///
    /// # Errors
    /// When the system refuses.
    fn lock_shared(&self, key: &str) -> Result<Result<Box<dyn Lock>, String>, StorageError>;
    /// How long a lock may outlive a process that was killed: zero where the system lets it go at once.
    fn lock_outlives(&self) -> Duration;
    /// Creates a nameless file for sorted runs in a folder; it vanishes when dropped.
    ///
    /// # Errors
    /// When the system refuses.
    fn scratch(&self, folder: &str) -> Result<Box<dyn ScratchFile>, StorageError>;
    /// Bytes that are free for this medium; `None` where that cannot be told.
    fn free(&self) -> Option<u64>;
    /// Opens a log for appending; not part of the output.
    ///
    /// # Errors
    /// When the system refuses.
    fn append(&self, key: &str) -> Result<Box<dyn Write + Send>, StorageError>;

    /// Reads a whole file.
    ///
    /// # Errors
    /// When it is not there or the system refuses.
    fn read(&self, key: &str) -> Result<Vec<u8>, StorageError> {
        let mut out = Vec::new();
        self.open(key, 0)?.read_to_end(&mut out).named("read", key)?;
        Ok(out)
    }

    /// Seals `content` under `key` (see [`Pending::seal`]), for files whose folder is settled later: those of a unit.
    ///
    /// # Errors
    /// When the system refuses.
    fn put_unsettled(&self, key: &str, content: &[u8]) -> Result<SealedFile, StorageError> {
        let mut file = self.create(key)?;
        file.write_all(content).named("write", key)?;
        file.seal()
    }

    /// Seals `content` under `key`, its name durable as well.
    ///
    /// # Errors
    /// When the system refuses.
    fn put(&self, key: &str, content: &[u8]) -> Result<SealedFile, StorageError> {
        let sealed = self.put_unsettled(key, content)?;
        self.settle(parent(key))?;
        Ok(sealed)
    }
}

/// A folder as a [`Medium`].
#[derive(Clone)]
pub struct Folder {
    files: Arc<dyn Files>,
    root: String,
}

impl Folder {
    /// The folder `root` of the given files; an empty root means paths as they are typed.
    #[must_use]
    pub fn new(files: Arc<dyn Files>, root: &str) -> Self {
        Self { files, root: root.trim_end_matches('/').to_owned() }
    }

    fn path(&self, key: &str) -> String {
        match (self.root.is_empty(), key.is_empty()) {
            (true, _) => key.to_owned(),
            (false, true) => self.root.clone(),
            (false, false) => format!("{}/{key}", self.root),
        }
    }
}

pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A file and the hash of what went into it. It stands behind the buffer, so that the hash takes many bytes at once.
struct Hashed {
    file: Box<dyn NewFile>,
    bytes: u64,
    hasher: blake3::Hasher,
}

impl Write for Hashed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

struct Unsealed {
    file: Option<io::BufWriter<Hashed>>,
    key: String,
    path: String,
}

impl Write for Unsealed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.file.as_mut().ok_or_else(|| io::Error::other("the file is already sealed"))?.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Pending for Unsealed {
    fn seal(mut self: Box<Self>) -> Result<SealedFile, StorageError> {
        let buffered = self
            .file
            .take()
            .ok_or_else(|| StorageError::new("seal", &self.path, io::Error::other("the file is already sealed")))?;
        let hashed = buffered.into_inner().map_err(io::IntoInnerError::into_error).named("write", &self.path)?;
        hashed.file.publish().named("seal", &self.path)?;
        Ok(SealedFile {
            path: std::mem::take(&mut self.key),
            bytes: hashed.bytes,
            blake3: hashed.hasher.finalize().to_hex().to_string(),
        })
    }
}

/// Bytes gathered before a write call: large, since the engine writes whole blocks anyway.
const WRITE_BUFFER: usize = 256 * 1024;

impl Medium for Folder {
    fn list(&self, folder: &str) -> Result<Vec<(String, Stat)>, StorageError> {
        let path = self.path(folder);
        self.files.list(if path.is_empty() { "." } else { &path }).named("list", &path)
    }

    fn stat(&self, key: &str) -> Result<Option<Stat>, StorageError> {
        let path = self.path(key);
        self.files.stat(&path).named("look at", &path)
    }

    fn open(&self, key: &str, offset: u64) -> Result<Box<dyn Read + Send>, StorageError> {
        let path = self.path(key);
        self.files.open(&path, offset).named("open", &path)
    }

    fn open_ranged(&self, key: &str) -> Result<Box<dyn RangedFile>, StorageError> {
        let path = self.path(key);
        self.files.open_ranged(&path).named("open", &path)
    }

    fn create(&self, key: &str) -> Result<Box<dyn Pending>, StorageError> {
        let path = self.path(key);
        self.files.create_folders(parent(&path)).named("create the folder of", &path)?;
        let file = self.files.create(&path).named("create", &path)?;
        Ok(Box::new(Unsealed {
            file: Some(io::BufWriter::with_capacity(
                WRITE_BUFFER,
                Hashed { file, bytes: 0, hasher: blake3::Hasher::new() },
            )),
            key: key.to_owned(),
            path,
        }))
    }

    fn settle(&self, folder: &str) -> Result<(), StorageError> {
        let path = self.path(folder);
        self.files.settle(&path).named("sync the folder", &path)
    }

    fn replace(&self, key: &str, content: &[u8]) -> Result<(), StorageError> {
        let path = self.path(key);
        self.files.create_folders(parent(&path)).named("create the folder of", &path)?;
        self.files.replace(&path, content).named("write", &path)
    }

    fn remove(&self, key: &str) -> Result<(), StorageError> {
        let path = self.path(key);
        self.files.remove(&path).named("remove", &path)
    }

    fn remove_folder(&self, key: &str) -> Result<(), StorageError> {
        let path = self.path(key);
        self.files.remove_folder(&path).named("remove", &path)
    }

    fn lock(&self, key: &str, holder: &str) -> Result<Result<Box<dyn Lock>, String>, StorageError> {
        let path = self.path(key);
        self.files.create_folders(parent(&path)).named("create the folder of", &path)?;
        self.files.lock(&path, holder).named("lock", &path)
    }

    fn lock_shared(&self, key: &str) -> Result<Result<Box<dyn Lock>, String>, StorageError> {
        let path = self.path(key);
        self.files.create_folders(parent(&path)).named("create the folder of", &path)?;
        self.files.lock_shared(&path).named("lock", &path)
    }

    fn scratch(&self, folder: &str) -> Result<Box<dyn ScratchFile>, StorageError> {
        let path = self.path(folder);
        self.files.create_folders(&path).named("create the folder", &path)?;
        self.files.scratch(&path).named("create scratch space in", &path)
    }

    fn lock_outlives(&self) -> Duration {
        self.files.lock_outlives(&self.root)
    }

    fn free(&self) -> Option<u64> {
        self.files.free(if self.root.is_empty() { "." } else { &self.root })
    }

    fn append(&self, key: &str) -> Result<Box<dyn Write + Send>, StorageError> {
        let path = self.path(key);
        self.files.append(&path).named("open the log", &path)
    }
}
