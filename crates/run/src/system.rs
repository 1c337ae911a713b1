//! The interface between the driver and a system.

use std::sync::Arc;

use meanfield_model::measure::Measure;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::peers::Peers;
use crate::quantity::Quantity;

/// A number that a system reports beside the risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The quantity that it is a value of.
    pub quantity: &'static Quantity,
    /// How this system defines it, where that says more than the quantity's own words.
    pub definition: Option<&'static str>,
    /// Value.
    pub value: f64,
}

impl Scalar {
    /// A quantity as it is meant everywhere.
    pub fn new(quantity: &'static Quantity, value: f64) -> Self {
        Self { quantity, definition: None, value }
    }

    /// A quantity as this system defines it.
    pub fn defined(quantity: &'static Quantity, definition: &'static str, value: f64) -> Self {
        Self { quantity, definition: Some(definition), value }
    }

    /// Description for labels.
    pub fn meaning(&self) -> &'static str {
        self.definition.unwrap_or(self.quantity.meaning)
    }
}

/// The observation of a system at one time.
#[derive(Clone, Debug)]
pub struct Observation {
    /// R.
    pub risk: f64,
    /// Other named numbers, always the same ones in the same order.
    pub scalars: Vec<Scalar>,
    /// The law of the reduced coordinates.
    pub law: Measure,
}

/// A law beside that of the neurons' reduced coordinates, as a system observes it at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct FurtherLaw {
    /// Its name in the record.
    pub name: String,
    /// Names of its coordinates.
    pub coordinates: Vec<String>,
    /// Inputs at which its coordinates are taken, shape (coordinate, d), where they are answers to inputs.
    pub inputs: Option<Array2<f64>>,
    /// The law.
    pub measure: Measure,
}

/// The state of a system as plain numbers: all that is needed to go on from here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Counters.
    pub integers: Vec<u64>,
    /// Positions, masses, weights, times.
    pub reals: Vec<f64>,
}

impl State {
    /// One state made of several.
    pub fn join(parts: &[State]) -> Self {
        let mut joined = Self { integers: Vec::new(), reals: Vec::new() };
        for part in parts {
            joined.integers.extend([part.integers.len() as u64, part.reals.len() as u64]);
            joined.integers.extend(&part.integers);
            joined.reals.extend(&part.reals);
        }
        joined
    }

    /// The parts of a state made by [`State::join`]; None if it was not.
    pub fn split(&self) -> Option<Vec<State>> {
        let mut integers = &self.integers[..];
        let mut reals = &self.reals[..];
        let mut parts = Vec::new();
        while let Some((&[integer, real], rest)) = integers.split_first_chunk::<2>() {
            let (own_integers, more_integers) = rest.split_at_checked(usize::try_from(integer).ok()?)?;
            let (own_reals, more_reals) = reals.split_at_checked(usize::try_from(real).ok()?)?;
            parts.push(State { integers: own_integers.to_vec(), reals: own_reals.to_vec() });
            (integers, reals) = (more_integers, more_reals);
        }
        (integers.is_empty() && reals.is_empty()).then_some(parts)
    }
}

/// Expected cost of a run, for `check` and for the order in which runs start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// CPU seconds, roughly.
    pub seconds: f64,
    /// Bytes of memory, roughly.
    pub bytes: f64,
}

/// How far a stride came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stride {
    /// The target time is reached.
    Reached,
    /// There is more to do; the system may be saved here.
    Underway,
}

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The numbers left the domain in which they mean something.
    #[error("at t = {}: {what}", in_words(*time))]
    Failed {
        /// Time of the failure.
        time: f64,
        /// The failure, and what to change.
        what: String,
    },
    /// A problem without time that has no solution.
    #[error("{0}")]
    Static(String),
    /// A saved state that does not belong to this system.
    #[error("the checkpoint does not fit the scenario: {0}")]
    Checkpoint(String),
    /// A checkpoint could not be written.
    #[error("the checkpoint could not be written: {0}")]
    Write(String),
    /// The run was cancelled.
    #[error("interrupted at t = {}; its last checkpoint is kept", in_words(*.0))]
    Cancelled(f64),
}

/// A time to seven digits, however short or long.
fn in_words(time: f64) -> String {
    match time.abs() {
        size if size > 0.0 && !(0.1..1e9).contains(&size) => format!("{time:.6e}"),
        _ => format!("{time:.6}"),
    }
}

/// A stride of at most `steps` steps of a system, none past `until`.
///
/// # Errors
/// The first error of `step`.
pub fn stride<S: System>(
    system: &mut S,
    until: f64,
    steps: usize,
    mut step: impl FnMut(&mut S) -> Result<(), RunError>,
) -> Result<Stride, RunError> {
    for _ in 0..steps {
        if system.time() >= until {
            return Ok(Stride::Reached);
        }
        step(system)?;
    }
    Ok(if system.time() < until { Stride::Underway } else { Stride::Reached })
}

/// A crew that a system belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Tells crews apart.
    pub crew: usize,
    /// Places of a device that the whole crew takes.
    pub places: usize,
}

/// Something that evolves in time and can be observed.
pub trait System: Send {
    /// The time t reached.
    fn time(&self) -> f64;

    /// The step k reached, for systems that step by samples.
    fn step(&self) -> Option<u64> {
        None
    }

    /// One natural stride towards `until`: never past it, at most half a second of work, and such that the
    /// result does not depend on when the caller pauses. Call again until [`Stride::Reached`]. A step that
    /// takes longer is begun in one stride and ended in another; what is saved in between is the state before
    /// it.
    ///
    /// # Errors
    /// Where the numbers left the domain in which they mean something, or a static problem has no solution.
    fn advance(&mut self, until: f64) -> Result<Stride, RunError>;

    /// The time that [`Self::step_freely`] would about reach, for systems whose curves may be read between
    /// their steps; it depends on the saved state alone.
    fn next_step(&self) -> Option<f64> {
        None
    }

    /// A step of its own length, or a few over which its curves are smooth, never past `until`.
    ///
    /// # Errors
    /// As [`Self::advance`].
    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.advance(until).map(|_| ())
    }

    /// The variable in which curves are smooth, at a time.
    fn clock(&self, time: f64) -> f64 {
        time
    }

    /// Risk, scalars and law at the present time.
    fn observe(&self) -> Observation;

    /// The law of all coordinates together, where [`Self::observe`] gives those of pairs alone: what follows
    /// from it is observed, and itself it is not kept. A system around another one hands it on.
    fn joint_law(&self) -> Option<Measure> {
        None
    }

    /// Laws beside that of [`Self::observe`], for snapshots: always the same ones in the same order. A system
    /// around another one hands them on.
    fn further_laws(&self) -> Vec<FurtherLaw> {
        Vec::new()
    }

    /// Work from the start until a time, in any unit: progress and the time left are counted by it. By
    /// default steps cost the same at all times.
    fn work_until(&self, time: f64) -> f64 {
        time
    }

    /// Units of work done by this process: samples, or rate evaluations.
    fn work(&self) -> u64;

    /// Sets how many threads it may use by itself; no result may depend on it.
    fn use_threads(&mut self, _threads: usize) {}

    /// From now on is advanced together with the same system of other processes, each of which holds a part
    /// of it: all make the same calls. False, and nothing is changed, where that cannot be.
    fn deal(&mut self, _peers: &Arc<dyn Peers>) -> bool {
        false
    }

    /// Brings what the processes hold to the first of them, which then may observe and save it.
    fn bring_together(&self) {}

    /// Its crew, if it has one: systems that are advanced together, each of which may wait in
    /// [`Self::advance`] for all others. Each is driven by a thread of its own.
    fn crew(&self) -> Option<Membership> {
        None
    }

    /// Everything needed to go on from here.
    fn save(&self) -> State;

    /// Goes back to a saved state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is no state of this system.
    fn restore(&mut self, state: &State) -> Result<(), RunError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_states_come_apart_again() {
        let parts = [
            State { integers: vec![3], reals: vec![1.0, 2.0] },
            State { integers: vec![], reals: vec![] },
            State { integers: vec![4, 5], reals: vec![6.0] },
        ];
        let mut joined = State::join(&parts);
        assert_eq!(joined.split().as_deref(), Some(&parts[..]));
        joined.reals.pop();
        assert_eq!(joined.split(), None);
    }
}
