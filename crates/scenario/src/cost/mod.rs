//! What a scenario is expected to cost, before anything is allocated: CPU seconds and bytes, summed over
//! points, companions and seeds. What one run of each kind costs stands in the files beside this one, each
//! with its constants.
//!
//! Constants were measured on one machine (`scripts/costs`, whose table is `docs/costs.md`); estimates are to
//! lie within a factor 2 of what shipped scenarios take. No result depends on them. Nothing is run to find
//! them out, and `check` answers at once: of many points a sample is looked at.

mod atoms;
mod cells;
mod landscapes;
mod networks;
mod results;

use std::collections::HashSet;

use meanfield_run::system::Cost;

use crate::file::{FiniteNetworkKeys, ScenarioFile, SystemKind};
use crate::vary::Point;
use crate::{Scenario, build, coarser};

/// The process itself: code, BLAS and HDF5, the record, what figures are drawn with. Of a sweep, which draws
/// maps only, less.
const PROCESS: Cost = Cost { seconds: 0.05, bytes: 1.2e8 };
const PROCESS_OF_SWEEP: Cost = Cost { seconds: 0.3, bytes: 9.5e7 };
/// What it takes to build one run, tables of the landscape; and to sample the start by panels.
const BUILT: Cost = Cost { seconds: 1e-3, bytes: 1e6 };
const SAMPLED: Cost = Cost { seconds: 5e-3, bytes: 0.0 };
/// CPU seconds of a row of what is observed, and of each of its numbers; the curves in it, and how often it is held: by the run, the
/// record, the comparison.
const PER_ROW: f64 = 5e-6;
const PER_NUMBER: f64 = 3e-7;
const CURVES: f64 = 10.0;
const COPIES: f64 = 4.0;
/// Points that are looked at.
const SAMPLE: usize = 24;

/// What a scenario is expected to cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs<'a> {
    /// (name, kind, cost) of each system, all its runs together.
    pub systems: Vec<(&'a str, &'static str, Cost)>,
    /// Comparison, figures, record, and the process itself.
    pub rest: Cost,
}

impl Costs<'_> {
    /// Of the whole process.
    pub fn altogether(&self) -> Cost {
        self.systems.iter().fold(self.rest, |sum, (.., cost)| plus(sum, *cost))
    }
}

impl Scenario {
    /// What `meanfield run` is expected to cost, or `meanfield sweep` if it is to be `swept`.
    pub fn costs(&self) -> Costs<'_> {
        costs(&self.points, self.swept)
    }
}

/// What the runs at these points cost, with their companions; of a sweep as many are held as there are cores.
pub(crate) fn costs(points: &[Point], swept: bool) -> Costs<'_> {
    let systems = points.first().map(|first| &first.file.systems).into_iter().flatten();
    let of = |name: &str| of_system(points, name, swept);
    let systems = systems.map(|(name, system)| (name.as_str(), system.kind(), of(name))).collect();
    let process = if swept { PROCESS_OF_SWEEP } else { PROCESS };
    let rest = if swept { results::of_sweep(points.len()) } else { results::of_run(points) };
    Costs { systems, rest: plus(process, rest) }
}

fn of_system(points: &[Point], name: &str, swept: bool) -> Cost {
    let runs: Vec<&Point> = points.iter().filter(|point| point.has_own(name)).collect();
    let sample: Vec<&&Point> = runs.iter().step_by(runs.len().div_ceil(SAMPLE).max(1)).collect();
    let sum = sample.iter().fold(NOTHING, |sum, point| plus(sum, at_point(&point.file, name)));
    let mean = times(sum, (sample.len().max(1) as f64).recip());
    let held = if swept { cores().min(runs.len()) } else { runs.len() };
    let once = plus(at_work(&runs, name), thresholds(&runs, name));
    Cost {
        seconds: mean.seconds * runs.len() as f64 + once.seconds,
        bytes: mean.bytes * held as f64 + once.bytes,
    }
}

/// The runs of a system at one point.
fn at_point(file: &ScenarioFile, name: &str) -> Cost {
    let Some(system) = file.systems.get(name) else { return NOTHING };
    let companion = coarser::companion(file, system);
    let systems = [system.clone()].into_iter().chain(companion);
    systems.fold(NOTHING, |sum, system| plus(sum, of_runs(file, &system)))
}

/// What problems without time need while they are solved, as many at once as there are cores.
fn at_work(runs: &[&Point], name: &str) -> Cost {
    let largest = runs.iter().filter_map(|point| match point.file.systems.get(name)? {
        SystemKind::Landscape(_) => Some(landscapes::at_work(&point.file).bytes),
        _ => None,
    });
    Cost { seconds: 0.0, bytes: largest.fold(0.0, f64::max) * cores().min(runs.len()) as f64 }
}

/// What is found once and serves several points.
fn thresholds(runs: &[&Point], name: &str) -> Cost {
    let keys = runs.iter().filter_map(|point| match point.file.systems.get(name)? {
        SystemKind::Landscape(keys) => build::thresholds_key(&point.file, keys),
        _ => None,
    });
    times(landscapes::THRESHOLDS, keys.collect::<HashSet<_>>().len() as f64)
}

/// What a system is expected to cost, the runs of all its seeds together.
pub(crate) fn of_runs(file: &ScenarioFile, system: &SystemKind) -> Cost {
    let (own, built) = match system {
        SystemKind::FiniteVolume(keys) => (cells::finite_volume(file, keys), 1),
        SystemKind::Characteristics(keys) => (plus(atoms::characteristics(file, keys), SAMPLED), 1),
        SystemKind::Jko(keys) => (atoms::jko(file, keys), 1),
        SystemKind::Landscape(_) => (landscapes::landscape(file), 1),
        SystemKind::FiniteNetwork(keys) => (networks::finite_network(file, keys), keys.seeds.len()),
    };
    let observed = times(observed(file), built as f64);
    plus(plus(own, observed), times(BUILT, built as f64))
}

/// The rows of a run's curves and quantiles, until they are in the record.
fn observed(file: &ScenarioFile) -> Cost {
    let (rows, levels) = (observations(file), file.observe.levels.len() * coordinates(file));
    let numbers = rows * (CURVES + levels as f64);
    Cost { seconds: rows * PER_ROW + numbers * PER_NUMBER, bytes: bytes(numbers * COPIES) }
}

/// CPU seconds of what a network computes without a pause: its risk, or a block of samples.
pub(crate) fn longest_moment(file: &ScenarioFile, keys: &FiniteNetworkKeys) -> f64 {
    networks::longest_moment(file, keys)
}

/// Times at which something is observed.
fn observations(file: &ScenarioFile) -> f64 {
    (file.observe.times.values().len() + snapshots(file)) as f64
}

/// Laws that are kept.
fn snapshots(file: &ScenarioFile) -> usize {
    file.observe.snapshots.values().len()
}

/// s = ∫ξ dt at the end.
fn clock(file: &ScenarioFile) -> f64 {
    build::schedule(file).clock(file.dynamics.end_time)
}

/// Terms of the kernel's series; how many there are usually where it cannot be built.
fn rank(file: &ScenarioFile, system: &SystemKind) -> f64 {
    const USUAL: f64 = 12.0;
    let ridge = if file.dynamics.ridge > 0.0 { 1.0 } else { 0.0 };
    build::terms(file, system).map_or(USUAL, |terms| terms as f64) + ridge
}

/// Number of coordinates.
fn coordinates(file: &ScenarioFile) -> usize {
    build::coordinates(file).map_or(1, |coordinates| coordinates.names().len())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Numbers of eight bytes.
fn bytes(numbers: f64) -> f64 {
    8.0 * numbers
}

const NOTHING: Cost = Cost { seconds: 0.0, bytes: 0.0 };

fn plus(a: Cost, b: Cost) -> Cost {
    Cost { seconds: a.seconds + b.seconds, bytes: a.bytes + b.bytes }
}

fn times(cost: Cost, factor: f64) -> Cost {
    Cost { seconds: cost.seconds * factor, bytes: cost.bytes * factor }
}
