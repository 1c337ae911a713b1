//! Judging one claim at one point: the deviations in its span, whether all of the span was observed, and the
//! worst.
//!
//! A static system is constant in time. A claim that states a span is judged over it, with the static side as
//! a constant; one that states none is about the end of the other, and judged there. Gaps and distances are
//! computed elsewhere (`pair`, `distances`).

use meanfield_run::certificate::{self, Warning};
use meanfield_run::claim::Claim;
use meanfield_run::number::plain;
use meanfield_run::quantities::{PREDICTED_BAND, RISK, RISK_BEYOND_BIAS};
use meanfield_run::record::{Nature, Record};

use super::error::CompareError;
use super::pair::Pair;
use crate::align;
use crate::comparison::{Basis, Compared, PointVerdict, Series, Verdict};

/// Time and size of a deviation.
type Deviation = (f64, f64);

/// The deviations on which a claim is judged, and their basis.
struct Observed {
    basis: Basis,
    deviations: Vec<Deviation>,
}

impl Pair<'_> {
    /// The verdict on a claim on this system; `times` and `distances` are those of the snapshots.
    pub(super) fn judge(
        &self,
        claim: &Claim,
        times: &[f64],
        distances: &[Series],
    ) -> Result<Verdict, CompareError> {
        let Observed { basis, deviations } = self.observed(claim, times, distances)?;
        let missing = self.missing(claim, &basis).or_else(|| not_known(claim, &deviations));
        let known = deviations.iter().copied().filter(|(_, size)| !size.is_nan());
        let nothing = (f64::NAN, f64::NAN);
        let worst = known.reduce(worse).or(deviations.first().copied()).unwrap_or(nothing);
        let holds = missing.is_none() && worst.1 <= claim.within;
        let worst = PointVerdict { point: Vec::new(), worst: worst.1, at: worst.0, missing };
        let caveats = [self.system, self.reference].into_iter().flat_map(caveats).collect();
        Ok(Verdict { claim: claim.clone(), worst, basis, holds, failing: Vec::new(), caveats })
    }

    /// The deviations of a curve or of laws in the claim's span.
    fn observed(&self, claim: &Claim, times: &[f64], distances: &[Series]) -> Result<Observed, CompareError> {
        if let Some(mut deviations) = self.deviations(&claim.quantity) {
            let [from, until] = self.span(claim);
            deviations.retain(|(time, _)| align::in_span(from, *time, until, self.slack));
            return Ok(Observed { basis: times_basis(&deviations), deviations });
        }
        let found = distances.iter().find(|series| series.name == claim.quantity);
        let series = found.ok_or_else(|| self.unknown_quantity(&claim.quantity, distances))?;
        let mut deviations: Vec<Deviation> =
            times.iter().copied().zip(series.values.iter().copied()).collect();
        let from = claim.from.unwrap_or(f64::NEG_INFINITY);
        deviations.retain(|(time, _)| align::snapshot_in_span(from, *time, claim.last(), self.slack));
        Ok(Observed { basis: snapshots_basis(&deviations), deviations })
    }

    /// |own − reference's| of a curve at all common times; None unless both have it.
    fn deviations(&self, quantity: &str) -> Option<Vec<Deviation>> {
        let gap = match quantity {
            name if name == RISK_BEYOND_BIAS.name => self.gap_beyond_bias()?,
            name if name == PREDICTED_BAND.name => self.deviations_from_band()?,
            name => self.gap(name)?,
        };
        let times = self.common_times().into_iter().map(|(_, time)| time);
        Some(times.zip(gap.into_iter().map(f64::abs)).collect())
    }

    /// The risk gap less the predicted bias.
    fn gap_beyond_bias(&self) -> Option<Vec<f64>> {
        let bias = self.prediction().bias?;
        Some(self.gap(RISK)?.iter().zip(bias).map(|(gap, bias)| gap - bias).collect())
    }

    /// First and last time of a claim on a curve.
    fn span(&self, claim: &Claim) -> [f64; 2] {
        let is_static = [self.system, self.reference].map(|record| record.nature == Nature::Static);
        let at_the_end = match is_static {
            [true, true] => true,
            [false, false] => false,
            _ => !claim.states_span(),
        };
        match at_the_end {
            true => [claim.end, claim.end],
            false => [claim.from.unwrap_or(f64::NEG_INFINITY), claim.last()],
        }
    }

    /// The reason that the claim cannot be judged: runs that stopped, or times that were not observed.
    fn missing(&self, claim: &Claim, basis: &Basis) -> Option<String> {
        let stopped = [self.system, self.reference].into_iter().find_map(stopped);
        stopped.or_else(|| self.not_observed(claim, basis))
    }

    fn not_observed(&self, claim: &Claim, basis: &Basis) -> Option<String> {
        let [from, until] = self.span(claim);
        match basis {
            Basis::Nothing if claim.from.is_none() => {
                Some(format!("nothing was observed until t = {}", plain(until)))
            }
            Basis::Nothing => {
                Some(format!("nothing was observed for t in [{}, {}]", plain(from), plain(claim.last())))
            }
            Basis::Snapshots(_) => None,
            Basis::Times { last, .. } if !align::in_span(until, *last, f64::INFINITY, self.slack) => {
                Some(format!("nothing was observed for t in ({}, {}]", plain(*last), plain(until)))
            }
            Basis::Times { first, .. }
                if claim.from.is_some() && !align::in_span(f64::NEG_INFINITY, *first, from, self.slack) =>
            {
                Some(format!("nothing was observed for t in [{}, {})", plain(from), plain(*first)))
            }
            Basis::Times { .. } => None,
        }
    }
}

/// Where a deviation is not a number: a prediction ends before the span does, or a curve left the numbers.
fn not_known(claim: &Claim, deviations: &[Deviation]) -> Option<String> {
    let (time, _) = deviations.iter().find(|(_, size)| size.is_nan())?;
    let is_known_later = deviations.iter().any(|(later, size)| later > time && !size.is_nan());
    let when = match is_known_later {
        true => format!("at t = {}", plain(*time)),
        false => format!("from t = {} on", plain(*time)),
    };
    let is_predicted = [PREDICTED_BAND, RISK_BEYOND_BIAS].iter().any(|one| one.name == claim.quantity);
    match is_predicted {
        true => Some(format!("nothing is predicted {when}")),
        false => Some(format!("{} is not a number {when}", claim.quantity)),
    }
}

/// Basis of a claim on a curve.
fn times_basis(deviations: &[Deviation]) -> Basis {
    match deviations {
        [first, .., last] => Basis::Times { count: deviations.len(), first: first.0, last: last.0 },
        [only] => Basis::Times { count: 1, first: only.0, last: only.0 },
        [] => Basis::Nothing,
    }
}

/// Basis of a claim on laws.
fn snapshots_basis(deviations: &[Deviation]) -> Basis {
    match deviations.is_empty() {
        true => Basis::Nothing,
        false => Basis::Snapshots(deviations.iter().map(|(time, _)| *time).collect()),
    }
}

/// The certificates of a record that warn, each with the system's name.
fn caveats(record: &Record) -> Vec<String> {
    certificate::warnings(record)
        .into_iter()
        .map(|warning: Warning| format!("{} of {}", warning.name.replace('_', " "), record.system))
        .collect()
}

/// "1 of 10 runs of sgd stopped: seed = 3: at t = …".
fn stopped(record: &Record) -> Option<String> {
    let first = record.failures.first()?;
    let stopped = record.failures.len();
    let runs = record.runs();
    let run = meanfield_run::record::in_words(&first.run);
    let place = if run.is_empty() { String::new() } else { format!("{run}: ") };
    let system = &record.system;
    match runs {
        1 => Some(format!("{system} stopped: {}", first.reason)),
        _ => Some(format!("{stopped} of {runs} runs of {system} stopped: {place}{}", first.reason)),
    }
}

/// A system that cannot be compared because `missing` left no record: it failed before anything was observed.
pub(super) fn without_record(system: &str, claims: &[Claim], missing: &str) -> Compared {
    Compared {
        system: system.to_owned(),
        verdicts: claims
            .iter()
            .filter(|claim| claim.system == system)
            .map(|claim: &Claim| Verdict {
                claim: claim.clone(),
                worst: PointVerdict {
                    point: Vec::new(),
                    worst: f64::NAN,
                    at: f64::NAN,
                    missing: Some(format!("there is no record of {missing}")),
                },
                basis: Basis::Nothing,
                holds: false,
                failing: Vec::new(),
                caveats: Vec::new(),
            })
            .collect(),
        ..Compared::default()
    }
}

/// The larger deviation; NaN is the worst.
pub(super) fn worse(a: Deviation, b: Deviation) -> Deviation {
    if a.1.is_nan() || a.1 >= b.1 { a } else { b }
}
