//! The limit of residual networks: paths that are drawn in groups, which state its error.

use meanfield_deep::residual::architecture::ResidualProblem;
use meanfield_deep::residual::effect_resolution::EffectResolution;
use meanfield_deep::residual::effects::ResidualEffects;
use meanfield_deep::residual::limit::ResidualLimit;
use meanfield_deep::residual::resolution::ResidualResolution;
use meanfield_deep::residual::start::Regression;
use meanfield_deep::systems::residual::fluctuating::FluctuatingResidualLimit;
use meanfield_deep::systems::residual::limit::ResidualLimitSystem;
use meanfield_run::system::Cost;

use super::fluctuations::{KEY, check_time};
use super::keys::MeanFieldKeys;
use crate::expense::{NOTHING, bytes, plus};
use crate::setting::{ResidualDraft, ResidualModel, ResidualSetting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, NetworkKind, Run};

/// CPU seconds of a multiplication in a product of matrices; evaluations until t = 1, and the power of time
/// with which they grow.
const PER_MULTIPLICATION: f64 = 2e-10;
const EVALUATIONS: f64 = 90.0;
const GROWTH: f64 = 0.35;
/// Multiplications of a step of a displaced copy, for a path, a pair of points and a layer: for each step
/// made before, as far as factors are not compressed, and beside that; numbers for a path and a point.
const COPY: f64 = 32.0;
const MOST_FACTORS: f64 = 12.0;
const COPY_ITSELF: f64 = 100.0;
const COPY_NUMBERS: f64 = 200.0;
/// Least number of times at which effects are found.
const FEWEST: f64 = 4.0;
/// Factors of the weights between paths, times the points: they grow with the steps and are compressed.
const FACTORS: f64 = 6.0;

impl MeanFieldKeys {
    /// The resolution of the limit of residual networks: samples rounded up to whole pairs in whole groups.
    pub(in crate::systems) fn residual_resolution(&self) -> ResidualResolution {
        let mut resolution = ResidualResolution::default();
        let each = 2 * resolution.groups;
        resolution.paths = self.samples.unwrap_or(resolution.paths).div_ceil(each) * each;
        resolution.seed = self.seed;
        resolution.tolerance = self.tolerance.unwrap_or(resolution.tolerance);
        resolution
    }
}

impl NetworkKind<ResidualModel> for MeanFieldKeys {
    fn check(&self, draft: &ResidualDraft, complaints: &mut SystemComplaints) {
        self.check_numbers(complaints);
        check_time(self, complaints);
        if self.fluctuations_until > 0.0
            && let Some(setting) = draft.setting
        {
            let architecture = &setting.problem.networks.architecture;
            let both = [architecture.activation(), architecture.residual_activation()];
            let message = "second differences need smooth activations, and one has kinks";
            complaints.unless(both.iter().all(|own| own.is_smooth()), KEY, message, "leave it out");
        }
        let regressed = draft.setting.is_none_or(|own| own.problem.start.regression() != Regression::Absent);
        let message = "without regression the weights of residual networks grow as √m: there is no limit";
        complaints.unless_whole(regressed, message, "write regression.minimum-norm = {} in [model.residual]");
    }

    fn cost(&self, setting: &ResidualSetting) -> Cost {
        let paths = self.residual_resolution().paths as f64;
        let networks = &setting.problem.networks;
        let points = networks.data.points() as f64;
        let layers = networks.architecture.depth() as f64;
        // All paths, and all of them once more in groups.
        let each = 2.0 * 6.0 * paths * points * points * FACTORS * layers * PER_MULTIPLICATION;
        let numbers = 2.0 * paths * points * layers * (FACTORS + 20.0);
        let answers = setting.bytes_of_answers(paths * layers);
        let cost = Cost {
            seconds: each * EVALUATIONS * setting.end_time.powf(GROWTH),
            bytes: bytes(numbers) + answers,
        };
        plus(cost, effects_cost(self, setting))
    }

    fn runs(&self, setting: &ResidualSetting) -> Result<Vec<Run>, BuildError> {
        let ResidualModel { networks, start } = &setting.problem;
        let limit = ResidualLimit::new(networks.clone(), start, &self.residual_resolution())?;
        let system = ResidualLimitSystem::new(limit);
        let until = self.fluctuations_until.min(setting.end_time);
        if until <= 0.0 {
            return Run::only(Box::new(system), Vec::new());
        }
        let effects = ResidualEffects::new(networks, start, until, effect_resolution(networks, until))?;
        let system = FluctuatingResidualLimit::new(system, effects, setting.end_time);
        Run::only(Box::new(system), Vec::new())
    }
}

/// How finely effects until a time are found.
fn effect_resolution(networks: &ResidualProblem, until: f64) -> EffectResolution {
    let mut resolution = EffectResolution::new(networks);
    resolution.spacing = resolution.spacing.min(until / FEWEST);
    resolution
}

/// Cost of what width and step size do, alone.
fn effects_cost(keys: &MeanFieldKeys, setting: &ResidualSetting) -> Cost {
    let until = keys.fluctuations_until.min(setting.end_time);
    if until <= 0.0 || until.is_nan() {
        return NOTHING;
    }
    let networks = &setting.problem.networks;
    let points = networks.data.points() as f64;
    let layers = networks.architecture.depth() as f64;
    let resolution = effect_resolution(networks, until);
    let nodes = (until / resolution.spacing).ceil();
    // Steps of all copies: of two a direction from t = 0 on, and of two a point from each node on.
    let steps = 2.0 * nodes * (resolution.probes as f64 + 0.5 * (points + 1.0) * nodes);
    let paths = resolution.paths as f64;
    let each = paths * points * points * layers * (COPY * nodes.min(MOST_FACTORS) + COPY_ITSELF);
    Cost { seconds: steps * each * PER_MULTIPLICATION, bytes: bytes(paths * points * layers * COPY_NUMBERS) }
}
