//! Checks that types cannot express: ranges of numbers, names that must exist, a start that must fit. Here
//! every point becomes a checked one, or a complaint.
//!
//! All complaints are collected, each with the path of the key it is about; what would only follow from an
//! earlier one is not said again.

mod claims;
mod classification;
mod figures;
mod forces;
mod laws;
mod memory;
mod points;
pub(crate) mod systems;
mod weights;

use std::sync::Arc;

use meanfield_model::coordinates::Coordinates;
use meanfield_run::schedule::Schedule;
use meanfield_solver::least_risk::separations::KnownThresholds;

use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::model::initial::InitialKind;
use crate::point::Point;
use crate::setting::{
    Draft, Kernels, LayeredProblem, LayeredSetting, Observed, Outline, PointSetting, PointsDraft,
    PointsProblem, PointsSetting, ResidualModel, ResidualSetting, Setting, Spread,
};
use crate::vary::{Candidate, Varied};
use systems::DraftFamily;

/// Longest title, in characters: it heads figures.
const LONGEST_TITLE: usize = 300;
/// Points of a sweep whose kernels and starts are made, to see whether they can be. The others are made when
/// their turn comes, and one that cannot be is a gap.
const MOST_BUILT: usize = 250;

/// Everything that is checked before anything runs: every point by itself, then what they need together.
pub(crate) fn check(
    candidates: Vec<Candidate>,
    varied: &[Varied],
    sweep: bool,
    is_finished: bool,
) -> Result<Vec<Point>, Complaints> {
    let apart = if sweep { candidates.len().div_ceil(MOST_BUILT).max(1) } else { 1 };
    let reader = Reader { sweep, is_finished, thresholds: KnownThresholds::default() };
    let mut settings = Vec::with_capacity(candidates.len());
    let mut complaints = points::gather_complaints(&candidates, varied, |number, file| {
        let mut complaints = Complaints::default();
        settings.push(reader.read(file, number % apart == 0, &mut complaints).map(Box::new));
        complaints.into_found()
    });
    figures::horizontal_axis(&candidates, &mut complaints);
    laws::varied_keys(&candidates, varied, &mut complaints);
    if !complaints.is_empty() {
        return Err(complaints);
    }
    let pairs = candidates.into_iter().zip(settings);
    let points: Vec<Point> =
        pairs.filter_map(|(candidate, setting)| Some(Point::new(candidate, setting?))).collect();
    memory::memory(&points, sweep, &mut complaints);
    if complaints.is_empty() { Ok(points) } else { Err(complaints) }
}

/// Parameters of the check that are the same for all points.
struct Reader {
    /// Whether only the end of every point is recorded.
    sweep: bool,
    /// Whether all runs are finished, and only put together.
    is_finished: bool,
    /// Thresholds that the points share.
    thresholds: KnownThresholds,
}

impl Reader {
    /// The setting that one file defines; all its mistakes are noted. Kernels and starts are made if they
    /// are to be `built`. None only where something was noted.
    fn read(&self, file: &ScenarioFile, built: bool, complaints: &mut Complaints) -> Option<PointSetting> {
        title(&file.title, complaints);
        match &file.model {
            model if model.residual.is_some() => {
                self.read_residual(file, complaints).map(PointSetting::Residual)
            }
            model if model.has_layers() => self.read_layered(file, complaints).map(PointSetting::Layered),
            _ => self.read_two_layer(file, built, complaints).map(PointSetting::TwoLayer),
        }
    }

    /// The same of a file of two-layer networks.
    fn read_two_layer(
        &self,
        file: &ScenarioFile,
        built: bool,
        complaints: &mut Complaints,
    ) -> Option<Setting> {
        let (parts, model) = complaints.section(|complaints| file.model.parse(complaints));
        let ((schedule, bath), dynamics) = complaints.section(|complaints| file.dynamics.parse(complaints));
        let times = dynamics
            && complaints.section(|complaints| file.observe.check(file.dynamics.end_time, complaints)).1;
        file.observe.inputs.refuse(complaints);
        let (cooling, is_trained) =
            complaints.section(|complaints| file.dynamics.parse_two_layer(parts.unit, complaints));
        let problem = parts.problem(bath).map(|problem| problem.with_groups(file.dynamics.groups()));
        let numbers = file.model.initial.as_ref().map_or(Vec::new(), InitialKind::stated_numbers);
        let spread = Spread::new(problem.as_ref(), &numbers);
        let setting = problem.map(|problem| Setting {
            problem,
            schedule,
            cooling,
            end_time: file.dynamics.end_time,
            refinement: file.refinement,
            observed: observed(file),
            thresholds: self.thresholds.clone(),
            kernels: Kernels::default(),
            is_finished: self.is_finished,
        });
        // What is wrong with data without a symmetry has been said: coordinates are of the simplest ones.
        let draft = Draft {
            coordinates: parts.coordinates.unwrap_or(Ok(Coordinates::Radius)),
            unit: parts.unit,
            loss: parts.loss,
            activation: parts.activation.as_ref(),
            bath,
            groups: file.dynamics.groups(),
            schedule,
            cooling,
            end_time: file.dynamics.end_time,
            times: times.then(|| file.observe.lists()),
            spread,
            setting: setting.as_ref().filter(|_| model && is_trained && built),
        };
        systems::check(&file.systems, file.refinement, &DraftFamily::TwoLayer(&draft), complaints);
        classification::check(file, setting.as_ref(), complaints);
        weights::check(file, complaints);
        forces::check(file, &draft, complaints);
        refuse_refinement(file, setting.as_ref(), complaints);
        let outline = Outline {
            coordinates: draft.coordinates.ok(),
            layers: None,
            is_noisy: bath.is_noisy(),
            has_times: times,
        };
        self.check_comparison(file, &outline, complaints);
        if let (true, Some(setting)) = (self.sweep, &setting) {
            setting.forget_kernels();
        }
        setting
    }

    /// The same of a file of networks with layers.
    fn read_layered(&self, file: &ScenarioFile, complaints: &mut Complaints) -> Option<LayeredSetting> {
        let (schedule, dynamics) = self.read_dynamics(file, complaints);
        let (mut problem, model) =
            complaints.section(|complaints| file.model.parse_layers(schedule, complaints));
        if let Some(LayeredProblem { networks, .. }) = &mut problem {
            let has_bias = file.model.data.has_bias();
            networks.observed_inputs =
                Arc::new(file.observe.inputs.meant(&networks.data, has_bias, complaints));
        }
        let setting = problem.map(|problem| points_setting(file, problem));
        let draft = points_draft(file, dynamics, setting.as_ref().filter(|_| model));
        systems::check(&file.systems, file.refinement, &DraftFamily::Layered(&draft), complaints);
        self.check_outline(file, setting.as_ref(), draft.times.is_some(), complaints);
        setting
    }

    /// The same of a file of residual networks.
    fn read_residual(&self, file: &ScenarioFile, complaints: &mut Complaints) -> Option<ResidualSetting> {
        let (schedule, dynamics) = self.read_dynamics(file, complaints);
        let message = "residual networks are trained with equal steps";
        let help = "write schedule.constant = {}";
        complaints.unless(schedule == Schedule::Constant, &["dynamics", "schedule"], message, help);
        let (mut problem, model) = complaints.section(|complaints| file.model.parse_residual(complaints));
        let records = file.observe.inputs.are_of_data(complaints);
        if let Some(ResidualModel { networks, .. }) = &mut problem {
            networks.are_features_recorded = records;
        }
        let setting = problem.map(|problem| points_setting(file, problem));
        let draft = points_draft(file, dynamics, setting.as_ref().filter(|_| model));
        systems::check(&file.systems, file.refinement, &DraftFamily::Residual(&draft), complaints);
        self.check_outline(file, setting.as_ref(), draft.times.is_some(), complaints);
        setting
    }

    /// The schedule of networks that are trained on points, and whether times are in order.
    fn read_dynamics(&self, file: &ScenarioFile, complaints: &mut Complaints) -> (Schedule, bool) {
        let ((schedule, bath), is_right) = complaints.section(|complaints| file.dynamics.parse(complaints));
        let is_known = matches!(schedule, Schedule::Constant | Schedule::Power { .. });
        let message = "networks with layers are trained with equal steps, or with a power of time";
        let help = "write schedule.constant = {}, or schedule.power";
        complaints.unless(is_known, &["dynamics", "schedule"], message, help);
        for (key, value) in [("temperature", bath.temperature), ("ridge", bath.ridge)] {
            let message = format!("`{key}` is of two-layer networks, and this model has layers");
            complaints.unless(value == 0.0, &["dynamics", key], message, "leave it out");
        }
        file.dynamics.refuse_two_layer(complaints);
        let end_time = file.dynamics.end_time;
        let times = complaints.section(|complaints| file.observe.check(end_time, complaints)).1;
        classification::refuse(file, complaints);
        weights::refuse(file, complaints);
        forces::refuse(file, complaints);
        (schedule, is_right && times)
    }

    /// Claims, laws and contents of figures about networks that are trained on points.
    fn check_outline<P: PointsProblem>(
        &self,
        file: &ScenarioFile,
        setting: Option<&PointsSetting<P>>,
        has_times: bool,
        complaints: &mut Complaints,
    ) {
        let coordinates = setting.map(PointsSetting::coordinates);
        let layers = Some(file.model.weight_layers());
        let outline = Outline { coordinates, layers, is_noisy: false, has_times };
        self.check_comparison(file, &outline, complaints);
    }

    /// Claims, laws and contents of figures.
    fn check_comparison(&self, file: &ScenarioFile, outline: &Outline, complaints: &mut Complaints) {
        claims::check(file, outline, self.sweep, complaints);
        laws::check(file, outline, self.sweep, complaints);
        figures::inset(file, outline, complaints);
    }
}

/// The setting of networks that are trained on points.
fn points_setting<P>(file: &ScenarioFile, problem: P) -> PointsSetting<P> {
    PointsSetting {
        problem,
        end_time: file.dynamics.end_time,
        refinement: file.refinement,
        observed: observed(file),
    }
}

/// The same as its systems see it during the checks.
fn points_draft<'a, P>(
    file: &'a ScenarioFile,
    has_times: bool,
    setting: Option<&'a PointsSetting<P>>,
) -> PointsDraft<'a, P> {
    PointsDraft {
        depth: file.model.weight_layers(),
        end_time: file.dynamics.end_time,
        times: has_times.then(|| file.observe.lists()),
        setting,
    }
}

/// How much a file asks to be observed.
fn observed(file: &ScenarioFile) -> Observed {
    Observed {
        times: file.observe.times.values().len(),
        snapshots: file.observe.snapshots.values().len(),
        levels: file.observe.levels.len(),
        classification_error: file.observe.classification_error,
        weights: file.observe.weights,
        forces: file.observe.forces,
    }
}

/// Notes companions of a run whose start another run resolved.
fn refuse_refinement(file: &ScenarioFile, setting: Option<&Setting>, complaints: &mut Complaints) {
    let is_stated = setting.is_none_or(|setting| setting.problem.recorded_start().is_none());
    let message = "a companion is coarser from the start on, and this start is another run's";
    let help = "leave it out: that run may have `refinement`";
    complaints.unless(!file.refinement || is_stated, &["refinement"], message, help);
}

fn title(title: &str, complaints: &mut Complaints) {
    let printable = !title.trim().is_empty() && !title.chars().any(char::is_control);
    let message = "the title must be one line of text: it heads figures and record";
    complaints.unless(printable, &["title"], message, "write the claim in a sentence");
    let length = title.chars().count();
    let message = format!("the title has {length} characters, and {LONGEST_TITLE} are room for at most");
    complaints.unless(length <= LONGEST_TITLE, &["title"], message, "write the claim in a sentence");
}
