//! Runs of line feeds cut down, as DCLM and datamap-rs do before all rules (`newline_removal_modifier`).

/// The text with every run of more than `max` line feeds cut down to `max`; `None` when there is none.
pub fn cut_runs(text: &str, max: usize) -> Option<String> {
    let mut out = String::new();
    let (mut copied, mut run) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        run = if byte == b'\n' { run + 1 } else { 0 };
        if run > max {
            out.push_str(&text[copied..at]);
            copied = at + 1;
        }
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::cut_runs;

    #[test]
    fn only_longer_runs_are_cut() {
        assert_eq!(cut_runs("a\n\nb\r\n\r\n\r\nc\n", 2), None);
        assert_eq!(cut_runs("\n\n\n\na\n\n\nb\n\n", 2).as_deref(), Some("\n\na\n\nb\n\n"));
        assert_eq!(cut_runs("a\nb", 0).as_deref(), Some("ab"));
    }
}
