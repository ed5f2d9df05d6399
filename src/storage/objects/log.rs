//! A log on an object store, which cannot append: each attempt has an object of its own, written again as it grows.

use super::Object;
use object_store::PutMode;
use std::io::{self, Write};

/// A log of one attempt. A killed process loses what came after the last time it was written.
pub(super) struct Log {
    object: Object,
    content: Vec<u8>,
    stored: usize,
}

impl Log {
    pub(super) fn new(object: Object) -> Self {
        Self { object, content: Vec::new(), stored: 0 }
    }

    fn store(&mut self) {
        let (object, content) = (&self.object, self.content.clone());
        object.wait_briefly(async {
            // The log is a convenience: its failure must not hide the one that matters.
            let _ = object.objects().put_opts(&object.key, content.into(), PutMode::Overwrite.into()).await;
        });
        self.stored = self.content.len();
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Stores it when it has doubled, so that all in all it is sent twice.
    fn flush(&mut self) -> io::Result<()> {
        if self.content.len() >= 2 * self.stored {
            self.store();
        }
        Ok(())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if self.content.len() > self.stored {
            self.store();
        }
    }
}
