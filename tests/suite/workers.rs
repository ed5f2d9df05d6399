//! Several workers on one run directory: the same bytes as one process, whoever computes what, and whoever dies.

use crate::small;
use gristmill::engine::{FINISH, Failure, Outcome, Signals, ToDo, Worker};
use gristmill::storage::{Medium, Memory, Trouble};
use std::collections::BTreeSet;

const MIB: usize = 1 << 20;

pub fn work(memory: &Memory, config: &str, place: u32, of: u32) -> Result<(), Failure> {
    let worker = Worker { place, of };
    small::attempt(memory, config, 1, 64 * MIB, &Signals::none(), |attempt| attempt.work(worker)).map(drop)
}

pub fn to_do(memory: &Memory, config: &str) -> Option<ToDo> {
    small::attempt(memory, config, 1, 64 * MIB, &Signals::none(), |attempt| attempt.to_do()).unwrap()
}

pub fn unit(memory: &Memory, config: &str, stage: &str, unit: u32) -> Result<bool, Failure> {
    let outcome = small::attempt(memory, config, 1, 64 * MIB, &Signals::none(), |attempt| attempt.unit(stage, unit))?;
    if let Outcome::Done(record) = &outcome {
        assert_eq!((record.stage.as_str(), record.unit), (stage, unit));
    }
    Ok(outcome != Outcome::Busy)
}

/// Three workers, and a scheduler that takes units from the last to the first, leave what one process does.
pub fn same_output<T: PartialEq>(
    world: &dyn Fn() -> Memory,
    config: &str,
    (output, clean): (&dyn Fn(&Memory) -> T, &T),
) {
    let memory = world();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..3)
            .map(|n| {
                let memory = &memory;
                scope.spawn(move || work(memory, config, n, 3))
            })
            .collect();
        all.into_iter().for_each(|one| one.join().unwrap().unwrap());
    });
    assert!(output(&memory) == *clean, "three workers");
    let memory = world();
    while let Some(to_do) = to_do(&memory, config) {
        for &number in to_do.units.iter().rev() {
            assert!(unit(&memory, config, &to_do.stage, number).unwrap(), "{} {number}", to_do.stage);
        }
    }
    assert!(output(&memory) == *clean, "unit after unit, from the last to the first");
}

#[test]
fn any_number_of_workers_gives_the_bytes_of_one_process() {
    let config = small::CONFIG;
    let alone = small::world();
    small::run(&alone, config, 2, 64 * MIB).unwrap();
    for workers in [1, 2, 5] {
        let memory = small::world();
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..workers)
                .map(|n| {
                    scope.spawn({
                        let memory = &memory;
                        move || work(memory, config, n, workers)
                    })
                })
                .collect();
            for one in all {
                one.join().unwrap().unwrap();
            }
        });
        assert_eq!(small::output(&memory), small::output(&alone), "{workers} workers");
        work(&memory, config, 0, 1).unwrap();
        assert_eq!(small::output(&memory), small::output(&alone), "a worker that comes late");
    }
}

#[test]
fn a_scheduler_can_compute_unit_after_unit() {
    let config = small::CONFIG;
    let alone = small::world();
    small::run(&alone, config, 2, 64 * MIB).unwrap();
    let memory = small::world();
    let mut stages = Vec::new();
    while let Some(to_do) = to_do(&memory, config) {
        // From the last to the first: the order of units must not matter. The first one twice.
        for number in to_do.units.iter().rev().chain(&to_do.units[..1]) {
            assert!(unit(&memory, config, &to_do.stage, *number).unwrap(), "{} {number}", to_do.stage);
        }
        stages.push(to_do.stage);
    }
    assert_eq!(stages.last().map(String::as_str), Some(FINISH));
    assert_eq!(stages.iter().collect::<BTreeSet<_>>().len(), stages.len(), "each stage once: {stages:?}");
    assert_eq!(small::output(&memory), small::output(&alone));
}

#[test]
fn a_unit_before_its_time_or_that_is_none_is_refused() {
    let (config, memory) = (small::CONFIG, small::world());
    let said = |stage, number| unit(&memory, config, stage, number).unwrap_err().to_string();
    assert!(said(FINISH, 0).contains("units of `map-0` are not finished, the first is 0"), "{}", said(FINISH, 0));
    assert!(said("map-0", 4_000).contains("there is no unit 4000"));
    small::run(&memory, config, 1, 64 * MIB).unwrap();
    assert!(unit(&memory, config, "map-0", 0).unwrap(), "all units of a finished run are finished");
}

#[test]
fn a_run_alone_and_workers_keep_each_other_out() {
    let (config, memory) = (small::CONFIG, small::world());
    let out = small::directory(&memory);
    let alone = out.lock("work/LOCK", "process 7").unwrap().unwrap();
    let refused = work(&memory, config, 0, 1).unwrap_err();
    assert!(refused.to_string().contains("in use by process 7, which runs it alone"), "{refused}");
    drop(alone);
    let shared = (out.lock_shared("work/LOCK").unwrap().unwrap(), out.lock_shared("work/LOCK").unwrap().unwrap());
    let refused = small::run(&memory, config, 1, 64 * MIB).map(drop).unwrap_err();
    assert!(refused.to_string().contains("in use by workers"), "{refused}");
    drop(shared);
    small::run(&memory, config, 1, 64 * MIB).unwrap();
}

#[test]
fn workers_that_die_cost_nothing_but_time() {
    let config = small::CONFIG;
    let alone = small::world();
    small::run(&alone, config, 2, 64 * MIB).unwrap();
    let calls = {
        let counted = small::world().with_trouble(Trouble::None);
        work(&counted, config, 0, 1).unwrap();
        counted.calls()
    };
    for part in 1..12 {
        let memory = small::world();
        let dying = memory.with_trouble(Trouble::CrashAt(calls * part / 12));
        assert!(work(&dying, config, 0, 2).is_err(), "part {part}: the worker dies");
        // Its process is gone, and so are its locks; what it wrote unsealed is still there.
        work(&memory, config, 1, 2).unwrap();
        assert_eq!(small::output(&memory), small::output(&alone), "died in part {part}");
    }
}
