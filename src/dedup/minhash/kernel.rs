//! The inner loops of MinHash, one body per family, compiled for three instruction sets. All paths give equal results:
//! they are the same integer arithmetic.

#![allow(unsafe_code)]

use super::mt19937::MERSENNE_61;
use super::shingle::mix;

/// Values per step of the 32-bit loop: two AVX2 registers or one AVX-512 register each for a, b and the minima.
const LANES: usize = 16;

/// Which compilation of the loops runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// What the build targets at least (SSE2 on x86-64, NEON on aarch64).
    Baseline,
    /// x86-64 with AVX2.
    Avx2,
    /// x86-64 with AVX-512 F, DQ, BW and VL.
    Avx512,
}

impl Path {
    /// All paths, slowest first.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// Whether this processor can run the path.
    #[must_use]
    pub fn available(self) -> bool {
        match self {
            Self::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }
}

/// Constants of the fast family: odd multipliers and offsets from SplitMix64, padded to whole steps of the loop.
pub(super) fn fast_constants(seed: u64, permutations: usize) -> (Vec<u32>, Vec<u32>) {
    let padded = permutations.next_multiple_of(LANES);
    (0..padded as u64)
        .map(|i| {
            let random = mix(mix(seed).wrapping_add((i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            ((random >> 32) as u32 | 1, random as u32)
        })
        .unzip()
}

/// A path that this processor was found to have: the proof that calling its code is sound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Runner(Path);

impl Runner {
    /// A runner for `path`, if this processor has it.
    pub fn new(path: Path) -> Option<Self> {
        path.available().then_some(Self(path))
    }

    /// The fastest path of this processor.
    pub fn best() -> Self {
        Path::ALL.into_iter().rev().find_map(Self::new).unwrap_or(Self(Path::Baseline))
    }

    /// Lowers each `minima[k]` to the least `a[k] * h + b[k] mod 2^32` over all hashes. The three slices are of one length,
    /// a multiple of 16 ([`fast_constants`]).
    pub fn minima32(self, (a, b): (&[u32], &[u32]), hashes: &[u32], minima: &mut [u32]) {
        match self.0 {
            Path::Baseline => body32(a, b, hashes, minima),
            // SAFETY: a `Runner` of this path exists only after `available` found its features.
            #[cfg(target_arch = "x86_64")]
            Path::Avx2 => unsafe { avx2_32(a, b, hashes, minima) },
            // SAFETY: a `Runner` of this path exists only after `available` found its features.
            #[cfg(target_arch = "x86_64")]
            Path::Avx512 => unsafe { avx512_32(a, b, hashes, minima) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => body32(a, b, hashes, minima),
        }
    }

    /// Lowers each `minima[k]` to the least `((a[k] * h + b[k] mod 2^64) mod 2^61 - 1) & mask` over all hashes.
    pub fn minima61(self, (a, b): (&[u64], &[u64]), mask: u64, hashes: &[u64], minima: &mut [u64]) {
        match self.0 {
            Path::Baseline => body61(a, b, mask, hashes, minima),
            // SAFETY: a `Runner` of this path exists only after `available` found its features.
            #[cfg(target_arch = "x86_64")]
            Path::Avx2 => unsafe { avx2_61(a, b, mask, hashes, minima) },
            // SAFETY: a `Runner` of this path exists only after `available` found its features.
            #[cfg(target_arch = "x86_64")]
            Path::Avx512 => unsafe { avx512_61(a, b, mask, hashes, minima) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => body61(a, b, mask, hashes, minima),
        }
    }
}

#[inline(always)]
fn body32(a: &[u32], b: &[u32], hashes: &[u32], minima: &mut [u32]) {
    let (a, _) = a.as_chunks::<LANES>();
    let (b, _) = b.as_chunks::<LANES>();
    let (minima, _) = minima.as_chunks_mut::<LANES>();
    // Permutations outside, shingles inside: constants and minima stay in registers.
    for ((a, b), minima) in a.iter().zip(b).zip(minima) {
        let mut least = *minima;
        for &h in hashes {
            for lane in 0..LANES {
                least[lane] = least[lane].min(a[lane].wrapping_mul(h).wrapping_add(b[lane]));
            }
        }
        *minima = least;
    }
}

#[inline(always)]
fn body61(a: &[u64], b: &[u64], mask: u64, hashes: &[u64], minima: &mut [u64]) {
    for &h in hashes {
        for ((a, b), least) in a.iter().zip(b).zip(minima.iter_mut()) {
            *least = (*least).min(permute61(*a, *b, h) & mask);
        }
    }
}

/// `(a * h + b mod 2^64) mod 2^61 - 1`: folding the top three bits once leaves less than twice the prime.
#[inline(always)]
fn permute61(a: u64, b: u64, h: u64) -> u64 {
    let x = a.wrapping_mul(h).wrapping_add(b);
    let folded = (x & MERSENNE_61) + (x >> 61);
    // Below the prime the subtraction wraps to something huge, so the smaller one is the remainder.
    folded.min(folded.wrapping_sub(MERSENNE_61))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2_32(a: &[u32], b: &[u32], hashes: &[u32], minima: &mut [u32]) {
    body32(a, b, hashes, minima);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
fn avx512_32(a: &[u32], b: &[u32], hashes: &[u32], minima: &mut [u32]) {
    body32(a, b, hashes, minima);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2_61(a: &[u64], b: &[u64], mask: u64, hashes: &[u64], minima: &mut [u64]) {
    body61(a, b, mask, hashes, minima);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
fn avx512_61(a: &[u64], b: &[u64], mask: u64, hashes: &[u64], minima: &mut [u64]) {
    body61(a, b, mask, hashes, minima);
}
