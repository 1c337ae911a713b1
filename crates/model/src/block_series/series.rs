//! The series for neurons of any a, b and radii, which both landscapes share: its features with their slopes,
//! and what it leaves out. It does not know which of a, b, r₁, r₂, … are coordinates.

use super::orders::Order;
use super::terms::{BlockSeriesError, Terms};
use crate::activation::Activation;
use crate::block_modes::square_by_order;
use crate::data::{BlockClass, BlockClasses};
use crate::radial_series::DimensionLimit;
use crate::spectrum::Spectrum;
use crate::squared_loss::SquaredLoss;

/// The range of neurons that a series is made for.
#[derive(Clone, Copy, Debug)]
pub struct LargestNeuron<const B: usize> {
    /// |a|.
    pub outer: f64,
    /// |b|.
    pub offset: f64,
    /// r₁, r₂, ….
    pub radii: [f64; B],
}

/// The series of neurons of any a, b and radii.
#[derive(Clone, Debug)]
pub struct BlockSeries<const B: usize> {
    pub activation: Activation,
    /// d_B.
    pub dimensions: [usize; B],
    pub classes: Vec<BlockClass<B>>,
    pub terms: Terms<B>,
    /// With the terms' weights.
    pub loss: SquaredLoss,
    /// A bound on what is left out of U in the range that it was made for.
    pub truncation: f64,
}

impl<const B: usize> BlockSeries<B> {
    /// The series for neurons up to the largest.
    ///
    /// # Errors
    /// Where the largest order leaves more than `tolerance`.
    pub fn new(
        data: &BlockClasses<B>,
        activation: &Activation,
        limit: DimensionLimit,
        largest: LargestNeuron<B>,
        tolerance: f64,
    ) -> Result<Self, BlockSeriesError> {
        let terms = match limit {
            DimensionLimit::Finite => Terms::strongest(tolerance, data.dimensions, |count| {
                spectrum(activation, &data.classes, largest, count)
            })?,
            DimensionLimit::Infinite => Terms::mean(),
        };
        let truncation = terms.left_out(&spectrum(activation, &data.classes, largest, terms.orders()));
        Ok(Self { truncation, ..Self::of_terms(data, activation, terms) })
    }

    /// With these terms; for neurons of no range, so that what is left out has no bound.
    pub fn of_terms(data: &BlockClasses<B>, activation: &Activation, terms: Terms<B>) -> Self {
        Self {
            activation: activation.clone(),
            dimensions: data.dimensions,
            classes: data.classes.clone(),
            truncation: f64::INFINITY,
            loss: SquaredLoss { targets: data.targets(), weights: terms.weights.clone() },
            terms,
        }
    }

    /// Calls `each` with the number of every feature of one class, its value, its slope in b and those in r₁,
    /// r₂, …, for a = 1.
    pub fn features(
        &self,
        class: usize,
        radii: [f64; B],
        orders: &[Order],
        mut each: impl FnMut(usize, f64, f64, [f64; B]),
    ) {
        let own = ClassRadii::new(self.classes[class].scales, radii, orders.len());
        let first = class * self.terms.halves.len();
        for (k, &halves) in self.terms.halves.iter().enumerate() {
            let order = &orders[halves.iter().sum::<usize>()];
            let part = own.part(halves);
            let slopes = std::array::from_fn(|block| own.slope(block, halves, part, order));
            each(first + k, part * order.value, part * order.offset_slope, slopes);
        }
    }

    /// Calls `each` with the number and the value of every feature of one class for a = 1, from q_0, q_2,
    /// q_4, ….
    pub fn values(&self, class: usize, radii: [f64; B], q: &[f64], mut each: impl FnMut(usize, f64)) {
        let own = ClassRadii::shares(self.classes[class].scales, radii);
        let squares = own.map(|share| share * share);
        let first = class * self.terms.halves.len();
        for (k, halves) in self.terms.halves.iter().enumerate() {
            let parts = squares.iter().zip(halves).map(|(square, half)| square.powi(*half as i32));
            each(first + k, parts.product::<f64>() * q[halves.iter().sum::<usize>()]);
        }
    }

    /// S under the inputs of this class.
    pub fn scale(&self, class: usize, radii: [f64; B]) -> f64 {
        scale(self.classes[class].scales, radii)
    }

    /// U(θ, θ), exact.
    pub fn self_interaction(&self, a: f64, b: f64, radii: [f64; B]) -> f64 {
        let squares = self
            .classes
            .iter()
            .map(|class| class.weight * self.activation.second_moment(b, scale(class.scales, radii)));
        a * a * squares.sum::<f64>()
    }

    /// Writes the terms of σ_*² under all classes for a = 1.
    pub fn squares(&self, offset: f64, radii: [f64; B], squares: &mut [f64]) {
        let count = self.terms.orders();
        for class in 0..self.classes.len() {
            let orders = square_by_order(&self.activation, offset, self.scale(class, radii), count);
            self.values(class, radii, &orders, |k, value| squares[k] = value);
        }
    }

    /// A bound on what is left out of U between neurons up to the largest.
    pub fn left_out(&self, largest: LargestNeuron<B>) -> f64 {
        self.terms.left_out(&spectrum(&self.activation, &self.classes, largest, self.terms.orders()))
    }
}

/// The radii of a neuron in the scales of one class.
struct ClassRadii<const B: usize> {
    /// τ.
    scales: [f64; B],
    /// u₁, u₂, …; where all radii are 0, and only q_0 is not, all 0.
    shares: [f64; B],
    /// 1, u², u⁴, … of each.
    powers: [Vec<f64>; B],
    at_origin: bool,
}

impl<const B: usize> ClassRadii<B> {
    fn new(scales: [f64; B], radii: [f64; B], count: usize) -> Self {
        let shares = Self::shares(scales, radii);
        let powers = shares.map(|u| even_powers(u, count));
        Self { scales, shares, powers, at_origin: shares == [0.0; B] }
    }

    /// u₁, u₂, ….
    fn shares(scales: [f64; B], radii: [f64; B]) -> [f64; B] {
        let total = scale(scales, radii);
        std::array::from_fn(|block| if total > 0.0 { scales[block] * radii[block] / total } else { 0.0 })
    }

    /// Π_B u_B^{2 halves_B}.
    fn part(&self, halves: [usize; B]) -> f64 {
        self.powers.iter().zip(halves).map(|(powers, half)| powers[half]).product()
    }

    /// The slope in one radius of the term i = 2 `halves`, `part` = Π_B u_B^{i_B}.
    fn slope(&self, block: usize, halves: [usize; B], part: f64, order: &Order) -> f64 {
        let half = halves[block];
        let power = 2.0 * half as f64;
        if self.at_origin {
            // Where σ has a kink at b it depends on the direction: this is the one-sided slope along the
            // axis, dq_n/dS for the terms without the other blocks.
            let is_alone = halves.iter().sum::<usize>() == half;
            let along = if is_alone { power * order.ratio + order.excess } else { 0.0 };
            return self.scales[block] * along;
        }
        let mut one_less = halves;
        one_less[block] = half.saturating_sub(1);
        let lowered = if half == 0 { 0.0 } else { self.part(one_less) };
        self.scales[block] * self.shares[block] * (power * lowered * order.ratio + part * order.excess)
    }
}

/// 1, u², u⁴, …, `count` of them.
fn even_powers(u: f64, count: usize) -> Vec<f64> {
    std::iter::successors(Some(1.0), move |power| Some(power * u * u)).take(count).collect()
}

/// S = √(Σ_B τ_B² r_B²).
fn scale<const B: usize>(tau: [f64; B], radii: [f64; B]) -> f64 {
    tau.iter().zip(radii).fold(0.0, |scale, (tau, radius)| f64::hypot(scale, tau * radius))
}

/// The spectrum of neurons up to the largest under the inputs of any class.
fn spectrum<const B: usize>(
    activation: &Activation,
    classes: &[BlockClass<B>],
    largest: LargestNeuron<B>,
    count: usize,
) -> Spectrum {
    let scale = classes.iter().map(|class| scale(class.scales, largest.radii)).fold(0.0, f64::max);
    Spectrum::up_to(activation, largest.offset.abs(), scale, count).amplified(largest.outer)
}
