//! The landscape in r = |w| for any loss, in the form that suits it: the series for the squared loss, quadrature
//! over the data for every other.

use crate::activation::Activation;
use crate::data::GaussianClasses;
use crate::data_quadrature::{DataQuadrature, NodesError};
use crate::landscape::Landscape;
use crate::loss::Loss;
use crate::radial_series::{DimensionLimit, RadialSeries, SeriesError};

/// See the module's head.
#[derive(Clone, Debug)]
pub enum RadialLandscape {
    /// Squared loss.
    Series(RadialSeries),
    /// Any loss.
    Quadrature(DataQuadrature),
}

/// Largest S · gain of a smooth σ: neurons further out see a step or a kink, which changes over radii that no grid
/// resolves.
const STEEPEST: f64 = 2000.0;

/// Why a landscape cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LandscapeError {
    /// The series misses its tolerance.
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// The quadrature does.
    #[error(transparent)]
    Nodes(#[from] NodesError),
    /// σ changes too fast for the spread of its inputs.
    #[error(
        "the activation is too steep: its inputs reach {0:.1e} times its own unit of length, and {STEEPEST:e} are resolved"
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
            let series = RadialSeries::new(data, activation, limit, largest_radius, tolerance)?;
            return Ok(Self::Series(series));
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

    /// What the terms leave out of U(r, r'), for all radii up to the largest the landscape was made for.
    pub fn truncation(&self) -> f64 {
        match self {
            Self::Series(series) => series.truncation(),
            Self::Quadrature(rule) => rule.truncation(),
        }
    }

    fn inner(&self) -> &dyn Landscape<1> {
        match self {
            Self::Series(series) => series,
            Self::Quadrature(rule) => rule,
        }
    }
}

impl Landscape<1> for RadialLandscape {
    fn rank(&self) -> usize {
        self.inner().rank()
    }

    fn features(&self, z: [f64; 1], values: &mut [f64], gradients: &mut [[f64; 1]]) {
        self.inner().features(z, values, gradients);
    }

    fn risk(&self, moments: &[f64]) -> f64 {
        self.inner().risk(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        self.inner().potential_coefficients(moments, coefficients);
    }

    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]) {
        self.inner().curvatures(moments, curvatures);
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        self.inner().interaction(moments)
    }

    fn self_interaction(&self, z: [f64; 1]) -> f64 {
        self.inner().self_interaction(z)
    }

    fn rests_at_lower_end(&self, coordinate: usize) -> bool {
        self.inner().rests_at_lower_end(coordinate)
    }

    fn truncation(&self, z: [f64; 1]) -> f64 {
        self.inner().truncation(z)
    }

    fn bias_is_exact(&self) -> bool {
        self.inner().bias_is_exact()
    }

    fn independent_bias(&self, points: &mut dyn Iterator<Item = ([f64; 1], f64)>, moments: &[f64]) -> f64 {
        self.inner().independent_bias(points, moments)
    }
}
