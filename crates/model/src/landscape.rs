//! The energy landscape: risk as a function of a few moments of the law.
//!
//! Features φ_k(z), moments m_k = ∫φ_k dρ, risk R(m), energy E(m) (R, and a ridge if there is one), velocity potential
//! Ψ = ½ Σ_k ∂E/∂m_k φ_k (the first variation of E/2). Every solver goes through this door, so that no cells × cells matrix
//! can even be asked for.

/// A landscape in D reduced coordinates with `rank` features.
pub trait Landscape<const D: usize>: Send + Sync {
    /// Number of features.
    fn rank(&self) -> usize;

    /// φ_k(z) and ∇φ_k(z) for every k; both slices have length `rank`.
    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]);

    /// φ_k(z) alone: what a grid asks for at every cell, whenever it has moved.
    fn values(&self, z: [f64; D], values: &mut [f64]) {
        self.features(z, values, &mut vec![[0.0; D]; self.rank()]);
    }

    /// R(m).
    fn risk(&self, moments: &[f64]) -> f64;

    /// What the noiseless dynamics lowers, E(m): the risk, and twice the ridge's share where there is one.
    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    /// ½ ∂E/∂m_k for every k: the coefficients of Ψ in the features.
    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]);

    /// ½ ∂²E/∂m_k² for every k. E is a sum of functions of one moment each: its Hessian is diagonal.
    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]);

    /// ∬U dρ dρ as a function of the moments.
    fn interaction(&self, moments: &[f64]) -> f64;

    /// U(θ, θ) for a neuron θ at z.
    fn self_interaction(&self, z: [f64; D]) -> f64;

    /// Whether b of independent neurons is ∫U(θ,θ)dρ − ∬U dρ dρ: the squared loss.
    fn bias_is_exact(&self) -> bool {
        true
    }

    /// Whether mass may come to rest at the lower end of a coordinate: Ψ need not level off there.
    fn rests_at_lower_end(&self, _coordinate: usize) -> bool {
        false
    }

    /// Whether every feature is the first coordinate times a function of the others: an outer weight.
    fn has_outer_weight(&self) -> bool {
        false
    }

    /// What the features leave out of U(θ, θ') for neurons up to z, a bound or an estimate; 0 where they are exact.
    fn truncation(&self, _z: [f64; D]) -> f64 {
        0.0
    }

    /// m_k = Σ mass φ_k(z) over the points (z, mass) of a law.
    fn moments(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Vec<f64> {
        self.moments_and_gradients(points, &mut |_| {})
    }

    /// The same, and ∇φ_k(z) for every k, which `gradients` is given point by point.
    fn moments_and_gradients(
        &self,
        points: &mut dyn Iterator<Item = ([f64; D], f64)>,
        gradients: &mut dyn FnMut(&[[f64; D]]),
    ) -> Vec<f64> {
        let rank = self.rank();
        let (mut values, mut here, mut moments) = (vec![0.0; rank], vec![[0.0; D]; rank], vec![0.0; rank]);
        for (z, mass) in points {
            self.features(z, &mut values, &mut here);
            moments.iter_mut().zip(&values).for_each(|(m, phi)| *m += mass * phi);
            gradients(&here);
        }
        moments
    }

    /// b = ∫U(θ,θ)dρ − ∬U dρ dρ: N independent neurons of law ρ have E R_N = R + b/N.
    /// (Neurons trained together are no longer independent: their bias is smaller.)
    fn independent_bias(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>, moments: &[f64]) -> f64 {
        points.map(|(z, mass)| mass * self.self_interaction(z)).sum::<f64>() - self.interaction(moments)
    }
}
