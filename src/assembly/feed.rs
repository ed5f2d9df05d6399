//! Feeds the first phase: records are pulled in order, batches are decoded side by side.

use super::inputs::{InputFile, spec_of};
use super::{Place, read_failure};
use crate::config::Config;
use crate::document::{Fault, FaultKind, Row};
use crate::engine::{Batch, Entry, Failure, Feed, Load, OpenUnit};
use crate::panics::caught;
use crate::plan::{Input, InputRange, Plan};
use crate::readers::{Decoded, InputSpec, Item, RecordReader, decode, open};
use crate::steps::{Passage, Yields};
use crate::storage::source::ByteSource;
use std::sync::Arc;

/// Raw bytes after which a batch is cut. The cut depends on the data alone.
const BATCH_BYTES: usize = 1 << 20;
/// Records after which a batch is cut: tiny documents must not pile up.
const BATCH_RECORDS: usize = 512;
/// Memory of a record beside its bytes.
const RECORD_OVERHEAD: usize = 256;

/// Opens units of a plan.
pub fn opener(place: &Place, config: &Config, plan: &Plan) -> OpenUnit {
    let place = place.clone();
    // Shared: a copy for each unit would make a run of very many units quadratic.
    let (config, inputs) = (Arc::new(config.clone()), Arc::from(plan.inputs.as_slice()));
    let units = plan.units.clone();
    Box::new(move |unit| {
        let feed = UnitFeed {
            place: place.clone(),
            config: Arc::clone(&config),
            inputs: Arc::clone(&inputs),
            ranges: units[unit as usize].clone().into_iter(),
            open: None,
            before: 0,
        };
        Ok(Box::new(feed))
    })
}

struct Open {
    spec: Arc<InputSpec>,
    reader: Box<dyn RecordReader>,
    bytes: u64,
}

struct UnitFeed {
    place: Place,
    config: Arc<Config>,
    inputs: Arc<[Input]>,
    ranges: std::vec::IntoIter<InputRange>,
    open: Option<Open>,
    /// Stored bytes of the ranges that are done.
    before: u64,
}

impl UnitFeed {
    /// The reader of the range in work; `None` when there is none left.
    fn current(&mut self) -> Result<Option<&mut Open>, Failure> {
        if self.open.is_none() {
            let Some(range) = self.ranges.next() else { return Ok(None) };
            let input = &self.inputs[range.input as usize];
            let spec = spec_of(&self.config, input, range.range);
            let source: Arc<dyn ByteSource> = Arc::new(InputFile::new(&self.place, &input.key, input.bytes));
            let reader = open(&spec, &source).map_err(read_failure)?;
            self.open = Some(Open { spec: Arc::new(spec), reader, bytes: range.bytes });
        }
        Ok(self.open.as_mut())
    }
}

impl Feed for UnitFeed {
    fn next(&mut self) -> Result<Option<Batch<Load>>, Failure> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH_BYTES && items.len() < BATCH_RECORDS {
            let Some(open) = self.current()? else { break };
            match open.reader.next_item().map_err(read_failure)? {
                Some(item) => {
                    bytes += RECORD_OVERHEAD
                        + match &item {
                            Item::Record(record) => record.payload.size(),
                            Item::Fault(fault) => fault.raw.len(),
                            Item::Other { .. } => 0,
                        };
                    items.push((Arc::clone(&open.spec), item));
                }
                None => {
                    self.before += open.bytes;
                    self.open = None;
                }
            }
        }
        if items.is_empty() {
            return Ok(None);
        }
        Ok(Some(Batch { weight: bytes, load: Box::new(move || Ok(items.into_iter().map(admit).collect())) }))
    }

    fn position(&self) -> u64 {
        self.before + self.open.as_ref().map_or(0, |open| open.reader.position().min(open.bytes))
    }
}

/// Decodes one record. A panic in a decoder costs that record.
fn admit((spec, item): (Arc<InputSpec>, Item)) -> Entry {
    let record = match item {
        Item::Record(record) => record,
        Item::Other { kind, .. } => return Entry::Other(kind.into_owned()),
        Item::Fault(fault) => return Entry::Fault(Arc::clone(&spec.source), fault),
    };
    let (offset, length) = (record.offset, record.length);
    match caught(|| decode(&spec, record)) {
        Some(Decoded::Document(document)) => Entry::Passage(Box::new(Passage {
            document,
            source: Arc::clone(&spec.source),
            index: None,
            row: Row::default(),
            yields: Yields::default(),
        })),
        Some(Decoded::Other { kind }) => Entry::Other(kind.into_owned()),
        Some(Decoded::Fault(fault)) => Entry::Fault(Arc::clone(&spec.source), fault),
        None => {
            let detail = "the reader panicked on this record; please report it".to_owned();
            let file = Arc::clone(&spec.file);
            let fault = Fault { kind: FaultKind::Panic, file, offset, length, detail, raw: Vec::new() };
            Entry::Fault(Arc::clone(&spec.source), fault)
        }
    }
}
