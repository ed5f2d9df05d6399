//! What `fit` and `diff` share: the documents.

use super::super::{ENVIRONMENT, USAGE, terminal};
use super::args::Sample;
use crate::assembly::{Place, SampleCounts, SampleError, SampleSpec, sample};
use crate::document::Document;

/// Reads the sample in batches.
///
/// # Errors
/// The exit code, after everything was said. A sample without documents is one.
pub fn read(args: &Sample, each: &mut dyn FnMut(Vec<Document>)) -> Result<SampleCounts, u8> {
    let place = Place { files: crate::cli::session::files(), base: String::new() };
    let spec = SampleSpec { inputs: args.input.clone(), text_field: args.text_field.clone(), limit: args.limit };
    match sample(&place, &spec, each) {
        Ok(counts) if counts.documents == 0 => {
            let (files, damaged) = (counts.files, counts.damaged);
            terminal::message("error", &format!("no document in {files} files ({damaged} damaged records)"));
            terminal::message("hint", "is the text in another field? name it with `--text-field NAME`");
            Err(USAGE)
        }
        Ok(counts) => Ok(counts),
        Err(SampleError::Nothing(pattern)) => {
            terminal::message("error", &format!("no file is behind `{}`", terminal::sane(&pattern)));
            terminal::message("hint", "paths are relative to the working directory; `*`, `?` and `**` are known");
            Err(USAGE)
        }
        Err(SampleError::Storage(error)) => {
            terminal::message("error", &error.to_string());
            Err(ENVIRONMENT)
        }
    }
}

/// What was read, in words.
pub fn counted(counts: &SampleCounts) -> String {
    let damaged =
        if counts.damaged == 0 { String::new() } else { format!(", {} damaged records passed over", counts.damaged) };
    format!("{} documents in {} files{damaged}", terminal::count(counts.documents), counts.files)
}
