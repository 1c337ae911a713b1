//! The energy landscape: [`Features`] of a neuron and the [`Energy`] of their moments, together.
//!
//! Features φ_k(z), moments m_k = ∫φ_k dρ, risk R(m), energy E(m), velocity potential Ψ = ½ Σ_k ∂E/∂m_k φ_k
//! (the first variation of E/2). Solvers reach the physics through this trait alone, so that no cells ×
//! cells matrix can even be formed. It is implemented by the blanket implementation only: a type with
//! features and an energy is a landscape.
//!
//! [`independent_bias`](Landscape::independent_bias) is ½ ∂₂²ℓ times the variance of a neuron's output for
//! any loss: exact for the squared loss, the first term in 1/N for the others.

use crate::energy::Energy;
use crate::features::Features;

/// A landscape in D reduced coordinates.
pub trait Landscape<const D: usize>: Features<D> + Energy {
    /// Whether every feature is the first coordinate times a function of the others: an outer weight.
    fn has_outer_weight(&self) -> bool {
        self.structure().has_outer_weight
    }

    /// Whether mass may come to rest at the lower end of a coordinate: Ψ need not level off there.
    fn rests_at_lower_end(&self, coordinate: usize) -> bool {
        self.structure().rests_at_lower_end[coordinate]
    }

    /// Whether moments are seen less those at the start, so that [`Self::independent_bias`] means nothing.
    fn is_less_its_start(&self) -> bool {
        self.structure().is_less_its_start
    }

    /// m_k = Σ mass φ_k(z) over the points (z, mass) of a law.
    fn moments(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Vec<f64> {
        self.moments_and_gradients(points, &mut |_| {})
    }

    /// The moments, while `gradients` is given ∇φ_k(z) for every k, point by point.
    fn moments_and_gradients(
        &self,
        points: &mut dyn Iterator<Item = ([f64; D], f64)>,
        gradients: &mut dyn FnMut(&[[f64; D]]),
    ) -> Vec<f64> {
        let rank = self.rank();
        let mut values = vec![0.0; rank];
        let mut slopes = vec![[0.0; D]; rank];
        let mut moments = vec![0.0; rank];
        for (z, mass) in points {
            self.features(z, &mut values, &mut slopes);
            moments.iter_mut().zip(&values).for_each(|(m, phi)| *m += mass * phi);
            gradients(&slopes);
        }
        moments
    }

    /// b: N independent neurons of law ρ have E R_N = R + b/N. (Neurons trained together are no longer
    /// independent: their bias is smaller.)
    ///
    /// b = ∫U(θ,θ)dρ − ∬U dρ dρ for the squared loss. For others the output of N independent neurons scatters
    /// with variance Var σ/N about its mean, which the loss feels by its curvature: b = Σ ½ π w ∂₂²ℓ Var σ,
    /// the first term in 1/N.
    fn independent_bias(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>, moments: &[f64]) -> f64 {
        let Some(squares) = self.squared_outputs(points) else {
            let own: f64 = points.map(|(z, mass)| mass * self.self_interaction(z)).sum();
            return own - self.interaction(moments);
        };
        let mut curvatures = vec![0.0; self.rank()];
        self.curvatures(moments, &mut curvatures);
        let nodes = squares.iter().zip(moments).zip(curvatures);
        nodes.map(|((square, m), curvature)| curvature * (square - m * m)).sum()
    }
}

impl<const D: usize, T: Features<D> + Energy + ?Sized> Landscape<D> for T {}
