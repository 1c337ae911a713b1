//! Nodes of isotropic data: labels and lengths of inputs, with their probabilities. It knows no network.

use crate::data::{Class, GaussianClasses};
use crate::data_loss::{DataLoss, LabelledNode};
use crate::loss::Loss;
use crate::quadrature::NotConverged;
use crate::sphere;

/// Nodes of the data: inputs of one class and one length each.
#[derive(Clone, Debug)]
pub struct DataNodes {
    /// The loss over the nodes, with their labels and shares π_c w_cj.
    pub loss: DataLoss,
    /// s_cj; in units of √d as d → ∞.
    pub lengths: Vec<f64>,
}

impl DataNodes {
    /// One node a class: all inputs have length √d, the unit of k's argument.
    pub fn one_length(data: &GaussianClasses, loss: Loss) -> Self {
        Self::with_lengths(data, loss, &[(1.0, 1.0)])
    }

    /// `size` nodes a class.
    ///
    /// # Errors
    /// Where the nodes of the rule are not found.
    pub fn new(data: &GaussianClasses, loss: Loss, size: usize) -> Result<Self, NotConverged> {
        Ok(Self::with_lengths(data, loss, &sphere::lengths(data.dimension, size)?))
    }

    /// The nodes (length, share) of a rule for inputs of scale 1, in every class.
    fn with_lengths(data: &GaussianClasses, loss: Loss, rule: &[(f64, f64)]) -> Self {
        let mut nodes = Self { loss: DataLoss { loss, nodes: Vec::new() }, lengths: Vec::new() };
        for Class { weight, label, scale } in &data.classes {
            for (length, share) in rule {
                nodes.loss.nodes.push(LabelledNode { label: *label, share: weight * share });
                nodes.lengths.push(scale * length);
            }
        }
        nodes
    }
}
