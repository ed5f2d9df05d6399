use super::*;

#[test]
fn marks_and_wide_forms() {
    let le: Vec<u8> = "grün <p>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = decode(&le, None, true);
    assert_eq!((found.text.as_ref(), found.encoding, found.source), ("grün <p>", "UTF-16LE", Source::Detected));
    let marked = [b"\xff\xfe".as_slice(), &le].concat();
    assert_eq!(decode(&marked, Some("text/html; charset=utf-8"), true).source, Source::Bom);
    let be32: Vec<u8> = "grün text".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    assert_eq!(decode(&be32, None, false).text, "grün text");
    assert_eq!(decode(b"\xef\xbb\xbfab", None, true).text, "ab");
}

#[test]
fn valid_utf8_beats_the_header() {
    let found = decode("Größe".as_bytes(), Some("text/html; charset=iso-8859-1"), true);
    assert_eq!((found.text.as_ref(), found.source), ("Größe", Source::Utf8));
}

#[test]
fn declarations() {
    let page = b"<html><head><!-- <meta charset=big5> --><META http-equiv=x content='text/html; charset=windows-1251'>\xcf\xf0\xe8";
    let found = decode(page, None, true);
    assert!(found.text.ends_with("При"));
    assert_eq!((found.encoding, found.source), ("windows-1251", Source::Meta));
    let header = decode(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("text/html;charset=windows-1251"), true);
    assert_eq!((header.text.as_ref(), header.source), ("Привет", Source::Header));
    let xml = decode(b"<?xml version='1.0' encoding='IBM855'?>\xdd\xe1\xb7", None, false);
    assert_eq!(xml.encoding, "ibm855");
    assert!(xml.text.ends_with("При"), "{}", xml.text);
}

#[test]
fn a_wrong_header_loses() {
    let (sjis, _, _) =
        encoding_rs::SHIFT_JIS.encode("これは日本語の文章です。文字コードを調べています。とても長い文章を書きます。");
    let found = decode(&sjis, Some("text/html; charset=utf-8"), true);
    assert_eq!((found.encoding, found.replacements), ("Shift_JIS", 0));
}

#[test]
fn seven_bit_forms() {
    let found = decode(b"\x1b$)C\nab \x0e>H3g\x0f c", None, false);
    assert_eq!((found.text.as_ref(), found.encoding), ("\nab 안녕 c", "ISO-2022-KR"));
    assert_eq!(decode(b"say ~{VPND~} ok ~~", None, false).text, "say 中文 ok ~");
    assert_eq!(decode(b"\x1b$B$3\x1b(B", None, false).text, "こ");
}

#[test]
fn floods_are_counted() {
    let found = decode(&[0xFF; 1000], Some("utf-8"), true);
    assert!(found.text.chars().count() >= 500);
    let cut = decode("Größ".as_bytes().split_last().unwrap().1, Some("utf-8"), true);
    assert_eq!((cut.encoding, cut.replacements), ("UTF-8", 1));
}
