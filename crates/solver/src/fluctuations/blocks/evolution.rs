//! The fluctuations in several coordinates as they evolve, with a coarser solution beside them that tells
//! their error.

use std::sync::Arc;

use meanfield_run::system::{RunError, State};

use super::super::evolution::{Evolution, first_clock, wrong_checkpoint};
use super::super::statistics::Statistics;
use super::effects::BlockEffects;
use super::forward::BlockForward;
use super::setup::BlockSetup;

/// Where b or c differs from the coarser solution's by more than this share of the largest size of its
/// parts so far, there is no first order any more: the law splits.
const LOST: f64 = 0.2;

/// Fluctuations to first order, in s.
pub struct BlockFluctuations {
    evolution: Evolution<BlockForward>,
    coarser: Evolution<BlockForward>,
    /// The largest sizes of b and c so far, as sums of parts that may cancel.
    largest: [f64; 2],
    /// What the coarser solution differs by, at the last look.
    error: f64,
}

impl Evolution<BlockForward> {
    /// At the start of a problem.
    pub(super) fn of_blocks(setup: BlockSetup) -> Self {
        let tolerance = setup.tolerance;
        let clock = first_clock(setup.rate_at(0.0));
        let (mut forward, mut state) = BlockForward::new(Arc::new(setup));
        forward.take_samples(clock, &mut state);
        Self::from_state(forward, state, clock, tolerance)
    }

    /// Evolves until s; false where that is not possible.
    fn reaches(&mut self, clock: f64, evaluations: u64) -> bool {
        while self.clock < clock {
            if self.evaluations() >= evaluations || self.step(clock).is_none() {
                return false;
            }
        }
        true
    }

    fn statistics(&mut self) -> (Statistics, [f64; 2]) {
        self.equations.statistics(&self.state)
    }
}

impl BlockForward {
    /// Takes all samples until s at the start's law.
    fn take_samples(&mut self, clock: f64, state: &mut [f64]) {
        if clock == 0.0 {
            return;
        }
        let mut jump = vec![0.0; state.len()];
        let relaxation = self.features.relaxation(&self.setup);
        let noise = self.setup.noise_until(clock);
        self.step_part(state, &mut jump, &relaxation, BlockEffects::none(&self.setup), noise);
        state.iter_mut().zip(jump).for_each(|(number, jump)| *number += jump);
    }
}

impl BlockFluctuations {
    /// At s = 0, with a coarser solution of the same problem.
    pub fn new(setup: BlockSetup, coarser: BlockSetup) -> Self {
        Self {
            evolution: Evolution::of_blocks(setup),
            coarser: Evolution::of_blocks(coarser),
            largest: [0.0; 2],
            error: 0.0,
        }
    }

    /// s.
    pub fn clock(&self) -> f64 {
        self.evolution.clock
    }

    /// Evolves until s, with so many evaluations of the rates at most from the start on.
    ///
    /// # Errors
    /// Where the numbers grow beyond all bounds, a radius reaches 0, or the error is as large as they are:
    /// nothing is known from there on. And where the evaluations are used up.
    pub fn advance_within(&mut self, clock: f64, evaluations: u64) -> Result<(), RunError> {
        let is_reached = self.error < LOST
            && self.evolution.reaches(clock, evaluations)
            && self.coarser.reaches(clock, evaluations);
        if !is_reached {
            return Err(self.lose());
        }
        self.look();
        if self.error < LOST { Ok(()) } else { Err(self.lose()) }
    }

    /// Notes that nothing is known from here on.
    fn lose(&mut self) -> RunError {
        self.error = 1.0;
        let what = "the fluctuations of networks have no first order in 1/N and in the step size here";
        RunError::Failed { time: self.clock(), what: what.into() }
    }

    /// Compares both solutions.
    fn look(&mut self) {
        let (found, sizes) = self.evolution.statistics();
        let (coarser, _) = self.coarser.statistics();
        let differences = [
            (found.bias_per_neuron - coarser.bias_per_neuron).abs(),
            (found.bias_per_step - coarser.bias_per_step).abs(),
        ];
        self.error = 0.0;
        for ((largest, size), difference) in self.largest.iter_mut().zip(sizes).zip(differences) {
            *largest = largest.max(size);
            if difference != 0.0 {
                let error = difference / *largest;
                self.error = if error < 1.0 { self.error.max(error) } else { 1.0 };
            }
        }
    }

    /// Means and spreads now; not a number where the law has split.
    pub fn statistics(&mut self) -> Statistics {
        if self.error < LOST { self.evolution.statistics().0 } else { Statistics::UNKNOWN }
    }

    /// By how much b or c of the coarser solution differs, as a share of the largest size of its parts so
    /// far; 1 where nothing is known any more.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// Evaluations of the rates so far.
    pub fn evaluations(&self) -> u64 {
        self.evolution.evaluations() + self.coarser.evaluations()
    }

    /// To go on from later.
    pub fn save(&self) -> State {
        let own = State { integers: Vec::new(), reals: vec![self.largest[0], self.largest[1], self.error] };
        State::join(&[own, self.evolution.save(), self.coarser.save()])
    }

    /// Goes on from a saved state.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().ok_or_else(wrong_checkpoint)?;
        let [own, evolution, coarser] = &parts[..] else { return Err(wrong_checkpoint()) };
        let [first, second, error] = own.reals[..] else { return Err(wrong_checkpoint()) };
        self.largest = [first, second];
        self.error = error;
        self.evolution.restore(evolution)?;
        self.coarser.restore(coarser)
    }
}
