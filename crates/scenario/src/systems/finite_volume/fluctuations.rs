//! The fluctuations of networks beside the PDE with noise on cells of the radius: `fluctuations-until`.

use meanfield_model::radial_landscape::RadialLandscape;
use meanfield_model::reduction::{Reduced, Reduction};
use meanfield_model::ridge::Ridged;
use meanfield_run::schedule::Schedule;
use meanfield_solver::diffusion::Diffusion;
use meanfield_solver::diffusion::operator::Operator;
use meanfield_solver::fluctuations::{FluctuatingLaw, NoisyFluctuations, NoisySetup, RadiusRange};
use meanfield_solver::grid::Grid;

use super::keys::FiniteVolumeKeys;
use crate::setting::Setting;
use crate::systems::atoms::in_time;
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, Run};

/// The key.
const KEY: &str = "fluctuations-until";
/// Cells, and tolerance of a step, of the law that says where nodes are wanted.
const SCOUT_CELLS: usize = 300;
const SCOUT_TOLERANCE: f64 = 1e-3;
/// CPU seconds per step of the fluctuations, and of the second chaos at each time; steps of a decade of time,
/// and of each unit of s after that.
const PER_STEP: f64 = 0.012;
const SECOND_CHAOS: f64 = 0.1;
const PER_DECADE: f64 = 77.0;
const PER_UNIT: f64 = 60.0;

/// Complaints about the key by itself.
pub(super) fn check(keys: &FiniteVolumeKeys, complaints: &mut SystemComplaints) {
    let until = keys.fluctuations_until;
    let message = format!("`{KEY}` is a time from 0 on; it is {until:?}");
    complaints.unless(until >= 0.0 && until.is_finite(), KEY, message, "write 0.0 for none");
}

/// Complaints about a problem whose fluctuations are not known.
pub(super) fn check_built(keys: &FiniteVolumeKeys, setting: &Setting, complaints: &mut SystemComplaints) {
    if keys.fluctuations_until > 0.0
        && let Err(error) = NoisySetup::check(&setting.problem, setting.schedule)
    {
        complaints.unless(false, KEY, error.to_string(), "write 0.0, or leave it out");
    }
    let is_known = keys.fluctuations_until <= 0.0 || setting.cooling == Schedule::Constant;
    let message = "the fluctuations of networks are known at one temperature alone";
    complaints.unless(is_known, KEY, message, "write 0.0, or leave out cooling in [dynamics]");
}

/// CPU seconds.
pub(super) fn seconds(keys: &FiniteVolumeKeys, setting: &Setting) -> f64 {
    let until = setting.schedule.clock(keys.fluctuations_until.min(setting.end_time));
    if until <= 0.0 {
        return 0.0;
    }
    PER_STEP * (PER_DECADE + PER_UNIT * until) + SECOND_CHAOS * setting.observations()
}

/// The law with its fluctuations.
pub(super) fn runs(keys: &FiniteVolumeKeys, setting: &Setting) -> Result<Vec<Run>, BuildError> {
    let reduced = setting.reduced(keys.resolution())?;
    let Reduced::Radius(reduction) = &*reduced else { return Err(BuildError::Coordinates) };
    let law = law_on_cells(keys, setting, reduction)?;
    let until = setting.schedule.clock(keys.fluctuations_until);
    let scout_keys = FiniteVolumeKeys {
        cells: vec![SCOUT_CELLS],
        tolerance: SCOUT_TOLERANCE.max(keys.tolerance),
        ..keys.clone()
    };
    let scout = law_on_cells(&scout_keys, setting, reduction)?;
    let setup = match RadiusRange::until(scout, until.min(setting.clock())) {
        Ok(range) => NoisySetup::new(&setting.problem, setting.schedule, range)?,
        // The run itself will say what is wrong with the law.
        Err(_) => None,
    };
    let facts = keys.facts(law.mass().len(), reduction);
    Run::only(in_time(setting, FluctuatingLaw::new(law, NoisyFluctuations::new(setup), until)), facts)
}

/// The law with noise at the start, on the cells of these keys.
fn law_on_cells(
    keys: &FiniteVolumeKeys,
    setting: &Setting,
    reduction: &Reduction<1, RadialLandscape>,
) -> Result<Diffusion<1, Ridged<RadialLandscape>>, BuildError> {
    let axes = keys.grid().axes(&setting.problem)?;
    let grid = Grid { axes: [axes[0].0.clone()] };
    let mass = axes[0].1.clone();
    let temperature = setting.bath().temperature;
    let operator = Operator::new(reduction.landscape.clone(), grid, reduction.elements, temperature);
    Ok(Diffusion::new(operator, mass, keys.tolerance))
}
