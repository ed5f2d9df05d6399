//! Builds the page. Markup is taken as literals only; everything else is escaped on its way in.

use super::escape;
use std::fmt::Write;

/// A page under construction.
#[derive(Default)]
pub struct Page {
    out: String,
}

impl Page {
    /// Markup of ours. The lifetime keeps out everything that was read at run time.
    pub fn html(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Words and numbers of ours, or text in a place where no element may stand (titles, attributes).
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&escape::cut(text, 4 * escape::NAME_BYTES, false));
        self
    }

    /// Text that came from documents, files or the config: escaped, isolated, cut when long.
    pub fn document(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&escape::document(text, escape::NAME_BYTES));
        self
    }

    /// Document text of several lines, cut after `limit` bytes.
    pub fn document_lines(&mut self, text: &str, limit: usize) -> &mut Self {
        self.out.push_str(&escape::document_lines(text, limit));
        self
    }

    /// A whole number, for anchors.
    pub fn number(&mut self, number: usize) -> &mut Self {
        let _ = write!(self.out, "{number}");
        self
    }

    /// A length in pixels or percent: one decimal, none where it is zero.
    pub fn length(&mut self, length: f64) -> &mut Self {
        // Written from a whole number of tenths, so that no `-0` and no trailing `.0` appears.
        #[allow(clippy::cast_possible_truncation, reason = "lengths are small")]
        let tenths = (length * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        let _ = match (tenths.abs() / 10, tenths.abs() % 10) {
            (whole, 0) => write!(self.out, "{sign}{whole}"),
            (0, tenth) => write!(self.out, "{sign}.{tenth}"),
            (whole, tenth) => write!(self.out, "{sign}{whole}.{tenth}"),
        };
        self
    }

    /// A paragraph of ours.
    pub fn paragraph(&mut self, class: &'static str, text: &str) -> &mut Self {
        self.html("<p class=\"").html(class).html("\">").text(text).html("</p>\n")
    }

    /// Names a key of a JSON file.
    pub fn key(&mut self, key: &'static str) -> &mut Self {
        self.html(", key <code>").html(key).html("</code>")
    }

    /// A piece that was built the same way.
    pub fn append(&mut self, piece: Self) -> &mut Self {
        self.out.push_str(&piece.out);
        self
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// The finished page.
    pub fn finish(self) -> String {
        self.out
    }
}
