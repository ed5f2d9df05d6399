//! How toxic a text is, by the embedded model of `classify::grams`: passage by passage, so that one insult in a book is one
//! passage of thousands.

use super::{MetricDef, Settings, Sink, Subject};
use crate::classify::grams::TOXICITY;
use crate::classify::grams::passages::{each_passage, each_sentence};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::share(
        "toxicity@1",
        "probability",
        "probability that a passage (sentences of one line, as long as a post) insults, threatens or debases people: mean \
         over the passages by their length. Trained on English, German, French, Italian, Spanish and Chinese",
    ),
    MetricDef::share("toxicity_max@1", "probability", "the greatest of these probabilities"),
    MetricDef::share(
        "toxic_passage_ratio@1",
        "share of bytes",
        "bytes of passages whose probability is above 0.7, over the bytes of all passages with a word",
    ),
];

/// Probability above which a passage counts as toxic.
const TOXIC: f64 = 0.7;

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, _settings: &Settings, sink: &mut Sink) {
    let Some(model) = TOXICITY.as_ref() else { return };
    let (mut bytes, mut toxic, mut sum, mut greatest) = (0_usize, 0_usize, 0.0, 0.0_f64);
    each_passage(subject.view.text(), |passage| {
        if let Some(p) = model.probability(passage) {
            bytes += passage.len();
            toxic += if p > TOXIC { passage.len() } else { 0 };
            #[allow(clippy::cast_precision_loss, reason = "a passage is short")]
            let length = passage.len() as f64;
            sum += p * length;
            greatest = greatest.max(p);
        }
    });
    if bytes > 0 {
        #[allow(clippy::cast_precision_loss, reason = "texts are shorter than 2^52 bytes")]
        sink.set(0, sum / bytes as f64);
        sink.set(1, greatest);
        sink.set_ratio(2, toxic, bytes);
    }
}

/// The text without the sentences whose probability is above `bound`.
#[must_use]
pub fn remove_toxic_sentences(text: &str, bound: f64) -> String {
    let mut out = String::with_capacity(text.len());
    each_sentence(text, |sentence| {
        let toxic = TOXICITY.as_ref().and_then(|model| model.probability(sentence)).is_some_and(|p| p > bound);
        if !toxic {
            out.push_str(sentence);
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{compute, find};
    use crate::text::TextView;

    fn numbers(text: &str) -> Vec<f64> {
        let view = TextView::new(text);
        let ids: Vec<_> = METRICS.iter().map(|def| find(def.name).unwrap()).collect();
        compute(&ids, &Subject::of_text(&view), &Settings::default())
    }

    const PLAIN: &str = "The council met on Tuesday evening and agreed to build the new bridge in the valley. ";
    const INSULT: &str = "Shut up you stupid bitch, nobody likes you, you are a worthless piece of shit";

    #[test]
    fn one_insult_in_a_long_text_is_one_passage() {
        assert!(numbers(INSULT)[0] > 0.7, "{:?}", numbers(INSULT));
        assert!(numbers(PLAIN)[0] < 0.2, "{:?}", numbers(PLAIN));
        let long = numbers(&format!("{}\n{INSULT}\n{}", PLAIN.repeat(40), PLAIN.repeat(40)));
        assert!(long[0] < 0.2 && long[1] > 0.7 && long[2] > 0.0 && long[2] < 0.05, "{long:?}");
        assert!(numbers(" -- \n").iter().all(|number| number.is_nan()));
    }

    #[test]
    fn only_toxic_sentences_go() {
        let text = format!("{PLAIN}{INSULT}. {PLAIN}");
        assert_eq!(remove_toxic_sentences(&text, 0.9), format!("{PLAIN}{PLAIN}"));
        assert_eq!(remove_toxic_sentences(&text, 1.0), text);
        assert_eq!(remove_toxic_sentences("", 0.5), "");
    }

    #[test]
    fn the_embedded_model_is_measured_on_texts_of_other_kinds() {
        // Written for this test: medicine, scripture, dictionary and news use hard words without abusing anybody.
        for text in [
            "The patient reported rectal bleeding and pain during intercourse; examination of the anus and vagina was normal.",
            "Breast cancer is the most common cancer in women, and early treatment improves survival.",
            "And he said unto them, Go ye into the city, and the wicked shall be cast out from among you.",
            "ass, noun: a hoofed mammal of the horse family with long ears; a donkey.",
            "Police said that two men were killed on Monday when gunmen opened fire near the market.",
            "Le médecin a examiné le sein gauche et n'a trouvé aucune tumeur.",
            "Die Studie untersucht die Häufigkeit von Prostatakrebs bei älteren Männern.",
            "El hospital informó que la paciente tenía una infección en la piel.",
            "医生建议患者每年检查一次乳腺。",
        ] {
            assert!(numbers(text)[0] < 0.7, "{text}: {:?}", numbers(text));
        }
    }
}
