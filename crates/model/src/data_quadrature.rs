//! The landscape of isotropic Gaussian classes in r = |w| for any loss, by quadrature over the data.
//!
//! A law without preferred direction gives the output ŷ(x) = ∫ k(r|x|) dρ, k the mean over directions
//! ([`mean_output`](crate::mean_output)): it depends on the input's length alone. Given the class, that is a
//! chi variable times τ_c, for which there is a Gauss rule with nodes s_cj and weights w_cj:
//!
//! ```text
//!   φ_cj(r) = k(r s_cj)      R = Σ_c π_c Σ_j w_cj ℓ(y_c, m_cj)      Ψ = Σ_cj ½ π_c w_cj ∂₂ℓ(y_c, m_cj) φ_cj
//! ```
//! For the squared loss this is another low-rank form of the [series](crate::radial_series). As d → ∞ the
//! length is fixed, and one node a class remains. The energy is that of
//! [`DataLoss`](crate::data_loss::DataLoss); here are the nodes and the outputs there.

mod nodes;
#[cfg(test)]
mod tests;

use crate::activation::Activation;
use crate::data::{Class, GaussianClasses};
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure, values_with_gradients};
use crate::isotropic::mean_square_output;
use crate::loss::Loss;
use crate::mean_output::{MeanOutput, Power};
use crate::quadrature::NotConverged;
use crate::radial_series::DimensionLimit;
use crate::tabulated::Tabulated;
use nodes::DataNodes;

/// Numbers of nodes a class that are tried; each is judged by the one after it.
const SIZES: [usize; 13] = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
/// Radii at which two rules are compared: this many, over so many decades below the largest.
const RADII: usize = 24;
const DECADES: f64 = 2.5;
/// What converges slowly may err by this many times the tolerance on U: the risk of a loss whose curvature
/// jumps, and U(θ, θ), which the bias alone asks for.
const ROUGH: f64 = 1e4;

/// The landscape of isotropic Gaussian classes in r = |w| for any loss.
#[derive(Clone, Debug)]
pub struct DataQuadrature {
    activation: Activation,
    classes: Vec<Class>,
    nodes: DataNodes,
    /// The next larger rule, by which this one is judged.
    finer: DataNodes,
    outputs: Outputs,
    truncation: f64,
}

/// Why there is no rule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodesError {
    /// The largest rule misses the tolerance.
    #[error(
        "the data quadrature at dimension {dimension} errs by {truncation:.1e} with {nodes} nodes a class; \
         {tolerance:.1e} was asked for"
    )]
    TooFew {
        /// d.
        dimension: usize,
        /// Nodes a class.
        nodes: usize,
        /// Error of the largest rule.
        truncation: f64,
        /// Requested tolerance.
        tolerance: f64,
    },
    /// No rule at all.
    #[error(transparent)]
    Linear(#[from] NotConverged),
}

impl DataQuadrature {
    /// The rule with as many nodes as leave less than `tolerance` in U(r, r') and in the risk of a point
    /// mass, for radii up to `largest_radius` (and `ROUGH` times that in the risk of a loss whose curvature
    /// jumps). What a rule leaves is estimated by the next larger one.
    ///
    /// # Errors
    ///
    /// Where the largest rule leaves more, or the nodes of a rule are not found.
    pub fn new(
        data: &GaussianClasses,
        activation: &Activation,
        loss: Loss,
        limit: DimensionLimit,
        largest_radius: f64,
        tolerance: f64,
    ) -> Result<Self, NodesError> {
        let dimension = (limit == DimensionLimit::Finite).then_some(data.dimension);
        let mut rule = Self {
            activation: activation.clone(),
            classes: data.classes.clone(),
            nodes: DataNodes::one_length(data, loss),
            finer: DataNodes::one_length(data, loss),
            outputs: Outputs::new(activation, dimension),
            truncation: 0.0,
        };
        if limit == DimensionLimit::Infinite {
            return Ok(rule);
        }
        rule.finer = DataNodes::new(data, loss, SIZES[0])?;
        for size in &SIZES[1..] {
            rule.nodes = std::mem::replace(&mut rule.finer, DataNodes::new(data, loss, *size)?);
            rule.truncation = rule.left_out(largest_radius, 1.0);
            if rule.left_out(largest_radius, ROUGH) <= tolerance {
                return Ok(rule);
            }
        }
        Err(NodesError::TooFew {
            dimension: data.dimension,
            nodes: rule.terms(),
            truncation: rule.truncation,
            tolerance,
        })
    }

    /// An estimate of what the rule leaves out, for all radii up to the largest it was made for.
    pub fn truncation(&self) -> f64 {
        self.truncation
    }

    /// Nodes a class.
    pub fn terms(&self) -> usize {
        self.nodes.lengths.len() / self.classes.len()
    }

    /// The largest difference to the finer rule in U(r, r') and in the risk of a point mass, and to the exact
    /// U(θ, θ); what converges slowly counts `patience` times less (the exact U(θ, θ) always [`ROUGH`] times:
    /// only the bias asks for it).
    fn left_out(&self, largest_radius: f64, patience: f64) -> f64 {
        let coarse = self.outputs_at_radii(&self.nodes, largest_radius);
        let fine = self.outputs_at_radii(&self.finer, largest_radius);
        let rough = if self.nodes.loss.loss.is_smooth() { 1.0 } else { patience };
        let mut worst = 0.0_f64;
        for i in 0..RADII {
            let risk = self.nodes.loss.risk(&coarse[i]) - self.finer.loss.risk(&fine[i]);
            worst =
                worst.max(risk.abs() / rough).max(self.own_error(radius(i, largest_radius)).abs() / ROUGH);
            for j in 0..=i {
                let gap =
                    self.nodes.loss.pair(&coarse[i], &coarse[j]) - self.finer.loss.pair(&fine[i], &fine[j]);
                worst = worst.max(gap.abs());
            }
        }
        worst
    }

    /// The outputs of a neuron at each of the radii at which two rules are compared.
    fn outputs_at_radii(&self, nodes: &DataNodes, largest_radius: f64) -> Vec<Vec<f64>> {
        let radii = (0..RADII).map(|i| radius(i, largest_radius));
        radii.map(|r| nodes.lengths.iter().map(|length| self.outputs.mean(r * length).0).collect()).collect()
    }

    /// The error of U(θ, θ) by the nodes, at a radius.
    fn own_error(&self, radius: f64) -> f64 {
        let nodes = self.nodes.loss.nodes.iter().zip(&self.nodes.lengths);
        let squares =
            nodes.map(|(node, length)| node.share * self.outputs.mean_square(&[(radius, 1.0)], *length));
        squares.sum::<f64>() - self.self_interaction([radius])
    }
}

/// The i-th of the radii at which two rules are compared.
fn radius(i: usize, largest: f64) -> f64 {
    largest * 10f64.powf(-DECADES * i as f64 / (RADII - 1) as f64)
}

/// The outputs of a neuron, averaged over directions.
#[derive(Clone, Debug)]
struct Outputs {
    /// k.
    means: Tabulated<MeanOutput>,
    /// E σ(xζ)².
    squares: Tabulated<MeanOutput>,
}

impl Outputs {
    /// In d dimensions; None: d → ∞.
    fn new(activation: &Activation, dimension: Option<usize>) -> Self {
        Self {
            means: MeanOutput::table(activation, dimension, Power::Mean),
            squares: MeanOutput::table(activation, dimension, Power::Square),
        }
    }

    /// k and k' at x.
    fn mean(&self, x: f64) -> (f64, f64) {
        let mut value = [0.0];
        let mut slope = [0.0];
        self.means.evaluate(x, &mut value, &mut slope);
        (value[0], slope[0])
    }

    /// E σ(xζ)².
    fn square(&self, x: f64) -> f64 {
        let mut value = [0.0];
        let mut slope = [0.0];
        self.squares.evaluate(x, &mut value, &mut slope);
        value[0]
    }

    /// ∫ E σ(r s ζ)² dρ over the points (r, mass) of a law, s one node's length.
    fn mean_square(&self, points: &[(f64, f64)], length: f64) -> f64 {
        points.iter().map(|(radius, mass)| mass * self.square(radius * length)).sum()
    }
}

impl AsEnergy for DataQuadrature {
    fn as_energy(&self) -> &dyn Energy {
        &self.nodes.loss
    }
}

impl Features<1> for DataQuadrature {
    fn rank(&self) -> usize {
        self.nodes.lengths.len()
    }

    fn features(&self, [radius]: [f64; 1], values: &mut [f64], gradients: &mut [[f64; 1]]) {
        for ((length, value), gradient) in self.nodes.lengths.iter().zip(values).zip(gradients) {
            let (output, slope) = self.outputs.mean(radius * length);
            *value = output;
            *gradient = [length * slope];
        }
    }

    fn values(&self, z: [f64; 1], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, [radius]: [f64; 1]) -> f64 {
        mean_square_output(&self.classes, &self.activation, radius)
    }

    fn squared_outputs(&self, points: &mut dyn Iterator<Item = ([f64; 1], f64)>) -> Option<Vec<f64>> {
        let points: Vec<(f64, f64)> = points.map(|([radius], mass)| (radius, mass)).collect();
        let lengths = self.nodes.lengths.iter();
        Some(lengths.map(|length| self.outputs.mean_square(&points, *length)).collect())
    }

    fn truncation(&self, [radius]: [f64; 1]) -> f64 {
        self.left_out(radius, 1.0)
    }

    fn structure(&self) -> Structure<1> {
        Structure { rests_at_lower_end: [self.activation.bends_at_zero()], ..Structure::PLAIN }
    }
}
