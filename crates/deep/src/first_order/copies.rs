//! Copies of atoms that flow side by side, a few at a time. What they are displaced by is not known here.

use meanfield_run::system::{RunError, Stride};

use crate::atoms::Atoms;
use crate::flow::GradientFlow;
use crate::problem::DeepProblem;

/// Passes over all weights and points in an evaluation.
const PASSES: f64 = 3.0;
/// Numbers written beside the weights.
const HEAD: usize = 3;

/// Atoms that flow from some time on.
#[derive(Clone, Debug)]
pub(super) struct FlowingCopy {
    pub atoms: Atoms,
    pub time: f64,
    pub loss: f64,
    /// Length of the next step; None before the first one.
    next_step: Option<f64>,
}

impl FlowingCopy {
    pub fn new(problem: &DeepProblem, atoms: Atoms, time: f64) -> Self {
        let loss = GradientFlow::new(problem.clone(), atoms.clone(), 1.0).loss();
        Self { atoms, time, loss, next_step: None }
    }

    /// Flows until `until`. Returns how many evaluations that took.
    pub fn advance(&mut self, problem: &DeepProblem, until: f64, tolerance: f64) -> Result<u64, RunError> {
        if until <= self.time {
            return Ok(0);
        }
        let mut flow = GradientFlow::new(problem.clone(), self.atoms.clone(), tolerance);
        if let Some(length) = self.next_step {
            flow.begin_with_step(length);
        }
        flow.advance(until - self.time).map_err(|error| self.in_time(error))?;
        self.next_step = Some(flow.step_length());
        self.loss = flow.loss();
        self.atoms = flow.atoms();
        self.time = until;
        Ok(flow.evaluations())
    }

    /// The time of a failure since t = 0.
    fn in_time(&self, error: RunError) -> RunError {
        match error {
            RunError::Failed { time, what } => RunError::Failed { time: self.time + time, what },
            other => other,
        }
    }

    /// Appends its numbers.
    pub fn write(&self, reals: &mut Vec<f64>) {
        reals.extend([self.time, self.loss, self.next_step.unwrap_or(0.0)]);
        reals.extend(self.atoms.flat());
    }

    /// Takes its numbers from the front; None where there are too few.
    pub fn read(&mut self, reals: &mut &[f64]) -> Option<()> {
        let layout = self.atoms.layout();
        let (own, rest) = reals.split_at_checked(HEAD + layout.numbers())?;
        self.time = own[0];
        self.loss = own[1];
        self.next_step = (own[2] > 0.0).then_some(own[2]);
        self.atoms.weights = layout.views(&own[HEAD..]).iter().map(|view| view.to_owned()).collect();
        *reals = rest;
        Some(())
    }
}

/// Copies, of which the first ones are already where all are going.
pub(super) struct Copies {
    tolerance: f64,
    all: Vec<FlowingCopy>,
    next: usize,
    /// Evaluations so far.
    pub evaluations: u64,
}

impl Copies {
    pub fn new(tolerance: f64, first: FlowingCopy) -> Self {
        Self { tolerance, all: vec![first], next: 0, evaluations: 0 }
    }

    pub fn push(&mut self, problem: &DeepProblem, atoms: Atoms, time: f64) {
        self.all.push(FlowingCopy::new(problem, atoms, time));
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn all(&self) -> &[FlowingCopy] {
        &self.all
    }

    pub fn all_mut(&mut self) -> &mut [FlowingCopy] {
        &mut self.all
    }

    pub fn truncate(&mut self, count: usize) {
        self.all.truncate(count);
    }

    /// The copy that is advanced next.
    pub fn next(&self) -> usize {
        self.next
    }

    pub fn go_to(&mut self, next: usize) {
        self.next = next;
    }

    /// Advances copies one after the other until about so many multiplications are done, or all are there.
    pub fn stride(
        &mut self,
        problem: &DeepProblem,
        until: f64,
        multiplications: f64,
    ) -> Result<Stride, RunError> {
        let points = problem.data.weights().len() as f64;
        let mut done = 0.0;
        while let Some(copy) = self.all.get_mut(self.next) {
            if done >= multiplications {
                return Ok(Stride::Underway);
            }
            let evaluations = copy.advance(problem, until, self.tolerance)?;
            self.evaluations += evaluations;
            self.next += 1;
            done += PASSES * points * copy.atoms.layout().numbers() as f64 * evaluations as f64;
        }
        self.next = 0;
        Ok(Stride::Reached)
    }
}
