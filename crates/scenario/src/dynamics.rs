//! `[dynamics]`: time, schedule, noise and regularisation, and what they mean.

mod groups;

use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::problem::Bath;
use meanfield_model::unit::Unit;
use meanfield_run::schedule::{MOST_STAGES, Schedule, Stages};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::nothing::Nothing;
use crate::ranges::{LARGEST, LEAST};

pub use groups::{FactorKeys, RidgeOn};

/// Time, schedule, noise and regularisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dynamics {
    /// The last time, t = kε.
    pub end_time: f64,
    /// ξ(t): SGD's step is s_k = ε ξ(kε).
    pub schedule: ScheduleKind,
    /// 1/β of noisy SGD, whose noise is √(4 s_k/β) g a step (MMN's eq. 12; their eq. 11 prints √(2 s_k/β)),
    /// and of the PDE's diffusion. Left out means none: the term is absent.
    #[serde(default)]
    pub temperature: f64,
    /// By what the temperature is multiplied, as a function of t; not by a power, which is infinite at 0.
    /// By default it stays what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling: Option<ScheduleKind>,
    /// λ of the ridge (λ/2)|θ|². Left out means none: the term is absent.
    #[serde(default)]
    pub ridge: f64,
    /// Parameters that the ridge acts on; of neurons with output weight and offset.
    #[serde(default, skip_serializing_if = "is_on_all")]
    pub ridge_on: RidgeOn,
    /// Factors of the steps of output weights a, offsets b and weights w of two-layer networks; 0 freezes
    /// them.
    #[serde(default, skip_serializing_if = "FactorKeys::are_alike")]
    pub factors: FactorKeys,
}

fn is_on_all(ridge_on: &RidgeOn) -> bool {
    *ridge_on == RidgeOn::All
}

/// Schedules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScheduleKind {
    /// ξ(t) = 1.
    Constant(Nothing),
    /// ξ(t) = t^exponent. The samples of SGD are counted from 1: its first step is ε ξ(ε).
    Power(PowerKeys),
    /// ξ(t) = 1/(1 + t/time).
    Inverse(InverseKeys),
    /// ξ(t) = 1, then each factor from its time on.
    Steps(StepsKeys),
}

/// Keys of `inverse`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InverseKeys {
    /// When ξ has halved.
    pub time: f64,
}

/// Keys of `steps`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StepsKeys {
    /// Pairs [t, factor], t increasing; at most 16.
    pub changes: Vec<[f64; 2]>,
}

/// Keys of `power`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PowerKeys {
    /// Above −1, so that ∫ξ dt is finite, and at most 0; MMN's Fig. 3 has −0.25.
    pub exponent: f64,
}

impl ScheduleKind {
    /// The schedule of a key; what is wrong with it is noted.
    fn parse(&self, key: &'static str, complaints: &mut Complaints) -> Schedule {
        match self {
            Self::Constant(_) => Schedule::Constant,
            Self::Power(PowerKeys { exponent }) => {
                let sensible = *exponent > -1.0 && *exponent <= 0.0;
                let message = format!("`exponent` must be above −1 and at most 0; it is {exponent:?}");
                let path = ["dynamics", key, "power", "exponent"];
                complaints.unless(sensible, &path, message, "MMN 2018, Fig. 3: -0.25");
                Schedule::Power { exponent: *exponent }
            }
            Self::Inverse(InverseKeys { time }) => {
                let message = format!("`time` must lie between {LEAST:e} and {LARGEST:e}; it is {time:?}");
                let path = ["dynamics", key, "inverse", "time"];
                let sensible = (LEAST..=LARGEST).contains(time);
                complaints.unless(sensible, &path, message, "write e.g. time = 1.0");
                Schedule::Inverse { time: *time }
            }
            Self::Steps(StepsKeys { changes }) => stages(changes, key, complaints),
        }
    }
}

/// The schedule of these changes.
fn stages(changes: &[[f64; 2]], key: &'static str, complaints: &mut Complaints) -> Schedule {
    let factors = changes.iter().all(|[_, factor]| (LEAST..=LARGEST).contains(factor));
    let stages = Stages::new(changes).filter(|_| factors);
    let message = format!(
        "`changes` must be at most {MOST_STAGES} pairs [t, factor], with times that increase from above 0 \
         and factors from {LEAST:e} to {LARGEST:e}"
    );
    let path = ["dynamics", key, "steps", "changes"];
    complaints.unless(stages.is_some(), &path, message, "write e.g. changes = [[1.0, 0.1], [2.0, 0.01]]");
    stages.map_or(Schedule::Constant, Schedule::Steps)
}

impl Dynamics {
    /// Noise and ridge.
    pub(crate) fn bath(&self) -> Bath {
        Bath { temperature: self.temperature, ridge: self.ridge }
    }

    /// Schedule, noise and ridge; everything that is wrong with the section is noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> (Schedule, Bath) {
        let sensible = self.end_time > 0.0 && self.end_time.is_finite();
        let message = format!("the end time must be a positive number; it is {:?}", self.end_time);
        complaints.unless(sensible, &["dynamics", "end-time"], message, "write e.g. end-time = 10.0");
        let schedule = self.schedule.parse("schedule", complaints);
        for (key, value) in [("temperature", self.temperature), ("ridge", self.ridge)] {
            let message =
                format!("`{key}` must be 0 or a number from {LEAST:e} to {LARGEST:e}; it is {value:?}");
            let help = format!("write e.g. {key} = 0.01, or leave it out");
            let sensible = value == 0.0 || (LEAST..=LARGEST).contains(&value);
            complaints.unless(sensible, &["dynamics", key], message, &help);
        }
        (schedule, self.bath())
    }

    /// How groups of parameters are trained.
    pub(crate) fn groups(&self) -> ParameterGroups {
        self.factors.groups(self.ridge_on)
    }

    /// The factor of the temperature, and what is wrong with the keys of two-layer networks alone.
    pub(crate) fn parse_two_layer(&self, unit: Unit, complaints: &mut Complaints) -> Schedule {
        self.factors.check(unit, complaints);
        let is_needed = self.ridge_on == RidgeOn::All || (unit == Unit::Affine && self.ridge > 0.0);
        let message = "`ridge-on` is for a ridge on neurons a σ(⟨w, x⟩ + b), and there is none";
        complaints.unless(is_needed, &["dynamics", "ridge-on"], message, "leave it out");
        let Some(cooling) = &self.cooling else { return Schedule::Constant };
        let message = "there is no temperature that could change";
        let help = "write e.g. temperature = 0.1, or leave out cooling";
        complaints.unless(self.temperature != 0.0, &["dynamics", "cooling"], message, help);
        let is_finite = !matches!(cooling, ScheduleKind::Power(_));
        let message = "a temperature that is a power of time is infinite at the start";
        let help = "write e.g. cooling.inverse = { time = 1.0 }";
        complaints.unless(is_finite, &["dynamics", "cooling", "power"], message, help);
        if is_finite { cooling.parse("cooling", complaints) } else { Schedule::Constant }
    }

    /// Notes keys that networks with layers do not have.
    pub(crate) fn refuse_two_layer(&self, complaints: &mut Complaints) {
        let others = [
            ("cooling", self.cooling.is_none()),
            ("ridge-on", self.ridge_on == RidgeOn::All),
            ("factors", self.factors.are_alike()),
        ];
        for (key, is_left_out) in others {
            let message = format!("`{key}` is of two-layer networks, and this model has layers");
            complaints.unless(is_left_out, &["dynamics", key], message, "leave it out");
        }
    }
}
