//! Laws on cells whose masses are recorded: `mass` and `density(…, snapshot, radius)`.

use meanfield_model::measure::Measure;
use meanfield_run::record::reserved::{DENSITY, MASS};
use ndarray::ArrayD;

use super::super::attribute::text;
use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::variables::Variables;
use super::form::{CELLS, MOVING_CELLS};
use super::frame::Frame;
use super::grid::{self, density};

fn mass_of(law: &Measure) -> Option<ArrayD<f64>> {
    match law {
        Measure::Cells { mass, .. } => Some(mass.clone()),
        Measure::Marginals { .. } | Measure::Atoms { .. } | Measure::Pushforward(_) => None,
    }
}

fn density_of(law: &Measure) -> Option<ArrayD<f64>> {
    Some(density(mass_of(law)?, &law.axes()?.iter().collect::<Vec<_>>()))
}

/// Writes the laws.
pub(super) fn write(out: &mut Variables, frame: Frame) -> Checked<()> {
    let grid = grid::write(out, frame)?;
    text(out.group(), "law", if grid.moves { MOVING_CELLS } else { CELLS })?;
    let all: Vec<usize> = (0..frame.coordinates().len()).collect();
    grid.write(out, frame, MASS, (&all, "mass of each cell"), mass_of)?;
    grid.write(out, frame, DENSITY, (&all, "density against Lebesgue measure"), density_of)
}

/// Reads the laws.
pub(super) fn read(group: &Reading, frame: Frame, snapshots: usize, moves: bool) -> Checked<Vec<Measure>> {
    let laws = grid::read(group, frame, snapshots, moves)?;
    let all: Vec<usize> = (0..frame.coordinates().len()).collect();
    let masses = grid::read_array(group, frame, MASS, (&laws, &all))?;
    Ok(laws.into_iter().zip(masses).map(|(axes, mass)| Measure::Cells { axes, mass }).collect())
}
