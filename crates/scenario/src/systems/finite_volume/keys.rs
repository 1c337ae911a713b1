//! Keys of the kind `finite-volume`, and what those with a name of their own mean.

use meanfield_model::reduction::Resolution;
use meanfield_run::stepper::strong_stability::Method;
use meanfield_solver::finite_volume::limiter::Limiter;
use meanfield_solver::start_grid::StartGrid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::systems::kernel_keys::{LimitName, default_kernel_tolerance};

/// Keys of `finite-volume`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FiniteVolumeKeys {
    /// Cells along each coordinate at the start: [cells of the radius], or of r₁ and r₂, or of a, b, r₁ and
    /// r₂.
    pub cells: Vec<usize>,
    /// Whether the grid follows the mass: its faces then move with it, and its cells stay as many. By default
    /// it does with several coordinates and no noise, where no other can resolve start and end alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<bool>,
    /// Standard deviation that coordinates get which start at a point: cells cannot hold one. The default is
    /// small beside what the law becomes.
    #[serde(default = "default_start_width")]
    pub start_width: f64,
    /// Range of each coordinate at the start of a grid that does not follow: [[0, upper]]. The default is
    /// half as wide again as the start, and holds the noise; the grid grows, up to ten times its cells,
    /// before mass reaches its edge: with noise wherever a coordinate goes on, without at its upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<Vec<[f64; 2]>>,
    /// How much the cells widen outwards: the last is about cosh(grading) times as wide as the first. 0 means
    /// equal cells; the default errs least on MMN's Fig. 1.
    #[serde(default = "default_grading")]
    pub grading: f64,
    /// Slope limiter without noise; the default errs least in smooth flow.
    #[serde(default)]
    pub limiter: LimiterName,
    /// Time stepper without noise; the default has the order of the reconstruction.
    #[serde(default)]
    pub stepper: StepperName,
    /// Without noise: the share by which the rate at which the energy falls may change in a step, which
    /// limits steps where positivity does not. By default 0.05, which errs less than the cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// With noise: the share of the mass that one implicit step and two of half the length may place
    /// differently; the error of a run is about as large. The default is below the error of 400 cells.
    #[serde(default = "default_share")]
    pub tolerance: f64,
    /// With noise: until this time the record says what N and ε do to networks of independent start: b, c,
    /// v_N, v_ε in E R_SGD = R + b/N + c ε, Var R_SGD = v_N/N + v_ε ε + second chaos. For neurons
    /// σ(⟨w, x⟩), isotropic data and the squared loss. 0, the default, means not at all: it takes seconds.
    #[serde(default)]
    pub fluctuations_until: f64,
    /// The kernel's dimension: the data's, or its limit. The default changes nothing.
    #[serde(default)]
    pub dimension_limit: LimitName,
    /// What the kernel may leave out of U(r, r'). The default is far below every other error; where it cannot
    /// be reached (kinks in few dimensions) it gives way to the next power of ten, 0.1 at most.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

impl FiniteVolumeKeys {
    /// So many cells along each coordinate, and the defaults for everything else.
    pub fn with_cells(cells: impl Into<Vec<usize>>) -> Self {
        Self {
            cells: cells.into(),
            follow: None,
            start_width: default_start_width(),
            domain: None,
            grading: default_grading(),
            limiter: LimiterName::default(),
            stepper: StepperName::default(),
            change: None,
            tolerance: default_share(),
            fluctuations_until: 0.0,
            dimension_limit: LimitName::default(),
            kernel_tolerance: default_kernel_tolerance(),
        }
    }
}

/// Slope limiters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum StepperName {
    /// Two stages, second order.
    #[default]
    Ssp2,
    /// Three stages, third order.
    Ssp3,
}

fn default_start_width() -> f64 {
    0.005
}

fn default_grading() -> f64 {
    1.0
}

fn default_share() -> f64 {
    1e-4
}

impl LimiterName {
    /// The limiter.
    pub(crate) fn limiter(self) -> Limiter {
        match self {
            Self::Flat => Limiter::Flat,
            Self::Minmod => Limiter::Minmod,
            Self::VanLeer => Limiter::VanLeer,
            Self::MonotonizedCentral => Limiter::MonotonizedCentral,
        }
    }
}

impl StepperName {
    /// The stepper.
    pub(crate) fn method(self) -> Method {
        match self {
            Self::Ssp2 => Method::Ssp2,
            Self::Ssp3 => Method::Ssp3,
        }
    }
}

impl FiniteVolumeKeys {
    /// The resolution of its kernel.
    pub(crate) fn resolution(&self) -> Resolution {
        self.dimension_limit.resolution(self.kernel_tolerance)
    }

    /// The grid at the start.
    pub(crate) fn grid(&self) -> StartGrid {
        StartGrid {
            cells: self.cells.clone(),
            follow: self.follow,
            start_width: self.start_width,
            domain: self.domain.clone(),
            grading: self.grading,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many names as the solver has limiters and steppers: a list that is too short does not compile.
    const LIMITERS: [LimiterName; Limiter::ALL.len()] =
        [LimiterName::Flat, LimiterName::Minmod, LimiterName::VanLeer, LimiterName::MonotonizedCentral];
    const STEPPERS: [StepperName; Method::ALL.len()] = [StepperName::Ssp2, StepperName::Ssp3];

    #[test]
    fn every_limiter_and_stepper_has_a_name() {
        assert_eq!(LIMITERS.map(LimiterName::limiter), Limiter::ALL);
        assert_eq!(STEPPERS.map(StepperName::method), Method::ALL);
    }
}
