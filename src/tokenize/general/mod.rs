//! Every other `tokenizer.json`: normalizers, added tokens and pre-tokenizers are ours, with the results of Python's `tokenizers`
//! 0.23; pieces go to the own byte-level BPE or to the library's model, and are remembered.

mod cut;
mod cutters;
mod normalize;

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Value, json};

use super::fast::recognise::{added, finder, kind, one_of_equals};
use super::fast::{Added, Bytes, Finder, MAX_IDS, Model, Pool, Scratch, Split, Work};
use super::library::{Lazy, Library};
use super::regex::Frames;
use super::{EncodeError, Encoder, TokenizerError, Vocabulary, vocabulary};
use cut::{Cuts, Cutters};
use normalize::{Normal, Step};

/// An encoder put together from the parts of a file.
pub(super) struct General {
    vocabulary: Vocabulary,
    raw_added: Option<Finder>,
    steps: Vec<Step>,
    normalized_added: Option<Finder>,
    cutters: Cutters,
    engine: Engine,
    back: Option<Lazy>,
    pool: Pool,
}

/// What turns a piece into tokens.
enum Engine {
    Bytes(Box<Bytes>),
    Library {
        library: Box<Library>,
        /// How each byte is spelled, where pieces are spelled so.
        alphabet: Option<Box<super::fast::Alphabet>>,
    },
}

impl General {
    /// Builds the encoder if every part of the file is one that it reproduces exactly; `None` leaves the file to the library.
    ///
    /// # Errors
    /// When an added token can never be found, or which one is found would be random.
    pub(super) fn recognise(root: &Value) -> Result<Option<Self>, TokenizerError> {
        let Some(steps) = normalize::steps(root.get("normalizer")) else { return Ok(None) };
        let tokens = root.get("added_tokens").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
        let mut alike = HashMap::new();
        let mut clash = None;
        for token in tokens.iter().filter(|token| token.get("normalized") == Some(&Value::Bool(true))) {
            let content = token.get("content").and_then(Value::as_str).unwrap_or_default();
            let Ok(left) = normal(&steps, content, 0, &mut Frames::default()) else { continue };
            if left.text.is_empty() {
                let what = "its normalizer leaves nothing of the added token";
                return Err(TokenizerError::Unsupported(format!(
                    "{what} {content:?}; set `normalized` of this token to false"
                )));
            }
            if let Some(other) = alike.insert(left.text.into_owned(), content) {
                clash = Some((other, content));
            }
        }
        match (Self::build(root, steps), clash) {
            (None, Some((one, other))) => {
                let what = "its normalizer makes the same of the added tokens";
                Err(TokenizerError::Unsupported(format!(
                    "{what} {one:?} and {other:?}, and the library finds another one of them in each process; remove one"
                )))
            }
            (built, _) => Ok(built),
        }
    }

    fn build(root: &Value, steps: Vec<Step>) -> Option<Self> {
        let vocabulary = Vocabulary::read(root).ok()?;
        if vocabulary.size() > MAX_IDS {
            return None;
        }
        let model = root.get("model")?;
        let vocab = vocabulary::ids(model)?;
        let cutters = cutters::cutters(root.get("pre_tokenizer"))?;
        let added = added(root.get("added_tokens"), &vocab)?;
        let search = |normalized: bool| {
            let chosen = added.iter().filter(|token| token.normalized == normalized);
            let tokens: Option<Vec<Added>> = chosen
                .map(|token| {
                    let content = match normalized {
                        true => normal(&steps, token.content, 0, &mut Frames::default()).ok()?.text.into_owned(),
                        false => token.content.to_owned(),
                    };
                    Some(token.search(content))
                })
                .collect();
            finder(one_of_equals(tokens?))
        };
        let (raw_added, normalized_added) = (search(false)?, search(true)?);
        let bytes = match cutters.bytes {
            true => Bytes::read(model, &vocab, &added, vocabulary.size()),
            false => None,
        };
        let back = match root.get("decoder").and_then(kind) {
            Some("ByteLevel") if bytes.is_some() => None,
            _ => Some(Lazy::new(root)),
        };
        let engine = match bytes {
            Some(bytes) => Engine::Bytes(Box::new(bytes)),
            None => Engine::Library {
                library: Box::new(alone(model)?),
                alphabet: cutters.bytes.then(|| Box::new(super::fast::Alphabet::new())),
            },
        };
        Some(Self { raw_added, normalized_added, vocabulary, steps, cutters, engine, back, pool: Pool::default() })
    }
}

/// The library with the model and nothing else.
fn alone(model: &Value) -> Option<Library> {
    let root = json!({"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": null, "post_processor": null, "decoder": null, "model": model});
    Library::from_value(root).ok()
}

fn normal<'a>(steps: &[Step], text: &'a str, first: usize, frames: &mut Frames) -> Result<Normal<'a>, EncodeError> {
    let mut normal = Normal { text: Cow::Borrowed(text), first };
    for step in steps {
        normal.apply(step, frames).map_err(|_| endless("a normalizer"))?;
    }
    Ok(normal)
}

fn endless(what: &str) -> EncodeError {
    EncodeError::Library(format!("the pattern of {what} tries too many ways on this text"))
}

/// One call of [`Encoder::encode`].
struct Call<'a> {
    encoder: &'a General,
    scratch: &'a mut Scratch,
    out: &'a mut Vec<u32>,
    cuts: Cuts,
    frames: Frames,
    /// So many bytes at the beginning of what comes next are of the first character of the document.
    first: usize,
    failed: Option<EncodeError>,
}

impl Encoder for General {
    fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<(), EncodeError> {
        // Places in a piece are 32-bit numbers.
        if text.len() > (u32::MAX / 4) as usize {
            return Err(EncodeError::TooLong(text.len()));
        }
        let failed = self.pool.lend(|scratch| {
            let (cuts, frames) = (Cuts::default(), Frames::default());
            let mut call = Call {
                encoder: self,
                scratch,
                out,
                cuts,
                frames,
                first: text.chars().next().map_or(0, char::len_utf8),
                failed: None,
            };
            match &self.raw_added {
                Some(finder) => finder.split(text, &mut call, Call::normalize, Call::added),
                None => call.normalize(text),
            }
            let failed = call.failed.take();
            // Taken in any case: it must not be told of the next text.
            let of_model = scratch.failed().map(EncodeError::Library);
            failed.or(of_model)
        });
        failed.map_or(Ok(()), Err)
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    fn decode(&self, ids: &[u32]) -> Result<String, EncodeError> {
        match (&self.back, &self.engine) {
            (None, Engine::Bytes(bytes)) => bytes.text(ids),
            (Some(library), _) => library.get()?.decode(ids),
            (None, Engine::Library { library, .. }) => library.decode(ids),
        }
    }

    fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::Bytes(_) => "gristmill-bpe",
            Engine::Library { .. } => "gristmill+tokenizers",
        }
    }
}

impl Call<'_> {
    fn added(&mut self, id: u32) {
        self.first = 0;
        self.out.push(id);
    }

    fn normalize(&mut self, text: &str) {
        let first = std::mem::take(&mut self.first);
        match normal(&self.encoder.steps, text, first, &mut self.frames) {
            Ok(normal) => {
                if normal.text.len() > (u32::MAX / 4) as usize {
                    self.failed = Some(EncodeError::TooLong(normal.text.len()));
                    return;
                }
                self.first = normal.first;
                match &self.encoder.normalized_added {
                    Some(finder) => finder.split(&normal.text, self, Call::plain, Call::added),
                    None => self.plain(&normal.text),
                }
                self.first = 0;
            }
            Err(error) => self.failed = Some(error),
        }
    }

    fn plain(&mut self, text: &str) {
        let first = std::mem::take(&mut self.first);
        if text.is_empty() || self.failed.is_some() {
            return;
        }
        self.cuts.start(text, first);
        for cutter in &self.encoder.cutters.list {
            if self.cuts.apply(cutter).is_err() {
                self.failed = Some(endless("a pre-tokenizer"));
                return;
            }
        }
        // Neighbouring pieces are looked up together.
        let (spans, text) = (&self.cuts.spans, self.cuts.text.as_bytes());
        let mut at = 0;
        while at < spans.len() {
            let mut next = at + 1;
            while next < spans.len() && spans[next].0 == spans[next - 1].1 {
                next += 1;
            }
            let split = Given { ends: &spans[at..next], next: std::cell::Cell::new(0) };
            let (from, end) = (spans[at].0 as usize, spans[next - 1].1 as usize);
            self.scratch.pieces(self.encoder, &split, text, from, end, self.out);
            at = next;
        }
    }
}

/// Pieces that have been cut before.
struct Given<'a> {
    ends: &'a [(u32, u32)],
    next: std::cell::Cell<usize>,
}

impl Split for Given<'_> {
    #[inline]
    fn next(&self, _: &[u8], _: usize, end: usize) -> usize {
        let at = self.next.replace(self.next.get() + 1);
        self.ends.get(at).map_or(end, |span| span.1 as usize)
    }
}

impl Model for General {
    fn tokens(&self, piece: &[u8], work: &mut Work, ids: &mut Vec<u32>) {
        match &self.engine {
            Engine::Bytes(bytes) => bytes.tokens(piece, work, ids),
            Engine::Library { library, alphabet } => {
                let text: Cow<'_, str> = match alphabet {
                    Some(alphabet) => Cow::Owned(piece.iter().map(|byte| alphabet.spell(*byte)).collect()),
                    None => String::from_utf8_lossy(piece),
                };
                if let Err(error) = library.encode(&text, ids) {
                    work.failed.get_or_insert(error.to_string());
                }
            }
        }
    }
}
