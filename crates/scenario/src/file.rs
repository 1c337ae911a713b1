//! A scenario file as it is typed. The doc comments here are what `meanfield list` and the schema say.
//!
//! Unknown keys are refused everywhere. No default changes the physics; every default says why it is one.

use std::collections::BTreeMap;

use meanfield_run::claim::Claim;
use meanfield_run::drive::Plan;
use meanfield_run::record::Nature;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::stated::{self, Compare, Figure};
use crate::times::Times;

/// A scenario: one claim about how SGD follows its mean-field limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScenarioFile {
    /// The claim in a sentence; the title of figures and record.
    pub title: String,
    /// Whether deterministic systems are run a second time at half the resolution, so that each of their curves gets
    /// an error `…_refinement_error`. False by default: it changes no result and costs a quarter or half as much again.
    #[serde(default)]
    pub refinement: bool,
    /// Data, activation, loss and start.
    pub model: Model,
    /// Time, schedule, noise and regularisation.
    pub dynamics: Dynamics,
    /// What is observed, and when.
    pub observe: Observe,
    /// The systems to run, by name.
    pub systems: BTreeMap<String, SystemKind>,
    /// The reference and the claims.
    pub compare: Option<Compare>,
    /// How the figures are drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<Figure>,
    /// Several values of keys that hold one number, e.g. model.initial.gaussian.scale = [0.1, 0.4]: the scenario runs
    /// over their product. Values are a list, "a..b:n" or "log(a..b:n)"; each key becomes an axis of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub vary: Option<toml::Table>,
    /// Overrides that `--quick` applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub quick: Option<toml::Table>,
}

/// Data, activation, loss and start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Model {
    /// The joint law of label and input.
    pub data: Data,
    /// σ in ŷ(x) = (1/N) Σ σ(⟨w, x⟩).
    pub activation: ActivationKind,
    /// What a neuron computes with it. The default has neither an output weight a nor an offset b: the terms are absent.
    #[serde(default)]
    pub unit: UnitKind,
    /// ℓ(y, ŷ), whose mean is the risk. The default is the squared loss: a network's risk is then exact, and all
    /// of MMN 2018 is about it.
    #[serde(default)]
    pub loss: LossKind,
    /// The law of the weights at t = 0.
    pub initial: InitialKind,
}

/// Data models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² I_d).
    IsotropicGaussians(IsotropicGaussians),
    /// y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² P + (I − P)), P the projector on s₀ of the d coordinates.
    AnisotropicGaussians(AnisotropicGaussians),
}

impl Data {
    /// d.
    pub fn dimension(&self) -> usize {
        match self {
            Self::IsotropicGaussians(data) => data.dimension,
            Self::AnisotropicGaussians(data) => data.dimension,
        }
    }
}

/// See [`Data::IsotropicGaussians`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IsotropicGaussians {
    /// d, the dimension of x; at least 2.
    pub dimension: usize,
    /// Δ, from 0 up to but not including 1.
    pub separation: f64,
}

/// See [`Data::AnisotropicGaussians`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnisotropicGaussians {
    /// d, the dimension of x.
    pub dimension: usize,
    /// s₀, the dimension that tells the classes apart: from 1 to d − 1.
    pub relevant_dimension: usize,
    /// Δ, from 0 up to but not including 1.
    pub separation: f64,
}

/// Units: what a neuron computes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// σ(⟨w, x⟩).
    Inner(Nothing),
    /// a σ(⟨w, x⟩ + b), with anisotropic data; `model.initial` says where a and b start.
    Affine(Nothing),
}

impl Default for UnitKind {
    fn default() -> Self {
        Self::Inner(Nothing {})
    }
}

/// Activations. Those with a name are a shape f in its place: σ(z) = height · f(gain · z + offset) + constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActivationKind {
    /// Straight lines between knots, and outside with given slopes.
    PiecewiseLinear(PiecewiseLinearKeys),
    /// σ = height · max(0, u), u = gain · z + offset.
    Relu(PlacementKeys),
    /// σ = height · (u above 0, slope · u below), u = gain · z + offset.
    LeakyRelu(LeakyReluKeys),
    /// σ = height · (u cut at ±1), u = gain · z + offset.
    HardTanh(PlacementKeys),
    /// σ = height · tanh u, u = gain · z + offset.
    Tanh(PlacementKeys),
    /// σ = height · erf u, u = gain · z + offset.
    Erf(PlacementKeys),
    /// σ = height/(1 + e^−u), u = gain · z + offset.
    Sigmoid(PlacementKeys),
    /// σ = height · ln(1 + e^u), u = gain · z + offset.
    Softplus(PlacementKeys),
    /// σ = height · u Φ(u), u = gain · z + offset, Φ the normal distribution function.
    Gelu(PlacementKeys),
    /// σ = height · u/(1 + e^−u), u = gain · z + offset.
    Silu(PlacementKeys),
    /// σ = height · cos u, u = gain · z + offset.
    Cosine(PlacementKeys),
}

/// See [`ActivationKind::PiecewiseLinear`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PiecewiseLinearKeys {
    /// Pairs [t, σ(t)], t increasing; at least two, or one with `slopes`.
    pub knots: Vec<[f64; 2]>,
    /// Slopes left and right of all knots. Left out means constant there: the terms are absent.
    #[serde(default)]
    pub slopes: [f64; 2],
}

/// Where a shape stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlacementKeys {
    /// Factor of the output. The default, 1, leaves the shape as it is.
    #[serde(default = "one")]
    pub height: f64,
    /// Factor of the input, positive. The default, 1, leaves the shape as it is.
    #[serde(default = "one")]
    pub gain: f64,
    /// Added to the input. None by default: the term is absent. (With an odd σ, centred data drive nothing.)
    #[serde(default)]
    pub offset: f64,
    /// Added to the output. None by default: the term is absent.
    #[serde(default)]
    pub constant: f64,
}

/// See [`ActivationKind::LeakyRelu`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LeakyReluKeys {
    /// Slope below 0.
    pub slope: f64,
    /// Factor of the output. The default, 1, leaves the shape as it is.
    #[serde(default = "one")]
    pub height: f64,
    /// Factor of the input, positive. The default, 1, leaves the shape as it is.
    #[serde(default = "one")]
    pub gain: f64,
    /// Added to the input. None by default: the term is absent.
    #[serde(default)]
    pub offset: f64,
    /// Added to the output. None by default: the term is absent.
    #[serde(default)]
    pub constant: f64,
}

fn one() -> f64 {
    1.0
}

/// Losses ℓ(y, ŷ); SGD follows −∂ℓ/∂ŷ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LossKind {
    /// (y − ŷ)².
    Squared(Nothing),
    /// ½ (y − ŷ)² where |y − ŷ| is below the threshold, a straight line beyond.
    Huber(HuberKeys),
    /// ln(1 + e^(−y ŷ)).
    Logistic(Nothing),
    /// ½ c² (1 − e^(−(y − ŷ)²/c²)): ½ (y − ŷ)² near 0, bounded. Not convex.
    Welsch(WelschKeys),
}

impl Default for LossKind {
    /// The loss of all of MMN 2018.
    fn default() -> Self {
        Self::Squared(Nothing {})
    }
}

/// See [`LossKind::Huber`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HuberKeys {
    /// δ > 0: the error beyond which the loss is a straight line.
    pub threshold: f64,
}

/// See [`LossKind::Welsch`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WelschKeys {
    /// c > 0: errors beyond it hardly count.
    pub scale: f64,
}

/// Laws of the weights at t = 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InitialKind {
    /// w ~ N(0, κ²/d I_d).
    Gaussian(GaussianStart),
}

/// See [`InitialKind::Gaussian`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GaussianStart {
    /// κ > 0; |w| starts near it.
    pub scale: f64,
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NormalKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NormalKeys>,
}

/// The law of one number of a neuron at t = 0: N(mean, deviation²).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NormalKeys {
    /// Mean.
    pub mean: f64,
    /// Standard deviation. Left out means none: all neurons start at the mean.
    #[serde(default)]
    pub deviation: f64,
}

/// Time, schedule, noise and regularisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dynamics {
    /// The last time, t = kε.
    pub end_time: f64,
    /// ξ(t): SGD's step is s_k = ε ξ(kε).
    pub schedule: ScheduleKind,
    /// 1/β of noisy SGD, whose noise is √(4 s_k/β) g a step (MMN's eq. 12; their eq. 11 prints √(2 s_k/β)), and of the PDE's
    /// diffusion. Left out means none: the term is absent.
    #[serde(default)]
    pub temperature: f64,
    /// λ of the ridge (λ/2)|w|². Left out means none: the term is absent.
    #[serde(default)]
    pub ridge: f64,
}

/// Schedules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleKind {
    /// ξ(t) = 1.
    Constant(Nothing),
    /// ξ(t) = t^exponent. The samples of SGD are counted from 1: its first step is ε ξ(ε).
    Power(PowerKeys),
}

/// See [`ScheduleKind::Power`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PowerKeys {
    /// Above −1, so that ∫ξ dt is finite, and at most 0; MMN's Fig. 3 has −0.25.
    pub exponent: f64,
}

/// No keys: written `{}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What is observed, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Observe {
    /// Times of the curves: a list, "a..b:n" (n numbers, equally spaced, ends included) or "log(a..b:n)"
    /// (equal ratios).
    pub times: Times,
    /// Times at which the whole law is kept. None by default: laws are large.
    #[serde(default)]
    pub snapshots: Times,
    /// Levels of the quantiles over time. The default shows centre, spread and both tails.
    #[serde(default = "default_levels")]
    pub levels: Vec<f64>,
}

impl Observe {
    /// The two lists of times, by key.
    pub fn lists(&self) -> [(&'static str, &[f64]); 2] {
        [("times", self.times.values()), ("snapshots", self.snapshots.values())]
    }
}

fn default_levels() -> Vec<f64> {
    vec![0.01, 0.1, 0.5, 0.9, 0.99]
}

/// Systems: what can be run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SystemKind {
    /// The PDE on a grid, conservative and positive. Without noise: upwind fluxes, limited second-order slopes, SSP Runge–Kutta. With
    /// noise: fluxes that keep the Gibbs state, implicit steps that lower the free energy.
    FiniteVolume(FiniteVolumeKeys),
    /// The PDE by deterministic atoms that follow its velocity field.
    Characteristics(CharacteristicsKeys),
    /// The PDE by minimising movements: implicit steps of any size, each of which lowers the risk.
    Jko(JkoKeys),
    /// SGD itself: N neurons, one fresh sample a step, one run for each seed.
    FiniteNetwork(FiniteNetworkKeys),
    /// No dynamics, but where it ends. With noise: the Gibbs state, the only minimiser of the free energy where the loss is convex.
    /// Without: the law of least risk.
    Landscape(LandscapeKeys),
}

/// See [`SystemKind::FiniteVolume`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FiniteVolumeKeys {
    /// Cells along each coordinate at the start: [cells of the radius], or of r₁ and r₂, or of a, b, r₁ and r₂.
    pub cells: Vec<usize>,
    /// Whether the grid follows the mass: its faces then move with it, and its cells stay as many. By default it does with several
    /// coordinates and no noise, where no other can resolve start and end alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<bool>,
    /// Standard deviation that coordinates get which start at a point: cells cannot hold one. The default is small beside what the
    /// law becomes.
    #[serde(default = "default_start_width")]
    pub start_width: f64,
    /// Range of each coordinate at the start of a grid that does not follow: [[0, upper]]. The default is half as wide again as the
    /// start, and holds the noise; the grid grows, up to ten times its cells, before mass reaches its edge: with noise wherever a
    /// coordinate goes on, without at its upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<Vec<[f64; 2]>>,
    /// How much the cells widen outwards: the last is about cosh(grading) times as wide as the first. 0 means equal
    /// cells; the default errs least on MMN's Fig. 1.
    #[serde(default = "default_grading")]
    pub grading: f64,
    /// Slope limiter without noise; the default errs least in smooth flow.
    #[serde(default)]
    pub limiter: LimiterName,
    /// Time stepper without noise; the default has the order of the reconstruction.
    #[serde(default)]
    pub stepper: StepperName,
    /// Without noise: the share by which the rate at which the energy falls may change in a step, which limits steps where
    /// positivity does not. By default 0.05, which errs less than the cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// With noise: the share of the mass that one implicit step and two of half the length may place differently; the error of
    /// a run is about as large. The default is below the error of 400 cells.
    #[serde(default = "default_share")]
    pub tolerance: f64,
    /// The kernel's dimension: the data's, or its limit. The default changes nothing.
    #[serde(default)]
    pub dimension_limit: LimitName,
    /// What the kernel's series may leave out of U(r, r'); the default is far below every other error.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

/// See [`SystemKind::Characteristics`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CharacteristicsKeys {
    /// Number of atoms at the start, on panels that split where the flow parts neighbours.
    pub atoms: usize,
    /// What a panel of eight atoms may leave unresolved, a share of the Wasserstein-1 distance; the default is far below
    /// every other error.
    #[serde(default = "default_sampling_tolerance")]
    pub sampling_tolerance: f64,
    /// Panels split no more once there are this many atoms. The default keeps a run in seconds.
    #[serde(default = "default_most_atoms")]
    pub most_atoms: usize,
    /// Until this time b(t) in E R_N = R + b/N is computed for networks of independent start, up to 7 % too low: a neuron's
    /// force on itself is taken with the orders of the kernel alone. 0, the default,
    /// means not at all: it costs more than the law itself, and where the law splits it has no stable value.
    #[serde(default)]
    pub network_bias_until: f64,
    /// Largest error of any atom in one time step; the default is far below the error of the sampling.
    #[serde(default = "default_tolerance")]
    pub tolerance: f64,
    /// The kernel's dimension: the data's, or its limit. The default changes nothing.
    #[serde(default)]
    pub dimension_limit: LimitName,
    /// The start's dimension: the data's, or its limit, in which all radii start at one point, κ times the root of their block's
    /// share of d. The default changes nothing.
    #[serde(default)]
    pub start_limit: LimitName,
    /// What the kernel's series may leave out of U(r, r'); the default is far below every other error.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

/// See [`SystemKind::Jko`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JkoKeys {
    /// Number of atoms at the start, on panels that split where a step parts neighbours.
    pub atoms: usize,
    /// What a panel of eight atoms may leave unresolved, a share of the Wasserstein-1 distance; the default is far below
    /// the error of the steps.
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
    /// What the kernel's series may leave out of U(r, r'); the default is far below every other error.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

/// See [`SystemKind::Landscape`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LandscapeKeys {
    /// With noise: cells on which the law is reported, along each coordinate. R and F do not depend on them, found to ten digits by
    /// quadrature; means and spreads are those of the cells. The default, 1600 of one radius, 240 along each of two, 160 along each
    /// of four coordinates, is fine enough for figures and distances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<usize>>,
    /// Without noise: of how many masses the law is to be, 1. By default of as many as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masses: Option<usize>,
    /// Without noise: radii are sought from 0 up to this. Where mass wants to go to infinity the least risk depends on it; 20 by
    /// default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_radius: Option<f64>,
    /// What the kernel's series may leave out of U(r, r'); the default is far below every other error.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

/// See [`SystemKind::FiniteNetwork`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FiniteNetworkKeys {
    /// N, the number of neurons.
    pub neurons: usize,
    /// ε, the step of SGD: time is t = kε.
    pub step_size: f64,
    /// Seeds of everything random: one run for each, all different.
    pub seeds: Vec<u64>,
    /// Fresh samples on which the risk is estimated too, at each observation. None by default: the risk is
    /// computed exactly. For losses other than the squared one the estimate is the risk, from 10000 samples by default.
    #[serde(default)]
    pub monte_carlo: usize,
    /// The variance of a step's noise is so many times s_k/β. 4, the default, is the diffusion of the PDE with this β (MMN's eq. 12);
    /// 2 is what their eq. 11 prints.
    #[serde(default = "default_noise_factor")]
    pub noise_factor: f64,
    /// What the weights are computed in. `single` is faster and has the same law as long as steps move weights by more than 6e-8 of
    /// their size, but not the same paths: now and then rounding puts a neuron on the other side of a kink.
    #[serde(default)]
    pub precision: PrecisionName,
}

/// Floating-point numbers of the training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrecisionName {
    /// 64 bits.
    #[default]
    Double,
    /// 32 bits.
    Single,
}

fn default_start_width() -> f64 {
    0.005
}

fn default_grading() -> f64 {
    1.0
}

fn default_noise_factor() -> f64 {
    NOISE_FACTOR
}

/// The factor in the variance of noisy SGD that agrees with the PDE.
pub(crate) const NOISE_FACTOR: f64 = 4.0;

fn default_share() -> f64 {
    1e-4
}

fn default_sampling_tolerance() -> f64 {
    1e-6
}

fn default_most_atoms() -> usize {
    4000
}

fn default_tolerance() -> f64 {
    1e-8
}

fn default_kernel_tolerance() -> f64 {
    1e-9
}

/// Slope limiters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LimiterName {
    /// First order.
    Flat,
    /// The smaller one-sided slope.
    Minmod,
    /// Their harmonic mean.
    VanLeer,
    /// The central slope where allowed.
    #[default]
    MonotonizedCentral,
}

/// Time steppers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepperName {
    /// Two stages, second order.
    #[default]
    Ssp2,
    /// Three stages, third order.
    Ssp3,
}

/// The dimension of the kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LimitName {
    /// The data's d.
    #[default]
    Finite,
    /// d → ∞, in the kernel or in the start, as the key says: with dimension-limit alone the start keeps the data's d.
    Infinite,
}

impl SystemKind {
    /// The kind, as it is written in the file.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FiniteVolume(_) => "finite-volume",
            Self::Characteristics(_) => "characteristics",
            Self::Jko(_) => "jko",
            Self::FiniteNetwork(_) => "finite-network",
            Self::Landscape(_) => "landscape",
        }
    }

    /// Whether it is a limit, a network or static.
    pub fn nature(&self) -> Nature {
        match self {
            Self::FiniteVolume(_) | Self::Characteristics(_) | Self::Jko(_) => Nature::Limit,
            Self::FiniteNetwork(_) => Nature::Network,
            Self::Landscape(_) => Nature::Static,
        }
    }

    /// The kernel's dimension and tolerance; a network has no kernel.
    pub fn kernel(&self) -> Option<(LimitName, f64)> {
        match self {
            Self::FiniteVolume(keys) => Some((keys.dimension_limit, keys.kernel_tolerance)),
            Self::Characteristics(keys) => Some((keys.dimension_limit, keys.kernel_tolerance)),
            Self::Jko(keys) => Some((keys.dimension_limit, keys.kernel_tolerance)),
            Self::Landscape(keys) => Some((LimitName::Finite, keys.kernel_tolerance)),
            Self::FiniteNetwork(_) => None,
        }
    }
}

/// `times` and those of the `ends` that are not among them, up to rounding.
fn with_ends(mut times: Vec<f64>, ends: impl Iterator<Item = f64>) -> Vec<f64> {
    for end in ends {
        let place = times.partition_point(|time| *time < end);
        let same = |time: &f64| (time - end).abs() <= 1e-9 * end.abs();
        let neighbours = &times[place.saturating_sub(1)..(place + 1).min(times.len())];
        if !neighbours.iter().any(same) {
            times.insert(place, end);
        }
    }
    times
}

impl ScenarioFile {
    /// A document whose structure was checked.
    pub(crate) fn deserialize_from(document: toml::Table) -> Result<Self, Problem> {
        document.try_into().map_err(|error: toml::de::Error| Problem::of_toml(&error))
    }

    /// What is observed: at the times that the file lists, at the end, and at both ends of what is claimed.
    pub fn plan(&self) -> Plan {
        let claims = self.compare.iter().flat_map(|compare| &compare.claims);
        let ends = claims.flat_map(|claim| [claim.from, claim.until]).flatten();
        let ends = ends.chain([self.dynamics.end_time]);
        Plan {
            times: with_ends(self.observe.times.values().to_vec(), ends),
            snapshots: self.observe.snapshots.values().to_vec(),
            levels: self.observe.levels.clone(),
        }
    }

    /// What a sweep observes: curves at the end and in the spans of what is claimed, no laws.
    pub fn plan_of_a_sweep(&self) -> Plan {
        let (mut plan, claims) = (self.plan(), self.claims());
        let claimed = |time: f64| {
            claims.iter().any(|claim| claim.from.is_none_or(|from| from <= time) && time <= claim.last())
        };
        plan.snapshots.clear();
        let end = plan.times.pop();
        plan.times.retain(|time| claimed(*time));
        plan.times.extend(end);
        plan
    }

    /// The reference's name.
    pub fn reference(&self) -> Option<String> {
        self.compare.as_ref().map(|compare| compare.reference.clone())
    }

    /// The claims.
    pub fn claims(&self) -> Vec<Claim> {
        stated::claims(self.compare.as_ref(), self.dynamics.end_time)
    }
}
