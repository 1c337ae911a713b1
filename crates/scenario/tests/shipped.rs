//! The scenarios of the repository: each can be read, in full and under `--quick`, and every kind of system
//! is in one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, kinds, load};

fn files_of_families() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let families = fs::read_dir(root).expect("scenarios/").map(|family| family.expect("a family").path());
    let files = families.flat_map(|family| fs::read_dir(family).expect("a family"));
    files.map(|file| file.expect("a file").path()).collect()
}

fn read(path: &Path, quick: bool) -> Scenario {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).expect("a text");
    let overrides = Overrides { quick, either: true, ..Overrides::default() };
    load(&name, &text, &overrides).unwrap_or_else(|error| panic!("{name}, quick: {quick}: {error:?}"))
}

#[test]
fn every_scenario_can_be_read_and_every_kind_of_system_is_in_one() {
    let mut shown = BTreeSet::new();
    for path in files_of_families() {
        for quick in [false, true] {
            shown.extend(read(&path, quick).file.systems.values().map(|system| system.name().to_owned()));
        }
    }
    let there: BTreeSet<String> =
        kinds().into_iter().filter(|kind| kind.place == "systems.<name>").map(|kind| kind.name).collect();
    assert_eq!(shown, there, "kinds in scenarios/, and kinds that there are");
}
