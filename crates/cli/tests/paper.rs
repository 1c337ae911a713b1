//! Figures for papers from a record: formats, widths, choices, words, claims of another scenario; and what is
//! answered to options that fit neither paper nor record.

use crate::support;

use support::{Place, SMALL};

/// A place with the small scenario's record.
fn place_with_record() -> Place {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    place
}

/// `plot` of the small record into `paper`, with these options.
fn plot(place: &Place, options: &[&str]) -> support::Said {
    let fixed = ["plot", "output/small/record.h5", "--output", "paper"];
    place.meanfield(&[&fixed[..], options].concat())
}

/// The texts of the figure of the risk.
fn risk(place: &Place) -> String {
    std::fs::read_to_string(place.path("paper/risk.svg")).expect("drawn")
}

#[test]
fn formats_and_widths_are_as_asked() {
    let place = place_with_record();
    plot(&place, &["--format", "pdf,svg", "--width", "86mm", "--font-size", "7", "--no-title"]).status(0);
    let files = place.files("paper").into_keys();
    let names: Vec<String> =
        files.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["law_radius.pdf", "law_radius.svg", "risk.pdf", "risk.svg"]);
    // 86 mm are 243.780 points.
    let svg = risk(&place);
    assert!(svg.starts_with("<svg width=\"243.78pt\""), "{}", &svg[..60]);
    assert!(!svg.contains("A small scenario"));
}

#[test]
fn systems_have_the_words_that_are_given() {
    let place = place_with_record();
    plot(&place, &["--systems", "sgd,atoms", "--labels", "sgd=SGD, N = 30", "--labels", "atoms=limit"])
        .status(0);
    let svg = risk(&place);
    assert!(svg.contains("SGD, N = 30: mean and") && svg.contains(">limit<"), "the words");
    assert!(svg.contains("claim on SGD, N = 30") && !svg.contains("pde (finite-volume)"));
}

#[test]
fn another_scenario_gives_title_and_claims_without_a_run() {
    let place = place_with_record();
    let other = SMALL.replace("A small scenario", "Another title").replace("within = 10.0", "within = 1e-6");
    place.write("other.toml", &other);
    plot(&place, &["--scenario", "other.toml"]).status(0);
    let svg = risk(&place);
    assert!(svg.contains("Another title") && svg.contains("does not hold"));
    let record = ["compare", "output/small/record.h5"];
    place.meanfield(&record).status(0);
    let again = place.meanfield(&[&record[..], &["--scenario", "other.toml"]].concat()).status(1);
    assert!(again.out.contains("DOES NOT HOLD"), "{}", again.out);
    place.write("odd.toml", &other.replace("reference = \"atoms\"", "reference = \"nobody\""));
    let odd = place.meanfield(&[&record[..], &["--scenario", "odd.toml"]].concat()).status(1);
    assert!(odd.out.contains("there is no record of nobody"), "{}", odd.out);
}

#[test]
fn what_does_not_fit_is_answered() {
    let place = place_with_record();
    for (options, said) in [
        (["--width", "3.4"], "86mm"),
        (["--width", "1in"], "from 2in"),
        (["--font-size", "300"], "size of labels"),
        (["--systems", "nobody"], "it has atoms, pde, sgd"),
        (["--labels", "sgd"], "SYSTEM=WORDS"),
        (["--points", "separation=0.1"], "nothing is varied"),
        (["--format", "eps"], "pdf"),
        (["--scenario", "missing.toml"], "missing.toml cannot be read"),
    ] {
        plot(&place, &options).status(2).says(said);
    }
    assert!(!place.path("paper").exists(), "nothing is drawn");
}
