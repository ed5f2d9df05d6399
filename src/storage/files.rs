//! The file-system calls that the door is built on, as a trait, so that a twin in memory can fail and crash at each.

use std::io::{self, Read, Seek, Write};
use std::time::Duration;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Length in bytes; 0 for a folder.
    pub bytes: u64,
    /// Whether it is a folder.
    pub folder: bool,
    /// Last modification, nanoseconds since 1970; only ever compared, never written into an output.
    pub modified: u128,
}

/// A file being written: nobody sees it until it is published. Dropping it before leaves nothing under its name.
pub trait NewFile: Write + Send {
    /// Makes the file appear whole under its name, unless something has that name. `false`: it has, and that stays. The content is
    /// durable; the name is once [`Files::settle`] was called for its folder.
    ///
    /// # Errors
    /// Whatever the system says. The file must then be given up.
    fn publish(self: Box<Self>) -> io::Result<bool>;
}

/// A file that is read in ranges.
pub trait RangedFile: Send + Sync {
    /// Length in bytes.
    fn bytes(&self) -> u64;
    /// Fills `buffer` from `offset`.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file ends before the buffer is full, or whatever the system says.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// A nameless file for sorted runs: it is gone when it is dropped, or when the process ends.
pub trait ScratchFile: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> ScratchFile for T {}

/// A held lock; letting it go unlocks.
pub trait Lock: Send + Sync {}

/// The calls that the door makes. Paths are `/`-separated.
pub trait Files: Send + Sync {
    /// Names in a folder, sorted; a folder that does not exist is empty.
    ///
    /// # Errors
    /// Whatever the system says.
    fn list(&self, folder: &str) -> io::Result<Vec<(String, Stat)>>;
    /// What is known of `path`; `None` if it does not exist.
    ///
    /// # Errors
    /// Whatever the system says.
    fn stat(&self, path: &str) -> io::Result<Option<Stat>>;
    /// Opens for reading from `offset` on.
    ///
    /// # Errors
    /// Whatever the system says.
    fn open(&self, path: &str, offset: u64) -> io::Result<Box<dyn Read + Send>>;
    /// Opens for reading in ranges.
    ///
    /// # Errors
    /// Whatever the system says.
    fn open_ranged(&self, path: &str) -> io::Result<Box<dyn RangedFile>>;
    /// Begins a file that appears under `path` when it is published.
    ///
    /// # Errors
    /// Whatever the system says.
    fn create(&self, path: &str) -> io::Result<Box<dyn NewFile>>;
    /// Makes the names of all files that were published in a folder survive a power cut.
    ///
    /// # Errors
    /// Whatever the system says.
    fn settle(&self, folder: &str) -> io::Result<()>;
    /// Writes a whole small file over whatever stands at `path`, atomically and durably.
    ///
    /// # Errors
    /// Whatever the system says.
    fn replace(&self, path: &str, content: &[u8]) -> io::Result<()>;
    /// Creates a folder and those above it.
    ///
    /// # Errors
    /// Whatever the system says.
    fn create_folders(&self, folder: &str) -> io::Result<()>;
    /// Removes a file; one that is not there is no error.
    ///
    /// # Errors
    /// Whatever the system says.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Removes a folder and all in it; one that is not there is no error.
    ///
    /// # Errors
    /// Whatever the system says.
    fn remove_folder(&self, path: &str) -> io::Result<()>;
    /// Takes the lock file `path` for this process, writing `holder` into it; `Err(holder)` says who has it.
    ///
    /// # Errors
    /// Whatever the system says.
    fn lock(&self, path: &str, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>>;
    /// Takes the lock file `path` together with others that do the same; `Err(holder)` says who has it alone.
    ///
    /// # Errors
    /// Whatever the system says.
    fn lock_shared(&self, path: &str) -> io::Result<Result<Box<dyn Lock>, String>>;
    /// How long a lock below `path` may outlive a process that was killed: zero where the system lets it go at once.
    fn lock_outlives(&self, path: &str) -> Duration;
    /// Bytes that a file below `path` could still take; `None` where that cannot be told.
    fn free(&self, path: &str) -> Option<u64>;
    /// Creates a nameless file in a folder.
    ///
    /// # Errors
    /// Whatever the system says.
    fn scratch(&self, folder: &str) -> io::Result<Box<dyn ScratchFile>>;
    /// Opens a log for appending.
    ///
    /// # Errors
    /// Whatever the system says.
    fn append(&self, path: &str) -> io::Result<Box<dyn Write + Send>>;
}

/// A part of a file name that no other process uses, on no machine: process ids alone are the same on two machines.
pub(super) fn unique() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}-{}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed))
}
