//! Runs that are advanced together: crews, one after the other, each run of a crew on a thread of its own,
//! since each waits for the others. What a crew waits for is its systems' own.

use std::sync::Mutex;

use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};

/// The outcomes of all items, in no order: those of one crew side by side, crews in turn.
///
/// # Errors
/// Where there are fewer threads to be had than runs in a crew.
pub fn each_together<T: Send, R: Send>(
    items: Vec<T>,
    crew: impl Fn(&T) -> Option<usize>,
    run: &(impl Fn(T) -> R + Sync),
) -> Result<Vec<R>, ThreadPoolBuildError> {
    let mut crews: Vec<(Option<usize>, Vec<T>)> = Vec::new();
    for item in items {
        let number = crew(&item);
        match crews.iter_mut().find(|(other, _)| *other == number) {
            Some((_, members)) => members.push(item),
            None => crews.push((number, vec![item])),
        }
    }
    let mut outcomes = Vec::new();
    for (_, members) in crews {
        outcomes.extend(side_by_side(members, run)?);
    }
    Ok(outcomes)
}

/// The outcomes of items that have a thread each, in their order. A panic goes on here.
///
/// # Errors
/// Where a thread cannot be started: then none has begun.
pub fn side_by_side<T: Send, R: Send>(
    items: Vec<T>,
    run: &(impl Fn(T) -> R + Sync),
) -> Result<Vec<R>, ThreadPoolBuildError> {
    if items.is_empty() {
        return Ok(Vec::new()); // a pool of no threads would have one a core
    }
    let pool = ThreadPoolBuilder::new().num_threads(items.len()).build()?;
    let places: Vec<_> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let outcomes = pool.broadcast(|thread| {
        let item = places[thread.index()].lock().ok()?.take();
        item.map(run)
    });
    Ok(outcomes.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    /// Each waits for all others of its crew.
    #[test]
    fn members_of_a_crew_run_at_the_same_time() {
        let barriers = [Barrier::new(3), Barrier::new(4)];
        let items = vec![(0, 1), (1, 2), (0, 3), (1, 4), (1, 5), (0, 6), (1, 7)];
        let run = |(crew, value): (usize, i32)| {
            barriers[crew].wait();
            10 * value
        };
        let mut outcomes = each_together(items, |(crew, _)| Some(*crew), &run).expect("seven threads");
        outcomes.sort_unstable();
        assert_eq!(outcomes, [10, 20, 30, 40, 50, 60, 70]);
        assert_eq!(side_by_side(vec![3, 1, 2], &|value: i32| -value).expect("three threads"), [-3, -1, -2]);
        assert!(side_by_side(Vec::<i32>::new(), &|value| value).expect("none").is_empty());
    }
}
