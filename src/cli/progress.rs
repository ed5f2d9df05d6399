//! The progress line: moving on a terminal, one plain line per minute elsewhere. It never blocks the run.

use super::terminal;
use crate::engine::{Program, Progress, Snapshot};
use crate::steps::StepClock;
use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Between two drawings on a terminal.
const LIVE: Duration = Duration::from_millis(250);
/// Between two lines elsewhere.
const PLAIN: Duration = Duration::from_secs(60);
/// Between two looks there, so that a wait is told when it begins.
const LOOK: Duration = Duration::from_secs(1);
/// Characters of the bar.
const BAR: usize = 20;

/// Draws while a run goes on.
pub struct Line<'a> {
    program: &'a Program,
    progress: &'a Progress,
    clock: &'a StepClock,
    quiet: bool,
}

impl<'a> Line<'a> {
    /// Prepares the line.
    pub fn start(program: &'a Program, progress: &'a Progress, clock: &'a StepClock, quiet: bool) -> Self {
        Self { program, progress, clock, quiet }
    }

    /// Runs `work` and draws beside it.
    pub fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        if self.quiet {
            return work();
        }
        let (stop, stopped) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let live = terminal::is_live();
                let mut stage = (String::new(), Instant::now());
                let (mut told, mut waited) = (Instant::now(), false);
                while stopped.recv_timeout(if live { LIVE } else { LOOK }) == Err(RecvTimeoutError::Timeout) {
                    let now = self.progress.snapshot();
                    let waits = !now.waiting.is_empty();
                    let due = live || told.elapsed() >= PLAIN || (waits && !waited);
                    waited = waits;
                    if stage.0 != now.stage {
                        stage = (now.stage.clone(), Instant::now());
                    }
                    if due {
                        told = Instant::now();
                        self.draw(&now, stage.1.elapsed(), live);
                    }
                }
                if live {
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
            });
            let result = work();
            drop(stop);
            result
        })
    }

    fn draw(&self, now: &Snapshot, elapsed: Duration, live: bool) {
        let text = line(&self.program.plan.name, now, elapsed, &self.slowest(), live);
        let mut err = std::io::stderr().lock();
        // A closed terminal is no reason to stop.
        let _ = if live { write!(err, "\r\x1b[K{text}").and_then(|()| err.flush()) } else { writeln!(err, "{text}") };
    }

    /// The step that takes most time, with its share.
    fn slowest(&self) -> String {
        let spent: Vec<u64> = self.clock.nanoseconds.iter().map(|one| one.load(Ordering::Relaxed)).collect();
        let total: u64 = spent.iter().sum();
        let most = spent.iter().enumerate().max_by_key(|(_, nanoseconds)| **nanoseconds);
        match most {
            Some((step, &nanoseconds)) if total > 0 => {
                format!("slowest: {} {}", self.program.plan.steps[step].name, terminal::percent(nanoseconds, total))
            }
            _ => String::new(),
        }
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "for people")]
fn line(name: &str, now: &Snapshot, elapsed: Duration, slowest: &str, live: bool) -> String {
    if !now.waiting.is_empty() {
        return format!("{name}  {}", terminal::sane(&now.waiting));
    }
    let share = if now.total == 0 { 1.0 } else { now.done as f64 / now.total as f64 };
    let filled = ((share * BAR as f64) as usize).min(BAR);
    let bar = if live { format!(" {}{}", "█".repeat(filled), "░".repeat(BAR - filled)) } else { String::new() };
    let eta = if share > 0.02 && share < 1.0 {
        let left = elapsed.as_secs_f64() * (1.0 - share) / share;
        format!("  eta {}", duration(left as u64))
    } else {
        String::new()
    };
    let rate = if now.in_bytes && elapsed.as_secs_f64() > 0.5 {
        format!("  {}/s", terminal::bytes((now.done as f64 / elapsed.as_secs_f64()) as u64))
    } else {
        String::new()
    };
    let dropped: u64 = now.counts.dropped.iter().sum();
    let kept = now.counts.documents.saturating_sub(dropped + now.counts.set_aside);
    format!(
        "{name}  {} ({}/{})  units {}/{} {bar} {:3.0} %{rate}{eta}  in {}  kept {}  bad {}  {slowest}",
        now.stage,
        now.stage_number,
        now.stages,
        now.units_done,
        now.units,
        share * 100.0,
        terminal::count(now.counts.documents),
        terminal::percent(kept, now.counts.documents),
        terminal::count(now.counts.set_aside)
    )
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Counts;

    #[test]
    fn a_line_says_how_far_and_how_long() {
        let now = Snapshot {
            stage: "map-0".into(),
            stage_number: 1,
            stages: 4,
            units_done: 1,
            units: 4,
            done: 50 << 20,
            total: 200 << 20,
            in_bytes: true,
            counts: Counts { documents: 1000, set_aside: 3, dropped: vec![500], ..Counts::default() },
            waiting: String::new(),
        };
        let text = line("web", &now, Duration::from_secs(10), "slowest: filter 40.0 %", false);
        assert_eq!(
            text,
            "web  map-0 (1/4)  units 1/4   25 %  5.0 MiB/s  eta 30s  in 1,000  kept 49.7 %  bad 3  slowest: filter 40.0 %"
        );
        let waits = Snapshot { waiting: "waiting for process 7".into(), ..now };
        assert_eq!(line("web", &waits, Duration::from_secs(10), "", false), "web  waiting for process 7");
    }
}
