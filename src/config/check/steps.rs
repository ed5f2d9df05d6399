//! Each step by itself, and what it says of sources.

use super::super::diagnostic::{Finding, did_you_mean, quoted};
use super::super::types::{
    Config, ContaminationMethod, Decontaminate, Dedup, Keep, Language, LanguagePer, MinhashDedup, Mode, OverlapDedup,
    PiecesDedup, PiiAction, Remedy, Repeats, Robots, SampledOverlap, Scope, Shingle, Source, Step, StepKind, Target,
    UrlRules,
};
use super::super::values::is_language_code;
use super::super::world::FileKind;
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
                let hint =
                    format!("make it a shared `[[step]]` with `when = {{ source = [{:?}] }}`", source.name.value);
                let hint = if word == "dedup" { hint } else { "make it the last shared `[[step]]`".to_owned() };
                self.findings.push(Finding::error("C017", step.place, message).hint(hint));
            }
        }
    }

    fn step(&mut self, step: &Step, config: &Config) {
        if step.mode == Mode::Tag
            && matches!(step.kind, StepKind::Extract(_) | StepKind::Pii(_) | StepKind::Tokenize(_))
        {
            let message = format!("`{}` changes documents; `mode = \"tag\"` is for steps that drop", step.kind.word());
            self.findings.push(Finding::error("C026", step.place, message).hint("delete `mode`"));
        }
        self.when(step, config);
        match &step.kind {
            StepKind::Language(language) => self.language(language),
            StepKind::Url(url) => self.url(step, url),
            StepKind::Dedup(dedup) => self.dedup(step, dedup, config),
            StepKind::Pii(pii) => {
                let place = step.place;
                if let Some(path) = &pii.key_file {
                    self.needs_file("key file", path);
                    if !pii.uses(PiiAction::Pseudonym) && !pii.uses(PiiAction::Reserved) {
                        let message = "`key-file` has no effect: no kind is replaced by `pseudonym` or `reserved`";
                        self.findings.push(Finding::warning("C044", path.place, message).hint("delete it"));
                    }
                }
                if pii.preset.is_some() && (!pii.actions.is_empty() || pii.action != PiiAction::Tag) {
                    let message =
                        "`action` and `actions` have no effect: the preset says what is put in the place of values";
                    self.findings.push(Finding::warning("C044", place, message).hint("delete them, or the preset"));
                }
                let rest = pii.replace.replace("{kind}", "");
                if rest.contains(['{', '}']) {
                    let message = format!("{} has a placeholder that is not `{{kind}}`", quoted(&pii.replace));
                    self.findings.push(Finding::error("C030", place, message).hint("write `replace = \"<{kind}>\"`"));
                }
            }
            StepKind::Classify(classify) => self.needs_file("model", &classify.model),
            StepKind::Perplexity(perplexity) => self.perplexity(perplexity),
            StepKind::Robots(robots) => self.robots(robots),
            StepKind::Decontaminate(one) => self.decontaminate(one),
            StepKind::Tokenize(tokenize) => {
                self.needs_file("tokenizer", &tokenize.tokenizer);
                if let Some(merges) = &tokenize.merges {
                    self.needs_file("file of merges", merges);
                }
            }
            StepKind::Extract(_) | StepKind::Filter(_) => {}
        }
    }

    fn language(&mut self, language: &Language) {
        if language.model.value == Language::EMBEDDED {
            if let Some(hash) = &language.sha256 {
                let message = "`sha256` has no effect: the embedded model is part of the program";
                self.findings.push(Finding::warning("C044", hash.place, message).hint("delete it"));
            }
        } else {
            self.needs_file("model", &language.model);
        }
        for code in &language.keep {
            self.code(code);
        }
        if language.per == LanguagePer::Document {
            let share = language.min_own_share.as_ref().map(|bound| ("min-own-share", bound.place));
            let most = language.max_languages.as_ref().map(|bound| ("max-languages", bound.place));
            for (key, place) in share.into_iter().chain(most) {
                let message = format!("`{key}` is a bound on lines or paragraphs, and `per` is `document`");
                self.findings
                    .push(Finding::error("C018", place, message).hint("add `per = \"line\"` or `per = \"paragraph\"`"));
            }
        }
    }

    pub(super) fn code(&mut self, code: &super::Located<String>) {
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
        self.findings.push(Finding::error("C023", code.place, message).hint(hint));
    }

    fn url(&mut self, step: &Step, url: &UrlRules) {
        let lists = [
            &url.block_domains,
            &url.block_hosts,
            &url.block_urls,
            &url.block_words,
            &url.block_soft_words,
            &url.block_substrings,
        ];
        for list in lists.into_iter().flatten() {
            self.needs_file("list", list);
        }
        if let Some(categories) = &url.block_categories {
            self.categories(categories);
        }
        if lists.iter().all(|list| list.is_empty())
            && url.block_categories.is_none()
            && url.max_length == 0
            && url.missing == super::super::types::Missing::Keep
        {
            let message = "this `url` step drops nothing: it has no list and no `max-length`";
            self.findings.push(Finding::warning("C044", step.place, message).hint("name a list, or delete the step"));
        }
    }

    /// Files that exist, and agents whose product token is the whole name: what stands behind it is never compared.
    fn robots(&mut self, robots: &Robots) {
        for path in &robots.paths {
            self.input(path);
        }
        for agent in &robots.agents {
            let token = crate::robots::product_token(&agent.value);
            if agent.value.is_empty() || token.as_deref() == Some(&agent.value.to_ascii_lowercase()) {
                continue;
            }
            let message = format!("{} is no product token of a robots.txt", quoted(&agent.value));
            let hint = match (token, agent.value.as_str()) {
                (Some(token), _) => format!("write {:?}", &agent.value[..token.len()]),
                (None, "*") => "`*` groups hold for every agent without a group of its own: leave it out".to_owned(),
                (None, _) => "tokens are letters, `-` and `_`".to_owned(),
            };
            self.findings.push(Finding::error("C032", agent.place, message).hint(hint));
        }
    }

    /// Sets with files and fields, and an action that the method can do.
    fn decontaminate(&mut self, one: &Decontaminate) {
        if let (true, Some(place)) = (one.sets.is_empty(), one.sets_place) {
            let message = "this `decontaminate` step has no set";
            self.findings.push(Finding::error("C028", place, message).hint("add one to `sets`"));
        }
        self.unique("benchmark set", one.sets.iter().map(|set| (set.name.value.as_str(), set.name.place)).collect());
        for set in &one.sets {
            for path in &set.paths {
                self.input(path);
            }
            let mut fields: Vec<&super::Located<String>> =
                [&set.question, &set.answer, &set.passage, &set.text].into_iter().flatten().collect();
            if fields.is_empty() {
                let message = format!("set {} names no field with words", quoted(&set.name.value));
                let hint = "add `question = \"question\"`, `answer = \"answer\"` or `text = \"text\"`";
                self.findings.push(Finding::error("C007", set.place, message).hint(hint));
            }
            if one.sampled.is_some() && set.question.is_none() && set.text.is_none() && !fields.is_empty() {
                let message = format!("set {} has no questions, and items are found by them", quoted(&set.name.value));
                let hint = "add `question = \"question\"`, or `text = \"text\"` for texts to look for as questions";
                self.findings.push(Finding::error("C007", set.place, message).hint(hint));
            }
            fields.retain(|field| field.value.is_empty());
            for field in fields {
                self.findings.push(Finding::error("C028", field.place, "a field's name is empty".to_owned()));
            }
        }
        if one.method == ContaminationMethod::Datatrove && one.action == Remedy::Cut {
            let message = "`action = \"cut\"` needs words with a place in the text; those of `datatrove` have none";
            let hint = "write `method = \"gpt3\"`, or `action = \"drop\"`";
            self.findings.push(Finding::error("C018", one.action_place, message).hint(hint));
        }
        if let Some(sampled) = &one.sampled {
            if sampled.tokenizer.value != SampledOverlap::SEGMENTS {
                self.needs_file("tokenizer", &sampled.tokenizer);
            }
            if sampled.full_from < sampled.perfect_to {
                let message =
                    format!("`full-from = {}` is below `perfect-to = {}`", sampled.full_from, sampled.perfect_to);
                let hint = "the score that is enough falls from the one number of tokens to the other";
                self.findings.push(Finding::error("C018", sampled.full_place, message).hint(hint));
            }
        }
    }

    fn dedup(&mut self, step: &Step, dedup: &Dedup, config: &Config) {
        let keep = match dedup {
            Dedup::Exact(exact) => {
                if let Target::Field(name) = &exact.on.value {
                    self.carried(name, exact.on.place, config);
                }
                self.indexes(&exact.index);
                &exact.keep
            }
            Dedup::Minhash(minhash) => {
                let hashes = u64::from(minhash.bands) * u64::from(minhash.rows);
                if hashes > MOST_HASHES {
                    let message = format!("`bands` × `rows` is {hashes} hashes, more than {MOST_HASHES}");
                    self.findings.push(Finding::error("C018", step.place, message).hint("take fewer `bands`"));
                }
                if let Some(tokenizer) = &minhash.tokenizer {
                    self.needs_file("tokenizer", tokenizer);
                }
                self.token_shingles(step, minhash, config);
                self.indexes(&minhash.index);
                &minhash.keep
            }
            Dedup::Lines(pieces) | Dedup::Paragraphs(pieces) | Dedup::Sentences(pieces) => {
                return self.pieces(step, pieces);
            }
            Dedup::Substring(_) => return,
            Dedup::Overlap(one) => return self.overlap(one),
        };
        match keep {
            Keep::Best(metric) => self.metric(metric),
            Keep::SourcePriority if config.sources.len() < 2 => {
                let message = "`keep = \"source-priority\"` has no effect with one source";
                self.findings.push(Finding::warning("C044", step.place, message).hint("write `keep = \"first\"`"));
            }
            _ => {}
        }
    }

    /// Indexes of earlier runs are folders.
    fn indexes(&mut self, paths: &[super::Located<String>]) {
        for path in paths.iter().filter(|path| !path.value.trim().is_empty() && path.place.is_written()) {
            let name = quoted(&path.value);
            let hint = "give the folder that a finished run with `save-index = true` left at `OUT/index/STEP`";
            let what = match self.world.file(&path.value) {
                FileKind::Folder => continue,
                FileKind::File => format!("index {name} is a file, not a folder"),
                FileKind::Missing => format!("index {name} does not exist"),
                FileKind::Failed(why) => format!("cannot look at index {name}: {why}"),
            };
            self.findings.push(Finding::error("C014", path.place, what).hint(hint));
        }
    }

    /// Token shingles need a tokenizer, and no other shingles do.
    fn token_shingles(&mut self, step: &Step, minhash: &MinhashDedup, config: &Config) {
        let tokens = minhash.shingle == Shingle::Token;
        let tokenizes = config.steps.iter().any(|one| matches!(one.kind, StepKind::Tokenize(_)));
        if tokens && minhash.tokenizer.is_none() && !tokenizes {
            let message = "token shingles need a tokenizer, and the config has no step `tokenize`";
            self.findings.push(
                Finding::error("C018", step.place, message).hint("add `tokenizer = \"…/tokenizer.json\"` to the step"),
            );
        }
        if let (false, Some(tokenizer)) = (tokens, &minhash.tokenizer) {
            let message = "`tokenizer` has no effect: the shingles are not made of tokens";
            self.findings.push(
                Finding::warning("C044", tokenizer.place, message).hint("write `shingle = \"token\"`, or delete it"),
            );
        }
    }

    fn overlap(&mut self, one: &OverlapDedup) {
        self.indexes(&one.index);
        if one.min_ngram > one.ngram {
            let message = format!("`min-ngram` is {}, greater than `ngram`, which is {}", one.min_ngram, one.ngram);
            let hint = "delete it, or take a number up to `ngram`";
            self.findings.push(Finding::error("C018", one.min_ngram_place, message).hint(hint));
        }
        if one.threshold >= 1.0 {
            let message = "this step removes nothing: no share is above `threshold = 1.0`";
            self.findings.push(Finding::warning("C044", one.threshold_place, message).hint("take a smaller share"));
        }
    }

    fn pieces(&mut self, step: &Step, pieces: &PiecesDedup) {
        self.indexes(&pieces.index);
        if pieces.scope == Scope::Document && (pieces.save_index || !pieces.index.is_empty()) {
            let message = "`scope = \"document\"` compares a document with itself alone, and an index is of many";
            let hint = "write `scope = \"corpus\"`, or delete `index` and `save-index`";
            self.findings.push(Finding::error("C018", step.place, message).hint(hint));
        }
        if pieces.scope == Scope::Document && pieces.repeats == Repeats::Keep {
            let message =
                "this step cuts nothing: `scope = \"document\"` looks for repeats, and `repeats = \"keep\"` keeps them";
            self.findings.push(Finding::warning("C044", step.place, message).hint("write `repeats = \"cut\"`"));
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
            self.findings
                .push(Finding::error("C018", place, message).hint(format!("add {name:?} to a source's `carry`")));
        }
    }

    fn metric(&mut self, metric: &super::Located<String>) {
        let known = self.world.metrics();
        if metric.value.is_empty() || known.contains(&metric.value) {
            return;
        }
        let hint = did_you_mean(&metric.value, known.iter().map(String::as_str));
        self.findings.push(
            Finding::error("C021", metric.place, format!("unknown metric {}", quoted(&metric.value))).maybe_hint(hint),
        );
    }

    fn when(&mut self, step: &Step, config: &Config) {
        for code in &step.when.language {
            self.code(code);
        }
        for source in &step.when.source {
            let mut names = config.sources.iter().map(|source| source.name.value.as_str());
            if !source.value.is_empty() && !names.clone().any(|name| name == source.value) {
                let hint = did_you_mean(&source.value, names.by_ref());
                let message = format!("no source is called {}", quoted(&source.value));
                self.findings.push(Finding::error("C022", source.place, message).maybe_hint(hint));
            }
        }
    }
}
