//! Features, outputs, losses and drifts of paths with shares q ≥ 0, at many points at once, as products
//! of matrices. Drifts are those of Definition 1; scaled gradient descent takes the same, since m_ℓ m_{ℓ−1}
//! ∂L/∂v is G_ℓ. Tagged paths (q = 0) have them, too. Nothing here moves in time.
//!
//! ```text
//!   D_{L+1} = φ'(f, y),  D^β_L = [v_{L+1} D_{L+1}] ∘ h₁'(β_L),  D^α_ℓ = D^β_ℓ ∘ h₂'(α_ℓ)
//!   D^β_{ℓ−1} = D^β_ℓ + [Σ_Θ̄ q(Θ̄) v_ℓ(·, Θ̄) D^α_ℓ(Θ̄)] ∘ h₁'(β_{ℓ−1})                      (4.1)
//!   G_1 = E_Z D^β_1 x,  G_ℓ(Θ, Θ̄) = E_Z D^α_ℓ(Θ̄) h₁(β_{ℓ−1}(Θ)),  G_{L+1} = E_Z D_{L+1} h₁(β_L)
//! ```
//! G_ℓ is of rank N and is given by its two sides.

use std::sync::Arc;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

use super::architecture::ResidualArchitecture;
use super::pair_weights::{Correction, PairWeights};
use super::paths::Paths;
use crate::engine::Points;

/// Paths as the engine takes them.
#[derive(Clone, Copy, Debug)]
pub struct PathWeights<'a> {
    /// v_1, shape (d, paths).
    pub first: ArrayView2<'a, f64>,
    /// v_2 … v_L.
    pub pairs: &'a [PairWeights],
    /// What comes on top of them: nothing, or one for each.
    pub corrections: &'a [Correction<'a>],
    /// v_{L+1}.
    pub last: ArrayView1<'a, f64>,
    /// q of the acting paths, which come first.
    pub shares: ArrayView1<'a, f64>,
}

impl<'a> From<&'a Paths> for PathWeights<'a> {
    fn from(paths: &'a Paths) -> Self {
        Self {
            first: paths.first.view(),
            pairs: &paths.pairs,
            corrections: &[],
            last: paths.last.view(),
            shares: paths.shares.slice(s![..paths.acting()]),
        }
    }
}

/// What the neurons of a layer do at all points, shape (points, paths).
#[derive(Clone, Debug, Default)]
struct ResidualPass {
    /// α_ℓ; of layer 1 empty.
    residuals: Array2<f64>,
    /// β_ℓ.
    features: Array2<f64>,
    /// h₁(β_ℓ).
    values: Array2<f64>,
    /// h₁'(β_ℓ).
    slopes: Array2<f64>,
    /// h₂'(α_ℓ).
    residual_slopes: Array2<f64>,
    /// D^β_ℓ times the weight of the point.
    feature_deltas: Array2<f64>,
    /// D^α_ℓ times the weight of the point.
    residual_deltas: Array2<f64>,
}

/// The engine with its work space.
#[derive(Clone, Debug)]
pub struct ResidualEngine {
    architecture: Arc<ResidualArchitecture>,
    layers: Vec<ResidualPass>,
    outputs: Array1<f64>,
    /// D_{L+1} times the weight of the point.
    output_deltas: Array1<f64>,
    scaled: Array2<f64>,
    received: Array2<f64>,
}

fn make_room(array: &mut Array2<f64>, shape: (usize, usize)) {
    if array.dim() != shape {
        *array = Array2::zeros(shape);
    }
}

impl ResidualPass {
    fn resize(&mut self, shape: (usize, usize)) {
        let feature = [&mut self.features, &mut self.values, &mut self.slopes, &mut self.feature_deltas];
        let residual = [&mut self.residuals, &mut self.residual_slopes, &mut self.residual_deltas];
        feature.into_iter().chain(residual).for_each(|array| make_room(array, shape));
    }

    /// h₁ and h₁' of the features.
    fn evaluate(&mut self, architecture: &ResidualArchitecture) {
        let features = self.features.as_slice().expect("in one piece");
        let values = self.values.as_slice_mut().expect("in one piece");
        let slopes = self.slopes.as_slice_mut().expect("in one piece");
        architecture.activation().evaluate(features, values, slopes);
    }

    /// β_ℓ = β_{ℓ−1} + h₂(α_ℓ), and h₂'(α_ℓ).
    fn skip(&mut self, below: &Array2<f64>, architecture: &ResidualArchitecture) {
        let residuals = self.residuals.as_slice().expect("in one piece");
        let features = self.features.as_slice_mut().expect("in one piece");
        let slopes = self.residual_slopes.as_slice_mut().expect("in one piece");
        architecture.residual_activation().evaluate(residuals, features, slopes);
        self.features += below;
    }
}

impl ResidualEngine {
    /// An engine for networks of one architecture, of any width.
    pub fn new(architecture: Arc<ResidualArchitecture>) -> Self {
        let layers = vec![ResidualPass::default(); architecture.depth()];
        let [outputs, output_deltas] = [Array1::zeros(0), Array1::zeros(0)];
        let [scaled, received] = [Array2::zeros((0, 0)), Array2::zeros((0, 0))];
        Self { architecture, layers, outputs, output_deltas, scaled, received }
    }

    /// Computes features and outputs at inputs of shape (points, d).
    ///
    /// # Panics
    /// Where paths, inputs and architecture do not fit together.
    pub fn forward(&mut self, paths: PathWeights, inputs: ArrayView2<f64>) {
        let shape = (inputs.nrows(), paths.last.len());
        let Self { architecture, layers, outputs, scaled, .. } = self;
        let per_coordinate = (inputs.ncols() as f64).recip();
        for index in 0..layers.len() {
            let (before, rest) = layers.split_at_mut(index);
            let layer = &mut rest[0];
            layer.resize(shape);
            match before.last() {
                None => general_mat_mul(per_coordinate, &inputs, &paths.first, 0.0, &mut layer.features),
                Some(below) => {
                    scale(&below.values, paths.shares, scaled);
                    let correction = paths.corrections.get(index - 1).copied();
                    paths.pairs[index - 1].send(scaled.view(), correction, &mut layer.residuals);
                    layer.skip(&below.features, architecture);
                }
            }
            layer.evaluate(architecture);
        }
        scale(&layers[layers.len() - 1].values, paths.shares, scaled);
        *outputs = scaled.dot(&paths.last.slice(s![..paths.shares.len()]));
    }

    /// Computes all D, times the weights of the points, after [`Self::forward`].
    fn backward(&mut self, paths: PathWeights, points: Points) {
        let Self { architecture, layers, outputs, output_deltas, scaled, received } = self;
        let slopes = points.labels.iter().zip(&*outputs).zip(points.weights);
        *output_deltas = slopes.map(|((y, f), w)| w * architecture.loss().slope(*y, *f)).collect();
        make_room(received, layers[0].values.dim());
        received.assign(&paths.last);
        *received *= &output_deltas.view().insert_axis(Axis(1));
        for index in (0..layers.len()).rev() {
            let (rest, above) = layers.split_at_mut(index + 1);
            let layer = &mut rest[index];
            layer.feature_deltas.assign(received);
            layer.feature_deltas *= &layer.slopes;
            if let Some(above) = above.first() {
                layer.feature_deltas += &above.feature_deltas;
            }
            if index > 0 {
                layer.residual_deltas.assign(&layer.feature_deltas);
                layer.residual_deltas *= &layer.residual_slopes;
                scale(&layer.residual_deltas, paths.shares, scaled);
                let correction = paths.corrections.get(index - 1).copied();
                paths.pairs[index - 1].send_back(scaled.view(), correction, received);
            }
        }
    }

    /// Computes drifts, to be read by [`Self::first_drift`] and its like, and returns E_Z φ(f, y).
    ///
    /// # Panics
    /// As [`Self::forward`].
    pub fn drift(&mut self, paths: PathWeights, points: Points) -> f64 {
        self.forward(paths, points.inputs);
        self.backward(paths, points);
        self.last_loss(points)
    }

    /// E_Z φ(f, y).
    ///
    /// # Panics
    /// As [`Self::forward`].
    pub fn loss(&mut self, paths: PathWeights, points: Points) -> f64 {
        self.forward(paths, points.inputs);
        self.last_loss(points)
    }

    fn last_loss(&self, points: Points) -> f64 {
        let loss = self.architecture.loss();
        let terms = points.labels.iter().zip(&self.outputs).zip(points.weights);
        terms.map(|((y, f), weight): ((&f64, &f64), &f64)| weight * loss.value(*y, *f)).sum()
    }

    /// f at the points of the last pass.
    pub fn outputs(&self) -> &Array1<f64> {
        &self.outputs
    }

    /// β_ℓ of the last pass, shape (points, paths); layers are counted from 1.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn features(&self, layer: usize) -> &Array2<f64> {
        &self.layers[layer - 1].features
    }

    /// α_ℓ of the last pass, shape (points, paths), ℓ from 2.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn residuals(&self, layer: usize) -> &Array2<f64> {
        &self.layers[layer - 1].residuals
    }

    /// h₁(β_ℓ) of the last pass, shape (points, paths); layers are counted from 1.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn values(&self, layer: usize) -> &Array2<f64> {
        &self.layers[layer - 1].values
    }

    /// G_1, shape (d, paths), of the last drift at these inputs.
    pub fn first_drift(&self, inputs: ArrayView2<f64>, into: &mut Array2<f64>) {
        general_mat_mul(1.0, &inputs.t(), &self.layers[0].feature_deltas, 0.0, into);
    }

    /// The two sides of G_ℓ = leftᵀ right, 2 ≤ ℓ ≤ L, both of shape (points, paths): h₁(β_{ℓ−1}) and D^α_ℓ.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn pair_drift(&self, layer: usize) -> [&Array2<f64>; 2] {
        [&self.layers[layer - 2].values, &self.layers[layer - 1].residual_deltas]
    }

    /// G_{L+1} of the last drift.
    pub fn last_drift(&self) -> Array1<f64> {
        self.layers[self.layers.len() - 1].values.t().dot(&self.output_deltas)
    }

    /// −dL/dt of the last drift at these inputs: (1/d) Σ q |G_1|² + Σ_ℓ ΣΣ q q' G_ℓ² + Σ q G_{L+1}².
    pub fn dissipation(&self, shares: ArrayView1<f64>, inputs: ArrayView2<f64>) -> f64 {
        let acting = shares.len();
        let mut scaled = Array2::zeros((0, 0));
        let products = inputs.dot(&inputs.t());
        let deltas = gram(&self.layers[0].feature_deltas, shares, &mut scaled);
        let mut sum = (&products * &deltas).sum() / inputs.ncols() as f64;
        for layer in 2..=self.layers.len() {
            let [left, right] = self.pair_drift(layer);
            sum += (gram(left, shares, &mut scaled) * gram(right, shares, &mut scaled)).sum();
        }
        let last = self.last_drift();
        sum + last.iter().take(acting).zip(shares).map(|(g, q)| q * g * g).sum::<f64>()
    }
}

/// Σ_Θ q(Θ) x(Θ) x(Θ)ᵀ, shape (points, points), of x of shape (points, paths) whose first paths act.
pub(crate) fn gram(x: &Array2<f64>, shares: ArrayView1<f64>, scaled: &mut Array2<f64>) -> Array2<f64> {
    scale(x, shares, scaled);
    scaled.dot(&x.slice(s![.., ..shares.len()]).t())
}

/// `from`, its first columns only, as many as there are shares, each times its share.
fn scale(from: &Array2<f64>, shares: ArrayView1<f64>, into: &mut Array2<f64>) {
    make_room(into, (from.nrows(), shares.len()));
    into.assign(&from.slice(s![.., ..shares.len()]));
    *into *= &shares;
}
