//! Which archive records are documents: HTTP status, media type, length of the body. The others are counted by kind.

use super::media::{self, Class};
use std::borrow::Cow;

/// Media types that are documents unless the config says otherwise.
pub const MEDIA_TYPES: [&str; 5] =
    ["text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/xhtml", "text/plain"];

/// What is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// HTTP statuses, as ranges with both ends.
    pub statuses: Vec<(u16, u16)>,
    /// Media types in small letters. Those that are not HTML are read as plain text.
    pub media_types: Vec<String>,
    /// Least and most bytes of a body after decoding.
    pub bytes: (u64, u64),
}

impl Default for Accept {
    /// Answers of status 200 with HTML or plain text.
    fn default() -> Self {
        let media_types = MEDIA_TYPES.iter().map(|&media| media.to_owned()).collect();
        Self { statuses: vec![(200, 200)], media_types, bytes: (0, u64::MAX) }
    }
}

/// The statuses that a text stands for: `200`, or `2xx` for a hundred of them.
#[must_use]
pub fn status_range(text: &str) -> Option<(u16, u16)> {
    let digit = text.bytes().next().filter(|byte| matches!(byte, b'1'..=b'9')).map(|byte| u16::from(byte - b'0'))?;
    match text.get(1..)? {
        "xx" | "XX" => Some((digit * 100, digit * 100 + 99)),
        rest if rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok().map(|status| (status, status))
        }
        _ => None,
    }
}

impl Accept {
    /// Why an answer of this status is no document, if so.
    pub(super) fn status(&self, status: u16) -> Option<Cow<'static, str>> {
        let wanted = self.statuses.iter().any(|&(from, to)| (from..=to).contains(&status));
        (!wanted).then(|| Cow::Owned(format!("http-status:{status}")))
    }

    /// What a body of media type `declared` is.
    pub(super) fn class(&self, declared: Option<&str>, body: &[u8]) -> Class {
        let wants = |media: &str| self.media_types.iter().any(|one| one == media);
        match media::classify(declared, body) {
            Class::Html(media) if !wants(&media) => Class::Other("media:html"),
            Class::Text if !wants("text/plain") => Class::Other("media:plain"),
            Class::Other(_) if declared.is_some_and(wants) => Class::Text,
            class => class,
        }
    }

    /// Why a body of this length is no document, if so.
    pub(super) fn length(&self, bytes: usize) -> Option<Cow<'static, str>> {
        match bytes as u64 {
            bytes if bytes < self.bytes.0 => Some(Cow::Borrowed("body:too-short")),
            bytes if bytes > self.bytes.1 => Some(Cow::Borrowed("body:too-long")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_numbers_or_hundreds() {
        assert_eq!(status_range("200"), Some((200, 200)));
        assert_eq!(status_range("2xx"), Some((200, 299)));
        for wrong in ["", "20", "2000", "xxx", "2x0", "099", "2é"] {
            assert_eq!(status_range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_default_is_status_200_and_text() {
        let accept = Accept::default();
        assert_eq!(accept.status(200), None);
        assert_eq!(accept.status(404).as_deref(), Some("http-status:404"));
        assert_eq!(accept.class(Some("text/html"), b""), Class::Html("text/html".into()));
        assert_eq!(accept.class(Some("application/json"), b"{}"), Class::Other("media:json"));
        assert_eq!(accept.class(None, b"words"), Class::Text);
        let mine = Accept { media_types: vec!["application/json".into()], bytes: (2, 9), ..accept };
        assert_eq!(mine.class(Some("application/json"), b"{}"), Class::Text);
        assert_eq!(mine.class(Some("text/html"), b""), Class::Other("media:html"));
        assert_eq!(mine.class(None, b"words"), Class::Other("media:plain"));
        assert_eq!(mine.length(1).as_deref(), Some("body:too-short"));
        assert_eq!(mine.length(10).as_deref(), Some("body:too-long"));
        assert_eq!(mine.length(2), None);
    }
}
