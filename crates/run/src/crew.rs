//! Runs that are advanced together: crews, several at the same time, each run of a crew on a thread of its
//! own, since each waits for the others. What a crew waits for is its systems' own.

use std::sync::Mutex;

use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};

/// Runs of crews at the same time, but for a crew that has more: what fills a large device twice.
const MOST: usize = 264;

/// How many crews of so many runs there are at the same time.
pub fn at_once(runs: usize) -> usize {
    (MOST / runs.max(1)).max(1)
}

/// The outcomes of all items, in no order: those of one crew side by side, and of as many crews as are there
/// at the same time.
///
/// # Errors
/// Where there are fewer threads to be had than runs at the same time.
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
    for company in companies(crews.into_iter().map(|(_, members)| members)) {
        outcomes.extend(side_by_side(company, run)?);
    }
    Ok(outcomes)
}

/// Whole crews brought together until they are as many runs as there are at the same time.
fn companies<T>(crews: impl Iterator<Item = Vec<T>>) -> Vec<Vec<T>> {
    let mut companies: Vec<Vec<T>> = Vec::new();
    for crew in crews {
        match companies.last_mut() {
            Some(last) if last.len() + crew.len() <= MOST => last.extend(crew),
            _ => companies.push(crew),
        }
    }
    companies
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

    /// Crews of two points of a scenario wait for each other here, which no real ones do.
    #[test]
    fn several_crews_run_at_the_same_time() {
        let barrier = Barrier::new(6);
        let run = |(_, value): (usize, i32)| {
            barrier.wait();
            value
        };
        let items = vec![(0, 1), (1, 2), (0, 3), (1, 4), (2, 5), (2, 6)];
        let mut outcomes = each_together(items, |(crew, _)| Some(*crew), &run).expect("six threads");
        outcomes.sort_unstable();
        assert_eq!(outcomes, [1, 2, 3, 4, 5, 6]);
        let sizes = |sizes: &[usize]| {
            let companies = companies(sizes.iter().map(|size| vec![(); *size]));
            companies.iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&[100, 100, 64, 1, 300, 2, 262]), [264, 1, 300, 264]);
        assert_eq!((at_once(8), at_once(200), at_once(1000), at_once(0)), (33, 1, 1, 264));
    }

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
