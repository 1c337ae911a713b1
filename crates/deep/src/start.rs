//! Starts of networks of any width and of their limits: the neuronal embedding (Definition 2 of Pham &
//! Nguyen 2021). Each neuron has a label whose coordinates are independent; weights are functions of the
//! labels at both ends, and, where entries are independent, of a draw of their own, which the limit knows by
//! its mean alone: ∂_t W_i, 1 < i < L, does not contain W_i's own start, which averages out of H_i and Δ_i.
//!
//! A correlated start (bidirectional diversity, the note on any depth) has
//! w_i⁰(c, c') = Σ_k λ_k [a_k(c') f_k(c) + b_k(c) g_k(c')], λ_k = scale k^{−decay}, with normal latents a, b
//! among the labels and fixed functions f_k, g_k of the whole labels.

use meanfield_random::stream::{Purpose, Stream, generator};
use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use thiserror::Error;

use crate::latents::{FixedFunctions, LatentSeries};
use crate::law::{EntryLaw, EntryLawError};

/// A start that is none.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum StartError {
    /// A law of one layer is none.
    #[error("layer {layer}: {error}")]
    Law {
        /// Counted from 1.
        layer: usize,
        /// The reason.
        error: EntryLawError,
    },
    /// There are too few layers or coordinates.
    #[error("a start has a law for each input coordinate and for each of two layers or more")]
    Short,
    /// A series without terms, or with numbers that are not finite.
    #[error("layer {layer}: a series of latents needs a term or more, a finite scale and a finite decay")]
    Series {
        /// Counted from 1.
        layer: usize,
    },
}

/// How the weights between hidden layers begin.
#[derive(Clone, Debug, PartialEq)]
enum Middle {
    /// Independent entries of one law for each layer 2 … L − 1.
    Independent(Vec<EntryLaw>),
    /// Series of latents for each layer 2 … L − 1.
    Latents(Vec<LatentSeries>),
}

/// The start of all layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    first: Vec<EntryLaw>,
    middle: Middle,
    last: EntryLaw,
}

impl Start {
    /// Independent weights: in the first layer a law for each input coordinate, in layers 2 … L one law each.
    ///
    /// # Errors
    /// Where a law is none, or there are too few.
    pub fn independent(first: Vec<EntryLaw>, mut others: Vec<EntryLaw>) -> Result<Self, StartError> {
        let last = others.pop().ok_or(StartError::Short)?;
        for (index, law) in others.iter().enumerate() {
            law.check().map_err(|error| StartError::Law { layer: index + 2, error })?;
        }
        Self::checked(Self { first, middle: Middle::Independent(others), last })
    }

    /// A correlated start: the first and the last layer have independent entries, the layers between them
    /// series of latents.
    ///
    /// # Errors
    /// Where a law or a series is none, or there are too few.
    pub fn correlated(
        first: Vec<EntryLaw>,
        series: Vec<LatentSeries>,
        last: EntryLaw,
    ) -> Result<Self, StartError> {
        for (index, one) in series.iter().enumerate() {
            if one.terms == 0 || !one.scale.is_finite() || !one.decay.is_finite() {
                return Err(StartError::Series { layer: index + 2 });
            }
        }
        Self::checked(Self { first, middle: Middle::Latents(series), last })
    }

    fn checked(self) -> Result<Self, StartError> {
        if self.first.is_empty() {
            return Err(StartError::Short);
        }
        for law in &self.first {
            law.check().map_err(|error| StartError::Law { layer: 1, error })?;
        }
        let layer = self.depth();
        self.last.check().map_err(|error| StartError::Law { layer, error })?;
        Ok(self)
    }

    /// L.
    pub fn depth(&self) -> usize {
        match &self.middle {
            Middle::Independent(laws) => laws.len() + 2,
            Middle::Latents(series) => series.len() + 2,
        }
    }

    /// Whether weights of hidden layers are series of latents.
    pub fn is_correlated(&self) -> bool {
        matches!(self.middle, Middle::Latents(_))
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.first.len()
    }

    /// For each input coordinate whether a neuron of the first layer sees it at t = 0: its weight is not
    /// always 0.
    pub fn seen(&self) -> Vec<bool> {
        self.first.iter().map(|law| law.mean() != 0.0 || law.variance() > 0.0).collect()
    }

    /// The law of the entries of a layer 2 … L, where it has independent ones.
    pub fn entry_law(&self, layer: usize) -> Option<EntryLaw> {
        match &self.middle {
            _ if layer == self.depth() => Some(self.last),
            Middle::Independent(laws) => layer.checked_sub(2).and_then(|index| laws.get(index)).copied(),
            Middle::Latents(_) => None,
        }
    }

    /// Terms of the series of the weights of a layer; none where it has no series.
    fn terms(&self, layer: usize) -> usize {
        match &self.middle {
            Middle::Latents(series) if layer >= 2 => series.get(layer - 2).map_or(0, |series| series.terms),
            _ => 0,
        }
    }

    /// The laws of the independent coordinates of the labels of a layer 1 … L − 1: first-layer weights,
    /// latents a of the weights that come in, b of those that go out, last-layer weight.
    pub fn label_laws(&self, layer: usize) -> Vec<EntryLaw> {
        let latent = EntryLaw::Normal { mean: 0.0, deviation: 1.0 };
        let mut laws = if layer == 1 { self.first.clone() } else { Vec::new() };
        laws.extend(std::iter::repeat_n(latent, self.terms(layer) + self.terms(layer + 1)));
        laws.extend((layer + 1 == self.depth()).then_some(self.last));
        laws
    }

    /// Labels of so many neurons of a layer, shape (neurons, coordinates).
    pub fn draw_labels(&self, layer: usize, neurons: usize, random: &mut Stream) -> Array2<f64> {
        let laws = self.label_laws(layer);
        Array2::from_shape_fn((neurons, laws.len()), |(_, coordinate)| laws[coordinate].draw(random))
    }

    /// Weights W_1 … W_L of the limit between neurons of these labels (of layers 1 … L − 1): independent
    /// entries of hidden layers are at their means.
    pub fn mean_weights(&self, labels: &[Array2<f64>]) -> Vec<Array2<f64>> {
        let depth = self.depth();
        let mut weights = vec![labels[0].slice(s![.., ..self.dimension()]).t().to_owned()];
        for layer in 2..depth {
            weights.push(self.middle_weights(layer, &labels[layer - 2], &labels[layer - 1]));
        }
        let last = &labels[depth - 2];
        weights.push(last.slice(s![.., last.ncols() - 1..]).to_owned());
        weights.iter().map(|matrix| matrix.as_standard_layout().into_owned()).collect()
    }

    /// W_i, 1 < i < L, between neurons of these labels, shape (above, below).
    fn middle_weights(&self, layer: usize, above: &Array2<f64>, below: &Array2<f64>) -> Array2<f64> {
        let series = match &self.middle {
            Middle::Independent(laws) => {
                return Array2::from_elem((above.nrows(), below.nrows()), laws[layer - 2].mean());
            }
            Middle::Latents(series) => series[layer - 2],
        };
        let sent = above.ncols() - self.terms(layer) - usize::from(layer == self.depth());
        let b = above.slice(s![.., sent..sent + series.terms]);
        let a = below.slice(s![.., ..series.terms]);
        let f = self.functions(layer, 0, layer - 1, series.terms).values(&self.standard(layer - 1, above));
        let g = self.functions(layer, 1, layer, series.terms).values(&self.standard(layer, below));
        let factors = series.factors();
        (&f * &factors).dot(&a.t()) + (&b * &factors).dot(&g.t())
    }

    /// The fixed functions f (side 0) or g (side 1) of the weights of a layer, of labels of layer `of`.
    fn functions(&self, layer: usize, side: u64, of: usize, terms: usize) -> FixedFunctions {
        let mut random = generator(side, Purpose::FixedFunctions, layer as u64);
        FixedFunctions::draw(terms, self.label_laws(of).len(), &mut random)
    }

    /// Labels with mean 0 and variance 1 in every coordinate that varies.
    fn standard(&self, layer: usize, labels: &Array2<f64>) -> Array2<f64> {
        let mut standard = labels.clone();
        for (mut column, law) in standard.axis_iter_mut(Axis(1)).zip(self.label_laws(layer)) {
            let deviation = law.variance().sqrt();
            column.mapv_inplace(|x| if deviation > 0.0 { (x - law.mean()) / deviation } else { 0.0 });
        }
        standard
    }

    /// A finite network drawn from a seed.
    pub fn network(&self, widths: &[usize], seed: u64) -> DrawnNetwork {
        let labels: Vec<Array2<f64>> = widths
            .iter()
            .enumerate()
            .map(|(index, width): (usize, &usize)| {
                let layer = index + 1;
                let mut random = generator(seed, Purpose::NeuronLabels, layer as u64);
                self.draw_labels(layer, *width, &mut random)
            })
            .collect();
        let mut weights = self.mean_weights(&labels);
        if let Middle::Independent(laws) = &self.middle {
            for (index, law) in laws.iter().enumerate() {
                let mut random = generator(seed, Purpose::LayerWeights, index as u64 + 2);
                weights[index + 1].mapv_inplace(|_| law.draw(&mut random));
            }
        }
        DrawnNetwork { labels, weights }
    }

    /// Every label of a layer with its coordinates at their mirror images.
    pub fn mirrored(&self, layer: usize, labels: ArrayView1<f64>) -> Array1<f64> {
        labels.iter().zip(self.label_laws(layer)).map(|(x, law): (&f64, EntryLaw)| law.mirror(*x)).collect()
    }
}

/// A finite network at t = 0, with the labels of its neurons in the embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnNetwork {
    /// Labels of layers 1 … L − 1, shape (n_i, coordinates).
    pub labels: Vec<Array2<f64>>,
    /// W_1 … W_L.
    pub weights: Vec<Array2<f64>>,
}
