//! Runs that are advanced together: crews, one after the other, each run of a crew on a thread of its own,
//! since each waits for the others. What a crew waits for is its systems' own.

use std::thread::{ScopedJoinHandle, scope};

/// The outcomes of all items, in no order: those of one crew side by side, crews in turn.
pub fn each_together<T: Send, R: Send>(
    items: Vec<T>,
    crew: impl Fn(&T) -> Option<usize>,
    run: &(impl Fn(T) -> R + Sync),
) -> Vec<R> {
    let mut crews: Vec<(Option<usize>, Vec<T>)> = Vec::new();
    for item in items {
        let number = crew(&item);
        match crews.iter_mut().find(|(other, _)| *other == number) {
            Some((_, members)) => members.push(item),
            None => crews.push((number, vec![item])),
        }
    }
    crews.into_iter().flat_map(|(_, members)| side_by_side(members, run)).collect()
}

/// The outcomes of items that have a thread each, in their order.
pub fn side_by_side<T: Send, R: Send>(items: Vec<T>, run: &(impl Fn(T) -> R + Sync)) -> Vec<R> {
    scope(|scope| {
        let threads: Vec<_> = items.into_iter().map(|item| scope.spawn(move || run(item))).collect();
        threads.into_iter().map(join).collect()
    })
}

/// The outcome of a thread, whose panic goes on here.
pub fn join<R>(thread: ScopedJoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
