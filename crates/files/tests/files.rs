//! What is written is whole, what is read is a regular file, and links lead nowhere.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use meanfield_files as files;

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .expect("folder")
        .map(|entry: std::io::Result<fs::DirEntry>| {
            entry.expect("entry").file_name().into_string().expect("text")
        })
        .collect()
}

#[test]
fn a_file_takes_the_place_of_another_or_of_a_link() {
    let folder = tempfile::tempdir().expect("folder");
    let outside = folder.path().join("outside");
    let place = folder.path().join("place");
    fs::write(&outside, "untouched").expect("written");
    symlink(&outside, &place).expect("linked");
    for text in ["first", "second"] {
        files::write(&place, text.as_bytes()).expect("written");
        assert_eq!(fs::read_to_string(&place).expect("there"), text);
    }
    assert_eq!(fs::read_to_string(&outside).expect("there"), "untouched");
    assert_eq!(names(folder.path()).len(), 2);
    let umask = Command::new("sh").args(["-c", "umask"]).output().expect("sh").stdout;
    let umask = u32::from_str_radix(String::from_utf8(umask).expect("digits").trim(), 8).expect("octal");
    let mode = fs::metadata(&place).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o666 & !umask);
}

#[test]
fn what_cannot_be_put_into_place_leaves_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    fs::create_dir(folder.path().join("taken")).expect("made");
    fs::write(folder.path().join("taken/by"), "somebody").expect("written");
    for place in ["taken", "absent/file"] {
        let error = files::write(&folder.path().join(place), b"bytes").expect_err("refused");
        assert!(!error.to_string().contains(files::LEFT_BEHIND), "{error}");
    }
    let aside = files::Aside::write(&folder.path().join("never"), b"bytes").expect("written");
    assert_eq!(fs::read(aside.path()).expect("there"), b"bytes");
    drop(aside);
    assert_eq!(names(folder.path()), ["taken"]);
}

#[test]
fn only_regular_files_of_bounded_size_are_read() {
    let folder = tempfile::tempdir().expect("folder");
    let pipe = folder.path().join("pipe");
    let file = folder.path().join("file");
    let link = folder.path().join("link");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    fs::write(&file, "text").expect("written");
    symlink(&file, &link).expect("linked");
    let refused = |path: &Path| files::follow(path, 1000).expect_err("refused").to_string();
    assert_eq!(refused(&pipe), "it is a pipe, not a file");
    assert_eq!(refused(Path::new("/dev/zero")), "it is a device, not a file");
    assert_eq!(refused(folder.path()), "it is a directory, not a file");
    assert_eq!(files::follow(&link, 4).expect("read"), b"text");
    assert!(files::read_own(&link, 4).expect_err("refused").to_string().contains("a link"));
    assert!(files::follow(&file, 3).expect_err("refused").to_string().contains("more than the 3"));
}

#[test]
fn whether_something_is_there_is_known_or_an_error() {
    use files::Missing;
    let folder = tempfile::tempdir().expect("folder");
    let link = folder.path().join("link");
    let file = folder.path().join("file");
    symlink("nowhere", &link).expect("linked");
    fs::write(&file, "").expect("written");
    assert!(files::is_there(&link).expect("known") && !files::is_folder(&link).expect("known"));
    assert!(!files::is_there(&folder.path().join("absent")).expect("known"));
    assert!(!files::is_there(&file.join("below")).expect("known"));
    assert!(files::is_folder(folder.path()).expect("known"));
    assert!(files::is_there(&folder.path().join("x".repeat(300))).is_err());
    assert!(files::read_own(&folder.path().join("absent"), 1).or_missing().expect("known").is_none());
}

#[test]
#[cfg(target_os = "linux")]
fn moves_onto_another_disk_are_told() {
    let here = tempfile::tempdir().expect("folder");
    let there = Path::new("/proc");
    files::can_move(here.path(), here.path()).expect("one disk");
    let error = files::can_move(here.path(), there).expect_err("another disk").to_string();
    assert_eq!(error, "/proc is on another disk");
    assert!(files::can_move(here.path(), &here.path().join("absent")).is_err());
}
