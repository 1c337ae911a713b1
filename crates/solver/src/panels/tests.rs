//! Tests of panels: what their nodes integrate, and where they split.

use super::*;

const NOWHERE: [f64; 1] = [f64::NEG_INFINITY];

#[test]
fn nodes_integrate_the_normal_law() {
    for (atoms, tolerance) in [(20, f64::INFINITY), (80, 1e-6), (400, 1e-7)] {
        let nodes: Vec<(Vec<f64>, f64)> = Panels::new(1, atoms, 1e-8, atoms).nodes().collect();
        let moment = |k: i32| nodes.iter().map(|(g, w)| w * g[0].powi(k)).sum::<f64>();
        // Each panel has its probability, however few there are: rounding.
        assert!((moment(0) - 1.0).abs() < 1e-14, "{atoms} atoms: {}", moment(0));
        // Beyond |g| = 8 lie 5e-8 of the eighth moment; ten panels leave ten times as much.
        for (k, exact) in [(1, 0.0), (2, 1.0), (8, 105.0)] {
            assert!((moment(k) - exact).abs() < tolerance, "{atoms} atoms, moment {k}: {}", moment(k));
        }
    }
}

#[test]
fn nodes_of_several_directions_integrate_independent_normals() {
    for (directions, atoms, tolerance) in [(2, 3600, 1e-6), (3, 8000, 3e-2)] {
        let nodes: Vec<(Vec<f64>, f64)> = Panels::new(directions, atoms, 1e-8, atoms).nodes().collect();
        let mean = |f: &dyn Fn(&[f64]) -> f64| nodes.iter().map(|(g, w)| w * f(g)).sum::<f64>();
        assert!((mean(&|_| 1.0) - 1.0).abs() < 1e-13);
        for k in 0..directions {
            assert!((mean(&|g| g[k] * g[k]) - 1.0).abs() < tolerance, "{directions} {k}");
            assert!((mean(&|g| g[0] * g[0] * g[k] * g[k]) - [3.0, 1.0][k.min(1)]).abs() < 10.0 * tolerance);
        }
    }
    assert_eq!(Panels::new(0, 50, 1e-8, 50).nodes().collect::<Vec<_>>(), vec![(Vec::new(), 1.0)]);
}

#[test]
fn a_start_that_jumps_is_integrated_to_rounding_where_panels_end_at_the_jump() {
    let z = |g: f64| if g < 0.37 { -1.0 } else { 2.0 + g };
    let mean = |panels: &Panels| panels.nodes().map(|(g, w)| w * z(g[1])).sum::<f64>();
    let above = normal::distribution(-0.37);
    let exact = 3.0 * above - 1.0 + normal::density(0.37);
    let broken = Panels::with_breaks(&[vec![], vec![0.37]], 400, 1e-8, 400);
    let whole = Panels::new(2, 400, 1e-8, 400);
    // What lies beyond the last node of few panels: 1e-7 of the first moment.
    assert!((mean(&broken) - exact).abs() < 1e-6, "{} {exact}", mean(&broken));
    assert!((mean(&whole) - exact).abs() > 1e-3, "{} {exact}", mean(&whole));
}

#[test]
fn parts_have_panels_and_shares_of_their_own() {
    let part = |share: f64, count: usize| PanelPart { share, breaks: vec![Vec::new(); count] };
    let parts = [part(0.3, 2), part(0.2, 0), part(0.5, 1)];
    let mut panels = Panels::of_parts(&parts, 150, 1e-9, 100_000);
    let place = |part: usize, g: &[f64]| match part {
        0 => [g[0], 0.3 * g[1].powi(4)],
        1 => [2.0, 3.0],
        _ => [g[0].powi(7) * 1e-3, -1.0],
    };
    for _ in 0..2 {
        let nodes: Vec<_> = panels.nodes_of_parts().collect();
        let share = |i: usize| nodes.iter().filter(|(of, ..)| *of == i).map(|(.., w)| w).sum::<f64>();
        assert!((0..3).all(|i| (share(i) - parts[i].share).abs() < 1e-14));
        let weights: Vec<f64> = nodes.iter().map(|(.., weight)| *weight).collect();
        let recorded = Panels::recorded(&panels.sides(), &weights, 1e-9, 100_000).expect("fits");
        assert_eq!((&recorded.part_of, recorded.ends.len()), (&panels.part_of, panels.ends.len()));
        let own = recorded.nodes().map(|(_, weight)| weight);
        assert!(own.zip(&weights).all(|(a, b)| (a - b).abs() <= 1e-15 * b));
        let ends: Vec<f64> = panels.ends().collect();
        assert_eq!(panels.with_ends(&ends, &panels.counts()).as_ref(), Some(&panels));
        assert_eq!(panels.with_ends(&ends, &[panels.part_of.len(), 0]), None);
        let positions: Vec<f64> = nodes.iter().flat_map(|(part, g, _)| place(*part, g)).collect();
        let moved = panels.split(&positions, &[NOWHERE[0]; 2]).expect("rough");
        assert_eq!(moved.len(), 2 * panels.atoms());
        assert_eq!(panels.counts()[1], 1, "a point is not split");
    }
}

#[test]
fn a_split_reads_the_polynomial() {
    let mut panels = Panels::new(1, 16, 0.0, 1000);
    let f = |g: &[f64]| 300.0 + g[0] + 0.01 * g[0].powi(5) + 1e-4 * g[0].powi(7);
    let positions: Vec<f64> = panels.nodes().map(|(g, _)| f(&g)).collect();
    let moved = panels.split(&positions, &NOWHERE).expect("every panel is split");
    assert_eq!((moved.len(), panels.atoms()), (32, 32));
    for (z, (g, _)) in moved.iter().zip(panels.nodes()) {
        assert!((z - f(&g)).abs() < 1e-9, "at g = {g:?}: {z} instead of {}", f(&g));
    }
}

#[test]
fn a_split_of_two_directions_reads_both_coordinates_where_it_is_needed() {
    let mut panels = Panels::new(2, 150, 1e-9, 100_000);
    // Rough along the second direction only.
    let z = |g: &[f64]| [g[0] - 0.3 * g[1].powi(5), 2.0 + 0.1 * g[0] * g[1].powi(4)];
    for _ in 0..3 {
        let positions: Vec<f64> = panels.nodes().flat_map(|(g, _)| z(&g)).collect();
        let moved = panels.split(&positions, &[NOWHERE[0]; 2]).expect("rough");
        for (found, (g, _)) in moved.chunks(2).zip(panels.nodes()) {
            let exact = z(&g);
            let scale = 1e-12 * (1.0 + g[1].abs().powi(5));
            assert!((0..2).all(|c| (found[c] - exact[c]).abs() < scale), "at {g:?}: {found:?} {exact:?}");
        }
    }
    let narrowest = |panels: &Panels, direction: usize| {
        let widths = panels.ends.iter().skip(direction).step_by(2).map(|[a, b]| b - a);
        widths.fold(f64::INFINITY, f64::min)
    };
    let first = Panels::new(2, 150, 1e-9, 100_000);
    assert_eq!(narrowest(&panels, 0), narrowest(&first, 0), "smooth along the first");
    let thrice = narrowest(&panels, 1) / narrowest(&first, 1);
    assert!((thrice - 0.125).abs() < 1e-14, "split three times along the second: {thrice}");
}

#[test]
fn only_what_is_not_smooth_is_split_and_never_beyond_the_most() {
    let mut panels = Panels::new(1, 160, 1e-7, 600);
    let f = |g: Vec<f64>| if g[0] < 0.3 { 0.0 } else { g[0] - 0.3 };
    for _ in 0..12 {
        let positions: Vec<f64> = panels.nodes().map(|(g, _)| f(g)).collect();
        if panels.split(&positions, &[0.0]).is_none() {
            break;
        }
    }
    let positions: Vec<f64> = panels.nodes().map(|(g, _)| f(g)).collect();
    assert!(panels.sampling_error(&positions) < 1e-6);
    assert!(panels.atoms() < 300, "{}", panels.atoms());
}

/// What the weights of panels of two directions say that they leave out, and what they do leave out of the
/// mean of z² for z = (g_1 + 0.2, 0.1 g_2 + 1) and of s sin(z_1/s).
fn left_out(atoms: usize) -> [f64; 2] {
    let panels = Panels::new(2, atoms, 1e-8, atoms);
    let place = |g: &[f64]| [g[0] + 0.2, 0.1 * g[1] + 1.0];
    let positions: Vec<f64> = panels.nodes().flat_map(|(g, _)| place(&g)).collect();
    let scale = 1.04_f64.sqrt();
    let mean =
        |f: &dyn Fn(f64) -> f64| panels.nodes().map(|(g, weight)| weight * f(place(&g)[0])).sum::<f64>();
    // E sin((g + 0.2)/s) = sin(0.2/s) exp(−1/(2 s²)).
    let sine = (0.2 / scale).sin() * (-0.5 / (scale * scale)).exp();
    let of_square = (mean(&|z| z * z) - 1.04).abs() / (2.0 * scale);
    let of_sine = (mean(&|z| (z / scale).sin()) - sine).abs() * scale;
    [panels.sampling_error(&positions), of_square.max(of_sine)]
}

#[test]
fn the_sampling_error_knows_what_weights_leave_out() {
    for atoms in [16, 25, 36, 144, 324, 576] {
        let [said, is] = left_out(atoms);
        assert!(said >= 0.5 * is && said < 200.0 * is + 1e-12, "{atoms} atoms: {said:e} for {is:e}");
    }
}

#[test]
fn half_as_many_atoms_are_fewer_even_on_one_panel() {
    let counts = [9, 16, 24, 36, 100].map(|atoms| Panels::new(2, atoms, 1e-8, atoms).atoms());
    assert_eq!(counts, [16, 16, 25, 36, 144]);
    let few = Panels::new(2, 24, 1e-8, 24);
    let weights: Vec<f64> = few.nodes().map(|(_, weight)| weight).collect();
    let again = Panels::recorded(&few.sides(), &weights, 1e-8, 24).expect("a panel of five by five");
    assert_eq!(again, few);
}
