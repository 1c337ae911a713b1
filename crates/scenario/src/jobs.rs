//! From a checked point to runs that are ready to begin: one for each system and seed, and one for each
//! companion at half the resolution.

use std::convert::Infallible;

use meanfield_run::background::Background;
use meanfield_run::drive::Identity;
use meanfield_run::record::Place;
use meanfield_run::side_by_side::Job;

use crate::companion;
use crate::cost;
use crate::point::Point;
use crate::setting::Setting;
use crate::systems::SystemKind;
use crate::systems::kind::{BuildError, Kind, Run};
use crate::unbuilt::Unbuilt;

/// A system of a point.
struct Member<'a> {
    name: &'a str,
    kind_name: &'static str,
    setting: &'a Setting,
}

/// Runs in the place of those of a system that cannot be built, or an error.
type Otherwise<E> = fn(&Member, &dyn Kind, BuildError) -> Result<Vec<Job>, E>;

/// Nothing is built.
fn refuse(_: &Member, _: &dyn Kind, error: BuildError) -> Result<Vec<Job>, BuildError> {
    Err(error)
}

/// A run that fails when it begins, with the reason why its system cannot be built.
fn leave_unbuilt(member: &Member, kind: &dyn Kind, error: BuildError) -> Result<Vec<Job>, Infallible> {
    let system = Box::new(Unbuilt { why: error.to_string() });
    Ok(vec![member.job(kind, Run { system, facts: Vec::new(), seed: None })])
}

/// The runs of one system, and of its companion where it has one.
pub(crate) fn jobs_of_system(
    name: &str,
    system: &SystemKind,
    setting: &Setting,
) -> Result<Vec<Job>, BuildError> {
    Member { name, kind_name: system.name(), setting }.jobs(system.kind(), refuse)
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
            let member = Member { name, kind_name: system.name(), setting: &self.setting };
            for mut job in member.jobs(system.kind(), otherwise)? {
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
    fn jobs<E>(&self, kind: &dyn Kind, otherwise: Otherwise<E>) -> Result<Vec<Job>, E> {
        let mut jobs = self.stated(kind).or_else(|error| otherwise(self, kind, error))?;
        if companion::companion(self.setting, kind).is_some() {
            let coarse = self.coarse(kind).or_else(|error| otherwise(self, kind, error))?;
            jobs.extend(coarse.into_iter().map(|job| Job { coarse: true, ..job }));
        }
        Ok(jobs)
    }

    fn stated(&self, kind: &dyn Kind) -> Result<Vec<Job>, BuildError> {
        let runs = kind.runs(self.setting)?;
        Ok(runs.into_iter().map(|run| self.job(kind, run)).collect())
    }

    fn coarse(&self, kind: &dyn Kind) -> Result<Vec<Job>, BuildError> {
        match companion::with_coarser_kernel(self.setting, kind)? {
            Some(companion) => self.stated(&*companion),
            None => Ok(Vec::new()),
        }
    }

    fn job(&self, kind: &dyn Kind, run: Run) -> Job {
        let Run { system, facts, seed } = run;
        let long = kind.has_long_strides(self.setting);
        let system = if long { Box::new(Background::new(system)) } else { system };
        let names = self.setting.problem.coordinates().names();
        let identity = Identity {
            system: self.name.to_owned(),
            kind: self.kind_name,
            nature: kind.nature(),
            coordinates: names.iter().map(|name| (*name).to_owned()).collect(),
            facts,
        };
        let seed = seed.map(|seed| Place { axis: "seed".to_owned(), key: None, value: seed as f64 });
        let run = seed.into_iter().collect();
        let seconds = cost::of_runs(self.setting, kind).seconds / kind.run_count() as f64;
        Job { identity, run, coarse: false, system, seconds }
    }
}
