//! Records without a digest, as version 0.2 wrote them. Damaged ones crash the HDF5 library, so
//! that they are read in a process of their own, with bounds on what it may use.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use meanfield::A_RECORD;
use meanfield_run::record::Record;
use meanfield_store as store;
use meanfield_store::Header;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::failure::Failure;

/// Message of the process: what was read, or why it was not.
type Handed = Result<(Header, Vec<Record>), String>;

/// The verb of that process.
pub const VERB: &str = "read-unsealed";
/// Seconds of CPU time that it may take.
const SECONDS: u64 = 60;
/// Bytes of addresses that it may use.
const BYTES: u64 = 8 << 30;

/// Reads such a record.
pub fn read(path: &Path) -> Result<(Header, Vec<Record>), Failure> {
    let program = std::env::current_exe().map_err(|error| refused(path, &error.to_string()))?;
    let mut command = Command::new(program);
    command.arg(VERB).arg("--").arg(path).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().map_err(|error| refused(path, &error.to_string()))?;
    if !output.status.success() {
        return Err(refused(path, "it is damaged: the HDF5 library failed over it"));
    }
    let handed: Handed = postcard::from_bytes(&output.stdout)
        .map_err(|_| refused(path, "the process that read it did not finish"))?;
    handed.map_err(|error| Failure::input(error, A_RECORD))
}

fn refused(path: &Path, reason: &str) -> Failure {
    Failure::input(format!("{} cannot be read: {reason}", path.display()), A_RECORD)
}

/// The verb: reads, and hands back through standard output.
pub fn print_unsealed(path: &Path) -> Result<(), Failure> {
    for (resource, most) in [(Resource::Cpu, SECONDS), (Resource::As, BYTES)] {
        let present = getrlimit(resource);
        let most = present.current.into_iter().chain(present.maximum).fold(most, u64::min);
        // Not every system has all of these limits.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
    let handed: Handed = store::read_unsealed(path).map_err(|error| error.to_string());
    let bytes = postcard::to_stdvec(&handed).map_err(|error| Failure::run(error.to_string()))?;
    std::io::stdout().write_all(&bytes).map_err(|error| Failure::run(error.to_string()))
}
