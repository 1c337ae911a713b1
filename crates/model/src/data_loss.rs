//! Any loss, by a quadrature over the data: the moments are the network's mean outputs at nodes of the data.
//!
//! ```text
//!   R = Σ_j w_j ℓ(y_j, m_j)      Ψ = Σ_j ½ w_j ∂₂ℓ(y_j, m_j) φ_j      ∬U dρ dρ = Σ_j w_j m_j²
//! ```
//! It knows neither the inputs behind a node nor how outputs are computed.

use crate::energy::Energy;
use crate::loss::Loss;

/// The label and the probability of a node of the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelledNode {
    /// y_j.
    pub label: f64,
    /// w_j, the probability of the node.
    pub share: f64,
}

/// A loss and the nodes over which it is averaged.
#[derive(Clone, Debug)]
pub struct DataLoss {
    /// ℓ.
    pub loss: Loss,
    /// One for each moment.
    pub nodes: Vec<LabelledNode>,
}

impl DataLoss {
    /// Σ_j w_j a_j b_j: U between two neurons with these outputs at the nodes.
    pub fn pair(&self, a: &[f64], b: &[f64]) -> f64 {
        self.nodes.iter().zip(a.iter().zip(b)).map(|(node, (a, b))| node.share * a * b).sum()
    }
}

impl Energy for DataLoss {
    fn risk(&self, moments: &[f64]) -> f64 {
        self.nodes.iter().zip(moments).map(|(node, m)| node.share * self.loss.value(node.label, *m)).sum()
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        for ((node, m), coefficient) in self.nodes.iter().zip(moments).zip(coefficients) {
            *coefficient = 0.5 * node.share * self.loss.slope(node.label, *m);
        }
    }

    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]) {
        for ((node, m), curvature) in self.nodes.iter().zip(moments).zip(curvatures) {
            *curvature = 0.5 * node.share * self.loss.curvature(node.label, *m);
        }
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        self.pair(moments, moments)
    }

    /// False for the squared loss too: U(θ, θ) converges slower in the nodes than all else.
    fn bias_is_exact(&self) -> bool {
        false
    }
}
