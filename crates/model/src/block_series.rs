//! The squared-loss landscape of Gaussian classes with two blocks, in (r₁, r₂) = (|Pw|, |(I−P)w|) and in (a,
//! b, r₁, r₂), as a separable series.
//!
//! A neuron a σ(⟨w,x⟩ + b) sees the class c through inputs N(b, S²), S² = τ_c1² r₁² + τ_c2² r₂², of which
//! each block has the share u_B = τ_cB r_B/S. The kernel averaged over independent rotations of both blocks
//! is
//!
//! ```text
//!   V = −Σ_c π_c y_c a q_0(b, S)
//!   U =  Σ_c π_c Σ_{i,j even} C(i+j,i) μ_i(s₀) μ_j(d−s₀) φ_cij φ_cij'      φ_cij = a u₁ⁱ u₂ʲ q_{i+j}(b, S)
//!   ∂φ/∂r₁ = a τ_c1 [i u₁^{i−1} u₂ʲ q_n/S + u₁^{i+1} u₂ʲ √((n+1)(n+2)) q_{n+2}/S]      n = i + j; r₂ alike
//! ```
//! since two inputs have the correlation Σ_B u_B u_B' ζ_B, ζ_B the cosine within block B, and Mehler's series
//! raises it to the nth power (μ_i = E ζⁱ). d = ∞ (both blocks) keeps (0, 0) only. Other losses do not have
//! this form. (MMN 2018, eqs. 4, 5, 8; the series is derived, not quoted.)

pub(crate) mod orders;
mod series;
mod terms;
#[cfg(test)]
mod tests;

use crate::activation::Activation;
use crate::data::BlockClasses;
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure};
use crate::hermite_table::{Coefficients, hermite_table};
use crate::radial_series::DimensionLimit;
use crate::tabulated::Tabulated;
use series::BlockSeries;
use terms::MOST_HALVES;

pub use terms::BlockSeriesError;

/// Neurons σ(⟨w,x⟩) in (r₁, r₂).
#[derive(Clone, Debug)]
pub struct RadiiSeries {
    series: BlockSeries,
    /// q_0, q_2, q_4, … as functions of S.
    table: Tabulated<Coefficients>,
}

/// Neurons a σ(⟨w,x⟩ + b) in (a, b, r₁, r₂).
#[derive(Clone, Debug)]
pub struct AffineSeries {
    series: BlockSeries,
}

impl RadiiSeries {
    /// The series, cut where it leaves less than `tolerance` in U for all radii up to `largest_radii`.
    ///
    /// # Errors
    ///
    /// Where the largest order leaves more.
    pub fn new(
        data: &BlockClasses,
        activation: &Activation,
        limit: DimensionLimit,
        largest_radii: [f64; 2],
        tolerance: f64,
    ) -> Result<Self, BlockSeriesError> {
        let [r1, r2] = largest_radii;
        let series = BlockSeries::new(data, activation, limit, [1.0, 0.0, r1, r2], tolerance)?;
        let table = hermite_table(activation, 2, series.terms.orders());
        Ok(Self { series, table })
    }

    /// A bound on what the cut series leaves out of U, for all radii up to the largest it was made for.
    pub fn truncation(&self) -> f64 {
        self.series.truncation
    }

    /// Number of terms (i, j) kept, (0, 0) included.
    pub fn terms(&self) -> usize {
        self.series.terms.halves.len()
    }
}

impl AffineSeries {
    /// The series, cut where it leaves less than `tolerance` in U for all neurons up to |a|, |b|, r₁, r₂ =
    /// `largest`.
    ///
    /// # Errors
    ///
    /// Where the largest order leaves more.
    pub fn new(
        data: &BlockClasses,
        activation: &Activation,
        limit: DimensionLimit,
        largest: [f64; 4],
        tolerance: f64,
    ) -> Result<Self, BlockSeriesError> {
        Ok(Self { series: BlockSeries::new(data, activation, limit, largest, tolerance)? })
    }

    /// A bound on what the cut series leaves out of U, for all neurons up to the largest it was made for.
    pub fn truncation(&self) -> f64 {
        self.series.truncation
    }

    /// Number of terms (i, j) kept, (0, 0) included.
    pub fn terms(&self) -> usize {
        self.series.terms.halves.len()
    }
}

impl AsEnergy for RadiiSeries {
    fn as_energy(&self) -> &dyn Energy {
        &self.series.loss
    }
}

impl Features<2> for RadiiSeries {
    fn rank(&self) -> usize {
        self.series.loss.rank()
    }

    fn values(&self, radii: [f64; 2], values: &mut [f64]) {
        let count = self.series.terms.orders();
        let [mut q, mut dq] = [[0.0; MOST_HALVES + 1]; 2];
        let mut all = [0.0; 2 * MOST_HALVES + 1];
        for class in 0..self.series.classes.len() {
            self.table.evaluate(self.series.scale(class, radii), &mut q[..count], &mut dq[..count]);
            (0..count).for_each(|k| all[2 * k] = q[k]);
            self.series.values(class, radii, &all, |k, value| values[k] = value);
        }
    }

    fn features(&self, radii: [f64; 2], values: &mut [f64], gradients: &mut [[f64; 2]]) {
        let count = self.series.terms.orders();
        let [mut q, mut dq] = [0; 2].map(|_| vec![0.0; count]);
        for class in 0..self.series.classes.len() {
            self.table.evaluate(self.series.scale(class, radii), &mut q, &mut dq);
            self.series.features(
                class,
                radii,
                &orders::without_offset(&q, &dq),
                |k, value, [_, slope_1, slope_2]| {
                    values[k] = value;
                    gradients[k] = [slope_1, slope_2];
                },
            );
        }
    }

    fn self_interaction(&self, radii: [f64; 2]) -> f64 {
        self.series.self_interaction(1.0, 0.0, radii)
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; 2], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, [r1, r2]: [f64; 2]) -> f64 {
        self.series.left_out([1.0, 0.0, r1, r2])
    }

    /// Where σ has a kink at 0, Ψ does not level off at r₁ = r₂ = 0 (on either axis off that corner it does,
    /// like r²).
    fn structure(&self) -> Structure<2> {
        Structure { rests_at_lower_end: [self.series.activation.bends_at_zero(); 2], ..Structure::PLAIN }
    }
}

impl AsEnergy for AffineSeries {
    fn as_energy(&self) -> &dyn Energy {
        &self.series.loss
    }
}

impl Features<4> for AffineSeries {
    fn rank(&self) -> usize {
        self.series.loss.rank()
    }

    fn values(&self, [a, b, r1, r2]: [f64; 4], values: &mut [f64]) {
        let [mut q, mut dq] = [[0.0; 2 * MOST_HALVES + 1]; 2];
        let count = 2 * self.series.terms.orders() - 1;
        for class in 0..self.series.classes.len() {
            let scale = self.series.scale(class, [r1, r2]);
            self.series.activation.hermite_coefficients(b, scale, &mut q[..count], &mut dq[..count]);
            self.series.values(class, [r1, r2], &q, |k, value| values[k] = a * value);
        }
    }

    fn features(&self, [a, b, r1, r2]: [f64; 4], values: &mut [f64], gradients: &mut [[f64; 4]]) {
        let radii = [r1, r2];
        let count = self.series.terms.orders();
        for class in 0..self.series.classes.len() {
            let scale = self.series.scale(class, radii);
            let orders = orders::with_offset(&self.series.activation, b, scale, count);
            self.series.features(class, radii, &orders, |k, value, [in_b, in_r1, in_r2]| {
                values[k] = a * value;
                gradients[k] = [value, a * in_b, a * in_r1, a * in_r2];
            });
        }
    }

    fn self_interaction(&self, [a, b, r1, r2]: [f64; 4]) -> f64 {
        self.series.self_interaction(a, b, [r1, r2])
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; 4], f64)>) -> Option<Vec<f64>> {
        None
    }

    /// For |a|, |b| up to those of z.
    fn truncation(&self, z: [f64; 4]) -> f64 {
        self.series.left_out(z)
    }

    /// No coordinate rests at its lower end: a and b have none, and Ψ fails to level off only where r₁ = r₂ =
    /// 0 and b is on a kink of σ, which is a line in four dimensions that b drifts away from. Mass is not
    /// held there.
    fn structure(&self) -> Structure<4> {
        Structure { has_outer_weight: true, ..Structure::PLAIN }
    }
}
