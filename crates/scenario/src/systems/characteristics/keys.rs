//! Keys of the kind `characteristics`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::systems::atoms::{default_most_atoms, default_sampling_tolerance};
use crate::systems::kernel_keys::{LimitName, default_kernel_tolerance};
use crate::systems::scaling::{Scaling, ScalingName};

/// Keys of `characteristics`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "See [`SystemKind::Characteristics`].")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CharacteristicsKeys {
    /// Number of atoms at the start, on panels that split where the flow parts neighbours.
    pub atoms: usize,
    /// What a panel of eight atoms may leave unresolved, a share of the Wasserstein-1 distance; the default
    /// is far below every other error.
    #[serde(default = "default_sampling_tolerance")]
    pub sampling_tolerance: f64,
    /// Panels split no more once there are this many atoms. The default keeps a run in seconds.
    #[serde(default = "default_most_atoms")]
    pub most_atoms: usize,
    /// Until this time the record says what N and ε do to networks of independent start: b, c, v_N, v_ε in E
    /// R_SGD = R + b/N + c ε, Var R_SGD = v_N/N + v_ε ε + second chaos. For the squared loss and no noise. 0,
    /// the default, means not at all: it takes about a second, in several coordinates up to a minute, and
    /// where the law splits the first order in N and ε ends.
    #[serde(default)]
    pub fluctuations_until: f64,
    /// Whether ŷ is f, or α (f − f_0) with steps ε/α². The default is the mean field.
    #[serde(default, skip_serializing_if = "ScalingName::is_default")]
    pub scaling: ScalingName,
    /// α of scaling = "lazy".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub alpha: Option<f64>,
    /// Largest error of any atom in one time step; the default is far below the error of the sampling.
    #[serde(default = "default_tolerance")]
    pub tolerance: f64,
    /// The kernel's dimension: the data's, or its limit. The default changes nothing.
    #[serde(default)]
    pub dimension_limit: LimitName,
    /// The start's dimension: the data's, or its limit, in which all radii start at one point, κ times the
    /// root of their block's share of d. The default changes nothing.
    #[serde(default)]
    pub start_limit: LimitName,
    /// What the kernel may leave out of U(r, r'). The default is far below every other error; where it cannot
    /// be reached (kinks in few dimensions) it gives way to the next power of ten, 0.1 at most.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

impl CharacteristicsKeys {
    /// So many atoms at the start, and the defaults for everything else.
    pub fn with_atoms(atoms: usize) -> Self {
        Self {
            atoms,
            sampling_tolerance: default_sampling_tolerance(),
            most_atoms: default_most_atoms(),
            fluctuations_until: 0.0,
            scaling: ScalingName::default(),
            alpha: None,
            tolerance: default_tolerance(),
            dimension_limit: LimitName::default(),
            start_limit: LimitName::default(),
            kernel_tolerance: default_kernel_tolerance(),
        }
    }

    /// How outputs are scaled.
    pub(crate) fn scaling(&self) -> Scaling {
        Scaling { name: self.scaling, alpha: self.alpha }
    }
}

fn default_tolerance() -> f64 {
    1e-8
}
