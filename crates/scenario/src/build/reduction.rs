//! A scenario's model in the reduced coordinates that its symmetry leaves: what the solvers of the dynamics need of it, whatever
//! their number.

use meanfield_model::block_series::{AffineSeries, RadiiSeries};
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::BlockClasses;
use meanfield_model::initial::{CoordinateStart, Initial, Normal};
use meanfield_model::landscape::Landscape;
use meanfield_model::radial_landscape::RadialLandscape;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::ridge::Ridged;
use meanfield_model::volume::VolumeElement;

use super::{BuildError, activation, affine_start, blocks, coordinates, data, initial};
use crate::file::{LimitName, ScenarioFile};
use crate::model;

/// How far out the kernel keeps its tolerance at least; further out what it leaves out is reported. Radii, in scales of the start
/// and absolutely; output weights and offsets, in deviations of the start and absolutely.
const RADII: (f64, f64) = (10.0, 8.0);
const NUMBERS: (f64, f64) = (10.0, 6.0);

/// See the module's head.
pub(super) struct Reduction<const D: usize, L> {
    /// The landscape, with the scenario's ridge.
    pub landscape: Ridged<L>,
    /// Terms of its series.
    pub terms: usize,
    /// What they leave out of U as far out as the kernel was made for.
    pub truncation: f64,
    /// What each coordinate stands for.
    pub elements: [VolumeElement; D],
    /// Its law at t = 0.
    pub start: [CoordinateStart; D],
}

/// Something to do with a reduction, in however many coordinates.
pub(super) trait Reduced {
    /// What comes of it.
    type Output;

    /// Does it.
    fn with<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Result<Self::Output, BuildError>;
}

/// Does something with the scenario's model in its coordinates.
pub(super) fn reduce<R: Reduced>(
    file: &ScenarioFile,
    limit: LimitName,
    tolerance: f64,
    then: R,
) -> Result<R::Output, BuildError> {
    match coordinates(file)? {
        Coordinates::Radius => then.with(radius(file, limit, tolerance)?),
        Coordinates::Radii { .. } => then.with(radii(file, limit, tolerance)?),
        Coordinates::AffineRadii { .. } => then.with(affine_radii(file, limit, tolerance)?),
    }
}

/// r = |w|.
pub(super) fn radius(
    file: &ScenarioFile,
    limit: LimitName,
    tolerance: f64,
) -> Result<Reduction<1, RadialLandscape>, BuildError> {
    let (data, sigma, loss) = (data(file)?, activation(file)?, model::loss(&file.model.loss));
    let landscape = RadialLandscape::new(
        &data,
        &sigma,
        loss,
        limit_of(limit),
        largest_radius(&initial(file)),
        tolerance,
    )?;
    Ok(Reduction {
        terms: landscape.terms(),
        truncation: landscape.truncation(),
        landscape: Ridged::new(landscape, file.dynamics.ridge),
        elements: [VolumeElement::Radius(data.dimension)],
        start: [CoordinateStart::radius_of_block(&initial(file), data.dimension, data.dimension)],
    })
}

/// (r₁, r₂).
fn radii(
    file: &ScenarioFile,
    limit: LimitName,
    tolerance: f64,
) -> Result<Reduction<2, RadiiSeries>, BuildError> {
    let (blocks, sigma) = (blocks(file)?, activation(file)?);
    let largest = [largest_radius(&initial(file)); 2];
    let landscape = RadiiSeries::new(&blocks, &sigma, limit_of(limit), largest, tolerance)?;
    Ok(Reduction {
        terms: landscape.terms(),
        truncation: landscape.truncation(),
        landscape: Ridged::new(landscape, file.dynamics.ridge),
        elements: blocks.dimensions.map(VolumeElement::Radius),
        start: radii_of_start(file, &blocks),
    })
}

/// (a, b, r₁, r₂).
fn affine_radii(
    file: &ScenarioFile,
    limit: LimitName,
    tolerance: f64,
) -> Result<Reduction<4, AffineSeries>, BuildError> {
    let (blocks, sigma, outer) = (blocks(file)?, activation(file)?, affine_start(file)?);
    let (radius, [a, b]) = (largest_radius(&initial(file)), [outer.a, outer.b].map(largest_number));
    let landscape = AffineSeries::new(&blocks, &sigma, limit_of(limit), [a, b, radius, radius], tolerance)?;
    let [first, second] = blocks.dimensions.map(VolumeElement::Radius);
    let [r1, r2] = radii_of_start(file, &blocks);
    Ok(Reduction {
        terms: landscape.terms(),
        truncation: landscape.truncation(),
        landscape: Ridged::new(landscape, file.dynamics.ridge),
        elements: [VolumeElement::Line, VolumeElement::Line, first, second],
        start: [CoordinateStart::Number(outer.a), CoordinateStart::Number(outer.b), r1, r2],
    })
}

/// The law of each coordinate at t = 0.
pub(crate) fn starts(file: &ScenarioFile) -> Result<Vec<CoordinateStart>, BuildError> {
    Ok(match coordinates(file)? {
        Coordinates::Radius => {
            let dimension = data(file)?.dimension;
            vec![CoordinateStart::radius_of_block(&initial(file), dimension, dimension)]
        }
        Coordinates::Radii { .. } => radii_of_start(file, &blocks(file)?).to_vec(),
        Coordinates::AffineRadii { .. } => {
            let outer = affine_start(file)?;
            let numbers = [outer.a, outer.b].map(CoordinateStart::Number);
            numbers.into_iter().chain(radii_of_start(file, &blocks(file)?)).collect()
        }
    })
}

fn radii_of_start(file: &ScenarioFile, blocks: &BlockClasses) -> [CoordinateStart; 2] {
    let (initial, dimension) = (initial(file), blocks.dimension());
    blocks.dimensions.map(|block| CoordinateStart::radius_of_block(&initial, dimension, block))
}

fn limit_of(limit: LimitName) -> DimensionLimit {
    match limit {
        LimitName::Finite => DimensionLimit::Finite,
        LimitName::Infinite => DimensionLimit::Infinite,
    }
}

fn largest_radius(initial: &Initial) -> f64 {
    let Initial::Gaussian { scale } = initial;
    (RADII.0 * scale).max(RADII.1)
}

fn largest_number(start: Normal) -> f64 {
    (start.mean.abs() + NUMBERS.0 * start.deviation).max(NUMBERS.1)
}
