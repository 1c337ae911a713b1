//! A crew: the networks of a system that are launched together. Each run is driven by a thread of its own; a
//! thread that wants its network trained waits until all the others want that too, or have ended, and the
//! last one launches a slice for all. Where a slice ends never shows in a result.
//!
//! A run that nobody drives is not waited for longer than a moment: it is trained by itself later. What is
//! launched, and for whom, is decided in `state`.

mod state;

use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use meanfield_particle::finite_network::RUN_AWAY;
use ndarray::Array2;

use crate::trainer::{DeviceError, Losses, Recruit, Step};
use state::{CrewState, Want};

/// How long a thread sleeps before it looks again.
const NAP: Duration = Duration::from_millis(500);

/// Networks that are trained together.
pub struct Crew {
    /// Tells crews apart.
    number: usize,
    /// What the step does that follows so many.
    step: Box<dyn Fn(u64) -> Step + Send + Sync>,
    state: Mutex<CrewState>,
    changed: Condvar,
}

impl Crew {
    /// A crew of so many networks, which train `block` steps together. `step` says what the step does
    /// that follows so many.
    pub fn new(
        number: usize,
        members: usize,
        block: usize,
        step: impl Fn(u64) -> Step + Send + Sync + 'static,
        recruit: Recruit,
    ) -> Self {
        let state = Mutex::new(CrewState::new(members, block as u64, recruit));
        Self { number, step: Box::new(step), state, changed: Condvar::new() }
    }

    /// What tells it from other crews.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Trains a network towards `last` steps, a multiple of the block: by one slice, together with others.
    /// The steps that it has made are returned.
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails or the network's outputs are no numbers.
    pub fn train(&self, member: usize, last: u64) -> Result<u64, DeviceError> {
        let mut state = self.lock();
        if state.trained(member) >= last {
            state.appear(member);
            return Ok(state.trained(member));
        }
        state = self.wait_for(state, member, Want::Steps(last))?;
        match state.losses(member).sum.is_finite() {
            true => Ok(state.trained(member)),
            false => Err(DeviceError(RUN_AWAY.into())),
        }
    }

    /// The losses of a network on some of these fresh samples, the first ones, `ahead` steps further, fewer
    /// than a block; it is left where it is. Other samples at every step.
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    pub fn losses(&self, member: usize, ahead: u64, samples: Range<u64>) -> Result<Losses, DeviceError> {
        let Range { start, end } = samples;
        let state = self.wait_for(self.lock(), member, Want::Losses { ahead, start, end })?;
        Ok(state.losses(member))
    }

    /// The parameters of a network, shape (neuron, D).
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    pub fn weights(&self, member: usize) -> Result<Array2<f64>, DeviceError> {
        self.lock().trainer()?.weights(member)
    }

    /// The parameters of a network `ahead` steps further, fewer than a block, which is left where it is.
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    pub fn weights_ahead(&self, member: usize, ahead: u64) -> Result<Array2<f64>, DeviceError> {
        let mut state = self.lock();
        let seen = state.ahead(&[member], ahead, &*self.step, |trainer| trainer.weights(member));
        seen.inspect_err(|error| state.fail(error))
    }

    /// Puts a network where it has made so many steps, a multiple of the block, and has these parameters.
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    pub fn place(&self, member: usize, trained: u64, weights: &Array2<f64>) -> Result<(), DeviceError> {
        self.lock().place(member, trained, weights)
    }

    /// Says that a network is trained no more.
    pub fn leave(&self, member: usize) {
        self.lock().leave(member);
        self.changed.notify_all();
    }

    /// Waits until a network has what it wants; whoever sees that all wait launches.
    fn wait_for<'a>(
        &'a self,
        mut state: MutexGuard<'a, CrewState>,
        member: usize,
        want: Want,
    ) -> Result<MutexGuard<'a, CrewState>, DeviceError> {
        state.want(member, want);
        while !state.has_what_it_wants(member)? {
            if state.is_ready() {
                state.launch(&*self.step);
                self.changed.notify_all();
            } else {
                state = self.wait(state);
            }
        }
        Ok(state)
    }

    /// The state, also after a thread panicked: its network is gone then.
    fn lock(&self) -> MutexGuard<'_, CrewState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, CrewState>) -> MutexGuard<'a, CrewState> {
        let waited = self.changed.wait_timeout(state, NAP);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
