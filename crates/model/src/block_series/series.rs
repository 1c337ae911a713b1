//! The series for neurons of any a, b and radii, which both landscapes share: its features with their slopes,
//! and what it leaves out. It does not know which of a, b, r₁, r₂ are coordinates.

use super::orders::Order;
use super::terms::{BlockSeriesError, Terms};
use crate::activation::Activation;
use crate::data::{BlockClass, BlockClasses};
use crate::radial_series::DimensionLimit;
use crate::spectrum::Spectrum;
use crate::squared_loss::SquaredLoss;

/// The series of neurons of any a, b and radii.
#[derive(Clone, Debug)]
pub struct BlockSeries {
    pub activation: Activation,
    pub classes: Vec<BlockClass>,
    pub terms: Terms,
    /// With the terms' weights.
    pub loss: SquaredLoss,
    /// A bound on what is left out of U in the range that it was made for.
    pub truncation: f64,
}

impl BlockSeries {
    /// The series for neurons up to |a|, |b|, r₁, r₂ = `largest`.
    ///
    /// # Errors
    /// Where the largest order leaves more than `tolerance`.
    pub fn new(
        data: &BlockClasses,
        activation: &Activation,
        limit: DimensionLimit,
        largest: [f64; 4],
        tolerance: f64,
    ) -> Result<Self, BlockSeriesError> {
        let terms = match limit {
            DimensionLimit::Finite => Terms::strongest(tolerance, data.dimensions, |count| {
                spectrum(activation, &data.classes, largest, count)
            })?,
            DimensionLimit::Infinite => Terms::mean(),
        };
        Ok(Self {
            activation: activation.clone(),
            classes: data.classes.clone(),
            truncation: terms.left_out(&spectrum(activation, &data.classes, largest, terms.orders())),
            loss: SquaredLoss { targets: data.targets(), weights: terms.weights.clone() },
            terms,
        })
    }

    /// Calls `each` with the number of every feature of one class, its value and its slopes in b, r₁, r₂, for
    /// a = 1.
    pub fn features(
        &self,
        class: usize,
        radii: [f64; 2],
        orders: &[Order],
        mut each: impl FnMut(usize, f64, [f64; 3]),
    ) {
        let own = ClassRadii::new(self.classes[class].scales, radii, orders.len());
        let first = class * self.terms.halves.len();
        for (k, &halves) in self.terms.halves.iter().enumerate() {
            let order = &orders[halves[0] + halves[1]];
            let part = own.powers[0][halves[0]] * own.powers[1][halves[1]];
            let [slope_1, slope_2] = [0, 1].map(|block| own.slope(block, halves, part, order));
            each(first + k, part * order.value, [part * order.offset_slope, slope_1, slope_2]);
        }
    }

    /// Calls `each` with the number and the value of every feature of one class for a = 1, from q_0, q_1,
    /// q_2, ….
    pub fn values(&self, class: usize, radii: [f64; 2], q: &[f64], mut each: impl FnMut(usize, f64)) {
        let own = ClassRadii::shares(self.classes[class].scales, radii);
        let squares = own.map(|share| share * share);
        let first = class * self.terms.halves.len();
        for (k, &[i, j]) in self.terms.halves.iter().enumerate() {
            each(first + k, squares[0].powi(i as i32) * squares[1].powi(j as i32) * q[2 * (i + j)]);
        }
    }

    /// S under the inputs of this class.
    pub fn scale(&self, class: usize, radii: [f64; 2]) -> f64 {
        scale(self.classes[class].scales, radii)
    }

    /// U(θ, θ), exact.
    pub fn self_interaction(&self, a: f64, b: f64, radii: [f64; 2]) -> f64 {
        let squares = self
            .classes
            .iter()
            .map(|class| class.weight * self.activation.second_moment(b, scale(class.scales, radii)));
        a * a * squares.sum::<f64>()
    }

    /// A bound on what is left out of U between neurons up to |a|, |b|, r₁, r₂ = `largest`.
    pub fn left_out(&self, largest: [f64; 4]) -> f64 {
        self.terms.left_out(&spectrum(&self.activation, &self.classes, largest, self.terms.orders()))
    }
}

/// The radii of a neuron in the scales of one class.
struct ClassRadii {
    /// τ.
    scales: [f64; 2],
    /// u₁, u₂; at r₁ = r₂ = 0, where only q_0 is not 0, both 0.
    shares: [f64; 2],
    /// 1, u², u⁴, … of both.
    powers: [Vec<f64>; 2],
    at_origin: bool,
}

impl ClassRadii {
    fn new(scales: [f64; 2], radii: [f64; 2], count: usize) -> Self {
        let shares = Self::shares(scales, radii);
        let powers = shares.map(|u| even_powers(u, count));
        Self { scales, shares, powers, at_origin: shares == [0.0; 2] }
    }

    /// u₁, u₂.
    fn shares(scales: [f64; 2], radii: [f64; 2]) -> [f64; 2] {
        let total = scale(scales, radii);
        [0, 1].map(|block| if total > 0.0 { scales[block] * radii[block] / total } else { 0.0 })
    }

    /// The slope in one radius of the term (i, j) = 2 `halves`, `part` = u₁ⁱ u₂ʲ.
    fn slope(&self, block: usize, halves: [usize; 2], part: f64, order: &Order) -> f64 {
        let half = halves[block];
        let other = 1 - block;
        let power = 2.0 * half as f64;
        if self.at_origin {
            // Where σ has a kink at b it depends on the direction: this is the one-sided slope along the
            // axis, dq_n/dS for the terms without the other block.
            let along = if halves[other] == 0 { power * order.ratio + order.excess } else { 0.0 };
            return self.scales[block] * along;
        }
        let lowered =
            if half == 0 { 0.0 } else { self.powers[block][half - 1] * self.powers[other][halves[other]] };
        self.scales[block] * self.shares[block] * (power * lowered * order.ratio + part * order.excess)
    }
}

/// 1, u², u⁴, …, `count` of them.
fn even_powers(u: f64, count: usize) -> Vec<f64> {
    std::iter::successors(Some(1.0), move |power| Some(power * u * u)).take(count).collect()
}

/// S = √(τ₁² r₁² + τ₂² r₂²).
fn scale(tau: [f64; 2], radii: [f64; 2]) -> f64 {
    (tau[0] * radii[0]).hypot(tau[1] * radii[1])
}

/// The spectrum of neurons up to |a|, |b|, r₁, r₂ = `largest` under the inputs of any class.
fn spectrum(activation: &Activation, classes: &[BlockClass], largest: [f64; 4], count: usize) -> Spectrum {
    let [a, b, r1, r2] = largest.map(f64::abs);
    let scale = classes.iter().map(|class| scale(class.scales, [r1, r2])).fold(0.0, f64::max);
    Spectrum::up_to(activation, b, scale, count).amplified(a)
}
