//! The second look: what the first look said about a block's neighbours, parents and twins.

use super::blocks::Blocks;
use super::dom::Dom;
use super::features;
use super::model::SCALE;

/// Numbers added to each row.
pub const EXTRA: usize = 26;

/// Numbers per row of the second model.
pub const WIDTH: usize = features::WIDTH + EXTRA;

/// Size and size times share of a group of blocks.
#[derive(Default, Clone, Copy)]
struct Sum {
    size: u64,
    good: u64,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.size += other.size;
        self.good += other.good;
    }
    fn share(self) -> i16 {
        if self.size == 0 { -1 } else { (self.good / self.size) as i16 }
    }
}

/// Log-odds from -2 to 2 as 0 to 100, straight in between.
fn share(score: i32) -> u64 {
    ((score + 2 * SCALE) * 100 / (4 * SCALE)).clamp(0, 100) as u64
}

fn short(score: i32) -> i16 {
    (score / 8).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

/// The first scores of a page, summed up for looking around.
pub struct Around<'a, 'd> {
    dom: &'d Dom<'a>,
    blocks: &'d Blocks,
    scores: &'d [i32],
    /// Sums over the subtree of each element.
    nodes: Vec<Sum>,
    /// Sums over all blocks before each.
    running: Vec<Sum>,
    first_sure: usize,
    last_sure: usize,
    gaps: Vec<(i16, i16)>,
}

impl<'a, 'd> Around<'a, 'd> {
    /// Sums up the first scores.
    #[must_use]
    pub fn new(dom: &'d Dom<'a>, blocks: &'d Blocks, scores: &'d [i32]) -> Self {
        let n = scores.len();
        let mut nodes = vec![Sum::default(); dom.nodes.len()];
        let mut running = Vec::with_capacity(n + 1);
        let mut total = Sum::default();
        running.push(total);
        for (block, score) in blocks.list.iter().zip(scores) {
            // Every block counts a little, whatever its size.
            let size = u64::from(block.size) + 10;
            let sum = Sum { size, good: size * share(*score) };
            nodes[block.node as usize].add(sum);
            total.add(sum);
            running.push(total);
        }
        for i in (1..nodes.len()).rev() {
            let sum = nodes[i];
            if sum.size > 0 {
                nodes[dom.nodes[i].parent as usize].add(sum);
            }
        }
        let sure = |i: usize| scores[i] > SCALE / 2 && blocks.list[i].size >= 60;
        let first_sure = (0..n).find(|i| sure(*i)).unwrap_or(n);
        let last_sure = (0..n).rev().find(|i| sure(*i)).unwrap_or(0);
        let gaps = gaps(n, &sure);
        Self { dom, blocks, scores, nodes, running, first_sure, last_sure, gaps }
    }

    fn window(&self, from: usize, to: usize) -> i16 {
        let n = self.scores.len();
        let (a, b) = (self.running[from.min(n)], self.running[to.min(n)]);
        Sum { size: b.size - a.size, good: b.good - a.good }.share()
    }

    /// Appends the [`EXTRA`] numbers of one block.
    pub fn fill(&self, i: usize, out: &mut Vec<i16>) {
        let start = out.len();
        let n = self.scores.len();
        for step in [0, -3, -2, -1, 1, 2, 3_i64] {
            let near = usize::try_from(i as i64 + step).ok().and_then(|k| self.scores.get(k));
            out.push(near.map_or(-4096, |s| short(*s)));
        }
        let mut at = self.blocks.list[i].node as usize;
        for _ in 0..6 {
            out.push(self.nodes[at].share());
            at = self.dom.nodes[at].parent as usize;
        }
        out.extend([
            self.window(i.saturating_sub(5), i),
            self.window(i + 1, i + 6),
            self.window(i.saturating_sub(15), i),
            self.window(i + 1, i + 16),
            self.window(i + 1, i + 3),
            self.window(0, i),
            self.window(i + 1, n),
            self.running[n].share(),
            features::octaves((self.running[n].good / 100).min(1 << 30) as u32) / 2,
            (i as i64 - self.first_sure as i64).clamp(-999, 999) as i16,
            (i as i64 - self.last_sure as i64).clamp(-999, 999) as i16,
            self.gaps[i].0,
            self.gaps[i].1,
        ]);
        debug_assert_eq!(out.len() - start, EXTRA);
    }
}

/// Blocks since the last sure one and until the next, at most 99.
fn gaps(n: usize, sure: &dyn Fn(usize) -> bool) -> Vec<(i16, i16)> {
    let mut out = vec![(99, 99); n];
    let mut gap = 99;
    for (i, slot) in out.iter_mut().enumerate() {
        gap = if sure(i) { 0 } else { (gap + 1).min(99) };
        slot.0 = gap;
    }
    gap = 99;
    for (i, slot) in out.iter_mut().enumerate().rev() {
        gap = if sure(i) { 0 } else { (gap + 1).min(99) };
        slot.1 = gap;
    }
    out
}
