//! The output of a neuron by harmonic degree: for an input of length s and a neuron of radius r at the angle
//! arccos ζ, with x = r s and P_ℓ the Gegenbauer polynomials of S^{d−1} with P_ℓ(1) = 1,
//!
//! ```text
//!   σ(xζ) = Σ_ℓ ŝ_ℓ(x) P̂_ℓ(ζ),    P̂_ℓ = √D_ℓ P_ℓ,   E P̂_ℓ² = 1,    ŝ_ℓ(x) = √D_ℓ E σ(xζ) P_ℓ(ζ)
//! ```
//! D_ℓ the number of harmonics of degree ℓ, so that Σ_ℓ ŝ_ℓ² = E σ². Fluctuations about a rotation-invariant
//! law fall apart by degree, and a few degrees are all of them that matter; what one neuron does to itself
//! takes all degrees at once, through the second moments here. All are functions of one variable, by
//! quadrature over the polar angle, and tabulated. No law and no data here.

use crate::activation::Activation;
use crate::mean_output::{density, panels};
use crate::quadrature;
use crate::sphere;
use crate::tabulated::{Curves, Tabulated};

/// A product of two outputs oscillates twice as fast as one.
const PRODUCT: f64 = 2.0;
/// Share of the size of σ's terms, squared, that counts as the size of a value: they may cancel.
const CANCELLED: f64 = 0.01;
/// Functions beside the degrees: ŝ_0', E σ², E σ'², E σ'²ζ².
const OTHERS: usize = 4;

/// The functions of x = r s, before they are tabulated.
#[derive(Clone, Debug)]
pub struct ZonalOutput {
    activation: Activation,
    dimension: usize,
    /// √D_ℓ of each degree.
    roots: Vec<f64>,
}

/// All functions at one x.
#[derive(Clone, Debug, Default)]
pub struct ZonalValues {
    /// ŝ_ℓ, ŝ_ℓ' and ŝ_ℓ'' of each degree.
    pub degrees: Vec<[f64; 3]>,
    /// ŝ_0'''.
    pub third: f64,
    /// E σ(xζ)² and its derivative.
    pub square: [f64; 2],
    /// E σ'(xζ)².
    pub square_slope: f64,
    /// E σ'(xζ)² ζ².
    pub square_slope_along: f64,
}

/// The tabulated functions, with room for one evaluation.
#[derive(Clone, Debug)]
pub struct ZonalTable {
    table: Tabulated<ZonalOutput>,
    values: Vec<f64>,
    slopes: Vec<f64>,
    curvatures: Vec<f64>,
}

/// D_ℓ, the number of independent harmonics of degree ℓ on S^{d−1}: (2ℓ+d−2)/(ℓ+d−2) · C(ℓ+d−2, ℓ).
/// In no dimension there is the constant alone.
pub fn harmonics(dimension: usize, degree: usize) -> f64 {
    if degree == 0 {
        return 1.0;
    }
    if dimension == 0 {
        return 0.0;
    }
    let d = dimension as f64;
    let l = degree as f64;
    let binomial: f64 = (1..degree).map(|k| (k as f64 + d - 2.0) / k as f64).product();
    (2.0 * l + d - 2.0) / l * binomial
}

/// Λ_ℓ = ℓ (ℓ + d − 2): minus the Laplacian's eigenvalue on S^{d−1}.
pub fn eigenvalue(dimension: usize, degree: usize) -> f64 {
    degree as f64 * (degree as f64 + dimension as f64 - 2.0)
}

impl ZonalTable {
    /// Degrees 0 … `degrees` − 1 of an activation in dimension d ≥ 2.
    pub fn new(activation: &Activation, dimension: usize, degrees: usize) -> Self {
        let roots = (0..degrees).map(|degree| harmonics(dimension, degree).sqrt()).collect();
        let room = vec![0.0; degrees + OTHERS];
        let output = ZonalOutput { activation: activation.clone(), dimension, roots };
        Self { table: Tabulated::new(output), values: room.clone(), slopes: room.clone(), curvatures: room }
    }

    /// All functions at x ≥ 0.
    pub fn evaluate(&mut self, x: f64, found: &mut ZonalValues) {
        let Self { table, values, slopes, curvatures } = self;
        table.evaluate_with_curvatures(x, values, slopes, curvatures);
        let degrees = values.len() - OTHERS;
        found.degrees.clear();
        found.degrees.extend((0..degrees).map(|l| [values[l], slopes[l], curvatures[l]]));
        found.third = curvatures[degrees];
        found.square = [values[degrees + 1], slopes[degrees + 1]];
        found.square_slope = values[degrees + 2];
        found.square_slope_along = values[degrees + 3];
    }
}

impl ZonalOutput {
    /// Adds the share of one pair of points ±ζ of the rule.
    fn add(&self, x: f64, zeta: f64, share: f64, polynomials: &[f64], sums: &mut [f64]) {
        let degrees = self.roots.len();
        let [above, below] = [1.0, -1.0].map(|sign| self.activation.value(sign * x * zeta));
        let [up, down] = [1.0, -1.0].map(|sign| self.activation.slope(sign * x * zeta));
        for (l, sum) in sums[..degrees].iter_mut().enumerate() {
            // P_ℓ(−ζ) = ±P_ℓ(ζ).
            let parity = if l % 2 == 0 { above + below } else { above - below };
            *sum += share * polynomials[l] * parity;
        }
        sums[degrees] += share * zeta * (up - down);
        sums[degrees + 1] += share * (above * above + below * below);
        sums[degrees + 2] += share * (up * up + down * down);
        sums[degrees + 3] += share * zeta * zeta * (up * up + down * down);
    }
}

impl Curves for ZonalOutput {
    fn count(&self) -> usize {
        self.roots.len() + OTHERS
    }

    fn values(&self, x: f64, values: &mut [f64]) {
        let mut polynomials = vec![0.0; self.roots.len()];
        let mut unused = polynomials.clone();
        let mut norm = 0.0;
        values.fill(0.0);
        for ends in panels(&self.activation, PRODUCT, x, self.dimension).windows(2) {
            for (theta, weight) in quadrature::legendre(ends[0], ends[1]) {
                let zeta = theta.sin();
                let share = weight * density(theta, self.dimension);
                sphere::gegenbauer(self.dimension, zeta, &mut polynomials, &mut unused);
                norm += 2.0 * share;
                self.add(x, zeta, share, &polynomials, values);
            }
        }
        for (l, value) in values.iter_mut().enumerate() {
            *value *= self.roots.get(l).copied().unwrap_or(1.0) / norm;
        }
    }

    fn size(&self, x: f64) -> f64 {
        let mut values = vec![0.0; self.count()];
        self.values(x, &mut values);
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        largest.max(CANCELLED * self.activation.terms(x).powi(2))
    }

    /// In few dimensions means are singular where the largest input reaches a kink.
    fn breaks(&self) -> Vec<f64> {
        self.activation.kinks().into_iter().map(f64::abs).collect()
    }

    /// Only values: fluctuations of networks so far out are not computed.
    fn beyond(&self, x: f64, values: &mut [f64], slopes: &mut [f64]) {
        self.values(x, values);
        slopes.fill(f64::NAN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;

    #[test]
    fn harmonics_of_few_dimensions_are_the_known_numbers() {
        assert_eq!([0, 1, 2, 3].map(|l| harmonics(3, l)), [1.0, 3.0, 5.0, 7.0]);
        assert_eq!([0, 1, 2, 3].map(|l| harmonics(2, l)), [1.0, 2.0, 2.0, 2.0]);
        // Polynomials of degree 3 in 40 variables less those of degree 1.
        assert_eq!(harmonics(40, 3), 11_480.0 - 40.0);
    }

    #[test]
    fn degrees_add_up_to_the_second_moment() {
        for sigma in examples::all() {
            let mut table = ZonalTable::new(&sigma, 12, 24);
            let mut found = ZonalValues::default();
            for x in [0.4, 1.1] {
                table.evaluate(x, &mut found);
                let sum: f64 = found.degrees.iter().map(|[value, ..]| value * value).sum();
                // Kinks leave a tail that falls with a power of the degree.
                let tolerance = if sigma.kinks().is_empty() { 1e-11 } else { 2e-3 };
                assert!((sum / found.square[0] - 1.0).abs() < tolerance, "{sigma:?} {x}: {sum} {found:?}");
            }
        }
    }

    #[test]
    fn derivatives_meet_differences() {
        let h = 1e-3;
        for sigma in examples::all() {
            let mut table = ZonalTable::new(&sigma, 40, 5);
            let [mut here, mut above, mut below] = [0; 3].map(|_| ZonalValues::default());
            for x in [3.0, 9.0] {
                table.evaluate(x, &mut here);
                table.evaluate(x + h, &mut above);
                table.evaluate(x - h, &mut below);
                let size = 1.0 + here.square[0] + here.square_slope;
                for (l, found) in here.degrees.iter().enumerate() {
                    for order in 0..2 {
                        let rise = (above.degrees[l][order] - below.degrees[l][order]) / (2.0 * h);
                        let error = (rise - found[order + 1]).abs();
                        // h²/6 times a third derivative, and 1e-13 / h from the table.
                        assert!(error < 1e-5 * size, "{sigma:?} {x} {l} {order}: {error:.1e}");
                    }
                }
                let rise = (above.degrees[0][2] - below.degrees[0][2]) / (2.0 * h);
                assert!((rise - here.third).abs() < 1e-4 * size, "{sigma:?} {x}: {rise} {}", here.third);
                let rise = (above.square[0] - below.square[0]) / (2.0 * h);
                assert!((rise - here.square[1]).abs() < 1e-4 * size, "{sigma:?} {x}");
            }
        }
    }

    #[test]
    fn slopes_across_and_along_are_means_over_the_sphere() {
        for sigma in examples::all().into_iter().filter(|sigma| sigma.kinks().is_empty()) {
            let rule = sphere::quadrature(40, 60).expect("symmetric");
            let mut table = ZonalTable::new(&sigma, 40, 3);
            let mut found = ZonalValues::default();
            table.evaluate(4.0, &mut found);
            let slopes = rule.iter().map(|(zeta, weight)| (zeta, weight * sigma.slope(4.0 * zeta).powi(2)));
            let along: f64 = slopes.clone().map(|(zeta, square)| zeta * zeta * square).sum();
            let all: f64 = slopes.map(|(_, square)| square).sum();
            assert!((found.square_slope / all - 1.0).abs() < 1e-9, "{sigma:?}");
            assert!((found.square_slope_along / along - 1.0).abs() < 1e-9, "{sigma:?}");
        }
    }
}
