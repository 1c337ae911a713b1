//! Judging: every system against the reference, and the claims made about them.
//!
//! An ensemble enters by its mean over the seeds and by its atoms pooled; where keys are varied, each point
//! is compared with the reference at the same point. What is compared is what both observed: the reference's
//! curves are read between its observations, snapshots must agree. NaN never fulfils a claim. This module
//! draws and stores nothing.

#[cfg(test)]
mod tests;

mod claims;
mod distances;
mod error;
mod estimated_risk;
mod joint_distances;
mod pair;
mod points;
mod power_laws;
mod prediction;
mod resampling;

use meanfield_run::claim::Claim;
use meanfield_run::record::Record;

use crate::comparison::Comparison;
pub use error::CompareError;
pub use power_laws::judge_power_laws;

/// Compares every system with the one called `reference` and judges the claims. A claim that does not hold is
/// a verdict, not an error, and so is one on a system that left no record, because it failed.
///
/// # Errors
/// [`CompareError`]: a claim on the reference itself or on what the two do not share, or records of different
/// scenarios.
///
/// ```
/// use meanfield_compare::judge::compare;
/// use meanfield_run::claim::Claim;
/// use meanfield_run::record::{Curve, Record};
/// use ndarray::arr1;
///
/// /// A system whose risk falls from 1 to `last` in a unit of time.
/// fn record(system: &str, last: f64) -> Record {
///     let values = arr1(&[1.0, last]).into_dyn();
///     let risk = Curve { name: "risk".into(), meaning: "population risk".into(), values };
///     Record { system: system.into(), time: vec![0.0, 1.0], curves: vec![risk], ..Record::default() }
/// }
///
/// let records = [record("pde", 0.5), record("sgd", 0.52)];
/// let claim = Claim {
///     system: "sgd".into(),
///     quantity: "risk".into(),
///     within: 0.03,
///     from: None,
///     until: None,
///     end: 1.0,
/// };
/// let comparison = compare(&records, "pde", &[claim])?;
/// assert!(comparison.holds());
/// assert!((comparison.systems[0].gaps[0].values[1] - 0.02).abs() < 1e-12);
/// # Ok::<(), meanfield_compare::judge::CompareError>(())
/// ```
pub fn compare(records: &[Record], reference: &str, claims: &[Claim]) -> Result<Comparison, CompareError> {
    if let Some(claim) = claims.iter().find(|claim| claim.system == reference) {
        return Err(CompareError::ClaimOnReference(claim.system.clone()));
    }
    let others = records.iter().filter(|record| record.system != reference);
    let mut systems = match records.iter().find(|record| record.system == reference) {
        Some(base) => {
            let compared = others.map(|system| points::compare_at_points(system, base, claims));
            compared.collect::<Result<Vec<_>, _>>()?
        }
        None => others.map(|system| claims::without_record(&system.system, claims, reference)).collect(),
    };
    let claimed = claims.iter().map(|claim| &claim.system);
    let mut missing: Vec<&String> =
        claimed.filter(|name| records.iter().all(|record| record.system != **name)).collect();
    missing.dedup();
    systems.extend(missing.into_iter().map(|name| claims::without_record(name, claims, name)));
    Ok(Comparison { reference: reference.to_owned(), systems, power_laws: Vec::new() })
}
