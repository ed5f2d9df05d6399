//! `gristmill work` and `gristmill unit`: one run, many processes.

use super::args::{Unit, Work};
use super::run::{compute, machine, say_why};
use super::session::{Session, directory, straight};
use super::terminal;
use crate::document::Counts;
use crate::engine::{Attempt, Outcome, Progress, Signals, ToDo};
use crate::steps::StepClock;

/// Exit code of a unit that another process has in hand.
const BUSY: u8 = 1;

/// Runs the verb `work`.
pub fn run(args: &Work) -> u8 {
    let attempt = || {
        let session = Session::open(&args.source)?;
        let program = session.assemble()?;
        compute(&session, &program, &args.means, |attempt| attempt.work(args.worker))
    };
    attempt().unwrap_or_else(|code| code)
}

/// Runs the verb `unit`.
pub fn unit(args: &Unit) -> u8 {
    attempt_unit(args).unwrap_or_else(|code| code)
}

fn attempt_unit(args: &Unit) -> Result<u8, u8> {
    let session = Session::open(&args.source)?;
    let program = session.assemble()?;
    let signals = Signals::listen().map_err(|error| {
        terminal::message("error", &format!("cannot listen to signals: {error}"));
        super::ENVIRONMENT
    })?;
    let out = directory(&session.output_dir());
    let (progress, clock) = (Progress::default(), StepClock::new(program.plan.steps.len()));
    let attempt = Attempt {
        program: &program,
        machine: machine(&args.means, &session)?,
        out: &out,
        signals: &signals,
        progress: &progress,
        clock: &clock,
        // One process per unit: the scheduler keeps the log.
        log: &|_, _| (),
    };
    let fingerprint = program.plan.fingerprint();
    let result = match &args.unit {
        Some((stage, unit)) => attempt.unit(stage, *unit).map(|outcome| match outcome {
            Outcome::Busy => {
                terminal::note(&format!("another process has unit {unit} of {stage} in hand"));
                BUSY
            }
            Outcome::Ended => 0,
            Outcome::Done(record) => {
                let counts = record.tally.as_ref().map(Counts::of).unwrap_or_default();
                terminal::data(&format!(
                    "{}\n",
                    serde_json::json!({ "fingerprint": fingerprint, "stage": stage, "unit": unit,
                        "outputs": record.outputs, "counts": counts })
                ))
            }
        }),
        None => attempt.to_do().map(|to_do| {
            let threads = |one: &ToDo| if one.alone { 1 } else { attempt.machine.threads };
            let line = |(one, unit): (&ToDo, &u32)| {
                let cpus = threads(one);
                let json =
                    serde_json::json!({ "fingerprint": fingerprint, "stage": one.stage, "unit": unit, "threads": cpus });
                format!("{json}\n")
            };
            let progress = to_do.as_ref().filter(|_| args.progress).map(|_| {
                format!("{}\n", serde_json::json!({ "progress": progress.snapshot() }))
            });
            let lines = to_do.iter().flat_map(|one| one.units.iter().map(move |unit| (one, unit))).map(line);
            terminal::data(&progress.into_iter().chain(lines).collect::<String>())
        }),
    };
    Ok(result.unwrap_or_else(|failure| {
        say_why(&failure, &straight(&session.output_dir()));
        failure.exit_code()
    }))
}
