//! The result of a comparison as plain data: gaps, distances and verdicts of each system against the
//! reference. `judge` computes it, `store` writes it, `figure` draws it.

use meanfield_run::claim::Claim;
use meanfield_run::number::short;
use meanfield_run::quantities::PREDICTED_BAND;
use meanfield_run::record::{Place, RunAxis, places};
use serde::Serialize;

use crate::power_law::PowerLaw;

/// Named numbers along a time axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Name in the record, e.g. `risk_gap`, `wasserstein_1_radius`.
    pub name: String,
    /// Meaning in words.
    pub meaning: String,
    /// One number for each time; row-major over the axes of varied keys, then time.
    pub values: Vec<f64>,
}

/// The observations on which a claim was judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Basis {
    /// Values of curves, at `count` times from the first to the last.
    Times {
        /// Number of times.
        count: usize,
        /// The first.
        first: f64,
        /// The last.
        last: f64,
    },
    /// Laws at these snapshots.
    Snapshots(Vec<f64>),
    /// None at all.
    Nothing,
}

impl Basis {
    /// Number of observations.
    pub fn count(&self) -> usize {
        match self {
            Self::Times { count, .. } => *count,
            Self::Snapshots(times) => times.len(),
            Self::Nothing => 0,
        }
    }
}

/// "t in [0.1, 10], 41 times", "t = 20", "snapshots t = 0.1, 0.5".
impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Times { count: 1, first, .. } => write!(f, "t = {}", short(*first)),
            Self::Times { count, first, last } => {
                write!(f, "t in [{}, {}], {count} times", short(*first), short(*last))
            }
            Self::Snapshots(times) => {
                let times: Vec<String> = times.iter().map(|t| short(*t)).collect();
                let plural = if times.len() == 1 { "" } else { "s" };
                write!(f, "snapshot{plural} t = {}", times.join(", "))
            }
            Self::Nothing => write!(f, "no observation"),
        }
    }
}

/// A size to four digits: "0.01235", "7.1e-9".
fn short_size(size: f64) -> String {
    match size.abs() {
        plain if (1e-3..1e5).contains(&plain) => {
            format!("{size:.3e}").parse::<f64>().unwrap_or(size).to_string()
        }
        _ => format!("{size:.1e}"),
    }
}

/// A claim at one point of the varied keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointVerdict {
    /// The place on the axes of varied keys; empty where nothing is varied.
    pub point: Vec<Place>,
    /// Largest deviation there.
    pub worst: f64,
    /// The time at which it occurs.
    pub at: f64,
    /// Reason that the claim cannot hold there whatever the deviations: times that were not observed, or a
    /// run that stopped.
    #[serde(rename = "unseen")]
    pub missing: Option<String>,
}

/// Separates a number's meaning from its caveat.
pub(crate) const CAVEAT: &str = "; caveat: ";

impl Series {
    /// The caveat in its meaning, if there is one.
    pub fn caveat(&self) -> Option<&str> {
        self.meaning.split_once(CAVEAT).map(|(_, caveat)| caveat)
    }

    /// The values at point number `n`, which has this many times.
    fn at_point(&self, n: usize, times: usize) -> Series {
        let values = self.values.get(n * times..(n + 1) * times).unwrap_or_default().to_vec();
        Series { values, ..self.clone() }
    }
}

/// One claim, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The claim.
    pub claim: Claim,
    /// The point of its largest deviation.
    #[serde(flatten)]
    pub worst: PointVerdict,
    /// The observations on which it was judged there.
    pub basis: Basis,
    /// Whether it holds at every point: all of its span was observed, and `worst ≤ within`.
    pub holds: bool,
    /// The points at which it does not hold, where keys are varied.
    pub failing: Vec<PointVerdict>,
    /// Certificates of the two systems that warn against their solutions: "sampling error of atoms".
    pub caveats: Vec<String>,
}

impl Verdict {
    /// "risk of sgd within 0.03 (t in [0.1, 10], 41 times): holds, worst 0.0123 at t = 4, scale = 0.1".
    pub fn in_words(&self) -> String {
        let Claim { quantity, system, within, .. } = &self.claim;
        let outcome = match (self.holds, self.caveats.is_empty()) {
            (true, true) => "holds".to_owned(),
            (true, false) => format!("holds, but beware of the {}", self.caveats.join(", the ")),
            (false, _) => "DOES NOT HOLD".to_owned(),
        };
        let what = match quantity == PREDICTED_BAND.name {
            true => format!("{system} within {within} standard errors of its prediction"),
            false => format!("{quantity} of {system} within {within}"),
        };
        format!("{what} ({}): {outcome}, {}", self.basis, self.worst.in_words())
    }
}

impl PointVerdict {
    /// "worst 0.0123 at t = 4, scale = 0.1", after the reason if something is missing.
    pub fn in_words(&self) -> String {
        let place: String = self.point.iter().map(|place| format!(", {place}")).collect();
        let worst = format!("worst {} at t = {}{place}", short_size(self.worst), short(self.at));
        match &self.missing {
            Some(reason) if self.worst.is_nan() => format!("{reason}{place}"),
            Some(reason) => format!("{reason}; {worst}"),
            None => worst,
        }
    }
}

/// One system against the reference.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Compared {
    /// The system.
    pub system: String,
    /// Axes of the keys that are varied, for it or for the reference.
    pub axes: Vec<RunAxis>,
    /// Times at which both were observed; where points have times of their own, the planned ones.
    pub time: Vec<f64>,
    /// Times of each point where they differ, row-major over the axes, then time.
    pub times_of_points: Option<Vec<f64>>,
    /// `risk_gap` first; for ensembles also its standard error, for finite networks the computed bias.
    pub gaps: Vec<Series>,
    /// Times of the common snapshots.
    pub snapshot_time: Vec<f64>,
    /// Distances between the laws at the snapshots.
    pub distances: Vec<Series>,
    /// The claims on this system.
    pub verdicts: Vec<Verdict>,
}

impl Compared {
    /// The places of all points, row-major; one empty place where nothing is varied.
    pub fn points(&self) -> Vec<Vec<Place>> {
        places(&self.axes)
    }

    /// The comparison at point number `n`, as if nothing was varied. The verdicts are those of all points.
    pub fn at(&self, n: usize) -> Compared {
        let times = self.time.len();
        let snapshots = self.snapshot_time.len();
        let own = self.times_of_points.as_ref().and_then(|all| all.get(n * times..(n + 1) * times));
        Compared {
            axes: Vec::new(),
            time: own.unwrap_or(&self.time).to_vec(),
            times_of_points: None,
            gaps: self.gaps.iter().map(|series| series.at_point(n, times)).collect(),
            distances: self.distances.iter().map(|series| series.at_point(n, snapshots)).collect(),
            ..self.clone()
        }
    }
}

/// All systems against the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The reference's name.
    pub reference: String,
    /// The others.
    pub systems: Vec<Compared>,
    /// The power laws that are claimed over varied keys, each fitted and judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub power_laws: Vec<PowerLaw>,
}

impl Comparison {
    /// Whether every claim holds, those on exponents included.
    pub fn holds(&self) -> bool {
        self.verdicts().all(|verdict| verdict.holds) && self.power_laws.iter().all(|law| law.holds)
    }

    /// All verdicts.
    pub fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.systems.iter().flat_map(|system| &system.verdicts)
    }
}
