//! Laws of known maps: quantiles, densities, atoms, several directions.

use super::nodes::Nodes;
use super::*;
use crate::marginal::Piece;
use crate::normal;
use ndarray::{Array, Axis as Dimension};

/// Panels with these ends along each of so many directions, and nodes in tensor product.
fn law<const D: usize>(
    ends: &[f64],
    directions: usize,
    along: usize,
    map: impl Fn(&[f64]) -> [f64; D],
    lower: f64,
) -> Pushforward {
    let nodes = Nodes::new(along);
    let sides: Vec<[f64; 2]> = ends.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    let number = |i: usize, base: usize, digit: usize| i / base.pow((directions - 1 - digit) as u32) % base;
    let panels = sides.len().pow(directions as u32);
    let all =
        Array::from_shape_fn((panels, directions, 2), |(i, k, end)| sides[number(i, sides.len(), k)][end]);
    let mut points = Vec::new();
    let mut weights = Vec::new();
    for panel in all.outer_iter() {
        let first = weights.len();
        for i in 0..along.pow(directions as u32) {
            let half = |k: usize| 0.5 * (panel[[k, 1]] - panel[[k, 0]]);
            let g: Vec<f64> = (0..directions)
                .map(|k: usize| panel[[k, 0]] + half(k) * (1.0 + nodes.x[number(i, along, k)]))
                .collect();
            weights.push(
                (0..directions)
                    .map(|k: usize| nodes.weights[number(i, along, k)] * half(k) * normal::density(g[k]))
                    .product::<f64>(),
            );
            points.extend(map(&g));
        }
        let mass: f64 = panel.outer_iter().map(|side| probability(side[0], side[1])).product();
        let sum: f64 = weights[first..].iter().sum();
        weights[first..].iter_mut().for_each(|weight: &mut f64| *weight *= mass / sum);
    }
    let points = Array::from_shape_vec((weights.len(), D), points).expect("D numbers an atom");
    Pushforward::new(all, points, weights.into(), Array1::from_elem(D, lower)).expect("tensor panels")
}

/// Of an interval of g, whose ends at 8 stand for infinity.
fn probability(from: f64, until: f64) -> f64 {
    let until = if until >= 8.0 { f64::INFINITY } else { until };
    let from = if from <= -8.0 { f64::NEG_INFINITY } else { from };
    match from >= 0.0 {
        true => normal::distribution(-from) - normal::distribution(-until),
        false => normal::distribution(until) - normal::distribution(from),
    }
}

#[test]
fn parts_have_their_shares() {
    let part = |map: fn(&[f64]) -> [f64; 1]| law(&equal_panels(8), 1, 8, map, f64::NEG_INFINITY);
    let parts = [(0.3, part(|g| [g[0] - 2.0])), (0.7, part(|g| [2.0 + 0.5 * g[0]]))];
    let stack = |of: fn(&Pushforward) -> Array2<f64>| {
        let both = parts.each_ref().map(|(_, law)| of(law));
        ndarray::concatenate(Dimension(0), &both.each_ref().map(|one| one.view())).expect("fit")
    };
    let ends = stack(|law| law.ends.index_axis(Dimension(1), 0).to_owned()).insert_axis(Dimension(1));
    let weights = parts.iter().flat_map(|(share, law)| law.weights.mapv(|weight| share * weight));
    let points = stack(|law| law.points.clone());
    let whole = Pushforward::new(ends, points, weights.collect(), Array1::from_elem(1, f64::NEG_INFINITY));
    let whole = whole.expect("panels");
    let marginal = whole.marginal(0);
    for z in [-4.0, -1.7, 0.0, 1.2, 2.0, 3.0] {
        let exact = 0.3 * normal::distribution(z + 2.0) + 0.7 * normal::distribution(2.0 * (z - 2.0));
        assert!((marginal.distribution(z) - exact).abs() < 1e-5, "{z}: {} {exact}", marginal.distribution(z));
    }
    let below = whole.quantiles(0, &[0.15])[0];
    assert!((below + 2.0).abs() < 1e-3, "{below}");
    let mean: f64 = marginal.mean();
    assert!((mean - (0.7 * 2.0 - 0.3 * 2.0)).abs() < 1e-8, "{mean}");
}

fn equal_panels(count: usize) -> Vec<f64> {
    (0..=count).map(|i| 16.0 * i as f64 / count as f64 - 8.0).collect()
}

#[test]
fn what_does_not_fit_is_refused() {
    let ends = Array3::from_shape_vec((1, 1, 2), vec![-8.0, 8.0]).expect("one panel");
    let points = Array2::zeros((4, 1));
    let with = |weights: usize, lower: usize| {
        Pushforward::new(ends.clone(), points.clone(), Array1::ones(weights), Array1::zeros(lower))
    };
    assert!(with(4, 1).is_some() && with(3, 1).is_none() && with(4, 2).is_none());
    let two_sides = Array3::from_shape_vec((1, 2, 2), vec![0.0; 4]).expect("two sides");
    let three = Pushforward::new(two_sides, Array2::zeros((3, 1)), Array1::ones(3), Array1::zeros(1));
    assert!(three.is_none(), "three nodes are no square");
}

#[test]
fn quantiles_and_density_are_those_of_the_map() {
    // Log-normal: quantile exp(g/3), density 3 φ(3 log x)/x.
    let normal_law = law(&equal_panels(20), 1, 8, |g| [(g[0] / 3.0).exp()], 0.0);
    let levels = [1e-3, 0.1, 0.5, 0.9, 0.999];
    for (level, found) in levels.iter().zip(normal_law.quantiles(0, &levels)) {
        let exact = (normal::quantile(*level) / 3.0).exp();
        // Seven derivatives of exp(g/3) on panels of width 0.8: 1e-11.
        assert!((found / exact - 1.0).abs() < 1e-10, "{level}: {found} {exact}");
        let of_pieces = normal_law.marginal(0).quantile(*level);
        assert!((of_pieces / exact - 1.0).abs() < 1e-6, "{level}: chords: {of_pieces} {exact}");
    }
    let marginal = normal_law.marginal(0);
    assert!((marginal.total() - 1.0).abs() < 1e-13);
    // Where panels meet, their ends differ by rounding, and a piece of that width has both densities.
    for piece in marginal
        .pieces()
        .iter()
        .filter(|piece: &&Piece| (0.4..2.5).contains(&piece.from) && piece.to - piece.from > 1e-9)
    {
        let x = 0.5 * (piece.from + piece.to);
        let exact = 3.0 * normal::density(3.0 * x.ln()) / x;
        let found = piece.mass / (piece.to - piece.from);
        assert!((found - exact).abs() < 2e-6, "at {x}: {found} {exact}");
    }
}

#[test]
fn a_map_that_turns_back_has_the_law_of_its_image() {
    // g²: chi-squared with one degree of freedom, P(g² ≤ x) = 2Φ(√x) − 1.
    let square = law(&equal_panels(10), 1, 8, |g| [g[0] * g[0]], 0.0);
    for level in [0.05, 0.5, 0.95] {
        let exact = normal::quantile(0.5 * (1.0 + level)).powi(2);
        let found = square.quantiles(0, &[level])[0];
        assert!((found / exact - 1.0).abs() < 1e-5, "{level}: {found} {exact}");
    }
}

#[test]
fn mass_that_stands_still_is_an_atom() {
    let stuck = law(&[-8.0, -2.0, 0.0, 2.0, 8.0], 1, 8, |g| [g[0].max(0.0)], 0.0);
    let marginal = stuck.marginal(0);
    let atom: f64 = marginal.pieces().iter().filter(|piece| piece.from == piece.to).map(|p| p.mass).sum();
    assert!((atom - 0.5).abs() < 1e-15, "{atom}");
    assert_eq!(stuck.quantiles(0, &[0.2, 0.4]), [0.0, 0.0]);
}

#[test]
fn a_sum_of_two_normals_is_normal() {
    // Sides of small boxes of 0.2, then 0.1: of second order, of which mean and variance are met; quantiles
    // are worst in the tails.
    let worst = |panels: usize| {
        let sum = law(&equal_panels(panels), 2, 6, |g| [0.6 * g[0] + 0.8 * g[1], g[0]], f64::NEG_INFINITY);
        let levels = [0.01, 0.1, 0.4, 0.7, 0.99];
        let errors = [0, 1].map(|c| {
            levels
                .iter()
                .zip(sum.quantiles(c, &levels))
                .map(|(level, found): (&f64, f64)| (found - normal::quantile(*level)).abs())
                .fold(0.0, f64::max)
        });
        assert!(errors[1] < 1e-3, "one direction alone: {errors:?}");
        errors[0]
    };
    let coarse = worst(10);
    let fine = worst(20);
    assert!(coarse < 1e-3 && fine < 0.6 * coarse, "{coarse} {fine}");
}

#[test]
fn three_directions_keep_their_order() {
    // Each coordinate depends on one direction alone, in its own way: none may be taken for another.
    let three =
        law(&equal_panels(6), 3, 4, |g: &[f64]| [g[0], 10.0 + 2.0 * g[1], -3.0 * g[2]], f64::NEG_INFINITY);
    for (c, (middle, scale)) in [(0.0, 1.0), (10.0, 2.0), (0.0, 3.0)].into_iter().enumerate() {
        let found = three.quantiles(c, &[0.5, normal::distribution(1.0)]);
        assert!(
            (found[0] - middle).abs() < 1e-9 && (found[1] - middle - scale).abs() < 0.01 * scale,
            "{found:?}"
        );
        let total = three.marginal(c).total();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }
    assert_eq!(three.points().len_of(Dimension(0)), 6_usize.pow(3) * 64);
}

#[test]
fn small_boxes_have_the_moments_of_all_coordinates_together() {
    // z = (e^{0.3 g₁}, g₁ + 2 g₂): moments in closed form.
    let law = law(&equal_panels(8), 2, 6, |g| [(0.3 * g[0]).exp(), g[0] + 2.0 * g[1]], f64::NEG_INFINITY);
    let boxes = law.boxes();
    let growth = (0.5 * 0.09_f64).exp();
    for direction in [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.8, -0.6]] {
        let [x, y] = direction;
        let line = boxes.projected(&direction);
        let mean = x * growth;
        let variance = x * x * (0.18_f64.exp() - growth * growth) + 5.0 * y * y + 2.0 * x * y * 0.3 * growth;
        // Chords of e^{0.3 g} over parts of 0.18: 0.09/2 of the variance of g there.
        assert!((line.mean() - mean).abs() < 3e-4, "{direction:?} {}", line.mean() - mean);
        // Mass is not spread quite evenly over a box.
        assert!((line.standard_deviation() / variance.sqrt() - 1.0).abs() < 2e-3, "{direction:?}");
        assert!((line.total() - 1.0).abs() < 1e-12);
    }
}
