//! `gristmill dedup`: datatrove's MinHash stages, one by one, over its own files.
//!
//! Files are put in place whole, one by one; what is there already from an earlier attempt stays. Nothing else is recorded.

pub mod args;

use super::session::{directory, local};
use super::{USAGE, terminal};
use crate::assembly::{Place, SampleError, SampleSpec, expand_all, sample};
use crate::dedup::DedupError;
use crate::dedup::minhash::{
    Config, Family, MinHash, PairClusters, Shape, ShingleHash, SignatureFile, SignatureForm, Work, merge, read_pairs,
};
use crate::document::Document;
use crate::storage::{Medium, Named, ScratchFile, StorageError};
use crate::text::{Splitter, simplify};
use args::{Buckets, Clusters, Dedup, Hash, Signatures, Stage};
use rayon::prelude::*;
use std::io::{Read, SeekFrom};

/// Runs the verb.
pub fn run(args: &Dedup) -> u8 {
    let done = match &args.stage {
        Stage::Signatures(args) => signatures(args),
        Stage::Buckets(args) => buckets(args),
        Stage::Clusters(args) => clusters(args),
    };
    match done {
        Ok(()) => 0,
        Err(Trouble::Storage(error)) => terminal::failed(&error),
        Err(Trouble::Usage(what)) => {
            terminal::message("error", &what);
            USAGE
        }
    }
}

enum Trouble {
    Storage(StorageError),
    Usage(String),
}

impl From<StorageError> for Trouble {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<SampleError> for Trouble {
    fn from(error: SampleError) -> Self {
        match error {
            SampleError::Storage(error) => Self::Storage(error),
            SampleError::Nothing(pattern) => Self::Usage(format!("no file is behind `{}`", terminal::sane(&pattern))),
        }
    }
}

fn of_file(key: &str) -> impl Fn(DedupError) -> Trouble {
    move |error| match error {
        DedupError::Io(source) => Trouble::Storage(StorageError::new("use", key, source)),
        other => Trouble::Usage(format!("`{}`: {other}", terminal::sane(key))),
    }
}

impl Hash {
    fn family(self) -> ShingleHash {
        match self {
            Self::Xxh64 => ShingleHash::XxHash64,
            Self::Sha1x64 => ShingleHash::Sha1_64,
            Self::Sha1x32 => ShingleHash::Sha1_32,
        }
    }
}

/// Buffered bytes of one band before they go to scratch space.
const BAND_BUFFER: usize = 1 << 20;

/// The signatures of one task on their way to its files: one scratch file a band.
struct Task {
    form: SignatureForm,
    bands: Vec<(Vec<u8>, Box<dyn ScratchFile>)>,
}

impl Task {
    fn push(&mut self, signature: &[u64], document: u32) -> std::io::Result<()> {
        for ((buffer, file), rows) in self.bands.iter_mut().zip(signature.chunks_exact(self.form.rows)) {
            self.form.put(rows, document, buffer);
            if buffer.len() >= BAND_BUFFER {
                file.write_all(buffer)?;
                buffer.clear();
            }
        }
        Ok(())
    }

    /// Sorts each band whole: 68 bytes a document of the task at 8 rows of 64 bits.
    fn seal(self, out: &dyn Medium, task: usize) -> Result<(), StorageError> {
        for (band, (buffer, mut file)) in self.bands.into_iter().enumerate() {
            let key = format!("bucket_{band:03}/{task:05}.minhash.sig");
            let mut records = Vec::new();
            file.seek(SeekFrom::Start(0)).named("read", &key)?;
            file.read_to_end(&mut records).named("read", &key)?;
            records.extend_from_slice(&buffer);
            out.put(&key, &self.form.sorted(&records))?;
        }
        Ok(())
    }
}

fn signatures(args: &Signatures) -> Result<(), Trouble> {
    let shape = Shape { bands: args.bands, rows: args.rows };
    let config = Config { shape, ngram: args.ngram, ..Config::datatrove(args.hash.family()) };
    let hasher = MinHash::new(config).map_err(|error| Trouble::Usage(error.to_string()))?;
    let Family::Datatrove(hash) = config.family else { return Ok(()) };
    let form = SignatureForm { rows: args.rows, narrow: hash == ShingleHash::Sha1_32 };
    let place = Place { files: crate::cli::session::files(), base: String::new() };
    let out = directory(&args.out);
    for (task, file) in expand_all(&place, &args.input)?.into_iter().enumerate() {
        let bands = (0..args.bands).map(|_| Ok((Vec::new(), out.scratch("")?)));
        let mut files = Task { form, bands: bands.collect::<Result<_, StorageError>>()? };
        let (mut number, mut signed, mut broken) = (0, 0_u64, None);
        let spec = SampleSpec { inputs: vec![file.clone()], text_field: args.text_field.clone(), limit: None };
        let counts = sample(&place, &spec, &mut |documents| {
            for signature in sign(&hasher, &documents) {
                if let Some(signature) = signature {
                    signed += 1;
                    if let Err(error) = files.push(&signature, number) {
                        broken.get_or_insert(error);
                    }
                }
                number += 1;
            }
            broken.is_none()
        })?;
        if let Some(error) = broken {
            return Err(StorageError::new("write", &args.out, error).into());
        }
        files.seal(&out, task)?;
        let damaged = if counts.damaged == 0 { String::new() } else { format!(", {} damaged records", counts.damaged) };
        let file = terminal::sane(&file);
        terminal::note(&format!("task {task:05}: {signed} of {number} documents have a signature{damaged}  {file}"));
    }
    Ok(())
}

/// The signatures of a batch, in order; documents without text are no documents to datatrove's readers.
fn sign(hasher: &MinHash, documents: &[Document]) -> Vec<Option<Vec<u64>>> {
    let with_text: Vec<&Document> = documents.iter().filter(|document| !document.text.is_empty()).collect();
    let one = |work: &mut Work, document: &&Document| {
        let simple = simplify(&document.text);
        hasher.sign_words(Splitter::SpacyEn.split(&simple), work).then(|| work.signature.clone())
    };
    with_text.par_iter().map_init(Work::default, one).collect()
}

/// Files of a folder whose names end so, with what stands before.
fn ending(medium: &dyn Medium, folder: &str, end: &str) -> Result<Vec<(String, String)>, StorageError> {
    let found = medium.list(folder)?.into_iter().filter(|(_, stat)| !stat.folder);
    Ok(found.filter_map(|(name, _)| Some((name.strip_suffix(end)?.to_owned(), format!("{folder}/{name}")))).collect())
}

fn buckets(args: &Buckets) -> Result<(), Trouble> {
    let form = SignatureForm { rows: args.rows, narrow: args.hash == Hash::Sha1x32 };
    let (files, out) = (local(), directory(&args.out));
    let folders: Vec<String> = files.list(&args.signatures)?.into_iter().map(|(name, _)| name).collect();
    let bands: Vec<(u32, String)> = folders
        .into_iter()
        .filter_map(|name| Some((name.strip_prefix("bucket_")?.parse().ok()?, format!("{}/{name}", args.signatures))))
        .collect();
    if bands.is_empty() {
        return Err(Trouble::Usage(format!("no folder `bucket_000` in `{}`", terminal::sane(&args.signatures))));
    }
    for (band, folder) in bands {
        let mut inputs: Vec<SignatureFile<'_>> = Vec::new();
        for (stem, path) in ending(&files, &folder, ".minhash.sig")? {
            let task = stem.parse().map_err(|_| Trouble::Usage(format!("`{path}` is not named by its task")))?;
            let input: Box<dyn Read> = files.open(&path, 0)?;
            inputs.push((task, path, input));
        }
        let count = inputs.len();
        let key = format!("{band:05}_00.dups");
        let mut pairs = out.create(&key)?;
        let found = merge(inputs, form, &mut pairs).map_err(of_file(&folder))?;
        pairs.seal()?;
        out.settle("")?;
        terminal::note(&format!("bucket {band:03}: {found} pairs in {count} signature files"));
    }
    Ok(())
}

fn clusters(args: &Clusters) -> Result<(), Trouble> {
    let (files, out) = (local(), directory(&args.out));
    let inputs = ending(&files, args.pairs.trim_end_matches('/'), ".dups")?;
    if inputs.is_empty() {
        return Err(Trouble::Usage(format!("no `.dups` file in `{}`", terminal::sane(&args.pairs))));
    }
    let mut clusters = PairClusters::default();
    for (_, path) in inputs {
        let mut input = files.open(&path, 0)?;
        read_pairs(&mut input, |one, other| clusters.join(one, other)).map_err(of_file(&path))?;
    }
    let documents = clusters.finish();
    let mut removed = 0_usize;
    for task in documents.chunk_by(|one, other| one.task == other.task).filter(|task| task[0].task != u32::MAX) {
        let gone: Vec<u8> = task.iter().filter(|one| one.removed).flat_map(|one| one.document.to_le_bytes()).collect();
        let sizes: Vec<u8> =
            task.iter().flat_map(|one| [one.document.to_le_bytes(), one.cluster_size.to_le_bytes()].concat()).collect();
        removed += gone.len() / 4;
        if !gone.is_empty() {
            out.put(&format!("{:06}.remove", task[0].task), &gone)?;
        }
        out.put(&format!("{:06}.sizes", task[0].task), &sizes)?;
    }
    terminal::note(&format!("{removed} of {} documents in clusters are to be removed", documents.len()));
    Ok(())
}
