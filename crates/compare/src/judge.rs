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
use meanfield_run::record::{Nature, Record};

use crate::align;
use crate::comparison::{Compared, Comparison, Series};

/// What a claim may be about beside curves and distances: the risk's excess over the reference's, less the
/// computed bias b/N of a finite network.
pub const RISK_BEYOND_BIAS: &str = "risk_beyond_bias";

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

/// Compares every system with the one called `reference` and judges the claims.
/// Errors: see [`CompareError`]. A claim that does not hold is a verdict, not an error, and so is one on a system that
/// left no record, because it failed.
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
    fn gap(&self, name: &str) -> Option<Vec<f64>> {
        let own = align::mean(&align::runs(self.system, self.system.curve(name)?));
        let base = self.reference_curve(name)?;
        Some(
            self.common_times()
                .into_iter()
                .zip(base)
                .filter_map(|((i, _), base)| Some(own.get(i)? - base))
                .collect(),
        )
    }

    /// The reference's curve at the common times.
    fn reference_curve(&self, name: &str) -> Option<Vec<f64>> {
        let values = align::mean(&align::runs(self.reference, self.reference.curve(name)?));
        let at = |(_, time)| match self.constant {
            Some(Constant::Reference) => values.last().copied(),
            _ => align::interpolate(&self.reference.time, &values, time, self.slack),
        };
        self.common_times().into_iter().map(at).collect()
    }

    /// The risk gap, its standard error, and the bias b/N that a finite network must show.
    fn gaps(&self) -> Vec<Series> {
        let series = |name: &str, meaning: &str, values: Vec<f64>| Series {
            name: name.to_owned(),
            meaning: meaning.to_owned(),
            values,
        };
        let gap = self.gap("risk").map(|v| series("risk_gap", "risk minus the risk of the reference", v));
        let error = self.standard_error("risk");
        let error =
            error.map(|v| series("risk_standard_error", "standard error of the mean risk over the runs", v));
        let bias = self.bias();
        let bias = bias.map(|v| {
            series("risk_bias", "expected excess risk b/N of N neurons trained from an independent start", v)
        });
        [gap, error, bias].into_iter().flatten().collect()
    }

    fn standard_error(&self, name: &str) -> Option<Vec<f64>> {
        let rows = align::runs(self.system, self.system.curve(name)?);
        let deviation = align::standard_deviation(&rows)?;
        let root = (rows.len() as f64).sqrt();
        Some(self.common_times().into_iter().filter_map(|(i, _)| Some(deviation.get(i)? / root)).collect())
    }

    /// b(t)/N, if the system is a network of N neurons and the reference knows b.
    fn bias(&self) -> Option<Vec<f64>> {
        let neurons = self.system.fact("neurons")?;
        Some(self.reference_curve("network_bias")?.into_iter().map(|b| b / neurons).collect())
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
