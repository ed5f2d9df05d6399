//! Tables whose slots are found by hash lie in large pages: in pages of 4 KiB each look-up beyond the nearest caches also waits for
//! the translation of its address. Standard collections cannot be told where to begin, hence the unsafe code.
#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// A large page of x86-64 and of Arm with pages of 4 KiB.
const LARGE: usize = 1 << 21;

/// A table of fixed size.
pub(super) struct Table<T: Copy> {
    first: NonNull<T>,
    n: usize,
}

// SAFETY: it owns its slots, as a boxed slice does.
unsafe impl<T: Copy + Send> Send for Table<T> {}
// SAFETY: as above.
unsafe impl<T: Copy + Sync> Sync for Table<T> {}

impl<T: Copy> Table<T> {
    /// `n` times `empty`, where `n` is not 0. Tables from half a large page on begin at one.
    pub(super) fn new(n: usize, empty: T) -> Self {
        let layout = Self::layout(n);
        assert!(layout.size() > 0, "a table of nothing");
        // SAFETY: the size is not 0.
        let memory = unsafe { alloc(layout) };
        let Some(first) = NonNull::new(memory.cast::<T>()) else { handle_alloc_error(layout) };
        if layout.align() == LARGE {
            advise(memory, layout.size());
        }
        for i in 0..n {
            // SAFETY: slot i lies within the layout, aligned for T.
            unsafe { first.add(i).write(empty) };
        }
        Self { first, n }
    }

    fn layout(n: usize) -> Layout {
        let plain = Layout::array::<T>(n).expect("a table fits the address space");
        if plain.size() < LARGE / 2 {
            return plain;
        }
        let large = plain.align_to(LARGE).expect("a table fits the address space");
        large.pad_to_align()
    }
}

/// Begins to fetch what is at an address into the nearest cache.
#[inline(always)]
pub(super) fn fetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint changes nothing and may name any address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

impl<T: Copy> Deref for Table<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: `new` wrote all n slots, and they live as long as the table.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.n) }
    }
}

impl<T: Copy> DerefMut for Table<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`; nobody else refers to them.
        unsafe { std::slice::from_raw_parts_mut(self.first.as_ptr(), self.n) }
    }
}

impl<T: Copy> Drop for Table<T> {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this layout; slots that can be copied need no drop.
        unsafe { dealloc(self.first.as_ptr().cast(), Self::layout(self.n)) };
    }
}

/// Asks for large pages. If there are none, all is as without.
#[cfg(target_os = "linux")]
fn advise(memory: *mut u8, size: usize) {
    use rustix::mm::{Advice, madvise};
    // SAFETY: the range is ours, and the advice changes nothing that it holds.
    let _ = unsafe { madvise(memory.cast(), size, Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
fn advise(_: *mut u8, _: usize) {}
