//! Solving a study in memory: a problem stated in code, without a scenario file, a folder or a checkpoint.

use meanfield_run::record::Record;
use meanfield_scenario::study::{Study, StudyError};

use crate::compute;
use crate::error::Error;
use crate::observer::Observer;

/// The records of a study, one a system, computed on all cores.
///
/// # Errors
/// Where the study means nothing, a system stopped before its end, or the observer asked for the end.
pub fn solve(study: &Study, observer: &dyn Observer) -> Result<Vec<Record>, Error> {
    let outcome = compute::jobs_in_memory(study.jobs()?, study.plan(), 0, observer)?;
    match outcome.gaps.first() {
        Some(gap) => Err(Error::run(format!("{}: {}", gap.name, gap.error))),
        None => Ok(outcome.records),
    }
}

impl From<StudyError> for Error {
    fn from(error: StudyError) -> Self {
        match error {
            StudyError::Mistakes(mistakes) => Self::Mistakes(mistakes),
            error => Self::input(error.to_string(), "take another problem, or another system"),
        }
    }
}
