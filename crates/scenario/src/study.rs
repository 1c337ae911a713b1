//! A study: systems of one problem, stated in code. It is checked and built as a scenario is, without a file.
//!
//! What a file alone can say is not here: titles, claims, figures, varied keys.

use std::collections::BTreeMap;

use meanfield_model::problem::Problem;
use meanfield_run::drive::Plan;
use meanfield_run::schedule::Schedule;
use meanfield_run::side_by_side::Job;
use meanfield_solver::least_risk::separations::KnownThresholds;

use crate::check;
use crate::check::systems::DraftFamily;
use crate::complaints::Complaints;
use crate::jobs::jobs_of_system;
use crate::mistakes::Mistakes;
use crate::setting::{Draft, Kernels, Observed, PointSetting, Setting};
use crate::systems::SystemKind;
use crate::systems::kind::BuildError;
use crate::typed::Typed;

/// Why a study cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// Something in it means nothing.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// A system cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Systems of one problem, and what of them is observed.
///
/// ```
/// use meanfield_model::activation::{Activation, PiecewiseLinear};
/// use meanfield_model::data::GaussianClasses;
/// use meanfield_model::initial::Initial;
/// use meanfield_model::problem::Problem;
/// use meanfield_run::drive::Plan;
/// use meanfield_scenario::study::Study;
/// use meanfield_scenario::systems::finite_volume::keys::FiniteVolumeKeys;
///
/// let sigma = Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?);
/// let data = GaussianClasses::isotropic(40, 0.8)?;
/// let problem = Problem::two_layer(data, sigma, Initial::Gaussian { scale: 0.8 })?;
/// let plan = Plan { times: vec![0.1, 1.0], ..Plan::default() };
/// let study = Study::new(problem, plan).with("pde", FiniteVolumeKeys::with_cells([200]));
/// assert_eq!(study.jobs()?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Study {
    problem: Problem,
    plan: Plan,
    schedule: Schedule,
    refinement: bool,
    systems: BTreeMap<String, SystemKind>,
}

impl Study {
    /// A study without systems, of steps of constant size.
    pub fn new(problem: Problem, plan: Plan) -> Self {
        Self { problem, plan, schedule: Schedule::Constant, refinement: false, systems: BTreeMap::new() }
    }

    /// With one more system, by its name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, system: impl Into<SystemKind>) -> Self {
        self.systems.insert(name.into(), system.into());
        self
    }

    /// With steps that vary in time.
    #[must_use]
    pub fn with_schedule(self, schedule: Schedule) -> Self {
        Self { schedule, ..self }
    }

    /// With a companion at half the resolution for every deterministic system: each curve then has its error.
    #[must_use]
    pub fn with_refinement(self) -> Self {
        Self { refinement: true, ..self }
    }

    /// What is observed.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Runs that are ready to begin: one for each system and seed, and one for each companion.
    ///
    /// # Errors
    /// Where a key of a system means nothing, times do not increase, or a system cannot be built.
    pub fn jobs(&self) -> Result<Vec<Job>, StudyError> {
        let setting = self.setting();
        self.check(&setting)?;
        let setting = PointSetting::TwoLayer(setting);
        let mut jobs = Vec::new();
        for (name, system) in &self.systems {
            jobs.extend(jobs_of_system(name, system, &setting)?);
        }
        Ok(jobs)
    }

    fn setting(&self) -> Setting {
        Setting {
            problem: self.problem.clone(),
            schedule: self.schedule,
            cooling: Schedule::Constant,
            end_time: self.plan.end(),
            refinement: self.refinement,
            observed: Observed {
                times: self.plan.times.len(),
                snapshots: self.plan.snapshots.len(),
                levels: self.plan.levels.len(),
                classification_error: false,
                weights: false,
                forces: false,
            },
            thresholds: KnownThresholds::default(),
            kernels: Kernels::default(),
            is_finished: false,
        }
    }

    /// What a scenario's check says of its systems, and of the times.
    fn check(&self, setting: &Setting) -> Result<(), Mistakes> {
        let mut complaints = Complaints::default();
        let sound = complaints.section(|complaints| self.check_plan(complaints)).1;
        let lists = [("times", &self.plan.times[..]), ("snapshots", &self.plan.snapshots[..])];
        let draft = Draft {
            coordinates: Ok(self.problem.coordinates()),
            unit: self.problem.unit(),
            loss: self.problem.loss(),
            activation: Some(self.problem.activation()),
            bath: self.problem.bath(),
            groups: self.problem.groups(),
            schedule: self.schedule,
            cooling: Schedule::Constant,
            end_time: setting.end_time,
            times: sound.then_some(lists),
            spread: setting.spread(),
            setting: Some(setting).filter(|_| sound),
        };
        let family = DraftFamily::TwoLayer(&draft);
        check::systems::check(&self.systems, self.refinement, &family, &mut complaints);
        if complaints.is_empty() {
            Ok(())
        } else {
            Err(complaints.located("the study", "", &Typed::nothing()))
        }
    }

    fn check_plan(&self, complaints: &mut Complaints) {
        for (key, times) in [("times", &self.plan.times), ("snapshots", &self.plan.snapshots)] {
            let increase = times.windows(2).all(|pair| pair[0] < pair[1]);
            let finite = times.iter().all(|time| (0.0..f64::INFINITY).contains(time));
            let message = format!("`{key}` must be finite, at least 0, and increase");
            complaints.unless(increase && finite, &["observe", key], message, "sort them, each once");
        }
        let message = "there is no time above 0 to observe";
        let help = "e.g. Plan { times: vec![0.1, 1.0], ..Plan::default() }";
        complaints.unless(self.plan.end() > 0.0, &["observe", "times"], message, help);
        let levels = &self.plan.levels;
        let inside = levels.iter().all(|level| *level > 0.0 && *level < 1.0);
        let message = "`levels` must lie strictly between 0 and 1";
        complaints.unless(inside, &["observe", "levels"], message, "write e.g. 0.1, 0.5, 0.9");
    }
}
