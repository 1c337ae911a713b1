//! Piecewise-linear activations, in closed form.
//!
//! σ(t) = v₀ + l (t − t₀) + Σ_k m_k (t − t_k)₊: a straight line through the first knot (its slope l left of
//! it) and hinges, m_k the jump of the slope at knot t_k. ReLU, leaky ReLU and hard tanh are of this form.
//! For one hinge, with x = (t_k − b)/S and Q(b, S) = E (SG + b − t_k)₊ (heat equation ∂Q/∂S = S ∂²Q/∂b²):
//!
//! ```text
//!   q_0 = S φ(x) + (b − t_k) Φ(−x)       ∂q_0/∂S = φ(x)
//!   q_1 = S Φ(−x)                        ∂q_1/∂S = Φ(−x) + x φ(x)
//!   q_n = S He_{n−2}(x) φ(x) / √n!       ∂q_n/∂S = [He_{n−2}(x) + x He_{n−1}(x)] φ(x) / √n!
//! ```
//! The products ψ_j = He_j φ/√j! are recurred as a whole: they are bounded, He_j alone is not.

use super::input::Input;
use super::placement::Placement;
use crate::normal;
use crate::quadrature;

/// Beyond this many standard deviations φ and Φ(−|x|) are 0 in double precision.
const FAR: f64 = 40.0;
/// On pieces narrower than this many standard deviations the closed form of the second moment cancels.
const NARROW: f64 = 0.25;

/// Inputs evaluated side by side.
const FEW: usize = 16;

/// σ through given knots, linear between them, with given slopes outside.
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseLinear {
    knots: Vec<[f64; 2]>,
    /// Slope left of the first knot.
    left: f64,
    /// Slope right of each knot: `slopes[k]` holds between knots k and k + 1, the last for ever.
    slopes: Vec<f64>,
}

/// Why a list of knots is no activation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KnotError {
    /// Fewer than two knots, and no slope outside that would make one knot a shape.
    #[error(
        "a piecewise-linear activation needs at least two knots [t, value]; {0} given \
         (one is enough with `slopes`)"
    )]
    TooFew(usize),
    /// A number that is not finite.
    #[error("knot {0} is not finite")]
    NotFinite(usize),
    /// A slope outside that is not finite.
    #[error("a slope outside the knots is not finite: {0:?}")]
    SlopeNotFinite([f64; 2]),
    /// Positions that do not increase.
    #[error("knot positions must increase: knot {index} is at t = {at}, not right of the one before")]
    NotIncreasing {
        /// Which knot, from 0.
        index: usize,
        /// Its position.
        at: f64,
    },
}

impl PiecewiseLinear {
    /// σ through `knots` = [position, value] pairs with increasing positions, constant outside.
    ///
    /// # Errors
    /// Where there are fewer than two knots, one is not finite, or positions do not increase.
    pub fn new(knots: Vec<[f64; 2]>) -> Result<Self, KnotError> {
        Self::with_slopes(knots, [0.0; 2])
    }

    /// σ through `knots` with the slopes [left, right] outside of them.
    ///
    /// # Errors
    /// Where there are too few knots, a number is not finite, or positions do not increase.
    pub fn with_slopes(knots: Vec<[f64; 2]>, [left, right]: [f64; 2]) -> Result<Self, KnotError> {
        if knots.is_empty() || (knots.len() == 1 && left == 0.0 && right == 0.0) {
            return Err(KnotError::TooFew(knots.len()));
        }
        if let Some(index) = knots.iter().position(|k| !(k[0].is_finite() && k[1].is_finite())) {
            return Err(KnotError::NotFinite(index));
        }
        if !(left.is_finite() && right.is_finite()) {
            return Err(KnotError::SlopeNotFinite([left, right]));
        }
        if let Some(index) = (1..knots.len()).find(|&i| knots[i][0] <= knots[i - 1][0]) {
            return Err(KnotError::NotIncreasing { index, at: knots[index][0] });
        }
        let mut slopes: Vec<f64> =
            knots.windows(2).map(|k| (k[1][1] - k[0][1]) / (k[1][0] - k[0][0])).collect();
        slopes.push(right);
        Ok(Self { knots, left, slopes })
    }

    /// max(0, z).
    pub fn relu() -> Self {
        Self::leaky_relu(0.0)
    }

    /// z for z > 0, `slope` · z below.
    pub fn leaky_relu(slope: f64) -> Self {
        Self { knots: vec![[0.0, 0.0]], left: slope, slopes: vec![1.0] }
    }

    /// z.
    pub fn identity() -> Self {
        Self::leaky_relu(1.0)
    }

    /// z cut at ±1.
    pub fn hard_tanh() -> Self {
        Self { knots: vec![[-1.0, -1.0], [1.0, 1.0]], left: 0.0, slopes: vec![1.0, 0.0] }
    }

    /// height · σ(gain · z + offset) + constant, gain > 0.
    ///
    /// # Errors
    /// Where knots fall together in double precision, or leave its range.
    pub fn placed(&self, place: &Placement) -> Result<Self, KnotError> {
        let steepness = place.height * place.gain;
        let right = self.slopes[self.slopes.len() - 1];
        Self::with_slopes(
            self.knots
                .iter()
                .map(|[t, value]: &[f64; 2]| {
                    [(t - place.offset) / place.gain, place.height * value + place.constant]
                })
                .collect(),
            [steepness * self.left, steepness * right],
        )
    }

    /// Index of the last knot at or left of z, if any.
    fn piece(&self, z: f64) -> Option<usize> {
        self.knots.partition_point(|knot| knot[0] <= z).checked_sub(1)
    }

    /// σ(z).
    pub fn value(&self, z: f64) -> f64 {
        let piece = self.piece(z);
        let [at, height] = self.knots[piece.unwrap_or(0)];
        let slope = piece.map_or(self.left, |k| self.slopes[k]);
        height + slope * (z - at)
    }

    /// σ'(z), from the right at a knot.
    pub fn slope(&self, z: f64) -> f64 {
        self.piece(z).map_or(self.left, |k| self.slopes[k])
    }

    /// σ and σ' of many inputs at once, without branches; equal to `value` and `slope` bit by bit.
    #[inline(always)]
    pub fn evaluate(&self, z: &[f64], value: &mut [f64], slope: &mut [f64]) {
        let (z, z_rest) = z.as_chunks::<FEW>();
        let (value, value_rest) = value.as_chunks_mut();
        let (slope, slope_rest) = slope.as_chunks_mut();
        for ((z, value), slope) in z.iter().zip(value).zip(slope) {
            (*value, *slope) = self.several(z);
        }
        for ((z, value), slope) in z_rest.iter().zip(value_rest).zip(slope_rest) {
            ([*value], [*slope]) = self.several(&[*z]);
        }
    }

    /// σ and σ' of a few inputs, which stay in registers from knot to knot.
    #[inline(always)]
    fn several<const COUNT: usize>(&self, z: &[f64; COUNT]) -> ([f64; COUNT], [f64; COUNT]) {
        let [first, base] = self.knots[0];
        let mut value = [0.0; COUNT];
        let mut slope = [self.left; COUNT];
        for i in 0..COUNT {
            value[i] = base + self.left * (z[i] - first);
        }
        for (&[at, height], &steepness) in self.knots.iter().zip(&self.slopes) {
            for i in 0..COUNT {
                let right = at <= z[i];
                value[i] = if right { height + steepness * (z[i] - at) } else { value[i] };
                slope[i] = if right { steepness } else { slope[i] };
            }
        }
        (value, slope)
    }

    /// The knots' positions.
    pub fn kinks(&self) -> Vec<f64> {
        self.knots.iter().map(|knot| knot[0]).collect()
    }

    /// Whether no slope jumps: a straight line, whatever its knots.
    pub fn is_straight(&self) -> bool {
        self.hinges().all(|(_, jump)| jump == 0.0)
    }

    /// Whether a piece is level.
    pub fn has_level_pieces(&self) -> bool {
        self.left == 0.0 || self.slopes.contains(&0.0)
    }

    /// Whether the slope jumps at z = 0.
    pub fn bends_at_zero(&self) -> bool {
        self.hinges().any(|(knot, jump)| knot == 0.0 && jump != 0.0)
    }

    /// Whether σ(cz) = c σ(z) for every c ≥ 0: two lines through 0.
    pub fn is_homogeneous(&self) -> bool {
        self.line()[0] == 0.0 && self.hinges().all(|(knot, jump)| knot == 0.0 || jump == 0.0)
    }

    /// Whether σ is constant outside of its knots.
    pub fn is_bounded(&self) -> bool {
        self.left == 0.0 && self.slopes.last() == Some(&0.0)
    }

    /// The knots, [position, value].
    pub fn knots(&self) -> &[[f64; 2]] {
        &self.knots
    }

    /// Value at 0 and slope of the straight line left of the first knot.
    pub(super) fn line(&self) -> [f64; 2] {
        [self.knots[0][1] - self.left * self.knots[0][0], self.left]
    }

    /// (t_k, m_k): position and jump of the slope at each knot.
    pub(super) fn hinges(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let before = std::iter::once(self.left).chain(self.slopes.iter().copied());
        self.knots
            .iter()
            .zip(self.slopes.iter().zip(before))
            .map(|(knot, (after, before))| (knot[0], after - before))
    }

    /// See [`Activation::terms`](super::Activation::terms).
    pub fn terms(&self, scale: f64) -> f64 {
        let [first, base] = self.knots[0];
        let hinges: f64 = self.hinges().map(|(knot, jump)| jump.abs() * (knot.abs() + scale)).sum();
        base.abs() + self.left.abs() * (first.abs() + scale) + hinges
    }

    /// See [`Activation::hermite_coefficients`](super::Activation::hermite_coefficients).
    pub fn hermite_coefficients(&self, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
        q.fill(0.0);
        dq.fill(0.0);
        let line = [self.knots[0][1] + self.left * (offset - self.knots[0][0]), self.left * scale];
        q.iter_mut().zip(line).for_each(|(q, term)| *q = term);
        if let Some(slope) = dq.get_mut(1) {
            *slope = self.left;
        }
        for (knot, jump) in self.hinges() {
            add_hinge(jump, offset - knot, scale, q, dq);
        }
    }

    /// See [`Activation::mean_slope`](super::Activation::mean_slope).
    pub fn mean_slope(&self, offset: f64, scale: f64) -> f64 {
        let jumps =
            self.hinges().map(|(knot, jump)| jump * normal::distribution(standardise(offset - knot, scale)));
        self.left + jumps.sum::<f64>()
    }

    /// See [`Activation::second_moment`](super::Activation::second_moment): σ² is quadratic on each piece.
    pub fn second_moment(&self, offset: f64, scale: f64) -> f64 {
        let input = Input { offset, scale };
        let first = self.knot_deviate(0, input);
        let left = square_on_piece(self.knots[0], self.left, input, [-FAR, first]);
        let pieces = (0..self.knots.len()).map(|k: usize| {
            let ends = [k, k + 1].map(|k| self.knot_deviate(k, input));
            square_on_piece(self.knots[k], self.slopes[k], input, ends)
        });
        left + pieces.sum::<f64>()
    }

    /// g at which the input SG + b is on knot k; [`FAR`] after the last.
    fn knot_deviate(&self, k: usize, Input { offset, scale }: Input) -> f64 {
        self.knots.get(k).map_or(FAR, |knot| standardise(knot[0] - offset, scale))
    }
}

/// E[σ(SG + b)²; l < G < u] where σ is the line through a knot with this slope.
fn square_on_piece([at, height]: [f64; 2], slope: f64, input: Input, [l, u]: [f64; 2]) -> f64 {
    let Input { offset, scale } = input;
    if l >= u {
        return 0.0;
    }
    if u - l < NARROW {
        return quadrature::on_panel(l, u, |g| (height + slope * (offset + scale * g - at)).powi(2));
    }
    square_on_interval(height + slope * (offset - at), slope * scale, l, u)
}

/// x = distance/S, cut at ±[`FAR`]; for S = 0 the side of the kink, 0 on it.
pub(super) fn standardise(distance: f64, scale: f64) -> f64 {
    if distance == 0.0 { 0.0 } else { (distance / scale).clamp(-FAR, FAR) }
}

/// Adds m (SG + distance)₊ to the coefficients, `distance` = b − t_k.
fn add_hinge(jump: f64, distance: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
    let x = standardise(-distance, scale);
    let density = normal::density(x);
    let above = normal::distribution(-x);
    let mut before = 0.0;
    let mut psi = density; // ψ_{n−3}, ψ_{n−2}
    for n in 0..q.len() {
        let (value, slope) = match n {
            0 => (scale * density + distance * above, density),
            1 => (scale * above, above + x * density),
            _ => {
                let order = n as f64;
                let next = (x * psi - (order - 2.0).sqrt() * before) / (order - 1.0).sqrt(); // ψ_{n−1}
                let root = (order * (order - 1.0)).sqrt();
                let pair = (scale * psi / root, psi / root + x * next / order.sqrt());
                (before, psi) = (psi, next);
                pair
            }
        };
        q[n] += jump * value;
        dq[n] += jump * slope;
    }
}

/// E[(A + BG)²; l < G < u] = A² P + 2AB (φ(l) − φ(u)) + B² (P + l φ(l) − u φ(u)), P = Φ(u) − Φ(l).
fn square_on_interval(a: f64, b: f64, l: f64, u: f64) -> f64 {
    let mass = normal::distribution(u) - normal::distribution(l);
    let low = normal::density(l);
    let high = normal::density(u);
    a * a * mass + 2.0 * a * b * (low - high) + b * b * (mass + l * low - u * high)
}

#[cfg(test)]
mod tests;
