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

/// Bytes of `text` in a charset of the web.
fn web(label: &str, text: &str) -> Vec<u8> {
    encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
}

const RUSSIAN: &str =
    "Деревянная переправа: старый мост построили зимой, и весной по нему уже ходили люди из обеих деревень.";
const JAPANESE: &str = "古い橋は冬に作られ、春には二つの村の人々がもう渡っていました。";
const SIMPLIFIED: &str = "这座旧桥是在冬天修建的，到了春天两个村子的人就已经在上面走了。";
const TRADITIONAL: &str = "這座舊橋是在冬天修建的，到了春天兩個村子的人就已經在上面走了。";
const GERMAN: &str = "Über die alte Brücke müssen größere Wagen langsam fahren, weil das Geländer schräg hängt.";

#[test]
fn wrong_declarations_lose_to_the_bytes() {
    for (declared, label, text) in [
        ("utf-8", "windows-1251", RUSSIAN),
        ("windows-1251", "koi8-r", RUSSIAN),
        ("koi8-r", "windows-1251", RUSSIAN),
        ("iso-8859-1", "windows-1251", RUSSIAN),
        ("iso-8859-1", "shift_jis", JAPANESE),
        ("big5", "gbk", SIMPLIFIED),
        ("gbk", "big5", TRADITIONAL),
        ("euc-kr", "euc-jp", JAPANESE),
        ("utf-16", "windows-1251", RUSSIAN),
        ("windows-1251", "windows-1252", GERMAN),
        ("bogus-9", "windows-1252", GERMAN),
    ] {
        let meta = format!("<meta charset={declared}>");
        let page = [meta.as_bytes(), &web(label, text)].concat();
        for header in [None, Some(format!("text/html; charset={declared}"))] {
            let found = decode(&page, header.as_deref(), true);
            assert_eq!(found.text.strip_prefix(&meta), Some(text), "{declared} for {label}: {}", found.encoding);
        }
    }
    // Short texts that say little keep what is declared.
    let found = decode(b"\xcf\xf0\xe8", Some("text/html; charset=koi8-r"), true);
    assert_eq!((found.encoding, found.source), ("KOI8-R", Source::Header));
}

#[test]
fn utf8_with_some_damage_stays_utf8() {
    let page = [RUSSIAN.as_bytes(), b" caf\xe9 ", GERMAN.as_bytes()].concat();
    for header in [None, Some("windows-1251"), Some("utf-8"), Some("iso-8859-1")] {
        let found = decode(&page, header, true);
        assert_eq!((found.encoding, found.replacements), ("UTF-8", 1), "{header:?}");
    }
}

#[test]
fn charsets_that_the_web_lacks() {
    // The bytes were made with Python's codec `johab` and with iconv.
    let johab = b"\x94a\x9f\xa1\x9fi \x94a\x9da";
    let found = decode(johab, Some("johab"), true);
    assert_eq!((found.text.as_ref(), found.encoding), ("다리를 다려", "Johab"));
    let taiwan = b"\xc4\xa1\xc4\xe2\x8e\xa2\xa1\xa1";
    let found = decode(taiwan, Some("x-euc-tw"), false);
    assert_eq!((found.text.as_ref(), found.encoding), ("一不乂", "EUC-TW"));
    for label in ["ibm866", "x-mac-cyrillic", "koi8-u", "iso-8859-5", "windows-1251"] {
        let bytes = web(label, RUSSIAN);
        assert_eq!(decode(&bytes, None, false).text, RUSSIAN, "{label}");
    }
    let viscii = decode(b"Ti\xaang Vi\xaet", Some("viscii"), false);
    assert_eq!((viscii.text.as_ref(), viscii.encoding), ("Ti\u{1ebf}ng Vi\u{1ec7}t", "viscii"));
}

#[test]
fn wide_text_without_blanks_or_marks() {
    let text = JAPANESE.replace(['、', '。'], "");
    for big in [false, true] {
        let unit = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
        let bytes: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
        assert_eq!(decode(&bytes, None, true).text, text);
    }
}

#[test]
fn noise_is_no_text() {
    let mut state = 1_u64;
    let noise: Vec<u8> = (0..2000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        })
        .collect();
    for header in [None, Some("windows-1252"), Some("windows-1251"), Some("ibm866")] {
        let found = decode(&noise, header, true);
        assert!(found.replacements > 400, "{header:?}: {} with {}", found.encoding, found.replacements);
    }
}

#[test]
fn seven_bit_unicode_is_not_decoded() {
    let found = decode(b"+AOQ- and text", Some("text/html; charset=utf-7"), true);
    assert_eq!((found.text.as_ref(), found.encoding), ("+AOQ- and text", "UTF-8"));
}
