//! A system without dynamics: it is the same at all times, and is computed once, on first use.
//!
//! It knows no problem: implementations of [`StaticProblem`] compute the solution.

use meanfield_model::measure::Measure;
use meanfield_run::system::{Observation, RunError, State, Stride, System};
use ndarray::{Array1, Array2};

/// A problem without time.
pub trait StaticProblem: Send {
    /// Number of coordinates.
    const COORDINATES: usize;

    /// The observation of its solution, and the number of rounds that it took.
    ///
    /// # Errors
    ///
    /// The reason in words if there is no solution.
    fn solve(&self) -> Result<(Observation, u64), String>;
}

/// A problem whose solution is a risk, and no law.
pub struct RiskAlone<F> {
    /// Finds the risk.
    pub risk: F,
    /// Coordinates of the other systems' laws.
    pub coordinates: usize,
}

impl<F: Fn() -> f64 + Send> StaticProblem for RiskAlone<F> {
    const COORDINATES: usize = 1;

    fn solve(&self) -> Result<(Observation, u64), String> {
        let law = Measure::nowhere(self.coordinates);
        Ok((Observation { risk: (self.risk)(), scalars: Vec::new(), law }, 1))
    }
}

/// The solution of a problem, as a system: computed once, the same at all times.
pub struct Static<P> {
    problem: P,
    solution: Option<(Observation, u64)>,
    time: f64,
}

impl<P: StaticProblem> Static<P> {
    /// A problem that is not solved yet.
    pub fn new(problem: P) -> Self {
        Self { problem, solution: None, time: 0.0 }
    }
}

impl<P: StaticProblem> System for Static<P> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        if self.solution.is_none() {
            self.solution = Some(self.problem.solve().map_err(RunError::Static)?);
        }
        self.time = until;
        Ok(Stride::Reached)
    }

    fn observe(&self) -> Observation {
        match &self.solution {
            Some((observation, _)) => observation.clone(),
            None => {
                let law =
                    Measure::Atoms { points: Array2::zeros((0, P::COORDINATES)), weights: Array1::zeros(0) };
                Observation { risk: f64::NAN, scalars: Vec::new(), law }
            }
        }
    }

    fn work(&self) -> u64 {
        self.solution.as_ref().map_or(0, |(_, rounds)| *rounds)
    }

    /// The time alone: the problem is solved again.
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
