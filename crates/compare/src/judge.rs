//! Judging: every system against the reference, and the claims made about them.
//!
//! An ensemble enters by its mean over the seeds and by its atoms pooled; where keys are varied, each point is
//! compared with the reference at the same point. What is compared is what both observed: the reference's curves are read between its observations, snapshots must agree.
//! A number that is not one (NaN) never fulfils a claim. It draws and stores nothing.

#[cfg(test)]
mod tests;

mod claims;
mod distances;
mod everywhere;

use meanfield_run::claim::Claim;
use meanfield_run::facts::NEURONS;
use meanfield_run::quantities::{NETWORK_BIAS, RISK, RISK_BIAS, RISK_GAP, RISK_STANDARD_ERROR};
use meanfield_run::quantity::Quantity;
use meanfield_run::record::{Nature, Record};

use crate::align;
use crate::comparison::{Compared, Comparison, Series};

/// Why a comparison cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompareError {
    /// A claim on the reference itself, which would hold whatever happens.
    #[error("a claim is made on {0:?}, which is the reference itself; claim something of another system")]
    ClaimOnReference(String),
    /// A claim on a quantity that the two do not share.
    #[error(
        "a claim is made on {quantity:?} of {system:?}; what it shares with the reference is {}", .known.join(", ")
    )]
    UnknownQuantity {
        /// The system.
        system: String,
        /// Name asked for.
        quantity: String,
        /// What both report.
        known: Vec<String>,
    },
    /// Two records of different scenarios.
    #[error("{system:?} was not run at {place}, where another system was")]
    NotThere {
        /// The system.
        system: String,
        /// The point, in words.
        place: String,
    },
}

/// Compares every system with the one called `reference` and judges the claims. A claim that does not hold is a verdict, not
/// an error, and so is one on a system that left no record, because it failed.
///
/// # Errors
/// [`CompareError`]: a claim on the reference itself or on what the two do not share, or records of different scenarios.
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
    let others = || records.iter().filter(|record| record.system != reference);
    let mut systems = match records.iter().find(|record| record.system == reference) {
        Some(base) => {
            let compared = others().map(|system| everywhere::compared(system, base, claims));
            compared.collect::<Result<Vec<_>, _>>()?
        }
        None => others().map(|system| claims::without_record(&system.system, claims, reference)).collect(),
    };
    let known = |name: &String| records.iter().any(|record| record.system == *name);
    let mut missing: Vec<&String> = claims.iter().map(|c| &c.system).filter(|name| !known(name)).collect();
    missing.dedup();
    systems.extend(missing.into_iter().map(|name| claims::without_record(name, claims, name)));
    Ok(Comparison { reference: reference.to_owned(), systems })
}

/// A system and what it is compared with, at one point.
struct Pair<'a> {
    system: &'a Record,
    reference: &'a Record,
    /// By how much the times of the two may differ.
    slack: f64,
    /// Which of the two is static and compared as a constant at all times of the other: where a claim states a span.
    constant: Option<Constant>,
}

/// The side of a pair that is the same at all times.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Constant {
    System,
    Reference,
}

impl<'a> Pair<'a> {
    fn new(system: &'a Record, reference: &'a Record, claims: &[Claim]) -> Self {
        let slack = align::step_rounding(system).max(align::step_rounding(reference));
        let over_span = claims.iter().any(|claim| claim.system == system.system && claim.states_span());
        let is_static = |record: &Record| record.nature == Nature::Static;
        let constant = match (is_static(system), is_static(reference)) {
            (true, false) if over_span => Some(Constant::System),
            (false, true) if over_span => Some(Constant::Reference),
            _ => None,
        };
        Self { system, reference, slack, constant }
    }
}

impl Pair<'_> {
    fn compared(&self, claims: &[Claim]) -> Result<Compared, CompareError> {
        let (snapshot_time, distances) = self.distances();
        let own = claims.iter().filter(|claim| claim.system == self.system.system);
        let verdicts = own.map(|claim| self.judge(claim, &snapshot_time, &distances));
        Ok(Compared {
            system: self.system.system.clone(),
            axes: Vec::new(),
            verdicts: verdicts.collect::<Result<_, _>>()?,
            time: self.common_times().into_iter().map(|(_, time)| time).collect(),
            times_of_points: None,
            gaps: self.gaps(),
            snapshot_time,
            distances,
        })
    }

    /// Times at which both are known, each with the index of the system's observation: those within the reference's range.
    fn common_times(&self) -> Vec<(usize, f64)> {
        let (own, base) = (&self.system.time, &self.reference.time);
        let observed = |time: f64| align::interpolate(base, base, time, self.slack).is_some();
        match self.constant {
            Some(Constant::System) => base.iter().map(|time| (0, *time)).collect(),
            Some(Constant::Reference) => own.iter().copied().enumerate().collect(),
            None => own.iter().copied().enumerate().filter(|(_, time)| observed(*time)).collect(),
        }
    }

    /// Mean of a curve over the system's runs minus the reference's; None unless both have it.
    fn gap(&self, name: impl AsRef<str>) -> Option<Vec<f64>> {
        let own = align::mean(&align::runs(self.system, self.system.curve(&name)?));
        let base = self.reference_curve(&name)?;
        Some(
            self.common_times()
                .into_iter()
                .zip(base)
                .filter_map(|((i, _), base)| Some(own.get(i)? - base))
                .collect(),
        )
    }

    /// The reference's curve at the common times.
    fn reference_curve(&self, name: impl AsRef<str>) -> Option<Vec<f64>> {
        let values = align::mean(&align::runs(self.reference, self.reference.curve(name)?));
        let at = |(_, time)| match self.constant {
            Some(Constant::Reference) => values.last().copied(),
            _ => align::interpolate(&self.reference.time, &values, time, self.slack),
        };
        self.common_times().into_iter().map(at).collect()
    }

    /// The risk gap, its standard error, and the bias b/N that a finite network must show.
    fn gaps(&self) -> Vec<Series> {
        let all = [
            (RISK_GAP, self.gap(RISK)),
            (RISK_STANDARD_ERROR, self.standard_error(RISK)),
            (RISK_BIAS, self.bias()),
        ];
        all.into_iter().filter_map(|(quantity, values)| Some(series(quantity, values?))).collect()
    }

    fn standard_error(&self, name: impl AsRef<str>) -> Option<Vec<f64>> {
        let rows = align::runs(self.system, self.system.curve(name)?);
        let deviation = align::standard_deviation(&rows)?;
        let root = (rows.len() as f64).sqrt();
        Some(self.common_times().into_iter().filter_map(|(i, _)| Some(deviation.get(i)? / root)).collect())
    }

    /// b(t)/N, if the system is a network of N neurons and the reference knows b.
    fn bias(&self) -> Option<Vec<f64>> {
        let neurons = self.system.fact(NEURONS)?;
        Some(self.reference_curve(NETWORK_BIAS)?.into_iter().map(|b| b / neurons).collect())
    }

    fn unknown_quantity(&self, quantity: &str, distances: &[Series]) -> CompareError {
        let curves = self.system.curves.iter().map(|curve| &curve.name);
        let shared = curves.filter(|name| self.reference.curve(name).is_some());
        CompareError::UnknownQuantity {
            system: self.system.system.clone(),
            quantity: quantity.to_owned(),
            known: shared.chain(distances.iter().map(|series| &series.name)).cloned().collect(),
        }
    }
}

fn series(quantity: &Quantity, values: Vec<f64>) -> Series {
    Series { name: quantity.name.to_owned(), meaning: quantity.meaning.to_owned(), values }
}
