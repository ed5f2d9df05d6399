//! Filter files to begin with.

use super::import::quote;

/// A small filter with comments on every key that one needs first. Its examples pass.
#[must_use]
pub fn template(name: &str) -> String {
    TEMPLATE.replace("\"NAME\"", &quote(name))
}

/// A filter under another name, with a line that says where it comes from.
#[must_use]
pub fn copy(name: &str, from: &str, text: &str) -> String {
    let from: String = from.chars().filter(|c| !c.is_control()).collect();
    format!(
        "# Begun from `{from}`. Change bounds, rules and examples; `gristmill test FILE` runs the examples.\n{}",
        set(text, "name", name)
    )
}

/// The same filter measured with another word splitter.
#[must_use]
pub fn with_splitter(text: &str, splitter: &str) -> String {
    set(text, "splitter", splitter)
}

/// Sets a key of the whole file, which stands on a line of its own before the first table, or is put in front.
fn set(text: &str, key: &str, value: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let (mut found, mut in_head, mut in_string) = (false, true, false);
    for line in text.split_inclusive('\n') {
        let is_key = line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        if in_head && !in_string && is_key && !found {
            out.push_str(&format!("{key} = {}\n", quote(value)));
            found = true;
            continue;
        }
        // A multi-line text may hold anything, such as a line that looks like a key.
        if line.matches("\"\"\"").count() % 2 == 1 || line.matches("'''").count() % 2 == 1 {
            in_string = !in_string;
        }
        in_head &= in_string || !line.trim_start().starts_with('[');
        out.push_str(line);
    }
    if found { out } else { format!("{key} = {}\n{out}", quote(value)) }
}

/// What [`template`] fills in.
const TEMPLATE: &str = r##"# A filter: rules in order. A document is dropped by the first rule whose metric lies beyond the bound.
# Try it:  gristmill test FILE            compare it:  gristmill filters diff FILE OTHER --input DOCUMENTS
# Use it:  [[step]]
#          filter = { path = "FILE" }
name = "NAME"
title = "One line for lists: what this filter is for"
about = """
A few sentences: what it keeps out and why, what is peculiar.
"""

# How words are split: "uax29" for any language written with blanks, "spacy-en" for English as spaCy does it,
# "whitespace" for Python's split().
splitter = "uax29"

# Where the bounds come from. Delete it if they are your own.
[[reference]]
text = "Author, year, title, page"

# Words that metrics ask for, by language; "any" serves the others.
[lists.stop-words]
en = ["the", "be", "to", "of", "and", "that", "have", "with"]
de = ["der", "die", "das", "und", "in", "zu", "den", "mit"]

[[rule]]
name = "too-few-words"
metric = "content_words@datatrove"      # gristmill filters list --metrics words
below = 20                              # drops below 20; also: above, at-least, at-most
languages = { de = { below = 15 } }     # another bound in one language; xx = "off" leaves the rule out there
why = "Captions, stubs and error pages carry little to learn from."

[[rule]]
name = "too-few-stop-words"
metric = "distinct_stop_words@datatrove"
below = 2
when = { language = ["en", "de"] }      # only these; except-language = […]: all others
why = "Running text has function words; lists and tables do not."

# Examples are tests. Write at least one that stays, and one for each rule that it drops.
[[example]]
name = "prose stays"
language = "en"
text = "The mill stands by the river, and the miller has lived with his family in the house behind it for thirty years."
expect = { kept = true }

[[example]]
name = "a short German sentence is long enough"
language = "de"
text = "Die Mühle steht am Fluss, und der Müller wohnt mit seiner Familie im Haus hinter dem Wehr."
expect = { kept = true }

[[example]]
name = "a caption"
language = "en"
text = "The old mill, seen from the bridge."
expect = { dropped-by = "too-few-words" }

[[example]]
name = "a list of names"
language = "en"
text = "Anna Berta Clara Dora Emma Frida Gerda Hanna Ida Johanna Klara Lena Marta Nora Olga Paula Rosa Sara Tilda Ursula"
expect = { dropped-by = "too-few-stop-words" }
"##;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::{ExampleResult, Filter, LIBRARY, run_examples};

    #[test]
    fn the_template_passes_its_own_examples_and_trips_every_rule() {
        let filter = Filter::parse("", &template("mine@1")).unwrap();
        assert_eq!((&*filter.name, filter.warnings.len()), ("mine@1", 0));
        let results = run_examples(&filter);
        assert!(results.iter().all(ExampleResult::passed), "{results:#?}");
        for place in 0..2 {
            assert!(results.iter().any(|result| result.tripped.first() == Some(&place)));
        }
    }

    #[test]
    fn every_filter_of_the_library_can_be_begun_from() {
        for (path, text) in LIBRARY {
            let copied = Filter::parse("", &copy("mine", path, text)).unwrap();
            let first = Filter::parse("", text).unwrap();
            assert_eq!((&*copied.name, copied.rules.len()), ("mine", first.rules.len()), "{path}");
        }
    }

    #[test]
    fn keys_are_set_in_the_head_alone() {
        let text = "about = \"\"\"\nsplitter = \"x\"\n\"\"\"\n[[rule]]\nname = \"a\"\n";
        let set = with_splitter(text, "uax29");
        assert_eq!(set, format!("splitter = \"uax29\"\n{text}"));
        assert_eq!(with_splitter(&set, "whitespace"), format!("splitter = \"whitespace\"\n{text}"));
    }
}
