//! Tests of `judge`, on records small enough to judge by hand.

mod laws;
mod predictions;

use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_run::claim::Claim;
use meanfield_run::quantities::RISK_BEYOND_BIAS;
use meanfield_run::record::{Curve, Fact, NamedLaw, Nature, Place, Record, RunAxis, RunFailure};
use ndarray::{ArrayD, IxDyn};

use super::{CompareError, compare};
use crate::comparison::{Comparison, Series, Verdict};

/// One run with risk `risk` at `time`, and atoms at the snapshots.
fn record(system: &str, time: &[f64], risk: &[f64], snapshots: &[(f64, &[f64])]) -> Record {
    Record {
        system: system.into(),
        kind: "toy".into(),
        axes: Vec::new(),
        time: time.to_vec(),
        step: None,
        curves: vec![curve("risk", &[time.len()], risk)],
        levels: Vec::new(),
        quantiles: Vec::new(),
        snapshot_time: snapshots.iter().map(|s| s.0).collect(),
        laws: vec![NamedLaw::neurons(
            vec!["radius".into()],
            snapshots.iter().map(|s| Measure::equal_atoms(s.1)).collect(),
        )],
        facts: Vec::new(),
        ..Record::default()
    }
}

fn curve(name: &str, shape: &[usize], values: &[f64]) -> Curve {
    let values = ArrayD::from_shape_vec(IxDyn(shape), values.to_vec()).expect("shape");
    Curve { name: name.into(), meaning: String::new(), values }
}

/// Reference: risk 10, 8, 4 at t = 0, 1, 3; uniform law on [0, 2] at t = 1, atoms at t = 3.
fn reference() -> Record {
    let mut reference =
        record("pde", &[0.0, 1.0, 3.0], &[10.0, 8.0, 4.0], &[(1.0, &[1.0]), (3.0, &[1.0, 2.0])]);
    reference.laws[0].measures[0] =
        Measure::line_of_cells(Axis::uniform(0.0, 2.0, 2).expect("axis"), &[0.5, 0.5]);
    reference
}

/// Two runs of a network of 50 neurons, the second risk 2 above the first.
fn ensemble() -> Record {
    let runs = [0.0, 2.0].map(|shift: f64| {
        let risk = [10.0 + shift, 6.5 + shift, 1.0];
        record("sgd", &[0.0, 2.0, 4.0], &risk, &[(1.0005, &[shift]), (2.0, &[0.0]), (3.0, &[1.0])])
    });
    let seeds = RunAxis { name: "seed".into(), key: None, values: vec![1.0, 2.0] };
    let mut sgd = Record::stack(seeds, runs.into()).expect("alike");
    sgd.facts.push(Fact::new("neurons", 50.0));
    sgd.facts.push(Fact::new("step_size", 0.0));
    sgd.nature = Nature::Network;
    sgd
}

fn claim(quantity: &str, from: f64, until: f64, within: f64) -> Claim {
    Claim {
        system: "sgd".into(),
        quantity: quantity.into(),
        from: Some(from),
        until: Some(until),
        end: until,
        within,
    }
}

fn series<'a>(all: &'a [Series], name: &str) -> &'a [f64] {
    &all.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no {name}")).values
}

fn judged(claim: Claim) -> (f64, f64, bool) {
    let comparison = compare(&[reference(), ensemble()], "pde", &[claim]).expect("comparable");
    let verdict = &comparison.systems[0].verdicts[0];
    assert_eq!(verdict.holds, comparison.holds());
    (verdict.worst.worst, verdict.worst.at, verdict.holds)
}

fn refused(claim: Claim) -> CompareError {
    compare(&[reference(), ensemble()], "pde", &[claim]).expect_err("refused")
}

fn only(comparison: &Comparison) -> &crate::comparison::Compared {
    assert_eq!((comparison.reference.as_str(), comparison.systems.len()), ("pde", 1));
    &comparison.systems[0]
}

#[test]
fn an_ensemble_enters_by_its_mean_at_its_own_times_within_the_reference() {
    let comparison = compare(&[ensemble(), reference()], "pde", &[]).expect("comparable");
    let sgd = only(&comparison);
    // t = 4 is beyond the reference; its risk at 2 is 6; the means are 11 and 7.5
    assert_eq!(sgd.time, [0.0, 2.0]);
    assert_eq!(sgd.gaps[0].name, "risk_gap");
    assert_eq!(sgd.gaps[0].values, [1.0, 1.5]);
    // two values 2 apart: sd √2, over √2
    let error = series(&sgd.gaps, "risk_standard_error");
    assert!(error.iter().all(|e| (e - 1.0).abs() < 1e-15) && error.len() == 2);
    assert!(sgd.gaps.iter().all(|s| s.name != "risk_bias"), "the reference knows no bias");
}

#[test]
fn the_spread_over_runs_is_a_standard_error() {
    let mut sgd = ensemble();
    // The second run at t = 3: distance 1 + ½, where the first has ½.
    sgd.laws[0].measures[5] = Measure::equal_atoms(&[3.0]);
    let comparison = compare(&[reference(), sgd], "pde", &[]).expect("comparable");
    let distances = &only(&comparison).distances;
    assert!((series(distances, "wasserstein_1_radius_mean")[1] - 1.0).abs() < 1e-14);
    // Values ½ and 3/2: standard deviation √½, over √2.
    assert!((series(distances, "wasserstein_1_radius_standard_error")[1] - 0.5).abs() < 1e-14);
}

#[test]
fn claims_are_judged_by_the_worst_in_their_span() {
    assert_eq!(judged(claim("risk", 0.0, 2.0, 1.6)), (1.5, 2.0, true));
    assert_eq!(judged(claim("risk", 0.0, 2.0, 1.5)), (1.5, 2.0, true));
    assert_eq!(judged(claim("risk", 0.0, 2.0, 1.4)), (1.5, 2.0, false));
    assert_eq!(judged(claim("risk", 0.0, 0.0, 1.4)), (1.0, 0.0, true));
    // the sign of the gap does not matter
    let low = record("sgd", &[0.0, 1.0], &[9.9, 3.0], &[]);
    let comparison =
        compare(&[reference(), low], "pde", &[claim("risk", 0.0, 1.0, 1.0)]).expect("comparable");
    assert_eq!((only(&comparison).verdicts[0].worst.worst, comparison.holds()), (5.0, false));
}

/// Records at several values of a key: of all of them the same, but for `change`.
fn varied(record: &Record, scales: &[f64], change: impl Fn(&mut Record, f64)) -> Record {
    let axis = RunAxis { name: "scale".into(), key: Some("model.scale".into()), values: scales.to_vec() };
    Record::stack(
        axis,
        scales
            .iter()
            .map(|scale: &f64| {
                let mut record = record.clone();
                change(&mut record, *scale);
                record
            })
            .collect(),
    )
    .expect("alike")
}

#[test]
fn every_point_is_compared_with_the_reference_at_the_same_point() {
    let pde = varied(&reference(), &[0.1, 0.4], |record: &mut Record, scale: f64| {
        record.curves[0].values += 100.0 * scale
    });
    let sgd = varied(&ensemble(), &[0.1, 0.4], |record, scale| {
        record.curves[0].values += 100.0 * scale + if scale == 0.4 { 3.0 } else { 0.0 };
    });
    let claims = [claim("risk", 0.0, 0.0, 3.5), claim("wasserstein_1_radius", 0.0, 9.0, 0.6)];
    let comparison = compare(&[pde, sgd], "pde", &claims).expect("comparable");
    let sgd = only(&comparison);
    assert_eq!(sgd.axes.iter().map(|axis| axis.name.as_str()).collect::<Vec<_>>(), ["scale"]);
    // the mean over seeds at each point, gaps of 1 and 1.5 as without a varied key, then 3 more
    let gaps = series(&sgd.gaps, "risk_gap");
    assert!(gaps.iter().zip([1.0, 1.5, 4.0, 4.5]).all(|(a, b)| (a - b).abs() < 1e-12), "{gaps:?}");
    assert_eq!(series(&sgd.distances, "wasserstein_1_radius").len(), 4);
    let [risk, law] = &sgd.verdicts[..] else { panic!("two claims") };
    // holds at scale 0.1 by far, but not at 0.4
    assert!(
        !risk.holds && !comparison.holds() && (risk.worst.worst - 4.0).abs() < 1e-12 && risk.worst.at == 0.0
    );
    assert_eq!((risk.worst.point[0].axis.as_str(), risk.worst.point[0].value), ("scale", 0.4));
    assert!(law.holds);
    assert_eq!(sgd.at(1).gaps[0].values, gaps[2..]);
    assert_eq!(sgd.at(0).axes, []);
}

#[test]
fn a_key_of_one_system_varies_the_comparison_of_both() {
    let alone = ensemble();
    let moved =
        varied(&reference(), &[0.0, 0.5], |record: &mut Record, scale: f64| record.curves[0].values += scale);
    let comparison = compare(&[moved.clone(), alone.clone()], "pde", &[]).expect("comparable");
    assert_eq!(series(&only(&comparison).gaps, "risk_gap"), [1.0, 1.5, 0.5, 1.0]);
    let claims = [Claim { system: "pde".into(), ..claim("risk", 0.0, 1.0, 2.0) }];
    let comparison = compare(&[alone, moved], "sgd", &claims).expect("comparable");
    let verdict = &comparison.systems[0].verdicts[0];
    // the mean of SGD at t = 0 is 11, the reference 10 or 10.5; at t = 1 they are 9.25 and 8 or 8.5
    assert_eq!((verdict.worst.worst, verdict.worst.at, verdict.worst.point[0].value), (1.25, 1.0, 0.0));
}

#[test]
fn records_of_different_points_cannot_be_compared() {
    let pde = varied(&reference(), &[0.1], |_, _| {});
    let sgd = varied(&ensemble(), &[0.2], |_, _| {});
    let error = compare(&[pde, sgd], "pde", &[]).expect_err("other points").to_string();
    assert_eq!(error, "\"pde\" was not run at scale = 0.2, where another system was");
}

#[test]
fn other_curves_of_both_can_be_claimed() {
    let mut pde = reference();
    let mut sgd = record("sgd", &[0.0, 3.0], &[0.0, 0.0], &[]);
    pde.curves.push(curve("mean_radius", &[3], &[1.0, 1.0, 2.0]));
    sgd.curves.push(curve("mean_radius", &[2], &[1.0, 2.5]));
    let comparison = compare(&[pde, sgd], "pde", &[claim("mean_radius", 0.0, 3.0, 0.4)]).expect("comparable");
    let verdict = &only(&comparison).verdicts[0];
    assert_eq!((verdict.worst.worst, verdict.worst.at, verdict.holds), (0.5, 3.0, false));
}

#[test]
fn what_is_not_a_number_never_holds() {
    for (values, at) in [([f64::NAN, 8.0], 0.0), ([10.0, f64::NAN], 1.0), ([f64::INFINITY, 8.0], 0.0)] {
        let sgd = record("sgd", &[0.0, 1.0], &values, &[]);
        let claims = [claim("risk", 0.0, 1.0, 1e300)];
        let comparison = compare(&[reference(), sgd], "pde", &claims).expect("comparable");
        assert!(!comparison.holds(), "{values:?}");
        let worst = &only(&comparison).verdicts[0].worst;
        let missing = worst.missing.clone().unwrap_or_default();
        let is_unknown = missing.starts_with(&format!("risk is not a number at t = {at}"))
            || missing.starts_with(&format!("risk is not a number from t = {at} on"));
        assert!(is_unknown || worst.at == at && worst.worst.is_infinite(), "{worst:?}");
    }
    let broken = record("sgd", &[0.0], &[10.0], &[(3.0, &[f64::NAN])]);
    let claims = [claim("wasserstein_1_radius", 0.0, 9.0, 1e300)];
    assert!(!compare(&[reference(), broken], "pde", &claims).expect("comparable").holds());
    assert!(!judged(claim("risk", 0.0, 2.0, f64::NAN)).2);
}

#[test]
fn a_claim_on_the_reference_is_refused() {
    let itself = Claim { system: "pde".into(), ..claim("risk", 0.0, 1.0, 1.0) };
    assert_eq!(refused(itself), CompareError::ClaimOnReference("pde".into()));
}

#[test]
fn a_system_without_record_fulfils_no_claim() {
    let other = Claim { system: "gibbs".into(), ..claim("risk", 0.0, 1.0, 1.0) };
    let comparison = compare(&[reference(), ensemble()], "pde", &[other]).expect("comparable");
    assert!(!comparison.holds());
    let words = comparison.systems[1].verdicts[0].in_words();
    assert!(words.ends_with("DOES NOT HOLD, there is no record of gibbs"), "{words}");
    let claims = [claim("risk", 0.0, 1.0, 1.0)];
    let comparison = compare(&[ensemble()], "pde", &claims).expect("comparable");
    let words = only(&comparison).verdicts[0].in_words();
    assert!(!comparison.holds() && words.ends_with("there is no record of pde"), "{words}");
}

#[test]
fn an_unknown_quantity_is_answered_with_those_there_are() {
    let message = refused(claim("wasserstein_radius", 0.0, 1.0, 1.0)).to_string();
    assert_eq!(
        message,
        "a claim is made on \"wasserstein_radius\" of \"sgd\"; what it shares with the reference is risk, \
         wasserstein_1_radius, wasserstein_1_radius_mean, wasserstein_1_radius_standard_error, \
         wasserstein_2_radius, wasserstein_2_radius_mean, wasserstein_2_radius_standard_error, \
         kolmogorov_smirnov_radius, kolmogorov_smirnov_radius_mean, kolmogorov_smirnov_radius_standard_error"
    );
}

fn verdict(records: &[Record], claim: Claim) -> Verdict {
    only(&compare(records, "pde", &[claim]).expect("comparable")).verdicts[0].clone()
}

#[test]
fn a_claim_about_times_never_observed_does_not_hold_and_says_which() {
    let unseen = |from, until| {
        let verdict = verdict(&[reference(), ensemble()], claim("risk", from, until, 1e300));
        assert!(!verdict.holds, "{verdict:?}");
        verdict.worst.missing.expect("a reason")
    };
    // common times are 0 and 2
    assert_eq!(unseen(0.0, 3.0), "nothing was observed for t in (2, 3]");
    assert_eq!(unseen(1.0, 2.0), "nothing was observed for t in [1, 2)");
    assert_eq!(unseen(2.5, 3.0), "nothing was observed for t in [2.5, 3]");
    let words = verdict(&[reference(), ensemble()], claim("risk", 0.0, 3.0, 1e300)).in_words();
    assert!(words.contains("(t in [0, 2], 2 times): DOES NOT HOLD, nothing was observed"), "{words}");
    let laws = verdict(&[reference(), ensemble()], claim("kolmogorov_smirnov_radius", 4.0, 9.0, 1.0));
    assert!(!laws.holds && laws.basis.count() == 0, "{laws:?}");
    let nothing = verdict(&[reference(), record("sgd", &[], &[], &[])], claim("risk", 0.0, 1.0, 1.0));
    assert!(!nothing.holds && nothing.basis.count() == 0);
}

#[test]
fn what_a_claim_was_judged_on_is_reported() {
    let open = Claim { from: None, until: None, end: 2.0, ..claim("risk", 0.0, 0.0, 2.0) };
    let words = verdict(&[reference(), ensemble()], open).in_words();
    assert_eq!(words, "risk of sgd within 2 (t in [0, 2], 2 times): holds, worst 1.5 at t = 2");
    let words = verdict(&[reference(), ensemble()], claim("wasserstein_1_radius", 0.0, 9.0, 0.6)).in_words();
    assert!(words.contains("(snapshots t = 1.0005, 3): holds"), "{words}");
}

/// A system that is the same at all times, observed at the end.
fn static_reference() -> Record {
    Record { nature: Nature::Static, ..record("pde", &[4.0], &[2.0], &[]) }
}

#[test]
fn against_a_static_system_a_claim_is_about_the_end_unless_it_states_a_span() {
    let moving = record("sgd", &[0.0, 2.0, 4.0], &[10.0, 3.0, 2.5], &[]);
    let open = Claim { from: None, until: None, end: 4.0, ..claim("risk", 0.0, 0.0, 1.0) };
    let at_the_end = verdict(&[static_reference(), moving.clone()], open.clone());
    assert!(at_the_end.holds && at_the_end.worst.worst == 0.5, "{at_the_end:?}");
    assert!(at_the_end.in_words().contains("(t = 4)"), "{}", at_the_end.in_words());
    let stated = Claim { until: Some(4.0), ..open };
    let over_the_span = verdict(&[static_reference(), moving.clone()], stated.clone());
    assert!(!over_the_span.holds && over_the_span.worst.worst == 8.0 && over_the_span.basis.count() == 3);
    // the other way round
    let reference = Record { system: "pde".into(), ..moving };
    let still = Record { system: "sgd".into(), ..static_reference() };
    assert_eq!(verdict(&[reference, still], stated).worst.worst, 8.0);
}

#[test]
fn every_point_at_which_a_claim_fails_is_reported() {
    let sgd = varied(&ensemble(), &[0.1, 0.2, 0.3], |record: &mut Record, scale: f64| {
        record.curves[0].values += 100.0 * scale
    });
    let comparison =
        compare(&[reference(), sgd], "pde", &[claim("risk", 0.0, 2.0, 15.0)]).expect("comparable");
    let verdict = &only(&comparison).verdicts[0];
    let failing: Vec<_> = verdict.failing.iter().map(|one| (one.point[0].value, one.worst.round())).collect();
    assert_eq!(failing, [(0.2, 22.0), (0.3, 32.0)]);
    assert_eq!(verdict.worst.point[0].value, 0.3);
}

#[test]
fn a_run_that_stopped_is_left_out_of_the_mean_and_no_claim_holds_without_it() {
    let mut sgd = ensemble();
    sgd.curves[0].values[[1, 2]] = f64::NAN;
    let place = Place { axis: "seed".into(), key: None, value: 2.0 };
    sgd.failures = vec![RunFailure { run: vec![place], reason: "at t = 3: it diverged".into() }];
    let comparison =
        compare(&[reference(), sgd], "pde", &[claim("risk", 0.0, 2.0, 9.0)]).expect("comparable");
    // the first run alone: 10 and 6.5, against 10 and 6
    assert_eq!(only(&comparison).gaps[0].values, [0.0, 0.5]);
    let verdict = &only(&comparison).verdicts[0];
    assert!(!verdict.holds);
    assert_eq!(
        verdict.worst.missing.as_deref(),
        Some("1 of 2 runs of sgd stopped: seed = 2: at t = 3: it diverged")
    );
}

#[test]
fn points_are_compared_at_times_of_their_own() {
    // R = 10 − 2t of the reference; SGD's is the same, observed where its steps are
    let runs = [0.25, -0.5].map(|shift: f64| {
        let time = [0.0, 1.0 + shift];
        let mut run = record("sgd", &time, &time.map(|t| 10.0 - 2.0 * t), &[]);
        run.timetable.planned = vec![0.0, 1.0];
        run.facts = vec![Fact::new("step_size", 2.0 * shift.abs())];
        run
    });
    let axis = RunAxis { name: "scale".into(), key: Some("model.scale".into()), values: vec![1.0, 2.0] };
    let sgd = Record::stack(axis, runs.into()).expect("planned alike");
    assert_eq!(
        (&sgd.time[..], sgd.timetable.of_runs.as_deref()),
        (&[0.0, 1.0][..], Some(&[0.0, 1.25, 0.0, 0.5][..]))
    );
    let comparison =
        compare(&[reference(), sgd], "pde", &[claim("risk", 0.0, 1.0, 1e-12)]).expect("comparable");
    let sgd = only(&comparison);
    assert!(comparison.holds(), "{:?}", sgd.verdicts[0]);
    assert_eq!(
        (&sgd.time[..], &sgd.at(0).time[..], &sgd.at(1).time[..]),
        (&[0.0, 1.0][..], &[0.0, 1.25][..], &[0.0, 0.5][..])
    );
}

#[test]
fn two_static_systems_are_compared_at_the_end_whatever_the_span() {
    let still =
        |system: &str, risk: f64| Record { nature: Nature::Static, ..record(system, &[1.0], &[risk], &[]) };
    let claim = Claim { end: 1.0, ..claim("risk", 0.5, 1.0, 10.0) };
    let verdict = verdict(&[still("pde", 2.0), still("sgd", 2.5)], claim);
    assert!(verdict.holds && verdict.worst.worst == 0.5, "{verdict:?}");
}

#[test]
fn a_claim_beside_a_certificate_that_warns_holds_but_says_so() {
    let mut pde = reference();
    pde.curves.push(curve("mass_error", &[3], &[0.0, 1e-3, 0.0]));
    let verdict = verdict(&[pde, ensemble()], claim("risk", 0.0, 2.0, 2.0));
    assert!(verdict.holds && verdict.caveats == ["mass error of pde"], "{verdict:?}");
    let words = verdict.in_words();
    assert!(words.contains("holds, but beware of the mass error of pde, worst 1.5"), "{words}");
}
