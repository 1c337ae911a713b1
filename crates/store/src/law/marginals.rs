//! Laws of which only marginals are recorded: `mass_a_b` and `density_a_b(…, snapshot, a, b)` of each pair of
//! coordinates, and `density_a(…, snapshot, a)` of each one, for other readers: pairs determine it.

use meanfield_model::measure::{Measure, pairs};
use ndarray::{Array2, ArrayD, Axis as Dimension, Ix2};

use super::super::attribute::text;
use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::variables::Variables;
use super::form::{MARGINALS, MOVING_MARGINALS};
use super::frame::Frame;
use super::grid::{self, Grid, density};

/// Masses of a pair, as this form of a law has them.
fn mass_of(law: &Measure, (first, second): (usize, usize)) -> Option<ArrayD<f64>> {
    match law {
        Measure::Marginals { .. } => law.pair_marginal(first, second).map(Array2::into_dyn),
        Measure::Cells { .. } | Measure::Atoms { .. } | Measure::Pushforward(_) => None,
    }
}

/// Masses of one coordinate.
fn mass_of_one(law: &Measure, coordinate: usize) -> Option<ArrayD<f64>> {
    let (pair, summed) = if coordinate == 0 { ((0, 1), 1) } else { ((0, coordinate), 0) };
    Some(mass_of(law, pair)?.sum_axis(Dimension(summed)))
}

/// Writes the laws.
pub(super) fn write(out: &mut Variables, frame: Frame) -> Checked<()> {
    let grid = grid::write(out, frame)?;
    text(out.group(), "law", if grid.moves { MOVING_MARGINALS } else { MARGINALS })?;
    (0..frame.coordinates().len()).try_for_each(|k| write_one(out, frame, &grid, k))?;
    pairs(frame.coordinates().len()).try_for_each(|pair| write_pair(out, frame, &grid, pair))
}

fn write_one(out: &mut Variables, frame: Frame, grid: &Grid, k: usize) -> Checked<()> {
    let coordinate = &frame.coordinates()[k];
    let meaning = format!("density of {coordinate} against Lebesgue measure");
    grid.write(out, frame, &format!("density_{coordinate}"), (&[k], &meaning), |law: &Measure| {
        Some(density(mass_of_one(law, k)?, &[&law.axes()?[k]]))
    })
}

fn write_pair(out: &mut Variables, frame: Frame, grid: &Grid, pair: (usize, usize)) -> Checked<()> {
    let names = names(frame, pair);
    let axes = [pair.0, pair.1];
    let meaning = format!("mass of each cell of {}", names.join(" and "));
    grid.write(out, frame, &format!("mass_{}", names.join("_")), (&axes, &meaning), |law: &Measure| {
        mass_of(law, pair)
    })?;
    let meaning = format!("density of {} against Lebesgue measure", names.join(" and "));
    grid.write(out, frame, &format!("density_{}", names.join("_")), (&axes, &meaning), |law: &Measure| {
        let grid = law.axes()?;
        Some(density(mass_of(law, pair)?, &axes.map(|k| &grid[k])))
    })
}

fn names(frame: Frame<'_>, pair: (usize, usize)) -> [&str; 2] {
    [pair.0, pair.1].map(|k| frame.coordinates()[k].as_str())
}

/// Reads the laws.
pub(super) fn read(group: &Reading, frame: Frame, snapshots: usize, moves: bool) -> Checked<Vec<Measure>> {
    let laws = grid::read(group, frame, snapshots, moves)?;
    let mut all: Vec<Vec<Array2<f64>>> = vec![Vec::new(); laws.len()];
    for pair in pairs(frame.coordinates().len()) {
        let name = format!("mass_{}", names(frame, pair).join("_"));
        let masses = grid::read_array(group, frame, &name, (&laws, &[pair.0, pair.1]))?;
        for (own, mass) in all.iter_mut().zip(masses) {
            own.push(mass.into_dimensionality::<Ix2>().map_err(|error| group.fault(&name, error))?);
        }
    }
    Ok(laws.into_iter().zip(all).map(|(axes, pairs)| Measure::Marginals { axes, pairs }).collect())
}
