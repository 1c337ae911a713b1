//! The source of a scenario: a file and its overrides. Reading it checks it; nothing runs.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use meanfield_files::text as read_text;
use meanfield_scenario::from_record::{RecordFile, RecordReader};
use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};
use meanfield_store as store;

use crate::error::Error;
use crate::folder::Folder;
use crate::task::Task;

/// Longest scenario that is taken in, in bytes: how long one may be says `load`, and what to write instead.
const LONGEST_SCENARIO: u64 = 64 << 20;

/// A scenario file, or a text in its place, with overrides.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Source {
    /// The scenario file.
    pub path: PathBuf,
    /// Text that stands for the content of that file: nothing is read. The path still names the scenario and
    /// the folder of its tables.
    pub text: Option<String>,
    /// Apply the file's `[quick]`.
    pub quick: bool,
    /// `key=value`, dotted keys; wins over `[quick]`.
    pub set: Vec<String>,
    /// Run deterministic systems at half the resolution too: every curve gets its error.
    pub refine: bool,
    /// `key=values` of a sweep.
    pub vary: Vec<String>,
}

impl Source {
    /// A file as it is.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// A text as if it were the content of the file at `path`, which need not exist.
    pub fn text(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::file(path) }
    }

    /// With the file's `[quick]` overrides.
    #[must_use]
    pub fn quick(self) -> Self {
        Self { quick: true, ..self }
    }

    /// With one key overridden, e.g. `dynamics.end-time=1.0`.
    #[must_use]
    pub fn set(mut self, assignment: impl Into<String>) -> Self {
        self.set.push(assignment.into());
        self
    }

    /// With values of one key, for a sweep: `key=1,2,3`, `key=0.1..0.9:9` or `key=log(0.1..10:20)`.
    #[must_use]
    pub fn vary(mut self, assignment: impl Into<String>) -> Self {
        self.vary.push(assignment.into());
        self
    }

    /// The checked scenario of a task.
    pub(crate) fn read_task(&self, task: Task) -> Result<Scenario, Error> {
        self.read_of(task, false)
    }

    /// The same where all runs are finished, and what would train them need not be here.
    pub(crate) fn read_finished(&self, task: Task) -> Result<Scenario, Error> {
        self.read_of(task, true)
    }

    fn read_of(&self, task: Task, finished: bool) -> Result<Scenario, Error> {
        let overrides = Overrides { finished, ..Overrides::default() };
        match task {
            Task::Run => self.load(overrides),
            Task::Landscape => self.load(Overrides { landscape_only: true, ..overrides }),
            Task::Sweep => self.load_sweep(overrides),
        }
    }

    /// The checked scenario.
    ///
    /// # Errors
    /// If the file cannot be read, or has mistakes: all of them are reported.
    pub fn read(&self) -> Result<Scenario, Error> {
        self.load(Overrides::default())
    }

    /// Of its systems only those without dynamics.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_landscape(&self) -> Result<Scenario, Error> {
        self.load(Overrides { landscape_only: true, ..Overrides::default() })
    }

    /// To be looked at only: a scenario with more points than a run may have is one for sweeps.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_any(&self) -> Result<Scenario, Error> {
        self.load(Overrides { either: true, ..Overrides::default() })
    }

    /// A sweep over keys, each with its values.
    ///
    /// # Errors
    /// As [`Self::read`]; and if a key is given twice, or there are fewer than two points.
    pub fn read_sweep(&self) -> Result<Scenario, Error> {
        self.load_sweep(Overrides::default())
    }

    fn load_sweep(&self, overrides: Overrides) -> Result<Scenario, Error> {
        self.check_keys()?;
        let vary = self.vary.clone();
        let scenario = self.load(Overrides { sweep: true, vary, ..overrides })?;
        if scenario.points.len() < 2 {
            let help = "use e.g. {vary} model.data.isotropic-gaussians.separation=0.1..0.9:9";
            return Err(Error::input("a sweep varies at least one key, over two values or more", help));
        }
        Ok(scenario)
    }

    /// Refuses a key that is varied twice, or both set and varied.
    fn check_keys(&self) -> Result<(), Error> {
        for (i, own) in self.vary.iter().map(|vary| key(vary)).enumerate() {
            if self.vary[..i].iter().chain(&self.set).any(|other| key(other) == own) {
                return Err(Error::input(
                    format!("{own} is given twice"),
                    "write its values once: {vary} key=1,2,3",
                ));
            }
        }
        Ok(())
    }

    fn load(&self, overrides: Overrides) -> Result<Scenario, Error> {
        let name = self.path.display().to_string();
        let text = self.content()?;
        let refine = self.refine.then(|| "refinement=true".to_owned());
        let set = self.set.iter().cloned().chain(refine).collect();
        let folder = self.path.parent().map(Path::to_owned);
        let records = Some(RecordReader(read_record));
        let overrides = Overrides { quick: self.quick, set, folder, records, ..overrides };
        Ok(load(&name, &text, &overrides)?)
    }

    /// The text of the scenario.
    fn content(&self) -> Result<Cow<'_, str>, Error> {
        if let Some(text) = &self.text {
            return Ok(text.into());
        }
        let read = read_text(&self.path, LONGEST_SCENARIO).map_err(|error| {
            Error::input(
                format!("the scenario {} cannot be read: {error}", self.path.display()),
                "write the path of a TOML file, e.g. scenarios/isotropic/figure-1.toml",
            )
        })?;
        Ok(read.into())
    }
}

/// A record from which a run is to begin.
fn read_record(path: &Path) -> Result<RecordFile, String> {
    let unfinished = path.parent().is_some_and(|folder| Folder::at(folder).partial().exists());
    if unfinished && !path.exists() {
        return Err(format!(
            "{} is not there: its run is not finished, and --resume goes on with it",
            path.display()
        ));
    }
    let (header, records) = store::read(path).map_err(|error| error.to_string())?;
    Ok(RecordFile { scenario: header.scenario, records })
}

/// The key of `key=value`.
fn key(assignment: &str) -> &str {
    assignment.split('=').next().unwrap_or_default().trim()
}
