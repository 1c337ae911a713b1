//! CPU time: of this process, and of the calling thread together with the helpers that it had. Time of
//! helpers is added up for the thread that waits for them, so that a run's cost is its own whatever runs
//! beside it. It limits nothing and decides about no number of threads.

use std::cell::Cell;

use rustix::time::{ClockId, clock_gettime};

thread_local! {
    /// CPU seconds of the helpers that this thread has had.
    static HELPERS: Cell<f64> = const { Cell::new(0.0) };
}

/// CPU seconds used by the calling thread and by its helpers ([`with_helpers`]).
pub fn thread_seconds() -> f64 {
    seconds(ClockId::ThreadCPUTime) + HELPERS.get()
}

/// CPU seconds used by this process so far, all threads together.
pub fn process_seconds() -> f64 {
    seconds(ClockId::ProcessCPUTime)
}

/// Runs `own` on the calling thread and each of the `helpers` on a thread of its own, all at the same time,
/// and waits for all. Should a thread not start, `own` is dropped before those that did are waited for.
///
/// # Panics
/// Where `own` or a helper does, or a thread cannot be started.
pub fn with_helpers<H: FnOnce() + Send>(own: impl FnOnce(), helpers: impl Iterator<Item = H>) {
    let used: f64 = std::thread::scope(move |scope| {
        let threads: Vec<_> = helpers.map(|helper| scope.spawn(move || seconds_of(helper))).collect();
        own();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .sum()
    });
    add_helper(used);
}

/// Runs a helper on a thread of its own; CPU seconds that it used.
fn seconds_of(helper: impl FnOnce()) -> f64 {
    helper();
    thread_seconds()
}

/// Adds what a helper used that this thread has waited for.
pub(crate) fn add_helper(seconds: f64) {
    HELPERS.set(HELPERS.get() + seconds);
}

fn seconds(clock: ClockId) -> f64 {
    let now = clock_gettime(clock);
    now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Works until this thread has used so many CPU seconds.
    fn burn(amount: f64) {
        let until = thread_seconds() + amount;
        while thread_seconds() < until {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn the_time_of_helpers_counts_for_who_waits_for_them() {
        let before = thread_seconds();
        with_helpers(
            || burn(0.02),
            (0..3).map(|_| || with_helpers(|| burn(0.02), [|| burn(0.01)].into_iter())),
        );
        // A thread overruns its share by a few reads of the clock.
        let used = thread_seconds() - before;
        assert!((0.11..0.13).contains(&used), "{used}");
        std::thread::spawn(|| assert!(thread_seconds() < 0.01, "another thread's helpers"))
            .join()
            .expect("counts");
    }

    #[test]
    #[should_panic(expected = "told to")]
    fn a_helper_that_panics_is_heard() {
        with_helpers(|| (), [|| panic!("told to")].into_iter());
    }
}
