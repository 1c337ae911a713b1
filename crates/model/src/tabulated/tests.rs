//! Tests of the tables: values, slopes, and what lies beyond.

use super::*;

/// sin 3x, and √|x − 0.3|³, which is singular inside an octave.
struct Example;

impl Curves for Example {
    fn count(&self) -> usize {
        2
    }

    fn values(&self, x: f64, values: &mut [f64]) {
        values.copy_from_slice(&[(3.0 * x).sin(), (x - 0.3).abs().powf(1.5)]);
    }

    fn size(&self, _: f64) -> f64 {
        1.0
    }

    fn breaks(&self) -> Vec<f64> {
        vec![0.3]
    }

    fn beyond(&self, x: f64, values: &mut [f64], slopes: &mut [f64]) {
        self.values(x, values);
        slopes.copy_from_slice(&[3.0 * (3.0 * x).cos(), 1.5 * (x - 0.3).abs().sqrt() * (x - 0.3).signum()]);
    }
}

/// Values and slopes from a table.
fn evaluated(table: &Tabulated<Example>, x: f64) -> ([f64; 2], [f64; 2]) {
    let [mut values, mut slopes] = [[0.0; 2]; 2];
    table.evaluate(x, &mut values, &mut slopes);
    (values, slopes)
}

#[test]
fn values_and_slopes_are_the_functions() {
    let table = Tabulated::new(Example);
    let octaves = (0..400).map(|i| 1e-9 * 1.08_f64.powi(i)).filter(|x| *x < 8.0);
    for x in octaves.chain([0.0, 0.3, 0.3 + 1e-9, 0.5, 1.0, 2.0]) {
        let [mut values, mut slopes, mut exact, mut exact_slopes] = [[0.0; 2]; 4];
        table.evaluate(x, &mut values, &mut slopes);
        Example.beyond(x, &mut exact, &mut exact_slopes);
        for k in 0..2 {
            // TOLERANCE; slopes lose DEGREE²/width, up to 1e3 for the widest panels, and next to the
            // singularity, in the last panel of width 1e-9, the slope itself, 1.5 √1e-9.
            let near = if (x - 0.3).abs() < 2e-9 { 1e-4 } else { 0.0 };
            let error = values[k] - exact[k];
            let slope_error = slopes[k] - exact_slopes[k];
            assert!(error.abs() < 2e-13, "{k} at {x}: {error:.1e}");
            assert!(slope_error.abs() < 3e-9 + near, "slope of {k} at {x}: {slope_error:.1e}");
        }
    }
}

#[test]
fn slopes_are_the_derivative_of_what_is_tabulated() {
    let table = Tabulated::new(Example);
    for x in [0.37, 0.61, 3.3] {
        let (above, _) = evaluated(&table, x + 1e-5);
        let (below, _) = evaluated(&table, x - 1e-5);
        let (_, slopes) = evaluated(&table, x);
        for k in 0..2 {
            // Truncation 1e-10/6 times the third derivative is below 2e-8 here, rounding below 1e-10.
            assert!(((above[k] - below[k]) / 2e-5 - slopes[k]).abs() < 2e-8, "{k} at {x}");
        }
    }
}

#[test]
fn beyond_the_table_the_function_itself_answers() {
    let table = Tabulated::new(Example);
    for x in [1e9, f64::INFINITY, f64::NAN, -1.0] {
        let (values, _) = evaluated(&table, x);
        assert_eq!(values[1].to_bits(), (x - 0.3).abs().powf(1.5).to_bits(), "{x}");
    }
}
