//! `gristmill train classifier`.

use super::super::filters::sample as said_of_samples;
use super::super::session::{files, local};
use super::super::terminal::{self, failed, refused};
use super::args::{Classifier, Loss};
use super::figures;
use crate::assembly::{LabelledCounts, LabelledError, LabelledSpec, Place, SampleSpec, labelled, sample};
use crate::classify::FastText;
use crate::classify::train::evaluation::Held;
use crate::classify::train::{Corpus, Options, QuantizeOptions, TrainLoss, Trained, train};
use crate::config::parse_size;
use crate::failure::Failure;
use crate::storage::Medium;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Texts between two looks at the memory.
const LOOK: usize = 1024;

/// Runs the verb.
pub fn run(args: &Classifier) -> Result<u8, u8> {
    let options = options(args);
    options.check().map_err(|error| refused(&error.to_string(), "`gristmill train classifier --help` lists all"))?;
    let plan = Outputs::of(args)?;
    let mut reading = Reading::new(args)?;
    reading.all(args)?;
    let corpus = reading.corpus;
    tell(&corpus);
    let need = corpus.held_bytes() + 2 * options.model_bytes(corpus.different_tokens(), corpus.labels().len());
    if need > reading.most {
        return Err(too_much(need, reading.most, "a model of this size needs"));
    }
    let mut each = |epoch, loss| terminal::note(&format!("epoch {epoch} of {}: loss {loss:.4}", options.epochs));
    let trained = train(&corpus, &options, &mut each).map_err(|error| {
        refused(&error.to_string(), "`--held-out` and `--label-field` say which texts and labels are used")
    })?;
    write(args, &plan, &corpus, &options, trained)
}

fn options(args: &Classifier) -> Options {
    Options {
        dim: args.dim,
        epochs: args.epochs,
        rate: args.rate,
        min_count: args.min_count,
        word_ngrams: args.word_ngrams,
        minn: args.minn,
        maxn: args.maxn,
        bucket: args.bucket,
        loss: match args.loss {
            Loss::Softmax => TrainLoss::Softmax,
            Loss::Hs => TrainLoss::Hierarchical,
            Loss::Ova => TrainLoss::OneVsAll,
        },
        seed: args.seed,
    }
}

/// Files to write: none of them is there yet.
struct Outputs {
    dense: Option<String>,
    quantized: Option<String>,
}

impl Outputs {
    fn of(args: &Classifier) -> Result<Self, u8> {
        let out = match args.out.rsplit_once('.') {
            Some((_, "ftz")) => Self { dense: None, quantized: Some(args.out.clone()) },
            Some((stem, "bin")) => {
                Self { dense: Some(args.out.clone()), quantized: args.quantize.then(|| format!("{stem}.ftz")) }
            }
            _ => {
                let message = format!("`--out {}` ends neither in `.bin` nor in `.ftz`", terminal::sane(&args.out));
                return Err(refused(&message, "`.bin` is the whole model, `.ftz` the quantized one"));
            }
        };
        if out.quantized.is_some() {
            quantizable(args)?;
        }
        let files = local();
        for path in out.dense.iter().chain(&out.quantized).chain(&args.report) {
            if files.stat(path).map_err(|error| failed(&error))?.is_some() {
                let message = format!("`{}` exists", terminal::sane(path));
                return Err(refused(&message, "choose another name, or remove it first"));
            }
        }
        Ok(out)
    }
}

/// Checks what can be known of a quantization before the training.
fn quantizable(args: &Classifier) -> Result<(), u8> {
    if args.dsub == 0 || args.dsub > args.dim {
        return Err(refused(&format!("`--dsub {}` is not from 1 to `--dim`", args.dsub), "the default is 2"));
    }
    let least = QuantizeOptions::LEAST_ROWS;
    if (1..least).contains(&args.cutoff) {
        let message = format!("`--cutoff {}` keeps fewer rows than a code has values, {least}", args.cutoff);
        return Err(refused(&message, "0 keeps all rows; usual are 10000 to 100000"));
    }
    Ok(())
}

/// The corpus as it is read.
struct Reading {
    place: Place,
    corpus: Corpus,
    /// Texts with hashes below are held out.
    bound: u64,
    seed: u64,
    most: usize,
    empty: u64,
}

/// Whether a text is trained on or measured with.
#[derive(Clone, Copy)]
enum Part {
    Train,
    Test,
    ByHash,
}

impl Reading {
    fn new(args: &Classifier) -> Result<Self, u8> {
        if !(0.0..=0.9).contains(&args.held_out) {
            return Err(refused(&format!("`--held-out {}` is not from 0 to 0.9", args.held_out), "the default is 0.1"));
        }
        let most = parse_size(&args.memory).ok().and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(|| {
            refused(&format!("`--memory {}` is not a size", terminal::sane(&args.memory)), "write `--memory 8GiB`")
        })?;
        let bound = (args.held_out * 2.0_f64.powi(64)) as u64;
        let place = Place { files: files(), base: String::new() };
        Ok(Self { place, corpus: Corpus::default(), bound, seed: args.seed, most, empty: 0 })
    }

    fn all(&mut self, args: &Classifier) -> Result<(), u8> {
        let part = if args.test.is_empty() { Part::ByHash } else { Part::Train };
        if args.good.is_empty() {
            self.labelled(args, &args.input, part, args.limit)?;
        } else {
            for label in [&args.good_label, &args.random_label] {
                if label.is_empty() || label.contains(|c: char| c.is_whitespace() || c.is_control()) {
                    let message = format!("the label `{}` is empty or holds white space", terminal::sane(label));
                    return Err(refused(&message, "labels are single words"));
                }
            }
            if args.good_label == args.random_label {
                return Err(refused("`--good-label` and `--random-label` are equal", "name them apart"));
            }
            self.documents(args, &args.good, &args.good_label, part)?;
            self.documents(args, &args.random, &args.random_label, part)?;
        }
        if !args.test.is_empty() {
            self.labelled(args, &args.test, Part::Test, None)?;
        }
        if self.empty > 0 {
            terminal::note(&format!("{} texts without a word passed over", terminal::count(self.empty)));
        }
        Ok(())
    }

    /// Adds a text; false when it must end because of its memory.
    fn add(&mut self, text: &str, label: &str, part: Part) -> bool {
        let held = match part {
            Part::Train => false,
            Part::Test => true,
            Part::ByHash => xxh3_64_with_seed(text.as_bytes(), self.seed) < self.bound,
        };
        if !self.corpus.add(text, label, held) {
            self.empty += 1;
        }
        !self.corpus.len().is_multiple_of(LOOK) || self.corpus.held_bytes() <= self.most
    }

    fn fits(&self) -> Result<(), u8> {
        match self.corpus.held_bytes() {
            held if held > self.most => {
                let texts = terminal::count(self.corpus.len() as u64);
                Err(too_much(held, self.most, &format!("the first {texts} texts need")))
            }
            _ => Ok(()),
        }
    }

    fn labelled(&mut self, args: &Classifier, inputs: &[String], part: Part, limit: Option<u64>) -> Result<(), u8> {
        let (text_field, label_field) = (args.text_field.clone(), args.label_field.clone());
        let spec = LabelledSpec { inputs: inputs.to_vec(), text_field, label_field, limit };
        let place = self.place.clone();
        let counts = labelled(&place, &spec, &mut |text, label| self.add(text, label, part));
        let counts = counts.map_err(|error| said(&error))?;
        self.fits()?;
        damaged(&counts);
        Ok(())
    }

    fn documents(&mut self, args: &Classifier, inputs: &[String], label: &str, part: Part) -> Result<(), u8> {
        let spec = SampleSpec { inputs: inputs.to_vec(), text_field: args.text_field.clone(), limit: args.limit };
        let mut fits = true;
        let place = self.place.clone();
        let counts = sample(&place, &spec, &mut |documents| {
            fits = documents.iter().all(|document| self.add(&document.text, label, part));
            fits
        });
        let counts = counts.map_err(|error| said(&LabelledError::Sample(error)))?;
        self.fits()?;
        if counts.damaged > 0 {
            let message = format!("{} damaged records passed over", terminal::count(counts.damaged));
            terminal::message("warning", &message);
        }
        Ok(())
    }
}

fn damaged(counts: &LabelledCounts) {
    if let Some(first) = &counts.first_damage {
        let damaged = terminal::count(counts.damaged);
        let message = format!("{damaged} damaged records passed over, the first of them: {}", terminal::sane(first));
        terminal::message("warning", &message);
    }
}

fn too_much(need: usize, most: usize, what: &str) -> u8 {
    let (need, most) = (terminal::bytes(need as u64), terminal::bytes(most as u64));
    refused(
        &format!("{what} {need} of memory; `--memory` allows {most}"),
        "raise it, or take fewer texts (`--limit`), or a smaller `--bucket` or `--dim`",
    )
}

fn said(error: &LabelledError) -> u8 {
    match error {
        LabelledError::Sample(error) => said_of_samples::said(error),
        LabelledError::Label { file, place, wrong } => refused(
            &terminal::sane(&format!("`{file}`, {place}: {wrong}")),
            "labelled texts are JSONL or Parquet with a label field, or lines `__label__x text`",
        ),
    }
}

fn tell(corpus: &Corpus) {
    let (texts, tokens) = (terminal::count(corpus.len() as u64), terminal::count(corpus.trained_tokens()));
    let different = terminal::count(corpus.different_tokens() as u64);
    terminal::note(&format!("{texts} texts, {tokens} tokens to train on, {different} different ones"));
    let labels = corpus.labels();
    for (label, trained, held) in labels.iter().take(figures::LISTED) {
        let (trained, held) = (terminal::count(*trained), terminal::count(*held));
        terminal::note(&format!("  {:<20} {trained} to train on, {held} held out", terminal::sane(label)));
    }
    if labels.len() > figures::LISTED {
        terminal::note(&format!("  and {} labels more", labels.len() - figures::LISTED));
    }
}

fn write(
    args: &Classifier,
    plan: &Outputs,
    corpus: &Corpus,
    options: &Options,
    trained: Trained<'_>,
) -> Result<u8, u8> {
    let mut written = Vec::new();
    let mut put = |path: &String, bytes: Vec<u8>| -> Result<(), u8> {
        let sealed = local().put(path, &bytes).map_err(|error| failed(&error))?;
        terminal::note(&format!("wrote `{}`, {}", terminal::sane(path), terminal::bytes(sealed.bytes)));
        written.push((path.clone(), sealed));
        Ok(())
    };
    // The whole model first: what goes wrong later does not cost the training.
    if let Some(path) = &plan.dense {
        put(path, trained.dense())?;
    }
    let quantize = QuantizeOptions { cutoff: args.cutoff, dsub: args.dsub, qnorm: !args.no_qnorm };
    let too_few = match &plan.quantized {
        Some(path) => match trained.quantized(&quantize) {
            Ok(bytes) => put(path, bytes).map(|()| None)?,
            Err(rows) => Some(rows),
        },
        None => None,
    };
    drop(trained);
    let mut report = figures::Report::new(args, options, corpus);
    for (path, sealed) in written {
        let bytes = local().read(&path).map_err(|error| failed(&error))?;
        let model = FastText::from_bytes(&bytes).map_err(|error| {
            let bug = Failure::Bug(format!("the model just written cannot be read: {error}"));
            terminal::message("error", &bug.to_string());
            bug.exit_code()
        })?;
        drop(bytes);
        report.add(&path, &sealed, &Held::judge(&model, corpus));
    }
    if let Some(path) = args.report.as_ref().filter(|_| too_few.is_none() || plan.dense.is_some()) {
        local().put(path, report.json().as_bytes()).map_err(|error| failed(&error))?;
        terminal::note(&format!("wrote `{}`", terminal::sane(path)));
    }
    let said = terminal::data(&report.text());
    match too_few {
        None => Ok(said),
        Some(rows) => Err(refused(
            &format!("a model of {rows} rows cannot be quantized: a code has {} values", QuantizeOptions::LEAST_ROWS),
            "write a `.bin` alone, or train on more different words or with a greater `--bucket`",
        )),
    }
}
