//! The list of kinds of systems. Each has a file below `systems/`: keys, checks, cost, coarser companion,
//! construction. (Kinds that need more than a file have a folder beside it.) Only here they are listed.

mod atoms;
pub mod characteristics;
pub(crate) mod complaints;
pub mod coupled_network;
pub mod finite_network;
pub mod finite_step;
pub mod finite_volume;
pub mod jko;
pub mod kernel_keys;
pub(crate) mod kind;
pub mod landscape;
pub mod linearised;
pub mod mean_field;
pub mod scaling;

use meanfield_run::record::Nature;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use characteristics::keys::CharacteristicsKeys;
use coupled_network::CoupledNetworkKeys;
use finite_network::keys::FiniteNetworkKeys;
use finite_step::FiniteStepKeys;
use finite_volume::keys::FiniteVolumeKeys;
use jko::JkoKeys;
use kind::Kind;
use landscape::keys::LandscapeKeys;
use linearised::LinearisedKeys;
use mean_field::keys::MeanFieldKeys;

/// Makes the enumeration of the kinds, each with its keys and its name in the file.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $variant:ident($keys:ty) = $name:literal,)+) => {
        /// Systems: what can be run.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[non_exhaustive]
        pub enum SystemKind {
            $($(#[$doc])+ #[serde(rename = $name)] $variant($keys),)+
        }

        $(impl From<$keys> for SystemKind {
            fn from(keys: $keys) -> Self {
                Self::$variant(keys)
            }
        })+

        impl SystemKind {
            /// The name of the kind, as it is written in the file, and the kind itself.
            fn entry(&self) -> (&'static str, &dyn Kind) {
                match self {
                    $(Self::$variant(keys) => ($name, keys),)+
                }
            }

            /// What its records are. (Not by way of `Kind`, with which a test of it would compile all that
            /// builds systems.)
            pub fn nature(&self) -> Nature {
                match self {
                    $(Self::$variant(keys) => keys.nature(),)+
                }
            }
        }
    };
}

kinds! {
    /// The PDE on a grid, conservative and positive. Without noise: upwind fluxes, limited second-order
    /// slopes, SSP Runge–Kutta. With noise: fluxes that keep the Gibbs state, implicit steps that lower
    /// the free energy.
    FiniteVolume(FiniteVolumeKeys) = "finite-volume",
    /// The PDE by deterministic atoms that follow its velocity field.
    Characteristics(CharacteristicsKeys) = "characteristics",
    /// The PDE by minimising movements: implicit steps of any size, each of which lowers the risk.
    Jko(JkoKeys) = "jko",
    /// SGD itself: N neurons, one fresh sample a step, one run for each seed.
    FiniteNetwork(FiniteNetworkKeys) = "finite-network",
    /// The same networks, each beside the copies of its neurons in the proofs of MMN 2018 (Theorem 3) and of
    /// Pham & Nguyen 2021, which begin alike and move with the velocity field of the limit: how far neurons
    /// are from their copies, `distance_w` and `largest_distance_w` of two layers σ(⟨w, x⟩) without noise,
    /// `distance_1` and so on and D_T, `distance`, of more.
    CoupledNetwork(CoupledNetworkKeys) = "coupled-network",
    /// The mean law of SGD's networks at given N and ε, by a closure of their fluctuations: an approximation,
    /// exact to first order in 1/N and ε. No network is trained.
    FiniteStep(FiniteStepKeys) = "finite-step",
    /// No dynamics, but where it ends. With noise: the Gibbs state, the only minimiser of the free energy
    /// where the loss is convex. Without: the law of least risk. Of networks with layers: the least loss of
    /// those that see the inputs' coordinates which the first layer sees at t = 0.
    Landscape(LandscapeKeys) = "landscape",
    /// The limit α → ∞ of the lazy scaling ŷ = α (f − f_0) with steps ε/α²: neurons stay at their start, and
    /// the kernel K = E ∇σ_*(x)·∇σ_*(x') of the start trains, ∂_t ŷ = −2ξ K (ŷ − y).
    Linearised(LinearisedKeys) = "linearised",
    /// The limit of networks with layers at infinite width: gradient flow of the laws of all layers.
    MeanField(MeanFieldKeys) = "mean-field",
}

impl SystemKind {
    /// The name of the kind, as it is written in the file.
    pub fn name(&self) -> &'static str {
        self.entry().0
    }

    /// The implementation of the kind.
    pub(crate) fn kind(&self) -> &dyn Kind {
        self.entry().1
    }
}
