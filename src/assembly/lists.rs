//! List files: found, unpacked, their checksums noted.

use super::Place;
use super::packed::unpacked;
use crate::config::{Categories, ListFrom, Located};
use crate::filters::{Filter, ListFile, ListRef, Problem, category_file};
use crate::metrics::Role;
use crate::storage::capped::Caps;
use crate::storage::{Medium, StorageError};
use std::cell::RefCell;

/// The longest list, unpacked. The largest published one has 100 MB.
const LONGEST: u64 = 2 << 30;

/// Highest ratio of an unpacked list to its file: sorted lists of domains pack well, bombs much better.
const RATIO: u64 = 1000;

/// Endings under which a category's file may stand.
const ENDINGS: [&str; 3] = ["", ".gz", ".zst"];

/// Reads list files and remembers what it read.
pub(super) struct ListReader<'a> {
    place: &'a Place,
    noted: RefCell<Vec<(String, String)>>,
}

impl<'a> ListReader<'a> {
    pub fn new(place: &'a Place) -> Self {
        Self { place, noted: RefCell::default() }
    }

    /// The files that were read, as the config or the filter file leads to them, and their BLAKE3.
    pub fn into_noted(self) -> Vec<(String, String)> {
        self.noted.into_inner()
    }

    /// The content of a list, unpacked if it is gzip or zstd, whatever its name.
    fn text(&self, path: &str) -> Result<String, String> {
        let bytes = self.place.read(path).map_err(|error| error.to_string())?;
        self.noted.borrow_mut().push((path.to_owned(), blake3::hash(&bytes).to_hex().to_string()));
        let caps = Caps { record_bytes: LONGEST, ratio: RATIO, ..Caps::default() };
        let bytes = unpacked(path, bytes, &caps)?;
        String::from_utf8(bytes).map_err(|_| format!("`{path}` is not UTF-8"))
    }

    /// The path of a category's list. The University of Toulouse's archive holds plain files.
    fn category(&self, folder: &str, category: &str, file: &str) -> Result<String, String> {
        for ending in ENDINGS {
            let path = format!("{folder}/{category}/{file}{ending}");
            let found = self.place.medium().stat(&self.place.resolve(&path));
            if found.map_err(|error: StorageError| error.to_string())?.is_some() {
                return Ok(path);
            }
        }
        Err(format!("category `{category}` has no `{file}` in `{folder}`"))
    }

    /// The files of a list that the config names.
    pub fn files(&self, role: Role, from: &ListFrom) -> Result<Vec<ListFile>, String> {
        match from {
            ListFrom::Paths(paths) => self.paths(paths),
            ListFrom::Categories(categories) => {
                let Some(file) = category_file(role) else {
                    return Err(format!("categories have lists of domains and URLs, not of `{}`", role.name()));
                };
                self.categories(categories, file, true)
            }
        }
    }

    /// Files that are one list together.
    pub fn paths(&self, paths: &[Located<String>]) -> Result<Vec<ListFile>, String> {
        let file = |path: &Located<String>| Ok(ListFile { label: String::new(), text: self.text(&path.value)? });
        paths.iter().map(file).collect()
    }

    /// The lists of categories. Where they are not `needed`, a category without one is passed over.
    pub fn categories(&self, from: &Categories, file: &str, needed: bool) -> Result<Vec<ListFile>, String> {
        let mut out = Vec::new();
        for category in &from.categories {
            match self.category(&from.folder.value, &category.value, file) {
                Ok(path) => out.push(ListFile { label: category.value.clone(), text: self.text(&path)? }),
                Err(why) if needed => return Err(why),
                Err(_) => {}
            }
        }
        Ok(out)
    }

    /// A filter of the user's: its lists by path are relative to its file.
    pub fn filter(&self, path: &str, text: &str) -> Result<Filter, Vec<Problem>> {
        let beside = |name: &str| match path.rsplit_once('/') {
            Some((folder, _)) if !name.starts_with('/') => format!("{folder}/{name}"),
            _ => name.to_owned(),
        };
        Filter::parse_with(path, text, &|list| match list {
            ListRef::Name(name) => {
                let text = crate::filters::embedded_list(name);
                text.map(str::to_owned).ok_or_else(|| format!("there is no word list `{name}`"))
            }
            ListRef::Path(name) => self.text(&beside(name)),
            ListRef::Category { folder, category, file } => {
                self.text(&self.category(&beside(folder), category, file)?)
            }
        })
    }
}

/// Reads a filter file of the user's with the lists that it names.
///
/// # Errors
/// All problems of the file.
pub fn read_filter(place: &Place, path: &str, text: &str) -> Result<Filter, Vec<Problem>> {
    ListReader::new(place).filter(path, text)
}
