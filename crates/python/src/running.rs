//! A session in a thread of its own. Python's thread looks at it now and then, and holds no lock of the
//! interpreter in between, so that signals, other threads and notebooks go on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use meanfield::{Error, Session};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::failure::{of_the_program, raised};
use crate::progress::Progress;
use crate::request::{Asked, How};

/// Longest time that Python's thread waits at once.
const LONGEST_WAIT: f64 = 1.0;

/// What a session ended with.
enum Outcome {
    /// Its folder, its summary as JSON, and whether anything was computed.
    Finished(PathBuf, String, bool),
    Failed(Error),
    Panicked(String),
}

/// A session that runs, or has ended.
#[pyclass(frozen, module = "meanfield._meanfield")]
pub struct Running {
    progress: Arc<Progress>,
    ended: Arc<(Mutex<Option<Outcome>>, Condvar)>,
    folder: PathBuf,
}

/// Checks a scenario and begins to run it.
#[pyfunction]
pub fn start(py: Python<'_>, asked: Asked, how: How) -> PyResult<Running> {
    let task = how.task()?;
    let session = py.detach(|| Session::new(&asked.source(), task, how.options()));
    let session = session.map_err(|error| raised(py, error))?;
    let running =
        Running { progress: Arc::default(), ended: Arc::default(), folder: session.folder().to_owned() };
    let progress = Arc::clone(&running.progress);
    let ended = Arc::clone(&running.ended);
    let thread = thread::Builder::new().name("meanfield".into()).spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| outcome(&session, &progress)));
        let outcome = outcome.unwrap_or_else(|panic| Outcome::Panicked(words_of(&*panic)));
        *ended.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        ended.1.notify_all();
    });
    thread.map_err(|error| PyRuntimeError::new_err(format!("no thread could be started: {error}")))?;
    Ok(running)
}

/// Runs a session to its end.
fn outcome(session: &Session, progress: &Progress) -> Outcome {
    let finished = match session.run(progress) {
        Ok(finished) => finished,
        Err(error) => return Outcome::Failed(error),
    };
    match serde_json::to_string(&finished.summary) {
        Ok(summary) => Outcome::Finished(finished.folder, summary, finished.computed.is_some()),
        Err(error) => Outcome::Failed(Error::run(error.to_string())),
    }
}

/// What a panic says.
fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
}

#[pymethods]
impl Running {
    /// The folder of the result.
    #[getter]
    fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Waits for the end, for so many seconds at most; whether it has come.
    fn wait(&self, py: Python<'_>, seconds: f64) -> bool {
        let pause = Duration::from_secs_f64(if seconds > 0.0 { seconds.min(LONGEST_WAIT) } else { 0.0 });
        py.detach(|| {
            let held = self.ended.0.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = self.ended.1.wait_timeout_while(held, pause, |outcome| outcome.is_none());
            waited.unwrap_or_else(PoisonError::into_inner).0.is_some()
        })
    }

    /// Asks for the end: every run saves a last checkpoint.
    fn stop(&self) {
        self.progress.stop();
    }

    /// The share of the work that is done, and what is being done.
    fn progress(&self) -> (f64, String) {
        self.progress.read()
    }

    /// The notes since the last call.
    fn notes(&self) -> Vec<String> {
        self.progress.take_notes()
    }

    /// The folder of the result, its summary as JSON, and whether anything was computed. Once, after the end.
    fn result(&self, py: Python<'_>) -> PyResult<(PathBuf, String, bool)> {
        let outcome = self.ended.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match outcome {
            Some(Outcome::Finished(folder, summary, computed)) => Ok((folder, summary, computed)),
            Some(Outcome::Failed(error)) => Err(raised(py, error)),
            Some(Outcome::Panicked(words)) => Err(of_the_program(py, &words)),
            None => Err(PyRuntimeError::new_err("there is no result yet, or it was taken before")),
        }
    }
}

impl Drop for Running {
    /// Nobody waits for it any more.
    fn drop(&mut self) {
        self.progress.stop();
    }
}
