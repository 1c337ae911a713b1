//! The geometry of one axis, as the diffusive flux needs it: widths, distances, and how the volume element
//! changes from cell to cell. A cell's share of the volume is exact, so that a law constant in R^D over each
//! cell has the discrete entropy.

use meanfield_model::axis::Axis;
use meanfield_model::volume::VolumeElement;

/// The geometry of one axis.
#[derive(Clone, Debug)]
pub struct DiffusionAxis {
    pub inverse_width: Vec<f64>,
    /// Mobility over the distance of the centres beside each interior face.
    pub conductance: Vec<f64>,
    /// ln ∫ J over each cell.
    pub ln_volume: Vec<f64>,
    /// ln J's mean, right less left of each interior face.
    pub ln_element_step: Vec<f64>,
}

impl DiffusionAxis {
    /// The geometry of an axis whose coordinate has this volume element, and follows so readily.
    pub fn new(axis: &Axis, element: VolumeElement, mobility: f64) -> Self {
        let centre = axis.centres();
        let width = axis.widths();
        let faces = axis.faces();
        let ln_volume: Vec<f64> = faces.windows(2).map(|f| element.ln_between(f[0], f[1])).collect();
        let ln_mean: Vec<f64> = ln_volume.iter().zip(&width).map(|(ln, width)| ln - width.ln()).collect();
        Self {
            conductance: centre.windows(2).map(|pair| mobility / (pair[1] - pair[0])).collect(),
            ln_element_step: ln_mean.windows(2).map(|pair| pair[1] - pair[0]).collect(),
            inverse_width: width.iter().map(|width| width.recip()).collect(),
            ln_volume,
        }
    }
}
