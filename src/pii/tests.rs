use super::*;

/// The values in `text` with their kinds' words.
fn found(text: &str) -> Vec<(&'static str, &str)> {
    let spans = Detector::new(&Kind::ALL).find(text);
    spans.iter().map(|span| (span.kind.word(), &text[span.start..span.end])).collect()
}

/// Asserts that each text holds just the value between `⟦` and `⟧`, of this kind, or none.
fn check(kind: &str, cases: &[&str]) {
    for case in cases {
        let text = case.replace(['⟦', '⟧'], "");
        let expected: Vec<_> = case.split('⟦').skip(1).map(|part| (kind, part.split('⟧').next().unwrap())).collect();
        assert_eq!(found(&text), expected, "in {text:?}");
    }
}

#[test]
fn email_borders_and_rules() {
    check(
        "email",
        &[
            "write to ⟦jane.doe+news@mail.example.co.uk⟧.",
            "<⟦a@b.io⟧>, (⟦x_y@sub-domain.org⟧); mailto:⟦z@z.zone⟧?subject=1",
            "email=⟦jörg@müller.de⟧ and '⟦o'brien@post.ie⟧'",
            "联系⟦li@qq.com⟧或致电",
            "⟦UPPER@CASE.COM⟧\u{a0}next",
            "..⟦dots@x.com⟧...",
            "⟦first@one.com⟧@two.com",
            "⟦user@xn--bcher-kva.xn--p1ai⟧",
            "⟦root@mail.example.com⟧:22",
            "@handle, a@b, a@b.c, logo@2x.png, react@18.2.0, @scope/pkg@1.2.3",
            "a..b@, x.@y.com, foo@-bar.com, foo@bar..com, git@github.com:user/repo",
            "user@localhost and user@10.0.0.1",
        ],
    );
    let long = format!("{}@example.com", "a".repeat(65));
    assert_eq!(found(&long), []);
    let whole = format!("{}@example.com", "a".repeat(64));
    assert_eq!(found(&whole), [("email", whole.as_str())]);
}

#[test]
fn ipv4_is_public_and_no_version() {
    check(
        "ip",
        &[
            "from [⟦66.249.64.13⟧] at ⟦8.8.8.8⟧, http://⟦93.184.216.34⟧/x and ⟦93.184.216.34⟧:80.",
            "route ⟦93.184.216.0⟧/24",
            "my ip is ⟦1.2.3.4⟧",
            "10.1.2.3 172.16.5.4 192.168.1.1 127.0.0.1 169.254.1.1 100.64.0.1 0.0.0.0",
            "224.0.0.1 255.255.255.0 192.0.2.7 198.51.100.7 203.0.113.7 198.18.0.1 12.0.0.0",
            "1.3.6.1.4.1.311 and v12.34.56.78, version 12.34.56.78, Firefox/23.45.67.89",
            "name==45.45.45.45, lib-45.45.45.45.so, 45.45.45.45-beta, 045.45.45.45, 45.45.45.456",
            "Manifest 6.1.0.0, section 7.8.4.5, §17.18.14.15, 1,234.55.66.77",
        ],
    );
}

#[test]
fn ipv6_is_public_and_no_path() {
    check(
        "ip",
        &[
            "at ⟦2607:f8b0:4005:805::200e⟧, ⟦2001:4860:4860::8888⟧: and [⟦2a02:8071:b696:a00:8d0e:d6e:2d8:9d5f⟧]:80",
            "⟦::ffff:8.8.4.4⟧ is mapped",
            "blocked ⟦6e40:4041:c617:e898:c11:40d2:c669:2eb4⟧",
            "fe80::1, ::1, ::, fd00::1234:5678, 2001:db8::1, ff02::1, std::fmt, a::b, Add::Bad, 12:30:45",
            "00:11:22:33:44:55:66:77 and 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
        ],
    );
}

#[test]
fn cards_have_prefix_length_and_check_digit() {
    check(
        "card",
        &[
            "pay ⟦4111 1111 1111 1111⟧ 12/29 or ⟦5555-5555-5555-4444⟧, ⟦378282246310005⟧, ⟦3782 822463 10005⟧",
            "⟦6011111111111117⟧ ⟦3530111333300000⟧",
            "my card is ⟦30569309025904⟧",
            "4111 1111 1111 1112, 4111-1111 1111-1111, 1234567890123452, 0.4111111111111111",
            "4111 1111 1111 1111 1111, x4111111111111111, 4111111111111111a, 30569309025904",
        ],
    );
}

#[test]
fn ibans_have_length_and_check_digits() {
    check(
        "iban",
        &[
            "IBAN ⟦GB82 WEST 1234 5698 7654 32⟧ or ⟦DE89370400440532013000⟧.",
            "⟦NL91ABNA0417164300⟧, ⟦fr1420041010050500013m02606⟧",
            "GB82 WEST 1234 5698 7654 33, DE8937040044053201300, XX89370400440532013000",
            "DE89370400440532013000a, ADE89370400440532013000",
        ],
    );
}

#[test]
fn social_security_numbers() {
    check(
        "ssn",
        &[
            "SSN: ⟦460-89-9847⟧.",
            "000-12-3456 666-12-3456 912-12-3456 123-00-1234 123-12-0000 1123-12-1234 123-12-12345",
        ],
    );
}

#[test]
fn phones_by_plan_shape_and_word() {
    check(
        "phone",
        &[
            "⟦+14155552671⟧, ⟦+49 (0)30 1234567⟧; ⟦+44 20 7946 0018⟧. ⟦+33 1 23 45 67 89⟧!",
            "⟦(415) 555-2671⟧ ⟦415-555-2671⟧ ⟦415.555.2671⟧ ⟦1-800-421-6318⟧ ⟦800-550-2666 ext. 150⟧",
            "tel:⟦+1-415-555-2671⟧ and Fax ⟦030/1234567⟧",
            "01 faux, ⟦01 56 77 01 20⟧ / ⟦06.81.57.85.47⟧",
            "call me at ⟦450 0840⟧, Telefon: ⟦089 123456⟧, Tél.\u{a0}: ⟦0478123456⟧",
            "Phone:\n⟦467 3395⟧\n",
            "⟦0049 30 1234567⟧ or ⟦020 7946 0018⟧ or ⟦06-12345678⟧",
            "2024-05-06 10:20, 06.05.2024, 12/31/1999 1234567, 1.234.567, $415-555-2671, 9 223 372 036 854",
            "ISBN 978-3-16-148410-0, 550e8400-e29b-41d4-a716-446655440000, 1234567890, 415-555-26711",
            "call to poll().\nint\n2147483647, 3.14159265358979, 100-200-3000, 00 01 02 03 04 05",
            "+999 123456789, +1 000 555 2671, +12345, 1415-555-2671-99, a+14155552671",
        ],
    );
}

#[test]
fn earlier_kinds_win_and_neighbours_are_read_again() {
    assert_eq!(found("4155552671@example.com"), [("email", "4155552671@example.com")]);
    // The telephone number counts once the address beside it is gone.
    let text = "93.184.216.34 0131 225 2552";
    assert_eq!(found(text), [("ip", "93.184.216.34"), ("phone", "0131 225 2552")]);
    assert_eq!(Detector::new(&[Kind::Ip]).find("a@b.com"), []);
    assert_eq!(Detector::new(&[]).find("a@b.com 8.8.8.8"), []);
}

#[test]
fn scrubbing_counts_and_leaves_clean_text_alone() {
    let detector = Detector::new(&Kind::ALL);
    let replacement = Replacement::new("<{kind}>").unwrap();
    assert_eq!(scrub(&detector, &replacement, "nothing here, 42"), None);
    let scrubbed = scrub(&detector, &replacement, "ä a@b.com ö c@d.org ü 8.8.8.8 ß").unwrap();
    assert_eq!(scrubbed.text, "ä <email> ö <email> ü <ip> ß");
    assert_eq!(scrubbed.counts, [(Kind::Email, 2), (Kind::Ip, 1)]);
}

#[test]
fn templates_are_checked() {
    assert_eq!(Replacement::new("{kind}"), Err(TemplateError::Open));
    assert_eq!(Replacement::new(""), Err(TemplateError::Open));
    assert_eq!(Replacement::new("<{kind}"), Err(TemplateError::Open));
    assert_eq!(Replacement::new("<{value}>"), Err(TemplateError::Unknown("value".into())));
    assert_eq!(Replacement::new("<x@y.com>"), Err(TemplateError::Value(Kind::Email)));
    assert_eq!(Replacement::new("<REMOVED>").unwrap().tag(Kind::Ip), "<REMOVED>");
    assert_eq!(Replacement::new(" |||{kind}||| ").unwrap().tag(Kind::Card), " |||card||| ");
    assert_eq!(Kind::ALL.map(|kind| Kind::from_word(kind.word())), Kind::ALL.map(Some));
}

/// A generator of numbers with the multiplier and increment of Knuth's MMIX.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// Pieces whose joints are where detectors go wrong.
const PIECES: &[&str] = &[
    "a@b.com",
    "@",
    ".",
    ":",
    "::",
    " ",
    " ",
    " ",
    "-",
    "/",
    "(",
    ")",
    "+",
    "\n",
    "x",
    "é",
    "中",
    "ü@é.de",
    "8.8.8.8",
    "93.184.216.34",
    "1.2.3.4",
    "415-555-2671",
    "(415) 555-2671",
    "+1 415 555 2671",
    "0131 225 2552",
    "01 56 77 01 20",
    "4111 1111 1111 1111",
    "4111111111111111",
    "378282246310005",
    "GB82 WEST 1234 5698 7654 32",
    "DE89370400440532013000",
    "460-89-9847",
    "2607:f8b0:4005:805::200e",
    "tel ",
    "fax: ",
    "card ",
    "version ",
    "ip ",
    "1",
    "0",
    "12",
    "123",
    "4567",
    "000000",
    "<",
    ">",
    "{",
    "|",
    "[",
    "]",
    "_",
    "'",
    ",",
    "=",
    "==",
    "v",
    "\u{a0}",
    "–",
    "ext. 12",
    "phone:\n",
    "0",
    "office",
];

#[test]
fn any_text_is_scrubbed_once_and_for_all() {
    let all = Detector::new(&Kind::ALL);
    let templates = ["<{kind}>", "[]", " |||{kind}||| ", "{PHONE tel}"];
    let mut random = Lcg(7);
    let mut hits = 0;
    for round in 0..12_000 {
        let text: String = (0..random.below(14)).map(|_| PIECES[random.below(PIECES.len())]).collect();
        let one = Detector::new(&[Kind::ALL[round % Kind::ALL.len()], Kind::ALL[random.below(Kind::ALL.len())]]);
        let detector = if round % 3 == 0 { &one } else { &all };
        let spans = detector.find(&text);
        assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{text:?} {spans:?}");
        let cut = |at| !text.is_char_boundary(at);
        assert!(!spans.iter().any(|s| s.start >= s.end || cut(s.start) || cut(s.end)), "{text:?}");
        let replacement = Replacement::new(templates[round % templates.len()]).unwrap();
        if let Some(scrubbed) = scrub(detector, &replacement, &text) {
            hits += 1;
            let again = scrub(detector, &replacement, &scrubbed.text);
            assert_eq!(again, None, "{text:?} became {:?}", scrubbed.text);
        }
    }
    assert!(hits > 4_000, "{hits}");
}

#[test]
fn long_texts_are_read_in_windows_with_the_same_result() {
    let mut random = Lcg(11);
    let all = Detector::new(&Kind::ALL);
    let replacement = Replacement::new("<{kind}>").unwrap();
    for _ in 0..60 {
        let text: String = (0..2_000).map(|_| PIECES[random.below(PIECES.len())]).collect();
        let padded = text.replace('\n', &"filler words ".repeat(200));
        if let Some(scrubbed) = scrub(&all, &replacement, &padded) {
            assert_eq!(scrub(&all, &replacement, &scrubbed.text), None);
        }
    }
}

#[test]
fn any_bytes_that_are_text_do_not_panic() {
    let all = Detector::new(&Kind::ALL);
    let mut random = Lcg(3);
    let signs: Vec<char> = "0123456789+-().@:/ aFé中\u{a0}\u{2013}\u{e01}\u{1f600}<{x#".chars().collect();
    for _ in 0..6_000 {
        let text: String = (0..random.below(60)).map(|_| signs[random.below(signs.len())]).collect();
        for span in all.find(&text) {
            assert!(text.get(span.start..span.end).is_some());
        }
    }
}

#[test]
fn global_blocks() {
    let public = |text: &str| ip::is_global_v4(text.parse().unwrap());
    for text in ["1.1.1.1", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.0.9", "223.255.255.254"] {
        assert!(public(text), "{text}");
    }
    for text in ["100.64.0.0", "172.31.255.255", "192.0.0.1", "198.19.255.255", "239.1.1.1", "240.0.0.1"] {
        assert!(!public(text), "{text}");
    }
}

#[test]
fn datatrove_preset_replaces_in_its_order() {
    let preset = Datatrove::new();
    assert_eq!(preset.scrub("none, 10.0.0.1, 010.1.1.1"), None);
    let scrubbed = preset.scrub("a@b.c, 1.1.1.1234 and 224.0.0.1").unwrap();
    assert_eq!(scrubbed.text, "email@example.com, 22.214.171.1244 and 22.214.171.124");
    assert_eq!(scrubbed.counts, [(Kind::Email, 1), (Kind::Ip, 2)]);
    assert_eq!(preset.scrub(&scrubbed.text).unwrap().text, scrubbed.text);
}
