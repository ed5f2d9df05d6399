//! `gristmill train lm`: an n-gram model from documents.

use super::super::USAGE;
use super::super::filters::args::Sample;
use super::super::filters::{sample, write};
use super::super::session::local;
use super::super::terminal::{self, refused};
use crate::classify::kenlm::train::{Counter, Full, MAX_TRAINED, Trained, train};
use crate::steps::{PerplexityForm, each_line};
use crate::storage::Medium;
use crate::tokenize::{Encoder, Piece, Pieces, load};
use clap::{Args, ValueEnum};

/// `train lm`.
#[derive(Debug, Args)]
pub struct Lm {
    /// The documents. `RUN/documents` gives those of a finished run.
    #[command(flatten)]
    pub sample: Sample,
    /// Words of the longest n-grams, 2 to 5
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub order: usize,
    /// Leave out n-grams that come so often or less: a number for each length, the first 0, none below the one before; the last
    /// holds for all longer ones
    #[arg(long, value_delimiter = ',', default_value = "0", value_name = "N,N,…")]
    pub prune: Vec<u64>,
    /// What is done to a text first; the step `perplexity` must do the same
    #[arg(long, value_enum, default_value = "ccnet-lines")]
    pub prepare: Prepare,
    /// The tokenizer whose pieces are the words (such as a SentencePiece `.model`); without one, words stand between white space
    #[arg(long, value_name = "FILE")]
    pub tokenizer: Option<String>,
    /// Most different n-grams of the longest kind. They are kept in memory, about 200 bytes each; beyond, the verb stops
    #[arg(long, default_value_t = 10_000_000, value_name = "N")]
    pub max_ngrams: usize,
    /// Where to write the `.arpa` file; an existing file is never replaced [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
}

/// What is done to a text first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Prepare {
    /// The whole text as one line: lower case, digits as 0, no accents, punctuation in ASCII, no line feeds
    Ccnet,
    /// The same for each line by itself
    CcnetLines,
    /// Nothing: each line as it is; with a tokenizer, to which line feeds are spaces, the whole text as one line
    Plain,
}

fn check(args: &Lm) -> Result<(), u8> {
    if !(2..=MAX_TRAINED).contains(&args.order) {
        let message = format!("`--order {}` is not from 2 to {MAX_TRAINED}", args.order);
        return Err(refused(&message, "3 to 5 are usual; longer ones need far more text"));
    }
    let numbers = args.prune.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let prune = &args.prune;
    if prune.len() > args.order || prune.first() != Some(&0) || !prune.is_sorted() {
        let message = format!("`--prune {numbers}` is not a list of thresholds for orders 1 to {}", args.order);
        return Err(refused(
            &message,
            "the first is 0, none is below the one before: `0,0,1` leaves out trigrams that come once",
        ));
    }
    if let Some(path) = &args.out
        && local().stat(path).is_ok_and(|found| found.is_some())
    {
        return Err(refused(&format!("`{path}` exists"), "choose another name, or remove it first"));
    }
    Ok(())
}

/// The words of lines: between white space, or pieces.
struct Words {
    encoder: Option<(Box<dyn Encoder>, Vec<String>)>,
    pieces: Pieces,
}

impl Words {
    fn open(path: Option<&str>) -> Result<Self, u8> {
        let encoder = match path {
            None => None,
            Some(path) => {
                let file = local().read(path).map_err(|error| terminal::failed(&error))?;
                let encoder = load(&file).map_err(|error| {
                    terminal::message("error", &format!("`{path}`: {error}"));
                    USAGE
                })?;
                let mut spelled = vec![String::new(); encoder.vocab_size() as usize];
                for (token, id) in encoder.tokens() {
                    if let Some(place) = spelled.get_mut(id as usize) {
                        token.clone_into(place);
                    }
                }
                Some((encoder, spelled))
            }
        };
        Ok(Self { encoder, pieces: Pieces::default() })
    }

    /// Counts a line. Blank ones are passed over.
    fn count(&mut self, line: &str, counter: &mut Counter) -> Result<(), u8> {
        if line.trim().is_empty() {
            return Ok(());
        }
        // What parts words in an `.arpa` file.
        let apart = |byte: &u8| matches!(byte, b'\0' | b'\t' | b'\n' | b'\r' | b' ');
        let filled = |word: &&[u8]| !word.is_empty();
        let counted = match &self.encoder {
            None => counter.line(line.as_bytes().split(apart).filter(filled)),
            Some((encoder, spelled)) => {
                let pieces = self.pieces.of(encoder.as_ref(), line).map_err(|error| {
                    terminal::message("error", &error.to_string());
                    USAGE
                })?;
                let pieces = pieces.map(|piece| match piece {
                    Piece::Unknown(surface) => surface,
                    Piece::Token(id) => spelled.get(id as usize).map_or("", String::as_str),
                });
                counter.line(pieces.flat_map(|piece| piece.as_bytes().split(apart)).filter(filled))
            }
        };
        counted.map_err(|error| too_many(&error))
    }
}

fn too_many(error: &Full) -> u8 {
    let hint = "give `--max-ngrams` more, a lower `--order`, or a part of the documents (`--limit`)";
    refused(&error.to_string(), hint)
}

/// Runs the verb.
pub fn run(args: &Lm) -> Result<u8, u8> {
    check(args)?;
    let form = match args.prepare {
        Prepare::Ccnet => PerplexityForm::CcNet,
        Prepare::CcnetLines => PerplexityForm::CcNetLines,
        Prepare::Plain => PerplexityForm::Plain,
    };
    let mut words = Words::open(args.tokenizer.as_deref())?;
    let has_tokenizer = args.tokenizer.is_some();
    let mut counter = Counter::new(args.order, args.max_ngrams);
    let (mut stopped, mut bytes) = (Ok(()), 0);
    let counts = sample::read(&args.sample, &mut |documents| {
        stopped = documents.iter().try_for_each(|document| {
            bytes += document.text.len() as u64;
            each_line(&document.text, form, has_tokenizer, |line| words.count(line, &mut counter))
        });
        stopped.is_ok()
    })?;
    stopped?;
    counter.settle().map_err(|error| too_many(&error))?;
    if counter.tokens() == 0 {
        return Err(refused("there is no word in the documents", "look at them with `gristmill check`"));
    }
    terminal::note(&format!(
        "{}, {} of text: {} lines, {} words, {} different ones",
        sample::counted(&counts),
        terminal::bytes(bytes),
        terminal::count(counter.lines()),
        terminal::count(counter.tokens()),
        terminal::count(counter.types() as u64)
    ));
    if counter.symbols() > 0 {
        let symbols = terminal::count(counter.symbols());
        terminal::note(&format!(
            "passed over: {symbols} times `<s>`, `</s>` or `<unk>`, which mean something in a model"
        ));
    }
    let trained = train(counter, &args.prune);
    tell(&trained);
    write(args.out.as_deref(), &trained.arpa, &|path| {
        let prepare = args.prepare.to_possible_value().map_or_else(String::new, |word| word.get_name().to_owned());
        let tokenizer = args.tokenizer.as_ref().map(|file| format!(", tokenizer = \"{}\"", terminal::sane(file)));
        let tokenizer = tokenizer.unwrap_or_default();
        format!(
            "`perplexity = {{ models = [{{ model = \"{path}\"{tokenizer} }}], prepare = \"{prepare}\" }}` in a step"
        )
    })
}

/// Says what the model has.
fn tell(trained: &Trained) {
    for (at, ((kept, counted), discounts)) in
        trained.ngrams.iter().zip(&trained.counted).zip(&trained.discounts).enumerate()
    {
        let of = if kept == counted { String::new() } else { format!(" of {}", terminal::count(*counted)) };
        let [one, two, more] = discounts.amounts;
        terminal::note(&format!(
            "{}-grams: {}{of}, discounts {one:.4} {two:.4} {more:.4}",
            at + 1,
            terminal::count(*kept)
        ));
        if discounts.fallback {
            let message = format!(
                "the discounts of {}-grams are the usual ones: the counts of counts give none, as in small or repeated texts",
                at + 1
            );
            terminal::message("warning", &message);
        }
    }
}
