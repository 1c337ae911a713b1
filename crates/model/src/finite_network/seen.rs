//! Neurons under inputs of which all see normal ones, and what these contribute to the risk: pairs by the
//! series, beyond it in closed form where σ has straight pieces, over a table where it is smooth. It does
//! not know where the inputs come from.

use std::cell::OnceCell;

use ndarray::ArrayView1;

use super::series::Series;
use super::view::View;
use crate::activation::{Activation, Hinged, Input, LEAST_COSINE, NoisyPairs, Shape, Smooth};
use crate::quadrature::gaussian_expectation;

/// Inputs of which all neurons see normal ones: a class.
pub struct Seen<'a> {
    /// Probability.
    pub weight: f64,
    /// y.
    pub label: f64,
    /// As they see them.
    pub neurons: ClassNeurons<'a>,
}

/// The contribution of inputs whose pairs have the cosines of a view.
pub fn risk_of_seen(view: &View, seen: &[Seen]) -> f64 {
    let mut pairs = vec![0.0; seen.len()];
    view.for_each_row(|i, cosines| {
        pairs.iter_mut().zip(seen).for_each(|(pairs, seen)| *pairs += seen.neurons.row_of_pairs(i, cosines));
    });
    seen.iter().zip(&pairs).map(|(seen, pairs)| seen.risk(*pairs)).sum()
}

impl Seen<'_> {
    /// π E(y − ŷ)², from the sum over pairs of different neurons.
    fn risk(&self, pairs: f64) -> f64 {
        let series = &self.neurons.series;
        let count = self.neurons.outer.len() as f64;
        let output = series.means().sum::<f64>() / count;
        let square = (series.squares().iter().sum::<f64>() + 2.0 * pairs) / (count * count);
        self.weight * (self.label * self.label - 2.0 * self.label * output + square)
    }
}

/// The neurons a σ(z) of a network under the inputs of one class.
pub struct ClassNeurons<'a> {
    activation: &'a Activation,
    /// a.
    outer: &'a [f64],
    /// Laws of z.
    pub inputs: Vec<Input>,
    series: Series,
    /// For straight pieces: each neuron and its reflection.
    hinged: Vec<[Hinged; 2]>,
    /// For a smooth σ that bends near 0 for all inputs; computed for the first pair beyond the series.
    noisy: Option<(&'a Smooth, OnceCell<NoisyPairs>)>,
}

impl<'a> ClassNeurons<'a> {
    /// Neurons with these a and inputs, for pairs up to this correlation.
    pub fn new(
        activation: &'a Activation,
        outer: &'a [f64],
        inputs: impl Iterator<Item = Input>,
        cosine: f64,
    ) -> Self {
        let inputs: Vec<Input> = inputs.collect();
        let mut hinged = Vec::new();
        if let Activation::PiecewiseLinear(sigma) = activation {
            let neurons = inputs.iter().map(|input| Hinged::new(sigma, *input));
            hinged.extend(neurons.map(|neuron| [neuron.reflected(), neuron]));
        }
        let noisy = match activation {
            Activation::Smooth(sigma) if sigma.shape != Shape::Cosine && sigma.bends_near_zero(&inputs) => {
                Some((sigma, OnceCell::new()))
            }
            _ => None,
        };
        let series = Series::for_cosines(activation, outer, &inputs, cosine);
        Self { activation, outer, inputs, series, hinged, noisy }
    }

    /// Σ_{j<i} a_i a_j E σ(z_i)σ(z_j).
    pub fn row_of_pairs(&self, i: usize, cosines: ArrayView1<f64>) -> f64 {
        let mut beyond = Vec::new();
        let within = self.series.row_of_pairs(i, cosines, &mut beyond);
        within
            + beyond
                .into_iter()
                .map(|j: usize| self.outer[i] * self.outer[j] * self.pair(i, j, cosines[j]))
                .sum::<f64>()
    }

    /// E σ(z_i)σ(z_j) without the series.
    fn pair(&self, i: usize, j: usize, cosine: f64) -> f64 {
        if !self.hinged.is_empty() && cosine.abs() >= LEAST_COSINE {
            let second = &self.hinged[j][usize::from(cosine > 0.0)];
            return self.hinged[i][1].pair(second, cosine.abs());
        }
        match &self.noisy {
            Some((sigma, pairs)) => {
                pairs.get_or_init(|| NoisyPairs::new(sigma, &self.inputs)).pair(i, j, cosine)
            }
            None => pair_by_quadrature(self.activation, self.inputs[i], self.inputs[j], cosine),
        }
    }
}

/// E σ(SG + b) σ(S'G' + b') at correlation c: ∫ σ(Sg + b) E σ(S'cg + b' + S'√(1−c²) H) φ(g) dg, by the
/// trapezoid rule where σ is smooth, else split where the inner or the outer function bends.
pub fn pair_by_quadrature(activation: &Activation, input: Input, other: Input, cosine: f64) -> f64 {
    match activation {
        Activation::Smooth(sigma) => return sigma.pair(input, other, cosine),
        Activation::Polynomial(sigma) => return sigma.pair(input, other, cosine),
        Activation::Interpolated(sigma) => return sigma.pair(input, other, cosine),
        Activation::PiecewiseLinear(_) => {}
    }
    let spread = (1.0 - cosine * cosine).max(0.0).sqrt();
    let mut breaks = Vec::new();
    for kink in activation.kinks() {
        breaks.push((kink - input.offset) / input.scale);
        let centre = (kink - other.offset) / (other.scale * cosine);
        let width = spread / cosine.abs();
        breaks.push(centre);
        breaks
            .extend([1.0, 2.0, 4.0, 8.0].into_iter().flat_map(|m| [centre - m * width, centre + m * width]));
    }
    breaks.retain(|b| b.is_finite());
    gaussian_expectation(&breaks, |g| {
        let mean = activation.mean(other.offset + other.scale * cosine * g, other.scale * spread);
        activation.value(input.offset + input.scale * g) * mean
    })
}
