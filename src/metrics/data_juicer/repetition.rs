//! Runs of 10 characters that repeat.

use super::{REPETITION, set_share};
use crate::metrics::Sink;
use crate::metrics::char_runs::CharRuns;
use crate::text::TextView;

/// Characters in a run.
const RUN: usize = 10;

/// Measures the share of runs that are among the most frequent repeated ones.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let [runs] = CharRuns::of(view.text(), [RUN]);
    let all = runs.all;
    let most = usize::try_from(runs.most_frequent()).unwrap_or(all);
    set_share(sink, REPETITION, most, all);
}
