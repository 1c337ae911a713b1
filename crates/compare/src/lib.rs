//! Comparison of records: distances, verdicts, the HDF5 store, figures. It does not know which
//! crate made a record, nor TOML, nor the terminal.

pub mod comparison;
pub mod density;
pub mod distance;
pub mod figure;
pub mod judge;
pub mod store;
