//! Tables of Markdown.

use super::inline::{self, Style};
use super::math::Site;
use crate::extract::blocks::{Blocks, Kind};
use crate::extract::dom::{Attr, Dom, Tag};
use crate::extract::work;
use std::collections::BTreeMap;

/// Most columns of a table; wider ones are written row by row.
const COLUMNS: usize = 60;
/// The longest cell in bytes; tables with longer ones lay out the page.
const LONGEST: usize = 1000;

/// The innermost table around a node.
pub fn around(dom: &Dom<'_>, node: u32) -> Option<u32> {
    let mut at = node as usize;
    while at != 0 {
        work::steps(1);
        if dom.nodes[at].tag == Tag::Table {
            return Some(at as u32);
        }
        at = dom.nodes[at].parent as usize;
    }
    None
}

/// A table in Markdown, with the texts of the kept blocks `of` (by index) in it. `None` when it is no table of data: one column,
/// other tables, headings, code or long texts inside.
pub fn markdown(
    dom: &Dom<'_>,
    blocks: &Blocks,
    table: u32,
    of: &[(usize, (u32, u32))],
    style: Style<'_>,
) -> Option<String> {
    let mut texts: BTreeMap<u32, String> = BTreeMap::new();
    for &(index, (from, to)) in of {
        let block = &blocks.list[index];
        let fits = matches!(block.kind, Kind::Cell | Kind::Item(_)) && block.cell != 0;
        if !fits || around(dom, block.cell) != Some(table) {
            return None;
        }
        let text = texts.entry(block.cell).or_default();
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&inline::text(dom, from, to, Style { cell: true, ..style }));
        if text.len() > LONGEST {
            return None;
        }
    }
    let rows = rows(dom, table, &texts, style.sites, style)?;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if rows.len() < 2 || !(2..=COLUMNS).contains(&columns) {
        return None;
    }
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        out.push('|');
        for column in 0..columns {
            out.push(' ');
            out.push_str(row.get(column).map_or("", String::as_str));
            out.push_str(if row.get(column).is_some_and(|cell| !cell.is_empty()) { " |" } else { "|" });
        }
        out.push('\n');
        if number == 0 {
            out.push('|');
            out.push_str(&" --- |".repeat(columns));
            out.push('\n');
        }
    }
    out.pop();
    Some(out)
}

/// The rows that have text, each with a text for every column. `None` when a table lies in the table.
fn rows(
    dom: &Dom<'_>,
    table: u32,
    texts: &BTreeMap<u32, String>,
    sites: &[Site],
    style: Style<'_>,
) -> Option<Vec<Vec<String>>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut at = table as usize + 1;
    let end = dom.nodes[table as usize].end as usize;
    while at < end {
        work::steps(1);
        let node = &dom.nodes[at];
        match node.tag {
            Tag::Table => return None,
            Tag::Tr => rows.push(Vec::new()),
            Tag::Td | Tag::Th => {
                let row = rows.last_mut()?;
                let place = sites.partition_point(|site| (site.start as usize) < at);
                let formula = sites.get(place).is_some_and(|site| site.end <= node.end);
                row.push(match texts.get(&(at as u32)) {
                    Some(text) => text.clone(),
                    // A cell with a formula alone has no block.
                    None if formula && node.end as usize > at + 1 => {
                        inline::text(dom, at as u32 + 1, node.end - 1, Style { cell: true, ..style })
                    }
                    None => String::new(),
                });
                let wide = dom.raw_attr(at, Attr::Colspan).and_then(|span| span.trim().parse().ok()).unwrap_or(1);
                row.extend((1..COLUMNS.min(wide)).map(|_| String::new()));
            }
            _ => {}
        }
        at += 1;
    }
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    Some(rows)
}
