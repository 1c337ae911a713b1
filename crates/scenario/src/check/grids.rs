//! Grids: cells, domains, and whether the start fits on them.

use meanfield_model::axis::Axis;
use meanfield_model::coordinates::Coordinate;
use meanfield_solver::grid::StartError;

use super::LARGEST;
use super::systems::{Keys, LOOSEST, MOST};
use crate::build::{self, BuildError};
use crate::file::{FiniteVolumeKeys, ScenarioFile};

/// Most cells of a grid in several coordinates: their number and the bytes they take are exact, and memory is refused by itself.
const MOST_CELLS: f64 = 1e12;
/// Least and largest width of a start at a point: what moves crosses cells that are hundredths of it.
const THINNEST: f64 = 1e-4;
const WIDEST: f64 = 10.0;
/// Fewest cells along a coordinate of a grid that follows: some of them stay empty.
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

impl Keys<'_> {
    pub(super) fn finite_volume(&mut self, file: &ScenarioFile, keys: &FiniteVolumeKeys) {
        self.tolerance("kernel-tolerance", keys.kernel_tolerance, LOOSEST);
        let (key, width) = ("start-width", keys.start_width);
        let message = format!("`{key}` must lie between {THINNEST:e} and {WIDEST}; it is {width:?}");
        self.unless((THINNEST..=WIDEST).contains(&width), key, message, "leave it out for the default");
        self.cells(file, keys);
        let noisy = file.dynamics.temperature > 0.0;
        let message = "a grid with noise does not follow the mass";
        self.unless(!(noisy && keys.follow == Some(true)), "follow", message, "leave it out");
        let follows = build::follows(file, keys);
        let message = "a grid that follows the mass chooses its own domain";
        let help = "leave `domain` out, or write follow = false";
        self.unless(!follows || keys.domain.is_none(), "domain", message, help);
        let sensible = (TIGHTEST..=LOOSEST).contains(&keys.tolerance);
        let message =
            format!("`tolerance` must lie between {TIGHTEST:e} and {LOOSEST}; it is {:?}", keys.tolerance);
        self.unless(sensible, "tolerance", message, "leave it out for the default");
        if let Some(change) = keys.change {
            self.tolerance("change", change, MOST_CHANGE);
            self.unless(
                change >= LEAST_CHANGE,
                "change",
                format!("`change` must be at least {LEAST_CHANGE:e}"),
                "leave it out",
            );
            self.unless(
                !noisy,
                "change",
                "steps with noise keep `tolerance`",
                "leave `change` out, or write `tolerance`",
            );
        }
        let (key, grading) = ("grading", keys.grading);
        let message = format!("`{key}` must lie between 0 and {STEEPEST}; it is {grading:?}");
        self.unless((0.0..=STEEPEST).contains(&grading), key, message, "write 0.0 for equal cells");
        if let (Some(domain), Ok(coordinates)) = (keys.domain.as_deref(), build::coordinates(file)) {
            self.domain(domain, coordinates.each());
        }
    }

    /// As many cells along each coordinate as a grid can have.
    fn cells(&mut self, file: &ScenarioFile, keys: &FiniteVolumeKeys) {
        let Ok(coordinates) = build::coordinates(file) else { return };
        let (names, given) = (coordinates.names(), keys.cells.len());
        let help = match names.len() {
            1 => "write e.g. cells = [1600]",
            2 => "write e.g. cells = [120, 120]",
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
            return self.unless(false, "cells", message, help);
        }
        let (fewest, most) = (if build::follows(file, keys) { FEWEST_FOLLOWING } else { 3 }, MOST);
        keys.cells.iter().for_each(|cells| self.count("cells", *cells, fewest, most, help));
        let total: f64 = keys.cells.iter().map(|cells| *cells as f64).product();
        let message = format!("{total:.1e} cells are more than {MOST_CELLS:.0e}");
        self.unless(total <= MOST_CELLS, "cells", message, help);
    }

    /// A range for every coordinate; radii begin at 0.
    fn domain(&mut self, domain: &[[f64; 2]], coordinates: &[&Coordinate]) {
        let sensible = |(coordinate, [lower, upper]): (&&Coordinate, &[f64; 2])| {
            let begins = coordinate.lower_end.map_or(*lower >= -LARGEST, |end| *lower == end);
            begins && lower < upper && *upper <= LARGEST
        };
        let holds = domain.len() == coordinates.len() && coordinates.iter().zip(domain).all(sensible);
        let names: Vec<&str> = coordinates.iter().map(|coordinate| coordinate.name).collect();
        let message = match &names[..] {
            [_] => format!("the radius ranges from 0 up to a positive number, at most {LARGEST:e}"),
            _ => format!("`domain` must have a range for each of {}, radii from 0 on", names.join(", ")),
        };
        let help = match names.len() {
            1 => "write e.g. domain = [[0.0, 8.0]]",
            2 => "write e.g. domain = [[0.0, 4.0], [0.0, 4.0]]",
            _ => "write e.g. domain = [[-4.0, 4.0], [-4.0, 4.0], [0.0, 4.0], [0.0, 4.0]]",
        };
        self.unless(holds, "domain", message, help);
    }

    /// The start must lie on the grid, and on more than a cell or two.
    pub(super) fn start(&mut self, file: &ScenarioFile, keys: &FiniteVolumeKeys) {
        match build::start_on_axes(file, keys) {
            Ok(_) => {}
            Err(error @ BuildError::Start(StartError::Unresolved { .. })) => {
                let help = match keys.cells.len() {
                    1 | 2 => "write more cells, or end `domain` closer to the start",
                    _ => "write more cells, a larger `start-width`, or end `domain` closer to the start",
                };
                self.unless(false, "cells", error.to_string(), help);
            }
            Err(error) => {
                // On so many cells that these are not what is missing.
                let cells = keys.cells.iter().map(|cells| RESOLVING.max(*cells)).collect();
                let default = FiniteVolumeKeys { domain: None, cells, ..keys.clone() };
                let tenths = |x: f64, round: fn(f64) -> f64| 0.1 * round(10.0 * x);
                let ends = |axis: &Axis| {
                    let (lower, upper) = (axis.faces()[0], axis.faces()[axis.cells()]);
                    format!("[{:.1}, {:.1}]", tenths(lower, f64::floor), tenths(upper, f64::ceil))
                };
                let ranges: Vec<String> = build::start_on_axes(file, &default)
                    .map(|axes| axes.iter().map(|(axis, _)| ends(axis)).collect())
                    .unwrap_or_default();
                let help = format!("leave `domain` out, or write e.g. domain = [{}]", ranges.join(", "));
                self.unless(false, "domain", error.to_string(), &help);
            }
        }
    }
}
