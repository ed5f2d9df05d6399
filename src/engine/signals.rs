//! SIGINT and SIGTERM: the first one lets running batches finish and stops; the second one ends the process at once.

use super::Failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Whether somebody asked to stop.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    which: Arc<AtomicUsize>,
}

impl Signals {
    /// Signals that never come, for tests and for library use.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Listens to SIGINT and SIGTERM from now on.
    ///
    /// # Errors
    /// When the system refuses to register a handler.
    pub fn listen() -> std::io::Result<Self> {
        let signals = Self::default();
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            let again = Arc::new(AtomicBool::new(false));
            // Order matters: on the first signal `again` is still unset, on the second it ends the process.
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
            signal_hook::flag::register(signal, again)?;
            let number = usize::try_from(signal).unwrap_or(2);
            signal_hook::flag::register_usize(signal, Arc::clone(&signals.which), number)?;
        }
        Ok(signals)
    }

    /// Fails once a signal has come.
    ///
    /// # Errors
    /// [`Failure::Interrupted`] with the number of the signal.
    pub fn check(&self) -> Result<(), Failure> {
        match self.which.load(Ordering::Relaxed) {
            0 => Ok(()),
            signal => Err(Failure::Interrupted(i32::try_from(signal).unwrap_or(2))),
        }
    }

    /// Asks to stop, as a signal would.
    pub fn raise(&self, signal: usize) {
        self.which.store(signal, Ordering::Relaxed);
    }
}
