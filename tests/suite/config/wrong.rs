//! Wrong configs: what is said of them, and where. `‸` in a text marks the places that the findings must name, in
//! order; it is not part of the config.

use gristmill::config::Severity;

use super::*;

/// Removes the marks and counts their lines and columns, apart from the code under test.
fn unmark(marked: &str) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut places) = (String::new(), Vec::new());
    for character in marked.chars() {
        if character == '‸' {
            let line_start = text.rfind('\n').map_or(0, |newline| newline + 1);
            places.push((text.matches('\n').count() + 1, text[line_start..].chars().count() + 1));
        } else {
            text.push(character);
        }
    }
    (text, places)
}

fn expect(codes: &str, marked: &str, rendering: &str) {
    let (text, places) = unmark(marked);
    let (config, found) = check(&text);
    assert_eq!(shown(&text), rendering.trim_matches('\n'));
    assert_eq!(found.iter().map(|d| (d.line, d.column)).collect::<Vec<_>>(), places);
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>().join(" "), codes);
    assert_eq!(config.is_some(), found.iter().all(|d| d.severity == Severity::Warning));
    for finding in &found {
        assert!(gristmill::config::explain(finding.code).is_some(), "{}", finding.code);
        assert!(finding.message.starts_with(|c: char| !c.is_uppercase()) && !finding.message.ends_with('.'));
    }
}

#[test]
fn syntax_errors_are_all_reported() {
    let text = r#"version = 1
name = "a‸
foo ‸bar
[[step]‸
"#;
    let rendering = r#"
error[C001]: invalid basic string, expected `"`
 --> c.toml:2:10
  |
2 | name = "a
  |          ^

error[C001]: key with no value, expected `=`
 --> c.toml:3:5
  |
3 | foo bar
  |     ^

error[C001]: unclosed array table, expected `]`
 --> c.toml:4:8
  |
4 | [[step]
  |        ^
"#;
    expect("C001 C001 C001", text, rendering);
}

#[test]
fn an_empty_file() {
    let text = r#"‸‸‸"#;
    let rendering = r#"
error[C007]: `[[source]]` is missing
 --> c.toml:1:1
  |
1 |
  | ^
  |
  = hint: add a table `[[source]]` with `name` and `paths`
  = help: what is read; one table per source

error[C007]: `dir` is missing in `[output]`
 --> c.toml:1:1
  |
1 |
  | ^
  |
  = hint: add `dir = "../out/reference"`
  = help: the run directory, a path or an address (`s3://bucket/run`); `--out` goes before it

error[C007]: `version` is missing
 --> c.toml:1:1
  |
1 |
  | ^
  |
  = hint: add `version = 1`
  = help: the form of this file; always 1
"#;
    expect("C007 C007 C007", text, rendering);
}

#[test]
fn unknown_keys() {
    let text = r#"version = 1
‸threads = 4
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
‸dirr = "x"
dir = "out"
‸seed = 4
[limits]
‸max_fault_ratio = 0.5
[[step]]
‸type = "filter"
"#;
    let rendering = r#"
error[C002]: unknown key `threads`
 --> c.toml:2:1
  |
2 | threads = 4
  | ^^^^^^^
  |
  = hint: `threads` belongs in `[limits]`
  = help: the keys here are `version`, `name`, `seed`, `source`, `step`, `output`, `limits`, `report`, `test`

error[C002]: unknown key `dirr` in `[output]`
 --> c.toml:7:1
  |
7 | dirr = "x"
  | ^^^^
  |
  = hint: did you mean `dir`?
  = help: the keys here are `dir`, `tokens`, `shard-tokens`, `order`, `validation`, `documents`, `mix`, `curriculum`, `packing`

error[C002]: unknown key `seed` in `[output]`
 --> c.toml:9:1
  |
9 | seed = 4
  | ^^^^
  |
  = hint: `seed` belongs at the top of the file, before the first `[table]`
  = help: the keys here are `dir`, `tokens`, `shard-tokens`, `order`, `validation`, `documents`, `mix`, `curriculum`, `packing`

error[C002]: unknown key `max_fault_ratio` in `[limits]`
  --> c.toml:11:1
   |
11 | max_fault_ratio = 0.5
   | ^^^^^^^^^^^^^^^
   |
   = hint: did you mean `max-fault-ratio`?
   = help: the keys here are `memory`, `threads`, `unit-bytes`, `partitions`, `max-fault-ratio`, `record`

error[C002]: unknown key `type` in `[[step]]`
  --> c.toml:13:1
   |
13 | type = "filter"
   | ^^^^
   |
   = hint: the kind is the key: write `filter = { … }`
   = help: the keys here are `name`, `mode`, `when`, `extract`, `language`, `url`, `robots`, `filter`, `classify`, `perplexity`, `decontaminate`, `dedup`, `pii`, `tokenize`
"#;
    expect("C002 C002 C002 C002 C002", text, rendering);
}

#[test]
fn wrong_types() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
documents = ‸"true"
[limits]
threads = ‸"4"
partitions = ‸16.0
[[step]]
language = { keep = ‸"en" }
[[step]]
pii = ‸true
"#;
    let rendering = r#"
error[C003]: `documents` must be true or false, not text
 --> c.toml:7:13
  |
7 | documents = "true"
  |             ^^^^^^
  |
  = hint: write `true` without quotes

error[C003]: `threads` must be a whole number, not text
 --> c.toml:9:11
  |
9 | threads = "4"
  |           ^^^
  |
  = hint: write `4` without quotes

error[C003]: `partitions` must be a whole number, not a number with a point
  --> c.toml:10:14
   |
10 | partitions = 16.0
   |              ^^^^
   |
   = hint: write `16`

error[C003]: `keep` must be a list of texts, not text
  --> c.toml:12:21
   |
12 | language = { keep = "en" }
   |                     ^^^^
   |
   = hint: write `["en"]`

error[C003]: `pii` must be a table, not true or false
  --> c.toml:14:7
   |
14 | pii = true
   |       ^^^^
   |
   = hint: write `pii = {}`
"#;
    expect("C003 C003 C003 C003 C003", text, rendering);
}

#[test]
fn wrong_words() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
tokens = ‸"npy"
[[step]]
mode = ‸"dropp"
extract = { favor = ‸"presicion" }
[[step]]
dedup = { method = "minhash", keep = ‸"latest" }
[[step]]
pii = { kinds = ["email", ‸"fone"] }
"#;
    let rendering = r#"
error[C004]: `tokens` cannot be `npy`
 --> c.toml:7:10
  |
7 | tokens = "npy"
  |          ^^^^^
  |
  = help: one of `megatron`, `nanotron`, `olmo`, `flat`, `parquet`, `mds`, `litdata`, `none`

error[C004]: `mode` cannot be `dropp`
 --> c.toml:9:8
  |
9 | mode = "dropp"
  |        ^^^^^^^
  |
  = hint: did you mean `drop`?
  = help: one of `drop`, `tag`, `off`

error[C004]: `favor` cannot be `presicion`
  --> c.toml:10:21
   |
10 | extract = { favor = "presicion" }
   |                     ^^^^^^^^^^^
   |
   = hint: did you mean `precision`?
   = help: one of `balanced`, `precision`, `recall`

error[C004]: `keep` cannot be `latest`
  --> c.toml:12:38
   |
12 | dedup = { method = "minhash", keep = "latest" }
   |                                      ^^^^^^^^
   |
   = help: one of `first`, `longest`, `newest`, `source-priority`

error[C004]: `kinds` cannot be `fone`
  --> c.toml:14:27
   |
14 | pii = { kinds = ["email", "fone"] }
   |                           ^^^^^^
   |
   = help: one of `email`, `ip`, `phone`, `card`, `iban`, `ssn`, `national-id`, `crypto`, `mac`, `coordinates`, `secret`, `credentials`, `street`, `person`
"#;
    expect("C004 C004 C004 C004 C004", text, rendering);
}

#[test]
fn bad_sizes() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[limits]
memory = ‸"4GiBB"
unit-bytes = ‸"lots"
[limits.record]
bytes = ‸"64GiB"
"#;
    let rendering = r#"
error[C005]: `memory` is not a size
 --> c.toml:8:10
  |
8 | memory = "4GiBB"
  |          ^^^^^^^ `GiBB` is no unit
  |
  = hint: did you mean `"4GiB"`?
  = help: the units are B, KiB, MiB, GiB, TiB, KB, MB, GB, TB

error[C005]: `unit-bytes` is not a size
 --> c.toml:9:14
  |
9 | unit-bytes = "lots"
  |              ^^^^^^ expected a number and a unit
  |
  = help: the units are B, KiB, MiB, GiB, TiB, KB, MB, GB, TB

error[C006]: `bytes` is 64GiB, out of range
  --> c.toml:11:9
   |
11 | bytes = "64GiB"
   |         ^^^^^^^ from 1KiB to 4GiB
"#;
    expect("C005 C005 C006", text, rendering);
}

#[test]
fn numbers_out_of_range() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[limits]
max-fault-ratio = ‸5
[[step]]
language = { min-score = ‸-0.5 }
[[step]]
dedup = { method = "minhash", bands = ‸99999999999999999999 }
"#;
    let rendering = r#"
error[C006]: `max-fault-ratio` is 5, out of range
 --> c.toml:8:19
  |
8 | max-fault-ratio = 5
  |                   ^ from 0.0 to 1.0

error[C006]: `min-score` is -0.5, out of range
  --> c.toml:10:26
   |
10 | language = { min-score = -0.5 }
   |                          ^^^^ from 0.0 to 1.0

error[C006]: `99999999999999999999` does not fit into 64 bits
  --> c.toml:12:39
   |
12 | dedup = { method = "minhash", bands = 99999999999999999999 }
   |                                       ^^^^^^^^^^^^^^^^^^^^
"#;
    expect("C006 C006 C006", text, rendering);
}

#[test]
fn missing_keys() {
    let text = r#"version = 1
‸[[source]]
name = "web"
[[step]]
tokenize = ‸{}
‸[output]
"#;
    let rendering = r#"
error[C007]: `paths` is missing in `[[source]]`
 --> c.toml:2:1
  |
2 | [[source]]
  | ^^^^^^^^^^
  |
  = hint: add `paths = ["../sample-data/web.warc.gz"]`
  = help: files, folders and patterns (`*` and `?` within a name, `**` for any folders), relative to this file; or addresses (`s3://bucket/crawl/*.warc.gz`)

error[C007]: `tokenizer` is missing in `tokenize`
 --> c.toml:5:12
  |
5 | tokenize = {}
  |            ^^
  |
  = hint: add `tokenizer = "../sample-data/tokenizer.json"`
  = help: a `tokenizer.json`, a `.tiktoken` rank file, or GPT-2's `encoder.json` (`vocab.json`)

error[C007]: `dir` is missing in `[output]`
 --> c.toml:6:1
  |
6 | [output]
  | ^^^^^^^^
  |
  = hint: add `dir = "../out/reference"`
  = help: the run directory, a path or an address (`s3://bucket/run`); `--out` goes before it
"#;
    expect("C007 C007 C007", text, rendering);
}

#[test]
fn kinds_of_a_step() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
‸[[step]]
name = "nothing"
[[step]]
extract = {}
‸language = {}
[[step]]
filter = ‸{ off = ["a"] }
"#;
    let rendering = r#"
error[C008]: `[[step]]` says nothing of what it is
 --> c.toml:7:1
  |
7 | [[step]]
  | ^^^^^^^^
  |
  = hint: add one of `extract`, `language`, `url`, `robots`, `filter`, `classify`, `perplexity`, `decontaminate`, `dedup`, `pii`, `tokenize`

error[C009]: `[[step]]` has both `extract` and `language`
  --> c.toml:11:1
   |
11 | language = {}
   | ^^^^^^^^ the second
   |
   = hint: put `language` into a `[[step]]` of its own

error[C008]: `filter` says nothing of what it is
  --> c.toml:13:10
   |
13 | filter = { off = ["a"] }
   |          ^^^^^^^^^^^^^^^
   |
   = hint: add one of `name`, `path`
"#;
    expect("C008 C009 C008", text, rendering);
}

#[test]
fn names() {
    let text = r#"version = 1
name = ‸"My Run"
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[[source]]
name = ‸"web"
paths = ["books/"]
[[step]]
name = "a"
extract = {}
[[step]]
name = ‸"a"
language = {}
[output]
dir = "out"
‸dir = "out2"
"#;
    let rendering = r#"
error[C011]: `My Run` cannot be a name
 --> c.toml:2:8
  |
2 | name = "My Run"
  |        ^^^^^^^^
  |
  = hint: write `"my-run"`
  = help: names are 1 to 64 small letters, digits, `-` and `_`

error[C010]: two sources are called `web`
 --> c.toml:7:8
  |
7 | name = "web"
  |        ^^^^^ the second
  |
  = hint: give it another name

error[C010]: two steps are called `a`
  --> c.toml:13:8
   |
13 | name = "a"
   |        ^^^ the second
   |
   = hint: give it another name

error[C010]: `dir` is given twice
  --> c.toml:17:1
   |
17 | dir = "out2"
   | ^^^
   |
   = hint: delete one of the two
"#;
    expect("C011 C010 C010 C010", text, rendering);
}

#[test]
fn unknown_filters() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
filter = ‸"gopher-qualty"
[[step]]
filter = { name = ‸"c4" }
[[step]]
filter = ‸"mine.toml"
[[step]]
filter = { path = ‸"no.toml" }
[[step]]
filter = { path = ‸"broken.toml" }
"#;
    let rendering = r#"
error[C012]: unknown filter `gopher-qualty`
 --> c.toml:8:10
  |
8 | filter = "gopher-qualty"
  |          ^^^^^^^^^^^^^^^ no filter of this name
  |
  = hint: did you mean `gopher-quality`?
  = help: `gristmill filters list` shows all 5; `gristmill explain C012` says more

error[C012]: `c4` may be any of `c4@a-1`, `c4@b-2`
  --> c.toml:10:19
   |
10 | filter = { name = "c4" }
   |                   ^^^^
   |
   = hint: each reproduces another program; write the whole name of the one you mean

error[C012]: unknown filter `mine.toml`
  --> c.toml:12:10
   |
12 | filter = "mine.toml"
   |          ^^^^^^^^^^^ no filter of this name
   |
   = hint: for a file of your own write `filter = { path = "mine.toml" }`
   = help: `gristmill filters list` shows all 5; `gristmill explain C012` says more

error[C014]: filter `no.toml` does not exist
  --> c.toml:14:19
   |
14 | filter = { path = "no.toml" }
   |                   ^^^^^^^^^ no such file
   |
   = hint: paths are relative to the folder of the config file

error[C027]: filter file `broken.toml` cannot be used: line 3: expected `=`
  --> c.toml:16:19
   |
16 | filter = { path = "broken.toml" }
   |                   ^^^^^^^^^^^^^
   |
   = help: `gristmill test broken.toml` says more
"#;
    expect("C012 C012 C012 C014 C027", text, rendering);
}

#[test]
fn bounds() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
filter = { name = "gopher-quality", bounds = { ‸symbol-heavy = 30, ‸too-few-word = 2 } }
[[step]]
filter = { path = ‸"mine.toml" }
"#;
    let rendering = r#"
warning[C040]: rule `symbol-heavy` can never fire: `symbol_word_ratio` runs from 0 to 1, never > 30
 --> c.toml:8:48
  |
8 | filter = { name = "gopher-quality", bounds = { symbol-heavy = 30, too-few-word = 2 } }
  |                                                ^^^^^^^^^^^^^^^^^
  |
  = hint: write it into `off` to leave the rule out

error[C013]: filter `gopher-quality@datatrove-0.10` has no rule `too-few-word`
 --> c.toml:8:67
  |
8 | filter = { name = "gopher-quality", bounds = { symbol-heavy = 30, too-few-word = 2 } }
  |                                                                   ^^^^^^^^^^^^^^^^
  |
  = hint: did you mean `too-few-words`?
  = help: `gristmill filters show gopher-quality@datatrove-0.10` lists its rules

error[C018]: no document can pass: `mine/long` drops `words` > 40, and `gopher-quality@datatrove-0.10/too-few-words` leaves only from 50
  --> c.toml:10:19
   |
10 | filter = { path = "mine.toml" }
   |                   ^^^^^^^^^^^
   |
   = hint: change one of the two bounds
"#;
    expect("C040 C013 C018", text, rendering);
}

#[test]
fn repeated_rules() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
filter = "gopher-repetition"
[[step]]
filter = { name = "gopher-repetition", bounds = { ‸duplicate-lines = 0.25 } }
[[step]]
when = { source = ["web"] }
filter = "gopher-repetition"
[[step]]
when = { source = ["web"] }
filter = ‸"gopher-repetition"
"#;
    let rendering = r#"
warning[C041]: `gopher-repetition@datatrove-0.10/duplicate-lines` runs twice with different bounds (0.3 in step `gopher-repetition`, 0.25 here)
  --> c.toml:10:51
   |
10 | filter = { name = "gopher-repetition", bounds = { duplicate-lines = 0.25 } }
   |                                                   ^^^^^^^^^^^^^^^^^^^^^^
   |
   = hint: delete one of the two, or change the bound in step `gopher-repetition`

warning[C045]: filter `gopher-repetition@datatrove-0.10` runs twice with the same bounds
  --> c.toml:16:10
   |
16 | filter = "gopher-repetition"
   |          ^^^^^^^^^^^^^^^^^^^
   |
   = hint: delete one of the two steps
"#;
    expect("C041 C045", text, rendering);
}

#[test]
fn inputs() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = [‸"data/**.gz", ‸"nope/*.gz", ‸"nope", ‸"secret/", ‸"a/{b,c}*", "books/", ‸"books/"]
[output]
dir = "out"
"#;
    let rendering = r#"
error[C016]: `data/**.gz` is not a pattern: `**` must stand alone between slashes
 --> c.toml:4:10
  |
4 | paths = ["data/**.gz", "nope/*.gz", "nope", "secret/", "a/{b,c}*", "books/", "books/"]
  |          ^^^^^^^^^^^^
  |
  = hint: write `**/*.gz` for any folder below

error[C015]: no file matches `nope/*.gz`
 --> c.toml:4:24
  |
4 | paths = ["data/**.gz", "nope/*.gz", "nope", "secret/", "a/{b,c}*", "books/", "books/"]
  |                        ^^^^^^^^^^^
  |
  = hint: paths are relative to the folder of the config file

error[C014]: there is no `nope`
 --> c.toml:4:37
  |
4 | paths = ["data/**.gz", "nope/*.gz", "nope", "secret/", "a/{b,c}*", "books/", "books/"]
  |                                     ^^^^^^ no such file or folder
  |
  = hint: paths are relative to the folder of the config file

error[C014]: cannot look at `secret/`: permission denied
 --> c.toml:4:45
  |
4 | paths = ["data/**.gz", "nope/*.gz", "nope", "secret/", "a/{b,c}*", "books/", "books/"]
  |                                             ^^^^^^^^^

error[C016]: `a/{b,c}*` is not a pattern: `[…]` and `{…}` mean nothing in a pattern
 --> c.toml:4:56
  |
4 | paths = ["data/**.gz", "nope/*.gz", "nope", "secret/", "a/{b,c}*", "books/", "books/"]
  |                                                        ^^^^^^^^^^
  |
  = hint: use `?` or `*`, or list the paths one by one

warning[C049]: `books/` is read twice
 --> c.toml:4:78
  |
4 | paths = ["data/**.gz", "nope/*.gz", "nope", "secret/", "a/{b,c}*", "books/", "books/"]
  |                                                                              ^^^^^^^^ the second time
"#;
    expect("C016 C015 C014 C014 C016 C049", text, rendering);
}

#[test]
fn files_of_steps() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
language = { model = ‸"lid.176.bin" }
[[step]]
url = { block-domains = ‸"lists", block-words = ‸"w.txt" }
[[step]]
tokenize = { tokenizer = "tok.json", sha256 = ‸"12ab" }
"#;
    let rendering = r#"
error[C014]: model `lid.176.bin` does not exist
 --> c.toml:8:22
  |
8 | language = { model = "lid.176.bin" }
  |                      ^^^^^^^^^^^^^ no such file
  |
  = hint: paths are relative to the folder of the config file

error[C029]: list `lists` is a folder, not a file
  --> c.toml:10:25
   |
10 | url = { block-domains = "lists", block-words = "w.txt" }
   |                         ^^^^^^^

error[C014]: list `w.txt` does not exist
  --> c.toml:10:48
   |
10 | url = { block-domains = "lists", block-words = "w.txt" }
   |                                                ^^^^^^^ no such file
   |
   = hint: paths are relative to the folder of the config file

error[C019]: `sha256` must be 64 hexadecimal digits, not 4 characters
  --> c.toml:12:47
   |
12 | tokenize = { tokenizer = "tok.json", sha256 = "12ab" }
   |                                               ^^^^^^
   |
   = hint: `sha256sum FILE` prints it
"#;
    expect("C014 C029 C014 C019", text, rendering);
}

#[test]
fn lists_of_filters() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
extract = {}
[[step]]
filter = ‸"c4@a-1"
[[step]]
filter = { name = "c4@b-2", lists = { ‸bad-wrods = "x.txt", bad-words = { en = ‸"w.txt", de = ‸5, fr = [‸""] } } }
[[step]]
name = "no-use"
filter = { name = "gopher-repetition", lists = { url-urls = ‸"lists/domains.txt" } }
[[step]]
url = { block-categories = { folder = "ut1", categories = ["adult", ‸"games"] }, block-hosts = [‸"lists"] }
[[step]]
name = "elsewhere"
url = { block-categories = { folder = ‸"ut2", categories = ["adult"] }, block-urls = ‸{} }
"#;
    let rendering = r#"
error[C031]: filter `c4@a-1` needs a list `bad-words`
  --> c.toml:10:10
   |
10 | filter = "c4@a-1"
   |          ^^^^^^^^
   |
   = hint: give one with `lists = { bad-words = { en = "list.txt" } }`, or leave its rules out with `off = ["bad-word"]`

error[C002]: unknown key `bad-wrods` in `lists`
  --> c.toml:12:39
   |
12 | filter = { name = "c4@b-2", lists = { bad-wrods = "x.txt", bad-words = { en = "w.txt", de = 5, fr = [""] } } }
   |                                       ^^^^^^^^^
   |
   = hint: did you mean `bad-words`?
   = help: the roles of lists are `stop-words`, `toxic`, `bad-words`, `bad-words-allowed`, `url-domains`, `url-hosts`, `url-urls`, `url-words`, `url-soft-words`, `url-subwords`

error[C014]: list `w.txt` does not exist
  --> c.toml:12:79
   |
12 | filter = { name = "c4@b-2", lists = { bad-wrods = "x.txt", bad-words = { en = "w.txt", de = 5, fr = [""] } } }
   |                                                                               ^^^^^^^ no such file
   |
   = hint: paths are relative to the folder of the config file

error[C003]: `de` must be a path or a list of paths, not a whole number
  --> c.toml:12:93
   |
12 | filter = { name = "c4@b-2", lists = { bad-wrods = "x.txt", bad-words = { en = "w.txt", de = 5, fr = [""] } } }
   |                                                                                             ^

error[C028]: `fr` is empty
  --> c.toml:12:102
   |
12 | filter = { name = "c4@b-2", lists = { bad-wrods = "x.txt", bad-words = { en = "w.txt", de = 5, fr = [""] } } }
   |                                                                                                      ^^

warning[C044]: no rule of filter `gopher-repetition@datatrove-0.10` looks at a list `url-urls`
  --> c.toml:15:61
   |
15 | filter = { name = "gopher-repetition", lists = { url-urls = "lists/domains.txt" } }
   |                                                             ^^^^^^^^^^^^^^^^^^^
   |
   = hint: delete it

error[C014]: category `games` does not exist
  --> c.toml:17:69
   |
17 | url = { block-categories = { folder = "ut1", categories = ["adult", "games"] }, block-hosts = ["lists"] }
   |                                                                     ^^^^^^^ no such folder in `ut1`

error[C029]: list `lists` is a folder, not a file
  --> c.toml:17:96
   |
17 | url = { block-categories = { folder = "ut1", categories = ["adult", "games"] }, block-hosts = ["lists"] }
   |                                                                                                ^^^^^^^

error[C014]: folder of lists `ut2` does not exist
  --> c.toml:20:39
   |
20 | url = { block-categories = { folder = "ut2", categories = ["adult"] }, block-urls = {} }
   |                                       ^^^^^ no such folder
   |
   = hint: paths are relative to the folder of the config file

error[C003]: `block-urls` must be a path or a list of paths, not a table
  --> c.toml:20:85
   |
20 | url = { block-categories = { folder = "ut2", categories = ["adult"] }, block-urls = {} }
   |                                                                                     ^^
"#;
    expect("C031 C002 C014 C003 C028 C044 C014 C029 C014 C003", text, rendering);
}

#[test]
fn order_of_steps() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[[source.step]]
‸dedup = { method = "exact" }
[[step]]
language = {}
[[step]]
‸extract = {}
[[step]]
‸tokenize = { tokenizer = "tok.json" }
[[step]]
pii = {}
[output]
dir = "out"
"#;
    let rendering = r#"
error[C017]: `dedup` cannot be a step of one source
 --> c.toml:6:1
  |
6 | dedup = { method = "exact" }
  | ^^^^^
  |
  = hint: make it a shared `[[step]]` with `when = { source = ["web"] }`

error[C017]: `extract` comes after `language`, which reads the text
  --> c.toml:10:1
   |
10 | extract = {}
   | ^^^^^^^
   |
   = hint: move it before `language`

error[C017]: `tokenize` must be the last step, and a step follows
  --> c.toml:12:1
   |
12 | tokenize = { tokenizer = "tok.json" }
   | ^^^^^^^^
   |
   = hint: move it to the end of the chain
"#;
    expect("C017 C017 C017", text, rendering);
}

#[test]
fn conditions() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
when = { language = [‸"en"], source = [‸"wbe"] }
extract = {}
[[step]]
language = { keep = ["de", ‸"EN"] }
[[step]]
when = { language = ["de", ‸"fr"] }
filter = "gopher-repetition"
"#;
    let rendering = r#"
error[C017]: `when.language` needs a language step before it
 --> c.toml:8:22
  |
8 | when = { language = ["en"], source = ["wbe"] }
  |                      ^^^^
  |
  = hint: add a step `language = {}` before

error[C022]: no source is called `wbe`
 --> c.toml:8:39
  |
8 | when = { language = ["en"], source = ["wbe"] }
  |                                       ^^^^^
  |
  = hint: did you mean `web`?

error[C023]: `EN` is not a language code
  --> c.toml:11:28
   |
11 | language = { keep = ["de", "EN"] }
   |                            ^^^^
   |
   = hint: write `"en"`

warning[C046]: no document in `fr` comes this far: the language step drops them
  --> c.toml:13:28
   |
13 | when = { language = ["de", "fr"] }
   |                            ^^^^
   |
   = hint: add "fr" to its `keep`
"#;
    expect("C017 C022 C023 C046", text, rendering);
}

#[test]
fn dedup_and_pii() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
‸dedup = { method = "minhash", bands = 1024, rows = 256 }
[[step]]
dedup = { method = "minhash", keep = { best = ‸"word" } }
[[step]]
mode = "tag"
‸‸pii = { replace = "<{art}>" }
"#;
    let rendering = r#"
error[C018]: `bands` × `rows` is 262144 hashes, more than 16384
 --> c.toml:8:1
  |
8 | dedup = { method = "minhash", bands = 1024, rows = 256 }
  | ^^^^^
  |
  = hint: take fewer `bands`

error[C021]: unknown metric `word`
  --> c.toml:10:47
   |
10 | dedup = { method = "minhash", keep = { best = "word" } }
   |                                               ^^^^^^
   |
   = hint: did you mean `words`?

error[C026]: `pii` changes documents; `mode = "tag"` is for steps that drop
  --> c.toml:13:1
   |
13 | pii = { replace = "<{art}>" }
   | ^^^
   |
   = hint: delete `mode`

error[C030]: `<{art}>` has a placeholder that is not `{kind}`
  --> c.toml:13:1
   |
13 | pii = { replace = "<{art}>" }
   | ^^^
   |
   = hint: write `replace = "<{kind}>"`
"#;
    expect("C018 C021 C026 C030", text, rendering);
}

#[test]
fn tests_of_a_config() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[test]]
name = "a"
input = { text = "x", ‸html = "y" }
expect = { kept = ‸true, dropped-by = "language" }
‸[[test]]
name = "b"
input = { text = "x" }
expect = {}
[[step]]
filter = "gopher-quality"
[[test]]
name = "c"
input = { text = "x" }
expect = { dropped-by = ‸"gopher-quality/too-few-word" }
"#;
    let rendering = r#"
error[C009]: `input` has both `text` and `html`
 --> c.toml:9:23
  |
9 | input = { text = "x", html = "y" }
  |                       ^^^^ the second
  |
  = hint: delete one of the two

error[C024]: `kept = true` and `dropped-by = "language"` cannot both be
  --> c.toml:10:19
   |
10 | expect = { kept = true, dropped-by = "language" }
   |                   ^^^^
   |
   = hint: delete one of the two

error[C024]: test `b` expects nothing
  --> c.toml:11:1
   |
11 | [[test]]
   | ^^^^^^^^
   |
   = hint: write `expect = { kept = true }`

error[C013]: no filter of this config has a rule `gopher-quality/too-few-word`
  --> c.toml:20:25
   |
20 | expect = { dropped-by = "gopher-quality/too-few-word" }
   |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = hint: did you mean `gopher-quality/too-few-words`?
"#;
    expect("C009 C024 C024 C013", text, rendering);
}

#[test]
fn settings_without_effect() {
    let text = r#"version = 1
‸[[source]]
name = "web"
paths = ["data/*.warc.gz"]
format = "warc"
‸[[source]]
name = "wet"
format = "text"
paths = [‸"data/a.wet.gz"]
carry = false
[[step]]
language = { sha256 = ‸"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
[[step]]
‸tokenize = { tokenizer = "tok.json" }
[output]
dir = "out"
tokens = "none"
"#;
    let rendering = r#"
warning[C043]: source `web` is HTML, and no step extracts its text
 --> c.toml:2:1
  |
2 | [[source]]
  | ^^^^^^^^^^
  |
  = hint: add a step `extract = {}`

warning[C042]: `fields` and `carry` of source `wet` have no effect: `text` has no fields
 --> c.toml:6:1
  |
6 | [[source]]
  | ^^^^^^^^^^
  |
  = hint: delete them, or set `format`

warning[C042]: files that end in `.wet` are read as `text`
 --> c.toml:9:10
  |
9 | paths = ["data/a.wet.gz"]
  |          ^^^^^^^^^^^^^^^
  |
  = hint: write `format = "wet"`, or leave it out

warning[C044]: `sha256` has no effect: the embedded model is part of the program
  --> c.toml:12:23
   |
12 | language = { sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
   |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = hint: delete it

warning[C044]: a tokenize step, and `tokens = "none"`: the tokens are not written
  --> c.toml:14:1
   |
14 | tokenize = { tokenizer = "tok.json" }
   | ^^^^^^^^
   |
   = hint: delete one of the two
"#;
    expect("C043 C042 C042 C044 C044", text, rendering);
}

#[test]
fn newer_toml() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
extract = ‸{
  links = true }
[[step]]
pii = { drop-above = 3‸, }
"#;
    let rendering = r#"
warning[C048]: an inline table over several lines is not TOML 1.0
 --> c.toml:8:11
  |
8 | extract = {
  |           ^ opened here
  |
  = hint: write it on one line, or as a `[table]` of its own

warning[C048]: a comma after the last key of an inline table is not TOML 1.0
  --> c.toml:11:23
   |
11 | pii = { drop-above = 3, }
   |                       ^
   |
   = hint: delete the comma
"#;
    expect("C048 C048", text, rendering);
}

#[test]
fn wide_text_and_escapes() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
[output]
dir = "out"
[[step]]
extract = { favor = ‸"日本\u001b[31m\u202e" }
[[step]]
language = { keep = [ "no" ] } # 日本
[[step]]
name = ‸"größe"
pii = {}
"#;
    let rendering = r#"
error[C004]: `favor` cannot be `日本\u{1b}[31m\u{202e}`
 --> c.toml:8:21
  |
8 | extract = { favor = "日本\u001b[31m\u202e" }
  |                     ^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: one of `balanced`, `precision`, `recall`

error[C011]: `größe` cannot be a name
  --> c.toml:12:8
   |
12 | name = "größe"
   |        ^^^^^^^
   |
   = hint: write `"gr-e"`
   = help: names are 1 to 64 small letters, digits, `-` and `_`
"#;
    expect("C004 C011", text, rendering);
}

#[test]
fn rules_that_earlier_steps_cover_are_told() {
    let text = r#"version = 1
[[source]]
name = "a"
paths = ["data/*.warc.gz"]
[[step]]
extract = {}
[[step]]
filter = "gopher-quality"
[[step]]
filter = { path = ‸‸"stricter.toml" }
[[step]]
pii = {}
[[step]]
name = "again"
filter = { path = "stricter.toml" }
when = { source = ["a"] }
[output]
dir = "out"
"#;
    let rendering = r#"
warning[C050]: a rule of `stricter` that never fires, as an earlier step drops the same: `few` (`gopher-quality@datatrove-0.10/too-few-words` of step `gopher-quality` drops < 50)
  --> c.toml:10:19
   |
10 | filter = { path = "stricter.toml" }
   |                   ^^^^^^^^^^^^^^^
   |
   = hint: write `off = ["few"]` to leave out what does nothing

warning[C052]: filter file `stricter.toml`, line 7, column 9: rule `few` can never fire
  --> c.toml:10:19
   |
10 | filter = { path = "stricter.toml" }
   |                   ^^^^^^^^^^^^^^^
   |
   = help: `gristmill check stricter.toml` shows the place
"#;
    expect("C050 C052", text, rendering);
}

#[test]
fn splitters_that_do_not_fit_are_told() {
    let text = r#"version = 1
[[source]]
name = "a"
paths = ["data/*.warc.gz"]
[[step]]
extract = {}
[[step]]
language = { keep = ["en", "th", "ja"] }
[[step]]
filter = ‸"gopher-quality"
[[step]]
filter = "gopher-repetition"
when = { language = ["en"] }
[output]
dir = "out"
"#;
    let rendering = r#"
warning[C051]: filter `gopher-quality@datatrove-0.10` splits words by `spacy-en`, which does not fit `ja`, `th`
  --> c.toml:10:10
   |
10 | filter = "gopher-quality"
   |          ^^^^^^^^^^^^^^^^
   |
   = hint: write `when = { language = ["en"] }` for this step, and take a filter with another splitter for the others
"#;
    expect("C051", text, rendering);
}

#[test]
fn a_dedup_of_pieces_that_cuts_nothing_is_named() {
    let text = r#"version = 1
[[source]]
name = "a"
paths = ["books/"]
[[step]]
‸dedup = { method = "lines", scope = "document", repeats = "keep" }
[[step]]
dedup = { method = "sentences", preset = ‸"c4" }
[output]
dir = "o"
"#;
    let rendering = r#"
warning[C044]: this step cuts nothing: `scope = "document"` looks for repeats, and `repeats = "keep"` keeps them
 --> c.toml:6:1
  |
6 | dedup = { method = "lines", scope = "document", repeats = "keep" }
  | ^^^^^
  |
  = hint: write `repeats = "cut"`

error[C004]: `preset` cannot be `c4`
 --> c.toml:8:42
  |
8 | dedup = { method = "sentences", preset = "c4" }
  |                                          ^^^^
  |
  = help: one of `gristmill`, `datatrove`
"#;
    expect("C044 C004", text, rendering);
}

#[test]
fn forms_of_statuses_media_types_and_agents() {
    let text = r#"version = 1
[[source]]
name = "web"
paths = ["data/*.warc.gz"]
http-status = ["2xx", ‸"20"]
media-types = ["text/html", ‸"html"]
[[step]]
robots = { agents = ["mine", ‸"mine/2.0"] }
[output]
dir = "out"
tokens = "none"
"#;
    let rendering = r#"
error[C032]: `20` is no HTTP status
 --> c.toml:5:23
  |
5 | http-status = ["2xx", "20"]
  |                       ^^^^
  |
  = hint: write `"200"` or `"2xx"`

error[C032]: `html` is no media type
 --> c.toml:6:29
  |
6 | media-types = ["text/html", "html"]
  |                             ^^^^^^
  |
  = hint: write it as `"text/html"`

error[C032]: `mine/2.0` is no product token of a robots.txt
 --> c.toml:8:30
  |
8 | robots = { agents = ["mine", "mine/2.0"] }
  |                              ^^^^^^^^^^
  |
  = hint: write "mine"
"#;
    expect("C032 C032 C032", text, rendering);
}

#[test]
fn mixtures_that_cannot_be() {
    let with = |output: &str| {
        let text = VALID.replace("[output]\n", &format!("[output]\n{output}\n"));
        check(&text).1.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect::<Vec<_>>()
    };
    assert_eq!(with("order = \"shuffle\"\nvalidation = 0.01\nmix = { epochs = { web = 2.0 } }"), Vec::<String>::new());
    assert_eq!(
        with("order = \"curriculum\"\ncurriculum = { by = \"tokens\" }\nvalidation = 0.01"),
        Vec::<String>::new()
    );
    assert_eq!(with("order = \"curriculum\""), ["C018 `order = \"curriculum\"`, and nothing says by what"]);
    assert_eq!(with("curriculum = { by = \"tokens\" }"), ["C018 `curriculum` with another order"]);
    assert_eq!(with("validation = 0.01"), ["C018 a mixture or `validation` with `order = \"input\"`"]);
    assert_eq!(with("order = \"shuffle\"\nmix = { epochs = { wep = 2.0 } }"), ["C022 no source is called `wep`"]);
    assert_eq!(
        with("order = \"shuffle\"\nmix = { epochs = { web = -2.0 } }"),
        ["C006 `web` of `epochs` is -2, below 0"]
    );
    assert_eq!(
        with("order = \"shuffle\"\nmix = { weights = { web = 1 } }"),
        ["C018 `weights` does not name the source `books`"]
    );
    assert_eq!(
        with("order = \"shuffle\"\nmix = { tokens = 7, epochs = { web = 1 } }"),
        ["C018 `tokens` of a mixture without `weights`"]
    );
    let both = with("order = \"shuffle\"\nmix = { epochs = { web = 1 }, weights = { web = 0, books = 0 } }");
    assert_eq!(both, ["C018 `mix` has both `epochs` and `weights`", "C018 all `weights` are 0"]);
}

#[test]
fn an_index_of_spans_is_refused_with_the_reason_and_the_way_out() {
    for key in ["index = \"../earlier/index/spans\"", "save-index = true"] {
        let said = shown(&format!(
            "version = 1\n[[source]]\nname = \"s\"\npaths = [\"a.jsonl\"]\n[[step]]\n[step.dedup]\nmethod = \"substring\"\n{key}\n\
             [output]\ndir = \"out\"\ntokens = \"none\"\n"
        ));
        for part in [
            "unknown key",
            "c.toml:8:1",
            "have to keep all of its texts",
            "`method = \"lines\"`",
            "earlier inputs again",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
