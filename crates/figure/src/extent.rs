//! How far the laws of a panel reach, and the horizontal scales that follow: one for all panels of a figure
//! where each still shows its laws, else one for each row, else one for each panel. It draws nothing.
//!
//! A few point masses far from laws that have densities do not stretch an axis: the panel says where they
//! are.

use meanfield_model::marginal::Marginal;

use super::scale::{Kind, Scale};
use super::shape::is_few_atoms;
use crate::density::Support;

/// Share of the mass that may lie beyond each end.
const BEYOND: f64 = 0.001;
/// Share of the mass that is a line at 0, how near to 0 it is, and the room before 0 then, in shares of the
/// axis.
const MASS_AT_ZERO: f64 = 0.02;
const AT_ZERO: f64 = 0.004;
const BEFORE_ZERO: f64 = 0.025;
/// Share of the upper end above which laws of a radius are so far from 0 that their axis does not begin
/// there.
const FAR_FROM_ZERO: f64 = 0.5;
/// Least share of a common axis that the laws of each panel take.
const LEAST_SHARE: f64 = 0.12;

/// How far some laws reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Extent {
    support: Support,
    /// The ends of the bulk; infinite, and in the wrong order, without laws.
    lower: f64,
    upper: f64,
    /// Above it lies nearly all mass of each law.
    nearest_to_zero: f64,
    /// Places of a few point masses beside laws of another kind.
    points: Vec<f64>,
}

impl Extent {
    /// Of laws, each with whether it is that of a network.
    pub fn of<'a>(laws: impl Iterator<Item = (&'a Marginal, bool)>, support: Support) -> Self {
        let mut points: Vec<&Marginal> = Vec::new();
        let mut spread: Vec<&Marginal> = Vec::new();
        for (law, is_network) in laws {
            // Networks are drawn as histograms, however few their neurons are.
            let is_points = !is_network && is_few_atoms(law);
            if is_points { points.push(law) } else { spread.push(law) }
        }
        let mut extent = Self::of_bulk(if spread.is_empty() { &points } else { &spread }, support);
        if !spread.is_empty() {
            extent.points = points.iter().flat_map(|law| law.pieces()).map(|piece| piece.from).collect();
        }
        extent
    }

    fn of_bulk(laws: &[&Marginal], support: Support) -> Self {
        let upper = laws.iter().map(|law| law.quantile(1.0 - BEYOND)).fold(f64::NEG_INFINITY, f64::max);
        let [lower, nearest_to_zero] = [BEYOND, MASS_AT_ZERO].map(|share| least_quantile(laws, share));
        Self { support, lower, upper, nearest_to_zero, points: Vec::new() }
    }

    /// Of the laws of two extents together.
    fn with(&self, other: &Self) -> Self {
        Self {
            support: self.support,
            lower: self.lower.min(other.lower),
            upper: self.upper.max(other.upper),
            nearest_to_zero: self.nearest_to_zero.min(other.nearest_to_zero),
            points: [&self.points[..], &other.points].concat(),
        }
    }

    /// The same with the point masses that are no farther from the bulk than the bulk is from 0.
    fn with_near_points(&self) -> Self {
        let reach = self.lower.abs().max(self.upper.abs());
        let [from, until] = [self.lower - reach, self.upper + reach];
        let near = self.points.iter().filter(|point| (from..=until).contains(*point));
        near.fold(self.clone(), |extent, point| Self {
            lower: extent.lower.min(*point),
            upper: extent.upper.max(*point),
            nearest_to_zero: extent.nearest_to_zero.min(*point),
            ..extent
        })
    }

    /// The scale: from 0 (a radius) or the lower end to the upper one, and a little more.
    pub fn scale(&self) -> Scale {
        let Self { lower, upper, nearest_to_zero, .. } = self.with_near_points();
        if self.support == Support::Line || lower > FAR_FROM_ZERO * upper {
            let margin = if self.support == Support::Line { 0.05 } else { 0.1 };
            return Scale::covering(Kind::Linear, [lower, upper], margin);
        }
        let upper = if upper > 0.0 { 1.06 * upper } else { 1.0 };
        // A line of mass at 0 would lie under the frame.
        let has_mass_at_zero = nearest_to_zero < AT_ZERO * upper;
        Scale::linear(if has_mass_at_zero { -BEFORE_ZERO * upper } else { 0.0 }, upper)
    }

    /// Whether its bulk takes enough of an axis to be seen on it.
    fn shows_on(&self, scale: &Scale) -> bool {
        let [from, until] = scale.ends();
        self.lower > self.upper || self.upper - self.lower >= LEAST_SHARE * (until - from)
    }
}

/// The least place below which a law has this share of its mass.
fn least_quantile(laws: &[&Marginal], share: f64) -> f64 {
    laws.iter().map(|law| law.quantile(share)).fold(f64::INFINITY, f64::min)
}

/// A scale for each of some panels, `columns` in a row: one for all where each panel's laws show on it, else
/// one for a row, else the panel's own.
pub fn scales(extents: &[Extent], columns: usize) -> Vec<Scale> {
    if let Some(scale) = common_scale(extents) {
        return vec![scale; extents.len()];
    }
    let rows = extents.chunks(columns.max(1));
    rows.flat_map(|row: &[Extent]| match common_scale(row) {
        Some(scale) => vec![scale; row.len()],
        None => row.iter().map(Extent::scale).collect(),
    })
    .collect()
}

/// The scale of some extents together, if each of them shows on it.
fn common_scale(extents: &[Extent]) -> Option<Scale> {
    let scale = extents.iter().cloned().reduce(|all, own| all.with(&own))?.scale();
    extents.iter().all(|extent| extent.shows_on(&scale)).then_some(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A law that is even from one place to another.
    fn even(from: f64, until: f64) -> Marginal {
        Marginal::atoms(
            (0..=100).map(|i| from + 0.01 * f64::from(i) * (until - from)).collect(),
            vec![1.0; 101],
        )
    }

    fn extent(laws: &[&Marginal]) -> Extent {
        Extent::of(laws.iter().map(|law| (*law, false)), Support::HalfLine)
    }

    fn ends(laws: &[&[&Marginal]], columns: usize) -> Vec<[f64; 2]> {
        let extents: Vec<Extent> = laws.iter().map(|laws| extent(laws)).collect();
        scales(&extents, columns).iter().map(Scale::ends).collect()
    }

    #[test]
    fn panels_share_an_axis_on_which_all_laws_show() {
        let [narrow, wide, widest] = [even(1.0, 2.0), even(0.5, 4.0), even(0.5, 40.0)];
        let shared = ends(&[&[&narrow], &[&wide]], 1);
        assert!(shared[0] == shared[1] && (shared[0][1] - 1.06 * 4.0).abs() < 1e-9, "{shared:?}");
        let rows = ends(&[&[&narrow], &[&wide], &[&widest], &[&widest]], 2);
        assert!(rows[0] == shared[0] && rows[1] == rows[0] && rows[3][1] > 40.0, "{rows:?}");
        let own = ends(&[&[&narrow], &[&widest]], 2);
        assert!(own[0][1] < 2.5 && own[1][1] > 40.0, "{own:?}");
    }

    #[test]
    fn far_point_masses_do_not_stretch_an_axis() {
        let law = even(1.0, 2.0);
        let masses = Marginal::atoms(vec![0.0, 3.0, 20.0], vec![1.0; 3]);
        let [from, until] = ends(&[&[&law, &masses]], 1)[0];
        assert!(from < 0.0 && (until - 1.06 * 3.0).abs() < 1e-9, "{from} {until}");
        assert!(ends(&[&[&masses]], 1)[0][1] > 20.0, "nothing else is there");
    }

    #[test]
    fn without_laws_there_is_an_axis() {
        let [from, until] = ends(&[&[]], 1)[0];
        assert!(until > from);
    }
}
