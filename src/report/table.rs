//! A table as data, drawn as HTML and as aligned text alike.

use super::numbers::{bytes, count, percent, ratio};
use super::page::Page;

/// A cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words of ours.
    Words(String),
    /// Text from documents, file names or the config.
    Document(String),
    /// The same, set as code.
    Code(String),
    /// A count.
    Count(u64),
    /// An amount of bytes.
    Bytes(u64),
    /// A part of a whole, in percent.
    Share(u64, u64),
    /// A part of a whole, in percent and as a bar. HTML draws the bar.
    Bar(u64, u64),
    /// A link to the examples with this number, saying how many there are.
    Examples(usize, usize),
}

impl Cell {
    /// A count that is not known where it is 0, as tokens are before the tokenize step.
    pub fn known(number: u64) -> Self {
        if number == 0 { Self::Empty } else { Self::Count(number) }
    }

    /// As plain text.
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Words(text) | Self::Document(text) | Self::Code(text) => text.clone(),
            Self::Count(number) => count(*number),
            Self::Bytes(number) => bytes(*number),
            Self::Share(part, whole) | Self::Bar(part, whole) => percent(*part, *whole),
            Self::Examples(_, number) => count(*number as u64),
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Heading.
    pub head: &'static str,
    /// What it says, shown when pointed at.
    pub hint: &'static str,
    /// Numbers stand to the right.
    pub right: bool,
    /// Whether plain text shows it as well.
    pub plain: bool,
}

/// A column of text.
pub const fn left(head: &'static str) -> Column {
    Column { head, hint: "", right: false, plain: true }
}

/// A column of numbers.
pub const fn right(head: &'static str, hint: &'static str) -> Column {
    Column { head, hint, right: true, plain: true }
}

/// A column that only HTML has.
pub const fn drawn(head: &'static str, hint: &'static str) -> Column {
    Column { head, hint, right: false, plain: false }
}

/// How a row stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// A row that sums up others.
    Sum,
    /// A plain row.
    Plain,
    /// A row below a sum.
    Part,
}

/// Where the numbers of a table can be had by programs.
#[derive(Debug, Clone, Copy)]
pub enum From {
    /// This key of `gristmill stats RUN --format json`.
    Stats(&'static str),
    /// This key of the run's `plan.json`.
    Plan(&'static str),
    /// This key of lines of the run's log.
    Log(&'static str),
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each with as many cells as there are columns.
    pub rows: Vec<(Weight, Vec<Cell>)>,
    /// What is shown.
    pub caption: &'static str,
    /// Where the run has these numbers.
    pub from: From,
    /// Rows that were left out.
    pub more: usize,
}

impl Table {
    /// A table without rows.
    pub fn new(caption: &'static str, from: From, columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), caption, from, more: 0 }
    }

    /// Adds a row, or counts it when `limit` rows are there.
    pub fn row(&mut self, limit: usize, weight: Weight, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        if self.rows.len() < limit {
            self.rows.push((weight, cells));
        } else {
            self.more += 1;
        }
    }

    /// The first rows.
    pub fn head(mut self, rows: usize) -> Self {
        self.more += self.rows.len().saturating_sub(rows);
        self.rows.truncate(rows);
        self
    }

    /// Draws it.
    pub fn draw(&self, page: &mut Page) {
        page.html("<div class=\"scroll\"><table>\n<thead><tr>");
        for column in &self.columns {
            page.html(if column.right { "<th scope=\"col\" class=\"n\"" } else { "<th scope=\"col\"" });
            if !column.hint.is_empty() {
                page.html(" title=\"").html(column.hint).html("\"");
            }
            page.html(">").html(column.head).html("</th>");
        }
        page.html("</tr></thead>\n<tbody>\n");
        for (weight, cells) in &self.rows {
            page.html(match weight {
                Weight::Sum => "<tr class=\"sum\">",
                Weight::Plain => "<tr>",
                Weight::Part => "<tr class=\"part\">",
            });
            for (column, cell) in self.columns.iter().zip(cells) {
                draw_cell(page, *column, cell);
            }
            page.html("</tr>\n");
        }
        page.html("</tbody>\n</table></div>\n<p class=\"source\">").html(self.caption);
        if self.more > 0 {
            page.text(&format!(" {} more rows are not shown.", count(self.more as u64)));
        }
        let key = match self.from {
            From::Stats(key) => {
                page.html(" <span>Same numbers: <code>gristmill stats RUN --format json</code>").key(key)
            }
            From::Plan(key) => page.html(" <span>Same list: <code>plan.json</code> of the run").key(key),
            From::Log(key) => page.html(" <span>Same numbers: <code>run.log.jsonl</code> of the run").key(key),
        };
        key.html("</span></p>\n");
    }
}

fn draw_cell(page: &mut Page, column: Column, cell: &Cell) {
    page.html(match (cell, column.right) {
        (Cell::Bar(..), _) => "<td class=\"bar\">",
        (Cell::Document(_) | Cell::Code(_), _) => "<td class=\"d\">",
        (_, true) => "<td class=\"n\">",
        (_, false) => "<td>",
    });
    match cell {
        Cell::Document(text) => page.document(text),
        Cell::Code(text) => page.html("<code>").document(text).html("</code>"),
        Cell::Bar(0, whole) => page.text(&percent(0, *whole)),
        Cell::Bar(part, whole) => {
            page.html("<i style=\"width:").length(ratio(*part, *whole) * 60.0).html("%\"></i><b>");
            page.text(&percent(*part, *whole)).html("</b>")
        }
        Cell::Examples(_, 0) => page,
        Cell::Examples(to, number) => {
            page.html("<a href=\"#examples-").number(*to).html("\">").text(&count(*number as u64)).html("</a>")
        }
        other => page.text(&other.plain()),
    };
    page.html("</td>");
}
