//! Laws of w from their keys, alone and in mixtures. Which of them data have coordinates for is the model's
//! to say.

use meanfield_model::initial::Initial;

use crate::ranges::LARGEST;

/// N(mean, κ²/d I), the mean along directions, where there are some.
pub(super) fn gaussian(scale: f64, mean: &[f64]) -> Initial {
    match mean {
        [] => Initial::Gaussian { scale },
        mean => Initial::GaussianAbout { scale, mean: mean.to_vec() },
    }
}

/// A sphere, or its part at stated overlaps.
pub(super) fn sphere(radius: f64, overlap: &[f64]) -> Initial {
    match overlap {
        [] => Initial::Sphere { radius },
        overlap => Initial::Overlap { radius, overlap: overlap.to_vec() },
    }
}

/// Whether these can be means.
pub(super) fn are_means(mean: &[f64]) -> bool {
    mean.iter().all(|mean| mean.abs() <= LARGEST)
}

/// Whether these can be overlaps: something is left across.
pub(super) fn are_overlaps(overlap: &[f64]) -> bool {
    overlap.iter().map(|q| q * q).sum::<f64>() < 1.0
}
