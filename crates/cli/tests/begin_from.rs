//! Runs that begin where another one ended: the record is read once, its law is part of the result's
//! scenario, and what is no finished record is refused in words.

use crate::support;

use support::{Place, SMALL};

/// The scenario with laws at its end only, and one that begins there.
fn halves() -> Place {
    let place = Place::new();
    let second = SMALL
        .replace("initial.gaussian = { scale = 0.8 }", "initial.from = \"output/small/record.h5:atoms\"");
    let without_cells = second.replace("[systems.pde.finite-volume]\ncells = [100]\n", "");
    place.write("second.toml", &without_cells);
    place
}

#[test]
fn a_result_holds_the_law_that_it_began_with() {
    let place = halves();
    place.meanfield(&["run", "small.toml"]).status(0);
    place.meanfield(&["run", "second.toml"]).status(0);
    let first = place.records("output/small");
    let second = place.records("output/second");
    let risk = |records: &[meanfield_run::record::Record], at: usize| {
        let atoms = records.iter().find(|record| record.system == "atoms").expect("there");
        atoms.row("risk", 0).expect("a risk")[at]
    };
    // The atoms are the same; kernels reach as far as each start asks for.
    assert!((risk(&first, 5) - risk(&second, 0)).abs() < 1e-8);
    assert!(risk(&second, 5) < risk(&second, 0));
    // The same scenario is there; another record makes another one.
    place.meanfield(&["run", "second.toml"]).status(0).says("held this result already");
    place.edit("scale = 0.8", "scale = 0.7");
    place.meanfield(&["run", "small.toml", "--overwrite"]).status(0);
    place.meanfield(&["run", "second.toml"]).status(2).says("another scenario");
}

#[test]
fn what_is_no_finished_record_is_refused() {
    let place = halves();
    place.meanfield(&["run", "second.toml"]).status(2).says("record.h5");
    std::fs::create_dir_all(place.path("output/small/.partial")).expect("made");
    place.meanfield(&["check", "second.toml"]).status(2).says("its run is not finished");
    std::fs::remove_dir_all(place.path("output")).expect("removed");
    place.meanfield(&["run", "small.toml"]).status(0);
    place.write("output/small/record.h5", "something else");
    place.meanfield(&["check", "second.toml"]).status(2).says("record.h5");
}
