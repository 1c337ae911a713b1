//! A system and its reference at one point: the times of both, and the gaps between their curves there.
//! Claims are judged in `claims`, laws compared in `distances`.

use meanfield_run::claim::Claim;
use meanfield_run::quantities::{RISK, RISK_BIAS, RISK_GAP, RISK_SPREAD, RISK_STANDARD_ERROR};
use meanfield_run::quantity::Quantity;
use meanfield_run::record::{Nature, Record};

use super::error::CompareError;
use crate::align;
use crate::comparison::{Compared, Series};

/// A system and its reference at one point.
pub(super) struct Pair<'a> {
    pub system: &'a Record,
    pub reference: &'a Record,
    /// Largest difference of equal times of the two.
    pub slack: f64,
    /// The side that is static and compared as a constant at all times of the other, where a claim states a
    /// span.
    constant: Option<Constant>,
}

/// The side of a pair that is the same at all times.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Constant {
    System,
    Reference,
}

impl<'a> Pair<'a> {
    pub(super) fn new(system: &'a Record, reference: &'a Record, claims: &[Claim]) -> Self {
        let slack = align::step_rounding(system).max(align::step_rounding(reference));
        let over_span = claims.iter().any(|claim| claim.system == system.system && claim.states_span());
        let constant = match [system, reference].map(|record| record.nature == Nature::Static) {
            [true, false] if over_span => Some(Constant::System),
            [false, true] if over_span => Some(Constant::Reference),
            _ => None,
        };
        Self { system, reference, slack, constant }
    }
}

impl Pair<'_> {
    /// Gaps, distances and verdicts.
    pub(super) fn compare(&self, claims: &[Claim]) -> Result<Compared, CompareError> {
        let snapshot_time = self.snapshot_times();
        let distances = self.distances();
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

    /// Times within the range of both, each with the index of the system's observation.
    pub(super) fn common_times(&self) -> Vec<(usize, f64)> {
        let own = &self.system.time;
        let base = &self.reference.time;
        match self.constant {
            Some(Constant::System) => base.iter().map(|time| (0, *time)).collect(),
            Some(Constant::Reference) => own.iter().copied().enumerate().collect(),
            None => own
                .iter()
                .copied()
                .enumerate()
                .filter(|(_, time)| align::interpolate(base, base, *time, self.slack).is_some())
                .collect(),
        }
    }

    /// Mean of a curve over the system's runs minus the reference's; None unless both have it.
    pub(super) fn gap(&self, name: impl AsRef<str>) -> Option<Vec<f64>> {
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
    pub(super) fn reference_curve(&self, name: impl AsRef<str>) -> Option<Vec<f64>> {
        let values = align::mean(&align::runs(self.reference, self.reference.curve(name)?));
        self.common_times()
            .into_iter()
            .map(|(_, time)| match self.constant {
                Some(Constant::Reference) => values.last().copied(),
                _ => align::interpolate(&self.reference.time, &values, time, self.slack),
            })
            .collect()
    }

    /// The risk gap, its standard error, and the bias and the spread predicted of a finite network.
    fn gaps(&self) -> Vec<Series> {
        let prediction = self.prediction();
        let all = [
            (RISK_GAP, self.gap(RISK)),
            (RISK_STANDARD_ERROR, self.standard_error(RISK)),
            (RISK_BIAS, prediction.bias),
            (RISK_SPREAD, prediction.spread),
        ];
        all.into_iter().filter_map(|(quantity, values)| Some(series(quantity, values?))).collect()
    }

    /// Standard error of a curve's mean over the runs, at the common times.
    pub(super) fn standard_error(&self, name: impl AsRef<str>) -> Option<Vec<f64>> {
        let rows = align::runs(self.system, self.system.curve(name)?);
        let deviation = align::standard_deviation(&rows)?;
        let root = (rows.len() as f64).sqrt();
        Some(self.common_times().into_iter().filter_map(|(i, _)| Some(deviation.get(i)? / root)).collect())
    }

    /// The error that a claim is on a quantity that the two do not share.
    pub(super) fn unknown_quantity(&self, quantity: &str, distances: &[Series]) -> CompareError {
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
