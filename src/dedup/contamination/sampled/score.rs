//! How much of an item was found, as one number. All in 32-bit floats and in decon's order.

use super::Rules;

/// Shares of question, answer and passage in the score of an item that has all three.
const ALL: [f32; 3] = [0.7, 0.2, 0.1];

/// Of one with an answer.
const WITH_ANSWER: [f32; 2] = [0.75, 0.25];

/// Of one with a passage.
const WITH_PASSAGE: [f32; 2] = [0.85, 0.15];

/// Questions with fewer n-grams leave some of their share to the other parts.
const TELLING_QUESTION: f32 = 20.0;

/// Answers with fewer different tokens leave some of theirs to the passage.
const TELLING_ANSWER: f32 = 4.0;

/// The inverse document frequency of what stands in `times` of `total`.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "decon counts in 32-bit floats")]
pub(super) fn idf(total: f32, times: u32) -> f32 {
    // By way of 64 bits the last bit does not depend on the machine's own logarithm.
    f64::from(total / times as f32).ln() as f32
}

#[allow(clippy::cast_precision_loss, reason = "numbers of tokens of an item")]
fn float(count: usize) -> f32 {
    count as f32
}

/// What an item of so many tokens must reach: 1 up to the one bound, `least` from the other on.
pub(super) fn required(tokens: usize, rules: &Rules, least: f32) -> f32 {
    if tokens <= rules.perfect_to {
        1.0
    } else if tokens >= rules.full_from {
        least
    } else {
        let along = float(tokens - rules.perfect_to) / float(rules.full_from - rules.perfect_to);
        1.0 - (1.0 - least) * along
    }
}

/// The least share of a question that can make the score with a whole answer and a whole passage.
pub(super) fn least_question(rules: &Rules) -> f32 {
    ((rules.min_score - (ALL[1] + ALL[2])) / ALL[0]).max(0.0)
}

/// What was found of an item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    pub question: f32,
    /// Different n-grams of the question.
    pub question_grams: usize,
    pub question_tokens: usize,
    /// The share found, and the different tokens, of the answer if there is one.
    pub answer: Option<(f32, usize)>,
    /// The share found, and the tokens, of the passage if there is one.
    pub passage: Option<(f32, usize)>,
}

/// How much a part tells, from a half on.
fn telling(size: f32, enough: f32) -> f32 {
    if size < enough { 0.5 + size / enough * 0.5 } else { 1.0 }
}

/// The score of an item, at most 1.
pub(super) fn score(found: &Shares, rules: &Rules) -> f32 {
    let sure = telling(float(found.question_grams), TELLING_QUESTION);
    let rest = |share: f32| share * (1.0 - sure);
    let (answer, passage) = (found.answer.map_or(0.0, |part| part.0), found.passage.map_or(0.0, |part| part.0));
    let sum = match (found.answer, found.passage) {
        (Some((_, tokens)), Some(_)) => {
            let sure_answer = telling(float(tokens), TELLING_ANSWER);
            let (for_answer, for_passage) = (ALL[1] + rest(ALL[0]) * 0.5, ALL[2] + rest(ALL[0]) * 0.5);
            let for_passage = for_passage + for_answer * (1.0 - sure_answer);
            found.question * (ALL[0] * sure) + answer * (for_answer * sure_answer) + passage * for_passage
        }
        (Some(_), None) => {
            let [first, second] = WITH_ANSWER;
            found.question * (first * sure) + answer * (second + rest(first))
        }
        (None, Some(_)) => {
            let [first, second] = WITH_PASSAGE;
            found.question * (first * sure) + passage * (second + rest(first))
        }
        (None, None) => found.question,
    };
    let sum = sum.min(1.0);
    let size = |part: Option<(f32, usize)>| part.map_or(0, |part| part.1);
    let required = required(found.question_tokens + size(found.answer) + size(found.passage), rules, rules.min_score);
    if required > rules.min_score {
        let factor = rules.min_score / required;
        sum * factor + if sum >= 1.0 { 1.0 - factor } else { 0.0 }
    } else {
        sum
    }
}
