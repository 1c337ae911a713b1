//! Certificates: numbers that measure how far a system's own solution can be trusted. A system reports them
//! among its scalars; they are no results, so that they carry no error estimate, and a summary prints them
//! separately. Each is defined once in [`crate::quantities`], with the threshold beyond which it is bad and
//! the advice to give then: [`judged`] says of each certificate of a record whether it is fine, near its
//! threshold or beyond it, [`warnings`] lists those beyond. They judge no claim.

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

/// Share of a threshold from which on a certificate is near it. A threshold from below (CFL margin, least
/// density) is sharp: what is above it is as good as it can be.
const NEAR: f64 = 0.5;

/// The least threshold of an error of the risk, where that is 0 at all times: above the rounding of sums of
/// terms of order one.
const ROUNDING: f64 = 1e-10;

/// What a certificate says of a solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Standing {
    /// Nothing speaks against the solution.
    Ok,
    /// More than half-way to its threshold: worth a look.
    Look,
    /// Beyond its threshold: claims hold beside it with a *but*.
    Bad,
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Look => "look",
            Self::Bad => "bad",
        })
    }
}

/// A certificate of a record, judged.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JudgedCertificate {
    /// The certificate.
    pub quantity: &'static Quantity,
    /// Its worst value over all times and runs that reached their end.
    pub value: f64,
    /// Its threshold: where it is furthest beyond, or nearest, else the most lenient one; infinite where it
    /// has none.
    pub threshold: f64,
    /// What it says.
    pub standing: Standing,
    /// One line: the problem, and what to write instead; empty where it is fine.
    pub advice: String,
}

/// Every certificate that a record has, in the order of the list, judged.
pub fn judged(record: &Record) -> Vec<JudgedCertificate> {
    worst(record).into_iter().filter_map(|(quantity, value)| judge(quantity, value, record)).collect()
}

/// A certificate of a record, whose worst value is given.
fn judge(quantity: &'static Quantity, value: f64, record: &Record) -> Option<JudgedCertificate> {
    let known = quantity.as_certificate()?;
    let by_design = is_by_design(quantity, record);
    let warned = warning(quantity, known, record).filter(|_| !by_design);
    let near = furthest(quantity, known, record, Worst::is_near).filter(|_| !by_design);
    let fine = JudgedCertificate {
        quantity,
        value,
        threshold: if by_design { f64::INFINITY } else { most_lenient(known, record) },
        standing: Standing::Ok,
        advice: String::new(),
    };
    Some(match (warned, near) {
        (Some(warning), _) => JudgedCertificate {
            threshold: warning.threshold,
            standing: Standing::Bad,
            advice: warning.words,
            ..fine
        },
        (None, Some((value, limit, share))) => JudgedCertificate {
            threshold: limit,
            standing: Standing::Look,
            advice: in_sentence(
                quantity,
                known,
                record,
                (value, "more than half of the allowed", limit),
                share,
            ),
            ..fine
        },
        (None, None) => fine,
    })
}

/// The threshold of a certificate at the time and run where it allows most.
fn most_lenient(known: &Certificate, record: &Record) -> f64 {
    let runs = (0..record.runs()).flat_map(|run| known.threshold.limits(record, run));
    let limits = runs.map(|(limit, _)| limit).filter(|limit| !limit.is_nan());
    let lenient = if known.worst == Worst::Largest { f64::max } else { f64::min };
    limits.reduce(lenient).unwrap_or(f64::INFINITY)
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
    let (value, limit, share) = furthest(quantity, known, record, Worst::is_beyond)?;
    let than = if known.worst == Worst::Largest { "more than" } else { "less than" };
    let words = in_sentence(quantity, known, record, (value, than, limit), share);
    Some(Warning { name: quantity.name.to_owned(), value, threshold: limit, words })
}

/// Of the values of a certificate that count, the one furthest beyond its threshold, with that and what it is
/// in words.
fn furthest(
    quantity: &Quantity,
    known: &Certificate,
    record: &Record,
    counts: fn(Worst, f64, f64) -> bool,
) -> Option<(f64, f64, &'static str)> {
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
        .filter(|(value, (limit, _))| counts(worst, *value, *limit))
        .reduce(|a, b| if worst.excess(b.0, b.1.0) > worst.excess(a.0, a.1.0) { b } else { a })?;
    Some((value, limit, share))
}

/// "the mass lost or gained is 1e-3, more than 1e-9: write more `cells`".
fn in_sentence(
    quantity: &Quantity,
    known: &Certificate,
    record: &Record,
    (value, than, limit): (f64, &str, f64),
    share: &str,
) -> String {
    let ends_on_box = quantity == EDGE_MASS && record.nature == Nature::Static;
    let advice = if ends_on_box { AT_END_OF_BOX } else { known.advice };
    format!("{} is {value:.1e}, {than} {limit:.1e}{share}: {advice}", known.subject)
}

impl Threshold {
    /// At each time of a run: the threshold, and what it is in words that follow the number.
    fn limits(self, record: &Record, run: usize) -> Vec<(f64, &'static str)> {
        let everywhere = |limit, of| vec![(limit, of); record.time.len()];
        match self {
            Self::Fixed(limit) => everywhere(limit, ""),
            Self::Never => everywhere(f64::INFINITY, ""),
            Self::OfRisk(share) => {
                let of_risk = share * record.largest(RISK, run).unwrap_or(f64::NAN);
                match of_risk < ROUNDING {
                    true => everywhere(ROUNDING, ", which is rounding beside a risk of 0"),
                    false => everywhere(of_risk, ", a fiftieth of the risk"),
                }
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

    /// Whether a value is more than half-way to a limit from above, but not beyond it.
    fn is_near(self, value: f64, limit: f64) -> bool {
        self == Self::Largest && limit.is_finite() && value.abs() > NEAR * limit && value.abs() <= limit
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
