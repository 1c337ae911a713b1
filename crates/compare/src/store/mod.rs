//! `record.h5`: the only place that knows HDF5. One group a system, one for the comparison, laid
//! out as netCDF-4, so that h5py, xarray, netCDF4 and `h5dump` read names, dimensions and units.
//!
//! A file appears under its name complete or not at all. The comparison is written for other
//! readers and never read back: it is computed again from the records. Nothing here draws or judges.

mod aside;
mod attribute;
mod error;
mod law;
mod observed;
mod reading;
mod system;
mod terminated;
mod variables;
mod verdict;

use std::cell::Cell;
use std::path::Path;

use hdf5::file::FileBuilder;
use hdf5::{File, Group};
use meanfield_run::record::Record;

use crate::comparison::Comparison;
pub use error::StoreError;
use error::{Checked, Fault};
use reading::Reading;

/// The group of the comparison; no system may have this name.
const COMPARISON: &str = "comparison";
/// Reserved for sweeps' summaries.
const SWEEP: &str = "sweep";

/// What a record says about itself: the attributes of the root group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// The scenario's title.
    pub title: String,
    /// The resolved scenario, as TOML.
    pub scenario: String,
    /// The program that wrote the record.
    pub program: String,
    /// Its version.
    pub version: String,
    /// When, in ISO 8601.
    pub created: String,
    /// The command line.
    pub command: String,
}

/// Stores records, and their comparison if there is one, as `path`, in one step: if this fails, a
/// file that was there before is there still, and nothing else is.
pub fn write(
    path: &Path,
    header: &Header,
    records: &[Record],
    comparison: Option<&Comparison>,
) -> Result<(), StoreError> {
    let fill = |partial: &Path| fill(partial, header, records, comparison);
    aside::replace(path, fill).map_err(|fault| fault.in_writing(path))
}

/// Reads back what [`write`] stored: the header, and the records in their order.
pub fn read(path: &Path) -> Result<(Header, Vec<Record>), StoreError> {
    let bytes = length(path).map_err(|source| StoreError::Unreadable { path: path.into(), source })?;
    read_all(path, bytes).map_err(|fault| fault.in_reading(path))
}

/// The length of a file that can be opened; the library's own words for one that cannot are worse.
fn length(path: &Path) -> std::io::Result<u64> {
    let about = std::fs::File::open(path)?.metadata()?;
    match about.is_dir() {
        true => Err(std::io::ErrorKind::IsADirectory.into()),
        false => Ok(about.len()),
    }
}

/// How files are opened. Without HDF5's locks: a file that appears whole needs none, network file
/// systems often refuse them, and a child process would inherit them. In the format of HDF5 1.10
/// (2016): it guards names, shapes and attributes by checksums, where the older one lets a damaged
/// byte crash the library.
fn library() -> FileBuilder {
    let mut options = File::with_options();
    options.with_fapl(|access| access.file_locking(false).libver_v110());
    options
}

fn fill(partial: &Path, header: &Header, records: &[Record], comparison: Option<&Comparison>) -> Checked<()> {
    let refused = |error| Fault::refused("the file itself", error);
    let file = library().create(partial).map_err(refused)?;
    write_all(&file, header, records, comparison)?;
    file.flush().map_err(refused)?;
    file.close().map_err(refused)
}

fn write_all(
    root: &Group,
    header: &Header,
    records: &[Record],
    comparison: Option<&Comparison>,
) -> Checked<()> {
    write_header(root, header)?;
    let systems: Vec<_> = records.iter().map(|record| record.system.as_str()).collect();
    attribute::list(root, "systems", &allowed(systems)?)?;
    let next = Cell::new(0);
    records.iter().try_for_each(|record| system::write(root, record, &next))?;
    comparison.map_or(Ok(()), |comparison| verdict::write(root, comparison, &next))
}

fn allowed(systems: Vec<&str>) -> Checked<Vec<&str>> {
    if systems.is_empty() {
        return Err(Fault::unfit("the file itself", "there is no record to store"));
    }
    match systems.iter().find(|name| [COMPARISON, SWEEP].contains(name)) {
        Some(name) => Err(Fault::unfit(name, "the name is reserved; call the system something else")),
        None => Ok(systems),
    }
}

fn write_header(root: &Group, header: &Header) -> Checked<()> {
    let Header { title, scenario, program, version, created, command } = header;
    attribute::text(root, "title", title)?;
    attribute::text(root, "scenario", scenario)?;
    attribute::text(root, "program", program)?;
    attribute::text(root, "version", version)?;
    attribute::text(root, "created", created)?;
    attribute::text(root, "command", command)
}

fn read_all(path: &Path, bytes: u64) -> Checked<(Header, Vec<Record>)> {
    let file = library().open(path).map_err(|error| Fault::refused("the file itself", error))?;
    let root = file.group("/").map_err(|error| Fault::refused("the file itself", error))?;
    let root = Reading::root(root, bytes);
    let records = root.names("systems")?.into_iter().map(|name| system::read(&root, &name));
    Ok((read_header(&root)?, records.collect::<Checked<_>>()?))
}

fn read_header(root: &Reading) -> Checked<Header> {
    Ok(Header {
        title: root.text("title")?,
        scenario: root.text("scenario")?,
        program: root.text("program")?,
        version: root.text("version")?,
        created: root.text("created")?,
        command: root.text("command")?,
    })
}
