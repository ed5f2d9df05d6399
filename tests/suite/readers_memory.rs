//! Memory while reading hostile sizes: the program runs under a limit on its memory that the input is far above.

use std::io::Write;
use std::process::{Command, Output};
use std::sync::Arc;

use arrow_array::{RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::cli::{Dir, code, said};
use crate::readers_damage::{gzip, warc_record};

/// Memory that the program may have, in KiB: it needs 40 MiB for itself, its threads and a record.
const LIMIT: u32 = 112 << 10;

/// Runs a chain of one step over `file`.
fn run(dir: &Dir, file: &str) -> Output {
    let config = format!(
        "version = 1\nname = \"memory\"\n[[source]]\nname = \"s\"\npaths = [\"{file}\"]\n[[step]]\nextract = {{}}\n[[step]]\ndedup = {{ method = \
         \"exact\" }}\n[output]\ndir = \"out\"\ndocuments = false\n[limits]\nthreads = 1\nmemory = \"64MiB\"\n\
         max-fault-ratio = 1.0\n"
    );
    let config = dir.write("config.toml", &config);
    // The limit counts memory that is written to, not files that are mapped; one arena, so that none of it is reserved.
    Command::new("sh")
        .args(["-c", &format!("ulimit -d {LIMIT} && exec \"$0\" run \"$1\""), env!("CARGO_BIN_EXE_gristmill"), &config])
        .env("MALLOC_ARENA_MAX", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Runs over `bytes` and looks for `told` in what the program says.
fn check(name: &str, write: impl FnOnce(&mut std::fs::File), told: &[&str]) {
    let dir = Dir::new();
    let mut file = std::fs::File::create(dir.path(name)).unwrap();
    write(&mut file);
    drop(file);
    let output = run(&dir, name);
    let said = said(&output);
    assert_eq!(code(&output), 0, "{said}");
    for part in told {
        assert!(said.contains(part), "no `{part}` in\n{said}");
    }
}

#[test]
fn a_line_of_300_megabytes_is_set_aside() {
    let write = |file: &mut std::fs::File| {
        file.write_all(b"{\"text\":\"before\"}\n{\"text\":\"").unwrap();
        let words = b"some words in it ".repeat(61_681);
        (0..300).for_each(|_| file.write_all(&words).unwrap());
        file.write_all(b"\"}\n{\"text\":\"behind\"}\n").unwrap();
    };
    check("long.jsonl", write, &["2 documents", "1 damaged records"]);
}

#[test]
fn claims_of_two_gigabytes_cost_nothing() {
    let write = |file: &mut std::fs::File| {
        for n in 0..200 {
            let record = String::from_utf8(warc_record(n, 300)).unwrap();
            let claims = record.replace("Content-Length: ", "Content-Length: 2147483648\r\nX-Was: ");
            file.write_all(&gzip(if n % 2 == 1 { claims.as_bytes() } else { record.as_bytes() })).unwrap();
        }
    };
    check("claims.warc.gz", write, &["100 documents", "100 damaged records"]);
}

#[test]
fn many_tiny_members_take_little() {
    let write = |file: &mut std::fs::File| {
        let members: Vec<u8> = (0..100).flat_map(|n| gzip(format!("{{\"text\":\"n {n}\"}}\n").as_bytes())).collect();
        (0..400).for_each(|_| file.write_all(&members).unwrap());
    };
    check("tiny.jsonl.gz", write, &["40,000 documents"]);
}

/// A table of texts without dictionary.
fn table(texts: impl Iterator<Item = String>) -> Vec<u8> {
    let texts: StringArray = texts.map(Some).collect();
    let batch = RecordBatch::try_from_iter([("text", Arc::new(texts) as _)]).unwrap();
    let settings = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_enabled(false)
        .set_write_batch_size(1)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(settings)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn a_few_long_rows_among_many_short_ones_do_not_come_at_once() {
    let text = |n: usize| if (30_000..30_300).contains(&n) { "long ".repeat(200_000) } else { format!("short {n}") };
    let bytes = table((0..40_000).map(text));
    check("skewed.parquet", |file| file.write_all(&bytes).unwrap(), &["40,000 documents"]);
}

#[test]
fn a_word_of_a_dictionary_is_not_copied_for_every_row() {
    let words: Vec<String> = (0..4).map(|n| format!("{n} ").repeat(200_000)).collect();
    let texts: StringArray = (0..900).map(|n| Some(words[n % 4].as_str())).collect();
    let batch = RecordBatch::try_from_iter([("text", Arc::new(texts) as _)]).unwrap();
    let settings = WriterProperties::builder().set_dictionary_page_size_limit(64 << 20).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(settings)).unwrap();
    writer.write(&batch).unwrap();
    let bytes = writer.into_inner().unwrap();
    assert!(bytes.len() < 4 << 20, "the words stand in a dictionary");
    check("words.parquet", |file| file.write_all(&bytes).unwrap(), &["900 documents"]);
}

#[test]
fn a_row_over_the_limit_is_set_aside() {
    let text = |n: usize| if n == 3 { "word ".repeat(5_000_000) } else { format!("short {n}") };
    let bytes = table((0..10).map(text));
    check("row.parquet", |file| file.write_all(&bytes).unwrap(), &["9 documents", "1 damaged records"]);
}
