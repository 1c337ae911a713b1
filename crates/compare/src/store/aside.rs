//! A file is written beside its final name and moved there when it is complete, so that nobody
//! ever meets half of it. It knows nothing of what the file holds, and guards against no second
//! writer: the folder's owner does.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::{Checked, Fault};

/// Lets `fill` write `<path>.partial`, then puts that in the place of `path` in one step. If
/// anything fails, `path` is as it was and the partial file is gone.
pub(super) fn replace(path: &Path, fill: impl FnOnce(&Path) -> Checked<()>) -> Checked<()> {
    let partial = partial_name(path);
    // Made here first: the system's own "no such folder" reads better than the library's.
    File::create(&partial).map_err(|error| refused(&partial, error))?;
    let done = fill(&partial).and_then(|()| commit(&partial, path));
    if done.is_err() {
        // Should this fail too, the first failure is still the one to report.
        let _ = fs::remove_file(&partial);
    }
    done
}

/// `record.h5` → `record.h5.partial`, in the same folder: a rename cannot cross file systems.
fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Onto the disk first and under its name afterwards: after a power cut either the old file is
/// there or the whole new one.
fn commit(partial: &Path, path: &Path) -> Checked<()> {
    File::open(partial).and_then(|file| file.sync_all()).map_err(|error| refused(partial, error))?;
    fs::rename(partial, path).map_err(|error| refused(path, error))?;
    sync_folder(path);
    Ok(())
}

/// Makes the rename itself durable. Not every file system can; the file is whole either way.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn refused(path: &Path, error: std::io::Error) -> Fault {
    Fault::refused(&path.display().to_string(), error)
}
