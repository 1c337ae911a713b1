//! A step of second order from implicit ones of first order: one of length s and two of s/2 arrive at
//! different laws, and twice the second less the first is better than either.
//!
//! The difference is written as mass that went through faces, so that mass is kept; and no cell gives away
//! more of it than it holds, so that no mass becomes negative. Where that binds, in far tails, the two short
//! steps stand.
//!
//! No linear scheme of second order is positive at every step (Bolley & Crouzeix 1978). So the difference is
//! added as a limited flux, and left out where F would not fall. Its size sets the step.

use meanfield_model::landscape::Landscape;

use super::implicit::{self, Moved};
use super::operator::Operator;
use crate::grid::Grid;

/// A cell keeps at least this share of its mass; one with less than so much (where numbers lose their digits)
/// gives nothing.
const KEPT: f64 = 0.01;
const LEAST: f64 = 1e-290;

/// Two laws after the same step.
pub struct Pair {
    /// After two implicit steps of half the length: F has fallen.
    pub sure: Vec<f64>,
    /// Extrapolated: second order.
    pub accurate: Vec<f64>,
    /// Σ|difference of the mass after one step and two|.
    pub error: f64,
}

/// Both laws after a step of length `s`; None where an implicit step is not found.
pub fn pair<const D: usize, L: Landscape<D>>(
    operator: &Operator<D, L>,
    mass: &[f64],
    s: f64,
) -> Option<Pair> {
    let whole = implicit::step(operator, mass, s)?;
    let first = implicit::step(operator, mass, 0.5 * s)?;
    let second = implicit::step(operator, &first.mass, 0.5 * s)?;
    let error = second.mass.iter().zip(&whole.mass).map(|(b, a)| (b - a).abs()).sum();
    let more = std::array::from_fn(|axis| through_two(&first, &second, &whole, axis));
    let accurate = corrected(&operator.grid, &second.mass, &more);
    Some(Pair { sure: second.mass, accurate, error })
}

/// Mass that went through each face in two half steps, less that of one whole step.
fn through_two<const D: usize>(
    first: &Moved<D>,
    second: &Moved<D>,
    whole: &Moved<D>,
    axis: usize,
) -> Vec<f64> {
    let halves = first.through[axis].iter().zip(&second.through[axis]);
    halves.zip(&whole.through[axis]).map(|((a, b), whole)| a + b - whole).collect()
}

/// `mass` with `more` of it moved through the faces, as far as each cell has it.
fn corrected<const D: usize>(grid: &Grid<D>, mass: &[f64], more: &[Vec<f64>; D]) -> Vec<f64> {
    let mut leaves = vec![0.0; mass.len()];
    for (axis, more) in more.iter().enumerate() {
        let stride = grid.stride(axis);
        for (i, flux) in more.iter().enumerate().filter(|(_, flux)| **flux != 0.0) {
            leaves[donor(i, stride, *flux)] += flux.abs();
        }
    }
    let mut corrected = mass.to_vec();
    for (axis, more) in more.iter().enumerate() {
        let stride = grid.stride(axis);
        for (i, flux) in more.iter().enumerate().filter(|(_, flux)| **flux != 0.0) {
            let from = donor(i, stride, *flux);
            let flux = flux * affordable_share(mass[from], leaves[from]);
            corrected[i] -= flux;
            corrected[i + stride] += flux;
        }
    }
    corrected
}

/// The share that a cell with this mass can give of what would leave it.
fn affordable_share(mass: f64, leaves: f64) -> f64 {
    if mass > LEAST { ((1.0 - KEPT) * mass / leaves).min(1.0) } else { 0.0 }
}

/// The cell that a flux through the face after cell `i` comes from.
fn donor(i: usize, stride: usize, flux: f64) -> usize {
    if flux > 0.0 { i } else { i + stride }
}

#[cfg(test)]
mod tests {
    use meanfield_model::axis::Axis;

    use super::*;

    #[test]
    fn no_cell_gives_more_than_it_has_and_none_is_lost() {
        let grid = Grid { axes: [Axis::uniform(0.0, 1.0, 4).expect("valid")] };
        let mass = [0.1, 1e-9, 0.4, 0.5];
        let corrected = corrected(&grid, &mass, &[vec![-0.05, 0.05, 0.1, 0.0]]);
        assert!(corrected.iter().all(|m| *m > 0.0), "{corrected:?}");
        assert!((corrected.iter().sum::<f64>() - mass.iter().sum::<f64>()).abs() < 1e-16);
        assert!((corrected[3] - 0.6).abs() < 1e-15, "what a cell has it gives: {corrected:?}");
    }

    #[test]
    fn masses_that_have_lost_their_digits_give_nothing() {
        let grid = Grid { axes: [Axis::uniform(0.0, 1.0, 4).expect("valid")] };
        // Half of three least numbers, to either side, is rounded to two: four of three.
        let mass = [0.1, 1.5e-323, 0.4, 0.5];
        let corrected = corrected(&grid, &mass, &[vec![-1.5e-323, 1.5e-323, 0.0, 0.0]]);
        assert!(corrected.iter().all(|m| *m >= 0.0), "{corrected:?}");
    }
}
