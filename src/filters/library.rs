//! The filter files and word lists in the binary.

/// A table of files under `filters/`, by path without ending.
macro_rules! files {
    ($ending:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../filters/", $name, $ending)))),*]
    };
}

/// All filter files: path under `filters/` without `.toml`, content. A test compares it with the folder.
pub const LIBRARY: &[(&str, &str)] = files![".toml":
    "c4/badwords",
    "c4/c4",
    "c4/mc4-paragraphs",
    "cc_net/ccnet-2020",
    "curator/heuristic-english-1.3",
    "curator/heuristic-non-english-1.3",
    "data-juicer/redpajama-c4-heuristics-1.4",
    "data-juicer/redpajama-cc-2023-06-heuristics-1.4",
    "data-juicer/text-defaults-1.4",
    "datamap-rs/gopher-quality-2026-03",
    "datamap-rs/gopher-repetition-2026-03",
    "datamap-rs/newlines-2026-03",
    "datamap-rs/refinedweb-lines-2026-03",
    "datatrove/c4-badwords-0.10",
    "datatrove/c4-paragraph-0.10",
    "datatrove/c4-quality-0.10",
    "datatrove/c4-quality-fineweb-0.10",
    "datatrove/c4-quality-fineweb-0.2",
    "datatrove/fineweb-quality-0.10",
    "datatrove/fineweb-quality-0.2",
    "datatrove/gopher-quality-0.10",
    "datatrove/gopher-quality-0.2",
    "datatrove/gopher-repetition-0.10",
    "datatrove/gopher-repetition-0.2",
    "datatrove/url-0.10",
    "dclm/c4-2025-09",
    "dclm/clean-text-2025-09",
    "dclm/gopher-quality-2025-09",
    "dclm/gopher-repetition-2025-09",
    "dclm/refinedweb-lines-2025-09",
    "dclm/url-banlists-2025-09",
    "dolma/c4-v2-1.2.1",
    "dolma/gopher-v1.6",
    "dolma/gopher-v2-1.2.1",
    "fineweb-2/fineweb-2-2025-10",
    "gopher-paper/massive-text-2021",
    "gristmill/opt-outs@1",
    "gristmill/quality@1",
    "gristmill/toxicity",
    "gristmill/url-adult",
    "gristmill/url-lists",
    "gristmill/web-en",
    "gristmill/web-multilingual",
    "roots/roots-2023",
    "rpv2/gopher-example-2024-12",
    "rpv2/gopher-quality-2024-12",
    "rpv2/gopher-repetition-2024-12",
];

/// All word lists: path under `filters/` without `.txt`, content. A test compares it with the folder.
pub const LISTS: &[(&str, &str)] = files![".txt":
    "lists/top-level-domains",
    "lists/toxic-any",
    "lists/toxic-ar",
    "lists/toxic-de",
    "lists/toxic-en",
    "lists/toxic-es",
    "lists/toxic-fr",
    "lists/toxic-it",
    "lists/toxic-ja",
    "lists/toxic-ko",
    "lists/toxic-nl",
    "lists/toxic-pl",
    "lists/toxic-pt",
    "lists/toxic-ru",
    "lists/toxic-tr",
    "lists/toxic-zh",
    "lists/url-soft-words-adult",
    "lists/url-subwords-adult",
    "lists/url-words-adult",
];

/// The content of a word list, by its name without the folder.
#[must_use]
pub fn embedded_list(name: &str) -> Option<&'static str> {
    LISTS.iter().find(|(path, _)| path.strip_prefix("lists/") == Some(name)).map(|(_, text)| *text)
}

/// The content of the filter file that has that path (`datatrove/gopher-quality-0.10`) or holds that name
/// (`gopher-quality@datatrove-0.10`).
#[must_use]
pub fn find(name: &str) -> Option<&'static str> {
    let named = |text: &str| declared_name(text) == Some(name);
    LIBRARY.iter().find(|(path, text)| *path == name || named(text)).map(|(_, text)| *text)
}

/// The names of all filters in the binary.
pub fn names() -> impl Iterator<Item = &'static str> {
    LIBRARY.iter().map(|(path, text)| declared_name(text).unwrap_or(path))
}

/// The value of the line `name = "…"` before the first table. Library files have it on a line of its own (tested).
fn declared_name(text: &str) -> Option<&str> {
    let head = text.lines().take_while(|line| !line.starts_with('['));
    let value = head.filter_map(|line| line.strip_prefix("name")).find_map(|rest| rest.trim_start().strip_prefix('='));
    value.map(|value| value.trim().trim_matches('"'))
}
