//! What the block model sees of a block, as whole numbers: no float, so every machine decides alike.

use super::blocks::{Block, Blocks, Kind};
use super::dom::{Attr, Dom, Tag};
use super::pagekind::KINDS;
use super::repeats::{self, HashedMap, Repeats};
use super::said;
use super::script;
use super::select::{Context, Mass, NOT_SHOWN, prose};
use super::vocabulary::{self as v, Hints};
use super::work;

/// Hint bits used as features.
const BITS: usize = 25;

/// Numbers per block: 94 measures, the hint bits at four distances, the repetition around it, its tie to the headline and
/// the scores of the kinds of pages.
pub const WIDTH: usize = 94 + 4 * BITS + repeats::WIDTH + 6 + KINDS.len();

/// Sums over the blocks that look alike: same element and class names up to three levels.
#[derive(Default, Clone, Copy)]
struct Alike {
    count: u32,
    size: u32,
    link: u32,
    /// Sum of the sizes of all texts longer than 80.
    long: u32,
}

/// A page prepared for making rows.
pub struct Page<'a, 'd> {
    dom: &'d Dom<'a>,
    blocks: &'d Blocks,
    context: &'d Context,
    /// The element that the rules take for the main text.
    top: usize,
    depth: Vec<u16>,
    marks: Vec<u64>,
    alike: HashedMap<Alike>,
    /// Words of the document title, as sorted hashes.
    title: Vec<u64>,
    /// Words of the descriptions in the head, as sorted hashes.
    description: Vec<u64>,
    /// For each block how many percent of its words stand in the descriptions.
    described: Vec<i16>,
    /// Letters before each block.
    before: Vec<u32>,
    prose: Vec<u32>,
    /// For each block the heading before it (index + 1).
    heading: Vec<u32>,
    /// The first block that repeats the title, as a heading if there is one.
    headline: usize,
    overlap: Vec<i16>,
    first_prose: usize,
    last_prose: usize,
    hints: Vec<Hints>,
    /// How often the text of the block stands on the page.
    copies: Vec<i16>,
    /// Which elements of [`INSIDE`] are around each element, one bit each.
    inside: Vec<u16>,
    /// The innermost `article` around each element, 0 for none.
    article: Vec<u32>,
    articles: u32,
    /// Repeated siblings.
    pub repeats: Repeats,
    /// For each element how many levels up the first one is that is also around the headline, and which.
    to_headline: Vec<(u16, u32)>,
    /// The scores of the kinds of pages.
    pub kinds: [i16; KINDS.len()],
}

/// Elements whose presence around a block is a number of its own.
const INSIDE: [Tag; 13] = [
    Tag::Article,
    Tag::Main,
    Tag::Nav,
    Tag::Header,
    Tag::Footer,
    Tag::Aside,
    Tag::Form,
    Tag::Figure,
    Tag::Table,
    Tag::Ul,
    Tag::Ol,
    Tag::Blockquote,
    Tag::Section,
];

pub fn clamp(n: impl TryInto<i64>) -> i16 {
    let n: i64 = n.try_into().unwrap_or(i64::from(i16::MAX));
    n.clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16
}

/// The size of a number in quarter octaves: exact counts would let a model recognise single pages.
#[must_use]
pub fn octaves(n: u32) -> i16 {
    if n == 0 {
        return 0;
    }
    let top = 31 - n.leading_zeros();
    let next = if top >= 2 { (n >> (top - 2)) & 3 } else { (n << (2 - top)) & 3 };
    (top * 4 + next + 1) as i16
}

/// `part` of `whole` in steps of five percent.
pub fn twentieths(part: u32, whole: u32) -> i16 {
    percent(part, whole) / 5
}

/// `part` of `whole` in percent.
pub fn percent(part: u32, whole: u32) -> i16 {
    if whole == 0 { 0 } else { clamp(u64::from(part) * 100 / u64::from(whole)) }
}

/// FNV-1a, continued from `seed`.
pub fn hash(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

/// Hashes of the words of a text, case ignored, sorted. Where a script puts no blank between words, neighbouring letters in
/// pairs stand for them, so that a headline is known again behind or before the name of its site.
fn word_hashes(text: &str, most: usize) -> Vec<u64> {
    let mut out: Vec<u64> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric() && !script::is_mark(c)).filter(|w| !w.is_empty()) {
        if out.len() >= most {
            break;
        }
        if !word.chars().any(script::is_unspaced) {
            out.push(hash(0, word.to_lowercase().as_bytes()));
            continue;
        }
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).skip(1);
        let pairs = word.char_indices().zip(ends).map(|((from, _), to)| &word[from..to]);
        out.extend(pairs.take(most - out.len()).map(|pair| hash(2, pair.as_bytes())));
        if word.chars().nth(1).is_none() {
            out.push(hash(2, word.as_bytes()));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

impl<'a, 'd> Page<'a, 'd> {
    /// Prepares a page; `top` is the element that the rules take for the main text.
    #[must_use]
    pub fn new(dom: &'d Dom<'a>, blocks: &'d Blocks, context: &'d Context, top: usize) -> Self {
        let n = dom.nodes.len();
        let mut depth = vec![0_u16; n];
        let mut marks = vec![0_u64; n];
        let mut inside = vec![0_u16; n];
        let mut article = vec![0_u32; n];
        let mut articles = 0;
        for i in 1..n {
            let node = &dom.nodes[i];
            let parent = node.parent as usize;
            if node.tag == Tag::Text {
                continue;
            }
            depth[i] = depth[parent] + 1;
            inside[i] = inside[parent] | INSIDE.iter().position(|t| *t == node.tag).map_or(0, |bit| 1 << bit);
            article[i] = article[parent];
            if node.tag == Tag::Article {
                article[i] = i as u32;
                articles += 1;
            }
            marks[i] = hash(node.tag as u64, dom.raw_attr(i, Attr::Class).unwrap_or("").as_bytes());
        }
        let repeats = Repeats::new(dom, blocks, context, &marks);
        let mut page = Self {
            dom,
            blocks,
            context,
            top,
            depth,
            marks,
            repeats,
            to_headline: Vec::new(),
            kinds: [0; KINDS.len()],
            alike: HashedMap::default(),
            title: Vec::new(),
            description: Vec::new(),
            described: Vec::with_capacity(blocks.list.len()),
            before: Vec::with_capacity(blocks.list.len()),
            prose: blocks.list.iter().map(prose).collect(),
            heading: Vec::with_capacity(blocks.list.len()),
            headline: usize::MAX,
            overlap: Vec::new(),
            first_prose: usize::MAX,
            last_prose: 0,
            hints: Vec::new(),
            copies: Vec::new(),
            inside,
            article,
            articles,
        };
        page.scan();
        page
    }

    fn scan(&mut self) {
        if let Some(i) = self.dom.nodes.iter().position(|n| n.tag == Tag::Title) {
            self.title = word_hashes(&self.dom.text_content(i), 40);
        }
        self.description = self.descriptions();
        let (mut letters, mut heading) = (0, 0);
        for (i, block) in self.blocks.list.iter().enumerate() {
            self.before.push(letters);
            letters += block.size;
            self.heading.push(heading);
            let text = self.blocks.text_of(block);
            work::steps(text.len());
            let known = !self.title.is_empty() || !self.description.is_empty();
            let words = if block.size < 600 && known { word_hashes(text, 60) } else { Vec::new() };
            let shared = |with: &[u64]| words.iter().filter(|w| with.binary_search(w).is_ok()).count() as u32;
            let overlap = if block.size < 300 && !self.title.is_empty() {
                percent(shared(&self.title) * 2, (words.len() + self.title.len()) as u32)
            } else {
                0
            };
            self.overlap.push(overlap);
            self.described.push(twentieths(shared(&self.description), words.len() as u32));
            self.hints.push(if text.len() <= 120 { v::hints(text) } else { 0 } | said::hints(text));
            let is_heading = matches!(block.kind, Kind::Heading(_));
            if is_heading {
                heading = i as u32 + 1;
            }
            if overlap >= 50 && (self.headline == usize::MAX || (is_heading && !self.is_heading(self.headline))) {
                self.headline = i;
            }
            if self.prose[i] >= 80 && !self.context.boilerplate[block.node as usize] {
                self.first_prose = self.first_prose.min(i);
                self.last_prose = i;
            }
            let mark = self.mark(block);
            let alike = self.alike.entry(mark).or_default();
            alike.count += 1;
            alike.size += block.size;
            alike.link += block.link_size;
            alike.long += if block.size > 80 { block.size - block.link_size } else { 0 };
        }
        let texts: Vec<u64> = self.blocks.list.iter().map(|b| hash(1, self.blocks.text_of(b).as_bytes())).collect();
        let mut counts: HashedMap<i16> = HashedMap::with_capacity_and_hasher(texts.len(), Default::default());
        for t in &texts {
            let count = counts.entry(*t).or_default();
            *count = count.saturating_add(1);
        }
        self.copies = texts.iter().map(|t| counts[t]).collect();
        self.to_headline = self.ties();
    }

    /// The words of the descriptions in the head.
    fn descriptions(&self) -> Vec<u64> {
        let mut out = Vec::new();
        let metas = self.dom.nodes.iter().enumerate().filter(|(_, n)| n.tag == Tag::Meta);
        for (i, _) in metas.take(200) {
            let key = self.dom.raw_attr(i, Attr::Name).or_else(|| self.dom.raw_attr(i, Attr::Property)).unwrap_or("");
            if ["description", "og:description", "twitter:description"].iter().any(|k| key.eq_ignore_ascii_case(k)) {
                out.extend(word_hashes(&self.dom.attr(i, Attr::Content).unwrap_or_default(), 120));
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The way of every element to the elements around the headline.
    fn ties(&self) -> Vec<(u16, u32)> {
        let mut ties = vec![(0_u16, 0_u32); self.dom.nodes.len()];
        let mut at = self.blocks.list.get(self.headline).map_or(0, |b| b.node as usize);
        let mut around = vec![false; self.dom.nodes.len()];
        while at != 0 {
            around[at] = true;
            at = self.parent(at);
        }
        for i in 1..ties.len() {
            ties[i] = if around[i] {
                (0, i as u32)
            } else {
                let (up, meet) = ties[self.parent(i)];
                (up.saturating_add(1), meet)
            };
        }
        ties
    }

    fn is_heading(&self, block: usize) -> bool {
        self.blocks.list.get(block).is_some_and(|b| matches!(b.kind, Kind::Heading(_)))
    }

    fn parent(&self, node: usize) -> usize {
        self.dom.nodes[node].parent as usize
    }

    fn mark(&self, block: &Block) -> u64 {
        let node = block.node as usize;
        let parent = self.parent(node);
        let grand = self.parent(parent);
        self.marks[node] ^ self.marks[parent].rotate_left(21) ^ self.marks[grand].rotate_left(42)
    }

    /// Appends the row of one block: [`WIDTH`] numbers.
    pub fn fill(&self, i: usize, out: &mut Vec<i16>) {
        let start = out.len();
        self.shape(i, out);
        self.place(i, out);
        self.company(i, out);
        self.more(i, out);
        self.hint_bits(i, out);
        self.repeats.fill(self.dom, self.context, self.blocks, i, out);
        self.tie(i, out);
        out.extend(self.kinds);
        debug_assert_eq!(out.len() - start, WIDTH);
    }

    /// How the block hangs together with the headline, whether it is shown and described (6 numbers).
    fn tie(&self, i: usize, out: &mut Vec<i16>) {
        let node = self.blocks.list[i].node as usize;
        let (up, meet) = self.to_headline[node];
        let (all, total) = (&self.context.all, self.context.all[0]);
        let known = self.headline != usize::MAX;
        out.extend([
            if known { clamp(up) } else { -1 },
            if known { twentieths(all[meet as usize].size, total.size) } else { -1 },
            if known { twentieths(all[meet as usize].prose, total.prose) } else { -1 },
            if known { clamp(self.depth[meet as usize]) } else { -1 },
            i16::from(self.context.around[node] & NOT_SHOWN != 0),
            self.described[i],
        ]);
    }

    /// The block itself (24 numbers).
    fn shape(&self, i: usize, out: &mut Vec<i16>) {
        let b = &self.blocks.list[i];
        let text = self.blocks.text_of(b);
        let tag = self.dom.nodes[b.node as usize].tag;
        let last = text.trim_end_matches(script::is_closing).chars().next_back().unwrap_or(' ');
        let ends = script::is_stop(last);
        let first = text.chars().next().unwrap_or(' ');
        let level = if let Kind::Heading(level) = b.kind { i16::from(level) } else { 0 };
        let upper = text.chars().take(200).filter(|c| c.is_uppercase()).count() as u32;
        out.extend([
            octaves(b.size),
            octaves(b.words),
            percent(b.link_size, b.size),
            clamp(b.links),
            clamp(b.stops),
            clamp(b.commas),
            percent(b.digits, b.size + b.digits),
            clamp(u64::from(b.size) * 10 / u64::from(b.words.max(1))),
            percent(upper, b.size.min(200)),
            i16::from(ends),
            i16::from(matches!(last, ':' | '：')),
            i16::from(first.is_lowercase()),
            i16::from(script::digit(first).is_some()),
            level,
            match b.kind {
                Kind::Item(depth) => i16::from(depth),
                _ => 0,
            },
            i16::from(b.kind == Kind::Cell),
            i16::from(b.kind == Kind::Pre),
            i16::from(tag == Tag::P),
            i16::from(matches!(tag, Tag::Div | Tag::Section)),
            i16::from(matches!(tag, Tag::Figcaption | Tag::Caption)),
            i16::from(matches!(tag, Tag::Dt | Tag::Dd)),
            i16::from(tag == Tag::Blockquote),
            i16::from(text.contains(['|', '©', '»', '›', '→', '·', '•', '｜', '＞', '・', '丨'])),
            clamp(memchr::memchr_iter(b'\n', text.as_bytes()).count()),
        ]);
    }

    /// Where it stands in the page and the tree (28 numbers).
    fn place(&self, i: usize, out: &mut Vec<i16>) {
        let b = &self.blocks.list[i];
        let node = b.node as usize;
        let (all, clean) = (&self.context.all, &self.context.clean);
        let total = all[0];
        let top_node = &self.dom.nodes[self.top];
        let inside = node >= self.top && (node as u32) < top_node.end;
        // The smallest element around both the block and the rules' choice, and how far up it is.
        let (mut common, mut up) = (node, 0);
        while !(common <= self.top && self.dom.nodes[common].end > self.top as u32) && common != 0 && !inside {
            work::steps(1);
            common = self.parent(common);
            up += 1;
        }
        let chain = {
            let p1 = self.parent(node);
            let p2 = self.parent(p1);
            let p3 = self.parent(p2);
            let p4 = self.parent(p3);
            [node, p1, p2, p3, p4]
        };
        out.extend([
            percent(i as u32, self.blocks.list.len() as u32),
            percent(self.before[i], total.size),
            octaves(self.blocks.list.len() as u32) / 2,
            octaves(total.prose) / 2,
            twentieths(total.link, total.size),
            twentieths(total.prose, total.size),
            clamp(self.depth[node]),
            i16::from(inside),
            clamp(up),
            twentieths(clean[self.top].prose, total.prose),
            twentieths(clean[self.top].link, clean[self.top].size),
            i16::from(self.context.boilerplate[node]),
            clamp(i64::from(self.depth[node]) - i64::from(self.depth[self.top])),
            i16::from(i < self.first_prose),
            i16::from(i > self.last_prose),
        ]);
        for at in &chain[1..] {
            let m: Mass = all[*at];
            out.extend([percent(m.prose, total.prose) / 2, twentieths(m.link, m.size), octaves(m.blocks)]);
        }
        out.push(percent(clean[chain[2]].prose, clean[self.top].prose));
    }

    /// The blocks around it and those that look alike (24 numbers).
    fn company(&self, i: usize, out: &mut Vec<i16>) {
        let list = &self.blocks.list;
        let b = &list[i];
        let none = Alike::default();
        let alike = self.alike.get(&self.mark(b)).unwrap_or(&none);
        out.extend([
            octaves(alike.count),
            octaves(alike.size / alike.count.max(1)),
            percent(alike.link, alike.size),
            percent(alike.long, self.context.all[0].size),
        ]);
        for step in [-2_i64, -1, 1, 2] {
            let Some(near) = usize::try_from(i as i64 + step).ok().and_then(|n| list.get(n)) else {
                out.extend([-1, -1, -1]);
                continue;
            };
            let heading = matches!(near.kind, Kind::Heading(_));
            out.extend([
                if heading { -2 } else { octaves(near.size) },
                percent(near.link_size, near.size),
                i16::from(near.node == b.node)
                    + 2 * i16::from(self.parent(near.node as usize) == self.parent(b.node as usize)),
            ]);
        }
        let window = |from: usize, to: usize| self.prose[from.min(list.len())..to.min(list.len())].iter().sum::<u32>();
        out.extend([octaves(window(i.saturating_sub(4), i)), octaves(window(i + 1, i + 5))]);
        let far =
            |range: &mut dyn Iterator<Item = usize>| clamp(range.take(30).take_while(|n| self.prose[*n] < 60).count());
        out.extend([far(&mut (0..i).rev()), far(&mut (i + 1..list.len()))]);
        let heading = self.heading[i] as usize;
        out.extend([
            if heading == 0 { 99 } else { clamp(i + 1 - heading) },
            self.overlap[i],
            if self.headline == usize::MAX { 999 } else { clamp(i as i64 - self.headline as i64) },
            i16::from(heading != 0 && self.overlap[heading - 1] >= 50),
        ]);
    }

    /// Copies, surrounding elements and signs in the text (18 numbers).
    fn more(&self, i: usize, out: &mut Vec<i16>) {
        let b = &self.blocks.list[i];
        let text = self.blocks.text_of(b);
        let node = b.node as usize;
        let article = self.article[node] as usize;
        let all = &self.context.all;
        out.extend([
            self.copies[i],
            octaves(self.articles),
            if article == 0 { -1 } else { percent(all[article].prose, all[0].prose) },
            i16::from(text.contains(['$', '€', '£', '¥', '₹', '￥', '₩', '₽', '₺', '฿', '₫', '₪', '﷼'])),
            i16::from(has_year(text)),
        ]);
        out.extend((0..INSIDE.len()).map(|bit| ((self.inside[node] >> bit) & 1) as i16));
    }

    /// Hint bits of the element and its parent, of the next three levels, of all levels, and of the words of the text and
    /// of the heading before it.
    fn hint_bits(&self, i: usize, out: &mut Vec<i16>) {
        let own = &self.context.own;
        let node = self.blocks.list[i].node as usize;
        let p1 = self.parent(node);
        let p2 = self.parent(p1);
        let p3 = self.parent(p2);
        let p4 = self.parent(p3);
        let heading = self.heading[i] as usize;
        let said = if heading == 0 { 0 } else { self.hints[heading - 1] };
        for (mask, more) in [
            (own[node] | own[p1], 0),
            (own[p2] | own[p3] | own[p4], 0),
            (self.context.around[node], 0),
            (self.hints[i], said),
        ] {
            out.extend((0..BITS).map(|bit| ((mask >> bit) & 1) as i16 + 2 * ((more >> bit) & 1) as i16));
        }
    }
}

/// Whether a number from 1900 to 2099 stands in the first part of a text, in digits of any script.
fn has_year(text: &str) -> bool {
    let mut number = (0_u32, 0_u32);
    let is_year = |(digits, value): (u32, u32)| digits == 4 && (1900..2100).contains(&value);
    for c in text.chars().take(200) {
        number = match script::digit(c) {
            Some(digit) => (number.0 + 1, (number.1 * 10 + digit) % 1_000_000),
            None if is_year(number) => return true,
            None => (0, 0),
        };
    }
    is_year(number)
}
