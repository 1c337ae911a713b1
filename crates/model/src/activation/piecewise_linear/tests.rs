//! Tests of piecewise linear activations: closed forms against quadrature that is split at the knots.

use super::*;

fn shapes() -> Vec<PiecewiseLinear> {
    let make = |knots: &[[f64; 2]]| PiecewiseLinear::new(knots.to_vec()).expect("valid knots");
    vec![
        make(&[[0.5, -2.5], [1.5, 7.5]]),
        make(&[[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]]),
        PiecewiseLinear::hard_tanh(),
        PiecewiseLinear::relu(),
        PiecewiseLinear::leaky_relu(0.1),
        PiecewiseLinear::with_slopes(vec![[-0.3, 1.0], [0.4, 0.2]], [-1.5, 0.7]).expect("valid"),
    ]
}

/// Orthonormal Hermite polynomials by their recursion, independent of the closed forms.
fn hermite(n: usize, x: f64) -> f64 {
    let mut before = 0.0;
    let mut now = 1.0;
    for k in 0..n {
        (before, now) = (now, (x * now - (k as f64).sqrt() * before) / (k as f64 + 1.0).sqrt());
    }
    now
}

/// E f(G) with the integrand split at σ's kinks.
fn expectation(sigma: &PiecewiseLinear, offset: f64, scale: f64, f: impl Fn(f64) -> f64) -> f64 {
    let kinks: Vec<f64> = sigma.kinks().iter().map(|t| (t - offset) / scale).collect();
    quadrature::gaussian_expectation(&kinks, f)
}

#[test]
fn coefficients_and_second_moment_meet_quadrature() {
    for sigma in shapes() {
        for (offset, scale) in [(0.0, 0.2), (0.0, 1.7), (0.3, 0.9), (-1.0, 12.0)] {
            let mut q = vec![0.0; 16];
            let mut dq = vec![0.0; 16];
            sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
            for (n, &coefficient) in q.iter().enumerate() {
                let exact =
                    expectation(&sigma, offset, scale, |g| sigma.value(scale * g + offset) * hermite(n, g));
                // Quadrature is good to about 1e-13 of max |σ h_n| here; the values reach 10².
                assert!((coefficient - exact).abs() < 1e-11, "q_{n}({offset},{scale}) {coefficient} {exact}");
            }
            let square = expectation(&sigma, offset, scale, |g| sigma.value(scale * g + offset).powi(2));
            assert!((sigma.second_moment(offset, scale) - square).abs() < 1e-11);
        }
    }
}

#[test]
fn a_steep_ramp_keeps_its_second_moment() {
    let ramp = PiecewiseLinear::new(vec![[0.3, -1.0], [0.300001, 2.0]]).expect("valid");
    for scale in [0.2, 1.0, 5.0] {
        let square = expectation(&ramp, 0.0, scale, |g| ramp.value(scale * g).powi(2));
        assert!((ramp.second_moment(0.0, scale) - square).abs() < 1e-12, "S={scale}");
    }
}

#[test]
fn derivatives_meet_central_differences() {
    let step = 1e-5;
    for sigma in shapes() {
        for scale in [0.15, 0.8, 5.0] {
            let coefficients = |s: f64| {
                let mut q = vec![0.0; 12];
                let mut dq = vec![0.0; 12];
                sigma.hermite_coefficients(0.2, s, &mut q, &mut dq);
                (q, dq)
            };
            let above = coefficients(scale + step).0;
            let below = coefficients(scale - step).0;
            let slopes = coefficients(scale).1;
            for n in 0..12 {
                // Truncation step²/6 · |q'''| ≲ 2e-11 · 10³, rounding 1e-15/step: 1e-7 covers both.
                assert!(((above[n] - below[n]) / (2.0 * step) - slopes[n]).abs() < 1e-7, "n={n} S={scale}");
            }
        }
    }
}

#[test]
fn many_inputs_at_once_are_each_by_itself() {
    let z = [-2.0, 0.0, 0.25, 0.5, 0.9, 1.0, 1.5, 7.0];
    for sigma in shapes() {
        let mut value = [0.0; 8];
        let mut slope = [0.0; 8];
        sigma.evaluate(&z, &mut value, &mut slope);
        assert_eq!(value.to_vec(), z.map(|z| sigma.value(z)).to_vec());
        assert_eq!(slope.to_vec(), z.map(|z| sigma.slope(z)).to_vec());
    }
}

#[test]
fn no_spread_is_the_activation_itself() {
    for sigma in shapes() {
        let mut q = vec![0.0; 6];
        let mut dq = vec![0.0; 6];
        sigma.hermite_coefficients(0.7, 0.0, &mut q, &mut dq);
        assert!((q[0] - sigma.value(0.7)).abs() < 1e-14 && q[1..].iter().all(|c| *c == 0.0));
        assert!((dq[1] - sigma.slope(0.7)).abs() < 1e-14);
        assert!((sigma.second_moment(0.7, 0.0) - sigma.value(0.7).powi(2)).abs() < 1e-13);
        sigma.hermite_coefficients(0.0, 1e-300, &mut q, &mut dq);
        assert!(q.iter().chain(&dq).all(|c| c.is_finite()));
    }
}

#[test]
fn knots_must_increase() {
    assert_eq!(PiecewiseLinear::new(vec![[0.0, 1.0]]), Err(KnotError::TooFew(1)));
    assert_eq!(
        PiecewiseLinear::new(vec![[0.0, 1.0], [0.0, 2.0]]),
        Err(KnotError::NotIncreasing { index: 1, at: 0.0 })
    );
    assert_eq!(PiecewiseLinear::new(vec![[0.0, 1.0], [f64::NAN, 2.0]]), Err(KnotError::NotFinite(1)));
    assert!(PiecewiseLinear::with_slopes(vec![[0.0, 1.0]], [0.0, 2.0]).is_ok());
    let endless = PiecewiseLinear::with_slopes(vec![[0.0, 1.0]], [f64::INFINITY, 2.0]);
    assert_eq!(endless, Err(KnotError::SlopeNotFinite([f64::INFINITY, 2.0])));
}

#[test]
fn placing_is_composition() {
    let place = Placement { height: -2.5, gain: 0.7, offset: 0.4, constant: 0.9 };
    for sigma in shapes() {
        let placed = sigma.placed(&place).expect("valid");
        for z in [-3.0, -0.6, -0.1, 0.2, 2.0] {
            let exact = place.height * sigma.value(place.gain * z + place.offset) + place.constant;
            // A few roundings of numbers below 10².
            assert!((placed.value(z) - exact).abs() < 1e-13, "z={z}");
        }
    }
}
