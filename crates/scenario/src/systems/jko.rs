//! The kind `jko`: minimising movements, which know one radius.

use meanfield_model::problem::Bath;
use meanfield_model::reduction::{Reduced, Resolution};
use meanfield_run::facts;
use meanfield_run::record::Nature;
use meanfield_run::system::Cost;
use meanfield_solver::jko::Jko;
use meanfield_solver::panels::Panels;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::atoms::{self, NUMBERS, default_most_atoms, default_sampling_tolerance, in_time};
use super::complaints::{LOOSEST, MOST, SystemComplaints};
use super::kernel_keys::{LimitName, at_infinite_dimension, default_kernel_tolerance, of_kernel};
use super::kind::{BuildError, Kind, Run, TwoLayerKind};
use crate::expense::bytes;
use crate::ranges::LARGEST;
use crate::setting::{Draft, Setting, Spread, Timing};

/// Most minimising movements.
const MOST_MOVEMENTS: f64 = 1e9;
/// Steps of a companion: first order, so that the difference is twice the error.
const COARSER_STEP: f64 = 3.0;
/// A companion's sampling tolerance is so many times the stated one.
const LOOSER: f64 = 10.0;
/// Objectives of a minimising movement, and CPU seconds of an atom in one: at least, and for each
/// term of the kernel.
const OBJECTIVES: f64 = 8.5;
const PER_OBJECTIVE: (f64, f64) = (5e-8, 2e-8);

/// Keys of `jko`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JkoKeys {
    /// Number of atoms at the start, on panels that split where a step parts neighbours.
    pub atoms: usize,
    /// What a panel of eight atoms may leave unresolved, a share of the Wasserstein-1 distance; the default
    /// is far below the error of the steps.
    #[serde(default = "default_sampling_tolerance")]
    pub sampling_tolerance: f64,
    /// Panels split no more once there are this many atoms. The default keeps a run in seconds.
    #[serde(default = "default_most_atoms")]
    pub most_atoms: usize,
    /// τ, the step in t: first order in it, and the risk falls whatever it is.
    pub step: f64,
    /// The kernel's dimension: the data's, or its limit. The default changes nothing.
    #[serde(default)]
    pub dimension_limit: LimitName,
    /// What the kernel may leave out of U(r, r'). The default is far below every other error; where it cannot
    /// be reached (kinks in few dimensions) it gives way to the next power of ten, 0.1 at most.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

impl JkoKeys {
    /// So many atoms at the start, steps of this length, and the defaults for everything else.
    pub fn new(atoms: usize, step: f64) -> Self {
        Self {
            atoms,
            sampling_tolerance: default_sampling_tolerance(),
            most_atoms: default_most_atoms(),
            step,
            dimension_limit: LimitName::default(),
            kernel_tolerance: default_kernel_tolerance(),
        }
    }

    fn resolution(&self) -> Resolution {
        self.dimension_limit.resolution(self.kernel_tolerance)
    }

    fn at_half_the_resolution(&self) -> Self {
        Self {
            atoms: self.atoms / 2,
            most_atoms: self.most_atoms / 2,
            step: COARSER_STEP * self.step,
            ..self.clone()
        }
    }
}

impl Kind for JkoKeys {
    fn nature(&self) -> Nature {
        Nature::Limit
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        Some(self)
    }
}

impl TwoLayerKind for JkoKeys {
    fn kernel(&self, _: Bath) -> Option<Resolution> {
        Some(self.resolution())
    }

    fn check_bath(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        atoms::check_bath(draft, complaints);
        atoms::refuse_groups(draft, complaints);
    }

    fn check(&self, draft: &Draft, complaints: &mut SystemComplaints) {
        let message = "minimising movements are known for neurons σ(⟨w, x⟩) and isotropic data alone";
        let help = "take characteristics or finite-volume for the PDE in these coordinates";
        complaints.unless_whole(draft.coordinates.is_err() || draft.is_radial(), message, help);
        complaints.count("atoms", self.atoms, 1, MOST, "write e.g. atoms = 400");
        complaints.count("most-atoms", self.most_atoms, 1, MOST, "leave it out for the default");
        complaints.tolerance("sampling-tolerance", self.sampling_tolerance, LOOSEST);
        let step = self.step;
        let message = format!("`step` must be a positive number, at most {LARGEST:e}; it is {step:?}");
        let is_step = step > 0.0 && step <= LARGEST;
        complaints.unless(is_step, "step", message, "write e.g. step = 0.01");
        if is_step && draft.times.is_some() {
            let movements = draft.end_time / step;
            let message = format!("end-time / step is {movements:.1e}, more than {MOST_MOVEMENTS:e}");
            let help = "write a longer step, e.g. 0.01";
            complaints.unless(movements <= MOST_MOVEMENTS, "step", message, help);
        }
        complaints.tolerance("kernel-tolerance", self.kernel_tolerance, LOOSEST);
    }

    fn cost(&self, setting: &Setting, _: Timing) -> Cost {
        let atoms = self.atoms as f64;
        let terms = setting.rank(self.resolution());
        let movements = setting.clock() / self.step + setting.observations();
        let (least, per_term) = PER_OBJECTIVE;
        let numbers = atoms * (NUMBERS + 4.0 * terms + setting.observed.snapshots as f64);
        Cost { seconds: movements * OBJECTIVES * atoms * (least + per_term * terms), bytes: bytes(numbers) }
    }

    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError> {
        let reduced = setting.reduced(self.resolution())?;
        let Reduced::Radius(reduction) = &*reduced else { return Err(BuildError::Coordinates) };
        let [start] = reduction.starts();
        let panels =
            Panels::with_breaks(&[start.breaks()], self.atoms, self.sampling_tolerance, self.most_atoms);
        let mut facts = vec![
            (facts::ATOMS, self.atoms as f64),
            (facts::ATOMS_AT_START, panels.atoms() as f64),
            (facts::STEP, self.step),
            (facts::REFINEMENT_FROM, COARSER_STEP * self.step),
        ];
        facts.extend(of_kernel(reduction));
        facts.extend(at_infinite_dimension(self.dimension_limit, LimitName::Finite));
        let jko = Jko::sampling(
            reduction.landscape.clone(),
            panels,
            |g| start.quantile_of_normal(g),
            start.lower_end(),
            self.step,
        );
        Run::only(in_time(setting, jko), facts)
    }

    fn has_long_strides(&self, _: &Setting) -> bool {
        atoms::are_many(self.atoms, self.most_atoms)
    }

    fn halved(&self, _: &Spread) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(self.at_half_the_resolution()))
    }

    fn companion(&self, _: &Spread, kernel_tolerance: Option<f64>) -> Option<Box<dyn TwoLayerKind>> {
        Some(Box::new(Self {
            sampling_tolerance: LOOSER * self.sampling_tolerance,
            kernel_tolerance: kernel_tolerance.unwrap_or(self.kernel_tolerance),
            ..self.at_half_the_resolution()
        }))
    }
}
