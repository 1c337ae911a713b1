//! A finite network beside what it is compared with, neuron by neuron: its copies in the field of the limit
//! (the coupling procedure of Pham & Nguyen 2021, section 3.1), or its own gradient flow, against which the
//! effect of the step size alone is seen.
//!
//! The limit is a quadrature, independent of the network; copies are tagged neurons, of share 0. D_T is the
//! largest distance over neurons, layers and the times of a grid: on a finer grid it is larger, by little.

use meanfield_model::quadrature::NotConverged;
use meanfield_run::system::{RunError, State, Stride};
use ndarray::{Array2, ArrayView2};
use thiserror::Error;

use crate::atoms::Atoms;
use crate::flow::GradientFlow;
use crate::limit::Limit;
use crate::network::{Network, NetworkError};
use crate::problem::DeepProblem;
use crate::quadrature::Resolution;
use crate::start::{DrawnNetwork, Start};
use crate::training::Training;

/// A coupled network that cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CouplingError {
    /// The network cannot be trained.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The limit has no quadrature.
    #[error(transparent)]
    Limit(#[from] NotConverged),
}

/// How far the weights of one layer are from those that they are compared with; in the first layer |·| is the
/// length of a neuron's difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerDistance {
    /// Root of the mean square over neurons or weights.
    pub rms: f64,
    /// The largest.
    pub largest: f64,
}

impl LayerDistance {
    fn new(index: usize, own: &Array2<f64>, other: &ArrayView2<f64>) -> Self {
        let apart = own - other;
        let squares = match index {
            0 => apart.columns().into_iter().map(|column| column.dot(&column)).collect(),
            _ => apart.iter().map(|x| x * x).collect::<Vec<f64>>(),
        };
        let mean = squares.iter().sum::<f64>() / squares.len() as f64;
        Self { rms: mean.sqrt(), largest: squares.into_iter().fold(0.0, f64::max).sqrt() }
    }
}

/// What a network is compared with.
enum Reference {
    Limit(Box<Limit>),
    Flow(Box<GradientFlow>),
}

impl Reference {
    fn flow(&self) -> &GradientFlow {
        match self {
            Self::Limit(limit) => limit.flow(),
            Self::Flow(flow) => flow,
        }
    }

    fn flow_mut(&mut self) -> &mut GradientFlow {
        match self {
            Self::Limit(limit) => limit.flow_mut(),
            Self::Flow(flow) => flow,
        }
    }

    fn weights(&self) -> Vec<ArrayView2<'_, f64>> {
        match self {
            Self::Limit(limit) => limit.tagged_weights(),
            Self::Flow(flow) => flow.weights(),
        }
    }
}

/// A network and what it is compared with.
pub struct CoupledNetwork {
    network: Network,
    reference: Reference,
    /// Spacing of the times at which distances are looked at.
    grid: f64,
    /// Looks taken.
    looks: u64,
    /// Largest distance of each layer at the looks so far.
    suprema: Vec<f64>,
}

impl CoupledNetwork {
    /// A network drawn by the embedding with so many neurons in layers 1 … L − 1, and the limit with its
    /// copies. Distances are looked at every `grid` > 0 of time.
    ///
    /// # Errors
    /// Where the training is none, or the limit has no quadrature.
    ///
    /// # Panics
    /// Where start and problem differ in depth or dimension.
    pub fn new(
        problem: DeepProblem,
        start: &Start,
        resolution: &Resolution,
        drawn: &DrawnNetwork,
        training: Training,
        seed: u64,
        grid: f64,
    ) -> Result<Self, CouplingError> {
        let limit = Limit::with_copies(problem.clone(), start, resolution, drawn)?;
        let network = Network::new(problem, drawn.weights.clone(), training, seed)?;
        Ok(Self::joined(network, Reference::Limit(Box::new(limit)), grid))
    }

    /// A network of these weights beside its own gradient flow.
    ///
    /// # Errors
    /// Where weights do not fit, or the training is none.
    pub fn beside_own_flow(
        problem: DeepProblem,
        weights: Vec<Array2<f64>>,
        training: Training,
        seed: u64,
        tolerance: f64,
        grid: f64,
    ) -> Result<Self, CouplingError> {
        let network = Network::new(problem.clone(), weights.clone(), training, seed)?;
        let atoms = Atoms::network(weights).map_err(NetworkError::from)?;
        let flow = GradientFlow::new(problem, atoms, tolerance);
        Ok(Self::joined(network, Reference::Flow(Box::new(flow)), grid))
    }

    fn joined(network: Network, reference: Reference, grid: f64) -> Self {
        let suprema = vec![0.0; network.problem().architecture.depth()];
        Self { network, reference, grid, looks: 0, suprema }
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// t of the network.
    pub fn time(&self) -> f64 {
        self.network.time()
    }

    /// W_1 … W_L of the copies at the time that the reference has reached.
    pub fn copies(&self) -> Vec<ArrayView2<'_, f64>> {
        self.reference.weights()
    }

    /// Distances of layers 1 … L now.
    pub fn distances(&self) -> Vec<LayerDistance> {
        let copies = self.copies();
        let own = self.network.weights();
        let pairs = own.iter().zip(&copies).enumerate();
        pairs.map(|(index, (own, copy))| LayerDistance::new(index, own, copy)).collect()
    }

    /// The largest distance of each layer at the times of the grid so far; the largest of all is D_T.
    pub fn suprema(&self) -> &[f64] {
        &self.suprema
    }

    /// The loss of what it is compared with.
    pub fn reference_loss(&mut self) -> f64 {
        self.reference.flow_mut().loss()
    }

    /// The loss of the network, less that of what it is compared with.
    pub fn loss_gap(&mut self) -> f64 {
        self.network.loss() - self.reference_loss()
    }

    /// Goes on until `until`, in the network to the nearest step.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.stride(until, u64::MAX)? == Stride::Underway {}
        Ok(())
    }

    /// The same, but no more than so many steps of the network or of the reference; where it pauses does not
    /// matter.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn stride(&mut self, until: f64, most_steps: u64) -> Result<Stride, RunError> {
        let look = self.looks as f64 * self.grid;
        let target = until.min(look);
        if self.network.stride(target, most_steps)? == Stride::Underway {
            return Ok(Stride::Underway);
        }
        for _ in 0..most_steps {
            if self.reference.flow().time() >= target {
                break;
            }
            self.reference.flow_mut().step(target)?;
        }
        if self.reference.flow().time() < target {
            return Ok(Stride::Underway);
        }
        if look <= until {
            self.look();
        }
        Ok(if look < until { Stride::Underway } else { Stride::Reached })
    }

    /// Takes the distances into the suprema.
    fn look(&mut self) {
        self.looks += 1;
        let distances = self.distances();
        for (supremum, distance) in self.suprema.iter_mut().zip(distances) {
            *supremum = supremum.max(distance.largest);
        }
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let looks = State { integers: vec![self.looks], reals: self.suprema.clone() };
        State::join(&[self.network.state(), self.reference.flow().state(), looks])
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this network.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().unwrap_or_default();
        let [network, reference, looks] = &parts[..] else {
            let what = format!("{} states for a network and what it is coupled to", parts.len());
            return Err(RunError::Checkpoint(what));
        };
        let ([taken], true) = (&looks.integers[..], looks.reals.len() == self.suprema.len()) else {
            return Err(RunError::Checkpoint("it has no suprema of distances".into()));
        };
        self.reference.flow_mut().restore(reference)?;
        self.network.restore(network)?;
        self.looks = *taken;
        self.suprema.copy_from_slice(&looks.reals);
        Ok(())
    }
}
