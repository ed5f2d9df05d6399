//! Kept documents as Parquet.

use crate::document::Value;
use crate::steps::Passage;
use arrow_array::builder::{Float32Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::io;
use std::sync::Arc;

/// Columns: id, source, source_id, url, date, language, language_score, tokens, text, metadata (JSON object).
#[must_use]
pub fn documents_schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        text("id", false),
        text("source", false),
        text("source_id", true),
        text("url", true),
        text("date", true),
        text("language", true),
        Field::new("language_score", DataType::Float32, false),
        Field::new("tokens", DataType::UInt64, false),
        text("text", false),
        text("metadata", true),
    ]))
}

/// Carried fields as one JSON object, in input order.
fn metadata_json(fields: &[(String, Value)]) -> Option<String> {
    if fields.is_empty() {
        return None;
    }
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let parts: Vec<String> = fields
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Null => "null".to_owned(),
                Value::Bool(value) => value.to_string(),
                Value::Int(value) => value.to_string(),
                Value::Float(value) => serde_json::Value::from(*value).to_string(),
                Value::Str(value) => quoted(value),
                Value::Json(value) => value.clone(),
            };
            format!("{}:{value}", quoted(name))
        })
        .collect();
    Some(format!("{{{}}}", parts.join(",")))
}

/// Rows for the kept ones among these passages, in order.
///
/// # Errors
/// When the columns do not fit the schema: a bug.
pub fn documents_batch(schema: &SchemaRef, passages: &[Passage]) -> io::Result<RecordBatch> {
    let kept: Vec<&Passage> = passages.iter().filter(|one| one.row.alive()).collect();
    let strings = |of: &dyn Fn(&Passage) -> Option<String>| -> ArrayRef {
        let mut builder = StringBuilder::new();
        kept.iter().for_each(|one| builder.append_option(of(one)));
        Arc::new(builder.finish())
    };
    let bytes = kept.iter().map(|one| one.document.text.len()).sum();
    let mut text = StringBuilder::with_capacity(kept.len(), bytes);
    let (mut scores, mut tokens) = (Float32Builder::new(), UInt64Builder::new());
    for one in &kept {
        scores.append_value(one.row.language_score);
        tokens.append_value(one.row.tokens);
        text.append_value(&one.document.text);
    }
    let columns = vec![
        strings(&|one| Some(one.document.id.to_string())),
        strings(&|one| Some(one.source.to_string())),
        strings(&|one| one.document.source_id.clone()),
        strings(&|one| one.document.url.clone()),
        strings(&|one| one.document.date.clone()),
        strings(&|one| one.row.language.as_deref().map(str::to_owned)),
        Arc::new(scores.finish()),
        Arc::new(tokens.finish()),
        Arc::new(text.finish()),
        strings(&|one| metadata_json(&one.document.metadata)),
    ];
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(io::Error::other)
}
