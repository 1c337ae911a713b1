//! Distances between two laws on a line: Wasserstein 1 and 2, Kolmogorov–Smirnov.
//!
//! All are exact for quantile functions made of straight pieces, hence for atoms and for cells with
//! uniform density alike; nothing is sampled. Totals are normalised away. It knows no records and
//! no times; laws that are empty or not finite have distance NaN from all others.

use meanfield_model::marginal::{Marginal, Piece, disjoint};
use meanfield_run::quantities::{KOLMOGOROV_SMIRNOV, WASSERSTEIN_1, WASSERSTEIN_2};
use meanfield_run::quantity::Quantity;

/// A point mass is large from this share on, a piece narrow up to this share of where the law ends.
const LARGE: f64 = 0.01;
const NARROW: f64 = 1e-2;

/// A distance between two laws on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Distance {
    /// ∫ |F⁻¹ − G⁻¹| du.
    Wasserstein1,
    /// (∫ |F⁻¹ − G⁻¹|² du)^½.
    Wasserstein2,
    /// sup |F − G|.
    KolmogorovSmirnov,
}

impl Distance {
    /// All of them.
    pub const ALL: [Distance; 3] = [Self::Wasserstein1, Self::Wasserstein2, Self::KolmogorovSmirnov];

    /// Its quantity, which has its name and meaning in records and claims.
    pub fn quantity(self) -> &'static Quantity {
        match self {
            Self::Wasserstein1 => WASSERSTEIN_1,
            Self::Wasserstein2 => WASSERSTEIN_2,
            Self::KolmogorovSmirnov => KOLMOGOROV_SMIRNOV,
        }
    }

    /// The distance between two laws.
    pub fn between(self, a: &Marginal, b: &Marginal) -> f64 {
        match self {
            Self::Wasserstein1 => wasserstein_1(a, b),
            Self::Wasserstein2 => wasserstein_2(a, b),
            Self::KolmogorovSmirnov => kolmogorov_smirnov(a, b),
        }
    }
}

/// W₁ = ∫₀¹ |F⁻¹(u) − G⁻¹(u)| du, in the unit of the coordinate.
pub fn wasserstein_1(a: &Marginal, b: &Marginal) -> f64 {
    integrate_gap(a, b, absolute_integral)
}

/// W₂ = (∫₀¹ (F⁻¹(u) − G⁻¹(u))² du)^½ (not its square), in the unit of the coordinate.
pub fn wasserstein_2(a: &Marginal, b: &Marginal) -> f64 {
    integrate_gap(a, b, mean_square).sqrt()
}

/// sup |F − G| over the line, both one-sided limits, in [0, 1].
pub fn kolmogorov_smirnov(a: &Marginal, b: &Marginal) -> f64 {
    let (Some(a), Some(b)) = (shares(a), shares(b)) else { return f64::NAN };
    let ends = ends_of_both(&a, &b);
    let mut distribution_a = Distribution::new(&a);
    let mut distribution_b = Distribution::new(&b);
    ends.into_iter().fold(0.0, |worst: f64, x| {
        let [left_a, right_a] = distribution_a.limits(x);
        let [left_b, right_b] = distribution_b.limits(x);
        worst.max((left_a - left_b).abs()).max((right_a - right_b).abs())
    })
}

/// ∫ (F − G)² dx over the line, in the unit of the coordinate: half the square of the energy distance there.
pub fn integral_of_squared_difference(a: &Marginal, b: &Marginal) -> f64 {
    let (Some(a), Some(b)) = (shares(a), shares(b)) else { return f64::NAN };
    let ends = ends_of_both(&a, &b);
    let mut distribution_a = Distribution::new(&a);
    let mut distribution_b = Distribution::new(&b);
    // F − G is linear from one end to the next.
    let mut previous: Option<(f64, f64)> = None;
    let mut sum = 0.0;
    for x in ends {
        let [left_a, right_a] = distribution_a.limits(x);
        let [left_b, right_b] = distribution_b.limits(x);
        if let Some((end, right)) = previous {
            sum += (x - end) * mean_square(right, left_a - left_b);
        }
        previous = Some((x, right_a - right_b));
    }
    sum
}

/// The ends of all pieces of two laws, in increasing order.
fn ends_of_both(a: &[Piece], b: &[Piece]) -> Vec<f64> {
    let mut ends: Vec<f64> = a.iter().chain(b).flat_map(|piece| [piece.from, piece.to]).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    ends
}

/// The mean square of the function that is linear from `left` to `right`.
fn mean_square(left: f64, right: f64) -> f64 {
    (left * left + left * right + right * right) / 3.0
}

/// The width of the piece of one law in which sup |F − G| is reached at a point mass of the other, if that
/// piece is narrow: a shift by that width would remove the distance. None where the supremum is not at a
/// point mass.
pub fn jump_in_a_narrow_piece(a: &Marginal, b: &Marginal) -> Option<f64> {
    let a = shares(a)?;
    let b = shares(b)?;
    let range = range(&a).max(range(&b));
    widest_facing(&a, &b, NARROW * range).or_else(|| widest_facing(&b, &a, NARROW * range))
}

/// The widest narrow piece of one law that holds a large point mass of the other.
fn widest_facing(atoms: &[Piece], spread: &[Piece], narrow: f64) -> Option<f64> {
    let jumps = atoms.iter().filter(|piece| piece.from == piece.to && piece.mass >= LARGE);
    jumps.filter_map(|jump| narrow_piece_at(spread, jump, narrow)).reduce(f64::max)
}

/// The width of a piece no wider than `narrow` that holds a tenth of a point mass within it or more.
fn narrow_piece_at(pieces: &[Piece], jump: &Piece, narrow: f64) -> Option<f64> {
    pieces
        .iter()
        .find(|piece: &&Piece| {
            let width = piece.to - piece.from;
            width > 0.0
                && width <= narrow
                && (piece.from..=piece.to).contains(&jump.from)
                && piece.mass >= LARGE.max(0.1 * jump.mass)
        })
        .map(|piece| piece.to - piece.from)
}

/// Largest absolute value of the ends of a law.
fn range(pieces: &[Piece]) -> f64 {
    let ends = pieces.first().zip(pieces.last());
    ends.map_or(0.0, |(first, last)| last.to.abs().max(first.from.abs()))
}

/// ∫₀¹ of the function that is linear from `left` to `right`, in absolute value.
fn absolute_integral(left: f64, right: f64) -> f64 {
    if left * right >= 0.0 {
        0.5 * (left + right).abs()
    } else {
        0.5 * (left * left + right * right) / (left.abs() + right.abs())
    }
}

/// Sum over the merged pieces of mass × `mean_of(F⁻¹ − G⁻¹ at the left end, at the right end)`.
fn integrate_gap(a: &Marginal, b: &Marginal, mean_of: impl Fn(f64, f64) -> f64) -> f64 {
    let (Some(a), Some(b)) = (shares(a), shares(b)) else { return f64::NAN };
    let mut i = 0;
    let mut j = 0;
    let mut used_a = 0.0;
    let mut used_b = 0.0;
    let mut sum = 0.0;
    while i < a.len() && j < b.len() {
        let rest_a = a[i].mass - used_a;
        let rest_b = b[j].mass - used_b;
        let mass = rest_a.min(rest_b);
        let [left, right] = [0.0, mass]
            .map(|ahead| quantile_within(&a[i], used_a + ahead) - quantile_within(&b[j], used_b + ahead));
        sum += mass * mean_of(left, right);
        used_a += mass;
        used_b += mass;
        if rest_a <= mass {
            i += 1;
            used_a = 0.0;
        }
        if rest_b <= mass {
            j += 1;
            used_b = 0.0;
        }
    }
    sum
}

/// The quantile inside a piece of which the mass `used` lies to the left.
fn quantile_within(piece: &Piece, used: f64) -> f64 {
    piece.from + (piece.to - piece.from) * (used / piece.mass)
}

/// The pieces of a law, side by side, with masses that add up to 1. None if there is nothing to compare.
fn shares(law: &Marginal) -> Option<Vec<Piece>> {
    let total = law.total();
    if !(total > 0.0
        && total.is_finite()
        && law.pieces().iter().all(|p: &Piece| p.mass.is_finite() && p.from.is_finite() && p.to.is_finite()))
    {
        return None;
    }
    Some(disjoint(law.pieces()).into_iter().map(|p: Piece| Piece { mass: p.mass / total, ..p }).collect())
}

/// A distribution function, read at increasing places.
struct Distribution<'a> {
    pieces: &'a [Piece],
    below: f64,
}

impl<'a> Distribution<'a> {
    fn new(pieces: &'a [Piece]) -> Self {
        Self { pieces, below: 0.0 }
    }

    /// P(X < x) and P(X ≤ x). Each place once, in increasing order.
    fn limits(&mut self, x: f64) -> [f64; 2] {
        self.pass(|piece| piece.to < x);
        let partly = self.pieces.first().filter(|piece| piece.from < x);
        let left = self.below + partly.map_or(0.0, |p| p.mass * (x - p.from) / (p.to - p.from));
        self.pass(|piece| piece.to == x);
        [left, left.max(self.below)]
    }

    /// Leaves behind the leading pieces for which `passed` is true.
    fn pass(&mut self, passed: impl Fn(&Piece) -> bool) {
        while let Some((piece, rest)) = self.pieces.split_first().filter(|(piece, _)| passed(piece)) {
            self.below += piece.mass;
            self.pieces = rest;
        }
    }
}

#[cfg(test)]
mod tests;
