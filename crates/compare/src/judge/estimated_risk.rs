//! Risks that are the mean loss of fresh samples: by how much they spread beyond what the networks do. What
//! is made of it is said where laws and predictions are judged.

use meanfield_run::quantities::{RISK, RISK_MONTE_CARLO, RISK_MONTE_CARLO_ERROR};
use meanfield_run::record::{Curve, Record};

use crate::align;

/// At each time the mean over the runs of the squared standard error of the risk; None where that is exact:
/// an estimate beside it is a check.
pub(super) fn sampling_variance(system: &Record) -> Option<Vec<f64>> {
    let errors = system.curve(RISK_MONTE_CARLO_ERROR).filter(|_| is_estimated(system))?;
    let squares = Curve { values: errors.values.mapv(|error| error * error), ..errors.clone() };
    Some(align::mean(&align::runs(system, &squares)))
}

/// Whether the recorded risk is the estimate from samples.
fn is_estimated(system: &Record) -> bool {
    let [risk, estimate] = [RISK, RISK_MONTE_CARLO].map(|quantity| system.curve(quantity));
    let (Some(risk), Some(estimate)) = (risk, estimate) else { return false };
    let both = risk.values.iter().zip(&estimate.values);
    both.into_iter().all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}
