//! A power law over a varied key as it was found: exponent and prefactor with their errors, what was
//! predicted, the verdict. `judge` fits it, `store` writes it, `figure` draws it.

use meanfield_run::claim::PowerLawClaim;
use meanfield_run::number::{plain, short};
use serde::Serialize;

/// More than this χ² for each degree of freedom, and the form does not fit what was measured.
const MISFIT: f64 = 4.0;
/// A fit ends this near to its best exponents.
const UNDONE: f64 = 1e-6;

/// An estimate from resampled seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The fitted value.
    pub value: f64,
    /// Half the width of the middle 68.3 % of the resamples.
    pub standard_error: f64,
    /// The middle 95 % of the resamples.
    pub interval: [f64; 2],
}

impl Estimate {
    /// No estimate at all.
    pub const UNKNOWN: Self = Self { value: f64::NAN, standard_error: f64::NAN, interval: [f64::NAN; 2] };

    /// Whether a value lies in the interval, up to what the fit leaves undone.
    pub fn allows(&self, value: f64) -> bool {
        self.interval[0] - UNDONE <= value && value <= self.interval[1] + UNDONE
    }
}

/// "-1.02 ± 0.04".
impl std::fmt::Display for Estimate {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let error = self.standard_error;
        // Two digits of the error, and the value to the same place.
        let places = if error > 0.0 { 1 - error.log10().floor() as i32 } else { 3 };
        match places {
            0..=6 => write!(f, "{:.*} ± {error:.*}", places as usize, self.value, places as usize),
            _ => write!(f, "{:.3e} ± {error:.1e}", self.value),
        }
    }
}

/// What of the quantity does not depend on the key.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remainder {
    /// There is none: the claim is of a power alone.
    Nothing,
    /// The reference predicts it, and it was subtracted.
    Predicted,
    /// A constant was fitted together with the power; negative where it lowers a square.
    Constant(Estimate),
    /// It depends on a second varied key as a power, which was fitted together with the first.
    Power {
        /// The second axis.
        axis: String,
        /// Its exponent.
        exponent: Estimate,
        /// Its prefactor.
        prefactor: Estimate,
    },
}

/// "the rest, 12.3 ± 0.4 · step_size^(0.98 ± 0.02), fitted too".
impl std::fmt::Display for Remainder {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Nothing => write!(f, "with nothing beside"),
            Self::Predicted => write!(f, "less the predicted rest"),
            Self::Constant(constant) => write!(f, "beside a constant {constant}"),
            Self::Power { axis, exponent, .. } => write!(f, "beside {axis}^({exponent})"),
        }
    }
}

/// The part of the quantity that depends on the key, at one of its values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeasuredPart {
    /// The key's value.
    pub key: f64,
    /// The measured value less the rest; negative where less than nothing is left of a square.
    pub value: f64,
    /// Its standard error, from resampled seeds.
    pub standard_error: f64,
}

/// A claim on an exponent, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerLaw {
    /// The claim.
    pub claim: PowerLawClaim,
    /// Short name of the key, as the axis of the records.
    pub axis: String,
    /// When it was measured, t as planned.
    pub time: f64,
    /// Seeds at each point.
    pub seeds: usize,
    /// The fitted exponent.
    pub exponent: Estimate,
    /// The prefactor that belongs to it.
    pub prefactor: Estimate,
    /// The prefactor if the exponent is held at the claimed one: what a predicted prefactor is to be compared
    /// with.
    pub prefactor_as_claimed: Estimate,
    /// The prefactor that the reference predicts, for the exponent that theory gives.
    pub predicted_prefactor: Option<f64>,
    /// The exponent that theory gives, where a prefactor is predicted.
    pub predicted_exponent: Option<f64>,
    /// What does not depend on the key; None where nothing was fitted.
    pub rest: Option<Remainder>,
    /// The measured part at each value of the key.
    pub points: Vec<MeasuredPart>,
    /// χ² for each degree of freedom; NaN without any.
    pub misfit: f64,
    /// The reason that it cannot be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// Whether the 95 % interval has the claimed exponent, and the fitted one is within the claim.
    pub holds: bool,
}

impl PowerLaw {
    /// A claim that cannot be judged, and why.
    pub fn not_judged(claim: &PowerLawClaim, missing: String) -> Self {
        Self {
            claim: claim.clone(),
            axis: claim.over.rsplit('.').next().unwrap_or_default().replace('-', "_"),
            time: claim.time.unwrap_or(f64::NAN),
            seeds: 0,
            exponent: Estimate::UNKNOWN,
            prefactor: Estimate::UNKNOWN,
            prefactor_as_claimed: Estimate::UNKNOWN,
            predicted_prefactor: None,
            predicted_exponent: None,
            rest: None,
            points: Vec::new(),
            misfit: f64::NAN,
            missing: Some(missing),
            holds: false,
        }
    }

    /// Whether the measured points scatter by far more than their errors about the fitted form.
    pub fn is_misfit(&self) -> bool {
        self.misfit > MISFIT
    }

    /// "risk_bias of sgd ~ neurons^-1 within 0.1 (t = 0.5, 64 seeds): holds, exponent -1.02 ± 0.04 (95 %:
    /// -1.10 to -0.95), prefactor …".
    pub fn in_words(&self) -> String {
        let PowerLawClaim { system, quantity, exponent, within, .. } = &self.claim;
        let claim = format!("{quantity} of {system} ~ {}^{} within {within}", self.axis, plain(*exponent));
        if let Some(missing) = &self.missing {
            return format!("{claim}: DOES NOT HOLD, {missing}");
        }
        let outcome = match (self.holds, self.is_misfit()) {
            (true, false) => "holds".to_owned(),
            (true, true) => format!("holds, but beware of the misfit: χ² = {:.1} dof", self.misfit),
            (false, _) => "DOES NOT HOLD".to_owned(),
        };
        let time = short(self.time);
        let [low, high] = self.exponent.interval;
        format!(
            "{claim} (t = {time}, {} seeds): {outcome}, exponent {} (95 %: {low:.3} to {high:.3}); {}",
            self.seeds,
            self.exponent,
            self.prefactor_in_words()
        )
    }

    /// "prefactor 5.21 ± 0.08 at exponent -1, predicted 5.17; less the predicted rest".
    fn prefactor_in_words(&self) -> String {
        let exponent = plain(self.claim.exponent);
        let predicted = match self.predicted_prefactor.zip(self.predicted_exponent) {
            Some((prefactor, own)) if own == self.claim.exponent => format!(", predicted {prefactor:.4}"),
            Some((prefactor, own)) => format!(", predicted {prefactor:.4} at {}", plain(own)),
            None => String::new(),
        };
        let rest = self.rest.as_ref().map_or(String::new(), |rest| format!("; {rest}"));
        format!("prefactor {} at exponent {exponent}{predicted}{rest}", self.prefactor_as_claimed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_written_to_the_places_that_are_known() {
        let estimate = |value, standard_error| Estimate { value, standard_error, interval: [0.0; 2] };
        let words = [(-1.0234, 0.041), (105.3, 12.2), (1.2e-7, 3e-9), (-1.0, 0.0)]
            .map(|(value, error): (f64, f64)| estimate(value, error).to_string());
        assert_eq!(words, ["-1.023 ± 0.041", "105 ± 12", "1.200e-7 ± 3.0e-9", "-1.000 ± 0.000"]);
    }
}
