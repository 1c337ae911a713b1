//! The error where inputs have two or three blocks: ŷ depends on their lengths alone, which are the
//! coordinates. It is a polynomial of them by the [block series](crate::block_series::lengths), cut at an
//! order.

use ndarray::{ArrayD, Axis};

use super::lengths::{self, Lengths};
use super::space::NormalSpace;
use super::work::ClassificationWork;
use crate::activation::Activation;
use crate::block_modes::radial_functions;
use crate::block_series::offset_orders::OffsetOrders;
use crate::block_series::series::BlockSeries;
use crate::block_series::terms::Terms;
use crate::data::{BlockClass, BlockClasses};

/// Terms of a smaller Π μ are left out: errors change by less than 1e-5.
const LEAST: f64 = 1e-6;

/// Inputs and outputs by blocks.
#[derive(Clone, Debug)]
pub struct InputBlocks<const B: usize> {
    series: BlockSeries<B>,
    orders: OffsetOrders,
    lengths: [Lengths; B],
}

/// A neuron a σ(⟨w, x⟩ + b).
struct Neuron<const B: usize> {
    a: f64,
    b: f64,
    radii: [f64; B],
}

impl<const B: usize> InputBlocks<B> {
    /// Of such neurons on these data.
    pub fn new(data: &BlockClasses<B>, activation: &Activation) -> Self {
        let count = orders(data);
        Self {
            series: BlockSeries::of_terms(data, activation, terms(data)),
            orders: OffsetOrders::tabulated(activation, count),
            lengths: data.dimensions.map(Lengths::new),
        }
    }

    /// P(y ŷ ≤ 0) of a law of these points and masses.
    pub fn error_of(&self, points: &[(Vec<f64>, f64)]) -> f64 {
        let space = NormalSpace::new(B);
        let classes = self.series.classes.iter().enumerate();
        let error = |(class, data): (usize, &BlockClass<B>)| {
            let outputs = self.outputs(class, &space.nodes(), points);
            data.weight * space.share_below(outputs.iter().map(|output| data.label * output).collect())
        };
        classes.map(error).sum()
    }

    /// ŷ of a class at all nodes, given as deviates of the lengths: Σ_k φ_k √weight_k Π_B R_k(s_B), summed
    /// block by block.
    fn outputs(&self, class: usize, nodes: &[f64], points: &[(Vec<f64>, f64)]) -> Vec<f64> {
        let terms = &self.series.terms;
        let mut sums = ArrayD::zeros(vec![terms.orders(); B]);
        let moments = self.moments(class, points);
        for ((halves, weight), moment) in terms.halves.iter().zip(&terms.weights).zip(moments) {
            sums[&halves[..]] = weight.sqrt() * moment;
        }
        for (block, lengths) in self.lengths.iter().enumerate() {
            let lengths = nodes.iter().map(|deviate| lengths.length(*deviate));
            sums = summed(&sums, Axis(block), lengths.map(|length| self.polynomials(block, length)));
        }
        sums.into_iter().collect()
    }

    /// R_0, R_1, … at a length of a block.
    fn polynomials(&self, block: usize, length: f64) -> Vec<f64> {
        radial_functions(self.series.dimensions[block], 0, length, self.series.terms.orders())
    }

    /// The moments of a law as one class sees it: ∫ a φ_k dρ.
    fn moments(&self, class: usize, points: &[(Vec<f64>, f64)]) -> Vec<f64> {
        let count = self.series.terms.halves.len();
        let mut moments = vec![0.0; count];
        let mut orders = vec![0.0; self.series.terms.orders()];
        for (place, mass) in points {
            let Neuron { a, b, radii } = neuron(place);
            self.orders.values(b, self.series.scale(class, radii), &mut orders);
            self.series.values(class, radii, &orders, |k, value| {
                moments[k - class * count] += mass * a * value;
            });
        }
        moments
    }
}

/// Orders q_0, q_2, … of the series: as many as the block needs that needs most.
fn orders<const B: usize>(data: &BlockClasses<B>) -> usize {
    data.dimensions.map(lengths::orders).into_iter().max().unwrap_or(1)
}

/// Terms of the series: all of these orders that are seen.
fn terms<const B: usize>(data: &BlockClasses<B>) -> Terms<B> {
    Terms::of_orders(orders(data), data.dimensions, LEAST)
}

/// What it takes to know the error of one law.
pub fn work<const B: usize>(data: &BlockClasses<B>) -> ClassificationWork {
    let classes = data.classes.len();
    ClassificationWork {
        moments: (classes * terms(data).halves.len()) as f64,
        cells: (classes * NormalSpace::new(B).count()) as f64,
    }
}

/// The sums along an axis with each of these factors, in its place.
fn summed(terms: &ArrayD<f64>, axis: Axis, factors: impl ExactSizeIterator<Item = Vec<f64>>) -> ArrayD<f64> {
    let mut shape = terms.shape().to_vec();
    shape[axis.index()] = factors.len();
    let mut sums = ArrayD::zeros(shape);
    for (mut sum, factors) in sums.axis_iter_mut(axis).zip(factors) {
        for (term, factor) in terms.axis_iter(axis).zip(factors) {
            sum.scaled_add(factor, &term);
        }
    }
    sums
}

/// A neuron by its coordinates, with or without a and b.
fn neuron<const B: usize>(place: &[f64]) -> Neuron<B> {
    let (outer, radii) = place.split_at(place.len() - B);
    let [a, b] = if let [a, b] = *outer { [a, b] } else { [1.0, 0.0] };
    Neuron { a, b, radii: std::array::from_fn(|block| radii[block]) }
}
