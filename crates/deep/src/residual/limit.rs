//! The limit of residual networks that Algorithm 2 starts (A.1)–(A.3): neural feature flow of drawn paths in
//! antithetic pairs ±Θ, with shares calibrated to Σ q h₁h₁ᵀ = K_ℓ. Paths are R^{d + N(L−1)}: no quadrature is
//! affordable there.
//!
//! What M paths leave is a bias b/M and a scatter ~ M^{−1/2}. Paths are drawn in G groups that each flow
//! by itself as well, with M/G paths: the extrapolated (G L_M − mean L_{M/G})/(G − 1) has no bias of first
//! order and the same scatter, which the groups' losses tell. Networks are not known here.

use meanfield_run::system::{RunError, State};

use super::architecture::ResidualProblem;
use super::flow::FeatureFlow;
use super::gram::LimitGrams;
use super::limit_paths::{LimitPaths, ResidualLimitError};
use super::path_sampler::CALIBRATED;
use super::resolution::ResidualResolution;
use super::start::ResidualStart;

/// Two-sided 95 % quantiles of Student's law with 1, 2, … degrees of freedom.
const STUDENT: [f64; 15] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
];

/// The limit.
pub struct ResidualLimit {
    /// All paths.
    whole: FeatureFlow,
    groups: Vec<FeatureFlow>,
    grams: LimitGrams,
}

impl ResidualLimit {
    /// The limit at t = 0.
    ///
    /// # Errors
    /// Where there is none, or its paths cannot be calibrated.
    pub fn new(
        problem: ResidualProblem,
        start: &ResidualStart,
        resolution: &ResidualResolution,
    ) -> Result<Self, ResidualLimitError> {
        let layers = problem.architecture.depth().min(CALIBRATED);
        let inputs = problem.data.inputs().view();
        let grams = LimitGrams::new(&problem.architecture, inputs, start.deviation(), layers);
        let paths = LimitPaths::new(problem, start, resolution, grams)?;
        let groups = paths.groups()?;
        let whole = paths.whole(None)?;
        Ok(Self { whole, groups, grams: paths.into_grams() })
    }

    /// t that all flows have reached.
    pub fn time(&self) -> f64 {
        self.groups.iter().map(FeatureFlow::time).fold(self.whole.time(), f64::min)
    }

    /// K_0, K_1, … of the start.
    pub fn grams(&self) -> &LimitGrams {
        &self.grams
    }

    /// The flow of all paths.
    pub fn flow(&self) -> &FeatureFlow {
        &self.whole
    }

    /// The flows of the groups.
    pub fn groups(&self) -> &[FeatureFlow] {
        &self.groups
    }

    /// E_Z φ(f, y) now, and by how much it may err.
    pub fn loss(&self) -> LimitLoss {
        let groups: Vec<f64> = self.groups.iter().map(FeatureFlow::loss).collect();
        LimitLoss::new(self.whole.loss(), &groups)
    }

    /// What the loss of all paths fell by less than it must have.
    pub fn energy_residual(&self) -> f64 {
        self.whole.energy_residual()
    }

    /// One accepted step of a flow that has not reached `until`.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn step(&mut self, until: f64) -> Result<(), RunError> {
        let mut flows = self.groups.iter_mut().chain([&mut self.whole]);
        flows.find(|flow| flow.time() < until).map_or(Ok(()), |flow| flow.step(until))
    }

    /// Steps until `until`.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.time() < until {
            self.step(until)?;
        }
        Ok(())
    }

    /// Evaluations of right-hand sides so far, those of groups by their share of the paths.
    pub fn evaluations(&self) -> u64 {
        let groups: u64 = self.groups.iter().map(FeatureFlow::evaluations).sum();
        self.whole.evaluations() + groups / self.groups.len() as u64
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let flows = self.groups.iter().chain([&self.whole]);
        State::join(&flows.map(FeatureFlow::state).collect::<Vec<State>>())
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this limit.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().unwrap_or_default();
        if parts.len() != self.groups.len() + 1 {
            return Err(RunError::Checkpoint("it is not of a limit with as many groups".to_owned()));
        }
        let mut flows = self.groups.iter_mut().chain([&mut self.whole]).zip(&parts);
        flows.try_for_each(|(flow, part)| flow.restore(part))
    }
}

/// The loss of the limit at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitLoss {
    /// Extrapolated to infinitely many paths.
    pub value: f64,
    /// Half the width of a 95 % interval about it.
    pub error: f64,
    /// That of all paths, before extrapolation.
    pub of_paths: f64,
}

impl LimitLoss {
    /// From the losses of all paths and of the groups.
    pub(super) fn new(whole: f64, groups: &[f64]) -> Self {
        let count = groups.len() as f64;
        let mean = groups.iter().sum::<f64>() / count;
        let variance = groups.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let value = (count * whole - mean) / (count - 1.0);
        let error = STUDENT[groups.len() - 2] * (variance / count).sqrt();
        Self { value, error, of_paths: whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bias_of_first_order_is_taken_away() {
        // L + b/M with M paths in four groups, b/M = 0.01.
        let loss = LimitLoss::new(0.51, &[0.54, 0.54, 0.54, 0.54]);
        assert!((loss.value - 0.5).abs() < 1e-15 && loss.error < 1e-15 && loss.of_paths == 0.51);
        // Two groups: half their difference is the standard error of the mean, 12.7 of these hold 95 %.
        let loss = LimitLoss::new(0.5, &[0.49, 0.51]);
        assert!((loss.error - 0.12706).abs() < 1e-12 && (loss.value - 0.5).abs() < 1e-15);
    }
}
