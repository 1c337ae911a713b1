//! HDF5 files in memory, so that the library never writes to a disk that may fail. (On a disk it writes small
//! data only when a dataset is closed, and loses errors there.) It does not know the content of a file.

#![expect(unsafe_code, reason = "the safe bindings cannot ask for the bytes of a file in memory")]

use std::sync::atomic::{AtomicU64, Ordering};

use hdf5::File;
use hdf5_sys::h5f::H5Fget_file_image;

use super::access::library;
use super::error::{Checked, Fault, WHOLE_FILE};
use super::lookup3;

/// An empty file in memory. Each has its own name: of two with one the library makes one.
pub(super) fn create() -> Checked<File> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("record-in-memory-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut options = library();
    options.with_fapl(|access| access.core_filebacked(false));
    options.create(name).map_err(refused)
}

/// The bytes of the file, all of it written out.
pub(super) fn bytes(file: &File) -> Checked<Vec<u8>> {
    file.flush().map_err(refused)?;
    let mut bytes = vec![0_u8; file.size() as usize];
    // The library is one for the process: nobody else may be inside it.
    let _lock = hdf5_sys::LOCK.lock();
    // SAFETY: the file is open as long as it is borrowed; the library writes at most `bytes.len()` bytes into
    // the buffer, or refuses (negative) if the file is longer.
    let length = unsafe { H5Fget_file_image(file.id(), bytes.as_mut_ptr().cast(), bytes.len()) };
    match usize::try_from(length) {
        Ok(length) if length <= bytes.len() => {
            bytes.truncate(length);
            restore_checksum(&mut bytes);
            Ok(bytes)
        }
        _ => Err(Fault::refused(WHOLE_FILE, "the HDF5 library did not give the file's bytes")),
    }
}

/// Bytes of the superblock (version 2 and 3, addresses of 8 bytes) before its checksum.
const SUPERBLOCK: usize = 44;

/// Corrects the checksum of the superblock: the library removes the mark that a file is being written, but
/// leaves the checksum as it was with the mark (HDF5 1.10.8).
fn restore_checksum(bytes: &mut [u8]) {
    if let Some((superblock, rest)) = bytes.split_at_mut_checked(SUPERBLOCK)
        && let Some(place) = rest.first_chunk_mut()
    {
        *place = lookup3::checksum(superblock).to_le_bytes();
    }
}

fn refused(error: hdf5::Error) -> Fault {
    Fault::library(WHOLE_FILE, &error)
}
