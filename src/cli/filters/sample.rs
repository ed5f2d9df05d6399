//! What `fit` and `diff` share: the documents.

use super::super::terminal;
use super::args::Sample;
use crate::assembly::{Place, SampleCounts, SampleError, SampleSpec, sample};
use crate::document::Document;

/// Reads the sample in batches; `each` ends the reading with `false`.
///
/// # Errors
/// The exit code, after everything was said. A sample without documents is one.
pub fn read(args: &Sample, each: &mut dyn FnMut(Vec<Document>) -> bool) -> Result<SampleCounts, u8> {
    let place = Place { files: crate::cli::session::files(), base: String::new() };
    let spec = SampleSpec { inputs: args.input.clone(), text_field: args.text_field.clone(), limit: args.limit };
    match sample(&place, &spec, each) {
        Ok(counts) if counts.documents == 0 => {
            let (files, damaged) = (counts.files, counts.damaged);
            Err(terminal::refused(
                &format!("no document in {files} files ({damaged} damaged records)"),
                "is the text in another field? name it with `--text-field NAME`",
            ))
        }
        Ok(counts) => Ok(counts),
        Err(error) => Err(said(&error)),
    }
}

/// Says why a sample cannot be read; the exit code.
pub fn said(error: &SampleError) -> u8 {
    match error {
        SampleError::Nothing(pattern) => terminal::refused(
            &format!("no file is behind `{}`", terminal::sane(pattern)),
            "paths are relative to the working directory; `*`, `?` and `**` are known",
        ),
        SampleError::Storage(error) => terminal::failed(error),
    }
}

/// What was read, in words.
pub fn counted(counts: &SampleCounts) -> String {
    let damaged =
        if counts.damaged == 0 { String::new() } else { format!(", {} damaged records passed over", counts.damaged) };
    format!("{} documents in {} files{damaged}", terminal::count(counts.documents), counts.files)
}
