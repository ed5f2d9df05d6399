//! The order of steps, and conditions that no document can meet.

use super::super::diagnostic::{Finding, quoted};
use super::super::types::{Config, Dedup, Format, Language, Mode, Source, Step, StepKind, Target, When};
use super::Check;
use crate::language::labels;

impl Check<'_> {
    /// Tokenize comes last and once, extraction before what reads text.
    pub(super) fn shared_order(&mut self, config: &Config) {
        let mut tokenize: Option<&Step> = None;
        let mut after = 0;
        for step in config.steps.iter().filter(|step| step.mode != Mode::Off) {
            match (&step.kind, tokenize) {
                (StepKind::Tokenize(_), Some(first)) => {
                    let message = format!("a second `tokenize` step, after {}", quoted(&first.name.value));
                    self.findings.push(Finding::error("C017", step.place, message).hint("delete one of the two"));
                }
                (StepKind::Tokenize(_), None) => tokenize = Some(step),
                (_, Some(_)) => after += 1,
                _ => {}
            }
        }
        if let (Some(step), 1..) = (tokenize, after) {
            let follow = if after == 1 { "a step follows".to_owned() } else { format!("{after} steps follow") };
            let message = format!("`tokenize` must be the last step, and {follow}");
            self.findings.push(Finding::error("C017", step.place, message).hint("move it to the end of the chain"));
        }
        self.extract_first(&config.steps);
        for source in &config.sources {
            self.extract_first(&source.steps);
        }
    }

    /// Within one list of steps, nothing that reads text stands before `extract`.
    fn extract_first(&mut self, steps: &[Step]) {
        let on = |step: &&Step| step.mode != Mode::Off;
        let mut reader: Option<&Step> = None;
        let mut extract: Option<&Step> = None;
        for step in steps.iter().filter(on) {
            if let StepKind::Extract(_) = step.kind {
                if let Some(reader) = reader {
                    let message = format!("`extract` comes after {}, which reads the text", quoted(&reader.name.value));
                    let hint = format!("move it before {}", quoted(&reader.name.value));
                    self.findings.push(Finding::error("C017", step.place, message).hint(hint));
                } else if let Some(first) = extract
                    && first.when == step.when
                {
                    let message = format!("a second `extract` step: {} leaves it no HTML", quoted(&first.name.value));
                    self.findings.push(Finding::warning("C044", step.place, message).hint("delete one of the two"));
                }
                extract = extract.or(Some(step));
            } else if reads_text(&step.kind) && reader.is_none() && step.when.is_always() {
                reader = Some(step);
            }
        }
    }

    /// A source of HTML needs an extract step before the first step that reads text.
    pub(super) fn extraction(&mut self, source: &Source, chain: &[&Step]) {
        let html = matches!(source.format, Format::Warc | Format::Arc | Format::Html);
        let extracts = chain.iter().any(|step| {
            matches!(step.kind, StepKind::Extract(_))
                && step.mode != Mode::Off
                && (step.when.source.is_empty() || step.when.source.iter().any(|name| name.value == source.name.value))
        });
        if html && !extracts {
            let message = format!("source {} is HTML, and no step extracts its text", quoted(&source.name.value));
            self.findings.push(Finding::warning("C043", source.place, message).hint("add a step `extract = {}`"));
        }
    }

    /// Conditions that no document can meet.
    pub(super) fn conditions(&mut self, config: &Config) {
        let own: Vec<&Language> = config.sources.iter().flat_map(|source| languages(&source.steps)).collect();
        for source in &config.sources {
            self.language_conditions(&source.steps, None);
        }
        self.language_conditions(&config.steps, own.first().copied());
        for source in &config.sources {
            for step in &source.steps {
                let elsewhere = |when: &When| {
                    !when.source.is_empty() && when.source.iter().all(|name| name.value != source.name.value)
                };
                if elsewhere(&step.when) {
                    let message = format!(
                        "{} is a step of source {} alone, and never runs",
                        quoted(&step.name.value),
                        quoted(&source.name.value)
                    );
                    self.findings
                        .push(Finding::warning("C046", step.when.source[0].place, message).hint("delete `source`"));
                }
            }
        }
    }

    /// `when.language` needs a language step before it that keeps the language.
    fn language_conditions(&mut self, steps: &[Step], before: Option<&Language>) {
        let mut found: Option<&Language> = None;
        let mut conditional = before.is_some();
        for step in steps.iter().filter(|step| step.mode != Mode::Off) {
            for code in step.when.language.iter().take(usize::from(found.is_none() && !conditional)) {
                let message = "`when.language` needs a language step before it";
                self.findings
                    .push(Finding::error("C017", code.place, message).hint("add a step `language = {}` before"));
            }
            if let Some(language) = found.filter(|language| !language.keep.is_empty()) {
                let kept = |code: &str| {
                    let fits = |kept: &str| labels::matches(kept, code) || labels::matches(code, kept);
                    language.keep.iter().any(|kept| fits(&kept.value))
                };
                for code in step.when.language.iter().filter(|code| !kept(&code.value)) {
                    let message =
                        format!("no document in {} comes this far: the language step drops them", quoted(&code.value));
                    self.findings.push(
                        Finding::warning("C046", code.place, message)
                            .hint(format!("add {:?} to its `keep`", code.value)),
                    );
                }
            }
            if let StepKind::Language(language) = &step.kind {
                conditional = true;
                // Only an unconditional step that drops tells what can come.
                found = (step.mode == Mode::Drop && step.when.is_always()).then_some(language).or(found);
            }
        }
    }
}

fn languages(steps: &[Step]) -> impl Iterator<Item = &Language> {
    steps.iter().filter(|step| step.mode != Mode::Off).filter_map(|step| match &step.kind {
        StepKind::Language(language) => Some(language),
        _ => None,
    })
}

/// Whether a step looks at the text rather than at the address or a field.
fn reads_text(kind: &StepKind) -> bool {
    match kind {
        StepKind::Language(_)
        | StepKind::Classify(_)
        | StepKind::Perplexity(_)
        | StepKind::Pii(_)
        | StepKind::Decontaminate(_) => true,
        StepKind::Filter(filter) => filter.reads_text,
        StepKind::Dedup(Dedup::Exact(exact)) => exact.on.value == Target::Text,
        StepKind::Dedup(_) => true,
        // Steps after `tokenize` are reported by that.
        StepKind::Extract(_) | StepKind::Url(_) | StepKind::Robots(_) | StepKind::Tokenize(_) => false,
    }
}
