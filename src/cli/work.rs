//! `gristmill work` and `gristmill unit`: one run, many processes.

use super::args::{Unit, Work};
use super::run::{compute, machine, say_why};
use super::session::{Session, directory, straight};
use super::terminal;
use crate::engine::{Attempt, Progress, Signals};
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
    let result = match &args.unit {
        Some((stage, unit)) => attempt.unit(stage, *unit).map(|done| {
            if !done {
                terminal::note(&format!("another process has unit {unit} of {stage} in hand"));
            }
            if done { 0 } else { BUSY }
        }),
        None => attempt.to_do().map(|to_do| {
            let fingerprint = program.plan.fingerprint();
            let line = |(stage, unit): (&String, u32)| {
                format!("{}\n", serde_json::json!({ "fingerprint": fingerprint, "stage": stage, "unit": unit }))
            };
            let lines = to_do.iter().flat_map(|one| one.units.iter().map(move |unit| line((&one.stage, *unit))));
            terminal::data(&lines.collect::<String>())
        }),
    };
    Ok(result.unwrap_or_else(|failure| {
        say_why(&failure, &straight(&session.output_dir()));
        failure.exit_code()
    }))
}
