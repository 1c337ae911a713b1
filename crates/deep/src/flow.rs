//! Gradient flow of atoms, whatever they are: a limit, a finite network, tagged neurons beside either.
//! Dormand & Prince's pair 5(4) in the variable of `pace`, together with what the loss must fall by.

use meanfield_run::flow::Flow;
use meanfield_run::stepper::adaptive::{AdaptiveStepper, Controller};
use meanfield_run::system::{RunError, State};
use ndarray::{Array1, Array2, ArrayView2};

use crate::atoms::{Atoms, Layout};
use crate::engine::{Engine, Neurons, Points, squared_gradients};
use crate::pace::Pace;
use crate::problem::DeepProblem;

/// First step tried, in τ.
const FIRST_STEP: f64 = 1e-3;
/// A step this much shorter than the τ reached (or than 1) means that the numbers run away.
const SHORTEST: f64 = 1e-12;

/// The right-hand side: weights of all layers in one row, and after them ∫ −dL.
#[derive(Clone, Debug)]
struct Motion {
    problem: DeepProblem,
    engine: Engine,
    layout: Layout,
    shares: Vec<Array1<f64>>,
    pace: Pace,
}

impl Flow for Motion {
    fn rate(&mut self, clock: f64, state: &[f64], rate: &mut [f64]) -> f64 {
        let weights = self.layout.views(state);
        let neurons = Neurons { weights: &weights, shares: &self.shares };
        let last = rate.len() - 1;
        let mut gradients = self.layout.views_mut(&mut rate[..last]);
        self.engine.gradient(neurons, Points::from(&*self.problem.data), &mut gradients);
        let views: Vec<ArrayView2<f64>> = gradients.iter().map(|gradient| gradient.view()).collect();
        let squares = squared_gradients(&views, &self.shares);
        let mut falls = 0.0;
        for (index, gradient) in gradients.iter_mut().enumerate() {
            let speed = self.pace.rate(index, clock);
            falls += speed * squares[index];
            gradient.mapv_inplace(|g| -speed * g);
        }
        rate[last] = falls;
        f64::INFINITY
    }
}

/// Atoms that follow the gradient of their loss in time.
pub struct GradientFlow {
    motion: Motion,
    state: Vec<f64>,
    time: f64,
    /// τ.
    clock: f64,
    stepper: AdaptiveStepper,
    controller: Controller,
    first_loss: f64,
}

impl GradientFlow {
    /// Atoms at t = 0; no weight errs by more than `tolerance` in one step.
    ///
    /// # Panics
    /// Where atoms and problem do not fit together.
    pub fn new(problem: DeepProblem, atoms: Atoms, tolerance: f64) -> Self {
        let engine = Engine::new(problem.architecture.clone());
        let pace = Pace::new(&problem.architecture);
        let mut state = atoms.flat();
        state.push(0.0);
        let layout = atoms.layout();
        let motion = Motion { problem, engine, layout, shares: atoms.shares, pace };
        let stepper = AdaptiveStepper::new(state.len());
        let controller = Controller { next_step: FIRST_STEP, tolerance };
        let mut flow = Self { motion, state, time: 0.0, clock: 0.0, stepper, controller, first_loss: 0.0 };
        flow.first_loss = flow.loss();
        flow
    }

    /// t.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Architecture and data.
    pub fn problem(&self) -> &DeepProblem {
        &self.motion.problem
    }

    /// The atoms now.
    pub fn atoms(&self) -> Atoms {
        let weights = self.weights().iter().map(|view| view.to_owned()).collect();
        Atoms { weights, shares: self.motion.shares.clone() }
    }

    /// Views of W_1 … W_L now.
    pub fn weights(&self) -> Vec<ArrayView2<'_, f64>> {
        self.motion.layout.views(&self.state)
    }

    /// q_1 … q_{L−1}.
    pub fn shares(&self) -> &[Array1<f64>] {
        &self.motion.shares
    }

    /// E_Z ℓ(y, ŷ) now.
    pub fn loss(&mut self) -> f64 {
        let Self { motion, state, .. } = self;
        let weights = motion.layout.views(state);
        let neurons = Neurons { weights: &weights, shares: &motion.shares };
        motion.engine.loss(neurons, Points::from(&*motion.problem.data))
    }

    /// −dL/dt, infinite at t = 0 where a schedule is.
    pub fn dissipation(&mut self) -> f64 {
        let gradients = self.gradients();
        let views: Vec<ArrayView2<f64>> = gradients.iter().map(|gradient| gradient.view()).collect();
        let squares = squared_gradients(&views, &self.motion.shares);
        let schedules = self.motion.problem.architecture.schedules();
        let rates = schedules.iter().map(|schedule| schedule.rate(self.time));
        rates.zip(squares).map(|(rate, square)| if square == 0.0 { 0.0 } else { rate * square }).sum()
    }

    /// G_1 … G_L now: ∂_t W_i = −ξ_i G_i.
    pub fn gradients(&mut self) -> Vec<Array2<f64>> {
        let Self { motion, state, .. } = self;
        let weights = motion.layout.views(state);
        let neurons = Neurons { weights: &weights, shares: &motion.shares };
        let mut gradients: Vec<Array2<f64>> =
            weights.iter().map(|matrix| Array2::zeros(matrix.dim())).collect();
        let mut views: Vec<_> = gradients.iter_mut().map(|gradient| gradient.view_mut()).collect();
        motion.engine.gradient(neurons, Points::from(&*motion.problem.data), &mut views);
        gradients
    }

    /// The loss at t = 0, less the loss now, less ∫ −dL: 0 for exact steps (energy dissipation).
    pub fn energy_residual(&mut self) -> f64 {
        self.expected_loss() - self.loss()
    }

    /// The loss at t = 0 less ∫ −dL: the loss now, for exact steps.
    pub fn expected_loss(&self) -> f64 {
        self.first_loss - self.state[self.state.len() - 1]
    }

    /// One accepted step, not past `until`.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn step(&mut self, until: f64) -> Result<(), RunError> {
        let target = self.motion.pace.clock(until);
        let longest = target - self.clock;
        if longest <= 0.0 {
            self.time = until;
            return Ok(());
        }
        let shortest = SHORTEST * self.clock.max(1.0);
        let Self { motion, state, stepper, controller, clock, .. } = self;
        let taken = stepper.step(motion, *clock, state, controller, longest, shortest);
        let Some(taken) = taken else {
            let what = "the weights have run away: the flow cannot be followed".to_owned();
            return Err(RunError::Failed { time: self.time, what });
        };
        if taken == longest {
            self.clock = target;
            self.time = until;
        } else {
            self.clock += taken;
            self.time = self.motion.pace.time(self.clock);
        }
        Ok(())
    }

    /// Steps until `until`.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.time < until {
            self.step(until)?;
        }
        Ok(())
    }

    /// The time that the next step would about reach.
    pub fn next_step(&self) -> f64 {
        self.motion.pace.time(self.clock + self.controller.next_step)
    }

    /// Length of the next step, in τ.
    pub(crate) fn step_length(&self) -> f64 {
        self.controller.next_step
    }

    /// Sets the length of the next step, in τ.
    pub(crate) fn begin_with_step(&mut self, length: f64) {
        self.controller.next_step = length;
    }

    /// Evaluations of the right-hand side so far.
    pub fn evaluations(&self) -> u64 {
        self.stepper.evaluations
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let mut reals = vec![self.time, self.clock, self.controller.next_step];
        reals.extend(&self.state);
        State { integers: Vec::new(), reals }
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this flow.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        match state.reals.split_first_chunk::<3>() {
            Some((&[time, clock, next_step], numbers)) if numbers.len() == self.state.len() => {
                self.time = time;
                self.clock = clock;
                self.controller.next_step = next_step;
                self.state.copy_from_slice(numbers);
                Ok(())
            }
            _ => {
                let what = format!("{} numbers for {} of a flow", state.reals.len(), self.state.len() + 3);
                Err(RunError::Checkpoint(what))
            }
        }
    }
}
