//! `record.h5`, in the only crate that knows HDF5. One group for each system and one for the comparison, laid
//! out as netCDF-4, so that h5py, xarray, netCDF4 and `h5dump` read names, dimensions and units.
//!
//! A file is made in memory, read back, and written atomically. The comparison is
//! written for other readers and never read back: it is computed again from the records. Nothing here draws
//! or judges.

mod access;
mod attribute;
mod axes;
mod error;
mod facts;
mod fixed;
mod header;
mod image;
mod law;
mod lookup3;
mod observed;
mod power_laws;
mod reading;
mod seal;
mod system;
mod variables;
mod verdict;
mod verify;

use std::cell::Cell;
use std::path::Path;

use hdf5::Group;
use meanfield_files::{Aside, digest, name_of, open_and_read};
use meanfield_run::record::{Record, reserved};

use access::library;
pub use error::StoreError;
use error::{Checked, Fault, WHOLE_FILE};
pub use header::Header;
use meanfield_compare::comparison::Comparison;
use reading::{Reading, Trust};
pub use seal::sealed;
use seal::{Seal, seal};

/// First bytes of HDF5 files.
const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// Longest record that is read, in bytes.
const LONGEST: u64 = 16 << 30;

/// Writes records, and their comparison if there is one, to `path` atomically: if this fails, an earlier file
/// is unchanged. The file is read back and compared with the records before. Returns its SHA-256.
///
/// # Errors
/// [`StoreError`]: the records contradict themselves or one another, the disk refuses, or what was read back
/// differs.
pub fn write(
    path: &Path,
    header: &Header,
    records: &[Record],
    comparison: Option<&Comparison>,
) -> Result<String, StoreError> {
    let bytes = encode(header, records, comparison).map_err(|fault| fault.in_writing(path))?;
    let aside = Aside::write(path, &bytes).map_err(|error| unwritable(path, error))?;
    let (_, found) = read(aside.path()).map_err(|_| {
        Fault::refused(WHOLE_FILE, "it cannot be read back as it was written").in_writing(path)
    })?;
    verify::check(records, &found).map_err(|fault| fault.in_writing(path))?;
    aside.put().map_err(|error| unwritable(path, error))?;
    Ok(digest::sha256(&bytes))
}

/// The error of the operating system in writing a file.
fn unwritable(path: &Path, error: std::io::Error) -> StoreError {
    Fault::refused(WHOLE_FILE, error).in_writing(path)
}

/// The bytes of a record file.
fn encode(header: &Header, records: &[Record], comparison: Option<&Comparison>) -> Checked<Vec<u8>> {
    let file = image::create()?;
    write_all(&file, header, records, comparison)?;
    let bytes = image::bytes(&file)?;
    file.close().map_err(|error| Fault::library(WHOLE_FILE, &error))?;
    Ok(sealed(bytes))
}

/// Reads back what [`write()`] stored, in this layout or the one before: the header, and the records in their
/// order.
///
/// # Errors
/// [`StoreError`]: there is no such file, it is not sealed, or it is damaged.
pub fn read(path: &Path) -> Result<(Header, Vec<Record>), StoreError> {
    let (file, bytes) = open(path)?;
    match seal(&bytes) {
        Seal::Missing => Err(StoreError::Unsealed { path: path.into() }),
        Seal::Wrong => Err(changed("its last line, a digest, says that it").in_reading(path)),
        Seal::Right => {
            let trust = Trust::new(bytes.len() as u64, false);
            read_all(&name_of(&file, path), &trust, false).map_err(|fault| fault.in_reading(path))
        }
    }
}

/// Reads a record that is not sealed, as version 0.2 wrote it. A damaged one may crash the HDF5 library: call
/// this in a process of its own.
///
/// # Errors
/// [`StoreError`]: there is no such file, or it is damaged.
pub fn read_unsealed(path: &Path) -> Result<(Header, Vec<Record>), StoreError> {
    let (file, bytes) = open(path)?;
    let trust = Trust::new(bytes.len() as u64, true);
    read_all(&name_of(&file, path), &trust, true).map_err(|fault| fault.in_reading(path))
}

/// Opens a file and reads its bytes, which begin as those of HDF5.
fn open(path: &Path) -> Result<(std::fs::File, Vec<u8>), StoreError> {
    let opened = open_and_read(path, LONGEST);
    let (file, bytes) = opened.map_err(|source| StoreError::Unreadable { path: path.into(), source })?;
    match bytes.starts_with(SIGNATURE) {
        true => Ok((file, bytes)),
        false => Err(StoreError::NotHdf5 { path: path.into() }),
    }
}

/// The fault that a file is not as it was written.
fn changed(it: &str) -> Fault {
    Fault::refused(WHOLE_FILE, format!("{it} is damaged or was changed by another program"))
}

/// Writes the content of a file.
fn write_all(
    root: &Group,
    header: &Header,
    records: &[Record],
    comparison: Option<&Comparison>,
) -> Checked<()> {
    header::write(root, header)?;
    let systems: Vec<_> = records.iter().map(|record| record.system.as_str()).collect();
    attribute::list(root, "systems", &checked_names(systems)?)?;
    let next = Cell::new(0);
    records.iter().try_for_each(|record| system::write(root, record, &next))?;
    comparison.map_or(Ok(()), |comparison| verdict::write(root, comparison, &next))
}

/// Names of systems, which are neither missing nor reserved.
fn checked_names(systems: Vec<&str>) -> Checked<Vec<&str>> {
    if systems.is_empty() {
        return Err(Fault::unfit(WHOLE_FILE, "there is no record to store"));
    }
    match systems.iter().find(|name| reserved::GROUPS.contains(name)) {
        Some(name) => Err(Fault::unfit(name, "the name is reserved; call the system something else")),
        None => Ok(systems),
    }
}

/// The fault that the HDF5 library refuses the file.
fn library_fault(error: &hdf5::Error) -> Fault {
    Fault::library(WHOLE_FILE, error)
}

/// Header and records of a file; `unsealed` if it has no seal.
fn read_all(path: &Path, trust: &Trust, unsealed: bool) -> Checked<(Header, Vec<Record>)> {
    let file = library().open(path).map_err(|error| library_fault(&error))?;
    let root = Reading::new(file.group("/").map_err(|error| library_fault(&error))?, trust)?;
    header::check_format(&root, unsealed)?;
    let systems = root.names("systems")?;
    if systems.is_empty() {
        return Err(Fault::refused("attribute systems", "names none"));
    }
    let records = systems.into_iter().map(|name| system::read(&root, &name)).collect::<Checked<_>>()?;
    Ok((header::read(&root)?, records))
}
