//! Atomic writes: to a temporary file of an unpredictable name, synced and read back, and only then renamed.
//!
//! A buffered write that reports success is not trusted: a file counts when its bytes were read again after
//! it was closed.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use rustix::io::Errno;
use tempfile::{Builder, TempPath};

use crate::read::read_own;

/// Prefix of the names of temporary files: those that a killed process leaves are of no use.
pub const LEFT_BEHIND: &str = ".writing-";
/// Permissions before the umask takes its share.
const PERMISSIONS: u32 = 0o666;

/// A whole temporary file beside its place. It is removed if it is dropped before it is put there.
pub struct Aside {
    path: TempPath,
    place: PathBuf,
}

impl Aside {
    /// Writes the bytes, syncs them and reads them back.
    ///
    /// # Errors
    /// Where the file cannot be written or does not hold the bytes afterwards.
    pub fn write(place: &Path, bytes: &[u8]) -> io::Result<Self> {
        let folder = folder_of(place);
        let permissions = Permissions::from_mode(PERMISSIONS);
        let mut file =
            Builder::new().prefix(LEFT_BEHIND).permissions(permissions).tempfile_in(folder).map_err(plain)?;
        file.as_file_mut().write_all(bytes)?;
        synced(file.as_file())?;
        let path = file.into_temp_path(); // closed
        let found = read_own(&path, bytes.len() as u64)?;
        if found != bytes {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "the disk gave back other bytes than were written",
            ));
        }
        Ok(Self { path, place: place.to_owned() })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it into its place, in one step: what was there before, or a link, is replaced.
    ///
    /// # Errors
    /// Where it cannot be renamed, or the folder cannot be synced.
    pub fn put(self) -> io::Result<()> {
        self.path.persist(&self.place).map_err(|error| error.error)?;
        sync_entries(folder_of(&self.place))
    }
}

/// Writes a file atomically: it is there whole or not at all.
///
/// # Errors
/// As [`Aside::write`] and [`Aside::put`].
pub fn write(place: &Path, bytes: &[u8]) -> io::Result<()> {
    Aside::write(place, bytes)?.put()
}

/// Checks that files of folder `from` may be moved into folder `to`, as far as possible without moving one:
/// they are on one disk, and `to` may be written.
///
/// # Errors
/// Where they may not, or that is not known.
pub fn can_move(from: &Path, to: &Path) -> io::Result<()> {
    if fs::metadata(from)?.dev() != fs::metadata(to)?.dev() {
        let text = format!("{} is on another disk", to.display());
        return Err(io::Error::new(ErrorKind::CrossesDevices, text));
    }
    access(to, Access::WRITE_OK | Access::EXEC_OK).map_err(|error: Errno| {
        let error = io::Error::from(error);
        io::Error::new(error.kind(), format!("{}: {error}", to.display()))
    })
}

/// Has the entries of a folder written to the medium: which files it holds under which names. Where a file
/// system cannot do that (some of networks), the files are whole all the same.
///
/// # Errors
/// Where the folder cannot be opened or synced.
pub fn sync_entries(folder: &Path) -> io::Result<()> {
    synced(&File::open(folder)?)
}

/// Not every file system can sync everything; those that cannot say so.
fn synced(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

fn folder_of(place: &Path) -> &Path {
    place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The system's error without the name of the temporary file, which means nothing to the user.
fn plain(error: io::Error) -> io::Error {
    let text = error.to_string();
    io::Error::new(error.kind(), text.split(" at path ").next().unwrap_or_default())
}
