//! Publications that stop or fail between any two changes, and what others put or took away.

use super::*;
use crate::folder::FolderState;
use crate::publish::PARTS;
use crate::summary::Summary;
use std::collections::BTreeMap;

/// Puts a result of this name together in a folder: its figures are called alike and each other.
fn fill(folder: &Path, name: &str) {
    fs::create_dir_all(folder.join(FIGURES)).expect("made");
    let parts = ["record.h5", "scenario.toml", "figures/risk.png", &format!("figures/of_{name}.png")];
    parts.iter().for_each(|part| fs::write(folder.join(part), name).expect("written"));
    let files = parts.map(|part| (part.to_owned(), digest::sha256(name.as_bytes())));
    let summary = Summary { title: name.to_owned(), computed_by: version::computing(), ..Summary::default() };
    let summary = serde_json::to_string(&summary.sealed(BTreeMap::from(files))).expect("JSON");
    fs::write(folder.join("summary.json"), summary).expect("written");
}

/// Whether a folder holds the result of this name, all of it and nothing of another but `mine.png`.
fn holds(folder: &Folder, name: &str) -> bool {
    let names =
        |path: PathBuf| fs::read_dir(path).expect("there").map(|entry| entry.expect("entry").file_name());
    let mut figures: Vec<_> = names(folder.path().join(FIGURES)).collect();
    figures.sort();
    let own = ["mine.png", &format!("of_{name}.png"), "risk.png"];
    let is_same = matches!(folder.look(name), Ok(FolderState::Same(_)));
    figures == own
        && PARTS.iter().all(|part: &&str| {
            fs::read_to_string(folder.path().join(part)).is_ok_and(|text| text.contains(name))
        })
        && is_same
}

/// A folder with an old result and a new one that is complete, its checkpoint still there.
fn about_to_publish(output: &Path) -> (Folder, Partial) {
    let folder = Folder::new(output, "small");
    fill(folder.path(), "old");
    fs::write(folder.path().join("figures/mine.png"), "mine").expect("written");
    let partial = Partial::take(&folder, &()).unwrap_or_else(|_| panic!("free"));
    fs::write(partial.path.join("scenario.toml"), "new").expect("written");
    fs::write(partial.path.join("sgd.checkpoint"), "state").expect("written");
    fill(&partial.path.join("result"), "new");
    (folder, partial)
}

fn taken(folder: &Folder) -> Partial {
    Partial::take(folder, &()).unwrap_or_else(|_| panic!("free"))
}

#[test]
fn a_stop_between_any_two_changes_loses_no_result() {
    for changes in 0.. {
        let place = tempfile::tempdir().expect("made");
        let (folder, partial) = about_to_publish(place.path());
        disk::crash::stop_after(Some(changes));
        let published = partial.publish(true).is_ok();
        disk::crash::stop_after(None);
        if matches!(folder.look("new"), Ok(FolderState::Interrupted)) {
            taken(&folder).recover().unwrap_or_else(|_| panic!("recovered after {changes}"));
        }
        let is_new = holds(&folder, "new");
        assert!(is_new || holds(&folder, "old"), "after {changes}");
        assert!(is_new || folder.partial().join("sgd.checkpoint").exists(), "after {changes}");
        assert!(is_new || !published, "after {changes}");
        if published && !folder.partial().exists() {
            return;
        }
    }
}

#[test]
fn changes_that_fail_leave_the_new_result_or_the_old_one() {
    for (changes, failures) in (0..40).flat_map(|changes| [(changes, 1), (changes, 2)]) {
        let place = tempfile::tempdir().expect("made");
        let (folder, partial) = about_to_publish(place.path());
        disk::crash::fail_after(changes, failures);
        let published = partial.publish(true).is_ok();
        disk::crash::stop_after(None);
        if published && matches!(folder.look("new"), Ok(FolderState::Interrupted)) {
            taken(&folder).recover().unwrap_or_else(|_| panic!("cleared after {changes}"));
        }
        let name = if published { "new" } else { "old" };
        assert!(holds(&folder, name), "{failures} after {changes}: published {published}");
    }
}

#[test]
fn what_is_somebodys_in_an_unfinished_publication_goes_back() {
    let place = tempfile::tempdir().expect("made");
    let folder = Folder::new(place.path(), "small");
    fill(folder.path(), "old");
    fs::create_dir_all(folder.old().join(FIGURES)).expect("made");
    fs::write(folder.old().join("figures/mine.png"), "mine").expect("written");
    fs::write(folder.old().join("notes.txt"), "mine").expect("written");
    taken(&folder).recover().unwrap_or_else(|_| panic!("recovered"));
    assert!(holds(&folder, "old") && folder.path().join("notes.txt").exists());
    assert!(!folder.partial().exists());
}

#[test]
fn a_file_with_the_name_of_a_new_figure_is_kept() {
    let place = tempfile::tempdir().expect("made");
    let (folder, partial) = about_to_publish(place.path());
    fs::write(folder.path().join("figures/of_new.png"), "mine").expect("written");
    partial.publish(true).unwrap_or_else(|_| panic!("published"));
    let backup = folder.path().join("figures/of_new.png.kept");
    assert_eq!(fs::read_to_string(&backup).expect("there"), "mine");
    fs::remove_file(backup).expect("removed");
    assert!(holds(&folder, "new"));
}

#[test]
fn what_is_left_of_a_process_that_ended_while_it_cleared_up_goes() {
    let place = tempfile::tempdir().expect("made");
    let folder = Folder::new(place.path(), "small");
    fill(folder.path(), "old");
    fs::create_dir(folder.partial()).expect("made");
    fs::write(folder.partial().join("lock"), "").expect("written");
    fs::write(folder.partial().join("scenario.toml"), "old").expect("written");
    Partial::clear_up(&folder, &());
    assert!(!folder.partial().exists() && folder.path().join("record.h5").exists());
}

#[test]
fn a_result_that_is_not_as_it_was_written_is_told() {
    let place = tempfile::tempdir().expect("made");
    let folder = Folder::new(place.path(), "small");
    for (part, named) in [
        ("record.h5", "record.h5"),
        ("figures/risk.png", "figures/risk.png"),
        ("summary.json", "summary.json"),
    ] {
        fill(folder.path(), "same");
        assert!(matches!(folder.look("same"), Ok(FolderState::Same(_))));
        fs::write(folder.path().join(part), "").expect("emptied");
        assert!(matches!(folder.look("same"), Ok(FolderState::Incomplete(name)) if name == named), "{part}");
        fs::remove_file(folder.path().join(part)).expect("removed");
        assert!(matches!(folder.look("same"), Ok(FolderState::Incomplete(name)) if name == named), "{part}");
    }
    fill(folder.path(), "same");
    let summary = folder.path().join("summary.json");
    let older = fs::read_to_string(&summary).expect("there").replace(&version::computing(), "0.1.0");
    fs::write(&summary, older).expect("written");
    assert!(matches!(folder.look("same"), Ok(FolderState::OfAnotherVersion(version)) if version == "0.1.0"));
}
