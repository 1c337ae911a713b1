//! What a comparison finds, as plain data: gaps, distances and verdicts of each system against the
//! reference. `judge` fills it, `store` writes it, `figure` draws it.

use meanfield_run::claim::Claim;
use meanfield_run::record::{Place, RunAxis};
use meanfield_run::stack::places;
use serde::Serialize;

/// Named numbers along a time axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Name in the record, e.g. `risk_gap`, `wasserstein_1_radius`.
    pub name: String,
    /// What it is, in words.
    pub meaning: String,
    /// One number for each time; row-major over the axes of varied keys, then time.
    pub values: Vec<f64>,
}

/// Between what a number is and what must be known before it is believed.
pub(crate) const CAVEAT: &str = "; caveat: ";

impl Series {
    /// What its meaning warns of.
    pub fn caveat(&self) -> Option<&str> {
        self.meaning.split_once(CAVEAT).map(|(_, caveat)| caveat)
    }
}

/// One claim, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The claim.
    pub claim: Claim,
    /// Largest deviation in the claim's span of time.
    pub worst: f64,
    /// The time at which it occurs.
    pub at: f64,
    /// The place on the axes of varied keys at which it occurs; empty where nothing is varied.
    pub point: Vec<Place>,
    /// Whether `worst ≤ within`, at every point.
    pub holds: bool,
}

/// One system against the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The system.
    pub system: String,
    /// Axes of the keys that are varied, for it or for the reference.
    pub axes: Vec<RunAxis>,
    /// Times at which both were observed.
    pub time: Vec<f64>,
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

    /// What was found at point number `n`, as if nothing was varied. The verdicts are those of all points.
    pub fn at(&self, n: usize) -> Compared {
        let cut = |all: &[Series], times: usize| {
            let row = |values: &[f64]| values.get(n * times..(n + 1) * times).unwrap_or_default().to_vec();
            let one = |series: &Series| Series { values: row(&series.values), ..series.clone() };
            all.iter().map(one).collect()
        };
        Compared {
            axes: Vec::new(),
            gaps: cut(&self.gaps, self.time.len()),
            distances: cut(&self.distances, self.snapshot_time.len()),
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
}

impl Comparison {
    /// Whether every claim holds.
    pub fn holds(&self) -> bool {
        self.verdicts().all(|verdict| verdict.holds)
    }

    /// All verdicts.
    pub fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.systems.iter().flat_map(|system| &system.verdicts)
    }
}
