//! The extension module of the Python package: sessions in threads of their own, and what of the library is
//! text.
//!
//! It turns Python's values into those of the library and back, and decides nothing: what users call is
//! written in Python (`python/meanfield`). The record is not handed over: Python reads `record.h5` itself.

mod failure;
mod figures;
mod progress;
mod report;
mod request;
mod running;
mod texts;

use meanfield_store as _; // its feature `static` links HDF5 into the module

/// The extension module `meanfield._meanfield`.
#[pyo3::pymodule]
mod _meanfield {
    #[pymodule_export]
    use crate::figures::draw;
    #[pymodule_export]
    use crate::report::report;
    #[pymodule_export]
    use crate::running::{Running, start};
    #[pymodule_export]
    use crate::texts::{check, kinds, schema, version, words};
}
