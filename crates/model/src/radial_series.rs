//! The squared-loss landscape of isotropic Gaussian classes in r = |w|, as a separable series.
//!
//! ```text
//!   V(r)     = −Σ_c π_c y_c q_0(τ_c r)
//!   U(r, r') =  Σ_c π_c Σ_{n even} μ_n(d) q_n(τ_c r) q_n(τ_c r')
//!   μ_{2k}(d) = E ζ^{2k} = Π_{m=1..k} (2m−1)/(d+2m−2)      ζ: one coordinate of a uniform point of S^{d−1}
//! ```
//! All weights are ≥ 0: R is a sum of squares, R = Σ_c π_c [(y_c − m_{c0})² + Σ_{k≥1} μ_{2k} m_{c,2k}²].
//! At d = ∞ only n = 0 is left. (MMN 2018, eqs. 4, 5, 8, 13; the series is derived, not quoted.)

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use crate::activation::Activation;
use crate::data::{Class, GaussianClasses};
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure, values_with_gradients};
use crate::hermite_table::{Coefficients, hermite_table};
use crate::isotropic::mean_square_output;
use crate::spectrum::Spectrum;
use crate::squared_loss::SquaredLoss;
use crate::tabulated::Tabulated;

/// Number of even orders tried at first; doubled until the tolerance is reached.
const FEWEST_TERMS: usize = 25;
/// Largest number of even orders tried before giving up on the tolerance.
const MOST_TERMS: usize = 400;

/// The dimension of the kernel: the finite d of the data, or d → ∞.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DimensionLimit {
    /// The kernel at the data's d.
    Finite,
    /// The kernel in the limit d → ∞ (the start has the data's d).
    Infinite,
}

/// The squared-loss landscape of isotropic Gaussian classes in r = |w|, as a separable series.
#[derive(Clone, Debug)]
pub struct RadialSeries {
    activation: Activation,
    /// q_0, q_2, q_4, … as functions of S.
    table: Tabulated<Coefficients>,
    classes: Vec<Class>,
    /// The loss with weights μ_0 = 1, μ_2, μ_4, …
    loss: SquaredLoss,
    /// Weight of the first order left out; 0 at d = ∞.
    next_weight: f64,
    truncation: f64,
    /// Largest S that the series was made for.
    largest_scale: f64,
    /// (S, bound on the orders of E σ² beyond the cut, up to S); computed on first use.
    tails: OnceLock<Vec<(f64, f64)>>,
}

/// The series does not reach its tolerance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "the kernel's series at dimension {dimension} leaves {truncation:.1e} after {terms} terms; \
     {tolerance:.1e} was asked for"
)]
pub struct SeriesError {
    dimension: usize,
    terms: usize,
    truncation: f64,
    tolerance: f64,
}

impl SeriesError {
    /// A tolerance that can be reached.
    pub fn reachable(&self) -> f64 {
        1.1 * self.truncation
    }
}

impl RadialSeries {
    /// The series, cut where it leaves less than `tolerance` in U(r, r') for all radii up to
    /// `largest_radius`.
    ///
    /// # Errors
    ///
    /// Where the largest number of terms leaves more.
    pub fn new(
        data: &GaussianClasses,
        activation: &Activation,
        limit: DimensionLimit,
        largest_radius: f64,
        tolerance: f64,
    ) -> Result<Self, SeriesError> {
        let largest_scale = data.classes.iter().map(|class| class.scale * largest_radius).fold(0.0, f64::max);
        let Cut { weights, next_weight, truncation } = match limit {
            DimensionLimit::Infinite => Cut { weights: vec![1.0], next_weight: 0.0, truncation: 0.0 },
            DimensionLimit::Finite => Cut::find(activation, data.dimension, largest_scale, tolerance)?,
        };
        Ok(Self {
            activation: activation.clone(),
            table: hermite_table(activation, 2, weights.len()),
            classes: data.classes.clone(),
            loss: SquaredLoss { targets: data.targets(), weights },
            next_weight,
            truncation,
            largest_scale,
            tails: OnceLock::new(),
        })
    }

    /// A bound on what the cut series leaves out of U(r, r'), for all radii up to the largest it was made
    /// for.
    pub fn truncation(&self) -> f64 {
        self.truncation
    }

    /// Number of even orders of the series, n = 0 included.
    pub fn terms(&self) -> usize {
        self.loss.weights.len()
    }
}

/// Where the series is cut.
struct Cut {
    /// μ_0 = 1, μ_2, μ_4, … of the orders up to the cut.
    weights: Vec<f64>,
    /// Weight of the first order left out.
    next_weight: f64,
    /// A bound on what is left out.
    truncation: f64,
}

impl Cut {
    /// The first cut that leaves less than `tolerance` in U for neurons with inputs up to `largest_scale`.
    fn find(
        activation: &Activation,
        dimension: usize,
        largest_scale: f64,
        tolerance: f64,
    ) -> Result<Self, SeriesError> {
        let mut tails = Vec::new();
        let mut weights = vec![1.0];
        loop {
            let k = weights.len();
            if k > tails.len() {
                let tried = (2 * tails.len()).clamp(FEWEST_TERMS, MOST_TERMS);
                tails = Spectrum::up_to(activation, 0.0, largest_scale, tried).tails;
            }
            let next_weight = weights[k - 1] * (2 * k - 1) as f64 / (dimension + 2 * k - 2) as f64;
            // Cauchy–Schwarz: what the cut leaves is at most μ_{2k} times the orders from there on.
            let truncation = next_weight * tails[k - 1];
            if truncation <= tolerance {
                return Ok(Self { weights, next_weight, truncation });
            }
            if k == MOST_TERMS {
                return Err(SeriesError { dimension, terms: k, truncation, tolerance });
            }
            weights.push(next_weight);
        }
    }
}

impl AsEnergy for RadialSeries {
    fn as_energy(&self) -> &dyn Energy {
        &self.loss
    }
}

impl Features<1> for RadialSeries {
    fn rank(&self) -> usize {
        self.loss.rank()
    }

    fn features(&self, [radius]: [f64; 1], values: &mut [f64], gradients: &mut [[f64; 1]]) {
        let terms = self.terms();
        let blocks = values.chunks_exact_mut(terms).zip(gradients.as_flattened_mut().chunks_exact_mut(terms));
        for (class, (values, slopes)) in self.classes.iter().zip(blocks) {
            self.table.evaluate(class.scale * radius, values, slopes);
            slopes.iter_mut().for_each(|slope| *slope *= class.scale);
        }
    }

    fn values(&self, z: [f64; 1], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, [radius]: [f64; 1]) -> f64 {
        mean_square_output(&self.classes, &self.activation, radius)
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; 1], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, [radius]: [f64; 1]) -> f64 {
        if self.next_weight == 0.0 {
            return 0.0;
        }
        let scale = self.classes.iter().map(|class| class.scale * radius).fold(0.0, f64::max);
        let last = self.terms() - 1;
        if scale > self.largest_scale {
            return self.next_weight * Spectrum::up_to(&self.activation, 0.0, scale, last + 1).tails[last];
        }
        let tails =
            self.tails.get_or_init(|| Spectrum::tails_by_scale(&self.activation, self.largest_scale, last));
        let below = tails.partition_point(|(known, _)| *known <= scale).checked_sub(1);
        let below = below.map_or(0.0, |i| tails[i].1);
        self.next_weight * below.max(Spectrum::tail(&self.activation, scale, last))
    }

    fn structure(&self) -> Structure<1> {
        Structure { rests_at_lower_end: [self.activation.bends_at_zero()], ..Structure::PLAIN }
    }
}
