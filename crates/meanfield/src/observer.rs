//! The observer of a session: progress, notes, requests to stop. A session reports events; how they are shown
//! is up to the observer.

use meanfield_run::facts::STEP_SIZE;
use meanfield_run::record::Nature;
use meanfield_run::side_by_side::Job;

/// Follows a session. Every method has a default that does nothing, and `()` is an observer.
pub trait Observer: Sync {
    /// A line about the work that is no result.
    fn note(&self, _text: &str) {}

    /// So many runs are about to begin, of so many expected CPU seconds altogether.
    fn begin_runs(&self, _runs: usize, _seconds: f64) {}

    /// A run begins; what is returned follows it.
    fn begin_run(&self, _run: &RunInfo) -> Box<dyn RunObserver> {
        Box::new(())
    }

    /// A sweep begins: `known` of its `points` were computed before.
    fn begin_sweep(&self, _known: usize, _points: usize) {}

    /// One more point of a sweep is finished.
    fn point_finished(&self) {}

    /// Called several times a second while the points of a sweep run.
    fn waiting(&self) {}

    /// Whether to stop early: the runs then leave a last checkpoint, and the session ends with
    /// [`Error::Interrupted`](crate::Error::Interrupted).
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Follows one run, on the thread that drives it.
pub trait RunObserver: Send {
    /// The time reached, and the share of the work that is done. Called at the start, after each stride and
    /// after each observation.
    fn progress(&mut self, time: f64, done: f64);
}

impl Observer for () {}

impl RunObserver for () {
    fn progress(&mut self, _time: f64, _done: f64) {}
}

/// Description of a run that begins.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RunInfo {
    /// Its name: `pde`, `sgd-scale-0.1-seed-1`.
    pub name: String,
    /// The time at which it will end.
    pub end: f64,
    /// The time from which it goes on, where it was computed in part before.
    pub resumed_at: Option<f64>,
    /// ε of a run that steps by samples.
    pub step_size: Option<f64>,
    /// Whether it is a problem without time: its progress is not known.
    pub is_static: bool,
    /// Expected CPU seconds of the whole run.
    pub seconds: f64,
}

impl RunInfo {
    /// The run of a job until `end`.
    pub(crate) fn new(job: &Job, end: f64, resumed_at: Option<f64>) -> Self {
        Self {
            name: job.name(),
            end,
            resumed_at,
            step_size: job.identity.fact(STEP_SIZE),
            is_static: job.identity.nature == Nature::Static,
            seconds: job.seconds,
        }
    }
}
