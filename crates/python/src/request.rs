//! What Python asks for: a scenario, its overrides, and how it is run, as the library has them.

use std::path::PathBuf;

use meanfield::{Options, Source, Task};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A scenario with its overrides.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Asked {
    path: PathBuf,
    text: Option<String>,
    quick: bool,
    refine: bool,
    set: Vec<String>,
    vary: Vec<String>,
}

impl Asked {
    /// The scenario as the library reads it.
    pub fn source(self) -> Source {
        let mut source = Source::file(self.path);
        source.text = self.text;
        source.quick = self.quick;
        source.refine = self.refine;
        source.set = self.set;
        source.vary = self.vary;
        source
    }
}

/// How a session runs.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct How {
    task: String,
    output: PathBuf,
    threads: usize,
    resume: bool,
    extend: bool,
    overwrite: bool,
    checkpoint_every: f64,
    command: String,
}

impl How {
    /// The task by its name.
    pub fn task(&self) -> PyResult<Task> {
        match self.task.as_str() {
            "run" => Ok(Task::Run),
            "landscape" => Ok(Task::Landscape),
            "sweep" => Ok(Task::Sweep),
            other => Err(PyValueError::new_err(format!("there is no task {other}"))),
        }
    }

    /// The options as the library has them.
    pub fn options(self) -> Options {
        let mut options = Options::default().output(self.output);
        options.threads = self.threads;
        options.resume = self.resume;
        options.extend = self.extend;
        options.overwrite = self.overwrite;
        options.checkpoint_every = self.checkpoint_every;
        options.command = self.command;
        options
    }
}
