//! From a checked scenario to systems ready to run: the one place where names become things.

mod equilibrium;

use meanfield_model::activation::Activation;
use meanfield_model::axis::{Axis, AxisError};
use meanfield_model::block_series::BlockSeriesError;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::radial_landscape::{LandscapeError, RadialLandscape};
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::ridge::Ridged;
use meanfield_model::volume::VolumeElement;
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_run::drive::Identity;
use meanfield_run::record::Place;
use meanfield_run::refinement;
use meanfield_run::schedule::Schedule;
use meanfield_run::side_by_side::Job;
use meanfield_run::stepper::strong_stability::Method;
use meanfield_run::system::System;
use meanfield_solver::characteristics::{Characteristics, quantile_atoms};
use meanfield_solver::diffusion::Diffusion;
use meanfield_solver::diffusion::operator::Operator;
use meanfield_solver::finite_volume::limiter::Limiter;
use meanfield_solver::finite_volume::{FiniteVolume, Options};
use meanfield_solver::finite_width::{self, FiniteWidth};
use meanfield_solver::grid::{Grid, StartError};
use meanfield_solver::jko::Jko;
use meanfield_solver::panels::Panels;

use crate::Scenario;
use crate::file::{
    CharacteristicsKeys, Data, FiniteNetworkKeys, FiniteVolumeKeys, InitialKind, JkoKeys, LimitName,
    LimiterName, NOISE_FACTOR, PrecisionName, ScenarioFile, ScheduleKind, StepperName, SystemKind, UnitKind,
};
use crate::{coarser, cost, model};

/// Why a checked scenario cannot be built: something that [`check`](crate::load) should have refused.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Data.
    #[error(transparent)]
    Data(#[from] meanfield_model::data::DataError),
    /// Activation.
    #[error(transparent)]
    Knots(#[from] meanfield_model::activation::KnotError),
    /// Kernel.
    #[error(transparent)]
    Landscape(#[from] LandscapeError),
    /// Kernel of two blocks.
    #[error(transparent)]
    Blocks(#[from] BlockSeriesError),
    /// A system or a loss that knows one radius only.
    #[error("more than one radius is known by the landscape of the squared loss alone so far")]
    Coordinates,
    /// Output weights with data of one block.
    #[error("neurons with output weight and offset are known for anisotropic data alone so far")]
    AffineIsotropic,
    /// The 1/N correction of another loss.
    #[error(
        "the 1/N correction is known for the squared loss only: a network's risk is quadratic in its neurons then"
    )]
    BiasOfLoss,
    /// The 1/N correction.
    #[error(transparent)]
    Bias(#[from] finite_width::BiasError),
    /// Grid.
    #[error(transparent)]
    Axis(#[from] AxisError),
    /// Start.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// The default grid goes so many times as far as the start, of which 1e-12 lies beyond Φ⁻¹ = this.
const ROOM: f64 = 1.5;
const FARTHEST: f64 = 7.0;
/// Share of the first cell in which mass at rest is reported.
const RESTING: f64 = 1e-3;

impl Scenario {
    /// The runs: one for each point, system and seed, and for each companion at half the resolution.
    pub fn build(&self) -> Result<Vec<Job>, BuildError> {
        let mut jobs = Vec::new();
        for point in &self.points {
            for (name, system) in &point.file.systems {
                let Some(place) = point.place_of(name) else { continue };
                let mut here = runs(&point.file, name, system)?;
                if let Some(coarse) = coarser::companion(&point.file, system) {
                    let coarse = runs(&point.file, name, &coarse)?;
                    here.extend(coarse.into_iter().map(|job| Job { coarse: true, ..job }));
                }
                for mut job in here {
                    job.run.splice(0..0, place.iter().cloned());
                    jobs.push(job);
                }
            }
        }
        Ok(jobs)
    }
}

/// The runs of a system at one point, one for each seed.
fn runs(file: &ScenarioFile, name: &str, system: &SystemKind) -> Result<Vec<Job>, BuildError> {
    match system {
        SystemKind::FiniteVolume(keys) => Ok(vec![finite_volume(file, name, keys)?]),
        SystemKind::Characteristics(keys) => Ok(vec![characteristics(file, name, keys)?]),
        SystemKind::Jko(keys) => Ok(vec![jko(file, name, keys)?]),
        SystemKind::FiniteNetwork(keys) => {
            keys.seeds.iter().map(|seed| finite_network(file, name, keys, *seed)).collect()
        }
        SystemKind::Landscape(keys) => {
            let (built, facts) = equilibrium::equilibrium(file, keys)?;
            Ok(vec![job(file, name, system, facts, None, built)])
        }
    }
}

fn finite_volume(file: &ScenarioFile, name: &str, keys: &FiniteVolumeKeys) -> Result<Job, BuildError> {
    let landscape = ridged(file, keys.dimension_limit, keys.kernel_tolerance)?;
    let grid = grid(file, keys)?;
    let mass = start_on_grid(file, &grid)?;
    let facts = vec![
        ("cells", keys.cells.iter().product::<usize>() as f64),
        ("kernel_terms", landscape.inner().terms() as f64),
    ];
    let system: Box<dyn System> = if file.dynamics.temperature > 0.0 {
        let operator = Operator::new(landscape, grid, volume(file)?, file.dynamics.temperature);
        Box::new(Diffusion::new(operator, mass, schedule(file), keys.tolerance))
    } else {
        let options = Options { limiter: limiter(keys.limiter), method: method(keys.stepper) };
        Box::new(FiniteVolume::new(landscape, grid, mass, schedule(file), options))
    };
    Ok(job(file, name, &SystemKind::FiniteVolume(keys.clone()), facts, None, system))
}

/// What the coordinates stand for.
fn volume(file: &ScenarioFile) -> Result<[VolumeElement; 1], BuildError> {
    Ok([VolumeElement::Radius(data(file)?.dimension)])
}

fn characteristics(file: &ScenarioFile, name: &str, keys: &CharacteristicsKeys) -> Result<Job, BuildError> {
    let landscape = ridged(file, keys.dimension_limit, keys.kernel_tolerance)?;
    let facts = vec![
        ("atoms", keys.atoms as f64),
        (refinement::TOLERANCE, keys.tolerance),
        ("kernel_terms", landscape.inner().terms() as f64),
    ];
    let (initial, dimension) = (initial(file), data(file)?.dimension);
    let panels = Panels::new(keys.atoms, keys.sampling_tolerance, keys.most_atoms);
    let quantile = |g: f64| initial.radial_quantile_of_normal(dimension, g);
    let atoms = Characteristics::sampling(landscape, schedule(file), panels, quantile, 0.0, keys.tolerance);
    let system: Box<dyn System> = if keys.network_bias_until > 0.0 {
        Box::new(FiniteWidth::new(atoms, &bias_start(file)?, keys.network_bias_until))
    } else {
        Box::new(atoms)
    };
    Ok(job(file, name, &SystemKind::Characteristics(keys.clone()), facts, None, system))
}

fn jko(file: &ScenarioFile, name: &str, keys: &JkoKeys) -> Result<Job, BuildError> {
    let landscape = ridged(file, keys.dimension_limit, keys.kernel_tolerance)?;
    let facts = vec![
        ("atoms", keys.atoms as f64),
        ("step", keys.step),
        (refinement::FROM, coarser::STEP * keys.step),
        ("kernel_terms", landscape.inner().terms() as f64),
    ];
    let (initial, dimension) = (initial(file), data(file)?.dimension);
    let positions = quantile_atoms(keys.atoms, |level| initial.radial_quantile(dimension, level));
    let weights = vec![1.0 / keys.atoms as f64; keys.atoms];
    let system = Jko::new(landscape, schedule(file), positions, weights, 0.0, keys.step);
    Ok(job(file, name, &SystemKind::Jko(keys.clone()), facts, None, Box::new(system)))
}

fn finite_network(
    file: &ScenarioFile,
    name: &str,
    keys: &FiniteNetworkKeys,
    seed: u64,
) -> Result<Job, BuildError> {
    let setup = Setup {
        data: data(file)?.into(),
        activation: activation(file)?,
        loss: model::loss(&file.model.loss),
        coordinates: Coordinates::Radius,
        affine: None,
        initial: initial(file),
        schedule: schedule(file),
        ridge: file.dynamics.ridge,
        temperature: file.dynamics.temperature * keys.noise_factor / NOISE_FACTOR,
        neurons: keys.neurons,
        step_size: keys.step_size,
        monte_carlo: keys.monte_carlo,
        precision: match keys.precision {
            PrecisionName::Double => Precision::Double,
            PrecisionName::Single => Precision::Single,
        },
        seed,
    };
    let facts = vec![("neurons", keys.neurons as f64), ("step_size", keys.step_size)];
    let run = Some(("seed".to_owned(), seed as f64));
    Ok(job(
        file,
        name,
        &SystemKind::FiniteNetwork(keys.clone()),
        facts,
        run,
        Box::new(FiniteNetwork::new(setup)),
    ))
}

fn job(
    file: &ScenarioFile,
    name: &str,
    system: &SystemKind,
    facts: Vec<(&'static str, f64)>,
    run: Option<(String, f64)>,
    built: Box<dyn System>,
) -> Job {
    let names = coordinates(file).map_or(&[][..], Coordinates::names);
    let coordinates = names.iter().map(|name| (*name).to_owned()).collect();
    let runs = if let SystemKind::FiniteNetwork(keys) = system { keys.seeds.len() as f64 } else { 1.0 };
    let identity = Identity { system: name.to_owned(), kind: system.kind(), coordinates, facts };
    let run = run.map(|(axis, value)| Place { axis, key: None, value }).into_iter().collect();
    Job { identity, run, coarse: false, system: built, seconds: cost::of_runs(file, system).seconds / runs }
}

/// What the 1/N correction starts from.
pub(crate) fn bias_start(file: &ScenarioFile) -> Result<finite_width::Start, BuildError> {
    if model::loss(&file.model.loss) != Loss::Squared {
        return Err(BuildError::BiasOfLoss);
    }
    let (data, sigma) = (data(file)?, activation(file)?);
    Ok(finite_width::Start::new(&data, &sigma, &initial(file), schedule(file), file.dynamics.ridge)?)
}

/// The landscape of a system that has one, to see whether it can be made.
pub(crate) fn landscape(file: &ScenarioFile, system: &SystemKind) -> Result<(), BuildError> {
    let Some((limit, tolerance)) = system.kernel() else { return Ok(()) };
    match coordinates(file)? {
        Coordinates::Radius => radial(file, limit, tolerance).map(|_| ()),
        Coordinates::Radii { .. } => equilibrium::radii(file, tolerance).map(|_| ()),
        Coordinates::AffineRadii { .. } => equilibrium::affine(file, tolerance).map(|_| ()),
    }
}

/// The landscape in the radius, by the series or the quadrature that the loss asks for.
fn radial(file: &ScenarioFile, limit: LimitName, tolerance: f64) -> Result<RadialLandscape, BuildError> {
    let limit = match limit {
        LimitName::Finite => DimensionLimit::Finite,
        LimitName::Infinite => DimensionLimit::Infinite,
    };
    let (data, activation, loss) = (data(file)?, activation(file)?, model::loss(&file.model.loss));
    Ok(RadialLandscape::new(&data, &activation, loss, limit, kernel_radius(file), tolerance)?)
}

/// The same with the scenario's ridge.
fn ridged(
    file: &ScenarioFile,
    limit: LimitName,
    tolerance: f64,
) -> Result<Ridged<RadialLandscape>, BuildError> {
    Ok(Ridged::new(radial(file, limit, tolerance)?, file.dynamics.ridge))
}

/// Up to which radius the kernel keeps its tolerance at least; further out it is reported.
fn kernel_radius(file: &ScenarioFile) -> f64 {
    let Initial::Gaussian { scale } = initial(file);
    (10.0 * scale).max(8.0)
}

/// Where the grid of the radius ends at the start if a scenario does not say.
pub(crate) fn default_upper(file: &ScenarioFile) -> f64 {
    ROOM * initial(file).radial_quantile_of_normal(file.model.data.dimension(), FARTHEST)
}

/// Where the grid of the radius ends at the start.
fn upper(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> f64 {
    let range = keys.domain.as_deref().and_then(<[_]>::first);
    range.map_or_else(|| default_upper(file), |range| range[1])
}

/// The grid that the keys ask for, with a place for mass that rests at r = 0 if σ has a kink there and there is no noise.
pub(crate) fn grid(file: &ScenarioFile, keys: &FiniteVolumeKeys) -> Result<Grid<1>, AxisError> {
    let cells = keys.cells.first().copied().unwrap_or(0);
    let axis = Axis::graded(upper(file, keys), cells, keys.grading)?;
    // Noise lets nothing rest.
    let rests = file.dynamics.temperature == 0.0 && activation(file).is_ok_and(|sigma| sigma.bends_at_zero());
    Ok(Grid { axes: [if rests { axis.cut_at_lower_end(RESTING)? } else { axis }] })
}

/// The start's masses on a grid.
pub(crate) fn start_on_grid(file: &ScenarioFile, grid: &Grid<1>) -> Result<Vec<f64>, StartError> {
    let dimension = file.model.data.dimension();
    grid.masses(|radius| initial(file).radial_distribution(dimension, radius))
}

/// Data of one block.
fn data(file: &ScenarioFile) -> Result<GaussianClasses, BuildError> {
    match &file.model.data {
        Data::IsotropicGaussians(keys) => Ok(GaussianClasses::isotropic(keys.dimension, keys.separation)?),
        Data::AnisotropicGaussians(_) => Err(BuildError::Coordinates),
    }
}

/// Data of two blocks, whose landscape is that of the squared loss.
fn blocks(file: &ScenarioFile) -> Result<BlockClasses, BuildError> {
    match (&file.model.data, model::loss(&file.model.loss)) {
        (Data::AnisotropicGaussians(keys), Loss::Squared) => {
            Ok(BlockClasses::anisotropic(keys.dimension, keys.relevant_dimension, keys.separation)?)
        }
        _ => Err(BuildError::Coordinates),
    }
}

/// The coordinates that are left of a neuron.
pub(crate) fn coordinates(file: &ScenarioFile) -> Result<Coordinates, BuildError> {
    match (&file.model.data, &file.model.unit) {
        (Data::IsotropicGaussians(_), UnitKind::Inner(_)) => Ok(Coordinates::Radius),
        (Data::IsotropicGaussians(_), UnitKind::Affine(_)) => Err(BuildError::AffineIsotropic),
        (Data::AnisotropicGaussians(data), UnitKind::Inner(_)) => {
            Ok(Coordinates::Radii { relevant: data.relevant_dimension })
        }
        (Data::AnisotropicGaussians(data), UnitKind::Affine(_)) => {
            Ok(Coordinates::AffineRadii { relevant: data.relevant_dimension })
        }
    }
}

pub(crate) fn activation(file: &ScenarioFile) -> Result<Activation, BuildError> {
    Ok(model::activation(&file.model.activation)?)
}

fn initial(file: &ScenarioFile) -> Initial {
    let InitialKind::Gaussian(keys) = &file.model.initial;
    Initial::Gaussian { scale: keys.scale }
}

fn schedule(file: &ScenarioFile) -> Schedule {
    let ScheduleKind::Constant(_) = &file.dynamics.schedule;
    Schedule::Constant
}

fn limiter(name: LimiterName) -> Limiter {
    match name {
        LimiterName::Flat => Limiter::Flat,
        LimiterName::Minmod => Limiter::Minmod,
        LimiterName::VanLeer => Limiter::VanLeer,
        LimiterName::MonotonizedCentral => Limiter::MonotonizedCentral,
    }
}

fn method(name: StepperName) -> Method {
    match name {
        StepperName::Ssp2 => Method::Ssp2,
        StepperName::Ssp3 => Method::Ssp3,
    }
}
