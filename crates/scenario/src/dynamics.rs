//! `[dynamics]`: time, schedule, noise and regularisation, and what they mean.

use meanfield_model::problem::Bath;
use meanfield_run::schedule::{MOST_STAGES, Schedule, Stages};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::nothing::Nothing;
use crate::ranges::{LARGEST, LEAST};

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
    /// λ of the ridge (λ/2)|w|². Left out means none: the term is absent.
    #[serde(default)]
    pub ridge: f64,
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
    fn parse(&self, complaints: &mut Complaints) -> Schedule {
        match self {
            Self::Constant(_) => Schedule::Constant,
            Self::Power(PowerKeys { exponent }) => {
                let sensible = *exponent > -1.0 && *exponent <= 0.0;
                let message = format!("`exponent` must be above −1 and at most 0; it is {exponent:?}");
                let path = ["dynamics", "schedule", "power", "exponent"];
                complaints.unless(sensible, &path, message, "MMN 2018, Fig. 3: -0.25");
                Schedule::Power { exponent: *exponent }
            }
            Self::Inverse(InverseKeys { time }) => {
                let message = format!("`time` must lie between {LEAST:e} and {LARGEST:e}; it is {time:?}");
                let path = ["dynamics", "schedule", "inverse", "time"];
                let sensible = (LEAST..=LARGEST).contains(time);
                complaints.unless(sensible, &path, message, "write e.g. time = 1.0");
                Schedule::Inverse { time: *time }
            }
            Self::Steps(StepsKeys { changes }) => stages(changes, complaints),
        }
    }
}

/// The schedule of these changes.
fn stages(changes: &[[f64; 2]], complaints: &mut Complaints) -> Schedule {
    let factors = changes.iter().all(|[_, factor]| (LEAST..=LARGEST).contains(factor));
    let stages = Stages::new(changes).filter(|_| factors);
    let message = format!(
        "`changes` must be at most {MOST_STAGES} pairs [t, factor], with times that increase from above 0 \
         and factors from {LEAST:e} to {LARGEST:e}"
    );
    let path = ["dynamics", "schedule", "steps", "changes"];
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
        let schedule = self.schedule.parse(complaints);
        for (key, value) in [("temperature", self.temperature), ("ridge", self.ridge)] {
            let message =
                format!("`{key}` must be 0 or a number from {LEAST:e} to {LARGEST:e}; it is {value:?}");
            let help = format!("write e.g. {key} = 0.01, or leave it out");
            let sensible = value == 0.0 || (LEAST..=LARGEST).contains(&value);
            complaints.unless(sensible, &["dynamics", key], message, &help);
        }
        (schedule, self.bath())
    }
}
