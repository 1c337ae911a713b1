//! Distances between laws, and claims on them.

use super::*;

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
fn claims_on_distances_are_judged_at_the_snapshots() {
    let (worst, at, holds) = judged(claim("wasserstein_2_radius", 1.001, 9.0, 0.71));
    assert!((worst - 0.5_f64.sqrt()).abs() < 1e-14 && at == 3.0 && holds);
    // 1.0005 is t = 1 up to whole steps
    assert_eq!(judged(claim("kolmogorov_smirnov_radius", 0.0, 1.0, 0.4)), (0.5, 1.0005, false));
}

#[test]
fn a_law_that_is_missing_is_at_no_known_distance() {
    let mut sgd = ensemble();
    sgd.laws[0].measures.truncate(4);
    let claims = [claim("wasserstein_1_radius", 0.0, 9.0, 1e300)];
    let comparison = compare(&[reference(), sgd], "pde", &claims).expect("comparable");
    assert!(!comparison.holds());
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
