//! The Hermite coefficients q_n(0, S) of centred data as tabulated functions of S: series evaluate them at
//! every atom or cell in every time step.

use crate::activation::Activation;
use crate::tabulated::{Curves, Tabulated};

/// Share of the size of σ's terms that counts as the coefficients' size: they may cancel.
const CANCELLED: f64 = 0.1;

/// The orders 0, `stride`, 2 `stride`, …
#[derive(Clone, Debug)]
pub struct Coefficients {
    activation: Activation,
    stride: usize,
    count: usize,
}

impl Curves for Coefficients {
    fn count(&self) -> usize {
        self.count
    }

    fn values(&self, scale: f64, values: &mut [f64]) {
        let mut slopes = vec![0.0; self.count];
        self.beyond(scale, values, &mut slopes);
    }

    fn size(&self, scale: f64) -> f64 {
        let size = self.activation.second_moment(0.0, scale).max(0.0).sqrt();
        size.max(CANCELLED * self.activation.terms(scale))
    }

    /// None: expectations over a Gaussian are smooth in its scale S > 0.
    fn breaks(&self) -> Vec<f64> {
        Vec::new()
    }

    fn beyond(&self, scale: f64, values: &mut [f64], slopes: &mut [f64]) {
        let orders = self.stride * (self.count - 1) + 1;
        let mut q = vec![0.0; orders];
        let mut dq = vec![0.0; orders];
        self.activation.hermite_coefficients(0.0, scale, &mut q, &mut dq);
        for k in 0..self.count {
            (values[k], slopes[k]) = (q[k * self.stride], dq[k * self.stride]);
        }
    }
}

/// A table of `count` ≥ 1 coefficients: q_n for n = 0, `stride`, 2 `stride`, …
pub fn hermite_table(activation: &Activation, stride: usize, count: usize) -> Tabulated<Coefficients> {
    Tabulated::new(Coefficients { activation: activation.clone(), stride, count })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;

    #[test]
    fn the_table_is_what_it_tabulates() {
        for sigma in examples::all() {
            let table = hermite_table(&sigma, 2, 11);
            for scale in [0.0, 1e-8, 3e-4, 0.02, 0.11, 0.35, 0.5, 0.77, 1.3, 2.0, 4.4, 9.0, 14.3] {
                let [mut q, mut dq, mut exact, mut slopes] = [0; 4].map(|_| vec![0.0; 11]);
                table.evaluate(scale, &mut q, &mut dq);
                table.curves().beyond(scale, &mut exact, &mut slopes);
                let size = table.curves().size(scale.max(0.1));
                for n in 0..11 {
                    let error = (q[n] - exact[n]).abs();
                    let slope_error = (dq[n] - slopes[n]).abs();
                    assert!(error < 2e-13 * size, "{sigma:?} order {} at {scale}: {error:.1e}", 2 * n);
                    // Slopes lose DEGREE²/panel width, and panels are at least 0.01 wide here.
                    let allowed = 2e-13 * size * 1e4 / scale.max(1.0);
                    assert!(slope_error < allowed, "{sigma:?} slope {} at {scale}: {slope_error:.1e}", 2 * n);
                }
            }
        }
    }
}
