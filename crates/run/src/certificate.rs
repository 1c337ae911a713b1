//! Certificates: numbers by which a system vouches for its own solution. A system reports them among its
//! scalars; they are no results, so that they carry no error estimate, and a summary prints them apart. Each
//! stands once in [`crate::quantities`], with the value from which on it speaks against the solution and what
//! to write then; [`warnings`] says which of a record's do. They judge no claim.

use serde::{Deserialize, Serialize};

use crate::quantities::{DUALITY_GAP, EDGE_MASS, MARGIN, RISK, STANDARD_DEVIATION, certificates};
use crate::quantity::{Certificate, Quantity, Threshold, Worst};
use crate::record::{Curve, Nature, Record};
use crate::refinement;

/// A certificate that speaks against a solution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Name of the certificate, or of the error that is not known.
    pub name: String,
    /// Its worst value.
    pub value: f64,
    /// What it is measured by, there; NaN where nothing is known.
    pub threshold: f64,
    /// In words: what is wrong, and what to write instead.
    pub words: String,
}

/// (certificate, worst value over all times and runs) of each certificate that a record has, in the order of
/// the list.
pub fn worst(record: &Record) -> Vec<(&'static Quantity, f64)> {
    let finished = record.finished();
    certificates()
        .filter_map(|(quantity, known)| Some((quantity, known.worst.of(record.curve(quantity)?, &finished))))
        .collect()
}

/// The worst value of a certificate, as a summary tells it.
pub fn in_words(quantity: &Quantity, worst: f64) -> String {
    match quantity.as_certificate().and_then(|certificate| certificate.told) {
        Some(told) => told(worst),
        None => format!("{} {worst:.1e}", quantity.name.replace('_', " ")),
    }
}

/// The certificates of a record that speak against its solution, each with the value that does so most over
/// all times and runs; and the errors that were asked for and could not be told.
pub fn warnings(record: &Record) -> Vec<Warning> {
    let judged = certificates().filter(|(quantity, _)| !is_by_design(quantity, record));
    let unknown = record.curve(refinement::name(RISK)).and_then(unknown_error);
    judged.filter_map(|(quantity, known)| warning(quantity, known, record)).chain(unknown).collect()
}

/// Whether a certificate states a property of the problem: of the best single mass the gap is what more
/// masses could win, and a law of least risk may end at the end of its box.
fn is_by_design(quantity: &Quantity, record: &Record) -> bool {
    let of_one_mass = record.curve(MARGIN).is_some();
    (quantity == DUALITY_GAP && of_one_mass) || (quantity == EDGE_MASS && record.nature == Nature::Static)
}

/// The warning of an error that refinement could not tell.
fn unknown_error(error: &Curve) -> Option<Warning> {
    let reason = error.meaning.strip_prefix(refinement::UNKNOWN)?;
    let words = format!("the errors are not known: {reason}");
    Some(Warning { name: error.name.clone(), value: f64::NAN, threshold: f64::NAN, words })
}

/// The warning that a certificate gives of a record, if any: where it is furthest beyond its threshold.
fn warning(quantity: &Quantity, known: &Certificate, record: &Record) -> Option<Warning> {
    let curve = record.curve(quantity)?;
    let rows = curve.values.rows().into_iter().enumerate();
    let seen = rows.flat_map(|(run, values)| {
        // A run that stopped short computed nothing any more.
        let computed = record.row(RISK, run).map_or(Vec::new(), |risk| risk.to_vec());
        let limits = known.threshold.along(record, run);
        let all = values.to_vec().into_iter().zip(limits).zip(computed);
        all.filter(|(_, risk)| risk.is_finite()).map(|(seen, _)| seen)
    });
    let worst = known.worst;
    let (value, (limit, share)) = seen
        .filter(|(value, (limit, _))| worst.is_beyond(*value, *limit))
        .reduce(|a, b| if worst.excess(b.0, b.1.0) > worst.excess(a.0, a.1.0) { b } else { a })?;
    let than = if worst == Worst::Largest { "more" } else { "less" };
    let words = format!("{} is {value:.1e}, {than} than {limit:.1e}{share}: {}", known.subject, known.advice);
    Some(Warning { name: quantity.name.to_owned(), value, threshold: limit, words })
}

impl Threshold {
    /// At each time of a run: the threshold, and what it is in words that follow the number.
    fn along(self, record: &Record, run: usize) -> Vec<(f64, &'static str)> {
        let everywhere = |limit, of| vec![(limit, of); record.time.len()];
        match self {
            Self::Fixed(limit) => everywhere(limit, ""),
            Self::Never => everywhere(f64::INFINITY, ""),
            Self::OfRisk(share) => {
                let risk = record.largest(RISK, run).unwrap_or(f64::NAN);
                everywhere(share * risk, ", a fiftieth of the risk")
            }
            Self::ErrorOfRisk(share) => match record.row(refinement::name(RISK), run) {
                Some(_) => everywhere(f64::INFINITY, ""),
                None => Self::OfRisk(share).along(record, run),
            },
            Self::OfSpread(share) => {
                let spread = |c: &String| record.largest(STANDARD_DEVIATION.name_for(c), run);
                let spreads = record.coordinates().iter().filter_map(spread);
                everywhere(share * spreads.fold(f64::NAN, f64::max), ", a twentieth of the spread")
            }
        }
    }
}

impl Worst {
    /// The worst value of a curve over the runs that reached their end; one that is not a number is the worst
    /// of all.
    fn of(self, curve: &Curve, finished: &[bool]) -> f64 {
        let worse = |a: f64, b: f64| match self {
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            Self::Largest => a.max(b),
            Self::Smallest => a.min(b),
        };
        let rows = curve.values.rows().into_iter().zip(finished).filter(|(_, finished)| **finished);
        let values = rows.flat_map(|(row, _)| row.to_vec());
        let values = values.map(|value| if self == Self::Largest { value.abs() } else { value });
        values.reduce(worse).unwrap_or(f64::NAN)
    }

    /// Whether a value is beyond a limit. What is not a number is; nothing is beyond a limit that is not
    /// known.
    fn is_beyond(self, value: f64, limit: f64) -> bool {
        match self {
            _ if limit.is_nan() => false,
            Self::Largest => value.is_nan() || value.abs() > limit,
            Self::Smallest => value.is_nan() || value < limit,
        }
    }

    /// By how much a value is beyond a limit, to be compared with others'.
    fn excess(self, value: f64, limit: f64) -> f64 {
        match self {
            _ if value.is_nan() => f64::INFINITY,
            Self::Largest => value.abs() / limit,
            Self::Smallest => limit - value,
        }
    }
}
