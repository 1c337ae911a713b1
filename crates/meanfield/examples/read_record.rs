//! Reading a record: its systems, their curves at the end, their laws at the last snapshot.
//!
//!   cargo run --release -p meanfield --example read_record -- output/first/record.h5
//!
//! Without an argument it runs a small scenario first.

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs, process};

use meanfield::prelude::*;

const SCENARIO: &str = r#"
title = "A small scenario"
[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 1.0
schedule.constant = {}
[observe]
times = "0..1:11"
snapshots = [1.0]
[systems.pde.finite-volume]
cells = [100]
[systems.sgd.finite-network]
neurons = 50
step-size = 1e-3
seeds = [1, 2]
"#;

/// Runs the small scenario below a folder of its own, prints a number of its summary; the record that it
/// leaves.
fn small_record() -> Result<PathBuf, Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("meanfield-record-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let scenario = folder.join("small.toml");
    fs::write(&scenario, SCENARIO)?;
    let finished = Session::open(&scenario, &folder)?.run(&())?;
    println!("PDE: R(1) = {:.5}", finished.summary.systems["pde"].end["risk"].get());
    Ok(finished.folder.join("record.h5"))
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = match env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => small_record()?,
    };
    let recorded = Recorded::read(&path)?;
    println!("{}", recorded.header.title);
    for record in &recorded.records {
        println!("{} ({}, {} runs)", record.system, record.kind, record.runs());
        for curve in &record.curves {
            println!("  {:<20} {:>12.5}", curve.name, record.at_end(curve));
        }
        let last = record.snapshot_time.len().checked_sub(1);
        if let Some(law) = last.and_then(|last| record.law(0, last)) {
            println!("  law at t = {:?}: total mass {}", record.snapshot_time.last(), law.total());
        }
    }
    Ok(())
}
