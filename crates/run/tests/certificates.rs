//! Warnings of certificates, and errors that cannot be told: on records made by hand.

use meanfield_run::certificate::{Standing, judged, warnings};
use meanfield_run::quantities::{KERNEL_TRUNCATION, SAMPLING_ERROR};
use meanfield_run::record::{Curve, Fact, NamedLaw, Nature, Quantiles, Record, RunAxis};
use meanfield_run::refinement;
use ndarray::{ArrayD, IxDyn};

const TIME: [f64; 3] = [0.0, 1.0, 4.0];

/// A record of these curves over [`TIME`], the risk first.
fn record(curves: &[(&str, [f64; 3])], facts: &[(&str, f64)]) -> Record {
    Record {
        system: "pde".into(),
        kind: "toy".into(),
        axes: Vec::new(),
        time: TIME.to_vec(),
        step: None,
        curves: curves
            .iter()
            .map(|(name, values): &(&str, [f64; 3])| Curve {
                name: (*name).into(),
                meaning: (*name).into(),
                values: ArrayD::from_shape_vec(IxDyn(&[3]), values.to_vec()).expect("three times"),
            })
            .collect(),
        levels: Vec::new(),
        quantiles: Vec::new(),
        snapshot_time: Vec::new(),
        laws: vec![NamedLaw::neurons(vec!["radius".into()], Vec::new())],
        facts: facts.iter().map(|(name, value)| Fact::new(*name, *value)).collect(),
        ..Record::default()
    }
}

const RISK: (&str, [f64; 3]) = ("risk", [1.0, 0.5, 0.2]);

fn names(record: &Record) -> Vec<String> {
    warnings(record).into_iter().map(|warning| warning.name).collect()
}

#[test]
fn a_number_is_judged_by_itself_and_nan_is_bad() {
    let fine =
        [RISK, ("mass_error", [0.0, 1e-15, 3e-14]), ("minimum_density", [0.0; 3]), ("cfl_margin", [1.1; 3])];
    assert_eq!(names(&record(&fine, &[])), [""; 0]);
    let bad = [RISK, ("mass_error", [0.0, 1e-3, 1e-2]), ("cfl_margin", [f64::INFINITY, f64::NAN, 2.0])];
    let warned = warnings(&record(&bad, &[]));
    assert_eq!(warned.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["mass_error", "cfl_margin"]);
    assert_eq!(warned[0].value, 1e-2);
    assert!(warned[0].words.contains("1.0e-2, more than 1.0e-9: write"), "{}", warned[0].words);
}

#[test]
fn a_certificate_is_ok_then_looked_at_then_bad() {
    let standing = |error: f64| {
        let one = judged(&record(&[RISK, ("mass_error", [0.0, error, 0.0]), ("cfl_margin", [1.01; 3])], &[]));
        assert_eq!((one.len(), one[1].standing), (2, Standing::Ok), "a margin is sharp");
        assert_eq!(one[0].advice.is_empty(), one[0].standing == Standing::Ok, "{}", one[0].advice);
        (one[0].standing, one[0].threshold)
    };
    assert_eq!(standing(4e-10), (Standing::Ok, 1e-9));
    assert_eq!(standing(6e-10), (Standing::Look, 1e-9));
    assert_eq!(standing(1.1e-9), (Standing::Bad, 1e-9));
    assert_eq!(standing(f64::NAN).0, Standing::Bad);
}

#[test]
fn the_sampling_error_is_judged_by_the_spread() {
    // At its largest: where all mass has come to rest there is none.
    let spread = ("std_radius", [0.1, 0.3, 0.0]);
    let sampled = |error: f64| record(&[RISK, spread, ("sampling_error", [1e-9, error, 2e-3])], &[]);
    assert_eq!(names(&sampled(0.014)), [""; 0]);
    let warned = warnings(&sampled(0.016));
    assert_eq!((warned.len(), warned[0].value, warned[0].threshold), (1, 0.016, 0.05 * 0.3));
    let advice = "a twentieth of the spread: write a larger `most-atoms`, or more `atoms` than it ran with";
    assert!(warned[0].words.contains(advice));
}

#[test]
fn each_run_is_judged_by_its_own_scale() {
    let small = record(&[("risk", [1e-3; 3]), ("energy_residual", [0.0, 0.0, 1e-3])], &[]);
    let large = record(&[("risk", [1.0; 3]), ("energy_residual", [0.0, 0.0, 1e-3])], &[]);
    let axis = RunAxis { name: "scale".into(), key: Some("scale".into()), values: vec![1.0, 2.0] };
    let both = Record::stack(axis, vec![large.clone(), small]).expect("alike");
    assert_eq!(names(&large), [""; 0]);
    assert_eq!(names(&both), ["energy_residual"]);
}

#[test]
fn what_a_static_problem_states_by_design_is_no_warning() {
    let gap = ("duality_gap", [0.1; 3]);
    assert_eq!(names(&record(&[RISK, gap], &[])), ["duality_gap"]);
    assert_eq!(names(&record(&[RISK, gap, ("margin", [-0.05; 3])], &[])), [""; 0]);
    assert_eq!(names(&record(&[RISK, ("edge_mass", [1.0; 3])], &[])), ["edge_mass"]);
}

#[test]
fn a_least_risk_that_is_one_of_its_box_is_a_warning() {
    let mut on_box = record(&[RISK, ("edge_mass", [0.2; 3])], &[]);
    on_box.nature = Nature::Static;
    let warned = warnings(&on_box);
    assert_eq!((warned.len(), warned[0].value, warned[0].threshold), (1, 0.2, 1e-3));
    assert!(warned[0].words.contains("write a larger `largest-radius`"), "{}", warned[0].words);
}

#[test]
fn rounding_beside_a_risk_of_0_is_no_warning() {
    let left_out = |by: f64| record(&[("risk", [1e-15, 0.0, 0.0]), (KERNEL_TRUNCATION.name, [by; 3])], &[]);
    assert!(warnings(&left_out(1e-13)).is_empty());
    let warned = warnings(&left_out(1e-6));
    assert_eq!((warned.len(), warned[0].threshold), (1, 1e-10));
    assert!(warned[0].words.contains("which is rounding beside a risk of 0"), "{}", warned[0].words);
}

/// The stated run with its errors, from a companion with other facts.
fn refined(own: &[(&str, f64)], other: &[(&str, f64)], left_out: f64) -> Record {
    let curves = |shift: f64| [("risk", [1.0, 0.5 + shift, 0.2]), (KERNEL_TRUNCATION.name, [left_out; 3])];
    let mut stated = record(&curves(0.0), own);
    let quantiles = |shift: f64| Quantiles {
        coordinate: "radius".into(),
        values: ArrayD::from_shape_vec(IxDyn(&[3, 2]), vec![1.0, 2.0, 1.0, 2.0 + shift, 1.0, 2.0])
            .expect("shape"),
    };
    (stated.levels, stated.quantiles) = (vec![0.1, 0.9], vec![quantiles(0.0)]);
    let mut coarse = record(&curves(0.01), other);
    (coarse.levels, coarse.quantiles) = (vec![0.1, 0.9], vec![quantiles(0.03)]);
    refinement::estimate(&mut stated, &coarse).expect("alike");
    stated
}

fn error(record: &Record) -> Vec<f64> {
    record.curve("risk_refinement_error").expect("estimated").values.iter().copied().collect()
}

#[test]
fn quantiles_have_errors_level_by_level() {
    let found = refined(&[("cells", 100.0)], &[("cells", 50.0)], 0.0);
    let errors =
        found.quantiles.iter().find(|one| one.coordinate == "radius_refinement_error").expect("estimated");
    let at = |time: usize| [errors.values[[time, 0]], errors.values[[time, 1]]];
    // t = 4 is more than twice t = 1.
    assert_eq!((at(0), at(2)), ([1e-12, 2.0e-12], [1e-12, 2.0e-12]));
    assert!(at(1)[0] == 1e-12 && (at(1)[1] - 0.03).abs() < 1e-15);
}

#[test]
fn a_companion_that_is_not_coarser_gives_no_error_but_its_reason() {
    let cells = |own: f64, other: f64| refined(&[("cells", own)], &[("cells", other)], 0.0);
    assert!((error(&cells(100.0, 50.0))[1] - 0.01).abs() < 1e-15);
    let same = cells(3.0, 3.0);
    assert!(error(&same).iter().all(|error| error.is_nan()));
    let warned = warnings(&same);
    assert_eq!(warned[0].name, "risk_refinement_error");
    assert!(warned[0].words.contains("no coarser; write more `cells`"), "{}", warned[0].words);
}

#[test]
fn a_kernel_without_a_coarser_one_is_known_only_where_it_leaves_out_nothing() {
    let terms = |own: f64, other: f64, left_out: f64| {
        let facts = |terms: f64| vec![("cells", 2.0 * terms), ("kernel_terms", terms)];
        let own = facts(own);
        let mut other = facts(other);
        other[0].1 = 1.0;
        refined(&own, &other, left_out)
    };
    assert!(error(&terms(3.0, 2.0, 1e-2)).iter().all(|error| error.is_finite()));
    assert!(error(&terms(1.0, 1.0, 0.0)).iter().all(|error| error.is_finite()));
    let coarsest = terms(1.0, 1.0, 1e-2);
    assert!(error(&coarsest).iter().all(|error| error.is_nan()));
    assert!(warnings(&coarsest).iter().any(|one| one.words.contains("write a smaller `kernel-tolerance`")));
}

#[test]
fn atoms_that_can_split_no_more_enlarge_all_errors() {
    let curves = |shift: f64, sampling: f64| {
        let mean = ("mean_radius", [1.0, 1.0 + shift, 1.0]);
        [("risk", [1.0, 0.5 + 2.0 * shift, 0.2]), mean, (SAMPLING_ERROR.name, [0.0, sampling, 0.0])]
    };
    let estimated = |sampling: f64| {
        let mut stated = record(&curves(0.0, sampling), &[]);
        refinement::estimate(&mut stated, &record(&curves(1e-3, 0.1), &[])).expect("alike");
        error(&stated)[1]
    };
    assert!((estimated(1e-3) - 2e-3).abs() < 1e-15, "less than the means' error: nothing changes");
    // A quarter of 0.04 is ten times the means' error.
    assert!((estimated(0.04) - 2e-2).abs() < 1e-12, "rounding of 1.001 − 1, ten times");
}

#[test]
fn steps_that_do_not_resolve_the_flow_tell_nothing() {
    let estimated = |residual: f64| {
        let curves = [RISK, ("energy_residual", [0.0, residual, 0.0])];
        let mut stated = record(&curves, &[("refinement_from", 0.5)]);
        refinement::estimate(&mut stated, &record(&curves, &[])).expect("alike");
        stated
    };
    assert!(error(&estimated(0.01))[1].is_finite());
    let unresolved = estimated(0.05);
    assert!(error(&unresolved).iter().all(|error| error.is_nan()));
    assert!(warnings(&unresolved).iter().any(|one| one.words.contains("write a smaller `step`")));
}

#[test]
fn a_run_that_stopped_short_is_judged_by_what_it_computed() {
    let stopped = record(&[("risk", [1.0, 0.5, f64::NAN]), ("mass_error", [0.0, 0.0, f64::NAN])], &[]);
    assert_eq!(names(&stopped), [""; 0]);
}
