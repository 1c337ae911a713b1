//! The key `degree`: the least risk of polynomials of the input, which asks for no kernel. No law is known of
//! it.

use meanfield_model::low_degree::LowDegree;
use meanfield_run::system::Cost;
use meanfield_solver::static_system::{RiskAlone, Static};

use super::keys::LandscapeKeys;
use crate::setting::{Draft, Setting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, Run};

/// The highest degree.
const HIGHEST: usize = 40;
/// CPU seconds and bytes, at most.
pub(super) const COST: Cost = Cost { seconds: 5e-3, bytes: 1e5 };

/// The degree and the data; nothing else is said of it.
pub(super) fn check(keys: &LandscapeKeys, degree: usize, draft: &Draft, complaints: &mut SystemComplaints) {
    let help = "MMN's slides on lazy training: degree = 1";
    complaints.count("degree", degree, 0, HIGHEST, help);
    let alone = LandscapeKeys { degree: Some(degree), ..LandscapeKeys::default() };
    let message = "the least risk of polynomials has no other keys than `degree`";
    complaints.unless_whole(*keys == alone, message, "leave the others out");
    if let Some(Err(error)) = draft.setting.map(|setting| LowDegree::new(&setting.problem)) {
        let help = "leave it out, or take data.single-index or data.multi-index and the squared loss";
        complaints.unless(false, "degree", error.to_string(), help);
    }
}

/// The one run.
pub(super) fn runs(setting: &Setting, degree: usize) -> Result<Vec<Run>, BuildError> {
    let target = LowDegree::new(&setting.problem)?;
    let risk = move || target.least_risk(degree);
    let problem = RiskAlone { risk, coordinates: setting.coordinates() };
    Run::only(Box::new(Static::new(problem)), Vec::new())
}
