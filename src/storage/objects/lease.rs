//! Leases: locks where the system has none.
//!
//! A lease is an object that its owner writes anew every [`BEAT`] seconds, each time only if nobody else has (`If-Match`). Who
//! finds one that has not changed for [`EXPIRY`] seconds takes it over, by the same condition. Seconds are counted by each process
//! for itself, so no two clocks are compared. A lease saves work and guards nothing: an owner that was only slow goes on
//! computing, and what it publishes is either first or equal to what was.

use super::super::files::{Lock, unique};
use super::answer::{absent_is_none, said};
use super::stores::Commit;
use super::{Object, Objects, locked};
use object_store::{Error, ObjectStoreExt, PutMode, PutResult, UpdateVersion};
use serde::{Deserialize, Serialize};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// Seconds between two signs of life.
pub(super) const BEAT: u64 = 5;
/// Seconds without one after which an owner counts as dead: three beats may be lost.
pub(super) const EXPIRY: u64 = 20;

/// Where those that share a lock keep their leases.
const SHARED: &str = ".shared";

/// What stands in the object.
#[derive(Clone, Serialize, Deserialize)]
struct Note {
    /// Who has it, for people; empty: it was let go.
    holder: String,
    /// Which attempt has it.
    token: String,
    /// Signs of life so far.
    beat: u64,
}

impl Note {
    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// A lease that this process has.
struct Held {
    object: Object,
    note: Note,
    /// The version that was written last; `None`: another process has it now.
    version: Arc<Mutex<Option<UpdateVersion>>>,
    beating: JoinHandle<()>,
}

impl Lock for Held {}

fn version_of(result: PutResult) -> UpdateVersion {
    UpdateVersion { e_tag: result.e_tag, version: result.version }
}

impl Held {
    fn begin(object: Object, note: Note, written: PutResult) -> Self {
        let version = Arc::new(Mutex::new(Some(version_of(written))));
        let beating = object.handle.spawn(beat(object.clone(), note.clone(), Arc::clone(&version)));
        Self { object, note, version, beating }
    }
}

async fn beat(object: Object, mut note: Note, version: Arc<Mutex<Option<UpdateVersion>>>) {
    loop {
        tokio::time::sleep(Duration::from_secs(BEAT)).await;
        let mut version = version.lock().await;
        let Some(last) = version.clone() else { return };
        note.beat += 1;
        match object.objects().put_opts(&object.key, note.bytes().into(), PutMode::Update(last).into()).await {
            Ok(written) => *version = Some(version_of(written)),
            Err(Error::Precondition { .. } | Error::NotFound { .. }) => *version = None,
            // The next beat tries again.
            Err(_) => {}
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let freed = Note { holder: String::new(), ..self.note.clone() };
        self.object.wait_briefly(async {
            let mut version = self.version.lock().await;
            self.beating.abort();
            if let Some(last) = version.take() {
                // If it fails, the lease expires.
                let _ = self
                    .object
                    .objects()
                    .put_opts(&self.object.key, freed.bytes().into(), PutMode::Update(last).into())
                    .await;
            }
        });
        self.beating.abort();
    }
}

/// What is known of a lease.
enum Found {
    Nothing,
    /// Let go, or its owner is dead: it may be taken over from this version.
    Free(UpdateVersion),
    /// Somebody's.
    Held(Note, UpdateVersion),
}

fn look(objects: &Objects, path: &str, object: &Object) -> io::Result<Found> {
    let got = object.wait(async {
        let got = object.objects().get(&object.key).await?;
        let version = UpdateVersion { e_tag: got.meta.e_tag.clone(), version: got.meta.version.clone() };
        Ok((got.bytes().await?, version))
    });
    let Some((bytes, version)) = absent_is_none(got)? else { return Ok(Found::Nothing) };
    let Some(note) = serde_json::from_slice::<Note>(&bytes).ok().filter(|note| !note.holder.is_empty()) else {
        return Ok(Found::Free(version));
    };
    let now = objects.ticks.load(Ordering::Relaxed);
    let state = format!("{} {}", note.token, note.beat);
    let mut seen = locked(&objects.seen);
    match seen.get(path) {
        Some((old, since)) if *old == state => {
            if now.saturating_sub(*since) >= EXPIRY {
                return Ok(Found::Free(version));
            }
        }
        _ => drop(seen.insert(path.to_owned(), (state, now))),
    }
    Ok(Found::Held(note, version))
}

/// Takes a lease; `Err(holder)` says who has it, or may have: only time tells the dead.
fn take(objects: &Objects, path: &str, holder: &str) -> io::Result<Result<Held, String>> {
    let object = objects.at(path)?.writable()?;
    let note = Note { holder: holder.to_owned(), token: unique(), beat: 0 };
    let mut mode = PutMode::Create;
    loop {
        match object.put(note.bytes(), mode) {
            Ok(written) => {
                locked(&objects.seen).remove(path);
                return Ok(Ok(Held::begin(object, note, written)));
            }
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
            Err(error) => return Err(said(&error)),
        }
        mode = match look(objects, path, &object)? {
            Found::Nothing => PutMode::Create,
            Found::Free(version) => PutMode::Update(version),
            // An answer that got lost on its way made us ask again for what we have.
            Found::Held(found, version) if found.token == note.token => PutMode::Update(version),
            Found::Held(found, _) => return Ok(Err(found.holder)),
        };
    }
}

/// A lease, unless somebody shares it.
pub(super) fn lock(objects: &Objects, path: &str, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
    let held = match take(objects, path, holder)? {
        Ok(held) => held,
        Err(who) => return Ok(Err(who)),
    };
    conditional(&held)?;
    let folder = format!("{path}{SHARED}");
    for (name, _) in super::Files::list(objects, &folder)? {
        let path = format!("{folder}/{name}");
        if let Found::Held(note, _) = look(objects, &path, &objects.at(&path)?)? {
            return Ok(Err(note.holder));
        }
    }
    Ok(Ok(Box::new(held)))
}

/// A lease beside others that share it, unless somebody has it alone.
pub(super) fn lock_shared(objects: &Objects, path: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
    let mine = match take(objects, &format!("{path}{SHARED}/{}", unique()), "workers")? {
        Ok(held) => held,
        Err(who) => return Ok(Err(who)),
    };
    conditional(&mine)?;
    // Mine is there before I look, and the other side looks after its own is there: one of the two sees the other.
    if let Found::Held(note, _) = look(objects, path, &objects.at(path)?)? {
        return Ok(Err(note.holder));
    }
    Ok(Ok(Box::new(mine)))
}

/// Refuses a store that writes over an object although it was asked not to: two runs would mix there. Asked once per store.
fn conditional(held: &Held) -> io::Result<()> {
    let object = &held.object;
    if object.store.asked.load(Ordering::Relaxed) {
        return Ok(());
    }
    let refused = |how: &str| {
        let what = format!(
            "the store writes over an object in spite of `If-None-Match: *` ({how}); two processes could mix their files. \
             Choose a store that honours it, or a local folder"
        );
        Err(io::Error::new(io::ErrorKind::Unsupported, what))
    };
    match object.put(held.note.bytes(), PutMode::Create) {
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
        Err(error) => return Err(said(&error)),
        Ok(_) => return refused("when putting an object"),
    }
    if object.store.commit == Commit::Header {
        let completed = object.wait(async {
            let mut upload = object.objects().put_multipart(&object.key).await?;
            upload.put_part(held.note.bytes().into()).await?;
            let completed = upload.complete().await;
            if completed.is_err() {
                // What is left of it costs a few bytes; the store may have removed it already.
                let _ = upload.abort().await;
            }
            completed
        });
        match completed {
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
            Err(error) => return Err(said(&error)),
            Ok(_) => return refused("when completing an upload in parts"),
        }
    }
    object.store.asked.store(true, Ordering::Relaxed);
    Ok(())
}
