//! Whether a Gibbs state is one of the whole space: the same coefficients, far beyond the box that it was
//! found on.
//!
//! ρ ∝ J e^{−β(c·φ + λ|θ|²/2)} must have no mass outside. Where it has (another well of Ψ behind a barrier,
//! without a node of the box in it) the box must hold that place too: the well would otherwise be missed
//! although all certificates are clean.

use meanfield_model::landscape::Landscape;
use meanfield_model::volume::VolumeElement;

use super::bath::{Bath, ln_weights};
use super::newton::GibbsState;
use crate::nodes::Nodes;
use crate::panelled::{PanelledBox, Side};

/// Places looked at along each side, for so many sides, and how far: from the box's length over this to as
/// many times it.
const PLACES: [(usize, f64); 4] = [(12_000, 1e4), (300, 100.0), (60, 20.0), (20, 10.0)];
/// Most panels of a side after that, for so many sides.
const MOST_PANELS: [usize; 4] = [2048, 48, 12, 6];
/// A place outside that represents more probability than this belongs into the box.
const OUTSIDE: f64 = 1e-12;

/// The box, and the places outside of it that have mass; None if there is none.
pub fn box_reaching_far_mass<const D: usize>(
    landscape: &dyn Landscape<D>,
    bath: Bath,
    found: &GibbsState,
    panelled: &PanelledBox<D>,
) -> Option<PanelledBox<D>> {
    let places = places(panelled);
    let most = MOST_PANELS[integrated_sides(panelled) - 1];
    let mut reaching = panelled.clone();
    let ln_weights = ln_weights(landscape, &places, bath, &found.coefficients);
    for (z, ln_weight) in places.position.iter().zip(ln_weights) {
        if ln_weight - found.ln_partition > OUTSIDE.ln() {
            widen_to_hold(&mut reaching, z, most);
        }
    }
    (reaching != *panelled).then_some(reaching)
}

/// Places far and near, each with the volume around it.
fn places<const D: usize>(panelled: &PanelledBox<D>) -> Nodes<D> {
    let (count, reach) = PLACES[integrated_sides(panelled) - 1];
    let sides: Vec<Vec<(f64, f64)>> =
        panelled.sides.iter().map(|side| places_along(side, count, reach)).collect();
    let mut nodes = Nodes { position: vec![[0.0; D]], ln_volume: vec![0.0] };
    for (c, side) in sides.iter().enumerate() {
        let mut more = Nodes::default();
        for (z, ln_volume) in nodes.position.iter().zip(&nodes.ln_volume) {
            for (place, ln_length) in side {
                let mut z = *z;
                z[c] = *place;
                more.position.push(z);
                more.ln_volume.push(ln_volume + ln_length);
            }
        }
        nodes = more;
    }
    nodes
}

/// Number of sides that are integrated over, from 1 to 4.
fn integrated_sides<const D: usize>(panelled: &PanelledBox<D>) -> usize {
    let panels = panelled.sides.iter().filter(|side| matches!(side, Side::Panels { .. }));
    panels.count().clamp(1, PLACES.len())
}

/// Places along a side at equal ratios (of either sign where a coordinate has one): (position, ln of the
/// volume around it).
fn places_along(side: &Side, count: usize, reach: f64) -> Vec<(f64, f64)> {
    let (lower, upper, element) = match side {
        Side::Held(value) => return vec![(*value, 0.0)],
        Side::Panels { lower, upper, element, .. } => (*lower, *upper, *element),
    };
    let two_sided = element == VolumeElement::Line;
    let signs: &[f64] = if two_sided { &[-1.0, 1.0] } else { &[1.0] };
    let count = count / signs.len();
    let scale = lower.abs().max(upper.abs());
    let ratio = 2.0 * reach.ln() / count as f64;
    let sizes: Vec<f64> = (0..count).map(|i| scale / reach * (ratio * (i as f64 + 0.5)).exp()).collect();
    let places = signs.iter().flat_map(|sign| sizes.iter().map(move |size| sign * size));
    places.map(|z| (z, element.ln(z.abs()) + (ratio * z.abs()).ln())).collect()
}

/// Widens the box to hold a place, with panels as wide as its own, as long as there are not too many.
fn widen_to_hold<const D: usize>(panelled: &mut PanelledBox<D>, place: &[f64; D], most: usize) {
    for (side, z) in panelled.sides.iter_mut().zip(place) {
        let Side::Panels { lower, upper, count, .. } = side else { continue };
        let width = (*upper - *lower) / *count as f64;
        let below = ((*lower - z) / width).ceil().max(0.0);
        let above = ((z - *upper) / width).ceil().max(0.0);
        (*lower, *upper) = (*lower - below * width, *upper + above * width);
        *count = count.saturating_add((below + above) as usize).min(most.max(*count));
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    #[test]
    fn a_box_is_widened_by_whole_panels() {
        let side = Side::Panels { lower: 1.0, upper: 2.0, count: 4, element: VolumeElement::Radius(3) };
        let mut panelled = PanelledBox { sides: [side], per_panel: NonZeroUsize::MIN };
        widen_to_hold(&mut panelled, &[1.5], 64);
        assert_eq!(
            panelled.sides[0],
            Side::Panels { lower: 1.0, upper: 2.0, count: 4, element: VolumeElement::Radius(3) }
        );
        widen_to_hold(&mut panelled, &[0.6], 64);
        widen_to_hold(&mut panelled, &[2.3], 64);
        assert_eq!(
            panelled.sides[0],
            Side::Panels { lower: 0.5, upper: 2.5, count: 8, element: VolumeElement::Radius(3) }
        );
    }
}
