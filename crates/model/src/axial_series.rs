//! The squared-loss landscape of isotropic Gaussian classes for laws that are symmetric about an axis only.
//!
//! One neuron singled out breaks the rotation symmetry of the rest down to rotations about its direction.
//! Coordinates: z = (x, s), the parts of w along the axis and across it; r² = x² + s², ζ = x/r. The kernel
//! averaged over those rotations is
//!
//! ```text
//!   U(z, z') = Σ_c π_c Σ_n q_n(τ_c r) q_n(τ_c r') Σ_ℓ κ_{nℓ} P_ℓ(ζ) P_ℓ(ζ')      ζⁿ = Σ_ℓ κ_{nℓ} P_ℓ(ζ)
//! ```
//! with features q_n P_ℓ. Laws without preferred direction have moments at ℓ = 0 only: the radial series.
//! It serves the 1/N correction; it is not a reduction that a scenario can ask for.

use ndarray::Array2;

use crate::activation::Activation;
use crate::data::{Class, GaussianClasses};
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure, values_with_gradients};
use crate::hermite_table::{Coefficients, hermite_table};
use crate::isotropic::mean_square_output;
use crate::sphere;
use crate::squared_loss::SquaredLoss;
use crate::tabulated::Tabulated;

/// The squared-loss landscape of isotropic Gaussian classes along and across an axis, as a separable series.
#[derive(Clone, Debug)]
pub struct AxialSeries {
    activation: Activation,
    /// q_0, q_1, … as functions of S.
    table: Tabulated<Coefficients>,
    classes: Vec<Class>,
    /// With the weights κ_{nℓ} of the terms.
    loss: SquaredLoss,
    dimension: usize,
    orders: usize,
    /// (n, ℓ) of every feature of a class; the first is (0, 0).
    terms: Vec<(usize, usize)>,
}

impl AxialSeries {
    /// The series with Hermite orders n < `orders`.
    pub fn new(data: &GaussianClasses, activation: &Activation, orders: usize) -> Self {
        let kappa: Array2<f64> = sphere::powers(data.dimension, orders);
        let (terms, weights) =
            kappa.indexed_iter().filter(|(_, k)| **k > 0.0).map(|(at, k)| (at, *k)).unzip();
        Self {
            activation: activation.clone(),
            table: hermite_table(activation, 1, orders),
            classes: data.classes.clone(),
            loss: SquaredLoss { targets: data.targets(), weights },
            dimension: data.dimension,
            orders,
            terms,
        }
    }

    /// The truncation error of U(θ, θ) for a neuron at radius r. It concerns a neuron and itself
    /// only: between different directions the left-out orders of the kernel are small.
    pub fn left_out(&self, radius: f64) -> f64 {
        self.classes.iter().map(|class| class.weight * self.left_out_by(class, radius)).sum()
    }

    /// Σ q_n² of the orders left out, under the inputs of one class.
    fn left_out_by(&self, class: &Class, radius: f64) -> f64 {
        let [mut q, mut dq] = [0; 2].map(|_| vec![0.0; self.orders]);
        self.table.evaluate(class.scale * radius, &mut q, &mut dq);
        let square = self.activation.second_moment(0.0, class.scale * radius);
        square - q.iter().map(|q| q * q).sum::<f64>()
    }
}

impl AsEnergy for AxialSeries {
    fn as_energy(&self) -> &dyn Energy {
        &self.loss
    }
}

impl Features<2> for AxialSeries {
    fn rank(&self) -> usize {
        self.loss.rank()
    }

    fn features(&self, [x, s]: [f64; 2], values: &mut [f64], gradients: &mut [[f64; 2]]) {
        let radius = x.hypot(s).max(f64::MIN_POSITIVE.sqrt());
        let zeta = x / radius;
        let across = s / radius;
        let [mut p, mut dp, mut q, mut dq] = [0; 4].map(|_| vec![0.0; self.orders]);
        sphere::gegenbauer(self.dimension, zeta, &mut p, &mut dp);
        for (c, class) in self.classes.iter().enumerate() {
            self.table.evaluate(class.scale * radius, &mut q, &mut dq);
            for (k, &(n, l)) in self.terms.iter().enumerate() {
                let k = c * self.terms.len() + k;
                values[k] = q[n] * p[l];
                // ∇r = (ζ, s/r), ∇ζ = (s/r) (s/r, −ζ)/r
                let outwards = class.scale * dq[n] * p[l];
                let around = q[n] * dp[l] * across / radius;
                gradients[k] = [outwards * zeta + around * across, outwards * across - around * zeta];
            }
        }
    }

    fn values(&self, z: [f64; 2], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, [x, s]: [f64; 2]) -> f64 {
        mean_square_output(&self.classes, &self.activation, x.hypot(s))
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; 2], f64)>) -> Option<Vec<f64>> {
        None
    }

    /// Not known for two neurons; [`left_out`](AxialSeries::left_out) has it for one and itself.
    fn truncation(&self, _: [f64; 2]) -> f64 {
        0.0
    }

    fn structure(&self) -> Structure<2> {
        Structure::PLAIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::PiecewiseLinear;
    use crate::landscape::Landscape;
    use crate::radial_series::{DimensionLimit, RadialSeries};

    fn figure_1() -> (GaussianClasses, Activation) {
        let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
        (GaussianClasses::isotropic(40, 0.8).expect("valid"), Activation::PiecewiseLinear(sigma))
    }

    fn moments<const D: usize>(landscape: &impl Landscape<D>, atoms: &[([f64; D], f64)]) -> Vec<f64> {
        landscape.moments(&mut atoms.iter().copied())
    }

    #[test]
    fn a_law_without_direction_has_the_radial_risk() {
        let (data, sigma) = figure_1();
        let radial = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-12).expect("converges");
        let axial = AxialSeries::new(&data, &sigma, 24);
        let ring = |r: f64, mass: f64| {
            let rule = sphere::quadrature(40, 24).expect("symmetric");
            rule.into_iter().map(move |(zeta, w)| ([r * zeta, r * (1.0 - zeta * zeta).sqrt()], mass * w))
        };
        let atoms: Vec<_> = ring(0.7, 0.4).chain(ring(1.3, 0.6)).collect();
        let exact = radial.risk(&moments(&radial, &[([0.7], 0.4), ([1.3], 0.6)]));
        let found = axial.risk(&moments(&axial, &atoms));
        // Both series are cut where they leave less than 1e-11.
        assert!((found - exact).abs() < 1e-10, "{found} {exact}");
    }

    #[test]
    fn gradients_meet_central_differences() {
        let (data, sigma) = figure_1();
        let axial = AxialSeries::new(&data, &sigma, 10);
        let step = 1e-5;
        for z in [[0.3, 0.8], [-0.9, 0.2], [0.0, 1.1]] {
            let rank = axial.rank();
            let mut values = vec![0.0; rank];
            let mut gradients = vec![[0.0; 2]; rank];
            axial.features(z, &mut values, &mut gradients);
            for c in 0..2 {
                let at = |shift: f64| {
                    let mut z = z;
                    z[c] += shift;
                    moments(&axial, &[(z, 1.0)])
                };
                for (k, (above, below)) in at(step).iter().zip(at(-step)).enumerate() {
                    assert!(((above - below) / (2.0 * step) - gradients[k][c]).abs() < 1e-6, "{z:?} {c} {k}");
                }
            }
        }
    }
}
