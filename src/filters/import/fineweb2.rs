//! FineWeb-2: its threshold files, and the filter that they make.

use std::fmt::Write as _;

use super::recipe::{Origin, RECIPE, Recipe};
use super::yaml::{Kind, Node};
use super::{ImportError, examples, number, quote, words, yaml};
use crate::filters::Filter;
use crate::metrics::nearest;

/// The n of `top_n_grams`, in the order of all published files.
const TOP: [usize; 3] = [2, 3, 4];
/// The n of `dup_n_grams`.
const DUP: [usize; 6] = [5, 6, 7, 8, 9, 10];

/// The keys of a threshold file that hold one number.
const NUMBERS: [&str; 7] = [
    "language_score",
    "dup_line_frac",
    "line_punct_thr",
    "new_line_ratio",
    "min_avg_word_length",
    "max_avg_word_length",
    "max_non_alpha_words_ratio",
];

/// What one threshold file says of its language.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageBounds {
    /// The tag that the file is named by, such as `deu_Latn`.
    pub tag: String,
    /// One number for each of `NUMBERS`.
    numbers: [f64; NUMBERS.len()],
    /// Bounds on the most frequent n-gram.
    top: [f64; TOP.len()],
    /// Bounds on repeated n-grams.
    dup: [f64; DUP.len()],
    /// Stop words.
    pub stop_words: Vec<String>,
}

impl LanguageBounds {
    /// Reads a threshold file of the language `tag`.
    ///
    /// # Errors
    /// The first thing that cannot be meant, with its place.
    pub fn read(tag: &str, text: &str) -> Result<Self, ImportError> {
        let root = yaml::read(text)?;
        let Kind::Map(entries) = &root.kind else {
            return Err(root.wrong(format!("a threshold file is a mapping, found {}", root.describe())));
        };
        let (mut numbers, mut top, mut dup) = ([None; NUMBERS.len()], None, None);
        let mut stop_words = None;
        let mut seen: Vec<&str> = Vec::new();
        for (key, value) in entries {
            let name = key.word("a key")?;
            if seen.contains(&name) {
                return Err(key.wrong(format!("`{name}` is there twice")).hint("delete one of the two"));
            }
            seen.push(name);
            match name {
                "top_n_grams" => top = Some(pairs(name, value, TOP)?),
                "dup_n_grams" => dup = Some(pairs(name, value, DUP)?),
                "stopwords" => {
                    let list = value.items(name)?.iter().map(|item| item.word(name).map(str::to_owned));
                    stop_words = Some(list.collect::<Result<Vec<_>, _>>()?);
                }
                _ => match NUMBERS.iter().position(|known| *known == name) {
                    Some(place) => numbers[place] = Some(value.number(name)?),
                    None => return Err(unknown(key, name)),
                },
            }
        }
        let missing = |name: &str| {
            let message = format!("the key `{name}` is missing");
            ImportError::new(0, 0, message)
                .hint("a FineWeb-2 threshold file has ten keys; see its configs/deu_Latn.yml")
        };
        let mut all = [0.0; NUMBERS.len()];
        for (place, number) in numbers.into_iter().enumerate() {
            all[place] = number.ok_or_else(|| missing(NUMBERS[place]))?;
        }
        Ok(Self {
            tag: tag.to_owned(),
            numbers: all,
            top: top.ok_or_else(|| missing("top_n_grams"))?,
            dup: dup.ok_or_else(|| missing("dup_n_grams"))?,
            stop_words: stop_words.ok_or_else(|| missing("stopwords"))?,
        })
    }

    /// The number under a key.
    pub(super) fn number(&self, key: &str) -> f64 {
        NUMBERS.iter().position(|known| *known == key).map_or(f64::NAN, |place| self.numbers[place])
    }
}

fn unknown(key: &Node, name: &str) -> ImportError {
    let known = NUMBERS.into_iter().chain(["top_n_grams", "dup_n_grams", "stopwords"]);
    let error = key.wrong(format!("unknown key `{name}`"));
    match nearest(name, known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("this reads FineWeb-2's threshold files (configs/*.yml) only"),
    }
}

/// A list of `[n, bound]` for exactly these n in this order: the order is that of the rules.
fn pairs<const N: usize>(key: &str, value: &Node, expected: [usize; N]) -> Result<[f64; N], ImportError> {
    let items = value.items(key)?;
    let all = expected.map(|n| n.to_string()).join(", ");
    if items.len() != N {
        return Err(value.wrong(format!("`{key}` needs a pair for each n of {all}, found {}", items.len())));
    }
    let mut bounds = [0.0; N];
    for ((item, n), bound) in items.iter().zip(expected).zip(&mut bounds) {
        let [first, second] = item.items(key)? else {
            return Err(item.wrong(format!("`{key}` takes pairs of n and bound")));
        };
        if first.count(key)? != n {
            let message = format!("`{key}`: n is {} where {n} is expected", first.describe());
            return Err(first.wrong(message).hint(format!("the n are {all}, in this order")));
        }
        *bound = second.number(key)?;
    }
    Ok(bounds)
}

/// How the filter file is made.
#[derive(Debug, Clone)]
pub struct Options<'o> {
    /// The filter's name.
    pub name: &'o str,
    /// The word splitter; its word in filter files.
    pub splitter: &'o str,
    /// Version or commit of the threshold files, if it is known.
    pub version: Option<&'o str>,
}

/// What was measured of how a splitter differs from the tokenizers that FineWeb-2 used, one for each language
/// (tests/scripts/fineweb2_filters.py, datatrove 0.10.1).
fn splitter_note(splitter: &str) -> String {
    let measured = match splitter {
        "spacy-en" => "other verdicts on 11 and other first reasons on 59 of 3,543 documents",
        "uax29" => "other verdicts on 293 of 3,543 documents",
        _ => {
            return format!(
                "FineWeb-2 splits words with a tokenizer of each language; how far `{splitter}` differs was not measured."
            );
        }
    };
    format!(
        "FineWeb-2 splits words with a tokenizer of each language, this file all with `{splitter}`:\n{measured}\n\
         in 16 languages written with blanks between words. In others (zh, ja, th, km, lo, my) the bounds do not hold."
    )
}

/// A filter file that was made.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The whole file.
    pub text: String,
    /// Bounds that no document can reach, and which are therefore written as `"off"`.
    pub unreachable: usize,
    /// Rules without an example: none of the texts that are tried trips them.
    pub without_example: Vec<&'static str>,
    /// Languages in which the plain text made of their own stop words is not kept, so that they have no example.
    pub without_keep: Vec<String>,
}

/// Makes one filter file of the bounds of `languages`, sorted by tag.
///
/// # Errors
/// If the file would not be a valid filter, such as for an unknown splitter: what is wrong.
pub fn write(languages: &[LanguageBounds], options: &Options<'_>) -> Result<Imported, String> {
    let mut languages: Vec<&LanguageBounds> = languages.iter().collect();
    languages.sort_by(|a, b| a.tag.cmp(&b.tag));
    let mut imported = Imported {
        text: head(&languages, options),
        unreachable: 0,
        without_example: Vec::new(),
        without_keep: Vec::new(),
    };
    for recipe in RECIPE {
        rule(recipe, &languages, &mut imported);
    }
    let filter = Filter::parse(options.name, &imported.text)
        .map_err(|problems| problems.first().map(|one| one.message.clone()).unwrap_or_default())?;
    examples::write(&filter, &languages, &mut imported);
    for recipe in RECIPE {
        if filter.rule(recipe.0).is_some() && !imported.text.contains(&format!(" = {} }}", quote(recipe.0))) {
            imported.without_example.push(recipe.0);
        }
    }
    Ok(imported)
}

/// Everything before the rules.
fn head(languages: &[&LanguageBounds], options: &Options<'_>) -> String {
    let mut out = String::new();
    let of = match languages {
        [one] => format!("in `{}`", one.tag),
        several => format!("in {} languages", several.len()),
    };
    let _ = writeln!(
        out,
        "# Made by `gristmill filters import` from FineWeb-2's threshold files; edit it like any other filter."
    );
    let _ = writeln!(out, "name = {}", quote(options.name));
    let _ = writeln!(out, "title = {}", quote(&format!("FineWeb-2's filters with its bounds and stop words {of}")));
    let _ = writeln!(out, "about = \"\"\"\n{ABOUT}\n{}\n\"\"\"", splitter_note(options.splitter));
    let _ = writeln!(out, "splitter = {}", quote(options.splitter));
    if let [one] = languages {
        let _ = writeln!(
            out,
            "# The language of documents that no language step looked at.\nlanguage = {}",
            quote(&one.tag)
        );
    }
    for (text, link) in REFERENCES {
        let _ = writeln!(out, "\n[[reference]]\ntext = {}", quote(text));
        if let (Some(version), true) = (options.version, link.contains("fineweb-2")) {
            let _ = writeln!(out, "version = {}", quote(version));
        }
        let _ = writeln!(out, "link = {}", quote(link));
    }
    let _ = writeln!(out, "\n[lists.stop-words]");
    for one in languages {
        let list = words(one.stop_words.iter().map(String::as_str), one.tag.len() + 3);
        let _ = writeln!(out, "{} = {list}", one.tag);
    }
    out
}

/// What is peculiar about all of these filters.
const ABOUT: &str = "\
The order is that of fineweb-2-pipeline.py: language score, Gopher repetition, FineWeb quality, Gopher quality. The
first rule that trips is the reason. The program asks for the language score before it removes near-duplicates. It
switches off Gopher's paragraph rules, Gopher's characters of repeated lines and FineWeb's short lines, raises FineWeb's
repeated characters to 0.1, and does not look at bounds of 0. Bounds that the metric cannot reach are off as well.
A bound with one number for all holds in every language. The others, and the stop words, hold in the languages named
and in no other: give the step a `when` if other languages come this far.";

/// What is reproduced.
const REFERENCES: &[(&str, &str)] = &[
    ("Penedo et al. 2025, FineWeb2: One Pipeline to Scale Them All", "https://arxiv.org/abs/2506.20920"),
    ("huggingface/fineweb-2, fineweb-2-pipeline.py and configs/*.yml", "https://github.com/huggingface/fineweb-2"),
];

/// One rule with its bounds.
fn rule(recipe: &Recipe, languages: &[&LanguageBounds], imported: &mut Imported) {
    let &(name, metric, word, from, reason, why) = recipe;
    let range = crate::metrics::find(metric).map_or((0.0, f64::INFINITY), |id| id.def().range);
    let mut bounds: Vec<(&str, Option<f64>)> = Vec::new();
    for one in languages {
        let (value, off_at_zero) = match from {
            Origin::Fixed(_) => break,
            Origin::Key(key, off_at_zero) => (one.number(key), off_at_zero),
            Origin::Top(place) => (one.top[place], false),
            Origin::Dup(place) => (one.dup[place], false),
        };
        let unreachable = if word == "above" { value >= range.1 } else { value <= range.0 };
        let off = off_at_zero && value == 0.0;
        imported.unreachable += usize::from(unreachable && !off);
        bounds.push((&one.tag, (!off && !unreachable).then_some(value)));
    }
    let out = &mut imported.text;
    if !matches!(from, Origin::Fixed(_)) && bounds.iter().all(|(_, bound)| bound.is_none()) {
        let _ = writeln!(out, "\n# `{name}` is off in every language of this file.");
        return;
    }
    let _ = writeln!(out, "\n[[rule]]\nname = {}\nmetric = {}", quote(name), quote(metric));
    if let Origin::Fixed(value) = from {
        let _ = writeln!(out, "{word} = {}", number(value));
    }
    if let Some(reason) = reason {
        let _ = writeln!(out, "reason = {}", quote(reason));
    }
    let _ = writeln!(out, "why = {}", quote(why));
    if !bounds.is_empty() {
        let _ = writeln!(out, "[rule.languages]");
    }
    for (tag, bound) in bounds {
        let _ = match bound {
            Some(value) => writeln!(out, "{tag} = {{ {word} = {} }}", number(value)),
            None => writeln!(out, "{tag} = \"off\""),
        };
    }
}
