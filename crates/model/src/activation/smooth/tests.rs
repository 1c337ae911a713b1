//! Tests of smooth activations: coefficients and moments against Gauss–Legendre panels.

use super::*;
use crate::quadrature::gaussian_expectation;

/// Each shape as it is and placed elsewhere.
fn everything() -> impl Iterator<Item = Smooth> {
    let places = [Placement::default(), Placement { height: -2.0, gain: 1.7, offset: 0.6, constant: 0.8 }];
    Shape::ALL.into_iter().flat_map(move |shape| places.map(|place| Smooth { shape, place }))
}

fn hermite(n: usize, x: f64) -> f64 {
    let mut before = 0.0;
    let mut now = 1.0;
    for k in 0..n {
        (before, now) = (now, (x * now - (k as f64).sqrt() * before) / (k as f64 + 1.0).sqrt());
    }
    now
}

/// Ends of panels so narrow near the poles that composite Gauss–Legendre converges: spacing 1/(4S).
fn panels(scale: f64) -> Vec<f64> {
    let width = 0.25 / scale.max(0.25);
    (0..).map(|i| -12.0 + width * f64::from(i)).take_while(|x| *x < 12.0).collect()
}

#[test]
fn coefficients_meet_gauss_legendre() {
    for sigma in everything() {
        for (offset, scale) in [(0.0, 0.05), (0.3, 0.9), (-1.0, 5.0), (0.0, 20.0)] {
            let mut q = vec![0.0; 61];
            let mut dq = vec![0.0; 61];
            sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
            let panels = panels(scale * sigma.place.gain);
            for n in [0, 1, 2, 7, 20, 60] {
                let exact =
                    gaussian_expectation(&panels, |g| sigma.value(scale * g + offset) * hermite(n, g));
                let slope =
                    gaussian_expectation(&panels, |g| sigma.slope(scale * g + offset) * g * hermite(n, g));
                // Both rules are exact to rounding, of values up to 70 for S = 20; cutting at |g| = 12
                // leaves h_60 φ below 1e-14.
                let error = q[n] - exact;
                let slope_error = dq[n] - slope;
                assert!(
                    error.abs() < 1e-12 && slope_error.abs() < 1e-12,
                    "{sigma:?} q_{n}({offset},{scale}): {error:.1e} {slope_error:.1e}"
                );
            }
            let square = gaussian_expectation(&panels, |g| sigma.value(scale * g + offset).powi(2));
            let error = sigma.second_moment(offset, scale) - square;
            assert!(error.abs() < 1e-12 * square.max(1.0), "{sigma:?} {scale}: {error:.1e}");
            assert!((sigma.mean(offset, scale) - q[0]).abs() < 1e-12);
        }
    }
}

#[test]
fn slopes_meet_central_differences() {
    let step = 1e-5;
    for sigma in everything() {
        for z in [-30.0, -2.0, -0.3, 0.0, 0.7, 3.0, 30.0] {
            let difference = (sigma.value(z + step) - sigma.value(z - step)) / (2.0 * step);
            // Truncation step²/6 · |σ'''| ≲ 2e-10, rounding 1e-14/step.
            assert!((difference - sigma.slope(z)).abs() < 5e-9, "{sigma:?} {z}");
            let mut value = [0.0];
            let mut slope = [0.0];
            sigma.evaluate(&[z], &mut value, &mut slope);
            assert_eq!((value[0], slope[0]), (sigma.value(z), sigma.slope(z)), "{sigma:?} {z}");
        }
    }
}

#[test]
fn no_spread_is_the_activation_itself() {
    for sigma in everything() {
        let mut q = vec![0.0; 6];
        let mut dq = vec![0.0; 6];
        sigma.hermite_coefficients(0.7, 0.0, &mut q, &mut dq);
        // The rule integrates polynomials times φ to rounding.
        assert!((q[0] - sigma.value(0.7)).abs() < 1e-14 && q[1..].iter().all(|c| c.abs() < 1e-14));
        assert!((dq[1] - sigma.slope(0.7)).abs() < 1e-14);
        assert!((sigma.second_moment(0.7, 0.0) - sigma.value(0.7).powi(2)).abs() < 1e-13);
    }
}

fn placed_at(offset: f64, scale: f64) -> Input {
    Input { offset, scale }
}

#[test]
fn pairs_meet_their_limits() {
    for sigma in everything() {
        for (first, other) in
            [(placed_at(0.0, 0.7), placed_at(0.0, 1.9)), (placed_at(0.4, 6.0), placed_at(-2.0, 3.0))]
        {
            let apart = sigma.mean(first.offset, first.scale) * sigma.mean(other.offset, other.scale);
            assert!((sigma.pair(first, other, 0.0) - apart).abs() < 1e-12, "{sigma:?}");
            let same = sigma.pair(first, first, 1.0) - sigma.second_moment(first.offset, first.scale);
            assert!(same.abs() < 1e-11, "{sigma:?} {same:.1e}");
        }
    }
}

#[test]
fn steep_shapes_have_their_limits() {
    let at_rest = |shape| Smooth { shape, place: Placement::default() };
    let density = 1.0 / (2.0 * std::f64::consts::PI).sqrt();
    for scale in [50.0, 1e3, 1e6, 1e12] {
        // E ln(1 + e^{SG}) = φ(0) (S + π²/(6S)) + O(S⁻³), the next term −7π⁴/(360 S³) φ(0).
        let exact = density * (scale + std::f64::consts::PI.powi(2) / (6.0 * scale));
        let error = at_rest(Shape::Softplus).mean(0.0, scale) - exact;
        assert!(error.abs() < 1e-13 * scale + 1.0 / scale.powi(3), "{scale}: {error:.1e}");
        // Signs agree with probability ½ + asin c/π; the step's width enters by 1/S.
        for cosine in [-1.0, -0.3, 0.0, 0.2, 0.999, 1.0_f64] {
            let found = at_rest(Shape::Tanh).pair(placed_at(0.0, scale), placed_at(0.0, 2.0 * scale), cosine);
            let exact = 2.0 / std::f64::consts::PI * cosine.asin();
            let width = 2.0 / scale + 1e-11;
            assert!((found - exact).abs() < width, "{scale} {cosine}: {found} {exact}");
        }
    }
}

#[test]
fn steep_pairs_meet_the_trapezoid_rule() {
    for sigma in everything().filter(|sigma| sigma.shape != Shape::Cosine) {
        let cases = [
            (placed_at(0.0, 20.0), placed_at(0.0, 25.0), 0.3),
            (placed_at(3.0, 40.0), placed_at(-5.0, 15.0), -0.95),
            (placed_at(-0.5, 0.2), placed_at(8.0, 45.0), 0.999),
        ];
        for (first, other, cosine) in cases {
            let spread = f64::sqrt(1.0 - cosine * cosine);
            let exact = trapezoid(sigma.frequency(first.scale + other.scale, 1.0), |g| {
                let mean = |h: f64| sigma.value(other.scale * (cosine * g + spread * h) + other.offset);
                let mean = trapezoid(sigma.frequency(other.scale * spread, 1.0), mean);
                sigma.value(first.scale * g + first.offset) * mean
            });
            let error = sigma.pair(first, other, cosine) - exact;
            // Rounding, of values up to 4 · 40 · 15.
            assert!(error.abs() < 1e-11 * exact.abs().max(1.0), "{sigma:?} {cosine}: {error:.1e}");
        }
    }
}

#[test]
fn either_of_a_steep_pair_may_come_first() {
    // The mean bends far from 0, over a width of 0.03 that is much larger than σ's own and much smaller
    // than 1.
    for sigma in everything() {
        let first = placed_at(0.5, 400.0);
        let other = placed_at(400.0, 500.0);
        let cosine = 0.9995;
        let [here, there] = [sigma.pair(first, other, cosine), sigma.pair(other, first, cosine)];
        // Rounding, of values up to 4 · 400 · 900.
        assert!((here - there).abs() < 1e-12 * here.abs().max(1.0), "{sigma:?} {here} {there}");
    }
}
