//! Scores every block with the trained model.

use super::blocks::Blocks;
use super::dom::Dom;
use super::features::{Page, WIDTH};
use super::model::Model;
use super::select::Context;
use std::sync::LazyLock;

/// The model, made by `tests/scripts/train_extract.py`, which also tells from what.
static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::parse(include_str!("blocks.model"), WIDTH).expect("the built-in model is well-formed"));

/// The scores of all blocks, in 1/1024 log-odds of being main text.
#[must_use]
pub fn judge(dom: &Dom<'_>, blocks: &Blocks, known: &Context, top: usize) -> Vec<i32> {
    let page = Page::new(dom, blocks, known, top);
    let mut row: Vec<i16> = Vec::with_capacity(WIDTH);
    let score = |i: usize| {
        row.clear();
        page.fill(i, &mut row);
        MODEL.score(&row)
    };
    (0..blocks.list.len()).map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_model_parses() {
        assert!(MODEL.score(&[0; WIDTH]) != 0);
    }
}
