//! Scores every block with the two trained models.

use super::blocks::Blocks;
use super::context::{self, Around};
use super::dom::Dom;
use super::features::{self, Page};
use super::model::Model;
use super::select::Context;
use std::sync::LazyLock;

/// The first model looks at each block alone; trained by `tools/train_extract.py`.
static FIRST: LazyLock<Model> = LazyLock::new(|| {
    Model::parse(include_str!("first.model"), features::WIDTH).expect("the built-in model is well-formed")
});

/// The second model also sees what the first said about the blocks around.
static SECOND: LazyLock<Model> = LazyLock::new(|| {
    Model::parse(include_str!("second.model"), context::WIDTH).expect("the built-in model is well-formed")
});

/// How many rows are kept for the second model; longer pages make their rows twice instead of holding them.
const KEPT_ROWS: usize = 4096;

/// The scores of all blocks, in 1/1024 log-odds of being main text.
#[must_use]
pub fn judge(dom: &Dom<'_>, blocks: &Blocks, known: &Context, top: usize) -> Vec<i32> {
    let n = blocks.list.len();
    let page = Page::new(dom, blocks, known, top);
    let mut kept: Vec<i16> = Vec::with_capacity(n.min(KEPT_ROWS) * features::WIDTH);
    let mut row: Vec<i16> = Vec::with_capacity(context::WIDTH);
    let mut first = Vec::with_capacity(n);
    for i in 0..n {
        row.clear();
        page.fill(i, &mut row);
        first.push(FIRST.score(&row));
        if i < KEPT_ROWS {
            kept.extend_from_slice(&row);
        }
    }
    if SECOND.is_empty() {
        return first;
    }
    let around = Around::new(dom, blocks, &first);
    let second = |i: usize| {
        row.clear();
        match kept.get(i * features::WIDTH..(i + 1) * features::WIDTH) {
            Some(known) => row.extend_from_slice(known),
            None => page.fill(i, &mut row),
        }
        around.fill(i, &mut row);
        SECOND.score(&row)
    };
    (0..n).map(second).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_models_parse() {
        assert!(FIRST.score(&[0; features::WIDTH]) != 0);
    }
}
