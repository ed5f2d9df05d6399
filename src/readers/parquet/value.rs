//! Arrow values as metadata values.

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{as_date, as_datetime};
use arrow_array::types::{
    Date32Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

use crate::document::Value;
use crate::readers::jsonl::quote;

/// Nesting that is written out; deeper values become null.
const DEPTH: usize = 32;

/// The value at `row`. Byte columns that hold UTF-8 are text; types without a plain form become null.
pub(super) fn of(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Utf8 => Value::Str(array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Value::Str(array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Value::Str(array.as_string_view().value(row).to_owned()),
        DataType::Binary => bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(array.as_binary_view().value(row)),
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Int8 => Value::Int(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Value::Int(array.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Value::Int(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Value::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Value::Int(array.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Value::Int(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Value::Int(array.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => unsigned(array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float16 => Value::Float(array.as_primitive::<Float16Type>().value(row).to_f64()),
        DataType::Float32 => Value::Float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Value::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            as_date::<Date32Type>(days.into()).map_or(Value::Int(days.into()), |date| Value::Str(date.to_string()))
        }
        DataType::Timestamp(unit, _) => timestamp(array, row, *unit),
        DataType::List(_) | DataType::LargeList(_) | DataType::Struct(_) | DataType::Map(..) => {
            let mut out = String::new();
            json(&mut out, array, row, 0);
            Value::Json(out)
        }
        _ => Value::Null,
    }
}

fn bytes(bytes: &[u8]) -> Value {
    std::str::from_utf8(bytes).map_or(Value::Null, |text| Value::Str(text.to_owned()))
}

fn unsigned(value: u64) -> Value {
    i64::try_from(value).map_or_else(|_| Value::Json(value.to_string()), Value::Int)
}

/// A timestamp in the form of ISO 8601, without a zone: Parquet stores UTC or a local time that it does not name.
fn timestamp(array: &dyn Array, row: usize, unit: TimeUnit) -> Value {
    let (value, time) = match unit {
        TimeUnit::Second => {
            let value = array.as_primitive::<TimestampSecondType>().value(row);
            (value, as_datetime::<TimestampSecondType>(value))
        }
        TimeUnit::Millisecond => {
            let value = array.as_primitive::<TimestampMillisecondType>().value(row);
            (value, as_datetime::<TimestampMillisecondType>(value))
        }
        TimeUnit::Microsecond => {
            let value = array.as_primitive::<TimestampMicrosecondType>().value(row);
            (value, as_datetime::<TimestampMicrosecondType>(value))
        }
        TimeUnit::Nanosecond => {
            let value = array.as_primitive::<TimestampNanosecondType>().value(row);
            (value, as_datetime::<TimestampNanosecondType>(value))
        }
    };
    time.map_or(Value::Int(value), |time| Value::Str(format!("{time:?}")))
}

/// Writes a nested value as compact JSON. The depth follows the schema, and is bounded.
fn json(out: &mut String, array: &dyn Array, row: usize, depth: usize) {
    if array.is_null(row) || depth > DEPTH {
        return out.push_str("null");
    }
    match array.data_type() {
        DataType::List(_) => list(out, &array.as_list::<i32>().value(row), depth),
        DataType::LargeList(_) => list(out, &array.as_list::<i64>().value(row), depth),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            out.push('{');
            for (at, (field, column)) in fields.iter().zip(columns).enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quote(out, field.name());
                out.push(':');
                json(out, column.as_ref(), row, depth + 1);
            }
            out.push('}');
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            out.push('{');
            for at in 0..entries.len() {
                if at > 0 {
                    out.push(',');
                }
                let key = super::plain(of(entries.column(0).as_ref(), at)).unwrap_or_default();
                quote(out, &key);
                out.push(':');
                json(out, entries.column(1).as_ref(), at, depth + 1);
            }
            out.push('}');
        }
        _ => scalar(out, of(array, row)),
    }
}

fn list(out: &mut String, values: &ArrayRef, depth: usize) {
    out.push('[');
    for at in 0..values.len() {
        if at > 0 {
            out.push(',');
        }
        json(out, values.as_ref(), at, depth + 1);
    }
    out.push(']');
}

fn scalar(out: &mut String, value: Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Float(value) if value.is_finite() => out.push_str(&format!("{value:?}")),
        Value::Float(_) => out.push_str("null"),
        Value::Str(value) => quote(out, &value),
        Value::Json(value) => out.push_str(&value),
    }
}
