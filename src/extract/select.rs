//! Chooses the blocks of the main text.

use super::Options;
use super::bar::bar;
use super::blocks::{Block, Blocks, Kind};
use super::dom::{Attr, Dom, Tag};
use super::judge::judge;
use super::model::SCALE;
use super::phrases::{self, Phrase};
use super::vocabulary::{self as v, Hints};

/// The choice: which blocks stay.
#[derive(Debug)]
pub struct Kept {
    /// One flag per block.
    pub keep: Vec<bool>,
    /// The choice is not to be trusted: next to nothing was found.
    pub weak: bool,
}

/// Sums over a subtree.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mass {
    /// Letters of all blocks.
    pub size: u32,
    /// Letters inside links.
    pub link: u32,
    /// Letters of blocks that read like running text.
    pub prose: u32,
    /// Number of blocks.
    pub blocks: u32,
}

impl Mass {
    fn add(&mut self, other: Mass) {
        self.size += other.size;
        self.link += other.link;
        self.prose += other.prose;
        self.blocks += other.blocks;
    }
}

/// What is known about each element.
pub struct Context {
    /// Hints of the element itself.
    pub own: Vec<Hints>,
    /// Hints of the element and all around it.
    pub around: Vec<Hints>,
    /// The element or one around it is boilerplate.
    pub boilerplate: Vec<bool>,
    /// Sums with boilerplate.
    pub all: Vec<Mass>,
    /// Sums without boilerplate.
    pub clean: Vec<Mass>,
}

/// The letters of a block that read like running text.
pub fn prose(block: &Block) -> u32 {
    let free = block.size - block.link_size;
    let dense = block.link_size * 2 > block.size;
    let long = block.size >= 80 || (block.size >= 25 && block.stops > 0) || (block.size >= 40 && block.commas > 0);
    match block.kind {
        _ if dense => 0,
        Kind::Heading(_) => 0,
        Kind::Pre => free / 2,
        _ if long => free,
        _ => 0,
    }
}

/// Bottom-up sums over all blocks that `take` accepts.
fn masses(dom: &Dom<'_>, blocks: &Blocks, take: impl Fn(&Block) -> bool) -> Vec<Mass> {
    let mut mass = vec![Mass::default(); dom.nodes.len()];
    for block in blocks.list.iter().filter(|b| take(b)) {
        mass[block.node as usize].add(Mass { size: block.size, link: block.link_size, prose: prose(block), blocks: 1 });
    }
    for i in (1..mass.len()).rev() {
        let here = mass[i];
        if here.blocks > 0 {
            mass[dom.nodes[i].parent as usize].add(here);
        }
    }
    mass
}

/// Hints from the element's name and attributes.
fn own_hints(dom: &Dom<'_>, i: usize) -> Hints {
    let mut out = match dom.nodes[i].tag {
        Tag::Nav | Tag::Menu | Tag::Menuitem => v::NAV,
        Tag::Footer => v::FOOT,
        Tag::Aside => v::SIDE,
        Tag::Dialog => v::MODAL,
        Tag::Form | Tag::Fieldset | Tag::Label | Tag::Legend => v::FORM,
        Tag::Header => v::HEAD,
        Tag::Article => v::ARTICLE,
        Tag::Main => v::MAIN,
        Tag::Figure | Tag::Figcaption | Tag::Picture => v::MEDIA,
        Tag::Time => v::META,
        Tag::Html | Tag::Body | Tag::Text => return 0,
        _ => 0,
    };
    for attr in [Attr::Class, Attr::Id, Attr::Role, Attr::Itemprop] {
        if let Some(value) = dom.raw_attr(i, attr) {
            out |= v::hints(value);
        }
    }
    if dom.raw_attr(i, Attr::Hidden).is_some() || dom.raw_attr(i, Attr::Style).is_some_and(is_hidden_style) {
        out |= v::HIDDEN | NOT_SHOWN;
    }
    out
}

/// The element itself says that it is not shown (attribute or style); a name that hints at it has only [`v::HIDDEN`].
/// The bit is above those that the model sees.
pub const NOT_SHOWN: Hints = 1 << 31;

fn is_hidden_style(style: &str) -> bool {
    let squeezed: String =
        style.chars().filter(|c| !c.is_whitespace()).take(400).collect::<String>().to_ascii_lowercase();
    squeezed.contains("display:none") || squeezed.contains("visibility:hidden")
}

/// Analyses a page.
pub fn context(dom: &Dom<'_>, blocks: &Blocks, options: &Options) -> Context {
    let all = masses(dom, blocks, |_| true);
    let total = all[0].prose.max(1);
    let n = dom.nodes.len();
    let mut own = vec![0; n];
    let mut around = vec![0; n];
    let mut boilerplate = vec![false; n];
    for i in 1..n {
        let parent = dom.nodes[i].parent as usize;
        boilerplate[i] = boilerplate[parent];
        if dom.nodes[i].tag == Tag::Text || all[i].blocks == 0 {
            continue;
        }
        own[i] = own_hints(dom, i);
        around[i] = around[parent] | own[i];
        if !boilerplate[i] {
            boilerplate[i] = is_boilerplate(own[i], dom.nodes[i].tag, all[i], total, options);
        }
    }
    let clean = masses(dom, blocks, |b| !boilerplate[b.node as usize]);
    Context { own, around, boilerplate, all, clean }
}

/// Whether an element is boilerplate by its hints, unless it holds too much of the page's prose.
fn is_boilerplate(own: Hints, tag: Tag, mass: Mass, total: u32, options: &Options) -> bool {
    let mut bad = own & v::BOILERPLATE;
    if options.comments {
        bad &= !v::COMMENT;
    }
    if bad == 0 {
        return false;
    }
    if own & v::STRONG != 0 && bad & (v::COMMENT | v::RELATED | v::HIDDEN) == 0 {
        return false;
    }
    let share = u64::from(mass.prose) * 100 / u64::from(total);
    let allowed = match tag {
        Tag::Nav | Tag::Footer => 70,
        _ if bad & (v::COMMENT | v::HIDDEN | v::COOKIE) != 0 => 70,
        _ => 40,
    };
    share < allowed
}

/// Chooses the blocks: by the trained model, and by rules where it finds next to nothing.
pub fn select(dom: &Dom<'_>, blocks: &Blocks, options: &Options) -> Kept {
    if blocks.list.is_empty() {
        // A million empty elements ask for no tables about each.
        return Kept { keep: Vec::new(), weak: true };
    }
    let known = context(dom, blocks, options);
    let top = container(dom, &known);
    let mut scores = judge(dom, blocks, &known, top);
    for (block, score) in blocks.list.iter().zip(&mut scores) {
        *score -= phrase_cost(blocks, block, *score);
    }
    let bar = bar(&scores, blocks, options.favor);
    let is_comment = |b: &Block| options.comments && known.around[b.node as usize] & v::COMMENT != 0 && prose(b) > 0;
    let stays = |(b, score): (&Block, &i32)| (options.tables || b.row == 0) && (*score >= bar || is_comment(b));
    let keep: Vec<bool> = blocks.list.iter().zip(&scores).map(stays).collect();
    let keep = drop_hidden(blocks, &known, keep);
    let size = kept_size(blocks, &keep);
    if size >= MIN_SIZE {
        return Kept { keep, weak: false };
    }
    let by_rules = rules(dom, blocks, &known, top, options);
    let more = kept_size(blocks, &by_rules);
    if more > size { Kept { keep: by_rules, weak: more < WEAK_SIZE } } else { Kept { keep, weak: true } }
}

/// What a set phrase takes from a block's score: three units of log-odds for a pointer to another article, two for a call.
/// Blocks so far above or below every bar that it changes next to nothing are not looked at.
fn phrase_cost(blocks: &Blocks, block: &Block, score: i32) -> i32 {
    if !(-LOOKED_AT..=LOOKED_AT).contains(&score) {
        return 0;
    }
    match phrases::find(blocks.text_of(block)) {
        Some(Phrase::Opening) => OPENING_COST,
        Some(Phrase::Call) => CALL_COST,
        None => 0,
    }
}

/// Scores outside of this are sure enough without a look at the words.
const LOOKED_AT: i32 = 3 * SCALE;

/// Set by hand, not swept; the phrases themselves were collected from errors on the tune half.
const OPENING_COST: i32 = 3 * SCALE;

/// Set by hand, see [`OPENING_COST`].
const CALL_COST: i32 = 2 * SCALE;

/// Drops blocks that are not shown, unless hardly anything else would be left: some pages show their text by script.
fn drop_hidden(blocks: &Blocks, known: &Context, keep: Vec<bool>) -> Vec<bool> {
    let shown = |b: &Block| known.around[b.node as usize] & NOT_SHOWN == 0;
    let fewer: Vec<bool> = blocks.list.iter().zip(&keep).map(|(b, k)| *k && shown(b)).collect();
    if kept_size(blocks, &fewer) >= WEAK_SIZE { fewer } else { keep }
}

/// Below this many letters the model found nothing.
const MIN_SIZE: u32 = 80;

/// Below this many letters the text in the page's own structured data is preferred if it is longer.
const WEAK_SIZE: u32 = 200;

fn kept_size(blocks: &Blocks, keep: &[bool]) -> u32 {
    blocks.list.iter().zip(keep).filter(|(_, k)| **k).map(|(b, _)| b.size).sum()
}

/// The choice by rules alone: the container and its blocks, wider and wider while it is too short.
fn rules(dom: &Dom<'_>, blocks: &Blocks, known: &Context, top: usize, options: &Options) -> Vec<bool> {
    let mut keep = choose(dom, blocks, known, top, options);
    let mut size = kept_size(blocks, &keep);
    if size < WEAK_SIZE {
        let wide = choose(dom, blocks, known, 0, options);
        let more = kept_size(blocks, &wide);
        if more > size {
            (keep, size) = (wide, more);
        }
    }
    if size < WEAK_SIZE / 2 {
        keep = blocks.list.iter().map(|b| b.link_size * 2 <= b.size && !known.boilerplate[b.node as usize]).collect();
    }
    keep
}

/// The element that holds the main text.
pub fn container(dom: &Dom<'_>, context: &Context) -> usize {
    let total = context.clean[0].prose;
    // Elements that say they are the text: the largest wins, inner ones are preferred.
    let mut best = 0;
    for (i, mass) in context.clean.iter().enumerate().skip(1) {
        let strong = context.own[i] & v::STRONG != 0 || dom.nodes[i].tag == Tag::Article;
        let floor = if best == 0 { 0 } else { context.clean[best].prose / 10 * 9 };
        if strong && !context.boilerplate[i] && mass.prose >= total / 4 && mass.prose >= floor && mass.prose > 0 {
            best = i;
        }
    }
    if best != 0 {
        return best;
    }
    let mut at = 0;
    loop {
        let next = dom.children(at).max_by_key(|c| (context.clean[*c].prose, std::cmp::Reverse(*c)));
        match next {
            Some(child)
                if u64::from(context.clean[child].prose) * 100 >= u64::from(context.clean[at].prose) * 75
                    && context.clean[child].prose > 0
                    && !dom.nodes[child].tag.is_inline()
                    && dom.nodes[child].tag != Tag::P =>
            {
                at = child;
            }
            _ => return at,
        }
    }
}

/// Filters the blocks inside `top`.
fn choose(dom: &Dom<'_>, blocks: &Blocks, context: &Context, top: usize, options: &Options) -> Vec<bool> {
    let end = dom.nodes[top].end;
    let inside = |b: &Block| b.node >= top as u32 && b.node < end;
    let mut keep: Vec<bool> = blocks
        .list
        .iter()
        .map(|b| {
            if !inside(b) || context.boilerplate[b.node as usize] || (!options.tables && b.row != 0) {
                return false;
            }
            let own = context.own[b.node as usize];
            if matches!(b.kind, Kind::Heading(_)) {
                return true;
            }
            if b.link_size * 2 > b.size && b.size < 400 {
                return false;
            }
            if b.size < 60 && own & (v::META | v::MEDIA | v::HEAD) != 0 {
                return false;
            }
            true
        })
        .collect();
    drop_empty_headings(blocks, &mut keep);
    keep
}

/// Drops headings that no kept text follows before the next heading of their level or above.
fn drop_empty_headings(blocks: &Blocks, keep: &mut [bool]) {
    // The highest level (smallest number) of heading that would be empty if nothing follows, scanning backwards.
    let mut filled = [false; 7];
    for i in (0..keep.len()).rev() {
        if !keep[i] {
            continue;
        }
        if let Kind::Heading(level) = blocks.list[i].kind {
            let level = usize::from(level);
            if !filled[level] && level > 1 {
                keep[i] = false;
            } else {
                // Text below this heading does not fill earlier headings of the same or a lower rank.
                for f in &mut filled[level..] {
                    *f = false;
                }
            }
        } else {
            filled = [true; 7];
        }
    }
}
