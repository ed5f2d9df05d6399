//! The robots step: what the robots.txt of its site forbids goes.

use super::{Judge, Outcome, Yields};
use crate::document::{Bound, Document, Reason, Row};
use crate::robots::{Finding, Table};
use crate::text::TextView;
use std::sync::Arc;

/// The rule of hosts whose server failed.
pub const UNREACHABLE: &str = "unreachable";

/// The rule that an agent obeys.
#[must_use]
pub fn disallowed(agent: &str) -> String {
    format!("disallowed:{agent}")
}

/// The table of the crawl's robots.txt files.
pub struct RobotsStep {
    table: Table,
    /// One rule an agent.
    rules: Vec<Arc<str>>,
}

impl RobotsStep {
    /// A step with its table; `names` are the agents as people wrote them, in the order of the table.
    #[must_use]
    pub fn new(table: Table, names: &[String]) -> Self {
        Self { table, rules: names.iter().map(|name| Arc::from(disallowed(name))).collect() }
    }
}

impl Judge for RobotsStep {
    fn look(&self, _view: &TextView<'_>, document: &Document, _row: &mut Row, _yields: &mut Yields) -> Outcome {
        let found = document.url.as_deref().and_then(|url| self.table.judge(url));
        let Some(found) = found else { return Outcome::Keep };
        Outcome::drop(match found {
            // The number is the line; its words stand in the name of what was measured, so that `why` shows both.
            Finding::Disallowed { agent, line, pattern } => Reason {
                rule: self.rules.get(agent).cloned().unwrap_or_else(|| Arc::from("disallowed")),
                metric: Arc::from(format!("the line of `Disallow: {pattern}` in robots.txt")),
                value: f64::from(line),
                bound: None,
            },
            Finding::Unreachable(status) => Reason {
                rule: Arc::from(UNREACHABLE),
                metric: Arc::from("the HTTP status of robots.txt"),
                value: f64::from(status),
                bound: Some(Bound::AtLeast(500.0)),
            },
        })
    }
}
