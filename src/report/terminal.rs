//! The numbers as aligned plain text.

use super::alerts::{self, Part};
use super::table::{Table, Weight};
use super::{Times, benchmarks, damage, duplicates, escape, flow, groups, rules, time, tokens, verdict};
use crate::ledger::Stats;
use crate::plan::Plan;

/// Columns of the widest line.
pub const WIDTH: usize = 120;
/// Rows of a table.
const ROWS: usize = 60;
/// Rows of the table of domains.
const DOMAINS: usize = 20;
/// Columns that a text column takes at least when it must shrink.
const NARROW: usize = 8;

/// The whole text.
pub fn text(plan: &Plan, stats: &Stats, times: Option<&Times>) -> String {
    let mut out = Lines::default();
    out.wrapped(&format!("{}: {}", stats.name, verdict::state(plan, stats).1), "");
    out.wrapped(&verdict::sentence(plan, stats), "");
    for (label, value) in verdict::identity(plan, stats) {
        out.wrapped(&format!("{label:<18}{value}"), "  ");
    }
    out.heading("Alerts");
    let alerts = alerts::find(plan, stats);
    if alerts.is_empty() {
        out.wrapped("nothing stands out", "  ");
    }
    for alert in alerts.iter().take(ROWS) {
        let words = alert.parts.iter().map(|part| match part {
            Part::Words(words) => words.clone(),
            Part::Name(name) => format!("`{name}`"),
        });
        out.wrapped(&format!("{}: {}", alert.level.word(), words.collect::<String>()), "  ");
    }
    if alerts.len() > ROWS {
        out.wrapped(&format!("… {} more alerts", alerts.len() - ROWS), "  ");
    }
    out.table("Flow", &flow::table(plan, stats));
    out.table("Rules", &rules::table(plan, stats));
    out.table("Sources", &groups::sources(stats));
    out.table("Languages", &groups::languages(stats));
    out.table("Domains", &groups::domains(stats).head(DOMAINS));
    out.table("Duplicates", &duplicates::table(plan, stats));
    out.table("Copies cut out of documents", &duplicates::cut_table(plan, stats));
    out.table("Benchmarks", &benchmarks::table(plan, stats));
    out.table("Personal data replaced", &damage::pii(stats));
    if stats.order.is_some() {
        out.table("Mixture", &tokens::mixture(plan, stats));
    }
    if stats.vocab_size > 0 && !stats.shards.is_empty() {
        out.heading("Tokens");
        out.wrapped(&tokens::sentence(stats), "  ");
    }
    out.table("Sources in the token shards", &tokens::sources(stats));
    if let Some(line) = tokens::packing(plan, stats) {
        out.heading("Packing");
        out.wrapped(&line, "  ");
    }
    out.table("Shards", &tokens::shards(stats));
    out.table("Damage", &damage::kinds(stats));
    out.table("Damage by file", &damage::files(stats));
    out.table("No documents", &damage::others(stats));
    if let Some(times) = times {
        out.table("Time", &time::table(times));
        out.wrapped(&time::sentence(times), "  ");
    }
    out.text
}

/// Columns that a character takes in a terminal: two for East Asian wide ones and emoji, none for combining marks.
fn columns_of(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Text cut to so many columns.
fn fit(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += columns_of(c);
        if used > most {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    /// A paragraph, broken between words; words longer than a line are cut.
    fn wrapped(&mut self, text: &str, indent: &str) {
        let mut line = indent.to_owned();
        for word in escape::plain(text).split(' ') {
            let word = fit(word, WIDTH - indent.len() - 2);
            if width(&line) + width(&word) >= WIDTH {
                self.line(&line);
                line = format!("{indent}  ");
            }
            line += &word;
            line.push(' ');
        }
        self.line(&line);
    }

    fn table(&mut self, title: &str, table: &Table) {
        if table.rows.is_empty() {
            return;
        }
        self.heading(title);
        let shown: Vec<usize> = (0..table.columns.len()).filter(|&at| table.columns[at].plain).collect();
        let rows: Vec<Vec<String>> = table
            .rows
            .iter()
            .take(ROWS)
            .map(|(weight, cells)| {
                let mut cells: Vec<String> = shown.iter().map(|&at| escape::plain(&cells[at].plain())).collect();
                if *weight != Weight::Sum && table.rows.iter().any(|(weight, _)| *weight == Weight::Sum) {
                    cells[0].insert_str(0, "  ");
                }
                cells
            })
            .collect();
        let widths = widths(table, &shown, &rows);
        let heads: Vec<String> = shown.iter().map(|&at| table.columns[at].head.to_owned()).collect();
        for cells in std::iter::once(&heads).chain(&rows) {
            self.line(&aligned(table, &shown, cells, &widths));
        }
        let more = table.more + table.rows.len().saturating_sub(ROWS);
        if more > 0 {
            self.line(&format!("  … {more} more; `--format json` has all"));
        }
    }
}

/// One row: cells cut and filled to their columns.
fn aligned(table: &Table, shown: &[usize], cells: &[String], widths: &[usize]) -> String {
    let mut line = String::from(" ");
    for ((cell, &wide), &at) in cells.iter().zip(widths).zip(shown) {
        let cell = fit(cell, wide);
        let fill = " ".repeat(wide - width(&cell));
        line.push(' ');
        line += &if table.columns[at].right { fill + &cell } else { cell + &fill };
        line.push(' ');
    }
    line
}

/// Widths of the columns: as wide as needed; text columns shrink, widest first, until a line fits.
fn widths(table: &Table, shown: &[usize], rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths: Vec<usize> = shown
        .iter()
        .enumerate()
        .map(|(place, &at)| {
            let cells = rows.iter().map(|cells| width(&cells[place])).max().unwrap_or(0);
            cells.max(width(table.columns[at].head)).min(WIDTH)
        })
        .collect();
    while widths.iter().map(|wide| wide + 2).sum::<usize>() >= WIDTH {
        let text = (0..shown.len()).filter(|&place| !table.columns[shown[place]].right);
        let widest = text.max_by_key(|&place| widths[place]).filter(|&place| widths[place] > NARROW);
        let Some(place) = widest.or_else(|| (0..widths.len()).max_by_key(|&place| widths[place])) else {
            break;
        };
        widths[place] -= 1;
    }
    widths
}
