//! Tests of distances between laws: of atoms, of cells, of both, against what can be said by hand.

use super::*;
use meanfield_model::axis::Axis;
use proptest::prelude::*;

#[test]
fn every_distance_that_can_be_claimed_is_computed() {
    let listed = meanfield_run::quantities::ALL.iter().copied().filter(|quantity| quantity.is_distance());
    let of_coordinates = listed.clone().filter(|quantity| !quantity.is_joint());
    assert!(of_coordinates.eq(Distance::ALL.map(Distance::quantity)));
    let joint = listed.filter(|quantity| quantity.is_joint());
    assert!(joint.eq(crate::joint_distance::JointDistance::ALL.map(|distance| distance.quantity())));
}

fn atoms(points: &[f64], weights: &[f64]) -> Marginal {
    Marginal::atoms(points.to_vec(), weights.to_vec())
}

fn cells(faces: &[f64], mass: &[f64]) -> Marginal {
    Marginal::cells(Axis::from_faces(faces.to_vec()).expect("increasing"), mass.to_vec())
}

fn close(value: f64, expected: f64) {
    assert!((value - expected).abs() < 1e-13, "{value} instead of {expected}");
}

#[test]
fn by_hand() {
    let uniform = cells(&[0.0, 1.0], &[1.0]);
    let middle = atoms(&[0.5], &[1.0]);
    // F⁻¹ − G⁻¹ = u − ½ changes sign
    close(wasserstein_1(&uniform, &middle), 0.25);
    close(wasserstein_2(&uniform, &middle), (1.0_f64 / 12.0).sqrt());
    close(kolmogorov_smirnov(&uniform, &middle), 0.5);
    let thirds = atoms(&[3.0, 0.0, 1.0], &[1.0, 1.0, 1.0]);
    let halves = atoms(&[0.0, 2.0], &[0.5, 0.5]);
    // u in (0,⅓): 0 and 0; (⅓,½): 1 and 0; (½,⅔): 1 and 2; (⅔,1): 3 and 2
    close(wasserstein_1(&thirds, &halves), 1.0 / 6.0 + 1.0 / 6.0 + 1.0 / 3.0);
    close(wasserstein_2(&thirds, &halves), (2.0_f64 / 3.0).sqrt());
    close(kolmogorov_smirnov(&thirds, &halves), 1.0 / 3.0);
}

#[test]
fn the_supremum_is_seen_from_both_sides() {
    // F jumps from 0 to 1 at 1 where G = ¼: |F − G| is ¾ from the right; mirrored, from the left
    let jump = atoms(&[1.0], &[1.0]);
    let ramp = cells(&[0.0, 4.0], &[1.0]);
    close(kolmogorov_smirnov(&jump, &ramp), 0.75);
    close(kolmogorov_smirnov(&atoms(&[3.0], &[1.0]), &ramp), 0.75);
    close(kolmogorov_smirnov(&atoms(&[1.0, 1.0, 1.0], &[0.2, 0.3, 0.5]), &jump), 0.0);
}

#[test]
fn a_point_mass_in_a_narrow_cell_is_reported() {
    let stuck = atoms(&[0.0, 1.0], &[0.6, 0.4]);
    let thin = cells(&[0.0, 1e-5, 0.99, 1.01], &[0.6, 0.0, 0.4]);
    assert!(kolmogorov_smirnov(&stuck, &thin) > 0.59 && wasserstein_1(&stuck, &thin) < 3e-3);
    for (a, b) in [(&stuck, &thin), (&thin, &stuck)] {
        assert_eq!(jump_in_a_narrow_piece(a, b), Some(1e-5));
    }
    // A wide cell is a law of its own, and atoms against atoms jump alike.
    let wide = cells(&[0.0, 0.5, 0.99, 1.01], &[0.6, 0.0, 0.4]);
    assert_eq!([&wide, &stuck].map(|law| jump_in_a_narrow_piece(&stuck, law)), [None, None]);
}

#[test]
fn pooled_cells_overlap_and_are_still_one_law() {
    let pool = Marginal::pooled(&[cells(&[0.0, 1.0], &[1.0]), cells(&[0.0, 0.5, 2.0], &[0.5, 0.5])]);
    let same = cells(&[0.0, 0.5, 1.0, 2.0], &[0.5, 0.25 + 0.25 / 3.0, 0.5 / 3.0]);
    for distance in Distance::ALL {
        close(distance.between(&pool, &same), 0.0);
    }
    let mixed = Marginal::pooled(&[cells(&[0.0, 2.0], &[1.0]), atoms(&[1.0, 0.0], &[0.5, 0.5])]);
    assert_eq!(disjoint(mixed.pieces()).iter().map(|p| p.mass).collect::<Vec<_>>(), [0.25; 4]);
}

#[test]
fn nothing_to_compare_is_not_a_number() {
    let one = atoms(&[1.0], &[1.0]);
    for distance in Distance::ALL {
        assert!(distance.between(&one, &atoms(&[], &[])).is_nan());
        assert!(distance.between(&atoms(&[0.0, f64::NAN], &[0.5, 0.5]), &one).is_nan());
        assert!(distance.between(&atoms(&[f64::INFINITY], &[1.0]), &one).is_nan());
    }
}

#[test]
fn many_atoms_take_no_quadratic_time() {
    let points = |shift: f64| (0..200_000).map(|i| (i as f64 * 0.618).fract() + shift).collect::<Vec<_>>();
    let weights = vec![5e-6; 200_000];
    let a = atoms(&points(0.0), &weights);
    let b = atoms(&points(0.25), &weights);
    assert!((kolmogorov_smirnov(&a, &b) - 0.25).abs() < 1e-3);
    assert!((wasserstein_1(&a, &b) - 0.25).abs() < 1e-12);
}

/// Some law: cells or atoms, not normalised, sometimes both pooled.
fn any_law() -> impl Strategy<Value = Marginal> {
    let masses = || prop::collection::vec(0.05..1.0_f64, 1..8);
    let faces = |widths: &[f64]| {
        let mut at = -1.0;
        std::iter::once(at)
            .chain(widths.iter().map(|w| {
                at += w;
                at
            }))
            .collect::<Vec<_>>()
    };
    let grid = masses().prop_map(move |m| cells(&faces(&m), &m.iter().map(|w| w * w).collect::<Vec<_>>()));
    let points = prop::collection::vec((-2.0..2.0_f64, 0.05..1.0_f64), 1..12);
    let cloud = points.prop_map(|p| {
        let (at, weight): (Vec<f64>, Vec<f64>) = p.into_iter().unzip();
        Marginal::atoms(at, weight)
    });
    (grid, cloud, 0..3).prop_map(|(grid, cloud, which)| match which {
        0 => grid,
        1 => cloud,
        _ => Marginal::pooled(&[grid, cloud]),
    })
}

fn shifted(law: &Marginal, shift: f64) -> Marginal {
    let parts: Vec<Marginal> = law.pieces().iter().map(|p| moved_piece(p, shift)).collect();
    Marginal::pooled(&parts)
}

fn moved_piece(p: &Piece, shift: f64) -> Marginal {
    if p.from == p.to {
        atoms(&[p.from + shift], &[p.mass])
    } else {
        cells(&[p.from + shift, p.to + shift], &[p.mass])
    }
}

/// W₁ = ∫ |F − G| dx by the midpoint rule: no quantile function involved.
fn area_between(a: &Marginal, b: &Marginal) -> f64 {
    let from = -4.0;
    let to = 9.0;
    let n = 26_000;
    let width = (to - from) / n as f64;
    let at = |i: usize| from + width * (i as f64 + 0.5);
    (0..n).map(|i| (a.distribution(at(i)) - b.distribution(at(i))).abs() * width).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn wasserstein_1_is_the_area_between_the_distribution_functions(a in any_law(), b in any_law()) {
        prop_assert!((wasserstein_1(&a, &b) - area_between(&a, &b)).abs() < 1e-2);
    }

    #[test]
    fn wasserstein_2_agrees_with_quadrature_over_levels(a in any_law(), b in any_law()) {
        let a = Marginal::pooled(&[a]);
        let n = 20_000;
        let quantile = |law: &[Piece], level: f64| {
            let target = level * law.iter().map(|p| p.mass).sum::<f64>();
            let mut below = 0.0;
            law.iter().find_map(|p| {
                below += p.mass;
                (below >= target).then(|| p.to - (p.to - p.from) * (below - target) / p.mass)
            }).unwrap_or(f64::NAN)
        };
        let pa = disjoint(a.pieces());
        let pb = disjoint(b.pieces());
        let square: f64 = (0..n).map(|i| (i as f64 + 0.5) / n as f64)
            .map(|u| (quantile(&pa, u) - quantile(&pb, u)).powi(2) / n as f64).sum();
        prop_assert!((wasserstein_2(&a, &b).powi(2) - square).abs() < 2e-2);
    }

    #[test]
    fn kolmogorov_smirnov_agrees_with_the_distribution_functions(a in any_law(), b in any_law()) {
        let ends = a.pieces().iter().chain(b.pieces()).flat_map(|p| [p.from, p.to]);
        let worst = ends.map(|x: f64| (a.distribution(x) - b.distribution(x)).abs()
            .max((a.distribution_from_left(x) - b.distribution_from_left(x)).abs())).fold(0.0, f64::max);
        prop_assert!((kolmogorov_smirnov(&a, &b) - worst).abs() < 1e-12);
    }

    #[test]
    fn a_shift_is_a_shift(law in any_law(), shift in -3.0..3.0_f64) {
        let moved = shifted(&law, shift);
        prop_assert!((wasserstein_1(&law, &moved) - shift.abs()).abs() < 1e-12);
        prop_assert!((wasserstein_2(&law, &moved) - shift.abs()).abs() < 1e-12);
    }

    #[test]
    fn they_are_metrics(a in any_law(), b in any_law(), c in any_law()) {
        for d in Distance::ALL {
            prop_assert!(d.between(&a, &a) == 0.0);
            prop_assert!((d.between(&a, &b) - d.between(&b, &a)).abs() < 1e-12);
            prop_assert!(d.between(&a, &c) <= d.between(&a, &b) + d.between(&b, &c) + 1e-12);
        }
        prop_assert!(wasserstein_1(&a, &b) <= wasserstein_2(&a, &b) + 1e-12);
    }
}
