//! A law on a line: mean, spread, distribution function, quantiles.
//!
//! Both kinds are held as one thing, a quantile function made of straight pieces: an atom is a
//! flat piece, a cell (uniform density inside) a rising one. Distances between two laws then need
//! no case distinction.

mod disjoint;
mod piece;

pub use disjoint::disjoint;
pub use piece::Piece;

use crate::axis::Axis;

/// A law on the line: pieces in increasing order.
#[derive(Clone, Debug, PartialEq)]
pub struct Marginal {
    pieces: Vec<Piece>,
}

impl Marginal {
    /// Uniform density inside each cell.
    ///
    /// # Panics
    /// Where there is not one mass a cell.
    pub fn cells(axis: Axis, mass: Vec<f64>) -> Self {
        assert_eq!(axis.cells(), mass.len(), "one mass a cell");
        Self {
            pieces: mass
                .iter()
                .enumerate()
                .filter(|(_, m)| **m > 0.0)
                .map(|(i, &mass): (usize, &f64)| Piece {
                    mass,
                    from: axis.faces()[i],
                    to: axis.faces()[i + 1],
                })
                .collect(),
        }
    }

    /// Weighted atoms in any order; atoms without weight are left out.
    ///
    /// # Panics
    /// Where there is not one weight an atom.
    pub fn atoms(points: Vec<f64>, weights: Vec<f64>) -> Self {
        assert_eq!(points.len(), weights.len(), "one weight an atom");
        let mut pieces: Vec<Piece> = points
            .into_iter()
            .zip(weights)
            .filter(|(_, mass)| *mass > 0.0)
            .map(|(at, mass)| Piece { mass, from: at, to: at })
            .collect();
        pieces.sort_by(|a, b| a.from.total_cmp(&b.from));
        Self { pieces }
    }

    /// Any pieces in any order, those without mass left out. They may overlap.
    pub fn of_pieces(mut pieces: Vec<Piece>) -> Self {
        pieces.retain(|piece| piece.mass > 0.0);
        pieces.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
        // Atoms at one place, which come side by side, are one.
        pieces.dedup_by(|next, previous| {
            let same = next.from == next.to && previous.to == next.to && previous.from == next.from;
            previous.mass += if same { next.mass } else { 0.0 };
            same
        });
        Self { pieces: disjoint(&pieces) }
    }

    /// Several laws with equal shares: the law of an ensemble, its atoms pooled. Pieces of pooled *cells* may
    /// overlap; moments and distribution function do not mind, `quantile` takes atoms only.
    pub fn pooled(laws: &[Marginal]) -> Self {
        let share = 1.0 / laws.len() as f64;
        let mut pieces: Vec<Piece> = laws
            .iter()
            .flat_map(|law| law.pieces.iter().map(|p: &Piece| Piece { mass: p.mass * share, ..*p }))
            .collect();
        pieces.sort_by(|a, b| a.from.total_cmp(&b.from));
        Self { pieces }
    }

    /// The pieces, in increasing order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Total mass.
    pub fn total(&self) -> f64 {
        self.pieces.iter().map(|p| p.mass).sum()
    }

    /// Mean.
    pub fn mean(&self) -> f64 {
        self.pieces.iter().map(|p| p.mass * 0.5 * (p.from + p.to)).sum::<f64>() / self.total()
    }

    /// Standard deviation, the spread inside each cell included.
    pub fn standard_deviation(&self) -> f64 {
        let mean = self.mean();
        let squares = self.pieces.iter().map(|p| p.mass * p.mean_square_about(mean));
        (squares.sum::<f64>() / self.total()).sqrt()
    }

    /// P(X ≤ x), or P(X < x) if `open`.
    fn mass_below(&self, x: f64, open: bool) -> f64 {
        self.pieces
            .iter()
            .map(|p: &Piece| {
                if p.to < x || (p.to == x && (p.from < p.to || !open)) {
                    p.mass
                } else if p.from < x {
                    p.mass * (x - p.from) / (p.to - p.from)
                } else {
                    0.0
                }
            })
            .sum::<f64>()
            / self.total()
    }

    /// Distribution function P(X ≤ x).
    pub fn distribution(&self, x: f64) -> f64 {
        self.mass_below(x, false)
    }

    /// Its limit from the left, P(X < x).
    pub fn distribution_from_left(&self, x: f64) -> f64 {
        self.mass_below(x, true)
    }

    /// Smallest x with P(X ≤ x) ≥ `level`, 0 < level < 1; linear inside a cell.
    pub fn quantile(&self, level: f64) -> f64 {
        let target = level * self.total();
        let mut below = 0.0;
        for piece in &self.pieces {
            if below + piece.mass >= target {
                return piece.from
                    + (piece.to - piece.from) * ((target - below) / piece.mass).clamp(0.0, 1.0);
            }
            below += piece.mass;
        }
        self.pieces.last().map_or(f64::NAN, |p| p.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves() -> (Marginal, Marginal) {
        let axis = Axis::from_faces(vec![0.0, 1.0, 3.0]).expect("valid");
        (Marginal::cells(axis, vec![0.5, 0.5]), Marginal::atoms(vec![2.0, 1.0], vec![0.75, 0.25]))
    }

    #[test]
    fn moments_and_quantiles_by_hand() {
        let (cells, atoms) = halves();
        assert!((cells.mean() - 1.25).abs() < 1e-15 && (atoms.mean() - 1.75).abs() < 1e-15);
        // E X² = ½·1/3 + ½·13/3 for the cells
        assert!((cells.standard_deviation().powi(2) - (7.0 / 3.0 - 1.5625)).abs() < 1e-14);
        assert_eq!((cells.quantile(0.5), cells.quantile(0.75), atoms.quantile(0.25)), (1.0, 2.0, 1.0));
        assert_eq!(atoms.quantile(0.26), 2.0);
    }

    #[test]
    fn the_distribution_function_jumps_at_atoms_only() {
        let (cells, atoms) = halves();
        assert_eq!((atoms.distribution_from_left(1.0), atoms.distribution(1.0)), (0.0, 0.25));
        assert_eq!((cells.distribution_from_left(2.0), cells.distribution(2.0)), (0.75, 0.75));
        assert_eq!((cells.distribution(-1.0), cells.distribution(9.0)), (0.0, 1.0));
    }

    #[test]
    fn atoms_at_one_place_are_one() {
        let piece = |mass, from, to| Piece { mass, from, to };
        let all =
            vec![piece(0.2, 0.0, 0.0), piece(0.5, 0.0, 1.0), piece(0.1, 0.0, 0.0), piece(0.2, 0.5, 0.5)];
        let law = Marginal::of_pieces(all);
        assert!((law.pieces()[0].mass - 0.3).abs() < 1e-15 && law.pieces()[0].to == 0.0, "{law:?}");
        // ½ spread over [0, 1], cut in two by the atom in its middle.
        assert_eq!(law.pieces().len(), 4);
        assert!((law.distribution(0.5) - 0.75).abs() < 1e-15 && (law.quantile(0.6) - 0.5).abs() < 1e-15);
    }

    #[test]
    fn pieces_of_rounding_s_width_leave_the_others_as_they_are() {
        // Ten of them, as a part of a law that starts at a point is cut.
        let narrow =
            |i: usize| Piece { mass: 0.02, from: 0.3 - 1e-16 * i as f64, to: 0.3 + 1e-16 * i as f64 };
        let wide = Piece { mass: 0.8, from: -1.0, to: 1.0 };
        let law = Marginal::of_pieces((1..=10).map(narrow).chain([wide]).collect());
        assert!((law.total() - 1.0).abs() < 1e-13, "{}", law.total());
        for (level, exact) in [(0.1, -0.75), (0.6, 0.3), (0.9, 0.75)] {
            assert!((law.quantile(level) - exact).abs() < 1e-12, "{level}: {}", law.quantile(level));
        }
    }

    #[test]
    fn pooling_shares_the_mass() {
        let (cells, atoms) = halves();
        let pool = Marginal::pooled(&[cells, atoms]);
        assert!((pool.total() - 1.0).abs() < 1e-15 && (pool.mean() - 1.5).abs() < 1e-15);
    }
}
