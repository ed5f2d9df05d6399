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

/// Pulls batches from `next`, works on them in parallel, and hands the results to `consume` in the order of pulling.
///
/// `next` and `consume` run on the calling thread, so reading and decompressing goes on while batches are worked on.
///
/// # Errors
/// The first failure of `next` or `consume`, or an interruption.
pub fn run<T: Send, R: Send>(
    lanes: &Lanes<'_>,
    mut next: impl FnMut() -> Result<Option<Batch<T>>, Failure>,
    work: impl Fn(T) -> R + Sync,
    mut consume: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let work = &work;
    lanes.pool.in_place_scope(|scope| {
        let mut queue: VecDeque<(Receiver<R>, super::budget::Permit<'_>)> = VecDeque::new();
        let mut waiting: Option<Batch<T>> = None;
        let mut ended = false;
        loop {
            lanes.signals.check()?;
            while queue.len() < lanes.in_flight && (waiting.is_some() || !ended) {
                let batch = match waiting.take() {
                    Some(batch) => batch,
                    None => match next()? {
                        Some(batch) => batch,
                        None => {
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
