//! `gristmill tokenizer train`: byte-level BPE or a Unigram model from documents.

use super::super::filters::{sample, write};
use super::super::terminal::{self, refused};
use super::args::{Kind, Train};
use crate::document::Document;
use crate::tokenize::RankPattern;
use crate::tokenize::train::{Options, Pruned, Words, count, train, train_unigram};
use rayon::prelude::*;

/// Text that is counted at once. What is forgotten between depends on it, so it does not depend on the machine.
const ROUND: usize = 64 << 20;

/// What was counted so far.
struct Counted {
    words: Words,
    pattern: RankPattern,
    most: usize,
    waiting: Vec<Document>,
    waiting_bytes: usize,
    bytes: u64,
    pruned: Pruned,
}

impl Counted {
    fn take(&mut self, documents: Vec<Document>) {
        self.waiting_bytes += documents.iter().map(|document| document.text.len()).sum::<usize>();
        self.waiting.extend(documents);
        if self.waiting_bytes >= ROUND {
            self.round();
        }
    }

    fn round(&mut self) {
        let documents = std::mem::take(&mut self.waiting);
        let share = documents.len().div_ceil(rayon::current_num_threads()).max(1);
        let pattern = self.pattern;
        let counted: Vec<Words> = documents
            .par_chunks(share)
            .map(|documents| {
                let mut words = Words::default();
                documents.iter().for_each(|document| count(&document.text, pattern, &mut words));
                words
            })
            .collect();
        counted.iter().for_each(|words| self.words.merge(words));
        self.bytes += self.waiting_bytes as u64;
        self.waiting_bytes = 0;
        let pruned = self.words.prune(self.most);
        self.pruned.words += pruned.words;
        self.pruned.occurrences += pruned.occurrences;
    }
}

fn check(args: &Train) -> Result<(), u8> {
    let least = 256 + args.special.len();
    if (args.vocab_size as usize) < least || args.vocab_size >= 1 << 20 {
        let message = format!("`--vocab-size {}` is not from {least} to {}", args.vocab_size, (1 << 20) - 1);
        return Err(refused(
            &message,
            "the 256 bytes and the special tokens are part of it; usual are 32000 to 200000",
        ));
    }
    for (at, token) in args.special.iter().enumerate() {
        if token.chars().count() < 2 || args.special[..at].contains(token) {
            let message = format!("`--special {}` is too short, or given twice", terminal::sane(token));
            return Err(refused(&message, "special tokens look like `<|endoftext|>`"));
        }
    }
    // A Unigram model names its bytes and its unknown token itself.
    let is_own = |token: &String| token == "<unk>" || (token.starts_with("<0x") && token.ends_with('>'));
    if let Some(token) = args.special.iter().find(|token| args.model == Kind::Unigram && is_own(token)) {
        let message = format!("`--special {}` is a token of every Unigram model", terminal::sane(token));
        return Err(refused(&message, "leave it out"));
    }
    if args.max_words < 1000 {
        return Err(refused(&format!("`--max-words {}` is below 1000", args.max_words), "the default is 5000000"));
    }
    Ok(())
}

/// Runs the verb.
pub fn run(args: &Train) -> Result<u8, u8> {
    check(args)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads).build();
    let pool = pool.map_err(|error| {
        terminal::message("error", &format!("cannot start {} threads: {error}", args.threads));
        super::super::ENVIRONMENT
    })?;
    pool.install(|| attempt(args))
}

fn attempt(args: &Train) -> Result<u8, u8> {
    let pattern = args.pattern.into();
    let mut counted = Counted {
        words: Words::default(),
        pattern,
        most: args.max_words,
        waiting: Vec::new(),
        waiting_bytes: 0,
        bytes: 0,
        pruned: Pruned::default(),
    };
    let counts = sample::read(&args.sample, &mut |documents| {
        counted.take(documents);
        true
    })?;
    counted.round();
    terminal::note(&format!(
        "{}, {} of text, {} different words",
        sample::counted(&counts),
        terminal::bytes(counted.bytes),
        terminal::count(counted.words.len() as u64)
    ));
    if counted.pruned.words > 0 {
        terminal::note(&format!(
            "forgotten: {} rare words, {} occurrences in all, because there were more than {} (`--max-words`)",
            terminal::count(counted.pruned.words),
            terminal::count(counted.pruned.occurrences),
            terminal::count(args.max_words as u64)
        ));
    }
    let options =
        Options { pattern, vocab_size: args.vocab_size, special: args.special.clone(), least: args.min_count };
    let trained = match args.model {
        Kind::Bpe => train(&counted.words, &options),
        Kind::Unigram => train_unigram(&counted.words, &options).map_err(|error| {
            refused(&error.to_string(), "give more documents, or another `--vocab-size`; usual are 32000 to 200000")
        })?,
    };
    if trained.left_out > 0 {
        terminal::note(&format!("left out: {} rare words beyond the most frequent", terminal::count(trained.left_out)));
    }
    if trained.vocab_size < args.vocab_size {
        terminal::message(
            "warning",
            &format!(
                "{} tokens instead of {}: {}",
                terminal::count(u64::from(trained.vocab_size)),
                terminal::count(u64::from(args.vocab_size)),
                match args.model {
                    Kind::Bpe => format!("no other pair comes {} times", args.min_count.max(1)),
                    Kind::Unigram => "the words hold no other pieces".to_owned(),
                }
            ),
        );
    }
    terminal::note(&format!(
        "{} tokens, {} merges",
        terminal::count(u64::from(trained.vocab_size)),
        terminal::count(trained.merges as u64)
    ));
    write(args.out.as_deref(), &trained.file, &|path| format!("`gristmill tokenizer inspect {path}`"))
}
