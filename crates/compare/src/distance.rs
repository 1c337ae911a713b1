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
mod tests {
    use super::*;
    use meanfield_model::axis::Axis;
    use proptest::prelude::*;

    #[test]
    fn every_distance_that_can_be_claimed_is_computed() {
        let listed = meanfield_run::quantities::ALL.iter().copied().filter(|quantity| quantity.is_distance());
        let of_coordinates = listed.clone().filter(|quantity| !quantity.is_joint());
        assert!(of_coordinates.eq(Distance::ALL.map(Distance::quantity)));
        let joint = listed.filter(|quantity| quantity.is_joint());
        assert!(joint.eq(crate::joint_distance::JointDistance::ALL.map(|distance| distance.quantity())));
    }

    fn atoms(points: &[f64], weights: &[f64]) -> Marginal {
        Marginal::atoms(points.to_vec(), weights.to_vec())
    }

    fn cells(faces: &[f64], mass: &[f64]) -> Marginal {
        Marginal::cells(Axis::from_faces(faces.to_vec()).expect("increasing"), mass.to_vec())
    }

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-13, "{value} instead of {expected}");
    }

    #[test]
    fn by_hand() {
        let uniform = cells(&[0.0, 1.0], &[1.0]);
        let middle = atoms(&[0.5], &[1.0]);
        // F⁻¹ − G⁻¹ = u − ½ changes sign
        close(wasserstein_1(&uniform, &middle), 0.25);
        close(wasserstein_2(&uniform, &middle), (1.0_f64 / 12.0).sqrt());
        close(kolmogorov_smirnov(&uniform, &middle), 0.5);
        let thirds = atoms(&[3.0, 0.0, 1.0], &[1.0, 1.0, 1.0]);
        let halves = atoms(&[0.0, 2.0], &[0.5, 0.5]);
        // u in (0,⅓): 0 and 0; (⅓,½): 1 and 0; (½,⅔): 1 and 2; (⅔,1): 3 and 2
        close(wasserstein_1(&thirds, &halves), 1.0 / 6.0 + 1.0 / 6.0 + 1.0 / 3.0);
        close(wasserstein_2(&thirds, &halves), (2.0_f64 / 3.0).sqrt());
        close(kolmogorov_smirnov(&thirds, &halves), 1.0 / 3.0);
    }

    #[test]
    fn the_supremum_is_seen_from_both_sides() {
        // F jumps from 0 to 1 at 1 where G = ¼: |F − G| is ¾ from the right; mirrored, from the left
        let jump = atoms(&[1.0], &[1.0]);
        let ramp = cells(&[0.0, 4.0], &[1.0]);
        close(kolmogorov_smirnov(&jump, &ramp), 0.75);
        close(kolmogorov_smirnov(&atoms(&[3.0], &[1.0]), &ramp), 0.75);
        close(kolmogorov_smirnov(&atoms(&[1.0, 1.0, 1.0], &[0.2, 0.3, 0.5]), &jump), 0.0);
    }

    #[test]
    fn a_point_mass_in_a_narrow_cell_is_reported() {
        let stuck = atoms(&[0.0, 1.0], &[0.6, 0.4]);
        let thin = cells(&[0.0, 1e-5, 0.99, 1.01], &[0.6, 0.0, 0.4]);
        assert!(kolmogorov_smirnov(&stuck, &thin) > 0.59 && wasserstein_1(&stuck, &thin) < 3e-3);
        for (a, b) in [(&stuck, &thin), (&thin, &stuck)] {
            assert_eq!(jump_in_a_narrow_piece(a, b), Some(1e-5));
        }
        // A wide cell is a law of its own, and atoms against atoms jump alike.
        let wide = cells(&[0.0, 0.5, 0.99, 1.01], &[0.6, 0.0, 0.4]);
        assert_eq!([&wide, &stuck].map(|law| jump_in_a_narrow_piece(&stuck, law)), [None, None]);
    }

    #[test]
    fn pooled_cells_overlap_and_are_still_one_law() {
        let pool = Marginal::pooled(&[cells(&[0.0, 1.0], &[1.0]), cells(&[0.0, 0.5, 2.0], &[0.5, 0.5])]);
        let same = cells(&[0.0, 0.5, 1.0, 2.0], &[0.5, 0.25 + 0.25 / 3.0, 0.5 / 3.0]);
        for distance in Distance::ALL {
            close(distance.between(&pool, &same), 0.0);
        }
        let mixed = Marginal::pooled(&[cells(&[0.0, 2.0], &[1.0]), atoms(&[1.0, 0.0], &[0.5, 0.5])]);
        assert_eq!(disjoint(mixed.pieces()).iter().map(|p| p.mass).collect::<Vec<_>>(), [0.25; 4]);
    }

    #[test]
    fn nothing_to_compare_is_not_a_number() {
        let one = atoms(&[1.0], &[1.0]);
        for distance in Distance::ALL {
            assert!(distance.between(&one, &atoms(&[], &[])).is_nan());
            assert!(distance.between(&atoms(&[0.0, f64::NAN], &[0.5, 0.5]), &one).is_nan());
            assert!(distance.between(&atoms(&[f64::INFINITY], &[1.0]), &one).is_nan());
        }
    }

    #[test]
    fn many_atoms_take_no_quadratic_time() {
        let points =
            |shift: f64| (0..200_000).map(|i| (i as f64 * 0.618).fract() + shift).collect::<Vec<_>>();
        let weights = vec![5e-6; 200_000];
        let a = atoms(&points(0.0), &weights);
        let b = atoms(&points(0.25), &weights);
        assert!((kolmogorov_smirnov(&a, &b) - 0.25).abs() < 1e-3);
        assert!((wasserstein_1(&a, &b) - 0.25).abs() < 1e-12);
    }

    /// Some law: cells or atoms, not normalised, sometimes both pooled.
    fn any_law() -> impl Strategy<Value = Marginal> {
        let masses = || prop::collection::vec(0.05..1.0_f64, 1..8);
        let faces = |widths: &[f64]| {
            let mut at = -1.0;
            std::iter::once(at)
                .chain(widths.iter().map(|w| {
                    at += w;
                    at
                }))
                .collect::<Vec<_>>()
        };
        let grid =
            masses().prop_map(move |m| cells(&faces(&m), &m.iter().map(|w| w * w).collect::<Vec<_>>()));
        let points = prop::collection::vec((-2.0..2.0_f64, 0.05..1.0_f64), 1..12);
        let cloud = points.prop_map(|p| {
            let (at, weight): (Vec<f64>, Vec<f64>) = p.into_iter().unzip();
            Marginal::atoms(at, weight)
        });
        (grid, cloud, 0..3).prop_map(|(grid, cloud, which)| match which {
            0 => grid,
            1 => cloud,
            _ => Marginal::pooled(&[grid, cloud]),
        })
    }

    fn shifted(law: &Marginal, shift: f64) -> Marginal {
        let parts: Vec<Marginal> = law.pieces().iter().map(|p| moved_piece(p, shift)).collect();
        Marginal::pooled(&parts)
    }

    fn moved_piece(p: &Piece, shift: f64) -> Marginal {
        if p.from == p.to {
            atoms(&[p.from + shift], &[p.mass])
        } else {
            cells(&[p.from + shift, p.to + shift], &[p.mass])
        }
    }

    /// W₁ = ∫ |F − G| dx by the midpoint rule: no quantile function involved.
    fn area_between(a: &Marginal, b: &Marginal) -> f64 {
        let from = -4.0;
        let to = 9.0;
        let n = 26_000;
        let width = (to - from) / n as f64;
        let at = |i: usize| from + width * (i as f64 + 0.5);
        (0..n).map(|i| (a.distribution(at(i)) - b.distribution(at(i))).abs() * width).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn wasserstein_1_is_the_area_between_the_distribution_functions(a in any_law(), b in any_law()) {
            prop_assert!((wasserstein_1(&a, &b) - area_between(&a, &b)).abs() < 1e-2);
        }

        #[test]
        fn wasserstein_2_agrees_with_quadrature_over_levels(a in any_law(), b in any_law()) {
            let a = Marginal::pooled(&[a]);
            let n = 20_000;
            let quantile = |law: &[Piece], level: f64| {
                let target = level * law.iter().map(|p| p.mass).sum::<f64>();
                let mut below = 0.0;
                law.iter().find_map(|p| {
                    below += p.mass;
                    (below >= target).then(|| p.to - (p.to - p.from) * (below - target) / p.mass)
                }).unwrap_or(f64::NAN)
            };
            let pa = disjoint(a.pieces());
            let pb = disjoint(b.pieces());
            let square: f64 = (0..n).map(|i| (i as f64 + 0.5) / n as f64)
                .map(|u| (quantile(&pa, u) - quantile(&pb, u)).powi(2) / n as f64).sum();
            prop_assert!((wasserstein_2(&a, &b).powi(2) - square).abs() < 2e-2);
        }

        #[test]
        fn kolmogorov_smirnov_agrees_with_the_distribution_functions(a in any_law(), b in any_law()) {
            let ends = a.pieces().iter().chain(b.pieces()).flat_map(|p| [p.from, p.to]);
            let worst = ends.map(|x: f64| (a.distribution(x) - b.distribution(x)).abs()
                .max((a.distribution_from_left(x) - b.distribution_from_left(x)).abs())).fold(0.0, f64::max);
            prop_assert!((kolmogorov_smirnov(&a, &b) - worst).abs() < 1e-12);
        }

        #[test]
        fn a_shift_is_a_shift(law in any_law(), shift in -3.0..3.0_f64) {
            let moved = shifted(&law, shift);
            prop_assert!((wasserstein_1(&law, &moved) - shift.abs()).abs() < 1e-12);
            prop_assert!((wasserstein_2(&law, &moved) - shift.abs()).abs() < 1e-12);
        }

        #[test]
        fn they_are_metrics(a in any_law(), b in any_law(), c in any_law()) {
            for d in Distance::ALL {
                prop_assert!(d.between(&a, &a) == 0.0);
                prop_assert!((d.between(&a, &b) - d.between(&b, &a)).abs() < 1e-12);
                prop_assert!(d.between(&a, &c) <= d.between(&a, &b) + d.between(&b, &c) + 1e-12);
            }
            prop_assert!(wasserstein_1(&a, &b) <= wasserstein_2(&a, &b) + 1e-12);
        }
    }
}
