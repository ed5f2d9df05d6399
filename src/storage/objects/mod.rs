//! Object stores and web servers as [`Files`]: `s3://`, `gs://`, `az://`, and for reading `http(s)://` and `hf://`.
//!
//! Paths are addresses. Folders are prefixes. A file is created by an upload that is completed only if nothing has its name;
//! locks are leases ([`lease`]). All that is asynchronous lives in here, on a small runtime of its own.

mod answer;
mod hub;
mod lease;
mod log;
mod profile;
mod read;
mod stores;
mod write;

#[cfg(test)]
mod tests;

use super::address::{has_query, root_and_rest};
use super::environment::Environment;
use super::files::{Files, Lock, NewFile, RangedFile, ScratchFile, Stat};
use super::real::Real;
use answer::{absent_is_none, again, said};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use stores::{Commit, Listing, Store};
use tokio::runtime::{Handle, Runtime};

/// Threads that move bytes between sockets and buffers; TLS is the most that they compute.
const IO_THREADS: usize = 2;
/// How long the end of something that no longer matters (a log, an abandoned upload, a lease) may take.
const FAREWELL: Duration = Duration::from_secs(5);

/// Objects behind addresses.
pub struct Objects {
    environment: Environment,
    runtime: OnceLock<Runtime>,
    /// Seconds since the runtime began, counted by itself: leases need no clock.
    ticks: Arc<AtomicU64>,
    stores: Mutex<BTreeMap<String, Arc<Store>>>,
    /// Leases of others, each as it was first seen in its present state, and at which tick.
    seen: Mutex<BTreeMap<String, (String, u64)>>,
}

/// An object: where it is, and the runtime to reach it.
#[derive(Clone)]
struct Object {
    store: Arc<Store>,
    key: Path,
    handle: Handle,
}

impl Objects {
    /// Stores as the environment configures them.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            runtime: OnceLock::new(),
            ticks: Arc::default(),
            stores: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// Stores in memory behind roots (`s3://bucket`, `https://host/?query`), for tests: conditions, ranges and uploads as on real ones.
    #[must_use]
    pub fn in_memory(roots: &[&str]) -> Self {
        let made = Self::new(Environment::default());
        for root in roots {
            let objects: Arc<dyn ObjectStore> = Arc::new(object_store::memory::InMemory::new());
            let store =
                Store { objects, commit: Commit::Copy, listing: Listing::Prefix, asked: AtomicBool::new(false) };
            locked(&made.stores).insert((*root).to_owned(), Arc::new(store));
        }
        made
    }

    fn runtime(&self) -> io::Result<&Runtime> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let made = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(IO_THREADS)
            .thread_name("gristmill-io")
            .enable_all()
            .build()?;
        let ticks = Arc::clone(&self.ticks);
        made.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                ticks.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(self.runtime.get_or_init(|| made))
    }

    /// The object behind an address.
    fn at(&self, path: &str) -> io::Result<Object> {
        let (root, rest) = root_and_rest(path);
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) if has_query(path) => (rest, Some(query)),
            _ => (rest, None),
        };
        let key = if has_query(path) { Path::from_url_path(rest) } else { Path::parse(rest.trim_end_matches('/')) };
        let key = key.map_err(|error| said(&error.into()))?;
        let name = query.map_or_else(|| root.to_owned(), |query| format!("{root}/?{query}"));
        let handle = self.runtime()?.handle().clone();
        let mut stores = locked(&self.stores);
        let store = match stores.get(&name) {
            Some(store) => Arc::clone(store),
            None => {
                let _inside = handle.enter();
                let made = Arc::new(stores::open(&self.environment, root, &name)?);
                stores.insert(name, Arc::clone(&made));
                made
            }
        };
        Ok(Object { store, key, handle })
    }
}

impl Object {
    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.handle.block_on(work)
    }

    /// The same for something that no longer matters: it gets a few seconds.
    fn wait_briefly(&self, work: impl Future<Output = ()>) {
        // Whatever comes of it: nothing depends on it.
        let _ = self.handle.block_on(async { tokio::time::timeout(FAREWELL, work).await });
    }

    fn objects(&self) -> &dyn ObjectStore {
        self.store.objects.as_ref()
    }

    /// This object, if it may be written.
    fn writable(self) -> io::Result<Self> {
        if self.store.commit == Commit::Never {
            let what = "this address is for reading alone; write to s3://, gs://, az:// or a local folder";
            return Err(io::Error::new(io::ErrorKind::Unsupported, what));
        }
        Ok(self)
    }

    fn head(&self) -> io::Result<Option<ObjectMeta>> {
        absent_is_none(self.wait(again(|| self.objects().head(&self.key))))
    }

    fn put(&self, content: impl Into<PutPayload>, mode: PutMode) -> object_store::Result<object_store::PutResult> {
        let content = content.into();
        self.wait(again(|| self.objects().put_opts(&self.key, content.clone(), mode.clone().into())))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stat_of(meta: &ObjectMeta) -> Stat {
    // The tag tells more than the time, which some stores keep in whole seconds.
    let modified = match &meta.e_tag {
        Some(tag) => xxhash_rust::xxh3::xxh3_128(tag.as_bytes()),
        None => u128::try_from(meta.last_modified.timestamp_millis()).unwrap_or(0),
    };
    Stat { bytes: meta.size, folder: false, modified }
}

const FOLDER: Stat = Stat { bytes: 0, folder: true, modified: 0 };

impl Files for Objects {
    fn list(&self, folder: &str) -> io::Result<Vec<(String, Stat)>> {
        let object = self.at(folder)?;
        match &object.store.listing {
            Listing::Prefix => {}
            Listing::Hub(hub) => return object.wait(hub.list(object.key.as_ref())),
            Listing::None => {
                let what = "a web server lists no folders; name each file, or use s3://, gs://, az:// or hf://";
                return Err(io::Error::new(io::ErrorKind::Unsupported, what));
            }
        }
        let prefix = (!object.key.as_ref().is_empty()).then_some(&object.key);
        let listed =
            object.wait(again(|| object.objects().list_with_delimiter(prefix))).map_err(|error| said(&error))?;
        let last = |path: &Path| path.filename().unwrap_or_default().to_owned();
        let files = listed.objects.iter().map(|meta| (last(&meta.location), stat_of(meta)));
        let mut out: Vec<(String, Stat)> = files.collect();
        out.extend(listed.common_prefixes.iter().map(|prefix| (last(prefix), FOLDER)));
        out.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(out)
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        let object = self.at(path)?;
        match &object.store.listing {
            Listing::Hub(hub) => return object.wait(hub.stat(object.key.as_ref())),
            Listing::None => return read::stat_by_range(&object),
            Listing::Prefix => {}
        }
        if !object.key.as_ref().is_empty()
            && let Some(meta) = object.head()?
        {
            return Ok(Some(stat_of(&meta)));
        }
        Ok((!self.list(path)?.is_empty()).then_some(FOLDER))
    }

    fn open(&self, path: &str, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(read::Ahead::open(self.at(path)?, offset)?))
    }

    fn open_ranged(&self, path: &str) -> io::Result<Box<dyn RangedFile>> {
        let object = self.at(path)?;
        let stat = match &object.store.listing {
            // The hub's size of one file would be a listing of its folder.
            Listing::Hub(_) => read::stat_by_range(&object)?,
            Listing::Prefix | Listing::None => self.stat(path)?.filter(|stat| !stat.folder),
        };
        let stat = stat.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "nothing is stored there"))?;
        Ok(Box::new(read::Ranged::new(object, stat.bytes)))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn NewFile>> {
        Ok(Box::new(write::Upload::new(self.at(path)?.writable()?)))
    }

    fn settle(&self, _folder: &str) -> io::Result<()> {
        // An object that is there stays there.
        Ok(())
    }

    fn replace(&self, path: &str, content: &[u8]) -> io::Result<()> {
        let put = self.at(path)?.writable()?.put(content.to_vec(), PutMode::Overwrite);
        put.map(drop).map_err(|error| said(&error))
    }

    fn create_folders(&self, _folder: &str) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let object = self.at(path)?.writable()?;
        absent_is_none(object.wait(object.objects().delete(&object.key))).map(drop)
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        write::remove_all(&self.at(path)?.writable()?)
    }

    fn lock(&self, path: &str, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        lease::lock(self, path, holder)
    }

    fn lock_shared(&self, path: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        lease::lock_shared(self, path)
    }

    fn lock_outlives(&self, _path: &str) -> Duration {
        Duration::from_secs(lease::EXPIRY + lease::BEAT)
    }

    fn free(&self, _path: &str) -> Option<u64> {
        None
    }

    fn scratch(&self, _folder: &str) -> io::Result<Box<dyn ScratchFile>> {
        let folder = self.environment.scratch();
        Real.create_folders(folder)?;
        Real.scratch(folder).map_err(|error| io::Error::new(error.kind(), format!("in `{folder}`: {error}")))
    }

    fn append(&self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        let before = self.list(path)?.len();
        Ok(Box::new(log::Log::new(self.at(&format!("{path}/{before:05}"))?.writable()?)))
    }
}
