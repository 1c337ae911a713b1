//! Grids: cells, domains, and whether the start fits on them.

use meanfield_model::axis::Axis;
use meanfield_model::coordinates::Coordinate;
use meanfield_model::measure::Measure;
use meanfield_model::problem::Problem;
use meanfield_solver::grid::StartError;
use meanfield_solver::start_grid::{StartGrid, StartGridError};

use super::keys::FiniteVolumeKeys;
use crate::ranges::LARGEST;
use crate::setting::Draft;
use crate::systems::complaints::{LOOSEST, MOST, SystemComplaints};

/// Most cells of a grid in several coordinates: their number and the bytes they take are exact, and memory is
/// refused by itself.
const MOST_CELLS: f64 = 1e12;
/// Least and largest width of a start at a point: what moves crosses cells that are hundredths of it.
const THINNEST: f64 = 1e-4;
const WIDEST: f64 = 10.0;
/// Fewest cells along a coordinate; of a grid that follows, where some of them stay empty.
const FEWEST: usize = 3;
const FEWEST_FOLLOWING: usize = 8;
/// Steepest grading: the last cell is then 10⁸ times as wide as the first.
const STEEPEST: f64 = 20.0;
/// Tightest tolerance of a step with noise: its cost grows as the root of its inverse.
const TIGHTEST: f64 = 1e-8;
/// Most and least that the dissipation may change in a step: by half, and so little that runs take minutes.
const MOST_CHANGE: f64 = 0.5;
const LEAST_CHANGE: f64 = 1e-4;
/// Cells that resolve any start.
const RESOLVING: usize = 400;

/// The keys among themselves and with the scenario.
pub(super) fn check(keys: &FiniteVolumeKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    complaints.tolerance("kernel-tolerance", keys.kernel_tolerance, LOOSEST);
    let width = keys.start_width;
    let message = format!("`start-width` must lie between {THINNEST:e} and {WIDEST}; it is {width:?}");
    let sensible = (THINNEST..=WIDEST).contains(&width);
    complaints.unless(sensible, "start-width", message, "leave it out for the default");
    cells(keys, draft, complaints);
    follow(keys, draft, complaints);
    steps(keys, draft, complaints);
    let grading = keys.grading;
    let message = format!("`grading` must lie between 0 and {STEEPEST}; it is {grading:?}");
    let sensible = (0.0..=STEEPEST).contains(&grading);
    complaints.unless(sensible, "grading", message, "write 0.0 for equal cells");
    if let (Some(ranges), Ok(coordinates)) = (keys.domain.as_deref(), &draft.coordinates) {
        domain(ranges, coordinates.each(), complaints);
    }
}

/// Checks the keys of a moving grid, some of which it excludes.
fn follow(keys: &FiniteVolumeKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    let asked = keys.follow == Some(true);
    let message = "a grid with noise does not follow the mass";
    complaints.unless(!(draft.bath.is_noisy() && asked), "follow", message, "leave it out");
    let free = draft.bath.is_noisy() || !keys.grid().follows(draft.bath) || keys.domain.is_none();
    let message = "a grid that follows the mass chooses its own domain";
    complaints.unless(free, "domain", message, "leave `domain` out, or write follow = false");
}

/// Checks the keys that limit the steps.
fn steps(keys: &FiniteVolumeKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    let tolerance = keys.tolerance;
    let sensible = (TIGHTEST..=LOOSEST).contains(&tolerance);
    let message = format!("`tolerance` must lie between {TIGHTEST:e} and {LOOSEST}; it is {tolerance:?}");
    complaints.unless(sensible, "tolerance", message, "leave it out for the default");
    let Some(change) = keys.change else { return };
    if draft.bath.is_noisy() {
        let help = "leave `change` out, or write `tolerance`";
        return complaints.unless(false, "change", "steps with noise keep `tolerance`", help);
    }
    let message = format!("`change` must lie between {LEAST_CHANGE:e} and {MOST_CHANGE}; it is {change:?}");
    let sensible = (LEAST_CHANGE..=MOST_CHANGE).contains(&change);
    complaints.unless(sensible, "change", message, "leave it out for the default");
}

/// As many cells along each coordinate as a grid can have.
fn cells(keys: &FiniteVolumeKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    let Ok(coordinates) = &draft.coordinates else { return };
    let names = coordinates.names();
    let given = keys.cells.len();
    let help = match names.len() {
        1 => "write e.g. cells = [1600]",
        2 => "write e.g. cells = [120, 120]",
        3 => "write e.g. cells = [32, 32, 32]",
        _ => "write e.g. cells = [32, 32, 32, 32]",
    };
    let message = match &names[..] {
        [name] => format!("the law has one coordinate, the {name}, but `cells` has {given} numbers"),
        names => format!(
            "the law has {} coordinates, {}, but `cells` has {given} numbers",
            names.len(),
            names.join(", ")
        ),
    };
    if given != names.len() {
        return complaints.unless(false, "cells", message, help);
    }
    let fewest = if keys.grid().follows(draft.bath) { FEWEST_FOLLOWING } else { FEWEST };
    keys.cells.iter().for_each(|cells| complaints.count("cells", *cells, fewest, MOST, help));
    if !keys.cells.iter().all(|cells| (fewest..=MOST).contains(cells)) {
        return;
    }
    let total: f64 = keys.cells.iter().map(|cells| *cells as f64).product();
    let message = format!("{total:.1e} cells are more than {MOST_CELLS:.0e}");
    complaints.unless(total <= MOST_CELLS, "cells", message, help);
}

/// A range for every coordinate; radii begin at 0.
fn domain(domain: &[[f64; 2]], coordinates: &[&Coordinate], complaints: &mut SystemComplaints) {
    let sensible = coordinates.iter().zip(domain).all(|(coordinate, range)| is_range(coordinate, *range));
    let names: Vec<&str> = coordinates.iter().map(|coordinate| coordinate.name).collect();
    let message = match &names[..] {
        [_] => format!("the radius ranges from 0 up to a positive number, at most {LARGEST:e}"),
        _ => format!("`domain` must have a range for each of {}, radii from 0 on", names.join(", ")),
    };
    let help = match names.len() {
        1 => "write e.g. domain = [[0.0, 8.0]]",
        2 => "write e.g. domain = [[0.0, 4.0], [0.0, 4.0]]",
        3 => "write e.g. domain = [[-4.0, 4.0], [-4.0, 4.0], [0.0, 4.0]]",
        _ => "write e.g. domain = [[-4.0, 4.0], [-4.0, 4.0], [0.0, 4.0], [0.0, 4.0]]",
    };
    complaints.unless(domain.len() == names.len() && sensible, "domain", message, help);
}

/// Whether a coordinate can have this range.
fn is_range(coordinate: &Coordinate, [lower, upper]: [f64; 2]) -> bool {
    let begins = coordinate.lower_end.map_or(lower >= -LARGEST, |end| lower == end);
    begins && lower < upper && upper <= LARGEST
}

/// A law that another run left must have as many cells, or be one of one radius.
pub(super) fn check_recorded(
    keys: &FiniteVolumeKeys,
    problem: &Problem,
    law: &Measure,
    complaints: &mut SystemComplaints,
) {
    let is_of_cells = law.axes().is_some();
    let message = "a recorded law of cells keeps its grid";
    complaints.unless(keys.domain.is_none() || !is_of_cells, "domain", message, "leave `domain` out");
    let Err(error) = keys.grid().of_law(problem, law) else { return };
    let counts: Vec<usize> = law.axes().unwrap_or_default().iter().map(Axis::cells).collect();
    match error {
        StartGridError::RecordedCells { .. } => {
            complaints.unless(false, "cells", error.to_string(), &format!("write cells = {counts:?}"));
        }
        StartGridError::RecordedAtoms => {
            let help = "take characteristics here, or begin from the cells of a finite-volume system";
            complaints.unless_whole(false, error.to_string(), help);
        }
        _ => {
            let help = "write other `cells`, or a `domain` that holds the law";
            complaints.unless(false, "cells", error.to_string(), help);
        }
    }
}

/// The start must lie on the grid, and on more than a cell or two.
pub(super) fn check_start(keys: &FiniteVolumeKeys, problem: &Problem, complaints: &mut SystemComplaints) {
    let Err(error) = keys.grid().axes(problem) else { return };
    if error == StartGridError::Sphere {
        let help = "take characteristics here, or write initial.gaussian = { scale = 0.8 }";
        return complaints.unless_whole(false, error.to_string(), help);
    }
    if let StartGridError::Start { error: StartError::Unresolved { .. }, .. } = error {
        let others = match keys.cells.len() {
            1 | 2 => "end `domain` closer to the start",
            _ => "write a larger `start-width`, or end `domain` closer to the start",
        };
        let help = match cells_that_pass(keys, problem) {
            Some(cells) => format!("write e.g. cells = {cells:?}, or {others}"),
            None => others.to_owned(),
        };
        return complaints.unless(false, "cells", error.to_string(), &help);
    }
    let ranges = ranges(keys, problem).join(", ");
    let help = format!("leave `domain` out, or write e.g. domain = [{ranges}]");
    complaints.unless(false, "domain", error.to_string(), &help);
}

/// Cells on which the start passes: the stated ones, twice as many as often as need be along the coordinates
/// that lack them. None where those would be too many.
fn cells_that_pass(keys: &FiniteVolumeKeys, problem: &Problem) -> Option<Vec<usize>> {
    let mut grid = keys.grid();
    while let Err(error) = grid.axes(problem) {
        let StartGridError::Start { coordinate, error: StartError::Unresolved { .. }, .. } = error else {
            return None;
        };
        let cells = grid.cells.get_mut(coordinate)?;
        *cells *= 2;
        if *cells > MOST {
            return None;
        }
    }
    let total: f64 = grid.cells.iter().map(|cells| *cells as f64).product();
    (total <= MOST_CELLS).then_some(grid.cells)
}

/// The ranges of a grid that chooses its own, on so many cells that these are not what is missing.
fn ranges(keys: &FiniteVolumeKeys, problem: &Problem) -> Vec<String> {
    let cells = keys.cells.iter().map(|cells| RESOLVING.max(*cells)).collect();
    let axes = StartGrid { domain: None, cells, ..keys.grid() }.axes(problem);
    axes.map(|axes| axes.iter().map(|(axis, _)| range(axis)).collect()).unwrap_or_default()
}

/// An axis in tenths.
fn range(axis: &Axis) -> String {
    let lower = 0.1 * (10.0 * axis.faces()[0]).floor();
    let upper = 0.1 * (10.0 * axis.faces()[axis.cells()]).ceil();
    format!("[{lower:.1}, {upper:.1}]")
}
