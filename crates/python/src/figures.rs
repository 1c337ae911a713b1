//! Figures of a record in formats that a run does not write, as the library draws them.

use std::path::PathBuf;

use meanfield::figure::Format;
use meanfield::{Drawing, Recorded};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::failure::raised;

/// Draws all figures of the record at a path into a folder, in the format of this name; returns their paths.
#[pyfunction]
pub fn draw(py: Python<'_>, record: PathBuf, folder: PathBuf, format: &str) -> PyResult<Vec<PathBuf>> {
    let known = Format::ALL.into_iter().find(|known| known.name() == format);
    let known = known.ok_or_else(|| PyValueError::new_err(format!("there is no format {format}")))?;
    let mut drawing = Drawing::default();
    drawing.formats = vec![known];
    let drawn = py.detach(|| Recorded::read(&record)?.draw_as(&folder, &drawing));
    drawn.map_err(|error| raised(py, error))
}
