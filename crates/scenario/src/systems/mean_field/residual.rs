//! The limit of residual networks: paths that are drawn in groups, which state its error.

use meanfield_deep::residual::limit::ResidualLimit;
use meanfield_deep::residual::resolution::ResidualResolution;
use meanfield_deep::residual::start::Regression;
use meanfield_deep::systems::residual::limit::ResidualLimitSystem;
use meanfield_run::system::Cost;

use super::keys::MeanFieldKeys;
use crate::expense::bytes;
use crate::setting::{ResidualDraft, ResidualModel, ResidualSetting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, NetworkKind, Run};

/// CPU seconds of a multiplication in a product of matrices; evaluations in a root of time.
const PER_MULTIPLICATION: f64 = 2e-10;
const EVALUATIONS: f64 = 120.0;
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
        let message = "what widths and steps do is not known of residual networks";
        complaints.unless(self.fluctuations_until == 0.0, "fluctuations-until", message, "leave it out");
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
        Cost { seconds: each * EVALUATIONS * setting.end_time.sqrt(), bytes: bytes(numbers) + answers }
    }

    fn runs(&self, setting: &ResidualSetting) -> Result<Vec<Run>, BuildError> {
        let ResidualModel { networks, start } = &setting.problem;
        let limit = ResidualLimit::new(networks.clone(), start, &self.residual_resolution())?;
        Run::only(Box::new(ResidualLimitSystem::new(limit)), Vec::new())
    }
}
