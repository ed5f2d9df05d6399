//! A decoded batch of rows, and what its columns mean.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema};

use crate::readers::{Carry, FieldNames};

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The text.
    Text,
    /// The identifier.
    Id,
    /// The address.
    Url,
    /// The date.
    Date,
    /// Carried along under this name.
    Carried(String),
}

/// The columns that are read, by number, and what each is.
pub(super) fn parts(schema: &Schema, names: &FieldNames, carry: &Carry) -> (Vec<usize>, Arc<[Part]>) {
    let part = |name: &String| {
        Some(if *name == names.text {
            Part::Text
        } else if *name == names.id {
            Part::Id
        } else if *name == names.url {
            Part::Url
        } else if *name == names.date {
            Part::Date
        } else if carry.wants(name) {
            Part::Carried(name.clone())
        } else {
            return None;
        })
    };
    let found = schema.fields().iter().enumerate().filter_map(|(at, field)| Some((at, part(field.name())?)));
    let (roots, parts): (Vec<usize>, Vec<Part>) = found.unzip();
    (roots, parts.into())
}

/// Memory of a field of a decoded document beside its bytes, about: name and value.
const FIELD: usize = 96;

/// A batch of rows.
#[derive(Debug)]
pub(super) struct Table {
    batch: RecordBatch,
    parts: Arc<[Part]>,
    /// Memory of a row without its texts, in bytes.
    share: usize,
}

impl Table {
    pub(super) fn new(batch: RecordBatch, parts: Arc<[Part]>) -> Self {
        let fixed = batch.columns().iter().filter(|column| view(column, 0).is_none());
        let fixed: usize = fixed.map(|column| column.get_array_memory_size()).sum();
        let share = fixed / batch.num_rows().max(1) + FIELD * batch.num_columns();
        Self { batch, parts, share }
    }

    pub(super) fn rows(&self) -> usize {
        self.batch.num_rows()
    }
}

/// Length of the text at `row` of a column of views.
fn view(column: &ArrayRef, row: usize) -> Option<usize> {
    let views = match column.data_type() {
        DataType::Utf8View => column.as_string_view().views(),
        DataType::BinaryView => column.as_binary_view().views(),
        _ => return None,
    };
    // The length is the first of the four numbers of a view.
    Some(views.get(row).map_or(0, |view| *view as u32 as usize))
}

/// A row of a decoded batch.
#[derive(Clone)]
pub struct Row {
    table: Arc<Table>,
    row: usize,
    /// Bytes of its texts.
    texts: usize,
}

impl Row {
    pub(super) fn new(table: &Arc<Table>, row: usize) -> Self {
        let texts: usize = table.batch.columns().iter().filter_map(|column| view(column, row)).sum();
        Self { table: Arc::clone(table), row, texts }
    }

    /// Memory that it takes, in bytes, about.
    #[must_use]
    pub fn size(&self) -> usize {
        self.texts + self.table.share
    }

    /// Bytes of its texts: what the limit on a record counts.
    pub(super) fn text_size(&self) -> usize {
        self.texts
    }

    pub(super) fn number(&self) -> usize {
        self.row
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = (&Part, &ArrayRef)> {
        self.table.parts.iter().zip(self.table.batch.columns())
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values = self.columns().map(|(part, column)| (part, super::value::of(column.as_ref(), self.row)));
        f.debug_list().entries(values).finish()
    }
}
