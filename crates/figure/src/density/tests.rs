//! Tests of `density`: against direct sums, known optima and the properties of a density.

use super::bandwidth::*;
use super::*;
use std::f64::consts::PI;

/// A sample that is always the same: Box–Muller on a golden-ratio sequence mixed by a generator.
fn normals(count: usize) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    (0..count).map(|_| (-2.0 * uniform().ln()).sqrt() * (2.0 * PI * uniform()).cos()).collect()
}

fn direct_sum(atoms: &[(f64, f64)], bandwidth: f64, support: Support, x: f64) -> f64 {
    let kernel = |u: f64| (-0.5 * (u / bandwidth).powi(2)).exp() / (bandwidth * (2.0 * PI).sqrt());
    let image = if support == Support::HalfLine { 1.0 } else { 0.0 };
    atoms.iter().map(|&(p, w)| w * (kernel(x - p) + image * kernel(x + p))).sum()
}

fn integral(curve: &DensityCurve) -> f64 {
    let step = curve.x[1] - curve.x[0];
    curve.density.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]) * step).sum()
}

fn worst(atoms: &[(f64, f64)], bandwidth: f64, support: Support, curve: &DensityCurve) -> f64 {
    curve
        .x
        .iter()
        .zip(&curve.density)
        .map(|(x, d): (&f64, &f64)| (d - direct_sum(atoms, bandwidth, support, *x)).abs())
        .fold(0.0, f64::max)
}

/// Atoms near and at 0 and far off, so that reflection and wrapping would show.
fn sample() -> (Vec<f64>, Vec<f64>) {
    let points = vec![0.0, 0.031, 0.27, 0.3, 0.3003, 0.77, 1.0];
    let weights = vec![1.0, 2.0, 0.5, 1.0, 3.0, 1.5, 1.0];
    (points, weights)
}

#[test]
fn agrees_with_the_direct_sum() {
    let (points, weights) = sample();
    for support in [Support::Line, Support::HalfLine] {
        let curve = kernel_density(&points, &weights, 0.05, support);
        let atoms = usable_atoms(&points, &weights, support);
        // linear binning widens by at most step²/8 · |K″| ≤ step²/8 · 0.4/h³, doubled at the mirror
        let step = curve.x[1] - curve.x[0];
        let bound = step * step / 8.0 * 0.4 / 0.05_f64.powi(3) * 2.0;
        let error = worst(&atoms, 0.05, support, &curve);
        assert!(error < bound, "{support:?}: {error} against {bound}");
    }
}

#[test]
fn the_binning_error_is_of_second_order() {
    // many atoms, so that their places between the nodes average out
    let points: Vec<f64> = normals(4_000).iter().map(|z| 0.4 + 0.2 * z).collect();
    let weights = vec![1.0; points.len()];
    for support in [Support::Line, Support::HalfLine] {
        let atoms = usable_atoms(&points, &weights, support);
        let from = if support == Support::HalfLine { 0.0 } else { -1.0 };
        let errors = [64, 128, 256].map(|nodes| {
            let grid = UniformGrid { from, step: (2.0 - from) / nodes as f64, nodes };
            worst(&atoms, 0.1, support, &on_grid(&atoms, 0.1, support, grid))
        });
        let order = (errors[0] / errors[2]).log2() / 2.0;
        assert!((order - 2.0).abs() < 0.2, "order {order} from {errors:?}");
    }
}

#[test]
fn the_mass_is_one_and_stays_on_the_half_line() {
    let (points, weights) = sample();
    for support in [Support::Line, Support::HalfLine] {
        for bandwidth in [1e-3, 0.05, 0.7] {
            let curve = kernel_density(&points, &weights, bandwidth, support);
            assert!((integral(&curve) - 1.0).abs() < 1e-6, "{support:?} {bandwidth} {}", integral(&curve));
            assert!(curve.density.iter().all(|d| *d > -1e-9));
        }
    }
    assert_eq!(kernel_density(&points, &weights, 0.05, Support::HalfLine).x[0], 0.0);
}

/// Atoms at equal levels of a narrow and a wide peak.
fn two_peaks() -> Vec<f64> {
    // the quantile function by bisection of the logistic law, whose density is ¼ sech²(x/2)
    let level = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
    let logistic = |u: f64| (u / (1.0 - u)).ln();
    let narrow = (0..200).map(|i| 0.3 + 0.01 * logistic(level(i, 200)));
    narrow.chain((0..200).map(|i| 3.0 + 0.1 * logistic(level(i, 200)))).collect()
}

fn true_peaks(x: f64) -> f64 {
    let sech = |x: f64, at: f64, wide: f64| 0.25 / (wide * (0.5 * (x - at) / wide).cosh().powi(2));
    0.5 * (sech(x, 0.3, 0.01) + sech(x, 3.0, 0.1))
}

#[test]
fn adapted_bandwidths_keep_peaks_of_different_width() {
    let points = two_peaks();
    let weights = vec![1.0; 400];
    let bandwidth = improved_sheather_jones(&points, &weights, Support::HalfLine);
    let error = |curve: &DensityCurve, x: f64| (value_at(curve, x) / true_peaks(x) - 1.0).abs();
    let plain = kernel_density(&points, &weights, bandwidth, Support::HalfLine);
    let adapted = adaptive_density(&points, &weights, Support::HalfLine);
    assert!((integral(&adapted) - 1.0).abs() < 1e-6);
    assert!(error(&adapted, 0.3) < 0.05 && error(&adapted, 3.0) < 0.05);
    assert!(
        error(&adapted, 0.3) < 0.6 * error(&plain, 0.3),
        "{} {}",
        error(&adapted, 0.3),
        error(&plain, 0.3)
    );
    // 3.4 is in the tail, where a plain estimate shows single atoms
    let roughness =
        |curve: &DensityCurve| (0..40).map(|i| error(curve, 3.3 + 0.005 * f64::from(i))).fold(0.0, f64::max);
    assert!(roughness(&adapted) < 0.5 * roughness(&plain), "{} {}", roughness(&adapted), roughness(&plain));
}

#[test]
fn columns_of_nodes_show_the_law_that_they_stand_for() {
    // A standard normal law on 19 columns of 100 atoms, as the nodes of a product rule lie along one
    // coordinate.
    let column = |i: usize| -3.6 + 0.4 * i as f64;
    let points: Vec<f64> = (0..1900).map(|i| column(i / 100) + 1e-7 * (i % 100) as f64).collect();
    let weights: Vec<f64> = (0..1900).map(|i| (-0.5 * column(i / 100).powi(2)).exp()).collect();
    let curve = adaptive_density(&points, &weights, Support::Line);
    assert_eq!(peaks(&curve.density), 1);
    for x in [-1.8, -1.0, 0.0, 0.6, 2.2] {
        let exact = (-0.5 * f64::powi(x, 2)).exp() / (2.0 * PI).sqrt();
        assert!((value_at(&curve, x) - exact).abs() < 0.05, "{x}: {} {exact}", value_at(&curve, x));
    }
}

#[test]
fn peaks_are_counted_where_they_stand_out() {
    let curve = |values: &[f64]| peaks(values);
    assert_eq!(curve(&[0.0, 1.0, 0.0]), 1);
    assert_eq!(curve(&[1.0, 0.5, 0.2]), 1);
    assert_eq!(curve(&[0.0, 1.0, 0.5, 0.505, 0.0, 0.0, 2.0]), 2);
    assert_eq!(curve(&[]), 0);
}

#[test]
fn atoms_in_one_place_or_none_have_no_curve() {
    assert!(adaptive_density(&[1.0], &[1.0], Support::Line).x.is_empty());
    assert!(adaptive_density(&[2.0, 2.0], &[1.0, 1.0], Support::Line).x.is_empty());
    assert!(adaptive_density(&[], &[], Support::Line).x.is_empty());
}

/// The curve between its nodes.
fn value_at(curve: &DensityCurve, x: f64) -> f64 {
    let place = (x - curve.x[0]) / (curve.x[1] - curve.x[0]);
    let left = place as usize;
    curve.density[left] + place.fract() * (curve.density[left + 1] - curve.density[left])
}

#[test]
fn the_bandwidth_of_a_normal_sample_is_near_the_optimum() {
    for count in [1_000, 10_000] {
        let best = (4.0 / (3.0 * count as f64)).powf(0.2);
        let found = improved_sheather_jones(&normals(count), &vec![1.0; count], Support::Line);
        assert!((found / best - 1.0).abs() < 0.15, "{found} against {best}");
    }
}

#[test]
fn narrow_peaks_get_a_narrow_bandwidth() {
    let peak = |(i, z): (usize, f64)| if i % 2 == 0 { 0.2 + 0.01 * z } else { 3.0 + 0.05 * z };
    let points: Vec<f64> = normals(2_000).into_iter().enumerate().map(peak).collect();
    let weights = vec![1.0; points.len()];
    let silverman = silverman(&points, &weights, Support::HalfLine);
    let found = improved_sheather_jones(&points, &weights, Support::HalfLine);
    // the optimum for the narrower peak alone is 1.06 · 0.01 · 1000^(−1/5) = 0.0027
    assert!(found < silverman / 20.0 && found > 0.001 && found < 0.006, "{found} against {silverman}");
}

#[test]
fn the_unit_of_length_does_not_matter() {
    let points = normals(500);
    let weights = vec![2.0; 500];
    let scaled: Vec<f64> = points.iter().map(|x| 7.0 * x + 100.0).collect();
    let plain = improved_sheather_jones(&points, &weights, Support::Line);
    let wide = improved_sheather_jones(&scaled, &weights, Support::Line);
    assert!((wide / plain - 7.0).abs() < 0.02, "{plain} and {wide}");
}

#[test]
fn silverman_by_hand() {
    // standard deviation of ±1 is 1; interquartile range 2 / 1.349 is more
    let found = silverman(&[-1.0, 1.0], &[0.5, 0.5], Support::Line);
    assert!((found - 0.9 * 2.0_f64.powf(-0.2)).abs() < 1e-15);
}

#[test]
fn degenerate_atoms_give_empty_answers_and_no_panic() {
    let empty = |points: &[f64], weights: &[f64], h| {
        kernel_density(points, weights, h, Support::HalfLine).x.is_empty()
    };
    assert!(empty(&[], &[], 0.1) && empty(&[f64::NAN], &[1.0], 0.1) && empty(&[1.0], &[0.0], 0.1));
    assert!(empty(&[1.0], &[1.0], 0.0) && empty(&[1.0], &[1.0], f64::NAN));
    assert_eq!(improved_sheather_jones(&[2.0, 2.0], &[1.0, 1.0], Support::Line), 0.0);
    assert_eq!(improved_sheather_jones(&[], &[], Support::Line), 0.0);
    assert!(improved_sheather_jones(&[1.0, 2.0], &[1.0, 1.0], Support::Line) > 0.0);
    assert!(
        kernel_density(&[0.0, 1e9], &[1.0, 1.0], 1e-3, Support::Line).density.iter().all(|d| d.is_finite())
    );
}
