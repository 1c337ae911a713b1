//! The kind `finite-step`: a network's mean law at given N and ε, by a closure of its fluctuations. No
//! network is trained, and it is no limit: an approximation.

use meanfield_model::problem::Bath;
use meanfield_model::reduction::Resolution;
use meanfield_run::facts;
use meanfield_run::record::Nature;
use meanfield_run::system::Cost;
use meanfield_solver::fluctuations::{FiniteStep, Resolution as Fineness, Setup, Sizes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::SystemComplaints;
use super::kind::{BuildError, Kind, Run, TwoLayerKind};
use crate::setting::{Draft, Setting, Timing};

/// CPU seconds per root of s = ∫ξ dt, and bytes.
const SECONDS: f64 = 0.45;
const BYTES: f64 = 1e7;
/// Largest N that is a number of neurons.
const MOST_NEURONS: f64 = 1e15;

/// Keys of `finite-step`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "A network's mean law at given N and ε, by a closure: an approximation.")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FiniteStepKeys {
    /// N, the number of neurons.
    pub neurons: usize,
    /// ε, the step of SGD: time is t = kε.
    pub step_size: f64,
}

impl Kind for FiniteStepKeys {
    fn nature(&self) -> Nature {
        Nature::Limit
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        Some(self)
    }
}

impl TwoLayerKind for FiniteStepKeys {
    fn kernel(&self, _: Bath) -> Option<Resolution> {
        None
    }

    /// What it cannot have is known once the problem is.
    fn check_bath(&self, _: &Draft, _: &mut SystemComplaints) {}

    fn check(&self, _: &Draft, complaints: &mut SystemComplaints) {
        let Self { neurons, step_size } = self;
        let message = format!("`neurons` is N, from 1 on; it is {neurons}");
        let is_number = *neurons >= 1 && (*neurons as f64) < MOST_NEURONS;
        complaints.unless(is_number, "neurons", message, "write e.g. neurons = 400");
        let message = format!("`step-size` is ε, a positive number; it is {step_size:?}");
        let is_step = *step_size > 0.0 && step_size.is_finite();
        complaints.unless(is_step, "step-size", message, "write e.g. step-size = 1e-5");
    }

    fn check_built(&self, setting: &Setting, complaints: &mut SystemComplaints) {
        if let Err(error) = Setup::new(&setting.problem, setting.schedule, Fineness::default()) {
            complaints.unless_whole(false, error.to_string(), "leave this system out");
        }
    }

    fn cost(&self, setting: &Setting, _: Timing) -> Cost {
        Cost { seconds: SECONDS * setting.clock().sqrt(), bytes: BYTES }
    }

    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError> {
        let setup = Setup::new(&setting.problem, setting.schedule, Fineness::default())?;
        let sizes = Sizes { neurons: self.neurons as f64, step_size: self.step_size };
        let facts = vec![(facts::NEURONS, sizes.neurons), (facts::STEP_SIZE, sizes.step_size)];
        Run::only(Box::new(FiniteStep::new(setup, sizes)), facts)
    }

    fn has_long_strides(&self, _: &Setting) -> bool {
        false
    }
}
