//! Keccak-256 as Ethereum uses it: the function of FIPS 202 with the padding byte 0x01 of the submission.

/// Bytes of a block.
const RATE: usize = 136;
/// Constants of the step ι (FIPS 202, 3.2.5).
const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808A,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808B,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008A,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000A,
    0x0000_0000_8000_808B,
    0x8000_0000_0000_008B,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800A,
    0x8000_0000_8000_000A,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// The hash of `text`, which is shorter than a block.
pub(super) fn keccak256(text: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; RATE];
    let len = text.len().min(RATE - 1);
    block[..len].copy_from_slice(&text[..len]);
    block[len] ^= 0x01;
    block[RATE - 1] ^= 0x80;
    let mut state = [0_u64; 25];
    let (words, _) = block.as_chunks::<8>();
    for (lane, word) in state.iter_mut().zip(words) {
        *lane ^= u64::from_le_bytes(*word);
    }
    ROUNDS.iter().for_each(|constant| round(&mut state, *constant));
    let mut out = [0; 32];
    for (part, lane) in out.chunks_mut(8).zip(&state) {
        part.copy_from_slice(&lane.to_le_bytes());
    }
    out
}

/// The steps θ, ρ, π, χ and ι; the lane of column x and row y is number x + 5 y.
fn round(state: &mut [u64; 25], constant: u64) {
    let mut parity = [0_u64; 5];
    for (i, lane) in state.iter().enumerate() {
        parity[i % 5] ^= lane;
    }
    for (i, lane) in state.iter_mut().enumerate() {
        *lane ^= parity[(i + 4) % 5] ^ parity[(i + 1) % 5].rotate_left(1);
    }
    let mut moved = [0_u64; 25];
    moved[0] = state[0];
    let (mut x, mut y) = (1, 0);
    // The turn of lane t is the t-th triangular number (FIPS 202, 3.2.2).
    for turn in 0..24_u32 {
        let to = (y, (2 * x + 3 * y) % 5);
        moved[to.0 + 5 * to.1] = state[x + 5 * y].rotate_left((turn + 1) * (turn + 2) / 2 % 64);
        (x, y) = to;
    }
    for (i, lane) in state.iter_mut().enumerate() {
        let row = i - i % 5;
        *lane = moved[i] ^ (!moved[row + (i + 1) % 5] & moved[row + (i + 2) % 5]);
    }
    state[0] ^= constant;
}
