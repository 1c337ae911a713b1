//! Keys of the kind `mean-field`, the resolution that they ask for, and what its cost is made of.

use meanfield_deep::quadrature::{LayerAtoms, Resolution};
use meanfield_deep::start::Start;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// CPU seconds of a multiplication in a product of matrices; evaluations per unit of time at the default
/// tolerance.
pub(super) const PER_MULTIPLICATION: f64 = 2e-10;
pub(super) const EVALUATIONS: f64 = 190.0;

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
    /// Atoms of a layer where neurons are drawn: pairs of mirror images, 400 by default. Their error falls as
    /// the inverse root; `refinement` states it. Of residual networks the paths, 16384 by default: the error
    /// is stated by the groups in which they are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<usize>,
    /// Largest error of a weight in one step. The default is far below the error of nodes, or of paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
    /// Seed of neurons that are drawn.
    #[serde(default)]
    pub seed: u64,
    /// Until this time the record says what widths and steps do to networks whose hidden layers have n
    /// neurons each, trained by single samples: b, c, v_n, v_ε, v_nn in E R_SGD = R + b/n + c ε, Var R_SGD =
    /// v_n/n + v_ε ε + v_nn/n². For smooth activations and constant schedules; with layers for quadrature, of
    /// residual networks by displaced copies of drawn paths. 0, the default, means not at all.
    #[serde(default)]
    pub fluctuations_until: f64,
}

fn default_nodes() -> usize {
    Resolution::default().nodes
}

fn default_most_atoms() -> usize {
    Resolution::default().most_atoms
}

impl MeanFieldKeys {
    /// The resolution of the limit.
    pub(super) fn resolution(&self) -> Resolution {
        let mut resolution = Resolution::default();
        resolution.nodes = self.nodes;
        resolution.most_atoms = self.most_atoms;
        resolution.samples = self.samples.unwrap_or(resolution.samples);
        resolution.tolerance = self.tolerance.unwrap_or(resolution.tolerance);
        resolution.seed = self.seed;
        resolution
    }
}

/// Atoms of each hidden layer at a resolution.
pub(in crate::systems) fn atoms(start: &Start, resolution: &Resolution) -> Vec<usize> {
    let layers = 1..start.depth();
    let counts = layers.map(|layer| LayerAtoms::count(start, layer, resolution));
    counts.map(|count| count.map_or(resolution.samples, |(atoms, _)| atoms)).collect()
}
