//! The twin in memory: a file system that forgets what was not synced, and fails or crashes at the k-th call.

use super::files::{Files, Lock, NewFile, RangedFile, ScratchFile, Stat};
use super::renamed::{FileSystem, Renamed};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What shall go wrong, and when. Calls are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// The k-th call and all after it fail: the process is gone. [`Memory::after_crash`] shows what a restart finds.
    CrashAt(u64),
    /// The k-th call fails once with this error; later calls work.
    FailOnceAt(u64, io::ErrorKind),
    /// The k-th call and all after it fail with this error (a full disk).
    FailFrom(u64, io::ErrorKind),
}

#[derive(Default, Clone)]
struct Content {
    /// What a reader sees now.
    live: Vec<u8>,
    /// What a power cut leaves.
    durable: Vec<u8>,
}

#[derive(Default)]
struct State {
    contents: Vec<Content>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Who holds a lock; how many share it, 0: one has it alone.
    locks: BTreeMap<String, (String, usize)>,
    calls: u64,
}

/// Files in memory.
#[derive(Clone)]
pub struct Memory {
    state: Arc<Mutex<State>>,
    trouble: Trouble,
}

impl Default for Memory {
    fn default() -> Self {
        Self { state: Arc::default(), trouble: Trouble::None }
    }
}

impl Memory {
    /// The same files, where from now on `trouble` strikes and calls are counted anew.
    #[must_use]
    pub fn with_trouble(&self, trouble: Trouble) -> Self {
        self.locked().calls = 0;
        Self { state: Arc::clone(&self.state), trouble }
    }

    /// The same files with everything in them made durable, as inputs that lay there for long are.
    #[must_use]
    pub fn settled(&self) -> Self {
        let mut state = self.locked();
        for content in &mut state.contents {
            content.durable.clone_from(&content.live);
        }
        state.durable_names = state.names.clone();
        drop(state);
        self.clone()
    }

    /// How many calls were made since the last [`Memory::with_trouble`].
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.locked().calls
    }

    /// What a machine finds after a power cut now: synced contents under synced names, nothing else, no locks.
    #[must_use]
    pub fn after_crash(&self) -> Self {
        let state = self.locked();
        let contents = state
            .contents
            .iter()
            .map(|content| Content { live: content.durable.clone(), durable: content.durable.clone() });
        let left = State {
            contents: contents.collect(),
            names: state.durable_names.clone(),
            durable_names: state.durable_names.clone(),
            ..State::default()
        };
        Self { state: Arc::new(Mutex::new(left)), trouble: Trouble::None }
    }

    /// All files by name.
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.locked();
        state.names.iter().map(|(name, &at)| (name.clone(), state.contents[at].live.clone())).collect()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call and lets the trouble strike.
    fn call(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.locked();
        state.calls += 1;
        let now = state.calls;
        match self.trouble {
            Trouble::CrashAt(k) if now >= k => Err(io::Error::other(format!("crashed at call {k}"))),
            Trouble::FailOnceAt(k, kind) if now == k => Err(io::Error::new(kind, format!("made to fail at call {k}"))),
            Trouble::FailFrom(k, kind) if now >= k => Err(io::Error::new(kind, format!("failing since call {k}"))),
            _ => Ok(state),
        }
    }
}

fn absent(path: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("`{path}` is not there"))
}

pub(super) struct NewInMemory {
    memory: Memory,
    at: usize,
}

impl Write for NewInMemory {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let mut state = self.memory.call()?;
        state.contents[self.at].live.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct RangedInMemory(Vec<u8>);

impl RangedFile for RangedInMemory {
    fn bytes(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let part = start.checked_add(buffer.len()).and_then(|end| self.0.get(start..end));
        buffer.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

struct LockInMemory {
    memory: Memory,
    path: String,
}

impl Lock for LockInMemory {}

impl Drop for LockInMemory {
    fn drop(&mut self) {
        let mut state = self.memory.locked();
        match state.locks.get_mut(&self.path) {
            Some((_, shared)) if *shared > 1 => *shared -= 1,
            _ => drop(state.locks.remove(&self.path)),
        }
    }
}

struct AppendInMemory {
    memory: Memory,
    at: usize,
}

impl Write for AppendInMemory {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.memory.locked().contents[self.at].live.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl State {
    fn content(&self, path: &str) -> io::Result<&Content> {
        self.names.get(path).map(|&at| &self.contents[at]).ok_or_else(|| absent(path))
    }

    fn new_content(&mut self, path: &str) -> usize {
        self.contents.push(Content::default());
        let at = self.contents.len() - 1;
        self.names.insert(path.to_owned(), at);
        at
    }
}

impl FileSystem for Memory {
    type File = NewInMemory;

    fn create_raw(&self, path: &str) -> io::Result<NewInMemory> {
        let at = self.call()?.new_content(path);
        Ok(NewInMemory { memory: self.clone(), at })
    }

    fn sync(&self, file: &mut NewInMemory) -> io::Result<()> {
        let mut state = self.call()?;
        let content = &mut state.contents[file.at];
        content.durable.clone_from(&content.live);
        Ok(())
    }

    fn rename_new(&self, from: &str, to: &str) -> io::Result<bool> {
        let mut state = self.call()?;
        if state.names.contains_key(to) {
            return Ok(false);
        }
        let at = state.names.remove(from).ok_or_else(|| absent(from))?;
        state.names.insert(to.to_owned(), at);
        Ok(true)
    }

    fn rename_over(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.call()?;
        let at = state.names.remove(from).ok_or_else(|| absent(from))?;
        state.names.insert(to.to_owned(), at);
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        let mut state = self.call()?;
        let inside = |name: &String| super::door::parent(name) == folder;
        let now: Vec<(String, usize)> =
            state.names.iter().filter(|(name, _)| inside(name)).map(|(name, &at)| (name.clone(), at)).collect();
        state.durable_names.retain(|name, _| !inside(name));
        state.durable_names.extend(now);
        Ok(())
    }

    fn remove_raw(&self, path: &str) -> io::Result<()> {
        self.remove(path)
    }
}

impl Files for Memory {
    fn list(&self, folder: &str) -> io::Result<Vec<(String, Stat)>> {
        let state = self.call()?;
        let prefix = if folder == "." { String::new() } else { format!("{folder}/") };
        let mut out: Vec<(String, Stat)> = Vec::new();
        for (name, &at) in state.names.range(prefix.clone()..) {
            let Some(rest) = name.strip_prefix(&prefix) else { break };
            let (first, folder) = rest.split_once('/').map_or((rest, false), |(first, _)| (first, true));
            if out.last().is_some_and(|(last, _)| last == first) {
                continue;
            }
            let bytes = if folder { 0 } else { state.contents[at].live.len() as u64 };
            out.push((first.to_owned(), Stat { bytes, folder, modified: 0 }));
        }
        Ok(out)
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        let state = self.call()?;
        if let Ok(content) = state.content(path) {
            return Ok(Some(Stat { bytes: content.live.len() as u64, folder: false, modified: 0 }));
        }
        let prefix = format!("{path}/");
        let folder = state.names.range(prefix.clone()..).next().is_some_and(|(name, _)| name.starts_with(&prefix));
        Ok(folder.then_some(Stat { bytes: 0, folder: true, modified: 0 }))
    }

    fn open(&self, path: &str, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let state = self.call()?;
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let left = state.content(path)?.live.get(start..).unwrap_or_default().to_vec();
        Ok(Box::new(io::Cursor::new(left)))
    }

    fn open_ranged(&self, path: &str) -> io::Result<Box<dyn RangedFile>> {
        let state = self.call()?;
        Ok(Box::new(RangedInMemory(state.content(path)?.live.clone())))
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

    fn create_folders(&self, _folder: &str) -> io::Result<()> {
        self.call().map(drop)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut state = self.call()?;
        state.names.remove(path);
        Ok(())
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        let mut state = self.call()?;
        let prefix = format!("{path}/");
        state.names.retain(|name, _| !name.starts_with(&prefix));
        state.durable_names.retain(|name, _| !name.starts_with(&prefix));
        Ok(())
    }

    fn lock(&self, path: &str, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        let mut state = self.call()?;
        if let Some((who, _)) = state.locks.get(path) {
            return Ok(Err(who.clone()));
        }
        state.locks.insert(path.to_owned(), (holder.to_owned(), 0));
        Ok(Ok(Box::new(LockInMemory { memory: self.clone(), path: path.to_owned() })))
    }

    fn lock_shared(&self, path: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        let mut state = self.call()?;
        let (who, shared) = state.locks.entry(path.to_owned()).or_insert_with(|| ("workers".to_owned(), usize::MAX));
        *shared = match *shared {
            0 => return Ok(Err(who.clone())),
            // Just made.
            usize::MAX => 1,
            n => n + 1,
        };
        Ok(Ok(Box::new(LockInMemory { memory: self.clone(), path: path.to_owned() })))
    }

    fn scratch(&self, _folder: &str) -> io::Result<Box<dyn ScratchFile>> {
        self.call().map(drop)?;
        Ok(Box::new(io::Cursor::new(Vec::new())))
    }

    fn lock_outlives(&self, _path: &str) -> Duration {
        Duration::ZERO
    }

    fn free(&self, _path: &str) -> Option<u64> {
        None
    }

    fn append(&self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        let mut state = self.locked();
        let at = match state.names.get(path) {
            Some(&at) => at,
            None => state.new_content(path),
        };
        drop(state);
        Ok(Box::new(AppendInMemory { memory: self.clone(), at }))
    }
}
