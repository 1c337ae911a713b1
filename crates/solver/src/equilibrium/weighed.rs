//! A Gibbs state with an outer weight, the first coordinate, in the form in which every system reports its law: the masses of cells
//! of all pairs of coordinates.
//!
//! At each node of a box in the other coordinates the weight is Gaussian with one variance, and has its exact share of every cell;
//! along the other sides the density is the polynomial through the nodes of a panel. So no node shows: what is reported is as
//! smooth as the law. Polynomials may fall below 0 by what they err by: such cells are reported as empty.

use meanfield_model::axis::{Axis, AxisError};
use meanfield_model::measure::{Measure, pairs};
use meanfield_model::normal;
use ndarray::Array2;

use crate::panelled::PanelledBox;

/// The weight's cells hold so many deviations to either side of its mean at nodes of more than this mass.
const FAR: f64 = 7.0;
const TINY: f64 = 1e-13;
/// Nodes lighter than this are left out.
const LIGHTEST: f64 = 1e-18;

/// See the module's head.
pub struct Weighed<const D: usize> {
    /// The box; its first side is held.
    pub panelled: PanelledBox<D>,
    /// Of each node.
    pub mass: Vec<f64>,
    /// Mean of the weight at each node.
    pub mean: Vec<f64>,
    /// Variance of the weight at any node.
    pub variance: f64,
}

impl<const D: usize> Weighed<D> {
    /// The ends of every coordinate.
    pub fn ends(&self) -> [[f64; 2]; D] {
        let ends_of = |c: usize| if c == 0 { self.ends_of_weight() } else { self.panelled.sides[c].ends() };
        std::array::from_fn(ends_of)
    }

    fn ends_of_weight(&self) -> [f64; 2] {
        let reach = FAR * self.variance.sqrt();
        let means = self.mean.iter().zip(&self.mass).filter(|(_, mass)| **mass > TINY);
        means.fold([f64::INFINITY, f64::NEG_INFINITY], |[lower, upper], (mean, _)| {
            [lower.min(mean - reach), upper.max(mean + reach)]
        })
    }

    /// The masses of so many equal cells along each coordinate, pair by pair.
    pub fn law(&self, cells: [usize; D]) -> Result<Measure, AxisError> {
        let ends = self.ends();
        let axes = (0..D).map(|c| Axis::uniform(ends[c][0], ends[c][1], cells[c]));
        let axes = axes.collect::<Result<Vec<_>, _>>()?;
        let shares: Vec<Array2<f64>> = (1..D).map(|c| self.panelled.shares(c, &axes[c])).collect();
        let with_weight = self.with_weight(&axes[0]);
        let pair = |(first, second): (usize, usize)| {
            let mass = match first {
                0 => with_weight[second - 1].dot(&shares[second - 1].t()),
                _ => shares[first - 1].dot(&self.nodes_of(first, second)).dot(&shares[second - 1].t()),
            };
            mass.mapv(|mass| mass.max(0.0))
        };
        let pairs: Vec<Array2<f64>> = pairs(D).map(pair).collect();
        Ok(match pairs.as_slice() {
            [only] => Measure::Cells { axes, mass: only.clone().into_dyn() },
            _ => Measure::Marginals { axes, pairs },
        })
    }

    /// Nodes that have mass: where they stand along each side, their mass, and the weight's mean.
    fn heavy(&self) -> impl Iterator<Item = ([usize; D], f64, f64)> + '_ {
        let all = self.mass.iter().zip(&self.mean).enumerate().filter(|(_, (mass, _))| **mass > LIGHTEST);
        all.map(|(i, (mass, mean))| (self.panelled.indices(i), *mass, *mean))
    }

    /// The masses of the nodes of two sides, summed over the others.
    fn nodes_of(&self, first: usize, second: usize) -> Array2<f64> {
        let mut sums = Array2::zeros([first, second].map(|c| self.panelled.nodes_along(c)));
        self.heavy().for_each(|(at, mass, _)| sums[[at[first], at[second]]] += mass);
        sums
    }

    /// For each other coordinate: the masses of cells of the weight at its nodes, shape (cell, node).
    fn with_weight(&self, axis: &Axis) -> Vec<Array2<f64>> {
        let shape = |c: usize| Array2::zeros((self.panelled.nodes_along(c), axis.cells()));
        let mut sums: Vec<Array2<f64>> = (1..D).map(shape).collect();
        let deviation = self.variance.sqrt();
        let mut own = vec![0.0; axis.cells()];
        for (at, mass, mean) in self.heavy() {
            shares_of_gaussian(axis, mean, deviation, &mut own);
            for (c, sums) in sums.iter_mut().enumerate() {
                sums.row_mut(at[c + 1]).iter_mut().zip(&own).for_each(|(sum, share)| *sum += mass * share);
            }
        }
        sums.into_iter().map(Array2::reversed_axes).collect()
    }
}

/// The shares of the cells of an axis in a Gaussian.
fn shares_of_gaussian(axis: &Axis, mean: f64, deviation: f64, shares: &mut [f64]) {
    let below = |face: f64| normal::distribution((face - mean) / deviation);
    let mut before = below(axis.faces()[0]);
    for (share, face) in shares.iter_mut().zip(&axis.faces()[1..]) {
        let here = below(*face);
        (*share, before) = (here - before, here);
    }
}
