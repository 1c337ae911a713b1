//! Systems `landscape`: the Gibbs state in whatever coordinates the model has.

use meanfield_model::block_series::{AffineSeries, RadiiSeries};
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::BlockClasses;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::volume::VolumeElement;
use meanfield_run::facts;
use meanfield_solver::equilibrium::Equilibrium;
use meanfield_solver::equilibrium::homogeneous::HomogeneousEquilibrium;
use meanfield_solver::equilibrium::outer::OuterEquilibrium;
use meanfield_solver::gibbs::{Amplitude, Bath};
use meanfield_solver::still::Still;

use super::{BuildError, Built, activation, blocks, coordinates, data, minimum, reduction};
use crate::file::{LandscapeKeys, LimitName, ScenarioFile};

/// Cells on which a Gibbs state is reported, in one coordinate and along each of two and of four.
const REPORTED: usize = 1600;
const REPORTED_OF_TWO: usize = 240;
const REPORTED_OF_FOUR: usize = 160;
/// The box is first looked for this many standard deviations of an output weight or offset out, and a little further.
const FAR: f64 = 8.0;

/// Its landscape, to see whether it can be made.
pub(super) fn landscape(file: &ScenarioFile, keys: &LandscapeKeys) -> Result<(), BuildError> {
    let tolerance = keys.kernel_tolerance;
    if file.dynamics.temperature == 0.0 {
        return minimum::minimum(file, keys).map(|_| ());
    }
    match coordinates(file)? {
        Coordinates::Radius => reduction::radius(file, LimitName::Finite, tolerance).map(|_| ()),
        Coordinates::Radii { .. } => radii(file, tolerance).map(|_| ()),
        Coordinates::AffineRadii { .. } => affine(file, tolerance).map(|_| ()),
    }
}

/// The Gibbs state that a scenario asks for, or the law of least risk.
pub(super) fn equilibrium(file: &ScenarioFile, keys: &LandscapeKeys) -> Result<Built, BuildError> {
    if file.dynamics.temperature == 0.0 {
        return minimum::minimum(file, keys);
    }
    match coordinates(file)? {
        Coordinates::Radius => of_radius(file, keys),
        Coordinates::Radii { .. } => of_radii(file, keys),
        Coordinates::AffineRadii { .. } => of_affine(file, keys),
    }
}

fn of_radius(file: &ScenarioFile, keys: &LandscapeKeys) -> Result<Built, BuildError> {
    let landscape =
        reduction::radius(file, LimitName::Finite, keys.kernel_tolerance)?.landscape.inner().clone();
    let cells = keys.cells.as_deref().and_then(<[_]>::first).copied().unwrap_or(REPORTED);
    let facts = vec![(facts::CELLS, cells as f64), (facts::KERNEL_TERMS, landscape.terms() as f64)];
    let dimension = data(file)?.dimension;
    let extent = [deviation(file) * ((dimension as f64).sqrt() + FAR)];
    let bath = bath(file);
    Ok((
        Box::new(Still::new(Equilibrium::new(
            landscape,
            [VolumeElement::Radius(dimension)],
            bath,
            extent,
            [cells],
        ))),
        facts,
    ))
}

fn of_radii(file: &ScenarioFile, keys: &LandscapeKeys) -> Result<Built, BuildError> {
    let landscape = radii(file, keys.kernel_tolerance)?;
    let cells = match keys.cells.as_deref() {
        Some(&[first, second]) => [first, second],
        _ => [REPORTED_OF_TWO; 2],
    };
    let facts =
        vec![(facts::CELLS, (cells[0] * cells[1]) as f64), (facts::KERNEL_TERMS, landscape.terms() as f64)];
    let bath = bath(file);
    let blocks = blocks(file)?;
    let elements = blocks.dimensions.map(VolumeElement::Radius);
    Ok((
        Box::new(Still::new(Equilibrium::new(landscape, elements, bath, extents(file, &blocks), cells))),
        facts,
    ))
}

fn of_affine(file: &ScenarioFile, keys: &LandscapeKeys) -> Result<Built, BuildError> {
    let landscape = affine(file, keys.kernel_tolerance)?;
    let facts = vec![(facts::KERNEL_TERMS, landscape.terms() as f64)];
    let (blocks, cells) = (blocks(file)?, keys.cells.as_deref().and_then(|cells| cells.try_into().ok()));
    let (cells, bath) =
        (cells.unwrap_or([REPORTED_OF_FOUR; 4]), [file.dynamics.temperature, file.dynamics.ridge]);
    if activation(file)?.is_homogeneous() {
        let problem = HomogeneousEquilibrium::new(landscape, blocks.dimensions, bath, cells);
        return Ok((Box::new(Still::new(problem)), facts));
    }
    let [first, second] = blocks.dimensions.map(VolumeElement::Radius);
    let elements = [VolumeElement::Line, VolumeElement::Line, first, second];
    let extent = four_extents(file, &blocks);
    Ok((Box::new(Still::new(OuterEquilibrium::new(landscape, elements, bath, extent, cells))), facts))
}

/// The landscape in (r₁, r₂).
fn radii(file: &ScenarioFile, tolerance: f64) -> Result<RadiiSeries, BuildError> {
    let blocks = blocks(file)?;
    let box_of_kernel = extents(file, &blocks);
    Ok(RadiiSeries::new(&blocks, &activation(file)?, DimensionLimit::Finite, box_of_kernel, tolerance)?)
}

/// The landscape in (a, b, r₁, r₂).
fn affine(file: &ScenarioFile, tolerance: f64) -> Result<AffineSeries, BuildError> {
    let blocks = blocks(file)?;
    let box_of_kernel = four_extents(file, &blocks);
    Ok(AffineSeries::new(&blocks, &activation(file)?, DimensionLimit::Finite, box_of_kernel, tolerance)?)
}

/// Of neurons without an outer weight.
fn bath(file: &ScenarioFile) -> Bath {
    let (temperature, ridge) = (file.dynamics.temperature, file.dynamics.ridge);
    Bath { temperature, ridge, amplitude: Amplitude::One }
}

/// How far out neurons are that do not see the data: from 0 to the mean of their radius in each block, and [`FAR`] deviations
/// more.
fn extents(file: &ScenarioFile, blocks: &BlockClasses) -> [f64; 2] {
    let deviation = deviation(file);
    blocks.dimensions.map(|n| deviation * ((n as f64).sqrt() + FAR))
}

fn four_extents(file: &ScenarioFile, blocks: &BlockClasses) -> [f64; 4] {
    let ([first, second], line) = (extents(file, blocks), FAR * deviation(file));
    [line, line, first, second]
}

/// √(1/(βλ)), or 1 where nothing holds a neuron.
fn deviation(file: &ScenarioFile) -> f64 {
    let square = file.dynamics.temperature / file.dynamics.ridge;
    if square.is_finite() && square > 0.0 { square.sqrt() } else { 1.0 }
}
