//! The squared-loss landscape of Gaussian classes with blocks, in (r₁, r₂, …), r_B = |w_B|, and with two
//! blocks also in (a, b, r₁, r₂), as a separable series.
//!
//! A neuron a σ(⟨w,x⟩ + b) sees the class c through inputs N(b, S²), S² = Σ_B τ_cB² r_B², of which each block
//! has the share u_B = τ_cB r_B/S. The kernel averaged over independent rotations of all blocks is
//!
//! ```text
//!   V = −Σ_c π_c y_c a q_0(b, S)
//!   U =  Σ_c π_c Σ_i n!/(i₁! i₂! …) Π_B μ_{i_B}(d_B) φ_ci φ_ci'      φ_ci = a Π_B u_B^{i_B} q_n(b, S)
//!   ∂φ/∂r_A = a τ_cA [i_A u_A^{i_A−1} q_n/S + u_A^{i_A+1} √((n+1)(n+2)) q_{n+2}/S] Π_{B≠A} u_B^{i_B}
//! ```
//! over i = (i₁, i₂, …), all even, n = Σ_B i_B, since two inputs have the correlation Σ_B u_B u_B' ζ_B, ζ_B
//! the cosine within block B, and Mehler's series raises it to the nth power (μ_i = E ζⁱ). d = ∞ (all blocks)
//! keeps i = 0 only. Other losses do not have this form; but outputs at given lengths of the blocks are
//! linear in the same features (`lengths`). (MMN 2018, eqs. 4, 5, 8; the series is derived, not quoted.)

pub mod lengths;
pub(crate) mod offset_orders;
pub(crate) mod orders;
pub(crate) mod series;
pub(crate) mod terms;
#[cfg(test)]
pub(crate) mod tests;

use crate::activation::Activation;
use crate::data::BlockClasses;
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure};
use crate::hermite_table::{Coefficients, hermite_table};
use crate::radial_series::DimensionLimit;
use crate::tabulated::Tabulated;
use lengths::{LengthSeries, OfBlocks};
use offset_orders::OffsetOrders;
use orders::Order;
use series::{BlockSeries, LargestNeuron};
use terms::MOST_HALVES;

pub use terms::BlockSeriesError;

/// Neurons σ(⟨w,x⟩) in (r₁, r₂, …), of two blocks where nothing else is said.
#[derive(Clone, Debug)]
pub struct RadiiSeries<const B: usize = 2> {
    series: BlockSeries<B>,
    /// q_0, q_2, q_4, … as functions of S.
    table: Tabulated<Coefficients>,
}

/// Neurons a σ(⟨w,x⟩ + b) in (a, b, r₁, r₂).
#[derive(Clone, Debug)]
pub struct AffineSeries {
    series: BlockSeries<2>,
    /// q_0, q_2, q_4, … as functions of b and S.
    orders: OffsetOrders,
}

impl<const B: usize> RadiiSeries<B> {
    /// The series, cut where it leaves less than `tolerance` in U for all radii up to `largest_radii`.
    ///
    /// # Errors
    ///
    /// Where the largest order leaves more.
    pub fn new(
        data: &BlockClasses<B>,
        activation: &Activation,
        limit: DimensionLimit,
        largest_radii: [f64; B],
        tolerance: f64,
    ) -> Result<Self, BlockSeriesError> {
        let series = BlockSeries::new(data, activation, limit, up_to(largest_radii), tolerance)?;
        let table = hermite_table(activation, 2, series.terms.orders());
        Ok(Self { series, table })
    }

    /// A bound on what the cut series leaves out of U, for all radii up to the largest it was made for.
    pub fn truncation(&self) -> f64 {
        self.series.truncation
    }

    /// Number of terms kept, the mean included.
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
        let series = BlockSeries::new(data, activation, limit, up_to_affine(largest), tolerance)?;
        let orders = OffsetOrders::tabulated(activation, series.terms.orders());
        Ok(Self { series, orders })
    }

    /// A bound on what the cut series leaves out of U, for all neurons up to the largest it was made for.
    pub fn truncation(&self) -> f64 {
        self.series.truncation
    }

    /// Number of terms kept, the mean included.
    pub fn terms(&self) -> usize {
        self.series.terms.halves.len()
    }
}

/// Neurons with a = 1 and b = 0, as far as these radii.
fn up_to<const B: usize>(radii: [f64; B]) -> LargestNeuron<B> {
    LargestNeuron { outer: 1.0, offset: 0.0, radii }
}

/// Neurons as far as |a|, |b|, r₁, r₂.
fn up_to_affine([outer, offset, r1, r2]: [f64; 4]) -> LargestNeuron<2> {
    LargestNeuron { outer, offset, radii: [r1, r2] }
}

impl<const B: usize> AsEnergy for RadiiSeries<B> {
    fn as_energy(&self) -> &dyn Energy {
        &self.series.loss
    }
}

impl<const B: usize> Features<B> for RadiiSeries<B> {
    fn rank(&self) -> usize {
        self.series.loss.rank()
    }

    fn values(&self, radii: [f64; B], values: &mut [f64]) {
        let count = self.series.terms.orders();
        let [mut q, mut dq] = [[0.0; MOST_HALVES + 1]; 2];
        for class in 0..self.series.classes.len() {
            self.table.evaluate(self.series.scale(class, radii), &mut q[..count], &mut dq[..count]);
            self.series.values(class, radii, &q, |k, value| values[k] = value);
        }
    }

    fn features(&self, radii: [f64; B], values: &mut [f64], gradients: &mut [[f64; B]]) {
        let count = self.series.terms.orders();
        let [mut q, mut dq] = [0; 2].map(|_| vec![0.0; count]);
        for class in 0..self.series.classes.len() {
            self.table.evaluate(self.series.scale(class, radii), &mut q, &mut dq);
            let orders = orders::without_offset(&q, &dq);
            self.series.features(class, radii, &orders, |k, value, _, slopes| {
                values[k] = value;
                gradients[k] = slopes;
            });
        }
    }

    fn self_interaction(&self, radii: [f64; B]) -> f64 {
        self.series.self_interaction(1.0, 0.0, radii)
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; B], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, radii: [f64; B]) -> f64 {
        self.series.left_out(up_to(radii))
    }

    /// Where σ has a kink at 0, Ψ does not level off where all radii are 0 (on every axis off that corner it
    /// does, like r²).
    fn structure(&self) -> Structure<B> {
        Structure { rests_at_lower_end: [self.series.activation.bends_at_zero(); B], ..Structure::PLAIN }
    }
}

impl<const B: usize> LengthSeries<B> for RadiiSeries<B> {
    fn of_blocks(&self) -> &dyn OfBlocks {
        &self.series
    }

    fn squares(&self, radii: [f64; B], squares: &mut [f64]) {
        self.series.squares(0.0, radii, squares);
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
        let mut q = [0.0; MOST_HALVES + 1];
        let count = self.series.terms.orders();
        for class in 0..self.series.classes.len() {
            let scale = self.series.scale(class, [r1, r2]);
            self.orders.values(b, scale, &mut q[..count]);
            self.series.values(class, [r1, r2], &q, |k, value| values[k] = a * value);
        }
    }

    fn features(&self, [a, b, r1, r2]: [f64; 4], values: &mut [f64], gradients: &mut [[f64; 4]]) {
        let radii = [r1, r2];
        let mut orders = vec![Order::default(); self.series.terms.orders()];
        for class in 0..self.series.classes.len() {
            self.orders.fill(b, self.series.scale(class, radii), &mut orders);
            self.series.features(class, radii, &orders, |k, value, in_b, [in_r1, in_r2]| {
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
        self.series.left_out(up_to_affine(z))
    }

    /// No coordinate rests at its lower end: a and b have none, and Ψ fails to level off only where r₁ = r₂ =
    /// 0 and b is on a kink of σ, which is a line in four dimensions that b drifts away from. Mass is not
    /// held there.
    fn structure(&self) -> Structure<4> {
        Structure { has_outer_weight: true, ..Structure::PLAIN }
    }
}

impl LengthSeries<4> for AffineSeries {
    fn of_blocks(&self) -> &dyn OfBlocks {
        &self.series
    }

    fn squares(&self, [a, b, r1, r2]: [f64; 4], squares: &mut [f64]) {
        self.series.squares(b, [r1, r2], squares);
        squares.iter_mut().for_each(|square| *square *= a * a);
    }
}
