//! Tests of the quadrature over data: against the series, and the properties of a landscape.

use super::*;
use crate::activation::examples;
use crate::landscape::Landscape;
use crate::radial_series::RadialSeries;

const RADIUS: f64 = 4.0;

fn rule(dimension: usize, sigma: &Activation, loss: Loss, tolerance: f64) -> DataQuadrature {
    let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
    DataQuadrature::new(&data, sigma, loss, DimensionLimit::Finite, RADIUS, tolerance).expect("converges")
}

fn moments(landscape: &impl Landscape<1>, atoms: &[(f64, f64)]) -> Vec<f64> {
    landscape.moments(&mut atoms.iter().map(|(radius, mass)| ([*radius], *mass)))
}

/// Laws of 1 to 5 atoms between 0 and RADIUS, from a small generator.
fn laws() -> Vec<Vec<(f64, f64)>> {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    (1..=5)
        .map(&mut |count: u32| (0..count).map(|_| (RADIUS * uniform(), 1.0 / f64::from(count))).collect())
        .collect()
}

/// (Ψ, Ψ') at a radius under a law.
fn potential(landscape: &impl Landscape<1>, moments: &[f64], radius: f64) -> (f64, f64) {
    let rank = landscape.rank();
    let mut values = vec![0.0; rank];
    let mut gradients = vec![[0.0]; rank];
    let mut c = vec![0.0; rank];
    landscape.potential_coefficients(moments, &mut c);
    landscape.features([radius], &mut values, &mut gradients);
    let sum = |terms: &mut dyn Iterator<Item = f64>| c.iter().zip(terms).map(|(c, t)| c * t).sum::<f64>();
    (sum(&mut values.into_iter()), sum(&mut gradients.into_iter().map(|[slope]| slope)))
}

#[test]
fn the_squared_loss_is_the_series() {
    for sigma in examples::all() {
        for (dimension, tolerance) in [(6, 1e-5), (40, 1e-11), (320, 1e-11)] {
            let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
            let series = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, RADIUS, tolerance);
            let series = series.expect("converges");
            let rule = rule(dimension, &sigma, Loss::Squared, tolerance);
            for law in laws() {
                let exact = moments(&series, &law);
                let found = moments(&rule, &law);
                // Each may leave its tolerance in U, whose size here reaches 200; the slope of what is left
                // out is larger by the steepest feature's, ten at most.
                let gap = (series.risk(&exact) - rule.risk(&found)).abs();
                assert!(gap < 10.0 * tolerance, "{sigma:?} d={dimension} R: {gap:.1e}");
                for radius in [0.0, 0.03, 0.2, 0.6, 1.1, 2.3, 3.9] {
                    let a = potential(&series, &exact, radius);
                    let b = potential(&rule, &found, radius);
                    let gap = (a.0 - b.0).abs();
                    let slope_gap = (a.1 - b.1).abs();
                    assert!(gap < 10.0 * tolerance, "{sigma:?} d={dimension} r={radius}: {gap:.1e}");
                    assert!(
                        slope_gap < 100.0 * tolerance,
                        "{sigma:?} d={dimension} r={radius} ': {slope_gap:.1e}"
                    );
                }
                let bias = |landscape: &dyn Landscape<1>, m: &[f64]| {
                    landscape.independent_bias(&mut law.iter().map(|(r, mass)| ([*r], *mass)), m)
                };
                let gap = (bias(&series, &exact) - bias(&rule, &found)).abs();
                assert!(gap < 2.0 * ROUGH * tolerance, "{sigma:?} d={dimension} b: {gap:.1e}");
            }
        }
    }
}

#[test]
fn potential_and_curvature_are_variations_of_the_risk() {
    for loss in Loss::ALL {
        let rule = rule(40, &examples::figure_1(), loss, 1e-9);
        let m = moments(&rule, &[(0.7, 0.6), (1.6, 0.4)]);
        let rank = rule.rank();
        let mut coefficients = vec![0.0; rank];
        let mut curvatures = vec![0.0; rank];
        rule.potential_coefficients(&m, &mut coefficients);
        rule.curvatures(&m, &mut curvatures);
        for k in 0..rank {
            let at = |shift: f64| {
                let mut moved = m.clone();
                moved[k] += shift;
                moved
            };
            let above = at(1e-4);
            let below = at(-1e-4);
            let slope = 0.5 * (rule.risk(&above) - rule.risk(&below)) / 2e-4;
            // Truncation 1e-8/6 times the third derivative, below 10; no output lies at Huber's threshold.
            assert!((slope - coefficients[k]).abs() < 2e-8, "{loss:?} {k}");
            let mut up = vec![0.0; rank];
            let mut down = vec![0.0; rank];
            rule.potential_coefficients(&above, &mut up);
            rule.potential_coefficients(&below, &mut down);
            assert!(((up[k] - down[k]) / 2e-4 - curvatures[k]).abs() < 2e-8, "{loss:?} {k}");
        }
    }
}

#[test]
fn gradients_meet_central_differences() {
    for sigma in examples::all() {
        let rule = rule(40, &sigma, Loss::Logistic, 1e-9);
        for radius in [0.05, 0.4, 1.3, 3.0] {
            let above = moments(&rule, &[(radius + 1e-5, 1.0)]);
            let below = moments(&rule, &[(radius - 1e-5, 1.0)]);
            let mut values = vec![0.0; rule.rank()];
            let mut gradients = vec![[0.0]; rule.rank()];
            rule.features([radius], &mut values, &mut gradients);
            for k in 0..rule.rank() {
                // Truncation 1e-10/6 times a third derivative below 1e4, rounding 1e-13/1e-5.
                let difference = (above[k] - below[k]) / 2e-5;
                assert!((difference - gradients[k][0]).abs() < 1e-6, "{sigma:?} r={radius} k={k}");
            }
        }
    }
}

#[test]
fn the_normal_limit_has_one_node_a_class() {
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    for loss in Loss::ALL {
        let sigma = examples::figure_1();
        let limit = DataQuadrature::new(&data, &sigma, loss, DimensionLimit::Infinite, RADIUS, 1e-9);
        let limit = limit.expect("exact");
        let value = |label: f64| 0.5 * loss.value(label, sigma.mean(0.0, (1.0 + 0.8 * label) * 0.9));
        let found = limit.risk(&moments(&limit, &[(0.9, 1.0)]));
        // The table's tolerance; values up to 10².
        assert!((found - value(1.0) - value(-1.0)).abs() < 1e-11, "{loss:?}");
    }
}
