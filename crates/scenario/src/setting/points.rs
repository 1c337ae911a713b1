//! Networks that are trained on points of data, of whatever family: a scenario of them while it is checked,
//! and one whose model is in order, as its systems see it. What a family's model is made of is told by the
//! type of its problem.

use std::fmt::Debug;

use meanfield_deep::data::DataPoints;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::residual::architecture::ResidualProblem;
use meanfield_deep::residual::start::ResidualStart;
use meanfield_deep::start::Start;
use meanfield_model::coordinates::Coordinates;

use super::observed::Observed;
use crate::expense::bytes;

/// A problem of networks that are trained on points.
pub(crate) trait PointsProblem: Debug {
    /// The points.
    fn data(&self) -> &DataPoints;

    /// Inputs at which laws of what neurons answer are recorded.
    fn observed_inputs(&self) -> usize;

    /// Where it leaves the assumptions of the theory, in words.
    fn departures(&self) -> Vec<String>;
}

/// A problem of networks of any depth.
#[derive(Clone, Debug)]
pub(crate) struct LayeredProblem {
    /// Architecture and data.
    pub networks: DeepProblem,
    /// The law of all weights at t = 0.
    pub start: Start,
}

impl PointsProblem for LayeredProblem {
    fn data(&self) -> &DataPoints {
        &self.networks.data
    }

    fn observed_inputs(&self) -> usize {
        self.networks.observed_inputs.nrows()
    }

    fn departures(&self) -> Vec<String> {
        self.networks.architecture.departures()
    }
}

/// A problem of residual networks.
#[derive(Clone, Debug)]
pub(crate) struct ResidualModel {
    /// Architecture and data.
    pub networks: ResidualProblem,
    /// Algorithm 2.
    pub start: ResidualStart,
}

impl PointsProblem for ResidualModel {
    fn data(&self) -> &DataPoints {
        &self.networks.data
    }

    fn observed_inputs(&self) -> usize {
        if self.networks.are_features_recorded { self.networks.data.points() } else { 0 }
    }

    fn departures(&self) -> Vec<String> {
        self.networks.departures()
    }
}

/// A scenario of such networks that is being checked, as its systems see it.
#[derive(Debug)]
pub(crate) struct PointsDraft<'a, P> {
    /// L.
    pub depth: usize,
    /// The end of the run, sensible or not.
    pub end_time: f64,
    /// Lists of times, by key, where they and the end are in order.
    pub times: Option<[(&'static str, &'a [f64]); 2]>,
    /// The model is in order, and what it means.
    pub setting: Option<&'a PointsSetting<P>>,
}

/// A scenario of such networks whose model is in order, as its systems see it.
#[derive(Clone, Debug)]
pub(crate) struct PointsSetting<P> {
    /// The problem that is solved.
    pub problem: P,
    /// The end of the run.
    pub end_time: f64,
    /// Whether deterministic systems run a second time, coarser.
    pub refinement: bool,
    /// How much is observed.
    pub observed: Observed,
}

impl<P: PointsProblem> PointsSetting<P> {
    /// Bytes of the recorded laws of what so many neurons of all layers answer.
    pub fn bytes_of_answers(&self, neurons: f64) -> f64 {
        bytes((self.observed.snapshots * self.problem.observed_inputs()) as f64 * neurons)
    }

    /// The coordinates of the law that is recorded: the weights of the first layer.
    pub fn coordinates(&self) -> Coordinates {
        Coordinates::of_inputs(self.problem.data().dimension())
    }
}

/// Networks with layers that are being checked.
pub(crate) type LayeredDraft<'a> = PointsDraft<'a, LayeredProblem>;
/// Networks with layers whose model is in order.
pub(crate) type LayeredSetting = PointsSetting<LayeredProblem>;
/// Residual networks that are being checked.
pub(crate) type ResidualDraft<'a> = PointsDraft<'a, ResidualModel>;
/// Residual networks whose model is in order.
pub(crate) type ResidualSetting = PointsSetting<ResidualModel>;
