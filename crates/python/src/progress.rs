//! How far a session is, written by its threads and read by Python's; and the request to stop.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use meanfield::run::number::plain;
use meanfield::{Observer, RunInfo, RunObserver};

/// CPU seconds that every run costs at least: so that runs without a known cost count too.
const LEAST_SECONDS: f64 = 1e-3;

/// The state of a session.
#[derive(Default)]
pub struct Progress {
    stop: AtomicBool,
    /// How many runs there are, and their CPU seconds altogether.
    all: OnceLock<(usize, f64)>,
    runs: Mutex<Vec<Arc<RunProgress>>>,
    /// Points of a sweep that were known before, and all of them.
    sweep: OnceLock<(usize, usize)>,
    finished: AtomicUsize,
    notes: Mutex<Vec<String>>,
}

/// The state of one run.
struct RunProgress {
    info: RunInfo,
    /// Bits of the time reached, and of the share of the work that is done.
    time: AtomicU64,
    done: AtomicU64,
}

impl RunProgress {
    fn done(&self) -> f64 {
        f64::from_bits(self.done.load(Ordering::Relaxed)).clamp(0.0, 1.0)
    }

    /// "pde: t = 3.21 of 10".
    fn in_words(&self) -> String {
        if self.info.is_static {
            return self.info.name.clone();
        }
        let time = f64::from_bits(self.time.load(Ordering::Relaxed));
        format!("{}: t = {time:.2} of {}", self.info.name, plain(self.info.end))
    }
}

/// Hears of one run.
struct Listener(Arc<RunProgress>);

impl RunObserver for Listener {
    fn progress(&mut self, time: f64, done: f64) {
        self.0.time.store(time.to_bits(), Ordering::Relaxed);
        self.0.done.store(done.to_bits(), Ordering::Relaxed);
    }
}

impl Observer for Progress {
    fn note(&self, text: &str) {
        held(&self.notes).push(text.to_owned());
    }

    fn begin_runs(&self, runs: usize, seconds: f64) {
        let _ = self.all.set((runs, seconds + LEAST_SECONDS * runs as f64));
    }

    fn begin_run(&self, info: &RunInfo) -> Box<dyn RunObserver> {
        let run = RunProgress { info: info.clone(), time: AtomicU64::new(0), done: AtomicU64::new(0) };
        let run = Arc::new(run);
        held(&self.runs).push(Arc::clone(&run));
        Box::new(Listener(run))
    }

    fn begin_sweep(&self, known: usize, points: usize) {
        let _ = self.sweep.set((known, points));
    }

    fn point_finished(&self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Progress {
    /// Asks all runs for their end.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// The share of all work that is done, runs weighed by their expected seconds, and what is being done.
    pub fn read(&self) -> (f64, String) {
        if let Some((known, points)) = self.sweep.get() {
            let done = known + self.finished.load(Ordering::Relaxed);
            return (done as f64 / (*points).max(1) as f64, format!("{done} of {points} points"));
        }
        let Some((count, seconds)) = self.all.get() else { return (0.0, "preparing".to_owned()) };
        let runs = held(&self.runs);
        let done: f64 = runs.iter().map(|run| (run.info.seconds + LEAST_SECONDS) * run.done()).sum();
        let finished = runs.iter().filter(|run| run.done() >= 1.0).count();
        let words = match runs.iter().find(|run| run.done() < 1.0) {
            None if finished == *count => "writing and drawing".to_owned(),
            None => format!("{finished} of {count} runs"),
            Some(run) => format!("{finished} of {count} runs, {}", run.in_words()),
        };
        ((done / seconds).clamp(0.0, 1.0), words)
    }

    /// The notes since the last call.
    pub fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut *held(&self.notes))
    }
}

/// The content of a lock; a thread that panicked left it whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
