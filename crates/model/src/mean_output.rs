//! The output of a neuron of radius r, averaged over its directions, for an input of length s: a function of
//! x = r s alone,
//!
//! ```text
//!   k(x) = E σ(xζ) = ∫ σ(x sin θ) cos^{d−2}θ dθ / ∫ cos^{d−2}θ dθ,     −π/2 < θ < π/2
//! ```
//! ζ one coordinate of a uniform point of S^{d−1}; as d → ∞, with x in units of √d, ζ is normal.
//! Computed by composite Gauss–Legendre in θ, where the integrand is smooth between kinks in every
//! dimension, and tabulated.

use crate::activation::Activation;
use crate::quadrature;
use crate::tabulated::{Curves, Tabulated};

/// cos^{d−2}θ ≤ e^{−(d−2)θ²/2} is below 1e-19 beyond this many of its standard deviations.
const REACH: f64 = 9.5;
/// Widest panel in those standard deviations: a Gauss rule of 24 nodes integrates φ over it to rounding.
const WIDEST: f64 = 2.5;
/// Largest phase that σ(x sin θ) goes through in a panel, for the same.
const PHASE: f64 = 30.0;
/// Share of the size of σ's terms that counts as the size of k: they may cancel.
const CANCELLED: f64 = 0.1;

/// k, or E σ(xζ)².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// E σ.
    Mean = 1,
    /// E σ².
    Square = 2,
}

/// k(x) or E σ(xζ)² of one activation in one dimension, to be tabulated.
#[derive(Clone, Debug)]
pub struct MeanOutput {
    activation: Activation,
    /// None for d = ∞.
    dimension: Option<usize>,
    power: Power,
}

impl MeanOutput {
    /// A table of k, or of E σ²; `dimension` None for d → ∞.
    pub fn table(activation: &Activation, dimension: Option<usize>, power: Power) -> Tabulated<Self> {
        Tabulated::new(Self { activation: activation.clone(), dimension, power })
    }

    /// σ(z)^power and its derivative.
    fn powered(&self, z: f64) -> (f64, f64) {
        let value = self.activation.value(z);
        let slope = self.activation.slope(z);
        match self.power {
            Power::Mean => (value, slope),
            Power::Square => (value * value, 2.0 * value * slope),
        }
    }

    /// Value and slope where there is a closed form.
    fn closed(&self, x: f64) -> Option<(f64, f64)> {
        self.activation.power_on_sphere(self.power as i32, x, self.dimension?)
    }

    /// Value and slope for a finite dimension.
    fn over_sphere(&self, x: f64, dimension: usize) -> (f64, f64) {
        let mut norm = 0.0;
        let mut value = 0.0;
        let mut slope = 0.0;
        for ends in panels(&self.activation, f64::from(self.power as i32), x, dimension).windows(2) {
            for (theta, weight) in quadrature::legendre(ends[0], ends[1]) {
                let zeta = theta.sin();
                let share = weight * density(theta, dimension);
                let (above, up) = self.powered(x * zeta);
                let (below, down) = self.powered(-x * zeta);
                norm += 2.0 * share;
                value += share * (above + below);
                slope += share * zeta * (up - down);
            }
        }
        (value / norm, slope / norm)
    }

    /// Value and slope for d = ∞. (The slope of E σ² has no use and is not computed.)
    fn over_normal(&self, x: f64) -> (f64, f64) {
        match self.power {
            Power::Mean => {
                let mut q = [0.0];
                let mut dq = [0.0];
                self.activation.hermite_coefficients(0.0, x, &mut q, &mut dq);
                (q[0], dq[0])
            }
            Power::Square => (self.activation.second_moment(0.0, x), f64::NAN),
        }
    }

    /// Value and slope, by the closed form where there is one.
    fn value_and_slope(&self, x: f64) -> (f64, f64) {
        let Some(dimension) = self.dimension else { return self.over_normal(x) };
        self.closed(x).unwrap_or_else(|| self.over_sphere(x, dimension))
    }
}

/// Ends of panels in θ ≥ 0 (σ is taken at ±θ together): narrow while a product of so many σ(x sin θ) bends,
/// then as wide as the density allows.
pub(crate) fn panels(activation: &Activation, factors: f64, x: f64, dimension: usize) -> Vec<f64> {
    let deviation = 1.0 / (dimension as f64 - 2.0).max(1.0).sqrt();
    let last = (REACH * deviation).min(std::f64::consts::FRAC_PI_2);
    let frequency = factors * activation.bandwidth() * x;
    let [from, until] = activation.bend().map(|z| (z / x).min(1.0).asin().min(last));
    let widest = WIDEST * deviation;
    let mut ends = vec![0.0];
    for (upper, width) in [(from, widest), (until, widest.min(PHASE / frequency)), (last, widest)] {
        let lower = ends[ends.len() - 1];
        let count = ((upper - lower) / width).ceil();
        ends.extend((1..=count as usize).map(|i| lower + (upper - lower) * i as f64 / count));
    }
    ends.extend(activation.panel_ends().iter().map(|t| (t / x).abs().asin()).filter(|theta| *theta < last));
    ends.sort_by(f64::total_cmp);
    ends
}

/// cos^{d−2}θ. A high power multiplies the rounding of its base; its logarithm does not.
pub(crate) fn density(theta: f64, dimension: usize) -> f64 {
    let exponent = dimension as f64 - 2.0;
    if dimension < 100 {
        theta.cos().powf(exponent)
    } else {
        (0.5 * exponent * (-theta.sin().powi(2)).ln_1p()).exp()
    }
}

impl Curves for MeanOutput {
    fn count(&self) -> usize {
        1
    }

    fn values(&self, x: f64, values: &mut [f64]) {
        values[0] = self.value_and_slope(x).0;
    }

    fn size(&self, x: f64) -> f64 {
        let square = Self { power: Power::Square, ..self.clone() }.value_and_slope(x).0;
        let size = square.sqrt().max(CANCELLED * self.activation.terms(x));
        if self.power == Power::Square { size * size } else { size }
    }

    fn is_closed(&self, x: f64) -> bool {
        self.closed(x).is_some()
    }

    /// In few dimensions k is singular where the largest input reaches a kink.
    fn breaks(&self) -> Vec<f64> {
        let kinks = self.activation.kinks().into_iter().map(f64::abs);
        kinks.filter(|_| self.dimension.is_some()).collect()
    }

    fn beyond(&self, x: f64, values: &mut [f64], slopes: &mut [f64]) {
        (values[0], slopes[0]) = self.value_and_slope(x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{PiecewiseLinear, Placement, Shape, Smooth, examples};
    use crate::sphere;

    #[test]
    fn three_dimensions_are_elementary() {
        // ζ is uniform on (−1, 1): E (xζ − t)₊ = (x − t)²/(4x) for x > t > 0.
        let t = 0.5;
        let hinge = PiecewiseLinear::with_slopes(vec![[0.5, 0.0]], [0.0, 1.0]).expect("valid");
        let table = MeanOutput::table(&Activation::PiecewiseLinear(hinge), Some(3), Power::Mean);
        for x in [0.2, 0.5, 0.5001, 0.7, 3.0, 90.0_f64] {
            let mut k = [0.0];
            let mut slope = [0.0];
            table.evaluate(x, &mut k, &mut slope);
            let above = (x - t).max(0.0);
            // The table's tolerance times the hinge's size, x; slopes lose two digits.
            assert!((k[0] - above * above / (4.0 * x)).abs() < 1e-13 * (1.0 + x), "{x}: {}", k[0]);
            let exact = above / (2.0 * x) - (above / (2.0 * x)).powi(2);
            assert!((slope[0] - exact).abs() < 1e-10, "{x}: {} {exact}", slope[0]);
        }
    }

    #[test]
    fn slopes_beyond_the_table_are_those_in_it() {
        for sigma in examples::all() {
            let table = MeanOutput::table(&sigma, Some(8), Power::Mean);
            for x in [0.3, 1.1, 7.0] {
                let [mut k, mut slope] = [[0.0]; 2];
                let mut exact = [0.0];
                table.evaluate(x, &mut k, &mut slope);
                table.curves().beyond(x, &mut k, &mut exact);
                // Slopes lose three digits of the table's tolerance, 1e-13 of values up to 10².
                assert!((slope[0] - exact[0]).abs() < 1e-8, "{sigma:?} {x}: {} {}", slope[0], exact[0]);
            }
        }
    }

    #[test]
    fn smooth_outputs_meet_the_gauss_rule_on_the_sphere() {
        for sigma in examples::all().into_iter().filter(|sigma| sigma.kinks().is_empty()) {
            for dimension in [2, 3, 40, 1280] {
                let rule = sphere::quadrature(dimension, 60).expect("symmetric");
                for power in [Power::Mean, Power::Square] {
                    let table = MeanOutput::table(&sigma, Some(dimension), power);
                    for x in [0.0, 0.3, 1.0, 2.2] {
                        let mut k = [0.0];
                        let mut slope = [0.0];
                        table.evaluate(x, &mut k, &mut slope);
                        let exact: f64 =
                            rule.iter().map(|(zeta, w)| w * table.curves().powered(x * zeta).0).sum();
                        // 60 Gauss nodes are exact to rounding for poles this far off; values reach 10².
                        assert!(
                            (k[0] - exact).abs() < 1e-11,
                            "{sigma:?} d={dimension} x={x}: {}",
                            k[0] - exact
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn steep_shapes_in_many_dimensions_are_cheap_and_exact() {
        // tanh so steep that it is a sign: E sign(ζ + t/x) = P(|ζ| < t/x), in three dimensions t/x.
        let place = Placement { gain: 1e5, offset: 5e4, ..Placement::default() };
        let steep = Activation::Smooth(Smooth { shape: Shape::Tanh, place });
        let table = MeanOutput::table(&steep, Some(3), Power::Mean);
        let mut k = [0.0];
        let mut slope = [0.0];
        table.evaluate(2.0, &mut k, &mut slope);
        // What tanh's rounded step leaves under a uniform law is odd about the step: 0. The table's tolerance
        // remains: 1e-13 of a tenth of σ's terms, 5e4, which round.
        assert!((k[0] - 0.25).abs() < 6e-10, "{}", k[0] - 0.25);
        let value = table.curves().value_and_slope(2.0).0;
        assert!((value - 0.25).abs() < 1e-12, "{}", value - 0.25);
        let relu = Activation::PiecewiseLinear(PiecewiseLinear::relu());
        let table = MeanOutput::table(&relu, Some(1_000_000), Power::Mean);
        table.evaluate(700.0, &mut k, &mut slope);
        // E ζ₊ = Γ(d/2)/(2√π Γ((d+1)/2)) = (1 + 1/(4d) + …)/√(2πd), the next term of order d⁻².
        let exact = 700.0 * (1.0 + 0.25e-6) / (2e6 * std::f64::consts::PI).sqrt();
        assert!((k[0] / exact - 1.0).abs() < 1e-11, "{}", k[0] / exact - 1.0);
    }

    #[test]
    fn many_dimensions_are_the_normal_limit() {
        for sigma in examples::all() {
            let finite = MeanOutput::table(&sigma, Some(1_000_000), Power::Mean);
            let limit = MeanOutput::table(&sigma, None, Power::Mean);
            for x in [0.4, 1.7] {
                let [mut a, mut b] = [[0.0]; 2];
                let mut slope = [0.0];
                finite.evaluate(1e3 * x, &mut a, &mut slope);
                limit.evaluate(x, &mut b, &mut slope);
                // They differ by order 1/d, here 1e-6, of values up to 10.
                assert!((a[0] - b[0]).abs() < 2e-5, "{sigma:?} {x}: {} {}", a[0], b[0]);
            }
        }
    }

    #[test]
    fn slopes_are_one_sided_at_zero() {
        let relu = Activation::PiecewiseLinear(PiecewiseLinear::relu());
        let table = MeanOutput::table(&relu, Some(3), Power::Mean);
        let mut k = [0.0];
        let mut slope = [0.0];
        table.evaluate(0.0, &mut k, &mut slope);
        assert!(k[0].abs() < 1e-15 && (slope[0] - 0.25).abs() < 1e-13, "{k:?} {slope:?}"); // E ζ₊ = ¼
    }
}
