//! The limit of residual networks as a system: see `crate::residual::limit`.

use meanfield_run::quantities::{ENERGY_RESIDUAL, RISK_SAMPLING_ERROR};
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System, stride};

use crate::residual::limit::ResidualLimit;
use crate::residual::observation::{laws_of_features, observe};

/// How the certificate is defined here.
const BALANCE: &str = "|L(t) − L(0) + ∫ (E|∂_t v_1|²/d + Σ_ℓ E|∂_t v_ℓ|²) dt|, L the loss of all paths";

/// A limit that is run and observed. A step of one flow is a stride.
pub struct ResidualLimitSystem {
    limit: ResidualLimit,
}

impl ResidualLimitSystem {
    /// A limit at t = 0.
    pub fn new(limit: ResidualLimit) -> Self {
        Self { limit }
    }
}

impl System for ResidualLimitSystem {
    fn time(&self) -> f64 {
        self.limit.time()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        stride(self, until, 1, |system| system.limit.step(until))
    }

    /// The extrapolated loss; spreads and law are those of all paths.
    fn observe(&self) -> Observation {
        let flow = self.limit.flow();
        let mut observation = observe(flow.problem(), flow.paths());
        let residual = (flow.expected_loss() - observation.risk).abs();
        let loss = self.limit.loss();
        observation.risk = loss.value;
        observation.scalars.insert(0, Scalar::defined(ENERGY_RESIDUAL, BALANCE, residual));
        observation.scalars.push(Scalar::new(RISK_SAMPLING_ERROR, loss.error));
        observation
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let flow = self.limit.flow();
        laws_of_features(flow.problem(), flow.paths())
    }

    fn work(&self) -> u64 {
        self.limit.evaluations()
    }

    fn save(&self) -> State {
        self.limit.state()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.limit.restore(state)
    }
}
