//! The config: one TOML text, read, checked and filled in.
//!
//! Pure: it looks at no file. What it must know of the world it asks a [`World`]. Everything that is wrong is reported
//! at once, sorted by place, each with the way out. One table ([`schema`]) says which keys there are; the checks, the
//! defaults, the JSON schema, the full reference and the canonical form all come from it.
//!
//! text → tree with places → overrides → held against the schema → typed [`Config`] → checks of meaning.

mod builtin;
mod canonical;
mod check;
pub mod codes;
mod diagnostic;
mod glob;
mod json_schema;
mod overrides;
mod place;
pub mod presets;
mod read;
mod reference;
mod render;
pub mod schema;
mod shape;
mod tree;
mod types;
mod values;
mod words;
mod world;

pub use builtin::builtin;
pub use canonical::{canonical, canonical_toml, fingerprint_form};
pub use codes::explain;
pub use diagnostic::{Diagnostic, Finding, Severity, did_you_mean, locate, nearest, quoted};
pub use glob::{Glob, GlobError};
pub use json_schema::schema as json_schema;
pub use place::{Located, Place, SourceText, Texts};
pub use reference::reference;
pub use render::{render, summary, to_json};
pub use types::*;
pub use values::{SizeError, is_language_code, is_name, parse_size, size_text, to_name};
pub use world::{FileKind, FilterInfo, Inputs, ListInfo, NoFilter, RuleInfo, World, resolve_filter};

/// What the command line adds to a config text.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--set` arguments, `path=value`, in the order given; later ones win.
    pub set: Vec<String>,
    /// The argument of `--out`: goes before `output.dir`, relative to the working directory.
    pub out: Option<String>,
}

/// Reads and checks a config. `file_name` is what messages call it; its stem names the run if the text does not.
///
/// The config is there if no finding is an error. Findings come sorted by place.
#[must_use]
pub fn parse(file_name: &str, text: &str, world: &dyn World) -> (Option<Config>, Vec<Diagnostic>) {
    parse_with(file_name, text, &Overrides::default(), world)
}

/// [`parse`] with overrides, which are checked like the text itself; findings in them show their own text.
#[must_use]
pub fn parse_with(
    file_name: &str,
    text: &str,
    overrides: &Overrides,
    world: &dyn World,
) -> (Option<Config>, Vec<Diagnostic>) {
    let mut texts = Texts::new();
    let mut findings = Vec::new();
    if u32::try_from(text.len()).is_err() {
        findings.push(Finding::error("C001", Place::NOWHERE, "the config is larger than 4 GiB"));
        return (None, locate(findings, &texts));
    }
    let number = texts.add(file_name, text);
    let mut fields = tree::parse_document(text, number, &mut findings);
    let repaired = findings.iter().any(|finding| finding.code == "C001");
    for assignment in &overrides.set {
        let number = texts.add("--set", assignment);
        overrides::apply(&mut fields, assignment, number, &mut findings);
    }
    if let Some(out) = &overrides.out {
        let number = texts.add("--out", out);
        overrides::set_output(&mut fields, out, number);
    }
    shape::Shape { findings: &mut findings, repaired }.root(&fields);
    let mut config = read::config(&fields, stem(file_name));
    config.output.dir_from_cli = overrides.out.is_some();
    if !repaired {
        check::check(&mut config, world, &mut findings);
    }
    let sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    (sound.then_some(config), locate(findings, &texts))
}

fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.strip_suffix(".toml").unwrap_or(name)
}
