use super::super::FastText;
use super::evaluation::Held;
use super::*;

const GROUPS: [(&str, &[&str]); 3] = [
    ("bread", &["flour", "yeast", "knead", "dough", "oven", "Brötchen"]),
    ("soup", &["broth", "simmer", "ladle", "carrot", "onion", "суп"]),
    ("tea", &["leaf", "steep", "kettle", "cup", "brew", "茶"]),
];
const COMMON: [&str; 6] = ["the", "with", "how", "long", "should", "and"];

/// Texts whose words tell their label, a fifth of them held out.
fn corpus() -> Corpus {
    let mut corpus = Corpus::default();
    let mut state = 5_u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize % below
    };
    for at in 0..400 {
        let (label, words) = GROUPS[next(3)];
        let text: Vec<&str> = (0..4 + next(6))
            .map(|_| if next(2) == 0 { words[next(words.len())] } else { COMMON[next(COMMON.len())] })
            .collect();
        assert!(corpus.add(&text.join(" "), label, at % 5 == 0));
    }
    corpus
}

fn options(loss: TrainLoss) -> Options {
    Options {
        dim: 12,
        epochs: 12,
        rate: 0.5,
        word_ngrams: 2,
        minn: 2,
        maxn: 3,
        bucket: 600,
        loss,
        ..Options::default()
    }
}

#[test]
fn every_loss_learns_and_repeats_itself() {
    let corpus = corpus();
    for loss in [TrainLoss::Softmax, TrainLoss::Hierarchical, TrainLoss::OneVsAll] {
        let options = options(loss);
        let mut losses = Vec::new();
        let trained = train(&corpus, &options, &mut |_, loss| losses.push(loss)).unwrap();
        assert!(losses.len() == 12 && losses[11] < losses[0] / 2.0, "{loss:?}: {losses:?}");
        let bytes = trained.dense();
        assert_eq!(bytes, train(&corpus, &options, &mut |_, _| ()).unwrap().dense(), "{loss:?}");
        let other = Options { seed: 1, ..options.clone() };
        assert_ne!(bytes, train(&corpus, &other, &mut |_, _| ()).unwrap().dense(), "{loss:?}");
        let figures = Held::judge(&FastText::from_bytes(&bytes).unwrap(), &corpus).figures(&|_| 0);
        assert!(figures.texts == 80 && figures.accuracy > 0.9, "{loss:?}: {figures:?}");
    }
}

#[test]
fn a_loaded_model_judges_as_it_was_trained() {
    // One text per label, so often that training is sure of it: rows of training and of prediction are the same.
    let mut corpus = Corpus::default();
    corpus.add("flour yeast rare1 __label__soup", "bread", false);
    corpus.add("broth ladle\nflour </s> yeast yeast yeast", "soup", false);
    let options = Options { epochs: 300, min_count: 2, ..options(TrainLoss::Softmax) };
    let trained = train(&corpus, &options, &mut |_, _| ()).unwrap();
    let model = FastText::from_bytes(&trained.dense()).unwrap();
    let mut out = Vec::new();
    model.predict("flour yeast rare1", 1, 0.0, &mut out);
    assert!(model.labels()[out[0].0 as usize] == "__label__bread" && out[0].1 > 0.95, "{out:?}");
    model.predict("broth ladle flour", 1, 0.0, &mut out);
    assert!(model.labels()[out[0].0 as usize] == "__label__soup" && out[0].1 > 0.95, "{out:?}");
}

#[test]
fn quantized_models_keep_the_rows_that_weigh_most() {
    let corpus = corpus();
    let options = options(TrainLoss::Softmax);
    let trained = train(&corpus, &options, &mut |_, _| ()).unwrap();
    let dense = trained.dense();
    for (cutoff, qnorm, dsub) in [(0, true, 2), (0, false, 5), (300, true, 2), (260, false, 12)] {
        let bytes = trained.quantized(&QuantizeOptions { cutoff, dsub, qnorm }).unwrap();
        assert!(bytes.len() < dense.len(), "{cutoff} {qnorm} {dsub}");
        let figures = Held::judge(&FastText::from_bytes(&bytes).unwrap(), &corpus).figures(&|_| 0);
        assert!(figures.accuracy > 0.9, "{cutoff} {qnorm} {dsub}: {figures:?}");
    }
    assert_eq!(trained.quantized(&QuantizeOptions { cutoff: 100, ..QuantizeOptions::default() }), Err(100));
}

#[test]
fn what_cannot_be_trained_says_why() {
    let mut corpus = Corpus::default();
    assert!(!corpus.add(" \n\t __label__x </s> words", "a", false));
    corpus.add("one label alone", "a", false);
    corpus.add("another one is held out", "b", true);
    let refused = |options: &Options| train(&corpus, options, &mut |_, _| ()).err().unwrap();
    assert_eq!(refused(&Options::default()), NoModel::Labels(1));
    let zero = Options { dim: 0, ..Options::default() };
    assert!(refused(&zero).to_string().contains("`dim` is 0"));
    corpus.add("a second label", "b", false);
    let wild = Options { rate: 100.0, dim: 2, epochs: 3000, loss: TrainLoss::OneVsAll, ..Options::default() };
    // Sigmoids bound every step: it may diverge or not, but it never gives a model that cannot be read.
    if let Ok(trained) = train(&corpus, &wild, &mut |_, _| ()) {
        assert!(FastText::from_bytes(&trained.dense()).is_ok());
    }
}

#[test]
fn equal_texts_are_equal_numbers() {
    let mut corpus = Corpus::default();
    corpus.add("a b  a\u{b}b", "x", false);
    corpus.add("b a", "y", true);
    assert_eq!(corpus.tokens_of(0), [0, 1, 0, 1, 2]);
    assert_eq!(corpus.tokens_of(1), [1, 0, 2]);
    // Held-out texts do not count.
    assert_eq!((corpus.counts.as_slice(), corpus.trained_tokens()), (&[2, 2, 1][..], 5));
    let mut seen = Vec::new();
    corpus.each_held(|text, label| seen.push((text.to_owned(), label.to_owned())));
    assert_eq!(seen, [("b a ".to_owned(), "y".to_owned())]);
}
