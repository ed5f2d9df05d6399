//! All codes of findings about configs, with the long texts of `gristmill explain`.

/// A kind of finding.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// The stable code.
    pub code: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What it means, why it matters, what to do.
    pub text: &'static str,
}

/// The long text of a code; small letters will do. `None` if there is no such code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    CODES.iter().find(|known| known.code.eq_ignore_ascii_case(code)).map(|known| known.text)
}

const fn code(code: &'static str, title: &'static str, text: &'static str) -> Code {
    Code { code, title, text }
}

/// Every code, in order. C001 to C039 are errors, from C040 on warnings.
pub const CODES: &[Code] = &[
    code(
        "C001",
        "syntax",
        "The text is not TOML at this place. A common cause is a missing quote, bracket or comma a line \
        above. Text needs quotes: `name = \"web\"`. As long as the syntax is broken, only form is checked: mend it and \
        check again.",
    ),
    code(
        "C002",
        "unknown key",
        "This table has no key of this name. Unknown keys are errors because a misspelt key would \
        silently leave a default in force. `gristmill schema` prints every key; editors complete keys with it. The kind of \
        a step is the key itself: `filter = { … }`, not `type = \"filter\"`.",
    ),
    code(
        "C003",
        "wrong type",
        "The key takes another type of value. Text stands in quotes, numbers and `true` and `false` \
        stand without, lists in square brackets, tables in curly brackets on one line.",
    ),
    code(
        "C004",
        "unknown word",
        "The key takes one of a closed set of words, and this is none of them. The message lists \
        them all; `gristmill schema` says what each means.",
    ),
    code(
        "C005",
        "bad size",
        "A size is a number of bytes, or text made of a number and a unit: `\"64MiB\"`, `\"1.5 GiB\"`. \
        KiB, MiB, GiB and TiB are powers of 1024; KB, MB, GB and TB are powers of 1000.",
    ),
    code(
        "C006",
        "number out of range",
        "The number is outside the range that the key allows, or does not fit into 64 bits. \
        Ratios run from 0 to 1: write `0.05` for five in a hundred.",
    ),
    code(
        "C007",
        "missing key",
        "The table lacks a key that has no default. `version = 1` is required so that a later \
        program can tell which form a file has. `output.dir` may be given on the command line with `--out` instead.",
    ),
    code(
        "C008",
        "nothing chosen",
        "Exactly one of several keys must be given here, and none is. A step needs its kind \
        (`extract`, `language`, `url`, `robots`, `filter`, `classify`, `perplexity`, `decontaminate`, `dedup`, `pii`, `tokenize`), a filter its `name` or `path`, a test its \
        `text` or `html`.",
    ),
    code(
        "C009",
        "more than one chosen",
        "Exactly one of several keys may be given here. Two kinds in one step would leave \
        open which goes first: give each a `[[step]]` of its own.",
    ),
    code(
        "C010",
        "given twice",
        "Two keys of one table, two sources, two steps or two tests have the same name. Names tell \
        them apart in reports, in `--set step.NAME…` and in document ids. A step without a `name` is called after its kind \
        or filter, with `-2`, `-3` … after the first.",
    ),
    code(
        "C011",
        "bad name",
        "Names of runs, sources and steps appear in file names and in `--set` paths. They are made of 1 \
        to 64 small letters, digits, `-` and `_`.",
    ),
    code(
        "C012",
        "unknown filter",
        "No filter that comes with gristmill has this name, or several versions of it exist. \
        `gristmill filters list` shows all. A filter's full name is `recipe@implementation-version`, because \
        implementations of one recipe differ; the part before `@` will do when it is unique. A filter file of your own is \
        named by `filter = { path = \"my-filter.toml\" }`.",
    ),
    code(
        "C013",
        "unknown rule",
        "A key of `bounds`, a word of `off` or a test's `dropped-by` names a rule that the filter does \
        not have, or gives a number to a rule that takes none. `gristmill filters show NAME` lists the rules with their \
        metrics and bounds.",
    ),
    code(
        "C014",
        "missing file",
        "A file or folder that the config names does not exist or cannot be looked at. Paths are \
        relative to the folder of the config file, not to the working directory, so that a config means the same from \
        wherever it is run.",
    ),
    code(
        "C015",
        "nothing to read",
        "No file matches the pattern, or the folder is empty. A run without input would succeed \
        with nothing, so it is refused. `*` and `?` do not cross `/`; `**` does.",
    ),
    code(
        "C016",
        "bad pattern",
        "Patterns know `*` (any characters within a name), `?` (one character) and `**` (any \
        folders, alone between slashes). Nothing else is special, and `[`, `]`, `{`, `}` are refused in patterns because \
        other tools read them differently.",
    ),
    code(
        "C017",
        "wrong order",
        "Steps run in the order in which they stand. `extract` comes before whatever reads text, \
        `tokenize` comes last and at most once, dedup is shared by all sources, and `when.language` needs a language step \
        before it.",
    ),
    code(
        "C018",
        "contradiction",
        "Two settings cannot both hold: bounds that together let no document pass, a rule that has \
        a bound and is off, a comparison of a field that no source carries, a signature longer than any use of it.",
    ),
    code("C019", "bad checksum", "A SHA-256 is written as 64 hexadecimal digits, as `sha256sum` prints it."),
    code(
        "C020",
        "unknown version",
        "The config is of a form that this program does not know. This program knows version 1.",
    ),
    code("C021", "unknown metric", "No metric has this name. `gristmill filters list --metrics` shows all."),
    code(
        "C022",
        "unknown source",
        "`when.source`, or a table of `[output.mix]`, names a source that the config does not have.",
    ),
    code(
        "C023",
        "bad language code",
        "Language codes are two or three small letters, with script or region after `-` or \
        `_`: `en`, `nds`, `zh-hant`, `deu_Latn`. Which codes exist depends on the model.",
    ),
    code("C024", "test without sense", "A test must expect something, and not two things that exclude one another."),
    code(
        "C025",
        "bad override",
        "`--set` takes `PATH=VALUE`. The path is made of keys with dots between; members of lists go \
        by name: `--set limits.memory=8GiB`, `--set step.gopher-quality.filter.bounds.too-few-words=30`. The value is TOML; \
        text that is not TOML needs no quotes.",
    ),
    code(
        "C026",
        "mode does not fit",
        "`mode = \"tag\"` marks documents that a step would drop. Steps that change documents \
        rather than drop them can only be run or be `off`.",
    ),
    code(
        "C027",
        "bad filter file",
        "The filter file exists but cannot be used. `gristmill test FILE` reports every finding in \
        it with its place.",
    ),
    code(
        "C028",
        "empty value",
        "The text or list is empty, and an empty one means nothing here. Leave the key out to get its \
        default.",
    ),
    code("C029", "folder instead of file", "The path leads to a folder where a file is needed."),
    code(
        "C030",
        "unknown placeholder",
        "The text that replaces personal data may contain `{kind}`, which becomes `email`, `ip`, \
        `phone`, `card` or `iban`. No other text in curly brackets is known.",
    ),
    code(
        "C031",
        "missing list",
        "The filter has rules that look words or addresses up in a list which does not come with gristmill, and the config \
        names none. Give one, `filter = { name = \"…\", lists = { bad-words = { en = \"lists/en.txt\" } } }`, one path for each \
        language, or a path alone for all; or leave the rules out with `off`. Paths are relative to the config file; files may \
        be plain, gzip or zstd.",
    ),
    code(
        "C032",
        "bad form",
        "The text is not of the form that the key needs. HTTP statuses are written `200`, or `2xx` for a hundred of them; media \
        types `text/html`; agents of a `robots` step as product tokens: letters, `-` and `_`, without a version, since that is \
        all that a robots.txt is compared by.",
    ),
    code(
        "C040",
        "rule never fires",
        "The bound lies outside what the metric can be, so the rule drops nothing. Shares run \
        from 0 to 1: a bound of 30 on a share was perhaps meant as 0.30. To leave a rule out on purpose, name it in `off`.",
    ),
    code(
        "C041",
        "rule runs twice",
        "The same rule of the same filter runs twice on the same documents with different bounds. \
        The stricter one decides, wherever it stands. Steps with different `when` are not compared.",
    ),
    code(
        "C042",
        "format does not fit",
        "The `format` contradicts the endings of the files, or `fields` and `carry` are given \
        for a format without fields. With `format = \"auto\"` each file is looked at.",
    ),
    code(
        "C043",
        "no extraction",
        "The source holds HTML pages, and no step turns them into text. Documents without text fail \
        or pass every rule for the wrong reason.",
    ),
    code(
        "C044",
        "no effect",
        "The setting changes nothing, given the others. It is harmless, but likely not what was meant.",
    ),
    code(
        "C045",
        "filter runs twice",
        "The same filter runs twice on the same documents with the same bounds. The second run \
        cannot drop anything that the first kept, unless a step between them changes the text.",
    ),
    code(
        "C046",
        "condition never holds",
        "No document that comes this far meets the step's `when`, so the step never runs.",
    ),
    code(
        "C047",
        "rule drops all",
        "The bound lies below or above whatever the metric can be, so the rule drops every document \
        it measures.",
    ),
    code(
        "C048",
        "newer TOML",
        "Configs keep to TOML 1.0, so that every editor and Python's `tomllib` can read them. TOML 1.1 \
        also allows line breaks and a last comma inside `{ … }`; they are understood but better avoided.",
    ),
    code(
        "C049",
        "input named twice",
        "The same path stands twice in the config. Its documents are read twice; dedup may then \
        drop one of each pair, but the counts mislead.",
    ),
    code(
        "C050",
        "rule shadowed",
        "An earlier step drops, by the same metric measured in the same way, every document that this rule would drop. \
        The rule changes nothing but the time of the run. Steps with other conditions, and rules with bounds per \
        language, are not compared; a step that changes the text begins anew.",
    ),
    code(
        "C051",
        "splitter does not fit",
        "The filter splits words in a way that does not suit a language that can reach it: English tokenization on \
        Japanese, blanks on Chinese. Its counts and shares of words then mean something else than in the language the \
        bounds were made for. `gristmill filters list` shows each filter's splitter.",
    ),
    code(
        "C052",
        "odd filter file",
        "The filter file works, but something in it is likely not as meant. `gristmill check FILE` shows the place, and \
        `gristmill explain` with the code there says more.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(explain("c012").is_some_and(|text| text.contains("filters list")));
        assert!(explain("C999").is_none());
    }
}
