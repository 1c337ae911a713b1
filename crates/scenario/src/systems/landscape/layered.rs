//! Networks with layers: the least loss of networks whose first layer sees the coordinates of the input alone
//! that it sees at t = 0. It is where training ends if the others have no drift, inf over f of E ℓ(Y,
//! f(X_V)), and never above what is reached. No law is known of such networks.

use meanfield_deep::least_loss::least_loss;
use meanfield_run::system::Cost;
use meanfield_solver::static_system::{RiskAlone, Static};

use super::keys::LandscapeKeys;
use crate::expense::bytes;
use crate::setting::{LayeredProblem, LayeredSetting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, Run};

/// CPU seconds of a point of the data.
const PER_POINT: f64 = 1e-5;

/// Its keys are all about laws of two-layer networks.
pub(super) fn check(keys: &LandscapeKeys, complaints: &mut SystemComplaints) {
    let message = "the least loss of networks with layers has no keys";
    complaints.unless_whole(*keys == LandscapeKeys::default(), message, "write landscape = {}");
}

/// Its cost.
pub(super) fn cost(setting: &LayeredSetting) -> Cost {
    let points = setting.problem.networks.data.weights().len() as f64;
    Cost { seconds: points * PER_POINT, bytes: bytes(4.0 * points) }
}

/// The one run.
pub(super) fn runs(setting: &LayeredSetting) -> Result<Vec<Run>, BuildError> {
    let LayeredProblem { networks, start, .. } = setting.problem.clone();
    let risk = move || least_loss(&networks.data, networks.architecture.loss(), &start.seen());
    let problem = RiskAlone { risk, coordinates: setting.coordinates().names().len() };
    Run::only(Box::new(Static::new(problem)), Vec::new())
}
