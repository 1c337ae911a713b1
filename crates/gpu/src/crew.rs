//! A crew: the networks of a system that are launched together. Each run is driven by a thread of its own; a
//! thread that wants its network trained waits until all the others want that too, or have ended, and the
//! last one launches a slice for all. Where a slice ends never shows in a result.
//!
//! A run that nobody drives is not waited for longer than a moment: it is trained by itself later.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ndarray::Array2;

use crate::trainer::{BLOCK, DeviceError, Slice, Trainer};

/// How long runs wait for those that have not begun.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a thread sleeps before it looks again.
const NAP: Duration = Duration::from_millis(500);
/// A slice takes about so long.
const SLICE: Duration = Duration::from_millis(120);
/// Steps of the first slice, and most of any: the sizes of steps are a table.
const FIRST_STEPS: u64 = 1024;
const MOST_STEPS: u64 = 1 << 22;

/// Makes the trainer of a crew, when it is first needed.
pub type Recruit = Box<dyn FnOnce() -> Result<Box<dyn Trainer>, DeviceError> + Send>;

/// Networks that are trained together.
pub struct Crew {
    /// Tells crews apart.
    number: usize,
    /// 2 s_k of the step that follows so many.
    push: Box<dyn Fn(u64) -> f64 + Send + Sync>,
    state: Mutex<CrewState>,
    changed: Condvar,
}

/// What the threads of a crew share.
struct CrewState {
    recruit: Option<Recruit>,
    trainer: Option<Box<dyn Trainer>>,
    members: Vec<Member>,
    since: Option<Instant>,
    /// Steps of the next slice.
    steps: u64,
    failed: Option<DeviceError>,
}

/// A network of the crew.
#[derive(Clone, Debug, Default)]
struct Member {
    presence: Presence,
    /// Steps that it has made, a multiple of the block.
    trained: u64,
    /// Steps that its thread waits for.
    wanted: Option<u64>,
    /// Σ (y − ŷ)² of the last slice.
    error: f64,
}

/// Whether a member's thread takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Presence {
    /// Not yet.
    #[default]
    Expected,
    /// It does.
    Here,
    /// It has ended.
    Gone,
}

impl Crew {
    /// A crew of so many networks. `push` gives 2 s_k of the step that follows so many.
    pub fn new(
        number: usize,
        members: usize,
        push: impl Fn(u64) -> f64 + Send + Sync + 'static,
        recruit: Recruit,
    ) -> Self {
        let state = CrewState {
            recruit: Some(recruit),
            trainer: None,
            members: vec![Member::default(); members],
            since: None,
            steps: FIRST_STEPS,
            failed: None,
        };
        Self { number, push: Box::new(push), state: Mutex::new(state), changed: Condvar::new() }
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
        state.members[member].presence = Presence::Here;
        if state.members[member].trained >= last {
            return Ok(state.members[member].trained);
        }
        state.members[member].wanted = Some(last);
        state.since.get_or_insert_with(Instant::now);
        loop {
            if let Some(error) = &state.failed {
                return Err(error.clone());
            }
            if state.members[member].wanted.is_none() {
                let Member { trained, error, .. } = state.members[member];
                return if error.is_finite() { Ok(trained) } else { Err(DeviceError(RUN_AWAY.into())) };
            }
            if state.is_ready() {
                let launched = state.launch(&*self.push);
                state.failed = launched.err();
                self.changed.notify_all();
            } else {
                state = self.wait(state);
            }
        }
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
        let first = state.members[member].trained;
        let pushes: Vec<f64> = (first..first + ahead).map(&*self.push).collect();
        let trainer = state.trainer()?;
        let before = trainer.weights(member)?;
        if ahead == 0 {
            return Ok(before);
        }
        trainer.train(&Slice { members: &[member], first, pushes: &pushes })?;
        let weights = trainer.weights(member);
        trainer.set_weights(member, &before)?;
        weights
    }

    /// Puts a network where it has made so many steps, a multiple of the block, and has these parameters.
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    pub fn place(&self, member: usize, trained: u64, weights: &Array2<f64>) -> Result<(), DeviceError> {
        let mut state = self.lock();
        state.trainer()?.set_weights(member, weights)?;
        state.members[member].trained = trained;
        state.members[member].wanted = None;
        Ok(())
    }

    /// Says that a network is trained no more.
    pub fn leave(&self, member: usize) {
        self.lock().members[member].presence = Presence::Gone;
        self.changed.notify_all();
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

const RUN_AWAY: &str = "the weights have run away: SGD diverges; write a smaller `step-size`";

impl CrewState {
    /// The trainer, made where there is none yet.
    fn trainer(&mut self) -> Result<&mut dyn Trainer, DeviceError> {
        if let Some(recruit) = self.recruit.take() {
            match recruit() {
                Ok(trainer) => self.trainer = Some(trainer),
                Err(error) => self.failed = Some(error),
            }
        }
        match (&mut self.trainer, &self.failed) {
            (Some(trainer), _) => Ok(&mut **trainer),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(DeviceError("there is no device".to_owned())),
        }
    }

    /// Whether all that are waited for want to be trained.
    fn is_ready(&self) -> bool {
        let is_patient = self.since.is_some_and(|since| since.elapsed() < PATIENCE);
        self.members.iter().all(|member: &Member| match member.presence {
            Presence::Here => member.wanted.is_some(),
            Presence::Expected => !is_patient,
            Presence::Gone => true,
        })
    }

    /// Trains those that are furthest behind by a slice, up to the next of the others.
    fn launch(&mut self, push: &dyn Fn(u64) -> f64) -> Result<(), DeviceError> {
        let waiting = || {
            let members = self.members.iter().enumerate();
            members.filter_map(|(index, member)| member.wanted.map(|wanted| (index, member.trained, wanted)))
        };
        let Some(first) = waiting().map(|(_, trained, _)| trained).min() else { return Ok(()) };
        let ahead = waiting().map(|(_, trained, _)| trained).filter(|trained| *trained > first);
        let wanted = waiting().filter(|(_, trained, _)| *trained == first).map(|(_, _, wanted)| wanted);
        let last = ahead.chain(wanted).min().unwrap_or(first).min(first + self.steps);
        let crowd: Vec<usize> =
            waiting().filter(|(_, trained, _)| *trained == first).map(|(index, ..)| index).collect();
        let pushes: Vec<f64> = (first..last).map(push).collect();
        let begun = Instant::now();
        let errors = self.trainer()?.train(&Slice { members: &crowd, first, pushes: &pushes })?;
        self.pace(last - first, begun.elapsed());
        for (index, error) in crowd.into_iter().zip(errors) {
            let member = &mut self.members[index];
            (member.trained, member.wanted, member.error) = (last, None, error);
        }
        Ok(())
    }

    /// Makes the next slice as long as a slice should take.
    fn pace(&mut self, steps: u64, took: Duration) {
        let share = SLICE.as_secs_f64() / took.as_secs_f64().max(1e-6);
        let next = steps as f64 * share.clamp(0.25, 4.0);
        self.steps = (next as u64).clamp(BLOCK as u64, MOST_STEPS).next_multiple_of(BLOCK as u64);
    }
}
