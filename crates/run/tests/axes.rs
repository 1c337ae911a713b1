//! Leading axes: two of them stacked and taken apart again, runs that differ in what may differ, errors
//! estimated from companions at half the resolution.

use meanfield_model::measure::Measure;
use meanfield_run::certificate;
use meanfield_run::facts::REFINEMENT_FROM;
use meanfield_run::quantities::MASS_ERROR;
use meanfield_run::record::{
    Curve, Fact, NamedLaw, Place, Quantiles, Record, RunAxis, RunFailure, in_words, places,
};
use meanfield_run::refinement;
use meanfield_run::stack::StackError;
use ndarray::{ArrayD, IxDyn};

/// One run of SGD with `neurons` neurons, all of whose numbers tell it from others.
fn run(neurons: f64, seed: f64) -> Record {
    let number = 100.0 * neurons + 10.0 * seed;
    let values = ArrayD::from_shape_fn(IxDyn(&[2]), |i| number + i[0] as f64);
    let quantiles = ArrayD::from_shape_fn(IxDyn(&[2, 1]), |i| -number - i[0] as f64);
    Record {
        system: "sgd".into(),
        kind: "toy".into(),
        axes: Vec::new(),
        time: vec![0.0, 1.0],
        step: Some(vec![0, 100]),
        curves: vec![Curve { name: "risk".into(), meaning: "risk".into(), values }],
        levels: vec![0.5],
        quantiles: vec![Quantiles { coordinate: "radius".into(), values: quantiles }],
        snapshot_time: vec![0.0, 1.0],
        laws: vec![NamedLaw::neurons(
            vec!["radius".into()],
            vec![Measure::equal_atoms(&[number]), Measure::equal_atoms(&[number, 1.0])],
        )],
        facts: vec![
            Fact::new("neurons", neurons),
            Fact::new("step_size", 0.01),
            Fact::new("cpu_seconds", 1.5),
        ],
        ..Record::default()
    }
}

fn axis(name: &str, key: Option<&str>, values: &[f64]) -> RunAxis {
    RunAxis { name: name.into(), key: key.map(Into::into), values: values.to_vec() }
}

fn place(axis: &str, value: f64) -> Place {
    Place { axis: axis.into(), key: None, value }
}

const SEEDS: [f64; 3] = [1.0, 2.0, 5.0];
const NEURONS: [f64; 2] = [30.0, 40.0];

fn stacked(change: impl Fn(&mut Record)) -> Result<Record, StackError> {
    let seeds =
        |neurons: f64| Record::stack(axis("seed", None, &SEEDS), SEEDS.map(|seed| run(neurons, seed)).into());
    let mut records = NEURONS.map(|neurons| seeds(neurons).expect("alike"));
    change(&mut records[1]);
    Record::stack(axis("neurons", Some("systems.sgd.finite-network.neurons"), &NEURONS), records.into())
}

fn seeds_and_scales() -> Record {
    stacked(|_| {}).expect("alike")
}

#[test]
fn a_fact_that_one_run_leaves_to_its_default_is_that_default_beside_others() {
    let noisy = |noise: Option<f64>| {
        let mut record = run(30.0, 1.0);
        record.facts.extend(noise.map(|noise| Fact::new("label_noise", noise)));
        record
    };
    let key = Some("model.label-noise");
    for values in [[0.0, 0.5], [0.5, 0.0]] {
        let records = values.map(|noise| noisy((noise > 0.0).then_some(noise)));
        let stacked = Record::stack(axis("label-noise", key, &values), records.to_vec()).expect("alike");
        assert_eq!(stacked.facts_named("label_noise"), values);
        for (value, record) in values.iter().zip(&records) {
            let found = stacked.at(&[place("label-noise", *value)]).expect("there");
            assert_eq!(found.fact("label_noise"), record.fact("label_noise"));
        }
    }
}

#[test]
fn two_axes_are_stacked_the_outermost_first() {
    let record = seeds_and_scales();
    assert_eq!(record.axes.iter().map(|axis| axis.name.as_str()).collect::<Vec<_>>(), ["neurons", "seed"]);
    assert_eq!(record.curves[0].values.shape(), [2, 3, 2]);
    assert_eq!(record.curves[0].values[[1, 2, 1]], 4051.0);
    assert_eq!(record.quantiles[0].values[[1, 0, 1, 0]], -4011.0);
    assert_eq!(record.law(5, 1), Some(&Measure::equal_atoms(&[4050.0, 1.0])));
    // a fact that differs has a value for each run; seconds are added up
    assert_eq!(record.facts_named("neurons"), [30.0, 30.0, 30.0, 40.0, 40.0, 40.0]);
    assert_eq!(
        (record.fact("step_size"), record.fact("neurons"), record.fact("cpu_seconds")),
        (Some(0.01), None, Some(9.0))
    );
}

#[test]
fn the_record_at_a_place_is_the_one_that_was_stacked() {
    let record = seeds_and_scales();
    for neurons in NEURONS {
        let point = record.at(&[place("neurons", neurons)]).expect("there");
        assert_eq!((point.axes.len(), point.fact("neurons")), (1, Some(neurons)));
        assert_eq!(point.varied().count(), 0);
        for seed in SEEDS {
            let one = record.at(&[place("seed", seed), place("neurons", neurons)]).expect("there");
            let seconds = |mut record: Record| {
                record.facts.pop();
                record
            };
            assert_eq!(seconds(one.clone()), seconds(run(neurons, seed)));
            assert_eq!(point.at(&[place("seed", seed)]), Some(one));
        }
    }
    assert_eq!(record.at(&[place("scale", 0.1)]), Some(record.clone()), "it has no such axis");
    assert_eq!(record.at(&[place("neurons", 31.0)]), None);
}

#[test]
fn runs_with_other_steps_keep_times_of_their_own() {
    let record = stacked(|record: &mut Record| {
        record.facts[1].values = vec![0.02];
        record.step = Some(vec![0, 50]);
        record.timetable.planned = record.time.clone();
        record.time[1] = 1.01;
    })
    .expect("planned at the same times");
    assert_eq!(record.step, Some([[0, 100], [0, 100], [0, 100], [0, 50], [0, 50], [0, 50]].concat()));
    // the planned times for all, and each run's own
    assert_eq!(record.time, [0.0, 1.0]);
    let own = [[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.01], [0.0, 1.01], [0.0, 1.01]].concat();
    assert_eq!(record.timetable.of_runs, Some(own));
    let at = |neurons: f64| record.at(&[place("neurons", neurons)]).expect("there");
    assert_eq!(
        (at(40.0).step, at(40.0).time, at(40.0).timetable.of_runs),
        (Some(vec![0, 50]), vec![0.0, 1.01], None)
    );
    assert_eq!(at(30.0).time, [0.0, 1.0]);
    // snapshots were taken at the times planned
    assert_eq!((record.timetable.snapshots_of_runs, record.snapshot_time), (None, vec![0.0, 1.0]));
    assert!(matches!(stacked(|r| r.time[1] += 0.02), Err(StackError::Differ { what: "times", .. })));
    assert!(matches!(stacked(|r| r.curves.clear()), Err(StackError::Differ { what: "curves", .. })));
}

#[test]
fn a_run_that_stopped_keeps_its_place() {
    let record = stacked(|record: &mut Record| {
        let run = vec![place("seed", 2.0)];
        record.failures.push(RunFailure { run, reason: "too far".into() });
    })
    .expect("alike");
    assert_eq!(record.finished(), [true, true, true, true, false, true]);
    let at = |neurons: f64| record.at(&[place("neurons", neurons)]).expect("there");
    assert_eq!((at(30.0).failures.len(), at(40.0).finished()), (0, vec![true, false, true]));
    let run = at(40.0).at(&[place("seed", 2.0)]).expect("there");
    assert_eq!(run.failures, [RunFailure { run: Vec::new(), reason: "too far".into() }]);
    // the mean at the end is that of those that reached it: 4011 and 4051
    assert_eq!(at(40.0).at_end(&at(40.0).curves[0]), 4031.0);
}

#[test]
fn places_are_said_in_words_and_named_in_short() {
    let all = places(&[axis("scale", Some("a.scale"), &[0.1, 1e-300]), axis("seed", None, &[1.0])]);
    assert_eq!(all.iter().map(|place| in_words(place)).collect::<Vec<_>>()[0], "scale = 0.1, seed = 1");
    assert_eq!(all[1].iter().map(Place::tag).collect::<Vec<_>>(), ["scale-1e-300", "seed-1"]);
    assert_eq!(places(&[]), [[]]);
    assert_eq!(place("x", 0.1 + 0.2).tag(), "x-0.30000000000000004");
}

#[test]
fn the_error_is_the_distance_from_half_the_resolution() {
    let curve = |name: &str, values: [f64; 2]| Curve {
        name: name.into(),
        meaning: name.into(),
        values: ndarray::arr1(&values).into_dyn(),
    };
    let record = |shift: f64| Record {
        curves: vec![
            curve("risk", [1.0, 0.5 + shift]),
            curve("mean_radius", [2.0, 3.0 - shift]),
            curve("mass_error", [0.0, shift]),
        ],
        ..run(1.0, 1.0)
    };
    let mut stated = record(0.0);
    let mut coarse = record(0.25);
    stated.curves.push(curve("bias_per_neuron", [1.0, 1.0]));
    refinement::estimate(&mut stated, &coarse).expect("alike");
    let names: Vec<&str> = stated.curves[4..].iter().map(|curve| curve.name.as_str()).collect();
    assert_eq!(names, ["risk_refinement_error", "mean_radius_refinement_error"]);
    // Where the two agree the error is rounding, relative to the largest value.
    assert_eq!(stated.curves[4].values, ndarray::arr1(&[1e-12, 0.25]).into_dyn());
    assert_eq!(stated.curves[5].values, ndarray::arr1(&[3e-12, 0.25]).into_dyn());
    assert_eq!(stated.fact("coarse_cpu_seconds"), Some(1.5));
    assert_eq!(certificate::worst(&coarse), [(MASS_ERROR, 0.25)]);
    coarse.time[1] = 2.0;
    assert!(refinement::estimate(&mut stated, &coarse).is_err());
}

#[test]
fn errors_are_the_largest_within_a_factor_of_two_in_time_and_nan_where_unknown() {
    let times = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    let record = |risks: [[f64; 6]; 2], truncation: f64| Record {
        axes: vec![axis("seed", None, &[1.0, 2.0])],
        time: times.to_vec(),
        curves: [
            ("risk", ndarray::arr2(&risks)),
            ("kernel_truncation", ndarray::arr2(&[[truncation; 6]; 2])),
        ]
        .map(|(name, values)| Curve { name: name.into(), meaning: name.into(), values: values.into_dyn() })
        .to_vec(),
        facts: vec![Fact { name: REFINEMENT_FROM.name.into(), values: vec![0.5, 1.5] }],
        quantiles: Vec::new(),
        ..run(1.0, 1.0)
    };
    let estimated = |coarse: [[f64; 6]; 2], truncation: f64| {
        let mut stated = record([[0.0; 6]; 2], truncation);
        refinement::estimate(&mut stated, &record(coarse, truncation)).expect("alike");
        let error = stated.curve(refinement::name("risk")).expect("estimated");
        error.values.iter().map(|e| format!("{e}")).collect::<Vec<_>>().join(" ")
    };
    // [t/2, 2t] of t = 2 is 1 … 4; that of 0 is 0 alone.
    let first = [0.0, 4.0, -3.0, 1.0, 0.5, 1.0];
    let second = [2.0, 1.0, -9.0, 1.0, 1.0, 1.0];
    assert_eq!(estimated([first, second], 0.0), "0 4 4 3 3 1 2 NaN 9 9 9 1");
    assert_eq!(estimated([first, second], 0.5), "0.5 4.5 4.5 3.5 3.5 1.5 2.5 NaN 9.5 9.5 9.5 1.5");
    let gap = [0.0, 1.0, f64::NAN, 1.0, 1.0, 1.0];
    assert_eq!(estimated([gap, second], 0.0), "0 NaN NaN NaN NaN 1 2 NaN 9 9 9 1");
    assert!(estimated([first, second], f64::NAN).split(' ').all(|error| error == "NaN"));
}
