//! What fluctuations are computed from: data by nodes of their length, the start by nodes of the radius, and
//! the harmonic degrees of a neuron's output. Nothing moves here.

use gauss_quad::GaussLegendre;
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::normal;
use meanfield_model::problem::{DataModel, Problem};
use meanfield_model::quadrature::NotConverged;
use meanfield_model::sphere;
use meanfield_model::unit::Unit;
use meanfield_model::zonal::{ZonalTable, eigenvalue, harmonics};
use meanfield_run::schedule::Schedule;

/// Radii are quantiles at Φ(g), |g| up to this: 6e-7 of the neurons start beyond.
const REACH: f64 = 5.0;
/// A power schedule below this exponent makes Σ s_k² of another order than ε.
const STEEPEST: f64 = -0.5;

/// How finely fluctuations are resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// M, nodes of the radius.
    pub radii: usize,
    /// Nodes of an input's length, for each class.
    pub lengths: usize,
    /// L: degrees ℓ < L.
    pub degrees: usize,
    /// Largest error of a step, relative to what the start and the noise make of each number.
    pub tolerance: f64,
}

/// b and c to 1e-5 of themselves where the law has not split.
impl Default for Resolution {
    fn default() -> Self {
        Self { radii: 24, lengths: 12, degrees: 6, tolerance: 3e-7 }
    }
}

impl Resolution {
    /// Nodes behind the second chaos, which a spread needs to a few per cent only: it is found
    /// anew for each time.
    pub fn of_second_chaos() -> Self {
        Self { radii: 10, lengths: 6, degrees: 3, tolerance: 1e-5 }
    }
}

/// Why fluctuations of a network cannot be computed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FluctuationError {
    /// Other data or neurons.
    #[error(
        "the closure, and fluctuations with noise, are known for neurons σ(⟨w, x⟩) and isotropic data alone"
    )]
    Coordinates,
    /// Another loss.
    #[error("the fluctuations of networks are known for the squared loss alone")]
    Loss,
    /// 1/β > 0, for equations that have none.
    #[error(
        "with noise, temperature > 0, the fluctuations of networks belong to the cells of `finite-volume`"
    )]
    Noise,
    /// 1/β = 0, for equations that live on it.
    #[error("without noise the fluctuations of networks belong to the atoms of `characteristics`")]
    NoNoise,
    /// ξ too steep at t = 0.
    #[error(
        "the squares of SGD's steps add up to more than any multiple of ε where ξ = t^{0}: \
             the fluctuations are known for exponents above -0.5"
    )]
    Schedule(f64),
    /// ξ jumps.
    #[error(
        "the fluctuations of networks are known for schedules without jumps: constant, power and inverse"
    )]
    Stages,
    /// Labels with noise, for equations that have none.
    #[error("with temperature > 0 the fluctuations of networks are known for labels without noise alone")]
    LabelNoise,
    /// Groups of parameters with steps of their own.
    #[error("the fluctuations of networks are known for parameters that are all trained alike")]
    Groups,
    /// A start that is not Gaussian.
    #[error(
        "the fluctuations of networks of neurons σ(⟨w, x⟩) on isotropic data are known for Gaussian starts \
         alone"
    )]
    Start,
    /// A start that is no smooth image of normal numbers.
    #[error(
        "the fluctuations of networks are known for starts that are not recorded, and for a and b that are \
         normal or uniform"
    )]
    RoughStart,
    /// Points, and σ with kinks.
    #[error(
        "on points of data the fluctuations of networks are known for activations without kinks alone: the \
         potential bends where the input of a neuron meets one"
    )]
    Kinks,
    /// Too many directions.
    #[error("the fluctuations of networks are known for data with one or two directions that matter")]
    Directions,
    /// Too many blocks.
    #[error("the fluctuations of networks are known for data of one or two blocks")]
    Blocks,
    /// No nodes.
    #[error(transparent)]
    Nodes(#[from] NotConverged),
}

/// Inputs of one class and one length.
#[derive(Clone, Copy, Debug)]
pub(super) struct DataNode {
    /// |x|.
    pub length: f64,
    /// y.
    pub label: f64,
    /// Probability.
    pub weight: f64,
}

/// One harmonic degree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Degree {
    /// √D_ℓ, the root of the number of its harmonics.
    pub root: f64,
    /// √Λ_ℓ, the root of minus the Laplacian's eigenvalue.
    pub gradient: f64,
    /// Whether ℓ = 0.
    pub is_mean: bool,
}

/// The problem, resolved.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) nodes: Vec<DataNode>,
    /// Radii at t = 0.
    pub(super) start: Vec<f64>,
    /// Shares of the neurons that start about each; they sum to 1.
    pub(super) weights: Vec<f64>,
    pub(super) degrees: Vec<Degree>,
    pub(super) table: ZonalTable,
    pub(super) ridge: f64,
    /// Variance of what is added to labels.
    pub(super) label_variance: f64,
    pub(super) schedule: Schedule,
    pub(super) tolerance: f64,
}

impl Setup {
    /// A problem under a schedule.
    ///
    /// # Errors
    /// Where fluctuations of its networks are not known.
    ///
    /// ```
    /// use meanfield_model::activation::{Activation, PiecewiseLinear};
    /// use meanfield_model::data::GaussianClasses;
    /// use meanfield_model::initial::Initial;
    /// use meanfield_model::problem::Problem;
    /// use meanfield_run::schedule::Schedule;
    /// use meanfield_solver::fluctuations::{Fluctuations, Resolution, Setup};
    ///
    /// let data = GaussianClasses::isotropic(40, 0.8)?;
    /// let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
    /// let start = Initial::Gaussian { scale: 0.8 };
    /// let problem = Problem::two_layer(data, Activation::PiecewiseLinear(sigma), start)?;
    /// let coarse = Resolution { radii: 12, lengths: 8, degrees: 3, tolerance: 1e-5 };
    /// let setup = Setup::new(&problem, Schedule::Constant, coarse)?;
    /// let mut fluctuations = Fluctuations::new(setup);
    /// fluctuations.advance_to(0.1)?;
    /// let found = fluctuations.statistics();
    /// // Steps of SGD lower the risk here, and few neurons raise it.
    /// assert!(found.bias_per_neuron > 0.0 && found.bias_per_step < 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        problem: &Problem,
        schedule: Schedule,
        resolution: Resolution,
    ) -> Result<Self, FluctuationError> {
        let data = check(problem, schedule)?;
        if problem.bath().is_noisy() {
            return Err(FluctuationError::Noise);
        }
        let start = radii(problem.start().weights(), data.dimension, resolution.radii);
        Self::on_radii(problem, schedule, resolution, start)
    }

    /// The same, with noise or without, on radii and the neurons' shares there.
    pub(super) fn on_radii(
        problem: &Problem,
        schedule: Schedule,
        resolution: Resolution,
        (start, weights): (Vec<f64>, Vec<f64>),
    ) -> Result<Self, FluctuationError> {
        let data = check(problem, schedule)?;
        let degrees = (0..resolution.degrees).map(|degree| Degree {
            root: harmonics(data.dimension, degree).sqrt(),
            gradient: eigenvalue(data.dimension, degree).sqrt(),
            is_mean: degree == 0,
        });
        Ok(Self {
            nodes: data_nodes(data, resolution.lengths)?,
            start,
            weights,
            degrees: degrees.collect(),
            table: ZonalTable::new(problem.activation(), data.dimension, resolution.degrees),
            ridge: problem.bath().ridge,
            label_variance: problem.label_noise().powi(2),
            schedule,
            tolerance: resolution.tolerance,
        })
    }

    /// ξ at s.
    pub(super) fn rate_at(&self, clock: f64) -> f64 {
        self.schedule.rate(self.schedule.time(clock))
    }

    /// ∫ξ ds from 0 to s: the share of ε's effects that a time brings, infinite rates at 0 included.
    pub(super) fn noise_until(&self, clock: f64) -> f64 {
        self.schedule.square_until(self.schedule.time(clock))
    }
}

/// The data of a problem whose fluctuations are known, but for its noise.
pub(super) fn check(problem: &Problem, schedule: Schedule) -> Result<&GaussianClasses, FluctuationError> {
    let DataModel::OneBlock(data) = problem.data() else { return Err(FluctuationError::Coordinates) };
    if problem.unit() != Unit::Inner {
        return Err(FluctuationError::Coordinates);
    }
    if problem.loss() != Loss::Squared {
        return Err(FluctuationError::Loss);
    }
    check_start(problem)?;
    check_groups(problem)?;
    check_schedule(schedule)?;
    Ok(data)
}

/// Whether w starts Gaussian.
fn check_start(problem: &Problem) -> Result<(), FluctuationError> {
    let is_gaussian = matches!(problem.start().weights(), Initial::Gaussian { .. });
    if is_gaussian && problem.recorded_start().is_none() { Ok(()) } else { Err(FluctuationError::Start) }
}

/// Whether all parameters are trained alike.
pub(super) fn check_groups(problem: &Problem) -> Result<(), FluctuationError> {
    if problem.groups().are_alike() { Ok(()) } else { Err(FluctuationError::Groups) }
}

/// Whether the squares of SGD's steps add up to a multiple of ε.
pub(super) fn check_schedule(schedule: Schedule) -> Result<(), FluctuationError> {
    match schedule {
        Schedule::Power { exponent } if exponent <= STEEPEST => Err(FluctuationError::Schedule(exponent)),
        Schedule::Steps(_) => Err(FluctuationError::Stages),
        _ => Ok(()),
    }
}

/// Gauss–Legendre nodes in g, as radii at Φ(g), and their shares.
fn radii(initial: &Initial, dimension: usize, count: usize) -> (Vec<f64>, Vec<f64>) {
    let count = count.max(2).try_into().expect("at least two");
    let rule = GaussLegendre::new(count);
    let mut nodes: Vec<(f64, f64)> = rule.as_node_weight_pairs().to_vec();
    nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let shares: Vec<f64> = nodes.iter().map(|(x, weight)| weight * normal::density(REACH * x)).collect();
    let total: f64 = shares.iter().sum();
    let radii = nodes.iter().map(|(x, _)| initial.radial_quantile_of_normal(dimension, REACH * x));
    (radii.collect(), shares.iter().map(|share| share / total).collect())
}

fn data_nodes(data: &GaussianClasses, lengths: usize) -> Result<Vec<DataNode>, NotConverged> {
    let rule = sphere::lengths(data.dimension, lengths)?;
    let of_class = |class: &meanfield_model::data::Class| {
        let class = *class;
        rule.clone().into_iter().map(move |(length, share)| DataNode {
            length: class.scale * length,
            label: class.label,
            weight: class.weight * share,
        })
    };
    Ok(data.classes.iter().flat_map(of_class).collect())
}
