//! Scenarios far larger than anybody writes: status 2, a message that can be read, and no more work than it
//! takes to see what is wrong. (`Place::meanfield` ends a program that does not answer.)

use crate::support;

use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{Place, SMALL, Said, left, send};

/// More than any message takes; a million letters of a scenario do not fit.
const LONGEST: usize = 20_000;

/// Checks a scenario: refused in few words.
fn refused(text: &str) -> Said {
    let place = Place::new();
    place.write("small.toml", text);
    let said = place.meanfield(&["check", "small.toml"]).status(2);
    let start = said.err.chars().take(2000).collect::<String>();
    assert!(said.out.is_empty() && said.err.len() < LONGEST, "{} bytes:\n{start}", said.err.len());
    said
}

/// The small scenario with one text in the place of another.
fn edited(from: &str, to: &str) -> Said {
    assert!(SMALL.contains(from), "{from}");
    refused(&SMALL.replacen(from, to, 1))
}

/// The small scenario with more at its end.
fn check_with(more: &str) -> Said {
    refused(&format!("{SMALL}{more}"))
}

/// As many texts in a row.
fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

/// Numbers in brackets.
fn list(count: usize, number: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(number).collect::<Vec<_>>().join(","))
}

#[test]
fn the_file() {
    refused(&format!("# {}\n{SMALL}", "x".repeat(17_000_000))).says("are read at most").says("0..10:101");
}

#[test]
fn twenty_mistakes_are_printed_and_the_others_counted() {
    let said = refused(&format!("{}{SMALL}", many(10_000, |i| format!("key{i} = 1\n"))));
    let said =
        said.says("10000 mistakes in small.toml").says("`key19` is not known here").says("and 9980 more");
    assert!(!said.err.contains("`key20`"), "{}", said.err);
    check_with(&many(10_000, |i| format!("key{i} = 1\n"))).says("and 9980 more");
    let inline =
        format!("schedule.constant = {{{}}}", list(50_000, |i| format!("k{i}=1")).trim_matches(['[', ']']));
    edited("schedule.constant = {}", &inline).says("and 49980 more");
    edited("[100]", &list(100_000, |_| "\"a\"".into())).says("must be an integer").says("and 99980 more");
    refused(&"a b\n".repeat(100_000)).says("this is not TOML").says("more");
    refused(&format!("{}{SMALL}", "title = 1\n".repeat(30_000))).says("duplicate key").says("more");
}

#[test]
fn long_lines_and_long_names_are_cut() {
    let long = "x".repeat(1_000_000);
    edited("title =", &format!("{long} =")).says("is not known here");
    edited("\"atoms\"", &format!("\"{long}\"")).says("is no system of this scenario");
    edited("\"risk\"", &format!("\"{long}\"")).says("nothing that can be claimed here");
    edited("schedule.constant", &format!("schedule.{long}")).says("is not known here");
    edited("[systems.pde.", &format!("[systems.{long}.")).says("a system cannot be called");
    edited("\"0..0.5:6\"", &format!("\"{}\"", "0..1:".repeat(200_000))).says("is no range");
    edited("\"A small scenario\"", &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)))
        .says("this is not TOML");
    let said = edited("dimension = 40", &format!("dimension = 40, {long} = 1"));
    assert!(said.err.contains("[small.toml:4:46]"), "{}", said.err);
}

#[test]
fn titles_and_names() {
    edited("A small scenario", &"x".repeat(301)).says("the title has 301 characters, and 300 are room");
    edited("A small scenario", "a\\u001b[31mb").says("the title must be one line of text");
    edited("pde.finite", &format!("{}.finite", "p".repeat(61)))
        .says("a system cannot be called")
        .says("up to 60");
    check_with("[systems.PDE.finite-volume]\ncells = [100]\n")
        .says("the names \"PDE\" and \"pde\" differ in nothing but upper and lower case")
        .says("[small.toml:");
    let place = Place::new();
    place.edit("A small scenario", &"ß".repeat(300));
    place.meanfield(&["check", "small.toml"]).status(0);
}

#[test]
fn lists() {
    let knots = |count: usize| list(count, |i| format!("[{i}.0, {}.0]", i % 2));
    edited("[[0.5, -2.5], [1.5, 7.5]]", &knots(10_000)).says("`knots` has 10000 pairs, more than 1000");
    edited("[1, 2]", &list(400_000, |i| i.to_string())).says("`seeds` has 400000 numbers, more than 10000");
    let levels =
        format!("levels = {}\nsnapshots", list(100_000, |i| format!("{:e}", f64::from(i as u32 + 1) * 1e-6)));
    edited("snapshots", &levels).says("`levels` has 100000 numbers, more than 1000");
    check_with(&many(2000, |i| format!("[systems.a{i}.characteristics]\natoms = 2\n")))
        .says("there are 2003 systems, more than 100");
    let claim = "[[compare.claim]]\nsystem = \"sgd\"\nquantity = \"rusk\"\nwithin = -1.0\n";
    let text = SMALL.split("[[compare.claim]]").next().expect("the scenario before it");
    refused(&format!("{text}{}", claim.repeat(10_000))).says("there are 10000 claims, more than 1000");
    refused(&format!("{text}{}", claim.repeat(1000))).says("2000 mistakes").says("and 1980 more");
    check_with(&format!("[figure]\ninset = {}\n", list(100_000, |_| "\"risk\"".into())))
        .says("`inset` names 100000 curves, more than 20");
    edited("[100]", &list(100_000, |_| "7".into())).says("`cells` has 100000 numbers");
}

#[test]
fn values_of_varied_keys() {
    let vary = |line: &str| check_with(&format!("\n[vary]\n{line}\n"));
    let separation = "model.data.isotropic-gaussians.separation";
    vary(&format!("{separation} = \"0.1..0.9:1000000\"")).says("1 keys with 1000000 points are varied");
    vary(&format!("{separation} = {}", list(100_001, |i| format!("{i}.0")))).says("100001 points are varied");
    let keys = ["model.initial.gaussian.scale", separation, "dynamics.ridge"];
    vary(&keys.map(|key| format!("{key} = \"0.1..0.9:1000000\"")).join("\n"))
        .says("3 keys with 1000000000000000000 points are varied");
    vary(&format!("{separation} = [0.1, 0.2, 0.1]"))
        .says("`separation` is varied over 0.1: values are finite, each once");
    vary("dynamics.ridge = [0.0, -0.0]").says("each once");
    let seeds = SMALL.replace("[1, 2]", &list(10_000, |i| i.to_string()));
    refused(&format!("{seeds}\n[vary]\n{separation} = \"0.1..0.9:100000\"\n"))
        .says("shorten its longest list");
}

#[test]
fn mistakes_at_very_many_points() {
    let vary = |line: &str| check_with(&format!("\n[vary]\n{line}\n"));
    vary("model.data.isotropic-gaussians.separation = \"1.0..2.0:100000\"")
        .says("at least 20 mistakes in small.toml")
        .says("(at separation = 1.00019)")
        .says("and perhaps more");
    vary("systems.sgd.finite-network.step-size = \"-1.0..-0.1:100000\"").says("and perhaps more");
    let text = SMALL.replace("scale = 0.8", "scale = -0.8");
    refused(&format!("{text}\n[vary]\nmodel.data.isotropic-gaussians.separation = \"0.1..0.9:100000\"\n"))
        .says("a mistake in small.toml")
        .says("the start's scale");
}

#[test]
fn huge_numbers_are_short() {
    let text = SMALL.replace("end-time = 0.5", "end-time = 1e300");
    let said = refused(&text.replace("0..0.5:6", "0..1e300:6"));
    assert!(!said.err.contains("000000000000"), "{}", said.err);
    edited("constant = {}", "constant = {}\ntemperature = 5e-324")
        .says("`temperature` must be 0 or a number from 1e-300");
    let place = Place::new();
    let atoms = text.split("[systems.sgd").next().expect("the scenario before it");
    place.write(
        "small.toml",
        &format!(
            "{atoms}[compare]\nreference = \"pde\"\n\
         [[compare.claim]]\nsystem = \"atoms\"\nquantity = \"risk\"\nwithin = 1.0\n"
        ),
    );
    let said = place.meanfield(&["check", "small.toml"]).status(0);
    assert!(said.out.contains("until t = 1e300") && !said.out.contains("000000000000"), "{}", said.out);
}

/// A scenario of one system that would take minutes without a pause is asked to end, and does.
fn ends_when_asked(dynamics: &str, system: &str) {
    let place = Place::new();
    let head = SMALL.split("[systems.pde").next().expect("the scenario before its systems");
    let head = head.replace("constant = {}", &format!("constant = {{}}\n{dynamics}"));
    place.write("small.toml", &format!("{head}{system}"));
    let run = place.start_heard(&["run", "small.toml"]);
    place.wait_for("output/small/.partial");
    sleep(Duration::from_secs(2));
    let asked = Instant::now();
    send("INT", &run);
    let (status, said) = left(run);
    assert_eq!(status, Some(130), "{said}");
    // Two seconds on a quiet machine.
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
}

#[test]
fn what_takes_long_without_a_pause_ends_when_asked() {
    ends_when_asked("temperature = 1e-12\nridge = 0.05", "[systems.gibbs.landscape]\n");
    ends_when_asked("", "[systems.sgd.finite-network]\nneurons = 100000\nstep-size = 1e-3\nseeds = [1]\n");
    let samples = "neurons = 2000\nstep-size = 1e-3\nseeds = [1]\nmonte-carlo = 10000000\n";
    ends_when_asked("", &format!("[systems.sgd.finite-network]\n{samples}"));
}

#[test]
fn a_point_of_a_sweep_that_cannot_be_built_is_a_gap() {
    let place = Place::new();
    let text = SMALL.split("[systems.pde").next().expect("the scenario before its systems");
    let text =
        text.replace("piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }", "tanh = { offset = 1.0 }");
    place.write("small.toml", &format!("{text}[systems.atoms.characteristics]\natoms = 9\n"));
    // Of 251 points every second one is built beforehand: the steep one is not.
    let gains = list(251, |i| if i == 1 { "500.0".to_owned() } else { format!("{}", 1.0 + i as f64 * 1e-3) });
    let vary = format!("model.activation.tanh.gain={gains}");
    let said = place.meanfield(&["sweep", "small.toml", "--vary", &vary]).status(1);
    assert!(said.out.contains("1 run stopped before the end"), "{}", said.out);
    assert!(said.out.contains("the activation is too steep"), "{}", said.out);
    let risks = &place.records("output/small-sweep")[0].curve("risk").expect("risk").values.clone();
    assert_eq!(risks.iter().filter(|risk| risk.is_nan()).count(), risks.len() / 251);
}
