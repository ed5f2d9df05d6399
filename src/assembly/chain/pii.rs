//! The step `pii`.

use super::{Builder, Made, refused, rule};
use crate::assembly::AssemblyError;
use crate::config::{self, PiiAction, PiiPreset};
use crate::pii::{Action, Detector, Dolma, Kind, Replacement, Scrubber};
use crate::steps::{PiiStep, PiiWork, Work};

impl Builder<'_> {
    pub(super) fn pii(&mut self, one: &config::Pii) -> Result<Made, AssemblyError> {
        let kinds: Vec<&str> = one.kinds.iter().map(|kind| kind.word()).collect();
        let found: Vec<Kind> = kinds.iter().filter_map(|word| Kind::from_word(word)).collect();
        if found.len() != kinds.len() {
            return Err(refused(&format!("not all of {} have a detector", kinds.join(", "))));
        }
        let (work, summary) = match one.preset {
            Some(PiiPreset::Datatrove) => {
                (PiiWork::Datatrove(Box::default()), "as datatrove's PIIFormatter".to_owned())
            }
            Some(PiiPreset::Dolma) => (PiiWork::Dolma(Box::default()), "as Dolma's tagger and mixer".to_owned()),
            None => (PiiWork::Own(Box::new(self.scrubber(one, &found)?)), summary_of(one, &kinds)),
        };
        let dolma = (one.preset == Some(PiiPreset::Dolma)).then_some(Dolma::DROP_ABOVE);
        let step = PiiStep { work, drop_above: one.drop_above.or(dolma), drop_density: one.drop_density };
        let count = step.drop_above.map(|bound| rule("too-much-pii", "pii_spans", ">", f64::from(bound)));
        let dense = step.drop_density.map(|bound| rule("too-dense-pii", "pii_density", ">", bound));
        Ok((Work::Edit(Box::new(step)), summary, count.into_iter().chain(dense).collect()))
    }

    /// What finds and replaces by our own detectors. The key is in no plan and no message; of a key's file the plan has
    /// the checksum.
    fn scrubber(&mut self, one: &config::Pii, kinds: &[Kind]) -> Result<Scrubber, AssemblyError> {
        const PURPOSE: &str = "gristmill 2026 pseudonyms of personal data";
        let tags = Replacement::new(&one.replace)
            .map_err(|error| refused(&format!("`pii.replace` cannot be used: {error}")))?;
        let key = match &one.key_file {
            None => blake3::derive_key(PURPOSE, &self.config.seed.to_le_bytes()),
            Some(path) => {
                let bytes = self.reference(&path.value, None)?;
                if bytes.len() < 16 {
                    return Err(refused("the file of `pii.key-file` has fewer than 16 bytes: too short to be a key"));
                }
                blake3::derive_key(PURPOSE, &bytes)
            }
        };
        let action = |kind: Kind| {
            let own = config::PiiKind::from_word(kind.word()).and_then(|kind| one.actions.get(&kind));
            match own.copied().unwrap_or(one.action) {
                PiiAction::Tag => Action::Tag,
                PiiAction::Pseudonym => Action::Pseudonym,
                PiiAction::Reserved => Action::Reserved,
                PiiAction::Mask => Action::Mask,
            }
        };
        Ok(Scrubber::new(Detector::new(kinds), tags, action, key))
    }
}

/// One line for people.
fn summary_of(one: &config::Pii, kinds: &[&str]) -> String {
    let actions: Vec<String> =
        one.actions.iter().map(|(kind, action)| format!("{} by {}", kind.word(), action.word())).collect();
    let rest = if actions.is_empty() { String::new() } else { format!("; {}", actions.join(", ")) };
    match one.action {
        PiiAction::Tag => format!("{} replaced by `{}`{rest}", kinds.join(", "), one.replace),
        action => format!("{} replaced by {}{rest}", kinds.join(", "), action.word()),
    }
}
