//! The observations of a scenario, and its claims.

use meanfield_run::claim::{Claim, PowerLawClaim};
use meanfield_run::drive::Plan;

use crate::file::ScenarioFile;
use crate::stated;

impl ScenarioFile {
    /// Its observations: at the times that the file lists, at the end, and at both ends of each claim,
    /// and at the time of each law that states one.
    pub fn plan(&self) -> Plan {
        let claims = self.compare.iter().flat_map(|compare| &compare.claims);
        let ends = claims.flat_map(|claim| [claim.from, claim.until]).flatten();
        let ends = ends.chain(self.times_of_laws()).chain([self.dynamics.end_time]);
        Plan {
            times: with_ends(self.observe.times.values().to_vec(), ends),
            snapshots: self.observe.snapshots.values().to_vec(),
            levels: self.observe.levels.clone(),
        }
    }

    /// The observations of a sweep: curves at the end and in the spans of claims, no laws.
    pub fn plan_of_a_sweep(&self) -> Plan {
        let claims = self.claims();
        let mut plan = self.plan();
        plan.snapshots.clear();
        let end = plan.times.pop();
        let laws: Vec<f64> = self.times_of_laws().collect();
        plan.times.retain(|time| {
            claims.iter().any(|claim| spans(claim, *time)) || laws.iter().any(|own| is_same(*own, *time))
        });
        plan.times.extend(end);
        plan
    }

    /// Times that the claims on exponents state.
    fn times_of_laws(&self) -> impl Iterator<Item = f64> {
        self.compare.iter().flat_map(|compare| &compare.laws).filter_map(|law| law.at)
    }

    /// The claims on exponents.
    pub fn laws(&self) -> Vec<PowerLawClaim> {
        stated::laws(self.compare.as_ref())
    }

    /// The reference's name.
    pub fn reference(&self) -> Option<String> {
        self.compare.as_ref().map(|compare| compare.reference.clone())
    }

    /// The claims.
    pub fn claims(&self) -> Vec<Claim> {
        stated::claims(self.compare.as_ref(), self.dynamics.end_time)
    }
}

/// Whether a time is one that is claimed of.
fn spans(claim: &Claim, time: f64) -> bool {
    claim.from.is_none_or(|from| from <= time) && time <= claim.last()
}

/// Whether two times are equal up to rounding.
fn is_same(time: f64, end: f64) -> bool {
    (time - end).abs() <= 1e-9 * end.abs()
}

/// `times` and those of the `ends` that are not among them, up to rounding.
fn with_ends(mut times: Vec<f64>, ends: impl Iterator<Item = f64>) -> Vec<f64> {
    for end in ends {
        let place = times.partition_point(|time| *time < end);
        let neighbours = &times[place.saturating_sub(1)..(place + 1).min(times.len())];
        if !neighbours.iter().any(|time| is_same(*time, end)) {
            times.insert(place, end);
        }
    }
    times
}
