//! The landscape in r = |w| for any loss, in the form that suits it: the series for the squared loss,
//! quadrature over the data for every other, and for the squared loss in few dimensions, where the series
//! converges slowly. For the squared loss both forms exist and must agree, so that each checks the other.

use crate::activation::Activation;
use crate::data::GaussianClasses;
use crate::data_quadrature::{DataQuadrature, NodesError};
use crate::energy::{AsEnergy, Energy};
use crate::features::{AsFeatures, Features};
use crate::loss::Loss;
use crate::radial_series::{DimensionLimit, RadialSeries, SeriesError};

/// The landscape in r = |w| for any loss.
///
/// ```
/// use meanfield_model::activation::{Activation, PiecewiseLinear};
/// use meanfield_model::data::GaussianClasses;
/// use meanfield_model::energy::Energy;
/// use meanfield_model::landscape::Landscape;
/// use meanfield_model::loss::Loss;
/// use meanfield_model::radial_landscape::RadialLandscape;
/// use meanfield_model::radial_series::DimensionLimit;
///
/// let data = GaussianClasses::isotropic(40, 0.8)?;
/// let sigma = Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?);
/// let finite = DimensionLimit::Finite;
/// let landscape = RadialLandscape::new(&data, &sigma, Loss::Squared, finite, 8.0, 1e-9)?;
/// // The risk of a law of two point masses, at r = 0.4 and r = 1.1.
/// let moments = landscape.moments(&mut [([0.4], 0.25), ([1.1], 0.75)].into_iter());
/// assert!(landscape.risk(&moments) > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RadialLandscape {
    /// Squared loss.
    Series(RadialSeries),
    /// Any loss.
    Quadrature(DataQuadrature),
}

/// Largest S · gain of a smooth σ: neurons further out see a step or a kink, which changes over radii that no
/// grid resolves.
const STEEPEST: f64 = 2000.0;

/// Dimensions up to which a series that converges slowly gives way to quadrature over the data.
const FEW: usize = 8;

/// Why a landscape cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LandscapeError {
    /// The series misses its tolerance.
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// The quadrature does.
    #[error(transparent)]
    Nodes(#[from] NodesError),
    /// σ changes too fast for the spread of its inputs.
    #[error(
        "the activation is too steep: its inputs reach {0:.1e} times its own unit of length, \
         and {STEEPEST:e} are resolved"
    )]
    Steep(f64),
}

impl LandscapeError {
    /// A tolerance that can be reached, where that is the matter.
    pub fn reachable(&self) -> Option<f64> {
        match self {
            Self::Series(error) => Some(error.reachable()),
            Self::Nodes(NodesError::TooFew { truncation, .. }) => Some(1.1 * truncation),
            Self::Nodes(NodesError::Linear(_)) | Self::Steep(_) => None,
        }
    }
}

impl RadialLandscape {
    /// The landscape that leaves less than `tolerance` in U(r, r') for radii up to `largest_radius`.
    ///
    /// # Errors
    ///
    /// Where the activation is too steep for the spread of its inputs, or the tolerance is out of reach.
    pub fn new(
        data: &GaussianClasses,
        activation: &Activation,
        loss: Loss,
        limit: DimensionLimit,
        largest_radius: f64,
        tolerance: f64,
    ) -> Result<Self, LandscapeError> {
        let largest_scale = data.classes.iter().map(|class| class.scale * largest_radius).fold(0.0, f64::max);
        if let Activation::Smooth(sigma) = activation
            && largest_scale * sigma.place.gain > STEEPEST
        {
            return Err(LandscapeError::Steep(largest_scale * sigma.place.gain));
        }
        if loss == Loss::Squared {
            match RadialSeries::new(data, activation, limit, largest_radius, tolerance) {
                Ok(series) => return Ok(Self::Series(series)),
                Err(error) if data.dimension > FEW => return Err(error.into()),
                Err(error) => return in_few_dimensions(data, activation, largest_radius, tolerance, error),
            }
        }
        let rule = DataQuadrature::new(data, activation, loss, limit, largest_radius, tolerance)?;
        Ok(Self::Quadrature(rule))
    }

    /// Features a class: orders of the series, or nodes.
    pub fn terms(&self) -> usize {
        match self {
            Self::Series(series) => series.terms(),
            Self::Quadrature(rule) => rule.terms(),
        }
    }

    /// Whether it is a quadrature over the data.
    pub fn is_quadrature(&self) -> bool {
        matches!(self, Self::Quadrature(_))
    }

    /// What the terms leave out of U(r, r'), for all radii up to the largest the landscape was made for.
    pub fn truncation(&self) -> f64 {
        match self {
            Self::Series(series) => series.truncation(),
            Self::Quadrature(rule) => rule.truncation(),
        }
    }
}

/// The squared loss by quadrature, of which the series says by how much it errs.
fn in_few_dimensions(
    data: &GaussianClasses,
    activation: &Activation,
    largest_radius: f64,
    tolerance: f64,
    series: SeriesError,
) -> Result<RadialLandscape, LandscapeError> {
    let finite = DimensionLimit::Finite;
    let rule = DataQuadrature::new(data, activation, Loss::Squared, finite, largest_radius, tolerance);
    match rule {
        Ok(rule) => Ok(RadialLandscape::Quadrature(rule)),
        Err(_) => Err(series.into()),
    }
}

impl AsFeatures<1> for RadialLandscape {
    fn as_features(&self) -> &dyn Features<1> {
        match self {
            Self::Series(series) => series,
            Self::Quadrature(rule) => rule,
        }
    }
}

impl AsEnergy for RadialLandscape {
    fn as_energy(&self) -> &dyn Energy {
        match self {
            Self::Series(series) => series,
            Self::Quadrature(rule) => rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Placement, Shape, Smooth, examples};

    #[test]
    fn a_series_that_converges_slowly_gives_way_to_quadrature() {
        let place = Placement::default();
        let tanh = Activation::Smooth(Smooth { shape: Shape::Tanh, place });
        let make = |dimension: usize, sigma: &Activation| {
            let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
            RadialLandscape::new(&data, sigma, Loss::Squared, DimensionLimit::Finite, 8.0, 1e-9)
        };
        assert!(make(4, &tanh).expect("converges").is_quadrature());
        assert!(!make(100, &tanh).expect("converges").is_quadrature());
        // A kink in two dimensions: neither does, and the series says how far it comes.
        assert!(matches!(make(2, &examples::figure_1()), Err(LandscapeError::Series(_))));
    }
}
