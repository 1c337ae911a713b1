//! A system that several processes advance together: the first leads. It drives its own part as it would a
//! system alone, and tells the others each call that changes something; they make the same call of theirs.
//! What the parts say to one another within a call is theirs.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use meanfield_model::measure::Measure;

use crate::peers::Peers;
use crate::system::{FurtherLaw, Membership, Observation, RunError, State, Stride, System};

/// The calls that the first tells the others.
const ADVANCE: u64 = 0;
const STEP_FREELY: u64 = 1;
const BRING_TOGETHER: u64 = 2;
const RESTORE: u64 = 3;
const END: u64 = 4;

/// The processes that follow, which are told one call at a time.
#[derive(Clone, Debug)]
pub struct Followers {
    peers: Arc<dyn Peers>,
    floor: Arc<Mutex<()>>,
}

impl Followers {
    /// These processes.
    pub fn new(peers: Arc<dyn Peers>) -> Self {
        Self { peers, floor: Arc::default() }
    }

    /// Tells a call of the `number`th system, with its numbers. No other is told until the guard is dropped.
    fn tell(&self, number: usize, call: u64, numbers: &[f64]) -> MutexGuard<'_, ()> {
        let guard = self.floor.lock().unwrap_or_else(PoisonError::into_inner);
        let words = [number as u64, call, numbers.len() as u64].map(f64::from_bits);
        self.peers.hear_first(words.to_vec());
        if !numbers.is_empty() {
            self.peers.hear_first(numbers.to_vec());
        }
        guard
    }
}

/// A system as the first process drives it.
pub struct Led {
    system: Box<dyn System>,
    followers: Followers,
    number: usize,
    /// Whether the parts were brought together since the last call that changed them.
    is_together: Cell<bool>,
}

impl Led {
    /// The `number`th of the systems that these processes hold together.
    pub fn new(system: Box<dyn System>, followers: Followers, number: usize) -> Self {
        Self { system, followers, number, is_together: Cell::new(false) }
    }
}

/// Makes the calls of these systems that the first process tells, until it has ended all of them.
pub fn follow(systems: &mut [Box<dyn System>], peers: &dyn Peers) {
    let mut left = systems.len();
    while left > 0 {
        let words = peers.hear_first(Vec::new());
        let [number, call, count] = [0, 1, 2].map(|i| words[i].to_bits());
        let numbers = if count > 0 { peers.hear_first(Vec::new()) } else { Vec::new() };
        let system = &mut systems[number as usize];
        // What fails here fails on the first process as well, which says so and ends the run.
        match call {
            ADVANCE => drop(system.advance(numbers[0])),
            STEP_FREELY => drop(system.step_freely(numbers[0])),
            BRING_TOGETHER => system.bring_together(),
            RESTORE => drop(system.restore(&in_state(&numbers))),
            _ => left -= 1,
        }
    }
}

/// A state as numbers alone: how many integers, they by their bits, and the reals.
fn in_numbers(state: &State) -> Vec<f64> {
    let count = state.integers.len() as u64;
    let integers = std::iter::once(&count).chain(&state.integers).map(|integer| f64::from_bits(*integer));
    integers.chain(state.reals.iter().copied()).collect()
}

fn in_state(numbers: &[f64]) -> State {
    let count = numbers[0].to_bits() as usize;
    let (integers, reals) = numbers[1..].split_at(count);
    State { integers: integers.iter().map(|integer| integer.to_bits()).collect(), reals: reals.to_vec() }
}

impl System for Led {
    fn time(&self) -> f64 {
        self.system.time()
    }

    fn step(&self) -> Option<u64> {
        self.system.step()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.is_together.set(false);
        let _in_call = self.followers.tell(self.number, ADVANCE, &[until]);
        self.system.advance(until)
    }

    fn next_step(&self) -> Option<f64> {
        self.system.next_step()
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.is_together.set(false);
        let _in_call = self.followers.tell(self.number, STEP_FREELY, &[until]);
        self.system.step_freely(until)
    }

    fn clock(&self, time: f64) -> f64 {
        self.system.clock(time)
    }

    fn observe(&self) -> Observation {
        self.bring_together();
        self.system.observe()
    }

    fn joint_law(&self) -> Option<Measure> {
        self.bring_together();
        self.system.joint_law()
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        self.bring_together();
        self.system.further_laws()
    }

    fn work_until(&self, time: f64) -> f64 {
        self.system.work_until(time)
    }

    fn work(&self) -> u64 {
        self.system.work()
    }

    fn use_threads(&mut self, threads: usize) {
        self.system.use_threads(threads);
    }

    fn crew(&self) -> Option<Membership> {
        self.system.crew()
    }

    fn bring_together(&self) {
        if !self.is_together.get() {
            let _in_call = self.followers.tell(self.number, BRING_TOGETHER, &[]);
            self.system.bring_together();
            self.is_together.set(true);
        }
    }

    fn save(&self) -> State {
        self.bring_together();
        self.system.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.is_together.set(false);
        let _in_call = self.followers.tell(self.number, RESTORE, &in_numbers(state));
        self.system.restore(state)
    }
}

/// The others need not wait for it any more.
impl Drop for Led {
    fn drop(&mut self) {
        drop(self.followers.tell(self.number, END, &[]));
    }
}
