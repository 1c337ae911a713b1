//! The kind `characteristics`: atoms that sample the start and follow the velocity field; with the 1/N
//! correction where that is requested.

pub(super) mod cost;
pub mod keys;
mod pilot;

use meanfield_model::joint_start::JointStart;
use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_model::problem::Bath;
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::reduction::{Reduced, Reduction, Resolution, Visitor};
use meanfield_model::ridge::Ridged;
use meanfield_run::facts::{self, FactKind};
use meanfield_run::record::Nature;
use meanfield_run::system::{Cost, System};
use meanfield_solver::characteristics::Characteristics;
use meanfield_solver::fluctuations::{
    FluctuatingLaw, FluctuationError, FluctuationSetup, NetworkFluctuations,
};
use meanfield_solver::panels::{PanelPart, Panels};

use super::atoms::{self, in_lazy_time, in_time};
use super::complaints::{LOOSEST, MOST, SystemComplaints};
use super::kernel_keys::{LimitName, at_infinite_dimension, of_kernel};
use super::kind::{BuildError, Kind, Run, TwoLayerKind};
use crate::setting::{Draft, Setting, Spread, Timing};
use keys::CharacteristicsKeys;

/// Atoms of a panel: fewer than two panels cannot be halved.
const PANEL: usize = 8;
/// Fewest atoms that make two panels of a line.
const FEWEST_ATOMS: usize = 9;
/// A companion's tolerances are so many times the stated ones.
const LOOSER: f64 = 10.0;
/// CPU seconds of a step beyond which it is computed in the background.
const MOMENT: f64 = 0.5;
/// The key that asks for the fluctuations of networks.
const FLUCTUATIONS: &str = "fluctuations-until";

impl CharacteristicsKeys {
    pub(super) fn resolution(&self) -> Resolution {
        self.dimension_limit.resolution(self.kernel_tolerance)
    }

    fn at_half_the_resolution(&self, spread: &Spread) -> Self {
        Self {
            atoms: half_along_each(self.atoms, spread.directions),
            most_atoms: self.most_atoms / 2,
            fluctuations_until: 0.0,
            ..self.clone()
        }
    }

    /// The fluctuations of networks about the law, at a resolution of their own.
    fn fluctuations(&self, setting: &Setting) -> Result<Option<FluctuationSetup>, FluctuationError> {
        let wanted = self.fluctuations_until > 0.0;
        wanted.then(|| FluctuationSetup::new(&setting.problem, setting.schedule)).transpose()
    }

    /// The panels that sample a start, part by part.
    fn panels(&self, start: &JointStart) -> Panels {
        let parts: Vec<PanelPart> = start.parts().iter().map(PanelPart::from).collect();
        Panels::of_parts(&parts, self.atoms, self.sampling_tolerance, self.most_atoms)
    }

    /// The law of all coordinates at t = 0, at d or at its limit.
    fn start(&self, start: &JointStart) -> JointStart {
        match self.start_limit {
            LimitName::Finite => start.clone(),
            LimitName::Infinite => start.at_infinite_dimension(),
        }
    }

    fn facts<const D: usize, L>(
        &self,
        start: &JointStart,
        reduction: &Reduction<D, L>,
    ) -> Vec<(&'static FactKind, f64)> {
        let mut facts = vec![
            (facts::ATOMS, self.atoms as f64),
            (facts::ATOMS_AT_START, self.panels(start).atoms() as f64),
            (facts::TOLERANCE, self.tolerance),
        ];
        facts.extend(of_kernel(reduction));
        facts.extend(at_infinite_dimension(self.dimension_limit, self.start_limit));
        facts.extend(self.scaling().facts());
        facts
    }

    /// Atoms that sample the start, on the landscape of a reduction.
    pub(super) fn atoms_of<const D: usize, L: Landscape<D>>(
        &self,
        reduction: Reduction<D, L>,
    ) -> Characteristics<D, Ridged<L>> {
        let start = self.start(&reduction.start);
        let panels = self.panels(&start);
        let lower = reduction.lower_ends();
        let place = |part: usize, g: &[f64]| start.place(part, g);
        Characteristics::sampling_parts(reduction.landscape, panels, place, lower, self.tolerance)
    }

    /// Atoms in the lazy scaling, in t.
    fn lazy_atoms<const D: usize, L: Landscape<D> + 'static>(
        &self,
        alpha: f64,
        reduction: Reduction<D, L>,
        setting: &Setting,
    ) -> Box<dyn System> {
        let start = self.start(&reduction.start);
        let panels = self.panels(&start);
        let lower = reduction.lower_ends();
        let place = move |part: usize, g: &[f64]| start.place(part, g);
        let atoms = Characteristics::lazy(reduction.landscape, alpha, panels, place, lower, self.tolerance);
        in_lazy_time(setting, alpha, atoms)
    }
}

/// Half as many atoms along each of so many directions of the start.
fn half_along_each(atoms: usize, directions: usize) -> usize {
    match directions {
        0 | 1 => atoms / 2,
        _ => (atoms >> directions).max(FEWEST_ATOMS),
    }
}

/// Builds the atoms in however many coordinates.
struct AtomsBuilder<'a> {
    keys: &'a CharacteristicsKeys,
    setting: &'a Setting,
    fluctuations: Option<FluctuationSetup>,
}

impl Visitor for AtomsBuilder<'_> {
    type Output = (Box<dyn System>, Vec<(&'static FactKind, f64)>);

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        if let Some(recorded) = self.setting.problem.recorded_start() {
            return self.going_on(recorded.law(), reduction);
        }
        let facts = self.keys.facts(&self.keys.start(&reduction.start), &reduction);
        if let Some(alpha) = self.keys.scaling().lazy() {
            return (self.keys.lazy_atoms(alpha, reduction, self.setting), facts);
        }
        let atoms = self.keys.atoms_of(reduction);
        let system = match self.fluctuations {
            Some(setup) => {
                let until = self.keys.fluctuations_until.min(self.setting.end_time);
                let until = self.setting.schedule.clock(until);
                in_time(self.setting, FluctuatingLaw::new(atoms, NetworkFluctuations::new(setup), until))
            }
            None => in_time(self.setting, atoms),
        };
        (system, facts)
    }
}

impl AtomsBuilder<'_> {
    /// Atoms that go on from a law.
    fn going_on<const D: usize, L: Landscape<D> + Clone + 'static>(
        &self,
        law: &Measure,
        reduction: Reduction<D, L>,
    ) -> <Self as Visitor>::Output {
        let keys = self.keys;
        let mut facts = vec![(facts::TOLERANCE, keys.tolerance)];
        facts.extend(of_kernel(&reduction));
        facts.extend(at_infinite_dimension(keys.dimension_limit, LimitName::Finite));
        let lower = reduction.lower_ends();
        let splits = (keys.sampling_tolerance, keys.most_atoms);
        let atoms = Characteristics::recorded(reduction.landscape, law, splits, lower, keys.tolerance);
        let atoms = atoms.expect("a law of all coordinates, as was checked");
        facts.push((facts::ATOMS_AT_START, atoms.atoms().count() as f64));
        (in_time(self.setting, atoms), facts)
    }
}

impl Kind for CharacteristicsKeys {
    fn nature(&self) -> Nature {
        Nature::Limit
    }

    fn fluctuations_until(&self) -> f64 {
        self.fluctuations_until
    }

    fn is_lazy(&self) -> bool {
        !self.scaling.is_default()
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        Some(self)
    }
}

impl TwoLayerKind for CharacteristicsKeys {
    fn law_size(&self, setting: &Setting) -> f64 {
        cost::law_size(self, setting)
    }

    fn kernel(&self, _: Bath) -> Option<Resolution> {
        Some(self.resolution())
    }

    fn check_bath(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        atoms::check_bath(draft, complaints);
    }

    fn check(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        self.scaling().check(draft, complaints);
        let until = self.fluctuations_until;
        let help = "eight atoms make a panel: write e.g. atoms = 80";
        complaints.count("atoms", self.atoms, PANEL + 1, MOST, help);
        complaints.count("most-atoms", self.most_atoms, 1, MOST, "leave it out for the default");
        complaints.tolerance("sampling-tolerance", self.sampling_tolerance, LOOSEST);
        complaints.tolerance("tolerance", self.tolerance, LOOSEST);
        complaints.tolerance("kernel-tolerance", self.kernel_tolerance, LOOSEST);
        let message = format!("`{FLUCTUATIONS}` is a time from 0 on; it is {until:?}");
        complaints.unless(until >= 0.0 && until.is_finite(), FLUCTUATIONS, message, "write 0.0 for none");
        let message = "fluctuations are known of networks in the mean-field scaling alone";
        complaints.unless(until == 0.0 || !self.is_lazy(), FLUCTUATIONS, message, "leave it out");
        let finite = [self.dimension_limit, self.start_limit] == [LimitName::Finite; 2] || until == 0.0;
        let message = "the fluctuations of networks are known at finite dimension alone";
        let help = "write 0.0, or leave out dimension-limit and start-limit";
        complaints.unless(finite, FLUCTUATIONS, message, help);
    }

    fn check_recorded(&self, recorded: &RecordedStart, _: &Setting, complaints: &mut SystemComplaints) {
        let message = "outputs in the lazy scaling are less those of a start, which has to be a stated one";
        complaints.unless(!self.is_lazy(), "scaling", message, "leave it out, or write initial.gaussian");
        let message = "a start that another run left is of its dimension";
        complaints.unless(self.start_limit == LimitName::Finite, "start-limit", message, "leave it out");
        let count = recorded.law().atoms().map_or(0, |(points, _)| points.nrows());
        let message = format!("the recorded law has {count} atoms, and {MOST} are room for");
        complaints.unless_whole(count <= MOST, message, "begin from fewer");
    }

    fn check_built(&self, setting: &Setting, complaints: &mut SystemComplaints) {
        if let Err(error) = self.fluctuations(setting) {
            complaints.unless(false, FLUCTUATIONS, error.to_string(), "write 0.0, or leave it out");
        }
    }

    fn cost(&self, setting: &Setting, timing: Timing) -> Cost {
        cost::cost(self, setting, timing)
    }

    fn bytes_at_work(&self, setting: &Setting) -> f64 {
        cost::bytes_at_work(self, setting)
    }

    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError> {
        let fluctuations = self.fluctuations(setting)?;
        let reduced = setting.reduced(self.resolution())?;
        let builder = AtomsBuilder { keys: self, setting, fluctuations };
        let (system, facts) = Reduced::clone(&reduced).visit(builder);
        Run::only(system, facts)
    }

    fn has_long_strides(&self, setting: &Setting) -> bool {
        atoms::are_many(self.atoms, self.most_atoms) || cost::longest_step(self, setting) > MOMENT
    }

    fn halved(&self, spread: &Spread) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(self.at_half_the_resolution(spread)))
    }

    fn companion(&self, spread: &Spread, kernel_tolerance: Option<f64>) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(Self {
            tolerance: LOOSER * self.tolerance,
            sampling_tolerance: LOOSER * self.sampling_tolerance,
            kernel_tolerance: kernel_tolerance.unwrap_or(self.kernel_tolerance),
            ..self.at_half_the_resolution(spread)
        }))
    }
}
