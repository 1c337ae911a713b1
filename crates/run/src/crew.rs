//! Runs that are advanced together: crews, as many at the same time as a device has places for, each run of a
//! crew on a thread of its own, since each waits for the others. What a crew waits for is its systems' own.

use std::io;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{Builder, scope};

use crate::system::Membership;

/// Places of a device: runs of a network each that fill a large one twice.
pub const PLACES: usize = 264;

/// The places of a device, some of them taken.
#[derive(Default)]
pub struct Places {
    taken: Mutex<usize>,
    changed: Condvar,
}

/// Places that are held until this is dropped.
pub struct Held<'a> {
    places: &'a Places,
    count: usize,
}

impl Places {
    /// Waits until so many are free; one that wants more than there are waits for all.
    pub fn take(&self, count: usize) -> Held<'_> {
        let count = count.min(PLACES);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_while(taken, |taken| *taken + count > PLACES);
        *waited.unwrap_or_else(PoisonError::into_inner) += count;
        Held { places: self, count }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.places.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.count;
        self.places.changed.notify_all();
    }
}

/// The places that the crews of these runs take together.
pub fn places_of(members: impl Iterator<Item = Membership>) -> usize {
    let mut crews: Vec<Membership> = members.collect();
    crews.sort_by_key(|member| member.crew);
    crews.dedup_by_key(|member| member.crew);
    crews.iter().map(|member| member.places).sum()
}

/// The outcomes of all items, in no order: those of one crew side by side, and as many crews at the same time
/// as there are places for.
///
/// # Errors
/// Where there are fewer threads to be had than runs at the same time.
pub fn each_together<T: Send, R: Send>(
    items: Vec<T>,
    crew: impl Fn(&T) -> Option<Membership>,
    run: &(impl Fn(T) -> R + Sync),
) -> io::Result<Vec<R>> {
    let mut crews: Vec<(Option<Membership>, Vec<T>)> = Vec::new();
    for item in items {
        let member = crew(&item);
        match crews.iter_mut().find(|(other, _)| *other == member) {
            Some((_, members)) => members.push(item),
            None => crews.push((member, vec![item])),
        }
    }
    let places = Places::default();
    scope(|scope| {
        let mut begun = Vec::new();
        for (member, members) in crews {
            let held = places.take(member.map_or(1, |member| member.places));
            begun.push(Builder::new().spawn_scoped(scope, move || {
                let _held = held;
                side_by_side(members, run)
            })?);
        }
        let mut outcomes = Vec::new();
        for crew in begun {
            outcomes.extend(crew.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok(outcomes)
    })
}

/// The outcomes of items that have a thread each, in their order. A panic goes on here.
///
/// # Errors
/// Where a thread cannot be started: then none has begun.
pub fn side_by_side<T: Send, R: Send>(items: Vec<T>, run: &(impl Fn(T) -> R + Sync)) -> io::Result<Vec<R>> {
    let gate = Gate::default();
    scope(|scope| {
        let mut threads = Vec::new();
        for item in items {
            let gate = &gate;
            match Builder::new().spawn_scoped(scope, move || gate.opens().then(|| run(item))) {
                Ok(thread) => threads.push(thread),
                Err(error) => {
                    gate.open(false);
                    return Err(error);
                }
            }
        }
        gate.open(true);
        let ended =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        Ok(ended.flatten().collect())
    })
}

/// Where threads wait until all are there.
#[derive(Default)]
struct Gate {
    opened: Mutex<Option<bool>>,
    changed: Condvar,
}

impl Gate {
    /// Lets those that wait go on, or home.
    fn open(&self, on: bool) {
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(on);
        self.changed.notify_all();
    }

    /// Waits; whether to go on.
    fn opens(&self) -> bool {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_while(opened, |opened| opened.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn member(crew: usize, places: usize) -> Option<Membership> {
        Some(Membership { crew, places })
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
        let mut outcomes = each_together(items, |(crew, _)| member(*crew, 4), &run).expect("seven threads");
        outcomes.sort_unstable();
        assert_eq!(outcomes, [10, 20, 30, 40, 50, 60, 70]);
        assert_eq!(side_by_side(vec![3, 1, 2], &|value: i32| -value).expect("three threads"), [-3, -1, -2]);
        assert!(side_by_side(Vec::<i32>::new(), &|value| value).expect("none").is_empty());
    }

    /// Crews wait for each other here, which no real ones do.
    #[test]
    fn crews_that_have_places_run_at_the_same_time() {
        let barrier = Barrier::new(6);
        let run = |(_, value): (usize, i32)| {
            barrier.wait();
            value
        };
        let items = vec![(0, 1), (1, 2), (0, 3), (1, 4), (2, 5), (2, 6)];
        let mut outcomes = each_together(items, |(crew, _)| member(*crew, 88), &run).expect("six threads");
        outcomes.sort_unstable();
        assert_eq!(outcomes, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn crews_that_have_none_wait() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let run = |_: usize| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(20));
            running.fetch_sub(1, Ordering::SeqCst);
        };
        each_together((0..6).collect(), |crew| member(*crew, 100), &run).expect("threads");
        assert_eq!(most.load(Ordering::SeqCst), 2);
        let all = [(0, 5), (1, 7), (0, 5)].map(|(crew, places)| Membership { crew, places });
        assert_eq!(places_of(all.into_iter()), 12);
        drop(Places::default().take(10 * PLACES)); // does not wait for what there never will be
    }
}
