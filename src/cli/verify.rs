//! `gristmill verify`.

use super::args::{Format, Verify};
use super::session::directory;
use super::terminal;
use crate::ledger::verify;

/// Runs the verb.
pub fn run(args: &Verify) -> u8 {
    let checked = match verify(&directory(&args.run)) {
        Ok(checked) => checked,
        Err(error) => {
            return terminal::failed(&error);
        }
    };
    if args.format == Format::Json {
        let problems: Vec<_> = checked
            .problems
            .iter()
            .map(|one| serde_json::json!({ "code": one.code, "file": one.file, "detail": one.detail }))
            .collect();
        let facts = serde_json::json!({
            "files": checked.files, "bytes": checked.bytes, "rows": checked.rows, "shards": checked.shards,
            "problems": problems,
        });
        terminal::data(&format!("{facts:#}\n"));
    } else {
        for one in &checked.problems {
            terminal::note(&format!(
                "error[{}]: `{}`: {}",
                one.code,
                terminal::sane(&one.file),
                terminal::sane(&one.detail)
            ));
        }
        terminal::note(&format!(
            "checked {} files ({}), {} ledger rows, {} shards: {}",
            terminal::count(checked.files),
            terminal::bytes(checked.bytes),
            terminal::count(checked.rows),
            terminal::count(checked.shards),
            if checked.problems.is_empty() {
                "all in order".to_owned()
            } else {
                format!("{} problems", checked.problems.len())
            }
        ));
    }
    u8::from(!checked.problems.is_empty())
}
