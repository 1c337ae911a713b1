//! Claims on exponents in the summary: the headline numbers of each.

use meanfield_compare::power_law::{Estimate, PowerLaw};
use serde::{Deserialize, Serialize};

use super::number::Number;

/// One claim on an exponent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LawSummary {
    /// The system.
    pub system: String,
    /// The quantity.
    pub quantity: String,
    /// The varied key in full.
    pub over: String,
    /// The claimed exponent.
    pub claimed_exponent: f64,
    /// Allowed.
    pub within: f64,
    /// Its outcome in words.
    pub outcome: String,
    /// Whether it holds.
    pub holds: bool,
    /// When it was measured.
    pub time: Number,
    /// Seeds at each point.
    pub seeds: usize,
    /// The fitted exponent.
    pub exponent: EstimateSummary,
    /// The prefactor that belongs to it.
    pub prefactor: EstimateSummary,
    /// The prefactor with the exponent held at the claimed one.
    pub prefactor_as_claimed: EstimateSummary,
    /// The prefactor that the reference predicts; null where it predicts none.
    pub predicted_prefactor: Number,
    /// χ² for each degree of freedom.
    pub misfit: Number,
}

/// An estimate with its errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimateSummary {
    /// The fitted value.
    pub value: Number,
    /// Its standard error.
    pub standard_error: Number,
    /// Its 95 % interval.
    pub interval: [Number; 2],
}

impl From<Estimate> for EstimateSummary {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: Number(estimate.value),
            standard_error: Number(estimate.standard_error),
            interval: estimate.interval.map(Number),
        }
    }
}

impl LawSummary {
    /// The headline numbers of a fitted law.
    pub(super) fn of(law: &PowerLaw) -> Self {
        Self {
            system: law.claim.system.clone(),
            quantity: law.claim.quantity.clone(),
            over: law.claim.over.clone(),
            claimed_exponent: law.claim.exponent,
            within: law.claim.within,
            outcome: law.in_words(),
            holds: law.holds,
            time: Number(law.time),
            seeds: law.seeds,
            exponent: law.exponent.into(),
            prefactor: law.prefactor.into(),
            prefactor_as_claimed: law.prefactor_as_claimed.into(),
            predicted_prefactor: Number(law.predicted_prefactor.unwrap_or(f64::NAN)),
            misfit: Number(law.misfit),
        }
    }
}
