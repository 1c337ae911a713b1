//! The one engine of limits, finite networks and tagged neurons: outputs, losses and gradients of neurons
//! with shares q ≥ 0, over many data points at once, as products of matrices.
//!
//! A gradient here is the drift of a neuron or weight in the mean-field scaling, G_i = E_Z[φ_{i−1} Δ_iᵀ],
//! which is that of the loss divided by the shares of both ends: ∂L/∂W_i(j, k) = q_{i−1}(j) q_i(k) G_i(j, k).
//! Tagged neurons (q = 0) have one, too. Nothing here moves in time.

use std::sync::Arc;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Zip, s};

use crate::architecture::Architecture;
use crate::atoms::Atoms;
use crate::data::DataPoints;

/// Data points, or some of them.
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    /// x, shape (points, d).
    pub inputs: ArrayView2<'a, f64>,
    /// y.
    pub labels: ArrayView1<'a, f64>,
    /// The weights of E_Z.
    pub weights: ArrayView1<'a, f64>,
}

impl<'a> From<&'a DataPoints> for Points<'a> {
    fn from(data: &'a DataPoints) -> Self {
        Self { inputs: data.inputs().view(), labels: data.labels().view(), weights: data.weights().view() }
    }
}

impl<'a> Points<'a> {
    /// One point alone; `one` is its weight, 1.
    pub(crate) fn single(data: &'a DataPoints, point: usize, one: ArrayView1<'a, f64>) -> Self {
        Self {
            inputs: data.inputs().slice(s![point..=point, ..]),
            labels: data.labels().slice(s![point..=point]),
            weights: one,
        }
    }
}

/// Neurons of all layers as the engine takes them.
#[derive(Clone, Copy, Debug)]
pub struct Neurons<'a> {
    /// W_1 … W_L, as in [`Atoms`].
    pub weights: &'a [ArrayView2<'a, f64>],
    /// q_1 … q_{L−1}.
    pub shares: &'a [Array1<f64>],
}

/// What a layer's neurons do at all points, shape (points, n_i).
#[derive(Clone, Debug, Default)]
struct LayerPass {
    pre_activations: Array2<f64>,
    values: Array2<f64>,
    slopes: Array2<f64>,
    /// Δ_i times the weight of the point.
    deltas: Array2<f64>,
    /// What goes up or down, times the shares.
    scaled: Array2<f64>,
}

impl LayerPass {
    /// Makes room for points and neurons.
    fn resize(&mut self, shape: (usize, usize)) {
        let arrays = [&mut self.pre_activations, &mut self.values, &mut self.slopes, &mut self.deltas];
        for array in arrays {
            if array.dim() != shape {
                *array = Array2::zeros(shape);
            }
        }
    }
}

/// The engine with its work space.
///
/// ```
/// use std::sync::Arc;
///
/// use meanfield_deep::activation::LayerActivation;
/// use meanfield_deep::architecture::{Architecture, LayerSchedule};
/// use meanfield_deep::atoms::Atoms;
/// use meanfield_deep::engine::Engine;
/// use meanfield_model::loss::Loss;
/// use ndarray::array;
///
/// let linear = vec![LayerActivation::Identity; 2];
/// let architecture = Architecture::new(linear, Loss::Squared, vec![LayerSchedule::PLAIN; 2])?;
/// // Two neurons: ŷ = ½ (3 · 1x + 5 · 2x).
/// let atoms = Atoms::network(vec![array![[1.0, 2.0]], array![[3.0], [5.0]]])?;
/// let mut engine = Engine::new(Arc::new(architecture));
/// let outputs = engine.outputs(&atoms, array![[1.0], [2.0]].view());
/// assert_eq!(outputs, array![6.5, 13.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    architecture: Arc<Architecture>,
    layers: Vec<LayerPass>,
}

/// Neurons that act: those up to the last whose share is not 0.
fn acting(shares: &Array1<f64>) -> usize {
    shares.iter().rposition(|q| *q != 0.0).map_or(0, |last| last + 1)
}

/// `from`, its first columns only, as many as there are shares, each times its share.
fn scale(from: &Array2<f64>, shares: ArrayView1<f64>, into: &mut Array2<f64>) {
    let shape = (from.nrows(), shares.len());
    if into.dim() != shape {
        *into = Array2::zeros(shape);
    }
    for (mut into, from) in into.rows_mut().into_iter().zip(from.rows()) {
        let from = from.slice_move(s![..shape.1]);
        Zip::from(&mut into).and(&from).and(shares).for_each(|into, from, q| *into = from * q);
    }
}

impl Engine {
    /// An engine for networks of one architecture, of any width.
    pub fn new(architecture: Arc<Architecture>) -> Self {
        let layers = vec![LayerPass::default(); architecture.depth()];
        Self { architecture, layers }
    }

    /// The architecture.
    pub fn architecture(&self) -> &Arc<Architecture> {
        &self.architecture
    }

    /// Computes pre-activations and outputs at inputs of shape (points, d).
    ///
    /// # Panics
    /// Where neurons, inputs and architecture do not fit together.
    pub fn forward(&mut self, neurons: Neurons, inputs: ArrayView2<f64>) {
        for (index, weights) in neurons.weights.iter().enumerate() {
            let (before, rest) = self.layers.split_at_mut(index);
            let layer = &mut rest[0];
            layer.resize((inputs.nrows(), weights.ncols()));
            match before.last_mut() {
                None => general_mat_mul(1.0, &inputs, weights, 0.0, &mut layer.pre_activations),
                Some(LayerPass { values, scaled, .. }) => {
                    let shares = &neurons.shares[index - 1];
                    let acting = acting(shares);
                    scale(values, shares.slice(s![..acting]), scaled);
                    let acting_weights = weights.slice(s![..acting, ..]);
                    general_mat_mul(1.0, scaled, &acting_weights, 0.0, &mut layer.pre_activations);
                }
            }
            let h = layer.pre_activations.as_slice().expect("in one piece");
            let values = layer.values.as_slice_mut().expect("in one piece");
            let slopes = layer.slopes.as_slice_mut().expect("in one piece");
            self.architecture.activations()[index].evaluate(h, values, slopes);
        }
    }

    /// H_i at the inputs of the last [`Self::forward`], shape (points, n_i); layers are counted from 1.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn pre_activations(&self, layer: usize) -> &Array2<f64> {
        &self.layers[layer - 1].pre_activations
    }

    /// Δ_i times the weights of the points of the last [`Self::gradient`], shape (points, n_i); layers are
    /// counted from 1.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn deltas(&self, layer: usize) -> &Array2<f64> {
        &self.layers[layer - 1].deltas
    }

    /// φ_i(H_i) at the inputs of the last [`Self::forward`], shape (points, n_i); layers are counted from 1.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn values(&self, layer: usize) -> &Array2<f64> {
        &self.layers[layer - 1].values
    }

    /// ŷ at the inputs of the last [`Self::forward`].
    ///
    /// # Panics
    /// Before the first one.
    pub fn last_outputs(&self) -> ArrayView1<'_, f64> {
        self.layers[self.layers.len() - 1].values.column(0)
    }

    /// ŷ at inputs of shape (points, d).
    ///
    /// # Panics
    /// As [`Self::forward`].
    pub fn outputs(&mut self, atoms: &Atoms, inputs: ArrayView2<f64>) -> Array1<f64> {
        self.forward(Neurons { weights: &atoms.views(), shares: &atoms.shares }, inputs);
        self.last_outputs().to_owned()
    }

    /// E_Z ℓ(y, ŷ).
    ///
    /// # Panics
    /// As [`Self::forward`].
    pub fn loss(&mut self, neurons: Neurons, points: Points) -> f64 {
        self.forward(neurons, points.inputs);
        self.last_loss(points)
    }

    fn last_loss(&self, points: Points) -> f64 {
        let loss = self.architecture.loss();
        let outputs = self.last_outputs();
        let terms = outputs.iter().zip(points.labels).zip(points.weights);
        terms
            .map(|((output, label), weight): ((&f64, &f64), &f64)| weight * loss.value(*label, *output))
            .sum()
    }

    /// Writes G_1 … G_L, shapes as the weights', and returns E_Z ℓ(y, ŷ).
    ///
    /// # Panics
    /// As [`Self::forward`], and where the shapes differ.
    pub fn gradient(
        &mut self,
        neurons: Neurons,
        points: Points,
        gradients: &mut [ArrayViewMut2<f64>],
    ) -> f64 {
        self.forward(neurons, points.inputs);
        self.backward(neurons, points);
        for (index, gradient) in gradients.iter_mut().enumerate() {
            let below = match index {
                0 => points.inputs,
                _ => self.layers[index - 1].values.view(),
            };
            general_mat_mul(1.0, &below.t(), &self.layers[index].deltas, 0.0, gradient);
        }
        self.last_loss(points)
    }

    /// Computes all Δ, times the weights of the points, after [`Self::forward`].
    fn backward(&mut self, neurons: Neurons, points: Points) {
        let loss = self.architecture.loss();
        let last = self.layers.len() - 1;
        let LayerPass { values, slopes, deltas, .. } = &mut self.layers[last];
        for (point, delta) in deltas.iter_mut().enumerate() {
            let slope = loss.slope(points.labels[point], values[[point, 0]]);
            *delta = points.weights[point] * slope * slopes[[point, 0]];
        }
        let whole = Array1::ones(1);
        for index in (0..last).rev() {
            let (below, above) = self.layers.split_at_mut(index + 1);
            let shares = neurons.shares.get(index + 1).unwrap_or(&whole);
            let acting = acting(shares);
            let LayerPass { deltas, scaled, .. } = &mut above[0];
            scale(deltas, shares.slice(s![..acting]), scaled);
            let weights = neurons.weights[index + 1].slice(s![.., ..acting]);
            let layer = &mut below[index];
            general_mat_mul(1.0, scaled, &weights.t(), 0.0, &mut layer.deltas);
            layer.deltas *= &layer.slopes;
        }
    }
}

/// Σ over the weights of a layer of q_{i−1} q_i G_i²: by how much the loss falls per unit of ∫ξ_i, layer by
/// layer.
pub fn squared_gradients(gradients: &[ArrayView2<f64>], shares: &[Array1<f64>]) -> Vec<f64> {
    let mut squares = Vec::with_capacity(gradients.len());
    for (index, gradient) in gradients.iter().enumerate() {
        let mut sum = 0.0;
        for (row, values) in gradient.rows().into_iter().enumerate() {
            let above = if index == 0 { 1.0 } else { shares[index - 1][row] };
            let along = match shares.get(index) {
                Some(shares) => values.iter().zip(shares).map(|(g, q)| q * g * g).sum::<f64>(),
                None => values[0] * values[0],
            };
            sum += above * along;
        }
        squares.push(sum);
    }
    squares
}
