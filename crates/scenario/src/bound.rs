//! A system with the setting in which it stands, whatever the family of its networks: what the scenario asks
//! of every system alike. What only one family knows is in `systems/kind.rs`.

use meanfield_run::system::Cost;
use meanfield_solver::least_risk::separations::Family;

use crate::companion;
use crate::setting::{
    LayeredProblem, LayeredSetting, Observed, PointSetting, ResidualModel, ResidualSetting, Setting, Timing,
};
use crate::systems::kind::{BuildError, Kind, NetworkKind, Run, TwoLayerKind};

/// A kind and its setting.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound<'a> {
    /// Of two-layer networks.
    TwoLayer(&'a dyn TwoLayerKind, &'a Setting),
    /// Of networks of any depth.
    Layered(&'a dyn NetworkKind<LayeredProblem>, &'a LayeredSetting),
    /// Of residual networks.
    Residual(&'a dyn NetworkKind<ResidualModel>, &'a ResidualSetting),
}

impl<'a> Bound<'a> {
    /// A system of a point. None where the kind is of another family, which is complained of elsewhere.
    pub fn new(kind: &'a dyn Kind, setting: &'a PointSetting) -> Option<Self> {
        match setting {
            PointSetting::TwoLayer(setting) => Some(Self::TwoLayer(kind.of_two_layers()?, setting)),
            PointSetting::Layered(setting) => Some(Self::Layered(kind.of_layers()?, setting)),
            PointSetting::Residual(setting) => Some(Self::Residual(kind.of_residual()?, setting)),
        }
    }

    /// The kind alone.
    pub fn kind(self) -> &'a dyn Kind {
        match self {
            Self::TwoLayer(kind, _) => kind,
            Self::Layered(kind, _) => kind,
            Self::Residual(kind, _) => kind,
        }
    }

    /// Its runs.
    pub fn runs(self) -> Result<Vec<Run>, BuildError> {
        match self {
            Self::TwoLayer(kind, setting) => kind.runs(setting),
            Self::Layered(kind, setting) => kind.runs(setting),
            Self::Residual(kind, setting) => kind.runs(setting),
        }
    }

    /// Cost of all its runs, without observing them.
    pub fn cost(self, timing: Timing) -> Cost {
        match self {
            Self::TwoLayer(kind, setting) => kind.cost(setting, timing),
            Self::Layered(kind, setting) => kind.cost(setting),
            Self::Residual(kind, setting) => kind.cost(setting),
        }
    }

    /// Bytes that it needs beside while it is at work.
    pub fn bytes_at_work(self) -> f64 {
        match self {
            Self::TwoLayer(kind, setting) => kind.bytes_at_work(setting),
            _ => 0.0,
        }
    }

    /// The family whose thresholds it computes.
    pub fn family(self) -> Option<Family> {
        match self {
            Self::TwoLayer(kind, setting) => kind.family(setting),
            _ => None,
        }
    }

    /// Whether a stride or an observation may take longer than a user wants to wait.
    pub fn has_long_strides(self) -> bool {
        match self {
            Self::TwoLayer(kind, setting) => kind.has_long_strides(setting),
            _ => false,
        }
    }

    /// Names of the coordinates of its law.
    pub fn coordinates(self) -> Vec<&'static str> {
        match self {
            Self::TwoLayer(_, setting) => setting.problem.coordinates().names(),
            Self::Layered(_, setting) => setting.coordinates().names(),
            Self::Residual(_, setting) => setting.coordinates().names(),
        }
    }

    /// How much is observed.
    pub fn observed(self) -> Observed {
        match self {
            Self::TwoLayer(_, setting) => setting.observed,
            Self::Layered(_, setting) => setting.observed,
            Self::Residual(_, setting) => setting.observed,
        }
    }

    /// Something of the companion that the scenario asks for, where there is one.
    pub fn with_companion<T>(self, then: impl FnOnce(Bound) -> T) -> Option<T> {
        match self {
            Self::TwoLayer(kind, setting) => {
                companion::companion(setting, kind).map(|coarse| then(Bound::TwoLayer(&*coarse, setting)))
            }
            Self::Layered(kind, setting) => {
                let coarse = kind.companion().filter(|_| setting.refinement);
                coarse.map(|coarse| then(Bound::Layered(&*coarse, setting)))
            }
            Self::Residual(kind, setting) => {
                let coarse = kind.companion().filter(|_| setting.refinement);
                coarse.map(|coarse| then(Bound::Residual(&*coarse, setting)))
            }
        }
    }

    /// The runs of that companion, with a coarser kernel where there are kernels.
    pub fn runs_of_companion<T>(
        self,
        then: impl FnOnce(Bound) -> Result<Vec<T>, BuildError>,
    ) -> Result<Vec<T>, BuildError> {
        match self {
            Self::TwoLayer(kind, setting) => match companion::with_coarser_kernel(setting, kind)? {
                Some(coarse) => then(Bound::TwoLayer(&*coarse, setting)),
                None => Ok(Vec::new()),
            },
            _ => self.with_companion(then).unwrap_or_else(|| Ok(Vec::new())),
        }
    }

    /// Drops what was made to find costs.
    pub fn forget_kernels(self) {
        if let Self::TwoLayer(_, setting) = self {
            setting.forget_kernels();
        }
    }
}
