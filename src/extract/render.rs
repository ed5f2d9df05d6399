//! Writes the kept blocks as text.

use super::Options;
use super::blocks::{Block, Blocks, Kind};
use super::dom::{Dom, Tag};
use super::select::Kept;

/// The text of the kept blocks: one line each, cells of a row joined by ` | `.
pub fn render(dom: &Dom<'_>, blocks: &Blocks, kept: &Kept, options: &Options) -> String {
    let mut out = String::new();
    let mut last: Option<&Block> = None;
    for (block, keep) in blocks.list.iter().zip(&kept.keep) {
        if !keep {
            continue;
        }
        if let Some(before) = last {
            out.push_str(separator(before, block));
        }
        write_block(dom, blocks, block, options, last, &mut out);
        last = Some(block);
    }
    if options.markdown && last.is_some_and(|b| b.kind == Kind::Pre) {
        out.push_str("\n```");
    }
    out
}

fn separator(before: &Block, block: &Block) -> &'static str {
    let same_row = block.row != 0 && before.row == block.row;
    if same_row && before.cell != block.cell && before.kind == Kind::Cell && block.kind == Kind::Cell {
        " | "
    } else {
        "\n"
    }
}

fn write_block(
    dom: &Dom<'_>,
    blocks: &Blocks,
    block: &Block,
    options: &Options,
    last: Option<&Block>,
    out: &mut String,
) {
    let text = blocks.text_of(block);
    if options.markdown {
        let was_pre = last.is_some_and(|b| b.kind == Kind::Pre);
        if was_pre && block.kind != Kind::Pre {
            out.push_str("```\n");
        }
        match block.kind {
            Kind::Heading(level) => {
                out.extend(std::iter::repeat_n('#', usize::from(level)));
                out.push(' ');
            }
            Kind::Pre if !was_pre => out.push_str("```\n"),
            Kind::Paragraph if dom.nodes[block.node as usize].tag == Tag::Blockquote => out.push_str("> "),
            _ => {}
        }
    }
    if matches!(block.kind, Kind::Item(_)) {
        out.push_str("- ");
    }
    out.push_str(text);
}
