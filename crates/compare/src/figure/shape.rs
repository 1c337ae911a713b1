//! The shape of a law on the page: bars for random atoms, a curve of density for limits.
//!
//! Only numbers, in the units of the data; panels draw them.

use meanfield_model::marginal::{Marginal, Piece, disjoint};

use super::scale::Scale;
use crate::density::{Support, adaptive_density, improved_sheather_jones};

/// Fewest and most bars from end to end.
const BARS: (f64, f64) = (16.0, 110.0);

/// So few atoms are point masses, no sample of a density.
const FEW: usize = 8;

/// How a law is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawn {
    /// Bars side by side: left, right, height.
    Bars(Vec<(f64, f64, f64)>),
    /// A curve of density.
    Curve(Vec<(f64, f64)>),
    /// All mass at a few places: no density, but lines, each as high as its share of the panel.
    Spikes(Vec<(f64, f64)>),
}

/// Upper end of the density axis, and the highest density: where peaks are narrower than bars,
/// they are cut, so that the histogram stays readable.
pub fn heights<'a>(drawn: impl IntoIterator<Item = &'a Drawn>) -> (f64, f64) {
    let (mut bars, mut curves): (f64, f64) = (0.0, 0.0);
    for drawn in drawn {
        match drawn {
            Drawn::Bars(all) => bars = all.iter().map(|bar| bar.2).fold(bars, f64::max),
            Drawn::Curve(points) => curves = points.iter().map(|p| p.1).fold(curves, f64::max),
            Drawn::Spikes(_) => {}
        }
    }
    let shown = if bars > 0.0 { bars.max(curves.min(1.7 * bars)) } else { curves };
    (if shown > 0.0 { 1.1 * shown } else { 1.0 }, bars.max(curves))
}

/// The law without what is not finite; None if nothing is left.
pub fn finite(law: &Marginal) -> Option<Marginal> {
    let usable = |p: &&Piece| p.from.is_finite() && p.to.is_finite() && p.mass.is_finite();
    if law.pieces().iter().all(|p| usable(&p)) {
        return Some(law.clone()).filter(|law| !law.pieces().is_empty());
    }
    // only atoms can be anywhere: cells lie on an axis
    let (points, weights): (Vec<f64>, Vec<f64>) =
        law.pieces().iter().filter(usable).map(|p| (p.from, p.mass)).unzip();
    (!points.is_empty()).then(|| Marginal::atoms(points, weights))
}

fn points_and_weights(law: &Marginal) -> (Vec<f64>, Vec<f64>) {
    law.pieces().iter().map(|piece| (0.5 * (piece.from + piece.to), piece.mass)).unzip()
}

/// Bars about as wide as a kernel's bandwidth: 2.6 h n^(−2/15) is Scott's width for one Gaussian.
pub fn histogram(law: &Marginal, x: &Scale, support: Support) -> Vec<(f64, f64, f64)> {
    let (points, weights) = points_and_weights(law);
    let (from, until) = x.ends();
    let bandwidth = improved_sheather_jones(&points, &weights, support);
    let wanted = 2.6 * bandwidth * (points.len() as f64).powf(-2.0 / 15.0);
    let width = wanted.clamp((until - from) / BARS.1, (until - from) / BARS.0);
    let count = ((until - from) / width).ceil() as usize;
    let mut heights = vec![0.0; count];
    let share = 1.0 / (law.total() * width);
    for (point, weight) in points.into_iter().zip(weights) {
        let bar = ((point - from) / width).floor();
        if bar >= 0.0 && bar < count as f64 {
            heights[bar as usize] += weight * share;
        }
    }
    let bar = |(i, height): (usize, f64)| (from + width * i as f64, from + width * (i + 1) as f64, height);
    heights.into_iter().enumerate().map(bar).collect()
}

/// The density of a limit: of cells as it is, of atoms by a kernel estimate.
pub fn density(law: &Marginal, support: Support) -> Drawn {
    if law.pieces().iter().any(|piece| piece.to > piece.from) {
        return Drawn::Curve(through_centres(law));
    }
    let (points, weights) = points_and_weights(law);
    if points.len() <= FEW {
        return Drawn::Spikes(points.into_iter().zip(weights.iter().map(|w| w / law.total())).collect());
    }
    let curve = adaptive_density(&points, &weights, support);
    match curve.x.is_empty() {
        true => Drawn::Spikes(vec![(law.quantile(0.5), 1.0)]),
        false => Drawn::Curve(curve.x.into_iter().zip(curve.density).collect()),
    }
}

/// The densities of the cells at their centres, and 0 where there are no cells with mass.
fn through_centres(law: &Marginal) -> Vec<(f64, f64)> {
    let total = law.total();
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for piece in disjoint(law.pieces()).iter().filter(|piece| piece.to > piece.from) {
        if piece.from > end {
            points.extend([(end, 0.0), (piece.from, 0.0)].into_iter().filter(|p| p.0.is_finite()));
        }
        points.push((0.5 * (piece.from + piece.to), piece.mass / ((piece.to - piece.from) * total)));
        end = piece.to;
    }
    points.push((end, 0.0));
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_model::axis::Axis;

    #[test]
    fn bars_hold_the_mass() {
        let points: Vec<f64> = (0..500).map(|i| 1.0 + f64::from(i) / 500.0).collect();
        let law = Marginal::atoms(points, vec![3.0; 500]);
        let bars = histogram(&law, &Scale::linear(0.0, 4.0), Support::HalfLine);
        let mass: f64 = bars.iter().map(|(left, right, height)| (right - left) * height).sum();
        assert!((mass - 1.0).abs() < 1e-12, "{mass}");
        assert!(bars.len() >= 16 && bars.len() <= 111, "{}", bars.len());
    }

    #[test]
    fn the_line_through_cells_falls_to_zero_where_there_are_none() {
        let axis = Axis::from_faces(vec![0.0, 1.0, 2.0, 4.0, 5.0]).expect("axis");
        let law = Marginal::cells(axis, vec![0.5, 0.0, 0.5, 1.0]);
        let expected =
            [(0.0, 0.0), (0.5, 0.25), (1.0, 0.0), (2.0, 0.0), (3.0, 0.125), (4.5, 0.5), (5.0, 0.0)];
        assert_eq!(through_centres(&law), expected);
    }

    #[test]
    fn narrow_peaks_are_cut_above_the_bars() {
        let bars = || Drawn::Bars(vec![(0.0, 1.0, 2.0)]);
        let curve = |height| Drawn::Curve(vec![(0.5, height)]);
        let (top, highest) = heights(&[bars(), curve(50.0)]);
        assert!((top - 1.1 * 1.7 * 2.0).abs() < 1e-12 && highest == 50.0);
        let (top, highest) = heights(&[bars(), curve(2.5)]);
        assert!((top - 2.75).abs() < 1e-12 && highest == 2.5);
        assert!(heights(&[curve(50.0)]).0 > 50.0 && heights([]).0 == 1.0);
    }

    #[test]
    fn coinciding_atoms_are_a_spike() {
        assert_eq!(density(&one(), Support::HalfLine), Drawn::Spikes(vec![(1.0, 1.0)]));
        let two = Marginal::atoms(vec![1.0, 2.0], vec![3.0, 1.0]);
        assert_eq!(density(&two, Support::HalfLine), Drawn::Spikes(vec![(1.0, 0.75), (2.0, 0.25)]));
        let many = |spread: f64| {
            Marginal::atoms((0..40).map(|i| 1.0 + spread * f64::from(i)).collect(), vec![1.0; 40])
        };
        assert_eq!(density(&many(0.0), Support::HalfLine), Drawn::Spikes(vec![(1.0, 1.0)]));
        assert!(matches!(density(&many(0.1), Support::HalfLine), Drawn::Curve(points) if points.len() > 100));
    }

    fn one() -> Marginal {
        Marginal::atoms(vec![1.0], vec![1.0])
    }
}
