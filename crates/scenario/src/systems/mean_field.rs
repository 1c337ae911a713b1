//! The kind `mean-field`: the limit of networks with layers at infinite width, by quadrature over the labels of
//! their neurons.

mod fluctuations;

use meanfield_deep::limit::Limit;
use meanfield_deep::quadrature::{LayerAtoms, Resolution};
use meanfield_deep::start::Start;
use meanfield_deep::systems::limit::LimitSystem;
use meanfield_run::record::Nature;
use meanfield_run::system::Cost;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::SystemComplaints;
use super::kind::{BuildError, Kind, LayeredKind, Run};
use crate::expense::{bytes, plus};
use crate::setting::{LayeredDraft, LayeredSetting};

/// Most nodes of a rule, and atoms of a layer.
const MOST_NODES: usize = 1000;
const MOST_ATOMS: usize = 100_000;
/// CPU seconds of a multiplication in a product of matrices; evaluations per unit of time at the default
/// tolerance.
const PER_MULTIPLICATION: f64 = 2e-10;
const EVALUATIONS: f64 = 300.0;

/// Keys of `mean-field`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "The limit of networks with layers at infinite width.")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MeanFieldKeys {
    /// Nodes for each number that a neuron starts with. The default is good to about 1e-6 for smooth
    /// activations; `refinement` states the error.
    #[serde(default = "default_nodes")]
    pub nodes: usize,
    /// Most atoms of a layer by products of nodes; where there would be more, neurons are drawn.
    #[serde(default = "default_most_atoms")]
    pub most_atoms: usize,
    /// Atoms of a layer where neurons are drawn: pairs of mirror images. Their error falls as the inverse
    /// root; `refinement` states it.
    #[serde(default = "default_samples")]
    pub samples: usize,
    /// Largest error of a weight in one step. The default is far below that of the nodes.
    #[serde(default = "default_tolerance")]
    pub tolerance: f64,
    /// Seed of neurons that are drawn.
    #[serde(default)]
    pub seed: u64,
    /// Until this time the record says what widths and steps do to networks whose hidden layers have n neurons
    /// each, trained by single samples: b, c, v_n, v_ε, v_nn in E R_SGD = R + b/n + c ε, Var R_SGD = v_n/n + v_ε ε
    /// + v_nn/n². For smooth activations, constant schedules and quadrature. 0, the default, means not at all.
    #[serde(default)]
    pub fluctuations_until: f64,
}

fn default_nodes() -> usize {
    Resolution::default().nodes
}

fn default_most_atoms() -> usize {
    Resolution::default().most_atoms
}

fn default_samples() -> usize {
    Resolution::default().samples
}

fn default_tolerance() -> f64 {
    Resolution::default().tolerance
}

impl MeanFieldKeys {
    fn resolution(&self) -> Resolution {
        let mut resolution = Resolution::default();
        resolution.nodes = self.nodes;
        resolution.most_atoms = self.most_atoms;
        resolution.samples = self.samples;
        resolution.tolerance = self.tolerance;
        resolution.seed = self.seed;
        resolution
    }

    /// Atoms of each hidden layer.
    fn atoms(&self, setting: &LayeredSetting) -> Vec<usize> {
        atoms(&setting.problem.start, &self.resolution())
    }

    /// Weights between atoms.
    fn weights(&self, setting: &LayeredSetting) -> f64 {
        let dimension = setting.problem.networks.data.dimension();
        let widths: Vec<usize> = [dimension].into_iter().chain(self.atoms(setting)).chain([1]).collect();
        widths.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64).sum()
    }
}

/// Atoms of each hidden layer at a resolution.
fn atoms(start: &Start, resolution: &Resolution) -> Vec<usize> {
    let layers = 1..start.depth();
    let atoms = layers.map(|layer| LayerAtoms::new(start, layer, resolution));
    atoms.map(|atoms| atoms.map_or(resolution.samples, |atoms| atoms.shares.len())).collect()
}

impl Kind for MeanFieldKeys {
    fn nature(&self) -> Nature {
        Nature::Limit
    }

    fn fluctuations_until(&self) -> f64 {
        self.fluctuations_until
    }

    fn of_layers(&self) -> Option<&dyn LayeredKind> {
        Some(self)
    }
}

impl LayeredKind for MeanFieldKeys {
    fn check(&self, draft: &LayeredDraft, complaints: &mut SystemComplaints) {
        complaints.count("nodes", self.nodes, 2, MOST_NODES, "leave it out for the default");
        complaints.count("most-atoms", self.most_atoms, 1, MOST_ATOMS, "leave it out for the default");
        complaints.count("samples", self.samples, 2, MOST_ATOMS, "leave it out for the default");
        complaints.tolerance("tolerance", self.tolerance, 1e-2);
        fluctuations::check(self, draft, complaints);
    }

    fn cost(&self, setting: &LayeredSetting) -> Cost {
        let weights = self.weights(setting);
        let points = setting.problem.networks.data.weights().len() as f64;
        let each = 3.0 * weights * points * PER_MULTIPLICATION;
        let evaluations = EVALUATIONS * setting.end_time.sqrt();
        let bytes = bytes(12.0 * weights + 5.0 * weights.sqrt() * points);
        plus(Cost { seconds: each * evaluations, bytes }, fluctuations::cost(self, setting))
    }

    fn runs(&self, setting: &LayeredSetting) -> Result<Vec<Run>, BuildError> {
        let problem = setting.problem.networks.clone();
        let limit = LimitSystem::new(Limit::new(problem, &setting.problem.start, &self.resolution())?);
        match self.fluctuations_until > 0.0 {
            true => fluctuations::runs(self, setting, limit),
            false => Run::only(Box::new(limit), Vec::new()),
        }
    }

    fn companion(&self) -> Option<Box<dyn LayeredKind>> {
        let Resolution { nodes, samples, tolerance, .. } = self.resolution().coarser();
        let fluctuations_until = 0.0;
        Some(Box::new(Self { nodes, samples, tolerance, fluctuations_until, ..self.clone() }))
    }
}
