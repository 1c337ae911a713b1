//! Tests of the table of two variables: values, slopes, and where it has none.

use super::*;

/// e^{−y} sin(3x + y), and the normal distribution function of (x − 0.3)/y, singular at (0.3, 0).
struct PlaneExample;

impl PlaneCurves for PlaneExample {
    fn count(&self) -> usize {
        2
    }

    fn values(&self, x: f64, y: f64, values: &mut [f64]) {
        values[0] = (-y).exp() * (3.0 * x + y).sin();
        values[1] = crate::normal::distribution((x - 0.3) / y);
    }

    fn sizes(&self, _: f64, _: f64, sizes: &mut [f64]) {
        sizes.fill(1.0);
    }
}

/// The exact slopes.
fn slopes(x: f64, y: f64) -> [[f64; 2]; 2] {
    let wave = |sine: f64| (-y).exp() * sine;
    let (sine, cosine) = (3.0 * x + y).sin_cos();
    let density = crate::normal::density((x - 0.3) / y) / y;
    [[wave(3.0 * cosine), wave(cosine - sine)], [density, -density * (x - 0.3) / y]]
}

#[test]
fn values_and_slopes_are_the_functions() {
    let table = PlaneTable::new(PlaneExample);
    let mut known = 0;
    for i in 0..40 {
        for j in 0..25 {
            let (x, y) = (0.37 * f64::from(i) - 7.1, 1e-3 * 1.5_f64.powi(j));
            let [mut values, mut again, mut exact] = [[0.0; 2]; 3];
            let mut found = [[0.0; 2]; 2];
            if !table.evaluate(x, y, &mut values, &mut found) {
                continue;
            }
            known += 1;
            assert!(table.values(x, y, &mut again));
            PlaneExample.values(x, y, &mut exact);
            for k in 0..2 {
                assert!((values[k] - exact[k]).abs() < 2e-12, "{k} at {x}, {y}: {values:?} {exact:?}");
                assert!((values[k] - again[k]).abs() < 1e-14, "{k} at {x}, {y}");
                for (found, exact) in found[k].iter().zip(slopes(x, y)[k]) {
                    let error = found - exact;
                    // The error of values times DEGREE² over the width, which follows y here.
                    assert!(error.abs() < 3e-10 / y.min(1.0), "slope of {k} at {x}, {y}: {error:.1e}");
                }
            }
        }
    }
    assert!(known > 950, "{known} of 1000");
}

#[test]
fn slopes_are_the_derivatives_of_what_is_tabulated() {
    let table = PlaneTable::new(PlaneExample);
    let value = |x: f64, y: f64| {
        let mut values = [0.0; 2];
        assert!(table.values(x, y, &mut values));
        values
    };
    for [x, y] in [[0.4, 0.6], [-1.3, 3.3], [0.31, 0.2]] {
        let mut values = [0.0; 2];
        let mut slopes = [[0.0; 2]; 2];
        assert!(table.evaluate(x, y, &mut values, &mut slopes));
        let [right, left] = [value(x + 1e-5, y), value(x - 1e-5, y)];
        let [above, below] = [value(x, y + 1e-5), value(x, y - 1e-5)];
        for (k, [along_x, along_y]) in slopes.into_iter().enumerate() {
            // Truncation 1e-10/6 times the third derivative, up to 200; rounding 1e-11.
            assert!((along_x - (right[k] - left[k]) / 2e-5).abs() < 2e-8, "{k} at {x}, {y}");
            assert!((along_y - (above[k] - below[k]) / 2e-5).abs() < 2e-8, "{k} at {x}, {y}");
        }
    }
}

#[test]
fn next_to_a_singularity_and_far_out_there_is_nothing() {
    let table = PlaneTable::new(PlaneExample);
    let mut values = [7.0; 2];
    for [x, y] in [[0.3, 1e-5], [1e3, 0.5], [0.0, 1e5], [f64::NAN, 1.0], [0.0, f64::NAN], [0.0, -1.0]] {
        assert!(!table.values(x, y, &mut values), "{x}, {y}");
    }
    assert_eq!(values, [7.0; 2]);
}
