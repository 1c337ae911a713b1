//! Bad input: status 2, one clear message (what, where, what to write instead), nothing written.

use crate::support;

use support::{Place, SMALL, Said};

/// Runs the small scenario with one text in the place of another: refused, and nothing is there.
fn refused(from: &str, to: &str) -> Said {
    let place = Place::new();
    place.edit(from, to);
    let said = place.meanfield(&["run", "small.toml"]).status(2);
    assert!(said.out.is_empty() && !place.path("output").exists(), "{to}: {}", said.out);
    place.meanfield(&["check", "small.toml"]).status(2);
    said
}

/// The same, with what must be said of it and where.
fn refused_at(line: usize, from: &str, to: &str, words: &[&str]) {
    let said = refused(from, to).says(&format!("[small.toml:{line}:"));
    words.iter().fold(said, |said, words| said.says(words));
}

#[test]
fn keys_and_types() {
    refused_at(23, "neurons", "nuerons", &["`nuerons` is not known here", "did you mean `neurons`?"]);
    refused_at(16, "finite-volume", "finite-volum", &["did you mean `finite-volume`?"]);
    refused_at(23, "neurons = 30", "neurons = \"many\"", &["`neurons` must be an integer, not a string"]);
    refused_at(23, "neurons = 30", "neurons = 30.0", &["must be an integer, not a decimal number"]);
    refused_at(9, "end-time = 0.5", "end-time = 2026-01-01", &["`end-time` must be a number, not a date"]);
    refused_at(8, "end-time = 0.5\n", "", &["`end-time` is missing here", "The last time"]);
    refused_at(10, "constant = {}", "constant = 1", &["`constant` must be a table, not an integer"]);
    refused_at(18, "cells = [100]", "cells = [100]\nlimiter = \"minmood\"", &["did you mean `minmod`?"]);
    refused_at(
        10,
        "schedule.constant = {}",
        "schedule = \"constant\"",
        &["write e.g. schedule.constant = {}"],
    );
    refused_at(25, "seeds = [1, 2]", "seeds = 2", &["must be a list", "write e.g. seeds = [2]"]);
    refused_at(8, "schedule.constant = {}", "", &["`schedule` is missing", "schedule.constant = {}"]);
    refused_at(35, "neurons = 20", "neuron = 20", &["did you mean `neurons`?"]);
    refused_at(
        17,
        "[systems.pde.finite-volume]\ncells",
        "[systems.pde]\ncells",
        &["`cells` is not known here"],
    );
}

#[test]
fn text_that_is_no_toml() {
    refused_at(9, "end-time = 0.5", "end time = 0.5", &["this is not TOML", "expected `=`"]);
    refused_at(10, "schedule.constant = {}", "end-time = 1.0", &["duplicate key"]);
    refused_at(23, "neurons = 30", "neurons = 99999999999999999999", &["the largest integer"]);
    refused_at(25, "[1, 2]", "[18446744073709551615]", &["the largest integer"]);
}

/// The small scenario with noise, with a grid and a Gibbs state instead of its atoms, and one text more
/// in either place.
fn noisy(dynamics: &str, pde: &str, gibbs: &str) -> Said {
    let place = Place::new();
    let systems = format!("cells = [100]\n{pde}\n[systems.gibbs.landscape]\n{gibbs}\n");
    let text = SMALL.replace("constant = {}", &format!("constant = {{}}\n{dynamics}"));
    let text = text.replace("cells = [100]\n\n[systems.atoms.characteristics]\natoms = 20\n", &systems);
    place.write("small.toml", &text.replace("\"atoms\"", "\"pde\""));
    place.meanfield(&["check", "small.toml"])
}

#[test]
fn noise_and_gibbs_states() {
    let bath = "temperature = 0.1\nridge = 0.1";
    noisy(bath, "", "").status(0);
    noisy(bath, "dimension-limit = \"infinite\"", "").status(2).says("infinitely many dimensions");
    noisy("ridge = 0.1", "", "").status(0);
    noisy("ridge = 0.1", "", "masses = 1").status(0);
    noisy("ridge = 0.1", "", "masses = 2").status(2).says("`masses` must be 1, not 2");
    noisy("ridge = 0.1", "", "largest-radius = -1.0").status(2).says("`largest-radius` must lie between");
    noisy("ridge = 0.1", "", "cells = [9]").status(2).says("`cells` are those of a Gibbs state");
    noisy(bath, "", "masses = 1").status(2).says("`masses` applies only without noise");
    noisy(bath, "", "masses = 2").status(2).says("a mistake in small.toml");
    noisy(bath, "", "largest-radius = 5.0").status(2).says("`largest-radius` applies only without noise");
    noisy("temperature = 0.1", "", "")
        .status(2)
        .says("cannot be normalised without a ridge")
        .says("ridge = 0.05");
    noisy(bath, "tolerance = 1e-9", "").status(2).says("`tolerance` must lie between 1e-8 and 0.1");
    noisy(bath, "fluctuations-until = 0.2", "").status(0);
    noisy(bath, "fluctuations-until = -1.0", "").status(2).says("is a time from 0 on; it is -1.0");
    noisy("ridge = 0.1", "fluctuations-until = 0.2", "").status(2).says("the atoms of `characteristics`");
    noisy(bath, "", "cells = [9, 9]").status(2).says("`cells` has 2 numbers").says("reported on 1 axes");
    let place = Place::new();
    let set = |set: &str| place.meanfield(&["check", "small.toml", "--set", set]);
    set("systems.sgd.finite-network.noise-factor=-1.0")
        .status(2)
        .says("`noise-factor` must lie between 0 and 100");
    if cfg!(not(feature = "gpu")) {
        set("systems.sgd.finite-network.device=\"gpu\"")
            .status(2)
            .says("this build trains on no device")
            .says("--features gpu");
    }
    set("systems.sgd.finite-network.device=\"tpu\"").status(2).says("did you mean `gpu`?");
    set("model.unit.affine={}")
        .status(2)
        .says("need a start for `a`")
        .says("the law has 3 coordinates, a, b, radius");
    set("compare.claim=[{system=\"sgd\",quantity=\"free_energy\",within=1.0}]")
        .status(2)
        .says("the free energy of a network is not known");
    set("compare.claim=[{system=\"pde\",quantity=\"free_energy\",within=1.0}]").status(0);
    let place = Place::new();
    place.edit("constant = {}", "constant = {}\ntemperature = 0.1\nridge = 0.1");
    let claims =
        "compare={reference=\"pde\",claim=[{system=\"sgd\",quantity=\"risk_beyond_bias\",within=1.0}]}";
    let atoms = "systems.atoms={finite-volume={cells=[50]}}";
    let said = place.meanfield(&["check", "small.toml", "--set", claims, "--set", atoms]);
    said.status(2).says("computes them until t = 0.0").says("raise `fluctuations-until`");
}

#[test]
fn several_mistakes_are_reported_at_once() {
    let place = Place::new();
    let text = SMALL.replace("separation", "seperation").replace("cells", "cels").replace("30", "\"x\"");
    place.write("small.toml", &text);
    let said = place.meanfield(&["run", "small.toml"]).status(2).says("3 mistakes in small.toml");
    said.says("`separation`?").says("`cells`?").says("not a string");
    let text = SMALL.replace("0.8 }\nact", "1.8 }\nact").replace("neurons = 30", "neurons = 0");
    place.write("small.toml", &text.replace("\"risk\"", "\"rsik\""));
    let said = place.meanfield(&["run", "small.toml"]).status(2).says("3 mistakes in small.toml");
    said.says("Δ must lie in [0, 1)").says("`neurons` must be between 1").says("did you mean `risk`?");
}

#[test]
fn numbers_of_the_model() {
    for wrong in ["-0.1", "1.0", "1", "7e300", "nan", "inf", "-inf"] {
        let to = format!("separation = {wrong}");
        refused_at(4, "separation = 0.8", &to, &["the separation Δ must lie in [0, 1)", "0.8"]);
    }
    for wrong in ["-1", "0", "1", "1000000000000000", "9223372036854775807"] {
        refused_at(4, "dimension = 40", &format!("dimension = {wrong}"), &["dimension"]);
    }
    for wrong in ["-0.1", "0.0", "1e-200", "1e200", "nan", "inf"] {
        refused_at(6, "scale = 0.8", &format!("scale = {wrong}"), &["scale κ must lie between 1e-6 and 1e6"]);
    }
    for wrong in [
        "[]",
        "[[0.5, 1.0]]",
        "[[1.0, 0.0], [0.0, 1.0]]",
        "[[0.0, nan], [1.0, 1.0]]",
        "[[0, 0], [1e-300, 1]]",
    ] {
        refused_at(5, "[[0.5, -2.5], [1.5, 7.5]]", wrong, &["knots = [[0.5, -2.5], [1.5, 7.5]]"]);
    }
    refused_at(5, "[0.5, -2.5]", "[0.5, -2.5, 1.0]", &["an entry of `knots` has 2 numbers, not 3"]);
}

#[test]
fn numbers_of_the_dynamics_and_times() {
    for wrong in ["0.0", "-1.0", "nan", "inf"] {
        let said = refused("end-time = 0.5", &format!("end-time = {wrong}"));
        said.says("a mistake in small.toml")
            .says("the end time must be a positive number")
            .says("[small.toml:9:");
    }
    for wrong in ["nan", "-0.1", "inf"] {
        let with = format!("constant = {{}}\ntemperature = {wrong}");
        refused_at(
            11,
            "constant = {}",
            &with,
            &["`temperature` must be 0 or a number from 1e-300", "temperature = 0.01"],
        );
    }
    refused("constant = {}", "constant = {}\nridge = 600.0")
        .says("the ridge 600.0 leaves 1 − 2λ ε ξ(ε) = -2.000e-1 of the weights")
        .says("or a ridge of at most 4e2");
    let noisy = "constant = {}\ntemperature = 0.1\nridge = 0.1";
    refused("constant = {}", noisy).says("`characteristics` moves atoms").says("take finite-volume");
    let times = "times = \"0..0.5:6\"";
    for wrong in ["\"0..0.5\"", "\"0..nan:3\"", "\"0..1:99999999999999999999\"", "\"x\"", "\"\""] {
        refused_at(13, times, &format!("times = {wrong}"), &["is no range", "\"log(1e-3..10:61)\""]);
    }
    refused_at(13, times, "times = \"0..0.5:1000000000\"", &["asks for 1000000000 numbers"]);
    refused_at(13, times, "times = \"log(0..0.5:6)\"", &["must stay above 0"]);
    for wrong in ["[nan]", "[0.1, inf]", "[-0.1]", "[0.1, 0.6]"] {
        refused_at(13, times, &format!("times = {wrong}"), &["between 0 and the end time 0.5"]);
    }
    refused_at(13, times, "times = [0.2, 0.1]", &["must increase, but 0.1 comes after 0.2"]);
    refused_at(13, times, "times = [0.1, 0.1]", &["must increase"]);
    refused_at(13, times, "times = []", &["there is no time to observe"]);
    refused_at(14, "[0.1, 0.5]", "[0.1, 7.0]", &["`snapshots` must lie between"]);
    for wrong in ["[]", "[0.0]", "[0.5, 1.0]", "[0.5, 0.1]", "[nan]"] {
        refused_at(
            15,
            "[0.1, 0.5]\n",
            &format!("[0.1, 0.5]\nlevels = {wrong}\n"),
            &["`levels` must increase"],
        );
    }
}

#[test]
fn numbers_of_the_systems() {
    for wrong in ["[0]", "[2]", "[1000000000]", "[-1]", "[]", "[10, 10]"] {
        refused_at(17, "cells = [100]", &format!("cells = {wrong}"), &["`cells`"]);
    }
    let domain = |range: &str| format!("cells = [100]\ndomain = {range}");
    refused_at(17, "cells = [100]", "cells = [5]", &["the cells are too wide for the start", "cells = ["]);
    refused_at(
        18,
        "cells = [100]",
        &domain("[[0.0, 0.9]]"),
        &["the start does not fit on the grid", "domain = [[0.0, 2."],
    );
    for wrong in ["[[1.0, 2.0]]", "[[0.0, -1.0]]", "[[0.0, nan]]", "[[0.0, inf]]", "[]", "[[0.0, 1e300]]"] {
        refused_at(18, "cells = [100]", &domain(wrong), &["the radius ranges from 0"]);
    }
    for (key, wrong) in [("tolerance", "nan"), ("tolerance", "0.0"), ("kernel-tolerance", "inf")] {
        refused_at(21, "atoms = 20", &format!("atoms = 20\n{key} = {wrong}"), &["must be a positive number"]);
    }
    refused_at(21, "atoms = 20", "atoms = 20\nfluctuations-until = nan", &["is a time from 0 on; it is NaN"]);
    refused_at(18, "cells = [100]", "cells = [100]\nkernel-tolerance = 1e-300", &["write kernel-tolerance"]);
    refused_at(
        21,
        "atoms = 20",
        "atoms = 20\nfluctuations-until = 0.2\nstart-limit = \"infinite\"",
        &["known at finite dimension alone"],
    );
    for wrong in ["0", "1000000000000000"] {
        refused_at(20, "atoms = 20", &format!("atoms = {wrong}"), &["`atoms` must be between 9 and 1000000"]);
        refused_at(
            23,
            "neurons = 30",
            &format!("neurons = {wrong}"),
            &["`neurons` must be between 1 and 1000000"],
        );
    }
    let seeds: Vec<String> = (1..1000).map(|seed| seed.to_string()).collect();
    let huge = format!("neurons = 1000000\nstep-size = 1e-3\nseeds = [{}]", seeds.join(", "));
    let network = "neurons = 30\nstep-size = 1e-3\nseeds = [1, 2]";
    refused_at(22, network, &huge, &["GB of memory would be needed", "take fewer neurons"]);
    for wrong in ["[]", "[1, 1]", "[9007199254740992]", "[-1]"] {
        refused_at(25, "seeds = [1, 2]", &format!("seeds = {wrong}"), &["seed"]);
    }
    for wrong in ["1", "-1", "1000000000000000"] {
        refused_at(26, "seeds = [1, 2]", &format!("seeds = [1, 2]\nmonte-carlo = {wrong}"), &["monte-carlo"]);
    }
}

#[test]
fn consequences_are_not_reported_beside_their_cause() {
    let place = Place::new();
    let one = |set: &[&str], words: &str| {
        let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        let said = place.meanfield(&[&["check", "small.toml"], &set[..]].concat()).status(2);
        said.says("a mistake in small.toml").says(words);
    };
    let jko = "systems.movements={jko={atoms=9,step=0.01}}";
    one(&["systems.movements={jko={atoms=9,step=0.0}}"], "`step` must be a positive number");
    one(&["systems.movements={jko={atoms=9,step=1e-12}}"], "end-time / step is");
    one(&[jko, "dynamics.end-time=inf"], "the end time must be a positive number");
    one(&["systems.pde.finite-volume.change=0.0"], "`change` must lie between 1e-4 and 0.5");
    one(&["systems.least={landscape={cells=[9,9]}}"], "`cells` are those of a Gibbs state");
    let gibbs = "systems.gibbs={landscape={cells=[9]}}";
    one(&[gibbs, "dynamics.temperature=nan", "dynamics.ridge=0.1"], "`temperature` must be 0");
    let bath = "temperature = 0.1\nridge = 0.1";
    let following = noisy(bath, "follow = true\ndomain = [[0.0, 9.0]]", "").status(2);
    following.says("a mistake in small.toml").says("a grid with noise does not follow the mass");
}

#[test]
fn steps_of_sgd() {
    for wrong in ["0.0", "-1e-3", "nan", "inf"] {
        let said =
            refused("step-size = 1e-3", &format!("step-size = {wrong}")).says("a mistake in small.toml");
        said.says("`step-size` must be a positive number");
    }
    refused_at(24, "1e-3", "1e-300", &["steps that are counted", "write a larger step-size"]);
    refused_at(24, "1e-3", "3.0", &["longer than the whole run"]);
    refused_at(24, "1e-3", "0.3", &["0.0 and 0.1 fall on the same step, k = 0", "at most 9e-2"]);
    let times = "times = \"0..0.5:6\"\nsnapshots = [0.1, 0.5]";
    refused_at(
        24,
        times,
        "times = [0.5]\nsnapshots = [0.1, 0.1001]",
        &["for `snapshots`", "same step, k = 100"],
    );
}

#[test]
fn names_of_systems() {
    for wrong in
        ["comparison", "sweep", "\"\"", "\"a b\"", "\"a/b\"", "\"..\"", "-pde", "\"\\u0000\"", "\"größe\""]
    {
        refused_at(16, "systems.pde", &format!("systems.{wrong}"), &["a system cannot be called"]);
    }
    refused_at(16, "systems.pde", &format!("systems.{}", "x".repeat(300)), &["up to 60"]);
}

#[test]
fn claims() {
    refused_at(28, "reference = \"atoms\"", "reference = \"atom\"", &["did you mean `atoms`?"]);
    refused_at(
        30,
        "system = \"sgd\"",
        "system = \"sdg\"",
        &["is no system of this scenario", "did you mean `sgd`?"],
    );
    refused_at(30, "system = \"sgd\"", "system = \"atoms\"", &["about the reference itself"]);
    refused_at(31, "\"risk\"", "\"riks\"", &["did you mean `risk`?"]);
    refused_at(31, "\"risk\"", "\"energy\"", &["what exists here: risk, classification_error,"]);
    for wrong in ["nan", "inf", "0.0", "-1.0"] {
        refused_at(
            32,
            "within = 10.0",
            &format!("within = {wrong}"),
            &["`within` must be a positive number"],
        );
    }
    for (wrong, line) in
        [("from = 0.6", 33), ("from = nan", 33), ("until = 0.6", 33), ("from = 0.2\nuntil = 0.1", 34)]
    {
        let to = format!("within = 10.0\n{wrong}");
        refused_at(line, "within = 10.0", &to, &["the claim spans t from", "the whole run"]);
    }
    let law = "\"wasserstein_1_radius\"\nfrom = 0.2\nuntil = 0.4";
    refused_at(31, "\"risk\"", law, &["none of `snapshots` lies in the claim's span", "observe.snapshots"]);
}

#[test]
fn titles() {
    for wrong in ["", " ", "two\\nlines", "\\u0000", "\\u001b[31m"] {
        refused_at(1, "A small scenario", wrong, &["the title must be one line of text"]);
    }
}

#[test]
fn overrides_on_the_command_line() {
    let refused = |options: &[&str], words: &[&str]| {
        let place = Place::new();
        let said = place.meanfield(&[&["run", "small.toml"], options].concat()).status(2);
        assert!(!place.path("output").exists());
        words.iter().fold(said, |said, words| said.says(words));
    };
    refused(&["--set", "systems.sgd.finite-network.neuron=3"], &["[--set:1:28]", "did you mean `neurons`?"]);
    refused(&["--set", "systems.sgd.finite-network.neurons=0"], &["[--set:1:", "`neurons` must be between"]);
    refused(&["--set", "dynamics.end-time=soon"], &["[--set:1:", "must be a number, not a string"]);
    refused(&["--set", "dynamics.end-time"], &["has no `=`", "--set model.initial.gaussian.scale=0.4"]);
    refused(&["--set", "a..b=1"], &["`a..b` is no dotted key"]);
    refused(&["--set", "=1"], &["is no dotted key"]);
    refused(&["--set", "quick.title=x"], &["[quick] cannot be set"]);
    refused(&["--set", "title=a", "--set", "titel=b"], &["a mistake in small.toml", "did you mean `title`?"]);
    refused(
        &["--set", "systems.pde.characteristics.tolerance=1e-6"],
        &["with its overrides", "`atoms` is missing"],
    );
    refused(&["--checkpoint-every", "nan"], &["--checkpoint-every NaN"]);
    refused(&["--threads", "1000000"], &["--threads 1000000"]);
    let place = Place::new();
    place.write("plain.toml", SMALL.split("[quick]").next().expect("a beginning"));
    place.meanfield(&["run", "plain.toml", "--quick"]).status(2).says("there is no [quick] section");
    place.meanfield(&["run", "plain.toml", "--wrong"]).status(2);
    place.meanfield(&["walk", "plain.toml"]).status(2);
}

#[test]
fn files_that_are_no_scenario() {
    let place = Place::new();
    for (name, text) in
        [("empty.toml", ""), ("picture.png", "\u{89}PNG\r\n\u{0}"), ("deep.toml", &"[".repeat(100_000))]
    {
        place.write(name, text);
        place.meanfield(&["run", name]).status(2).says(name);
    }
    std::fs::write(place.path("latin.toml"), b"title = \"\xfc\"").expect("written");
    place.meanfield(&["run", "latin.toml"]).status(2).says("it is no text: invalid utf-8");
    place.meanfield(&["run", "."]).status(2).says("directory");
    place
        .meanfield(&["run", "absent.toml"])
        .status(2)
        .says("absent.toml cannot be read")
        .says("figure-1.toml");
    place.meanfield(&["check", "absent.toml"]).status(2);
    // These would name the folder above the output, and a hidden one.
    for name in ["...toml", ".toml"] {
        std::fs::copy(place.path("small.toml"), place.path(name)).expect("copied");
        place.meanfield(&["run", name]).status(2).says("gives no name to the folder");
    }
    assert!(!place.path("output").exists());
}

#[test]
fn folders_that_cannot_be_written() {
    let place = Place::new();
    place.write("taken", "precious");
    std::fs::create_dir_all(place.path("below")).expect("made");
    place.write("below/small", "precious");
    let before = place.files("");
    for output in ["taken", "taken/below", "below", "/proc/nowhere"] {
        let said = place.meanfield(&["run", "small.toml", "--output", output]).status(2);
        said.says("cannot be written").says("--output DIR");
        place.meanfield(&["run", "small.toml", "--output", output, "--overwrite"]).status(2);
    }
    assert_eq!(before, place.files(""));
}

#[test]
fn records_that_are_none() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let bytes = std::fs::read(place.path("output/small/record.h5")).expect("a record");
    for length in [0, 1, 100, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(place.path("cut.h5"), &bytes[..length]).expect("written");
        for verb in ["compare", "plot"] {
            let said = place.meanfield(&[verb, "cut.h5"]).status(2);
            match length {
                0 | 1 => said.says("cut.h5 is not a meanfield record: it is not an HDF5 file"),
                _ => said.says("cut.h5 is not a complete meanfield record: ").says("run the scenario again"),
            };
        }
    }
    place
        .meanfield(&["compare", "absent.h5"])
        .status(2)
        .says("absent.h5")
        .says("write the path of a record.h5");
    place.meanfield(&["plot", "output"]).status(2).says("directory");
    place.meanfield(&["plot", "small.toml"]).status(2).says("small.toml is not a meanfield record");
    assert!(!place.path("figures").exists());
    place
        .meanfield(&["plot", "output/small/record.h5", "--output", "small.toml"])
        .status(2)
        .says("--output DIR");
}

#[test]
fn a_text_that_stands_for_a_list_has_its_place() {
    refused_at(25, "seeds = [1, 2]", "seeds = \"1..x\"", &["is no range of seeds", "\"1..256\""]);
    let inputs = "[observe]\ninputs = \"0..x\"";
    refused_at(13, "[observe]", inputs, &["`inputs`: \"0..x\" is no range"]);
}
