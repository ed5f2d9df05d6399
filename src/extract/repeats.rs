//! Repeated siblings: cards of a shop, posts of a thread, entries of a list, paragraphs of a story.
//!
//! Every block lies in some element that stands among siblings of the same name and class. The level with the most such
//! siblings tells what a page is made of; what the repeated element holds (pictures, a price, a heading, prose) tells
//! whether it is a card of a shop, a post or a line of a menu.

use super::blocks::Blocks;
use super::dom::{Dom, Tag};
use super::features::{clamp, octaves, percent, twentieths};
use super::script;
use super::select::Context;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Levels above a block that are searched for repetition.
const LEVELS: usize = 9;

/// Numbers per block.
pub const WIDTH: usize = 26;

/// A map whose keys are hashes already.
pub type HashedMap<T> = HashMap<u64, T, BuildHasherDefault<Same>>;

/// Passes a hash on as it is.
#[derive(Default)]
pub struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*b);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// Running counts at a node: how many stand before it in the document.
#[derive(Clone, Copy, Default)]
struct Counts {
    images: u32,
    inputs: u32,
    headings: u32,
    times: u32,
    prices: u32,
}

/// The repetition of a page.
pub struct Repeats {
    /// Siblings of the same look that hold text, the element itself included.
    siblings: Vec<u32>,
    /// How many of them stand before it.
    order: Vec<u32>,
    /// Counts before each node, and one more at the end.
    before: Vec<Counts>,
}

/// Whether a text looks like a price: a currency sign or code, or a digit before a unit that is also an ordinary word.
pub fn has_price(text: &str) -> bool {
    if text.len() > 400 {
        return false;
    }
    let signs = ['$', '€', '£', '¥', '₹', '￥', '₩', '₽', '₺', '฿', '₫', '₪', '﷼', '₴', '₸'];
    let codes = [
        "USD",
        "EUR",
        "GBP",
        "CHF",
        "PLN",
        "SEK",
        "Kč",
        "zł",
        "Ft",
        "kr",
        "R$",
        "руб",
        "грн",
        "ريال",
        "درهم",
        "جنيه",
        "دينار",
        "تومان",
        "บาท",
        "ש\"ח",
        "रुपये",
        "Rs",
    ];
    text.contains(signs) || codes.iter().any(|code| text.contains(code)) || has_counted_unit(text)
}

/// Whether 元, 円 or 원 follows a number, with the words for thousands and ten thousands between.
fn has_counted_unit(text: &str) -> bool {
    let mut counted = false;
    for c in text.chars() {
        match c {
            '元' | '円' | '원' | '块' if counted => return true,
            '万' | '萬' | '千' | '百' | '만' | '천' | '億' | '亿' | ',' | '.' | '，' | ' ' => {}
            _ => counted = script::digit(c).is_some(),
        }
    }
    false
}

impl Repeats {
    /// Counts the repetition of a page; `marks` has the look of every element as a hash.
    pub fn new(dom: &Dom<'_>, blocks: &Blocks, context: &Context, marks: &[u64]) -> Self {
        let n = dom.nodes.len();
        let mut seen: HashedMap<u32> = HashedMap::default();
        let mut order = vec![0; n];
        let mut key_of = vec![0_u64; n];
        let mut before = vec![Counts::default(); n + 1];
        let mut prices = vec![0_u32; n];
        for block in blocks.list.iter().filter(|b| b.digits > 0 && has_price(blocks.text_of(b))) {
            prices[block.node as usize] += 1;
        }
        for i in 0..n {
            let tag = dom.nodes[i].tag;
            let mut c = before[i];
            c.images += u32::from(matches!(tag, Tag::Img | Tag::Picture | Tag::Svg | Tag::Video));
            c.inputs += u32::from(matches!(tag, Tag::Input | Tag::Button | Tag::Select | Tag::Textarea));
            c.headings += u32::from(tag.heading().is_some());
            c.times += u32::from(tag == Tag::Time);
            c.prices += prices[i];
            before[i + 1] = c;
            if i > 0 && context.all[i].blocks > 0 && tag != Tag::Text {
                let key = marks[i] ^ u64::from(dom.nodes[i].parent).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                key_of[i] = key;
                let count = seen.entry(key).or_default();
                order[i] = *count;
                *count += 1;
            }
        }
        let siblings = key_of.iter().map(|k| if *k == 0 { 0 } else { seen[k] }).collect();
        Self { siblings, order, before }
    }

    fn within(&self, dom: &Dom<'_>, node: usize) -> Counts {
        let (a, b) = (self.before[node], self.before[dom.nodes[node].end as usize]);
        Counts {
            images: b.images - a.images,
            inputs: b.inputs - a.inputs,
            headings: b.headings - a.headings,
            times: b.times - a.times,
            prices: b.prices - a.prices,
        }
    }

    /// Pictures, inputs, headings, times and prices of the whole page.
    pub fn totals(&self) -> [u32; 5] {
        let c = self.before.last().copied().unwrap_or_default();
        [c.images, c.inputs, c.headings, c.times, c.prices]
    }

    /// The repeated element around a node, and how many levels up it is.
    pub fn card(&self, dom: &Dom<'_>, node: usize) -> (usize, usize) {
        let (mut best, mut level, mut at) = (node, 0, node);
        for up in 0..LEVELS {
            if at == 0 {
                break;
            }
            if self.siblings[at] >= self.siblings[best].max(2) {
                (best, level) = (at, up);
            }
            at = dom.nodes[at].parent as usize;
        }
        (best, level)
    }

    /// Appends [`WIDTH`] numbers about a block.
    pub fn fill(&self, dom: &Dom<'_>, context: &Context, blocks: &Blocks, i: usize, out: &mut Vec<i16>) {
        let start = out.len();
        let node = blocks.list[i].node as usize;
        let all = &context.all;
        let (card, level) = self.card(dom, node);
        let holder = dom.nodes[card].parent as usize;
        let mass = all[card];
        let inner = self.within(dom, card);
        let outer = self.within(dom, holder);
        let count = self.siblings[card].max(1);
        out.extend([
            octaves(self.siblings[card]),
            clamp(level),
            octaves(self.order[card]),
            percent(self.order[card], count) / 5,
            octaves(mass.blocks),
            octaves(mass.size),
            twentieths(mass.link, mass.size),
            twentieths(mass.prose, mass.size),
            octaves(inner.images),
            octaves(inner.inputs),
            octaves(inner.headings),
            octaves(inner.times),
            octaves(inner.prices),
            twentieths(all[holder].size, all[0].size),
            twentieths(all[holder].prose, all[0].prose),
            octaves(all[holder].size / count),
            twentieths(all[holder].link, all[holder].size),
            twentieths(outer.prices.min(count), count),
            twentieths(outer.headings.min(count), count),
            twentieths(outer.images.min(count), count),
        ]);
        let mut at = node;
        for _ in 0..3 {
            at = dom.nodes[at].parent as usize;
            let here = self.within(dom, at);
            out.extend([octaves(here.images), octaves(here.inputs)]);
        }
        debug_assert_eq!(out.len() - start, WIDTH);
    }
}
