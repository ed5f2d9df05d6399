//! `gristmill filters`.

use super::args::{Filters, FiltersVerb};
use super::{USAGE, terminal};
use crate::filters::{Filter, find_in_library, library_names};
use std::fmt::Write;

/// Runs the verb.
pub fn run(args: &Filters) -> u8 {
    match &args.what {
        FiltersVerb::List { metrics: true } => {
            let mut out = String::new();
            for metric in crate::metrics::registry() {
                let _ = writeln!(out, "{:<44} {:<20} {}", metric.name, metric.unit, metric.doc);
            }
            terminal::data(&out)
        }
        FiltersVerb::List { metrics: false } => {
            let mut out = String::new();
            for name in library_names() {
                let filter = find_in_library(name).and_then(|text| Filter::parse(name, text).ok());
                if let Some(filter) = filter {
                    let _ = writeln!(out, "{:<40} {:>3} rules  {}", filter.name, filter.rules.len(), filter.title);
                }
            }
            terminal::data(&out)
        }
        FiltersVerb::Show { name } => match find_in_library(name) {
            Some(text) => terminal::data(text),
            None => {
                let near = crate::config::nearest(name, library_names());
                terminal::message("error", &format!("there is no filter `{name}`"));
                if let Some(near) = near {
                    terminal::message("hint", &format!("did you mean `{near}`?"));
                }
                USAGE
            }
        },
    }
}
