//! The order of steps, and what one step says against another.

use super::super::diagnostic::{Finding, did_you_mean, quoted};
use super::super::types::{
    Config, Dedup, Format, Keep, Language, Mode, Source, Step, StepKind, Target, UrlRules, When,
};
use super::super::values::is_language_code;
use super::{Check, all_steps};

/// Signatures longer than this make no sense: the largest published one has 9,000 hashes (RefinedWeb).
const MOST_HASHES: u64 = 16_384;

impl Check<'_> {
    pub(super) fn steps(&mut self, config: &Config) {
        for source in &config.sources {
            self.source_steps(source);
        }
        for step in all_steps(config) {
            self.step(step, config);
        }
        self.shared_order(config);
        for source in &config.sources {
            let chain: Vec<&Step> = source.steps.iter().chain(&config.steps).collect();
            self.extraction(source, &chain);
        }
        self.conditions(config);
    }

    /// Steps of one source: only those that look at one document at a time.
    fn source_steps(&mut self, source: &Source) {
        for step in &source.steps {
            if matches!(step.kind, StepKind::Dedup(_) | StepKind::Tokenize(_)) {
                let word = step.kind.word();
                let message = format!("`{word}` cannot be a step of one source");
                let hint = format!(
                    "make it a shared `[[step]]` with `when = {{ source = [{:?}] }}`",
                    source.name.value
                );
                let hint = if word == "dedup" {
                    hint
                } else {
                    "make it the last shared `[[step]]`".to_owned()
                };
                self.findings
                    .push(Finding::error("C017", step.place, message).hint(hint));
            }
        }
    }

    fn step(&mut self, step: &Step, config: &Config) {
        if step.mode == Mode::Tag
            && matches!(
                step.kind,
                StepKind::Extract(_) | StepKind::Pii(_) | StepKind::Tokenize(_)
            )
        {
            let message = format!(
                "`{}` changes documents; `mode = \"tag\"` is for steps that drop",
                step.kind.word()
            );
            self.findings
                .push(Finding::error("C026", step.place, message).hint("delete `mode`"));
        }
        self.when(step, config);
        match &step.kind {
            StepKind::Language(language) => self.language(language),
            StepKind::Url(url) => self.url(step, url),
            StepKind::Dedup(dedup) => self.dedup(step, dedup, config),
            StepKind::Pii(pii) => {
                let place = step.place;
                let rest = pii.replace.replace("{kind}", "");
                if rest.contains(['{', '}']) {
                    let message = format!(
                        "{} has a placeholder that is not `{{kind}}`",
                        quoted(&pii.replace)
                    );
                    self.findings.push(
                        Finding::error("C030", place, message)
                            .hint("write `replace = \"<{kind}>\"`"),
                    );
                }
            }
            StepKind::Tokenize(tokenize) => self.needs_file("tokenizer", &tokenize.tokenizer),
            StepKind::Extract(_) | StepKind::Filter(_) => {}
        }
    }

    fn language(&mut self, language: &Language) {
        if language.model.value == Language::EMBEDDED {
            if let Some(hash) = &language.sha256 {
                let message = "`sha256` has no effect: the embedded model is part of the program";
                self.findings
                    .push(Finding::warning("C044", hash.place, message).hint("delete it"));
            }
        } else {
            self.needs_file("model", &language.model);
        }
        for code in &language.keep {
            self.code(code);
        }
    }

    fn code(&mut self, code: &super::Located<String>) {
        if code.value.trim().is_empty() || is_language_code(&code.value) {
            return;
        }
        let lower = code.value.to_lowercase();
        let hint = if is_language_code(&lower) {
            format!("write `{lower:?}`")
        } else {
            "codes look like `\"en\"` or `\"zh-hant\"`".to_owned()
        };
        let message = format!("{} is not a language code", quoted(&code.value));
        self.findings
            .push(Finding::error("C023", code.place, message).hint(hint));
    }

    fn url(&mut self, step: &Step, url: &UrlRules) {
        let lists = [
            &url.block_domains,
            &url.block_urls,
            &url.block_words,
            &url.block_soft_words,
            &url.block_substrings,
        ];
        for list in lists.into_iter().flatten() {
            self.needs_file("list", list);
        }
        if lists.iter().all(|list| list.is_none())
            && url.max_length == 0
            && url.missing == super::super::types::Missing::Keep
        {
            let message = "this `url` step drops nothing: it has no list and no `max-length`";
            self.findings.push(
                Finding::warning("C044", step.place, message)
                    .hint("name a list, or delete the step"),
            );
        }
    }

    fn dedup(&mut self, step: &Step, dedup: &Dedup, config: &Config) {
        let keep = match dedup {
            Dedup::Exact(exact) => {
                if let Target::Field(name) = &exact.on.value {
                    self.carried(name, exact.on.place, config);
                }
                &exact.keep
            }
            Dedup::Minhash(minhash) => {
                let hashes = u64::from(minhash.bands) * u64::from(minhash.rows);
                if hashes > MOST_HASHES {
                    let message =
                        format!("`bands` × `rows` is {hashes} hashes, more than {MOST_HASHES}");
                    self.findings.push(
                        Finding::error("C018", step.place, message).hint("take fewer `bands`"),
                    );
                }
                &minhash.keep
            }
        };
        match keep {
            Keep::Best(metric) => self.metric(metric),
            Keep::SourcePriority if config.sources.len() < 2 => {
                let message = "`keep = \"source-priority\"` has no effect with one source";
                self.findings.push(
                    Finding::warning("C044", step.place, message).hint("write `keep = \"first\"`"),
                );
            }
            _ => {}
        }
    }

    /// A field that no source carries cannot be compared.
    fn carried(&mut self, name: &str, place: super::Place, config: &Config) {
        use super::super::types::Carry;
        let none = config.sources.iter().all(|source| match &source.carry {
            Carry::All => false,
            Carry::None => true,
            Carry::Only(names) => !names.iter().any(|carried| carried == name),
        });
        if none && !config.sources.is_empty() {
            let message = format!("no source carries the field {}", quoted(name));
            self.findings.push(
                Finding::error("C018", place, message)
                    .hint(format!("add {name:?} to a source's `carry`")),
            );
        }
    }

    fn metric(&mut self, metric: &super::Located<String>) {
        let known = self.world.metrics();
        if metric.value.is_empty() || known.contains(&metric.value) {
            return;
        }
        let hint = did_you_mean(&metric.value, known.iter().map(String::as_str));
        self.findings.push(
            Finding::error(
                "C021",
                metric.place,
                format!("unknown metric {}", quoted(&metric.value)),
            )
            .maybe_hint(hint),
        );
    }

    fn when(&mut self, step: &Step, config: &Config) {
        for code in &step.when.language {
            self.code(code);
        }
        for source in &step.when.source {
            let mut names = config
                .sources
                .iter()
                .map(|source| source.name.value.as_str());
            if !source.value.is_empty() && !names.clone().any(|name| name == source.value) {
                let hint = did_you_mean(&source.value, names.by_ref());
                let message = format!("no source is called {}", quoted(&source.value));
                self.findings
                    .push(Finding::error("C022", source.place, message).maybe_hint(hint));
            }
        }
    }

    /// Tokenize comes last and once, extraction before what reads text.
    fn shared_order(&mut self, config: &Config) {
        let mut tokenize: Option<&Step> = None;
        let mut after = 0;
        for step in config.steps.iter().filter(|step| step.mode != Mode::Off) {
            match (&step.kind, tokenize) {
                (StepKind::Tokenize(_), Some(first)) => {
                    let message = format!(
                        "a second `tokenize` step, after {}",
                        quoted(&first.name.value)
                    );
                    self.findings.push(
                        Finding::error("C017", step.place, message).hint("delete one of the two"),
                    );
                }
                (StepKind::Tokenize(_), None) => tokenize = Some(step),
                (_, Some(_)) => after += 1,
                _ => {}
            }
        }
        if let (Some(step), 1..) = (tokenize, after) {
            let follow = if after == 1 {
                "a step follows".to_owned()
            } else {
                format!("{after} steps follow")
            };
            let message = format!("`tokenize` must be the last step, and {follow}");
            self.findings.push(
                Finding::error("C017", step.place, message).hint("move it to the end of the chain"),
            );
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
                    let message = format!(
                        "`extract` comes after {}, which reads the text",
                        quoted(&reader.name.value)
                    );
                    let hint = format!("move it before {}", quoted(&reader.name.value));
                    self.findings
                        .push(Finding::error("C017", step.place, message).hint(hint));
                } else if let Some(first) = extract
                    && first.when == step.when
                {
                    let message = format!(
                        "a second `extract` step: {} leaves it no HTML",
                        quoted(&first.name.value)
                    );
                    self.findings.push(
                        Finding::warning("C044", step.place, message).hint("delete one of the two"),
                    );
                }
                extract = extract.or(Some(step));
            } else if reads_text(&step.kind) && reader.is_none() && step.when.is_always() {
                reader = Some(step);
            }
        }
    }

    /// A source of HTML needs an extract step before the first step that reads text.
    fn extraction(&mut self, source: &Source, chain: &[&Step]) {
        let html = matches!(source.format, Format::Warc | Format::Arc | Format::Html);
        let extracts = chain.iter().any(|step| {
            matches!(step.kind, StepKind::Extract(_))
                && step.mode != Mode::Off
                && (step.when.source.is_empty()
                    || step
                        .when
                        .source
                        .iter()
                        .any(|name| name.value == source.name.value))
        });
        if html && !extracts {
            let message = format!(
                "source {} is HTML, and no step extracts its text",
                quoted(&source.name.value)
            );
            self.findings.push(
                Finding::warning("C043", source.place, message).hint("add a step `extract = {}`"),
            );
        }
    }

    /// Conditions that no document can meet.
    fn conditions(&mut self, config: &Config) {
        let own: Vec<&Language> = config
            .sources
            .iter()
            .flat_map(|source| languages(&source.steps))
            .collect();
        for source in &config.sources {
            self.language_conditions(&source.steps, None);
        }
        self.language_conditions(&config.steps, own.first().copied());
        for source in &config.sources {
            for step in &source.steps {
                let elsewhere = |when: &When| {
                    !when.source.is_empty()
                        && when
                            .source
                            .iter()
                            .all(|name| name.value != source.name.value)
                };
                if elsewhere(&step.when) {
                    let message = format!(
                        "{} is a step of source {} alone, and never runs",
                        quoted(&step.name.value),
                        quoted(&source.name.value)
                    );
                    self.findings.push(
                        Finding::warning("C046", step.when.source[0].place, message)
                            .hint("delete `source`"),
                    );
                }
            }
        }
    }

    /// `when.language` needs a language step before it that keeps the language.
    fn language_conditions(&mut self, steps: &[Step], before: Option<&Language>) {
        let mut found: Option<&Language> = None;
        let mut conditional = before.is_some();
        for step in steps.iter().filter(|step| step.mode != Mode::Off) {
            for code in step
                .when
                .language
                .iter()
                .take(usize::from(found.is_none() && !conditional))
            {
                let message = "`when.language` needs a language step before it";
                self.findings.push(
                    Finding::error("C017", code.place, message)
                        .hint("add a step `language = {}` before"),
                );
            }
            if let Some(language) = found.filter(|language| !language.keep.is_empty()) {
                let kept = |code: &str| language.keep.iter().any(|kept| kept.value == code);
                for code in step.when.language.iter().filter(|code| !kept(&code.value)) {
                    let message = format!(
                        "no document in {} comes this far: the language step drops them",
                        quoted(&code.value)
                    );
                    self.findings.push(
                        Finding::warning("C046", code.place, message)
                            .hint(format!("add {:?} to its `keep`", code.value)),
                    );
                }
            }
            if let StepKind::Language(language) = &step.kind {
                conditional = true;
                // Only an unconditional step that drops tells what can come.
                found = (step.mode == Mode::Drop && step.when.is_always())
                    .then_some(language)
                    .or(found);
            }
        }
    }
}

fn languages(steps: &[Step]) -> impl Iterator<Item = &Language> {
    steps
        .iter()
        .filter(|step| step.mode != Mode::Off)
        .filter_map(|step| match &step.kind {
            StepKind::Language(language) => Some(language),
            _ => None,
        })
}

/// Whether a step looks at the text rather than at the address or a field.
fn reads_text(kind: &StepKind) -> bool {
    match kind {
        StepKind::Language(_) | StepKind::Filter(_) | StepKind::Pii(_) => true,
        StepKind::Dedup(Dedup::Exact(exact)) => exact.on.value == Target::Text,
        StepKind::Dedup(Dedup::Minhash(_)) => true,
        // Steps after `tokenize` are reported by that.
        StepKind::Extract(_) | StepKind::Url(_) | StepKind::Tokenize(_) => false,
    }
}
