//! Polynomial activations σ(z) = Σ c_k z^k, up to degree [`HIGHEST`], whose Gaussian expectations are sums:
//!
//! ```text
//!   Q(b, S) = E σ(SG + b) = Σ_j (S²/2)^j/j! σ^{(2j)}(b),     q_n = Sⁿ/√n! ∂ⁿQ/∂bⁿ,     ∂Q/∂S = S ∂²Q/∂b²
//! ```
//! Those of degree 2 or more outgrow their slope: steps of SGD that are too long diverge, and moments of the
//! law of the weights must exist. No quadrature here.

use thiserror::Error;

use super::input::Input;

/// The highest degree.
pub const HIGHEST: usize = 8;
/// Points at which the slope's sign is looked at.
const LOOKS: usize = 4000;

/// Coefficients that are those of no activation.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum PolynomialError {
    /// None at all.
    #[error("a polynomial needs at least one coefficient")]
    Empty,
    /// Too many.
    #[error("it has {0} coefficients, and degrees up to {HIGHEST} have {most} at most", most = HIGHEST + 1)]
    Degree(usize),
    /// Not a number.
    #[error("the coefficient {0:?} is not finite")]
    NotFinite(f64),
}

/// σ(z) = Σ c_k z^k.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    /// c_0, c_1, …; the last is not 0, unless it is the only one.
    coefficients: Vec<f64>,
}

impl Polynomial {
    /// Σ c_k z^k of c_0, c_1, ….
    ///
    /// # Errors
    /// Where there is none, there are more than [`HIGHEST`] + 1, or one is not finite.
    pub fn new(coefficients: &[f64]) -> Result<Self, PolynomialError> {
        if coefficients.is_empty() {
            return Err(PolynomialError::Empty);
        }
        if coefficients.len() > HIGHEST + 1 {
            return Err(PolynomialError::Degree(coefficients.len()));
        }
        if let Some(odd) = coefficients.iter().find(|c| !c.is_finite()) {
            return Err(PolynomialError::NotFinite(*odd));
        }
        let last = coefficients.iter().rposition(|c| *c != 0.0).unwrap_or(0);
        Ok(Self { coefficients: coefficients[..=last].to_vec() })
    }

    /// Σ c_n h_n(z) with orthonormal Hermite polynomials h_n = He_n/√n!, so that q_n(0, 1) = c_n.
    ///
    /// # Errors
    /// As those of [`new`](Self::new).
    pub fn hermite(coefficients: &[f64]) -> Result<Self, PolynomialError> {
        let mut sum = vec![0.0; coefficients.len()];
        let mut before = vec![0.0; coefficients.len() + 1];
        let mut now = before.clone();
        now[0] = 1.0;
        for (n, c) in coefficients.iter().enumerate().take(HIGHEST + 1) {
            sum.iter_mut().zip(&now).for_each(|(sum, power)| *sum += c * power);
            // h_{n+1} = (z h_n − √n h_{n−1})/√(n+1)
            let order = n as f64;
            let lifted = std::iter::once(&0.0).chain(&now);
            let next: Vec<f64> = lifted
                .zip(&before)
                .map(|(lifted, before): (&f64, &f64)| (lifted - order.sqrt() * before) / (order + 1.0).sqrt())
                .collect();
            before = std::mem::replace(&mut now, next);
        }
        Self::new(&sum)
    }

    /// c_0, c_1, ….
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The highest power.
    pub fn degree(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// σ(z).
    #[inline(always)]
    pub fn value(&self, z: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * z + c)
    }

    /// σ'(z).
    #[inline(always)]
    pub fn slope(&self, z: f64) -> f64 {
        let powers = self.coefficients.iter().enumerate().skip(1).rev();
        powers.fold(0.0, |sum, (k, c)| sum * z + k as f64 * c)
    }

    /// σ and σ' of many inputs at once.
    #[inline(always)]
    pub fn evaluate(&self, z: &[f64], value: &mut [f64], slope: &mut [f64]) {
        value.fill(0.0);
        slope.fill(0.0);
        // Both Horner sums power by power: the inner loop is over the inputs.
        for c in self.coefficients.iter().rev() {
            for ((z, value), slope) in z.iter().zip(&mut *value).zip(&mut *slope) {
                *slope = *slope * z + *value;
                *value = *value * z + c;
            }
        }
    }

    /// σ^{(n)}(z).
    fn derivative(&self, n: usize, z: f64) -> f64 {
        let powers = self.coefficients.iter().enumerate().skip(n).rev();
        powers.fold(0.0, |sum, (k, c)| sum * z + falling(k, n) * c)
    }

    /// ∂ⁿQ/∂bⁿ.
    fn smoothed(&self, n: usize, offset: f64, scale: f64) -> f64 {
        let half = 0.5 * scale * scale;
        let mut factor = 1.0;
        let mut sum = 0.0;
        for j in 0..=self.degree().saturating_sub(n) / 2 {
            sum += factor * self.derivative(n + 2 * j, offset);
            factor *= half / (j as f64 + 1.0);
        }
        sum
    }

    /// See [`Activation::hermite_coefficients`](super::Activation::hermite_coefficients).
    pub fn hermite_coefficients(&self, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
        q.fill(0.0);
        dq.fill(0.0);
        let mut before = 0.0; // S^{n−1}/√n! · n
        let mut share = 1.0; // Sⁿ/√n!
        for n in 0..q.len().min(self.degree() + 1) {
            let own = self.smoothed(n, offset, scale);
            q[n] = share * own;
            dq[n] = before * own + share * scale * self.smoothed(n + 2, offset, scale);
            let root = (n as f64 + 1.0).sqrt();
            before = share * root;
            share *= scale / root;
        }
    }

    /// q_0, …, q_degree.
    fn all_coefficients(&self, input: Input) -> [f64; HIGHEST + 1] {
        let mut q = [0.0; HIGHEST + 1];
        let mut unused = q;
        self.hermite_coefficients(input.offset, input.scale, &mut q, &mut unused);
        q
    }

    /// E σ(SG + b).
    pub fn mean(&self, offset: f64, scale: f64) -> f64 {
        self.smoothed(0, offset, scale)
    }

    /// See [`Activation::mean_slope`](super::Activation::mean_slope).
    pub fn mean_slope(&self, offset: f64, scale: f64) -> f64 {
        self.smoothed(1, offset, scale)
    }

    /// See [`Activation::second_moment`](super::Activation::second_moment).
    pub fn second_moment(&self, offset: f64, scale: f64) -> f64 {
        self.all_coefficients(Input { offset, scale }).iter().map(|q| q * q).sum()
    }

    /// E σ(SG + b) σ(S'G' + b') at correlation c: Mehler's series, which ends.
    pub fn pair(&self, input: Input, other: Input, cosine: f64) -> f64 {
        let own = self.all_coefficients(input);
        let its = self.all_coefficients(other);
        own.iter().zip(its).rev().fold(0.0, |sum, (q, p)| sum * cosine + q * p)
    }

    /// E σ(xζ)^`power` and its derivative, ζ one coordinate of a uniform point of S^{d−1}:
    /// E ζ^{2k} = Π_{m≤k} (2m−1)/(d+2m−2).
    pub fn power_on_sphere(&self, power: i32, x: f64, dimension: usize) -> (f64, f64) {
        let powers = (1..power).fold(self.coefficients.clone(), |product, _| self.times(&product));
        let mut moment = 1.0;
        let mut value = 0.0;
        let mut slope = 0.0;
        for (k, c) in powers.iter().enumerate().step_by(2) {
            let order = k as i32;
            value += c * moment * x.powi(order);
            slope += if k == 0 { 0.0 } else { f64::from(order) * c * moment * x.powi(order - 1) };
            moment *= (k as f64 + 1.0) / (dimension as f64 + k as f64);
        }
        (value, slope)
    }

    /// The coefficients of the product with another polynomial.
    fn times(&self, other: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.coefficients.len() + other.len() - 1];
        for (i, c) in self.coefficients.iter().enumerate() {
            other.iter().enumerate().for_each(|(j, d)| product[i + j] += c * d);
        }
        product
    }

    /// Whether σ' is 0 somewhere.
    pub fn has_stationary_points(&self) -> bool {
        if self.degree() == 1 {
            return false;
        }
        // All zeros of σ' lie within Cauchy's bound.
        let last = self.degree() as f64 * self.coefficients[self.degree()];
        let others = self.coefficients.iter().enumerate().take(self.degree());
        let largest = others.map(|(k, c)| (k as f64 * c / last).abs()).fold(0.0, f64::max);
        let reach = 1.0 + if largest.is_finite() { largest } else { 0.0 };
        let sign = last.signum();
        let points = (0..=LOOKS).map(|i| reach * (2.0 * i as f64 / LOOKS as f64 - 1.0));
        points.map(|z| sign * self.slope(z)).any(|slope| slope <= 0.0)
    }

    /// Size of the terms of σ(z) for |z| up to `scale`.
    pub fn terms(&self, scale: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * scale + c.abs())
    }
}

/// k (k−1) … (k−n+1).
fn falling(k: usize, n: usize) -> f64 {
    (k + 1 - n..=k).map(|factor| factor as f64).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quadrature::gaussian_expectation;

    fn example() -> Polynomial {
        Polynomial::new(&[0.3, -1.0, 0.5, 0.25, -0.1, 0.02, 0.0, 0.0, 1e-3]).expect("valid")
    }

    #[test]
    fn hermite_combinations_are_their_coefficients_under_a_standard_normal() {
        let given = [0.5, -1.0, 0.0, 2.0, 0.25, 0.0, 0.1, 0.0, 0.7];
        let sigma = Polynomial::hermite(&given).expect("valid");
        let mut q = [0.0; 10];
        let mut dq = [0.0; 10];
        sigma.hermite_coefficients(0.0, 1.0, &mut q, &mut dq);
        assert!(q.iter().zip(given).all(|(q, c)| (q - c).abs() < 1e-12), "{q:?}");
        assert_eq!(q[9], 0.0);
        // h_2 = (z² − 1)/√2.
        let second = Polynomial::hermite(&[0.0, 0.0, 1.0]).expect("valid");
        assert!((second.value(3.0) - 8.0 / 2.0_f64.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn expectations_meet_quadrature() {
        let sigma = example();
        for (offset, scale) in [(0.0, 0.0), (0.4, 0.3), (-1.0, 1.7)] {
            let value = |g: f64| sigma.value(scale * g + offset);
            let exact = gaussian_expectation(&[], value);
            let square = gaussian_expectation(&[], |g| value(g).powi(2));
            let third = gaussian_expectation(&[], |g| value(g) * (g.powi(3) - 3.0 * g) / 6.0_f64.sqrt());
            let rise = gaussian_expectation(&[], |g| {
                sigma.slope(scale * g + offset) * g * (g.powi(3) - 3.0 * g) / 6.0_f64.sqrt()
            });
            let mut q = [0.0; 9];
            let mut dq = [0.0; 9];
            sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
            let size = 1.0 + square;
            let pairs = [
                (sigma.mean(offset, scale), exact),
                (sigma.second_moment(offset, scale), square),
                (q[3], third),
                (dq[3], rise),
            ];
            for (found, exact) in pairs {
                // Rounding of both sums.
                assert!((found - exact).abs() < 1e-12 * size, "({offset}, {scale}): {found} {exact}");
            }
        }
    }

    #[test]
    fn pairs_and_spheres_have_their_limits() {
        let sigma = example();
        let input = Input { offset: 0.2, scale: 0.9 };
        let same = sigma.pair(input, input, 1.0) - sigma.second_moment(0.2, 0.9);
        assert!(same.abs() < 1e-13, "{same:.1e}");
        // ζ² of S¹ is cos² of a uniform angle.
        let angles = (0..64).map(|i| std::f64::consts::PI * f64::from(i) / 32.0);
        let exact = angles.map(|angle| sigma.value(1.4 * angle.cos()).powi(2)).sum::<f64>() / 64.0;
        let (found, slope) = sigma.power_on_sphere(2, 1.4, 2);
        assert!((found - exact).abs() < 1e-13, "{found} {exact}");
        let rise = sigma.power_on_sphere(2, 1.4 + 1e-6, 2).0 - sigma.power_on_sphere(2, 1.4 - 1e-6, 2).0;
        assert!((slope - rise / 2e-6).abs() < 1e-8);
    }

    #[test]
    fn stationary_points_are_found() {
        let cases = [(&[0.0, 1.0, 0.0, 1.0][..], false), (&[0.0, -1.0, 0.0, 1.0], true), (&[1.0], true)];
        for (coefficients, exact) in cases {
            let sigma = Polynomial::new(coefficients).expect("valid");
            assert_eq!(sigma.has_stationary_points(), exact, "{coefficients:?}");
        }
    }
}
