//! Scores every block with the trained models.

use super::blocks::Blocks;
use super::dom::Dom;
use super::features::{self, Page};
use super::model::Model;
use super::pagekind::{self, KINDS};
use super::select::Context;
use std::sync::LazyLock;

/// The models, made by `tests/scripts/train_extract.py`, which also tells from what.
static MODELS: LazyLock<Models> =
    LazyLock::new(|| Models::parse(include_str!("blocks.model")).expect("the built-in models are well-formed"));

/// All models of the extractor.
struct Models {
    /// One per kind of page, in the order of [`KINDS`].
    kinds: Vec<Model>,
    /// Whether a block is main text.
    blocks: Model,
}

impl Models {
    /// Reads the models of the kinds, then that of the blocks; each stands below a line that starts with `=`.
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> =
            text.split("\n=").skip(1).map(|p| p.split_once('\n').map_or("", |(_, body)| body)).collect();
        let (blocks, kinds) = parts.split_last()?;
        let kinds: Option<Vec<Model>> = kinds.iter().map(|k| Model::parse(k, pagekind::WIDTH)).collect();
        Some(Self { kinds: kinds.filter(|k| k.len() == KINDS.len())?, blocks: Model::parse(blocks, features::WIDTH)? })
    }
}

/// What the block model sees of the kind of page: per kind its score in eighths of log-odds.
fn kinds(signs: &[i16]) -> [i16; KINDS.len()] {
    let mut out = [0; KINDS.len()];
    for (slot, model) in out.iter_mut().zip(&MODELS.kinds) {
        *slot = (model.score(signs) / 128).clamp(-64, 64) as i16;
    }
    out
}

/// A page ready for scoring, and the signs of its kind.
fn page<'a, 'd>(dom: &'d Dom<'a>, blocks: &'d Blocks, known: &'d Context, top: usize) -> (Page<'a, 'd>, Vec<i16>) {
    let mut page = Page::new(dom, blocks, known, top);
    let mut signs = Vec::with_capacity(pagekind::WIDTH);
    pagekind::signs(dom, blocks, known, &page.repeats, &mut signs);
    page.kinds = kinds(&signs);
    (page, signs)
}

/// The scores of all blocks, in 1/1024 log-odds of being main text.
#[must_use]
pub fn judge(dom: &Dom<'_>, blocks: &Blocks, known: &Context, top: usize) -> Vec<i32> {
    let (page, _) = page(dom, blocks, known, top);
    let n = blocks.list.len();
    let (mut rows, mut scores) = (Vec::new(), Vec::with_capacity(n));
    for from in (0..n).step_by(ROWS) {
        rows.clear();
        (from..n.min(from + ROWS)).for_each(|i| page.fill(i, &mut rows));
        MODELS.blocks.score_all(&rows, features::WIDTH, &mut scores);
    }
    scores
}

/// Rows made at a time.
const ROWS: usize = 64;

/// The signs of a page and the rows of its blocks, for training.
#[must_use]
pub fn rows(dom: &Dom<'_>, blocks: &Blocks, known: &Context, top: usize) -> (Vec<i16>, Vec<Vec<i16>>) {
    let (page, signs) = page(dom, blocks, known, top);
    let row = |i: usize| {
        let mut row = Vec::with_capacity(features::WIDTH);
        page.fill(i, &mut row);
        row
    };
    (signs, (0..blocks.list.len()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_models_parse() {
        assert!(MODELS.blocks.score(&[0; features::WIDTH]) != 0);
        assert_eq!(MODELS.kinds.len(), KINDS.len());
    }
}
