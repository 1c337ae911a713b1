//! What independent neurons and single samples do, at one law: sources of the covariances and of the mean
//! law's second order.
//!
//! ```text
//!   of g_ℓ:    1/N: G (Q p) + transposed           ε: Σ_g e_g² G_g G_g^T     (ℓ = 0: less the mean step)
//!   of p₂:     1/N: ∂(p dU(θ,θ)/dr) + F(g^N)       ε: −∂(p b) + ½ ∂²(p S^r) − ½ ∂(p S^⊥/r) + F(g^ε)
//!   F(g) = 2 ∂ Σ_ℓ D_ℓ Σ_g Q_g' (Q g)_g
//! ```
//! b and S = Cov v_x − (4/β) ∇v̄ are the drift and the noise of a step of SGD beyond the equation's own:
//! b = −½ [v̄ v̄' + (2/β)(Δv̄)^r + ∂_t v̄], as Euler's and Maruyama's method has them.

use ndarray::{Array1, Array2};

use super::model::{LawMoment, NoisyModel};

/// Sources of the covariance of each degree, in units of 1/N and of ε.
#[derive(Clone, Debug)]
pub(super) struct CovarianceSources {
    pub start: Vec<Array2<f64>>,
    pub steps: Vec<Array2<f64>>,
}

/// Sources of the mean law's second order that no covariance enters.
#[derive(Clone, Debug)]
pub(super) struct MeanSources {
    pub start: Array1<f64>,
    pub steps: Array1<f64>,
}

impl NoisyModel {
    /// Sources of the covariances.
    pub fn covariance_sources(&self, moment: &LawMoment) -> CovarianceSources {
        let mut start = Vec::with_capacity(self.outputs.len());
        let mut steps = Vec::with_capacity(self.outputs.len());
        for degree in self.degrees() {
            let response = self.response(moment, degree);
            let half = response.dot(&(&self.outputs[degree][0] * &moment.mass));
            start.push(&half + &half.t());
            let kicks = &response * &moment.residuals;
            let mut of_samples = kicks.dot(&kicks.t());
            if self.setup.degrees[degree].is_mean {
                of_samples -= &outer(&self.mean_response(&response, moment));
            }
            steps.push(of_samples);
        }
        CovarianceSources { start, steps }
    }

    /// F(g): what the force of a fluctuation does where the fluctuation is.
    pub fn correlated_force(&self, covariances: &[Array2<f64>]) -> Array1<f64> {
        let mut flux = Array1::zeros(self.radii.len());
        for (degree, covariance) in covariances.iter().enumerate() {
            let [values, slopes] = &self.outputs[degree];
            let correlation = values.dot(covariance);
            flux.scaled_add(
                2.0 * self.harmonics(degree),
                &(slopes * &correlation).sum_axis(ndarray::Axis(0)),
            );
        }
        self.differences.first.dot(&flux)
    }

    /// Sources of the mean law's second order.
    pub fn mean_sources(&self, moment: &LawMoment) -> MeanSources {
        let [_, own] = self.own();
        let [drift, along, across] = self.step_beyond_equation(moment);
        let flux = 0.5 * self.differences.first.dot(&(&along * &moment.mass))
            - &moment.mass * &(drift + 0.5 * across / &self.radii);
        MeanSources {
            start: self.differences.first.dot(&(&moment.mass * &own)),
            steps: self.differences.first.dot(&flux),
        }
    }

    /// b, S^r and S^⊥ (all directions together).
    fn step_beyond_equation(&self, moment: &LawMoment) -> [Array1<f64>; 3] {
        let [_, slope, curvature, third] = &moment.potential;
        let velocity = -2.0 * (slope + &(&self.radii * self.setup.ridge));
        let rise = -2.0 * (curvature + self.setup.ridge);
        let others = self.dimension - 1.0;
        let bent = -2.0 * third + others * (&rise / &self.radii - &velocity / &self.radii / &self.radii);
        let change = moment.generator.dot(&moment.mass);
        let forced = -2.0 * self.force(&self.output(0, &change));
        let noise = 2.0 * self.temperature;
        let drift = -0.5 * (&velocity * &rise + noise * bent + forced);
        let squares: Vec<f64> = moment.residuals.iter().map(|e| e * e).collect();
        let [along, across] = self.features.noise(&self.setup, &squares).map(Array1::from);
        let along = along - 4.0 * slope * slope - 2.0 * noise * &rise;
        let across = across - 2.0 * noise * others * &velocity / &self.radii;
        [drift, along, across]
    }
}

/// v v^T.
pub(super) fn outer(vector: &Array1<f64>) -> Array2<f64> {
    let column = vector.view().insert_axis(ndarray::Axis(1));
    column.dot(&column.t())
}
