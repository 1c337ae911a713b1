//! What a comparison finds, as plain data: gaps, distances and verdicts of each system against the
//! reference. `judge` fills it, `store` writes it, `figure` draws it.

use meanfield_run::claim::Claim;
use serde::Serialize;

/// Named numbers along a time axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Name in the record, e.g. `risk_gap`, `wasserstein_1_radius`.
    pub name: String,
    /// What it is, in words.
    pub meaning: String,
    /// One number for each time.
    pub values: Vec<f64>,
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
    /// Whether `worst ≤ within`.
    pub holds: bool,
}

/// One system against the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The system.
    pub system: String,
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
