//! Keys of the kind `finite-network`.

pub mod plain;
pub(crate) mod seeds;

use meanfield_particle::finite_network::Precision;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::model::instead::INSTEAD;
use crate::systems::scaling::{Scaling, ScalingName};
use plain::PlainKeys;

/// Keys of `finite-network`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(transform = widths_instead)]
pub struct FiniteNetworkKeys {
    /// N, the number of neurons; of a network with layers that of each hidden layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "usize")]
    pub neurons: Option<usize>,
    /// The numbers of neurons of the hidden layers, where they differ, in place of `neurons`; for
    /// networks with layers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widths: Vec<usize>,
    /// ε, the step of SGD: time is t = kε. A gradient flow has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub step_size: Option<f64>,
    /// Seeds of everything random: one run for each, all different; a list, or a range such as "1..256".
    #[serde(deserialize_with = "seeds::read")]
    #[schemars(schema_with = "seeds::schema")]
    pub seeds: Vec<u64>,
    /// How it is trained; for networks with layers. Two-layer networks are trained on samples.
    #[serde(default)]
    pub training: TrainingName,
    /// B, samples of a step, of which the mean gradient is taken. The default, 1, is the SGD of the theorems;
    /// the limit is the same, and what samples do to networks is divided by B.
    #[serde(default = "default_batch")]
    pub batch: usize,
    /// Whether ŷ is f_N, or α (f_N − f_N(0)) with steps ε/α²; of two layers. The default is the mean field.
    #[serde(default, skip_serializing_if = "ScalingName::is_default")]
    pub scaling: ScalingName,
    /// α of scaling = "lazy".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub alpha: Option<f64>,
    /// Whether the risk at an observation is computed exactly (the default), where that is known, or is the
    /// estimate on fresh samples (`monte-carlo` of them, 10000 by default) with a standard error. An exact
    /// risk of N neurons is a sum over N² pairs; of two layers.
    #[serde(default, skip_serializing_if = "RiskName::is_exact")]
    pub risk: RiskName,
    /// Fresh samples on which the risk is estimated too, at each observation. None by default where the risk
    /// is computed exactly; where the estimate is the risk (`risk = "sampled"`, losses other than the squared
    /// one) 10000, also for 0.
    #[serde(default)]
    pub monte_carlo: usize,
    /// The variance of a step's noise is so many times s_k/β. 4, the default, is the diffusion of the PDE
    /// with this β (MMN's eq. 12); 2 is what their eq. 11 prints.
    #[serde(default = "default_noise_factor")]
    pub noise_factor: f64,
    /// What the weights are computed in. `single` is faster and has the same law as long as steps move
    /// weights by more than 6e-8 of their size, but not the same paths: now and then rounding puts a neuron
    /// on the other side of a kink.
    #[serde(default)]
    pub precision: PrecisionName,
    /// Where it is trained: on the processor, or all seeds at once on a graphics processor, in a build with
    /// that feature (docs/gpu.md). A device draws its samples from counters: the law is the same, the paths
    /// are not.
    #[serde(default, skip_serializing_if = "DeviceName::is_cpu")]
    pub device: DeviceName,
    /// What the copies of a `coupled-network` with layers, or of a residual one, follow: the field of the
    /// limit, or the gradient flow of the network itself, from which steps alone part it.
    #[serde(default)]
    pub copies: CopiesName,
    /// In place of a residual network a fully connected one, as deep and as wide, in the plain mean-field
    /// scaling; for models of residual networks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PlainKeys")]
    pub plain: Option<PlainKeys>,
    /// Whether each network has copies of its neurons beside it: whether the kind is `coupled-network`.
    #[serde(skip)]
    pub(crate) coupled: bool,
}

impl FiniteNetworkKeys {
    /// N neurons, steps ε, a run for each seed, and the defaults for everything else.
    pub fn new(neurons: usize, step_size: f64, seeds: impl Into<Vec<u64>>) -> Self {
        Self {
            neurons: Some(neurons),
            widths: Vec::new(),
            step_size: Some(step_size),
            seeds: seeds.into(),
            training: TrainingName::default(),
            batch: default_batch(),
            scaling: ScalingName::default(),
            alpha: None,
            risk: RiskName::default(),
            monte_carlo: 0,
            noise_factor: NOISE_FACTOR,
            precision: PrecisionName::default(),
            device: DeviceName::default(),
            copies: CopiesName::default(),
            plain: None,
            coupled: false,
        }
    }

    /// How outputs are scaled.
    pub(crate) fn scaling(&self) -> Scaling {
        Scaling { name: self.scaling, alpha: self.alpha }
    }

    /// N, which keys that were checked have unless `widths` stands in its place: then, and where it is
    /// missing, 0.
    pub(super) fn neuron_count(&self) -> usize {
        self.neurons.unwrap_or_default()
    }

    /// ε, which keys that were checked have unless they are of a flow: then, and where it is missing, 0.
    pub(super) fn step_length(&self) -> f64 {
        self.step_size.unwrap_or_default()
    }
}

/// `widths` stands in place of `neurons`, which must be there without it.
fn widths_instead(schema: &mut Schema) {
    if let Some(Json::Array(required)) = schema.get_mut("required") {
        required.insert(0, "neurons".into());
    }
    schema.insert(INSTEAD.to_owned(), json!({ "widths": ["neurons"] }));
}

fn default_batch() -> usize {
    1
}

/// What the risk of a network is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RiskName {
    /// That of its weights, where a closed form is known; the estimate elsewhere.
    #[default]
    Exact,
    /// The estimate on fresh samples.
    Sampled,
}

impl RiskName {
    fn is_exact(&self) -> bool {
        *self == Self::Exact
    }
}

/// How networks are trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TrainingName {
    /// SGD: `batch` fresh samples a step.
    #[default]
    Samples,
    /// Gradient descent on the loss over all points.
    FullBatch,
    /// Gradient flow on the loss over all points, in continuous time.
    Flow,
}

/// What copies follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CopiesName {
    /// The field of the limit.
    #[default]
    Limit,
    /// The gradient flow of the network that begins alike.
    OwnFlow,
}

/// Where networks are trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DeviceName {
    /// The processor.
    #[default]
    Cpu,
    /// A graphics processor, all seeds together.
    Gpu,
}

impl DeviceName {
    /// Whether it is the processor, of which records say nothing: older ones do not know the key.
    fn is_cpu(&self) -> bool {
        *self == Self::Cpu
    }
}

/// Floating-point numbers of the training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PrecisionName {
    /// 64 bits.
    #[default]
    Double,
    /// 32 bits.
    Single,
}

impl PrecisionName {
    /// The precision.
    pub(crate) fn precision(self) -> Precision {
        match self {
            Self::Double => Precision::Double,
            Self::Single => Precision::Single,
        }
    }
}

/// The factor in the variance of noisy SGD that agrees with the PDE.
pub(crate) const NOISE_FACTOR: f64 = 4.0;

fn default_noise_factor() -> f64 {
    NOISE_FACTOR
}
