//! The real file system: the only user of `std::fs` in the program.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is the one home of std::fs")]

use super::files::{Files, Lock, NewFile, RangedFile, ScratchFile, Stat};
use super::renamed::{FileSystem, Renamed};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// Local files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Real;

struct Ranged {
    file: File,
    bytes: u64,
}

impl RangedFile for Ranged {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}

/// The open file holds the lock; the system lets it go when the process ends, however it ends.
struct Held(#[allow(dead_code, reason = "held for its lock")] File);

impl Lock for Held {}

fn stat_of(meta: &fs::Metadata) -> Stat {
    let modified = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
    Stat {
        bytes: if meta.is_dir() { 0 } else { meta.len() },
        folder: meta.is_dir(),
        modified: u128::try_from(modified).unwrap_or(0),
    }
}

fn absent_is<T>(result: io::Result<T>, value: T) -> io::Result<T> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(value),
        other => other,
    }
}

impl FileSystem for Real {
    type File = File;

    fn create_raw(&self, path: &str) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(path)
    }

    fn sync(&self, file: &mut File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename_new(&self, from: &str, to: &str) -> io::Result<bool> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::EXIST) => Ok(false),
            // Some file systems (older NFS, some overlays) lack the flag: a hard link refuses to replace as well.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => match fs::hard_link(from, to) {
                Ok(()) => fs::remove_file(from).map(|()| true),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(error),
            },
            Err(errno) => Err(errno.into()),
        }
    }

    fn rename_over(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        File::open(if folder.is_empty() { "." } else { folder })?.sync_all()
    }

    fn remove_raw(&self, path: &str) -> io::Result<()> {
        self.remove(path)
    }
}

impl Files for Real {
    fn list(&self, folder: &str) -> io::Result<Vec<(String, Stat)>> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut out = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| {
                io::Error::new(io::ErrorKind::InvalidData, format!("file name {name:?} is not UTF-8; rename it"))
            })?;
            // Follows links: inputs are often linked into place. A dangling link is passed over.
            if let Some(stat) = absent_is(fs::metadata(entry.path()).map(|meta| Some(stat_of(&meta))), None)? {
                out.push((name, stat));
            }
        }
        out.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(out)
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        absent_is(fs::metadata(path).map(|meta| Some(stat_of(&meta))), None)
    }

    fn open(&self, path: &str, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(path)?;
        if offset > 0 {
            file.seek(SeekFrom::Start(offset))?;
        }
        Ok(Box::new(file))
    }

    fn open_ranged(&self, path: &str) -> io::Result<Box<dyn RangedFile>> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Box::new(Ranged { file, bytes }))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn NewFile>> {
        Ok(Box::new(Renamed::create(self, path)?))
    }

    fn settle(&self, folder: &str) -> io::Result<()> {
        self.sync_folder(folder)
    }

    fn replace(&self, path: &str, content: &[u8]) -> io::Result<()> {
        Renamed::replace(self, path, content)
    }

    fn create_folders(&self, folder: &str) -> io::Result<()> {
        if folder.is_empty() { Ok(()) } else { fs::create_dir_all(folder) }
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        absent_is(fs::remove_file(path), ())
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        absent_is(fs::remove_dir_all(path), ())
    }

    fn lock(&self, path: &str, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(holder.as_bytes())?;
                Ok(Ok(Box::new(Held(file))))
            }
            Err(fs::TryLockError::WouldBlock) => {
                let mut who = String::new();
                file.read_to_string(&mut who)?;
                Ok(Err(who))
            }
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn lock_shared(&self, path: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock_shared() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(b"workers")?;
                Ok(Ok(Box::new(Held(file))))
            }
            Err(fs::TryLockError::WouldBlock) => {
                let mut who = String::new();
                file.read_to_string(&mut who)?;
                Ok(Err(who))
            }
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn scratch(&self, folder: &str) -> io::Result<Box<dyn ScratchFile>> {
        let path = format!("{folder}/scratch.{}.tmp", super::files::unique());
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        // Without a name it vanishes with the process, however that ends.
        fs::remove_file(&path)?;
        Ok(Box::new(file))
    }

    fn lock_outlives(&self, _path: &str) -> Duration {
        Duration::ZERO
    }

    fn free(&self, path: &str) -> Option<u64> {
        // The folder may be made later: what counts is the nearest one above it that is there.
        let path = std::path::absolute(path).ok()?;
        let found = path.ancestors().find_map(|folder| rustix::fs::statvfs(folder).ok())?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }

    fn append(&self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        if let Some(parent) = Path::new(path).parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(Box::new(OpenOptions::new().append(true).create(true).open(path)?))
    }
}
