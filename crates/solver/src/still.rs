//! A system without dynamics: it is the same at all times, and solved when it is first asked for.

use meanfield_model::measure::Measure;
use meanfield_run::system::{Observation, RunError, State, Stride, System};
use ndarray::{Array1, Array2};

/// A problem without time.
pub trait Static: Send {
    /// Number of coordinates.
    const COORDINATES: usize;

    /// What is seen of its solution, and the rounds that it took; or why there is none.
    fn solve(&self) -> Result<(Observation, u64), String>;
}

/// See the module's head.
pub struct Still<P> {
    problem: P,
    found: Option<(Observation, u64)>,
    time: f64,
}

impl<P: Static> Still<P> {
    /// A problem that nobody has asked for yet.
    pub fn new(problem: P) -> Self {
        Self { problem, found: None, time: 0.0 }
    }
}

impl<P: Static> System for Still<P> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        if self.found.is_none() {
            self.found = Some(self.problem.solve().map_err(RunError::Static)?);
        }
        self.time = until;
        Ok(Stride::Reached)
    }

    fn observe(&self) -> Observation {
        match &self.found {
            Some((seen, _)) => seen.clone(),
            None => {
                let law =
                    Measure::Atoms { points: Array2::zeros((0, P::COORDINATES)), weights: Array1::zeros(0) };
                Observation { risk: f64::NAN, scalars: Vec::new(), law }
            }
        }
    }

    fn work(&self) -> u64 {
        self.found.as_ref().map_or(0, |(_, rounds)| *rounds)
    }

    /// Nothing: it is solved again.
    fn save(&self) -> State {
        State { integers: Vec::new(), reals: vec![self.time] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let &[time] = &state.reals[..] else {
            return Err(RunError::Checkpoint(format!("{} numbers for a time", state.reals.len())));
        };
        self.time = time;
        Ok(())
    }
}
