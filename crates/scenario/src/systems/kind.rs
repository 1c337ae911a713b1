//! The interface of every kind of system. A kind is its keys, with an implementation of [`TwoLayerKind`]; the
//! list of all of them is `systems.rs`, and the numerics are in other crates.

use std::fmt::Debug;

use meanfield_deep::coupling::CouplingError;
use meanfield_deep::network::NetworkError;
use meanfield_deep::residual::coupling::ResidualCouplingError;
use meanfield_deep::residual::limit_paths::ResidualLimitError;
use meanfield_deep::residual::network::ResidualNetworkError;
use meanfield_model::axis::AxisError;
use meanfield_model::low_degree::LowDegreeError;
use meanfield_model::problem::Bath;
use meanfield_model::quadrature::NotConverged;
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::reduction::{ReductionError, Resolution};
use meanfield_run::facts::FactKind;
use meanfield_run::record::Nature;
use meanfield_run::system::{Cost, System};
use meanfield_solver::fluctuations::FluctuationError;
use meanfield_solver::least_risk::separations::Family;
use meanfield_solver::start_grid::StartGridError;

use super::complaints::SystemComplaints;
use crate::setting::{
    Draft, LayeredProblem, PointsDraft, PointsSetting, ResidualModel, Setting, Spread, Timing,
};

/// A run that is ready to begin.
pub(crate) struct Run {
    /// The system at its start.
    pub system: Box<dyn System>,
    /// Facts that are known beforehand.
    pub facts: Vec<(&'static FactKind, f64)>,
    /// The seed, where it has one.
    pub seed: Option<u64>,
}

impl Run {
    /// A run that is the only one of its system.
    pub fn only(
        system: Box<dyn System>,
        facts: Vec<(&'static FactKind, f64)>,
    ) -> Result<Vec<Self>, BuildError> {
        Ok(vec![Self { system, facts, seed: None }])
    }
}

/// A system that cannot be built. Of a checked scenario these are points of a sweep of which only a sample
/// was built before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No kernel.
    #[error(transparent)]
    Reduction(#[from] ReductionError),
    /// A system that knows one radius only.
    #[error("this system is known for neurons σ(⟨w, x⟩) and isotropic data alone")]
    Coordinates,
    /// The least risk of polynomials.
    #[error(transparent)]
    LowDegree(#[from] LowDegreeError),
    /// The fluctuations of networks.
    #[error(transparent)]
    Fluctuations(#[from] FluctuationError),
    /// A grid, or the start on it.
    #[error(transparent)]
    StartGrid(#[from] StartGridError),
    /// An axis.
    #[error(transparent)]
    Axis(#[from] AxisError),
    /// Nodes of a quadrature.
    #[error(transparent)]
    Nodes(#[from] NotConverged),
    /// The fluctuations of networks with layers.
    #[error(transparent)]
    LayeredFluctuations(#[from] meanfield_deep::fluctuations::FluctuationError),
    /// A network with layers.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The same with its copies.
    #[error(transparent)]
    Coupling(#[from] CouplingError),
    /// A residual network.
    #[error(transparent)]
    ResidualNetwork(#[from] ResidualNetworkError),
    /// The limit of residual networks.
    #[error(transparent)]
    ResidualLimit(#[from] ResidualLimitError),
    /// A residual network with its copies.
    #[error(transparent)]
    ResidualCoupling(#[from] ResidualCouplingError),
    /// The architecture of a plain network beside residual ones.
    #[error(transparent)]
    PlainArchitecture(#[from] meanfield_deep::architecture::ArchitectureError),
    /// How it starts.
    #[error(transparent)]
    PlainStart(#[from] meanfield_deep::start::StartError),
    /// A network that no device trains.
    #[error(transparent)]
    Device(#[from] meanfield_gpu::trainer::DeviceError),
    /// A kind of another family of networks.
    #[error("this kind of system is of networks of another depth")]
    Family,
}

/// What the keys of a system say by themselves, in whatever problem it stands.
pub(crate) trait Kind: Debug {
    /// Its nature.
    fn nature(&self) -> Nature;

    /// How many runs there are.
    fn run_count(&self) -> usize {
        1
    }

    /// Until when it reports the fluctuations of networks.
    fn fluctuations_until(&self) -> f64 {
        0.0
    }

    /// Whether it reports how far neurons are from copies that follow the limit.
    fn is_coupled(&self) -> bool {
        false
    }

    /// Whether outputs are α (f − f_0): other ones than those of its law.
    fn is_lazy(&self) -> bool {
        false
    }

    /// ε, of a network.
    fn step_size(&self) -> Option<f64> {
        None
    }

    /// Why no limit predicts its risk in first order of N and ε, of a network with layers.
    fn lack_of_prediction(&self) -> Option<&'static str> {
        None
    }

    /// Whether it records the law of so many coordinates together, not of their pairs alone.
    fn records_joint_law(&self, _coordinates: usize) -> bool {
        true
    }

    /// Whether quantities can follow from the law of so many coordinates together, recorded or not.
    fn knows_joint_law(&self, coordinates: usize) -> bool {
        self.records_joint_law(coordinates)
    }

    /// Whether it has a law at all, of networks with layers or of two: a landscape may have a risk alone.
    fn has_law(&self, _has_layers: bool) -> bool {
        true
    }

    /// The same kind of two-layer networks, where there is one.
    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        None
    }

    /// The same kind of networks of any depth, where there is one.
    fn of_layers(&self) -> Option<&dyn NetworkKind<LayeredProblem>> {
        None
    }

    /// The same kind of residual networks, where there is one.
    fn of_residual(&self) -> Option<&dyn NetworkKind<ResidualModel>> {
        None
    }
}

/// A kind of system of two-layer networks, with its keys.
pub(crate) trait TwoLayerKind: Kind {
    /// The kernel that it asks for; a network has none.
    fn kernel(&self, bath: Bath) -> Option<Resolution>;

    /// Notes complaints about noise and ridge that it cannot have.
    fn check_bath(&self, draft: &Draft, complaints: &mut SystemComplaints);

    /// Notes complaints about its keys, by themselves and with the scenario.
    fn check(&self, draft: &Draft, complaints: &mut SystemComplaints);

    /// Notes complaints about a start that another run left; as a rule that it cannot be.
    fn check_recorded(&self, _: &RecordedStart, _: &Setting, complaints: &mut SystemComplaints) {
        let message =
            format!("`{}` begins with a start that is stated, not with another run's", complaints.kind);
        let help = "take characteristics, finite-volume or finite-network, or write initial.gaussian";
        complaints.unless_whole(false, message, help);
    }

    /// Notes complaints if it cannot be built though its kernel can.
    fn check_built(&self, _: &Setting, _: &mut SystemComplaints) {}

    /// About how many points or cells its law has, where quantities follow from it.
    fn law_size(&self, _: &Setting) -> f64 {
        0.0
    }

    /// Cost of all its runs, without observing them.
    fn cost(&self, setting: &Setting, timing: Timing) -> Cost;

    /// Bytes that it needs beside while it is at work.
    fn bytes_at_work(&self, _: &Setting) -> f64 {
        0.0
    }

    /// The family whose thresholds it computes.
    fn family(&self, _: &Setting) -> Option<Family> {
        None
    }

    /// Its runs.
    fn runs(&self, setting: &Setting) -> Result<Vec<Run>, BuildError>;

    /// Whether a stride or an observation may take longer than a user wants to wait.
    fn has_long_strides(&self, setting: &Setting) -> bool;

    /// The same at half the resolution, for a kind that has a companion; without what only the stated one is
    /// to report. Its tolerances are the stated ones.
    fn halved(&self, _: &Spread) -> Option<Box<dyn TwoLayerKind>> {
        None
    }

    /// The companion: at half the resolution, with looser tolerances, and a kernel of another tolerance
    /// if one is given.
    fn companion(&self, _: &Spread, _kernel_tolerance: Option<f64>) -> Option<Box<dyn TwoLayerKind>> {
        None
    }
}

/// A kind of system of networks that are trained on points of data, with its keys; P is the problem of one
/// family of them.
pub(crate) trait NetworkKind<P>: Kind {
    /// Notes complaints about its keys, by themselves and with the problem where that is in order.
    fn check(&self, draft: &PointsDraft<P>, complaints: &mut SystemComplaints);

    /// Cost of all its runs, without observing them.
    fn cost(&self, setting: &PointsSetting<P>) -> Cost;

    /// Its runs.
    fn runs(&self, setting: &PointsSetting<P>) -> Result<Vec<Run>, BuildError>;

    /// The companion at half the resolution, for a kind that has one.
    fn companion(&self) -> Option<Box<dyn NetworkKind<P>>> {
        None
    }
}
