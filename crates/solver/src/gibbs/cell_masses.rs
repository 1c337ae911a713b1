//! A Gibbs state without an outer weight in the form in which every system reports its law: masses of cells.

use std::num::NonZeroUsize;

use meanfield_model::axis::{Axis, AxisError};
use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use ndarray::{ArrayD, IxDyn};

use super::bath::{Bath, ln_weights};
use super::newton::GibbsState;
use crate::grid::Grid;
use crate::panelled::{PanelledBox, Side};

/// Nodes a cell, and side, by which the mass of a cell is found: so many, or as many more as the total mass
/// asks for.
const PER_CELL: [usize; 4] = [4, 8, 16, 64];
/// The total mass may be off by this.
const MASS: f64 = 1e-10;
/// Most nodes of all cells.
const MOST: usize = 4_000_000;

/// Masses of equal cells on the box, each by its own quadrature: as many nodes as preserve the mass.
///
/// # Errors
/// If a side of the box cannot be cut into so many cells.
pub fn on_cells<const D: usize>(
    landscape: &dyn Landscape<D>,
    bath: Bath,
    found: &GibbsState,
    panelled: &PanelledBox<D>,
    cells: [usize; D],
) -> Result<Measure, AxisError> {
    let mut axes = Vec::new();
    for (side, cells) in panelled.sides.iter().zip(cells) {
        if let Side::Panels { lower, upper, .. } = side {
            axes.push(Axis::uniform(*lower, *upper, cells)?);
        }
    }
    let grid = Grid::<D> { axes: std::array::from_fn(|c| axes[c].clone()) };
    let mut mass = ArrayD::zeros(IxDyn(&cells));
    for per_cell in PER_CELL {
        let nodes = (per_cell as f64).powi(D as i32) * grid.cells() as f64;
        if mass.sum() > 0.0 && nodes > MOST as f64 {
            break;
        }
        mass = masses(landscape, bath, found, panelled, &grid, per_cell);
        if (mass.sum() - 1.0).abs() < MASS {
            break;
        }
    }
    // As every law in more than two coordinates, it is known by those of pairs.
    if D > 2 {
        return Ok(Measure::marginals_of(axes, &mass));
    }
    Ok(Measure::Cells { axes, mass })
}

/// The masses by so many nodes a cell and side.
fn masses<const D: usize>(
    landscape: &dyn Landscape<D>,
    bath: Bath,
    found: &GibbsState,
    panelled: &PanelledBox<D>,
    grid: &Grid<D>,
    per_cell: usize,
) -> ArrayD<f64> {
    let mut fine = panelled.clone();
    for (side, axis) in fine.sides.iter_mut().zip(&grid.axes) {
        if let Side::Panels { count, .. } = side {
            *count = axis.cells();
        }
    }
    fine.per_panel = NonZeroUsize::new(per_cell).unwrap_or(NonZeroUsize::MIN);
    let cells: Vec<usize> = grid.axes.iter().map(Axis::cells).collect();
    let mut mass = ArrayD::zeros(IxDyn(&cells));
    let nodes = fine.nodes();
    let ln_weights = ln_weights(landscape, &nodes, bath, &found.coefficients);
    for (z, ln_weight) in nodes.position.iter().zip(ln_weights) {
        let at: [usize; D] = std::array::from_fn(|c| cell(&grid.axes[c], z[c]));
        mass[IxDyn(&at)] += (ln_weight - found.ln_partition).exp();
    }
    mass
}

/// The cell of an axis that holds z.
fn cell(axis: &Axis, z: f64) -> usize {
    axis.faces().partition_point(|face| *face <= z).saturating_sub(1).min(axis.cells() - 1)
}
