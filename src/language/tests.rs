use super::script::{self, Script};
use super::*;
use crate::language::Shares;
use crate::language::parts::parts;
use proptest::prelude::*;

fn label(text: &str) -> String {
    Embedded.detect(text).map_or_else(|| "-".to_owned(), |guess| guess.label.to_string())
}

#[test]
fn plain_sentences_are_told() {
    let cases = [
        ("The committee will publish its report at the end of next week.", "en"),
        ("Der Ausschuss wird seinen Bericht Ende nächster Woche veröffentlichen.", "de"),
        ("Le comité publiera son rapport à la fin de la semaine prochaine.", "fr"),
        ("El informe de la comisión se publicará a finales de la semana que viene.", "es"),
        ("Komitet opublikuje swój raport pod koniec przyszłego tygodnia.", "pl"),
        ("Комитет опубликует свой доклад в конце следующей недели.", "ru"),
        ("Комітет оприлюднить свій звіт наприкінці наступного тижня.", "uk"),
        ("委員会は来週末に報告書を公表する予定です。", "ja"),
        ("委员会将在下周末发布报告。", "zh"),
        ("위원회는 다음 주말에 보고서를 발표할 예정이다.", "ko"),
        ("ستنشر اللجنة تقريرها في نهاية الأسبوع المقبل.", "ar"),
        ("کمیته گزارش خود را در پایان هفته آینده منتشر خواهد کرد.", "fa"),
        ("समिति अगले सप्ताह के अंत में अपनी रिपोर्ट प्रकाशित करेगी।", "hi"),
        ("คณะกรรมการจะเผยแพร่รายงานในปลายสัปดาห์หน้า", "th"),
        ("Η επιτροπή θα δημοσιεύσει την έκθεσή της στο τέλος της επόμενης εβδομάδας.", "el"),
        ("គណៈកម្មាធិការនឹងផ្សព្វផ្សាយរបាយការណ៍", "km"),
    ];
    for (text, wanted) in cases {
        assert_eq!(label(text), wanted, "{text}");
    }
}

#[test]
fn no_letters_no_language() {
    for text in ["", " \n", "12 34.5 % $ -- !", "🙂🙂", "①②③"] {
        assert_eq!(Embedded.detect(text), None, "{text:?}");
        assert!(Embedded.top(text, 3).is_empty());
    }
}

#[test]
fn confidence_falls_on_what_is_no_language() {
    let prose = "He said that the council had not decided which of the two roads would be closed for the summer.";
    let prose = Embedded.detect(prose).expect("letters").score;
    assert!(prose > 0.9, "{prose}");
    let others = [
        "xkq zvrpt wq lkjh gfds mnbvc xz qwrtp lkj hgf dsa zxcvb mnp qrst vwx",
        "SGVsbG8gV29ybGQhIFRoaXMgaXMgYmFzZTY0IGVuY29kZWQgdGV4dCBmb3IgdGVzdGluZyBwdXJwb3Nlcy4g",
        "for (int i = 0; i < argc; ++i) { buf[i] = strdup(argv[i]); } free(buf); return -1; }",
        "{\"id\": 17, \"xs\": [1, 2, 3], \"k\": null}",
    ];
    for text in others {
        let score = Embedded.detect(text).expect("letters").score;
        assert!(score < 0.4, "{score} {text}");
    }
    assert!(Embedded.detect("a").expect("a letter").score < 0.6);
}

#[test]
fn languages_without_a_label_get_low_scores() {
    let cases = [
        (
            "ast",
            "Ayeri pela tarde fuimos andando hasta la playa y quedemos ellí hasta qu'empezó a llover. Los neños xugaben cola arena mentanto falábemos de lo que diben facer al otru día.",
        ),
        (
            "br",
            "Dec'h goude lein ez ejomp war droad betek an draezhenn hag e chomjomp eno betek ma krogas da c'hlaviñ. Ar vugale a c'hoarie gant an traezh.",
        ),
        (
            "ceb",
            "Gahapon sa hapon milakaw mi paingon sa baybayon ug nagpabilin mi didto hangtod nga miulan. Ang mga bata nagdula sa balas samtang nagsultihanay mi.",
        ),
        (
            "gd",
            "Chaidh sinn dhan tràigh feasgar an-dè agus dh'fhuirich sinn an sin gus an do thòisich an t-uisge. Bha a' chlann a' cluich anns a' ghainmhich.",
        ),
        (
            "ht",
            "Yè apremidi nou te mache rive sou plaj la epi nou te rete la jiskaske lapli kòmanse tonbe. Timoun yo t ap jwe nan sab la pandan nou t ap pale sou sa nou ta pral fè nan demen.",
        ),
        (
            "ky",
            "Кечээ кечинде биз суунун жээгине жөө барып, жамгыр жаай баштаганча ошол жерде болдук. Балдар кумда ойноп жүрүштү.",
        ),
        (
            "oc",
            "Ièr de ser anèrem a pè fins a la plaja e i demorèrem fins que comencèt de plòure. Los dròlles jogavan amb la sabla mentre que parlàvem de çò que fariam l'endeman.",
        ),
        (
            "rw",
            "Ejo nimugoroba twagiye ku nkombe y'ikiyaga n'amaguru tuhaguma kugeza imvura itangiye kugwa. Abana bakinaga mu mucanga.",
        ),
        (
            "tt",
            "Кичә кич белән без елга буена җәяү бардык һәм яңгыр ява башлаганчы шунда калдык. Балалар комда уйнадылар.",
        ),
        ("ug", "تۈنۈگۈن كەچتە بىز دەريا بويىغا پىيادە باردۇق ۋە يامغۇر ياغقۇچە شۇ يەردە تۇردۇق. بالىلار قۇمدا ئوينىدى."),
        ("as", "কালি গধূলি আমি নদীৰ পাৰলৈ খোজ কাঢ়ি গৈছিলোঁ আৰু বৰষুণ নহালৈকে তাতে আছিলোঁ।"),
        (
            "ti",
            "ትማሊ ምሸት ናብ ገምገም ሩባ ብእግርና ከይድና፣ ዝናብ ክሳብ ዝጅምር ድማ ኣብኡ ጸኒሕና። ቈልዑ ብሑጻ ይጻወቱ ነበሩ፣ ንሕና ድማ ንዝቕጽል መዓልቲ እንታይ ከም እንገብር ተዘራሪብና።",
        ),
        ("yi", "נעכטן אין אָװנט זײַנען מיר געגאַנגען צו פֿוס צום טײַך און געבליבן דאָרט ביז עס האָט אָנגעהויבן צו רעגענען."),
    ];
    for (language, text) in cases {
        let guess = Embedded.detect(text).expect("letters");
        assert!(guess.score < 0.3, "{language}: {guess:?}");
    }
    // One foreign letter in a long text is a quotation, not a language.
    let hebrew = "הוועדה תפרסם את הדוח שלה בסוף השבוע הבא, ואחר כך יוחלט אם הגשר הישן ייסגר. ".repeat(12);
    assert!(Embedded.detect(&format!("{hebrew} װ")).expect("letters").score > 0.9);
    assert!(Embedded.detect("געגאַנגען צו פֿוס צום טײַך װי נעכטן").expect("letters").score < 0.3);
}

#[test]
fn top_agrees_with_detect() {
    for text in ["Das ist ein kurzer Satz.", "ok", "Привет", "ไทย", "hr bs sr"] {
        let top = Embedded.top(text, 5);
        assert_eq!(Embedded.detect(text).as_ref(), top.first());
        assert!(top.windows(2).all(|pair| pair[0].score >= pair[1].score), "{top:?}");
        assert!(top.iter().map(|guess| guess.score).sum::<f32>() <= 1.001 || top[0].score < 0.5);
        assert_eq!(Embedded.top(text, 0), []);
    }
}

#[test]
fn labels_are_iso_codes() {
    let all = Embedded.labels();
    assert_eq!(all.len(), 84);
    for label in &all {
        assert_eq!(labels::normalise(label), label);
        assert!(labels::find(label).is_some(), "{label}");
    }
    let table = labels::LANGUAGES;
    assert!(table.windows(2).all(|pair| pair[0].code < pair[1].code));
}

#[test]
fn codes_are_normalised() {
    let cases = [
        ("__label__eng_Latn", "en"),
        ("zh-Hant", "zh"),
        ("ZH_tw", "zh"),
        ("cmn", "zh"),
        ("iw", "he"),
        ("ger", "de"),
        ("deu", "de"),
        ("no", "no"),
        ("nob", "nb"),
        ("arb_Arab", "ar"),
        ("__label__ceb", "ceb"),
        ("yue_Hant", "yue_Hant"),
        ("als", "als"),
        ("als_Latn", "sq"),
        ("", ""),
    ];
    for (from, to) in cases {
        assert_eq!(labels::normalise(from), to, "{from}");
    }
    assert!(labels::matches("no", "nn") && labels::matches("nb", "no") && !labels::matches("nb", "nn"));
    assert!(labels::matches("en", "eng_Latn"));
}

#[test]
fn scripts_are_told() {
    assert_eq!(script::dominant("abc где еж мир"), Some((Script::Cyrillic, 8.0 / 11.0)));
    assert_eq!(script::dominant("1, 2 × 3"), None);
    assert_eq!(script::of('é'), Script::Latin);
    assert_eq!(script::of('×'), Script::Other);
    assert_eq!(script::of('ệ'), Script::Latin);
    assert_eq!(script::of('𠀀'), Script::Han);
    for (at, script) in script::ALL.iter().enumerate() {
        assert_eq!(*script as usize, at + 1);
        assert_eq!(script.code().len(), 4);
    }
}

#[test]
fn mixed_documents_fall_into_parts() {
    let english = "The council met on Monday and decided to repair the old bridge over the river before winter.\n";
    let german = "Der Rat trat am Montag zusammen und beschloss, die alte Brücke über den Fluss zu reparieren.\n";
    let text = format!("{english}{english}{english}{german}{german}{german}12\n");
    let found = parts(&Embedded, &text, 90);
    let names: Vec<&str> = found.iter().filter_map(|part| part.guess.as_ref()).map(|guess| &*guess.label).collect();
    assert_eq!(names, ["en", "de"]);
    assert_eq!(found[0].range, 0..english.len() * 3);
    assert_eq!(found[1].range.end, text.len());
    let mut shares = Shares::default();
    assert_eq!((shares.language("de"), shares.unsure()), (None, None));
    found.iter().for_each(|part| shares.add(part.guess.as_ref().map(|guess| &guess.label), part.range.len()));
    let german = shares.language("deu_Latn").unwrap();
    assert!((0.45..0.55).contains(&german) && shares.label("deu_Latn") == Some(0.0), "{german}");
    assert_eq!((shares.label("de"), shares.languages()), (Some(german), 2));
}

#[test]
fn long_texts_cost_a_look_at_their_windows() {
    let text = "Это предложение повторяется много раз подряд. ".repeat(10_000);
    assert_eq!(label(&text), "ru");
    // A page that begins with another language is what most of it is.
    let mixed = format!("{}{}", "All rights reserved. Terms of use apply to this page. ".repeat(8), text);
    assert_eq!(label(&mixed), "ru");
}

#[test]
fn damaged_models_are_refused() {
    let whole = include_bytes!("model.bin");
    assert!(CharModel::from_bytes(&whole[..]).is_ok());
    for length in [0, 7, 8, 20, 300, 4096, whole.len() - 1] {
        assert!(CharModel::from_bytes(whole[..length].to_vec()).is_err(), "{length}");
    }
    for at in 0..600 {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 0x15;
        if let Ok(model) = CharModel::from_bytes(bytes) {
            let _ = model.top("Ein Satz, ένα, один 一", 3);
        }
    }
}

#[test]
fn training_is_deterministic_and_learns() {
    let words = |label: &'static str, stem: &str| -> Vec<(&'static str, String)> {
        (0..40).map(|i| (label, format!("{stem}{} {stem}o {stem}a{} est", i % 7, i % 5))).collect()
    };
    let mut texts = Vec::new();
    for (label, stem) in [
        ("en", "the"),
        ("de", "und"),
        ("fr", "que"),
        ("ru", "что"),
        ("uk", "щоі"),
        ("ar", "الم"),
        ("fa", "گچپ"),
        ("hi", "है"),
        ("mr", "आहे"),
        ("ja", "のは"),
        ("zh", "的是"),
    ] {
        texts.extend(words(label, stem));
    }
    let samples: Vec<train::Sample<'_>> =
        texts.iter().map(|(label, text)| train::Sample { label, text, sentence: true }).collect();
    let bytes = train::train(&samples).expect("a model");
    assert_eq!(bytes, train::train(&samples).expect("a model"));
    let model = CharModel::from_bytes(bytes).expect("a whole model");
    for (wanted, text) in &texts {
        assert_eq!(&*model.detect(text).expect("letters").label, *wanted, "{text}");
    }
    assert!(train::train(&samples[..80]).is_none(), "no Cyrillic language");
}

proptest! {
    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        let guess = Embedded.detect(&text);
        prop_assert_eq!(guess.clone(), Embedded.top(&text, 1).into_iter().next());
        if let Some(guess) = guess {
            prop_assert!((0.0..=1.0).contains(&guess.score));
        }
        let found = parts(&Embedded, &text, 10);
        prop_assert_eq!(found.iter().map(|part| part.range.len()).sum::<usize>(), text.len());
    }

    #[test]
    fn long_texts_are_survived(text in "(\\PC{1,9}){1200,1500}") {
        let _ = Embedded.detect(&text);
    }
}
