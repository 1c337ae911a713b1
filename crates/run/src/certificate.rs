//! Certificates: numbers that measure how far a system's own solution can be trusted. A system reports them
//! among its scalars; they are no results, so that they carry no error estimate, and a summary prints them
//! separately. Each is defined once in [`crate::quantities`], with the threshold beyond which it is bad and
//! the advice to give then; [`warnings`] lists those of a record that are. They judge no claim.

use serde::{Deserialize, Serialize};

use crate::quantities::{DUALITY_GAP, EDGE_MASS, MARGIN, RISK, STANDARD_DEVIATION, certificates};
use crate::quantity::{Certificate, Quantity, Threshold, Worst};
use crate::record::{Curve, Nature, Record};
use crate::refinement;

/// Advice where the law of least risk ends at the end of its box: that risk is then one of the box.
const AT_END_OF_BOX: &str = "the law ends at `largest-radius`, on which its risk depends: write a larger \
                             `largest-radius`, or a ridge in [dynamics]";

/// A certificate beyond its threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Name of the certificate, or of the error that is not known.
    pub name: String,
    /// Its worst value.
    pub value: f64,
    /// The threshold there; NaN for an error that is not known.
    pub threshold: f64,
    /// Message: the problem, and what to write instead.
    pub words: String,
}

/// (certificate, worst value over all times and runs) of each certificate that a record has, in the order of
/// the list.
pub fn worst(record: &Record) -> Vec<(&'static Quantity, f64)> {
    let finished = record.finished();
    certificates()
        .filter_map(|(quantity, known)| {
            Some((quantity, known.worst.find(record.curve(quantity)?, &finished)))
        })
        .collect()
}

/// The worst value of a certificate, as a summary prints it.
pub fn in_words(quantity: &Quantity, worst: f64) -> String {
    match quantity.as_certificate().and_then(|certificate| certificate.report) {
        Some(report) => report(worst),
        None => format!("{} {worst:.1e}", quantity.name.replace('_', " ")),
    }
}

/// The certificates of a record that are beyond their thresholds, each with its worst value over all times
/// and runs; and the errors that were requested and could not be estimated.
pub fn warnings(record: &Record) -> Vec<Warning> {
    let judged = certificates().filter(|(quantity, _)| !is_by_design(quantity, record));
    let unknown = record.curve(refinement::name(RISK)).and_then(unknown_error);
    judged.filter_map(|(quantity, known)| warning(quantity, known, record)).chain(unknown).collect()
}

/// Whether a certificate states a property of the problem: of the best single mass the gap is what more
/// masses could win.
fn is_by_design(quantity: &Quantity, record: &Record) -> bool {
    quantity == DUALITY_GAP && record.curve(MARGIN).is_some()
}

/// The warning of an error that refinement could not estimate.
fn unknown_error(error: &Curve) -> Option<Warning> {
    let reason = error.meaning.strip_prefix(refinement::UNKNOWN)?;
    let words = format!("the errors are not known: {reason}");
    Some(Warning { name: error.name.clone(), value: f64::NAN, threshold: f64::NAN, words })
}

/// The warning that a certificate gives of a record, if any: where it is furthest beyond its threshold.
fn warning(quantity: &Quantity, known: &Certificate, record: &Record) -> Option<Warning> {
    let curve = record.curve(quantity)?;
    let rows = curve.values.rows().into_iter().enumerate();
    let values = rows.flat_map(|(run, values)| {
        // A run that stopped early has no values from then on.
        let computed = record.row(RISK, run).map_or(Vec::new(), |risk| risk.to_vec());
        let limits = known.threshold.limits(record, run);
        let all = values.to_vec().into_iter().zip(limits).zip(computed);
        all.filter(|(_, risk)| risk.is_finite()).map(|(value, _)| value)
    });
    let worst = known.worst;
    let (value, (limit, share)) = values
        .filter(|(value, (limit, _))| worst.is_beyond(*value, *limit))
        .reduce(|a, b| if worst.excess(b.0, b.1.0) > worst.excess(a.0, a.1.0) { b } else { a })?;
    let than = if worst == Worst::Largest { "more" } else { "less" };
    let ends_on_box = quantity == EDGE_MASS && record.nature == Nature::Static;
    let advice = if ends_on_box { AT_END_OF_BOX } else { known.advice };
    let words = format!("{} is {value:.1e}, {than} than {limit:.1e}{share}: {advice}", known.subject);
    Some(Warning { name: quantity.name.to_owned(), value, threshold: limit, words })
}

impl Threshold {
    /// At each time of a run: the threshold, and what it is in words that follow the number.
    fn limits(self, record: &Record, run: usize) -> Vec<(f64, &'static str)> {
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
                None => Self::OfRisk(share).limits(record, run),
            },
            Self::OfSpread(share) => {
                let names = record.coordinates().iter().map(|c| STANDARD_DEVIATION.name_for(c));
                let spreads = names.filter_map(|name| record.largest(name, run));
                everywhere(share * spreads.fold(f64::NAN, f64::max), ", a twentieth of the spread")
            }
        }
    }
}

impl Worst {
    /// The worst value of a curve over the runs that reached their end; one that is not a number is the worst
    /// of all.
    fn find(self, curve: &Curve, finished: &[bool]) -> f64 {
        let rows = curve.values.rows().into_iter().zip(finished).filter(|(_, finished)| **finished);
        let values = rows.flat_map(|(row, _)| row.to_vec());
        let values = values.map(|value| if self == Self::Largest { value.abs() } else { value });
        values.reduce(|a, b| self.worse(a, b)).unwrap_or(f64::NAN)
    }

    /// The worse of two values; NaN where one is.
    fn worse(self, a: f64, b: f64) -> f64 {
        match self {
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            Self::Largest => a.max(b),
            Self::Smallest => a.min(b),
        }
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
