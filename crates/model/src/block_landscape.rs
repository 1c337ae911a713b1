//! The landscape of Gaussian classes with blocks for any loss, in the form that suits it: the series for the
//! squared loss, outputs at nodes of the lengths for every other. For the squared loss both forms exist and
//! must agree.

use crate::activation::Activation;
use crate::block_series::lengths::LengthSeries;
use crate::block_series::{AffineSeries, BlockSeriesError, RadiiSeries};
use crate::data::BlockClasses;
use crate::energy::{AsEnergy, Energy};
use crate::features::{AsFeatures, Features};
use crate::length_outputs::{LengthOutputs, LengthsError};
use crate::loss::Loss;
use crate::radial_series::DimensionLimit;

/// The landscape of classes with blocks for any loss, over a series of the squared one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BlockLandscape<S> {
    /// Squared loss.
    Series(S),
    /// Any loss.
    Outputs(Box<LengthOutputs<S>>),
}

impl<const B: usize> BlockLandscape<RadiiSeries<B>> {
    /// In (r₁, r₂, …), leaving less than `tolerance` for all radii up to the largest.
    ///
    /// # Errors
    /// Where the tolerance is out of reach.
    pub fn of_radii(
        data: &BlockClasses<B>,
        activation: &Activation,
        loss: Loss,
        limit: DimensionLimit,
        largest_radii: [f64; B],
        tolerance: f64,
    ) -> Result<Self, LengthsError> {
        let sides = largest_radii.map(|largest| [0.0, largest]);
        Self::new(loss, sides, tolerance, |tolerance| {
            RadiiSeries::new(data, activation, limit, largest_radii, tolerance)
        })
    }
}

impl BlockLandscape<AffineSeries> {
    /// In (a, b, r₁, r₂), leaving less than `tolerance` for all neurons up to |a|, |b|, r₁, r₂ = `largest`.
    ///
    /// # Errors
    /// Where the tolerance is out of reach.
    pub fn of_affine(
        data: &BlockClasses,
        activation: &Activation,
        loss: Loss,
        limit: DimensionLimit,
        largest: [f64; 4],
        tolerance: f64,
    ) -> Result<Self, LengthsError> {
        let [a, b, r1, r2] = largest;
        let sides = [[-a, a], [-b, b], [0.0, r1], [0.0, r2]];
        Self::new(loss, sides, tolerance, |tolerance| {
            AffineSeries::new(data, activation, limit, largest, tolerance)
        })
    }
}

impl<S> BlockLandscape<S> {
    fn new<const D: usize>(
        loss: Loss,
        sides: [[f64; 2]; D],
        tolerance: f64,
        series: impl Fn(f64) -> Result<S, BlockSeriesError>,
    ) -> Result<Self, LengthsError>
    where
        S: LengthSeries<D>,
    {
        match loss {
            Loss::Squared => Ok(Self::Series(series(tolerance)?)),
            _ => Ok(Self::Outputs(Box::new(LengthOutputs::new(loss, sides, tolerance, series)?))),
        }
    }
}

impl<S> BlockLandscape<S> {
    /// Terms of the series, or nodes of all classes.
    pub fn terms<const D: usize>(&self) -> usize
    where
        S: LengthSeries<D>,
    {
        match self {
            Self::Series(series) => series.of_blocks().terms_of_class(),
            Self::Outputs(outputs) => outputs.terms(),
        }
    }

    /// What is left out of U or of the risk, for all neurons that the landscape was made for.
    pub fn truncation<const D: usize>(&self) -> f64
    where
        S: LengthSeries<D>,
    {
        match self {
            Self::Series(series) => series.of_blocks().bound(),
            Self::Outputs(outputs) => outputs.truncation(),
        }
    }
}

impl<const D: usize, S: LengthSeries<D>> AsFeatures<D> for BlockLandscape<S> {
    fn as_features(&self) -> &dyn Features<D> {
        match self {
            Self::Series(series) => series,
            Self::Outputs(outputs) => &**outputs,
        }
    }
}

impl<S: Energy> AsEnergy for BlockLandscape<S> {
    fn as_energy(&self) -> &dyn Energy {
        match self {
            Self::Series(series) => series,
            Self::Outputs(outputs) => outputs.as_energy(),
        }
    }
}
