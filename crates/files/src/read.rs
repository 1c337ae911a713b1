//! Reading paths that may be anything: a pipe that nobody writes to, an endless device, a link to elsewhere.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;

/// An absent file as none, not as an error.
pub trait Missing<T> {
    /// None where there is no file.
    ///
    /// # Errors
    /// Any error but that of an absent file.
    fn or_missing(self) -> io::Result<Option<T>>;
}

impl<T> Missing<T> for io::Result<T> {
    fn or_missing(self) -> io::Result<Option<T>> {
        match self {
            Err(error) if is_absence(&error) => Ok(None),
            found => found.map(Some),
        }
    }
}

/// Whether an error says that nothing is there.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether something is there under this name, a link that leads nowhere included. Where that is not known it
/// is an error, and never a no.
///
/// # Errors
/// Where the file system cannot answer.
pub fn is_there(path: &Path) -> io::Result<bool> {
    fs::symlink_metadata(path).or_missing().map(|metadata| metadata.is_some())
}

/// Whether a folder is there under this name; a link to one is none.
///
/// # Errors
/// As [`is_there`].
pub fn is_folder(path: &Path) -> io::Result<bool> {
    fs::symlink_metadata(path).or_missing().map(|metadata| metadata.is_some_and(|metadata| metadata.is_dir()))
}

/// The bytes of a regular file that somebody named, behind a link or not; at most `most`.
///
/// # Errors
/// Where it cannot be read, is no regular file, or is longer.
pub fn follow(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    open_and_read(path, most).map(|(_, bytes)| bytes)
}

/// The text of a regular file that somebody named.
///
/// # Errors
/// As [`follow`]; and where it is no UTF-8.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    as_text(follow(path, most)?)
}

/// The bytes of a regular file that somebody named, and the open file.
///
/// # Errors
/// As [`follow`].
pub fn open_and_read(path: &Path, most: u64) -> io::Result<(File, Vec<u8>)> {
    let file = open(path, OFlags::empty())?;
    let bytes = bytes(&file, most)?;
    Ok((file, bytes))
}

/// A name of an open file for libraries that open files by name: another file cannot have taken its place,
/// and no name is too long or no UTF-8. Its own name where the system has no such names.
pub fn name_of(file: &File, path: &Path) -> PathBuf {
    let name = PathBuf::from(format!("/dev/fd/{}", file.as_raw_fd()));
    if fs::metadata(&name).is_ok() { name } else { path.to_owned() }
}

/// The bytes of a file that this program wrote: a link in its place is an error.
///
/// # Errors
/// As [`follow`]; and where it is a link.
pub fn read_own(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    bytes(&open(path, OFlags::NOFOLLOW)?, most)
}

/// The text of a file that this program wrote.
///
/// # Errors
/// As [`read_own`]; and where it is no UTF-8.
pub fn read_own_text(path: &Path, most: u64) -> io::Result<String> {
    as_text(read_own(path, most)?)
}

fn as_text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        io::Error::new(ErrorKind::InvalidData, format!("it is no text: {}", error.utf8_error()))
    })
}

/// A regular file. Nothing is waited for, and no terminal is taken.
fn open(path: &Path, more: OFlags) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY | more;
    let opened = OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path);
    regular(opened.map_err(as_link)?)
}

/// The file, if it is a regular one.
pub(crate) fn regular(file: File) -> io::Result<File> {
    match kind(&file.metadata()?.file_type()) {
        None => Ok(file),
        Some(kind) => Err(io::Error::new(ErrorKind::InvalidInput, format!("it is {kind}, not a file"))),
    }
}

/// A message for a link that was not to be followed: the system's speaks of too many links.
pub(crate) fn as_link(error: io::Error) -> io::Error {
    match error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
        true => io::Error::new(ErrorKind::InvalidInput, "it is a link, and not one that meanfield made"),
        false => error,
    }
}

/// The kind of a file that is no regular one.
fn kind(is: &fs::FileType) -> Option<&'static str> {
    match () {
        () if is.is_file() => None,
        () if is.is_dir() => Some("a directory"),
        () if is.is_fifo() => Some("a pipe"),
        () if is.is_socket() => Some("a socket"),
        () => Some("a device"),
    }
}

fn bytes(file: &File, most: u64) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    if length > most {
        return Err(too_large(length, most));
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize).map_err(|_| ErrorKind::OutOfMemory)?;
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large(bytes.len() as u64, most)) } else { Ok(bytes) }
}

fn too_large(length: u64, most: u64) -> io::Error {
    let text = format!("it has {length} bytes, more than the {most} that are read");
    io::Error::new(ErrorKind::FileTooLarge, text)
}
