//! The driver against a toy: two atoms that decay, in strides of 0.1.

use meanfield_model::measure::Measure;
use meanfield_run::drive::{Checkpoint, Identity, Plan, Watch, drive};
use meanfield_run::facts::FactKind;
use meanfield_run::quantities;
use meanfield_run::quantity::Quantity;
use meanfield_run::record::{Nature, Place, Record};
use meanfield_run::side_by_side::{self, Job};
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};

static SIZE: &Quantity = &Quantity::result("size", "", "size");
static RATE: &FactKind = &FactKind::real("rate");

struct Decay {
    time: f64,
    rate: f64,
    work: u64,
    fails_at: f64,
    stride: f64,
}

impl Decay {
    fn new(rate: f64) -> Self {
        Self { time: 0.0, rate, work: 0, fails_at: f64::INFINITY, stride: 0.1 }
    }
}

impl System for Decay {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.work += 1;
        self.time = until.min(self.time + self.stride);
        if self.time >= self.fails_at {
            return Err(RunError::Failed { time: self.time, what: "told to".into() });
        }
        Ok(if self.time < until { Stride::Underway } else { Stride::Reached })
    }

    fn observe(&self) -> Observation {
        let size = (-self.rate * self.time).exp();
        let scalars = vec![Scalar::new(SIZE, size)];
        Observation { risk: size * size, scalars, law: Measure::equal_atoms(&[size, 2.0 * size]) }
    }

    fn work(&self) -> u64 {
        self.work
    }

    fn save(&self) -> State {
        State { integers: Vec::new(), reals: vec![self.time] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.time = state.reals[0];
        Ok(())
    }
}

/// Keeps every checkpoint it is offered, or wants none of its own accord, and may stop the run.
#[derive(Default)]
struct Keep {
    checkpoints: Vec<Checkpoint>,
    stop_after: Option<f64>,
    time: f64,
    done: f64,
    seldom: bool,
}

impl Watch for Keep {
    fn progress(&mut self, time: f64, done: f64) {
        (self.time, self.done) = (time, done);
    }

    fn wants_checkpoint(&mut self) -> bool {
        !self.seldom
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        self.checkpoints.push(checkpoint.clone());
        Ok(())
    }

    fn cancelled(&self) -> bool {
        self.stop_after.is_some_and(|stop| self.time > stop)
    }
}

fn plan() -> Plan {
    Plan { times: vec![0.0, 0.25, 0.5, 1.0], snapshots: vec![0.3, 1.0], levels: vec![0.25, 0.75] }
}

fn identity(name: &str) -> Identity {
    Identity {
        system: name.into(),
        kind: "decay",
        coordinates: vec!["radius".into()],
        facts: vec![(RATE, 2.0)],
        ..Identity::default()
    }
}

/// The record without the times it took.
fn timeless(mut record: Record) -> Record {
    record.facts.retain(|fact| !fact.name.ends_with("seconds"));
    record
}

#[test]
fn the_record_says_what_was_seen_and_when() {
    let record =
        drive(&mut Decay::new(2.0), identity("toy"), &plan(), None, &mut Keep::default()).expect("runs");
    assert_eq!(
        (record.time.clone(), record.snapshot_time.clone()),
        (vec![0.0, 0.25, 0.5, 1.0], vec![0.3, 1.0])
    );
    let names: Vec<&str> = record.curves.iter().map(|curve| curve.name.as_str()).collect();
    let statistics = quantities::statistics().map(|(quantity, _)| quantity.name_for("radius"));
    let statistics: Vec<String> = statistics.collect();
    assert_eq!(statistics[..2], ["mean_radius", "std_radius"]);
    assert_eq!((names[0], names[names.len() - 1]), ("risk", "size"));
    assert_eq!(names[1..names.len() - 1], statistics);
    for (i, time) in record.time.iter().enumerate() {
        let size = (-2.0 * time).exp();
        let at = |name: &str| record.curve(name).expect("named").values[[i]];
        assert_eq!((at("risk"), at("size")), (size * size, size));
        assert!(
            (at("mean_radius") - 1.5 * size).abs() < 1e-15 && (at("std_radius") - 0.5 * size).abs() < 1e-15
        );
        assert_eq!(record.quantiles[0].values[[i, 1]], 2.0 * size);
    }
    let last = Measure::equal_atoms(&[(-2.0_f64).exp(), 2.0 * (-2.0_f64).exp()]);
    assert_eq!(record.law(0, 1), Some(&last));
}

#[test]
fn a_run_from_any_checkpoint_ends_the_same() {
    let mut watch = Keep::default();
    let whole = drive(&mut Decay::new(2.0), identity("toy"), &plan(), None, &mut watch).expect("runs");
    assert!(watch.checkpoints.len() > 5);
    let mut work = Vec::new();
    for checkpoint in watch.checkpoints {
        let mut system = Decay::new(2.0);
        let resumed = drive(&mut system, identity("toy"), &plan(), Some(checkpoint), &mut Keep::default())
            .expect("runs");
        assert_eq!(timeless(resumed), timeless(whole.clone()));
        work.push(system.work);
    }
    assert!(work.windows(2).all(|pair| pair[0] >= pair[1]) && work[work.len() - 1] == 0, "{work:?}");
}

#[test]
fn a_run_whose_observations_are_reached_in_one_stride_each_is_saved_after_each() {
    let mut watch = Keep::default();
    let mut system = Decay { stride: 10.0, ..Decay::new(2.0) };
    let whole = drive(&mut system, identity("toy"), &plan(), None, &mut watch).expect("runs");
    let times: Vec<f64> = watch.checkpoints.iter().map(|checkpoint| checkpoint.time).collect();
    assert_eq!(times, [0.0, 0.25, 0.3, 0.5, 1.0, 1.0], "five events and the end");
    for checkpoint in watch.checkpoints {
        let mut system = Decay { stride: 10.0, ..Decay::new(2.0) };
        let resumed = drive(&mut system, identity("toy"), &plan(), Some(checkpoint), &mut Keep::default());
        assert_eq!(timeless(resumed.expect("runs")), timeless(whole.clone()));
    }
}

#[test]
fn what_is_static_is_observed_once() {
    let identity = Identity { nature: Nature::Static, ..identity("toy") };
    let record = drive(&mut Decay::new(1.0), identity, &plan(), None, &mut Keep::default()).expect("runs");
    let last = |times: &[f64]| times.last().copied().into_iter().collect::<Vec<_>>();
    assert_eq!((record.time, record.snapshot_time), (last(&plan().times), last(&plan().snapshots)));
}

#[test]
fn whoever_watches_may_stop_the_run_and_gets_a_last_checkpoint() {
    let whole =
        drive(&mut Decay::new(2.0), identity("toy"), &plan(), None, &mut Keep::default()).expect("runs");
    // Between two observations, and right after one.
    for stop in [0.6, 0.45] {
        let mut watch = Keep { stop_after: Some(stop), seldom: true, ..Keep::default() };
        let stopped = drive(&mut Decay::new(2.0), identity("toy"), &plan(), None, &mut watch);
        let error = stopped.expect_err("stopped");
        assert!(
            matches!(error.error, RunError::Cancelled(time) if time > stop && time < stop + 0.2),
            "{error}"
        );
        let [last] = &watch.checkpoints[..] else { panic!("{} checkpoints", watch.checkpoints.len()) };
        assert_eq!((last.time, watch.done), (watch.time, watch.time), "the plan ends at 1");
        let mut system = Decay::new(2.0);
        let resumed = drive(&mut system, identity("toy"), &plan(), Some(last.clone()), &mut Keep::default());
        assert_eq!(timeless(resumed.expect("runs")), timeless(whole.clone()));
        assert!(system.work < 8, "{} strides were repeated", system.work);
    }
}

#[test]
fn a_run_is_not_begun_against_a_wish_to_stop() {
    let mut watch = Keep { stop_after: Some(-1.0), ..Keep::default() };
    let mut system = Decay::new(2.0);
    let error = drive(&mut system, identity("toy"), &plan(), None, &mut watch).expect_err("stopped");
    assert_eq!((error.error, system.work), (RunError::Cancelled(0.0), 0));
    assert!(watch.checkpoints.is_empty(), "there is nothing to save");
}

fn jobs(fails_at: f64) -> Vec<Job> {
    let job = |name: &str, run: Option<f64>, rate: f64, seconds: f64| Job {
        identity: identity(name),
        run: run.map(|value| Place { axis: "seed".into(), key: None, value }).into_iter().collect(),
        coarse: false,
        system: Box::new(Decay {
            fails_at: if rate == 5.0 { fails_at } else { f64::INFINITY },
            ..Decay::new(rate)
        }),
        seconds,
        address: String::new(),
    };
    vec![job("pde", None, 1.0, 0.1), job("sgd", Some(7.0), 3.0, 5.0), job("sgd", Some(8.0), 5.0, 9.0)]
}

#[test]
fn runs_side_by_side_are_gathered_by_system_in_their_order() {
    let on = |threads| {
        side_by_side::run(jobs(f64::INFINITY), &plan(), threads, |_| Ok((Keep::default(), None)))
            .expect("runs")
    };
    let outcome = on(1);
    let [pde, sgd] = &outcome.records[..] else { panic!("two systems") };
    assert_eq!((pde.system.as_str(), pde.runs(), sgd.system.as_str(), sgd.runs()), ("pde", 1, "sgd", 2));
    assert_eq!((sgd.axes[0].name.as_str(), &sgd.axes[0].values[..]), ("seed", &[7.0, 8.0][..]));
    let size = sgd.curve("size").expect("named");
    assert_eq!((size.values[[0, 3]], size.values[[1, 3]]), ((-3.0_f64).exp(), (-5.0_f64).exp()));
    assert!((sgd.at_end(size) - 0.5 * ((-3.0_f64).exp() + (-5.0_f64).exp())).abs() < 1e-15);
    let last = Measure::equal_atoms(&[(-5.0_f64).exp(), 2.0 * (-5.0_f64).exp()]);
    assert_eq!(sgd.law(1, 1), Some(&last));
    for (one, two) in outcome.records.into_iter().zip(on(2).records) {
        assert_eq!(timeless(one), timeless(two));
    }
}

#[test]
fn varied_keys_lead_and_companions_become_errors() {
    let place =
        |axis: &str, key: Option<&str>, value| Place { axis: axis.into(), key: key.map(Into::into), value };
    let job = |scale: f64, seed: f64| Job {
        run: vec![place("scale", Some("a.scale"), scale), place("seed", None, seed)],
        system: Box::new(Decay::new(scale + seed)),
        ..jobs(f64::INFINITY).remove(1)
    };
    let companion = |coarse: bool, scale: f64| Job {
        run: vec![place("scale", Some("a.scale"), scale)],
        coarse,
        system: Box::new(Decay::new(if coarse { 2.0 * scale } else { scale })),
        ..jobs(f64::INFINITY).remove(0)
    };
    // as a scenario makes them: point by point
    let all: Vec<Job> = [0.5, 0.1]
        .into_iter()
        .flat_map(|scale| {
            vec![companion(false, scale), companion(true, scale), job(scale, 1.0), job(scale, 2.0)]
        })
        .collect();
    assert_eq!([all[1].name(), all[6].name()], ["pde-coarse-scale-0.5", "sgd-scale-0.1-seed-1"]);
    let outcome = side_by_side::run(all, &plan(), 2, |_| Ok((Keep::default(), None))).expect("runs");
    let [pde, sgd] = &outcome.records[..] else { panic!("two systems") };
    assert_eq!(sgd.axes.iter().map(|axis| axis.name.as_str()).collect::<Vec<_>>(), ["scale", "seed"]);
    assert_eq!((&sgd.axes[0].values[..], &sgd.axes[1].values[..]), (&[0.5, 0.1][..], &[1.0, 2.0][..]));
    assert_eq!(sgd.curve("size").expect("named").values[[1, 0, 3]], (-1.1_f64).exp());
    let error = &pde.curve("risk_refinement_error").expect("estimated").values;
    assert!((error[[1, 3]] - ((-0.2_f64).exp() - (-0.4_f64).exp()).abs()).abs() < 1e-15);
    assert!(sgd.curve("risk_refinement_error").is_none());
}

#[test]
fn a_failed_run_leaves_what_it_saw_and_the_others_go_on() {
    let outcome = side_by_side::run(jobs(0.4), &plan(), 2, |_| Ok((Keep::default(), None))).expect("runs");
    let [gap] = &outcome.gaps[..] else { panic!("one run fails") };
    assert_eq!((gap.name.as_str(), gap.error.contains("told to")), ("sgd-seed-8", true));
    let [pde, sgd] = &outcome.records[..] else { panic!("two systems") };
    assert_eq!((pde.finished(), sgd.finished()), (vec![true], vec![true, false]));
    let whole = side_by_side::run(jobs(f64::INFINITY), &plan(), 2, |_| Ok((Keep::default(), None)));
    let [_, all] = &whole.expect("runs").records[..] else { panic!("two systems") };
    // Observed at 0, 0.25, then nothing; its sibling is what it always was.
    let seen = &sgd.curves[0].values;
    let expected = &all.curves[0].values;
    for time in 0..4 {
        assert_eq!(seen[[0, time]], expected[[0, time]]);
        assert!(seen[[1, time]] == expected[[1, time]] || (time > 1 && seen[[1, time]].is_nan()), "{time}");
    }
    assert!(seen[[1, 2]].is_nan() && seen[[1, 3]].is_nan());
    // The snapshot at 0.3 was taken, the one at 1 was not.
    assert_eq!(sgd.law(1, 0), all.law(1, 0));
    assert!(sgd.law(1, 1).expect("kept").marginal(0).mean().is_nan());
    assert_eq!((&sgd.time, &sgd.snapshot_time), (&all.time, &all.snapshot_time));
}

#[test]
fn a_run_that_saw_nothing_is_undefined_and_alone_leaves_no_record() {
    let mut all = jobs(0.0);
    all[2].identity.facts = vec![(RATE, 5.0)];
    let outcome = side_by_side::run(all, &plan(), 2, |_| Ok((Keep::default(), None))).expect("runs");
    let sgd = &outcome.records[1];
    assert_eq!(sgd.facts_named("rate"), [2.0, 5.0], "its own, not its sibling's");
    assert_eq!((outcome.gaps.len(), sgd.finished()), (1, vec![true, false]));
    assert!((0..4).all(|time| sgd.curves[0].values[[1, time]].is_nan()));
    let alone = vec![jobs(0.0).remove(2)];
    let outcome = side_by_side::run(alone, &plan(), 1, |_| Ok((Keep::default(), None))).expect("runs");
    assert_eq!((outcome.records.len(), outcome.gaps.len()), (0, 1));
}

#[test]
fn a_companion_that_stopped_tells_no_error() {
    let companion = Job { coarse: true, ..jobs(0.4).remove(2) };
    let stated = Job { system: Box::new(Decay::new(3.0)), ..jobs(0.4).remove(2) };
    let outcome = side_by_side::run(vec![stated, companion], &plan(), 1, |_| Ok((Keep::default(), None)));
    let outcome = outcome.expect("runs");
    let error = &outcome.records[0].curve("risk_refinement_error").expect("there").values;
    assert!(error[[0, 3]].is_nan() && outcome.records[0].finished() == [true], "{error}");
    assert_eq!((outcome.gaps.len(), outcome.gaps[0].name.as_str()), (1, "sgd-coarse-seed-8"));
}
