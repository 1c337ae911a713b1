//! The shape of a law on the page: bars for random atoms, a curve of density for limits.
//!
//! Only numbers, in the units of the data; panels draw them.

use meanfield_model::marginal::{Marginal, Piece, disjoint};

use super::scale::Scale;
use crate::density::{Support, adaptive_density, improved_sheather_jones};

/// Fewest and most bars from end to end.
const BARS: (f64, f64) = (16.0, 110.0);

/// Widest and narrowest bins of a density: so many from end to end of the axis.
const BINS: f64 = 400.0;
const FINEST: f64 = 5000.0;
const COARSE_BINS: f64 = 160.0;
/// A bin with so much of the mass may be narrower than the widest: peaks keep their height.
const SHARE: f64 = 1.0 / 400.0;
/// Mass in a bin no wider than the page can show from which it is a point mass.
const SPIKE: f64 = 0.02;

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
    let mut bars: f64 = 0.0;
    let mut curves: f64 = 0.0;
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
    heights
        .into_iter()
        .enumerate()
        .map(|(i, height): (usize, f64)| (from + width * i as f64, from + width * (i + 1) as f64, height))
        .collect()
}

/// How finely a law on pieces is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// As finely as a page can show, however much mass a bin holds.
    Full,
    /// Pieces overlap, as those of a map of several directions: bins hold many of them.
    Overlapping,
}

/// The density of a limit along an axis: of cells and of maps as it is, with point masses apart; of atoms a
/// kernel estimate.
pub fn density(law: &Marginal, x: &Scale, detail: Detail, support: Support) -> Vec<Drawn> {
    if law.pieces().iter().any(|piece| piece.to > piece.from) {
        return of_pieces(law, x, detail);
    }
    let (points, weights) = points_and_weights(law);
    if points.len() <= FEW {
        return vec![Drawn::Spikes(
            points.into_iter().zip(weights.iter().map(|w| w / law.total())).collect(),
        )];
    }
    let curve = adaptive_density(&points, &weights, support);
    vec![match curve.x.is_empty() {
        true => Drawn::Spikes(vec![(law.quantile(0.5), 1.0)]),
        false => Drawn::Curve(curve.x.into_iter().zip(curve.density).collect()),
    }]
}

/// The densities of bins as wide as the page shows, or as hold a share of the mass, at their centres; what no
/// page can show as a density is a spike.
fn of_pieces(law: &Marginal, x: &Scale, detail: Detail) -> Vec<Drawn> {
    let (from, until) = x.ends();
    let narrowest = (until - from) / FINEST;
    let (widest, share) = match detail {
        Detail::Full => ((until - from) / BINS, SHARE),
        Detail::Overlapping => ((until - from) / COARSE_BINS, f64::INFINITY),
    };
    let bins = bins(&disjoint(law.pieces()), law.total(), (widest, narrowest), share);
    let is_spike = |bin: &&Piece| bin.mass >= SPIKE && bin.to - bin.from < 2.0 * narrowest;
    let spikes: Vec<(f64, f64)> =
        bins.iter().filter(is_spike).map(|bin| (0.5 * (bin.from + bin.to), bin.mass)).collect();
    let smooth: Vec<Piece> = bins.iter().filter(|bin| !is_spike(bin)).copied().collect();
    let curve = Some(through_centres(&smooth, widest)).filter(|points| !points.is_empty());
    let spikes = Some(spikes).filter(|spikes| !spikes.is_empty());
    curve.map(Drawn::Curve).into_iter().chain(spikes.map(Drawn::Spikes)).collect()
}

/// Neighbouring pieces put together until they are `widest`, or hold a share of the mass and are `narrowest`.
/// Masses become shares of the total.
fn bins(pieces: &[Piece], total: f64, (widest, narrowest): (f64, f64), share: f64) -> Vec<Piece> {
    let mut bins: Vec<Piece> = Vec::new();
    let mut open = false;
    for piece in pieces {
        let mass = piece.mass / total;
        let is_wide = piece.to - piece.from >= widest;
        match bins.last_mut().filter(|bin| open && !is_wide && piece.from - bin.to < widest) {
            Some(bin) => (bin.mass, bin.to) = (bin.mass + mass, piece.to),
            None => bins.push(Piece { mass, ..*piece }),
        }
        open = bins.last().is_some_and(|bin| {
            let width = bin.to - bin.from;
            width < narrowest || (width < widest && bin.mass < share)
        });
    }
    bins
}

/// The densities of bins at their centres, and 0 where there are none.
fn through_centres(bins: &[Piece], widest: f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for bin in bins.iter().filter(|bin| bin.to > bin.from) {
        if bin.from - end > widest {
            points.extend([(end, 0.0), (bin.from, 0.0)].into_iter().filter(|p| p.0.is_finite()));
        }
        points.push((0.5 * (bin.from + bin.to), bin.mass / (bin.to - bin.from)));
        end = bin.to;
    }
    points.extend(Some((end, 0.0)).filter(|p| p.0.is_finite()));
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
        let law = Marginal::cells(axis, vec![0.25, 0.0, 0.25, 0.5]);
        let expected =
            [(0.0, 0.0), (0.5, 0.25), (1.0, 0.0), (2.0, 0.0), (3.0, 0.125), (4.5, 0.5), (5.0, 0.0)];
        assert_eq!(
            density(&law, &Scale::linear(0.0, 5.0), Detail::Full, Support::HalfLine),
            [Drawn::Curve(expected.into())]
        );
    }

    #[test]
    fn the_density_of_a_map_has_its_point_masses_apart_and_no_teeth() {
        // Half of a normal law stands still at 0, the rest has its density; where two panels meet, a piece of
        // no width to speak of holds far too much for it.
        let steps = 4000;
        let normal = |g: f64| meanfield_model::normal::distribution(g);
        let place = |i: usize| 4.0 * i as f64 / steps as f64;
        let piece = |i: usize| Piece {
            mass: normal(place(i + 1)) - normal(place(i)),
            from: place(i),
            to: place(i + 1),
        };
        let mut pieces: Vec<Piece> = (0..steps).map(piece).collect();
        pieces.push(Piece { mass: 0.5, from: 0.0, to: 0.0 });
        pieces.push(Piece { mass: 1e-7, from: 1.0, to: 1.0 + 1e-12 });
        let drawn =
            density(&Marginal::of_pieces(pieces), &Scale::linear(0.0, 4.0), Detail::Full, Support::HalfLine);
        let [Drawn::Curve(points), Drawn::Spikes(spikes)] = &drawn[..] else { panic!("{drawn:?}") };
        assert!(spikes.len() == 1 && spikes[0].0 < 1e-3 && (spikes[0].1 - 0.5).abs() < 1e-3, "{spikes:?}");
        for (x, found) in points.iter().filter(|(x, _)| (0.1..3.9).contains(x)) {
            // The mean over a bin of 0.01, and the false piece's 1e-7 over it.
            let exact = meanfield_model::normal::density(*x);
            assert!((found - exact).abs() < 3e-5, "at {x}: {found} {exact}");
        }
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
        let x = Scale::linear(0.0, 6.0);
        assert_eq!(density(&one(), &x, Detail::Full, Support::HalfLine), [Drawn::Spikes(vec![(1.0, 1.0)])]);
        let two = Marginal::atoms(vec![1.0, 2.0], vec![3.0, 1.0]);
        assert_eq!(
            density(&two, &x, Detail::Full, Support::HalfLine),
            [Drawn::Spikes(vec![(1.0, 0.75), (2.0, 0.25)])]
        );
        let many = |spread: f64| {
            Marginal::atoms((0..40).map(|i| 1.0 + spread * f64::from(i)).collect(), vec![1.0; 40])
        };
        assert_eq!(
            density(&many(0.0), &x, Detail::Full, Support::HalfLine),
            [Drawn::Spikes(vec![(1.0, 1.0)])]
        );
        let curve = density(&many(0.1), &x, Detail::Full, Support::HalfLine);
        assert!(matches!(&curve[..], [Drawn::Curve(points)] if points.len() > 100));
    }

    fn one() -> Marginal {
        Marginal::atoms(vec![1.0], vec![1.0])
    }
}
