//! From a checked point to runs that are ready to begin: one for each system and seed, and one for each
//! companion at half the resolution.

use std::convert::Infallible;

use meanfield_model::classification::ClassificationError;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::overlap::Overlap;
use meanfield_run::background::Background;
use meanfield_run::drive::Identity;
use meanfield_run::law_scalars::{LawScalar, WithLawScalars};
use meanfield_run::record::{Nature, Place};
use meanfield_run::side_by_side::Job;
use meanfield_run::system::System;

use crate::address;
use crate::bound::Bound;
use crate::cost;
use crate::point::Point;
use crate::setting::{PointSetting, Timing};
use crate::systems::SystemKind;
use crate::systems::kind::{BuildError, Kind, Run};
use crate::unbuilt::Unbuilt;

/// A system of a point.
struct Member<'a> {
    name: &'a str,
    kind_name: &'static str,
    bound: Bound<'a>,
}

/// Runs in the place of those of a system that cannot be built, or an error.
type Otherwise<E> = fn(&Member, BuildError) -> Result<Vec<Job>, E>;

/// Nothing is built.
fn refuse(_: &Member, error: BuildError) -> Result<Vec<Job>, BuildError> {
    Err(error)
}

/// A run that fails when it begins, with the reason why its system cannot be built.
fn leave_unbuilt(member: &Member, error: BuildError) -> Result<Vec<Job>, Infallible> {
    let system = Box::new(Unbuilt { why: error.to_string() });
    Ok(vec![member.job(Run { system, facts: Vec::new(), seed: None })])
}

/// The runs of one system, and of its companion where it has one.
pub(crate) fn jobs_of_system(
    name: &str,
    system: &SystemKind,
    setting: &PointSetting,
) -> Result<Vec<Job>, BuildError> {
    let Some(bound) = Bound::new(system.kind(), setting) else { return Err(BuildError::Family) };
    Member { name, kind_name: system.name(), bound }.jobs(refuse)
}

impl Point {
    /// The runs at this point that no point before has.
    ///
    /// # Errors
    /// Where a system cannot be built.
    pub fn jobs(&self) -> Result<Vec<Job>, BuildError> {
        self.jobs_or(refuse)
    }

    /// The same at a point of a sweep, of which only a sample was built before: what cannot be built here is
    /// a run that fails.
    pub fn jobs_of_sweep(&self) -> Vec<Job> {
        match self.jobs_or(leave_unbuilt) {
            Ok(jobs) => jobs,
        }
    }

    /// The runs; `otherwise` takes the place of those of a system that cannot be built.
    fn jobs_or<E>(&self, otherwise: Otherwise<E>) -> Result<Vec<Job>, E> {
        let mut jobs = Vec::new();
        for (name, system) in &self.file.systems {
            let Some(place) = self.place_of(name) else { continue };
            let Some(bound) = Bound::new(system.kind(), &self.setting) else { continue };
            let member = Member { name, kind_name: system.name(), bound };
            let of_system = address::of_system(&self.file, name, system.kind());
            for mut job in member.jobs(otherwise)? {
                job.address = address::of_run(&of_system, &job);
                job.run.splice(0..0, place.iter().cloned());
                jobs.push(job);
            }
        }
        self.setting.forget_kernels();
        Ok(jobs)
    }
}

impl Member<'_> {
    /// Its runs and those of its companion.
    fn jobs<E>(&self, otherwise: Otherwise<E>) -> Result<Vec<Job>, E> {
        let mut jobs = self.stated().or_else(|error| otherwise(self, error))?;
        if self.bound.with_companion(|_| ()).is_some() {
            let coarse = self.bound.runs_of_companion(|bound| Member { bound, ..*self }.stated());
            let coarse = coarse.or_else(|error| otherwise(self, error))?;
            jobs.extend(coarse.into_iter().map(|job| Job { coarse: true, ..job }));
        }
        Ok(jobs)
    }

    fn stated(&self) -> Result<Vec<Job>, BuildError> {
        let runs = self.bound.runs()?;
        Ok(runs.into_iter().map(|run| self.job(run)).collect())
    }

    /// The system with what is read from its law: the overlap with directions that matter, and the
    /// classification error where the scenario wants that. (Networks count samples.)
    fn with_law_scalars(&self, system: Box<dyn System>) -> Box<dyn System> {
        let Bound::TwoLayer(kind, setting) = self.bound else { return system };
        if !kind.has_law(false) {
            return system;
        }
        let mut scalars: Vec<Box<dyn LawScalar>> = Vec::new();
        if let Some(overlap) = overlap_of(kind, setting.problem.coordinates()) {
            scalars.push(Box::new(overlap));
        }
        let is_judged = setting.observed.classification_error && kind.nature() != Nature::Network;
        if let (true, Ok(error)) = (is_judged, ClassificationError::new(&setting.problem)) {
            scalars.push(Box::new(error));
        }
        if scalars.is_empty() { system } else { Box::new(WithLawScalars::new(system, scalars)) }
    }

    fn job(&self, run: Run) -> Job {
        let Run { system, facts, seed } = run;
        let kind = self.bound.kind();
        let system = self.with_law_scalars(system);
        let long = self.bound.has_long_strides();
        let system = if long { Box::new(Background::new(system)) } else { system };
        let identity = Identity {
            system: self.name.to_owned(),
            kind: self.kind_name,
            nature: kind.nature(),
            coordinates: self.bound.coordinates().into_iter().map(str::to_owned).collect(),
            facts,
        };
        let seed = seed.map(|seed| Place { axis: "seed".to_owned(), key: None, value: seed as f64 });
        let run = seed.into_iter().collect();
        let seconds = cost::of_runs(self.bound, Timing::Constants).seconds / kind.run_count() as f64;
        Job { identity, run, coarse: false, system, seconds, address: String::new() }
    }
}

/// The overlap that a kind of system can read from the laws that it observes.
pub(crate) fn overlap_of(kind: &dyn Kind, coordinates: Coordinates) -> Option<Overlap> {
    let overlap = Overlap::new(coordinates)?;
    let is_seen = overlap.is_of_a_pair() || kind.knows_joint_law(coordinates.each().len());
    (is_seen && kind.has_law(false)).then_some(overlap)
}
