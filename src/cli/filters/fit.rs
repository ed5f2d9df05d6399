//! `gristmill filters fit`: bounds for a language from a reference sample.

use super::super::{USAGE, terminal};
use super::args::Fit;
use super::{load, sample};
use crate::document::Document;
use crate::filters::Filter;
use crate::filters::fit::{Fitted, Request, Sample, fit, write};
use crate::metrics::{Subject, nearest};
use crate::text::TextView;
use rayon::prelude::*;

/// The percentile when none is given.
const PERCENTILE: f64 = 99.0;

/// Runs the verb.
pub fn run(args: &Fit) -> Result<u8, u8> {
    let loaded = load::find(&args.filter)?;
    let mut source = loaded.text.clone();
    if let Some(splitter) = &args.splitter {
        source = crate::filters::starter::with_splitter(&source, splitter);
    }
    let filter = load::parse(&loaded.label, &source).map_err(|problems| {
        super::super::session::show_findings(&load::findings(&loaded.label, &source, &problems), false);
        USAGE
    })?;
    if !crate::config::is_language_code(&args.language.to_lowercase()) {
        return Err(terminal::refused(
            &format!("`{}` is not a language code", terminal::sane(&args.language)),
            "codes look like `de`, `deu_Latn` or `zh-Hant`",
        ));
    }
    let (percentile, by_rule) = percentiles(&args.percentile, &filter)?;
    let name = args.name.clone().unwrap_or_else(|| format!("{}-{}", filter.name, args.language));
    load::check_name(&name)?;
    let request = Request { language: &args.language, percentile, by_rule: &by_rule, stop_words: args.stop_words };
    let mut found = Sample::new(&filter);
    let counts = sample::read(&args.sample, &mut |documents| {
        measure(&filter, args, &documents, &mut found);
        true
    })?;
    let fitted = fit(&filter, &found, &request);
    let text = write(&source, &name, args.splitter.as_deref(), &fitted, &found, &request).map_err(|error| {
        terminal::message("error", &format!("`{}`: {error}", loaded.label));
        error.hint.iter().for_each(|hint| terminal::message("hint", hint));
        USAGE
    })?;
    terminal::note(&sample::counted(&counts));
    fitted.iter().for_each(|one| terminal::note(&line(one)));
    load::write(args.out.as_deref(), &text, &|path| format!("look at its bounds, then `gristmill test {path}`"))
}

/// `P` and `RULE=P`.
fn percentiles(given: &[String], filter: &Filter) -> Result<(f64, Vec<(String, f64)>), u8> {
    let (mut all, mut by_rule) = (PERCENTILE, Vec::new());
    for text in given {
        let (rule, number) = match text.split_once('=') {
            Some((rule, number)) => (Some(rule), number),
            None => (None, text.as_str()),
        };
        let parsed = number.trim().parse::<f64>().ok().filter(|value| (0.0..=100.0).contains(value));
        let Some(value) = parsed else {
            terminal::message("error", &format!("`--percentile {}`: not a number from 0 to 100", terminal::sane(text)));
            return Err(USAGE);
        };
        match rule {
            None => all = value,
            Some(rule) if filter.rule(rule).is_some() => by_rule.push((rule.to_owned(), value)),
            Some(rule) => {
                terminal::message("error", &format!("filter `{}` has no rule `{}`", filter.name, terminal::sane(rule)));
                let near = nearest(rule, filter.rules.iter().map(|rule| &*rule.name));
                near.iter().for_each(|near| terminal::message("hint", &format!("did you mean `{near}`?")));
                return Err(USAGE);
            }
        }
    }
    Ok((all, by_rule))
}

/// Measures a batch on all threads and adds it in order.
fn measure(filter: &Filter, args: &Fit, documents: &[Document], found: &mut Sample) {
    let rows: Vec<(Vec<f64>, Vec<String>)> = documents
        .par_iter()
        .map(|document| {
            let view = TextView::new(&document.text);
            let language = Some((args.language.as_str(), 1.0));
            let subject = Subject {
                view: &view,
                url: document.url.as_deref(),
                language,
                title: None,
                metadata: &document.metadata,
            };
            let mut row = Vec::new();
            filter.measure(&subject, &mut row);
            let words = if args.stop_words == 0 { &[][..] } else { view.words(filter.settings.splitter) };
            (row, words.iter().map(|word| (*word).to_owned()).collect())
        })
        .collect();
    for (row, words) in rows {
        found.add(&row, words.iter().map(String::as_str));
    }
}

/// One rule for people.
fn line(fitted: &Fitted) -> String {
    let share = |part: f64| format!("{:.2} %", part * 100.0);
    let bound =
        |(bound, part): (crate::document::Bound, f64)| format!("{} {} ({})", bound.sign(), bound.number(), share(part));
    let before = fitted.before.map_or_else(|| "off".to_owned(), bound);
    let after = match fitted.after {
        Ok(after) => bound(after),
        Err(why) => format!("not fitted: {why}"),
    };
    format!("  {:<28} {:<44} {before:<22} -> {after}", fitted.rule, fitted.metric)
}
