//! The mean-field limit as a system: see `crate::limit`.

use meanfield_run::quantities::ENERGY_RESIDUAL;
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System, stride};

use super::STRIDE;
use crate::engine::Neurons;
use crate::limit::Limit;
use crate::observation::{laws_of_pre_activations, observe};

/// How the certificate is defined here.
const BALANCE: &str = "|L(t) − L(0) + Σ_i ∫ξ_i⁻¹ E|∂_t w_i|² dt|, L the loss";
/// Passes over all weights and points in a step of seven stages.
const PASSES: f64 = 21.0;

/// A limit that is run and observed.
pub struct LimitSystem {
    limit: Limit,
    steps_a_stride: usize,
}

impl LimitSystem {
    /// A limit at t = 0.
    pub fn new(limit: Limit) -> Self {
        let flow = limit.flow();
        let weights: usize = flow.weights().iter().map(|matrix| matrix.len()).sum();
        let step = PASSES * weights as f64 * flow.problem().data.weights().len() as f64;
        Self { limit, steps_a_stride: (STRIDE / step).max(1.0) as usize }
    }
}

impl System for LimitSystem {
    fn time(&self) -> f64 {
        self.limit.time()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let steps = self.steps_a_stride;
        stride(self, until, steps, |system| system.limit.step(until))
    }

    fn next_step(&self) -> Option<f64> {
        Some(self.limit.flow().next_step())
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.limit.step(until)
    }

    fn observe(&self) -> Observation {
        let flow = self.limit.flow();
        let weights = flow.weights();
        let neurons = Neurons { weights: &weights, shares: flow.shares() };
        let mut observation = observe(flow.problem(), neurons);
        let residual = (flow.expected_loss() - observation.risk).abs();
        observation.scalars.insert(0, Scalar::defined(ENERGY_RESIDUAL, BALANCE, residual));
        observation
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let flow = self.limit.flow();
        let weights = flow.weights();
        laws_of_pre_activations(flow.problem(), Neurons { weights: &weights, shares: flow.shares() })
    }

    fn work(&self) -> u64 {
        self.limit.flow().evaluations()
    }

    fn save(&self) -> State {
        self.limit.state()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.limit.restore(state)
    }
}
