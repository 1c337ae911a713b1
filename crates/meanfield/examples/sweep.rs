//! A sweep over the scale of the start from a scenario file, and its record read back: which starts fail?
//!
//!   cargo run --release -p meanfield --example sweep

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;
use std::{env, fs, process};

use meanfield::prelude::*;

const SCENARIO: &str = r#"
title = "Starts that fail"
[model]
data.isotropic-gaussians = { dimension = 320, separation = 0.5 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.4 }
[dynamics]
end-time = 5.0
schedule.constant = {}
[observe]
times = [1.0, 5.0]
[systems.limit.characteristics]
atoms = 40
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("meanfield-sweep-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let scenario = folder.join("starts.toml");
    fs::write(&scenario, SCENARIO)?;

    let source = Source::file(&scenario).vary("model.initial.gaussian.scale=0.05,0.1,0.2,0.4");
    let finished = Session::new(&source, Task::Sweep, Options::default().output(&folder))?.run(&())?;
    let recorded = Recorded::read(&finished.folder.join("record.h5"))?;
    let record = &recorded.records[0];
    for (run, scale) in record.axes[0].values.iter().enumerate() {
        let risk = record.row("risk", run).ok_or("no risk")?;
        println!("κ = {scale:4}: R(5) = {:.4}", risk[risk.len() - 1]);
    }
    Ok(fs::remove_dir_all(&folder)?)
}
