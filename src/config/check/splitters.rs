//! Whether filters split words in a way that fits the languages that reach them.

use super::super::diagnostic::{Finding, quoted};
use super::super::types::{Config, FilterRef, Mode, Step, StepKind};
use super::super::world::FilterInfo;
use super::Check;
use crate::language::labels;

/// Finds the filter of a step, if it could be looked up.
type Info<'i> = &'i dyn Fn(&FilterRef) -> Option<&'i FilterInfo>;

impl Check<'_> {
    /// Warns of filters whose splitter does not fit a language that can reach them.
    pub(super) fn splitter_languages(&mut self, config: &Config, info: Info<'_>) {
        let mut at_the_end = Vec::new();
        for source in &config.sources {
            at_the_end.push(self.along(&source.steps, None, info));
        }
        // Shared steps see what the sources let through: known only if each of them says what it keeps.
        let all: Option<Vec<Vec<String>>> = at_the_end.into_iter().collect();
        let union = all.filter(|all| !all.is_empty()).map(|all| all.concat());
        self.along(&config.steps, union, info);
    }

    /// Goes along a list of steps; gives the languages that are left at its end, if they are known.
    fn along(&mut self, steps: &[Step], mut reach: Option<Vec<String>>, info: Info<'_>) -> Option<Vec<String>> {
        for step in steps.iter().filter(|step| step.mode != Mode::Off) {
            match &step.kind {
                StepKind::Language(language)
                    if step.mode == Mode::Drop && step.when.is_always() && !language.keep.is_empty() =>
                {
                    reach = Some(language.keep.iter().map(|code| code.value.clone()).collect());
                }
                StepKind::Filter(filter) => {
                    if let Some(info) = info(&filter.filter) {
                        self.unfit(step, &filter.filter, info, reach.as_deref());
                    }
                }
                _ => {}
            }
        }
        reach
    }

    fn unfit(&mut self, step: &Step, filter: &FilterRef, info: &FilterInfo, reach: Option<&[String]>) {
        let Some(splitter) = &info.splitter else { return };
        let when: Vec<&str> = step.when.language.iter().map(|code| code.value.as_str()).collect();
        let mut languages: Vec<&str> = match reach {
            Some(reach) => {
                let asked = |code: &&str| when.is_empty() || when.iter().any(|own| labels::matches(own, code));
                reach.iter().map(String::as_str).filter(asked).collect()
            }
            None => when,
        };
        let apart = |code: &str| info.split_apart.iter().any(|own| labels::matches(own, code));
        languages.retain(|code| !apart(code) && !self.world.splitter_fits(splitter, code));
        languages.sort_unstable();
        languages.dedup();
        if languages.is_empty() {
            return;
        }
        let (FilterRef::Name(text) | FilterRef::Path(text)) = filter;
        let shown = languages.iter().take(6).map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        let more = if languages.len() > 6 { format!(" and {} more", languages.len() - 6) } else { String::new() };
        let message =
            format!("filter {} splits words by `{splitter}`, which does not fit {shown}{more}", quoted(&info.name));
        let hint = if self.world.splitter_fits(splitter, "en") {
            "write `when = { language = [\"en\"] }` for this step, and take a filter with another splitter for the others"
        } else {
            "take a filter with another splitter, and `when = { language = […] }` for each"
        };
        self.findings.push(Finding::warning("C051", text.place, message).hint(hint));
    }
}
