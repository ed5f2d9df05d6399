//! Lists the input files and cuts them into units by size: never by the number of threads.

use super::{AssemblyError, Place};
use crate::config::{Carry as ConfigCarry, Config, Format as ConfigFormat, Glob};
use crate::plan::{Input, InputRange};
use crate::readers::{Accept, Carry, FieldNames, Format, InputSpec, split, status_range};
use crate::storage::address::{masked, root_and_rest};
use crate::storage::capped::Caps;
use crate::storage::source::ByteSource;
use crate::storage::{Medium, Named, RangedFile, Stat, StorageError};
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

/// An input file behind the storage door, as readers want it.
pub struct InputFile {
    place: Place,
    key: String,
    bytes: u64,
    ranged: std::sync::OnceLock<Box<dyn RangedFile>>,
}

impl InputFile {
    /// The input stored under `key`.
    #[must_use]
    pub fn new(place: &Place, key: &str, bytes: u64) -> Self {
        Self { place: place.clone(), key: key.to_owned(), bytes, ranged: std::sync::OnceLock::new() }
    }
}

fn to_io(error: StorageError) -> io::Error {
    io::Error::new(error.source.kind(), error)
}

impl ByteSource for InputFile {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        self.place.medium().open(&self.key, offset).map_err(to_io)
    }

    fn read_at(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.bytes.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut out = vec![0; len.min(left)];
        if out.is_empty() {
            return Ok(out);
        }
        let file = match self.ranged.get() {
            Some(file) => file,
            None => {
                let opened = self.place.medium().open_ranged(&self.key).map_err(to_io)?;
                self.ranged.get_or_init(|| opened)
            }
        };
        file.read_at(offset, &mut out)?;
        Ok(out)
    }
}

/// Limits on one record.
#[must_use]
pub fn caps(config: &Config) -> Caps {
    let record = &config.limits.record;
    Caps { record_bytes: record.bytes, ratio: record.expansion.into(), ..Caps::default() }
}

/// What readers need to know of an input.
#[must_use]
pub fn spec_of(config: &Config, input: &Input, range: Option<(u64, u64)>) -> InputSpec {
    let source = &config.sources[input.source as usize];
    InputSpec {
        source: Arc::from(source.name.value.as_str()),
        file: Arc::from(input.file.as_str()),
        format: match source.format {
            ConfigFormat::Auto => Format::Auto,
            ConfigFormat::Warc => Format::Warc,
            ConfigFormat::Wet => Format::Wet,
            ConfigFormat::Arc => Format::Arc,
            ConfigFormat::Jsonl => Format::Jsonl,
            ConfigFormat::Parquet => Format::Parquet,
            ConfigFormat::Text => Format::Text,
            ConfigFormat::Html => Format::Html,
        },
        fields: FieldNames {
            text: source.fields.text.clone(),
            id: source.fields.id.clone(),
            url: source.fields.url.clone(),
            date: source.fields.date.clone(),
        },
        carry: match &source.carry {
            ConfigCarry::All => Carry::All,
            ConfigCarry::None => Carry::None,
            ConfigCarry::Only(names) => Carry::List(names.clone()),
        },
        accept: Accept {
            statuses: source.http_status.iter().filter_map(|status| status_range(&status.value)).collect(),
            media_types: source.media_types.iter().map(|media| media.value.to_ascii_lowercase()).collect(),
            bytes: (source.min_bytes, if source.max_bytes == 0 { u64::MAX } else { source.max_bytes }),
        },
        limits: caps(config),
        range,
    }
}

/// Files that a path, folder or pattern of a source names, relative to the config, sorted.
///
/// # Errors
/// When a folder cannot be listed.
pub fn expand(place: &Place, pattern: &str) -> Result<Vec<(String, Stat)>, StorageError> {
    let medium = place.medium();
    let mut out = Vec::new();
    if Glob::is_pattern(pattern) {
        // The names below an address's root are what a pattern is about.
        let (root, rest) = root_and_rest(pattern);
        let Ok(glob) = Glob::parse(rest) else { return Ok(out) };
        let prefix = glob.fixed_prefix();
        let from =
            if root.is_empty() || prefix.is_empty() { format!("{root}{prefix}") } else { format!("{root}/{prefix}") };
        walk(place, &medium, &from, &mut |path, stat| {
            if glob.matches(root_and_rest(path).1) {
                out.push((path.to_owned(), stat));
            }
        })?;
    } else if let Some(stat) = medium.stat(&place.resolve(pattern))? {
        if stat.folder {
            walk(place, &medium, pattern.trim_end_matches('/'), &mut |path, stat| out.push((path.to_owned(), stat)))?;
        } else {
            out.push((pattern.to_owned(), stat));
        }
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(out)
}

/// Every file below a folder; names that begin with a dot are passed over, as shells do.
fn walk(
    place: &Place,
    medium: &dyn Medium,
    folder: &str,
    found: &mut dyn FnMut(&str, Stat),
) -> Result<(), StorageError> {
    let mut todo = vec![folder.to_owned()];
    while let Some(folder) = todo.pop() {
        let listed = if folder.is_empty() { place.base.clone() } else { place.resolve(&folder) };
        for (name, stat) in medium.list(&listed)? {
            if name.starts_with('.') {
                continue;
            }
            let path = match folder.as_str() {
                "" => name,
                "/" => format!("/{name}"),
                folder => format!("{folder}/{name}"),
            };
            if stat.folder { todo.push(path) } else { found(&path, stat) }
        }
    }
    Ok(())
}

/// All input files, source after source, each source's paths in the order of the config, each path's files by name. A file
/// that two paths of one source name is read once.
///
/// # Errors
/// When the world fails.
pub fn list(place: &Place, config: &Config) -> Result<Vec<Input>, AssemblyError> {
    let mut out: Vec<Input> = Vec::new();
    for (number, source) in (0u32..).zip(&config.sources) {
        // By what may be shown of them, which names their documents: it must tell files apart.
        let mut seen: HashMap<String, String> = HashMap::new();
        for pattern in &source.paths {
            for (file, stat) in expand(place, &pattern.value)? {
                let shown = masked(&file).into_owned();
                match seen.get(&shown) {
                    Some(before) if *before == file => continue,
                    Some(_) => {
                        let what = format!("two addresses differ only in their secrets: `{shown}`");
                        return Err(AssemblyError::Reference(what));
                    }
                    None => {}
                }
                let key = place.resolve(&file);
                seen.insert(shown.clone(), file);
                out.push(Input { source: number, file: shown, key, bytes: stat.bytes, modified: stat.modified });
            }
        }
    }
    Ok(out)
}

/// Cuts the inputs into units of about `limits.unit-bytes` stored bytes: small files together, large ones in ranges where
/// their format allows it.
///
/// # Errors
/// When an input cannot be looked into.
pub fn cut(place: &Place, config: &Config, inputs: &[Input]) -> Result<Vec<Vec<InputRange>>, AssemblyError> {
    let target = config.limits.unit_bytes.max(1);
    let (mut units, mut open, mut filled) = (Vec::new(), Vec::new(), 0);
    for (number, input) in (0u32..).zip(inputs) {
        for range in ranges(place, config, number, input, target)? {
            if filled > 0 && filled + range.bytes > target {
                units.push(std::mem::take(&mut open));
                filled = 0;
            }
            filled += range.bytes;
            open.push(range);
        }
    }
    if !open.is_empty() {
        units.push(open);
    }
    Ok(units)
}

fn ranges(
    place: &Place,
    config: &Config,
    number: u32,
    input: &Input,
    target: u64,
) -> Result<Vec<InputRange>, AssemblyError> {
    let whole = vec![InputRange { input: number, range: None, bytes: input.bytes }];
    if input.bytes <= target {
        return Ok(whole);
    }
    let source: Arc<dyn ByteSource> = Arc::new(InputFile::new(place, &input.key, input.bytes));
    let cuts = split(&spec_of(config, input, None), &source, target)
        .map_err(|error| error.source)
        .named("read", &input.key)?;
    if cuts.len() <= 1 {
        return Ok(whole);
    }
    // Parquet cuts count rows, so their share of the file is taken as equal.
    let (count, mut left) = (cuts.len() as u64, input.bytes);
    let in_bytes = cuts.last().is_some_and(|last| last.1 == input.bytes);
    Ok(cuts
        .into_iter()
        .enumerate()
        .map(|(n, range)| {
            let share = if in_bytes { range.1 - range.0 } else { input.bytes / count };
            let bytes = if n as u64 + 1 == count { left } else { share.min(left) };
            left -= bytes;
            InputRange { input: number, range: Some(range), bytes }
        })
        .collect())
}
