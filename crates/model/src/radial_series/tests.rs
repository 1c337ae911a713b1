//! Tests of the radial series: against quadrature over angles, and the properties of a landscape.

use super::*;
use crate::activation::{Input, PiecewiseLinear, examples};
use crate::finite_network::pair_by_quadrature;
use crate::quadrature::gaussian_expectation;

fn figure_1() -> (GaussianClasses, Activation) {
    (GaussianClasses::isotropic(40, 0.8).expect("valid"), examples::figure_1())
}

fn moments_of_point(landscape: &RadialSeries, radius: f64) -> Vec<f64> {
    let mut values = vec![0.0; landscape.rank()];
    let mut gradients = vec![[0.0]; landscape.rank()];
    landscape.features([radius], &mut values, &mut gradients);
    values
}

/// U(r, s) by two-dimensional quadrature: over the angle between the neurons (density ∝ sin^{d−2}), and for
/// each angle E σ(SG)σ(S'G') split at the kinks. Shares nothing with the series.
fn kernel_by_quadrature(data: &GaussianClasses, sigma: &Activation, r: f64, s: f64) -> f64 {
    let d = data.dimension as f64;
    let nodes = 100;
    let mut total = 0.0;
    let mut norm = 0.0;
    for i in 0..nodes {
        let angle = std::f64::consts::PI * (i as f64 + 0.5) / nodes as f64;
        let cosine = angle.cos();
        let density = angle.sin().powf(d - 2.0);
        if density > 1e-18 {
            total += density
                * data
                    .classes
                    .iter()
                    .map(|class: &Class| {
                        let [input, other] = [r, s].map(|r| Input { offset: 0.0, scale: class.scale * r });
                        class.weight * pair_by_quadrature(sigma, input, other, cosine)
                    })
                    .sum::<f64>();
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
                let a = moments_of_point(&series, r);
                let b = moments_of_point(&series, s);
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
        assert!(gap >= -1e-12 && gap <= coarse.truncation(), "r={radius}: {gap} > {}", coarse.truncation());
    }
}

#[test]
fn the_unit_of_length_does_not_matter() {
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    let terms = |unit: f64| {
        let sigma = PiecewiseLinear::new(vec![[0.5 * unit, -2.5], [1.5 * unit, 7.5]]).expect("valid");
        let sigma = Activation::PiecewiseLinear(sigma);
        RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0 * unit, 1e-9).expect("converges").terms()
    };
    assert_eq!([terms(1e-3), terms(1e3)], [terms(1.0); 2]);
}

#[test]
fn gradients_meet_central_differences() {
    let (data, sigma) = figure_1();
    let series = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-9).expect("converges");
    let step = 1e-5;
    for radius in [0.05, 0.4, 1.3, 6.0] {
        let above = moments_of_point(&series, radius + step);
        let below = moments_of_point(&series, radius - step);
        let mut values = vec![0.0; series.rank()];
        let mut gradients = vec![[0.0]; series.rank()];
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
    let series = RadialSeries::new(&data, &sigma, DimensionLimit::Infinite, 8.0, 1e-9).expect("converges");
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
