//! The lazy scaling of Chizat, Oyallon & Bach (2019): ŷ = α (f − f_0), f_0 the output at the start, trained
//! with steps ε/α². Large α leave neurons where they are and train what is linear in their displacements.
//!
//! Outputs are linear in the moments, so that a landscape sees α (m − m(0)) in place of m, and no more is to
//! be said:
//!
//! ```text
//!   R_α(m) = R(α (m − m(0))),   E_α(m) = E(α (m − m(0))),   ½ ∂E_α/∂m_k = α (½ ∂E/∂m_k)(α (m − m(0)))
//! ```
//! The pace 1/α² of the steps is the clock's, which this module does not know. A ridge does not scale like
//! this: landscapes here have none.

use crate::energy::Energy;
use crate::features::{Features, Structure};
use crate::landscape::Landscape;

/// A landscape that sees α (m − m(0)) in place of its moments m.
#[derive(Clone, Debug)]
pub struct Lazy<L> {
    inner: L,
    alpha: f64,
    first: Vec<f64>,
}

impl<L> Lazy<L> {
    /// `inner` in the scaling α > 0, with the law of these points (z, mass) at the start.
    pub fn new<const D: usize>(inner: L, alpha: f64, start: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Self
    where
        L: Landscape<D>,
    {
        let first = inner.moments(start);
        Self { inner, alpha, first }
    }

    /// Takes these points for the start, which sample the same law otherwise.
    pub fn begin<const D: usize>(&mut self, start: &mut dyn Iterator<Item = ([f64; D], f64)>)
    where
        L: Landscape<D>,
    {
        self.first = self.inner.moments(start);
    }

    /// α (m − m(0)).
    fn seen(&self, moments: &[f64]) -> Vec<f64> {
        moments.iter().zip(&self.first).map(|(m, first)| self.alpha * (m - first)).collect()
    }
}

impl<const D: usize, L: Features<D>> Features<D> for Lazy<L> {
    fn rank(&self) -> usize {
        self.inner.rank()
    }

    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]) {
        self.inner.features(z, values, gradients);
    }

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        self.inner.values(z, values);
    }

    fn self_interaction(&self, z: [f64; D]) -> f64 {
        self.inner.self_interaction(z)
    }

    fn squared_outputs(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        self.inner.squared_outputs(points)
    }

    fn truncation(&self, z: [f64; D]) -> f64 {
        self.inner.truncation(z)
    }

    fn structure(&self) -> Structure<D> {
        Structure { is_less_its_start: true, ..self.inner.structure() }
    }
}

impl<L: Energy> Energy for Lazy<L> {
    fn risk(&self, moments: &[f64]) -> f64 {
        self.inner.risk(&self.seen(moments))
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.inner.energy(&self.seen(moments))
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        self.inner.potential_coefficients(&self.seen(moments), coefficients);
        coefficients.iter_mut().for_each(|coefficient| *coefficient *= self.alpha);
    }

    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]) {
        self.inner.curvatures(&self.seen(moments), curvatures);
        curvatures.iter_mut().for_each(|curvature| *curvature *= self.alpha * self.alpha);
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        self.inner.interaction(&self.seen(moments))
    }

    fn bias_is_exact(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;
    use crate::data::GaussianClasses;
    use crate::loss::Loss;
    use crate::radial_landscape::RadialLandscape;
    use crate::radial_series::DimensionLimit;

    const ALPHA: f64 = 7.0;
    const START: [([f64; 1], f64); 2] = [([0.5], 0.25), ([0.9], 0.75)];
    const LATER: [([f64; 1], f64); 2] = [([0.55], 0.25), ([0.8], 0.75)];

    fn landscapes(loss: Loss) -> (RadialLandscape, Lazy<RadialLandscape>) {
        let data = GaussianClasses::isotropic(20, 0.6).expect("valid");
        let (sigma, limit) = (examples::figure_1(), DimensionLimit::Finite);
        let inner = RadialLandscape::new(&data, &sigma, loss, limit, 4.0, 1e-4).expect("converges");
        (inner.clone(), Lazy::new(inner, ALPHA, &mut START.into_iter()))
    }

    #[test]
    fn outputs_are_alpha_times_what_the_start_did_not_have() {
        for loss in [Loss::Squared, Loss::Logistic] {
            let (inner, lazy) = landscapes(loss);
            let [first, later] = [START, LATER].map(|law| inner.moments(&mut law.into_iter()));
            let seen: Vec<f64> = later.iter().zip(&first).map(|(m, first)| ALPHA * (m - first)).collect();
            assert_eq!(lazy.risk(&later), inner.risk(&seen), "{loss:?}");
            assert_eq!(lazy.risk(&first), inner.risk(&vec![0.0; first.len()]), "{loss:?}");
            assert!((lazy.risk(&later) - lazy.risk(&first)).abs() > 0.1, "{loss:?}");
        }
    }

    #[test]
    fn coefficients_and_curvatures_are_derivatives_of_the_energy() {
        for loss in [Loss::Squared, Loss::Logistic] {
            let (_, lazy) = landscapes(loss);
            let moments = lazy.moments(&mut LATER.into_iter());
            let mut coefficients = vec![0.0; moments.len()];
            let mut curvatures = coefficients.clone();
            lazy.potential_coefficients(&moments, &mut coefficients);
            lazy.curvatures(&moments, &mut curvatures);
            for k in 0..moments.len() {
                let at = |shift: f64| {
                    let mut moved = moments.clone();
                    moved[k] += shift;
                    lazy.energy(&moved)
                };
                let h = 1e-4;
                let slope = (at(h) - at(-h)) / (4.0 * h);
                let bend = (at(h) - 2.0 * at(0.0) + at(-h)) / (2.0 * h * h);
                // Differences err by h²; rounding by 1e-16/h², of energies near 1.
                assert!((slope - coefficients[k]).abs() < 1e-6, "{loss:?} {k} {slope} {}", coefficients[k]);
                assert!((bend - curvatures[k]).abs() < 1e-6, "{loss:?} {k} {bend} {}", curvatures[k]);
            }
        }
    }
}
