//! Batches side by side, results in order: how one unit uses all cores and still writes the same bytes.

use super::{Budget, Failure, Signals};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, sync_channel};

/// Work that arrives in order.
pub struct Batch<T> {
    /// Memory that it takes while it is worked on, in bytes, about.
    pub weight: usize,
    /// The work itself.
    pub load: T,
}

/// What a pipeline runs on.
pub struct Lanes<'a> {
    /// Worker threads.
    pub pool: &'a rayon::ThreadPool,
    /// Memory permits.
    pub budget: &'a Budget,
    /// Asked before each batch.
    pub signals: &'a Signals,
    /// Batches of one unit in flight at most.
    pub in_flight: usize,
}

/// Batches that are read ahead of those in flight, without a permit: one in hand and one that waits.
const AHEAD: usize = 1;

/// Pulls batches from `next`, works on them in parallel, and hands the results to `consume` in the order of pulling.
///
/// `next` runs on a thread of its own and `consume` on the calling one, so reading and decompressing, work, and writing all
/// go on at once: what one unit of a file that cannot be cut takes is the slowest of the three, not their sum.
///
/// # Errors
/// The first failure of `next` or `consume`, or an interruption.
pub fn run<T: Send, R: Send>(
    lanes: &Lanes<'_>,
    mut next: impl FnMut() -> Result<Option<Batch<T>>, Failure> + Send,
    work: impl Fn(T) -> R + Sync,
    consume: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    std::thread::scope(|threads| {
        let (sender, batches) = sync_channel(AHEAD);
        let read = move || {
            // The receiver is gone only when the unit has already failed.
            while let Some(batch) = next().transpose() {
                let failed = batch.is_err();
                if sender.send(batch).is_err() || failed {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("reader".into())
            .spawn_scoped(threads, read)
            .map_err(|error| Failure::Bug(format!("no reader thread: {error}")))?;
        in_order(lanes, batches, &work, consume)
    })
}

fn in_order<T: Send, R: Send>(
    lanes: &Lanes<'_>,
    batches: Receiver<Result<Batch<T>, Failure>>,
    work: &(impl Fn(T) -> R + Sync),
    mut consume: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    lanes.pool.in_place_scope(|scope| {
        let mut queue: VecDeque<(Receiver<R>, super::budget::Permit<'_>)> = VecDeque::new();
        let mut waiting: Option<Batch<T>> = None;
        let mut ended = false;
        loop {
            lanes.signals.check()?;
            while queue.len() < lanes.in_flight && (waiting.is_some() || !ended) {
                let batch = match waiting.take() {
                    Some(batch) => batch,
                    None => match batches.recv() {
                        Ok(batch) => batch?,
                        Err(_) => {
                            ended = true;
                            break;
                        }
                    },
                };
                let permit = if queue.is_empty() {
                    lanes.budget.take(batch.weight)
                } else if let Some(permit) = lanes.budget.try_take(batch.weight) {
                    permit
                } else {
                    waiting = Some(batch);
                    break;
                };
                let (sender, receiver) = sync_channel(1);
                scope.spawn(move |_| {
                    // The receiver is gone only when the unit has already failed.
                    let _ = sender.send(work(batch.load));
                });
                queue.push_back((receiver, permit));
            }
            let Some((receiver, permit)) = queue.pop_front() else {
                return Ok(());
            };
            let result = receiver.recv().map_err(|_| Failure::Bug("a batch was lost".into()))?;
            consume(result)?;
            drop(permit);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize, in_flight: usize, budget: usize) -> Vec<u64> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (budget, signals) = (Budget::new(budget), Signals::none());
        let lanes = Lanes { pool: &pool, budget: &budget, signals: &signals, in_flight };
        let (mut n, mut out) = (0u64, Vec::new());
        run(
            &lanes,
            || {
                n += 1;
                Ok((n <= 200).then_some(Batch { weight: usize::try_from(n % 13).unwrap() * 10, load: n }))
            },
            |n| {
                // Uneven work, so that results finish out of order.
                (0..(n * 7919) % 2000).fold(n * n, |sum, k| std::hint::black_box(sum ^ k ^ k))
            },
            |square| {
                out.push(square);
                Ok(())
            },
        )
        .unwrap();
        out
    }

    #[test]
    fn the_first_failure_ends_it_wherever_it_stands() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let (budget, signals) = (Budget::new(100), Signals::none());
        let lanes = Lanes { pool: &pool, budget: &budget, signals: &signals, in_flight: 3 };
        let fails = |reading: u64, writing: u64| {
            let (mut n, mut taken) = (0u64, 0u64);
            let next = || {
                n += 1;
                if n == reading { Err(Failure::Bug("read".into())) } else { Ok(Some(Batch { weight: 30, load: n })) }
            };
            let done = run(
                &lanes,
                next,
                |n| n,
                |n| {
                    taken += 1;
                    assert_eq!(n, taken);
                    if n == writing { Err(Failure::Bug("write".into())) } else { Ok(()) }
                },
            );
            (taken, done.unwrap_err().to_string())
        };
        let (taken, error) = fails(9, 1000);
        assert!(taken < 9 && error.contains("read"), "{error}");
        // Reading has no end here: it must stop when writing fails.
        let (taken, error) = fails(u64::MAX, 20);
        assert!(taken == 20 && error.contains("write"), "{error}");
    }

    #[test]
    fn results_come_in_order_at_any_width_and_budget() {
        let expected: Vec<u64> = (1..=200).map(|n| n * n).collect();
        for threads in [1, 2, 7] {
            for in_flight in [1, 3, 64] {
                for budget in [1, 50, 10_000] {
                    assert_eq!(squares(threads, in_flight, budget), expected);
                }
            }
        }
    }
}
