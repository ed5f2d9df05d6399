//! Indexes of earlier runs: what a step needs of one, and whether it fits.

use super::{AssemblyError, Place, near};
use crate::config::{self, Dedup, Located, MinhashHash, OverlapRemove, Shingle, Target};
use crate::dedup::Layout;
use crate::dedup::overlap::Rule;
use crate::engine::{EarlierRun, SavedIndex, names};
use crate::ledger::{DESCRIPTION, Index};
use crate::storage::{Folder, Medium};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Version of the way in which keys and sketches are computed. It rises whenever a change of the program changes one of them.
const KEYS: &str = "1";

/// What keys and sketches of a step depend on.
pub type Parameters = BTreeMap<String, String>;

fn parameters<const N: usize>(method: &str, others: [(&str, String); N]) -> Parameters {
    let own = [("method", method.to_owned()), ("keys-version", KEYS.to_owned())];
    own.into_iter().chain(others).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Those of exact dedup.
pub fn exact_parameters(one: &config::ExactDedup) -> Parameters {
    let on = match &one.on.value {
        Target::Text => "text".to_owned(),
        Target::Url => "url".to_owned(),
        Target::Field(name) => format!("field:{name}"),
    };
    parameters("exact", [("on", on), ("normalize", one.normalize.to_string())])
}

/// Those of near-dedup; `tokenizer` is the hash of the tokenizer of token shingles.
pub fn minhash_parameters(one: &config::MinhashDedup, seed: u64, tokenizer: Option<&str>) -> Parameters {
    let sketch = near::verification(one).map_or("none".to_owned(), |verify| verify.sketch.to_string());
    let mut out = parameters(
        "minhash",
        [
            ("ngram", one.ngram.to_string()),
            ("bands", one.bands.to_string()),
            ("rows", one.rows.to_string()),
            ("shingle", one.shingle.word().to_owned()),
            ("lower", one.lower.to_string()),
            ("hash", one.hash.word().to_owned()),
            ("short", one.short.word().to_owned()),
            (SKETCH, sketch),
        ],
    );
    // The permutations of datatrove's family have a seed of their own.
    if one.hash == MinhashHash::Fast {
        out.insert("seed".into(), seed.to_string());
    }
    if one.shingle == Shingle::Token {
        out.insert("tokenizer".into(), tokenizer.unwrap_or_default().to_owned());
    }
    out
}

/// Those of dedup of pieces. Who keeps a piece is one of them: by that an index holds as many documents as the rule needs.
pub fn pieces_parameters(dedup: &Dedup, one: &config::PiecesDedup) -> Parameters {
    let method = match dedup {
        Dedup::Sentences(_) => "sentences",
        Dedup::Paragraphs(_) => "paragraphs",
        _ => "lines",
    };
    let mut out = parameters(
        method,
        [
            ("compare", one.compare.word().to_owned()),
            ("span", one.span.to_string()),
            ("min-chars", one.min_chars.to_string()),
            ("min-words", one.min_words.to_string()),
            ("min-documents", one.min_documents.to_string()),
            ("copies", one.copies.to_string()),
        ],
    );
    // Elsewhere sentences are counted, not compared.
    if matches!(dedup, Dedup::Sentences(_)) {
        out.insert("sentences".into(), one.sentences.word().to_owned());
    }
    out
}

/// Those of dedup by n-grams. Who goes is none of them: an index holds the n-grams of what stayed, whatever the threshold was.
pub fn overlap_parameters(one: &config::OverlapDedup) -> Parameters {
    let remove = match one.remove {
        OverlapRemove::Document => "document",
        // Both compare paragraphs, and remember the same of them.
        OverlapRemove::OldBoth | OverlapRemove::Paragraph => "old-both or paragraph",
    };
    parameters(
        "overlap",
        [
            ("ngram", one.ngram.to_string()),
            ("min-ngram", one.min_ngram.to_string()),
            ("remove", remove.to_owned()),
            ("words", "uax29".to_owned()),
            ("false-positives", format!("2^-{}", Rule::halvings_of(one.false_positives))),
            ("shards", one.shards.to_string()),
        ],
    )
}

/// Values per sketch, or `none`.
const SKETCH: &str = "sketch";

/// The index that a step saves.
pub fn saved(index: u16, name: &str, parameters: &Parameters) -> SavedIndex {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    // A name that is no good name of a folder is told by the step's number.
    let folder = if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { format!("step.{index}") };
    SavedIndex { folder, parameters: parameters.clone() }
}

fn refused(path: &str, why: &str) -> AssemblyError {
    AssemblyError::Reference(format!("index `{path}` cannot be used: {why}"))
}

/// Opened indexes; paths and content hashes.
type Opened = (Vec<EarlierRun>, Vec<(String, String)>);

/// Opens the indexes that a step looks its documents up in. Gives their paths and content hashes as well, for the plan.
pub fn open(
    place: &Place,
    step: &str,
    paths: &[Located<String>],
    wanted: &Parameters,
) -> Result<Opened, AssemblyError> {
    let (mut runs, mut noted): Opened = Opened::default();
    for path in paths {
        let path = path.value.as_str();
        let folder = Folder::new(Arc::clone(&place.files), &place.resolve(path));
        if folder.stat(DESCRIPTION)?.is_none() {
            let way = "give the folder that a finished run with `save-index = true` left at `OUT/index/STEP`";
            return Err(refused(path, &format!("it holds no `{DESCRIPTION}`; {way}")));
        }
        let bytes = folder.read(DESCRIPTION)?;
        let index = Index::from_bytes(&bytes).map_err(|why| refused(path, &format!("{DESCRIPTION}: {why}")))?;
        fits(path, step, &index, wanted)?;
        for file in &index.files {
            let found = folder.stat(&file.path)?.map(|stat| stat.bytes);
            if found != Some(file.bytes) {
                let found = found.map_or("is missing".to_owned(), |bytes| format!("has {bytes} bytes"));
                let why = format!("`{}` {found}, and it had {}: copy the folder anew", file.path, file.bytes);
                return Err(refused(path, &why));
            }
        }
        let hash = blake3::hash(&bytes).to_hex().to_string();
        if let Some((other, _)) = noted.iter().find(|(_, noted)| *noted == hash) {
            return Err(refused(path, &format!("it is the same as `{other}`: name it once")));
        }
        runs.push(EarlierRun {
            run: Arc::from(index.run.as_str()),
            path: path.to_owned(),
            medium: Arc::new(folder),
            layout: Layout { partitions: index.partitions, tag: index.tag },
            units: index.units,
            // By their names, which is by shard.
            filters: index
                .files
                .iter()
                .filter(|file| file.path.starts_with(names::FILTER))
                .map(|file| file.bytes)
                .collect(),
        });
        noted.push((path.to_owned(), hash));
    }
    Ok((runs, noted))
}

/// Refuses an index whose keys or sketches are not those of the step, and names all that differs.
fn fits(path: &str, step: &str, index: &Index, wanted: &Parameters) -> Result<(), AssemblyError> {
    let mut differences = index.differences(wanted);
    // A step that verifies nothing needs no sketches; a key of such an index leads to one document, and that is enough.
    if wanted.get(SKETCH).is_some_and(|sketch| sketch == "none") {
        differences.retain(|(name, ..)| name != SKETCH);
    }
    if differences.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = differences
        .iter()
        .map(|(name, of_index, of_step)| format!("`{name}` is {of_index} in the index and {of_step} here"))
        .collect();
    let (of, run) = (&index.step, &index.run);
    let why = format!(
        "it was saved by step `{of}` of run {run}, and does not fit step `{step}`: {}; give the step the index's values, or \
         save a new index",
        list.join(", ")
    );
    Err(refused(path, &why))
}
