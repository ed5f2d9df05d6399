use crate::dedup::exact::{content_key, normalise, normalise_url, normalised_key, url_key};

fn text(input: &str) -> String {
    let mut out = String::new();
    normalise(input, &mut out);
    out
}

fn url(input: &str) -> String {
    let mut out = "left over".to_owned();
    normalise_url(input, &mut out);
    out
}

#[test]
fn texts_are_normalised() {
    for (input, expected) in [
        ("", ""),
        (" \t\u{a0}\n", ""),
        ("  A\r\n\tb\u{2003}C ", "a b c"),
        ("Cafe\u{301} E\u{301}", "café é"),
        ("ΑΣ Σ", "ας σ".replace('ς', "σ").as_str()),
        ("İ", "i\u{307}"),
        ("K\u{212a}", "kk"),
        // ASCII texts go another way; U+001C is white space for Python, not here.
        (" \t\r\n\x0b\x0c", ""),
        ("\x0bA\x0c  b\x1c\r\nC D", "a b\x1c c d"),
    ] {
        assert_eq!(text(input), expected, "{input:?}");
        assert_eq!(text(&text(input)), expected, "twice: {input:?}");
    }
    let mut buffer = String::new();
    assert_eq!(normalised_key("A  b", &mut buffer), content_key(b"a b"));
    assert_ne!(content_key(b"a b"), content_key(b"a c"));
}

#[test]
fn urls_are_normalised() {
    for (input, expected) in [
        ("http://Example.COM", "example.com/"),
        ("https://www.example.com:443/A?b=C#frag", "example.com/A?b=C"),
        ("http://example.com:443/", "example.com:443/"),
        ("http://example.com:80?q", "example.com/?q"),
        ("<http://user:pw@example.com./x/>", "example.com/x/"),
        ("http://example.com/%7euser/%2f%c3%a9%zz%", "example.com/~user/%2F%C3%A9%zz%"),
        ("http://example.com/é%é", "example.com/é%é"),
        (" mailto:a@b ", "mailto:a@b"),
        ("http://", "/"),
        ("", ""),
    ] {
        assert_eq!(url(input), expected, "{input:?}");
    }
    let mut buffer = String::new();
    assert_eq!(url_key("http://a.org", &mut buffer), url_key("https://www.a.org/#top", &mut buffer));
}
