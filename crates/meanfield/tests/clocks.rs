//! The seconds of a summary are those of its own run, whatever the process did before. A file of its own: no
//! other test may use the process's CPU meanwhile.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use meanfield::prelude::*;
use meanfield::run::cpu::process_seconds;
use meanfield::summary::Summary;

const SCENARIO: &str = r#"
title = "A moment"
[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 0.1
schedule.constant = {}
[observe]
times = [0.0, 0.1]
[systems.limit.characteristics]
atoms = 20
"#;

/// Works on one thread for so long.
fn burn(seconds: f64) {
    let until = process_seconds() + seconds;
    while process_seconds() < until {
        std::hint::spin_loop();
    }
}

/// Runs the scenario into a folder; its summary states no more than passes while it runs.
fn run_timed(scenario: &Path, output: &Path) -> Result<Summary, Box<dyn Error>> {
    let session = Session::open(scenario, output)?;
    burn(0.3);
    thread::sleep(Duration::from_millis(300));
    let cpu_before = process_seconds();
    let before = Instant::now();
    let summary = session.run(&())?.summary;
    let cpu = process_seconds() - cpu_before;
    assert!(summary.cpu_seconds > 0.0 && summary.cpu_seconds <= cpu, "{} of {cpu}", summary.cpu_seconds);
    let wall = before.elapsed().as_secs_f64();
    assert!(summary.wall_seconds > 0.0 && summary.wall_seconds <= wall, "{} of {wall}", summary.wall_seconds);
    Ok(summary)
}

#[test]
fn a_summary_counts_the_seconds_of_its_own_run() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("meanfield-clocks-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let scenario = folder.join("moment.toml");
    fs::write(&scenario, SCENARIO)?;
    run_timed(&scenario, &folder.join("first"))?;
    run_timed(&scenario, &folder.join("second"))?;
    Ok(fs::remove_dir_all(&folder)?)
}
