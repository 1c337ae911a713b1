//! The energy of a law as a function of a few moments: a loss, and nothing of what the moments are moments
//! of.
//!
//! Moments m_k = ∫φ_k dρ of features φ_k, risk R(m), energy E(m) (R, and a ridge's share if there is one).
//! The first variation of E/2 is the potential Ψ = Σ_k ½ ∂E/∂m_k φ_k, so that the derivatives here are all
//! that a solver needs beside the features. No coordinates and no neurons here.

/// A function of the moments of a law that the dynamics lowers.
///
/// No method has a default: a wrapper that forgets one does not compile.
pub trait Energy: Send + Sync {
    /// R(m).
    fn risk(&self, moments: &[f64]) -> f64;

    /// E(m), what the noiseless dynamics lowers: the risk, and twice the ridge's share where there is one.
    fn energy(&self, moments: &[f64]) -> f64;

    /// ½ ∂E/∂m_k for every k: the coefficients of Ψ in the features.
    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]);

    /// ½ ∂²E/∂m_k² for every k. E is a sum of functions of one moment each: its Hessian is diagonal.
    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]);

    /// ∬U dρ dρ as a function of the moments.
    fn interaction(&self, moments: &[f64]) -> f64;

    /// Whether b of independent neurons is ∫U(θ,θ)dρ − ∬U dρ dρ: the squared loss.
    fn bias_is_exact(&self) -> bool;
}

/// A type that has the energy of a part of itself; it implements [`Energy`] by that alone.
pub trait AsEnergy {
    /// The part.
    fn as_energy(&self) -> &dyn Energy;
}

impl<T: AsEnergy + Send + Sync> Energy for T {
    fn risk(&self, moments: &[f64]) -> f64 {
        self.as_energy().risk(moments)
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.as_energy().energy(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        self.as_energy().potential_coefficients(moments, coefficients);
    }

    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]) {
        self.as_energy().curvatures(moments, curvatures);
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        self.as_energy().interaction(moments)
    }

    fn bias_is_exact(&self) -> bool {
        self.as_energy().bias_is_exact()
    }
}
