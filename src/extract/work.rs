//! Counts the steps of loops that are longer than a node or block is large: walks up the tree, searches through the source,
//! passes over a text. In tests alone, where linear work is shown by numbers and not by clocks; elsewhere it costs nothing.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Adds `count` steps.
#[inline(always)]
pub fn steps(count: usize) {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + count as u64));
    let _ = count;
}

/// The steps that `run` takes on this thread.
#[cfg(test)]
pub fn counted(run: impl FnOnce()) -> u64 {
    let before = STEPS.get();
    run();
    STEPS.get() - before
}
