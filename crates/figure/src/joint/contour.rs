//! Curves around the densest cells of a plane that hold a share of its mass: how a law on a grid is shown
//! over another one.
//!
//! Marching squares between the centres of cells; pieces are connected to curves, which end at the outermost
//! centres. It draws nothing.

use std::collections::BTreeMap;

use meanfield_model::axis::Axis;
use ndarray::Array2;

/// Between two neighbouring centres: the first one's indices, and whether the second is the next along the
/// first axis.
type Edge = (usize, usize, bool);

/// Level curves of the density; the denser cells hold this share of the mass.
pub fn contours(axes: [&Axis; 2], mass: &Array2<f64>, share: f64) -> Vec<Vec<(f64, f64)>> {
    let [across, up] = axes;
    let density = Array2::from_shape_fn(mass.dim(), |(i, j)| mass[[i, j]] / (across.width(i) * up.width(j)));
    let level = density_level(&density, mass, share);
    connected(&crossings(&density, level))
        .into_iter()
        .map(|curve| {
            curve
                .into_iter()
                .map(|(i, j, is_first): Edge| {
                    let [k, l] = if is_first { [i + 1, j] } else { [i, j + 1] };
                    let part = (level - density[[i, j]]) / (density[[k, l]] - density[[i, j]]);
                    (interpolated(across, i, k, part), interpolated(up, j, l, part))
                })
                .collect()
        })
        .collect()
}

/// A point between the centres of two cells.
fn interpolated(axis: &Axis, a: usize, b: usize, part: f64) -> f64 {
    axis.centre(a) + part * (axis.centre(b) - axis.centre(a))
}

/// The density of the last cell that fills the share, in the order of falling density.
fn density_level(density: &Array2<f64>, mass: &Array2<f64>, share: f64) -> f64 {
    let mut cells: Vec<(f64, f64)> = density.iter().copied().zip(mass.iter().copied()).collect();
    cells.sort_by(|a, b| b.0.total_cmp(&a.0));
    let wanted = share * mass.sum();
    let mut held = 0.0;
    let last = cells.iter().find(|(_, mass)| {
        held += mass;
        held >= wanted
    });
    last.map_or(f64::INFINITY, |(density, _)| *density)
}

/// For each square of four centres, the pairs of its edges that the level crosses one after the other.
fn crossings(density: &Array2<f64>, level: f64) -> Vec<[Edge; 2]> {
    let [rows, columns] = [density.nrows(), density.ncols()];
    let mut pieces = Vec::new();
    for i in 0..rows.saturating_sub(1) {
        for j in 0..columns.saturating_sub(1) {
            let around = [(i, j, true), (i + 1, j, false), (i, j + 1, true), (i, j, false)];
            let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
            let above = corners.map(|(i, j)| density[[i, j]] >= level);
            let crossed = (0..4).filter(|k| above[*k] != above[(k + 1) % 4]).map(|k| around[k]);
            match crossed.collect::<Vec<_>>()[..] {
                [a, b] => pieces.push([a, b]),
                [a, b, c, d] => pieces.extend([[a, b], [c, d]]),
                _ => {}
            }
        }
    }
    pieces
}

/// Curves through edges that share a piece, closed ones with their first edge again at the end.
fn connected(pieces: &[[Edge; 2]]) -> Vec<Vec<Edge>> {
    let mut pieces_at: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (number, ends) in pieces.iter().enumerate() {
        ends.iter().for_each(|edge| pieces_at.entry(*edge).or_default().push(number));
    }
    let mut left = vec![true; pieces.len()];
    let open = pieces_at.iter().filter(|(_, numbers)| numbers.len() == 1).map(|(edge, _)| *edge);
    let starts: Vec<Edge> = open.chain(pieces.iter().map(|ends| ends[0])).collect();
    let mut curves = Vec::new();
    for start in starts {
        let mut curve = vec![start];
        let mut here = start;
        while let Some(&number) = pieces_at[&here].iter().find(|number| left[**number]) {
            left[number] = false;
            here = if pieces[number][0] == here { pieces[number][1] } else { pieces[number][0] };
            curve.push(here);
        }
        if curve.len() > 1 {
            curves.push(curve);
        }
    }
    curves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal_masses(axis: &Axis) -> Vec<f64> {
        let below = axis.faces().iter().map(|x| meanfield_model::normal::distribution(*x));
        below.collect::<Vec<_>>().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// A normal law on [-4, 4]², cells of different widths along the two axes.
    fn normal(cells: [usize; 2]) -> ([Axis; 2], Array2<f64>) {
        let axes = cells.map(|cells| Axis::uniform(-4.0, 4.0, cells).expect("valid"));
        let [across, up] = axes.each_ref().map(normal_masses);
        let mass = Array2::from_shape_fn((cells[0], cells[1]), |(i, j)| across[i] * up[j]);
        (axes, mass)
    }

    #[test]
    fn the_curve_of_a_normal_law_is_a_circle() {
        let ([x, y], mass) = normal([80, 64]);
        for share in [0.5_f64, 0.9] {
            let curves = contours([&x, &y], &mass, share);
            assert_eq!(curves.len(), 1);
            assert_eq!(curves[0].first(), curves[0].last());
            // P(|x| < r) = 1 − e^{−r²/2}; cells are a tenth wide, and the share is met to one cell.
            let radius = (-2.0 * (1.0 - share).ln()).sqrt();
            for (x, y) in &curves[0] {
                assert!((x.hypot(*y) - radius).abs() < 0.03, "{x} {y} {radius}");
            }
        }
    }

    #[test]
    fn a_law_at_a_wall_has_an_open_curve() {
        let ([x, y], mass) = normal([80, 80]);
        let half = mass.slice(ndarray::s![40.., ..]).to_owned();
        let right = Axis::from_faces(x.faces()[40..].to_vec()).expect("valid");
        let curves = contours([&right, &y], &half, 0.5);
        assert_eq!(curves.len(), 1);
        assert!(curves[0].first() != curves[0].last());
    }
}
