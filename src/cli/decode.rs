//! `gristmill decode`: the text of tokens of a shard.

use super::USAGE;
use super::args::Decode;
use super::shard::Finished;
use super::terminal::{self, failed};
use crate::tokenize::Beside;
use std::io::IsTerminal;

/// Runs the verb.
pub fn run(args: &Decode) -> u8 {
    attempt(args).unwrap_or_else(|code| code)
}

/// `FROM..TO`; either may be left out.
fn range(text: &str, tokens: u64) -> Option<(u64, u64)> {
    let (from, to) = text.split_once("..")?;
    let number = |text: &str, default| if text.is_empty() { Some(default) } else { text.parse().ok() };
    let (from, to) = (number(from, 0)?, number(to, tokens)?);
    (from <= to).then_some((from.min(tokens), to.min(tokens)))
}

fn attempt(args: &Decode) -> Result<u8, u8> {
    let (run, shard) = Finished::of_shard(&args.shard)?;
    let Some((from, to)) = range(&args.range, shard.places()) else {
        return Err(terminal::refused(
            &format!("`{}` is no range of tokens", args.range),
            "write FROM..TO, such as 0..512",
        ));
    };
    let ids = run.ids(&shard.name, from, to).map_err(|error| failed(&error))?;
    if args.ids {
        let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
        return Ok(terminal::data(&format!("{}\n", ids.join(" "))));
    }
    let file = run.tokenizer(args.tokenizer.as_deref())?;
    let merges = args.merges.as_ref().map(|path| run.tokenizer(Some(path))).transpose()?;
    let beside = Beside { merges: merges.as_deref(), pattern: run.rank_pattern() };
    let tokenizer = crate::tokenize::load_beside(&file, beside);
    let text = tokenizer
        .map_err(|error| error.to_string())
        .and_then(|tokenizer| tokenizer.decode(&ids).map_err(|error| error.to_string()));
    match text {
        // Crawl text must not steer a terminal; a file or a pipe gets it as it is.
        Ok(text) if std::io::stdout().is_terminal() => {
            let lines: Vec<String> = text.split('\n').map(terminal::sane).collect();
            Ok(terminal::data(&format!("{}\n", lines.join("\n"))))
        }
        Ok(text) => Ok(terminal::data(&text)),
        Err(error) => {
            terminal::message("error", &error);
            Err(USAGE)
        }
    }
}
