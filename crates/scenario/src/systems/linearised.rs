//! The kind `linearised`: the limit α → ∞ of the lazy scaling, in which the kernel of the start trains.

use meanfield_model::landscape::Landscape;
use meanfield_model::problem::Bath;
use meanfield_model::reduction::{Reduced, Reduction, Resolution, Visitor};
use meanfield_run::facts::{self, FactKind};
use meanfield_run::record::Nature;
use meanfield_run::system::{Cost, System};
use meanfield_solver::linearised::Linearised;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::atoms::in_time;
use super::characteristics::keys::CharacteristicsKeys;
use super::complaints::{LOOSEST, MOST, SystemComplaints};
use super::kernel_keys::{LimitName, default_kernel_tolerance, of_kernel};
use super::kind::{BuildError, Kind, Run, TwoLayerKind};
use super::scaling::refuse_bath;
use crate::expense::bytes;
use crate::setting::{Draft, Setting, Spread, Timing};

/// Atoms of the start, by default.
const ATOMS: usize = 400;
/// Fewest atoms that make two panels of a line.
const FEWEST_ATOMS: usize = 9;
/// A companion's tolerances are so many times the stated ones.
const LOOSER: f64 = 10.0;
/// CPU seconds of a feature of an atom, and of a multiplication; evaluations at once, and in a unit of s.
const PER_FEATURE: f64 = 4e-8;
const PER_MULTIPLICATION: f64 = 5e-10;
const EVALUATIONS: [f64; 2] = [300.0, 60.0];

/// Keys of `linearised`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "See [`SystemKind::Linearised`].")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LinearisedKeys {
    /// Number of atoms that sample the start, over which the kernel is a mean.
    #[serde(default = "default_atoms")]
    pub atoms: usize,
    /// Largest error of any moment in one time step; the default is far below the error of the sampling.
    #[serde(default = "default_tolerance")]
    pub tolerance: f64,
    /// What the kernel may leave out of U(r, r'). The default is far below every other error; where it cannot
    /// be reached (kinks in few dimensions) it gives way to the next power of ten, 0.1 at most.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

impl Default for LinearisedKeys {
    /// The defaults of a file.
    fn default() -> Self {
        Self {
            atoms: default_atoms(),
            tolerance: default_tolerance(),
            kernel_tolerance: default_kernel_tolerance(),
        }
    }
}

fn default_atoms() -> usize {
    ATOMS
}

fn default_tolerance() -> f64 {
    1e-9
}

impl LinearisedKeys {
    fn resolution(&self) -> Resolution {
        LimitName::Finite.resolution(self.kernel_tolerance)
    }

    /// The atoms that sample the start.
    fn sampling(&self) -> CharacteristicsKeys {
        CharacteristicsKeys::with_atoms(self.atoms)
    }

    fn at_half_the_resolution(&self) -> Self {
        Self { atoms: (self.atoms / 2).max(FEWEST_ATOMS), ..self.clone() }
    }
}

/// Builds the system in however many coordinates.
struct MetricBuilder<'a> {
    keys: &'a LinearisedKeys,
    setting: &'a Setting,
}

impl Visitor for MetricBuilder<'_> {
    type Output = (Box<dyn System>, Vec<(&'static FactKind, f64)>);

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        let atoms = self.keys.sampling().atoms_of(reduction.clone());
        let mut facts = vec![
            (facts::ATOMS, self.keys.atoms as f64),
            (facts::ATOMS_AT_START, atoms.atoms().count() as f64),
            (facts::TOLERANCE, self.keys.tolerance),
        ];
        facts.extend(of_kernel(&reduction));
        let system = Linearised::new(&reduction.landscape, &atoms, self.keys.tolerance);
        (in_time(self.setting, system), facts)
    }
}

impl Kind for LinearisedKeys {
    fn nature(&self) -> Nature {
        Nature::Limit
    }

    fn is_lazy(&self) -> bool {
        true
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        Some(self)
    }
}

impl TwoLayerKind for LinearisedKeys {
    fn kernel(&self, _: Bath) -> Option<Resolution> {
        Some(self.resolution())
    }

    fn check_bath(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        refuse_bath("", draft, complaints);
    }

    fn check(&self, _: &Draft, complaints: &mut SystemComplaints) {
        complaints.count("atoms", self.atoms, FEWEST_ATOMS, MOST, "leave it out for the default");
        complaints.tolerance("tolerance", self.tolerance, LOOSEST);
        complaints.tolerance("kernel-tolerance", self.kernel_tolerance, LOOSEST);
    }

    fn cost(&self, setting: &Setting, _: Timing) -> Cost {
        let terms = setting.rank(self.resolution());
        let atoms = self.atoms as f64 * setting.coordinates() as f64;
        let [at_once, per_unit] = EVALUATIONS;
        let evaluations = at_once + per_unit * setting.clock() + setting.observations();
        let features = PER_FEATURE * atoms * terms + PER_MULTIPLICATION * atoms * terms * terms;
        let seconds = features + evaluations * terms * terms * PER_MULTIPLICATION;
        Cost { seconds, bytes: bytes(terms * terms + atoms) }
    }

    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError> {
        let reduced = setting.reduced(self.resolution())?;
        let (system, facts) = Reduced::clone(&reduced).visit(MetricBuilder { keys: self, setting });
        Run::only(system, facts)
    }

    fn has_long_strides(&self, _: &Setting) -> bool {
        false
    }

    fn halved(&self, _: &Spread) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(self.at_half_the_resolution()))
    }

    fn companion(&self, _: &Spread, kernel_tolerance: Option<f64>) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(Self {
            tolerance: LOOSER * self.tolerance,
            kernel_tolerance: kernel_tolerance.unwrap_or(self.kernel_tolerance),
            ..self.at_half_the_resolution()
        }))
    }
}
