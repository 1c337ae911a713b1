//! How the HDF5 library opens files.

use hdf5::file::{File, FileBuilder};

/// How files are opened. Without HDF5's locks: a file that appears whole needs none, network file
/// systems often refuse them, and a child process would inherit them. In the format of HDF5 1.10
/// (2016): it guards names, shapes and attributes by checksums, where the older one lets a damaged
/// byte crash the library.
pub(super) fn library() -> FileBuilder {
    let mut options = File::with_options();
    options.with_fapl(|access| access.file_locking(false).libver_v110());
    options
}
