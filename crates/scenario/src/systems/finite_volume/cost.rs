//! The cost of cells: of one radius, of several coordinates that follow the mass or stay, with noise.

use meanfield_model::unit::Unit;
use meanfield_run::system::Cost;

use super::fluctuations;
use super::keys::FiniteVolumeKeys;
use crate::expense::bytes;
use crate::setting::{Setting, Timing};

/// Rate evaluations in one radius: so many cell crossings per unit of s, for a grid up to 1.
const CROSSINGS: f64 = 7.0;
/// The same for a ridge, which pulls faster further out.
const PER_RIDGE: f64 = 3.0;
/// CPU seconds of an evaluation per (cell × term), and per cell.
const PER_CELL_TERM: f64 = 1.2e-9;
const PER_CELL: f64 = 5e-9;
/// Rate evaluations of a grid in several coordinates per cell along its longest axis: at first, and per unit
/// of s; in two and in four, where thin starts spread until about [`SPREAD`].
const PER_LONGEST: [(f64, f64); 2] = [(9.0, 0.15), (45.0, 2.5)];
const SPREAD: [f64; 2] = [0.0, 3.0];
/// Targets and means of inputs turn more sharply: so many times the evaluations.
const SHARPER: f64 = 1.1;
/// CPU seconds of an evaluation in several coordinates: per cell in one pass, per row of cells whose features
/// are evaluated, per cell line by line and its term.
const PER_CELL_BY_ROWS: f64 = 6e-9;
const PER_ROW: f64 = 3e-7;
const PER_CELL_BY_LINES: (f64, f64) = (1e-7, 1.3e-8);
/// Steps with noise at a tolerance of [`TOLERANCE`] for each factor 10 of s beyond [`EARLY`]; they are fewer,
/// and begin later, as the root of it. Each takes three implicit steps, axis by axis, of so many Newton
/// steps, of up to three coordinates and of four.
const NOISY_STEPS: f64 = 155.0;
const TOLERANCE: f64 = 1e-4;
const EARLY: f64 = 1e-4;
const NEWTON_STEPS: [f64; 2] = [3.0, 2.3];
/// CPU seconds of a Newton step per cell: at least, for each column of its matrix, for each entry.
const PER_NEWTON: (f64, f64, f64) = (4e-8, 1.6e-8, 2.5e-10);
/// Share of the steps that are taken once the grid has grown.
const GROWN: f64 = 1.0 / 3.0;
/// Numbers that a cell holds beside its features: with noise; line by line; in one pass.
const NOISY: f64 = 40.0;
const BY_LINES: f64 = 14.0;
const BY_ROWS: f64 = 5.0;
/// A law in four coordinates is recorded as marginals of pairs: so many planes of cells.
const PLANES: f64 = 6.0;

/// The PDE on a grid.
pub(super) fn cost(keys: &FiniteVolumeKeys, setting: &Setting, timing: Timing) -> Cost {
    let terms = setting.rank(keys.resolution());
    match (setting.bath().is_noisy(), keys.cells.len()) {
        (true, _) => with_noise(keys, setting, terms),
        (false, 1) => of_radius(keys, setting, terms),
        (false, _) => following(keys, setting, terms, timing),
    }
}

/// One radius without noise: steps in which the fastest mass crosses a cell.
fn of_radius(keys: &FiniteVolumeKeys, setting: &Setting, terms: f64) -> Cost {
    let cells = product(&keys.cells);
    let starts = setting.problem.starts();
    let extent = starts.first().map_or(1.0, |start| keys.grid().ends(setting.bath(), 0, start)[1]);
    let crossings = (CROSSINGS / extent).max(PER_RIDGE * setting.bath().ridge);
    let evaluations = crossings * cells * setting.clock() + 2.0 * setting.observations();
    let seconds = evaluations * cells * (PER_CELL + PER_CELL_TERM * terms);
    let snapshots = setting.observed.snapshots as f64;
    Cost { seconds, bytes: bytes(cells * (2.0 * terms + BY_LINES + snapshots)) }
}

/// Several coordinates without noise.
fn following(keys: &FiniteVolumeKeys, setting: &Setting, terms: f64, timing: Timing) -> Cost {
    let cells = product(&keys.cells);
    let pair = keys.cells.len() / 2 - 1;
    let (first, later) = PER_LONGEST[pair];
    let clock = setting.clock();
    let spread = clock / (clock + SPREAD[pair]).max(f64::MIN_POSITIVE);
    let evaluations = longest(&keys.cells) * (first * spread + later * clock);
    let features = setting.features(keys.resolution());
    let measured = setting.feature_time(keys.resolution(), timing);
    let turns = if measured.is_some() { SHARPER } else { 1.0 };
    let by_rows = setting.problem.unit() == Unit::Affine && setting.bath().ridge == 0.0;
    let (each, numbers) = if by_rows {
        let rows = cells / keys.cells.first().map_or(1.0, |cells| *cells as f64);
        let per_row = measured.map_or(PER_ROW, |time| time.values);
        (PER_CELL_BY_ROWS * cells + per_row * rows, BY_ROWS * cells + (features + 10.0) * rows)
    } else {
        let (least, per_term) = PER_CELL_BY_LINES;
        let per_cell = least + measured.map_or(per_term * terms, |time| time.values);
        (cells * per_cell, (features + BY_LINES) * cells)
    };
    Cost { seconds: turns * evaluations * each, bytes: bytes(numbers + recorded(keys, setting)) }
}

/// With noise, on the grid that there will be at the end.
fn with_noise(keys: &FiniteVolumeKeys, setting: &Setting, terms: f64) -> Cost {
    let cells = grown(keys, setting).iter().product::<f64>();
    let first = product(&keys.cells);
    let looser = (keys.tolerance / TOLERANCE).sqrt();
    let decades = (1.0 + setting.clock() / (EARLY * looser)).log10();
    let steps = NOISY_STEPS / looser * decades + setting.observations();
    let (least, column, entry) = PER_NEWTON;
    let newton = (first + GROWN * (cells - first)) * (least + column * terms + entry * terms * terms);
    let coordinates = keys.cells.len();
    let law = steps * 3.0 * coordinates as f64 * NEWTON_STEPS[coordinates / 4] * newton;
    let seconds = law + fluctuations::seconds(keys, setting);
    Cost { seconds, bytes: bytes((2.0 * terms + NOISY) * cells + recorded(keys, setting)) }
}

/// Cells along each axis at the end, when the grid holds neurons that noise and ridge alone move.
fn grown(keys: &FiniteVolumeKeys, setting: &Setting) -> Vec<f64> {
    let grown = keys.grid().cells_after(&setting.problem, setting.clock());
    grown.unwrap_or_else(|_| keys.cells.iter().map(|cells| *cells as f64).collect())
}

/// Numbers of the laws that are recorded.
fn recorded(keys: &FiniteVolumeKeys, setting: &Setting) -> f64 {
    let planes = PLANES * longest(&keys.cells).powi(2);
    setting.observed.snapshots as f64 * product(&keys.cells).min(planes)
}

fn product(cells: &[usize]) -> f64 {
    cells.iter().map(|cells| *cells as f64).product()
}

fn longest(cells: &[usize]) -> f64 {
    cells.iter().copied().max().unwrap_or(0) as f64
}
