//! Tests of `judge`, on records small enough to judge by hand.

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
fn the_bias_is_that_of_the_reference_over_the_neurons() {
    let mut pde = reference();
    pde.curves.push(curve("bias_per_neuron", &[3], &[5.0, 10.0, 20.0]));
    pde.curves.push(curve("bias_per_step", &[3], &[0.0, 0.0, 0.0]));
    let comparison = compare(&[pde.clone(), ensemble()], "pde", &[]).expect("comparable");
    assert_eq!(series(&only(&comparison).gaps, "risk_bias"), [0.1, 0.3]);
    // gaps of 1 and 1.5 less 0.1 and 0.3: what is left of the excess when the bias is taken away
    let beyond = compare(&[pde.clone(), ensemble()], "pde", &[claim(RISK_BEYOND_BIAS.name, 0.0, 2.0, 1.3)]);
    let verdict = only(&beyond.expect("comparable")).verdicts[0].clone();
    assert!(
        (verdict.worst.worst - 1.2).abs() < 1e-15 && verdict.worst.at == 2.0 && verdict.holds,
        "{verdict:?}"
    );
    let mut single = record("atoms", &[1.0], &[8.0], &[]);
    single.curves.push(curve("bias_per_neuron", &[1], &[1.0]));
    let comparison = compare(&[pde, single], "pde", &[]).expect("comparable");
    assert_eq!(only(&comparison).gaps.iter().map(|s| &s.name).collect::<Vec<_>>(), ["risk_gap"]);
}

/// A reference that knows first order alone.
fn of_first_order() -> Record {
    let mut limit = reference();
    for (name, value) in [("bias_per_neuron", 5.0), ("bias_per_step", 0.0)] {
        limit.curves.push(curve(name, &[3], &[value; 3]));
    }
    for (name, value) in [("variance_per_neuron", 200.0), ("variance_per_step", 0.0)] {
        limit.curves.push(curve(name, &[3], &[value; 3]));
    }
    limit
}

#[test]
fn without_a_second_chaos_the_spread_is_of_first_order() {
    let comparison = compare(&[of_first_order(), ensemble()], "pde", &[]).expect("comparable");
    assert_eq!(series(&only(&comparison).gaps, "predicted_spread"), [2.0, 2.0]);
}

#[test]
fn an_estimated_risk_spreads_by_its_own_error_too() {
    let estimated = |shift: f64| {
        let mut sgd = ensemble();
        let mut estimate = sgd.curve("risk").expect("a risk").clone();
        let mut error = estimate.clone();
        estimate.name = "risk_monte_carlo".to_owned();
        estimate.values += shift;
        error.name = "risk_monte_carlo_error".to_owned();
        let times = error.values.shape()[1];
        error.values.iter_mut().enumerate().for_each(|(i, error)| {
            *error = if i < times { 1.5 } else { 2.5 };
        });
        sgd.curves.extend([estimate, error]);
        let comparison = compare(&[of_first_order(), sgd], "pde", &[]).expect("comparable");
        series(&only(&comparison).gaps, "predicted_spread").to_vec()
    };
    // 4, and the mean of 1.5² and 2.5².
    assert_eq!(estimated(0.0), [8.25_f64.sqrt(); 2]);
    // Beside an exact risk an estimate is a check, and says nothing of its spread.
    assert_eq!(estimated(0.25), [2.0, 2.0]);
}

#[test]
fn nothing_is_predicted_of_batches_and_unequal_layers() {
    for fact in [Fact::new("batch", 8.0), Fact::new("widest", 90.0)] {
        let mut other = ensemble();
        other.facts.push(fact);
        let comparison = compare(&[of_first_order(), other], "pde", &[]).expect("comparable");
        let names: Vec<&str> = only(&comparison).gaps.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["risk_gap", "risk_standard_error"]);
    }
}

#[test]
fn laws_are_pooled_and_compared_at_common_snapshots() {
    let comparison = compare(&[reference(), ensemble()], "pde", &[]).expect("comparable");
    let sgd = only(&comparison);
    assert_eq!(sgd.snapshot_time, [1.0005, 3.0]);
    // atoms 0 and 2 against uniform on [0, 2]: 2∫₀^½ 2u du = ½, (2∫₀^½ 4u² du)^½, ½;
    // atom 1 against atoms 1 and 2
    // Each run by itself: an atom at 0 or at 2 is at distance 1 from the uniform law, an atom at 1 at ½ from
    // atoms at 1 and 2.
    for (name, expected) in [
        ("wasserstein_1_radius", [0.5, 0.5]),
        ("wasserstein_2_radius", [(1.0_f64 / 3.0).sqrt(), 0.5_f64.sqrt()]),
        ("kolmogorov_smirnov_radius", [0.5, 0.5]),
        ("wasserstein_1_radius_mean", [1.0, 0.5]),
        ("wasserstein_1_radius_standard_error", [0.0, 0.0]),
        ("kolmogorov_smirnov_radius_mean", [1.0, 0.5]),
    ] {
        let found = series(&sgd.distances, name);
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-14), "{name} {found:?}");
    }
    assert_eq!(sgd.distances.len(), 9);
    assert!(sgd.distances[0].meaning.ends_with("2 runs pooled"), "{}", sgd.distances[0].meaning);
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
fn a_point_mass_against_a_narrow_cell_has_its_caveat() {
    let thin = Axis::from_faces(vec![0.0, 1e-5, 2.0, 2.1]).expect("axis");
    let mut cells = record("sgd", &[0.0, 1.0], &[1.0, 1.0], &[(3.0, &[0.0])]);
    cells.laws[0].measures = vec![Measure::line_of_cells(thin, &[0.5, 0.0, 0.5])];
    let pde = record("pde", &[0.0, 1.0], &[1.0, 1.0], &[(3.0, &[0.0, 2.05])]);
    let comparison = compare(&[pde, cells], "pde", &[]).expect("comparable");
    let [w1, _, ks] = &only(&comparison).distances[..] else { panic!("three distances") };
    assert!(w1.caveat().is_none() && ks.values[0] > 0.49);
    assert_eq!(
        ks.caveat().map(|text| text.contains("at t = 3 (width 1.0e-5)")),
        Some(true),
        "{}",
        ks.meaning
    );
}

#[test]
fn coordinates_are_matched_by_name() {
    let mut two = record("sgd", &[1.0], &[8.0], &[(3.0, &[9.0])]);
    two.laws[0].coordinates = vec!["a".into(), "radius".into()];
    two.laws[0].measures =
        vec![Measure::Atoms { points: ndarray::array![[7.0, 1.0]], weights: ndarray::array![1.0] }];
    let comparison = compare(&[reference(), two], "pde", &[]).expect("comparable");
    let names: Vec<_> = only(&comparison).distances.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["wasserstein_1_radius", "wasserstein_2_radius", "kolmogorov_smirnov_radius"]);
    assert_eq!(series(&only(&comparison).distances, "wasserstein_1_radius"), [0.5]);
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

#[test]
fn claims_on_distances_are_judged_at_the_snapshots() {
    let (worst, at, holds) = judged(claim("wasserstein_2_radius", 1.001, 9.0, 0.71));
    assert!((worst - 0.5_f64.sqrt()).abs() < 1e-14 && at == 3.0 && holds);
    // 1.0005 is t = 1 up to whole steps
    assert_eq!(judged(claim("kolmogorov_smirnov_radius", 0.0, 1.0, 0.4)), (0.5, 1.0005, false));
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
fn the_bias_at_a_point_is_that_of_its_neurons() {
    let mut pde = reference();
    pde.curves.push(curve("bias_per_neuron", &[3], &[5.0, 10.0, 20.0]));
    pde.curves.push(curve("bias_per_step", &[3], &[0.0, 0.0, 0.0]));
    let sgd = varied(&ensemble(), &[1.0, 2.0], |record: &mut Record, scale: f64| {
        record.facts[0].values = vec![50.0 * scale]
    });
    let comparison = compare(&[pde, sgd], "pde", &[]).expect("comparable");
    assert_eq!(series(&only(&comparison).gaps, "risk_bias"), [0.1, 0.3, 0.05, 0.15]);
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
fn a_prediction_that_ends_before_the_span_is_said_to_end() {
    let mut limit = of_first_order();
    for name in ["bias_per_neuron", "variance_per_neuron"] {
        let curve = limit.curves.iter_mut().find(|curve| curve.name == name).expect("there");
        curve.values[[2]] = f64::NAN;
    }
    let claims = [claim("predicted_band", 0.0, 2.0, 1e3)];
    let comparison = compare(&[limit, ensemble()], "pde", &claims).expect("comparable");
    let verdict = &only(&comparison).verdicts[0];
    assert!(!verdict.holds && verdict.worst.worst.is_finite(), "{verdict:?}");
    let words = verdict.in_words();
    assert!(words.contains("DOES NOT HOLD, nothing is predicted from t = 2 on; worst "), "{words}");
}

#[test]
fn a_law_that_is_missing_is_at_no_known_distance() {
    let mut sgd = ensemble();
    sgd.laws[0].measures.truncate(4);
    let claims = [claim("wasserstein_1_radius", 0.0, 9.0, 1e300)];
    let comparison = compare(&[reference(), sgd], "pde", &claims).expect("comparable");
    assert!(!comparison.holds());
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

/// One run with atoms in the plane at t = 1.
fn in_the_plane(system: &str, atoms: &[[f64; 2]]) -> Record {
    let points = ndarray::Array2::from_shape_fn((atoms.len(), 2), |(i, c)| atoms[i][c]);
    let weights = ndarray::Array1::from_elem(atoms.len(), 1.0 / atoms.len() as f64);
    let mut record = record(system, &[0.0, 1.0], &[1.0, 1.0], &[]);
    record.snapshot_time = vec![1.0];
    let coordinates = vec!["radius_1".into(), "radius_2".into()];
    record.laws = vec![NamedLaw::neurons(coordinates, vec![Measure::Atoms { points, weights }])];
    record
}

#[test]
fn laws_of_two_coordinates_are_compared_together_with_a_band_over_the_runs() {
    let shifts = [0.1, 0.2, 0.3, 0.4, 0.5];
    let runs = shifts.map(|shift: f64| in_the_plane("sgd", &[[1.0 + shift, 2.0 - shift]]));
    let axis = RunAxis { name: "seed".into(), key: None, values: vec![1.0, 2.0, 3.0, 4.0, 5.0] };
    let sgd = Record::stack(axis, runs.into()).expect("alike");
    let pde = in_the_plane("pde", &[[1.0, 2.0]]);
    let claims = [claim("sliced_wasserstein_2", 0.0, 1.0, 0.4), claim("energy_distance", 0.0, 1.0, 0.1)];
    let comparison = compare(&[pde, sgd], "pde", &claims).expect("comparable");
    let sgd = only(&comparison);
    let first = |name: &str| series(&sgd.distances, name)[0];
    // A shift of each by √2 s: its length over √2; all pooled, the root mean square.
    assert!((first("sliced_wasserstein_2") - 0.11_f64.sqrt()).abs() < 1e-12);
    assert!((first("sliced_wasserstein_2_mean") - 0.3).abs() < 1e-12);
    // Of single points 2 |x − y|, up to the directions.
    let single: f64 = shifts.iter().map(|shift| (2.0 * 2.0_f64.sqrt() * shift).sqrt()).sum::<f64>() / 5.0;
    assert!((first("energy_distance_mean") / single - 1.0).abs() < 1e-3);
    let [lower, upper] = ["lower_95", "upper_95"].map(|end| first(&format!("sliced_wasserstein_2_{end}")));
    let error = first("sliced_wasserstein_2_standard_error");
    assert!((error - (0.025_f64 / 5.0).sqrt()).abs() < 1e-12);
    // Resamples have no n − 1: narrower by a tenth.
    assert!((0.7..1.0).contains(&((upper - lower) / (2.0 * 1.96 * error))), "{lower} {upper} {error}");
    assert!(lower < 0.3 && upper > 0.3);
    let holds: Vec<bool> = sgd.verdicts.iter().map(|verdict| verdict.holds).collect();
    assert_eq!(holds, [true, false], "{:?}", sgd.verdicts);
    assert!(sgd.verdicts[0].in_words().contains("sliced_wasserstein_2 of sgd within 0.4 (snapshot t = 1)"));
}

#[test]
fn joint_laws_of_which_pairs_alone_are_known_are_not_compared() {
    let mut pde = in_the_plane("pde", &[[1.0, 2.0]]);
    let axes = vec![Axis::uniform(0.0, 2.0, 1).expect("axis"), Axis::uniform(1.0, 3.0, 1).expect("axis")];
    pde.laws[0].measures[0] = Measure::marginals_of(axes, &ArrayD::from_elem(IxDyn(&[1, 1]), 1.0));
    let comparison = compare(&[pde, in_the_plane("sgd", &[[1.0, 2.0]])], "pde", &[]).expect("comparable");
    let names: Vec<&str> = only(&comparison).distances.iter().map(|series| series.name.as_str()).collect();
    assert!(names.len() == 6 && !names.contains(&"energy_distance"), "{names:?}");
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
