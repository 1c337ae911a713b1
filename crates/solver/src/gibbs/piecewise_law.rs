//! A Gibbs state with an outer weight, the first coordinate, in the form in which every system reports its
//! law: the masses of cells of all pairs of coordinates.
//!
//! A box in the other coordinates is cut into pieces on which the density is a polynomial through the piece's
//! nodes, so smooth that the polynomial's last terms stand for nearly no mass; cells have their exact shares
//! of those. At each node the weight is Gaussian with one variance, and has its exact share of every cell. So
//! no node shows: what is reported is as smooth as the law, however narrow it is in a wide box. Polynomials
//! may fall below 0 by what they err by: such cells are reported as empty.

use std::ops::Range;

use meanfield_model::axis::{Axis, AxisError};
use meanfield_model::landscape::Landscape;
use meanfield_model::measure::{Measure, pairs};
use meanfield_model::normal;
use ndarray::{Array1, Array2, s};

use super::bath::Bath;
use super::piece::{PER_PIECE, Piece, PieceWeights, first_pieces, ln_sum};
use crate::nodes::Nodes;
use crate::panelled::PanelledBox;

/// Pieces are cut in two as long as there are no more than this.
const MOST_PIECES: usize = 1_500;
/// A law that was found on another box has so much more ln Z on this one that it says nothing any more.
const MUCH: f64 = 20.0;
/// Pieces lighter than this are left out.
const LIGHTEST: f64 = 1e-15;
/// The weight's cells hold so many deviations to either side of its mean at nodes of more than this mass.
const FAR: f64 = 7.0;
const TINY: f64 = 1e-13;
/// Cells beyond so many deviations have no share.
const FARTHEST: f64 = 6.5;
/// Equal cells from whose masses those of a law are chosen, and the part of these that is spread evenly.
const FINE: usize = 512;
const EVEN: f64 = 0.2;

/// A Gibbs state with an outer weight, as polynomials on pieces of a box.
pub struct PiecewiseLaw<const D: usize> {
    pieces: Vec<Piece<D>>,
    /// The ends of every coordinate.
    pub ends: [[f64; 2]; D],
    /// Of the weight, at any node.
    deviation: f64,
}

impl<const D: usize> PiecewiseLaw<D> {
    /// The law in this box that has these coefficients of Ψ and this ln Z (or one of its own, if that is far
    /// off), in pieces whose polynomials' last terms stand for no more mass than `smooth` each. The bath's
    /// amplitude is `Outer`.
    pub fn new(
        landscape: &dyn Landscape<D>,
        bath: Bath,
        (coefficients, ln_partition): (&[f64], f64),
        whole: &PanelledBox<D>,
        smooth: f64,
    ) -> Self {
        let first = first_pieces(whole).into_iter();
        let first: Vec<PieceWeights<D>> =
            first.map(|piece| PieceWeights::new(landscape, bath, coefficients, piece)).collect();
        let coarse = ln_sum(first.iter().flat_map(|weights| &weights.ln_weight));
        let ln_partition = if coarse > ln_partition + MUCH { coarse } else { ln_partition };
        let mut pieces = Vec::new();
        let mut open = first;
        while let Some(weights) = open.pop() {
            let piece = weights.normalised(ln_partition);
            let (roughest, roughness) = piece.roughest();
            if roughness > smooth && open.len() + pieces.len() < MOST_PIECES {
                let halves = piece.panelled.halves(roughest);
                open.extend(halves.map(|half| PieceWeights::new(landscape, bath, coefficients, half)));
            } else if piece.mass.sum() > LIGHTEST {
                pieces.push(piece);
            }
        }
        let deviation = bath.variance().sqrt();
        let of_weight = ends_of_weight(&pieces, FAR * deviation);
        let ends = std::array::from_fn(|c| if c == 0 { of_weight } else { whole.sides[c].ends() });
        Self { pieces, ends, deviation }
    }

    /// Number of nodes of all pieces.
    pub fn count(&self) -> usize {
        self.pieces.iter().map(|piece| piece.mass.len()).sum()
    }

    /// The nodes of all pieces, one piece after the other.
    pub fn nodes(&self) -> Nodes<D> {
        let mut nodes = Nodes::default();
        for own in self.pieces.iter().map(|piece| piece.panelled.nodes()) {
            nodes.position.extend(own.position);
            nodes.ln_volume.extend(own.ln_volume);
        }
        nodes
    }

    /// The part of `mass`, one a node, at the outermost nodes below and above along each side.
    pub fn edges(&self, mass: &[f64]) -> [[f64; 2]; D] {
        let mut edges = [[0.0; 2]; D];
        for (piece, mass) in self.pieces.iter().zip(mass.chunks(PER_PIECE.pow(D as u32 - 1))) {
            for (c, edge) in edges.iter_mut().enumerate().skip(1) {
                let own = piece.panelled.sides[c].ends();
                let whole = self.ends[c];
                let stride = piece.stride(c);
                for (which, at) in
                    [(0, 0), (1, PER_PIECE - 1)].into_iter().filter(|(w, _)| own[*w] == whole[*w])
                {
                    let outermost = mass.iter().enumerate().filter(|(i, _)| i / stride % PER_PIECE == at);
                    edge[which] += outermost.map(|(_, mass)| mass).sum::<f64>();
                }
            }
        }
        edges
    }

    /// The masses of so many cells along each coordinate, pair by pair; cells are narrow where there is mass.
    ///
    /// # Errors
    /// If the faces of an axis are not distinct numbers.
    pub fn law(&self, cells: [usize; D]) -> Result<Measure, AxisError> {
        let axes = (0..D).map(|c| self.axis(c, cells[c])).collect::<Result<Vec<_>, _>>()?;
        let mut sums: Vec<_> = pairs(D).map(|(c, other)| Array2::zeros((cells[c], cells[other]))).collect();
        for piece in &self.pieces {
            let along: Vec<CellShares> = (0..D).map(|c| self.cell_shares(piece, c, &axes[c])).collect();
            for ((first, second), sum) in pairs(D).zip(&mut sums) {
                let [one, other] = [first, second].map(|c| &along[c]);
                let mut part = sum.slice_mut(s![one.cells.clone(), other.cells.clone()]);
                part += &one.shares.dot(&piece.joint(first, second)).dot(&other.shares.t());
            }
        }
        let pairs: Vec<Array2<f64>> = sums.into_iter().map(|sum| sum.mapv(|mass| mass.max(0.0))).collect();
        Ok(match pairs.as_slice() {
            [only] => Measure::Cells { axes, mass: only.clone().into_dyn() },
            _ => Measure::Marginals { axes, pairs },
        })
    }

    /// So many cells between the ends of a coordinate, most of them evenly in ∫(density)^⅓, which gives
    /// narrow parts of little mass their share.
    fn axis(&self, c: usize, cells: usize) -> Result<Axis, AxisError> {
        let [lower, upper] = self.ends[c];
        let fine = Axis::uniform(lower, upper, FINE)?;
        let mut mass = Array1::zeros(FINE);
        for piece in &self.pieces {
            let along = self.cell_shares(piece, c, &fine);
            let mut part = mass.slice_mut(s![along.cells.clone()]);
            part += &along.shares.dot(&piece.marginal(c));
        }
        let root = mass.mapv(|mass: f64| mass.max(0.0).cbrt());
        let total = root.sum();
        let share = root.mapv(|root| (1.0 - EVEN) * root / total + EVEN / FINE as f64);
        Axis::from_faces(evenly(&fine, &share, cells))
    }

    /// The cells of an axis of coordinate c that a piece has mass in, and the shares of its nodes in them.
    fn cell_shares(&self, piece: &Piece<D>, c: usize, axis: &Axis) -> CellShares {
        if c == 0 {
            return CellShares::gaussian(axis, &piece.mean, self.deviation);
        }
        let cells = cells_between(axis, piece.panelled.sides[c].ends());
        CellShares { shares: piece.panelled.shares(c, axis, cells.clone()), cells }
    }
}

/// Some cells of an axis, and which share of the mass at each place of a piece's nodes along it is in each,
/// shape (cell, place). CellShares the first coordinate every node is a place of its own.
struct CellShares {
    cells: Range<usize>,
    shares: Array2<f64>,
}

impl CellShares {
    /// Nodes whose coordinate is Gaussian with these means.
    fn gaussian(axis: &Axis, means: &[f64], deviation: f64) -> Self {
        let ends = means.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[l, u], m| [l.min(*m), u.max(*m)]);
        let cells = cells_between(axis, [ends[0] - FARTHEST * deviation, ends[1] + FARTHEST * deviation]);
        let mut shares = Array2::zeros((cells.len(), means.len()));
        for (i, mean) in means.iter().enumerate() {
            let mut before = normal::distribution((axis.faces()[cells.start] - mean) / deviation);
            for (row, cell) in cells.clone().enumerate() {
                let here = normal::distribution((axis.faces()[cell + 1] - mean) / deviation);
                (shares[[row, i]], before) = (here - before, here);
            }
        }
        Self { cells, shares }
    }
}

/// From where to where the weight goes.
fn ends_of_weight<const D: usize>(pieces: &[Piece<D>], reach: f64) -> [f64; 2] {
    let nodes = pieces.iter().flat_map(|piece| piece.mean.iter().zip(&piece.mass));
    nodes
        .filter(|(_, mass)| **mass > TINY)
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[lower, upper], (mean, _)| {
            [lower.min(mean - reach), upper.max(mean + reach)]
        })
}

/// The cells that reach into an interval.
fn cells_between(axis: &Axis, [lower, upper]: [f64; 2]) -> Range<usize> {
    let inner = &axis.faces()[1..axis.cells()];
    inner.partition_point(|face| *face <= lower)..inner.partition_point(|face| *face < upper) + 1
}

/// Faces between which each of so many cells has the same part of what the cells of an axis have, linear
/// inside of these.
fn evenly(axis: &Axis, share: &Array1<f64>, cells: usize) -> Vec<f64> {
    let faces = axis.faces();
    let mut at = 0;
    let mut below = 0.0;
    let mut chosen = vec![faces[0]];
    for i in 1..cells {
        let wanted = i as f64 / cells as f64;
        while at + 1 < share.len() && below + share[at] < wanted {
            below += share[at];
            at += 1;
        }
        chosen.push(faces[at] + (wanted - below) / share[at] * axis.width(at));
    }
    chosen.push(faces[axis.cells()]);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_lie_closer_where_there_is_more() {
        let axis = Axis::uniform(0.0, 4.0, 4).expect("valid");
        let faces = evenly(&axis, &Array1::from(vec![0.1, 0.6, 0.2, 0.1]), 5);
        let exact = [0.0, 1.0 + 1.0 / 6.0, 1.5, 1.0 + 5.0 / 6.0, 2.5, 4.0];
        assert!(faces.iter().zip(exact).all(|(face, exact)| (face - exact).abs() < 1e-14), "{faces:?}");
    }

    #[test]
    fn the_cells_of_an_interval_are_those_it_reaches_into() {
        let axis = Axis::uniform(0.0, 4.0, 4).expect("valid");
        assert_eq!(cells_between(&axis, [1.0, 2.5]), 1..3);
        assert_eq!(cells_between(&axis, [-7.0, 9.0]), 0..4);
        assert_eq!(cells_between(&axis, [0.5, 1.0]), 0..1);
    }
}
