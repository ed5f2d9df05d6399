//! In which scripts a text is written, and how much of it is program code.

use super::{MetricDef, Settings, Sink, Subject};
use crate::language::script::{self, Script};

/// Scripts with a metric of their own.
const SCRIPTS: [Script; 12] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Greek,
    Script::Arabic,
    Script::Hebrew,
    Script::Devanagari,
    Script::Bengali,
    Script::Thai,
    Script::Hangul,
    Script::Kana,
    Script::Han,
    Script::Georgian,
];

macro_rules! share {
    ($code:literal, $name:literal) => {
        MetricDef::share(
            concat!("script_share.", $code),
            "share of letters",
            concat!("letters in the ", $name, " script"),
        )
    };
}

/// This family's table; the first twelve in the order of [`SCRIPTS`].
pub(super) const METRICS: &[MetricDef] = &[
    share!("latin", "Latin"),
    share!("cyrillic", "Cyrillic"),
    share!("greek", "Greek"),
    share!("arabic", "Arabic"),
    share!("hebrew", "Hebrew"),
    share!("devanagari", "Devanagari"),
    share!("bengali", "Bengali"),
    share!("thai", "Thai"),
    share!("hangul", "Hangul"),
    share!("kana", "Hiragana or Katakana"),
    share!("han", "Han"),
    share!("georgian", "Georgian"),
    MetricDef::share(
        "script_first_share",
        "share of letters",
        "the script with the most letters, Han and kana together; not measurable without letters",
    ),
    MetricDef::count("scripts", "scripts", "scripts with a tenth of the letters or more, Han and kana together"),
    MetricDef::share(
        "code_ratio",
        "share of visible characters",
        "lines that look like program code: a fifth of their visible characters are signs of programming languages, or they \
         end with `{`, `}` or `;`",
    ),
];

/// Share of the letters from which a script counts as one of the text's.
const NOTABLE: f64 = 0.1;
/// Share of signs from which a line looks like code.
const SIGNS: usize = 5;

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, _: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    if sink.wants(0..14) {
        scripts(text, sink);
    }
    if sink.wants(14..15) {
        let (code, all) = code(text);
        sink.set_ratio(14, code, all);
    }
}

fn scripts(text: &str, sink: &mut Sink) {
    let counts = script::count(text);
    let number = |script: Script| counts[script as usize] as usize;
    let all: usize = script::ALL.iter().filter(|script| **script != Script::Other).map(|script| number(*script)).sum();
    for (place, script) in SCRIPTS.iter().enumerate() {
        sink.set_ratio(place, number(*script), all);
    }
    let joined = script::ALL
        .iter()
        .filter(|script| !matches!(script, Script::Other | Script::Kana))
        .map(|script| number(*script) + if *script == Script::Han { number(Script::Kana) } else { 0 });
    let joined: Vec<usize> = joined.collect();
    sink.set_ratio(12, joined.iter().copied().max().unwrap_or(0), all);
    sink.set_count(13, joined.iter().filter(|letters| super::ratio(**letters, all) >= NOTABLE).count());
}

/// Visible bytes on lines that look like code, and on all lines.
fn code(text: &str) -> (usize, usize) {
    let (mut code, mut all) = (0, 0);
    for line in text.lines() {
        let line = line.trim_ascii_end();
        let (mut visible, mut signs) = (0, 0);
        for byte in line.bytes() {
            visible += usize::from(byte > b' ');
            signs += usize::from(is_sign(byte));
        }
        all += visible;
        let ends = line.ends_with(['{', '}', ';']);
        if visible > 0 && (ends || (visible >= 4 && signs * SIGNS >= visible)) {
            code += visible;
        }
    }
    (code, all)
}

/// A sign that programming languages use far more than prose.
fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'{' | b'}'
            | b'['
            | b']'
            | b'('
            | b')'
            | b'<'
            | b'>'
            | b'='
            | b';'
            | b'_'
            | b'$'
            | b'#'
            | b'&'
            | b'|'
            | b'\\'
            | b'/'
            | b'*'
            | b'+'
            | b'~'
            | b'^'
            | b'`'
            | b'@'
            | b'%'
            | b'"'
    )
}

#[cfg(test)]
mod tests {
    use crate::metrics::{Settings, Subject, compute};
    use crate::text::TextView;

    fn value(name: &str, text: &str) -> f64 {
        let view = TextView::new(text);
        let id = crate::metrics::find(name).unwrap();
        compute(&[id], &Subject::of_text(&view), &Settings::default())[0]
    }

    #[test]
    fn scripts_are_shares_of_letters() {
        assert_eq!(value("script_share.cyrillic", "мир 12 ab"), 0.6);
        assert_eq!(value("script_share.latin", "мир 12 ab"), 0.4);
        assert_eq!(value("scripts", "мир 12 ab"), 2.0);
        assert_eq!(value("script_first_share", "漢字かな"), 1.0);
        assert_eq!(value("scripts", "漢字かな"), 1.0);
        assert!(value("script_first_share", "12").is_nan());
    }

    #[test]
    fn code_is_told_from_prose() {
        let code = "fn main() {\n    let x = vec![1, 2];\n    println!(\"{}\", x[0]);\n}\n";
        assert_eq!(value("code_ratio", code), 1.0);
        let prose =
            "The mill, built in 1840 (or so they say), stands by the river.\nIt was closed; nobody knows why.\n";
        assert_eq!(value("code_ratio", prose), 0.0);
        assert!(value("code_ratio", " \n").is_nan());
        let both = format!("{prose}{code}");
        assert!((0.3..0.6).contains(&value("code_ratio", &both)));
    }
}
