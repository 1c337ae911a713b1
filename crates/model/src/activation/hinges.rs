//! E σ(SG + b) σ(S'G' + b') of nearly parallel neurons for piecewise-linear σ, in closed form up to a short
//! polynomial. An offset moves σ's knots by −b, so the formulas speak of σ(SG).
//!
//! Price's theorem: the derivative in the correlation c is SS' E σ'(SG) σ'(S'G'), and the second one has only
//! the jumps m_k of σ' left. Taylor's formula at c = 1, with c = cos θ, a = t_k/S, b = t_l/S':
//!
//! ```text
//!   E σσ' = E|_{c=1} − (1 − c) ∂_c E|_{c=1} + Σ_kl m_k m_l SS' I(a_k, b_l, θ)
//!   I = 1/2π ∫_0^θ (cos u − cos θ) exp(−ab/(1 + cos u) − (a−b)²/(2 sin²u)) du
//! ```
//! The last exponential rises within u ≈ |a−b|, however little that is; everything else is nearly a
//! polynomial in x² = (sin u/sin θ)². So I combines the j_k = ∫_0^1 x^{2k} e^{−κ²/2x²} dx, κ = |a−b|/sin θ,
//! which have a recursion.

#[cfg(test)]
mod tests;

use std::f64::consts::{FRAC_1_SQRT_2, PI};
use std::sync::LazyLock;

use meanfield_kernel::dot::FourSums;

use super::input::Input;
use super::piecewise_linear::{PiecewiseLinear, standardise};
use crate::normal;

/// The smallest cosine for which this is exact.
pub const LEAST_COSINE: f64 = 0.9;
/// Chebyshev points in x². At the smallest cosine the nearest singularity, cos u = 0, is so far that each
/// point gains a factor 19.
const POINTS: usize = 8;
/// e^{−40} is below rounding.
const NOTHING: f64 = 40.0;

/// σ(SG + b) as a straight line α + βG and hinges.
#[derive(Clone, Debug)]
pub struct Hinged {
    scale: f64,
    line: [f64; 2],
    hinges: Vec<Hinge>,
}

/// m (SG − t)₊, t the knot less b.
#[derive(Clone, Copy, Debug)]
struct Hinge {
    knot: f64,
    jump: f64,
    /// a = t/S.
    at: f64,
    /// φ(a).
    density: f64,
    /// P(G > a).
    above: f64,
}

/// The angle between two neurons, and the functions of it that all pairs of their hinges share.
struct Angle {
    cosine: f64,
    sine: f64,
    /// 1/(1 + cos u) at the points.
    shares: [f64; POINTS],
    /// (cos u − cos θ) du/dx at the points, divided by sin³θ.
    weights: [f64; POINTS],
}

/// Interpolation in x² at Chebyshev points.
struct Rule {
    /// x² at Chebyshev points.
    squares: [f64; POINTS],
    /// From values at the points to coefficients of T_k(2x² − 1): `[k][point]`.
    transform: [[f64; POINTS]; POINTS],
    /// T_k(2x² − 1) in powers of x²: `[k][power]`.
    powers: [[f64; POINTS]; POINTS],
}

/// The angle of a Chebyshev point.
fn angle(i: usize) -> f64 {
    PI * (i as f64 + 0.5) / POINTS as f64
}

/// T_k at a point, with the weight of the discrete transform.
fn transform_weight(k: usize, i: usize) -> f64 {
    let norm = if k == 0 { 1.0 } else { 2.0 } / POINTS as f64;
    norm * (k as f64 * angle(i)).cos()
}

static RULE: LazyLock<Rule> = LazyLock::new(|| {
    // T_{k+1} = 2 (2x² − 1) T_k − T_{k−1}.
    let mut powers = [[0.0; POINTS]; POINTS];
    (powers[0][0], powers[1][0], powers[1][1]) = (1.0, -1.0, 2.0);
    for k in 2..POINTS {
        for j in 0..POINTS {
            let raised = if j > 0 { 4.0 * powers[k - 1][j - 1] } else { 0.0 };
            powers[k][j] = raised - 2.0 * powers[k - 1][j] - powers[k - 2][j];
        }
    }
    Rule {
        squares: std::array::from_fn(|i| 0.5 + 0.5 * angle(i).cos()),
        transform: std::array::from_fn(|k| std::array::from_fn(|i| transform_weight(k, i))),
        powers,
    }
});

impl Hinged {
    /// A neuron of this input.
    pub fn new(sigma: &PiecewiseLinear, Input { offset, scale }: Input) -> Self {
        let [value, slope] = sigma.line();
        Self {
            scale,
            line: [value + slope * offset, slope * scale],
            hinges: sigma
                .hinges()
                .map(|(knot, jump): (f64, f64)| {
                    let knot = knot - offset;
                    let at = standardise(knot, scale);
                    Hinge { knot, jump, at, density: normal::density(at), above: normal::distribution(-at) }
                })
                .collect(),
        }
    }

    /// The neuron with −SG in place of SG: a hinge (−z − t)₊ is (z + t)₊ − (z + t).
    pub fn reflected(&self) -> Self {
        let [mut value, mut slope] = [self.line[0], -self.line[1]];
        for h in &self.hinges {
            value -= h.jump * h.knot;
            slope -= h.jump * self.scale;
        }
        Self {
            scale: self.scale,
            line: [value, slope],
            hinges: self
                .hinges
                .iter()
                .map(|h: &Hinge| {
                    let above = normal::distribution(h.at);
                    Hinge { knot: -h.knot, at: -h.at, above, ..*h }
                })
                .collect(),
        }
    }

    /// E σ(SG + b) σ(S'G' + b') at a correlation c ≥ [`LEAST_COSINE`].
    pub fn pair(&self, other: &Self, cosine: f64) -> f64 {
        let angle = Angle::new(cosine);
        let lines = self.line[0] * other.line[0] + cosine * self.line[1] * other.line[1];
        let mut total = lines + self.with_line(other.line, cosine) + other.with_line(self.line, cosine);
        let scales = self.scale * other.scale;
        for h in &self.hinges {
            for k in &other.hinges {
                // Both are above their knots from the higher of a and b on.
                let (high, cross) =
                    if h.at <= k.at { (k, h.knot * other.scale) } else { (h, k.knot * self.scale) };
                let linear = (cosine * scales + h.knot * k.knot) * high.above - cross * high.density;
                total += h.jump * k.jump * (linear + scales * angle.integral(h.at, k.at));
            }
        }
        total
    }

    /// E (α + βG') Σ_k m_k (SG − t_k)₊ at correlation c.
    fn with_line(&self, [value, slope]: [f64; 2], cosine: f64) -> f64 {
        self.hinges
            .iter()
            .map(|h: &Hinge| {
                let mean = self.scale * h.density - h.knot * h.above;
                h.jump * (value * mean + slope * cosine * self.scale * h.above)
            })
            .sum()
    }
}

impl Angle {
    fn new(cosine: f64) -> Self {
        let squared = ((1.0 - cosine) * (1.0 + cosine)).max(0.0);
        let cosines = RULE.squares.map(|x| (1.0 - squared * x).sqrt());
        // cos u − cos θ = sin²θ (1 − x²)/(cos u + cos θ), du = sin θ dx/cos u.
        Self {
            cosine,
            sine: squared.sqrt(),
            shares: cosines.map(|c| 1.0 / (1.0 + c)),
            weights: std::array::from_fn(|i: usize| {
                (1.0 - RULE.squares[i]) / ((cosines[i] + cosine) * cosines[i])
            }),
        }
    }

    /// I(a, b, θ).
    fn integral(&self, a: f64, b: f64) -> f64 {
        let product = a * b;
        let kappa = (a - b).abs() / self.sine;
        // The integrand is largest at u = θ; at θ = 0 there is nothing (κ is infinite or not a number).
        let least = product / (1.0 + self.cosine) + 0.5 * kappa * kappa;
        if self.sine == 0.0 || least > NOTHING {
            return 0.0;
        }
        let smooth: [f64; POINTS] =
            std::array::from_fn(|i| self.weights[i] * (-product * self.shares[i]).exp());
        let moments = moments(kappa);
        let mut total = 0.0;
        for (transform, powers) in RULE.transform.iter().zip(&RULE.powers) {
            let smooth_part = FourSums::new(transform, &smooth).in_pairs();
            total += smooth_part * FourSums::new(powers, &moments).in_pairs();
        }
        self.sine.powi(3) / (2.0 * PI) * total
    }
}

/// j_k = ∫_0^1 x^{2k} e^{−κ²/2x²} dx: (2k + 1) j_k = e^{−κ²/2} − κ² j_{k−1}.
fn moments(kappa: f64) -> [f64; POINTS] {
    let square = kappa * kappa;
    let end = (-0.5 * kappa * kappa).exp();
    let mut moment = end - kappa * (0.5 * PI).sqrt() * libm::erfc(kappa * FRAC_1_SQRT_2);
    std::array::from_fn(|k| {
        if k > 0 {
            moment = (end - square * moment) / (2 * k + 1) as f64;
        }
        moment
    })
}
