//! The classify step as an object: the model loaded, its labels found.

use super::super::AssemblyError;
use super::{Builder, Made, refused, refused_file, rule};
use crate::classify::FastText;
use crate::config::{self, ClassifyCombine, ClassifyLevel, ClassifyPrepare};
use crate::document::Bins;
use crate::plan::MetricColumn;
use crate::steps::{CLASSIFY_HIGH, CLASSIFY_LOW, ClassifyStep, Combine, Level, Prepare, Work};
use std::sync::Arc;

/// Labels that a message lists at most.
const LISTED: usize = 30;

impl Builder<'_> {
    pub(super) fn classify(&mut self, name: &str, one: &config::Classify) -> Result<Made, AssemblyError> {
        let path = &one.model.value;
        let bytes = self.reference(path, one.sha256.as_ref())?;
        let model = FastText::from_bytes(&bytes).map_err(|error| refused_file(path, &error))?;
        let labels = labels(path, &model, &one.labels)?;
        let column = self.metrics.len();
        let wanted: Vec<&str> = one.labels.iter().map(|label| label.value.as_str()).collect();
        let wanted = wanted.join(" + ");
        self.metrics.push(MetricColumn {
            name: format!("{name}/score"),
            doc: format!("probability of {wanted}"),
            bins: Bins::Unit,
        });
        let metric = format!("{name}/score");
        let low = one.min_score.map(|bound| rule(CLASSIFY_LOW, &metric, "<", bound));
        let high = one.max_score.map(|bound| rule(CLASSIFY_HIGH, &metric, ">", bound));
        let pieces = match one.level {
            ClassifyLevel::Document => String::new(),
            level => format!(", {} of every {}", one.combine.word(), level.word()),
        };
        let step = ClassifyStep {
            model: Arc::new(model),
            labels,
            prepare: match one.prepare {
                ClassifyPrepare::Spaces => Prepare::Spaces,
                ClassifyPrepare::Dclm => Prepare::Lines,
                ClassifyPrepare::Datatrove => Prepare::Joined,
                ClassifyPrepare::Words => Prepare::Words,
            },
            level: match one.level {
                ClassifyLevel::Document => Level::Document,
                ClassifyLevel::Line => Level::Line,
                ClassifyLevel::Sentence => Level::Sentence,
            },
            combine: match one.combine {
                ClassifyCombine::Mean => Combine::Mean,
                ClassifyCombine::Max => Combine::Greatest,
            },
            min_score: one.min_score,
            max_score: one.max_score,
            column,
        };
        let summary = format!("{path}: {wanted}{pieces}, text as {}", one.prepare.word());
        Ok((Work::Judge(Box::new(step)), summary, low.into_iter().chain(high).collect()))
    }
}

/// The places of the wanted labels in the model.
fn labels(path: &str, model: &FastText, wanted: &[config::Located<String>]) -> Result<Vec<u32>, AssemblyError> {
    let bare = |label: &str| label.strip_prefix("__label__").unwrap_or(label).to_owned();
    if wanted.is_empty() {
        return Err(refused(&format!("`labels` names no label of `{path}`; {}", known(model))));
    }
    let mut places = Vec::new();
    for label in wanted {
        let found = model.labels().iter().position(|own| bare(own) == bare(&label.value));
        let Some(place) = found.and_then(|place| u32::try_from(place).ok()) else {
            return Err(refused(&format!("`{path}` has no label `{}`; {}", label.value, known(model))));
        };
        if places.contains(&place) {
            return Err(refused(&format!("`labels` names `{}` twice", label.value)));
        }
        places.push(place);
    }
    Ok(places)
}

/// The labels of a model, for people.
fn known(model: &FastText) -> String {
    let labels = model.labels();
    let listed: Vec<&str> = labels.iter().take(LISTED).map(String::as_str).collect();
    let more = if labels.len() > LISTED { format!(" and {} more", labels.len() - LISTED) } else { String::new() };
    format!("it has {}{more}", listed.join(", "))
}
