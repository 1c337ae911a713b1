//! From a checked scenario to systems ready to run: the one place where names become things.

mod cells;
mod dynamics;
mod equilibrium;
mod minimum;
mod reduction;
mod unbuilt;

use meanfield_model::activation::Activation;
use meanfield_model::axis::AxisError;
use meanfield_model::block_series::BlockSeriesError;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::initial::{AffineStart, CoordinateStart, Initial, Normal};
use meanfield_model::landscape::Landscape;
use meanfield_model::loss::Loss;
use meanfield_model::mixture::Mixture;
use meanfield_model::radial_landscape::LandscapeError;
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_run::background::Background;
use meanfield_run::drive::Identity;
use meanfield_run::facts::{self, FactKind};
use meanfield_run::record::Place;
use meanfield_run::schedule::Schedule;
use meanfield_run::side_by_side::Job;
use meanfield_run::system::System;
use meanfield_solver::finite_width;
use meanfield_solver::grid::StartError;

use crate::file::{
    Data, FiniteNetworkKeys, InitialKind, NOISE_FACTOR, NormalKeys, PrecisionName, ScenarioFile,
    ScheduleKind, SystemKind, UnitKind,
};
use crate::{Point, Scenario};
use crate::{coarser, cost, model};
use reduction::{Reduced, Reduction, reduce};
use unbuilt::Unbuilt;

pub(crate) use cells::{cells_at_end, ends, follows, start_on_axes};
pub(crate) use minimum::thresholds_key;
pub(crate) use reduction::starts;

/// Seconds, and atoms, beyond which a stride is computed in the background.
const MOMENT: f64 = 0.5;
const MANY_ATOMS: usize = 20_000;

/// A system, and the facts about it.
type Built = (Box<dyn System>, Vec<(&'static FactKind, f64)>);

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
    /// A box that output weights do not have.
    #[error("a law of output weights has no least risk on a box: they are unbounded")]
    Unbounded,
    /// Output weights with data of one block.
    #[error("neurons with output weight and offset are known for anisotropic data alone so far")]
    AffineIsotropic,
    /// Output weights without a start.
    #[error("neurons with output weight and offset need a start for both")]
    AffineStart,
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

impl Scenario {
    /// The runs: one for each point, system and seed, and for each companion at half the resolution.
    pub fn build(&self) -> Result<Vec<Job>, BuildError> {
        let mut jobs = Vec::new();
        for point in &self.points {
            jobs.extend(build_point(point)?);
        }
        Ok(jobs)
    }
}

/// The runs at one point that no point before has.
pub fn build_point(point: &Point) -> Result<Vec<Job>, BuildError> {
    jobs(point, |_, _, error| Err(error))
}

/// The same at a point of a sweep, of which only a sample was built before: what cannot be built here is a run that fails.
pub fn build_point_of_sweep(point: &Point) -> Result<Vec<Job>, BuildError> {
    jobs(point, |name, system, error| {
        let unbuilt = Box::new(Unbuilt { why: error.to_string() });
        Ok(vec![job(&point.file, name, system, Vec::new(), None, unbuilt)])
    })
}

/// The runs at a point; `otherwise` says what takes the place of those that cannot be built.
fn jobs(
    point: &Point,
    otherwise: impl Fn(&str, &SystemKind, BuildError) -> Result<Vec<Job>, BuildError>,
) -> Result<Vec<Job>, BuildError> {
    let (file, mut jobs) = (&point.file, Vec::new());
    for (name, system) in &file.systems {
        let Some(place) = point.place_of(name) else { continue };
        let mut here = runs(file, name, system).or_else(|error| otherwise(name, system, error))?;
        if let Some(coarse) = coarser::companion(file, system) {
            let coarse = coarser::with_coarser_kernel(file, system, coarse);
            let coarse = coarse.and_then(|coarse| runs(file, name, &coarse));
            let coarse = coarse.or_else(|error| otherwise(name, system, error))?;
            here.extend(coarse.into_iter().map(|job| Job { coarse: true, ..job }));
        }
        for mut job in here {
            job.run.splice(0..0, place.iter().cloned());
            jobs.push(job);
        }
    }
    Ok(jobs)
}

/// The runs of a system at one point, one for each seed.
fn runs(file: &ScenarioFile, name: &str, system: &SystemKind) -> Result<Vec<Job>, BuildError> {
    let one = |(built, facts): Built| Ok(vec![job(file, name, system, facts, None, built)]);
    match system {
        SystemKind::FiniteVolume(keys) => one(cells::finite_volume(file, keys)?),
        SystemKind::Characteristics(keys) => one(dynamics::characteristics(file, keys)?),
        SystemKind::Jko(keys) => one(dynamics::jko(file, keys)?),
        SystemKind::Landscape(keys) => one(equilibrium::equilibrium(file, keys)?),
        SystemKind::FiniteNetwork(keys) => {
            keys.seeds.iter().map(|seed| finite_network(file, name, keys, *seed)).collect()
        }
    }
}

/// Whether a stride, or looking at what it comes to, may take longer than anybody wants to wait: one step with noise on cells in
/// several coordinates takes seconds, a problem without time is solved in one stride, and a network's risk is a sum over pairs.
fn has_long_strides(file: &ScenarioFile, system: &SystemKind) -> bool {
    match system {
        SystemKind::FiniteVolume(keys) => file.dynamics.temperature > 0.0 && keys.cells.len() > 1,
        SystemKind::Landscape(_) => true,
        SystemKind::Characteristics(keys) => keys.atoms.max(keys.most_atoms) > MANY_ATOMS,
        SystemKind::Jko(keys) => keys.atoms.max(keys.most_atoms) > MANY_ATOMS,
        SystemKind::FiniteNetwork(keys) => cost::longest_moment(file, keys) > MOMENT,
    }
}

fn finite_network(
    file: &ScenarioFile,
    name: &str,
    keys: &FiniteNetworkKeys,
    seed: u64,
) -> Result<Job, BuildError> {
    let setup = Setup {
        data: mixture(file)?,
        activation: activation(file)?,
        loss: model::loss(&file.model.loss),
        coordinates: coordinates(file)?,
        affine: match file.model.unit {
            UnitKind::Inner(_) => None,
            UnitKind::Affine(_) => Some(affine_start(file)?),
        },
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
    let facts = vec![(facts::NEURONS, keys.neurons as f64), (facts::STEP_SIZE, keys.step_size)];
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
    facts: Vec<(&'static FactKind, f64)>,
    run: Option<(String, f64)>,
    built: Box<dyn System>,
) -> Job {
    let built = if has_long_strides(file, system) { Box::new(Background::new(built)) } else { built };
    let names = coordinates(file).map_or(Vec::new(), Coordinates::names);
    let coordinates = names.into_iter().map(str::to_owned).collect();
    let runs = if let SystemKind::FiniteNetwork(keys) = system { keys.seeds.len() as f64 } else { 1.0 };
    let identity = Identity {
        system: name.to_owned(),
        kind: system.kind(),
        nature: system.nature(),
        coordinates,
        facts,
    };
    let run = run.map(|(axis, value)| Place { axis, key: None, value }).into_iter().collect();
    Job { identity, run, coarse: false, system: built, seconds: cost::of_runs(file, system).seconds / runs }
}

/// What the 1/N correction starts from.
pub(crate) fn bias_start(file: &ScenarioFile) -> Result<finite_width::Start, BuildError> {
    if model::loss(&file.model.loss) != Loss::Squared {
        return Err(BuildError::BiasOfLoss);
    }
    let (data, sigma) = (data(file)?, activation(file)?);
    Ok(finite_width::Start::new(&data, &sigma, &initial(file), file.dynamics.ridge)?)
}

/// The landscape of a system that has one, to see whether it can be made.
pub(crate) fn landscape(file: &ScenarioFile, system: &SystemKind) -> Result<(), BuildError> {
    struct CanBe;
    impl Reduced for CanBe {
        type Output = ();
        fn with<const D: usize, L: Landscape<D> + Clone + 'static>(
            self,
            _: Reduction<D, L>,
        ) -> Result<(), BuildError> {
            Ok(())
        }
    }
    match (system, system.kernel()) {
        (SystemKind::Landscape(keys), _) => equilibrium::landscape(file, keys),
        (_, Some((limit, tolerance))) => reduce(file, limit, tolerance, CanBe),
        (_, None) => Ok(()),
    }
}

/// How finely a kernel is resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Kernel {
    /// Terms of its series, or nodes of its quadrature.
    pub terms: usize,
    /// What they leave out, as far out as the kernel was made for.
    pub truncation: f64,
}

/// The kernel of a system of the dynamics, to be compared with another's.
pub(crate) fn kernel(file: &ScenarioFile, system: &SystemKind) -> Result<Kernel, BuildError> {
    struct Of;
    impl Reduced for Of {
        type Output = Kernel;
        fn with<const D: usize, L: Landscape<D> + Clone + 'static>(
            self,
            reduction: Reduction<D, L>,
        ) -> Result<Kernel, BuildError> {
            Ok(Kernel { terms: reduction.terms, truncation: reduction.truncation })
        }
    }
    match system.kernel() {
        Some((limit, tolerance)) => reduce(file, limit, tolerance, Of),
        None => Ok(Kernel { terms: 0, truncation: 0.0 }),
    }
}

/// Terms of the series of a system's landscape; None for a system without one, or whose landscape cannot be
/// made.
pub(crate) fn terms(file: &ScenarioFile, system: &SystemKind) -> Option<usize> {
    kernel(file, system).ok().map(|kernel| kernel.terms).filter(|_| system.kernel().is_some())
}

/// How many coordinates do not start at a point; 1 where the start cannot be told.
pub(crate) fn directions(file: &ScenarioFile) -> usize {
    let spread = |starts: Vec<CoordinateStart>| starts.iter().filter(|start| !start.is_point()).count();
    starts(file).map_or(1, spread)
}

/// Data of one block.
fn data(file: &ScenarioFile) -> Result<GaussianClasses, BuildError> {
    match &file.model.data {
        Data::IsotropicGaussians(keys) => Ok(GaussianClasses::isotropic(keys.dimension, keys.separation)?),
        Data::AnisotropicGaussians(_) => Err(BuildError::Coordinates),
    }
}

/// Data of any kind, to draw samples from.
fn mixture(file: &ScenarioFile) -> Result<Mixture, BuildError> {
    match &file.model.data {
        Data::IsotropicGaussians(_) => Ok(data(file)?.into()),
        Data::AnisotropicGaussians(keys) => {
            let (relevant, separation) = (keys.relevant_dimension, keys.separation);
            Ok(BlockClasses::anisotropic(keys.dimension, relevant, separation)?.into())
        }
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

/// The laws of a and b at t = 0.
fn affine_start(file: &ScenarioFile) -> Result<AffineStart, BuildError> {
    let InitialKind::Gaussian(keys) = &file.model.initial;
    let law = |keys: &NormalKeys| Normal { mean: keys.mean, deviation: keys.deviation };
    match (&keys.a, &keys.b) {
        (Some(a), Some(b)) => Ok(AffineStart { a: law(a), b: law(b) }),
        _ => Err(BuildError::AffineStart),
    }
}

pub(crate) fn schedule(file: &ScenarioFile) -> Schedule {
    match &file.dynamics.schedule {
        ScheduleKind::Constant(_) => Schedule::Constant,
        ScheduleKind::Power(keys) => Schedule::Power { exponent: keys.exponent },
    }
}
