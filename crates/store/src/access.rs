//! Options with which the HDF5 library opens files. It opens none itself.

use hdf5::file::{File, FileBuilder};

/// Options for opening files. HDF5's locks are off: a file that is written atomically needs none, network
/// file systems often refuse them, and a child process would inherit them. The format is that of HDF5 1.10
/// (2016), which guards names, shapes and attributes by checksums; in the older one a damaged byte can crash
/// the library.
pub(super) fn library() -> FileBuilder {
    let mut options = File::with_options();
    options.with_fapl(|access| access.file_locking(false).libver_v110());
    options
}
