//! Where the time of a run went, as its log has it. No part of a sealed report, whose bytes are the same for every run of a plan.

use super::numbers::percent;
use super::page::Page;
use super::table::{Cell, From, Table, Weight, drawn, left, right};
use std::collections::BTreeMap;

/// Steps listed.
const ROWS: usize = 100;
/// Steps that the last words of a run name.
const NAMED: usize = 6;

/// Seconds by step of the attempts whose end the log tells: of all threads together, by the wall clock.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Times {
    /// Seconds from the start of each attempt to its end.
    pub seconds: f64,
    /// Attempts: more than one where a run was stopped and gone on with.
    pub attempts: usize,
    /// Seconds of each step, by name.
    pub steps: BTreeMap<String, f64>,
}

impl Times {
    /// Reads a log, `run.log.jsonl`. Lines that say nothing of steps are passed over, and so is one that a kill cut off.
    /// `None` where no attempt told its steps.
    #[must_use]
    pub fn read(log: &str) -> Option<Self> {
        let mut times = Self::default();
        for line in log.lines() {
            let Ok(event) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let Some(steps) = event["step_seconds"].as_object() else { continue };
            times.attempts += 1;
            times.seconds += event["seconds"].as_f64().unwrap_or_default();
            for (step, seconds) in steps {
                *times.steps.entry(step.clone()).or_default() += seconds.as_f64().unwrap_or_default();
            }
        }
        (times.attempts > 0).then_some(times)
    }

    /// Steps from the slowest, in milliseconds, and the sum of all.
    fn sorted(&self) -> (Vec<(&str, u64)>, u64) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "milliseconds of a run, not below 0"
        )]
        let whole = |seconds: &f64| (seconds * 1e3).round() as u64;
        let mut steps: Vec<(&str, u64)> =
            self.steps.iter().map(|(name, seconds)| (name.as_str(), whole(seconds))).collect();
        steps.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let all = steps.iter().map(|step| step.1).sum();
        (steps, all)
    }

    /// The slowest steps with their shares, in a line; `None` where no step took a millisecond.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let (steps, all) = self.sorted();
        let slow = steps.iter().take(NAMED).filter(|step| step.1 > 0);
        let words: Vec<String> = slow.map(|(name, spent)| format!("{name} {}", percent(*spent, all))).collect();
        (!words.is_empty()).then(|| words.join(" · "))
    }
}

/// The table of steps, from the slowest.
pub fn table(times: &Times) -> Table {
    let columns =
        [left("step"), right("seconds", "of all threads together"), right("share", "of all steps"), drawn("", "")];
    let mut table =
        Table::new("Time by step; reading, sorting and writing are not in it.", From::Log("step_seconds"), &columns);
    let (steps, all) = times.sorted();
    for (name, spent) in steps {
        let cells = vec![
            Cell::Document(name.to_owned()),
            Cell::Words(format!("{}.{:03}", spent / 1000, spent % 1000)),
            Cell::Share(spent, all),
            Cell::Bar(spent, all),
        ];
        table.row(ROWS, Weight::Plain, cells);
    }
    table
}

/// Says how long it took.
pub fn sentence(times: &Times) -> String {
    let attempts = match times.attempts {
        1 => String::new(),
        n => format!(" in {n} attempts"),
    };
    format!(
        "The log tells of {:.1} s{attempts}. Units that a cluster computed one by one (`--cluster`) are not in it.",
        times.seconds
    )
}

/// Draws the section.
pub fn draw(page: &mut Page, times: Option<&Times>) {
    match times {
        Some(times) => {
            page.html("<p>").text(&sentence(times)).html("</p>\n");
            table(times).draw(page);
        }
        None => {
            page.html("<p>Not in a sealed report, which is the same for every run of a plan, nor known without the run's log: ");
            page.html("<code>gristmill stats RUN</code> tells it, <code>gristmill report RUN</code> draws this page with it.</p>\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_summed_and_cut_lines_are_passed_over() {
        let log = concat!(
            "{\"event\":\"stage.start\",\"ts\":1.0}\n",
            "{\"event\":\"run.stop\",\"seconds\":2.0,\"step_seconds\":{\"pii\":1.0,\"language\":0.5}}\n",
            "{\"event\":\"run.end\",\"seconds\":3.0,\"step_seconds\":{\"pii\":2.0,\"language\":0.5}}\n",
            "{\"event\":\"run.end\",\"seco",
        );
        let times = Times::read(log).unwrap();
        assert_eq!((times.seconds, times.attempts), (5.0, 2));
        assert_eq!(times.steps, BTreeMap::from([("pii".to_owned(), 3.0), ("language".to_owned(), 1.0)]));
        assert_eq!(times.line().unwrap(), "pii 75.0 % · language 25.0 %");
        assert_eq!(table(&times).rows.len(), 2);
    }

    #[test]
    fn a_log_without_steps_tells_nothing() {
        assert_eq!(Times::read("{\"event\":\"run.start\"}\n"), None);
        assert_eq!(Times::read(""), None);
    }
}
