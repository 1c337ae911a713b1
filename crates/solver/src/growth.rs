//! When a grid needs more cells at an end, and how many: shared by all that move mass on grids. Which ends
//! may grow is for those to say: a radius does not go on below 0.
//!
//! The grid of one radius begins half as wide again as the start, and grows by a tenth before the mass is
//! near its end: cells lie where the mass is, and no empty far field with its large velocities shortens the
//! steps. Cells that are empty and receive nothing do not count.

use meanfield_model::axis::{Axis, AxisError};

use crate::grid::{End, Grid};

/// Rule by which an axis grows: when, and by how much.
struct GrowthRule {
    /// As soon as there is more mass than this near an end.
    mass: f64,
    /// Near: in this share of its cells, and in this many at least.
    near: (f64, usize),
    /// By this share of its cells, and this many at least.
    by: (f64, usize),
    /// More mass than this at the end after an implicit step has piled up: the step was too long for the
    /// grid.
    piled: f64,
}

/// Growth of the only axis: cells cost nothing, and a step of three stages carries mass three cells far.
const LINE: GrowthRule = GrowthRule { mass: 1e-12, near: (0.02, 4), by: (0.1, 8), piled: 1e-9 };
/// Growth of one axis of several, where every cell more is a whole layer of them.
const OF_SEVERAL: GrowthRule = GrowthRule { mass: 1e-8, near: (0.0, 1), by: (0.1, 1), piled: 1e-7 };
/// A grid that has grown to so many times its cells grows no more.
pub const MOST_GROWTH: usize = 10;
/// More mass than this in the cell at an outer edge means that the grid is too small.
const EDGE: f64 = 1e-6;

/// The rule for a grid of so many coordinates.
fn growth(dimension: usize) -> GrowthRule {
    if dimension == 1 { LINE } else { OF_SEVERAL }
}

/// Whether mass is near an end of an axis.
pub(crate) fn is_needed<const D: usize>(grid: &Grid<D>, mass: &[f64], axis: usize, end: End) -> bool {
    let cells = grid.axes[axis].cells();
    let growth = growth(D);
    mass_at_end(grid, mass, axis, end, share(growth.near, cells).min(cells)) > growth.mass
}

/// By how many cells an axis grows.
pub(crate) fn added_cells<const D: usize>(grid: &Grid<D>, axis: usize) -> usize {
    cells_added_to(&grid.axes[axis], D)
}

fn cells_added_to(axis: &Axis, dimension: usize) -> usize {
    share(growth(dimension).by, axis.cells())
}

/// One axis of so many after mass has come as far as these places: it grows as often as that
/// takes, at its lower end where the coordinate goes on below. Errors where faces are no longer finite.
pub fn axis_grown_to(
    axis: &Axis,
    [lower, upper]: [f64; 2],
    goes_on_below: bool,
    dimension: usize,
) -> Result<Axis, AxisError> {
    let mut grown = axis.clone();
    while grown.faces()[grown.cells()] < upper {
        grown = grown.extended(cells_added_to(&grown, dimension))?;
    }
    while goes_on_below && grown.faces()[0] > lower {
        grown = grown.extended_below(cells_added_to(&grown, dimension))?;
    }
    Ok(grown)
}

/// Whether mass has piled up at an end of an axis.
pub(crate) fn is_piled<const D: usize>(grid: &Grid<D>, mass: &[f64], axis: usize, end: End) -> bool {
    mass_at_end(grid, mass, axis, end, 1) > growth(D).piled
}

/// Largest mass in the last cell of any axis, and in the first where coordinates go on below it, from those
/// along every axis.
pub(crate) fn edge_mass<const D: usize>(grid: &Grid<D>, marginals: &[Vec<f64>; D]) -> f64 {
    (0..D)
        .map(|axis: usize| {
            let marginal = &marginals[axis];
            let below = if grid.axes[axis].faces()[0] == 0.0 { 0.0 } else { marginal[0] };
            below.max(marginal[marginal.len() - 1])
        })
        .fold(0.0, f64::max)
}

/// The masses along every axis.
pub(crate) fn marginals<const D: usize>(grid: &Grid<D>, mass: &[f64]) -> [Vec<f64>; D] {
    std::array::from_fn(|axis| marginal(grid, mass, axis))
}

/// The masses along one axis, summed over the others.
pub(crate) fn marginal<const D: usize>(grid: &Grid<D>, mass: &[f64], axis: usize) -> Vec<f64> {
    sums_along(mass, grid.stride(axis), grid.axes[axis].cells())
}

/// The sums at each of so many places along an axis with this stride.
pub(crate) fn sums_along(mass: &[f64], stride: usize, length: usize) -> Vec<f64> {
    let mut marginal = vec![0.0; length];
    for block in mass.chunks_exact(stride * length) {
        for (sum, cells) in marginal.iter_mut().zip(block.chunks_exact(stride)) {
            *sum += cells.iter().sum::<f64>();
        }
    }
    marginal
}

/// Message to the user about an axis that has mass at its end and cannot grow; None if it has none there.
pub(crate) fn complaint<const D: usize>(
    grid: &Grid<D>,
    mass: &[f64],
    axis: usize,
    end: End,
) -> Option<String> {
    let faces = grid.axes[axis].faces();
    let coordinate = axis + 1;
    let (side, face) = match end {
        End::Lower => ("lower", faces[0]),
        End::Upper => ("upper", faces[faces.len() - 1]),
    };
    (mass_at_end(grid, mass, axis, end, 1) > EDGE).then(|| {
        format!(
            "the mass has reached the grid's {side} end at {face:.3e} in coordinate {coordinate}, and the \
             grid does not grow there any further; write a wider `domain`"
        )
    })
}

/// Mass in the outermost `count` cells at an end of an axis.
fn mass_at_end<const D: usize>(grid: &Grid<D>, mass: &[f64], axis: usize, end: End, count: usize) -> f64 {
    let cells = grid.axes[axis].cells();
    let stride = grid.stride(axis);
    let outermost = match end {
        End::Lower => 0..count,
        End::Upper => cells - count..cells,
    };
    grid.lines(axis).flat_map(|first: usize| outermost.clone().map(move |i| mass[first + i * stride])).sum()
}

/// A share of the cells, or the least number.
fn share((share, least): (f64, usize), cells: usize) -> usize {
    ((share * cells as f64).ceil() as usize).max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_grows_until_it_holds_the_mass() {
        let axis = Axis::uniform(-1.0, 1.0, 20).expect("valid");
        let grown = axis_grown_to(&axis, [-1.5, 1.0], true, 4).expect("finite");
        let faces = grown.faces();
        assert!(faces[0] <= -1.5 && faces[0] > -2.0 && faces[grown.cells()] == 1.0, "{faces:?}");
        assert_eq!(axis_grown_to(&axis, [-1.5, 1.0], false, 4), Ok(axis));
    }

    #[test]
    fn a_full_end_is_named() {
        let grid = Grid::<2> { axes: [3, 4].map(|n| Axis::uniform(-1.0, 2.0, n).expect("valid")) };
        let mut mass = vec![0.0; 12];
        mass[1] = 1.0;
        let told = complaint(&grid, &mass, 1, End::Lower).expect("the first cell along it is full");
        assert!(told.contains("lower end at -1.000e0 in coordinate 2"), "{told}");
        assert_eq!(complaint(&grid, &mass, 1, End::Upper), None);
        assert_eq!(complaint(&grid, &mass, 0, End::Lower), None);
    }
}
