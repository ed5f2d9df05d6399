//! Memory permits: nobody holds a batch without one.

use std::sync::{Condvar, Mutex, PoisonError};

/// A budget in bytes that batches draw on.
#[derive(Debug)]
pub struct Budget {
    total: usize,
    free: Mutex<usize>,
    freed: Condvar,
}

/// Bytes held; given back when dropped.
#[derive(Debug)]
pub struct Permit<'a> {
    budget: &'a Budget,
    bytes: usize,
}

impl Budget {
    /// A budget of so many bytes.
    #[must_use]
    pub fn new(total: usize) -> Self {
        Self { total, free: Mutex::new(total), freed: Condvar::new() }
    }

    /// Takes `bytes` at once or not at all. A request over the whole budget counts as the whole budget: one batch that is
    /// larger than the budget must still be able to pass, alone.
    pub fn try_take(&self, bytes: usize) -> Option<Permit<'_>> {
        let bytes = bytes.min(self.total);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        (*free >= bytes).then(|| {
            *free -= bytes;
            Permit { budget: self, bytes }
        })
    }

    /// Takes `bytes`, waiting until they are free. Only ever called by a thread that holds no permit itself, so that
    /// waiting threads cannot block each other.
    pub fn take(&self, bytes: usize) -> Permit<'_> {
        let bytes = bytes.min(self.total);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Permit { budget: self, bytes }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.budget.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_add_up_and_a_giant_passes_alone() {
        let budget = Budget::new(100);
        let first = budget.try_take(60).unwrap();
        assert!(budget.try_take(60).is_none());
        let second = budget.take(40);
        drop((first, second));
        let giant = budget.take(1_000);
        assert!(budget.try_take(1).is_none());
        drop(giant);
        assert!(budget.try_take(100).is_some());
    }

    #[test]
    fn many_threads_never_pass_the_budget_nor_block() {
        let (budget, held) = (Budget::new(64), std::sync::atomic::AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for n in 0..8 {
                let (budget, held) = (&budget, &held);
                scope.spawn(move || {
                    for k in 0..200 {
                        let bytes = (n * 7 + k) % 64 + 1;
                        let permit = budget.take(bytes);
                        let now = held.fetch_add(bytes, std::sync::atomic::Ordering::SeqCst) + bytes;
                        assert!(now <= 64);
                        held.fetch_sub(bytes, std::sync::atomic::Ordering::SeqCst);
                        drop(permit);
                    }
                });
            }
        });
    }
}
