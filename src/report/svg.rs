//! Drawing. Positions are rounded to tenths of a pixel; logarithms are avoided, so that every machine draws the same bytes.

use super::page::Page;

/// Which way a label runs from its point.
#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    /// To the right.
    Start,
    /// To both sides.
    Middle,
    /// To the left.
    End,
}

/// Opens a drawing of so many units. `label` says to a screen reader what it shows.
pub fn open(page: &mut Page, class: &'static str, width: f64, height: f64, label: &'static str) {
    page.html("<svg class=\"").html(class).html("\" viewBox=\"0 0 ").length(width).html(" ").length(height);
    page.html("\" role=\"img\" aria-label=\"").html(label).html("\">\n");
}

/// Closes it.
pub fn close(page: &mut Page) {
    page.html("</svg>\n");
}

/// A rectangle.
pub fn rect(page: &mut Page, class: &'static str, x: f64, y: f64, width: f64, height: f64) {
    page.html("<rect class=\"").html(class).html("\" x=\"").length(x).html("\" y=\"").length(y).html("\" width=\"");
    page.length(width.max(0.0)).html("\" height=\"").length(height.max(0.0)).html("\"/>\n");
}

/// A straight line.
pub fn line(page: &mut Page, class: &'static str, from: (f64, f64), to: (f64, f64)) {
    page.html("<line class=\"").html(class).html("\" x1=\"").length(from.0).html("\" y1=\"").length(from.1);
    page.html("\" x2=\"").length(to.0).html("\" y2=\"").length(to.1).html("\"/>\n");
}

/// A label. Any text: it is escaped.
pub fn label(page: &mut Page, class: &'static str, anchor: Anchor, x: f64, y: f64, text: &str) {
    page.html("<text class=\"").html(class).html(match anchor {
        Anchor::Start => "\" x=\"",
        Anchor::Middle => "\" text-anchor=\"middle\" x=\"",
        Anchor::End => "\" text-anchor=\"end\" x=\"",
    });
    page.length(x).html("\" y=\"").length(y).html("\">").text(text).html("</text>\n");
}

/// A path made of numbers.
#[derive(Default)]
pub struct Path {
    page: Page,
}

impl Path {
    fn point(&mut self, command: &'static str, points: &[(f64, f64)]) -> &mut Self {
        self.page.html(command);
        for (at, &(x, y)) in points.iter().enumerate() {
            self.page.html(if at > 0 { " " } else { "" }).length(x).html(" ").length(y);
        }
        self
    }

    /// Starts at a point.
    pub fn start(&mut self, x: f64, y: f64) -> &mut Self {
        self.point("M", &[(x, y)])
    }

    /// A straight line.
    pub fn line(&mut self, x: f64, y: f64) -> &mut Self {
        self.point("L", &[(x, y)])
    }

    /// A level line.
    pub fn level(&mut self, x: f64) -> &mut Self {
        self.page.html("H").length(x);
        self
    }

    /// An upright line.
    pub fn upright(&mut self, y: f64) -> &mut Self {
        self.page.html("V").length(y);
        self
    }

    /// A curve that leaves towards `first` and arrives from `second`.
    pub fn curve(&mut self, first: (f64, f64), second: (f64, f64), end: (f64, f64)) -> &mut Self {
        self.point("C", &[first, second, end])
    }

    /// Draws it, with a tooltip if there is one.
    pub fn draw(self, page: &mut Page, class: &'static str, title: &str) {
        page.html("<path class=\"").html(class).html("\" d=\"").append(self.page).html("\">");
        if !title.is_empty() {
            page.html("<title>").text(title).html("</title>");
        }
        page.html("</path>\n");
    }
}
