//! A system whose strides may take long, computed on a thread of its own: control returns to the driver
//! several times a second, to show progress, save a checkpoint or stop. The strides are the system's own, one
//! after the other: no result depends on this.
//!
//! While a stride is being computed the state that can be saved is the one before it, and its end has to be
//! waited for before anything is observed. The observation at the end of a stride is computed on the thread
//! too: the risk of a large network takes longer than a stride. Steps at the system's own pace
//! ([`System::step_freely`]) are not computed in the background. An abandoned stride is computed to its end,
//! unless the process ends first.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use meanfield_model::measure::Measure;
use ndarray::{Array1, Array2};

use crate::cpu;
use crate::system::{FurtherLaw, Observation, RunError, State, Stride, System};

/// Longest time that the driver waits.
const MOMENT: Duration = Duration::from_millis(200);

/// A system whose strides are computed on a thread of its own.
pub struct Background {
    location: Location,
    /// The observation of the system here, if it was computed.
    observed: Option<Observation>,
}

/// Where the system is.
enum Location {
    /// Held here, and idle.
    Here(Box<dyn System>),
    /// Advancing on a thread of its own.
    Away(Box<Away>),
    /// Its thread panicked.
    Lost,
}

/// A stride that is being computed.
struct Away {
    /// Receives it when it is finished.
    receiver: Receiver<FinishedStride>,
    thread: JoinHandle<()>,
    /// The system's properties before it.
    before: Before,
}

/// A stride that was computed.
struct FinishedStride {
    system: Box<dyn System>,
    /// How far it came.
    outcome: Result<Stride, RunError>,
    /// The observation there, if it reached its end.
    observed: Option<Observation>,
    /// CPU seconds that it took.
    seconds: f64,
}

impl FinishedStride {
    /// Computes a stride and what is observed at its end.
    fn compute(mut system: Box<dyn System>, until: f64) -> Self {
        let outcome = system.advance(until);
        let observed = (outcome == Ok(Stride::Reached)).then(|| system.observe());
        Self { system, outcome, observed, seconds: cpu::thread_seconds() }
    }
}

/// Properties of a system that can be asked for while its stride is computed.
struct Before {
    time: f64,
    step: Option<u64>,
    work_until: f64,
    work: u64,
    state: State,
}

impl Before {
    fn of(system: &dyn System) -> Self {
        let time = system.time();
        Self {
            time,
            step: system.step(),
            work_until: system.work_until(time),
            work: system.work(),
            state: system.save(),
        }
    }
}

impl Background {
    /// The system, before its first stride.
    pub fn new(system: Box<dyn System>) -> Self {
        Self { location: Location::Here(system), observed: None }
    }

    /// Begins a stride, if none is being computed.
    fn start(&mut self, until: f64) -> Result<(), RunError> {
        self.observed = None;
        self.location = match std::mem::replace(&mut self.location, Location::Lost) {
            Location::Here(system) => {
                let before = Before::of(&*system);
                let (sender, receiver) = channel();
                // Where nobody receives any more it is not needed.
                let thread = std::thread::Builder::new()
                    .spawn(move || drop(sender.send(FinishedStride::compute(system, until))));
                let thread = thread.map_err(|error| failed(before.time, &error.to_string()))?;
                Location::Away(Box::new(Away { receiver, thread, before }))
            }
            location => location,
        };
        Ok(())
    }

    /// Waits for a stride to end; None if it takes longer than a moment.
    fn wait(&mut self, moment: Duration) -> Option<Result<Stride, RunError>> {
        let Location::Away(away) = &self.location else { return None };
        match away.receiver.recv_timeout(moment) {
            Ok(FinishedStride { system, outcome, observed, seconds }) => {
                cpu::add_helper(seconds);
                self.location = Location::Here(system);
                self.observed = observed;
                Some(outcome)
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                match std::mem::replace(&mut self.location, Location::Lost) {
                    Location::Away(away) => {
                        away.thread.join().err().map(|panic| std::panic::resume_unwind(panic))
                    }
                    _ => None,
                }
            }
        }
    }
}

fn failed(time: f64, what: &str) -> RunError {
    RunError::Failed { time, what: format!("the thread of a stride could not be started: {what}") }
}

impl System for Background {
    fn time(&self) -> f64 {
        match &self.location {
            Location::Here(system) => system.time(),
            Location::Away(away) => away.before.time,
            Location::Lost => f64::NAN,
        }
    }

    fn step(&self) -> Option<u64> {
        match &self.location {
            Location::Here(system) => system.step(),
            Location::Away(away) => away.before.step,
            Location::Lost => None,
        }
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.start(until)?;
        self.wait(MOMENT).unwrap_or(Ok(Stride::Underway))
    }

    /// Nothing is known while a stride is being computed.
    fn observe(&self) -> Observation {
        match (&self.location, &self.observed) {
            (Location::Here(_), Some(observed)) => observed.clone(),
            (Location::Here(system), None) => system.observe(),
            _ => {
                let law = Measure::Atoms { points: Array2::zeros((0, 1)), weights: Array1::zeros(0) };
                Observation { risk: f64::NAN, scalars: Vec::new(), law }
            }
        }
    }

    fn joint_law(&self) -> Option<Measure> {
        match &self.location {
            Location::Here(system) => system.joint_law(),
            _ => None,
        }
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        match &self.location {
            Location::Here(system) => system.further_laws(),
            _ => Vec::new(),
        }
    }

    fn next_step(&self) -> Option<f64> {
        match &self.location {
            Location::Here(system) => system.next_step(),
            _ => None,
        }
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.observed = None;
        match &mut self.location {
            Location::Here(system) => system.step_freely(until),
            _ => self.advance(until).map(|_| ()),
        }
    }

    fn clock(&self, time: f64) -> f64 {
        match &self.location {
            Location::Here(system) => system.clock(time),
            _ => time,
        }
    }

    /// While a stride is being computed: until the time before it.
    fn work_until(&self, time: f64) -> f64 {
        match &self.location {
            Location::Here(system) => system.work_until(time),
            Location::Away(away) => away.before.work_until,
            Location::Lost => f64::NAN,
        }
    }

    fn work(&self) -> u64 {
        match &self.location {
            Location::Here(system) => system.work(),
            Location::Away(away) => away.before.work,
            Location::Lost => 0,
        }
    }

    fn use_threads(&mut self, threads: usize) {
        if let Location::Here(system) = &mut self.location {
            system.use_threads(threads);
        }
    }

    fn save(&self) -> State {
        match &self.location {
            Location::Here(system) => system.save(),
            Location::Away(away) => away.before.state.clone(),
            Location::Lost => State { integers: Vec::new(), reals: Vec::new() },
        }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        while let Location::Away(_) = &self.location {
            self.wait(MOMENT);
        }
        self.observed = None;
        match &mut self.location {
            Location::Here(system) => system.restore(state),
            _ => Err(RunError::Checkpoint("the system was lost".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// z = t in steps of 1, each of which takes a while, as does looking at it.
    struct Slow {
        time: f64,
        takes: Duration,
        seen_in: Duration,
        panics: bool,
    }

    impl System for Slow {
        fn time(&self) -> f64 {
            self.time
        }

        fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
            assert!(!self.panics, "told to");
            std::thread::sleep(self.takes);
            self.time = until.min(self.time + 1.0);
            Ok(if self.time < until { Stride::Underway } else { Stride::Reached })
        }

        fn observe(&self) -> Observation {
            std::thread::sleep(self.seen_in);
            Observation { risk: self.time, scalars: Vec::new(), law: Measure::equal_atoms(&[self.time]) }
        }

        fn work(&self) -> u64 {
            self.time as u64
        }

        fn save(&self) -> State {
            State { integers: Vec::new(), reals: vec![self.time] }
        }

        fn restore(&mut self, state: &State) -> Result<(), RunError> {
            self.time = state.reals[0];
            Ok(())
        }
    }

    fn slow(takes: Duration) -> Background {
        Background::new(Box::new(Slow { time: 0.0, takes, seen_in: Duration::ZERO, panics: false }))
    }

    #[test]
    fn what_takes_long_to_be_seen_is_waited_for_too() {
        let seen_in = 3 * MOMENT;
        let slow = Slow { time: 0.0, takes: Duration::ZERO, seen_in, panics: false };
        let mut system = Background::new(Box::new(slow));
        let waited = std::iter::from_fn(|| Some(system.advance(0.5).expect("goes on")));
        assert!(waited.take_while(|stride| *stride == Stride::Underway).count() >= 2);
        let asked = std::time::Instant::now();
        assert_eq!(system.observe().risk, 0.5);
        assert!(asked.elapsed() < seen_in, "it was computed again");
        system.restore(&State { integers: Vec::new(), reals: vec![3.0] }).expect("fits");
        assert_eq!(system.observe().risk, 3.0);
    }

    #[test]
    fn a_long_stride_is_seen_as_several_and_saved_as_it_began() {
        let mut system = slow(3 * MOMENT);
        let mut seen = Vec::new();
        while system.advance(2.0).expect("goes on") == Stride::Underway {
            seen.push(system.time());
            assert_eq!(system.save().reals, [system.time()]);
            assert_eq!(
                (system.work(), system.work_until(system.time())),
                (system.time() as u64, system.time())
            );
        }
        assert!(seen.len() >= 4 && seen.contains(&0.0) && seen.contains(&1.0), "{seen:?}");
        assert_eq!((system.time(), system.observe().risk), (2.0, 2.0));
    }

    #[test]
    fn short_strides_are_waited_for() {
        let mut system = slow(Duration::ZERO);
        assert_eq!(system.advance(1.5), Ok(Stride::Underway));
        assert_eq!(system.time(), 1.0);
        assert_eq!(system.advance(1.5), Ok(Stride::Reached));
        assert_eq!(system.observe().risk, 1.5);
    }

    #[test]
    fn it_is_restored_after_the_stride_that_is_being_computed() {
        let mut system = slow(2 * MOMENT);
        assert_eq!(system.advance(5.0), Ok(Stride::Underway));
        system.restore(&State { integers: Vec::new(), reals: vec![3.0] }).expect("fits");
        assert_eq!(system.time(), 3.0);
    }

    #[test]
    #[should_panic(expected = "told to")]
    fn a_panic_is_heard() {
        let mut system = Background::new(Box::new(Slow {
            panics: true,
            time: 0.0,
            takes: Duration::ZERO,
            seen_in: Duration::ZERO,
        }));
        // On a busy machine the thread may not have come to it yet.
        while system.advance(1.0).expect("goes on") == Stride::Underway {}
    }
}
