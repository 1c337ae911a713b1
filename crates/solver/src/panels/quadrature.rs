//! What the weights of panels leave out of integrals over the start.
//!
//! The map z(t, g) may be a polynomial on every panel, and means of functions of z err all the same: nodes of
//! Gauss and Legendre with weights φ dg integrate a polynomial times φ nearly, and few of them end before φ
//! does. The integral of the polynomial through the nodes times φ itself, tails included, is another
//! quadrature on the same nodes; the difference of the two is the estimate. It is taken of two functions
//! of slope about 1 for each coordinate: s sin(z/s) and z²/(2s), s the root mean square of z.
//!
//! It splits nothing: more atoms are the remedy.

use meanfield_model::normal;
use meanfield_model::pushforward::nodes::Nodes;

use super::rule::legendre;
use super::{Panels, tensor};

/// |g| beyond this has probability 2e-23.
const FAR: f64 = 10.0;
/// Widest interval on which one rule of so many nodes integrates φ times a polynomial to rounding.
const WIDEST: f64 = 1.0;
const NODES: usize = 16;

/// s sin(z/s) and z²/(2s), for a law of scale s; both 0 where s is.
fn test_functions(z: f64, scale: f64) -> [f64; 2] {
    if scale == 0.0 {
        return [0.0; 2];
    }
    [scale * (z / scale).sin(), 0.5 * z * z / scale]
}

impl Panels {
    /// The sum over panels of what weights leave out of the integral of a test function, at the coordinate,
    /// function and direction for which it is the most: about what means err by, as a length.
    pub(super) fn left_out_by_weights(&self, positions: &[f64]) -> f64 {
        let scales = self.scales(positions);
        let fine = Nodes::new(NODES);
        (0..self.count()).map(|i| self.left_out_on(i, positions, &scales, &fine)).sum()
    }

    /// Root mean square of each coordinate.
    fn scales(&self, positions: &[f64]) -> Vec<f64> {
        let count = positions.len() / self.atoms();
        let mut squares = vec![0.0; count];
        for (z, (_, weight)) in positions.chunks_exact(count).zip(self.nodes()) {
            for (square, z) in squares.iter_mut().zip(z) {
                *square += weight * z * z;
            }
        }
        squares.into_iter().map(f64::sqrt).collect()
    }

    /// The largest of one panel.
    fn left_out_on(&self, i: usize, positions: &[f64], scales: &[f64], fine: &Nodes) -> f64 {
        let on_panel = self.on_panel(i, positions);
        let lines: Vec<Vec<f64>> = self.weights_of_lines(i);
        let mut largest: f64 = 0.0;
        for direction in 0..self.directions {
            let ends = self.panel(i)[direction];
            let exact = self.weights_of_polynomials(ends, fine);
            let mut factors = lines.clone();
            factors[direction] = lines[direction].iter().zip(exact).map(|(own, exact)| own - exact).collect();
            largest = largest.max(self.largest_integral(on_panel, scales, &factors));
        }
        self.share(i) * largest
    }

    /// The weights of panel `i` along each direction.
    fn weights_of_lines(&self, i: usize) -> Vec<Vec<f64>> {
        let along = |ends: &[f64; 2]| self.on_line(*ends).into_iter().map(|(_, weight)| weight).collect();
        self.panel(i).iter().map(along).collect()
    }

    /// Largest |∫| of a test function of a coordinate, by weights that are products of these factors.
    fn largest_integral(&self, on_panel: &[f64], scales: &[f64], factors: &[Vec<f64>]) -> f64 {
        let mut integrals = vec![[0.0; 2]; scales.len()];
        for (at, z) in tensor(self.rule.nodes.len(), self.directions).zip(on_panel.chunks(scales.len())) {
            let weight: f64 = at.iter().zip(factors).map(|(k, factor)| factor[*k]).product();
            for ((integral, z), scale) in integrals.iter_mut().zip(z).zip(scales) {
                let [sine, square] = test_functions(*z, *scale);
                integral[0] += weight * sine;
                integral[1] += weight * square;
            }
        }
        integrals.iter().flatten().fold(0.0, |largest: f64, integral| largest.max(integral.abs()))
    }

    /// The weights that integrate the polynomial through the nodes of an interval times φ; the outermost
    /// intervals go on to infinity.
    fn weights_of_polynomials(&self, ends: [f64; 2], fine: &Nodes) -> Vec<f64> {
        let integrals = self.integrals_of_legendre(ends, fine);
        let mut weights = vec![0.0; integrals.len()];
        for (row, integral) in self.rule.coefficients.iter().zip(integrals) {
            weights.iter_mut().zip(row).for_each(|(weight, a)| *weight += integral * a);
        }
        weights
    }

    /// ∫ P_n φ dg over an interval for each degree n below the number of nodes, P_n in the interval's own
    /// coordinate.
    fn integrals_of_legendre(&self, [from, until]: [f64; 2], fine: &Nodes) -> Vec<f64> {
        let first = if from <= -self.reach { from.min(-FAR) } else { from };
        let last = if until >= self.reach { until.max(FAR) } else { until };
        let pieces = ((last - first) / WIDEST).ceil().max(1.0);
        let half = 0.5 * (last - first) / pieces;
        let mut integrals = vec![0.0; self.rule.nodes.len()];
        for piece in 0..pieces as usize {
            let middle = first + (2 * piece + 1) as f64 * half;
            for (x, weight) in fine.x.iter().zip(&fine.weights) {
                let g = middle + half * x;
                let own = (2.0 * g - from - until) / (until - from);
                let mass = half * weight * normal::density(g);
                for (n, integral) in integrals.iter_mut().enumerate() {
                    *integral += mass * legendre(n, own);
                }
            }
        }
        integrals
    }
}
