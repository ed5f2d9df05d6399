use super::*;

/// decon's defaults.
fn rules() -> Rules {
    Rules {
        ngram: 5,
        sample_every: 10,
        max_misses: 11,
        min_score: 0.8,
        perfect_to: 20,
        full_from: 50,
        short_answer: 3,
        short_answer_window: 50,
        answer_ngram: 3,
        answer_window: 100,
        passage_window: 100,
        passage_ngram: 4,
        passage_misses: 2,
        min_tokens: 20,
        min_words: 4,
    }
}

fn words(prefix: &str, count: usize) -> String {
    (0..count).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>().join(" ")
}

fn index(rules: Rules, items: &[Item<'_>]) -> Index {
    let mut builder = Builder::new(rules, Tokens::segments());
    for (number, item) in (0..).zip(items) {
        builder.add(number, *item).unwrap();
    }
    builder.finish()
}

fn asked(question: &str) -> Item<'_> {
    Item { question, ..Item::default() }
}

fn found(index: &Index, text: &str) -> Vec<(u32, f32)> {
    index.search(text, false).unwrap().0.into_iter().map(|one| (one.item, one.score)).collect()
}

#[test]
fn what_is_compared_is_lower_case_without_marks_and_can_be_traced_back() {
    let text = "  “The—ΑΣ  cat's” İ (100%)\u{a0}x\u{1c}y! ";
    let cleaned = clean(text);
    assert_eq!(cleaned, " the ας cat s i\u{307} 100 x\u{1c}y");
    let origins = super::clean::origins(text);
    assert_eq!(origins.len(), cleaned.len());
    let traced = |part: &str| {
        let at = cleaned.find(part).unwrap();
        super::clean::original(text, &cleaned, &origins, at..at + part.len()).map(|span| &text[span])
    };
    assert_eq!(traced(" the ας"), Some("The—ΑΣ"));
    assert_eq!(traced("cat s i\u{307} "), Some("cat's” İ"));
    assert_eq!(traced("y"), Some("y"));
    assert_eq!(super::clean::original(text, &cleaned, &origins, 4..5), None, "a space alone");
    assert_eq!(clean(" ... —"), "");
    assert_eq!(clean(""), "");
}

#[test]
fn every_text_cleans_to_as_many_bytes_as_are_traced() {
    for text in ["ΣΣ ΑΣ.Σ ΣΑ", "ǅ ẞ ﬀ K", "日本、語", "\u{345}\u{1f80}", "a\u{2028}b"] {
        assert_eq!(super::clean::origins(text).len(), clean(text).len(), "{text}");
    }
}

#[test]
fn a_question_is_found_with_words_put_in_and_left_out() {
    let question = words("q", 40);
    let other = words("r", 40);
    let index = index(rules(), &[asked(&question), asked(&other)]);
    let around = |middle: &str| format!("{} {middle} {}", words("a", 33), words("z", 30));
    assert_eq!(found(&index, &around(&question)), [(0, 1.0)]);
    assert_eq!(found(&index, &around(&question.to_uppercase().replace(' ', ", "))), [(0, 1.0)]);
    let put_in = question.replace("q20 ", "q20 new ");
    let all = found(&index, &around(&put_in));
    // 79 segments have 75 5-grams, of which an insertion breaks those across it.
    assert!(all.len() == 1 && all[0].1 < 1.0 && all[0].1 > 0.9, "{all:?}");
    assert_eq!(found(&index, &around(&words("q", 20))), []);
    assert_eq!(found(&index, &around("")), []);
    assert_eq!(found(&index, &around(&format!("{question} {other}"))), [(0, 1.0), (1, 1.0)]);
}

#[test]
fn short_items_must_be_found_without_fault() {
    // 23 and 59 segments.
    for (count, is_found) in [(12, false), (30, true)] {
        let question = words("q", count);
        let index = index(rules(), &[asked(&question), asked(&words("r", 40))]);
        assert_eq!(found(&index, &format!("{} {question} end", words("a", 30))), [(0, 1.0)]);
        let faulty = question.replace("q1 ", "other ");
        assert_eq!(!found(&index, &format!("{} {faulty} end", words("a", 30))).is_empty(), is_found, "{count}");
    }
}

#[test]
fn an_answer_is_looked_for_behind_the_question_and_a_passage_before_it() {
    let (question, answer, passage) = (words("q", 30), words("n", 20), words("p", 30));
    let item = Item { question: &question, answer: &answer, passage: &passage };
    let index = index(rules(), &[item, asked(&words("r", 40))]);
    let search = |text: &str| index.search(text, false).unwrap().0;
    let whole = search(&format!("x y z {passage} now {question} {answer} end"));
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].score, 1.0);
    let shares = |found: &Found| [&found.answer, &found.passage].map(|part| part.as_ref().unwrap().share);
    assert_eq!(shares(&whole[0]), [1.0, 1.0]);
    // 0.7 + 0.2 and 0.7 + 0.1.
    let no_passage = search(&format!("x y z {question} {answer} end"));
    assert_eq!((no_passage[0].score, shares(&no_passage[0])), (0.9, [1.0, 0.0]));
    assert_eq!(search(&format!("x y z {passage} now {question} end")).len(), 1);
    assert_eq!(search(&format!("x y z {question} end")), []);
    assert_eq!(search(&format!("x y z {answer} {question} end")), [], "the answer stands before");
    assert_eq!(search(&format!("x y z {question} {} {answer} end", words("f", 100))), [], "too far");
}

#[test]
fn a_short_answer_counts_as_a_whole() {
    let question = words("q", 30);
    let item = Item { question: &question, answer: "forty two", passage: "" };
    let index = index(Rules { short_answer: 4, ..rules() }, &[item, asked(&words("r", 40))]);
    let score = |text: &str| found(&index, text);
    assert_eq!(score(&format!("x {question} so it is Forty-two!")), [(0, 1.0)]);
    assert_eq!(score(&format!("x {question} so it is forty and two")), [], "0.75 alone");
}

#[test]
fn what_is_cut_is_where_the_parts_stand() {
    let (question, answer) = (words("q", 30), words("n", 20));
    let index = index(rules(), &[Item { question: &question, answer: &answer, passage: "" }, asked(&words("r", 40))]);
    let text = format!("One two, three: “{question}?”\n\nAnswer -- {} Four five.", answer.to_uppercase());
    let (found, spans) = index.search(&text, true).unwrap();
    assert_eq!(found.len(), 1);
    let cut: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
    assert_eq!(cut, [question.as_str(), answer.to_uppercase().as_str()]);
}

#[test]
fn items_that_are_too_short_are_not_looked_for() {
    let mut builder = Builder::new(rules(), Tokens::segments());
    let mut add = |question: &str, answer: &str| builder.add(0, Item { question, answer, passage: "" }).unwrap();
    assert_eq!(add(&words("q", 9), ""), Added::TooShort, "18 segments");
    assert_eq!(add(&words("q", 10), ""), Added::Sought);
    assert_eq!(add("a b", &words("n", 30)), Added::TooShort, "4 segments in the question");
    assert_eq!(add("a b c", &words("n", 30)), Added::Sought);
    assert_eq!(add("", &words("n", 30)), Added::TooShort);
    assert_eq!(add("?!", &words("n", 30)), Added::TooShort);
    assert_eq!(add(&"a b c ".repeat(9), ""), Added::TooShort, "three words");
    let index = builder.finish();
    assert_eq!(index.len(), 3, "the one without a 5-gram counts as decon counts it");
}

/// Few words, so that items share n-grams and documents hold parts of them everywhere: nothing may panic or depend on more than
/// the text.
#[test]
fn confused_items_and_documents() {
    let mut state = 7_u64;
    let mut text = |count: usize| {
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % 3
        };
        (0..count).map(|_| format!("w{}", draw())).collect::<Vec<_>>().join(" ")
    };
    let texts: Vec<[String; 3]> = (0..60).map(|n| [text(4 + n), text(n / 2), text(n)]).collect();
    let items: Vec<Item<'_>> =
        texts.iter().map(|[question, answer, passage]| Item { question, answer, passage }).collect();
    let index = index(Rules { min_words: 1, min_tokens: 0, ..rules() }, &items);
    for count in 0..200 {
        let text = text(count);
        let (found, spans) = index.search(&text, true).unwrap();
        assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start) && found.is_empty() == spans.is_empty());
        assert!(found.iter().all(|one| (0.8..=1.0).contains(&one.score)));
    }
}

/// What decon found, by `tests/scripts/compare_decon.py --golden`.
#[derive(serde::Deserialize)]
struct Golden {
    items: Vec<GoldenItem>,
    texts: Vec<String>,
    found: std::collections::BTreeMap<String, Vec<Vec<GoldenFound>>>,
}

#[derive(serde::Deserialize)]
struct GoldenItem {
    question: String,
    answer: String,
    passage: String,
}

/// Item; score; shares of question, answer, passage; first and last token of the question; first and last of each answer.
#[derive(serde::Deserialize)]
struct GoldenFound(u32, f32, f32, Option<f32>, Option<f32>, usize, usize, Option<Vec<[usize; 2]>>);

fn like_decon(tokenizer: &str, tokens: Tokens) {
    let golden: Golden = serde_json::from_str(include_str!("../../../../tests/golden/decon.json")).unwrap();
    let mut builder = Builder::new(rules(), tokens);
    for (number, GoldenItem { question, answer, passage }) in (0..).zip(&golden.items) {
        builder.add(number, Item { question, answer, passage }).unwrap();
    }
    let index = builder.finish();
    let close = |a: f32, b: f32| (a - b).abs() < 1e-6;
    let mut count = 0;
    for (text, expected) in golden.texts.iter().zip(&golden.found[tokenizer]) {
        let (found, spans) = index.search(text, true).unwrap();
        let items: Vec<u32> = found.iter().map(|one| one.item).collect();
        assert_eq!(items, expected.iter().map(|one| one.0).collect::<Vec<_>>(), "{tokenizer}: {text}");
        assert_eq!(spans.is_empty(), found.is_empty());
        for (one, GoldenFound(_, score, question, answer, passage, first, last, answers)) in found.iter().zip(expected)
        {
            let share = |piece: &Option<Piece>| piece.as_ref().map_or(0.0, |piece| piece.share);
            assert!(close(one.score, *score) && close(one.question.share, *question), "{one:?}");
            assert!(close(share(&one.answer), answer.unwrap_or(0.0)), "{one:?}");
            assert!(close(share(&one.passage), passage.unwrap_or(0.0)), "{one:?}");
            assert_eq!((one.question.tokens.len(), &one.question.tokens[0]), (1, &(*first..last + 1)));
            let places = one.answer.as_ref().map_or(Vec::new(), |piece| piece.tokens.clone());
            let answers = answers.iter().flatten().map(|[first, last]| *first..last + 1).collect::<Vec<_>>();
            assert_eq!(places, answers);
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn segments_find_what_decon_finds_with_the_same_scores() {
    like_decon("uniseg", Tokens::segments());
}

#[test]
#[allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test reads its tokenizer, or says that it does not"
)]
fn tokens_find_what_decon_finds_with_the_same_scores() {
    let Ok(data) = std::env::var("GRISTMILL_DATA") else {
        eprintln!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let path = format!("{data}/4-tokenizers/zurawiki+tiktoken-rs/tiktoken-rs/assets/cl100k_base.tiktoken");
    let encoder = crate::tokenize::load(&std::fs::read(path).unwrap()).unwrap();
    like_decon("cl100k", Tokens::File(encoder.into()));
}
