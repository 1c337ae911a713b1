//! The report of a record as one HTML page. There is none yet: nothing in the library makes the page.

use std::path::PathBuf;

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;

/// The HTML page of the record at a path.
#[pyfunction]
pub fn report(record: PathBuf) -> PyResult<String> {
    let record = record.display();
    Err(PyNotImplementedError::new_err(format!("this version makes no HTML page of {record}")))
}
