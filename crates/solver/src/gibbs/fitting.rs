//! Fitting a box of quadrature to a law: it grows where there is mass at its edge and shrinks to where the
//! mass is.

use meanfield_model::volume::VolumeElement;

use super::error::GibbsProblemError;
use crate::panelled::{PanelledBox, Side};

/// An outermost node with more mass than this means that the box is too small.
const EDGE: f64 = 1e-13;
/// Nodes with less mass than this, all the way to the edge, are left out, up to a margin of so much of the
/// rest; if the box is then narrower than this share of what it was.
const EMPTY: f64 = 1e-15;
const MARGIN: f64 = 0.1;
const WORTH_IT: f64 = 0.7;
/// A box too small grows by this factor, at most to a coordinate of this size.
const GROWTH: f64 = 1.6;
const LARGEST: f64 = 1e5;

/// The box that fits the mass; None if it is this one already.
///
/// # Errors
/// If a side would have to become larger than a box may be.
pub fn fitted_box<const D: usize>(
    panelled: &PanelledBox<D>,
    mass: &[f64],
) -> Result<Option<PanelledBox<D>>, GibbsProblemError> {
    let marginals = panelled.marginals(mass);
    let mut other = panelled.clone();
    for (c, (side, marginal)) in other.sides.iter_mut().zip(&marginals).enumerate() {
        let Side::Panels { lower, upper, element, .. } = side else { continue };
        let present = [*lower, *upper];
        let growth = (GROWTH - 1.0) * (present[1] - present[0]);
        if has_mass(marginal.last()) {
            *upper += growth;
        }
        let is_open = *element == VolumeElement::Line || present[0] > 0.0;
        if is_open && has_mass(marginal.first()) {
            *lower -= growth;
        }
        if [*lower, *upper] == present {
            [*lower, *upper] = narrower(marginal, present);
        }
        if *element != VolumeElement::Line {
            *lower = lower.max(0.0);
        }
        if upper.abs().max(lower.abs()) > LARGEST {
            return Err(GibbsProblemError::Unbounded { coordinate: c + 1, largest: LARGEST });
        }
    }
    Ok((other != *panelled).then_some(other))
}

/// Whether an outermost node has so much mass that the box is too small.
fn has_mass(node: Option<&(f64, f64)>) -> bool {
    node.is_some_and(|(_, mass)| *mass > EDGE)
}

/// An interval around what of a marginal law is not [`EMPTY`], if it is much narrower than the present one.
fn narrower(marginal: &[(f64, f64)], present: [f64; 2]) -> [f64; 2] {
    let mut filled = marginal.iter().filter(|(_, mass)| *mass > EMPTY).map(|(z, _)| *z);
    let Some(first) = filled.next() else { return present };
    let last = filled.next_back().unwrap_or(first);
    let margin = MARGIN * (last - first);
    let narrow = [(first - margin).max(present[0]), (last + margin).min(present[1])];
    let is_worth_it = narrow[1] - narrow[0] < WORTH_IT * (present[1] - present[0]);
    if is_worth_it && last > first { narrow } else { present }
}
