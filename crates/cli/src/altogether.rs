//! All runs of a scenario together: how many are done, and the time that is left, from the work that is done.
//! How it is shown, bars and lines know.

use std::sync::Mutex;
use std::time::Instant;

/// The pace is known when this share of what this process has to do is done.
const SHARE_BEFORE_PACE: f64 = 1e-3;

/// The work of all runs, as far as it is done.
pub struct Altogether {
    work: Mutex<Work>,
    begun: Instant,
}

/// Work in expected CPU seconds, of which proportions alone matter.
#[derive(Clone, Copy, Debug)]
struct Work {
    runs: usize,
    ended: usize,
    all: f64,
    done: f64,
    /// Done by earlier processes.
    before: f64,
}

/// What one run has contributed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contribution {
    done: Option<f64>,
    has_ended: bool,
}

impl Altogether {
    /// So many runs of so many expected CPU seconds.
    pub fn new(runs: usize, seconds: f64) -> Self {
        let work = Work { runs, ended: 0, all: seconds, done: 0.0, before: 0.0 };
        Self { work: Mutex::new(work), begun: Instant::now() }
    }

    /// A run of so many seconds has done this share of its work. What it had done when it was first heard of,
    /// earlier processes did.
    pub fn add(&self, own: &mut Contribution, seconds: f64, share: f64, has_ended: bool) {
        let Ok(mut work) = self.work.lock() else { return };
        let done = seconds * share;
        if own.done.is_none() {
            work.before += done;
        }
        work.done += done - own.done.unwrap_or(0.0);
        work.ended += usize::from(has_ended && !own.has_ended);
        *own = Contribution { done: Some(done), has_ended };
    }

    /// The share that is done, and "3 of 12 runs done, 41 %, 2 min left".
    pub fn now(&self) -> (f64, String) {
        let elapsed = self.begun.elapsed().as_secs_f64();
        self.work.lock().map_or((0.0, String::new()), |work| (work.share(), work.words(elapsed)))
    }
}

impl Work {
    fn share(&self) -> f64 {
        if self.all > 0.0 { (self.done / self.all).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// After so many seconds of this process.
    fn words(&self, elapsed: f64) -> String {
        let own = self.done - self.before;
        let left = match own > SHARE_BEFORE_PACE * (self.all - self.before) {
            true => in_words(elapsed * (self.all - self.done).max(0.0) / own),
            false => "?".to_owned(),
        };
        format!("{} of {} runs done, {:.0} %, {left} left", self.ended, self.runs, 100.0 * self.share())
    }
}

/// A span of time: "41 s", "12 min", "3.5 h", "10 days".
pub fn in_words(seconds: f64) -> String {
    match seconds {
        s if s < 100.0 => format!("{s:.0} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_from_the_work_that_is_done() {
        let all = Altogether::new(3, 100.0);
        let mut runs = [Contribution::default(); 3];
        // One goes on from its half, which an earlier process did.
        all.add(&mut runs[0], 40.0, 0.5, false);
        all.add(&mut runs[1], 40.0, 0.0, false);
        let work = *all.work.lock().expect("whole");
        assert_eq!(work.words(10.0), "0 of 3 runs done, 20 %, ? left");
        all.add(&mut runs[0], 40.0, 1.0, true);
        all.add(&mut runs[0], 40.0, 1.0, true);
        all.add(&mut runs[1], 40.0, 0.5, false);
        // 40 s of work in 20 s; 40 s of work are left.
        let work = *all.work.lock().expect("whole");
        assert_eq!(work.words(20.0), "1 of 3 runs done, 60 %, 20 s left");
        assert_eq!(all.now().0, 0.6);
    }

    #[test]
    fn a_thousandth_of_the_work_tells_no_pace() {
        let all = Altogether::new(2, 1000.0);
        let mut runs = [Contribution::default(); 2];
        all.add(&mut runs[0], 0.5, 0.0, false);
        all.add(&mut runs[1], 999.5, 0.0, false);
        all.add(&mut runs[0], 0.5, 1.0, true);
        let work = *all.work.lock().expect("whole");
        assert_eq!(work.words(60.0), "1 of 2 runs done, 0 %, ? left");
    }
}
