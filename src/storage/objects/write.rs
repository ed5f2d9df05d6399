//! Writing: an upload in parts that is completed only if nothing has its name.

use super::super::files::NewFile;
use super::Object;
use super::answer::{absent_is_none, again, broke_off, said};
use super::stores::Commit;
use object_store::path::Path;
use object_store::{Error, MultipartUpload, ObjectStoreExt, PutMode, PutPayload};
use std::collections::VecDeque;
use std::io::{self, Write};
use tokio::task::JoinHandle;

/// Bytes of a part. Some stores want all parts but the last alike; S3 wants at least 5 MiB.
const PART: usize = 8 << 20;
/// Parts under way at most: with the one being filled, 24 MiB a file.
const WINDOW: usize = 2;
/// Most parts of an upload (S3's limit): a file of 78 GiB.
const MOST_PARTS: usize = 10_000;

/// A file on its way. One that fits into a part is sent at once when it is published.
pub(super) struct Upload {
    object: Object,
    buffer: Vec<u8>,
    started: Option<Started>,
}

struct Started {
    upload: Box<dyn MultipartUpload>,
    /// Where it goes: the final name, or a temporary one where completing cannot be conditional.
    key: Path,
    going: VecDeque<JoinHandle<Result<(), Error>>>,
    parts: usize,
}

impl Upload {
    /// Begins a file; nothing is sent yet.
    pub(super) fn new(object: Object) -> Self {
        Self { object, buffer: Vec::new(), started: None }
    }

    fn start(&self) -> Result<Started, Error> {
        let key = match self.object.store.commit {
            Commit::Copy => {
                let name = format!("{}.{}.tmp", self.object.key, super::super::files::unique());
                Path::parse(name)?
            }
            _ => self.object.key.clone(),
        };
        let upload = self.object.wait(self.object.objects().put_multipart(&key))?;
        Ok(Started { upload, key, going: VecDeque::new(), parts: 0 })
    }

    fn send(&mut self) -> io::Result<()> {
        let mut started = match self.started.take() {
            Some(started) => started,
            None => self.start().map_err(|error| said(&error))?,
        };
        let sent = started.send(&self.object, std::mem::take(&mut self.buffer));
        self.started = Some(started);
        sent
    }

    /// Puts the whole file under its name. `false`: something has that name.
    fn commit(&mut self) -> Result<bool, Error> {
        let Some(mut started) = self.started.take() else {
            let content = std::mem::take(&mut self.buffer);
            return created(self.object.put(content, PutMode::Create).map(drop));
        };
        let object = &self.object;
        let done = object.wait(started.upload.complete()).map(drop);
        match object.store.commit {
            Commit::Copy => {
                done?;
                let copied = created(object.wait(object.objects().copy_if_not_exists(&started.key, &object.key)));
                object.wait(object.objects().delete(&started.key))?;
                copied
            }
            _ => {
                let first = created(done);
                if !matches!(first, Ok(true)) {
                    object.wait_briefly(async { started.upload.abort().await.unwrap_or(()) });
                }
                first
            }
        }
    }
}

fn created(result: Result<(), Error>) -> Result<bool, Error> {
    match result {
        Ok(()) => Ok(true),
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

impl Started {
    fn send(&mut self, object: &Object, part: Vec<u8>) -> io::Result<()> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            let most = (MOST_PARTS as u64 * PART as u64) >> 30;
            return Err(io::Error::other(format!(
                "a file on an object store has {most} GiB at most; make units smaller"
            )));
        }
        self.settle(object, WINDOW - 1)?;
        self.going.push_back(object.handle.spawn(self.upload.put_part(PutPayload::from(part))));
        Ok(())
    }

    /// Waits until at most `left` parts are under way.
    fn settle(&mut self, object: &Object, left: usize) -> io::Result<()> {
        while self.going.len() > left
            && let Some(part) = self.going.pop_front()
        {
            object.handle.block_on(part).map_err(io::Error::other)?.map_err(|error| said(&error))?;
        }
        Ok(())
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Sent when more comes, so that a file of just one part is no upload in parts.
        if self.buffer.len() == PART {
            self.send()?;
        }
        let length = bytes.len().min(PART - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NewFile for Upload {
    fn publish(mut self: Box<Self>) -> io::Result<bool> {
        if self.started.is_some() {
            self.send()?;
            let object = self.object.clone();
            if let Some(started) = &mut self.started {
                started.settle(&object, 0)?;
            }
        }
        let first = match self.commit() {
            // It may have been done, and only the answer got lost: then the name is there.
            Err(error) if broke_off(&error) && self.object.head()?.is_some() => false,
            first => first.map_err(|error| said(&error))?,
        };
        // A store may also say "conflict" while another writer is at work: then there is nothing yet.
        if !first && self.object.head()?.is_none() {
            return Err(io::Error::other("another writer got in the way, and left nothing; try again"));
        }
        Ok(first)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(mut started) = self.started.take() {
            started.going.iter().for_each(JoinHandle::abort);
            self.object.wait_briefly(async { started.upload.abort().await.unwrap_or(()) });
        }
    }
}

/// Objects deleted by one call.
const AT_ONCE: usize = 1000;

/// Removes all objects below a prefix.
pub(super) fn remove_all(object: &Object) -> io::Result<()> {
    let prefix = (!object.key.as_ref().is_empty()).then_some(&object.key);
    loop {
        let keys = object.wait(again(|| first_keys(object, prefix))).map_err(|error| said(&error))?;
        if keys.is_empty() {
            return Ok(());
        }
        let pieces = keys.len();
        let going: Vec<_> = keys
            .chunks(pieces.div_ceil(8))
            .map(|keys| {
                let (object, keys) = (object.clone(), keys.to_vec());
                object.handle.clone().spawn(async move {
                    for key in keys {
                        match object.objects().delete(&key).await {
                            Ok(()) | Err(Error::NotFound { .. }) => {}
                            Err(error) => return Err(error),
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        for one in going {
            absent_is_none(object.handle.block_on(one).map_err(io::Error::other)?)?;
        }
    }
}

/// The first keys below a prefix.
async fn first_keys(object: &Object, prefix: Option<&Path>) -> Result<Vec<Path>, Error> {
    let mut listed = object.objects().list(prefix);
    let mut keys = Vec::new();
    while keys.len() < AT_ONCE {
        match next(&mut listed).await {
            Some(meta) => keys.push(meta?.location),
            None => break,
        }
    }
    Ok(keys)
}

async fn next<S: futures_core::Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| std::pin::Pin::new(&mut *stream).poll_next(context)).await
}
