//! What a scenario is expected to cost, from the file alone, so that too much memory is refused before anything is
//! allocated. Estimates, measured on one machine: no result depends on them.

use meanfield_run::system::Cost;

use crate::file::{Data, FiniteVolumeKeys, ScenarioFile, SystemKind, UnitKind};
use crate::vary::Point;
use crate::{Scenario, build, coarser};

/// CPU seconds per (rate evaluation × cell × feature), per (rate evaluation × atom), per (step × weight) and
/// per (observation × pair of neurons), measured on one machine: estimates for `check` and the order of runs.
const PER_CELL_FEATURE: f64 = 1.2e-9;
const PER_ATOM: f64 = 1.6e-6;
const PER_WEIGHT: f64 = 8e-11;
const PER_PAIR: f64 = 6e-8;
/// CPU seconds of an implicit step with noise per (cell × feature²), and such steps a run has per unit of log₁₀ time, likewise.
const PER_IMPLICIT: f64 = 6e-9;
const IMPLICIT_STEPS: f64 = 250.0;
/// CPU seconds and bytes of a Gibbs state in one radius, in two, and with an outer weight: likewise.
const GIBBS: [(f64, f64); 3] = [(0.2, 3e7), (2.0, 2e8), (20.0, 9e8)];
/// Rank of the kernel with two blocks; steps of a grid that follows per cell along its longest axis, at once and per unit of s; CPU
/// seconds of a step per cell in one pass, per row whose features are evaluated anew, and per cell line by line; how many planes of
/// cells a law in several coordinates is: likewise.
const RANK_OF_BLOCKS: f64 = 30.0;
const STEPS_PER_CELL: (f64, f64) = (60.0, 3.0);
const PER_CELL_STEP: f64 = 1.2e-8;
const PER_ROW_STEP: f64 = 5e-7;
const PER_LINE_STEP: f64 = 1e-7;
const LARGEST_LAW: f64 = 6.0;
/// CPU seconds of the 1/N correction per unit of time: likewise.
const BIAS_SECONDS: f64 = 0.6;
/// Rate evaluations of the finite volumes per cell and unit of time: likewise.
const EVALUATIONS: f64 = 3.3;
/// Objectives of a minimising movement per step: likewise.
const ITERATIONS: f64 = 10.0;
/// Rate evaluations of the characteristics per unit of time, and typical rank of the kernel: likewise.
const ATOM_EVALUATIONS: f64 = 320.0;
const TYPICAL_RANK: f64 = 26.0;

impl Scenario {
    /// (name, kind, cost) of each system, all its runs together.
    pub fn costs(&self) -> Vec<(&str, &'static str, Cost)> {
        costs(&self.points)
    }
}

/// (name, kind, cost) of each system, over all points and with its companions.
pub(crate) fn costs(points: &[Point]) -> Vec<(&str, &'static str, Cost)> {
    let Some(first) = points.first() else { return Vec::new() };
    let systems = first.file.systems.iter();
    systems.map(|(name, system)| (name.as_str(), system.kind(), of_system(points, name))).collect()
}

fn of_system(points: &[Point], name: &str) -> Cost {
    let runs = points.iter().filter(|point| point.place_of(name).is_some());
    let costs = runs.flat_map(|point| {
        let system = point.file.systems.get(name);
        let companion = system.and_then(|system| coarser::companion(&point.file, system));
        system.cloned().into_iter().chain(companion).map(|system| of_runs(&point.file, &system))
    });
    let sum = |a: Cost, b: Cost| Cost { seconds: a.seconds + b.seconds, bytes: a.bytes + b.bytes };
    costs.fold(Cost { seconds: 0.0, bytes: 0.0 }, sum)
}

/// Cells of one radius.
fn of_line(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Cost {
    let end = build::schedule(file).clock(file.dynamics.end_time);
    let snapshots = file.observe.snapshots.values().len() as f64;
    let cells = keys.cells.first().map_or(0.0, |cells| *cells as f64);
    // Two stages, and a step that crosses a cell at the largest speed.
    let seconds = match file.dynamics.temperature > 0.0 {
        true => implicit_steps(keys, end) * cells * TYPICAL_RANK.powi(2) * PER_IMPLICIT,
        false => EVALUATIONS * cells * end * cells * TYPICAL_RANK * PER_CELL_FEATURE,
    };
    Cost { seconds, bytes: 8.0 * cells * (TYPICAL_RANK + 20.0 + snapshots) }
}

/// Steps with noise until a time.
fn implicit_steps(keys: &FiniteVolumeKeys, end: f64) -> f64 {
    IMPLICIT_STEPS * (1e-4 / keys.tolerance).sqrt() * (4.0 + end.log10().max(-3.0))
}

/// Cells in several coordinates. With an outer weight features belong to rows of cells; masses are held five times.
fn of_grid(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Cost {
    let end = build::schedule(file).clock(file.dynamics.end_time);
    let snapshots = file.observe.snapshots.values().len() as f64;
    let along = cells_along(file, keys);
    let (cells, longest) = (along.iter().product::<f64>(), along.iter().copied().fold(0.0, f64::max));
    let (rank, kept) = (RANK_OF_BLOCKS, snapshots * cells.min(LARGEST_LAW * longest * longest));
    let noisy = file.dynamics.temperature > 0.0;
    let outer = matches!(file.model.unit, UnitKind::Affine(_)) && file.dynamics.ridge == 0.0;
    let steps = longest * (STEPS_PER_CELL.0 + STEPS_PER_CELL.1 * end);
    let (seconds, numbers) = match (noisy, outer) {
        (true, _) => {
            (implicit_steps(keys, end) * cells * rank.powi(2) * PER_IMPLICIT, (2.0 * rank + 40.0) * cells)
        }
        (false, true) => {
            let rows = cells / keys.cells.first().map_or(1.0, |cells| *cells as f64);
            (steps * (PER_CELL_STEP * cells + PER_ROW_STEP * rows), 5.0 * cells + (rank + 10.0) * rows)
        }
        (false, false) => (steps * cells * (PER_LINE_STEP + PER_ROW_STEP), (rank + 13.0) * cells),
    };
    Cost { seconds, bytes: 8.0 * (numbers + kept) }
}

/// Cells along each coordinate, at the end of a run with noise: its grid grows.
fn cells_along(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Vec<f64> {
    let stated = || keys.cells.iter().map(|cells| *cells as f64).collect();
    match file.dynamics.temperature > 0.0 {
        true => build::cells_at_end(file, keys).unwrap_or_else(|_| stated()),
        false => stated(),
    }
}

/// Of a law of least risk.
const MINIMUM: Cost = Cost { seconds: 0.3, bytes: 5e7 };

/// What a system is expected to cost, all its runs together.
pub(crate) fn of_runs(file: &ScenarioFile, system: &SystemKind) -> Cost {
    let snapshots = file.observe.snapshots.values().len() as f64;
    let (end, clock) = (file.dynamics.end_time, build::schedule(file).clock(file.dynamics.end_time));
    let observations = file.observe.times.values().len() as f64 + snapshots;
    match system {
        SystemKind::FiniteVolume(keys) => match keys.cells[..] {
            [_] => of_line(file, keys),
            _ => of_grid(file, keys),
        },
        SystemKind::Characteristics(keys) => {
            let atoms = keys.atoms as f64;
            let bias = BIAS_SECONDS * keys.network_bias_until.min(clock);
            let seconds = ATOM_EVALUATIONS * clock * atoms * PER_ATOM + bias;
            let atoms = atoms.max(keys.most_atoms as f64);
            Cost { seconds, bytes: 8.0 * atoms * (2.0 * TYPICAL_RANK + 20.0 + snapshots) }
        }
        SystemKind::Jko(keys) => {
            let atoms = keys.atoms as f64;
            let seconds = (clock / keys.step + observations) * ITERATIONS * atoms * PER_ATOM;
            Cost { seconds, bytes: 8.0 * atoms * (4.0 * TYPICAL_RANK + 20.0 + snapshots) }
        }
        SystemKind::Landscape(_) if file.dynamics.temperature == 0.0 => MINIMUM,
        SystemKind::Landscape(_) => {
            let (seconds, bytes) = match (&file.model.unit, &file.model.data) {
                (UnitKind::Affine(_), _) => GIBBS[2],
                (_, Data::AnisotropicGaussians(_)) => GIBBS[1],
                _ => GIBBS[0],
            };
            Cost { seconds, bytes }
        }
        SystemKind::FiniteNetwork(keys) => {
            let (neurons, runs) = (keys.neurons as f64, keys.seeds.len() as f64);
            let weights = neurons * file.model.data.dimension() as f64;
            let training = end / keys.step_size * weights * PER_WEIGHT;
            let seconds = runs * (training + observations * neurons * neurons * PER_PAIR);
            // The exact risk holds many orders of each neuron, up to a limit.
            let orders = (2.0 * 2048.0 * neurons).min(f64::from(1 << 25));
            Cost { seconds, bytes: 8.0 * runs * (4.0 * weights + neurons * (300.0 + snapshots) + orders) }
        }
    }
}
