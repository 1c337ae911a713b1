//! The squared-loss landscape of isotropic Gaussian classes in r = |w|, as a separable series.
//!
//! ```text
//!   V(r)     = −Σ_c π_c y_c q_0(τ_c r)
//!   U(r, r') =  Σ_c π_c Σ_{n even} μ_n(d) q_n(τ_c r) q_n(τ_c r')
//!   μ_{2k}(d) = E ζ^{2k} = Π_{m=1..k} (2m−1)/(d+2m−2)      ζ: one coordinate of a uniform point of S^{d−1}
//! ```
//! All weights are ≥ 0: R is a sum of squares, R = Σ_c π_c [(y_c − m_{c0})² + Σ_{k≥1} μ_{2k} m_{c,2k}²].
//! d = ∞ keeps n = 0 only. (MMN 2018, eqs. 4, 5, 8, 13; the series is derived, not quoted.)

use std::sync::OnceLock;

use crate::activation::Activation;
use crate::data::{Class, GaussianClasses};
use crate::hermite_table::{Coefficients, hermite_table};
use crate::landscape::Landscape;
use crate::spectrum::Spectrum;
use crate::squared_loss::SquaredLoss;
use crate::tabulated::Tabulated;

/// Number of even orders tried at first; doubled until the tolerance is reached.
const FEWEST_TERMS: usize = 25;
/// Largest number of even orders tried before giving up on the tolerance.
const MOST_TERMS: usize = 400;

/// Whether the kernel keeps the finite dimension d or takes d → ∞.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DimensionLimit {
    /// The kernel at the data's d.
    Finite,
    /// The kernel in the limit d → ∞ (the start keeps the data's d).
    Infinite,
}

/// See the module's head.
#[derive(Clone, Debug)]
pub struct RadialSeries {
    activation: Activation,
    /// q_0, q_2, q_4, … as functions of S.
    table: Tabulated<Coefficients>,
    classes: Vec<Class>,
    /// With weights μ_0 = 1, μ_2, μ_4, …
    loss: SquaredLoss,
    /// Of the first order left out; 0 at d = ∞.
    next_weight: f64,
    truncation: f64,
    /// Largest S that the series was made for.
    largest_scale: f64,
    /// (S, what the kept orders leave of E σ² at most, up to S); computed when it is first asked for.
    tails: OnceLock<Vec<(f64, f64)>>,
}

/// The series does not reach its tolerance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "the kernel's series at dimension {dimension} leaves {truncation:.1e} after {terms} terms; {tolerance:.1e} was asked for"
)]
pub struct SeriesError {
    dimension: usize,
    terms: usize,
    truncation: f64,
    tolerance: f64,
}

impl SeriesError {
    /// A tolerance that can be reached.
    pub fn reachable(&self) -> f64 {
        1.1 * self.truncation
    }
}

impl RadialSeries {
    /// The series, cut where it leaves less than `tolerance` in U(r, r') for all radii up to `largest_radius`.
    pub fn new(
        data: &GaussianClasses,
        activation: &Activation,
        limit: DimensionLimit,
        largest_radius: f64,
        tolerance: f64,
    ) -> Result<Self, SeriesError> {
        let largest_scale = data.classes.iter().map(|class| class.scale * largest_radius).fold(0.0, f64::max);
        let bare = |weights: Vec<f64>, next_weight, truncation| Self {
            activation: activation.clone(),
            table: hermite_table(activation, 2, weights.len()),
            classes: data.classes.clone(),
            loss: SquaredLoss { targets: data.targets(), weights },
            next_weight,
            truncation,
            largest_scale,
            tails: OnceLock::new(),
        };
        if limit == DimensionLimit::Infinite {
            return Ok(bare(vec![1.0], 0.0, 0.0));
        }
        let mut tails = Vec::new();
        let mut weights = vec![1.0];
        loop {
            let k = weights.len();
            if k > tails.len() {
                let tried = (2 * tails.len()).clamp(FEWEST_TERMS, MOST_TERMS);
                tails = Spectrum::up_to(activation, 0.0, largest_scale, tried).tails;
            }
            let next = weights[k - 1] * (2 * k - 1) as f64 / (data.dimension + 2 * k - 2) as f64;
            // Cauchy–Schwarz: what the cut leaves is at most μ_{2k} times the orders from there on.
            let truncation = next * tails[k - 1];
            if truncation <= tolerance {
                return Ok(bare(weights, next, truncation));
            }
            if k == MOST_TERMS {
                return Err(SeriesError { dimension: data.dimension, terms: k, truncation, tolerance });
            }
            weights.push(next);
        }
    }

    /// A bound on what the cut series leaves out of U(r, r'), for all radii up to the largest it was made for.
    pub fn truncation(&self) -> f64 {
        self.truncation
    }

    /// Number of even orders kept, n = 0 included.
    pub fn terms(&self) -> usize {
        self.loss.weights.len()
    }
}

impl Landscape<1> for RadialSeries {
    fn rank(&self) -> usize {
        self.loss.rank()
    }

    fn features(&self, [radius]: [f64; 1], values: &mut [f64], gradients: &mut [[f64; 1]]) {
        let terms = self.terms();
        let blocks = values.chunks_exact_mut(terms).zip(gradients.as_flattened_mut().chunks_exact_mut(terms));
        for (class, (values, slopes)) in self.classes.iter().zip(blocks) {
            self.table.evaluate(class.scale * radius, values, slopes);
            slopes.iter_mut().for_each(|slope| *slope *= class.scale);
        }
    }

    fn risk(&self, moments: &[f64]) -> f64 {
        self.loss.risk(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        self.loss.potential_coefficients(moments, coefficients);
    }

    fn curvatures(&self, _: &[f64], curvatures: &mut [f64]) {
        self.loss.curvatures(curvatures);
    }

    fn rests_at_lower_end(&self, _: usize) -> bool {
        self.activation.bends_at_zero()
    }

    fn truncation(&self, [radius]: [f64; 1]) -> f64 {
        if self.next_weight == 0.0 {
            return 0.0;
        }
        let scale = self.classes.iter().map(|class| class.scale * radius).fold(0.0, f64::max);
        let last = self.terms() - 1;
        if scale > self.largest_scale {
            return self.next_weight * Spectrum::up_to(&self.activation, 0.0, scale, last + 1).tails[last];
        }
        let tails =
            self.tails.get_or_init(|| Spectrum::tails_by_scale(&self.activation, self.largest_scale, last));
        let below = tails.partition_point(|(known, _)| *known <= scale).checked_sub(1);
        let below = below.map_or(0.0, |i| tails[i].1);
        self.next_weight * below.max(Spectrum::tail(&self.activation, scale, last))
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        self.loss.interaction(moments)
    }

    fn self_interaction(&self, [radius]: [f64; 1]) -> f64 {
        let moment = |class: &Class| class.weight * self.activation.second_moment(0.0, class.scale * radius);
        self.classes.iter().map(moment).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Input, PiecewiseLinear, examples};
    use crate::finite_network::pair_by_quadrature;
    use crate::quadrature::gaussian_expectation;

    fn figure_1() -> (GaussianClasses, Activation) {
        (GaussianClasses::isotropic(40, 0.8).expect("valid"), examples::figure_1())
    }

    fn moments_of_point(landscape: &RadialSeries, radius: f64) -> Vec<f64> {
        let (mut values, mut gradients) = (vec![0.0; landscape.rank()], vec![[0.0]; landscape.rank()]);
        landscape.features([radius], &mut values, &mut gradients);
        values
    }

    /// U(r, s) by two-dimensional quadrature: over the angle between the neurons (density ∝ sin^{d−2}), and for each
    /// angle E σ(SG)σ(S'G') split at the kinks. Shares nothing with the series.
    fn kernel_by_quadrature(data: &GaussianClasses, sigma: &Activation, r: f64, s: f64) -> f64 {
        let d = data.dimension as f64;
        let nodes = 200;
        let (mut total, mut norm) = (0.0, 0.0);
        for i in 0..nodes {
            let angle = std::f64::consts::PI * (i as f64 + 0.5) / nodes as f64;
            let (cosine, density) = (angle.cos(), angle.sin().powf(d - 2.0));
            if density > 1e-18 {
                let pair = |class: &Class| {
                    let [input, other] = [r, s].map(|r| Input { offset: 0.0, scale: class.scale * r });
                    class.weight * pair_by_quadrature(sigma, input, other, cosine)
                };
                total += density * data.classes.iter().map(pair).sum::<f64>();
                norm += density;
            }
        }
        total / norm
    }

    #[test]
    fn the_series_meets_two_dimensional_quadrature() {
        for sigma in examples::all() {
            for (dimension, tolerance) in [(6, 1e-6), (40, 1e-10)] {
                let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
                let series = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 3.0, tolerance);
                let series = series.expect("converges");
                for (r, s) in [(0.3, 0.9), (2.5, 0.4)] {
                    let (a, b) = (moments_of_point(&series, r), moments_of_point(&series, s));
                    // Polarise the quadratic form: U(r,s) = ¼ (I(a+b) − I(a−b)).
                    let plus: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
                    let minus: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
                    let kernel = 0.25 * (series.interaction(&plus) - series.interaction(&minus));
                    let exact = kernel_by_quadrature(&data, &sigma, r, s);
                    // The trapezoid rule in the angle is exact to rounding for this periodic integrand;
                    // the series may leave its tolerance, and the table 1e-13 of U's size, up to 100.
                    assert!(
                        (kernel - exact).abs() < tolerance + 2e-11,
                        "{sigma:?} d={dimension} U({r},{s}) = {kernel}, quadrature {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_number_of_terms_follows_the_tolerance() {
        let (data, sigma) = figure_1();
        let coarse = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-3).expect("converges");
        let fine = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-9).expect("converges");
        assert!(coarse.terms() < fine.terms() && fine.terms() < 20, "{} {}", coarse.terms(), fine.terms());
        for radius in [0.05, 0.1, 0.5, 1.0, 3.0, 8.0] {
            let gap = fine.interaction(&moments_of_point(&fine, radius))
                - coarse.interaction(&moments_of_point(&coarse, radius));
            assert!(
                gap >= -1e-12 && gap <= coarse.truncation(),
                "r={radius}: {gap} > {}",
                coarse.truncation()
            );
        }
    }

    #[test]
    fn the_unit_of_length_does_not_matter() {
        let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
        let terms = |unit: f64| {
            let sigma = PiecewiseLinear::new(vec![[0.5 * unit, -2.5], [1.5 * unit, 7.5]]).expect("valid");
            let sigma = Activation::PiecewiseLinear(sigma);
            RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0 * unit, 1e-9)
                .expect("converges")
                .terms()
        };
        assert_eq!([terms(1e-3), terms(1e3)], [terms(1.0); 2]);
    }

    #[test]
    fn gradients_meet_central_differences() {
        let (data, sigma) = figure_1();
        let series = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-9).expect("converges");
        let step = 1e-5;
        for radius in [0.05, 0.4, 1.3, 6.0] {
            let (above, below) =
                (moments_of_point(&series, radius + step), moments_of_point(&series, radius - step));
            let (mut values, mut gradients) = (vec![0.0; series.rank()], vec![[0.0]; series.rank()]);
            series.features([radius], &mut values, &mut gradients);
            for k in 0..series.rank() {
                let difference = (above[k] - below[k]) / (2.0 * step);
                assert!((difference - gradients[k][0]).abs() < 1e-6, "r={radius} k={k}");
            }
        }
    }

    #[test]
    fn the_potential_is_half_the_first_variation_of_the_risk() {
        let (data, sigma) = figure_1();
        for limit in [DimensionLimit::Finite, DimensionLimit::Infinite] {
            let series = RadialSeries::new(&data, &sigma, limit, 8.0, 1e-9).expect("converges");
            let moments = moments_of_point(&series, 0.7);
            let mut coefficients = vec![0.0; series.rank()];
            series.potential_coefficients(&moments, &mut coefficients);
            for k in 0..series.rank() {
                let mut moved = [moments.clone(), moments.clone()];
                moved[0][k] += 1e-4;
                moved[1][k] -= 1e-4;
                // R is quadratic: the central difference is exact up to rounding.
                let slope = (series.risk(&moved[0]) - series.risk(&moved[1])) / 2e-4;
                assert!((0.5 * slope - coefficients[k]).abs() < 1e-10, "k={k}");
            }
        }
    }

    #[test]
    fn risk_is_its_definition() {
        let (data, sigma) = figure_1();
        let series =
            RadialSeries::new(&data, &sigma, DimensionLimit::Infinite, 8.0, 1e-9).expect("converges");
        // d = ∞, a point mass: R = Σ_c π_c (y_c − E σ(τ_c r G))².
        let radius = 0.9;
        let mean = |scale: f64| {
            gaussian_expectation(&[0.5 / (scale * radius), 1.5 / (scale * radius)], |g| {
                sigma.value(scale * radius * g)
            })
        };
        let exact = 0.5 * (1.0 - mean(1.8)).powi(2) + 0.5 * (-1.0 - mean(0.2)).powi(2);
        assert!((series.risk(&moments_of_point(&series, radius)) - exact).abs() < 1e-12);
        assert!((data.trivial_risk() - 1.0).abs() < 1e-15);
    }
}
