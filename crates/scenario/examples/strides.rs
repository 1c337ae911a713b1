//! How long the strides of a scenario's systems take: progress, checkpoints and signals wait for them. It
//! runs every system (of many points a sample) and prints, as tab-separated values, system, kind, number of
//! strides, and the longest one in CPU seconds of the process and in wall seconds. Observations are made, but
//! not counted.
//!
//! ```text
//! cargo run --release -p meanfield-scenario --example strides -- [--quick] [--set KEY=VALUE]… scenario.toml
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::time::Instant;

use meanfield_run::cpu::process_seconds;
use meanfield_run::drive::Plan;
use meanfield_run::record::Nature;
use meanfield_run::side_by_side::Job;
use meanfield_run::system::{RunError, Stride};
use meanfield_scenario::load;
use meanfield_scenario::overrides::Overrides;

/// Points that are run.
const SAMPLE: usize = 8;

/// The most strides and CPU seconds of any run of a system.
#[derive(Default)]
struct Longest {
    strides: usize,
    cpu: f64,
    wall: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut overrides = Overrides { either: true, ..Overrides::default() };
    let mut path = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => overrides.quick = true,
            "--set" => overrides.set.extend(words.next()),
            _ => path = Some(word),
        }
    }
    let path = path.ok_or("which scenario?")?;
    let text = std::fs::read_to_string(&path)?;
    let scenario = load(&path, &text, &overrides)?;
    let mut longest: BTreeMap<(String, &'static str), Longest> = BTreeMap::new();
    for point in scenario.points.iter().step_by(scenario.points.len().div_ceil(SAMPLE)) {
        for job in point.jobs()? {
            let place = longest.entry((job.identity.system.clone(), job.identity.kind)).or_default();
            run(job, &scenario.plan, place)?;
        }
    }
    let mut out = std::io::stdout().lock();
    for ((system, kind), Longest { strides, cpu, wall }) in longest {
        writeln!(out, "{system}\t{kind}\t{strides}\t{cpu:.3}\t{wall:.3}")?;
    }
    Ok(())
}

fn run(mut job: Job, plan: &Plan, longest: &mut Longest) -> Result<(), RunError> {
    let mut events: Vec<f64> = plan.times.iter().chain(&plan.snapshots).copied().collect();
    events.sort_by(f64::total_cmp);
    if job.identity.nature == Nature::Static {
        events.drain(..events.len().saturating_sub(1));
    }
    for event in events {
        loop {
            let cpu = process_seconds();
            let wall = Instant::now();
            let stride = job.system.advance(event)?;
            longest.strides += 1;
            longest.cpu = longest.cpu.max(process_seconds() - cpu);
            longest.wall = longest.wall.max(wall.elapsed().as_secs_f64());
            if stride == Stride::Reached {
                break;
            }
        }
        job.system.observe();
    }
    Ok(())
}
