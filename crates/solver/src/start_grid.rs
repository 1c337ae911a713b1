//! The grid on which a start is laid: where its axes end, how wide a coordinate that starts at a point
//! becomes, and how far the grid will have grown at the end of a run with noise.
//!
//! It makes axes, masses along them and, part by part of the start, those of all cells; the grid itself
//! belongs to [`crate::grid`].

mod without_data;

use meanfield_model::axis::{Axis, AxisError};
use meanfield_model::coordinate_start::CoordinateStart;
use meanfield_model::initial::{Initial, Normal, NumberLaw};
use meanfield_model::joint_start::StartPart;
use meanfield_model::marginal::Marginal;
use meanfield_model::measure::Measure;
use meanfield_model::normal;
use meanfield_model::problem::{Bath, Problem};
use ndarray::{Array1, ArrayD};

use crate::finite_volume::window::Window;
use crate::grid::{StartError, masses_along, product_of_masses, start_along};
use crate::growth::{MOST_GROWTH, axis_grown_to};
use without_data::reached;

/// A grid that stays goes so many times as far as the start, of which 1e-12 lies beyond Φ⁻¹ = this.
const ROOM: f64 = 1.5;
const FARTHEST: f64 = 7.0;
/// With noise it holds so many deviations of neurons that do not see the data, too.
const HELD: f64 = 8.0;
/// A length of so many widths is clear of 0.
const CLEAR: f64 = 10.0;
/// Share of the first cell in which mass at rest is reported.
const RESTING: f64 = 1e-3;

/// No such grid.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StartGridError {
    /// No such axis.
    #[error(transparent)]
    Axis(#[from] AxisError),
    /// The start does not lie on it, or on too few of its cells.
    #[error("along {name}, from {:.4} to {:.4}: {error}", domain[0], domain[1])]
    Start {
        /// The coordinate's name.
        name: &'static str,
        /// Its place among the coordinates.
        coordinate: usize,
        /// The ends of the axis.
        domain: [f64; 2],
        /// What is wrong.
        error: StartError,
    },
    /// A sphere in more coordinates than two.
    #[error(
        "cells hold a start on a sphere with one direction, (m, r), or on points of two coordinates: in more \
         the share of a cell has no closed form"
    )]
    Sphere,
    /// A recorded law on another number of cells.
    #[error("the recorded law has {recorded} cells along {name}")]
    RecordedCells {
        /// The coordinate's name.
        name: &'static str,
        /// Its cells in the record.
        recorded: usize,
    },
    /// Atoms in several coordinates.
    #[error(
        "the recorded law is one of atoms, and atoms in several coordinates lie too thinly in cells to be \
             their masses"
    )]
    RecordedAtoms,
}

/// Cells along each coordinate, and where they lie at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct StartGrid {
    /// Cells along each coordinate.
    pub cells: Vec<usize>,
    /// Whether the grid follows the mass; by default where there are several coordinates and no noise.
    pub follow: Option<bool>,
    /// Standard deviation that coordinates get which start at a point.
    pub start_width: f64,
    /// Range of each coordinate of a grid that does not follow; by default half as wide again as the start,
    /// and with room for the noise.
    pub domain: Option<Vec<[f64; 2]>>,
    /// How much the cells widen outwards: the last is about cosh(grading) times as wide as the first.
    pub grading: f64,
}

impl StartGrid {
    /// Whether the grid follows the mass.
    pub fn follows(&self, bath: Bath) -> bool {
        self.follow.unwrap_or(self.cells.len() > 1 && bath.temperature == 0.0)
    }

    /// The axes at the start, and the masses along each.
    ///
    /// # Errors
    /// If there is no such axis, or the start does not lie on it or on too few of its cells, or is a sphere
    /// in more coordinates than two.
    pub fn axes(&self, problem: &Problem) -> Result<Vec<(Axis, Vec<f64>)>, StartGridError> {
        let mut spheres = problem.joint_start().parts().iter().filter_map(|part| part.sphere.as_ref());
        if spheres.any(|sphere| sphere.coordinates() != 2) {
            return Err(StartGridError::Sphere);
        }
        let starts = problem.starts();
        starts.iter().enumerate().map(|(coordinate, start)| self.axis(problem, coordinate, start)).collect()
    }

    /// The axes at the start, and the mass of each cell of their grid, the first coordinate running fastest.
    ///
    /// # Errors
    /// Those of [`StartGrid::axes`].
    pub fn laid_out(&self, problem: &Problem) -> Result<(Vec<Axis>, Vec<f64>), StartGridError> {
        let (axes, along): (Vec<Axis>, Vec<Vec<f64>>) = self.axes(problem)?.into_iter().unzip();
        let parts = problem.joint_start().parts();
        if let [StartPart { sphere: None, .. }] = parts {
            let along: Vec<&[f64]> = along.iter().map(Vec::as_slice).collect();
            return Ok((axes, product_of_masses(&along)));
        }
        let mut masses = vec![0.0; axes.iter().map(Axis::cells).product()];
        let follows = self.follows(problem.bath());
        for part in parts {
            let of_part = self.masses_of_part(part, &axes, follows)?;
            masses.iter_mut().zip(of_part).for_each(|(sum, mass)| *sum += part.weight * mass);
        }
        Ok((axes, masses))
    }

    /// The mass of each cell under a part of the start.
    fn masses_of_part(
        &self,
        part: &StartPart,
        axes: &[Axis],
        follows: bool,
    ) -> Result<Vec<f64>, StartGridError> {
        let (lines, of_sphere) = axes.split_at(part.independent.len().min(axes.len()));
        let mut along: Vec<Vec<f64>> = Vec::new();
        for (axis, start) in lines.iter().zip(&part.independent) {
            let start = self.widened(start, follows);
            along.push(masses_along(axis, |z| start.distribution(z)));
        }
        if let Some(sphere) = &part.sphere {
            let [first, second] = of_sphere else { return Err(StartGridError::Sphere) };
            along.push(sphere.masses(first.faces(), second.faces()).ok_or(StartGridError::Sphere)?);
        }
        let along: Vec<&[f64]> = along.iter().map(Vec::as_slice).collect();
        Ok(product_of_masses(&along))
    }

    fn axis(
        &self,
        problem: &Problem,
        coordinate: usize,
        start: &CoordinateStart,
    ) -> Result<(Axis, Vec<f64>), StartGridError> {
        let follows = self.follows(problem.bath());
        let wall = start.lower_end();
        let start = self.widened(start, follows);
        if follows {
            let axis = axis_around(&start, wall, self.cells_along(coordinate), problem.rests_at_origin())?;
            let masses = masses_along(&axis, |z| start.distribution(z));
            return Ok((axis, masses));
        }
        let axis = self.axis_that_stays(problem, coordinate, &start)?;
        let masses =
            start_along(&axis, |z| start.distribution(z)).map_err(|error| StartGridError::Start {
                name: problem.coordinates().names()[coordinate],
                coordinate,
                domain: [axis.faces()[0], axis.faces()[axis.cells()]],
                error,
            })?;
        Ok((axis, masses))
    }

    /// The grid of a recorded law, and the mass of each of its cells. A law of cells keeps its grid, which
    /// has to have as many of them as this one; atoms on one coordinate are put into the cells of a grid that
    /// is half as wide again, and of a map the mass between faces is exact.
    ///
    /// # Errors
    /// If it has other cells, or is one of atoms in several coordinates, or does not lie on the grid.
    pub fn of_law(
        &self,
        problem: &Problem,
        law: &Measure,
    ) -> Result<(Vec<Axis>, ArrayD<f64>), StartGridError> {
        match law {
            Measure::Cells { axes, mass } => {
                let names = problem.coordinates().names();
                let counts = axes.iter().map(Axis::cells).enumerate();
                match counts.into_iter().find(|(c, recorded)| *recorded != self.cells_along(*c)) {
                    Some((c, recorded)) => Err(StartGridError::RecordedCells { name: names[c], recorded }),
                    None => Ok((axes.clone(), mass.clone())),
                }
            }
            _ if law.dimension() > 1 => Err(StartGridError::RecordedAtoms),
            _ => {
                let (axis, masses) = self.atoms_in_cells(problem, &law.marginal(0))?;
                Ok((vec![axis], Array1::from(masses).into_dyn()))
            }
        }
    }

    /// The cells that hold a law of one radius, and its mass in each.
    fn atoms_in_cells(&self, problem: &Problem, law: &Marginal) -> Result<(Axis, Vec<f64>), StartGridError> {
        let ends = self.domain.as_deref().and_then(|domain| domain.first());
        let farthest = law.pieces().last().map_or(0.0, |piece| piece.to);
        let axis = Axis::graded(
            ends.map_or(ROOM * farthest, |[_, upper]| *upper),
            self.cells_along(0),
            self.grading,
        )?;
        let axis = if problem.rests_at_origin() { axis.cut_at_lower_end(RESTING)? } else { axis };
        let masses = start_along(&axis, |z| law.distribution(z)).map_err(|error| StartGridError::Start {
            name: problem.coordinates().names()[0],
            coordinate: 0,
            domain: [axis.faces()[0], axis.faces()[axis.cells()]],
            error,
        })?;
        Ok((axis, masses))
    }

    fn cells_along(&self, coordinate: usize) -> usize {
        self.cells.get(coordinate).copied().unwrap_or(0)
    }

    /// A coordinate that starts at a point gets a width. A length becomes that of a shell; beside others, on
    /// a grid that follows the mass, a normal one, which has no edges that would run into the window's.
    fn widened(&self, start: &CoordinateStart, follows: bool) -> CoordinateStart {
        let width = self.start_width;
        match start {
            CoordinateStart::Number(law) => CoordinateStart::Number(law.widened(width)),
            CoordinateStart::Radius { initial: Initial::Sphere { radius }, .. }
                if follows && self.cells.len() > 1 && *radius > CLEAR * width =>
            {
                CoordinateStart::Number(Normal { mean: *radius, deviation: width }.into())
            }
            CoordinateStart::Radius { initial, dimension } => {
                let initial = initial.with_parts(|part| widened_part(part, width));
                CoordinateStart::Radius { initial, dimension: *dimension }
            }
            CoordinateStart::Mixture(_) => start.with_parts(|law| self.widened(law, follows)),
            other => other.clone(),
        }
    }

    /// Where a grid that stays ends at the start: as stated, or far enough.
    pub fn ends(&self, bath: Bath, coordinate: usize, start: &CoordinateStart) -> [f64; 2] {
        if let Some(range) = self.domain.as_deref().and_then(|domain| domain.get(coordinate)) {
            return *range;
        }
        let deviation = bath.deviation();
        let held = if deviation.is_finite() { deviation } else { 0.0 };
        match start {
            CoordinateStart::Number(law) => held_on_line(room(law), held),
            CoordinateStart::AlongSphere { .. } => {
                let reach = ROOM * start.quantile_of_normal(FARTHEST);
                held_on_line([-reach, reach], held)
            }
            CoordinateStart::Length(length) => [0.0, ROOM * length],
            CoordinateStart::Radius { dimension, .. } => self.length_ends(start, *dimension, held),
            CoordinateStart::AcrossSphere { angle, .. } => {
                self.length_ends(start, angle.powers()[0] + 1, held)
            }
            CoordinateStart::Mixture(parts) => {
                let each = parts.iter().map(|part| self.ends(bath, coordinate, &part.law));
                each.reduce(|all, own| [all[0].min(own[0]), all[1].max(own[1])]).unwrap_or([0.0, 1.0])
            }
        }
    }

    /// From 0 to where a length of so many dimensions comes.
    fn length_ends(&self, start: &CoordinateStart, dimension: usize, held: f64) -> [f64; 2] {
        // One radius has a line of cells, which grows at no cost worth the name.
        let held = if self.cells.len() > 1 { held * ((dimension as f64).sqrt() + HELD) } else { 0.0 };
        [0.0, (ROOM * start.quantile_of_normal(FARTHEST)).max(held)]
    }

    /// The cells of a coordinate on a grid that stays, with a place for mass that rests at r = 0 if σ has a
    /// kink there and there is no noise.
    fn axis_that_stays(
        &self,
        problem: &Problem,
        coordinate: usize,
        start: &CoordinateStart,
    ) -> Result<Axis, AxisError> {
        let [lower, upper] = self.ends(problem.bath(), coordinate, start);
        let cells = self.cells_along(coordinate);
        if lower != 0.0 || start.lower_end() != 0.0 {
            return Axis::uniform(lower, upper, cells);
        }
        let axis = Axis::graded(upper, cells, self.grading)?;
        if problem.rests_at_origin() { axis.cut_at_lower_end(RESTING) } else { Ok(axis) }
    }

    /// Cells along each coordinate of a grid with noise after s = ∫ξ dt: as many as hold the start and what
    /// neurons that do not see the data have become by then, the Ornstein–Uhlenbeck law. What the data add is
    /// not known before the run, so this is a lower estimate; a grid never grows to more than [`MOST_GROWTH`]
    /// times its cells.
    ///
    /// # Errors
    /// If there is no such axis.
    pub fn cells_after(&self, problem: &Problem, s: f64) -> Result<Vec<f64>, AxisError> {
        let mut cells = Vec::new();
        for (coordinate, start) in problem.starts().iter().enumerate() {
            let axis = self.axis_that_stays(problem, coordinate, start)?;
            let reached = reached(problem.bath(), start, s);
            let goes_on_below = start.lower_end() < 0.0;
            let grown = axis_grown_to(&axis, reached, goes_on_below, self.cells.len())?;
            cells.push(grown.cells() as f64);
        }
        let first: f64 = self.cells.iter().map(|cells| *cells as f64).product();
        let growth = cells.iter().product::<f64>() / first;
        let excess = (growth / MOST_GROWTH as f64).max(1.0).powf((cells.len() as f64).recip());
        Ok(cells.into_iter().map(|cells| cells / excess).collect())
    }
}

/// The cells of a window around a start; from r = 0 on if mass may come to rest there.
fn axis_around(start: &CoordinateStart, wall: f64, cells: usize, rests: bool) -> Result<Axis, AxisError> {
    let tail = normal::deviate_beyond(Window::tail(cells));
    let bulk = [start.quantile_of_normal(-tail), start.quantile_of_normal(tail)];
    let [lower, upper] = Window::around(bulk, wall, cells);
    Axis::uniform(if rests { 0.0 } else { lower }, upper, cells)
}

/// Ends that leave room for neurons that do not see the data, too.
fn held_on_line([lower, upper]: [f64; 2], held: f64) -> [f64; 2] {
    [lower.min(-HELD * held), upper.max(HELD * held)]
}

/// Half as far again from the mean as a law reaches.
fn room(law: &NumberLaw) -> [f64; 2] {
    if let NumberLaw::Normal(Normal { mean, deviation }) = law {
        let reach = ROOM * FARTHEST * deviation;
        return [mean - reach, mean + reach];
    }
    let mean = law.mean();
    [-FARTHEST, FARTHEST].map(|g| mean + ROOM * (law.quantile_of_normal(g) - mean))
}

/// A part of a law of w: a sphere gets a width.
fn widened_part(part: &Initial, width: f64) -> Initial {
    match part {
        Initial::Sphere { radius } => shell_about(*radius, width),
        other => other.clone(),
    }
}

/// The shell about a sphere with this standard deviation of the radius.
fn shell_about(radius: f64, deviation: f64) -> Initial {
    let half = 3f64.sqrt() * deviation;
    Initial::Shell { radii: [(radius - half).max(0.0), radius + half] }
}

#[cfg(test)]
mod tests;
