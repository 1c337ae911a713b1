//! A system of one's own: whatever has a time, a risk and a law can be driven, recorded and compared. Here a
//! single neuron of radius r that relaxes to 2, dr/dt = 2 − r, solved exactly.
//!
//!   cargo run --release -p meanfield --example own_system

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;

use meanfield::prelude::*;
use meanfield::run::record::Nature;
use meanfield::run::system::{Observation, RunError, State, Stride};

/// Where the neuron begins, and where it ends.
const START: f64 = 0.5;
const REST: f64 = 2.0;

/// The neuron at a time.
struct Relaxation {
    time: f64,
}

impl Relaxation {
    fn radius(&self) -> f64 {
        REST + (START - REST) * (-self.time).exp()
    }
}

impl System for Relaxation {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.time = until;
        Ok(Stride::Reached)
    }

    fn observe(&self) -> Observation {
        let radius = self.radius();
        Observation {
            risk: (radius - REST) * (radius - REST),
            scalars: Vec::new(),
            law: Measure::equal_atoms(&[radius]),
        }
    }

    fn work(&self) -> u64 {
        0
    }

    fn save(&self) -> State {
        State { integers: Vec::new(), reals: vec![self.time] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let [time] = state.reals[..] else {
            return Err(RunError::Checkpoint("it is of something else".into()));
        };
        self.time = time;
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let identity = Identity {
        system: "neuron".into(),
        kind: "relaxation",
        nature: Nature::Limit,
        coordinates: vec!["radius".into()],
        ..Identity::default()
    };
    let plan = Plan { times: vec![0.0, 1.0, 2.0, 4.0], snapshots: vec![4.0], levels: vec![0.5] };
    let record = drive(&mut Relaxation { time: 0.0 }, identity, &plan, None, &mut ())?;
    for (time, radius) in record.time.iter().zip(record.row("mean_radius", 0).ok_or("no mean")?) {
        println!("t = {time}: r = {radius:.4}");
    }
    Ok(())
}
