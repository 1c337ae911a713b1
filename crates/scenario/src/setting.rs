//! Data that the systems of one scenario share: the problem, its schedule, its observations. It is a
//! [`Draft`] during the checks, and a [`Setting`] once the model is known to be in order.
//!
//! Kernels are made when they are first needed, and stored until the runs are built.

mod feature_time;
mod observed;
mod points;

use std::sync::{Arc, Mutex, PoisonError};

use meanfield_model::activation::Activation;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data_model::CoordinatesError;
use meanfield_model::loss::Loss;
use meanfield_model::number_law::NumberLaw;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::problem::{Bath, Problem};
use meanfield_model::reduction::{Reduced, ReductionError, Resolution};
use meanfield_model::unit::Unit;
use meanfield_run::cooling::Cooling;
use meanfield_run::schedule::Schedule;
use meanfield_solver::least_risk::separations::KnownThresholds;

use crate::systems::complaints::LOOSEST;
use crate::systems::kernel_keys::DEFAULT_TOLERANCE;
use feature_time::FeatureTimer;

pub(crate) use feature_time::{FeatureTime, Timing};
pub(crate) use observed::Observed;
pub(crate) use points::{
    LayeredDraft, LayeredProblem, LayeredSetting, PointsDraft, PointsProblem, PointsSetting, ResidualDraft,
    ResidualModel, ResidualSetting,
};

/// Terms of a kernel's series where it cannot be made.
const USUAL_TERMS: f64 = 12.0;

/// A scenario that is being checked, as its systems see it.
#[derive(Clone, Debug)]
pub(crate) struct Draft<'a> {
    /// Known where data and unit have a reduction, whatever their numbers.
    pub coordinates: Result<Coordinates, CoordinatesError>,
    /// The form of a neuron.
    pub unit: Unit,
    /// ℓ.
    pub loss: Loss,
    /// σ, where it can be made.
    pub activation: Option<&'a Activation>,
    /// Noise and ridge, sensible or not.
    pub bath: Bath,
    /// How groups of parameters are trained, sensible or not.
    pub groups: ParameterGroups,
    /// ξ(t), sensible or not.
    pub schedule: Schedule,
    /// By what the temperature is multiplied, sensible or not.
    pub cooling: Schedule,
    /// The end of the run, sensible or not.
    pub end_time: f64,
    /// Lists of times, by key, where they and the end are in order.
    pub times: Option<[(&'static str, &'a [f64]); 2]>,
    /// How widely coordinates start.
    pub spread: Spread,
    /// The model is in order; whether kernels are to be made.
    pub setting: Option<&'a Setting>,
}

impl Draft<'_> {
    /// Whether the law has one radius and nothing else.
    pub fn is_radial(&self) -> bool {
        self.coordinates == Ok(Coordinates::Radius)
    }
}

/// What claims, laws and figures of a scenario can be about, whatever the family of its networks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline {
    /// Coordinates of the recorded law, where they are known.
    pub coordinates: Option<Coordinates>,
    /// Layers of networks that have some; None of two-layer networks.
    pub layers: Option<usize>,
    /// Whether there is noise.
    pub is_noisy: bool,
    /// Whether the lists of times and the end are in order.
    pub has_times: bool,
}

/// How widely coordinates start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// Standard normals that the start is the image of; 1 where it is not known.
    pub directions: usize,
    /// Least deviation of a number of a neuron at the start, 0 at an overlap; infinite where it has none.
    pub narrowest: f64,
    /// The largest; 0 where it has none.
    pub widest: f64,
}

impl Spread {
    /// The spread of a start with these numbers, of a problem where there is one.
    pub fn new(problem: Option<&Problem>, numbers: &[NumberLaw]) -> Self {
        let deviations = || numbers.iter().map(NumberLaw::deviations);
        let is_narrow = problem.is_some_and(|problem| problem.start().weights().has_overlap());
        Self {
            directions: problem.map_or(1, Problem::directions),
            narrowest: match is_narrow {
                true => 0.0,
                false => deviations().map(|[least, _]| least).fold(f64::INFINITY, f64::min),
            },
            widest: deviations().map(|[_, most]| most).fold(0.0, f64::max),
        }
    }
}

/// A kernel, with the resolution that was requested.
type Kernel = (Resolution, Arc<Reduced>);

/// Kernels that were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kernels(Arc<Mutex<Vec<Kernel>>>);

/// A scenario whose model is in order, by the family of its networks.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one for each point")]
pub(crate) enum PointSetting {
    /// Two layers, in reduced coordinates.
    TwoLayer(Setting),
    /// Any depth, on points of data.
    Layered(LayeredSetting),
    /// Residual networks, on points of data.
    Residual(ResidualSetting),
}

impl PointSetting {
    /// How much is observed.
    pub fn observed(&self) -> Observed {
        match self {
            Self::TwoLayer(setting) => setting.observed,
            Self::Layered(setting) => setting.observed,
            Self::Residual(setting) => setting.observed,
        }
    }

    /// Number of coordinates of the law.
    pub fn coordinates(&self) -> usize {
        match self {
            Self::TwoLayer(setting) => setting.coordinates(),
            Self::Layered(setting) => setting.coordinates().names().len(),
            Self::Residual(setting) => setting.coordinates().names().len(),
        }
    }

    /// Where networks leave the assumptions of the theory, in words; of two layers what grows, and kernels
    /// that were made less exact than by default.
    pub fn departures(&self) -> Vec<String> {
        match self {
            Self::TwoLayer(setting) => setting.growth().into_iter().chain(setting.loosened()).collect(),
            Self::Layered(setting) => setting.problem.departures(),
            Self::Residual(setting) => setting.problem.departures(),
        }
    }

    /// Drops kernels that were made.
    pub fn forget_kernels(&self) {
        if let Self::TwoLayer(setting) = self {
            setting.forget_kernels();
        }
    }
}

/// Two-layer networks: a scenario whose model is in order, as its systems see it.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// The problem that is solved.
    pub problem: Problem,
    /// ξ(t).
    pub schedule: Schedule,
    /// By what the temperature is multiplied, as a function of t.
    pub cooling: Schedule,
    /// The end of the run.
    pub end_time: f64,
    /// Whether deterministic systems run a second time, coarser.
    pub refinement: bool,
    /// How much is observed.
    pub observed: Observed,
    /// Thresholds that other points may have found.
    pub thresholds: KnownThresholds,
    /// The kernels that were needed so far.
    pub kernels: Kernels,
    /// Whether all runs are finished, and only put together: nothing is trained.
    pub is_finished: bool,
}

impl Setting {
    /// Noise and ridge.
    pub fn bath(&self) -> Bath {
        self.problem.bath()
    }

    /// The factor of the temperature over the clock.
    pub fn cooling(&self) -> Cooling {
        Cooling::new(self.cooling, self.schedule)
    }

    /// s = ∫ξ dt at the end.
    pub fn clock(&self) -> f64 {
        self.schedule.clock(self.end_time)
    }

    /// What follows where σ outgrows its input, in words.
    fn growth(&self) -> Vec<String> {
        let grows = self.problem.activation().outgrows_lines();
        let words = "the activation grows faster than its input: SGD diverges where steps are too long, and \
                     a smaller `step-size` is then the remedy";
        grows.then(|| words.to_owned()).into_iter().collect()
    }

    /// What kernels leave out whose default tolerance was out of reach, in words; of those made so far.
    fn loosened(&self) -> Option<String> {
        let kernels = self.kernels.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = kernels.iter().filter(|(asked, _)| asked.tolerance == DEFAULT_TOLERANCE);
        let left_out = made.map(|(_, kernel)| kernel.truncation()).fold(0.0, f64::max);
        (left_out > DEFAULT_TOLERANCE).then(|| {
            format!(
                "the kernel leaves out up to {left_out:.1e}: the default `kernel-tolerance`, \
                 {DEFAULT_TOLERANCE:e}, is out of reach here, and gave way"
            )
        })
    }

    /// Number of coordinates.
    pub fn coordinates(&self) -> usize {
        self.problem.coordinates().names().len()
    }

    /// Times at which something is observed.
    pub fn observations(&self) -> f64 {
        self.observed.observations()
    }

    /// How widely coordinates start.
    pub fn spread(&self) -> Spread {
        let numbers = self.problem.start().affine().into_iter();
        let numbers: Vec<NumberLaw> = numbers.flat_map(|start| [&start.a, &start.b]).cloned().collect();
        Spread::new(Some(&self.problem), &numbers)
    }

    /// The problem in its coordinates, with a kernel of this resolution: made once. Where the default
    /// tolerance is out of reach, as for kinks in few dimensions, it is the next power of ten that can be
    /// reached, up to the loosest that may be stated; what is left out then is in the record, and judged.
    ///
    /// # Errors
    /// Where there is no such kernel.
    pub fn reduced(&self, resolution: Resolution) -> Result<Arc<Reduced>, ReductionError> {
        let mut kernels = self.kernels.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = kernels.iter().find(|(asked, _)| *asked == resolution) {
            return Ok(known.clone());
        }
        let made = Arc::new(self.resolved(resolution)?);
        kernels.push((resolution, made.clone()));
        Ok(made)
    }

    fn resolved(&self, resolution: Resolution) -> Result<Reduced, ReductionError> {
        let made = self.problem.resolved(resolution);
        let Err(error) = &made else { return made };
        let looser = error.reachable().map(next_power_of_ten).filter(|looser| *looser <= LOOSEST);
        match looser {
            Some(tolerance) if resolution.tolerance == DEFAULT_TOLERANCE => {
                self.problem.resolved(Resolution { tolerance, ..resolution })
            }
            _ => made,
        }
    }

    /// Terms of a kernel, the ridge's included; how many there are usually where it cannot be made.
    pub fn rank(&self, resolution: Resolution) -> f64 {
        let ridge = if self.bath().ridge > 0.0 { 1.0 } else { 0.0 };
        self.reduced(resolution).map_or(USUAL_TERMS, |kernel| kernel.terms() as f64) + ridge
    }

    /// Features of a kernel, of all classes; those of two where it cannot be made.
    pub fn features(&self, resolution: Resolution) -> f64 {
        self.reduced(resolution).map_or(2.0 * USUAL_TERMS, |kernel| kernel.rank() as f64)
    }

    /// CPU seconds of a neuron's features on this machine, where they may be measured and costs have no good
    /// constants for them: σ and the loss decide.
    pub fn feature_time(&self, resolution: Resolution, timing: Timing) -> Option<FeatureTime> {
        if timing == Timing::Constants {
            return None;
        }
        let reduced = self.reduced(resolution).ok()?;
        let has_constants = match *reduced {
            Reduced::Radius(_) => true,
            Reduced::Radii(_) | Reduced::AffineRadii(_) => self.problem.loss() == Loss::Squared,
            _ => false,
        };
        (!has_constants).then(|| Reduced::clone(&reduced).visit(FeatureTimer))
    }

    /// Drops the kernels.
    pub fn forget_kernels(&self) {
        self.kernels.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The least power of ten that is no less.
fn next_power_of_ten(x: f64) -> f64 {
    10f64.powi(x.log10().ceil() as i32)
}

#[cfg(test)]
mod tests {
    use meanfield_model::activation::{PiecewiseLinear, Placement, Shape, Smooth};
    use meanfield_model::data::GaussianClasses;
    use meanfield_model::initial::Initial;
    use meanfield_model::radial_series::DimensionLimit;
    use meanfield_model::reduction::Reach;

    use super::*;

    fn setting(activation: Activation) -> Setting {
        in_dimension(40, activation)
    }

    fn in_dimension(dimension: usize, activation: Activation) -> Setting {
        let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
        let problem = Problem::two_layer(data, activation, Initial::Gaussian { scale: 0.8 }).expect("fits");
        Setting {
            problem,
            schedule: Schedule::Constant,
            cooling: Schedule::Constant,
            end_time: 1.0,
            refinement: false,
            observed: Observed {
                times: 1,
                snapshots: 0,
                levels: 1,
                classification_error: false,
                weights: false,
                forces: false,
            },
            thresholds: KnownThresholds::default(),
            kernels: Kernels::default(),
            is_finished: false,
        }
    }

    const ASKED: Resolution =
        Resolution { limit: DimensionLimit::Finite, tolerance: 1e-6, reach: Reach::OfStart };

    #[test]
    fn a_kernel_is_made_once_for_each_resolution() {
        let setting = setting(Activation::PiecewiseLinear(PiecewiseLinear::relu()));
        let first = setting.reduced(ASKED).expect("converges");
        assert!(Arc::ptr_eq(&first, &setting.clone().reduced(ASKED).expect("known")));
        let looser = Resolution { tolerance: 1e-2, ..ASKED };
        assert!(setting.reduced(looser).expect("converges").terms() < first.terms());
        setting.forget_kernels();
        assert!(!Arc::ptr_eq(&first, &setting.reduced(ASKED).expect("made again")));
    }

    #[test]
    fn where_there_is_no_kernel_costs_are_the_usual_ones() {
        let place = Placement { gain: 1e5, ..Placement::default() };
        let steep = setting(Activation::Smooth(Smooth { shape: Shape::Tanh, place }));
        assert!(steep.reduced(ASKED).is_err());
        assert_eq!(steep.rank(ASKED), USUAL_TERMS);
    }

    #[test]
    fn the_default_tolerance_gives_way_to_what_can_be_reached_and_a_stated_one_does_not() {
        let kink = in_dimension(2, Activation::PiecewiseLinear(PiecewiseLinear::relu()));
        let left_out = |tolerance: f64| {
            kink.reduced(Resolution { tolerance, ..ASKED }).map(|kernel| kernel.truncation())
        };
        let by_default = left_out(DEFAULT_TOLERANCE).expect("gives way");
        assert!((1e-6..1e-3).contains(&by_default), "{by_default:e}");
        assert!(left_out(2.0 * DEFAULT_TOLERANCE).is_err());
        assert!(kink.loosened().is_some_and(|words| words.contains("out of reach here")));
        assert_eq!([3e-4, 1.2e-3].map(next_power_of_ten), [1e-3, 1e-2]);
    }
}
