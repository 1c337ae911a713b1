//! The report of a record as one HTML page, as the library makes it.

use std::path::PathBuf;

use meanfield::Recorded;
use pyo3::prelude::*;

use crate::failure::raised;

/// The HTML page of the record at a path.
#[pyfunction]
pub fn report(py: Python<'_>, record: PathBuf) -> PyResult<String> {
    let page = py.detach(|| Recorded::read(&record).map(|recorded| recorded.report()));
    page.map_err(|error| raised(py, error))
}
