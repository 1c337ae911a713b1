//! The report of a record as one HTML page. This build has none yet: what makes the page is not in the library.

use std::path::PathBuf;

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;

/// The HTML page of the record at a path.
#[pyfunction]
pub fn report(record: PathBuf) -> PyResult<String> {
    let record = record.display();
    Err(PyNotImplementedError::new_err(format!("this version makes no HTML page of {record}")))
}
