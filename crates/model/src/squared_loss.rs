//! The squared loss of a separable kernel: risk and potential as sums of squares of moments.
//!
//! ```text
//!   U = Σ_c π_c Σ_k weight_k φ_{ck} φ_{ck}',   V = −Σ_c π_c y_c φ_{c0},   weight_0 = 1
//!   R(m) = Σ_c π_c [(y_c − m_{c0})² + Σ_{k≥1} weight_k m_{ck}²]
//! ```
//! Moments are ordered class by class. It knows nothing of what the features are, nor how a class spreads its
//! inputs.

use crate::data::Target;
use crate::energy::Energy;

/// Targets and the weights of the kernel's terms.
#[derive(Clone, Debug)]
pub struct SquaredLoss {
    /// One for each class.
    pub targets: Vec<Target>,
    /// weight_k ≥ 0; the first, of the mean output, is 1.
    pub weights: Vec<f64>,
}

impl SquaredLoss {
    /// Number of moments.
    pub fn rank(&self) -> usize {
        self.targets.len() * self.weights.len()
    }

    /// The moments of each class.
    fn by_class<'a>(&'a self, moments: &'a [f64]) -> impl Iterator<Item = (&'a Target, &'a [f64])> {
        self.targets.iter().zip(moments.chunks_exact(self.weights.len()))
    }

    /// The risk of one class, with its share of the data.
    fn class_risk(&self, target: &Target, m: &[f64]) -> f64 {
        let spread: f64 = self.weights[1..].iter().zip(&m[1..]).map(|(weight, m)| weight * m * m).sum();
        target.weight * ((target.label - m[0]).powi(2) + spread)
    }

    /// Σ_k weight_k m_k² of one class.
    fn square(&self, m: &[f64]) -> f64 {
        self.weights.iter().zip(m).map(|(weight, m)| weight * m * m).sum()
    }
}

impl Energy for SquaredLoss {
    fn risk(&self, moments: &[f64]) -> f64 {
        self.by_class(moments).map(|(target, m)| self.class_risk(target, m)).sum()
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        let blocks = coefficients.chunks_exact_mut(self.weights.len());
        for ((target, m), block) in self.by_class(moments).zip(blocks) {
            for (k, coefficient) in block.iter_mut().enumerate() {
                let drive = if k == 0 { -target.label } else { 0.0 };
                *coefficient = target.weight * (drive + self.weights[k] * m[k]);
            }
        }
    }

    /// The same for all moments.
    fn curvatures(&self, _: &[f64], curvatures: &mut [f64]) {
        for (target, block) in self.targets.iter().zip(curvatures.chunks_exact_mut(self.weights.len())) {
            block.iter_mut().zip(&self.weights).for_each(|(c, weight)| *c = target.weight * weight);
        }
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        self.by_class(moments).map(|(target, m)| target.weight * self.square(m)).sum()
    }

    fn bias_is_exact(&self) -> bool {
        true
    }
}
