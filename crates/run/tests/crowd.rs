//! The driver where observations are closer together than a system's steps: a toy that decays, in steps of
//! its own of a tenth.

use std::sync::atomic::{AtomicUsize, Ordering};

use meanfield_model::measure::Measure;
use meanfield_run::drive::{Checkpoint, Identity, Plan, Watch, drive};
use meanfield_run::quantities::REPEATED_STEPS;
use meanfield_run::quantity::Quantity;
use meanfield_run::record::Record;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};

/// Own steps.
const STEP: f64 = 0.1;

static SQUARE: &Quantity = &Quantity::result("square", "", "a curve");

#[derive(Default)]
struct Decay {
    time: f64,
    steps: u64,
    observed: AtomicUsize,
}

impl System for Decay {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.step_freely(until)?;
        Ok(if self.time < until { Stride::Underway } else { Stride::Reached })
    }

    fn next_step(&self) -> Option<f64> {
        Some(self.time + STEP)
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.steps += u64::from(self.time < until);
        self.time = until.min(self.time + STEP);
        Ok(())
    }

    fn observe(&self) -> Observation {
        self.observed.fetch_add(1, Ordering::Relaxed);
        let size = (-self.time).exp();
        let count = Scalar::defined(REPEATED_STEPS, "steps so far", self.steps as f64);
        let square = Scalar::new(SQUARE, size * size);
        let law = Measure::equal_atoms(&[size, 3.0 * size]);
        Observation { risk: size, scalars: vec![count, square], law }
    }

    fn work(&self) -> u64 {
        self.steps
    }

    fn save(&self) -> State {
        State { integers: vec![self.steps], reals: vec![self.time] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        (self.time, self.steps) = (state.reals[0], state.integers[0]);
        Ok(())
    }
}

/// Stops after so many strides and observations, and keeps the checkpoint of then.
struct StopAt(usize, Option<Checkpoint>);

impl Watch for StopAt {
    fn progress(&mut self, _: f64, _: f64) {
        self.0 = self.0.saturating_sub(1);
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        self.1 = Some(checkpoint.clone());
        Ok(())
    }

    fn cancelled(&self) -> bool {
        self.0 == 0
    }
}

struct Nobody;

impl Watch for Nobody {
    fn progress(&mut self, _: f64, _: f64) {}
}

fn plan(count: usize) -> Plan {
    let times = (0..count).map(|i| 2.0 * i as f64 / (count - 1) as f64).collect();
    Plan { times, snapshots: vec![0.4321, 2.0], levels: vec![0.5, 0.9] }
}

fn identity() -> Identity {
    Identity { system: "toy".into(), kind: "toy", coordinates: vec!["radius".into()], ..Identity::default() }
}

fn run(decay: &mut Decay, plan: &Plan) -> Record {
    drive(decay, identity(), plan, None, &mut Nobody).expect("runs")
}

#[test]
fn observing_often_takes_no_more_steps_and_is_as_accurate() {
    let plan = plan(2001);
    let mut decay = Decay::default();
    let record = run(&mut decay, &plan);
    assert_eq!((&record.time, &record.snapshot_time), (&plan.times, &plan.snapshots));
    // Twenty steps, one cut short at the snapshot; seen at every end, and once more at snapshots and at t =
    // 0.
    assert!(decay.steps <= 22, "{} steps", decay.steps);
    let observed = decay.observed.into_inner();
    assert!(observed <= 26, "{observed} observations of 2001");
    let worst = |name: &str, exact: fn(f64) -> f64| {
        let curve = record.curve(name).expect("reported");
        let off = plan.times.iter().zip(&curve.values).map(|(t, found)| (found - exact(*t)).abs());
        off.fold(0.0, f64::max)
    };
    // Degree 5 at the ends, with steps of 0.1: h⁶/6! (1/2)²(3/2)(5/2)(7/2)(9/2) = 2e-8; less within.
    for (name, exact, size) in [
        ("risk", (|t| (-t).exp()) as fn(f64) -> f64, 1.0),
        ("mean_radius", |t| 2.0 * (-t).exp(), 2.0),
        ("square", |t| (-2.0 * t).exp(), 64.0),
    ] {
        assert!(worst(name, exact) < 2.5e-8 * size, "{name}: {:.1e}", worst(name, exact));
    }
    let highest = &record.quantiles[0].values;
    let off = plan.times.iter().enumerate().map(|(i, t)| (highest[[i, 1]] - 3.0 * (-t).exp()).abs());
    assert!(off.fold(0.0, f64::max) < 1e-7);
}

#[test]
fn certificates_are_not_interpolated() {
    let record = run(&mut Decay::default(), &plan(501));
    let steps = record.curve(REPEATED_STEPS).expect("reported");
    assert!(steps.values.iter().all(|count| count.fract() == 0.0), "{:?}", steps.values);
    // At t just after a step's end it is that of the next end: never less than what was counted by then.
    for (t, count) in record.time.iter().zip(&steps.values) {
        assert!(*count >= (t / STEP - 1e-9).ceil(), "{count} at t = {t}");
    }
}

#[test]
fn sparse_observations_are_made_where_they_are_asked_for() {
    let plan = plan(5);
    let mut decay = Decay::default();
    let record = run(&mut decay, &plan);
    let risk = &record.curve("risk").expect("reported").values;
    assert!(plan.times.iter().zip(risk).all(|(t, found)| *found == (-t).exp()), "{risk:?}");
    assert_eq!(decay.observed.into_inner(), 6);
}

#[test]
fn a_run_goes_on_from_any_checkpoint_as_if_nothing_had_happened() {
    let plan = plan(301);
    let whole = run(&mut Decay::default(), &plan);
    for stop in [2, 3, 5, 8, 13, 20] {
        let mut watch = StopAt(stop, None);
        let stopped = drive(&mut Decay::default(), identity(), &plan, None, &mut watch);
        let stopped = stopped.expect_err("stopped").error;
        assert!(matches!(stopped, RunError::Cancelled(_)), "stride {stop}: {stopped}");
        let mut again =
            drive(&mut Decay::default(), identity(), &plan, watch.1, &mut Nobody).expect("goes on");
        again.facts = whole.facts.clone();
        assert_eq!(again, whole, "stopped at stride {stop}");
    }
}
