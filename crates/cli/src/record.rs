//! Reading a record that the user named: a sealed one here, one of version 0.2 in a process of its own.

use std::path::Path;

use meanfield::{A_RECORD, Recorded};
use meanfield_store::{self as store, StoreError};

use crate::failure::Failure;
use crate::unsealed;

/// Reads a record and compares again what its scenario says.
pub fn read(path: &Path) -> Result<Recorded, Failure> {
    let (header, records) = match store::read(path) {
        Err(StoreError::Unsealed { .. }) => unsealed::read(path)?,
        read => read.map_err(|error| Failure::input(error.to_string(), A_RECORD))?,
    };
    Ok(Recorded::judged(&path.display().to_string(), header, records)?)
}
