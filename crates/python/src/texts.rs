//! What of the library is text: estimates, lists of what exists, summaries in words.

use meanfield::estimate::{Estimate, in_words, parse_accuracy};
use meanfield::{Summary, VERSION};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::failure::raised;
use crate::request::Asked;

/// Name, meaning and default of a key.
type Key = (String, String, Option<String>);

/// The version of the program.
#[pyfunction]
pub fn version() -> &'static str {
    VERSION
}

/// The estimate of a scenario, as JSON and in words.
#[pyfunction]
pub fn check(
    py: Python<'_>,
    asked: Asked,
    sweep: bool,
    accuracy: Option<&str>,
) -> PyResult<(String, String)> {
    let accuracy = accuracy.map(parse_accuracy).transpose().map_err(PyValueError::new_err)?;
    let source = asked.source();
    let read = py.detach(|| if sweep { source.read_sweep() } else { source.read_any() });
    let scenario = read.map_err(|error| raised(py, error))?;
    let json = serde_json::to_string(&Estimate::new(&scenario, accuracy));
    let json = json.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok((json, in_words(&scenario, accuracy)))
}

/// Everything that exists: place, name, meaning and keys of each.
#[pyfunction]
pub fn kinds() -> Vec<(String, String, String, Vec<Key>)> {
    let kinds = meanfield::scenario::kinds().into_iter();
    kinds.map(|kind| (kind.place, kind.name, kind.meaning, kind.keys)).collect()
}

/// The JSON schema of scenario files.
#[pyfunction]
pub fn schema() -> String {
    meanfield::scenario::json_schema().to_string()
}

/// A summary, given as JSON, in words.
#[pyfunction]
pub fn words(summary: &str) -> PyResult<String> {
    let summary: Summary =
        serde_json::from_str(summary).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(summary.in_words())
}
