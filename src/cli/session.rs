//! What several verbs need: a config from a file or from the command line, put together.

use super::args::Source;
use super::{ENVIRONMENT, USAGE, terminal};
use crate::assembly::{self, AssemblyError, EMBEDDED, Place};
use crate::config::{self, Config, Overrides, Severity};
use crate::engine::Program;
use crate::storage::{Anywhere, Environment, Files, Folder, Medium};
use std::sync::{Arc, LazyLock};

/// A checked config and where it stands.
pub struct Session {
    /// Where paths are looked up.
    pub place: Place,
    /// The config.
    pub config: Config,
}

/// All files, here and elsewhere. Credentials come from the environment and what it names, and are handed to storage alone.
pub fn files() -> Arc<dyn Files> {
    static FILES: LazyLock<Arc<Anywhere>> = LazyLock::new(|| {
        let text = |name: std::ffi::OsString| name.into_string().ok();
        let variables = std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?)));
        Arc::new(Anywhere::new(Environment::new(variables)))
    });
    Arc::<Anywhere>::clone(&FILES)
}

/// Files by paths and addresses as they are typed.
pub fn local() -> Folder {
    Folder::new(files(), "")
}

/// A run directory.
pub fn directory(path: &str) -> Folder {
    Folder::new(files(), path)
}

/// `a/../b` as `b`, for messages: files are opened by the path as it was put together, which also holds through links.
pub fn straight(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." && !last.is_empty() => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => "",
    }
}

/// Reads a text file that the user named.
pub fn read_text(path: &str) -> Result<String, u8> {
    let bytes = local().read(path).map_err(|error| {
        let missing = error.source.kind() == std::io::ErrorKind::NotFound;
        terminal::message("error", &error.to_string());
        if missing { USAGE } else { ENVIRONMENT }
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        terminal::message("error", &format!("`{path}` is not UTF-8 (byte {at}); save it as UTF-8"));
        USAGE
    })
}

/// Prints findings; the exit code if one of them is an error.
pub fn show_findings(findings: &[config::Diagnostic], deny_warnings: bool) -> Option<u8> {
    if !findings.is_empty() {
        terminal::note(config::render(findings, terminal::colour()).trim_end());
        terminal::note(&format!("\n{}", config::summary(findings)));
    }
    let bad = |one: &config::Diagnostic| one.severity == Severity::Error || deny_warnings;
    findings.iter().any(bad).then_some(USAGE)
}

impl Session {
    /// Reads the config that the arguments name, or builds the built-in one.
    ///
    /// # Errors
    /// The exit code, after everything was said.
    pub fn open(source: &Source) -> Result<Self, u8> {
        let out = source.out.clone();
        let (name, text, base) = match &source.config {
            Some(path) => (path.clone(), read_text(path)?, folder_of(path).to_owned()),
            None => {
                let tokenizer = source.tokenizer.as_deref().unwrap_or(EMBEDDED);
                let text = config::builtin(&source.input, out.as_deref().unwrap_or("out"), Some(tokenizer));
                ("built-in chain".to_owned(), text, String::new())
            }
        };
        let place = Place { files: files(), base };
        let overrides = Overrides { set: source.set.clone(), out };
        let (config, findings) = assembly::read_config(&place, &name, &text, &overrides);
        if let Some(code) = show_findings(&findings, false) {
            return Err(code);
        }
        config.map(|config| Self { place, config }).ok_or(USAGE)
    }

    /// Puts the program together.
    ///
    /// # Errors
    /// The exit code, after everything was said.
    pub fn assemble(&self) -> Result<Program, u8> {
        assembly::assemble(&self.place, &self.config, super::run::now, crate::report::html).map_err(|error| match error
        {
            AssemblyError::Storage(error) => terminal::failed(&error),
            AssemblyError::Reference(what) => {
                terminal::message("error", &what);
                USAGE
            }
        })
    }

    /// The path of the run directory.
    pub fn output_dir(&self) -> String {
        assembly::output_dir(&self.place, &self.config)
    }
}
