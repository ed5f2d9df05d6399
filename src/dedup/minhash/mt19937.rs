//! The random numbers behind datatrove's permutations: numpy's legacy `RandomState(1).randint(low, high, dtype=uint64)`.
//!
//! MT19937 (Matsumoto, Nishimura 1998) with `init_genrand`; 64 bits are two outputs, high half first; a bounded number is
//! drawn by masking to the smallest 2^k - 1 that covers the range and rejecting what lies above it (numpy's
//! `_rand_uint64` with `use_masked`).

const N: usize = 624;
const M: usize = 397;

/// 2^61 - 1, the Mersenne prime of datatrove's and datasketch's permutations.
pub(super) const MERSENNE_61: u64 = (1 << 61) - 1;

/// datatrove's `a` (1..p) and `b` (0..p) for this many permutations. `b` follows `a` in one stream, so it changes with
/// their number.
pub(super) fn datatrove_constants(permutations: usize) -> (Vec<u64>, Vec<u64>) {
    let mut random = Mt19937::new(1);
    let a = (0..permutations).map(|_| random.below(1, MERSENNE_61)).collect();
    let b = (0..permutations).map(|_| random.below(0, MERSENNE_61)).collect();
    (a, b)
}

struct Mt19937 {
    state: [u32; N],
    at: usize,
}

impl Mt19937 {
    fn new(seed: u32) -> Self {
        let mut state = [seed; N];
        for i in 1..N {
            let before = state[i - 1];
            // i < 624 fits.
            state[i] = 1_812_433_253_u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(i as u32);
        }
        Self { state, at: N }
    }

    fn next32(&mut self) -> u32 {
        if self.at == N {
            self.twist();
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    fn twist(&mut self) {
        for i in 0..N {
            let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % N] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + M) % N] ^ (y >> 1) ^ odd;
        }
        self.at = 0;
    }

    fn next64(&mut self) -> u64 {
        let high = u64::from(self.next32());
        high << 32 | u64::from(self.next32())
    }

    /// A number in `low..high`; the range is above 2^32, where numpy draws 64 bits at a time.
    fn below(&mut self, low: u64, high: u64) -> u64 {
        let range = high - low - 1;
        let mask = u64::MAX >> range.leading_zeros();
        loop {
            let value = self.next64() & mask;
            if value <= range {
                return low + value;
            }
        }
    }
}
