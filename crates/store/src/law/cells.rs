//! Laws on cells whose masses were kept: `mass` and `density(…, snapshot, radius)`.

use meanfield_model::measure::Measure;
use meanfield_run::record::Record;
use ndarray::ArrayD;

use super::super::attribute::text;
use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::variables::Variables;
use super::grid::{self, density};
use super::{CELLS, MOVING_CELLS};

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
pub(super) fn write(out: &mut Variables, record: &Record) -> Checked<()> {
    let grid = grid::write(out, record)?;
    text(out.group(), "law", if grid.moves { MOVING_CELLS } else { CELLS })?;
    let all: Vec<usize> = (0..record.coordinates.len()).collect();
    grid.write(out, record, "mass", (&all, "mass of each cell"), mass_of)?;
    grid.write(out, record, "density", (&all, "density against Lebesgue measure"), density_of)
}

/// Reads the laws.
pub(super) fn read(group: &Reading, record: &Record, snapshots: usize, moves: bool) -> Checked<Vec<Measure>> {
    let laws = grid::read(group, record, snapshots, moves)?;
    let all: Vec<usize> = (0..record.coordinates.len()).collect();
    let masses = grid::read_array(group, record, "mass", (&laws, &all))?;
    Ok(laws.into_iter().zip(masses).map(|(axes, mass)| Measure::Cells { axes, mass }).collect())
}
