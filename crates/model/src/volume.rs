//! The volume element of reduced coordinates: how much of the parameters' space R^D lies at a coordinate.
//!
//! ```text
//!   a parameter itself:  J = 1          a radius |w|, w ∈ Rⁿ:  J(r) = |S^{n−1}| r^{n−1}
//! ```
//! A law's density against dr is J times its density in R^D. Noise knows the latter: entropy and the
//! Gibbs state need J, the noiseless dynamics never does. Everything is a logarithm: r^{n−1} leaves the
//! range of doubles soon.

use statrs::function::gamma::ln_gamma;

/// The volume element of one reduced coordinate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VolumeElement {
    /// A parameter itself.
    Line,
    /// The length of a vector of n ≥ 1 parameters.
    Radius(usize),
}

impl VolumeElement {
    /// ln J(z); −∞ at the centre of two or more dimensions.
    pub fn ln(self, z: f64) -> f64 {
        match self {
            Self::Line => 0.0,
            Self::Radius(1) => ln_sphere(1),
            Self::Radius(n) => ln_sphere(n) + (n - 1) as f64 * z.ln(),
        }
    }

    /// ln ∫ J dz from `lower` to `upper` > `lower` (≥ 0 for a radius).
    pub fn ln_between(self, lower: f64, upper: f64) -> f64 {
        match self {
            Self::Line => (upper - lower).ln(),
            // (upperⁿ − lowerⁿ)/n, without the difference of two close powers.
            Self::Radius(n) => {
                let n_real = n as f64;
                let inner = n_real * (lower / upper).ln();
                ln_sphere(n) + n_real * upper.ln() + (-inner.exp_m1()).ln() - n_real.ln()
            }
        }
    }
}

/// ln |S^{n−1}| = ln(2 π^{n/2}/Γ(n/2)); |S⁰| = 2.
fn ln_sphere(n: usize) -> f64 {
    let half = 0.5 * n as f64;
    2.0_f64.ln() + half * std::f64::consts::PI.ln() - ln_gamma(half)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::quadrature::legendre;

    #[test]
    fn shells_have_the_volumes_of_the_textbook() {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-13 * b.abs().max(1.0);
        assert!(close(VolumeElement::Radius(1).ln_between(0.0, 3.0), 6.0_f64.ln()));
        assert!(close(VolumeElement::Radius(2).ln_between(1.0, 2.0), (3.0 * PI).ln()));
        assert!(close(VolumeElement::Radius(3).ln_between(0.0, 2.0), (32.0 * PI / 3.0).ln()));
        assert!(close(VolumeElement::Line.ln_between(-1.0, 2.0), 3.0_f64.ln()));
    }

    #[test]
    fn a_shell_is_the_integral_of_the_element() {
        for n in [1, 2, 5, 40, 320] {
            let element = VolumeElement::Radius(n);
            let lower = 1.3;
            let upper = 1.31;
            let whole = element.ln_between(lower, upper);
            let integral: f64 = legendre(lower, upper).map(|(z, w)| w * (element.ln(z) - whole).exp()).sum();
            assert!((integral - 1.0).abs() < 1e-12, "n = {n}: {integral}");
        }
    }

    #[test]
    fn thin_and_far_shells_keep_their_digits() {
        // d ln J between neighbours: (n − 1) h / r, to second order.
        let shell = |i: f64| VolumeElement::Radius(1000).ln_between(5.0 + 1e-6 * i, 5.0 + 1e-6 * (i + 1.0));
        let slope = (shell(1.0) - shell(0.0)) / (999.0 * 1e-6 / (5.0 + 1e-6));
        assert!((slope - 1.0).abs() < 1e-6, "{slope}");
    }
}
