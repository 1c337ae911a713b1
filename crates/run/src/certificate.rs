//! Certificates: numbers by which a system vouches for its own solution. A system reports them among its
//! scalars, under the names here; they are no results, so that they carry no error estimate, and a summary
//! prints them apart. Each stands once in [`ALL`], with the value from which on it speaks against the
//! solution and what to write then; [`warnings`] says which of a record's do. They judge no claim.

use serde::{Deserialize, Serialize};

use crate::record::{Curve, Record};
use crate::refinement;

/// Which of the values over time (and runs) tells most against the solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// The largest size.
    Largest,
    /// The smallest value.
    Smallest,
}

/// From where on a certificate speaks against the solution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// Beyond this number.
    Fixed(f64),
    /// Beyond this share of the largest risk.
    OfRisk(f64),
    /// The same unless refinement states an error of the risk, which contains it.
    ErrorOfRisk(f64),
    /// Beyond this share of the largest spread of any coordinate.
    OfSpread(f64),
    /// Never: it says how, not how well.
    Never,
}

/// A certificate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// Name in the record.
    pub name: &'static str,
    /// What it is, in words that a number can follow.
    pub meaning: &'static str,
    /// How its worst value is found.
    pub worst: Worst,
    /// From where on it is bad.
    pub threshold: Threshold,
    /// What to write then.
    pub advice: &'static str,
}

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

/// |total mass − 1|.
pub const MASS_ERROR: &str = "mass_error";
/// Smallest density of any cell.
pub const MINIMUM_DENSITY: &str = "minimum_density";
/// |R(t) − R(0) + what was dissipated|.
pub const ENERGY_RESIDUAL: &str = "energy_residual";
/// Smallest ratio of a stable step to the step taken.
pub const CFL_MARGIN: &str = "cfl_margin";
/// Bound on what the kernel leaves out.
pub const KERNEL_TRUNCATION: &str = "kernel_truncation";
/// What atoms leave unresolved of the law.
pub const SAMPLING_ERROR: &str = "sampling_error";
/// Largest Newton step left undone.
pub const UNCONVERGED: &str = "unconverged";
/// Largest mass in a cell at an outer edge.
pub const EDGE_MASS: &str = "edge_mass";
/// Steps taken again because the energy rose, or for accuracy.
pub const REPEATED_STEPS: &str = "repeated_steps";
/// Largest rise of the free energy in a step.
pub const FREE_ENERGY_RISE: &str = "free_energy_rise";
/// Free energy less its dual bound.
pub const DUALITY_GAP: &str = "duality_gap";
/// What a quadrature may err by.
pub const QUADRATURE_ERROR: &str = "quadrature_error";
/// Drift over noise across a cell.
pub const CELL_PECLET: &str = "cell_peclet";

/// An energy balance that is off by more than this share of the largest risk. Measured (scripts/coverage.py): at most 0.017 where
/// means are right to a per cent or two, 0.03 to 0.06 where they are not.
pub const UNBALANCED: f64 = 0.02;

/// Every certificate, in the order in which summaries tell them.
pub const ALL: [Certificate; 13] = [
    Certificate {
        name: MASS_ERROR,
        meaning: "the mass lost or gained",
        worst: Worst::Largest,
        // Rounding of as many sums as a run makes; Gibbs states are reported to 1e-10.
        threshold: Threshold::Fixed(1e-9),
        advice: "write more `cells`; of a scheme that keeps mass exactly this is a defect to report",
    },
    Certificate {
        name: MINIMUM_DENSITY,
        meaning: "the smallest density",
        worst: Worst::Smallest,
        threshold: Threshold::Fixed(0.0),
        advice: "this is a defect of the scheme: please report it",
    },
    Certificate {
        name: ENERGY_RESIDUAL,
        meaning: "the error of the energy balance",
        worst: Worst::Largest,
        threshold: Threshold::OfRisk(UNBALANCED),
        advice: "write more `cells` or a smaller `step`",
    },
    Certificate {
        name: FREE_ENERGY_RISE,
        meaning: "the largest rise of the free energy in a step",
        worst: Worst::Largest,
        // Steps that raise it by more than 1e-14 of its terms are refused.
        threshold: Threshold::Fixed(1e-9),
        advice: "write a smaller `tolerance`",
    },
    Certificate {
        name: DUALITY_GAP,
        meaning: "the duality gap",
        worst: Worst::Largest,
        threshold: Threshold::Fixed(1e-6),
        advice: "the law is not the minimiser to this: write a smaller `kernel-tolerance` or a larger ridge",
    },
    Certificate {
        name: QUADRATURE_ERROR,
        meaning: "the error of the quadrature",
        worst: Worst::Largest,
        // Panels double until R changes by less than 1e-10.
        threshold: Threshold::Fixed(1e-8),
        advice: "write a larger ridge or a higher temperature",
    },
    Certificate {
        name: CFL_MARGIN,
        meaning: "the smallest ratio of a stable step to a step taken",
        worst: Worst::Smallest,
        threshold: Threshold::Fixed(1.0),
        advice: "this is a defect of the scheme: please report it",
    },
    Certificate {
        name: KERNEL_TRUNCATION,
        meaning: "what the kernel leaves out",
        worst: Worst::Largest,
        threshold: Threshold::ErrorOfRisk(0.02),
        advice: "write a smaller `kernel-tolerance`",
    },
    Certificate {
        name: SAMPLING_ERROR,
        meaning: "the sampling error",
        worst: Worst::Largest,
        // Measured (scripts/coverage.py): a true error of the means is a fifth to a thirteenth of it where
        // `most-atoms` was reached, and far less where panels split as they ask for. Stated errors contain it
        // (`refinement`).
        threshold: Threshold::OfSpread(0.05),
        advice: "write a larger `most-atoms`",
    },
    Certificate {
        name: UNCONVERGED,
        meaning: "the Newton step left undone",
        worst: Worst::Largest,
        // Where rounding lets nothing lower be found Newton stops at 1e-5, with no effect on the errors
        // (scripts/coverage.py).
        threshold: Threshold::Fixed(1e-4),
        advice: "write a smaller `step`, or for a Gibbs state a larger ridge or a higher temperature",
    },
    Certificate {
        name: EDGE_MASS,
        meaning: "the mass at the grid's edge",
        worst: Worst::Largest,
        threshold: Threshold::Fixed(1e-3),
        advice: "write more `cells`, or a wider `domain`",
    },
    Certificate {
        name: CELL_PECLET,
        meaning: "drift over noise across a cell",
        worst: Worst::Largest,
        // From 2 on the fluxes are upwind ones and of first order (Scharfetter & Gummel's Bernoulli
        // function).
        threshold: Threshold::Fixed(2.0),
        advice: "write more `cells`, or without noise temperature = 0.0",
    },
    Certificate {
        name: REPEATED_STEPS,
        meaning: "steps taken again",
        worst: Worst::Largest,
        threshold: Threshold::Never,
        advice: "",
    },
];

/// Whether a curve of this name is a certificate.
pub fn is_one(name: &str) -> bool {
    ALL.iter().any(|certificate| certificate.name == name)
}

/// (name, worst value over all times and runs) of each certificate that a record has, in the order of [`ALL`].
pub fn worst(record: &Record) -> Vec<(&'static str, f64)> {
    let finished = record.finished();
    let one = |known: &Certificate| Some((known.name, known.worst.of(record.curve(known.name)?, &finished)));
    ALL.iter().filter_map(one).collect()
}

/// The certificates of a record that speak against its solution, each with the value that does so most over
/// all times and runs; and the errors that were asked for and could not be told.
pub fn warnings(record: &Record) -> Vec<Warning> {
    let judged = ALL.iter().filter(|known| !is_by_design(known.name, record));
    let unknown = record.curve(&refinement::name("risk")).and_then(unknown_error);
    judged.filter_map(|known| known.warning(record)).chain(unknown).collect()
}

/// Whether a certificate states a property of the problem: of the best single mass the gap is what more
/// masses could win, and a law of least risk may end at the end of its box.
fn is_by_design(name: &str, record: &Record) -> bool {
    let of_one_mass = record.curve("margin").is_some();
    (name == DUALITY_GAP && of_one_mass) || (name == EDGE_MASS && record.kind == "landscape")
}

/// The warning of an error that refinement could not tell.
fn unknown_error(error: &Curve) -> Option<Warning> {
    let reason = error.meaning.strip_prefix(refinement::UNKNOWN)?;
    let words = format!("the errors are not known: {reason}");
    Some(Warning { name: error.name.clone(), value: f64::NAN, threshold: f64::NAN, words })
}

impl Certificate {
    /// The warning that the certificate gives of a record, if any: where it is furthest beyond its threshold.
    fn warning(&self, record: &Record) -> Option<Warning> {
        let curve = record.curve(self.name)?;
        let rows = curve.values.rows().into_iter().enumerate();
        let seen = rows.flat_map(|(run, values)| {
            // A run that stopped short computed nothing any more.
            let computed = record.row("risk", run).map_or(Vec::new(), |risk| risk.to_vec());
            let limits = self.threshold.along(record, run);
            let all = values.to_vec().into_iter().zip(limits).zip(computed);
            all.filter(|(_, risk)| risk.is_finite()).map(|(seen, _)| seen)
        });
        let (value, (limit, of)) =
            seen.filter(|(value, (limit, _))| self.worst.is_beyond(*value, *limit)).reduce(|a, b| {
                if self.worst.excess(b.0, b.1.0) > self.worst.excess(a.0, a.1.0) { b } else { a }
            })?;
        let than = if self.worst == Worst::Largest { "more" } else { "less" };
        let words = format!("{} is {value:.1e}, {than} than {limit:.1e}{of}: {}", self.meaning, self.advice);
        Some(Warning { name: self.name.to_owned(), value, threshold: limit, words })
    }
}

impl Threshold {
    /// At each time of a run: the threshold, and what it is in words that follow the number.
    fn along(self, record: &Record, run: usize) -> Vec<(f64, &'static str)> {
        let everywhere = |limit, of| vec![(limit, of); record.time.len()];
        match self {
            Self::Fixed(limit) => everywhere(limit, ""),
            Self::Never => everywhere(f64::INFINITY, ""),
            Self::OfRisk(share) => {
                let risk = record.largest("risk", run).unwrap_or(f64::NAN);
                everywhere(share * risk, ", a fiftieth of the risk")
            }
            Self::ErrorOfRisk(share) => match record.row(&refinement::name("risk"), run) {
                Some(_) => everywhere(f64::INFINITY, ""),
                None => Self::OfRisk(share).along(record, run),
            },
            Self::OfSpread(share) => {
                let spread = |c: &String| record.largest(&format!("std_{c}"), run);
                let spreads = record.coordinates.iter().filter_map(spread);
                everywhere(share * spreads.fold(f64::NAN, f64::max), ", a twentieth of the spread")
            }
        }
    }
}

impl Worst {
    /// The worst value of a curve over the runs that reached their end; one that is not a number is the worst of all.
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
