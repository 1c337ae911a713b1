//! Grids that follow the mass: on flows with exact solutions, against characteristics, and the fused kernel
//! against the lines.

use crate::support;

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::axis::Axis;
use meanfield_model::block_series::{AffineSeries, RadiiSeries};
use meanfield_model::coordinate_start::CoordinateStart;
use meanfield_model::data::BlockClasses;
use meanfield_model::energy::Energy;
use meanfield_model::features::{Features, Structure, values_with_gradients};
use meanfield_model::initial::{Initial, Normal};
use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_model::normal;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_run::flow::Flow;
use meanfield_run::quantities::{EDGE_MASS, MASS_ERROR, MINIMUM_DENSITY};
use meanfield_run::system::System;
use meanfield_solver::characteristics::Characteristics;
use meanfield_solver::finite_volume::limiter::Limiter;
use meanfield_solver::finite_volume::scheme::Scheme;
use meanfield_solver::finite_volume::window::Window;
use meanfield_solver::finite_volume::{FiniteVolume, Options};
use meanfield_solver::grid::{Grid, masses_along};
use meanfield_solver::panels::Panels;
use support::{observe, scalar};

const NOWHERE: f64 = f64::NEG_INFINITY;

/// No interaction: Ψ = Σ ½ k_c (z_c − c_c)², so that z_c − c_c changes by e^{−2 k_c t}.
#[derive(Clone)]
struct Saddle {
    centre: [f64; 2],
    strength: [f64; 2],
}

impl Features<2> for Saddle {
    fn rank(&self) -> usize {
        1
    }

    fn features(&self, z: [f64; 2], values: &mut [f64], gradients: &mut [[f64; 2]]) {
        gradients[0] = std::array::from_fn(|c| self.strength[c] * (z[c] - self.centre[c]));
        values[0] = (0..2).map(|c| 0.5 * gradients[0][c] * (z[c] - self.centre[c])).sum();
    }

    fn values(&self, z: [f64; 2], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, _: [f64; 2]) -> f64 {
        0.0
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; 2], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, _: [f64; 2]) -> f64 {
        0.0
    }

    fn structure(&self) -> Structure<2> {
        Structure::PLAIN
    }
}

impl Energy for Saddle {
    fn risk(&self, moments: &[f64]) -> f64 {
        2.0 * moments[0]
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, _: &[f64], coefficients: &mut [f64]) {
        coefficients[0] = 1.0;
    }

    fn curvatures(&self, _: &[f64], curvatures: &mut [f64]) {
        curvatures[0] = 0.0;
    }

    fn interaction(&self, _: &[f64]) -> f64 {
        0.0
    }

    fn bias_is_exact(&self) -> bool {
        true
    }
}

/// Independent coordinates on a window around them.
fn following<const D: usize, L: Landscape<D>>(
    landscape: L,
    start: &[CoordinateStart; D],
    cells: usize,
) -> FiniteVolume<D, L> {
    let (axes, mass) = on_windows(start, cells);
    let walls = start.each_ref().map(CoordinateStart::lower_end);
    FiniteVolume::following(landscape, Grid { axes }, mass, walls, Options::default())
}

/// Windows that end 4.5 deviations out.
fn on_windows<const D: usize>(start: &[CoordinateStart; D], cells: usize) -> ([Axis; D], Vec<f64>) {
    let axes = start.each_ref().map(|start| {
        let bulk = [start.quantile_of_normal(-4.5), start.quantile_of_normal(4.5)];
        let [lower, upper] = Window::around(bulk, start.lower_end(), cells);
        Axis::uniform(lower, upper, cells).expect("valid")
    });
    let along: [Vec<f64>; D] = std::array::from_fn(|c| masses_along(&axes[c], |z| start[c].distribution(z)));
    let mass = Grid::<D>::product(along.each_ref().map(|line| &line[..]));
    (axes, mass)
}

/// Σ |mass − exact| for normal laws that a saddle has carried on.
fn error_in_a_saddle(cells: usize) -> f64 {
    let saddle = Saddle { centre: [2.0, -0.3], strength: [0.8, -1.2] };
    let time = 1.5;
    let start = [Normal { mean: 0.5, deviation: 0.3 }, Normal { mean: 0.1, deviation: 0.02 }];
    let mut system = following(saddle.clone(), &start.map(|law| CoordinateStart::Number(law.into())), cells);
    let last = observe(&mut system, &[0.3, time]).remove(1);
    assert!(scalar(&last, MASS_ERROR) < 1e-12 && scalar(&last, MINIMUM_DENSITY) >= 0.0);
    // The share of the mass that the window of so few cells leaves to the outermost ones.
    assert!(scalar(&last, EDGE_MASS) < 3.0 * Window::tail(cells), "{}", scalar(&last, EDGE_MASS));
    let Measure::Cells { axes, mass } = last.law else { panic!("cells") };
    let along: [Vec<f64>; 2] = std::array::from_fn(|c| {
        let factor = (-2.0 * saddle.strength[c] * time).exp();
        let mean = saddle.centre[c] + factor * (start[c].mean - saddle.centre[c]);
        masses_along(&axes[c], |z| normal::distribution((z - mean) / (factor * start[c].deviation)))
    });
    mass.indexed_iter().map(|(at, mass)| (mass - along[0][at[0]] * along[1][at[1]]).abs()).sum()
}

#[test]
fn a_law_that_travels_contracts_and_spreads_is_followed_at_second_order() {
    // One coordinate shrinks to a tenth, the other grows from 0.02 to 0.7: no grid that stays resolves both
    // ends with 24 cells.
    let errors = [24, 48, 96].map(error_in_a_saddle);
    let slope = (errors[0] / errors[2]).log2() / 2.0;
    assert!(slope > 1.7 && errors[2] < 0.01, "slope {slope}, {errors:?}");
}

#[test]
fn where_the_grid_pauses_leaves_no_trace() {
    let system = || {
        let start = [Normal { mean: 0.5, deviation: 0.3 }, Normal { mean: 0.1, deviation: 0.02 }];
        let saddle = Saddle { centre: [2.0, -0.3], strength: [0.8, -1.2] };
        following(saddle, &start.map(|law| CoordinateStart::Number(law.into())), 20)
    };
    let mut through = system();
    let mut before = system();
    let mut after = system();
    let mut strides = 0;
    while through.time() < 1.0 {
        through.advance(1.0).expect("runs");
        before.advance(1.0).expect("runs");
        after.restore(&before.save()).expect("fits");
        assert_eq!(after.save(), before.save(), "stride {strides}");
        std::mem::swap(&mut before, &mut after);
        strides += 1;
    }
    assert!(strides > 1, "nothing was restored on the way");
    let whole = through.observe();
    let parts = before.observe();
    assert_eq!((whole.risk, whole.law), (parts.risk, parts.law));
    assert_eq!(through.save(), before.save());
}

fn relu() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::relu())
}

fn data() -> BlockClasses {
    BlockClasses::anisotropic(320, 60, 0.4).expect("valid")
}

/// MMN's Fig. 3, a and b with a little spread.
fn figure_3() -> (AffineSeries, [CoordinateStart; 4]) {
    let largest = [6.0, 6.0, 8.0, 8.0];
    let series = AffineSeries::new(&data(), &relu(), DimensionLimit::Finite, largest, 1e-3);
    let number = CoordinateStart::Number(Normal { mean: 1.0, deviation: 0.1 }.into());
    let [r1, r2] = radii();
    (series.expect("converges"), [number.clone(), number, r1, r2])
}

fn radii() -> [CoordinateStart; 2] {
    let initial = Initial::Gaussian { scale: 0.8 };
    [60, 260].map(|block| CoordinateStart::radius_of_block(&initial, 320, block))
}

/// The fused kernel's sums over rows are those of its last stage: whoever goes on from saved masses must have
/// them, too.
#[test]
fn where_a_grid_of_four_parameters_pauses_leaves_no_trace() {
    let (series, start) = figure_3();
    let [mut through, mut before, mut after] = [0; 3].map(|_| following(series.clone(), &start, 8));
    for step in 0..6 {
        through.step_freely(10.0).expect("runs");
        before.step_freely(10.0).expect("runs");
        after.restore(&before.save()).expect("fits");
        std::mem::swap(&mut before, &mut after);
        assert_eq!(through.save(), before.save(), "after {step}");
    }
    assert_eq!(through.observe().risk, before.observe().risk);
}

/// Atoms that sample a start.
fn by_atoms<const D: usize, L: Landscape<D>>(
    landscape: L,
    start: &[CoordinateStart; D],
    atoms: usize,
) -> Characteristics<D, L> {
    let panels = Panels::new(D, atoms, 1e-5, 4 * atoms);
    let lower = start.each_ref().map(CoordinateStart::lower_end);
    Characteristics::sampling(
        landscape,
        panels,
        |g: &[f64]| std::array::from_fn(|c| start[c].quantile_of_normal(g[c])),
        lower,
        1e-6,
    )
}

#[test]
fn two_radii_on_cells_tend_to_the_atoms() {
    let sigma =
        Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"));
    let series = RadiiSeries::new(&data(), &sigma, DimensionLimit::Finite, [8.0; 2], 1e-6);
    let series = series.expect("converges");
    let times = [0.02, 0.2, 2.0];
    let exact = support::risks(&mut by_atoms(series.clone(), &radii(), 400), &times);
    let errors = [20, 40, 80].map(|cells| {
        let seen = support::risks(&mut following(series.clone(), &radii(), cells), &times);
        assert!(seen.windows(2).all(|pair| pair[1] <= pair[0]), "{seen:?}");
        support::largest_gap(&seen, &exact)
    });
    // Of the start 7e-6 lies beyond the windows.
    assert!(errors[2] < 0.5 * errors[1] && errors[2] < 2e-5 && errors[1] < 0.5 * errors[0], "{errors:?}");
}

#[test]
fn a_law_that_gathers_at_points_is_followed_in_long_steps() {
    // From t = 100 on the law is a few points, each in one cell: how its deviation changes, and what share
    // lies beyond a cell, is rounding and jumps. Windows that took that for motion once made steps shorter
    // and themselves faster, until t stood still.
    let sigma =
        Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"));
    let data = BlockClasses::anisotropic(40, 8, 0.6).expect("valid");
    let series = RadiiSeries::new(&data, &sigma, DimensionLimit::Finite, [8.0; 2], 1e-4);
    let initial = Initial::Gaussian { scale: 0.8 };
    let radii = [8, 32].map(|block| CoordinateStart::radius_of_block(&initial, 40, block));
    let mut system = following(series.expect("converges"), &radii, 16);
    let seen = support::risks(&mut system, &[0.1, 1.0, 10.0, 100.0, 300.0, 1000.0]);
    assert!(seen.windows(2).all(|pair| pair[1] < pair[0]), "{seen:?}");
    assert!(system.work() < 20_000, "{}", system.work());
}

#[test]
fn four_parameters_on_cells_tend_to_the_atoms() {
    let (series, start) = figure_3();
    let times = [0.05, 1.0, 2.0];
    let exact = support::risks(&mut by_atoms(series.clone(), &start, 4096), &times);
    let errors = [8, 16].map(|cells| {
        let seen = observe(&mut following(series.clone(), &start, cells), &times);
        assert!(seen.iter().all(|seen| scalar(seen, MASS_ERROR) < 1e-12));
        let risks: Vec<f64> = seen.iter().map(|seen| seen.risk).collect();
        support::largest_gap(&risks, &exact)
    });
    assert!(errors[1] < 0.4 * errors[0] && errors[1] < 1e-3, "{errors:?}");
}

/// The scheme of Fig. 3 on uneven cells, in windows that move.
fn moving(by_reference: bool, limiter: Limiter) -> (Scheme<4, AffineSeries>, Vec<f64>) {
    let (series, start) = figure_3();
    let cells = [9, 8, 11, 10];
    let axes: [Axis; 4] = std::array::from_fn(|c| on_windows(&start, cells[c]).0[c].clone());
    let along: [Vec<f64>; 4] = std::array::from_fn(|c| masses_along(&axes[c], |z| start[c].distribution(z)));
    let mass = Grid::<4>::product(along.each_ref().map(|line| &line[..]));
    let windows: [Window; 4] = std::array::from_fn(|c| {
        let mut window = Window::new(&axes[c], start[c].lower_end(), false);
        // As if the mass had come one cell further in the last step.
        let mut before = along[c].clone();
        before.rotate_left(1);
        window.steer(&axes[c], &before, 0.0);
        window.steer(&axes[c], &along[c], 0.03);
        window
    });
    assert!(windows.iter().all(Window::moves), "a window that stands still tests little");
    let grid = Grid { axes };
    let mut scheme = match by_reference {
        true => Scheme::reference(series, grid, limiter),
        false => Scheme::new(series, grid, limiter),
    };
    scheme.follow(0.0, windows);
    (scheme, mass)
}

#[test]
fn the_fused_kernel_is_the_reference() {
    for limiter in Limiter::ALL {
        let (mut lines, mass) = moving(true, limiter);
        let (mut fused, _) = moving(false, limiter);
        for time in [0.0, 0.002] {
            let mut exact = vec![0.0; mass.len()];
            let mut found = vec![0.0; mass.len()];
            let largest = lines.rate(time, &mass, &mut exact);
            let step = fused.rate(time, &mass, &mut found);
            // The lines leave out cells that are empty and receive nothing: their bound may be
            // larger, never smaller.
            assert!(step <= largest * (1.0 + 1e-12) && step > 0.1 * largest, "{limiter:?}: {step} {largest}");
            let scale = exact.iter().fold(0.0, |largest: f64, rate| largest.max(rate.abs()));
            // Rates of the fused kernel are differences of masses after a step: rounding over its length.
            let rounding = 1e-12 + 1e-15 / step / scale;
            assert!(support::largest_gap(&exact, &found) < rounding * scale, "{limiter:?} at {time}");
            let moments = lines.moments(&mass);
            let energies = lines.energy(time, &mass);
            let bias = lines.independent_bias(&mass, &moments);
            assert!((fused.energy(time, &mass) - energies).abs() < 1e-13 * energies);
            assert!((fused.independent_bias(&mass, &moments) - bias).abs() < 1e-12 * bias);
            let by_lines = lines.summary(time, &mass);
            let by_rows = fused.summary(time, &mass);
            // In the two end cells of a, where hardly any mass is, the lines count half of |v_a|².
            let of_a = &by_rows.marginals[0];
            let ends = of_a[0] + of_a[of_a.len() - 1];
            let speed = by_lines.dissipation;
            let of_rows = by_rows.dissipation;
            assert!((speed - of_rows).abs() < ends * speed, "{speed} {of_rows} {ends}");
            let lowest = by_lines.lowest_density;
            assert!((lowest - by_rows.lowest_density).abs() <= 1e-12 * lowest);
            for (line, row) in by_lines.marginals.iter().zip(&by_rows.marginals) {
                // One adds up line by line, the other plane by plane.
                assert!(support::largest_gap(line, row) < 2e-15);
            }
        }
    }
}

#[test]
fn a_window_pinned_to_its_wall_stays_and_others_come_to_it_exactly() {
    let axis = Axis::uniform(0.0, 2.0, 20).expect("valid");
    let in_cells = |from: usize, until: usize| -> Vec<f64> {
        (0..20).map(|i| if (from..until).contains(&i) { 1.0 } else { 0.0 }).collect()
    };
    let mut pinned = Window::new(&axis, 0.0, true);
    pinned.steer(&axis, &in_cells(10, 14), 0.0);
    pinned.steer(&axis, &in_cells(10, 14), 0.1);
    let narrowed = pinned.axis_after(0.1).expect("valid");
    assert!(narrowed.faces()[0] == 0.0 && narrowed.faces()[20] < 2.0, "{narrowed:?}");
    let raised = Axis::uniform(0.05, 2.05, 20).expect("valid");
    let mut falling = Window::new(&raised, 0.0, false);
    falling.steer(&raised, &in_cells(0, 14), 0.0);
    falling.steer(&raised, &in_cells(0, 14), 0.1);
    let longest = falling.longest_step();
    falling.advance(longest);
    assert_eq!(falling.axis_after(0.0).expect("valid").faces()[0], 0.0);
    let mut free = Window::new(&raised, NOWHERE, false);
    free.steer(&raised, &in_cells(0, 14), 0.0);
    free.steer(&raised, &in_cells(0, 14), 0.1);
    free.advance(10.0 * longest);
    assert!(free.axis_after(0.0).expect("valid").faces()[0] < 0.0);
}
