//! The key `degree`: the least risk of polynomials of the input, which asks for no kernel. No law is known of
//! it.

use meanfield_model::low_degree::LowDegree;
use meanfield_model::measure::Measure;
use meanfield_run::system::{Cost, Observation};
use meanfield_solver::static_system::{Static, StaticProblem};
use ndarray::{Array1, Array2};

use super::keys::LandscapeKeys;
use crate::setting::{Draft, Setting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, Run};

/// The highest degree.
const HIGHEST: usize = 40;
/// CPU seconds and bytes, at most.
pub(super) const COST: Cost = Cost { seconds: 5e-3, bytes: 1e5 };

/// The least risk of polynomials of a degree.
struct LeastRiskOfDegree {
    target: LowDegree,
    degree: usize,
    coordinates: usize,
}

impl StaticProblem for LeastRiskOfDegree {
    const COORDINATES: usize = 1;

    fn solve(&self) -> Result<(Observation, u64), String> {
        let risk = self.target.least_risk(self.degree);
        let points = Array2::from_elem((1, self.coordinates), f64::NAN);
        let law = Measure::Atoms { points, weights: Array1::ones(1) };
        Ok((Observation { risk, scalars: Vec::new(), law }, 1))
    }
}

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
    let problem = LeastRiskOfDegree { target, degree, coordinates: setting.coordinates() };
    Run::only(Box::new(Static::new(problem)), Vec::new())
}
