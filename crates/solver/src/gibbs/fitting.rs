//! Fitting a box of quadrature to a law: it grows where there is mass at its edge and shrinks to where the mass is.

use meanfield_model::volume::VolumeElement;

use super::error::GibbsProblemError;
use crate::panelled::{PanelledBox, Side};

/// An outermost node with more mass than this means that the box is too small.
const EDGE: f64 = 1e-13;
/// Nodes with less mass than this, all the way to the edge, are left out, up to a margin of so much of the rest; if the box is then
/// narrower than this share of what it was.
const EMPTY: f64 = 1e-15;
const MARGIN: f64 = 0.1;
const WORTH_IT: f64 = 0.7;
/// A box too small grows by this factor, at most to a coordinate of this size.
const GROWTH: f64 = 1.6;
const LARGEST: f64 = 1e5;

/// The box that the mass asks for; None if it has it.
pub fn fitted_box<const D: usize>(
    panelled: &PanelledBox<D>,
    mass: &[f64],
) -> Result<Option<PanelledBox<D>>, GibbsProblemError> {
    let (marginals, mut other) = (panelled.marginals(mass), panelled.clone());
    for (c, (side, marginal)) in other.sides.iter_mut().zip(&marginals).enumerate() {
        let Side::Panels { lower, upper, element, .. } = side else { continue };
        let (from, until) = (*lower, *upper);
        let heavy = |node: Option<&(f64, f64)>| node.is_some_and(|(_, mass)| *mass > EDGE);
        if heavy(marginal.last()) {
            *upper += (GROWTH - 1.0) * (until - from);
        }
        let open = *element == VolumeElement::Line || from > 0.0;
        if open && heavy(marginal.first()) {
            *lower -= (GROWTH - 1.0) * (until - from);
        }
        if (*lower, *upper) == (from, until) {
            (*lower, *upper) = narrower(marginal, (from, until));
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

/// An interval around what of a marginal law is not [`EMPTY`], if it is much narrower than the present one.
fn narrower(marginal: &[(f64, f64)], present: (f64, f64)) -> (f64, f64) {
    let filled = |node: &&(f64, f64)| node.1 > EMPTY;
    let (first, last) = (marginal.iter().find(filled), marginal.iter().rev().find(filled));
    let (Some((first, _)), Some((last, _))) = (first, last) else { return present };
    let margin = MARGIN * (last - first);
    let narrow = ((first - margin).max(present.0), (last + margin).min(present.1));
    let much = narrow.1 - narrow.0 < WORTH_IT * (present.1 - present.0);
    if much && last > first { narrow } else { present }
}
