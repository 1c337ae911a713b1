//! Crews as the driver has them, with the emulation in place of a device: where a run is observed, stopped or
//! resumed, and which runs are beside it, leave no trace.

use std::convert::Infallible;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use meanfield_gpu::emulation::Emulation;
use meanfield_gpu::network::{DeviceNetwork, crew};
use meanfield_gpu::trainer::{DeviceError, Losses, Shape, Slice, Trainer};
use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::measure::Measure;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_run::drive::{Identity, Plan};
use meanfield_run::record::{Nature, Place, Record};
use meanfield_run::schedule::Schedule;
use meanfield_run::side_by_side::{self, Ended, Job};
use meanfield_run::sweep::sweep;
use meanfield_run::system::{Stride, System};
use ndarray::{Array2, Axis};

fn setup(seed: u64) -> Setup {
    Setup {
        data: GaussianClasses::isotropic(6, 0.7).expect("valid").into(),
        activation: Activation::PiecewiseLinear(PiecewiseLinear::hard_tanh()),
        loss: Loss::Squared,
        coordinates: Coordinates::Radius,
        affine: None,
        initial: Initial::Gaussian { scale: 0.8 },
        schedule: Schedule::Power { exponent: -0.25 },
        ridge: 0.0,
        temperature: 0.0,
        cooling: Schedule::Constant,
        groups: ParameterGroups::default(),
        neurons: 30,
        step_size: 1e-3,
        batch: 1,
        lazy: None,
        label_noise: 0.0,
        exact_risk: true,
        monte_carlo: 0,
        classification_error: false,
        recorded: None,
        records_weights: false,
        precision: Precision::Double,
        seed,
    }
}

fn emulated(shape: &Shape, seeds: &[u64]) -> Result<Box<dyn Trainer>, DeviceError> {
    Ok(Box::new(Emulation::new(shape.clone(), seeds)))
}

fn networks(seeds: &[u64]) -> Vec<DeviceNetwork> {
    crew(seeds.iter().map(|seed| setup(*seed)).collect(), emulated).expect("a network that is known")
}

fn job(network: DeviceNetwork, seed: u64) -> Job {
    let identity = Identity {
        system: "sgd".into(),
        kind: "finite-network",
        nature: Nature::Network,
        coordinates: vec!["r".into()],
        ..Identity::default()
    };
    let run = vec![Place { axis: "seed".into(), key: None, value: seed as f64 }];
    Job { identity, run, coarse: false, system: Box::new(network), seconds: 1.0, address: String::new() }
}

/// The record of these seeds, driven on two threads and as many as the crew needs.
fn record(seeds: &[u64], times: &[f64]) -> Record {
    recorded(
        networks(seeds).into_iter().zip(seeds).map(|(network, seed)| job(network, *seed)).collect(),
        times,
    )
}

fn recorded(jobs: Vec<Job>, times: &[f64]) -> Record {
    let plan = Plan { times: times.to_vec(), snapshots: Vec::new(), levels: vec![0.5] };
    let outcome = side_by_side::run(jobs, &plan, 2, |_| Ok(((), None))).expect("no run fails");
    assert!(outcome.gaps.is_empty(), "{:?}", outcome.gaps);
    outcome.records.into_iter().next().expect("a record")
}

#[test]
fn a_run_is_the_same_alone_and_in_a_crew_of_more_than_the_threads() {
    let times = [0.0, 0.013, 0.1, 0.5, 2.501];
    let seeds = [3, 1, 7, 8, 20];
    let together = record(&seeds, &times);
    let risks = &together.curve("risk").expect("observed").values;
    for (index, seed) in seeds.into_iter().enumerate() {
        let alone = record(&[seed], &times);
        let alone = alone.curve("risk").expect("observed").values.index_axis(Axis(0), 0).to_owned();
        assert_eq!(risks.index_axis(Axis(0), index), alone, "seed {seed}");
        // An observation in between changes nothing.
        let fewer = record(&[seed], &[0.0, 2.501]);
        let fewer = &fewer.curve("risk").expect("observed").values;
        assert_eq!(fewer[[0, 1]], alone[[4]], "seed {seed}");
    }
    assert_ne!(risks[[0, 4]], risks[[1, 4]]);
}

#[test]
fn points_of_a_sweep_are_on_the_device_at_the_same_time() {
    let (calls, barrier) = (AtomicUsize::new(0), Barrier::new(2));
    let seeds = |point: usize| [point as u64 + 1, 20];
    let build = |point: usize| {
        // The first point says how many there are at a time; the others wait for each other, on one core.
        if calls.fetch_add(1, Ordering::SeqCst) > 0 {
            barrier.wait();
        }
        let jobs = networks(&seeds(point)).into_iter().zip(seeds(point));
        Ok::<_, Infallible>(jobs.map(|(network, seed)| job(network, seed)).collect())
    };
    let plan = Plan { times: vec![0.0, 0.5], snapshots: Vec::new(), levels: vec![0.5] };
    let rows = sweep(vec![0, 1, 2], build, &plan, 1, |_| Ok(()), || false).expect("no run fails");
    assert_eq!(rows.len(), 3);
    for row in rows {
        let alone = record(&seeds(row.point), &[0.0, 0.5]);
        let alone = &alone.curve("risk").expect("observed").values;
        for (ended, alone) in row.runs.iter().zip(alone.outer_iter()) {
            let Ended::Finished(finished) = ended else { panic!("{ended:?}") };
            let risk = &finished.record.curve("risk").expect("observed").values;
            assert_eq!(risk.as_slice(), alone.as_slice(), "{}", row.point);
        }
    }
}

#[test]
fn a_point_that_fills_the_device_is_saved_before_the_next_is_begun() {
    let (begun, saved) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let seeds: Vec<u64> = (1..=150).collect();
    let build = |_: usize| {
        assert!(begun.fetch_add(1, Ordering::SeqCst) <= saved.load(Ordering::SeqCst));
        let jobs = networks(&seeds).into_iter().zip(&seeds);
        Ok::<_, Infallible>(jobs.map(|(network, seed)| job(network, *seed)).collect())
    };
    let plan = Plan { times: vec![0.0, 0.005], snapshots: Vec::new(), levels: vec![0.5] };
    let save = |_: &_| {
        saved.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let rows = sweep(vec![0, 1, 2], build, &plan, 1, save, || false).expect("no run fails");
    assert_eq!(rows.len(), 3);
}

/// A device that fails once, where a network is looked at a step ahead.
struct Failing(Emulation, bool);

impl Trainer for Failing {
    fn train(&mut self, slice: &Slice) -> Result<Vec<Losses>, DeviceError> {
        self.0.train(slice)
    }

    fn weights(&mut self, member: usize) -> Result<Array2<f64>, DeviceError> {
        self.0.weights(member)
    }

    fn set_weights(&mut self, member: usize, weights: &Array2<f64>) -> Result<(), DeviceError> {
        match std::mem::replace(&mut self.1, true) {
            false => self.0.set_weights(member, weights),
            true => Err(DeviceError("out of memory".to_owned())),
        }
    }
}

#[test]
fn a_device_that_fails_at_a_look_ahead_fails_for_good() {
    let failing = |shape: &Shape, seeds: &[u64]| -> Result<Box<dyn Trainer>, DeviceError> {
        Ok(Box::new(Failing(Emulation::new(shape.clone(), seeds), false)))
    };
    let mut network = crew(vec![setup(5)], failing).expect("known").swap_remove(0);
    // Three steps: the copy that is trained ahead cannot be put back.
    let failed = (0..2).map(|_| network.advance(0.003)).collect::<Vec<_>>();
    assert!(failed.iter().all(|outcome| outcome.as_ref().is_err_and(|e| e.to_string().contains("memory"))));
}

/// A record of networks whose risk is sampled.
fn sampled(seeds: &[u64]) -> Record {
    let setups = seeds.iter().map(|seed| Setup { exact_risk: false, monte_carlo: 20_000, ..setup(*seed) });
    let networks = crew(setups.collect(), emulated).expect("a network that is known");
    let jobs = networks.into_iter().zip(seeds).map(|(network, seed)| job(network, *seed)).collect();
    recorded(jobs, &[0.0, 0.013, 0.5])
}

#[test]
fn a_sampled_risk_is_the_exact_one_within_its_error_and_leaves_no_trace() {
    let seeds = [3, 8, 20];
    let exact = record(&seeds, &[0.0, 0.013, 0.5]);
    let all = sampled(&seeds);
    let values = |record: &Record, name: &str| record.curve(name).expect("observed").values.clone();
    let (exact, risks) = (values(&exact, "risk"), values(&all, "risk"));
    let errors = values(&all, "risk_monte_carlo_error");
    for ((exact, risk), error) in exact.iter().zip(&risks).zip(&errors) {
        assert!((exact - risk).abs() < 4.0 * error && *error < 0.02 * exact, "{exact} {risk} {error}");
    }
    assert_eq!(risks, values(&all, "risk_monte_carlo"));
    assert_eq!(risks.index_axis(Axis(0), 1), values(&sampled(&seeds[1..2]), "risk").index_axis(Axis(0), 0));
}

/// Mean and standard error over 64 seeds of the mean |w|² after 100 steps with ridge, noise and noisy labels.
fn mean_square(networks: Vec<Box<dyn System>>) -> [f64; 2] {
    let square = |mut network: Box<dyn System>| {
        while network.advance(1.0).expect("trains") == Stride::Underway {}
        let Measure::Atoms { points, .. } = network.observe().law else { panic!("neurons") };
        points.iter().map(|r| r * r).sum::<f64>() / points.len() as f64
    };
    let squares: Vec<f64> = networks.into_iter().map(square).collect();
    let count = squares.len() as f64;
    let mean = squares.iter().sum::<f64>() / count;
    let variance = squares.iter().map(|square| (square - mean).powi(2)).sum::<f64>() / (count - 1.0);
    [mean, (variance / count).sqrt()]
}

#[test]
fn noisy_networks_have_the_law_of_those_on_the_processor() {
    let noisy = |seed| Setup {
        ridge: 0.4,
        temperature: 0.3,
        label_noise: 0.5,
        step_size: 1e-2,
        schedule: Schedule::Constant,
        ..setup(seed)
    };
    let of_crew = |seed| crew(vec![noisy(seed)], emulated).expect("known").swap_remove(0);
    let [device, device_error] = mean_square((1..65).map(|seed| Box::new(of_crew(seed)) as _).collect());
    let network = |seed| Box::new(FiniteNetwork::new(noisy(seed))) as _;
    let [processor, processor_error] = mean_square((1..65).map(network).collect());
    let error = device_error.hypot(processor_error);
    assert!((device - processor).abs() < 4.0 * error, "{device} {processor} {error}");
    assert!(error < 0.03 * device, "{device} {error}");
}

/// Advances a network that is alone in its crew.
fn advance(network: &mut DeviceNetwork, until: f64) {
    while network.advance(until).expect("trains") == Stride::Underway {}
}

#[test]
fn a_saved_run_goes_on_as_if_nothing_had_happened() {
    let mut whole = networks(&[5]).swap_remove(0);
    advance(&mut whole, 0.1);
    let observed = whole.observe().risk;
    assert_eq!(whole.advance(4.0), Ok(Stride::Underway), "a slice is shorter");
    let saved = whole.save();
    advance(&mut whole, 4.003);
    let mut resumed = networks(&[5]).swap_remove(0);
    resumed.restore(&saved).expect("its own state");
    advance(&mut resumed, 4.003);
    assert_eq!(resumed.weights().expect("held"), whole.weights().expect("held"));
    assert_ne!(resumed.observe().risk, observed);
    let mut forged = saved.clone();
    forged.integers[1] += 3;
    assert!(networks(&[5])[0].restore(&forged).is_err(), "not where a block begins");
    forged.reals.pop();
    assert!(networks(&[5])[0].restore(&forged).is_err(), "a number is missing");
}

#[test]
fn a_finished_run_needs_no_device() {
    let mut whole = networks(&[5]).swap_remove(0);
    advance(&mut whole, 0.104);
    let nowhere = |_: &Shape, _: &[u64]| Err(DeviceError("there is no device".to_owned()));
    let mut elsewhere = crew(vec![setup(5)], nowhere).expect("known").swap_remove(0);
    elsewhere.restore(&whole.save()).expect("its own state");
    assert_eq!(elsewhere.save(), whole.save());
    assert_eq!(elsewhere.weights(), whole.weights());
    assert!(elsewhere.advance(0.2).is_err());
}

#[test]
fn networks_that_no_kernel_trains_are_refused() {
    let wrong = [
        Setup { ridge: 0.1, neurons: 20_000, ..setup(1) },
        Setup { temperature: 0.1, neurons: 20_000, ..setup(1) },
        Setup { loss: Loss::Logistic, ..setup(1) },
        Setup { batch: 8, ..setup(1) },
        Setup { lazy: Some(10.0), ..setup(1) },
    ];
    for setup in wrong {
        let error = crew(vec![setup], emulated).err().expect("refused").to_string();
        assert!(error.contains("alone so far"), "{error}");
    }
}
