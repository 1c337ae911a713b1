//! The shape of a law on the page: bars for random atoms, a curve of density for limits.
//!
//! Shapes are numbers in the units of the data; panels draw them.

use meanfield_model::marginal::{Marginal, Piece, disjoint};

use super::scale::Scale;
use crate::density::{Support, adaptive_density, improved_sheather_jones};

/// Fewest and most bars from end to end.
const BARS: (f64, f64) = (16.0, 110.0);

/// Bins of a density from end to end of the axis: the widest, the narrowest, and those of overlapping pieces.
const BINS: f64 = 400.0;
const FINEST: f64 = 5000.0;
const COARSE_BINS: f64 = 160.0;
/// A bin with this share of the mass may be narrower than the widest: peaks keep their height.
const SHARE: f64 = 1.0 / 400.0;
/// Mass in a bin no wider than the page can show from which it is a point mass.
const SPIKE: f64 = 0.02;

/// Most atoms that are point masses, not a sample of a density.
pub const FEW: usize = 8;

/// The shape of a law.
#[derive(Clone, Debug, PartialEq)]
pub enum LawShape {
    /// Bars side by side: left, right, height.
    Bars(Vec<(f64, f64, f64)>),
    /// A curve of density.
    Curve(Vec<(f64, f64)>),
    /// Point masses: lines, each as high as its share of the panel.
    Spikes(Vec<(f64, f64)>),
}

impl LawShape {
    /// The highest bar.
    fn highest_bar(&self) -> f64 {
        match self {
            Self::Bars(bars) => bars.iter().map(|bar| bar.2).fold(0.0, f64::max),
            Self::Curve(_) | Self::Spikes(_) => 0.0,
        }
    }

    /// The highest point of a curve.
    fn highest_point(&self) -> f64 {
        match self {
            Self::Curve(points) => points.iter().map(|p| p.1).fold(0.0, f64::max),
            Self::Bars(_) | Self::Spikes(_) => 0.0,
        }
    }
}

/// Upper end of the density axis. Peaks narrower than bars are cut, so that the histogram stays readable; so
/// are peaks that hold little of the width where there are no bars.
pub fn upper_end<'a>(shapes: impl Iterator<Item = &'a LawShape> + Clone) -> f64 {
    let bars = shapes.clone().map(LawShape::highest_bar).fold(0.0, f64::max);
    let curves = shapes.clone().map(LawShape::highest_point).fold(0.0, f64::max);
    let shown = match bars > 0.0 {
        true if curves <= MOST_ABOVE_BARS * bars => bars.max(curves),
        true => CUT_ABOVE_BARS * bars,
        false => curves.min(MOST_TYPICAL * shapes.map(typical_height).fold(0.0, f64::max)),
    };
    if shown > 0.0 { 1.1 * shown } else { 1.0 }
}

/// Peaks more than so many times as high as the bars are cut, and where.
const MOST_ABOVE_BARS: f64 = 2.2;
const CUT_ABOVE_BARS: f64 = 1.7;
/// Peaks more than so many times as high as what is typical are cut.
const MOST_TYPICAL: f64 = 10.0;
/// Heights below this share of the highest are no part of the support.
const SUPPORT: f64 = 0.01;

/// The height above which a curve is on half of its support; infinite where all of a curve is one peak.
fn typical_height(shape: &LawShape) -> f64 {
    let LawShape::Curve(points) = shape else { return 0.0 };
    let highest = shape.highest_point();
    let mut steps: Vec<(f64, f64)> = points
        .windows(2)
        .map(|pair| (0.5 * (pair[0].1 + pair[1].1), pair[1].0 - pair[0].0))
        .filter(|(height, _)| *height > SUPPORT * highest)
        .collect();
    steps.sort_by(|a, b| b.0.total_cmp(&a.0));
    let whole: f64 = steps.iter().map(|step| step.1).sum();
    let mut passed = 0.0;
    let middle = steps.iter().find(|(_, width)| {
        passed += width;
        passed >= 0.5 * whole
    });
    middle.map_or(f64::INFINITY, |(height, _)| *height)
}

/// The law without pieces that are not finite; None if none is left.
pub fn finite_part(law: &Marginal) -> Option<Marginal> {
    if law.pieces().iter().all(is_finite) {
        return Some(law.clone()).filter(|law| !law.pieces().is_empty());
    }
    // Only atoms can be anywhere: cells lie on an axis.
    let pieces: Vec<&Piece> = law.pieces().iter().filter(|piece| is_finite(piece)).collect();
    let points: Vec<f64> = pieces.iter().map(|piece| piece.from).collect();
    (!points.is_empty()).then(|| Marginal::atoms(points, pieces.iter().map(|piece| piece.mass).collect()))
}

fn is_finite(piece: &Piece) -> bool {
    piece.from.is_finite() && piece.to.is_finite() && piece.mass.is_finite()
}

/// Whether a law is point masses, not a sample of a density.
pub fn is_few_atoms(law: &Marginal) -> bool {
    law.pieces().len() <= FEW && law.pieces().iter().all(|piece| piece.to <= piece.from)
}

/// Centres of all pieces.
fn centres(law: &Marginal) -> Vec<f64> {
    law.pieces().iter().map(|piece| 0.5 * (piece.from + piece.to)).collect()
}

/// Masses of all pieces.
fn masses(law: &Marginal) -> Vec<f64> {
    law.pieces().iter().map(|piece| piece.mass).collect()
}

/// Bars about as wide as a kernel's bandwidth: 2.6 h n^(−2/15) is Scott's width for one Gaussian.
pub fn histogram(law: &Marginal, x: &Scale, support: Support) -> Vec<(f64, f64, f64)> {
    let points = centres(law);
    let weights = masses(law);
    let [from, until] = x.ends();
    let from = if support == Support::HalfLine { from.max(0.0) } else { from };
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

/// Resolution of the density of a law on pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// As fine as a page can show, however much mass a bin holds.
    Full,
    /// Pieces overlap, as those of a map of several directions: bins hold many of them.
    Overlapping,
}

/// The density of a limit along an axis: of cells and of maps as it is, with point masses apart; of atoms a
/// kernel estimate.
pub fn density(law: &Marginal, x: &Scale, detail: Detail, support: Support) -> Vec<LawShape> {
    if law.pieces().iter().any(|piece| piece.to > piece.from) {
        return piecewise_density(law, x, detail);
    }
    let points = centres(law);
    let weights = masses(law);
    if is_few_atoms(law) {
        return vec![LawShape::Spikes(
            points.into_iter().zip(weights.iter().map(|w| w / law.total())).collect(),
        )];
    }
    let curve = adaptive_density(&points, &weights, support);
    vec![match curve.x.is_empty() {
        true => LawShape::Spikes(vec![(law.quantile(0.5), 1.0)]),
        false => LawShape::Curve(curve.x.into_iter().zip(curve.density).collect()),
    }]
}

/// The densities of bins at their centres, bins being as wide as the page can show or holding a share of the
/// mass; bins too narrow for any page are spikes.
fn piecewise_density(law: &Marginal, x: &Scale, detail: Detail) -> Vec<LawShape> {
    let [from, until] = x.ends();
    let narrowest = (until - from) / FINEST;
    let widest = (until - from) / if detail == Detail::Full { BINS } else { COARSE_BINS };
    let share = if detail == Detail::Full { SHARE } else { f64::INFINITY };
    let mut smooth: Vec<Piece> = Vec::new();
    let mut spikes: Vec<(f64, f64)> = Vec::new();
    for bin in bins(&disjoint(law.pieces()), law.total(), (widest, narrowest), share) {
        match bin.mass >= SPIKE && bin.to - bin.from < 2.0 * narrowest {
            true => spikes.push((0.5 * (bin.from + bin.to), bin.mass)),
            false => smooth.push(bin),
        }
    }
    let curve = Some(through_centres(&smooth, widest)).filter(|points| !points.is_empty());
    let spikes = Some(spikes).filter(|spikes| !spikes.is_empty());
    curve.map(LawShape::Curve).into_iter().chain(spikes.map(LawShape::Spikes)).collect()
}

/// Neighbouring pieces put together until they are `widest`, or hold a share of the mass and are `narrowest`.
/// A wide piece is a bin of its own, with the sliver before it where its left neighbour overlaps it. Masses
/// become shares of the total.
fn bins(pieces: &[Piece], total: f64, (widest, narrowest): (f64, f64), share: f64) -> Vec<Piece> {
    let mut bins: Vec<Piece> = Vec::new();
    let mut open = false;
    for piece in pieces {
        let mass = piece.mass / total;
        let is_wide = piece.to - piece.from >= widest;
        let takes = |bin: &Piece| !is_wide || (bin.to - bin.from < narrowest && bin.mass < SPIKE);
        match bins.last_mut().filter(|bin| open && takes(bin) && piece.from - bin.to < widest) {
            Some(bin) => *bin = Piece { mass: bin.mass + mass, from: bin.from, to: piece.to },
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
            [LawShape::Curve(expected.into())]
        );
    }

    #[test]
    fn the_density_of_a_map_has_its_point_masses_apart_and_no_teeth() {
        // Half of a normal law stays at 0, the rest has its density; where two panels meet, a piece of
        // no width to speak of holds far too much for it.
        let steps = 4000;
        let faces: Vec<f64> = (0..=steps).map(|i| 4.0 * f64::from(i) / f64::from(steps)).collect();
        let mut pieces: Vec<Piece> = faces
            .windows(2)
            .map(|ends: &[f64]| {
                let below = [ends[0], ends[1]].map(meanfield_model::normal::distribution);
                Piece { mass: below[1] - below[0], from: ends[0], to: ends[1] }
            })
            .collect();
        pieces.push(Piece { mass: 0.5, from: 0.0, to: 0.0 });
        pieces.push(Piece { mass: 1e-7, from: 1.0, to: 1.0 + 1e-12 });
        let drawn =
            density(&Marginal::of_pieces(pieces), &Scale::linear(0.0, 4.0), Detail::Full, Support::HalfLine);
        let [LawShape::Curve(points), LawShape::Spikes(spikes)] = &drawn[..] else { panic!("{drawn:?}") };
        assert!(spikes.len() == 1 && spikes[0].0 < 1e-3 && (spikes[0].1 - 0.5).abs() < 1e-3, "{spikes:?}");
        for (x, found) in points.iter().filter(|(x, _)| (0.1..3.9).contains(x)) {
            // The mean over a bin of 0.01, and the false piece's 1e-7 over it.
            let exact = meanfield_model::normal::density(*x);
            assert!((found - exact).abs() < 3e-5, "at {x}: {found} {exact}");
        }
    }

    #[test]
    fn wide_pieces_that_overlap_a_little_have_no_teeth() {
        // As a map of two directions has them: on each part uniform about the mean there.
        let width = 0.2;
        let pieces = (-20..20).map(|i: i32| {
            let ends = [i, i + 1].map(|i| width * f64::from(i));
            let below = ends.map(meanfield_model::normal::distribution);
            let heights = ends.map(meanfield_model::normal::density);
            let mass = below[1] - below[0];
            let mean = (heights[0] - heights[1]) / mass;
            Piece { mass, from: mean - 0.5 * width, to: mean + 0.5 * width }
        });
        let law = Marginal::of_pieces(pieces.collect());
        let drawn = density(&law, &Scale::linear(-4.0, 4.0), Detail::Overlapping, Support::Line);
        let [LawShape::Curve(points)] = &drawn[..] else { panic!("{drawn:?}") };
        for (x, found) in points.iter().filter(|(x, _)| x.abs() < 3.5) {
            let exact = meanfield_model::normal::density(*x);
            assert!((found - exact).abs() < 0.005, "at {x}: {found} {exact}");
        }
    }

    #[test]
    fn narrow_peaks_are_cut_above_the_bars() {
        let [high, low] = [50.0, 2.5].map(|height| LawShape::Curve(vec![(0.5, height)]));
        let bars = LawShape::Bars(vec![(0.0, 1.0, 2.0)]);
        for (curve, top) in [(&high, 1.1 * 1.7 * 2.0), (&low, 2.75)] {
            let shapes = [bars.clone(), curve.clone()];
            assert!((upper_end(shapes.iter()) - top).abs() < 1e-12);
        }
        assert!(upper_end([high].iter()) > 50.0 && upper_end([].iter()) == 1.0);
    }

    #[test]
    fn a_narrow_peak_beside_a_wide_one_is_cut_a_single_one_is_not() {
        let normal =
            |x: f64, centre: f64, width: f64| meanfield_model::normal::density((x - centre) / width) / width;
        let curve = |height: &dyn Fn(f64) -> f64| {
            LawShape::Curve((0..4000).map(|i| 0.002 * f64::from(i)).map(|x| (x, height(x))).collect())
        };
        let single = curve(&|x| normal(x, 3.0, 0.02));
        assert!(upper_end([single].iter()) > 20.0);
        let split = curve(&|x| 0.5 * normal(x, 0.1, 0.01) + 0.5 * normal(x, 5.0, 0.6));
        let top = upper_end([split].iter());
        assert!((0.4..5.0).contains(&top), "{top}");
    }

    #[test]
    fn coinciding_atoms_are_a_spike() {
        let x = Scale::linear(0.0, 6.0);
        let single = Marginal::atoms(vec![1.0], vec![1.0]);
        assert_eq!(
            density(&single, &x, Detail::Full, Support::HalfLine),
            [LawShape::Spikes(vec![(1.0, 1.0)])]
        );
        let two = Marginal::atoms(vec![1.0, 2.0], vec![3.0, 1.0]);
        assert_eq!(
            density(&two, &x, Detail::Full, Support::HalfLine),
            [LawShape::Spikes(vec![(1.0, 0.75), (2.0, 0.25)])]
        );
        let [coinciding, spread] = [0.0, 0.1].map(|spread| {
            Marginal::atoms((0..40).map(|i| 1.0 + spread * f64::from(i)).collect(), vec![1.0; 40])
        });
        assert_eq!(
            density(&coinciding, &x, Detail::Full, Support::HalfLine),
            [LawShape::Spikes(vec![(1.0, 1.0)])]
        );
        let curve = density(&spread, &x, Detail::Full, Support::HalfLine);
        assert!(matches!(&curve[..], [LawShape::Curve(points)] if points.len() > 100));
    }
}
