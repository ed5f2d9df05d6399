//! `gristmill filters new`: a filter file to begin with.

use super::super::terminal;
use super::args::New;
use super::load;
use crate::filters::starter;

/// Runs the verb.
pub fn run(args: &New) -> Result<u8, u8> {
    load::check_name(&args.name)?;
    let text = match &args.from {
        None => starter::template(&args.name),
        Some(from) => {
            let (loaded, _) = load::open(from)?;
            starter::copy(&args.name, &loaded.label, &loaded.text)
        }
    };
    let default = format!("{}.toml", args.name);
    let out = args.out.as_deref().unwrap_or(&default);
    if out == "-" {
        return Ok(terminal::data(&text));
    }
    load::write(Some(out), &text, &|path| format!("edit it, then `gristmill test {path}`"))
}
