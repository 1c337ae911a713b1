//! Following a session: an observer that shows progress and stops the runs when it has seen enough.
//!
//!   cargo run --release -p meanfield --example progress

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, fs, process};

use meanfield::prelude::*;
use meanfield::{Error as SessionError, RunInfo, RunObserver};

const SCENARIO: &str = r#"
title = "A network that trains for a while"
[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.relu = {}
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 100.0
schedule.constant = {}
[observe]
times = "0..100:101"
[systems.sgd.finite-network]
neurons = 800
step-size = 1e-5
seeds = [1]
"#;

/// Prints how far runs are, and asks for the end once one of them is past a share of its work.
struct Impatient {
    share: f64,
    enough: Arc<AtomicBool>,
}

/// Follows one run.
struct Progress {
    name: String,
    share: f64,
    enough: Arc<AtomicBool>,
}

impl Observer for Impatient {
    fn note(&self, text: &str) {
        println!("{text}");
    }

    fn begin_run(&self, run: &RunInfo) -> Box<dyn RunObserver> {
        let enough = Arc::clone(&self.enough);
        Box::new(Progress { name: run.name.clone(), share: self.share, enough })
    }

    fn is_cancelled(&self) -> bool {
        self.enough.load(Ordering::Relaxed)
    }
}

impl RunObserver for Progress {
    fn progress(&mut self, time: f64, done: f64) {
        if done >= self.share && !self.enough.swap(true, Ordering::Relaxed) {
            println!("{}: t = {time:.2}, {:.1} % of the work", self.name, 100.0 * done);
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::temp_dir().join(format!("meanfield-progress-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let scenario = folder.join("long.toml");
    fs::write(&scenario, SCENARIO)?;

    let observer = Impatient { share: 0.01, enough: Arc::default() };
    match Session::open(&scenario, &folder)?.run(&observer) {
        Err(SessionError::Interrupted) => println!("stopped; a session that resumes goes on from here"),
        finished => println!("{}", finished?.summary.in_words()),
    }
    Ok(fs::remove_dir_all(&folder)?)
}
