use super::*;

/// The values in `text` with their kinds' words.
fn found(text: &str) -> Vec<(&'static str, &str)> {
    let spans = Detector::new(&Kind::CHECKED).find(text);
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
            "my card is ⟦30569309025904⟧, credit card ⟦3522235032377454⟧, 3522235032377454, card 3522235032377455",
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
            "contact us on ⟦78 651 450⟧, no answer at ⟦699 956 915⟧, contact 1234567, 30 000 000",
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
    assert_eq!(Replacement::new("<x@y.com>"), Err(TemplateError::Value(Kind::Secret)));
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

/// More of them, for the kinds that came later.
const MORE: &[&str] = &[
    "https://",
    "user:hunter2@host.com",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "api_key = \"9f8Ax7Qz31LmN0pR5tV2\"",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----",
    "-----END ",
    "00:1a:2b:3c:4d:5e",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "lat 48.20817, 16.37382",
    "12345678Z",
    "RSSMRA85T10A562S",
    "nhs 943 476 5919",
    "12 Mill Lane",
    "Lindenstraße 7",
    "Mr. Tom Bell",
    "Dear ",
    "key: ",
    "@example.com",
    "alex.example@example.com",
    "415-555-0142",
    "*",
    "192.0.2.7",
    "user:password",
];

/// A text of up to `most` pieces of both lists.
fn any_text(random: &mut Lcg, most: usize) -> String {
    let all = PIECES.len() + MORE.len();
    let piece = |at: usize| PIECES.get(at).or_else(|| MORE.get(at - PIECES.len())).copied().unwrap_or_default();
    (0..random.below(most)).map(|_| piece(random.below(all))).collect()
}

#[test]
fn every_action_is_done_once_and_for_all() {
    const ACTIONS: [Action; 4] = [Action::Tag, Action::Pseudonym, Action::Reserved, Action::Mask];
    let templates = ["<{kind}>", "[]", " |||{kind}||| "];
    let mut random = Lcg(29);
    let mut hits = 0;
    for round in 0..8_000 {
        let text = any_text(&mut random, 12);
        let mixed: Vec<Action> = Kind::ALL.iter().map(|_| ACTIONS[random.below(4)]).collect();
        let one = ACTIONS[round % 4];
        let action = |kind: Kind| if round % 3 == 0 { mixed[kind as usize] } else { one };
        let tags = Replacement::new(templates[round % templates.len()]).unwrap();
        let scrubber = Scrubber::new(Detector::new(&Kind::ALL), tags, action, [7; 32]);
        if let Some(scrubbed) = scrubber.scrub(&text) {
            hits += 1;
            assert!(!scrubbed.counts.is_empty());
            assert_eq!(scrubber.scrub(&scrubbed.text), None, "{text:?} became {:?}", scrubbed.text);
        }
    }
    assert!(hits > 4_000, "{hits}");
}

#[test]
fn the_same_value_has_the_same_pseudonym_under_one_key() {
    let scrubber = |key: u8| {
        let tags = Replacement::new("<{kind}>").unwrap();
        Scrubber::new(Detector::new(&Kind::CHECKED), tags, |_| Action::Pseudonym, [key; 32])
    };
    let text = "a@b.com, A@B.com and c@d.org; 4111 1111 1111 1111 is 4111111111111111";
    let out = scrubber(1).scrub(text).unwrap().text;
    let tokens: Vec<&str> = out.split('<').skip(1).filter_map(|part| part.split('>').next()).collect();
    assert_eq!(tokens.len(), 5, "{out}");
    assert_eq!(tokens[0], tokens[1]);
    assert_eq!(tokens[3], tokens[4]);
    assert!(tokens[0] != tokens[2] && tokens[0].starts_with("email:") && tokens[3].starts_with("card:"), "{out}");
    assert_eq!(tokens[0].len(), "email:".len() + 16);
    assert_ne!(scrubber(2).scrub(text).unwrap().text, out);
    assert!(!format!("{:?}", scrubber(77)).contains("77"));
}

#[test]
fn reserved_values_and_masks_have_the_form_of_what_they_replace() {
    let put = |action: Action, text: &str| {
        let tags = Replacement::new("<{kind}>").unwrap();
        Scrubber::new(Detector::new(&Kind::ALL), tags, |_| action, [7; 32]).scrub(text).map(|scrubbed| scrubbed.text)
    };
    let reserved = |text: &str| put(Action::Reserved, text).unwrap();
    assert!(reserved("to jo@firm.com.").contains("@example."));
    assert!(reserved("from 66.249.64.13").starts_with("from 192.0.2.") || reserved("66.249.64.13").len() > 9);
    assert!(reserved("call 415-555-2671").contains("-555-01"));
    assert_eq!(reserved("https://jo:s3cret@host.com/x"), "https://user:password@host.com/x");
    assert_eq!(reserved("id 12345678Z"), "id <national-id>");
    assert_eq!(
        put(Action::Mask, "to jörg@müller.de, 415-555-2671"),
        Some("to ****@******.**, ***-***-****".to_owned())
    );
    // Values that are reserved already stay, and are not counted.
    assert_eq!(put(Action::Reserved, "4111111111111111 and alex.sample@example.net"), None);
}

#[test]
fn national_numbers_of_the_golden_file_pass_and_others_fail() {
    let text = include_str!("../../tests/golden/pii/national.json");
    let golden: serde_json::Value = serde_json::from_str(text).unwrap();
    let schemes = golden["numbers"].as_object().unwrap();
    assert!(schemes.len() >= 35);
    for (scheme, numbers) in schemes {
        for (key, expected) in [("valid", true), ("invalid", false)] {
            let list = numbers[key].as_array().unwrap();
            assert!(list.len() >= 3 || (scheme == "in-pan" && !expected), "{scheme} {key}");
            for signs in list {
                let signs = signs.as_str().unwrap();
                assert_eq!(national_check(scheme, signs), Some(expected), "{scheme} {signs}");
            }
        }
    }
    assert_eq!(national_check("atlantis-id", "1"), None);
    assert!(national_schemes().len() >= 40);
}

#[test]
fn national_numbers_need_their_shape_or_a_word() {
    check(
        "national-id",
        &[
            "DNI ⟦12345678Z⟧, NIE ⟦X1234567L⟧ y 12345678A",
            "codice fiscale ⟦RSSMRA85T10A562S⟧, RSSMRA85T10A562T",
            "NHS number: ⟦943 476 5919⟧; 943 476 5919",
            "Her NI number is ⟦AB 12 34 56 C⟧, part AB123456C, NINO ⟦AB123456C⟧",
            "CPF ⟦390.533.447-05⟧ e CNPJ ⟦11.222.333/0001-81⟧",
            "PESEL ⟦44051401359⟧, BSN: ⟦111222333⟧, 111222333",
            "号码⟦11010519491231002X⟧。",
            "henkilötunnus ⟦131052-308T⟧, personnummer ⟦811228-9874⟧",
            "HKID ⟦A123456(3)⟧, NRIC ⟦S1234567D⟧",
            "PAN ⟦ABCPE1234F⟧, ABCPE1234F",
            "756.9217.0769.84 is wrong, ⟦756.9217.0769.85⟧ is right",
        ],
    );
}

#[test]
fn secrets_have_prefixes_names_or_frames() {
    check(
        "secret",
        &[
            "key ⟦AKIAIOSFODNN7EXAMPLE⟧; AKIAAAAAAAAAAAAAAAAA, AKIAIOSFODNN7",
            "token ⟦ghp_16C7e42F292c6912E7710c838347Ae178B4a⟧.",
            "api_key = \"⟦9f8Ax7Qz31LmN0pR5tV2⟧\", \"client_secret\": \"⟦a8Kd93jf02mQx7LpZ4tY⟧\"",
            "PublicKeyToken=31bf3856ad364e35, password: changeme, token = getToken(arg1), key = 9f8Ax7Qz31LmN0pR5tV2, secret = os.environ[\"A\"]",
            "Bearer ⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N⟧ ok",
            "⟦-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\n-----END EC PRIVATE KEY-----⟧\n",
            "-----BEGIN CERTIFICATE-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\n-----END CERTIFICATE-----",
        ],
    );
    check("credentials", &["postgres://⟦app:x9_Tz!k⟧@db.internal:5432/x, https://host:80/a@b, http://a:b/c"]);
}

#[test]
fn checksums_and_shapes_of_the_other_kinds() {
    check(
        "crypto",
        &[
            "to ⟦1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa⟧, 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "⟦bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4⟧ bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "⟦0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed⟧ 0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        ],
    );
    check(
        "mac",
        &[
            "ether ⟦00:1a:2b:3c:4d:5e⟧, ⟦00-1A-2B-3C-4D-5E⟧. ⟦001a.2b3c.4d5e⟧",
            "12-34-56-78-90-12, 00:00:00:00:00:00, 01:80:c2:00:00:0e, 00:1a:2b:3c:4d:5e:6f",
        ],
    );
    check(
        "coordinates",
        &[
            "lat/lng ⟦48.20817, 16.37382⟧; ⟦48.20817° N, 16.37382° E⟧ and ⟦52°31'12.0\"N 13°24'18.0\"E⟧",
            "0.12345, 0.54321 and 48.2, 16.3, at 45° North",
        ],
    );
}

#[test]
fn streets_and_persons_by_words() {
    let found = |kind: Kind, text: &str| {
        let spans = Detector::new(&[kind]).find(text);
        spans.iter().map(|span| text[span.start..span.end].to_owned()).collect::<Vec<_>>()
    };
    let text = "at 24 Clarke Avenue, 12 rue des Lilas, Lindenstraße 7a, Calle Mayor, 12; in 5 Days and 3 Big Dogs";
    assert_eq!(
        found(Kind::Street, text),
        ["24 Clarke Avenue", "12 rue des Lilas", "Lindenstraße 7a", "Calle Mayor, 12"]
    );
    let text = "Mr. Tom Bell met Frau Müller. My name is Ana de la Cruz, Dear Sir, Dr No. Mr and Mrs";
    assert_eq!(found(Kind::Person, text), ["Tom Bell", "Müller", "Ana de la Cruz", "No"]);
}

#[test]
fn dolma_preset_takes_white_space_along_and_leaves_the_end() {
    let preset = Dolma::new();
    assert_eq!(preset.scrub("a@b.com"), None);
    let out = preset.scrub("mail a@b.com, or\ncall (415) 555-2671 at 300.1.2.3 now").unwrap();
    assert_eq!(out.text, "mail |||EMAIL_ADDRESS||| or\ncall |||PHONE_NUMBER|||  at 3 |||IP_ADDRESS|||  now");
    assert_eq!(out.counts, [(Kind::Email, 1), (Kind::Phone, 1), (Kind::Ip, 1)]);
}

#[test]
fn any_text_is_scrubbed_once_and_for_all() {
    let all = Detector::new(&Kind::ALL);
    let templates = ["<{kind}>", "[]", " |||{kind}||| ", "{PHONE tel}"];
    let mut random = Lcg(7);
    let mut hits = 0;
    for round in 0..12_000 {
        let text = any_text(&mut random, 14);
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
        let text: String = (0..170).map(|_| any_text(&mut random, 24)).collect();
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
    let public = |text: &str| crate::pii::ip::is_global_v4(text.parse().unwrap());
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
